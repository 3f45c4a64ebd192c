"""The order list in the database: search, filters, counts, parts."""

import datetime as dt
from dataclasses import dataclass

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, selectinload

from shop.core.db import Database
from shop.orders.filters import Follower, OrderFilter, Refunded, Shipping
from shop.orders.indexing import write_search_text
from shop.orders.listing import (
    COUNTED,
    MAX_MATCHES,
    ListScope,
    count_by_status,
    count_selected,
    find_part,
    list_orders_by_number,
    load_orders,
    select_orders,
)
from shop.orders.models import Fulfilment, FulfilmentStatus, Order, OrderStatus, ReturnStatus
from shop.orders.service import transition
from shop.page.models import Page
from tests.factories import make_page
from tests.orders.list_orders import make_order

EVERYTHING = OrderFilter()


@dataclass
class Room:
    """A page with orders, and how its list is asked."""

    database: Database
    page: Page

    @property
    def scope(self) -> ListScope:
        return ListScope(self.page.id, self.page.currency, self.page.country)

    def numbers(
        self, wanted: OrderFilter = EVERYTHING, *, limit: int = 50, max_matches: int = MAX_MATCHES
    ) -> list[str]:
        """Return the numbers that a filter gives, collected part by part."""
        found: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            with self.database.reading() as session:
                selection = select_orders(session, self.scope, wanted, max_matches=max_matches)
                part = find_part(session, selection, cursor=cursor, limit=limit)
                found += [order.number for order in load_orders(session, part.ids)]
            cursor = part.next_cursor
        return found

    def count(
        self, wanted: OrderFilter, *, max_matches: int = MAX_MATCHES, at_most: int = COUNTED
    ) -> int | None:
        with self.database.reading() as session:
            selection = select_orders(session, self.scope, wanted, max_matches=max_matches)
            return count_selected(session, selection, at_most=at_most)


@pytest.fixture
def room(database: Database, now: dt.datetime) -> Room:
    """Five orders, each an hour after the one before, and one of another page that is like the first."""
    with database.transaction() as session:
        page, other = make_page(session), make_page(session)
        make_order(
            session, page, "LUM-1", now=now, title="Lampe d’été", sku="LE-77", name="Zoë Lefèvre",
            email="zoe.l_fevre@example.com", was_follower=True,
        )  # fmt: skip
        make_order(
            session, page, "LUM-2", now=now + dt.timedelta(hours=1), total=9000, country="BE",
            fulfilment_status=FulfilmentStatus.PARTIAL, refunded_amount=100, return_status=ReturnStatus.PARTIAL,
        )  # fmt: skip
        make_order(
            session,
            page,
            "LUM-3",
            now=now + dt.timedelta(hours=2),
            status=OrderStatus.EXPIRED,
            captured_amount=0,
        )
        make_order(
            session, page, "LUM-4", now=now + dt.timedelta(hours=3), fulfilment_status=FulfilmentStatus.FULFILLED,
            was_follower=True,
        )  # fmt: skip
        make_order(
            session, page, "LUM-5", now=now + dt.timedelta(hours=4), refunded_amount=1690,
            return_status=ReturnStatus.REFUNDED,
        )  # fmt: skip
        make_order(session, other, "OTH-1", now=now, title="Lampe d’été", name="Zoë Lefèvre")
    return Room(database, page)


class TestFindPart:
    def test_brings_the_newest_first_in_parts_of_any_size(self, room: Room) -> None:
        everything = ["LUM-5", "LUM-4", "LUM-3", "LUM-2", "LUM-1"]
        assert [room.numbers(limit=limit) for limit in (1, 2, 4, 5, 6)] == [everything] * 5

    def test_lets_the_id_decide_at_one_instant(self, database: Database, now: dt.datetime) -> None:
        with database.transaction() as session:
            page = make_page(session)
            for number in range(5):
                make_order(session, page, f"A-{number}", now=now)
        assert Room(database, page).numbers(limit=2) == ["A-4", "A-3", "A-2", "A-1", "A-0"]

    @pytest.mark.parametrize(
        "cursor", ["nonsense", "1-2-3", "-1-3", f"{10**30}-1", f"1-{10**30}", "²-1", f"{2**63}-{2**63}"]
    )
    def test_starts_anew_at_a_cursor_that_it_did_not_write(self, room: Room, cursor: str) -> None:
        with room.database.reading() as session:
            selection = select_orders(session, room.scope, OrderFilter())
            part = find_part(session, selection, cursor=cursor, limit=50)
        assert len(part.ids) == 5


