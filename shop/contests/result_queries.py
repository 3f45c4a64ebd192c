"""What a contest brought, as it is counted. Orders live a floor above: their table is asked by its name."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import String, and_, column, exists, func, or_, select, table
from sqlalchemy.orm import Session

from shop.contests.models import Contest, ContestEntry, ContestWinner, EntrySource
from shop.core.db import UtcDateTime
from shop.page.models import LikeEvent, LikeSource

ORDERS = table(
    "orders",
    column("id"),
    column("page_id"),
    column("account_id"),
    column("email", String),
    column("status", String),
    column("placed_at", UtcDateTime),
    column("captured_amount"),
    column("refunded_amount"),
    column("coupon_id"),
)


class OrderFigures(NamedTuple):
    """Paid orders and what they brought, refunds taken off, in minor units of the page's currency."""

    orders: int
    buyers: int
    amount: int


def map_sources(session: Session, contest_id: int) -> dict[EntrySource, int]:
    """Return how many entries that count came from where."""
    statement = (
        select(ContestEntry.source, func.count())
        .where(ContestEntry.contest_id == contest_id, ContestEntry.number.is_not(None))
        .group_by(ContestEntry.source)
    )
    found = {row[0]: row[1] for row in session.execute(statement)}
    return {source: found.get(source, 0) for source in EntrySource}


def map_minutes(session: Session, contest_id: int) -> Mapping[dt.datetime, int]:
    """Return how many entries began to count in each minute (UTC): they are put into a zone's days from there."""
    at = ContestEntry.confirmed_at
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    minute: Any = (
        func.strftime("%Y-%m-%d %H:%M", at)
        if is_sqlite
        else func.to_char(func.timezone("UTC", at), "YYYY-MM-DD HH24:MI")
    )
    statement = (
        select(minute, func.count())
        .where(ContestEntry.contest_id == contest_id, ContestEntry.number.is_not(None))
        .group_by(minute)
    )
    return {
        dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC): count
        for text, count in session.execute(statement)
        if text
    }


def list_likes(session: Session, contest: Contest) -> list[tuple[int, dt.datetime]]:
    """Return who came to like the page by the contest (account, when), the first such like of each."""
    statement = (
        select(LikeEvent.account_id, func.min(LikeEvent.at, type_=UtcDateTime))
        .where(
            LikeEvent.page_id == contest.page_id,
            LikeEvent.source == LikeSource.CONTEST,
            LikeEvent.source_ref == str(contest.id),
            LikeEvent.is_gain,
            LikeEvent.account_id.is_not(None),
        )
        .group_by(LikeEvent.account_id)
    )
    return [(account_id, at) for account_id, at in session.execute(statement) if account_id is not None]


def list_losses(session: Session, contest: Contest) -> list[tuple[int, dt.datetime]]:
    """Return when those who came by the contest took a like of the page back."""
    came = (
        select(LikeEvent.account_id)
        .where(
            LikeEvent.page_id == contest.page_id,
            LikeEvent.source == LikeSource.CONTEST,
            LikeEvent.source_ref == str(contest.id),
            LikeEvent.is_gain,
        )
        .scalar_subquery()
    )
    statement = select(LikeEvent.account_id, LikeEvent.at).where(
        LikeEvent.page_id == contest.page_id, LikeEvent.is_gain.is_(False), LikeEvent.account_id.in_(came)
    )
    return [(account_id, at) for account_id, at in session.execute(statement) if account_id is not None]


def count_orders(session: Session, contest: Contest) -> OrderFigures:
    """Return what entrants ordered and paid after they had entered, prizes apart; by account or e-mail address."""
    orders = ORDERS.c
    entered = exists().where(
        ContestEntry.contest_id == contest.id,
        ContestEntry.number.is_not(None),
        ContestEntry.confirmed_at <= orders.placed_at,
        or_(
            ContestEntry.account_id == orders.account_id,
            func.lower(ContestEntry.email) == func.lower(orders.email),
        ),
    )
    prizes = select(ContestWinner.coupon_id).where(
        ContestWinner.contest_id == contest.id, ContestWinner.coupon_id.is_not(None)
    )
    begins = contest.published_at or contest.created_at
    statement = select(
        func.count(),
        func.count(func.distinct(func.coalesce(func.lower(orders.email), ""))),
        func.coalesce(func.sum(orders.captured_amount - orders.refunded_amount), 0),
    ).where(
        and_(
            orders.page_id == contest.page_id,
            orders.status == "paid",
            orders.placed_at >= begins,
            or_(orders.coupon_id.is_(None), orders.coupon_id.not_in(prizes)),
            entered,
        )
    )
    return OrderFigures(*session.execute(statement).one())
