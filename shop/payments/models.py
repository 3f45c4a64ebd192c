"""What Stripe knows of us and we of it. ``order_id`` is plain: orders stand above payments' floor."""

import datetime as dt
import enum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, EnumText, Id, enum_check


class PaymentStatus(enum.StrEnum):
    """Where a checkout session stands, as far as we heard."""

    NEW = "new"
    OPEN = "open"
    PROCESSING = "processing"
    PAID = "paid"
    EXPIRED = "expired"
    FAILED = "failed"


class RefundStatus(enum.StrEnum):
    """Where a refund stands; REQUESTED means that Stripe was not asked yet, or did not answer."""

    REQUESTED = "requested"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


DECIDED_DISPUTES = frozenset({"won", "lost", "warning_closed", "prevented"})
ANSWERABLE_DISPUTES = frozenset({"needs_response", "warning_needs_response"})
UNREFUNDABLE_DISPUTES = frozenset({"needs_response", "under_review", "lost"})
"""States of a dispute in which Stripe refuses to refund the payment: the bank has taken the money already.

``is_charge_refundable`` tells it (https://docs.stripe.com/api/disputes/object#dispute_object-is_charge_refundable);
a mere inquiry (``warning_…``) can be answered by a refund, and what was won is the shop's again.
"""

STOPPED_AT_STRIPE = frozenset({
    "charge_for_pending_refund_disputed", "insufficient_funds", "merchant_request",
})  # fmt: skip
"""Why a refund fails before the buyer's bank has seen it (docs.stripe.com/api/refunds/object#refund_object-failure_reason)."""


class StripeCustomer(Base):
    """The one Stripe customer of an account, at each ``source`` (the stand-in, Stripe) that was ever used."""

    __tablename__ = "stripe_customers"
    __table_args__ = (UniqueConstraint("stripe_customer_id"),)

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    source: Mapped[str] = mapped_column(Text, primary_key=True)
    stripe_customer_id: Mapped[str] = mapped_column(Text)
    created_at: Mapped[dt.datetime]


class Payment(Base):
    """The one checkout session of an order."""

    __tablename__ = "payments"
    __table_args__ = (
        UniqueConstraint("order_id"),
        UniqueConstraint("idempotency_key"),
        UniqueConstraint("stripe_session_id"),
        Index("ix_payments_intent", "stripe_payment_intent_id"),
        Index("ix_payments_status", "status", "expires_at"),
        enum_check("status", PaymentStatus),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    order_id: Mapped[int]
    idempotency_key: Mapped[str] = mapped_column(Text)
    request: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The body of the session's creation, kept so that a retry is identical."""
    status: Mapped[PaymentStatus] = mapped_column(EnumText(PaymentStatus), default=PaymentStatus.NEW)
    stripe_session_id: Mapped[str | None] = mapped_column(Text)
    stripe_payment_intent_id: Mapped[str | None] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text)
    amount: Mapped[int]
    currency: Mapped[str] = mapped_column(Text)
    last_decline: Mapped[str | None] = mapped_column(Text)
    expires_at: Mapped[dt.datetime]
    created_at: Mapped[dt.datetime]
    updated_at: Mapped[dt.datetime]


class Refund(Base):
    """Money going back; the row is written before Stripe is asked, its key makes asking twice safe."""

    __tablename__ = "refunds"
    __table_args__ = (
        UniqueConstraint("idempotency_key"),
        UniqueConstraint("stripe_refund_id"),
        Index("ix_refunds_order_id", "order_id"),
        enum_check("status", RefundStatus),
        CheckConstraint("amount > 0", name="amount"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    order_id: Mapped[int]
    payment_id: Mapped[int] = mapped_column(ForeignKey("payments.id"))
    idempotency_key: Mapped[str] = mapped_column(Text)
    stripe_refund_id: Mapped[str | None] = mapped_column(Text)
    amount: Mapped[int]
    currency: Mapped[str] = mapped_column(Text)
    status: Mapped[RefundStatus] = mapped_column(EnumText(RefundStatus), default=RefundStatus.REQUESTED)
    reason: Mapped[str] = mapped_column(Text, default="")
    failure_reason: Mapped[str | None] = mapped_column(Text)
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """[{"line_id", "quantity", "amount"}] where the refund is by line."""
    is_restocked: Mapped[bool] = mapped_column(default=False)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    created_at: Mapped[dt.datetime]
    updated_at: Mapped[dt.datetime]

    @property
    def was_returned(self) -> bool:
        """Whether a refund that failed came back from the buyer's bank; else Stripe refused or stopped it."""
        return self.stripe_refund_id is not None and self.failure_reason not in STOPPED_AT_STRIPE


class Dispute(Base):
    """A buyer's bank took the money back, or asks; ``status`` holds Stripe's own words."""

    __tablename__ = "disputes"
    __table_args__ = (
        UniqueConstraint("stripe_dispute_id"),
        Index("ix_disputes_order_id", "order_id"),
        Index("ix_disputes_status", "status", "evidence_due_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    order_id: Mapped[int]
    stripe_dispute_id: Mapped[str] = mapped_column(Text)
    amount: Mapped[int]
    currency: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    evidence_due_at: Mapped[dt.datetime | None]
    evidence_sent_at: Mapped[dt.datetime | None]
    seen_at: Mapped[dt.datetime]
    """Stripe's time of the newest event that was applied: an older one never undoes it."""

    @property
    def is_answerable(self) -> bool:
        """Whether the bank waits for evidence."""
        return self.status in ANSWERABLE_DISPUTES

    @property
    def is_decided(self) -> bool:
        """Whether the bank has decided."""
        return self.status in DECIDED_DISPUTES

    @property
    def keeps_money(self) -> bool:
        """Whether the bank has taken the money, so that the payment cannot be refunded."""
        return self.status in UNREFUNDABLE_DISPUTES


class WebhookEvent(Base):
    """The inbox: each event once, by ``(source, event_id)``."""

    __tablename__ = "webhook_events"
    __table_args__ = (
        UniqueConstraint("source", "event_id"),
        Index("ix_webhook_events_received_at", "received_at"),
        Index("ix_webhook_events_waiting", "payment_intent_id", "outcome"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    source: Mapped[str] = mapped_column(Text)
    event_id: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    order_id: Mapped[int | None]
    payment_intent_id: Mapped[str | None] = mapped_column(Text)
    """Of the event's object: an event that came before its payment was known is found again by it."""
    outcome: Mapped[str] = mapped_column(Text)
    """What was done: ``applied:<what>``, ``ignored:<why>``."""
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[dt.datetime]
    received_at: Mapped[dt.datetime]
