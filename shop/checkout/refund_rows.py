"""Refunds as rows: reserved on the order before Stripe is asked, settled by what Stripe then tells."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from shop.catalog.history_models import StockReason
from shop.catalog.movements import Cause
from shop.catalog.stock import OutOfStock, take_stock
from shop.checkout import notices
from shop.checkout.refund_plans import NothingToRefund
from shop.core.ids import new_token
from shop.core.outbox import enqueue
from shop.orders.models import Actor, Order
from shop.orders.parcels import settle_fulfilment
from shop.orders.queries import list_order_lines, lock_order
from shop.orders.service import (
    TooMuchRefunded,
    record_event,
    release_refund,
    reserve_line_refund,
    reserve_refund,
)
from shop.page.days import raise_day
from shop.page.service import raise_version
from shop.payments.gateway import GatewayRefused, RefundInfo
from shop.payments.models import Refund, RefundStatus
from shop.payments.queries import find_payment, find_payment_of_order, find_refund, list_refunds_of_order

ASK_REFUND = "ask_refund"
SYNC_REFUNDS = "sync_refunds"
ALREADY_REFUNDED = "charge_already_refunded"
BY_STRIPE = {
    "pending": RefundStatus.PENDING,
    "requires_action": RefundStatus.PENDING,
    "succeeded": RefundStatus.SUCCEEDED,
    "failed": RefundStatus.FAILED,
    "canceled": RefundStatus.FAILED,
}
"""Stripe's words (https://docs.stripe.com/api/refunds/object#refund_object-status) and ours."""
BEFORE: Mapping[RefundStatus, tuple[RefundStatus, ...]] = {
    RefundStatus.REQUESTED: (),
    RefundStatus.PENDING: (RefundStatus.REQUESTED,),
    RefundStatus.SUCCEEDED: (RefundStatus.REQUESTED, RefundStatus.PENDING),
    # A refund that succeeded can come back weeks later, when the card's bank does not take it.
    RefundStatus.FAILED: (RefundStatus.REQUESTED, RefundStatus.PENDING, RefundStatus.SUCCEEDED),
}


def request_whole_refund(
    session: Session, *, order_id: int, now: dt.datetime, reason: str = "", account_id: int | None = None
) -> Refund:
    """Reserve all that is left of a payment and queue the asking; NothingToRefund when that is nothing.

    The caller counts it on the page's day, as with ``write_refund``.
    """
    order = lock_order(session, order_id)
    amount = order.captured_amount - order.refunded_amount
    return write_refund(session, order, amount=amount, now=now, reason=reason, account_id=account_id)


def write_refund(
    session: Session, order: Order, *, amount: int, now: dt.datetime, reason: str, account_id: int | None,
    lines: Sequence[Mapping[str, Any]] = (), is_restocked: bool = False,
) -> Refund:  # fmt: skip
    """Reserve ``amount`` on a locked order, write the refund and queue its asking.

    The caller counts it on the page's day (``raise_day``), last. Raises TooMuchRefunded and NothingToRefund.
    """
    payment = find_payment_of_order(session, order.id)
    if amount <= 0 or payment is None:
        raise NothingToRefund
    reserve_refund(session, order_id=order.id, amount=amount)
    refund = Refund(
        order_id=order.id, payment_id=payment.id, idempotency_key=f"vitrine-refund-{new_token()}", amount=amount,
        currency=order.currency, status=RefundStatus.REQUESTED, reason=reason, lines=[dict(one) for one in lines],
        is_restocked=is_restocked, account_id=account_id, created_at=now, updated_at=now,
    )  # fmt: skip
    session.add(refund)
    session.flush()
    record_event(
        session,
        order_id=order.id,
        kind="refund_requested",
        actor=Actor.SYSTEM if account_id is None else Actor.STAFF,
        account_id=account_id,
        now=now,
        detail={"amount": amount, "refund_id": refund.id, "reason": reason},
    )
    enqueue(
        session, kind=ASK_REFUND, subject=str(refund.id), payload={}, now=now, page_id=order.page_id
    )  # fmt: skip
    return refund


def restocked_units(session: Session, order_id: int) -> Counter[int]:
    """Return how many units of which of an order's lines its refunds have put back on sale."""
    units: Counter[int] = Counter()
    for refund in list_refunds_of_order(session, order_id):
        for part in refund.lines if refund.is_restocked else ():
            units[part["line_id"]] += restocked_of(part)
    return units


