"""Two who act on one order at the same moment: one after the other, and the second sees what the first did."""

import dataclasses
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from shop.checkout.buying import CheckoutStarted
from shop.checkout.cancelling import NotFlagged, accept_payment, cancel_as_staff, reject_payment
from shop.checkout.desk import Buyer, guest_buyer
from shop.checkout.fulfilling import NothingToShip, OrderFlagged, OrderNotPaid, ShippedMeanwhile, fulfil_order
from shop.checkout.refund_plans import PaymentDisputed, RefundedMeanwhile
from shop.checkout.refunds import ask_refund, refund_order
from shop.core.errors import DomainError
from shop.core.mail import Mail
from shop.orders.models import FulfilmentStatus, OrderStatus
from shop.orders.parcels import MoreThanIsLeft
from shop.page.models import AuditEntry
from shop.payments.gateway import DisputeInfo, RefundInfo
from shop.payments.models import RefundStatus
from tests.checkout.conftest import Shop
from tests.factories import make_account
from tests.support.events import dispute_object, refund_object, session_object


@pytest.fixture
def paid(shop: Shop, guest: Buyer) -> CheckoutStarted:
    """A paid order of 3 mugs of one size and 1 of another."""
    started = shop.check_out(shop.fill_cart("visitor-1", {0: 3, 1: 1}), guest)
    shop.gateway.pay(shop.session_id(started))
    shop.tell_session("checkout.session.completed", shop.session_id(started))
    return started


@pytest.fixture
def clerk(shop: Shop) -> int:
    with shop.database.transaction() as session:
        return make_account(session).id


def at_once(*acts: Callable[[], object]) -> list[type[DomainError] | None]:
    """Run all acts at the same moment; return which error each met, or None."""
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> type[DomainError] | None:
        start.wait()
        try:
            act()
        except DomainError as error:
            return type(error)
        return None

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def fulfil(shop: Shop, started: CheckoutStarted, clerk: int, **what: object) -> Callable[[], None]:
    def act() -> None:
        with shop.database.transaction() as session:
            fulfil_order(session, order_id=started.order_id, now=shop.clock.now(), account_id=clerk, **what)

    return act


def refund(shop: Shop, started: CheckoutStarted, clerk: int, **what: object) -> Callable[[], None]:
    def act() -> None:
        with shop.database.transaction() as session:
            asked = refund_order(
                session, order_id=started.order_id, now=shop.clock.now(), account_id=clerk, **what
            )
        ask_refund(shop.desk, asked.id, now=shop.clock.now())

    return act


