"""``/test-mode/orders``: every order, and each one's conversation with Stripe."""

from dataclasses import dataclass

from flask import Response, request
from sqlalchemy.orm import Session

from shop.core.mail import Sending
from shop.orders.event_texts import (
    actor_text,
    dispute_reason_text,
    event_reason,
    event_text,
    mail_kind_text,
    refund_failure_text,
    sending_text,
)
from shop.orders.labels import badges
from shop.orders.models import Order, OrderStatus
from shop.orders.queries import get_order, list_newest_orders, list_order_sendings
from shop.payments.models import Dispute, Payment, Refund, RefundStatus
from shop.payments.queries import find_payment_of_order, list_disputes_of_order, list_refunds_of_order
from shop.payments.recorded_queries import list_calls, list_webhooks
from shop.test_mode.base import blueprint, check_test_mode, show
from shop.test_mode.cards import payable_groups
from shop.test_mode.timeline import build_timeline, outcome_text, pretty, signature_text
from shop.web.context import database
from shop.web.payment_mode import PaymentMode

SHOWN_ORDERS = 100
MAX_SHOWN = 100
"""Calls, and as many webhooks, of one order; who plays with one for longer sees the newest."""
DISPUTE_REASONS = (
    "fraudulent",
    "product_not_received",
    "product_unacceptable",
    "duplicate",
    "credit_not_processed",
)
REFUND_FAILURES = (
    "lost_or_stolen_card",
    "expired_or_canceled_card",
    "insufficient_funds",
    "declined",
    "unknown",
)
MAX_NUMBER = 40


@dataclass(frozen=True, slots=True)
class Case:
    """An order with everything that its acts depend on."""

    order: Order
    payment: Payment | None
    refunds: list[Refund]
    disputes: list[Dispute]

    @property
    def is_open(self) -> bool:
        """Whether its payment page can be paid now."""
        is_awaiting = self.order.status is OrderStatus.AWAITING_PAYMENT
        return is_awaiting and self.payment is not None and self.payment.stripe_session_id is not None

    @property
    def is_disputable(self) -> bool:
        """Whether its payment can be disputed."""
        return self.is_charged and not self.disputes

    @property
    def is_charged(self) -> bool:
        """Whether money came through Stripe."""
        return (
            self.order.captured_amount > 0
            and self.payment is not None
            and self.payment.stripe_payment_intent_id is not None
        )

    @property
    def failing(self) -> Refund | None:
        """The newest refund that could still fail."""
        alive = (RefundStatus.PENDING, RefundStatus.SUCCEEDED)
        return next(
            (one for one in reversed(self.refunds) if one.status in alive and one.stripe_refund_id), None
        )

    @property
    def is_refundable(self) -> bool:
        """Whether something is left that could be refunded."""
        left = self.order.captured_amount - self.order.refunded_amount
        return self.is_charged and left > 0 and not any(one.keeps_money for one in self.disputes)


@dataclass(frozen=True, slots=True)
class WrongDelay:
    """What was typed as the delay at an entry of the conversation (by its ``key``), and what is wrong with it."""

    entry: str
    typed: str
    text: str


def read_case(session: Session, number: str) -> Case:
    """Return an order by its number, or raise NotFound."""
    order = get_order(session, number)
    return Case(
        order,
        find_payment_of_order(session, order.id),
        list_refunds_of_order(session, order.id),
        list_disputes_of_order(session, order.id),
    )


@blueprint.get("/test-mode/orders")
def list_orders() -> Response:
    """Show the newest orders of all pages, or those whose number holds what was typed."""
    check_test_mode()
    number = request.args.get("number", "").strip()[:MAX_NUMBER]
    with database().reading() as session:
        orders = list_newest_orders(session, limit=SHOWN_ORDERS, number=number)
    return show("rooms/orders.html", orders=orders, number=number, badges=badges, limit=SHOWN_ORDERS)


@blueprint.get("/test-mode/orders/<number>")
def show_order(number: str) -> Response:
    """Show one order's conversation with Stripe, and what can be done to it."""
    return show_room(number)


def show_room(number: str, wrong: WrongDelay | None = None) -> Response:
    """Show an order's room, with status 422 and the error at its field when a delay was wrong."""
    found = check_test_mode()
    with database().reading() as session:
        case = read_case(session, number)
        calls = list_calls(session, order_id=case.order.id, limit=MAX_SHOWN)
        webhooks = list_webhooks(session, order_id=case.order.id, limit=MAX_SHOWN)
        sendings: list[Sending] = list_order_sendings(session, case.order.id)
    response = show(
        "rooms/order.html",
        case=case,
        order=case.order,
        wrong=wrong,
        entries=build_timeline(case.order, calls, webhooks, sendings),
        has_stand_in=found is PaymentMode.STAND_IN,
        badges=badges(case.order),
        limit=MAX_SHOWN if MAX_SHOWN in (len(calls), len(webhooks)) else None,
        groups=payable_groups(case.order.currency),
        dispute_reasons=[(one, dispute_reason_text(one)) for one in DISPUTE_REASONS],
        refund_failures=[(one, refund_failure_text(one)) for one in REFUND_FAILURES],
        texts={
            "actor": actor_text,
            "event": event_text,
            "reason": event_reason,
            "mail": mail_kind_text,
            "sending": sending_text,
            "signature": signature_text,
            "outcome": outcome_text,
            "pretty": pretty,
        },
    )
    if wrong:
        response.status_code = 422
        return response
    # A page that looks on every few seconds is sent the whole only when something was said.
    response.add_etag()
    response.make_conditional(request)
    return response
