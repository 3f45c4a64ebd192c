"""From Buy to the payment page, over a gateway that keeps its books in memory."""

from collections.abc import Callable

import pytest

from shop.catalog.stock import OutOfStock
from shop.checkout.buying import adopt_guest
from shop.checkout.delivery import Delivery
from shop.checkout.desk import Buyer, account_buyer, guest_buyer
from shop.checkout.expiry import AlreadyPaid
from shop.checkout.placement import TotalChanged
from shop.orders.models import OrderStatus
from shop.payments.gateway import GatewayUnavailable
from shop.payments.limits import BelowMinimum
from tests.checkout.conftest import Shop
from tests.factories import make_account


class TestCheckOutCart:
    def test_places_an_order_and_opens_its_session(self, shop: Shop, guest: Buyer) -> None:
        cart_id = shop.fill_cart("visitor-1", {0: 3, 1: 1})
        started = shop.check_out(cart_id, guest)
        order = shop.order(started.order_id)
        assert order.status is OrderStatus.AWAITING_PAYMENT
        assert order.number == f"{shop.page.order_prefix}-1001"
        assert (order.subtotal_amount, order.shipping_amount, order.total_amount) == (5100, 490, 5590)
        assert order.tax_amount == sum(line.tax_amount for line in order.lines) + 82
        assert [(line.title, line.variant_title, line.quantity) for line in order.lines] == [
            ("Mug", "Size 1", 3),
            ("Mug", "Size 2", 1),
        ]
        assert shop.stocks() == [7, 0]
        body = shop.gateway.bodies[0]
        assert [item["price_data"]["product_data"]["name"] for item in body["line_items"]] == [
            "3 × Mug — Size 1",
            "Mug — Size 2",
        ]
        assert all(item["quantity"] == 1 for item in body["line_items"])
        assert body["shipping_address_collection"] == {"allowed_countries": ["FR"]}
        assert body["customer_email"] == "guest@example.com"
        assert "{CHECKOUT_SESSION_ID}" in body["success_url"]
        assert started.order_token in body["success_url"] or "order=" in body["success_url"]
        assert "images" not in str(body)

    def test_pressing_again_returns_the_same_session(self, shop: Shop, guest: Buyer) -> None:
        cart_id = shop.fill_cart("visitor-1", {0: 1, 1: 1})
        first = shop.check_out(cart_id, guest)
        shop.clock.advance(minutes=5)
        second = shop.check_out(cart_id, guest)
        assert (second.url, second.order_number) == (first.url, first.order_number)
        assert shop.stocks() == [9, 0]
        assert shop.gateway.calls.count("create_session") == 1

    def test_a_changed_cart_replaces_the_older_order(self, shop: Shop, guest: Buyer) -> None:
        first = shop.check_out(shop.fill_cart("visitor-1", {0: 1, 1: 1}), guest)
        second = shop.check_out(shop.fill_cart("visitor-1", {0: 1}), guest)
        assert second.order_id != first.order_id
        assert shop.gateway.sessions[shop.session_id(first)].status == "expired"
        assert shop.order(first.order_id).status is OrderStatus.CANCELLED
        assert shop.stocks() == [8, 0]

    def test_a_changed_cart_whose_older_order_was_paid_says_so(self, shop: Shop, guest: Buyer) -> None:
        first = shop.check_out(shop.fill_cart("visitor-1", {0: 1}), guest)
        shop.gateway.pay(shop.session_id(first))
        cart_id = shop.fill_cart("visitor-1", {1: 1})
        with pytest.raises(AlreadyPaid):
            shop.check_out(cart_id, guest)
        assert shop.order(first.order_id).status is OrderStatus.PAID
        assert shop.stocks() == [9, 1]

    def test_an_order_paid_meanwhile_has_nothing_to_pay(self, shop: Shop, guest: Buyer) -> None:
        cart_id = shop.fill_cart("visitor-1", {0: 1})
        first = shop.check_out(cart_id, guest)
        shop.gateway.pay(shop.session_id(first))
        second = shop.check_out(cart_id, guest)
        assert (second.order_id, second.url, second.status) == (first.order_id, None, OrderStatus.PAID)

    def test_names_what_is_sold_out(self, shop: Shop, guest: Buyer) -> None:
        shop.buy(guest_buyer("somebody-else"), place=1)
        with shop.database.transaction() as session:
            pass
        cart_id = shop.fill_cart("visitor-1", {0: 1})
        with shop.database.transaction() as session:
            from shop.cart.models import CartLine

            session.add(
                CartLine(
                    cart_id=cart_id,
                    variant_id=shop.variants[1].id,
                    quantity=1,
                    seen_amount=1500,
                    added_at=shop.clock.now(),
                )
            )
        with pytest.raises(OutOfStock, match="Mug") as caught:
            shop.check_out(cart_id, guest)
        assert caught.value.status == 409
        assert caught.value.code == "out_of_stock"
        assert shop.stocks() == [10, 0]

    def test_refuses_a_total_that_was_not_shown(self, shop: Shop, guest: Buyer) -> None:
        cart_id = shop.fill_cart("visitor-1", {0: 1})
        with pytest.raises(TotalChanged):
            shop.check_out(cart_id, guest, expected_total_amount=1)
        assert shop.stocks() == [10, 1]

    def test_refuses_what_stripe_would_not_charge(self, make_shop: Callable[..., Shop], guest: Buyer) -> None:
        shop = make_shop((49, 5), shipping_amount=0)
        with pytest.raises(BelowMinimum):
            shop.check_out(shop.fill_cart("visitor-1", {0: 1}), guest)

    def test_an_order_of_nothing_is_paid_without_a_session(
        self, make_shop: Callable[..., Shop], guest: Buyer
    ) -> None:
        shop = make_shop((0, 5), shipping_amount=0)
        home = Delivery(name="Alix", line1="12 rue du Four", postal_code="75006", city="Paris", country="FR")
        started = shop.check_out(shop.fill_cart("visitor-1", {0: 1}), guest, delivery=home)
        assert (started.url, started.status) == (None, OrderStatus.PAID)
        assert shop.gateway.calls == []
        assert shop.stocks() == [4]
        assert shop.history(started.order_id) == ["placed", "paid"]

    def test_an_outage_keeps_the_order_and_the_next_try_opens_it(self, shop: Shop, guest: Buyer) -> None:
        cart_id = shop.fill_cart("visitor-1", {1: 1})
        shop.gateway.is_down = True
        with pytest.raises(GatewayUnavailable):
            shop.check_out(cart_id, guest)
        assert shop.stocks() == [10, 0]
        shop.gateway.is_down = False
        started = shop.check_out(cart_id, guest)
        assert started.url is not None
        assert started.order_number.endswith("-1001")

    def test_a_lost_answer_gives_the_same_session(self, shop: Shop, guest: Buyer) -> None:
        cart_id = shop.fill_cart("visitor-1", {1: 1})
        shop.gateway.crash_after = "create_session"
        with pytest.raises(GatewayUnavailable):
            shop.check_out(cart_id, guest)
        started = shop.check_out(cart_id, guest)
        assert list(shop.gateway.sessions) == [shop.session_id(started)]
        assert shop.gateway.bodies[0] == shop.gateway.bodies[1]

    def test_never_sends_anybody_to_a_page_with_another_total(self, shop: Shop, guest: Buyer) -> None:
        from shop.checkout.sessions import TotalMismatch

        shop.gateway.amount_off = 1
        with pytest.raises(TotalMismatch):
            shop.check_out(shop.fill_cart("visitor-1", {1: 1}), guest)
        (info,) = shop.gateway.sessions.values()
        assert info.status == "expired"
        with shop.database.reading() as session:
            from sqlalchemy import select

            from shop.orders.models import Order

            assert session.scalars(select(Order.status)).all() == [OrderStatus.FLAGGED]
        assert shop.stocks() == [10, 1]


