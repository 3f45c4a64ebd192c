"""Coupons in orders: what is taken, what comes back, what a refund is."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from shop.cart.coupons import bring_back, remove_coupon
from shop.cart.models import Cart
from shop.cart.service import find_or_create_cart
from shop.checkout.basket import TotalChanged
from shop.checkout.buying import adopt_guest, buy_now
from shop.checkout.desk import Buyer, account_buyer, guest_buyer
from shop.checkout.expiry import release_order
from shop.checkout.outcomes import close_order
from shop.checkout.placement import EmailNeeded
from shop.checkout.refunds import refund_order
from shop.coupons.holding import take_coupon
from shop.coupons.models import CouponAudience, CouponRedemption, HoldingWay
from shop.coupons.offers import Refusal
from shop.coupons.redeeming import CouponUsed
from shop.orders.models import Actor, OrderStatus
from shop.orders.queries import lock_order
from tests.checkout.conftest import URLS
from tests.coupons.counter import BO, HOME, NAMELESS, Counter
from tests.factories import make_account


class TestPlaceOrder:
    def test_keeps_the_discount_on_the_lines_and_takes_the_use(self, counter: Counter, guest: Buyer) -> None:
        coupon_id = counter.coupon(has_free_shipping=True)
        counter.apply()
        order = counter.shop.order(counter.shop.check_out(counter.cart_id, guest).order_id)

        assert (order.coupon_id, order.coupon_code) == (coupon_id, "TENTH")
        assert (order.discount_amount, order.waived_shipping_amount, order.shipping_amount) == (510, 490, 0)
        assert [line.discount_amount for line in order.lines] == [360, 150]
        assert order.total_amount == sum(line.total_amount for line in order.lines) == 4590
        assert counter.uses(coupon_id) == 1
        with counter.shop.database.reading() as session:
            use = session.scalars(select(CouponRedemption)).one()
        assert (use.order_id, use.amount, use.shipping_amount) == (order.id, 510, 490)
        assert use.customer_key.startswith("email:")

    def test_asks_a_guest_who_they_are_where_it_is_for_once(self, counter: Counter, guest: Buyer) -> None:
        counter.coupon()
        counter.apply()
        with pytest.raises(EmailNeeded):
            counter.shop.check_out(counter.cart_id, NAMELESS)
        assert counter.shop.stocks() == [10, 1]
        counter.shop.check_out(counter.cart_id, guest)
        assert counter.shop.stocks() == [7, 0]

    def test_gives_the_same_order_back_while_it_waits(self, counter: Counter, guest: Buyer) -> None:
        coupon_id = counter.coupon(max_uses=1)
        counter.apply()
        first = counter.shop.check_out(counter.cart_id, guest)

        assert counter.view(buyer=guest).coupon.refusal is None
        assert counter.shop.check_out(counter.cart_id, guest).order_id == first.order_id
        assert counter.uses(coupon_id) == 1

    def test_gives_a_changed_cart_the_use_of_the_order_before(self, counter: Counter, guest: Buyer) -> None:
        coupon_id = counter.coupon(max_uses=1)
        counter.apply()
        first = counter.shop.check_out(counter.cart_id, guest)
        counter.shop.fill_cart("visitor-1", {0: 1})
        second = counter.shop.check_out(counter.cart_id, guest)

        assert counter.shop.order(first.order_id).status is OrderStatus.CANCELLED
        assert counter.shop.order(second.order_id).discount_amount == 630
        assert counter.uses(coupon_id) == 1

    def test_that_is_refused_leaves_the_order_before_to_be_paid(self, counter: Counter, guest: Buyer) -> None:
        coupon_id = counter.coupon()
        counter.apply()
        started = counter.shop.check_out(counter.cart_id, guest)
        counter.change(is_paused=True)
        with pytest.raises(TotalChanged) as refused:
            counter.shop.check_out(counter.cart_id, guest, expected_total_amount=started.total_amount)
        assert (refused.value.total_amount, started.total_amount) == (5590, 5080)
        assert counter.shop.order(started.order_id).status is OrderStatus.AWAITING_PAYMENT
        assert counter.uses(coupon_id) == 1
        counter.shop.check_out(counter.cart_id, guest, expected_total_amount=5590)
        assert counter.shop.order(started.order_id).status is OrderStatus.CANCELLED
        assert counter.uses(coupon_id) == 0

    def test_gives_up_an_own_order_of_one_thing_that_holds_the_last_use(
        self, counter: Counter, guest: Buyer
    ) -> None:
        coupon_id = counter.coupon(max_uses=1, is_automatic=True)
        express = counter.shop.buy(guest)
        started = counter.shop.check_out(counter.cart_id, guest)

        assert counter.shop.order(express.order_id).status is OrderStatus.CANCELLED
        assert counter.shop.order(started.order_id).coupon_id == coupon_id
        assert counter.uses(coupon_id) == 1

    def test_loses_a_race_for_the_last_use_without_taking_anything(
        self, counter: Counter, guest: Buyer
    ) -> None:
        coupon_id = counter.coupon(max_uses=1, is_once=False)
        counter.apply()
        other = counter.shop.fill_cart("visitor-2", {0: 1})
        counter.apply(cart_id=other, buyer=BO)
        counter.shop.check_out(other, BO)
        # The cart was priced before the other order was placed.
        started = counter.shop.check_out(counter.cart_id, guest)

        assert counter.shop.order(started.order_id).coupon_id is None
        assert counter.uses(coupon_id) == 1
        assert counter.view().coupon.refusal is Refusal.USED_UP

    def test_refuses_an_address_that_has_used_it_and_takes_it_off_the_cart(
        self, counter: Counter, guest: Buyer
    ) -> None:
        counter.coupon()
        counter.apply()
        counter.shop.check_out(counter.cart_id, guest)
        other = counter.shop.fill_cart("visitor-2", {0: 1})
        counter.apply(cart_id=other, buyer=BO)
        with pytest.raises(CouponUsed):
            counter.shop.check_out(other, replace(BO, email=guest.email))

        assert counter.view(cart_id=other, buyer=BO).coupon is None
        assert counter.shop.check_out(other, replace(BO, email=guest.email)).total_amount == 1690

    def test_pays_an_order_of_nothing_at_once(self, counter: Counter, guest: Buyer) -> None:
        coupon_id = counter.coupon("PRIZE", percent_bp=10_000, has_free_shipping=True)
        counter.apply("PRIZE")
        view = counter.view()
        started = counter.shop.check_out(counter.cart_id, guest, delivery=HOME)

        assert (view.totals.total_amount, view.asks_email, view.problems) == (0, False, [])
        assert (started.url, started.status, started.total_amount) == (None, OrderStatus.PAID, 0)
        assert counter.uses(coupon_id) == 1
        assert counter.shop.gateway.calls == []
        assert counter.view().lines == []

    def test_gives_the_prize_of_one_thing_for_one_thing_only(self, counter: Counter, guest: Buyer) -> None:
        counter.coupon("PRIZE", percent_bp=10_000, has_free_shipping=True, unit_limit=1)
        counter.apply("PRIZE")
        order = counter.shop.order(counter.shop.check_out(counter.cart_id, guest).order_id)

        assert [line.discount_amount for line in order.lines] == [0, 1500]
        assert order.total_amount == 3600

    def test_counts_by_itself_for_one_thing_bought_at_once(self, counter: Counter, guest: Buyer) -> None:
        coupon_id = counter.coupon(is_automatic=True)
        nameless = counter.shop.order(counter.shop.buy(guest_buyer("visitor-9")).order_id)
        named = counter.shop.order(counter.shop.buy(guest).order_id)

        assert (nameless.coupon_id, named.coupon_id) == (None, coupon_id)
        assert named.total_amount == 1200 - 120 + 490


class TestCloseOrder:
    def test_gives_the_use_back_once(self, counter: Counter, guest: Buyer) -> None:
        coupon_id = counter.coupon(max_uses=1)
        counter.apply()
        started = counter.shop.check_out(counter.cart_id, guest)
        counter.shop.clock.advance(hours=1)
        counter.shop.gateway.expire(counter.shop.session_id(started))
        for _ in range(2):
            counter.shop.tell_session("checkout.session.expired", counter.shop.session_id(started))
            release_order(counter.shop.desk, started.order_id, now=counter.shop.clock.now())

        assert counter.shop.order(started.order_id).status is OrderStatus.EXPIRED
        assert counter.uses(coupon_id) == 0
        again = counter.shop.check_out(counter.cart_id, guest)
        assert counter.shop.order(again.order_id).discount_amount == 510


class TestPaid:
    @pytest.fixture
    def expired(self, counter: Counter, guest: Buyer) -> tuple[int, str]:
        """An order with the last use that ran out, and its session."""
        counter.coupon(max_uses=1)
        counter.apply()
        started = counter.shop.check_out(counter.cart_id, guest)
        session_id = counter.shop.session_id(started)
        with counter.shop.database.transaction() as session:
            close_order(
                session, lock_order(session, started.order_id), to=OrderStatus.EXPIRED, actor=Actor.SYSTEM,
                now=counter.shop.clock.now(), why="",
            )  # fmt: skip
        assert counter.uses(1) == 0
        return started.order_id, session_id

    def pay_late(self, counter: Counter, session_id: str) -> str:
        counter.shop.gateway.pay(session_id)
        return counter.shop.tell_session("checkout.session.completed", session_id)

    def test_takes_the_coupon_off_the_cart(self, counter: Counter, guest: Buyer) -> None:
        counter.coupon()
        counter.apply()
        started = counter.shop.check_out(counter.cart_id, guest)
        counter.shop.gateway.pay(counter.shop.session_id(started))
        counter.shop.tell_session("checkout.session.completed", counter.shop.session_id(started))

        with counter.shop.database.reading() as session:
            assert session.get_one(Cart, counter.cart_id).coupon_id is None

    @pytest.mark.parametrize("is_once", [True, False])
    def test_for_one_thing_leaves_it_in_the_cart_if_it_can_count_on(
        self, counter: Counter, guest: Buyer, *, is_once: bool
    ) -> None:
        coupon_id, shop = counter.coupon(is_once=is_once), counter.shop
        counter.apply()
        started = buy_now(
            shop.desk, page=shop.page, variant_id=shop.variants[0].id, quantity=1, country="FR", buyer=guest,
            language="en", urls=URLS, now=shop.clock.now(), coupon_id=coupon_id,
        )  # fmt: skip
        shop.gateway.pay(shop.session_id(started))
        shop.tell_session("checkout.session.completed", shop.session_id(started))

        assert shop.order(started.order_id).discount_amount == 120
        view = counter.view()
        assert (view.coupon and view.coupon.id, view.item_count) == (None if is_once else coupon_id, 4)

    def test_late_takes_the_use_again(self, counter: Counter, expired: tuple[int, str]) -> None:
        self.pay_late(counter, expired[1])

        assert counter.shop.order(expired[0]).status is OrderStatus.PAID
        assert counter.uses(1) == 1
        assert "coupon_honoured" not in counter.shop.history(expired[0])

    def test_late_keeps_its_price_when_the_use_is_gone(
        self, counter: Counter, expired: tuple[int, str]
    ) -> None:
        other = counter.shop.fill_cart("visitor-2", {0: 1})
        counter.apply(cart_id=other, buyer=BO)
        counter.shop.check_out(other, BO)
        self.pay_late(counter, expired[1])

        order = counter.shop.order(expired[0])
        assert (order.status, order.discount_amount, order.refunded_amount) == (OrderStatus.PAID, 510, 0)
        assert counter.uses(1) == 1
        assert "coupon_honoured" in counter.shop.history(expired[0])


class TestRefunds:
    def test_take_the_discount_share_and_keep_the_use(self, counter: Counter, guest: Buyer) -> None:
        coupon_id = counter.coupon()
        counter.apply()
        started = counter.shop.check_out(counter.cart_id, guest)
        counter.shop.gateway.pay(counter.shop.session_id(started))
        counter.shop.tell_session("checkout.session.completed", counter.shop.session_id(started))
        order = counter.shop.order(started.order_id)
        with counter.shop.database.transaction() as session:
            refund = refund_order(
                session, order_id=order.id, quantities={order.lines[0].id: 1}, account_id=None,
                now=counter.shop.clock.now(),
            )  # fmt: skip

        assert refund.amount == 1080
        assert counter.uses(coupon_id) == 1


class TestAdoptGuest:
    def test_brings_the_coupon_of_the_cart_and_the_wallet(self, counter: Counter) -> None:
        chosen = counter.coupon("CHOSEN")
        held = counter.coupon("HELD", audience=CouponAudience.HOLDERS)
        now = counter.shop.clock.now()
        counter.apply("CHOSEN")
        with counter.shop.database.transaction() as session:
            take_coupon(
                session, coupon_id=held, holder_key=NAMELESS.visitor_key, way=HoldingWay.PRIZE, now=now
            )
            account = make_account(session)
            adopt_guest(session, visitor_id="visitor-1", account_id=account.id, now=now)
        buyer = account_buyer(account.id, account.email)

        view = counter.view(buyer=buyer)
        assert (view.coupon.id, view.asks_email) == (chosen, False)
        with counter.shop.database.transaction() as session:
            remove_coupon(session, cart=session.get_one(Cart, counter.cart_id), now=now)
            bring_back(session, cart=session.get_one(Cart, counter.cart_id), now=now)
        assert counter.view(buyer=buyer).coupon.id == held

    def test_leaves_off_what_the_guest_took_off(self, counter: Counter) -> None:
        declined, now = counter.coupon(is_automatic=True), counter.shop.clock.now()
        with counter.shop.database.transaction() as session:
            account = make_account(session)
            own, _ = find_or_create_cart(
                session,
                page_id=counter.shop.page.id,
                account_id=account.id,
                visitor_id=None,
                country="FR",
                now=now,
            )
            remove_coupon(session, cart=session.get_one(Cart, counter.cart_id), now=now, coupon_id=declined)
            adopt_guest(session, visitor_id="visitor-1", account_id=account.id, now=now)

        view = counter.view(cart_id=own.id, buyer=account_buyer(account.id, account.email))
        assert (view.item_count, view.coupon, view.declined_coupon.id) == (4, None, declined)
