"""Reconcile: ask Stripe about everything whose end we have not heard of, and apply what it says."""

import datetime as dt
from dataclasses import dataclass

from shop.checkout.desk import Desk
from shop.checkout.disputes import apply_dispute
from shop.checkout.expiry import settle_order
from shop.checkout.refunds import ask_refund
from shop.core.errors import DomainError
from shop.orders.queries import find_order_row, list_numbers, list_unsettled_ids
from shop.payments.gateway import GatewayUnauthorized, GatewayUnavailable
from shop.payments.queries import get_refund, list_unsettled_refunds

DISPUTES_SINCE = dt.timedelta(days=120)
"""Buyers have about that long to dispute a card payment: https://docs.stripe.com/disputes/how-disputes-work"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: ``before`` and ``after`` are its states, equal when there was no news."""

    kind: str
    order_number: str
    before: str
    after: str
    problem: str = ""

    @property
    def is_news(self) -> bool:
        """Whether something had been missed."""
        return self.before != self.after


def reconcile(desk: Desk, *, now: dt.datetime) -> list[Finding]:
    """Bring all unsettled orders, refunds and recent disputes up to date; return what was looked at.

    What fails is in its finding's ``problem`` and does not stop the rest. Calls Stripe throughout.
    """
    with desk.database.reading() as session:
        order_ids = list_unsettled_ids(session)
        refunds = list_unsettled_refunds(session)
        numbers = list_numbers(session, [*order_ids, *(refund.order_id for refund in refunds)])
    findings = [_settle(desk, order_id, numbers[order_id], now) for order_id in order_ids]
    findings += [_refund(desk, refund.id, numbers.get(refund.order_id, "?"), now) for refund in refunds]
    return findings + _disputes(desk, now)


def _settle(desk: Desk, order_id: int, number: str, now: dt.datetime) -> Finding:
    before, problem = _status(desk, order_id), ""
    try:
        settle_order(desk, order_id, now=now)
    except DomainError as error:
        problem = _told(error)
    return Finding("order", number, before, _status(desk, order_id), problem)


def _status(desk: Desk, order_id: int) -> str:
    with desk.database.reading() as session:
        order = find_order_row(session, order_id)
    return order.status.value if order else "gone"


def _refund(desk: Desk, refund_id: int, number: str, now: dt.datetime) -> Finding:
    with desk.database.reading() as session:
        before = get_refund(session, refund_id).status
    try:
        after = ask_refund(desk, refund_id, now=now)
    except DomainError as error:
        return Finding("refund", number, before.value, before.value, _told(error))
    return Finding("refund", number, before.value, after.value)


def _disputes(desk: Desk, now: dt.datetime) -> list[Finding]:
    try:
        found = desk.gateway.list_disputes(since=now - DISPUTES_SINCE)
    except GatewayUnavailable as error:
        return [Finding("disputes", "-", "unknown", "unknown", _told(error))]
    findings = []
    for info in reversed(found):  # oldest first
        with desk.database.transaction() as session:
            outcome, order_id = apply_dispute(session, info, seen_at=now, now=now)
            number = list_numbers(session, [order_id]).get(order_id, "?") if order_id else ""
        if outcome.startswith("applied:"):
            findings.append(Finding("dispute", number, "unknown", info.status))
    return findings


def _told(error: DomainError) -> str:
    """Return what an operator should read; a buyer only reads that payments do not answer."""
    if isinstance(error, GatewayUnauthorized):
        return f"The key is not taken: {error.reason}"
    return "Stripe does not answer" if isinstance(error, GatewayUnavailable) else str(error)