class TestBuyNow:
    def test_back_and_buy_on_the_last_unit_returns_the_same_session(self, shop: Shop, guest: Buyer) -> None:
        first = shop.buy(guest, place=1)
        second = shop.buy(guest, place=1)
        assert first.url == second.url
        assert shop.stocks() == [10, 0]

    def test_another_language_on_the_last_unit_replaces_the_session(self, shop: Shop, guest: Buyer) -> None:
        first = shop.buy(guest, place=1)
        second = shop.buy(guest, place=1, language="fr")
        assert first.url != second.url
        assert shop.stocks() == [10, 0]

    def test_a_cart_with_the_last_unit_is_not_sold_out_by_ones_own_express_order(
        self, shop: Shop, guest: Buyer
    ) -> None:
        cart_id = shop.fill_cart("visitor-1", {1: 1})
        express = shop.buy(guest, place=1)
        started = shop.check_out(cart_id, guest)
        assert shop.order(express.order_id).status is OrderStatus.CANCELLED
        assert shop.order(started.order_id).status is OrderStatus.AWAITING_PAYMENT

    def test_somebody_else_is_told_that_it_is_sold_out(self, shop: Shop, guest: Buyer) -> None:
        shop.buy(guest, place=1)
        with pytest.raises(OutOfStock):
            shop.buy(guest_buyer("visitor-2"), place=1)

    def test_a_session_about_to_run_out_is_replaced(self, shop: Shop, guest: Buyer) -> None:
        first = shop.buy(guest, place=1)
        shop.clock.advance(minutes=43)
        second = shop.buy(guest, place=1)
        assert second.url != first.url
        assert shop.order(first.order_id).status is OrderStatus.EXPIRED
        assert shop.stocks() == [10, 0]

    def test_a_session_that_ran_out_is_replaced(self, shop: Shop, guest: Buyer) -> None:
        first = shop.buy(guest, place=1)
        shop.gateway.expire(shop.session_id(first))
        second = shop.buy(guest, place=1)
        assert second.order_id != first.order_id
        assert shop.stocks() == [10, 0]

    def test_an_account_has_one_customer(self, shop: Shop) -> None:
        with shop.database.transaction() as session:
            account = make_account(session)
        buyer = account_buyer(account.id, account.email)
        shop.buy(buyer, place=0)
        shop.buy(buyer, place=0, quantity=2)
        assert list(shop.gateway.customers.values()) == [account.email]
        assert {body["customer"] for body in shop.gateway.bodies} == set(shop.gateway.customers)

    def test_a_customer_that_stripe_no_longer_knows_is_done_without(self, shop: Shop) -> None:
        with shop.database.transaction() as session:
            account = make_account(session)
        buyer = account_buyer(account.id, account.email)
        shop.buy(buyer, place=0)
        shop.gateway.customers.clear()
        started = shop.buy(buyer, place=0, quantity=2)
        assert started.url is not None
        assert shop.gateway.bodies[-1]["customer_email"] == account.email
        shop.gateway.pay(shop.session_id(started))
        assert shop.tell_session("checkout.session.completed", shop.session_id(started)) == "applied:paid"


class TestAdoptGuest:
    def test_what_a_guest_held_is_the_accounts_own(self, shop: Shop, guest: Buyer) -> None:
        shop.fill_cart("visitor-1", {1: 1})
        first = shop.buy(guest, place=1)
        with shop.database.transaction() as session:
            account = make_account(session)
            adopt_guest(session, visitor_id="visitor-1", account_id=account.id, now=shop.clock.now())
        started = shop.buy(account_buyer(account.id, account.email), place=1)
        assert shop.order(first.order_id).status is OrderStatus.CANCELLED
        assert shop.order(started.order_id).account_id == account.id
