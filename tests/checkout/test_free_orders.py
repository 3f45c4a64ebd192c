"""What costs nothing: it goes where the buyer says, is ordered once, and staff can cancel it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from shop.cart.models import Cart
from shop.cart.queries import EmptyCart
from shop.checkout.basket import TotalChanged
from shop.checkout.buying import CheckoutStarted
from shop.checkout.cancelling import AlreadyShipped, PaidMeanwhile, cancel_as_staff
from shop.checkout.delivery import AddressNeeded, Delivery
from shop.checkout.desk import Buyer, guest_buyer
from shop.checkout.free_lines import take_back_free_lines
from shop.checkout.fulfilling import fulfil_order
from shop.checkout.refund_plans import RefundedMeanwhile
from shop.core.mail import Mail
from shop.coupons.models import Coupon
from shop.coupons.redeeming import CouponUsed
from shop.orders.models import FulfilmentStatus, OrderLine, OrderStatus
from shop.page.models import AuditEntry, Role
from tests.checkout.conftest import Shop
from tests.checkout.gifts import HOME, Gifts
from tests.checkout.rooms import Room, staff
from tests.support.visitors import sign_in

THREADS = 8


@pytest.fixture
def gifts(shop: Shop) -> Gifts:
    return Gifts(shop)


@pytest.fixture
def given(gifts: Gifts, guest: Buyer) -> CheckoutStarted:
    """A placed order of two things that cost nothing."""
    return gifts.shop.check_out(gifts.cart_id, guest, delivery=HOME)


class TestDelivery:
    def test_asks_for_what_the_countrys_addresses_have(self) -> None:
        assert set(Delivery().problems(["FR"])) == {"name", "line1", "postal_code", "city", "country"}
        assert set(replace(HOME, country="US").problems(["FR", "US"])) == {"state"}
        assert replace(HOME, country="IE", postal_code="").problems(["IE"]) == {}
        assert HOME.problems(["FR"]) == {}

    def test_refuses_a_country_that_is_not_reached(self) -> None:
        assert HOME.problems(["BE"]) == {"country": ["This shop does not ship to the country you chose."]}


class TestCheckOutCart:
    def test_keeps_the_address_where_a_payment_page_would(
        self, gifts: Gifts, given: CheckoutStarted, guest: Buyer
    ) -> None:
        order = gifts.shop.order(given.order_id)
        assert (given.url, order.status, order.paid_at) == (None, OrderStatus.PAID, gifts.shop.clock.now())
        assert (order.email, order.country) == (guest.email, "FR")
        assert order.ship_to == {
            "name": "Alix Martin", "line1": "12 rue du Four", "line2": "2e étage", "city": "Paris", "state": None,
            "postal_code": "75006", "country": "FR", "phone": "+33 1 23 45 67 89",
        }  # fmt: skip
        assert f"{order.page_id}xmartin" in order.search_text
        assert gifts.shop.gateway.calls == []
        with gifts.shop.database.reading() as session:
            sent = session.scalars(select(Mail).where(Mail.kind == "order_confirmed")).one()
        assert sent.recipient == guest.email

    def test_says_all_that_lacks_and_takes_nothing(self, gifts: Gifts) -> None:
        with pytest.raises(AddressNeeded) as refused:
            gifts.shop.check_out(
                gifts.cart_id, guest_buyer("visitor-1"), delivery=replace(HOME, city="", country="XX")
            )
        assert set(refused.value.errors) == {"email", "city", "country"}
        assert (gifts.orders(), gifts.shop.stocks(), gifts.uses()) == ([], [10, 1], 0)

    def test_goes_to_the_country_of_the_address(self, gifts: Gifts, guest: Buyer) -> None:
        with gifts.shop.database.transaction() as session:
            session.merge(gifts.shop.page).ships_to = ["BE", "FR"]
        gifts.shop.page.ships_to = ["BE", "FR"]
        started = gifts.shop.check_out(
            gifts.cart_id, guest, delivery=replace(HOME, country="BE", postal_code="1000")
        )
        order = gifts.shop.order(started.order_id)
        assert (order.country, order.postal_code) == ("BE", "1000")

    def test_keeps_an_unpaid_order_while_the_address_lacks(self, gifts: Gifts, guest: Buyer) -> None:
        with gifts.shop.database.transaction() as session:
            session.execute(update(Cart).values(coupon_id=None))
        waiting = gifts.shop.check_out(gifts.cart_id, guest)
        gifts.choose(gifts.cart_id)
        with pytest.raises(AddressNeeded):
            gifts.shop.check_out(gifts.cart_id, guest)
        assert gifts.shop.order(waiting.order_id).status is OrderStatus.AWAITING_PAYMENT
        gifts.shop.check_out(gifts.cart_id, guest, delivery=HOME)
        assert gifts.shop.order(waiting.order_id).status is OrderStatus.CANCELLED

    def test_finds_the_order_again_for_the_same_state_of_the_cart(self, gifts: Gifts, guest: Buyer) -> None:
        state = gifts.state()
        gifts.shop.clock.advance(minutes=1)
        first = gifts.shop.check_out(gifts.cart_id, guest, delivery=HOME, attempt=state)
        again = gifts.shop.check_out(gifts.cart_id, guest, delivery=HOME, attempt=state)
        assert (again.order_id, again.url) == (first.order_id, None)
        assert (len(gifts.orders()), gifts.shop.stocks(), gifts.uses()) == (1, [8, 1], 1)
        with pytest.raises(EmptyCart):
            gifts.shop.check_out(gifts.cart_id, guest, delivery=HOME)

    def test_does_not_order_a_cart_that_was_changed_since_it_was_shown(
        self, gifts: Gifts, guest: Buyer
    ) -> None:
        state = gifts.state()
        gifts.shop.clock.advance(minutes=1)
        gifts.shop.fill_cart("visitor-1", {1: 1})
        with pytest.raises(TotalChanged):
            gifts.shop.check_out(gifts.cart_id, guest, delivery=HOME, attempt=state)
        assert gifts.orders() == []

    def test_tells_that_it_costs_something_by_now(self, gifts: Gifts, guest: Buyer) -> None:
        with gifts.shop.database.transaction() as session:
            session.execute(update(Coupon).values(uses=1, max_uses=1))
        with pytest.raises(TotalChanged):
            gifts.shop.check_out(gifts.cart_id, guest, delivery=HOME, expected_total_amount=0)
        assert gifts.shop.check_out(gifts.cart_id, guest, delivery=HOME).url is not None

    def test_knows_an_address_that_used_a_coupon_for_once(self, gifts: Gifts, guest: Buyer) -> None:
        with gifts.shop.database.transaction() as session:
            session.execute(update(Coupon).values(is_once=True))
        gifts.shop.check_out(gifts.cart_id, guest, delivery=HOME)
        other = gifts.shop.fill_cart("visitor-2", {0: 1})
        gifts.choose(other)
        with pytest.raises(CouponUsed):
            gifts.shop.check_out(other, guest_buyer("visitor-2", guest.email), delivery=HOME)
        with gifts.shop.database.reading() as session:
            assert session.get_one(Cart, other).coupon_id is None

    def test_pressed_by_eight_at_once_is_one_order(self, gifts: Gifts, guest: Buyer) -> None:
        state, start = gifts.state(), Barrier(THREADS)

        def press(_number: int) -> int:
            start.wait()
            return gifts.shop.check_out(gifts.cart_id, guest, delivery=HOME, attempt=state).order_id

        with ThreadPoolExecutor(THREADS) as pool:
            order_ids = set(pool.map(press, range(THREADS)))
        assert order_ids == {order.id for order in gifts.orders()}
        assert (len(order_ids), gifts.shop.stocks(), gifts.uses()) == (1, [8, 1], 1)


class TestBuyNow:
    def test_pressed_by_eight_at_once_is_one_order(self, gifts: Gifts, guest: Buyer) -> None:
        start = Barrier(THREADS)

        def press(_number: int) -> int:
            start.wait()
            return gifts.buy(guest, delivery=HOME, attempt="one intention").order_id

        with ThreadPoolExecutor(THREADS) as pool:
            order_ids = set(pool.map(press, range(THREADS)))
        assert (len(order_ids), len(gifts.orders()), gifts.shop.stocks()) == (1, 1, [9, 1])

    def test_orders_again_for_another_intention(self, gifts: Gifts, guest: Buyer) -> None:
        first, second = gifts.buy(guest, delivery=HOME), gifts.buy(guest, delivery=HOME)
        assert first.order_id != second.order_id
        assert gifts.uses() == 2

    def test_asks_a_nameless_guest(self, gifts: Gifts) -> None:
        with pytest.raises(AddressNeeded):
            gifts.buy(guest_buyer("visitor-9"))


class TestCancelAsStaff:
    def test_gives_the_goods_back_but_not_the_coupons_use(self, gifts: Gifts, given: CheckoutStarted) -> None:
        shop, camille = gifts.shop, staff(gifts.shop, Role.FULFILMENT)
        status = cancel_as_staff(
            shop.desk, order_id=given.order_id, account_id=camille.id, now=shop.clock.now()
        )
        order = shop.order(given.order_id)
        assert (status, order.status, order.holds_stock) == (
            OrderStatus.CANCELLED,
            OrderStatus.CANCELLED,
            False,
        )
        assert (shop.stocks(), gifts.uses()) == ([10, 1], 1)
        assert shop.history(given.order_id) == ["placed", "paid", "cancelled"]
        with shop.database.reading() as session:
            assert session.scalars(select(Mail).where(Mail.kind == "order_cancelled")).one()
            assert session.scalars(select(AuditEntry.act)).all()[-1] == "order.cancelled"
        cancel_as_staff(shop.desk, order_id=given.order_id, account_id=camille.id, now=shop.clock.now())
        assert shop.stocks() == [10, 1]

    def test_does_not_cancel_what_has_left(self, gifts: Gifts, given: CheckoutStarted) -> None:
        shop, camille = gifts.shop, staff(gifts.shop, Role.FULFILMENT)
        (line,) = shop.order(given.order_id).lines
        with shop.database.transaction() as session:
            fulfil_order(
                session, order_id=given.order_id, account_id=camille.id, now=shop.clock.now(), quantities={line.id: 1}
            )  # fmt: skip
        with pytest.raises(AlreadyShipped):
            cancel_as_staff(shop.desk, order_id=given.order_id, account_id=camille.id, now=shop.clock.now())
        assert shop.order(given.order_id).status is OrderStatus.PAID

    def test_still_refuses_what_was_paid_for(self, shop: Shop, paid: CheckoutStarted) -> None:
        with pytest.raises(PaidMeanwhile):
            cancel_as_staff(shop.desk, order_id=paid.order_id, account_id=1, now=shop.clock.now())

    def test_has_a_button_in_the_room(
        self, gifts: Gifts, given: CheckoutStarted, client: FlaskClient
    ) -> None:
        sign_in(client, staff(gifts.shop, Role.MANAGER))
        room = Room(client, gifts.shop, given.order_number)
        text = room.get().text
        assert "12 rue du Four" in text
        assert "+33 1 23 45 67 89" in text
        assert 'form="cancel-order"' in text
        assert client.post(f"{room.path}/cancellation").status_code == 303
        assert gifts.shop.order(given.order_id).status is OrderStatus.CANCELLED


class TestTakeBackFreeLines:
    @pytest.fixture
    def mixed(self, gifts: Gifts, guest: Buyer) -> CheckoutStarted:
        """A paid order of which one thing is a prize."""
        shop = gifts.shop
        gifts.coupon_id = gifts.coupon("ONE", unit_limit=1)
        cart_id = shop.fill_cart("visitor-3", {0: 1, 1: 1})
        gifts.choose(cart_id)
        started = shop.check_out(cart_id, guest_buyer("visitor-3", guest.email))
        shop.gateway.pay(shop.session_id(started))
        shop.tell_session("checkout.session.completed", shop.session_id(started))
        return started

    def _line(self, gifts: Gifts, mixed: CheckoutStarted, *, is_free: bool) -> OrderLine:
        return next(
            line for line in gifts.shop.order(mixed.order_id).lines if (line.total_amount == 0) is is_free
        )

    def test_restocks_and_ships_no_more_without_stripe(self, gifts: Gifts, mixed: CheckoutStarted) -> None:
        camille, line = staff(gifts.shop, Role.MANAGER), self._line(gifts, mixed, is_free=True)
        with gifts.shop.database.transaction() as session:
            take_back_free_lines(
                session, order_id=mixed.order_id, quantities={line.id: 1}, now=gifts.shop.clock.now(),
                account_id=camille.id, restock=True,
            )  # fmt: skip
        after = self._line(gifts, mixed, is_free=True)
        assert (after.refunded_quantity, after.to_ship_quantity) == (1, 0)
        assert gifts.shop.stocks() == [9, 1]
        assert gifts.shop.order(mixed.order_id).fulfilment_status is FulfilmentStatus.UNFULFILLED
        assert gifts.shop.gateway.refunds == {}

    def test_does_not_give_money_away(self, gifts: Gifts, mixed: CheckoutStarted) -> None:
        line = self._line(gifts, mixed, is_free=False)
        with gifts.shop.database.transaction() as session, pytest.raises(RefundedMeanwhile):
            take_back_free_lines(
                session, order_id=mixed.order_id, quantities={line.id: 1}, now=gifts.shop.clock.now(), account_id=1
            )  # fmt: skip

    def test_is_what_the_refund_form_does(
        self, gifts: Gifts, mixed: CheckoutStarted, client: FlaskClient
    ) -> None:
        sign_in(client, staff(gifts.shop, Role.MANAGER))
        line = self._line(gifts, mixed, is_free=True)
        answer = client.post(
            f"{Room(client, gifts.shop, mixed.order_number).path}/refunds",
            data={"scope": "lines", f"units-{line.id}": "1", "expected_amount": "0", "restock": "1"},
        )
        assert answer.status_code == 303
        assert self._line(gifts, mixed, is_free=True).refunded_quantity == 1

    def test_takes_back_once_when_two_do_it(self, gifts: Gifts, guest: Buyer, client: FlaskClient) -> None:
        shop = gifts.shop
        shop.restock(10)
        gifts.coupon_id = gifts.coupon("THREE", unit_limit=3)
        cart_id = shop.fill_cart("visitor-3", {0: 1, 1: 3})
        gifts.choose(cart_id)
        started = shop.check_out(cart_id, guest_buyer("visitor-3", guest.email))
        shop.gateway.pay(shop.session_id(started))
        shop.tell_session("checkout.session.completed", shop.session_id(started))
        sign_in(client, staff(shop, Role.MANAGER))
        room, line = Room(client, shop, started.order_number), self._line(gifts, started, is_free=True)
        assert 'name="expected_units" value="0"' in room.text("/refunds/new")
        sent = {"scope": "lines", f"units-{line.id}": 1, "expected_amount": 0, "expected_refunded": 0}
        answers = [room.post("/refunds", **sent, expected_units=0, restock=1) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [303, 409]
        assert "Somebody refunded a part of this order meanwhile." in answers[1].text
        assert 'name="expected_units" value="1"' in answers[1].text
        assert (self._line(gifts, started, is_free=True).refunded_quantity, shop.stocks()) == (1, [9, 8])
        assert room.post("/refunds", **sent, expected_units=1).status_code == 303
        assert self._line(gifts, started, is_free=True).refunded_quantity == 2
