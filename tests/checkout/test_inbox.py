"""Webhooks: twice, in reverse order, a day late, wrongly signed, of unknown kinds, with wrong amounts."""

import dataclasses
import datetime as dt
import itertools
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from shop.checkout.buying import CheckoutStarted
from shop.checkout.desk import Buyer
from shop.checkout.inbox import DUPLICATE, HANDLERS, receive_event
from shop.core.mail import Mail
from shop.orders.models import OrderStatus, ReturnStatus
from shop.payments.gateway import BadSignature, DisputeInfo, RefundInfo
from shop.payments.models import Dispute, Payment, PaymentStatus, WebhookEvent
from tests.checkout.conftest import Shop
from tests.support.events import dispute_object, event_body, refund_object, session_object

COMPLETED = "checkout.session.completed"
EXPIRED = "checkout.session.expired"
SUCCEEDED = "checkout.session.async_payment_succeeded"
FAILED = "checkout.session.async_payment_failed"


@pytest.fixture
def started(shop: Shop, guest: Buyer) -> CheckoutStarted:
    """An open order of two of the first variant, from a cart that holds three by now."""
    cart_id = shop.fill_cart("visitor-1", {0: 2})
    started = shop.check_out(cart_id, guest)
    shop.fill_cart("visitor-1", {0: 1})
    return started


def mails(shop: Shop) -> list[str]:
    with shop.database.reading() as session:
        return list(session.scalars(select(Mail.kind).order_by(Mail.id)))


def cart_quantities(shop: Shop) -> list[int]:
    from shop.cart.models import CartLine

    with shop.database.reading() as session:
        return list(session.scalars(select(CartLine.quantity)))


