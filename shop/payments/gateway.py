"""What the shop asks of a payment service, in the shop's own words; amounts are minor units."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from shop.core.errors import DomainError, Unavailable
from shop.core.i18n import N_


class GatewayUnavailable(Unavailable):
    """The payment service did not answer, or not in time; nothing is known of what it did."""

    code = "payment_unavailable"
    message = N_(
        "The payment service does not answer just now. Nothing was charged; please try again in a moment."
    )


class GatewayUnauthorized(GatewayUnavailable):
    """The payment service does not take our key; to a buyer it is as if it did not answer.

    ``is_permission`` says that the key is good, but may not do this.
    """

    def __init__(self, reason: str, *, is_permission: bool = False) -> None:
        self.reason = reason
        self.is_permission = is_permission
        super().__init__()


class GatewayRefused(DomainError):
    """The payment service understood and refused; asking the same again is of no use."""

    code = "payment_refused"
    status = 502
    message = N_("The payment service refused this payment. Nothing was charged.")

    def __init__(self, reason: str, *, stripe_code: str | None = None, param: str | None = None) -> None:
        self.reason = reason
        self.stripe_code = stripe_code
        self.param = param
        super().__init__()

    def __str__(self) -> str:
        return f"{self.message} ({self.stripe_code}: {self.reason})"


class GatewayMissing(GatewayRefused):
    """The payment service does not know the thing: another account's, or a stand-in that was emptied."""


class BadSignature(DomainError):
    """A webhook was not signed by the payment service, or too long ago."""

    code = "bad_signature"
    status = 400
    message = N_("The signature of this webhook is not valid.")


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """A checkout session as the payment service tells it."""

    id: str
    status: str
    """open, complete or expired."""
    payment_status: str
    """paid, unpaid or no_payment_required."""
    amount_total: int | None
    currency: str
    """ISO 4217 in capitals."""
    url: str | None = None
    payment_intent_id: str | None = None
    intent_status: str | None = None
    """Known only where the session was asked for, not from an event."""
    reference: str | None = None
    payment_key: str | None = None
    """The idempotency key that it was created with, from its metadata."""
    customer_id: str | None = None
    email: str | None = None
    ship_to: dict[str, Any] | None = None
    is_replay: bool = False
    """Whether this is the kept answer of an earlier request, so that it may be out of date."""

    @property
    def has_failed(self) -> bool:
        """Whether a delayed method came back without the money."""
        return (
            self.status == "complete"
            and self.payment_status == "unpaid"
            and self.intent_status in ("requires_payment_method", "canceled")
        )


@dataclass(frozen=True, slots=True)
class RefundInfo:
    """A refund as the payment service tells it."""

    id: str
    status: str
    """pending, requires_action, succeeded, failed or canceled."""
    amount: int
    currency: str
    payment_intent_id: str | None
    failure_reason: str | None = None
    refund_key: str | None = None
    """The idempotency key that it was created with, from its metadata."""


@dataclass(frozen=True, slots=True)
class DisputeInfo:
    """A dispute as the payment service tells it; ``status`` in Stripe's words."""

    id: str
    status: str
    amount: int
    currency: str
    reason: str
    payment_intent_id: str | None
    evidence_due_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class DeclineInfo:
    """A payment attempt that was refused; ``message`` is fit for the buyer."""

    payment_intent_id: str
    payment_key: str | None
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class EventInfo:
    """Something that the payment service tells: ``object`` is the thing as it was when it happened."""

    id: str
    kind: str
    created_at: dt.datetime
    object: Mapping[str, Any]
    payload: Mapping[str, Any] = field(default_factory=dict)


class Gateway(Protocol):
    """A payment service.

    Every method may raise GatewayUnavailable, GatewayRefused and, where it names a thing, GatewayMissing.
    """

    @property
    def source(self) -> str:
        """Which service this is (the stand-in or Stripe), so that ids of one are never shown to the other."""
        ...

    def create_customer(self, *, account_id: int, email: str, name: str, language: str, key: str) -> str:
        """Create a customer and return its id; the same ``key`` gives the same one."""
        ...

    def create_session(self, body: Mapping[str, Any], *, key: str) -> SessionInfo:
        """Create a checkout session; the same ``key`` and body give the same one."""
        ...

    def get_session(self, session_id: str) -> SessionInfo:
        """Return a session as it is now, with its intent's status."""
        ...

    def expire_session(self, session_id: str) -> SessionInfo:
        """Expire an open session; GatewayRefused when it is not open any more."""
        ...

    def find_session(self, payment_key: str, *, since: dt.datetime, until: dt.datetime) -> SessionInfo | None:
        """Return the session made between two instants under ``payment_key``, or None."""
        ...

    def create_refund(
        self, *, payment_intent_id: str, amount: int, metadata: Mapping[str, str], key: str
    ) -> RefundInfo:
        """Give ``amount`` of a payment back; the same ``key`` gives the same refund."""
        ...

    def get_refund(self, refund_id: str) -> RefundInfo:
        """Return a refund as it is now."""
        ...

    def list_refunds(self, payment_intent_id: str) -> list[RefundInfo]:
        """Return all refunds of a payment."""
        ...

    def list_disputes(self, *, since: dt.datetime) -> list[DisputeInfo]:
        """Return the disputes opened since an instant, newest first (at most some hundreds)."""
        ...

    def send_evidence(self, dispute_id: str, evidence: Mapping[str, str]) -> DisputeInfo:
        """Submit evidence (Stripe's field names to texts) against a dispute."""
        ...

    def read_event(self, body: bytes, signature: str) -> EventInfo:
        """Return what a webhook says; BadSignature when it was not signed with one of our secrets."""
        ...
