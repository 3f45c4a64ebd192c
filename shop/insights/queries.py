"""Every SELECT of the admin's figures and of what waits to be done."""

import datetime as dt
from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.orders.models import Order
from shop.page.models import Follower, PageDay
from shop.payments.models import Refund, RefundStatus

CHUNK = 5000


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
