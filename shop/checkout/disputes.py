"""Disputes: written down as Stripe tells them, answered with evidence."""

import datetime as dt
from collections.abc import Mapping

from sqlalchemy import update
from sqlalchemy.orm import Session

from shop.checkout import notices
from shop.checkout.acts import Act
from shop.checkout.desk import Desk
from shop.core.errors import Conflict, Invalid
from shop.core.i18n import N_
from shop.core.tracing import in_flow
from shop.orders.models import Actor
from shop.orders.queries import lock_order
from shop.orders.service import record_event
from shop.page.service import raise_version
from shop.payments.gateway import DisputeInfo
from shop.payments.models import ANSWERABLE_DISPUTES, Dispute
from shop.payments.queries import find_dispute, find_payment, get_dispute

EVIDENCE_FIELDS = frozenset(
    {
        "access_activity_log", "billing_address", "cancellation_rebuttal", "customer_email_address", "customer_name",
        "product_description", "refund_policy_disclosure", "refund_refusal_explanation", "service_date",
        "shipping_address", "shipping_carrier", "shipping_date", "shipping_tracking_number", "uncategorized_text",
    }
)  # fmt: skip
"""Evidence that is text: https://docs.stripe.com/api/disputes/evidence_object."""
MAX_EVIDENCE = 20_000


class DisputeClosed(Conflict):
    """The dispute is being decided, or is."""

    code = "dispute_closed"
    message = N_("Evidence for this dispute was sent already, or it has been decided.")


def apply_dispute(
    session: Session, info: DisputeInfo, *, seen_at: dt.datetime, now: dt.datetime
) -> tuple[str, int | None]:
    """Write down a dispute as it was at ``seen_at`` (Stripe's time); what is newer stays.

    Returns what was done and the order's id.
    """
    payment = find_payment(session, intent_id=info.payment_intent_id)
    if payment is None:
        return "ignored:not ours", None
    order = lock_order(session, payment.order_id)
    dispute = find_dispute(session, info.id)
    facts = {
        "status": info.status,
        "amount": info.amount,
        "reason": info.reason,
        "evidence_due_at": info.evidence_due_at,
        "seen_at": seen_at,
    }
    if dispute is None:
        dispute = Dispute(order_id=order.id, stripe_dispute_id=info.id, currency=info.currency, **facts)
        session.add(dispute)
        session.flush()
        kind = "disputed"
        notices.tell_page(session, order, kind=notices.DISPUTE_NOTICE, now=now, dispute_id=dispute.id)
    else:
        if not _is_news(dispute, info, seen_at):
            return "ignored:no news", order.id
        kind = "dispute_updated"
        session.execute(
            update(Dispute)
            .where(Dispute.id == dispute.id)
            .values(**facts)
            .execution_options(synchronize_session=False)
        )
    detail = {"dispute_id": dispute.id, "status": info.status, "reason": info.reason, "amount": info.amount}
    record_event(session, order_id=order.id, kind=kind, actor=Actor.STRIPE, now=now, detail=detail)
    raise_version(session, order.page_id)
    return f"applied:dispute {info.status}", order.id


def _is_news(dispute: Dispute, info: DisputeInfo, seen_at: dt.datetime) -> bool:
    if seen_at < dispute.seen_at or info.status == dispute.status:
        return False
    # Within one second events carry no order of their own: a decision is never undone by it.
    return seen_at > dispute.seen_at or not dispute.is_decided


@in_flow
def send_evidence(
    desk: Desk,
    *,
    order_id: int,
    dispute_id: int,
    evidence: Mapping[str, str],
    account_id: int,
    now: dt.datetime,
) -> Dispute:
    """Submit evidence (Stripe's field names to texts) once; calls Stripe, so never inside a transaction.

    Raises NotFound, DisputeClosed, Invalid and the gateway's errors.
    """
    texts = {name: text.strip() for name, text in evidence.items() if text.strip()}
    if not texts or not set(texts) <= EVIDENCE_FIELDS or sum(map(len, texts.values())) > MAX_EVIDENCE:
        raise Invalid({"evidence": [N_("Please write what speaks for you, in at most 20,000 characters.")]})
    with desk.database.reading() as session:
        dispute = get_dispute(session, order_id=order_id, dispute_id=dispute_id)
    if not dispute.is_answerable:
        raise DisputeClosed
    info = desk.gateway.send_evidence(dispute.stripe_dispute_id, texts)
    with desk.database.transaction() as session:
        order = lock_order(session, order_id)
        # The webhook about it may have been quicker, and may know a later state.
        session.execute(
            update(Dispute)
            .where(Dispute.id == dispute_id, Dispute.status.in_(sorted(ANSWERABLE_DISPUTES)))
            .values(status=info.status)
        )
        session.execute(update(Dispute).where(Dispute.id == dispute_id).values(evidence_sent_at=now))
        act, fields = Act(session, order, account_id, now), sorted(texts)
        act.record("evidence_sent", dispute_id=dispute_id, fields=fields)
        act.audit(
            "order.evidence_sent", {"dispute": dispute.status}, {"dispute": info.status, "fields": fields}
        )
        return get_dispute(session, order_id=order_id, dispute_id=dispute_id)
