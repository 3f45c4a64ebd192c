"""Every SELECT of payments, refunds, disputes and events."""

import datetime as dt
from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.core.errors import NotFound
from shop.payments.models import (
    Dispute,
    Payment,
    PaymentStatus,
    Refund,
    RefundStatus,
    StripeCustomer,
    WebhookEvent,
)


def find_customer_id(session: Session, *, account_id: int, source: str) -> str | None:
    """Return an account's customer id at ``source``, or None."""
    statement = select(StripeCustomer.stripe_customer_id)
    return session.execute(
        statement.where(StripeCustomer.account_id == account_id, StripeCustomer.source == source)
    ).scalar_one_or_none()


def find_payment_of_order(session: Session, order_id: int) -> Payment | None:
    """Return an order's payment as it is now in the database, or None (an order of nothing has none)."""
    statement = select(Payment).where(Payment.order_id == order_id)
    return session.scalars(statement, execution_options={"populate_existing": True}).one_or_none()


def find_payment(
    session: Session,
    *,
    session_id: str | None = None,
    payment_key: str | None = None,
    intent_id: str | None = None,
) -> Payment | None:
    """Return the payment that Stripe speaks of, by whichever of the three is known; None when it is not ours."""
    # Keys are random, so another installation at the same Stripe account is never mistaken for ours.
    for column, value in (
        (Payment.stripe_session_id, session_id),
        (Payment.idempotency_key, payment_key),
        (Payment.stripe_payment_intent_id, intent_id),
    ):
        if value is None:
            continue
        statement = select(Payment).where(column == value)
        payment = session.scalars(statement, execution_options={"populate_existing": True}).one_or_none()
        if payment is not None:
            return payment
    return None


def list_unsettled_payments(session: Session) -> list[Payment]:
    """Return the payments whose end we have not heard of, oldest first."""
    statuses = [PaymentStatus.NEW, PaymentStatus.OPEN, PaymentStatus.PROCESSING]
    return list(session.scalars(select(Payment).where(Payment.status.in_(statuses)).order_by(Payment.id)))


def get_refund(session: Session, refund_id: int) -> Refund:
    """Return a refund as it is now in the database, or raise NotFound."""
    refund = session.get(Refund, refund_id, populate_existing=True)
    if refund is None:
        raise NotFound
    return refund


def find_refund(session: Session, *, refund_key: str | None, stripe_refund_id: str) -> Refund | None:
    """Return the refund that Stripe speaks of, or None when it was not asked for by us."""
    for column, value in ((Refund.stripe_refund_id, stripe_refund_id), (Refund.idempotency_key, refund_key)):
        if value is not None:
            statement = select(Refund).where(column == value)
            refund = session.scalars(statement, execution_options={"populate_existing": True}).one_or_none()
            if refund is not None:
                return refund
    return None


def list_refunds_of_order(session: Session, order_id: int) -> list[Refund]:
    """Return an order's refunds, oldest first."""
    return list(session.scalars(select(Refund).where(Refund.order_id == order_id).order_by(Refund.id)))


UNSETTLED_REFUNDS = (RefundStatus.REQUESTED, RefundStatus.PENDING)


def list_unsettled_refunds(session: Session) -> list[Refund]:
    """Return the refunds whose end we have not heard of, oldest first."""
    statement = select(Refund).where(Refund.status.in_(UNSETTLED_REFUNDS)).order_by(Refund.id)
    return list(session.scalars(statement))


def find_oldest_unsettled_refund_at(session: Session) -> dt.datetime | None:
    """Return when the oldest refund was asked for whose end we have not heard of, or None."""
    return session.scalar(select(func.min(Refund.created_at)).where(Refund.status.in_(UNSETTLED_REFUNDS)))


def list_known_event_ids(session: Session, *, source: str, ids: Collection[str]) -> set[str]:
    """Return which of some events of ``source`` are in the inbox."""
    statement = select(WebhookEvent.event_id)
    return set(
        session.scalars(statement.where(WebhookEvent.source == source, WebhookEvent.event_id.in_(list(ids))))
    )


def get_dispute(session: Session, *, order_id: int, dispute_id: int) -> Dispute:
    """Return an order's dispute, or raise NotFound."""
    dispute = session.get(Dispute, dispute_id, populate_existing=True)
    if dispute is None or dispute.order_id != order_id:
        raise NotFound
    return dispute


def find_dispute(session: Session, stripe_dispute_id: str) -> Dispute | None:
    """Return the dispute that Stripe speaks of, or None."""
    return session.scalars(
        select(Dispute).where(Dispute.stripe_dispute_id == stripe_dispute_id),
        execution_options={"populate_existing": True},
    ).one_or_none()


def list_disputes_of_order(session: Session, order_id: int) -> list[Dispute]:
    """Return an order's disputes, oldest first."""
    return list(session.scalars(select(Dispute).where(Dispute.order_id == order_id).order_by(Dispute.id)))


def list_payments_of_orders(session: Session, order_ids: Collection[int]) -> list[Payment]:
    """Return the payments of orders."""
    return list(session.scalars(select(Payment).where(Payment.order_id.in_(list(order_ids)))))


def list_events(session: Session, *, limit: int = 100) -> list[WebhookEvent]:
    """Return the newest webhook events."""
    return list(session.scalars(select(WebhookEvent).order_by(WebhookEvent.id.desc()).limit(limit)))
