"""How orders that wait come to their end, with Stripe's word and not before."""

import pytest
from sqlalchemy import select

from shop.checkout.buying import CheckoutStarted
from shop.checkout.desk import Buyer
from shop.checkout.expiry import AlreadyPaid, cancel_order, refresh_order, release_order, settle_order
from shop.checkout.jobs import handlers
from shop.checkout.reconcile import reconcile
from shop.core.outbox import Worker
from shop.orders.models import Order, OrderStatus
from shop.payments.gateway import GatewayRefused, GatewayUnavailable
from shop.web.context import Runtime
from tests.checkout.conftest import Shop


@pytest.fixture
def started(shop: Shop, guest: Buyer) -> CheckoutStarted:
    """An open order of the last unit."""
    return shop.buy(guest, place=1)


class TestReleaseOrder:
    def test_expires_at_stripe_before_the_stock_goes_back(self, shop: Shop, started: CheckoutStarted) -> None:
        assert release_order(shop.desk, started.order_id, now=shop.clock.now()) is OrderStatus.EXPIRED
        assert shop.gateway.sessions[shop.session_id(started)].status == "expired"
        assert shop.stocks() == [10, 1]

    def test_keeps_the_stock_when_stripe_does_not_answer(self, shop: Shop, started: CheckoutStarted) -> None:
        shop.gateway.is_down = True
        with pytest.raises(GatewayUnavailable):
            release_order(shop.desk, started.order_id, now=shop.clock.now())
        assert shop.stocks() == [10, 0]

    def test_goes_to_payment_when_the_buyer_was_quicker(self, shop: Shop, started: CheckoutStarted) -> None:
        shop.gateway.pay(shop.session_id(started))
        assert release_order(shop.desk, started.order_id, now=shop.clock.now()) is OrderStatus.PAID
        assert shop.stocks() == [10, 0]

    def test_waits_for_funds_when_a_delayed_method_was_chosen(
        self, shop: Shop, started: CheckoutStarted
    ) -> None:
        shop.gateway.pay(shop.session_id(started), is_delayed=True)
        assert release_order(shop.desk, started.order_id, now=shop.clock.now()) is OrderStatus.AWAITING_FUNDS
        assert shop.stocks() == [10, 0]

    def test_a_crash_after_stripes_answer_is_healed_by_the_next_try(
        self, shop: Shop, started: CheckoutStarted
    ) -> None:
        shop.gateway.crash_after = "expire_session"
        with pytest.raises(GatewayUnavailable):
            release_order(shop.desk, started.order_id, now=shop.clock.now())
        assert shop.stocks() == [10, 0]
        assert release_order(shop.desk, started.order_id, now=shop.clock.now()) is OrderStatus.EXPIRED
        assert release_order(shop.desk, started.order_id, now=shop.clock.now()) is OrderStatus.EXPIRED
        assert shop.stocks() == [10, 1]

    @pytest.mark.parametrize("minutes", [1, 20, 50])
    def test_finds_a_session_whose_creation_was_not_heard_of(
        self, shop: Shop, guest: Buyer, minutes: int
    ) -> None:
        shop.gateway.crash_after = "create_session"
        with pytest.raises(GatewayUnavailable):
            shop.buy(guest, place=1)
        order_id = shop.gateway.sessions and next(iter(shop.gateway.sessions))
        shop.clock.advance(minutes=minutes)
        assert reconcile_one(shop) is not None
        assert release_order(shop.desk, the_order(shop), now=shop.clock.now()) is OrderStatus.EXPIRED
        assert shop.gateway.sessions[order_id].status == "expired"
        assert shop.stocks() == [10, 1]

    def test_an_order_whose_session_was_never_made_is_let_go(self, shop: Shop, guest: Buyer) -> None:
        shop.gateway.is_down = True
        with pytest.raises(GatewayUnavailable):
            shop.buy(guest, place=1)
        shop.gateway.is_down = False
        shop.clock.advance(minutes=50)
        assert release_order(shop.desk, the_order(shop), now=shop.clock.now()) is OrderStatus.EXPIRED
        assert shop.gateway.sessions == {}
        assert shop.stocks() == [10, 1]


def the_order(shop: Shop) -> int:
    from sqlalchemy import select

    from shop.orders.models import Order

    with shop.database.reading() as session:
        return session.scalars(select(Order.id)).one()


def reconcile_one(shop: Shop) -> object:
    (finding,) = reconcile(shop.desk, now=shop.clock.now())
    assert finding.problem == ""
    return finding


class TestCancelOrder:
    def test_cancels_for_the_buyer(self, shop: Shop, started: CheckoutStarted) -> None:
        assert cancel_order(shop.desk, started.order_id, now=shop.clock.now()) is OrderStatus.CANCELLED
        assert shop.history(started.order_id) == ["placed", "cancelled"]
        assert shop.stocks() == [10, 1]

    def test_is_too_late_once_it_is_paid(self, shop: Shop, started: CheckoutStarted) -> None:
        shop.gateway.pay(shop.session_id(started))
        with pytest.raises(AlreadyPaid):
            cancel_order(shop.desk, started.order_id, now=shop.clock.now())
        assert shop.order(started.order_id).status is OrderStatus.PAID


