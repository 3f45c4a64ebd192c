"""Opening an order's checkout session. Everything here calls Stripe, so never inside a transaction."""

import datetime as dt

import structlog
from sqlalchemy import update

from shop.checkout.customers import forget_customer
from shop.checkout.desk import Desk
from shop.checkout.inbox import apply_session_and_waiting
from shop.checkout.outcomes import close_order
from shop.core.errors import Conflict, NotFound, Unavailable
from shop.core.i18n import N_
from shop.core.kill_points import reach
from shop.core.tracing import followed
from shop.orders.models import Actor, Order, OrderStatus
from shop.orders.queries import find_order_row, lock_order
from shop.orders.service import record_event, transition
from shop.payments.gateway import GatewayMissing, GatewayRefused, GatewayUnavailable, SessionInfo
from shop.payments.models import Payment, PaymentStatus
from shop.payments.queries import find_payment_of_order

SHORTEST_LIFE = dt.timedelta(minutes=31)
"""Stripe wants 30 minutes from creation to expiry; the one more covers the way there and the clocks."""
CLOCK_SKEW = dt.timedelta(minutes=5)

log = structlog.get_logger(__name__)


class OrderClosed(Conflict):
    """The order was paid, cancelled or expired in the meantime."""

    code = "order_closed"
    message = N_("This order can no longer be paid. Please place it again.")


class TotalMismatch(Unavailable):
    """The payment page would ask for another amount than the order's: nobody is sent there."""

    code = "total_mismatch"
    message = N_("The payment page shows another total than your order, so we stopped. Nothing was charged.")


def may_create(payment: Payment, now: dt.datetime) -> bool:
    """Tell whether Stripe would still accept the creation of this payment's session."""
    return payment.expires_at - now >= SHORTEST_LIFE


@followed
def open_session(desk: Desk, order_id: int, *, now: dt.datetime) -> str:
    """Create (or find again) the session of an order that waits for payment; return its page's address.

    Safe to repeat: the same key and the body kept at placement give the same session, also after a
    crash in between. Raises OrderClosed, TotalMismatch, GatewayUnavailable (the order stays and may be
    tried again) and GatewayRefused (the order is cancelled, its stock given back).
    """
    order, payment = _read(desk, order_id)
    if order.status is not OrderStatus.AWAITING_PAYMENT:
        raise OrderClosed
    if payment.status is PaymentStatus.OPEN and payment.url:
        return payment.url
    if not may_create(payment, now):
        raise OrderClosed
    try:
        info = _create(desk, order, payment, now)
    except GatewayUnavailable:
        # Another tab may be asking with the same key at this moment, which Stripe refuses: take what it got.
        _, other = _read(desk, order_id)
        if other.url is None:
            raise
        return other.url
    if info.amount_total != payment.amount or info.currency != payment.currency:
        _flag_mismatch(desk, order, info, now)
        raise TotalMismatch
    return _keep(desk, order_id, info, now)


def _read(desk: Desk, order_id: int) -> tuple[Order, Payment]:
    with desk.database.reading() as session:
        order = find_order_row(session, order_id)
        payment = find_payment_of_order(session, order_id)
    if order is None or payment is None:
        raise NotFound
    return order, payment


def create_session(desk: Desk, payment: Payment) -> SessionInfo:
    """Ask for an order's session; where the answer is an old one kept by Stripe, ask how it is now."""
    reach("session.before_call")
    info = desk.gateway.create_session(payment.request, key=payment.idempotency_key)
    reach("session.after_call")
    return desk.gateway.get_session(info.id) if info.is_replay else info


def _create(desk: Desk, order: Order, payment: Payment, now: dt.datetime) -> SessionInfo:
    try:
        return create_session(desk, payment)
    except GatewayRefused as refusal:
        customer_id = payment.request.get("customer")
        if customer_id is None or refusal.param != "customer":
            _cancel_refused(desk, order.id, refusal, now)
            raise
        # The customer was deleted at Stripe, or is another account's: go on without, remember a new one later.
        forget_customer(desk, customer_id)
        return create_session(desk, _without_customer(desk, order, payment))


