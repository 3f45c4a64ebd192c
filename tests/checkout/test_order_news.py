"""What a buyer's account is told of its order in the app."""

import pytest
from sqlalchemy import select

from shop.accounts.models import Account
from shop.checkout.buying import CheckoutStarted
from shop.checkout.desk import account_buyer
from shop.checkout.fulfilling import fulfil_order
from shop.checkout.refunds import ask_refund, refund_order
from shop.notifications.models import Notification
from shop.notifications.reading import mark_all_read
from shop.page.affinity import WEIGHTS, Act, affinity_at
from shop.page.models import Affinity
from tests.checkout.conftest import Shop
from tests.factories import make_account


@pytest.fixture
def buyer(shop: Shop) -> Account:
    """Somebody with an account."""
    with shop.database.transaction() as session:
        return make_account(session)


@pytest.fixture
def bought(shop: Shop, buyer: Account) -> CheckoutStarted:
    """Their order, which is paid."""
    started = shop.buy(account_buyer(buyer.id, buyer.email))
    shop.gateway.pay(shop.session_id(started))
    shop.tell_session("checkout.session.completed", shop.session_id(started))
    return started


def news(shop: Shop) -> list[Notification]:
    with shop.database.reading() as session:
        return list(session.scalars(select(Notification).order_by(Notification.id)))


def read_all(shop: Shop, account: Account) -> None:
    with shop.database.transaction() as session:
        mark_all_read(session, account_id=account.id, until=None, now=shop.clock.now())


class TestOrderNews:
    def test_tell_that_it_is_paid(self, shop: Shop, buyer: Account, bought: CheckoutStarted) -> None:
        (row,) = news(shop)
        number = shop.order(bought.order_id).number
        assert (row.account_id, row.subject, row.path) == (buyer.id, f"order:{number}", f"/orders/{number}")
        assert row.data == {"number": number, "event": "paid", "page": shop.page.name}

    def test_come_once_however_often_stripe_tells(
        self, shop: Shop, buyer: Account, bought: CheckoutStarted
    ) -> None:
        for _ in range(2):
            shop.tell_session("checkout.session.completed", shop.session_id(bought))
        assert [row.count for row in news(shop)] == [1]

    def test_tell_that_it_is_shipped_in_place_of_what_is_unread(
        self, shop: Shop, buyer: Account, bought: CheckoutStarted
    ) -> None:
        with shop.database.transaction() as session:
            fulfil_order(session, order_id=bought.order_id, now=shop.clock.now(), account_id=None)
        assert [(row.data["event"], row.count) for row in news(shop)] == [("shipped", 2)]

    def test_do_not_tell_of_a_parcel_that_the_staff_keeps_quiet_about(
        self, shop: Shop, buyer: Account, bought: CheckoutStarted
    ) -> None:
        with shop.database.transaction() as session:
            fulfil_order(
                session, order_id=bought.order_id, now=shop.clock.now(), account_id=None, notify=False
            )
        assert [row.data["event"] for row in news(shop)] == ["paid"]

    def test_tell_that_it_is_refunded_once(self, shop: Shop, buyer: Account, bought: CheckoutStarted) -> None:
        read_all(shop, buyer)
        with shop.database.transaction() as session:
            refund = refund_order(session, order_id=bought.order_id, now=shop.clock.now(), account_id=None)
        assert len(news(shop)) == 1
        for _ in range(2):
            ask_refund(shop.desk, refund.id, now=shop.clock.now())
        assert [(row.data["event"], row.count) for row in news(shop)] == [("paid", 1), ("refunded", 1)]

    def test_go_to_nobody_for_a_guests_order(self, shop: Shop, paid: CheckoutStarted) -> None:
        assert news(shop) == []


def ties(shop: Shop) -> list[tuple[int, int, int, float]]:
    """Return who is close to which page by how many acts, and how close."""
    with shop.database.reading() as session:
        rows = session.scalars(select(Affinity)).all()
        at = shop.clock.now()
        return [
            (row.account_id, row.page_id, row.interactions, round(affinity_at(row.level, at), 6))
            for row in rows
        ]


class TestAPaidOrder:
    def test_brings_its_buyer_closer_to_the_page_once(
        self, shop: Shop, buyer: Account, bought: CheckoutStarted
    ) -> None:
        for _ in range(2):
            shop.tell_session("checkout.session.completed", shop.session_id(bought))
        assert ties(shop) == [(buyer.id, shop.page.id, 1, WEIGHTS[Act.BUY])]

    def test_does_so_only_when_it_is_paid(self, shop: Shop, buyer: Account) -> None:
        shop.buy(account_buyer(buyer.id, buyer.email))
        assert ties(shop) == []

    def test_brings_no_guest_closer(self, shop: Shop, paid: CheckoutStarted) -> None:
        assert ties(shop) == []
