"""Every SELECT of the figures of posts, but the table's, which is in ``post_table_queries.py``."""

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, cast, extract, func, literal_column, select, text
from sqlalchemy.orm import Session

from shop.feed.models import VISIBLE_SQL, Post, PostCounts, PostDay, PostKind
from shop.insights.post_figures import LikesOfSource, PostFigures, Span
from shop.orders.models import Order
from shop.page.days import local_day, start_of_day
from shop.page.models import LikeEvent, LikeSource

QUARTER_S = 900
"""Days begin at whole quarters of an hour in every time zone."""
MOST_TIMES = 20_000
"""So many of the newest posts tell the best time."""
INTERACTIONS = PostCounts.reactions + PostCounts.comments + PostCounts.shares
PAID_FROM_POST = (Order.touch_post_id.is_not(None), Order.paid_at.is_not(None))
"""What counts as an order from a post; the first is the condition of ``ix_orders_touch_post``."""
_SUMS = ("impressions", "reach", "engaged", "clicks", "reactions", "comments", "shares")

DayRow = tuple[dt.date, PostFigures]


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose figures: the page, the country whose days it lives by, and the currency of its revenue."""

    page_id: int
    country: str
    currency: str

    def instants(self, span: Span) -> tuple[dt.datetime, dt.datetime]:
        """Return when a span begins and when it is over."""
        after = span.last + dt.timedelta(days=1)
        return start_of_day(self.country, span.first), start_of_day(self.country, after)


def find_first_day(session: Session, scope: Scope) -> dt.date | None:
    """Return the first day on which anything of a page's posts was counted or the page was liked."""
    counted = select(func.min(PostDay.day)).where(PostDay.page_id == scope.page_id).scalar_subquery()
    liked = select(func.min(LikeEvent.at)).where(LikeEvent.page_id == scope.page_id).scalar_subquery()
    first, liked_at = session.execute(select(counted, liked)).one()
    days = [first] if first else []
    if liked_at is not None:
        days.append(local_day(scope.country, liked_at))
    return min(days, default=None)


def list_post_days(session: Session, scope: Scope, span: Span) -> list[DayRow]:
    """Return what was counted of a page's posts on each day."""
    sums = [func.sum(getattr(PostDay, name)).label(name) for name in _SUMS]
    statement = (
        select(PostDay.day, *sums)
        .where(PostDay.page_id == scope.page_id, PostDay.day.between(span.first, span.last))
        .group_by(PostDay.day)
    )
    return [
        (row.day, PostFigures(**{name: int(getattr(row, name)) for name in _SUMS}))
        for row in session.execute(statement)
    ]


def list_days_of_post(session: Session, post_id: int) -> list[DayRow]:
    """Return what was counted of one post on each of its days, oldest first."""
    statement = select(PostDay).where(PostDay.post_id == post_id).order_by(PostDay.day)
    return [
        (row.day, PostFigures(**{name: getattr(row, name) for name in _SUMS}))
        for row in session.scalars(statement)
    ]


def _quarter(column: Any) -> ColumnElement[int]:
    """Return the quarter of an hour of an instant, in seconds since 1970."""
    # Written out, not bound: PostgreSQL takes two parameters of one value for two expressions and will not group.
    seconds = cast(func.round(extract("epoch", column) - literal_column("0.5")), BigInteger)
    return seconds - seconds % literal_column(str(QUARTER_S))


def _day_of(scope: Scope, quarter: int) -> dt.date:
    return local_day(scope.country, dt.datetime.fromtimestamp(quarter, dt.UTC))


def list_orders_from_posts(session: Session, scope: Scope, span: Span) -> list[DayRow]:
    """Return paid orders that came from posts, and what they brought net of refunds, by the day of payment."""
    begins, ends = scope.instants(span)
    quarter = _quarter(Order.paid_at).label("quarter")
    statement = (
        select(
            quarter,
            func.count().label("orders"),
            func.sum(Order.captured_amount - Order.refunded_amount).label("revenue"),
        )
        .where(
            Order.page_id == scope.page_id,
            *PAID_FROM_POST,
            Order.currency == scope.currency,
            Order.paid_at >= begins,
            Order.paid_at < ends,
        )
        .group_by(quarter)
    )
    return [
        (_day_of(scope, row.quarter), PostFigures(orders=row.orders, revenue_amount=int(row.revenue)))
        for row in session.execute(statement)
    ]


def list_like_events(
    session: Session, scope: Scope, span: Span
) -> list[tuple[dt.date, LikeSource, bool, int]]:
    """Return likes gained (True) and lost (False) of a page by day and by where they came from."""
    begins, ends = scope.instants(span)
    quarter = _quarter(LikeEvent.at).label("quarter")
    statement = (
        select(quarter, LikeEvent.source, LikeEvent.is_gain, func.count().label("number"))
        .where(LikeEvent.page_id == scope.page_id, LikeEvent.at >= begins, LikeEvent.at < ends)
        .group_by(quarter, LikeEvent.source, LikeEvent.is_gain)
    )
    return [
        (_day_of(scope, row.quarter), row.source, row.is_gain, row.number)
        for row in session.execute(statement)
    ]


