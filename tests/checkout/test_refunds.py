"""Refunds and disputes."""

import dataclasses

import pytest
from sqlalchemy import select, update

from shop.catalog.models import Product, ProductStatus
from shop.checkout.buying import CheckoutStarted
from shop.checkout.cancelling import reject_payment
from shop.checkout.desk import Buyer, guest_buyer
from shop.checkout.disputes import DisputeClosed, send_evidence
from shop.checkout.fulfilling import fulfil_order
from shop.checkout.reconcile import reconcile
from shop.checkout.refund_plans import NothingToRefund, plan_refund
from shop.checkout.refunds import ask_refund, refund_order, sync_refunds
from shop.core.errors import Invalid
from shop.core.outbox import Job
from shop.orders.models import Order, OrderStatus, ReturnStatus
from shop.orders.service import TooMuchRefunded
from shop.payments.gateway import DisputeInfo, GatewayUnavailable, RefundInfo
from shop.payments.models import Dispute, Refund, RefundStatus
from tests.checkout.conftest import Shop
from tests.factories import make_account
from tests.support.events import dispute_object, refund_object, session_object


@pytest.fixture
def paid(shop: Shop, guest: Buyer) -> CheckoutStarted:
    """A paid order of three and one: 3600 + 1500 + 490 for shipping."""
    started = shop.check_out(shop.fill_cart("visitor-1", {0: 3, 1: 1}), guest)
    shop.gateway.pay(shop.session_id(started))
    shop.tell_session("checkout.session.completed", shop.session_id(started))
    return started


def refund(shop: Shop, paid: CheckoutStarted, **what: object) -> Refund:
    with shop.database.transaction() as session:
        return refund_order(session, order_id=paid.order_id, now=shop.clock.now(), account_id=None, **what)


class TestPlanRefund:
    @pytest.mark.parametrize(("amount", "is_planned"), [(1230, True), (1234, False)])
    def test_plans_only_what_a_card_can_be_given(self, amount: int, is_planned: bool) -> None:
        order = Order(currency="TND", captured_amount=12_340, refunded_amount=0)
        if is_planned:
            assert plan_refund(order, [], amount=amount).amount == amount
            return
        with pytest.raises(Invalid) as refused:
            plan_refund(order, [], amount=amount)
        assert set(refused.value.errors) == {"amount"}


