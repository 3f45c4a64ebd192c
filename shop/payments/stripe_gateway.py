"""Stripe through its official SDK; with ``stripe_api_base`` set the same code speaks to the stand-in.

Of the shop only this file and the other ``stripe_…`` beside it import ``stripe``.
"""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any, cast

import stripe

from shop.core.config import Settings
from shop.payments.gateway import (
    BadSignature,
    DisputeInfo,
    EventInfo,
    RefundInfo,
    SessionInfo,
)
from shop.payments.parsing import PAYMENT_KEY, parse_dispute, parse_event, parse_refund, parse_session
from shop.payments.stripe_errors import translated

# A buyer waits for this: two tries of at most 2 s to connect and 5 s to answer end within 15 s.
TIMEOUT_S = (2, 5)
RETRIES = 1
PAGE_LIMIT = 100
MAX_LISTED = 500
STANDIN_SOURCE, STRIPE_SOURCE = "stand-in", "stripe"


class StripeGateway:
    """A ``Gateway`` over Stripe's API; ``http_client`` may be given to watch what is sent."""

    def __init__(self, settings: Settings, http_client: stripe.HTTPClient | None = None) -> None:
        # A setting of the SDK's module: it would send timings of our calls along.
        stripe.enable_telemetry = False
        self._client = stripe.StripeClient(
            settings.stripe_secret_key,
            base_addresses={"api": settings.stripe_api_base} if settings.stripe_api_base else {},
            max_network_retries=RETRIES,
            http_client=http_client or stripe.RequestsClient(timeout=TIMEOUT_S),
        )
        # Several, comma-separated: while a secret is rolled both are in use for a day.
        self._secrets = [text for text in (settings.stripe_webhook_secret or "").split(",") if text]
        self.source = STANDIN_SOURCE if settings.uses_sandbox else STRIPE_SOURCE

    def create_customer(self, *, account_id: int, email: str, name: str, language: str, key: str) -> str:
        """Create a customer and return its id; the same ``key`` gives the same one."""
        params: Any = {
            "email": email,
            "name": name,
            "preferred_locales": [language],
            "metadata": {"vitrine_account": str(account_id)},
        }
        with translated():
            return self._client.v1.customers.create(params, {"idempotency_key": key}).id

    def create_session(self, body: Mapping[str, Any], *, key: str) -> SessionInfo:
        """Create a checkout session; the same ``key`` and body give the same one."""
        with translated():
            created = self._client.v1.checkout.sessions.create(
                cast(Any, dict(body)), {"idempotency_key": key}
            )
            headers = created.last_response.headers if created.last_response else {}
        return parse_session(created.to_dict(), is_replay=headers.get("Idempotent-Replayed") == "true")

    def get_session(self, session_id: str) -> SessionInfo:
        """Return a session as it is now, with its intent's status."""
        with translated():
            found = self._client.v1.checkout.sessions.retrieve(session_id, {"expand": ["payment_intent"]})
        return parse_session(found.to_dict())

    def expire_session(self, session_id: str) -> SessionInfo:
        """Expire an open session; GatewayRefused when it is not open any more."""
        with translated():
            return parse_session(self._client.v1.checkout.sessions.expire(session_id).to_dict())

    def find_session(self, payment_key: str, *, since: dt.datetime, until: dt.datetime) -> SessionInfo | None:
        """Return the session made between two instants under ``payment_key``, or None."""
        params: Any = {
            "created": {"gte": int(since.timestamp()), "lte": int(until.timestamp())},
            "limit": PAGE_LIMIT,
            "expand": ["data.payment_intent"],
        }
        with translated():
            for found in self._client.v1.checkout.sessions.list(params).auto_paging_iter():
                raw = found.to_dict()
                if (raw.get("metadata") or {}).get(PAYMENT_KEY) == payment_key:
                    return parse_session(raw)
        return None

    def create_refund(
        self, *, payment_intent_id: str, amount: int, metadata: Mapping[str, str], key: str
    ) -> RefundInfo:
        """Give ``amount`` of a payment back; the same ``key`` gives the same refund."""
        params: Any = {"payment_intent": payment_intent_id, "amount": amount, "metadata": dict(metadata)}
        with translated():
            return parse_refund(self._client.v1.refunds.create(params, {"idempotency_key": key}).to_dict())

    def get_refund(self, refund_id: str) -> RefundInfo:
        """Return a refund as it is now."""
        with translated():
            return parse_refund(self._client.v1.refunds.retrieve(refund_id).to_dict())

    def list_refunds(self, payment_intent_id: str) -> list[RefundInfo]:
        """Return all refunds of a payment."""
        params: Any = {"payment_intent": payment_intent_id, "limit": PAGE_LIMIT}
        with translated():
            return [
                parse_refund(one.to_dict()) for one in self._client.v1.refunds.list(params).auto_paging_iter()
            ]

    def list_disputes(self, *, since: dt.datetime) -> list[DisputeInfo]:
        """Return the disputes opened since an instant, newest first, at most MAX_LISTED."""
        params: Any = {"created": {"gte": int(since.timestamp())}, "limit": PAGE_LIMIT}
        found: list[DisputeInfo] = []
        with translated():
            for one in self._client.v1.disputes.list(params).auto_paging_iter():
                found.append(parse_dispute(one.to_dict()))
                if len(found) == MAX_LISTED:
                    break
        return found

    def send_evidence(self, dispute_id: str, evidence: Mapping[str, str]) -> DisputeInfo:
        """Submit evidence (Stripe's field names to texts) against a dispute."""
        params: Any = {"evidence": dict(evidence), "submit": True}
        with translated():
            return parse_dispute(self._client.v1.disputes.update(dispute_id, params).to_dict())

    def read_event(self, body: bytes, signature: str) -> EventInfo:
        """Return what a webhook says; BadSignature when it was not signed with one of our secrets."""
        for secret in self._secrets:
            try:
                self._client.construct_event(body, signature, secret)
            except (stripe.SignatureVerificationError, ValueError):
                continue
            # The body itself rather than the SDK's object: its events are not mappings.
            return parse_event(json.loads(body))
        raise BadSignature
