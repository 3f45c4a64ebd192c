"""Refunds: whole, by line or by amount, restocking or not; then asked of Stripe outside the transaction."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import structlog
from sqlalchemy.orm import Session

from shop.catalog.history_models import StockReason
from shop.catalog.movements import Cause
from shop.catalog.stock import give_back_stock
from shop.checkout.acts import Act
from shop.checkout.desk import Desk
from shop.checkout.inbox import apply_session_and_waiting
from shop.checkout.refund_plans import RefundedMeanwhile, check_disputes, plan_refund
from shop.checkout.refund_rows import apply_refund, fail_refund, restocked_of, restocked_units, write_refund
from shop.core.errors import Invalid
from shop.core.i18n import N_
from shop.core.kill_points import reach
from shop.core.tracing import followed, in_flow
from shop.orders.models import Actor, Order, OrderLine
from shop.orders.parcels import settle_fulfilment
from shop.orders.queries import list_order_lines, lock_order
from shop.orders.service import record_event, reserve_line_refund
from shop.page.days import raise_day
from shop.page.service import raise_version
from shop.payments.gateway import GatewayRefused, RefundInfo
from shop.payments.models import Payment, Refund, RefundStatus
from shop.payments.parsing import ORDER_NUMBER, REFUND_KEY
from shop.payments.queries import find_payment_of_order, get_refund, list_disputes_of_order

KEY_LIFETIME = dt.timedelta(hours=12)
"""Stripe keeps idempotency keys for a day (https://docs.stripe.com/api/idempotent_requests); half is safe."""

log = structlog.get_logger(__name__)


def refund_order(
    session: Session, *, order_id: int, now: dt.datetime, account_id: int | None, reason: str = "",
    amount: int | None = None, quantities: Mapping[int, int] | None = None, restock: bool = False,
    expected_refunded: int | None = None,
) -> Refund:  # fmt: skip
    """Refund an order: by line (``quantities``: line id to units), by ``amount``, or, with neither, all of it.

    The money is reserved on the order and a job asks Stripe; ``refunds.ask_refund`` may be called at
    once after the transaction. ``restock`` puts the refunded units back on sale. Units that had not left
    need not be shipped any more. ``expected_refunded`` is what the asker saw as refunded before: so a form that is
    sent twice refunds once. Raises NothingToRefund, TooMuchRefunded, RefundedMeanwhile, PaymentDisputed,
    NotFound and Invalid.
    """
    order = lock_order(session, order_id)
    if expected_refunded is not None and expected_refunded != order.refunded_amount:
        raise RefundedMeanwhile
    check_disputes(list_disputes_of_order(session, order_id))
    lines = {line.id: line for line in list_order_lines(session, order_id)}
    refunded, before = order.refunded_amount, order.fulfilment_status
    plan = plan_refund(order, lines.values(), amount=amount, quantities=quantities)
    if amount is not None and restock and not plan.parts:
        raise Invalid({"amount": [N_("Refund either some lines or an amount; only lines can be restocked.")]})
    for part in plan.parts:
        reserve_line_refund(session, line_id=part["line_id"], quantity=part["quantity"])
    parts = restockable(session, order, plan.parts, lines) if restock and order.holds_stock else []
    is_restocked = any(part["restocked"] for part in parts)
    refund = write_refund(
        session, order, amount=plan.amount, now=now, reason=reason, account_id=account_id,
        lines=parts or plan.parts, is_restocked=is_restocked,
    )  # fmt: skip
    if refund.is_restocked:
        _restock(session, order, refund, lines)
    after = settle_fulfilment(session, order.id)
    Act(session, order, account_id, now).audit(
        "order.refunded", {"refunded_amount": refunded, "fulfilment_status": before}, {
            "refunded_amount": refunded + plan.amount, "fulfilment_status": after, "reason": reason,
            "units": sum(part["quantity"] for part in plan.parts), "restocked": refund.is_restocked,
        },
    )  # fmt: skip
    raise_version(session, order.page_id)
    raise_day(session, page_id=order.page_id, at=now, currency=order.currency, refunded_amount=plan.amount)
    reach("refund.before_commit")
    return refund


def restockable(
    session: Session, order: Order, parts: Iterable[Mapping[str, Any]], lines: Mapping[int, OrderLine]
) -> list[dict[str, Any]]:
    """Return the parts with the units to put on sale: those that a failed refund left there are there already."""
    back = restocked_units(session, order.id)
    return [
        {**part, "restocked": min(part["quantity"], max(0, lines[line_id].quantity - back[line_id]))}
        for part in parts
        for line_id in [part["line_id"]]
    ]


def _restock(session: Session, order: Order, refund: Refund, lines: Mapping[int, OrderLine]) -> None:
    units: dict[int, int] = {}
    for part in refund.lines:
        variant_id = lines[part["line_id"]].variant_id
        if variant_id is not None:
            units[variant_id] = units.get(variant_id, 0) + restocked_of(part)
    cause = Cause(StockReason.RESTOCKED, refund.created_at, account_id=refund.account_id, ref=order.number)
    give_back_stock(session, {one: number for one, number in units.items() if number}, cause=cause)
    detail: dict[str, Any] = {"refund_id": refund.id, "units": sum(units.values())}
    record_event(
        session, order_id=order.id, kind="restocked", actor=Actor.STAFF, account_id=refund.account_id,
        now=refund.created_at, detail=detail,
    )  # fmt: skip


@in_flow
def ask_refund(desk: Desk, refund_id: int, *, now: dt.datetime) -> RefundStatus:
    """Ask Stripe for a refund, or how one stands; return its status. Safe to repeat, also after a crash.

    Calls Stripe, so never inside a transaction. GatewayUnavailable leaves it to be asked again.
    """
    with desk.database.reading() as session:
        refund = get_refund(session, refund_id)
        payment = find_payment_of_order(session, refund.order_id)
    if refund.status not in (RefundStatus.REQUESTED, RefundStatus.PENDING) or payment is None:
        return refund.status
    try:
        info = _ask(desk, refund, payment, now)
    except GatewayRefused as refusal:
        log.warning("refund_refused", refund=refund.id, reason=refusal.reason)
        with desk.database.transaction() as session:
            fail_refund(session, refund, refusal, now=now)
            return get_refund(session, refund_id).status
    with desk.database.transaction() as session:
        apply_refund(session, info, now=now)
        status = get_refund(session, refund_id).status
    reach("refund.applied")
    return status


def _ask(desk: Desk, refund: Refund, payment: Payment, now: dt.datetime) -> RefundInfo:
    if refund.stripe_refund_id is not None:
        return desk.gateway.get_refund(refund.stripe_refund_id)
    intent_id = payment.stripe_payment_intent_id or _find_intent(desk, payment, now)
    if now - refund.created_at > KEY_LIFETIME:
        # The key may be forgotten by now: look whether an earlier try got through.
        for known in desk.gateway.list_refunds(intent_id):
            if known.refund_key == refund.idempotency_key:
                return known
    metadata = {REFUND_KEY: refund.idempotency_key, ORDER_NUMBER: str(payment.request["client_reference_id"])}
    reach("refund.before_call")
    info = desk.gateway.create_refund(
        payment_intent_id=intent_id, amount=refund.amount, metadata=metadata, key=refund.idempotency_key
    )
    reach("refund.after_call")
    return info


def _find_intent(desk: Desk, payment: Payment, now: dt.datetime) -> str:
    info = desk.gateway.get_session(payment.stripe_session_id or "")
    if info.payment_intent_id is None:
        raise GatewayRefused("nothing was ever charged")
    with desk.database.transaction() as session:
        apply_session_and_waiting(session, info, now=now, source="reconcile")
    return info.payment_intent_id


@followed
def sync_refunds(desk: Desk, order_id: int, *, now: dt.datetime) -> list[str]:
    """Fetch all refunds of an order's payment from Stripe and apply them; return what was done."""
    with desk.database.reading() as session:
        payment = find_payment_of_order(session, order_id)
    if payment is None or payment.stripe_payment_intent_id is None:
        return []
    found = desk.gateway.list_refunds(payment.stripe_payment_intent_id)
    outcomes = []
    for info in reversed(found):  # oldest first
        with desk.database.transaction() as session:
            outcomes.append(apply_refund(session, info, now=now)[0])
    return outcomes