class TestRefreshOrder:
    def test_completes_what_no_webhook_told(self, shop: Shop, started: CheckoutStarted) -> None:
        shop.gateway.pay(shop.session_id(started))
        status = refresh_order(shop.desk, started.order_id, now=shop.clock.now(), source="return")
        assert status is OrderStatus.PAID

    def test_a_strangers_session_in_the_address_changes_nothing(
        self, shop: Shop, started: CheckoutStarted
    ) -> None:
        other = shop.buy(Buyer(None, "guest:other", None), place=0)
        shop.gateway.pay(shop.session_id(other))
        status = refresh_order(
            shop.desk,
            started.order_id,
            now=shop.clock.now(),
            source="return",
            session_id=shop.session_id(other),
        )
        assert status is OrderStatus.AWAITING_PAYMENT

    def test_an_id_that_stripe_refuses_changes_nothing(
        self, shop: Shop, guest: Buyer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(_session_id: str) -> None:
            raise GatewayRefused("Invalid id")

        shop.gateway.is_down = True
        with pytest.raises(GatewayUnavailable):
            shop.buy(guest, place=1)
        shop.gateway.is_down = False
        with shop.desk.database.reading() as session:
            order = session.scalars(select(Order)).one()
        monkeypatch.setattr(shop.gateway, "get_session", refuse)
        for typed in ("cs_test_someone_elses", "no id at all"):
            status = refresh_order(
                shop.desk, order.id, now=shop.clock.now(), source="return", session_id=typed
            )
            assert status is OrderStatus.AWAITING_PAYMENT
        assert shop.stocks() == [10, 0]

    def test_a_stand_in_that_was_emptied_lets_the_order_go(
        self, shop: Shop, started: CheckoutStarted
    ) -> None:
        shop.gateway.sessions.clear()
        status = refresh_order(shop.desk, started.order_id, now=shop.clock.now(), source="return")
        assert status is OrderStatus.EXPIRED
        assert shop.stocks() == [10, 1]

    def test_delayed_money_that_did_not_come_is_noticed(self, shop: Shop, started: CheckoutStarted) -> None:
        shop.gateway.pay(shop.session_id(started), is_delayed=True)
        refresh_order(shop.desk, started.order_id, now=shop.clock.now(), source="return")
        shop.gateway.settle(shop.session_id(started), is_paid=False)
        status = refresh_order(shop.desk, started.order_id, now=shop.clock.now(), source="reconcile")
        assert status is OrderStatus.CANCELLED
        assert shop.stocks() == [10, 1]


class TestSettleOrder:
    def test_expires_an_order_whose_time_is_over(self, shop: Shop, started: CheckoutStarted) -> None:
        shop.clock.advance(minutes=46)
        assert settle_order(shop.desk, started.order_id, now=shop.clock.now()) is None
        assert shop.order(started.order_id).status is OrderStatus.EXPIRED

    def test_looks_again_when_the_time_is_over(self, shop: Shop, started: CheckoutStarted) -> None:
        shop.clock.advance(minutes=10)
        again = settle_order(shop.desk, started.order_id, now=shop.clock.now())
        assert again is not None
        assert again.total_seconds() == 35 * 60 + 30

    def test_opens_what_a_crash_left_unopened(self, shop: Shop, guest: Buyer) -> None:
        shop.gateway.is_down = True
        with pytest.raises(GatewayUnavailable):
            shop.buy(guest, place=1)
        shop.gateway.is_down = False
        shop.clock.advance(minutes=10)
        assert settle_order(shop.desk, the_order(shop), now=shop.clock.now()) is not None
        assert len(shop.gateway.sessions) == 1
        assert shop.buy(guest, place=1).url is not None
        assert len(shop.gateway.sessions) == 1


class TestJobs:
    def test_the_worker_expires_an_abandoned_order_through_an_outage(
        self, shop: Shop, started: CheckoutStarted, runtime: Runtime
    ) -> None:
        worker = Worker(shop.database, shop.clock, handlers(runtime, shop.gateway))
        assert worker.run_due() == 0
        shop.clock.advance(minutes=10)
        assert worker.run_due() == 1
        shop.gateway.is_down = True
        shop.clock.advance(minutes=36)
        for _ in range(12):
            worker.run_due()
            shop.clock.advance(minutes=2)
        assert shop.stocks() == [10, 0]
        shop.gateway.is_down = False
        worker.run_due()
        assert shop.order(started.order_id).status is OrderStatus.EXPIRED
        assert shop.stocks() == [10, 1]
        shop.clock.advance(days=1)
        assert worker.run_due() == 0


class TestReconcile:
    def test_finds_what_was_missed(self, shop: Shop, started: CheckoutStarted) -> None:
        shop.gateway.pay(shop.session_id(started))
        (finding,) = reconcile(shop.desk, now=shop.clock.now())
        assert (finding.before, finding.after, finding.is_news) == ("awaiting_payment", "paid", True)
        assert reconcile(shop.desk, now=shop.clock.now()) == []

    def test_says_what_it_could_not_ask(self, shop: Shop, started: CheckoutStarted) -> None:
        shop.gateway.is_down = True
        findings = reconcile(shop.desk, now=shop.clock.now())
        assert {finding.kind for finding in findings} == {"order", "disputes"}
        assert all(finding.problem for finding in findings)
