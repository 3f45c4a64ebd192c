"""Orders in the database: numbers, lists, access, transitions."""

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from shop.core.db import Database
from shop.core.errors import NotFound
from shop.core.signing import BadLink, Signer
from shop.orders.access import check_access, order_token, read_order_token
from shop.orders.indexing import write_search_text
from shop.orders.models import Actor, Order, OrderLine, OrderStatus
from shop.orders.queries import get_order, list_orders_of_account
from shop.orders.service import next_number, record_event, transition
from shop.page.models import Page
from tests.factories import make_account, make_page

SIGNER = Signer("a-key-for-tests-that-is-long-enough")


def add_order(session: Session, page: Page, number: str, *, now: dt.datetime, **values: object) -> Order:
    order = Order(
        page_id=page.id,
        number=number,
        visitor_key=f"guest:{number}",
        content_key=number,
        language="en",
        currency="EUR",
        **{"status": OrderStatus.PAID, **values},
        subtotal_amount=1200,
        shipping_amount=490,
        tax_amount=282,
        total_amount=1690,
        captured_amount=1690,
        country="FR",
        shipping_method="standard",
        placed_at=now,
        expires_at=now,
    )
    order.lines = [
        OrderLine(
            position=1,
            product_slug="mug",
            title="Mug",
            quantity=1,
            unit_amount=1200,
            tax_rate_bp=2000,
            tax_amount=200,
            total_amount=1200,
        )
    ]
    session.add(order)
    session.flush()
    write_search_text(session, order.id)
    return order


class TestNextNumber:
    def test_counts_per_page(self, database: Database) -> None:
        with database.transaction() as session:
            one, other = make_page(session), make_page(session)
            numbers = [
                next_number(session, page_id=page.id, prefix=page.order_prefix) for page in (one, one, other)
            ]
        assert numbers == [
            f"{one.order_prefix}-1001",
            f"{one.order_prefix}-1002",
            f"{other.order_prefix}-1001",
        ]


class TestTransition:
    def test_moves_once(self, database: Database, now: dt.datetime) -> None:
        with database.transaction() as session:
            order = add_order(
                session, make_page(session), "A-1", now=now, status=OrderStatus.AWAITING_PAYMENT
            )
            moves = [
                transition(session, order_id=order.id, to=OrderStatus.EXPIRED, closed_at=now)
                for _ in range(2)
            ]
        assert moves == [True, False]

    def test_never_leaves_paid(self, database: Database, now: dt.datetime) -> None:
        with database.transaction() as session:
            order = add_order(session, make_page(session), "A-1", now=now)
            assert not any(transition(session, order_id=order.id, to=status) for status in OrderStatus)

    def test_leaves_paid_for_cancelled_alone_where_nothing_was_paid(
        self, database: Database, now: dt.datetime
    ) -> None:
        with database.transaction() as session:
            order = add_order(session, make_page(session), "A-1", now=now)
            order.subtotal_amount = order.discount_amount = order.shipping_amount = order.total_amount = 0
            session.flush()
            others = [status for status in OrderStatus if status is not OrderStatus.CANCELLED]
            assert not any(transition(session, order_id=order.id, to=status) for status in others)
            assert transition(session, order_id=order.id, to=OrderStatus.CANCELLED)


class TestGetOrder:
    def test_brings_lines_and_history(self, database: Database, now: dt.datetime) -> None:
        with database.transaction() as session:
            order = add_order(session, make_page(session), "A-1", now=now)
            record_event(session, order_id=order.id, kind="placed", actor=Actor.BUYER, now=now)
        with database.reading() as session:
            found = get_order(session, "A-1")
        assert [line.title for line in found.lines] == ["Mug"]
        assert [event.kind for event in found.history] == ["placed"]

    def test_says_when_there_is_none(self, database: Database) -> None:
        with database.reading() as session, pytest.raises(NotFound):
            get_order(session, "A-1")


class TestListOrdersOfAccount:
    def test_pages_through_newest_first(self, database: Database, now: dt.datetime) -> None:
        with database.transaction() as session:
            page, account = make_page(session), make_account(session)
            for number in range(5):
                # Two were placed at one instant: the id decides between them.
                at = now + dt.timedelta(minutes=number // 2)
                add_order(session, page, f"A-{number}", now=at, account_id=account.id)
        with database.reading() as session:
            first = list_orders_of_account(session, account_id=account.id, limit=3)
            second = list_orders_of_account(session, account_id=account.id, limit=3, cursor=first.next_cursor)
        assert [order.number for order in first.orders + second.orders] == ["A-4", "A-3", "A-2", "A-1", "A-0"]
        assert second.next_cursor is None


class TestAccess:
    def test_opens_to_its_account_and_its_token_only(self, database: Database, now: dt.datetime) -> None:
        with database.transaction() as session:
            page, account = make_page(session), make_account(session)
            order = add_order(session, page, "A-1", now=now, account_id=account.id)
            other = add_order(session, page, "A-2", now=now)
        token = order_token(SIGNER, order)
        assert read_order_token(SIGNER, token) == order.id
        check_access(SIGNER, order, account_id=account.id, token=None)
        check_access(SIGNER, order, account_id=None, token=token)
        for stranger in (
            {"account_id": account.id + 1, "token": None},
            {"account_id": None, "token": order_token(SIGNER, other)},
            {"account_id": None, "token": "forged"},
            {"account_id": None, "token": None},
        ):
            with pytest.raises(NotFound):
                check_access(SIGNER, order, **stranger)
        with pytest.raises(BadLink):
            read_order_token(SIGNER, SIGNER.sign("order", "x"))