class TestTwoAtOnce:
    def test_ship_an_order_once(self, shop: Shop, paid: CheckoutStarted, clerk: int) -> None:
        met = at_once(*[fulfil(shop, paid, clerk) for _ in range(4)])
        assert sorted(met, key=str) == sorted([None, *[NothingToShip] * 3], key=str)
        assert [line.fulfilled_quantity for line in shop.order(paid.order_id).lines] == [3, 1]

    def test_ship_a_part_once_when_both_saw_the_same(
        self, shop: Shop, paid: CheckoutStarted, clerk: int
    ) -> None:
        first = shop.order(paid.order_id).lines[0].id
        act = fulfil(shop, paid, clerk, quantities={first: 1}, expected_left=4)
        assert set(at_once(act, act)) == {None, ShippedMeanwhile}
        assert shop.order(paid.order_id).lines[0].fulfilled_quantity == 1

    def test_refund_once_when_both_saw_the_same(self, shop: Shop, paid: CheckoutStarted, clerk: int) -> None:
        act = refund(shop, paid, clerk, amount=2000, expected_refunded=0)
        assert set(at_once(act, act)) == {None, RefundedMeanwhile}
        assert sum(one.amount for one in shop.gateway.refunds.values()) == 2000

    def test_never_ship_what_was_refunded(self, shop: Shop, paid: CheckoutStarted, clerk: int) -> None:
        shipped, _ = at_once(fulfil(shop, paid, clerk), refund(shop, paid, clerk))
        order = shop.order(paid.order_id)
        assert order.refunded_amount == 5590
        if shipped is None:
            assert order.fulfilment_status is FulfilmentStatus.FULFILLED
        else:
            assert shipped is NothingToShip
            assert order.fulfilment_status is FulfilmentStatus.NOT_NEEDED
        assert all(line.to_ship_quantity == 0 for line in order.lines)

    def test_never_ship_more_than_is_left(self, shop: Shop, paid: CheckoutStarted, clerk: int) -> None:
        first = shop.order(paid.order_id).lines[0].id
        met = at_once(
            fulfil(shop, paid, clerk, quantities={first: 2}),
            fulfil(shop, paid, clerk, quantities={first: 2}),
            refund(shop, paid, clerk, quantities={first: 1}),
        )
        line = shop.order(paid.order_id).lines[0]
        assert line.fulfilled_quantity == 2
        assert line.fulfilled_quantity + line.removed_quantity <= 3
        assert met.count(MoreThanIsLeft) == 1

    def test_refund_or_are_told_of_the_dispute(self, shop: Shop, paid: CheckoutStarted, clerk: int) -> None:
        intent = f"pi_{shop.session_id(paid)}"
        info = DisputeInfo("dp_1", "needs_response", 5590, "EUR", "fraudulent", intent, shop.clock.now())
        met, told = at_once(
            refund(shop, paid, clerk), lambda: shop.tell("charge.dispute.created", dispute_object(info))
        )
        assert told is None
        order = shop.order(paid.order_id)
        assert "disputed" in [event.kind for event in order.history]
        assert (met, order.refunded_amount) in {(None, 5590), (PaymentDisputed, 0)}

    def test_cancel_once_in_the_name_of_staff(self, shop: Shop, guest: Buyer, clerk: int) -> None:
        started = shop.buy(guest, quantity=2)
        session_id = shop.session_id(started)
        now = shop.clock.now()

        def as_staff() -> None:
            cancel_as_staff(shop.desk, order_id=started.order_id, account_id=clerk, now=now)

        def hear() -> None:
            while shop.gateway.sessions[session_id].status == "open":
                time.sleep(0.001)
            shop.tell_session("checkout.session.expired", session_id)

        assert at_once(as_staff, hear, as_staff, hear) == [None] * 4
        order = shop.order(started.order_id)
        assert (order.status, order.history[-1].account_id) == (OrderStatus.CANCELLED, clerk)
        assert [event.kind for event in order.history].count("cancel_asked") == 1
        assert shop.stocks() == [10, 1]
        with shop.database.reading() as session:
            assert list(session.scalars(select(Mail.kind))) == ["order_cancelled"]
            assert list(session.scalars(select(AuditEntry.act))) == ["order.cancelled"]

    def test_take_units_of_a_failed_refund_off_sale_or_sell_them(
        self, shop: Shop, paid: CheckoutStarted, clerk: int
    ) -> None:
        refund(shop, paid, clerk, restock=True)()
        (info,) = shop.gateway.refunds.values()
        failed = refund_object(dataclasses.replace(info, status="failed"))
        tell = [
            lambda event=f"evt_{number}": shop.tell("refund.failed", failed, event_id=event)
            for number in range(3)
        ]
        buy = [lambda name=f"v{number}": shop.buy(guest_buyer(name), quantity=4) for number in range(3)]
        met = at_once(*tell, *buy)
        assert met[:3] == [None] * 3
        sold = 4 * met[3:].count(None)
        kinds = shop.history(paid.order_id)
        assert kinds.count("restock_undone") + kinds.count("restock_kept") == 1
        taken = 3 if "restock_undone" in kinds else 0
        assert shop.stocks() == [10 - taken - sold, 0 if taken else 1]

    def test_decide_once_about_a_payment_that_does_not_match(
        self, shop: Shop, guest: Buyer, clerk: int
    ) -> None:
        started = shop.buy(guest, quantity=2)
        paid = dataclasses.replace(shop.gateway.pay(shop.session_id(started)), amount_total=99)
        shop.tell("checkout.session.completed", session_object(paid))

        def decide(verdict: Callable[..., object]) -> Callable[[], None]:
            def act() -> None:
                with shop.database.transaction() as session:
                    verdict(session, order_id=started.order_id, account_id=clerk, now=shop.clock.now())

            return act

        met = at_once(decide(accept_payment), decide(reject_payment), fulfil(shop, started, clerk))
        order = shop.order(started.order_id)
        assert set(met[:2]) == {None, NotFlagged}
        assert order.status in (OrderStatus.PAID, OrderStatus.CANCELLED)
        shipped = sum(line.fulfilled_quantity for line in order.lines)
        assert shipped == (2 if met[2] is None else 0)
        if order.status is OrderStatus.CANCELLED:
            assert met[2] in (OrderNotPaid, OrderFlagged)
            assert shop.stocks() == [10, 1]


class TestAskRefund:
    def test_gives_units_back_to_be_shipped_when_stripe_refuses(
        self, shop: Shop, paid: CheckoutStarted, clerk: int
    ) -> None:
        with shop.database.transaction() as session:
            asked = refund_order(session, order_id=paid.order_id, now=shop.clock.now(), account_id=clerk)
        assert shop.order(paid.order_id).fulfilment_status is FulfilmentStatus.NOT_NEEDED
        intent = f"pi_{shop.session_id(paid)}"
        shop.gateway.refunds["re_x"] = RefundInfo("re_x", "succeeded", 5590, "EUR", intent)
        assert ask_refund(shop.desk, asked.id, now=shop.clock.now()) is RefundStatus.FAILED
        fulfil(shop, paid, clerk)()
        assert shop.order(paid.order_id).fulfilment_status is FulfilmentStatus.FULFILLED