def restocked_of(part: Mapping[str, Any]) -> int:
    """Return how many units of a part of a refund that restocks it put on sale: all, where it does not say."""
    return int(part.get("restocked", part["quantity"]))


def held_units(session: Session, order: Order) -> dict[int, int]:
    """Return how many units of which variants an order that holds stock still holds, after its refunds."""
    back = restocked_units(session, order.id)
    held: Counter[int] = Counter()
    for line in list_order_lines(session, order.id):
        if line.variant_id is not None:
            held[line.variant_id] += line.quantity - back[line.id]
    return {variant_id: units for variant_id, units in held.items() if units > 0}


def apply_refund(session: Session, info: RefundInfo, *, now: dt.datetime) -> tuple[str, int | None]:
    """Bring a refund up to date with what Stripe tells; return what was done and the order's id.

    A refund that was made in Stripe's dashboard is written down as if it had been asked for here.
    """
    refund = find_refund(session, refund_key=info.refund_key, stripe_refund_id=info.id)
    if refund is None:
        return _adopt_refund(session, info, now)
    order = lock_order(session, refund.order_id)
    status = BY_STRIPE.get(info.status)
    if status is None:
        return f"ignored:refund {info.status}", order.id
    moved = session.execute(
        update(Refund)
        .where(Refund.id == refund.id, Refund.status.in_(BEFORE[status]))
        .values(status=status, stripe_refund_id=info.id, failure_reason=info.failure_reason, updated_at=now)
        .returning(Refund.id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if moved is None:
        return "ignored:no news", order.id
    _settle(session, order, refund, status, why=info.failure_reason, now=now)
    return f"applied:refund {status.value}", order.id


def check_refunded(
    session: Session, *, intent_id: str, amount: int, event_id: str, now: dt.datetime
) -> tuple[str, int | None]:
    """Compare what Stripe says went back of a charge with our own rows; where it is more, have them fetched.

    The event does not name the refunds, so a job asks for them; usually their own events told already.
    """
    payment = find_payment(session, intent_id=intent_id)
    if payment is None:
        return "ignored:not ours", None
    order = lock_order(session, payment.order_id)
    if amount <= order.refunded_amount:
        return "ignored:no news", order.id
    enqueue(
        session, kind=SYNC_REFUNDS, subject=event_id, payload={"order_id": order.id}, now=now, page_id=order.page_id
    )  # fmt: skip
    return "applied:fetching refunds", order.id


def fail_refund(session: Session, refund: Refund, refusal: GatewayRefused, *, now: dt.datetime) -> None:
    """Note that Stripe refused a refund and why, and give its amount free; what went back already is fetched."""
    reason = refusal.reason
    order = lock_order(session, refund.order_id)
    moved = session.execute(
        update(Refund)
        .where(Refund.id == refund.id, Refund.status == RefundStatus.REQUESTED)
        .values(status=RefundStatus.FAILED, failure_reason=reason, updated_at=now)
        .returning(Refund.id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if moved is not None:
        _settle(session, order, refund, RefundStatus.FAILED, why=reason, now=now)
        if refusal.stripe_code == ALREADY_REFUNDED:
            enqueue(
                session, kind=SYNC_REFUNDS, subject=f"refund:{refund.id}", payload={"order_id": order.id}, now=now,
                page_id=order.page_id,
            )  # fmt: skip


def _settle(
    session: Session, order: Order, refund: Refund, status: RefundStatus, *, why: str | None, now: dt.datetime
) -> None:
    if status is RefundStatus.FAILED:
        before = {line.id: line.to_ship_quantity for line in list_order_lines(session, order.id)}
        release_refund(session, order_id=order.id, amount=refund.amount)
        for line in sorted(refund.lines, key=lambda one: int(one["line_id"])):
            reserve_line_refund(session, line_id=line["line_id"], quantity=-line["quantity"])
        settle_fulfilment(session, order.id)
        if refund.is_restocked and order.holds_stock:
            _take_back(session, order, refund, before, now)
        kind = "refund_failed"
        notices.tell_page(session, order, kind=notices.REFUND_FAILED_NOTICE, now=now, refund_id=refund.id)
    elif status is RefundStatus.SUCCEEDED:
        kind = "refunded"
        # Somebody who was refunded by the shop itself has a mail that says so and why already.
        if order.paid_at is not None and order.closed_at is None:
            notices.tell_buyer(
                session, order, kind=notices.ORDER_REFUNDED, email=order.email, now=now, refund_id=refund.id
            )  # fmt: skip
        notices.tell_account(session, order, event=notices.REFUNDED, now=now)
    else:
        kind = "refund_pending"
    detail: dict[str, Any] = {"amount": refund.amount, "refund_id": refund.id}
    if why:
        detail["why"] = why
    record_event(session, order_id=order.id, kind=kind, actor=Actor.STRIPE, now=now, detail=detail)
    raise_version(session, order.page_id)
    if status is RefundStatus.FAILED:
        _count(session, order, refund, -refund.amount)


def _take_back(
    session: Session, order: Order, refund: Refund, before: Mapping[int, int], now: dt.datetime
) -> None:
    """Take units of a failed refund off sale that are to be shipped again; ``before``: units to ship by line.

    Those that had been shipped came back to the shelf, so they stay on it, and count as restocked. So do all, where
    too few are left since they were sold; then somebody has to know that the order cannot be shipped as it is.
    """
    lines = {line.id: line for line in list_order_lines(session, order.id)}
    parts, units = [], Counter[int]()
    for part in refund.lines:
        line = lines[part["line_id"]]
        taken = min(restocked_of(part), line.to_ship_quantity - before[line.id])
        parts.append({**part, "restocked": restocked_of(part) - taken})
        if line.variant_id is not None and taken > 0:
            units[line.variant_id] += taken
    cause = Cause(StockReason.SOLD, now, ref=order.number)
    try:
        with session.begin_nested():
            take_stock(session, units, cause=cause, only_published=False)
            session.execute(
                update(Refund)
                .where(Refund.id == refund.id)
                .values(lines=parts, is_restocked=any(part["restocked"] for part in parts))
                .execution_options(synchronize_session=False)
            )
        kind = "restock_undone"
    except OutOfStock:
        kind = "restock_kept"
    if units:
        detail = {"refund_id": refund.id, "units": units.total()}
        record_event(session, order_id=order.id, kind=kind, actor=Actor.SYSTEM, now=now, detail=detail)


def _count(session: Session, order: Order, refund: Refund, amount: int) -> None:
    # On the day of the refund's asking, also when it is taken off again: a day then shows what really went back.
    raise_day(
        session, page_id=order.page_id, at=refund.created_at, currency=order.currency, refunded_amount=amount
    )  # fmt: skip


def _adopt_refund(session: Session, info: RefundInfo, now: dt.datetime) -> tuple[str, int | None]:
    payment = find_payment(session, intent_id=info.payment_intent_id)
    status = BY_STRIPE.get(info.status)
    if payment is None or status is None or info.amount <= 0:
        return "ignored:not ours", None
    order = lock_order(session, payment.order_id)
    if find_refund(session, refund_key=info.refund_key, stripe_refund_id=info.id) is not None:
        return apply_refund(session, info, now=now)  # another event of it was quicker
    try:
        if status is not RefundStatus.FAILED:
            reserve_refund(session, order_id=order.id, amount=info.amount)
    except TooMuchRefunded:
        # Our own refund's answer is still under way, or the payment itself has not been heard of yet.
        return "ignored:more than was captured", order.id
    on_conflict_insert = pg_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    values = {
        "order_id": order.id, "payment_id": payment.id, "idempotency_key": f"stripe-{info.id}",
        "stripe_refund_id": info.id, "amount": info.amount, "currency": info.currency, "status": status,
        "reason": "made at Stripe", "failure_reason": info.failure_reason, "lines": [], "is_restocked": False,
        "created_at": now, "updated_at": now,
    }  # fmt: skip
    refund_id = session.execute(on_conflict_insert(Refund).values(values).returning(Refund.id)).scalar_one()
    refund = session.get_one(Refund, refund_id)
    _settle_adopted(session, order, refund, status, now)
    return f"applied:refund {status.value} (made at Stripe)", order.id


def _settle_adopted(
    session: Session, order: Order, refund: Refund, status: RefundStatus, now: dt.datetime
) -> None:
    if status is RefundStatus.FAILED:
        detail = {"amount": refund.amount, "refund_id": refund.id, "why": refund.failure_reason or ""}
        record_event(
            session, order_id=order.id, kind="refund_failed", actor=Actor.STRIPE, now=now, detail=detail
        )
        return
    settle_fulfilment(session, order.id)
    _settle(session, order, refund, status, why=None, now=now)
    _count(session, order, refund, refund.amount)
