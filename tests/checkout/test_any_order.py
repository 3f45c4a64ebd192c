"""Any events about one order, in any order and number: what must hold, holds after each of them."""

import dataclasses

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shop.checkout.buying import CheckoutStarted
from shop.checkout.desk import guest_buyer
from shop.orders.models import Order, OrderStatus
from tests.checkout.conftest import Shop
from tests.support.events import session_object

UNITS = 2
EVENTS = {
    "paid": ("checkout.session.completed", {"status": "complete", "payment_status": "paid"}),
    "unpaid": ("checkout.session.completed", {"status": "complete", "payment_status": "unpaid"}),
    "came": ("checkout.session.async_payment_succeeded", {"status": "complete", "payment_status": "paid"}),
    "failed": ("checkout.session.async_payment_failed", {"status": "complete", "payment_status": "unpaid"}),
    "expired": ("checkout.session.expired", {"status": "expired"}),
    "wrong": (
        "checkout.session.completed",
        {"status": "complete", "payment_status": "paid", "amount_total": 7},
    ),
}


def check(shop: Shop, order: Order, stock_before: int) -> None:
    held = UNITS if order.holds_stock else 0
    assert shop.stocks()[0] == stock_before - held
    kinds = [event.kind for event in order.history]
    assert sum(kind in ("paid", "paid_late") for kind in kinds) <= 1
    assert (order.status is OrderStatus.PAID) is any(kind in ("paid", "paid_late") for kind in kinds)
    assert order.captured_amount in {0, 7, order.total_amount}
    if order.status is OrderStatus.PAID:
        assert order.captured_amount == order.total_amount
        assert order.holds_stock
    if order.status in (OrderStatus.AWAITING_PAYMENT, OrderStatus.AWAITING_FUNDS):
        assert order.holds_stock
        assert order.captured_amount == 0
    if order.status in (OrderStatus.CANCELLED, OrderStatus.EXPIRED):
        assert not order.holds_stock


class TestAnyOrderOfEvents:
    numbers = iter(range(10_000))

    @pytest.mark.drill
    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(names=st.lists(st.sampled_from(sorted(EVENTS)), max_size=6))
    def test_keeps_stock_and_money_right(self, shop: Shop, names: list[str]) -> None:
        before = shop.stocks()[0]
        if before is None or before < UNITS:
            shop.restock(50)
            before = 50
        started: CheckoutStarted = shop.buy(guest_buyer(f"visitor-{next(self.numbers)}"), quantity=UNITS)
        info = dataclasses.replace(
            shop.gateway.sessions[shop.session_id(started)], payment_intent_id=f"pi_{started.order_id}"
        )
        for name in names:
            kind, changes = EVENTS[name]
            shop.tell(kind, session_object(dataclasses.replace(info, **changes)))
            check(shop, shop.order(started.order_id), before)