def _without_customer(desk: Desk, order: Order, payment: Payment) -> Payment:
    body = {
        name: value for name, value in payment.request.items() if name not in ("customer", "customer_update")
    }
    if order.email:
        body["customer_email"] = order.email
    # Another body wants another key; what was refused made nothing, so no session is lost.
    key = f"{payment.idempotency_key.removesuffix('-guest')}-guest"
    metadata = {**body["metadata"], **{name: key for name in body["metadata"] if name == "vitrine_payment"}}
    body |= {
        "metadata": metadata,
        "payment_intent_data": {**body["payment_intent_data"], "metadata": metadata},
    }
    with desk.database.transaction() as session:
        session.execute(
            update(Payment).where(Payment.id == payment.id).values(request=body, idempotency_key=key)
        )
    payment.request, payment.idempotency_key = body, key
    return payment


def _cancel_refused(desk: Desk, order_id: int, refusal: GatewayRefused, now: dt.datetime) -> None:
    log.error("session_refused", order=order_id, reason=refusal.reason, code=refusal.stripe_code)
    with desk.database.transaction() as session:
        order = lock_order(session, order_id)
        close_order(
            session, order, to=OrderStatus.CANCELLED, actor=Actor.STRIPE, now=now, why=refusal.reason,
            payment_status=PaymentStatus.FAILED,
        )  # fmt: skip


def _flag_mismatch(desk: Desk, order: Order, info: SessionInfo, now: dt.datetime) -> None:
    """Expire a session that asks for the wrong amount, then keep its order for somebody to look at."""
    try:
        desk.gateway.expire_session(info.id)
    except GatewayRefused:
        log.warning("mismatched_session_not_open", order=order.number, session=info.id)
    why = f"the payment page asked for {info.amount_total} {info.currency}"
    with desk.database.transaction() as session:
        locked = lock_order(session, order.id)
        if close_order(
            session, locked, to=OrderStatus.CANCELLED, actor=Actor.SYSTEM, now=now, why=why,
            payment_status=PaymentStatus.FAILED,
        ) and transition(session, order_id=order.id, to=OrderStatus.FLAGGED, flagged_reason=why):  # fmt: skip
            record_event(
                session, order_id=order.id, kind="flagged", actor=Actor.SYSTEM, now=now, detail={"why": why}
            )


def _keep(desk: Desk, order_id: int, info: SessionInfo, now: dt.datetime) -> str:
    """Keep the session that was opened; when the order was given up meanwhile, close the session again."""
    with desk.database.transaction() as session:
        apply_session_and_waiting(session, info, now=now, source="opening")
        order = find_order_row(session, order_id)
        payment = find_payment_of_order(session, order_id)
    reach("session.saved")
    is_open = order is not None and order.status is OrderStatus.AWAITING_PAYMENT and info.status == "open"
    if is_open and payment is not None and payment.url:
        return payment.url
    if info.status == "open":
        try:
            desk.gateway.expire_session(info.id)
        except (GatewayRefused, GatewayUnavailable) as problem:
            # It expires by itself; should it be paid before, that is a payment after expiry.
            log.warning("late_session_left_open", session=info.id, problem=str(problem))
    raise OrderClosed


def find_lost_session(desk: Desk, order: Order, payment: Payment, now: dt.datetime) -> SessionInfo | None:
    """Return the session of a payment whose creation we may not have heard the end of, or None.

    While Stripe would still create it, creating it once more with the same key is the surest way to
    learn its id; after that it is looked for among all that were created in that time.
    """
    if payment.stripe_session_id is not None:
        try:
            return desk.gateway.get_session(payment.stripe_session_id)
        except GatewayMissing:
            return None
    if may_create(payment, now):
        return create_session(desk, payment)
    return desk.gateway.find_session(
        payment.idempotency_key, since=order.placed_at - CLOCK_SKEW, until=payment.expires_at
    )