def count_likes_of_post(session: Session, page_id: int, post_id: int) -> LikesOfSource:
    """Return the page's likes that a post won and lost."""
    statement = (
        select(LikeEvent.is_gain, func.count().label("number"))
        .where(
            LikeEvent.page_id == page_id,
            LikeEvent.source == LikeSource.POST,
            LikeEvent.source_ref == str(post_id),
        )
        .group_by(LikeEvent.is_gain)
    )
    found = {row.is_gain: row.number for row in session.execute(statement)}
    return LikesOfSource(LikeSource.POST, found.get(True, 0), found.get(False, 0))


@dataclass(frozen=True, slots=True)
class KindRow:
    """What the posts of one kind brought, paid for or not (None: not said)."""

    kind: PostKind
    is_promoted: bool | None
    posts: int
    reactions: int
    likes: int
    comments: int
    shares: int
    reach: int
    engaged: int

    @property
    def interactions(self) -> int:
        """Reactions, comments and shares together."""
        return self.reactions + self.comments + self.shares


def published_between(scope: Scope, span: Span | None) -> list[Any]:
    """Return the conditions of a page's posts that everybody may see, published on the days of ``span``."""
    found: list[Any] = [Post.page_id == scope.page_id, text(VISIBLE_SQL)]
    if span is not None:
        begins, ends = scope.instants(span)
        found += [Post.published_at >= begins, Post.published_at < ends]
    return found


def list_kinds(session: Session, scope: Scope, span: Span | None) -> list[KindRow]:
    """Return what the posts published on the days of ``span`` (None: all) brought, by kind and promotion."""
    names = ("reactions", "likes", "comments", "shares", "reach", "engaged")
    statement = (
        select(
            Post.kind,
            Post.is_promoted,
            func.count().label("posts"),
            *[func.sum(getattr(PostCounts, name)).label(name) for name in names],
        )
        .join(PostCounts, PostCounts.post_id == Post.id)
        .where(*published_between(scope, span))
        .group_by(Post.kind, Post.is_promoted)
    )
    return [
        KindRow(row.kind, row.is_promoted, row.posts, **{name: int(getattr(row, name)) for name in names})
        for row in session.execute(statement)
    ]


def list_times(session: Session, scope: Scope, span: Span | None) -> list[tuple[dt.datetime, int]]:
    """Return (instant of publication, interactions) of the newest posts of ``span`` (None: of all)."""
    statement = (
        select(Post.published_at, INTERACTIONS)
        .join(PostCounts, PostCounts.post_id == Post.id)
        .where(*published_between(scope, span))
        .order_by(Post.published_at.desc())
        .limit(MOST_TIMES)
    )
    return [(at, interactions) for at, interactions in session.execute(statement) if at is not None]


@dataclass(frozen=True, slots=True)
class Sales:
    """Paid orders of a post, and what they brought net of refunds in minor units of the page's currency."""

    orders: int = 0
    revenue_amount: int = 0


def map_sales(session: Session, scope: Scope, post_ids: Collection[int]) -> dict[int, Sales]:
    """Return the paid orders that came from each post; posts without any are left out."""
    statement = (
        select(
            Order.touch_post_id,
            func.count().label("orders"),
            func.sum(Order.captured_amount - Order.refunded_amount).label("revenue"),
        )
        .where(
            Order.page_id == scope.page_id,
            *PAID_FROM_POST,
            Order.touch_post_id.in_(post_ids),
            Order.currency == scope.currency,
        )
        .group_by(Order.touch_post_id)
    )
    return {row.touch_post_id: Sales(row.orders, int(row.revenue)) for row in session.execute(statement)}


def map_likes(session: Session, page_id: int, post_ids: Collection[int]) -> dict[int, LikesOfSource]:
    """Return the page's likes that each post won and lost; posts without any are left out."""
    statement = (
        select(LikeEvent.source_ref, LikeEvent.is_gain, func.count())
        .where(
            LikeEvent.page_id == page_id,
            LikeEvent.source == LikeSource.POST,
            LikeEvent.source_ref.in_([str(one) for one in post_ids]),
        )
        .group_by(LikeEvent.source_ref, LikeEvent.is_gain)
    )
    found: dict[int, dict[bool, int]] = {}
    for ref, is_gain, number in session.execute(statement):
        found.setdefault(int(ref or 0), {})[is_gain] = number
    return {
        post_id: LikesOfSource(LikeSource.POST, by.get(True, 0), by.get(False, 0))
        for post_id, by in found.items()
    }


def list_orders_of_post(session: Session, scope: Scope, post_id: int, *, limit: int) -> list[Order]:
    """Return the newest orders that came from a post, paid or not."""
    statement = (
        select(Order)
        .where(Order.page_id == scope.page_id, Order.touch_post_id == post_id)
        .order_by(Order.placed_at.desc(), Order.id.desc())
        .limit(limit)
    )
    return list(session.scalars(statement))


def iterate_post_figures(session: Session, scope: Scope, span: Span) -> Iterator[DayRow]:
    """Yield what was counted of posts and their orders on the days of ``span``, in several rows for a day."""
    yield from list_post_days(session, scope, span)
    yield from list_orders_from_posts(session, scope, span)
