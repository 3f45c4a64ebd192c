"""The table of posts: what each brought, sorted by any of it, taken part by part; and the posts of the CSV."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Integer,
    Text,
    case,
    cast,
    func,
    literal,
    select,
    text,
    tuple_,
)
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from shop.core.db import Database
from shop.core.errors import NotFound
from shop.feed.models import VISIBLE_SQL, Post, PostCounts, PostKind
from shop.insights.post_figures import LikesOfSource, Span
from shop.insights.post_queries import (
    PAID_FROM_POST,
    Sales,
    Scope,
    count_likes_of_post,
    map_likes,
    map_sales,
    published_between,
)
from shop.orders.models import Order
from shop.page.models import LikeEvent, LikeSource

LIMIT, BATCH = 25, 500
RATE_UNIT = 1_000_000
"""Rates are compared as whole millionths, so that a cursor finds its place again."""
SORTS = (
    "date", "reach", "engagement", "reactions", "comments", "shares", "clicks", "likes", "orders", "revenue",
)  # fmt: skip
DEFAULT_SORT = "date"


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post, its counts, the likes of the page that it won and lost, and what it sold."""

    post: Post
    counts: PostCounts
    likes: LikesOfSource
    sales: Sales

    @property
    def interactions(self) -> int:
        """Reactions, comments and shares together."""
        return self.counts.reactions + self.counts.comments + self.counts.shares

    @property
    def engagement_rate(self) -> float | None:
        """Who engaged to who was reached; None where nobody was reached."""
        return self.counts.engaged / self.counts.reach if self.counts.reach else None


@dataclass(frozen=True, slots=True)
class Listing:
    """What of a page's posts is wanted, and how it is sorted: the most first unless ``is_rising``."""

    span: Span | None = None
    kind: PostKind | None = None
    sort: str = DEFAULT_SORT
    is_rising: bool = False


@dataclass(frozen=True, slots=True)
class TablePart:
    """A part of the table and the place of the part after it, None at the end."""

    rows: list[PostRow]
    next_cursor: str | None


def find_part(session: Session, scope: Scope, listing: Listing, *, cursor: str = "", limit: int = LIMIT) -> TablePart:  # fmt: skip
    """Return a part of the table; four statements, however many posts there are. NotFound for a strange cursor."""
    value, joined = _sorted_by(scope, listing)
    statement = joined.add_columns(value.label("place")).where(*_wanted(scope, listing))
    keys = (value, Post.id.expression)
    if cursor:
        read = zip(_read(cursor, listing), keys, strict=True)
        after = tuple_(*[literal(one, _wide(key.type)) for one, key in read])
        here: Any = tuple_(*keys)
        statement = statement.where(here > after if listing.is_rising else here < after)
    order = [key.asc() if listing.is_rising else key.desc() for key in keys]
    found = session.execute(statement.order_by(*order).limit(limit + 1)).all()
    shown = found[:limit]
    last = shown[-1] if len(found) > limit else None
    return TablePart(
        _with_what_they_sold(session, scope, [(row.Post, row.PostCounts) for row in shown]),
        None if last is None else _write(last.place, last.Post.id),
    )


def get_post_row(session: Session, scope: Scope, post_id: int) -> PostRow:
    """Return one of the page's posts that everybody may see; NotFound otherwise."""
    statement = (
        select(Post, PostCounts)
        .join(PostCounts, PostCounts.post_id == Post.id)
        .where(Post.id == post_id, Post.page_id == scope.page_id, text(VISIBLE_SQL))
    )
    found = session.execute(statement).one_or_none()
    if found is None:
        raise NotFound
    likes = count_likes_of_post(session, scope.page_id, post_id)
    return PostRow(found[0], found[1], likes, map_sales(session, scope, [post_id]).get(post_id, Sales()))


