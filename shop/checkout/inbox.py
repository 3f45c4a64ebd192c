"""The webhook inbox: each event once, applied in the transaction that keeps it."""

import dataclasses
import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import structlog
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from shop.checkout.disputes import apply_dispute
from shop.checkout.outcomes import NOT_OURS, apply_decline, apply_session
from shop.checkout.refund_rows import apply_refund, check_refunded
from shop.core.db import Database
from shop.core.kill_points import reach
from shop.orders.models import Actor, OrderStatus
from shop.payments.gateway import EventInfo, Gateway, SessionInfo
from shop.payments.models import WebhookEvent
from shop.payments.parsing import parse_decline, parse_dispute, parse_refund, parse_session
from shop.payments.queries import find_payment

DUPLICATE = "ignored:duplicate"
UNREADABLE = "ignored:unreadable"
T = TypeVar("T")
Applied = tuple[str, int | None]
FUNDS_FAILED = "checkout.session.async_payment_failed"

log = structlog.get_logger(__name__)


def receive_event(
    database: Database, gateway: Gateway, *, body: bytes, signature: str, now: dt.datetime
) -> str:
    """Verify, keep and apply one webhook; return what was done. BadSignature is the only refusal.

    ``body`` is the raw request body. An event of a kind that we don't use, of something that is not ours,
    or that came before, changes nothing and is no error.
    """
    event = gateway.read_event(body, signature)
    reach("webhook.received")
    outcome, _order_id = keep_event(database, event, source=gateway.source, now=now)
    log.info("webhook", kind=event.kind, event_id=event.id, outcome=outcome)
    return outcome


def keep_event(database: Database, event: EventInfo, *, source: str, now: dt.datetime) -> Applied:
    """Keep and apply an event that is known to be genuine; return what was done and the order's id.

    The same for what comes as a webhook and for what ``shop stripe listen`` fetched, so each is applied once.
    """
    with database.transaction() as session:
        row_id = _insert(session, event, source, now)
        if row_id is None:
            return DUPLICATE, None
        applied = apply_event(session, event, now=now)
        _note(session, row_id, *applied)
        reach("webhook.applied")
    reach("webhook.committed")
    return applied


def _insert(session: Session, event: EventInfo, source: str, now: dt.datetime) -> int | None:
    insert = pg_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    intent = event.object.get("payment_intent")
    return session.execute(
        insert(WebhookEvent)
        .values(
            source=source,
            event_id=event.id,
            kind=event.kind,
            payment_intent_id=intent if isinstance(intent, str) else None,
            outcome="received",
            payload=dict(event.payload),
            created_at=event.created_at,
            received_at=now,
        )
        .on_conflict_do_nothing()
        .returning(WebhookEvent.id)
    ).scalar_one_or_none()


def _note(session: Session, row_id: int, outcome: str, order_id: int | None) -> None:
    session.execute(
        update(WebhookEvent)
        .where(WebhookEvent.id == row_id)
        .values(outcome=outcome, order_id=order_id)
        .execution_options(synchronize_session=False)
    )


def apply_event(session: Session, event: EventInfo, *, now: dt.datetime) -> Applied:
    """Apply one event, guarded by the states of what it is about; return what was done and the order's id."""
    apply = HANDLERS.get(event.kind)
    if apply is None:
        return f"ignored:{event.kind}", None
    return apply(session, event, now)


def _apply_session_event(session: Session, event: EventInfo, now: dt.datetime) -> Applied:
    info = _parse(parse_session, event)
    if info is None:
        return UNREADABLE, None
    if event.kind == FUNDS_FAILED:
        info = dataclasses.replace(info, intent_status="requires_payment_method")
    outcome = apply_session_and_waiting(session, info, now=now, source="webhook")
    payment = find_payment(session, session_id=info.id)
    return outcome, None if payment is None else payment.order_id


def apply_session_and_waiting(
    session: Session, info: SessionInfo, *, now: dt.datetime, source: str,
    closing: OrderStatus = OrderStatus.EXPIRED, actor: Actor = Actor.STRIPE, why: str = "",
    account_id: int | None = None,
) -> str:  # fmt: skip
    """Apply a session, then the events about its payment that had come before the payment was known."""
    outcome = apply_session(
        session, info, now=now, source=source, closing=closing, actor=actor, why=why, account_id=account_id
    )
    if outcome != NOT_OURS and info.payment_intent_id is not None:
        waiting = session.scalars(
            select(WebhookEvent)
            .where(
                WebhookEvent.payment_intent_id == info.payment_intent_id,
                WebhookEvent.outcome == NOT_OURS,
                WebhookEvent.kind.not_in([kind for kind in HANDLERS if kind.startswith("checkout.")]),
            )
            .order_by(WebhookEvent.created_at, WebhookEvent.id)
        ).all()
        for row in waiting:
            event = EventInfo(
                row.event_id, row.kind, row.created_at, row.payload["data"]["object"], row.payload
            )
            _note(session, row.id, *apply_event(session, event, now=now))
    return outcome


def _apply_decline_event(session: Session, event: EventInfo, now: dt.datetime) -> Applied:
    info = _parse(parse_decline, event)
    return (UNREADABLE, None) if info is None else apply_decline(session, info, now=now)


def _apply_refund_event(session: Session, event: EventInfo, now: dt.datetime) -> Applied:
    info = _parse(parse_refund, event)
    return (UNREADABLE, None) if info is None else apply_refund(session, info, now=now)


def _apply_charge_event(session: Session, event: EventInfo, now: dt.datetime) -> Applied:
    intent_id, amount = event.object.get("payment_intent"), event.object.get("amount_refunded")
    if not isinstance(intent_id, str) or not isinstance(amount, int):
        return UNREADABLE, None
    return check_refunded(session, intent_id=intent_id, amount=amount, event_id=event.id, now=now)


def _apply_dispute_event(session: Session, event: EventInfo, now: dt.datetime) -> Applied:
    info = _parse(parse_dispute, event)
    if info is None:
        return UNREADABLE, None
    return apply_dispute(session, info, seen_at=event.created_at, now=now)


def _parse(parser: Callable[[Mapping[str, Any]], T], event: EventInfo) -> T | None:
    """Return what a signed event holds, or None when it is of a shape that we don't know."""
    try:
        return parser(event.object)
    except (KeyError, TypeError, AttributeError):
        log.warning("webhook_unreadable", kind=event.kind, event_id=event.id)
        return None


HANDLERS: dict[str, Callable[[Session, EventInfo, dt.datetime], Applied]] = {
    "checkout.session.completed": _apply_session_event,
    "checkout.session.async_payment_succeeded": _apply_session_event,
    FUNDS_FAILED: _apply_session_event,
    "checkout.session.expired": _apply_session_event,
    "payment_intent.payment_failed": _apply_decline_event,
    "charge.refunded": _apply_charge_event,
    "refund.created": _apply_refund_event,
    "refund.updated": _apply_refund_event,
    "refund.failed": _apply_refund_event,
    "charge.refund.updated": _apply_refund_event,
    "charge.dispute.created": _apply_dispute_event,
    "charge.dispute.updated": _apply_dispute_event,
    "charge.dispute.closed": _apply_dispute_event,
    "charge.dispute.funds_withdrawn": _apply_dispute_event,
    "charge.dispute.funds_reinstated": _apply_dispute_event,
}
"""The kinds that we use; all others are kept and answered 2xx. https://docs.stripe.com/api/events/types"""
