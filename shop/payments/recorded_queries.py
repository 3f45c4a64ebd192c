"""Every SELECT of the recorded conversation with Stripe."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.payments.recorded_models import RecordedCall, RecordedWebhook


def list_calls(session: Session, *, order_id: int, limit: int) -> list[RecordedCall]:
    """Return the newest calls that were made for an order, oldest first."""
    statement = select(RecordedCall).where(RecordedCall.order_id == order_id)
    return list(session.scalars(statement.order_by(RecordedCall.id.desc()).limit(limit)))[::-1]


def list_webhooks(session: Session, *, order_id: int, limit: int) -> list[RecordedWebhook]:
    """Return the newest webhooks about an order, oldest first."""
    statement = select(RecordedWebhook).where(RecordedWebhook.order_id == order_id)
    return list(session.scalars(statement.order_by(RecordedWebhook.id.desc()).limit(limit)))[::-1]


def list_newest_webhooks(session: Session, *, limit: int) -> list[RecordedWebhook]:
    """Return the newest webhooks about whatever, newest first."""
    return list(session.scalars(select(RecordedWebhook).order_by(RecordedWebhook.id.desc()).limit(limit)))