class TestReceiveEvent:
    def test_completes_an_order(self, shop: Shop, started: CheckoutStarted) -> None:
        shop.gateway.pay(shop.session_id(started))
        assert shop.tell_session(COMPLETED, shop.session_id(started)) == "applied:paid"
        order = shop.order(started.order_id)
        assert order.status is OrderStatus.PAID
        assert order.captured_amount == order.total_amount
        assert order.email == "guest@example.com"
        assert order.ship_to is not None
        assert order.ship_to["city"] == "Paris"
        assert cart_quantities(shop) == [1]
        assert shop.stocks() == [8, 1]
        with shop.database.reading() as session:
            from shop.catalog.models import Product

            assert session.get_one(Product, shop.product.id).sold_count == 2
        assert mails(shop) == ["order_confirmed"]
        assert shop.history(started.order_id) == ["placed", "paid"]

    def test_tells_a_page_that_has_an_address(self, make_shop: Callable[..., Shop], guest: Buyer) -> None:
        shop = make_shop(contact_email="page@example.com")
        started = shop.buy(guest)
        shop.gateway.pay(shop.session_id(started))
        shop.tell_session(COMPLETED, shop.session_id(started))
        assert mails(shop) == ["order_confirmed", "order_received"]

    def test_applies_an_event_once(self, shop: Shop, started: CheckoutStarted) -> None:
        session_id = shop.session_id(started)
        shop.gateway.pay(session_id)
        thing = session_object(shop.gateway.sessions[session_id])
        outcomes = [shop.tell(COMPLETED, thing, event_id="evt_same") for _ in range(2)]
        assert outcomes == ["applied:paid", DUPLICATE]
        assert shop.history(started.order_id) == ["placed", "paid"]

    def test_two_events_of_one_change_apply_it_once(self, shop: Shop, started: CheckoutStarted) -> None:
        session_id = shop.session_id(started)
        shop.gateway.pay(session_id)
        outcomes = [shop.tell_session(COMPLETED, session_id) for _ in range(2)]
        assert outcomes == ["applied:paid", "ignored:no news"]
        assert cart_quantities(shop) == [1]
        assert mails(shop) == ["order_confirmed"]

    def test_refuses_a_wrong_signature(self, shop: Shop, started: CheckoutStarted) -> None:
        body = event_body(COMPLETED, {}, at=shop.clock.now())
        with pytest.raises(BadSignature):
            receive_event(shop.database, shop.gateway, body=body, signature="forged", now=shop.clock.now())
        assert shop.order(started.order_id).status is OrderStatus.AWAITING_PAYMENT

    def test_takes_kinds_that_it_does_not_use(self, shop: Shop) -> None:
        assert shop.tell("customer.created", {"id": "cus_1"}) == "ignored:customer.created"

    @pytest.mark.parametrize("kind", sorted(HANDLERS))
    def test_takes_things_that_are_not_ours_or_not_readable(self, shop: Shop, kind: str) -> None:
        assert shop.tell(kind, {"id": "other", "amount": 1, "status": "pending"}).startswith("ignored:")
        assert shop.tell(kind, {}).startswith("ignored:")

    @pytest.mark.parametrize(("amount", "currency"), [(1, "EUR"), (None, "EUR"), (None, "USD")])
    def test_flags_a_wrong_amount_or_currency(
        self, shop: Shop, started: CheckoutStarted, amount: int | None, currency: str
    ) -> None:
        info = shop.gateway.pay(shop.session_id(started))
        total = amount or (info.amount_total if currency != "EUR" else 999_999)
        wrong = dataclasses.replace(info, amount_total=total, currency=currency)
        outcomes = [shop.tell(COMPLETED, session_object(wrong)) for _ in range(2)]
        assert outcomes == ["applied:flagged", "ignored:no news"]
        order = shop.order(started.order_id)
        assert order.status is OrderStatus.FLAGGED
        assert order.holds_stock
        assert order.captured_amount == (total if currency == "EUR" else 0)
        assert mails(shop) == []

    def test_a_day_late_is_no_difference(self, shop: Shop, started: CheckoutStarted) -> None:
        thing = session_object(shop.gateway.pay(shop.session_id(started)))
        shop.clock.advance(days=1)
        assert shop.tell(COMPLETED, thing) == "applied:paid"
        assert shop.tell(COMPLETED, thing) == "ignored:no news"

    def test_a_late_expiry_does_not_undo_a_payment(self, shop: Shop, started: CheckoutStarted) -> None:
        info = shop.gateway.pay(shop.session_id(started))
        shop.tell(COMPLETED, session_object(info))
        assert (
            shop.tell(EXPIRED, session_object(dataclasses.replace(info, status="expired")))
            == "ignored:no news"
        )
        assert shop.order(started.order_id).status is OrderStatus.PAID
        assert shop.stocks() == [8, 1]

    def test_an_expired_session_gives_its_stock_back_once(self, shop: Shop, started: CheckoutStarted) -> None:
        shop.gateway.expire(shop.session_id(started))
        outcomes = [shop.tell_session(EXPIRED, shop.session_id(started)) for _ in range(2)]
        assert outcomes == ["applied:closed", "ignored:no news"]
        assert shop.order(started.order_id).status is OrderStatus.EXPIRED
        assert shop.stocks() == [10, 1]
        assert cart_quantities(shop) == [3]

    def test_money_after_expiry_takes_the_stock_again(self, shop: Shop, started: CheckoutStarted) -> None:
        open_info = shop.gateway.sessions[shop.session_id(started)]
        shop.tell(EXPIRED, session_object(dataclasses.replace(open_info, status="expired")))
        paid = shop.gateway.pay(shop.session_id(started))
        outcomes = [shop.tell(COMPLETED, session_object(paid)) for _ in range(2)]
        assert outcomes == ["applied:paid late", "ignored:no news"]
        order = shop.order(started.order_id)
        assert (order.status, order.holds_stock) == (OrderStatus.PAID, True)
        assert shop.stocks() == [8, 1]
        assert shop.history(started.order_id) == ["placed", "expired", "paid_late"]

    def test_a_late_wrong_amount_is_flagged(self, shop: Shop, started: CheckoutStarted) -> None:
        open_info = shop.gateway.sessions[shop.session_id(started)]
        shop.tell(EXPIRED, session_object(dataclasses.replace(open_info, status="expired")))
        paid = dataclasses.replace(shop.gateway.pay(shop.session_id(started)), amount_total=5)
        assert shop.tell(COMPLETED, session_object(paid)) == "applied:flagged"
        assert shop.stocks() == [10, 1]

    def test_finds_the_order_of_a_session_whose_id_was_not_kept(self, shop: Shop, guest: Buyer) -> None:
        from shop.payments.gateway import GatewayUnavailable

        shop.gateway.crash_after = "create_session"
        with pytest.raises(GatewayUnavailable):
            shop.buy(guest)
        (info,) = shop.gateway.sessions.values()
        shop.gateway.pay(info.id)
        assert shop.tell_session(COMPLETED, info.id) == "applied:paid"

    def test_keeps_why_a_card_was_declined(self, shop: Shop, started: CheckoutStarted) -> None:
        info = shop.gateway.sessions[shop.session_id(started)]
        intent = {
            "id": "pi_1",
            "metadata": {"vitrine_payment": info.payment_key},
            "last_payment_error": {
                "code": "card_declined",
                "decline_code": "insufficient_funds",
                "message": "No money.",
            },
        }
        assert shop.tell("payment_intent.payment_failed", intent) == "applied:declined"
        assert shop.order(started.order_id).status is OrderStatus.AWAITING_PAYMENT
        with shop.database.reading() as session:
            assert session.scalars(select(Payment.last_decline)).one() == "No money."
        shop.gateway.pay(info.id)
        shop.tell_session(COMPLETED, info.id)
        assert shop.tell("payment_intent.payment_failed", intent) == "ignored:no news"
        assert shop.history(started.order_id) == ["placed", "payment_failed", "paid"]