class TestFilters:
    @pytest.mark.parametrize(
        ("wanted", "numbers"),
        [
            (OrderFilter(status=OrderStatus.EXPIRED), ["3"]),
            (OrderFilter(shipping=Shipping.TO_SHIP), ["2", "1"]),
            (OrderFilter(shipping=Shipping.PARTIAL), ["2"]),
            (OrderFilter(shipping=Shipping.SHIPPED), ["4"]),
            (OrderFilter(refunded=Refunded.ANY), ["5", "2"]),
            (OrderFilter(refunded=Refunded.PARTIAL), ["2"]),
            (OrderFilter(refunded=Refunded.WHOLE), ["5"]),
            (OrderFilter(refunded=Refunded.NONE), ["4", "3", "1"]),
            (OrderFilter(follower=Follower.YES), ["4", "1"]),
            (OrderFilter(follower=Follower.NO), ["5", "3", "2"]),
            (OrderFilter(country="BE"), ["2"]),
            (OrderFilter(min_amount=1691), ["2"]),
            (OrderFilter(max_amount=1690), ["5", "4", "3", "1"]),
            (OrderFilter(min_amount=1690, max_amount=1690, follower=Follower.YES), ["4", "1"]),
            (OrderFilter(placed_from=dt.date(2026, 11, 25)), []),
            (OrderFilter(placed_from=dt.date(2026, 11, 24), placed_to=dt.date(2026, 11, 24)), list("54321")),
            (OrderFilter(status=OrderStatus.EXPIRED, shipping=Shipping.TO_SHIP), []),
            (OrderFilter(q="mug", refunded=Refunded.NONE, follower=Follower.YES), ["4"]),
        ],
    )  # fmt: skip
    def test_combine(self, room: Room, wanted: OrderFilter, numbers: list[str]) -> None:
        assert room.numbers(wanted) == [f"LUM-{number}" for number in numbers]
        assert room.numbers(wanted, limit=1) == [f"LUM-{number}" for number in numbers]
        assert room.count(wanted) == len(numbers)

    def test_compare_amounts_only_in_the_pages_currency(self, room: Room, now: dt.datetime) -> None:
        with room.database.transaction() as session:
            make_order(session, room.page, "YEN-1", now=now, currency="JPY", total=9000)
        assert room.numbers(OrderFilter(min_amount=5000)) == ["LUM-2"]

    def test_take_the_hour_before_midnight_utc_for_the_next_day_in_paris(self, room: Room) -> None:
        late = dt.datetime(2026, 11, 30, 23, 30, tzinfo=dt.UTC)
        with room.database.transaction() as session:
            make_order(session, room.page, "LATE-1", now=late)
        assert room.numbers(OrderFilter(placed_from=dt.date(2026, 12, 1))) == ["LATE-1"]


class TestSearch:
    @pytest.mark.parametrize(
        "typed",
        [
            "LUM-1", "lum-1", "zoe.l_fevre@example.com", "ZOE", "lefevre", "Lefèvre zoë", "lampe", "l’été", "LE-77",
            "lamp", "été lefe",
        ],
    )  # fmt: skip
    def test_finds_an_order_of_this_page_by_its_words(self, room: Room, typed: str) -> None:
        assert room.numbers(OrderFilter(q=typed)) == ["LUM-1"]

    @pytest.mark.parametrize(
        "typed", ["%", "“”", "xyzzy", "ampe", "OTH-1", 'lampe" OR "mug', "lampe | mug & !x", "'"]
    )
    def test_finds_nothing_else(self, room: Room, typed: str) -> None:
        assert room.numbers(OrderFilter(q=typed)) == []
        assert room.count(OrderFilter(q=typed)) == 0

    def test_finds_the_same_when_matches_are_too_many_to_look_at(self, room: Room) -> None:
        broad, narrow = OrderFilter(q="mug lum"), OrderFilter(q="mug", country="BE")
        for max_matches in (1, 1000):
            assert room.numbers(broad, limit=1, max_matches=max_matches) == [
                "LUM-5",
                "LUM-4",
                "LUM-3",
                "LUM-2",
            ]
            assert room.numbers(narrow, max_matches=max_matches) == ["LUM-2"]
        assert (room.count(broad), room.count(broad, max_matches=1)) == (4, None)

    def test_finds_a_buyer_once_the_payment_tells_who_it_is(self, room: Room, now: dt.datetime) -> None:
        with room.database.transaction() as session:
            order = make_order(session, room.page, "LUM-9", now=now, status=OrderStatus.AWAITING_PAYMENT)
            transition(
                session,
                order_id=order.id,
                to=OrderStatus.PAID,
                email="new@buyer.example",
                ship_to={"name": "Nils"},
            )
        assert room.numbers(OrderFilter(q="nils")) == room.numbers(OrderFilter(q="buyer")) == ["LUM-9"]

    def test_finds_a_parcel_until_it_is_taken_back(self, room: Room, now: dt.datetime) -> None:
        with room.database.transaction() as session:
            order_id = session.scalars(select(Order.id).where(Order.number == "LUM-4")).one()
            session.add(Fulfilment(order_id=order_id, tracking_number="6A 123", shipped_at=now))
            session.flush()
            write_search_text(session, order_id)
        assert room.numbers(OrderFilter(q="6a 123")) == ["LUM-4"]
        with room.database.transaction() as session:
            session.execute(update(Fulfilment).values(cancelled_at=now))
            write_search_text(session, order_id)
        assert room.numbers(OrderFilter(q="6a 123")) == []

    def test_forgets_an_order_that_is_gone(self, room: Room) -> None:
        with room.database.transaction() as session:
            session.delete(_with_all(session, "LUM-1"))
        assert room.numbers(OrderFilter(q="lampe")) == []


def _with_all(session: Session, number: str) -> Order:
    options = selectinload(Order.lines), selectinload(Order.history)
    return session.scalars(select(Order).where(Order.number == number).options(*options)).one()


class TestCountByStatus:
    def test_counts_each_status_and_what_is_to_ship(self, room: Room) -> None:
        with room.database.reading() as session:
            counts = count_by_status(session, room.page.id)
        assert {name: count for name, count in counts.items() if count} == {
            "paid": 4,
            "expired": 1,
            "to_ship": 2,
        }

    def test_stops_counting_where_it_is_told(self, room: Room) -> None:
        with room.database.reading() as session:
            counts = count_by_status(session, room.page.id, at_most=2)
        assert (counts["paid"], counts["expired"]) == (3, 1)
        assert room.count(OrderFilter(status=OrderStatus.PAID), at_most=2) == 3


class TestListOrdersByNumber:
    def test_keeps_the_order_asked_for_and_leaves_out_other_pages(self, room: Room) -> None:
        with room.database.reading() as session:
            found = list_orders_by_number(
                session, page_id=room.page.id, numbers=["LUM-4", "OTH-1", "LUM-1", "none"]
            )
        assert [order.number for order in found] == ["LUM-4", "LUM-1"]
