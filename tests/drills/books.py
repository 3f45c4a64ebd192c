"""What must hold after a crash drill: our books against the stand-in's, to the cent and to the unit."""

import collections
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from shop.catalog.history_models import StockMovement
from shop.catalog.models import Product, Variant
from shop.checkout.refund_rows import restocked_of
from shop.core.db import Database
from shop.core.mail import Mail
from shop.core.outbox import Job, JobState
from shop.orders.models import Fulfilment, Order, OrderStatus
from shop.page.models import PageDay
from shop.payments.models import Payment, Refund, RefundStatus, StripeCustomer
from shop.payments.parsing import PAYMENT_KEY, REFUND_KEY
from shop.quality.jobs import DAILY

PAID_KINDS = ("paid", "paid_late", "paid_too_late")
STANDING = DAILY
"""The job that asks for itself tomorrow: one of it always waits."""
ENDED = (OrderStatus.EXPIRED, OrderStatus.CANCELLED)


class StandInBooks:
    """All sessions, charges, refunds and customers that the stand-in knows."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.sessions = list(self._all("/v1/checkout/sessions"))
        self.charges = [one for one in self._all("/v1/charges") if one["status"] == "succeeded"]
        self.refunds = list(self._all("/v1/refunds"))
        self.customers = list(self._all("/v1/customers"))

    def _all(self, path: str) -> Iterator[dict[str, Any]]:
        params: dict[str, Any] = {"limit": 100}
        while True:
            answer = httpx.get(
                f"{self.origin}{path}",
                params=params,
                timeout=60,
                headers={"Authorization": "Bearer sk_test_drill"},
            )
            page = answer.raise_for_status().json()
            yield from page["data"]
            if not page["has_more"]:
                return
            params["starting_after"] = page["data"][-1]["id"]


@dataclass
class OurBooks:
    """Everything that we know, read at one moment."""

    orders: list[Order]
    payments: dict[int, Payment]
    refunds: dict[int, list[Refund]]
    fulfilments: dict[int, list[Fulfilment]]
    variants: list[Variant]
    movements: list[StockMovement]
    products: list[Product]
    jobs: list[Job]
    mails: list[Mail]
    customers: list[StripeCustomer]
    days: Mapping[str, int]

    @classmethod
    def read(cls, database: Database) -> "OurBooks":
        """Read it all."""
        with database.reading() as session:
            orders = session.scalars(
                select(Order)
                .options(selectinload(Order.lines), selectinload(Order.history))
                .order_by(Order.id)
            ).all()
            refunds: dict[int, list[Refund]] = collections.defaultdict(list)
            for refund in session.scalars(select(Refund)):
                refunds[refund.order_id].append(refund)
            fulfilments: dict[int, list[Fulfilment]] = collections.defaultdict(list)
            for parcel in session.scalars(select(Fulfilment).options(selectinload(Fulfilment.lines))):
                fulfilments[parcel.order_id].append(parcel)
            return cls(
                orders=list(orders),
                payments={one.order_id: one for one in session.scalars(select(Payment))},
                refunds=refunds,
                fulfilments=fulfilments,
                variants=list(session.scalars(select(Variant))),
                movements=list(session.scalars(select(StockMovement).order_by(StockMovement.id))),
                products=list(session.scalars(select(Product))),
                jobs=list(session.scalars(select(Job))),
                mails=list(session.scalars(select(Mail))),
                customers=list(session.scalars(select(StripeCustomer))),
                days=_days(session),
            )


def _days(session: Session) -> Mapping[str, int]:
    names = ("orders_placed", "orders_paid", "sales_amount", "refunded_amount")
    row = session.execute(
        select(*(func.coalesce(func.sum(getattr(PageDay, name)), 0) for name in names))
    ).one()
    return dict(zip(names, map(int, row), strict=True))


def audit(
    ours: OurBooks, theirs: StandInBooks, *, stocked: Mapping[int, int], sent: Mapping[str, int]
) -> list[str]:
    """Return every violation, in words. ``stocked``: units by variant id at the start; ``sent``: mails taken by Message-ID."""
    return [
        *_sessions(ours, theirs),
        *_orders(ours),
        *_money(ours, theirs),
        *_goods(ours, stocked),
        *_parcels(ours),
        *_queue(ours, sent),
        *_figures(ours),
    ]


def _sessions(ours: OurBooks, theirs: StandInBooks) -> Iterable[str]:
    by_key = {one.idempotency_key: one for one in ours.payments.values()}
    orders = {order.id: order for order in ours.orders}
    paid: collections.Counter[int] = collections.Counter()
    for session in theirs.sessions:
        payment = by_key.get(session["metadata"].get(PAYMENT_KEY, ""))
        if payment is None:
            yield f"session {session['id']} belongs to no order"
            continue
        order = orders[payment.order_id]
        if session["status"] == "open":
            yield f"{order.number} ({order.status}) has a session that can still be paid"
        if session["payment_status"] != "paid":
            continue
        paid[order.id] += 1
        if order.captured_amount != session["amount_total"]:
            yield f"{order.number} took {order.captured_amount}, Stripe {session['amount_total']}"
        if order.status is not OrderStatus.PAID and not ours.refunds.get(order.id):
            yield f"{order.number} is {order.status}, but its session is paid"
    for order in ours.orders:
        if (order.captured_amount > 0) != (paid[order.id] == 1):
            yield f"{order.number} ({order.status}) took {order.captured_amount} and has {paid[order.id]} paid sessions"
    known = [one.stripe_customer_id for one in ours.customers]
    emails = collections.Counter(one["email"] for one in theirs.customers)
    yield from (f"{email} is {count} customers" for email, count in emails.items() if count > 1)
    # One whose id was lost with a process is found again by its key at the next purchase.
    if not set(known) <= {one["id"] for one in theirs.customers}:
        yield "a customer of ours is not Stripe's"


def _orders(ours: OurBooks) -> Iterable[str]:
    for order in ours.orders:
        kinds = collections.Counter(event.kind for event in order.history)
        if order.status not in (OrderStatus.PAID, *ENDED):
            yield f"{order.number} is still {order.status}"
        if kinds["placed"] != 1 or sum(kinds[kind] for kind in PAID_KINDS) != (order.captured_amount > 0):
            yield f"{order.number} ({order.status}) has the history {dict(kinds)}"
        if kinds["expired"] + kinds["cancelled"] > 1:
            yield f"{order.number} ended twice: {dict(kinds)}"
        if order.holds_stock != (order.status is OrderStatus.PAID):
            yield f"{order.number} is {order.status} and {'holds' if order.holds_stock else 'does not hold'} its stock"
    numbers = collections.Counter(order.number for order in ours.orders)
    yield from (f"number {number} was given twice" for number, count in numbers.items() if count > 1)


def _money(ours: OurBooks, theirs: StandInBooks) -> Iterable[str]:
    by_key = {refund.idempotency_key: refund for rows in ours.refunds.values() for refund in rows}
    seen: collections.Counter[str] = collections.Counter()
    for one in theirs.refunds:
        key = one["metadata"].get(REFUND_KEY, "")
        refund = by_key.get(key)
        seen[key] += 1
        if refund is None:
            yield f"Stripe's refund {one['id']} is none of ours"
        elif (refund.stripe_refund_id, refund.amount, refund.status.value) != (
            one["id"],
            one["amount"],
            one["status"],
        ):
            yield f"refund {refund.id} is {refund.status} {refund.amount}, Stripe's {one['status']} {one['amount']}"
    for key, refund in by_key.items():
        if seen[key] != 1:
            yield f"refund {refund.id} ({refund.status}) was made {seen[key]} times at Stripe"
    charges = {one["payment_intent"]: one for one in theirs.charges}
    for order in ours.orders:
        back = sum(one.amount for one in ours.refunds[order.id] if one.status is not RefundStatus.FAILED)
        if back != order.refunded_amount:
            yield f"{order.number} says {order.refunded_amount} went back, its refunds {back}"
        charge = (
            charges.get(ours.payments[order.id].stripe_payment_intent_id) if order.captured_amount else None
        )
        taken = (charge["amount_captured"], charge["amount_refunded"]) if charge else (0, 0)
        if taken != (order.captured_amount, order.refunded_amount):
            yield f"{order.number}: ours {order.captured_amount}-{order.refunded_amount}, Stripe's {taken[0]}-{taken[1]}"


def _goods(ours: OurBooks, stocked: Mapping[int, int]) -> Iterable[str]:
    held: collections.Counter[int] = collections.Counter()
    sold: collections.Counter[int] = collections.Counter()
    for order in ours.orders:
        lines = {line.id: line for line in order.lines}
        for line in order.lines if order.status is OrderStatus.PAID else ():
            held[line.variant_id or 0] += line.quantity
            sold[line.product_id or 0] += line.quantity
        for refund in ours.refunds[order.id]:
            for part in refund.lines if refund.is_restocked else ():
                held[lines[part["line_id"]].variant_id or 0] -= restocked_of(part)
    for variant in ours.variants:
        if variant.stock != stocked[variant.id] - held[variant.id]:
            yield f"variant {variant.id}: {variant.stock} on the shelf, {stocked[variant.id]} - {held[variant.id]} expected"
        moved = [one for one in ours.movements if one.variant_id == variant.id]
        told = stocked[variant.id] + sum(one.change or 0 for one in moved)
        if variant.stock != told or (moved and moved[-1].stock_after != variant.stock):
            yield f"variant {variant.id}: {variant.stock} on the shelf, its history says {told}"
    for product in ours.products:
        if product.sold_count != sold[product.id]:
            yield f"product {product.id}: sold {product.sold_count}, ordered {sold[product.id]}"


def _parcels(ours: OurBooks) -> Iterable[str]:
    for order in ours.orders:
        sent: collections.Counter[int] = collections.Counter()
        for parcel in ours.fulfilments[order.id]:
            for line in parcel.lines if parcel.cancelled_at is None else ():
                sent[line.order_line_id] += line.quantity
        for line in order.lines:
            if sent[line.id] != line.fulfilled_quantity or sent[line.id] > line.quantity:
                yield f"{order.number}: {sent[line.id]} in parcels, {line.fulfilled_quantity} of {line.quantity} shipped"
            if line.fulfilled_quantity + line.removed_quantity > line.quantity:
                yield f"{order.number}: {line.fulfilled_quantity} shipped and {line.removed_quantity} removed of {line.quantity}"
        if sent and order.status is not OrderStatus.PAID:
            yield f"{order.number} was shipped and is {order.status}"


def _queue(ours: OurBooks, sent: Mapping[str, int]) -> Iterable[str]:
    for job in ours.jobs:
        if job.kind == STANDING and job.state is JobState.WAITING:
            continue
        if job.state is not JobState.DONE:
            yield f"job {job.kind} {job.subject} is {job.state}: {job.last_error}"
    gone = {one.id for rows in ours.fulfilments.values() for one in rows if one.cancelled_at is not None}
    for mail in ours.mails:
        if mail.sent_at is None and mail.context.get("fulfilment_id") in gone:
            continue
        if mail.sent_at is None or not sent.get(mail.message_id):
            yield f"mail {mail.kind} {mail.subject_key}: marked {mail.sent_at}, taken {sent.get(mail.message_id, 0)} times"
    unknown = set(sent) - {mail.message_id for mail in ours.mails}
    yield from (f"a mail {message_id} was sent that we don't know" for message_id in unknown)
    kinds = collections.Counter((mail.kind, mail.context.get("order_id")) for mail in ours.mails)
    for order in ours.orders:
        wanted = 1 if order.status is OrderStatus.PAID else 0
        for kind in ("order_confirmed", "order_received"):
            if kinds[kind, order.id] != wanted:
                yield f"{order.number} ({order.status}) has {kinds[kind, order.id]} mails {kind}"


def _figures(ours: OurBooks) -> Iterable[str]:
    true = {
        "orders_placed": len(ours.orders),
        "orders_paid": sum(order.captured_amount > 0 for order in ours.orders),
        "sales_amount": sum(order.captured_amount for order in ours.orders),
        "refunded_amount": sum(order.refunded_amount for order in ours.orders),
    }
    if dict(ours.days) != true:
        yield f"the page's days say {dict(ours.days)}, the orders {true}"
