"""What a checkout session's state means for its order: behind webhook, return page, expiry and reconcile.

Whatever comes twice, late or in the wrong order meets the order's own state first and then changes
nothing. The order's row is taken before anything that hangs on it.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, update
from sqlalchemy.orm import Session

from shop.cart.service import remove_bought
from shop.catalog.history_models import StockReason
from shop.catalog.movements import Cause
from shop.catalog.stock import OutOfStock, give_back_stock, raise_sold_count, take_stock
from shop.checkout import notices
from shop.checkout.closing import BY_THE_SHOP, find_cancelling, follow_closing
from shop.checkout.couponing import forget_coupon, give_back_use, take_again
from shop.checkout.refund_rows import request_whole_refund
from shop.core.kill_points import reach
from shop.like_invitations.service import note_order
from shop.orders.indexing import write_search_text
from shop.orders.models import Actor, Order, OrderStatus
from shop.orders.queries import list_order_lines, lock_order
from shop.orders.service import record_event, transition
from shop.orders.state import GIVEN_UP, UNPAID
from shop.page.affinity import Act as Interaction
from shop.page.affinity import record_interaction
from shop.page.days import raise_day
from shop.page.service import raise_version
from shop.payments.gateway import DeclineInfo, SessionInfo
from shop.payments.models import Payment, PaymentStatus
from shop.payments.queries import find_payment

NOT_OURS = "ignored:not ours"
NO_NEWS = "ignored:no news"
PAID, PAID_LATE, REFUNDED_LATE = "applied:paid", "applied:paid late", "applied:paid too late, refunding"
FLAGGED, AWAITING_FUNDS = "applied:flagged", "applied:awaiting funds"
CLOSED, DECLINED, SEEN_OPEN = "applied:closed", "applied:declined", "applied:open"


def apply_session(
    session: Session, info: SessionInfo, *, now: dt.datetime, source: str,
    closing: OrderStatus = OrderStatus.EXPIRED, actor: Actor = Actor.STRIPE, why: str = "",
    account_id: int | None = None,
) -> str:  # fmt: skip
    """Bring an order up to date with its checkout session; return what was done, as the inbox keeps it.

    ``source`` (webhook, return, reconcile, expiry) goes into the history. ``closing``, ``actor``,
    ``account_id`` and ``why`` say how an order is closed whose session has expired.
    """
    payment = find_payment(session, session_id=info.id, payment_key=info.payment_key)
    if payment is None or (payment.stripe_session_id or info.id) != info.id:
        return NOT_OURS
    order = lock_order(session, payment.order_id)
    _note_session(session, payment, info, now)
    if info.status == "expired":
        is_closed = close_order(
            session, order, to=closing, actor=actor, now=now, why=why, account_id=account_id, email=info.email
        )
        return CLOSED if is_closed else NO_NEWS
    if info.status != "complete":
        return SEEN_OPEN
    if info.has_failed:
        return _fail_funds(session, order, now)
    if info.payment_status == "unpaid":
        return _await_funds(session, order, info, now)
    return _pay(session, order, payment, info, now=now, source=source)


def _note_session(session: Session, payment: Payment, info: SessionInfo, now: dt.datetime) -> None:
    """Keep the session's id and intent, in case we crashed before we could after creating it."""
    values: dict[str, Any] = {
        "stripe_session_id": info.id,
        "stripe_payment_intent_id": func.coalesce(info.payment_intent_id, Payment.stripe_payment_intent_id),
        "updated_at": now,
    }
    if payment.status is PaymentStatus.NEW and info.status == "open":
        values |= {"status": PaymentStatus.OPEN, "url": info.url}
    session.execute(
        update(Payment)
        .where(Payment.id == payment.id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def set_payment_status(session: Session, order_id: int, status: PaymentStatus, now: dt.datetime) -> None:
    """Set where an order's payment stands; what is paid stays paid."""
    session.execute(
        update(Payment)
        .where(Payment.order_id == order_id, Payment.status != PaymentStatus.PAID)
        .values(status=status, updated_at=now)
        .execution_options(synchronize_session=False)
    )


def close_order(
    session: Session, order: Order, *, to: OrderStatus, actor: Actor, now: dt.datetime, why: str,
    account_id: int | None = None, payment_status: PaymentStatus = PaymentStatus.EXPIRED, email: str | None = None,
) -> bool:  # fmt: skip
    """Give an unpaid order up and its stock and coupon back, exactly once; return whether this call did it.

    Only for whoever knows that its session can no longer be paid. The order's row must be locked.
    ``email`` is what the payment page collected, if anything. Whether the buyer is written to is
    decided in ``closing.py``. Where staff had asked to cancel it, it is they who do it, whoever is first.
    """
    is_waiting = order.status is OrderStatus.AWAITING_PAYMENT
    asked = find_cancelling(session, order.id) if is_waiting and actor is not Actor.STAFF else None
    if asked is not None:
        to, actor, why, account_id = OrderStatus.CANCELLED, Actor.STAFF, BY_THE_SHOP, asked.account_id
    sources = UNPAID if to is OrderStatus.CANCELLED else {OrderStatus.AWAITING_PAYMENT}
    if not transition(session, order_id=order.id, to=to, sources=sources, holds_stock=False, closed_at=now):
        return False
    if order.holds_stock:
        reason = StockReason.CANCELLED if to is OrderStatus.CANCELLED else StockReason.EXPIRED
        cause = Cause(reason, now, account_id=account_id, ref=order.number)
        give_back_stock(session, units_of(session, order), cause=cause)
    give_back_use(session, order, now=now)
    set_payment_status(session, order.id, payment_status, now)
    record_event(
        session, order_id=order.id, kind=to.value, actor=actor, account_id=account_id, now=now,
        detail={"why": why} if why else {},
    )  # fmt: skip
    follow_closing(
        session, order, to=to, actor=actor, email=email or order.email, now=now, account_id=account_id
    )
    raise_version(session, order.page_id)
    return True


def units_of(session: Session, order: Order) -> dict[int, int]:
    """Return how many units of which variants an order holds; variants that were deleted are left out."""
    units: dict[int, int] = {}
    for line in list_order_lines(session, order.id):
        if line.variant_id is not None:
            units[line.variant_id] = units.get(line.variant_id, 0) + line.quantity
    return units


def _await_funds(session: Session, order: Order, info: SessionInfo, now: dt.datetime) -> str:
    if not transition(session, order_id=order.id, to=OrderStatus.AWAITING_FUNDS, **_facts(order, info)):
        return NO_NEWS
    set_payment_status(session, order.id, PaymentStatus.PROCESSING, now)
    record_event(session, order_id=order.id, kind="awaiting_funds", actor=Actor.STRIPE, now=now)
    return AWAITING_FUNDS


def _fail_funds(session: Session, order: Order, now: dt.datetime) -> str:
    is_closed = close_order(
        session, order, to=OrderStatus.CANCELLED, actor=Actor.STRIPE, now=now, why="the money did not come",
        payment_status=PaymentStatus.FAILED,
    )  # fmt: skip
    if not is_closed:
        return NO_NEWS
    notices.tell_buyer(session, order, kind=notices.ORDER_FUNDS_FAILED, email=order.email, now=now)
    return CLOSED


def _facts(order: Order, info: SessionInfo) -> dict[str, Any]:
    """Return what the payment page collected, for the order's columns."""
    return {"email": info.email or order.email, "ship_to": info.ship_to or order.ship_to}


def _pay(
    session: Session, order: Order, payment: Payment, info: SessionInfo, *, now: dt.datetime, source: str
) -> str:
    if info.amount_total != payment.amount or info.currency != payment.currency:
        return _flag(session, order, payment, info, now)
    facts = {"captured_amount": payment.amount, "paid_at": now, **_facts(order, info)}
    if transition(session, order_id=order.id, to=OrderStatus.PAID, sources=UNPAID, **facts):
        set_payment_status(session, order.id, PaymentStatus.PAID, now)
        _complete(
            session,
            order,
            info.email or order.email,
            now,
            kind="paid",
            source=source,
            captured=payment.amount,
        )
        return PAID
    is_late = order.status in GIVEN_UP and order.captured_amount == 0
    return _pay_late(session, order, facts, now=now, source=source) if is_late else NO_NEWS


def _flag(session: Session, order: Order, payment: Payment, info: SessionInfo, now: dt.datetime) -> str:
    """Keep an order whose payment does not match it out of fulfilment until somebody has looked."""
    reason = f"{info.amount_total} {info.currency} came, {payment.amount} {payment.currency} was due"
    # What came can be refunded from here, as far as it is in the order's own currency.
    captured = (info.amount_total or 0) if info.currency == order.currency else 0
    if not transition(
        session, order_id=order.id, to=OrderStatus.FLAGGED, only_if=[Order.paid_at.is_(None)],
        flagged_reason=reason, captured_amount=captured, paid_at=now, **_facts(order, info),
    ):  # fmt: skip
        return NO_NEWS
    set_payment_status(session, order.id, PaymentStatus.PAID, now)
    record_event(
        session, order_id=order.id, kind="flagged", actor=Actor.SYSTEM, now=now, detail={"why": reason}
    )
    notices.tell_page(session, order, kind=notices.ORDER_FLAGGED_NOTICE, now=now)
    raise_version(session, order.page_id)
    _count_paid(session, order, captured, now)
    return FLAGGED


def _pay_late(session: Session, order: Order, facts: dict[str, Any], *, now: dt.datetime, source: str) -> str:
    """Money for an order that was given up: take the stock again if it is there, else send the money back."""
    email = facts["email"]
    set_payment_status(session, order.id, PaymentStatus.PAID, now)
    try:
        with session.begin_nested():
            cause = Cause(StockReason.SOLD, now, ref=order.number)
            take_stock(session, units_of(session, order), cause=cause)
            transition(
                session, order_id=order.id, to=OrderStatus.PAID, holds_stock=True, closed_at=None, **facts
            )
    except OutOfStock:
        session.execute(
            update(Order)
            .where(Order.id == order.id)
            .values(**facts)
            .execution_options(synchronize_session=False)
        )
        write_search_text(session, order.id)
        record_event(
            session,
            order_id=order.id,
            kind="paid_too_late",
            actor=Actor.STRIPE,
            now=now,
            detail={"source": source},
        )
        request_whole_refund(
            session, order_id=order.id, now=now, reason="paid after the stock was given back"
        )
        notices.tell_buyer(session, order, kind=notices.ORDER_PAID_TOO_LATE, email=email, now=now)
        notices.tell_page(session, order, kind=notices.ORDER_PAID_TOO_LATE_NOTICE, now=now)
        raise_version(session, order.page_id)
        _count_paid(session, order, facts["captured_amount"], now, refunded=facts["captured_amount"])
        return REFUNDED_LATE
    captured = facts["captured_amount"]
    take_again(session, order, now=now)
    _complete(session, order, email, now, kind="paid_late", source=source, captured=captured)
    return PAID_LATE


def _count_paid(
    session: Session, order: Order, captured: int, now: dt.datetime, *, refunded: int = 0
) -> None:
    raise_day(
        session, page_id=order.page_id, at=now, currency=order.currency, orders_paid=1, sales_amount=captured,
        refunded_amount=refunded,
    )  # fmt: skip


def complete_free_order(
    session: Session, order: Order, *, ship_to: Mapping[str, Any], now: dt.datetime
) -> None:
    """Take an order that costs nothing as paid, to go to ``ship_to``; it visits no payment page."""
    facts: dict[str, Any] = {"paid_at": now, "ship_to": dict(ship_to)}
    if transition(session, order_id=order.id, to=OrderStatus.PAID, sources=UNPAID, **facts):
        order.status = OrderStatus.PAID
        _complete(session, order, order.email, now, kind="paid", source="free", captured=0)


def _complete(
    session: Session,
    order: Order,
    email: str | None,
    now: dt.datetime,
    *,
    kind: str,
    source: str,
    captured: int,
) -> None:
    actor = Actor.BUYER if source == "free" else Actor.STRIPE
    hand_over(session, order, email, now)
    record_event(session, order_id=order.id, kind=kind, actor=actor, now=now, detail={"source": source})
    raise_version(session, order.page_id)
    _count_paid(session, order, captured, now)
    reach("paid.before_commit")


def hand_over(session: Session, order: Order, email: str | None, now: dt.datetime) -> None:
    """Do what follows from an order's being paid: its cart is emptied, its goods count as sold, its buyer is told.

    An account that bought is closer to the page in the feed. Whoever was invited to like the page, or held out,
    is counted as a buyer.
    """
    lines = list_order_lines(session, order.id)
    if order.cart_id is not None:
        remove_bought(session, cart_id=order.cart_id, bought=units_of(session, order), now=now)
    forget_coupon(session, order, now=now)
    sold: dict[int, int] = {}
    for line in lines:
        if line.product_id is not None:
            sold[line.product_id] = sold.get(line.product_id, 0) + line.quantity
    raise_sold_count(session, sold)
    notices.tell_buyer(session, order, kind=notices.ORDER_CONFIRMED, email=email, now=now)
    notices.tell_page(session, order, kind=notices.ORDER_RECEIVED, now=now)
    notices.tell_account(session, order, event=notices.PAID, now=now)
    note_order(
        session, page_id=order.page_id, visitor_key=order.visitor_key, account_id=order.account_id,
        amount=order.total_amount, placed_at=order.placed_at, now=now,
    )  # fmt: skip
    # After the account, which telling it takes: so does a like.
    if order.account_id is not None:
        record_interaction(
            session, account_id=order.account_id, page_id=order.page_id, act=Interaction.BUY, now=now
        )


def apply_decline(session: Session, info: DeclineInfo, *, now: dt.datetime) -> tuple[str, int | None]:
    """Keep that a card was refused and why, while the order still waits; return what was done and the order's id."""
    payment = find_payment(session, payment_key=info.payment_key, intent_id=info.payment_intent_id)
    if payment is None:
        return NOT_OURS, None
    order = lock_order(session, payment.order_id)
    if order.status is not OrderStatus.AWAITING_PAYMENT:
        return NO_NEWS, order.id
    session.execute(
        update(Payment)
        .where(Payment.id == payment.id)
        .values(
            last_decline=info.message or info.code,
            stripe_payment_intent_id=info.payment_intent_id,
            updated_at=now,
        )
        .execution_options(synchronize_session=False)
    )
    record_event(
        session, order_id=order.id, kind="payment_failed", actor=Actor.STRIPE, now=now,
        detail={"code": info.code, "message": info.message},
    )  # fmt: skip
    return DECLINED, order.id
