"""Webhook bodies as Stripe writes them, from what the fake gateway knows."""

import datetime as dt
import itertools
import json
from typing import Any

from shop.payments.gateway import DisputeInfo, RefundInfo, SessionInfo
from shop.payments.parsing import PAYMENT_KEY, REFUND_KEY

_numbers = itertools.count(1)


def event_body(kind: str, thing: dict[str, Any], *, at: dt.datetime, event_id: str | None = None) -> bytes:
    """Return the raw body of an event."""
    event = {
        "id": event_id or f"evt_{next(_numbers)}",
        "object": "event",
        "type": kind,
        "created": int(at.timestamp()),
        "data": {"object": thing},
    }
    return json.dumps(event).encode()


def session_object(info: SessionInfo) -> dict[str, Any]:
    """Return a session as an event holds it: with the intent's id only."""
    ship_to = info.ship_to
    address = (
        {name: ship_to[name] for name in ("line1", "line2", "city", "postal_code", "state", "country")}
        if ship_to
        else None
    )
    return {
        "id": info.id,
        "object": "checkout.session",
        "status": info.status,
        "payment_status": info.payment_status,
        "amount_total": info.amount_total,
        "currency": info.currency.lower(),
        "url": info.url,
        "payment_intent": info.payment_intent_id,
        "client_reference_id": info.reference,
        "metadata": {PAYMENT_KEY: info.payment_key},
        "customer": info.customer_id,
        "customer_details": {"email": info.email, "name": ship_to and ship_to["name"], "phone": None},
        "collected_information": {"shipping_details": {"name": ship_to["name"], "address": address}}
        if ship_to
        else None,
    }


def refund_object(info: RefundInfo) -> dict[str, Any]:
    """Return a refund as an event holds it."""
    return {
        "id": info.id,
        "object": "refund",
        "status": info.status,
        "amount": info.amount,
        "currency": info.currency.lower(),
        "payment_intent": info.payment_intent_id,
        "failure_reason": info.failure_reason,
        "metadata": {REFUND_KEY: info.refund_key} if info.refund_key else {},
    }


def dispute_object(info: DisputeInfo) -> dict[str, Any]:
    """Return a dispute as an event holds it."""
    due = info.evidence_due_at
    return {
        "id": info.id,
        "object": "dispute",
        "status": info.status,
        "amount": info.amount,
        "currency": info.currency.lower(),
        "reason": info.reason,
        "payment_intent": info.payment_intent_id,
        "evidence_details": {"due_by": int(due.timestamp()) if due else None},
    }