class TestRefundOrder:
    def test_refunds_all_of_it(self, shop: Shop, paid: CheckoutStarted) -> None:
        asked = refund(shop, paid, restock=True)
        assert ask_refund(shop.desk, asked.id, now=shop.clock.now()) is RefundStatus.SUCCEEDED
        order = shop.order(paid.order_id)
        assert (order.refunded_amount, order.return_status) == (5590, ReturnStatus.REFUNDED)
        assert [line.refunded_quantity for line in order.lines] == [3, 1]
        assert shop.stocks() == [10, 1]
        assert [one.amount for one in shop.gateway.refunds.values()] == [5590]
        assert shop.history(paid.order_id)[-3:] == ["refund_requested", "restocked", "refunded"]
        with pytest.raises(NothingToRefund):
            refund(shop, paid)

    def test_refunds_lines_whose_parts_sum(self, shop: Shop, paid: CheckoutStarted) -> None:
        first, second = (line.id for line in shop.order(paid.order_id).lines)
        amounts = [refund(shop, paid, quantities={first: 1}).amount for _ in range(3)]
        assert sum(amounts) == 3600
        with pytest.raises(TooMuchRefunded):
            refund(shop, paid, quantities={first: 1})
        assert refund(shop, paid, quantities={second: 1}, restock=True).amount == 1500
        assert shop.stocks() == [7, 1]

    def test_refunds_an_amount_and_never_more_than_was_paid(self, shop: Shop, paid: CheckoutStarted) -> None:
        assert refund(shop, paid, amount=5000).amount == 5000
        with pytest.raises(TooMuchRefunded):
            refund(shop, paid, amount=591)
        with pytest.raises(Invalid):
            refund(shop, paid, amount=0)
        assert refund(shop, paid).amount == 590

    def test_a_refused_refund_frees_its_amount(self, shop: Shop, paid: CheckoutStarted) -> None:
        (line, _) = shop.order(paid.order_id).lines
        asked = refund(shop, paid, quantities={line.id: 2})
        shop.gateway.refunds["re_x"] = RefundInfo(
            "re_x", "succeeded", 5590, "EUR", f"pi_{shop.session_id(paid)}"
        )
        assert ask_refund(shop.desk, asked.id, now=shop.clock.now()) is RefundStatus.FAILED
        order = shop.order(paid.order_id)
        assert (order.refunded_amount, order.return_status) == (0, ReturnStatus.NONE)
        assert order.lines[0].refunded_quantity == 0
        assert shop.history(paid.order_id)[-1] == "refund_failed"

    def test_a_lost_answer_does_not_refund_twice(self, shop: Shop, paid: CheckoutStarted) -> None:
        asked = refund(shop, paid, amount=100)
        shop.gateway.crash_after = "create_refund"
        with pytest.raises(GatewayUnavailable):
            ask_refund(shop.desk, asked.id, now=shop.clock.now())
        shop.gateway._kept.clear()  # as Stripe forgets keys after a day
        shop.clock.advance(days=2)
        assert ask_refund(shop.desk, asked.id, now=shop.clock.now()) is RefundStatus.SUCCEEDED
        assert len(shop.gateway.refunds) == 1

    def test_an_asynchronous_failure_comes_back(self, shop: Shop, paid: CheckoutStarted) -> None:
        shop.gateway.refund_status = "pending"
        asked = refund(shop, paid, amount=100)
        assert ask_refund(shop.desk, asked.id, now=shop.clock.now()) is RefundStatus.PENDING
        (info,) = shop.gateway.refunds.values()
        failed = dataclasses.replace(info, status="failed", failure_reason="expired_or_canceled_card")
        outcomes = [shop.tell("refund.failed", refund_object(failed)) for _ in range(2)]
        assert outcomes == ["applied:refund failed", "ignored:no news"]
        shop.tell("refund.created", refund_object(info))
        order = shop.order(paid.order_id)
        assert (order.refunded_amount, order.return_status) == (0, ReturnStatus.NONE)
        assert shop.history(paid.order_id)[-3:] == ["refund_requested", "refund_pending", "refund_failed"]

    def test_a_success_that_turns_to_failure_comes_back_too(self, shop: Shop, paid: CheckoutStarted) -> None:
        asked = refund(shop, paid, amount=100)
        ask_refund(shop.desk, asked.id, now=shop.clock.now())
        (info,) = shop.gateway.refunds.values()
        shop.tell("refund.updated", refund_object(dataclasses.replace(info, status="failed")))
        assert shop.order(paid.order_id).refunded_amount == 0

    def fail(self, shop: Shop, asked: Refund) -> None:
        """Let the bank return a refund that had succeeded."""
        ask_refund(shop.desk, asked.id, now=shop.clock.now())
        info = next(one for one in shop.gateway.refunds.values() if one.refund_key == asked.idempotency_key)
        shop.gateway.refunds[info.id] = dataclasses.replace(info, status="failed")
        shop.tell("refund.failed", refund_object(shop.gateway.refunds[info.id]))

    def test_a_failed_one_takes_its_units_off_sale_again(self, shop: Shop, paid: CheckoutStarted) -> None:
        assert shop.stocks() == [7, 0]
        for _ in range(2):
            asked = refund(shop, paid, restock=True)
            assert shop.stocks() == [10, 1]
            self.fail(shop, asked)
            assert shop.stocks() == [7, 0]
            assert "restock_undone" in shop.history(paid.order_id)
            assert [line.to_ship_quantity for line in shop.order(paid.order_id).lines] == [3, 1]
            with shop.database.reading() as session:
                assert not session.get_one(Refund, asked.id).is_restocked

    def test_a_failed_one_takes_them_also_from_a_hidden_product(
        self, shop: Shop, paid: CheckoutStarted
    ) -> None:
        asked = refund(shop, paid, restock=True)
        with shop.database.transaction() as session:
            session.execute(update(Product).values(status=ProductStatus.DRAFT))
        self.fail(shop, asked)
        assert shop.stocks() == [7, 0]

    def test_a_failed_one_whose_units_were_sold_says_so(self, shop: Shop, paid: CheckoutStarted) -> None:
        asked = refund(shop, paid, restock=True)
        shop.buy(guest_buyer("visitor-2", "two@example.com"), quantity=9)
        assert shop.stocks() == [1, 1]
        self.fail(shop, asked)
        assert shop.stocks() == [1, 1]
        assert shop.history(paid.order_id)[-2:] == ["restock_kept", "refund_failed"]
        again = refund(shop, paid, restock=True)
        assert shop.stocks() == [1, 1]
        assert not again.is_restocked
        self.fail(shop, again)
        assert shop.stocks() == [1, 1]

    def test_a_failed_one_leaves_on_the_shelf_what_came_back(self, shop: Shop, paid: CheckoutStarted) -> None:
        (first, _) = shop.order(paid.order_id).lines
        with shop.database.transaction() as session:
            fulfil_order(
                session,
                order_id=paid.order_id,
                now=shop.clock.now(),
                account_id=None,
                quantities={first.id: 2},
            )
        asked = refund(shop, paid, quantities={first.id: 3}, restock=True)
        assert shop.stocks() == [10, 0]
        self.fail(shop, asked)
        assert shop.stocks() == [9, 0]
        refund(shop, paid, restock=True)
        assert shop.stocks() == [10, 1]

    def test_a_failed_one_of_a_cancelled_order_leaves_them_on_sale(self, shop: Shop, guest: Buyer) -> None:
        started = shop.buy(guest, quantity=2)
        info = dataclasses.replace(shop.gateway.pay(shop.session_id(started)), amount_total=99)
        shop.tell("checkout.session.completed", session_object(info))
        with shop.database.transaction() as session:
            account = make_account(session)
            asked = reject_payment(
                session, order_id=started.order_id, account_id=account.id, now=shop.clock.now()
            )
        assert asked is not None
        self.fail(shop, asked)
        assert shop.stocks() == [10, 1]

    def test_a_refund_made_at_stripe_is_written_down_once(self, shop: Shop, paid: CheckoutStarted) -> None:
        intent = f"pi_{shop.session_id(paid)}"
        info = RefundInfo("re_dashboard", "succeeded", 700, "EUR", intent)
        shop.gateway.refunds[info.id] = info
        charge = {"id": "ch_1", "payment_intent": intent, "amount_refunded": 700}
        assert shop.tell("charge.refunded", charge) == "applied:fetching refunds"
        with shop.database.reading() as session:
            assert session.scalars(select(Job.payload).where(Job.kind == "sync_refunds")).one() == {
                "order_id": paid.order_id
            }
        assert sync_refunds(shop.desk, paid.order_id, now=shop.clock.now()) == [
            "applied:refund succeeded (made at Stripe)"
        ]
        assert shop.tell("refund.created", refund_object(info)) == "ignored:no news"
        assert shop.tell("charge.refunded", charge) == "ignored:no news"
        assert shop.order(paid.order_id).refunded_amount == 700

    def test_the_webhook_may_be_quicker_than_the_answer(self, shop: Shop, paid: CheckoutStarted) -> None:
        asked = refund(shop, paid, amount=100)
        shop.gateway.crash_after = "create_refund"
        with pytest.raises(GatewayUnavailable):
            ask_refund(shop.desk, asked.id, now=shop.clock.now())
        (info,) = shop.gateway.refunds.values()
        assert shop.tell("refund.created", refund_object(info)) == "applied:refund succeeded"
        assert shop.order(paid.order_id).refunded_amount == 100
        assert ask_refund(shop.desk, asked.id, now=shop.clock.now()) is RefundStatus.SUCCEEDED

    def test_a_flagged_payment_can_go_back(self, shop: Shop, guest: Buyer) -> None:
        started = shop.buy(guest)
        info = dataclasses.replace(shop.gateway.pay(shop.session_id(started)), amount_total=99)
        shop.tell("checkout.session.completed", session_object(info))
        assert shop.order(started.order_id).status is OrderStatus.FLAGGED
        assert refund(shop, started).amount == 99

    def test_reconcile_asks_for_what_was_left(self, shop: Shop, paid: CheckoutStarted) -> None:
        refund(shop, paid, amount=100)
        (finding,) = reconcile(shop.desk, now=shop.clock.now())
        assert (finding.kind, finding.before, finding.after) == ("refund", "requested", "succeeded")


