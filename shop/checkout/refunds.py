"""Refunds: whole, by line or by amount, restocking or not; then asked of Stripe outside the transaction."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import structlog
from sqlalchemy.orm import Session

from shop.catalog.history_models import StockReason
from shop.catalog.movements import Cause
from shop.catalog.stock import give_back_stock
from shop.checkout.desk import Desk
from shop.checkout.inbox import apply_session_and_waiting
from shop.checkout.refund_rows import NothingToRefund, apply_refund, fail_refund, write_refund
from shop.core.errors import Invalid, NotFound
from shop.core.i18n import N_
from shop.core.kill_points import reach
from shop.orders.models import Actor, Order, OrderLine
from shop.orders.queries import list_order_lines, lock_order
from shop.orders.service import record_event, reserve_line_refund
from shop.page.days import raise_day
from shop.page.service import raise_version
from shop.payments.gateway import GatewayRefused, RefundInfo
from shop.payments.models import Payment, Refund, RefundStatus
from shop.payments.parsing import ORDER_NUMBER, REFUND_KEY
from shop.payments.queries import find_payment_of_order, get_refund

KEY_LIFETIME = dt.timedelta(hours=12)
"""Stripe keeps idempotency keys for a day (https://docs.stripe.com/api/idempotent_requests); half is safe."""

log = structlog.get_logger(__name__)


def refund_order(
    session: Session, *, order_id: int, now: dt.datetime, account_id: int | None, reason: str = "",
    amount: int | None = None, quantities: Mapping[int, int] | None = None, restock: bool = False,
) -> Refund:  # fmt: skip
    """Refund an order: by line (``quantities``: line id to units), by ``amount``, or, with neither, all of it.

    The money is reserved on the order and a job asks Stripe; ``refunds.ask_refund`` may be called at
    once after the transaction. ``restock`` puts the refunded units back on sale. Raises TooMuchRefunded,
    NothingToRefund and Invalid.
    """
    order = lock_order(session, order_id)
    if order.captured_amount - order.refunded_amount <= 0:
        raise NothingToRefund
    lines = {line.id: line for line in list_order_lines(session, order_id)}
    wanted: dict[int, int] = {}
    if amount is None:
        wanted = dict(quantities) if quantities is not None else _all_left(lines)
        _check_quantities(wanted, lines, is_whole=quantities is None)
    elif restock or quantities is not None or amount <= 0:
        raise Invalid({"amount": [N_("Refund either some lines or an amount; only lines can be restocked.")]})
    parts = [
        {"line_id": line_id, "quantity": units, "amount": _share(lines[line_id], units)}
        for line_id, units in sorted(wanted.items())
    ]
    if amount is None:
        by_lines = sum(int(part["amount"]) for part in parts)
        amount = by_lines if quantities is not None else order.captured_amount - order.refunded_amount
    for line_id, units in sorted(wanted.items()):
        reserve_line_refund(session, line_id=line_id, quantity=units)
    refund = write_refund(
        session, order, amount=amount, now=now, reason=reason, account_id=account_id, lines=parts,
        is_restocked=restock and order.holds_stock,
    )  # fmt: skip
    if refund.is_restocked:
        _restock(session, order, refund, lines)
    raise_version(session, order.page_id)
    raise_day(session, page_id=order.page_id, at=now, currency=order.currency, refunded_amount=amount)
    reach("refund.before_commit")
    return refund


def _all_left(lines: Mapping[int, OrderLine]) -> dict[int, int]:
    left = {line_id: line.quantity - line.refunded_quantity for line_id, line in lines.items()}
    return {line_id: units for line_id, units in left.items() if units > 0}


def _check_quantities(wanted: Mapping[int, int], lines: Mapping[int, OrderLine], *, is_whole: bool) -> None:
    if not set(wanted) <= set(lines):
        raise NotFound
    if not is_whole and (not wanted or any(units < 1 for units in wanted.values())):
        raise Invalid({"lines": [N_("Choose what to refund.")]})


def _share(line: OrderLine, units: int) -> int:
    """Return what ``units`` more of a line are worth, so that all of its units sum to its total."""
    before = line.total_amount * line.refunded_quantity // line.quantity
    return line.total_amount * (line.refunded_quantity + units) // line.quantity - before


def _restock(session: Session, order: Order, refund: Refund, lines: Mapping[int, OrderLine]) -> None:
    units: dict[int, int] = {}
    for part in refund.lines:
        variant_id = lines[part["line_id"]].variant_id
        if variant_id is not None:
            units[variant_id] = units.get(variant_id, 0) + part["quantity"]
    cause = Cause(
        StockReason.RESTOCKED, refund.created_at, account_id=refund.account_id, ref=order.number
    )
    give_back_stock(session, units, cause=cause)
    detail: dict[str, Any] = {"refund_id": refund.id, "units": sum(units.values())}
    record_event(
        session, order_id=order.id, kind="restocked", actor=Actor.STAFF, account_id=refund.account_id,
        now=refund.created_at, detail=detail,
    )  # fmt: skip


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
            fail_refund(session, refund, reason=refusal.reason, now=now)
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
