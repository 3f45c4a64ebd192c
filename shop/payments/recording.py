"""Writes down the conversation with Stripe for test mode's rooms; whatever goes wrong with that stops nothing else.

Each row has a short transaction of its own, after the call or the webhook is over.
"""

import datetime as dt
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from shop.core.clock import Clock
from shop.core.config import Settings
from shop.core.db import Database
from shop.core.tracing import Flow, current_flow
from shop.payments.gateway import EventInfo
from shop.payments.masking import masked, masked_text, nested, read_json, texts_of
from shop.payments.models import Dispute, Payment, Refund, WebhookEvent
from shop.payments.parsing import PAYMENT_KEY, REFUND_KEY
from shop.payments.recorded_models import RecordedCall, RecordedWebhook, SignatureResult

KEPT = 5_000
"""Rows of each kind; older ones go."""
PRUNE_EVERY = 50
MAX_NAME = 255
"""Characters of an event's id or kind; Stripe's are far shorter, forged ones need not be."""
FIRST_SERVER_ERROR = 500
_ID = re.compile(r"\b(?:cs|pi|py|ch|re|pyr|dp|du)_\w+")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of a call: what was asked, and what came back of it or the ``error`` why nothing did."""

    method: str
    url: str
    form: Any
    """The encoded body, if it has one."""
    key: str | None
    """The idempotency key."""
    number: int
    began_at: dt.datetime
    spent_ms: int
    status: int | None = None
    body: bytes | str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """An event as it came or was fetched, and what was answered (None: nobody asked)."""

    body: bytes | str
    received_at: dt.datetime
    spent_ms: int
    status: int | None
    outcome: str
    signature: SignatureResult


def make_recorder(settings: Settings, database: Database, clock: Clock) -> "CallRecorder | None":
    """Return what records, or None where test mode's rooms are closed or real money moves."""
    if not settings.test_mode_rooms or settings.has_live_key:
        return None
    return CallRecorder(database, clock)