class TestDisputes:
    def dispute(self, shop: Shop, paid: CheckoutStarted) -> DisputeInfo:
        intent = f"pi_{shop.session_id(paid)}"
        info = DisputeInfo("dp_1", "needs_response", 5590, "EUR", "fraudulent", intent, shop.clock.now())
        shop.gateway.disputes[info.id] = info
        return info

    def test_are_seen_and_answered(self, shop: Shop, paid: CheckoutStarted) -> None:
        info = self.dispute(shop, paid)
        assert shop.tell("charge.dispute.created", dispute_object(info)) == "applied:dispute needs_response"
        with shop.database.transaction() as session:
            account = make_account(session)
            dispute_id = session.scalars(select(Dispute.id)).one()
        sent = send_evidence(
            shop.desk,
            order_id=paid.order_id,
            dispute_id=dispute_id,
            evidence={"uncategorized_text": "It arrived."},
            account_id=account.id,
            now=shop.clock.now(),
        )
        assert (sent.status, sent.evidence_sent_at) == ("under_review", shop.clock.now())
        assert shop.gateway.evidence == {"dp_1": {"uncategorized_text": "It arrived."}}
        with pytest.raises(DisputeClosed):
            send_evidence(
                shop.desk,
                order_id=paid.order_id,
                dispute_id=dispute_id,
                evidence={"uncategorized_text": "Again."},
                account_id=account.id,
                now=shop.clock.now(),
            )
        shop.clock.advance(days=3)
        won = dataclasses.replace(info, status="won")
        assert shop.tell("charge.dispute.closed", dispute_object(won)) == "applied:dispute won"
        assert shop.tell("charge.dispute.updated", dispute_object(info)) == "ignored:no news"
        assert shop.history(paid.order_id)[2:5] == ["disputed", "evidence_sent", "dispute_updated"]

    def test_within_one_second_a_decision_stays(self, shop: Shop, paid: CheckoutStarted) -> None:
        info = self.dispute(shop, paid)
        shop.tell("charge.dispute.closed", dispute_object(dataclasses.replace(info, status="lost")))
        assert shop.tell("charge.dispute.created", dispute_object(info)) == "ignored:no news"

    def test_reconcile_finds_one_that_no_webhook_told(self, shop: Shop, paid: CheckoutStarted) -> None:
        self.dispute(shop, paid)
        (finding,) = reconcile(shop.desk, now=shop.clock.now())
        assert (finding.kind, finding.order_number, finding.after) == (
            "dispute",
            paid.order_number,
            "needs_response",
        )
        assert reconcile(shop.desk, now=shop.clock.now()) == []
