"""The conversation with Stripe as test mode's rooms show it: every call and every webhook, kept for a while."""

import datetime as dt
import enum
from typing import Any

from sqlalchemy import JSON, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, EnumText, Id, enum_check


class SignatureResult(enum.StrEnum):
    """Whether a webhook was signed with a secret of ours; FETCHED needs none, since we asked Stripe for it."""

    VALID = "valid"
    INVALID = "invalid"
    FETCHED = "fetched"


class RecordedCall(Base):
    """One attempt of a call; an attempt that was tried again is a row of its own."""

    __tablename__ = "recorded_calls"
    __table_args__ = (Index("ix_recorded_calls_order_id", "order_id", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    order_id: Mapped[int | None]
    began_at: Mapped[dt.datetime]
    spent_ms: Mapped[int]
    method: Mapped[str] = mapped_column(Text)
    path: Mapped[str] = mapped_column(Text)
    request: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Query or form as nested values, without card numbers and secrets."""
    idempotency_key: Mapped[str | None] = mapped_column(Text)
    attempt: Mapped[int]
    """1 for the first, 2 for the SDK's first retry …"""
    status: Mapped[int | None]
    """None when no answer came: ``error`` says why."""
    response: Mapped[Any | None] = mapped_column(JSON)
    request_id: Mapped[str | None] = mapped_column(Text)
    is_replay: Mapped[bool] = mapped_column(default=False)
    """Whether Stripe answered what it had kept under the idempotency key."""
    error: Mapped[str | None] = mapped_column(Text)
    changes: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """``{"order_id", "before": {…}, "after": {…}, "events": [ids of the order's history]}``."""


class RecordedWebhook(Base):
    """One arrival at ``/stripe/webhook``, forged and doubled ones too, or an event that ``shop stripe listen`` fetched."""

    __tablename__ = "recorded_webhooks"
    __table_args__ = (
        Index("ix_recorded_webhooks_order_id", "order_id", "id"),
        enum_check("signature", SignatureResult),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    order_id: Mapped[int | None]
    received_at: Mapped[dt.datetime]
    spent_ms: Mapped[int]
    event_id: Mapped[str | None] = mapped_column(Text)
    kind: Mapped[str | None] = mapped_column(Text)
    signature: Mapped[SignatureResult] = mapped_column(EnumText(SignatureResult))
    status: Mapped[int | None]
    """What was answered; None where nobody waits for an answer."""
    outcome: Mapped[str] = mapped_column(Text)
    """As the inbox tells it: ``applied:<what>``, ``ignored:<why>``; else the error's code."""
    payload: Mapped[Any | None] = mapped_column(JSON)
    changes: Mapped[dict[str, Any] | None] = mapped_column(JSON)
