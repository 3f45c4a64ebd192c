"""Every SELECT of the admin's figures and of what waits to be done."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, TextClause, func, select, text
from sqlalchemy.orm import Session, aliased

from shop.orders.models import TO_SHIP_SQL, Order, OrderStatus
from shop.page.models import Follower, PageDay
from shop.payments.models import ANSWERABLE_DISPUTES, Dispute, Refund, RefundStatus

CHUNK = 5000
COUNTED, FEW = 1000, 5
"""Exact counts go so far, then "1,000+"; so many are named."""


def list_days(session: Session, *, page_id: int, first: dt.date, last: dt.date) -> list[PageDay]:
    """Return a page's days from ``first`` to ``last``, a row for each currency, those of nothing left out."""
    statement = (
        select(PageDay)
        .where(PageDay.page_id == page_id, PageDay.day.between(first, last))
        .order_by(PageDay.day, PageDay.currency)
    )
    return list(session.scalars(statement))


def list_all_days(session: Session, page_id: int) -> list[PageDay]:
    """Return all days of a page as they are in the database."""
    statement = select(PageDay).where(PageDay.page_id == page_id).order_by(PageDay.day, PageDay.currency)
    return list(session.scalars(statement, execution_options={"populate_existing": True}))


def iterate_order_instants(
    session: Session, page_id: int
) -> Iterator[tuple[str, dt.datetime, dt.datetime | None, int]]:
    """Yield currency, placing, payment and captured amount of each of a page's orders, in constant memory."""
    statement = select(Order.currency, Order.placed_at, Order.paid_at, Order.captured_amount).where(
        Order.page_id == page_id
    )
    for row in session.execute(statement, execution_options={"yield_per": CHUNK}):
        yield row.currency, row.placed_at, row.paid_at, row.captured_amount


def iterate_refunds(session: Session, page_id: int) -> Iterator[tuple[str, dt.datetime, int]]:
    """Yield currency, asking and amount of each refund of a page's orders that did not fail."""
    statement = (
        select(Order.currency, Refund.created_at, Refund.amount)
        .join(Order, Order.id == Refund.order_id)
        .where(Order.page_id == page_id, Refund.status != RefundStatus.FAILED)
    )
    for row in session.execute(statement, execution_options={"yield_per": CHUNK}):
        yield row.currency, row.created_at, row.amount


def count_likes(session: Session, page_id: int) -> int:
    """Return how many like the page, counted."""
    return session.scalar(select(func.count()).select_from(Follower).where(Follower.page_id == page_id)) or 0


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits to be done: how many (at most ``COUNTED`` + 1) and the first few of them."""

    count: int
    first: list[Any]

    @property
    def is_more(self) -> bool:
        """Whether more wait than were counted."""
        return self.count > COUNTED


def find_to_ship(session: Session, page_id: int) -> Waiting:
    """Return the paid orders that are to be shipped, those that wait the longest first."""
    return _waiting(session, Order.page_id == page_id, text(TO_SHIP_SQL))


def find_flagged(session: Session, page_id: int) -> Waiting:
    """Return the orders whose payment did not match them, those that wait the longest first."""
    return _waiting(session, Order.page_id == page_id, Order.status == OrderStatus.FLAGGED)


def _waiting(session: Session, *conditions: ColumnElement[bool] | TextClause) -> Waiting:
    counted = select(Order.id).where(*conditions).limit(COUNTED + 1).subquery()
    count = session.scalar(select(func.count()).select_from(counted)) or 0
    first = select(Order).where(*conditions).order_by(Order.placed_at, Order.id).limit(FEW)
    return Waiting(count, list(session.scalars(first)) if count else [])


def find_disputes(session: Session, page_id: int) -> Waiting:
    """Return (dispute, order's number) of what a page still has to answer, what is due first before."""
    # Each order is looked up from its dispute: left to itself, SQLite starts from all of the page's orders.
    order = aliased(Order)
    page_of = select(order.page_id).where(order.id == Dispute.order_id).scalar_subquery()
    number_of = select(order.number).where(order.id == Dispute.order_id).scalar_subquery()
    conditions = (Dispute.status.in_(sorted(ANSWERABLE_DISPUTES)), page_of == page_id)
    counted = select(Dispute.id).where(*conditions).limit(COUNTED + 1).subquery()
    count = session.scalar(select(func.count()).select_from(counted)) or 0
    first = select(Dispute, number_of).where(*conditions).order_by(Dispute.evidence_due_at, Dispute.id)
    if not count:
        return Waiting(0, [])
    return Waiting(count, [(dispute, number) for dispute, number in session.execute(first.limit(FEW))])