def iterate_rows(database: Database, scope: Scope, listing: Listing) -> Iterator[list[PostRow]]:
    """Yield the whole table in batches, each a read of its own, so that no connection waits for a slow reader."""
    cursor: str | None = ""
    while cursor is not None:
        with database.reading() as session:
            part = find_part(session, scope, listing, cursor=cursor, limit=BATCH)
        cursor = part.next_cursor
        yield part.rows


def _wanted(scope: Scope, listing: Listing) -> list[Any]:
    found = published_between(scope, listing.span)
    return found if listing.kind is None else [*found, Post.kind == listing.kind]


def _sorted_by(scope: Scope, listing: Listing) -> tuple[Any, Any]:
    """Return what posts are sorted by, and a selection in which it can be asked for."""
    posts: Any = select(Post, PostCounts).join(PostCounts, PostCounts.post_id == Post.id)
    if listing.sort == "likes":
        return _joined(posts, _likes(scope), "gained", cast(Post.id, Text))
    if listing.sort in ("orders", "revenue"):
        return _joined(posts, _sales(scope), listing.sort, Post.id)
    if listing.sort == "engagement":
        rate = cast(PostCounts.engaged, BigInteger) * RATE_UNIT // PostCounts.reach
        return case((PostCounts.reach > 0, rate), else_=-1), posts
    if listing.sort == "date":
        return Post.published_at.expression, posts
    return getattr(PostCounts, listing.sort).expression, posts


def _joined(posts: Any, figures: Any, name: str, key: Any) -> tuple[Any, Any]:
    found = figures.subquery()
    return func.coalesce(found.c[name], 0), posts.outerjoin(found, found.c.ref == key)


def _likes(scope: Scope) -> Any:
    return (
        select(LikeEvent.source_ref.label("ref"), func.count().label("gained"))
        .where(
            LikeEvent.page_id == scope.page_id,
            LikeEvent.source == LikeSource.POST,
            LikeEvent.is_gain.is_(True),
        )
        .group_by(LikeEvent.source_ref)
    )


def _sales(scope: Scope) -> Any:
    revenue = cast(func.sum(Order.captured_amount - Order.refunded_amount), BigInteger)
    return (
        select(Order.touch_post_id.label("ref"), func.count().label("orders"), revenue.label("revenue"))
        .where(Order.page_id == scope.page_id, *PAID_FROM_POST, Order.currency == scope.currency)
        .group_by(Order.touch_post_id)
    )


def _with_what_they_sold(
    session: Session, scope: Scope, found: list[tuple[Post, PostCounts]]
) -> list[PostRow]:
    ids = [post.id for post, _ in found]
    if not ids:
        return []
    likes, sales = map_likes(session, scope.page_id, ids), map_sales(session, scope, ids)
    none = LikesOfSource(LikeSource.POST, 0, 0)
    return [
        PostRow(post, counts, likes.get(post.id, none), sales.get(post.id, Sales())) for post, counts in found
    ]


def _wide(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """Return the type that a place is compared as: no number in an address is too large for it."""
    return BigInteger() if isinstance(kind, Integer) else kind


def _write(place: Any, post_id: int) -> str:
    text_of = place.isoformat() if isinstance(place, dt.datetime) else str(int(place))
    return f"{text_of}_{post_id}"


def _read(cursor: str, listing: Listing) -> tuple[Any, int]:
    place, _, post_id = cursor.rpartition("_")
    try:
        return (_instant(place) if listing.sort == DEFAULT_SORT else _small(place)), _small(post_id)
    except (ValueError, OverflowError):
        raise NotFound from None


def _instant(written: str) -> dt.datetime:
    """Return an instant as UTC; ValueError or OverflowError for one that no database keeps."""
    at = dt.datetime.fromisoformat(written)
    if at.tzinfo is None:
        raise ValueError(written)
    return at.astimezone(dt.UTC)


def _small(digits: str) -> int:
    """Return a whole number that any database can compare; ValueError otherwise."""
    if len(digits) > 18:  # noqa: PLR2004 - digits of what 63 bits hold
        raise ValueError(digits)
    return int(digits)