class TestPaidTooLate:
    def test_refunds_by_itself_and_tells_both_sides(
        self, make_shop: Callable[..., Shop], guest: Buyer
    ) -> None:
        shop = make_shop((1200, 1), contact_email="page@example.com")
        started = shop.buy(guest)
        open_info = shop.gateway.sessions[shop.session_id(started)]
        shop.tell(EXPIRED, session_object(dataclasses.replace(open_info, status="expired")))
        shop.buy(Buyer(None, "guest:quicker", None))
        paid = shop.gateway.pay(shop.session_id(started))
        outcomes = [shop.tell(COMPLETED, session_object(paid)) for _ in range(2)]
        assert outcomes == ["applied:paid too late, refunding", "ignored:no news"]
        order = shop.order(started.order_id)
        assert order.status is OrderStatus.EXPIRED
        assert order.refunded_amount == order.captured_amount == order.total_amount
        assert order.return_status is ReturnStatus.REFUNDED
        assert shop.stocks() == [0]
        assert mails(shop) == ["order_paid_too_late", "order_paid_too_late_notice"]
        assert shop.history(started.order_id) == ["placed", "expired", "paid_too_late", "refund_requested"]


class TestDelayedMethods:
    def steps(
        self, shop: Shop, started: CheckoutStarted, *, is_paid: bool
    ) -> list[tuple[str, dict[str, object]]]:
        session_id = shop.session_id(started)
        completed = session_object(shop.gateway.pay(session_id, is_delayed=True))
        settled = session_object(shop.gateway.settle(session_id, is_paid=is_paid))
        return [(COMPLETED, completed), (SUCCEEDED if is_paid else FAILED, settled)]

    def test_wait_with_their_stock_held(self, shop: Shop, started: CheckoutStarted) -> None:
        shop.gateway.pay(shop.session_id(started), is_delayed=True)
        assert shop.tell_session(COMPLETED, shop.session_id(started)) == "applied:awaiting funds"
        assert shop.order(started.order_id).status is OrderStatus.AWAITING_FUNDS
        assert shop.stocks() == [8, 1]
        assert cart_quantities(shop) == [3]
        with shop.database.reading() as session:
            assert session.scalars(select(Payment.status)).one() is PaymentStatus.PROCESSING

    @pytest.mark.parametrize("is_paid", [True, False])
    def test_every_order_of_events_each_twice_ends_the_same(
        self, make_shop: Callable[..., Shop], guest: Buyer, is_paid: bool
    ) -> None:
        for order_of_events in itertools.permutations(range(2)):
            shop = make_shop()
            started = shop.buy(guest, quantity=2)
            steps = self.steps(shop, started, is_paid=is_paid)
            for place in order_of_events:
                for _ in range(2):
                    shop.tell(*steps[place])
                shop.clock.advance(days=1)
            order = shop.order(started.order_id)
            assert order.status is (OrderStatus.PAID if is_paid else OrderStatus.CANCELLED)
            assert shop.stocks() == ([8, 1] if is_paid else [10, 1])
            assert order.holds_stock is is_paid


class TestEveryOrderOfEvents:
    """What happened is one thing; however its events come, the states at the end are the same."""

    def events(
        self, shop: Shop, started: CheckoutStarted
    ) -> list[tuple[str, dict[str, object], dt.datetime]]:
        info = shop.gateway.pay(shop.session_id(started))
        intent = info.payment_intent_id
        at = shop.clock.now()
        pending = RefundInfo("re_out", "pending", 300, "EUR", intent)
        done = dataclasses.replace(pending, status="succeeded")
        opened = DisputeInfo("dp_1", "needs_response", 500, "EUR", "fraudulent", intent)
        won = dataclasses.replace(opened, status="won")
        later = at + dt.timedelta(hours=1)
        return [
            (COMPLETED, session_object(info), at),
            ("refund.created", refund_object(pending), at),
            ("refund.updated", refund_object(done), later),
            ("charge.dispute.created", dispute_object(opened), at),
            ("charge.dispute.closed", dispute_object(won), later),
        ]

    @pytest.mark.parametrize("seed", range(6))
    def test_ends_the_same(self, shop: Shop, started: CheckoutStarted, seed: int) -> None:
        events = self.events(shop, started)
        orders = list(itertools.permutations(events))
        for kind, thing, at in orders[0 if seed == 0 else len(orders) - 1 if seed == 1 else seed * 23]:
            body = event_body(kind, thing, at=at)
            for _ in range(2):
                receive_event(
                    shop.database, shop.gateway, body=body, signature="signed", now=shop.clock.now()
                )
        order = shop.order(started.order_id)
        assert order.status is OrderStatus.PAID
        assert (order.refunded_amount, order.return_status) == (300, ReturnStatus.PARTIAL)
        with shop.database.reading() as session:
            assert session.scalars(select(Dispute.status)).all() == ["won"]
            assert session.scalar(select(func.count(WebhookEvent.id))) == len(events)
        assert shop.stocks() == [8, 1]
