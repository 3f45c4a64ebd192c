"""Stripe's objects, as plain JSON values, to the shop's own words. The SDK is not needed for it.

The fields are those of API version 2026-10-28.endive: https://docs.stripe.com/api.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from shop.payments.gateway import DeclineInfo, DisputeInfo, EventInfo, RefundInfo, SessionInfo

PAYMENT_KEY = "vitrine_payment"
REFUND_KEY = "vitrine_refund"
ORDER_NUMBER = "vitrine_order"
"""Names in the metadata of what we create, by which we know it again."""


def parse_session(raw: Mapping[str, Any], *, is_replay: bool = False) -> SessionInfo:
    """Return a checkout session."""
    intent = raw.get("payment_intent")
    details = raw.get("customer_details") or {}
    return SessionInfo(
        id=raw["id"],
        status=raw.get("status") or "open",
        payment_status=raw.get("payment_status") or "unpaid",
        amount_total=raw.get("amount_total"),
        currency=(raw.get("currency") or "").upper(),
        url=raw.get("url"),
        payment_intent_id=_id_of(intent),
        intent_status=intent.get("status") if isinstance(intent, Mapping) else None,
        reference=raw.get("client_reference_id"),
        payment_key=(raw.get("metadata") or {}).get(PAYMENT_KEY),
        customer_id=_id_of(raw.get("customer")),
        email=details.get("email") or raw.get("customer_email"),
        ship_to=_ship_to(raw, details),
        is_replay=is_replay,
    )


def _ship_to(raw: Mapping[str, Any], details: Mapping[str, Any]) -> dict[str, Any] | None:
    shipping = (raw.get("collected_information") or {}).get("shipping_details") or {}
    address = shipping.get("address")
    if not address:
        return None
    names = ("line1", "line2", "city", "postal_code", "state", "country")
    return {
        "name": shipping.get("name") or details.get("name") or "",
        **{name: address.get(name) for name in names},
        "phone": details.get("phone"),
    }


def parse_refund(raw: Mapping[str, Any]) -> RefundInfo:
    """Return a refund."""
    return RefundInfo(
        id=raw["id"],
        status=raw.get("status") or "pending",
        amount=raw["amount"],
        currency=(raw.get("currency") or "").upper(),
        payment_intent_id=_id_of(raw.get("payment_intent")),
        failure_reason=raw.get("failure_reason"),
        refund_key=(raw.get("metadata") or {}).get(REFUND_KEY),
    )


def parse_dispute(raw: Mapping[str, Any]) -> DisputeInfo:
    """Return a dispute."""
    due = (raw.get("evidence_details") or {}).get("due_by")
    return DisputeInfo(
        id=raw["id"],
        status=raw["status"],
        amount=raw["amount"],
        currency=(raw.get("currency") or "").upper(),
        reason=raw.get("reason") or "general",
        payment_intent_id=_id_of(raw.get("payment_intent")),
        evidence_due_at=dt.datetime.fromtimestamp(due, dt.UTC) if due else None,
    )


def parse_decline(raw: Mapping[str, Any]) -> DeclineInfo:
    """Return why a payment intent's last attempt was refused."""
    error = raw.get("last_payment_error") or {}
    return DeclineInfo(
        payment_intent_id=raw["id"],
        payment_key=(raw.get("metadata") or {}).get(PAYMENT_KEY),
        code=error.get("decline_code") or error.get("code") or "declined",
        message=error.get("message") or "",
    )


def _id_of(value: Any) -> str | None:
    """Return the id of something that may be expanded."""
    if isinstance(value, Mapping):
        value = value.get("id")
    return value if isinstance(value, str) else None


def parse_event(raw: Mapping[str, Any]) -> EventInfo:
    """Return an event from its JSON."""
    return EventInfo(
        id=raw["id"],
        kind=raw["type"],
        created_at=dt.datetime.fromtimestamp(raw["created"], dt.UTC),
        object=raw["data"]["object"],
        payload=raw,
    )