class CallRecorder:
    """Records calls and webhooks in one database."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def now(self) -> dt.datetime:
        """Return the instant that a call begins."""
        return self._clock.now()

    def record_call(self, attempt: Attempt) -> None:
        """Keep one attempt of a call."""
        try:
            self._record_call(attempt)
        except Exception:
            log.exception("call_not_recorded")

    def _record_call(self, attempt: Attempt) -> None:
        path, _, query = attempt.url.partition("://")[2].partition("/")[2].partition("?")
        request = nested(attempt.form if isinstance(attempt.form, str) else query)
        response = read_json(attempt.body)
        followed = current_flow()
        row = RecordedCall(
            order_id=followed.order_id if followed else None,
            began_at=attempt.began_at,
            spent_ms=attempt.spent_ms,
            method=attempt.method.upper(),
            path=masked_text(f"/{path}"),
            request=masked(request),
            idempotency_key=attempt.key,
            attempt=attempt.number,
            status=attempt.status,
            response=response,
            request_id=attempt.headers.get("Request-Id"),
            is_replay=attempt.headers.get("Idempotent-Replayed") == "true",
            error=masked_text(attempt.error) if attempt.error else None,
        )
        with self._database.transaction() as session:
            if row.order_id is None:
                known = {} if _is_list(response) else response
                row.order_id = find_order_id(session, path, request, known, attempt.key)
            session.add(row)
            session.flush()
            _prune(session, RecordedCall, row.id)
        if followed is not None:
            followed.note_call(self, row.id)

    def record_webhook(self, arrival: Arrival, flow: Flow) -> None:
        """Keep one arrival of a webhook and what it has changed."""
        try:
            self._record_webhook(arrival, flow)
        except Exception:
            log.exception("webhook_not_recorded")

    def _record_webhook(self, arrival: Arrival, flow: Flow) -> None:
        payload = read_json(arrival.body)
        said = payload if isinstance(payload, dict) else {}
        notes = flow.notes.values() if (arrival.status or 0) < FIRST_SERVER_ERROR else ()  # else rolled back
        changes = next((one for one in notes if one.events or one.after), None)
        known = next(iter(flow.notes.values()), None)
        thing = (said.get("data") or {}).get("object") if isinstance(said.get("data"), dict) else None
        with self._database.transaction() as session:
            row = RecordedWebhook(
                order_id=known.order_id if known else None, received_at=arrival.received_at,
                spent_ms=arrival.spent_ms, event_id=_text(said.get("id")), kind=_text(said.get("type")),
                signature=arrival.signature,
                status=arrival.status, outcome=arrival.outcome, payload=payload,
                changes=changes.as_json() if changes else None,
            )  # fmt: skip
            if row.order_id is None:
                row.order_id = find_order_id(session, "", {}, thing, None) or _told_before(
                    session, row.event_id
                )
            session.add(row)
            session.flush()
            _prune(session, RecordedWebhook, row.id)

    def record_event(
        self, event: EventInfo, followed: Flow, outcome: str, received_at: dt.datetime, began: float
    ) -> None:
        """Keep an event that was fetched and not sent; ``began`` is of the monotonic clock."""
        spent_ms = round((time.monotonic() - began) * 1000)
        body = json.dumps(dict(event.payload))
        arrival = Arrival(body, received_at, spent_ms, None, outcome, SignatureResult.FETCHED)
        self.record_webhook(arrival, followed)

    def attribute(self, call_id: int, order_id: int) -> None:
        """Note that a recorded call was made for an order."""
        self._change(call_id, {"order_id": order_id})

    def note_changes(self, call_id: int, changes: dict[str, Any]) -> None:
        """Keep what a recorded call has changed."""
        self._change(call_id, {"changes": changes})

    def _change(self, call_id: int, values: dict[str, Any]) -> None:
        try:
            with self._database.transaction() as session:
                session.execute(update(RecordedCall).where(RecordedCall.id == call_id).values(**values))
        except Exception:
            log.exception("call_not_noted")


def find_order_id(session: Session, path: str, request: Any, answer: Any, key: str | None) -> int | None:
    """Return the order that a call or an event speaks of, by the ids and keys in it; None when it names none."""
    ids, keys = set(_ID.findall(path)), texts_of([key])
    for said in (request, answer):
        if isinstance(said, dict):
            ids |= {one for one in texts_of(map(_id_of, _named(said))) if _ID.fullmatch(one)}
            metadata = said.get("metadata")
            if isinstance(metadata, dict):
                keys |= texts_of([metadata.get(PAYMENT_KEY), metadata.get(REFUND_KEY)])
    for statement in _statements(ids, keys):
        order_id = session.scalar(statement.limit(1))
        if order_id is not None:
            return int(order_id)
    return None


def _statements(ids: set[str], keys: set[str]) -> list[Any]:
    by_payment = or_(
        Payment.stripe_session_id.in_(ids), Payment.stripe_payment_intent_id.in_(ids), Payment.idempotency_key.in_(keys)
    )  # fmt: skip
    by_refund = or_(Refund.stripe_refund_id.in_(ids), Refund.idempotency_key.in_(keys))
    return [
        select(Payment.order_id).where(by_payment),
        select(Refund.order_id).where(by_refund),
        select(Dispute.order_id).where(Dispute.stripe_dispute_id.in_(ids)),
    ]


def _named(said: Mapping[str, Any]) -> list[Any]:
    return [said.get(name) for name in ("id", "payment_intent", "charge")]


def _id_of(value: Any) -> Any:
    return value.get("id") if isinstance(value, dict) else value


def _told_before(session: Session, event_id: str | None) -> int | None:
    if event_id is None:
        return None
    return session.scalar(
        select(WebhookEvent.order_id).where(WebhookEvent.event_id == event_id, WebhookEvent.order_id.is_not(None))
    )  # fmt: skip


def _is_list(response: Any) -> bool:
    return isinstance(response, dict) and response.get("object") == "list"


def _text(value: Any) -> str | None:
    return value[:MAX_NAME] if isinstance(value, str) else None


def _prune(session: Session, kind: type[RecordedCall] | type[RecordedWebhook], newest: int) -> None:
    if newest % PRUNE_EVERY == 0:
        session.execute(delete(kind).where(kind.id <= newest - KEPT))
