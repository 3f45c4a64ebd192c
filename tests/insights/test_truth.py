"""The days' figures are what the orders, refunds and likes say, whatever happened in whatever order."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, update

from shop.checkout.desk import Buyer, guest_buyer
from shop.checkout.refunds import refund_order
from shop.insights.queries import list_all_days
from shop.insights.truth import check_days, rebuild_days
from shop.orders.models import Order
from shop.page.models import Page, PageDay
from shop.page.service import follow, unfollow
from tests.checkout.conftest import Shop
from tests.factories import make_account
from tests.insights.walk import COMPLETED, Walk

STEPS = 90


def differences(shop: Shop) -> list[object]:
    with shop.database.reading() as session:
        return list(check_days(session, shop.page))


class TestCheckDays:
    @pytest.mark.drill
    @pytest.mark.parametrize("seed", range(3))
    def test_agrees_after_any_sequence_of_events(self, make_shop: Callable[..., Shop], seed: int) -> None:
        shop = make_shop((1200, 6), (1500, 2))
        walk = Walk(shop, seed)
        for number in range(STEPS):
            walk.step()
            assert differences(shop) == [], number
        with shop.database.reading() as session:
            rows = list_all_days(session, shop.page.id)
            captured, refunded = session.execute(
                select(func.sum(Order.captured_amount), func.sum(Order.refunded_amount))
            ).one()
        assert sum(row.sales_amount for row in rows) == captured > 0
        assert sum(row.refunded_amount for row in rows) == refunded
        assert len({row.day for row in rows}) > 1

    @pytest.mark.drill
    def test_agrees_after_many_at_once(self, make_shop: Callable[..., Shop]) -> None:
        shop = make_shop((1200, 50))
        with shop.database.transaction() as session:
            people = [make_account(session).id for _ in range(6)]

        def take(number: int) -> None:
            started = shop.buy(guest_buyer(f"visitor-{number}", "guest@example.com"))
            session_id = shop.session_id(started)
            shop.gateway.pay(session_id)
            shop.tell_session(COMPLETED, session_id)
            with shop.database.transaction() as session:
                follow(session, page_id=shop.page.id, account_id=people[number % 6], now=shop.clock.now())
            with shop.database.transaction() as session:
                refund_order(
                    session, order_id=started.order_id, amount=100, now=shop.clock.now(), account_id=None
                )
            with shop.database.transaction() as session:
                unfollow(session, page_id=shop.page.id, account_id=people[number % 6], now=shop.clock.now())

        with ThreadPoolExecutor(12) as pool:
            list(pool.map(take, range(24)))
        assert differences(shop) == []
        with shop.database.reading() as session:
            [money] = [row for row in list_all_days(session, shop.page.id) if row.currency]
        assert (money.orders_placed, money.orders_paid, money.refunded_amount) == (24, 24, 2400)

    def test_tells_what_is_wrong(self, shop: Shop, guest: Buyer) -> None:
        shop.buy(guest)
        with shop.database.transaction() as session:
            session.execute(update(PageDay).values(orders_placed=5))
        [wrong] = differences(shop)
        assert (wrong.figure, wrong.kept, wrong.true) == ("orders_placed", 5, 1)  # type: ignore[attr-defined]

    def test_counts_orders_of_another_currency_apart(self, shop: Shop) -> None:
        shop.buy(guest_buyer("first"))
        with shop.database.transaction() as session:
            session.execute(update(Page).values(currency="USD"))
        with shop.database.reading() as session:
            shop.page = session.get_one(Page, shop.page.id)
        shop.buy(guest_buyer("second"))
        with shop.database.reading() as session:
            found = {row.currency: row.orders_placed for row in list_all_days(session, shop.page.id)}
        assert found == {"EUR": 1, "USD": 1}
        assert differences(shop) == []


class TestRebuildDays:
    def test_sets_the_figures_of_orders_right(self, shop: Shop, guest: Buyer) -> None:
        started = shop.buy(guest)
        shop.gateway.pay(shop.session_id(started))
        shop.tell_session(COMPLETED, shop.session_id(started))
        with shop.database.transaction() as session:
            session.execute(update(PageDay).values(orders_paid=9, sales_amount=1, refunded_amount=3))
        with shop.database.transaction() as session:
            assert len(rebuild_days(session, shop.page)) == 3
        assert differences(shop) == []

    def test_makes_days_that_are_missing(self, shop: Shop, guest: Buyer) -> None:
        shop.buy(guest)
        with shop.database.transaction() as session:
            session.query(PageDay).delete()
        with shop.database.transaction() as session:
            rebuild_days(session, shop.page)
        assert differences(shop) == []

    def test_only_tells_of_likes(self, shop: Shop) -> None:
        with shop.database.transaction() as session:
            person = make_account(session)
            follow(session, page_id=shop.page.id, account_id=person.id, now=shop.clock.now())
            session.execute(update(PageDay).values(new_followers=7))
        with shop.database.transaction() as session:
            [wrong] = rebuild_days(session, shop.page)
        assert (wrong.day, wrong.figure, wrong.kept, wrong.true) == (None, "followers", 7, 1)
