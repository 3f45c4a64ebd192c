"""The admin's list of posts in its parts, searched and paged by place; and products to tag."""

import datetime as dt
import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, text
from sqlalchemy.orm import InstrumentedAttribute, Session

from shop.catalog.models import Product, ProductPicture, ProductStatus
from shop.catalog.search import match_parameter, matching_ids
from shop.core.places import Place
from shop.core.text_search import terms_of
from shop.feed.models import DELETED_SQL, VISIBLE_SQL, Post, PostCounts, PostKind, PostPhoto, PostStatus

COUNT_LIMIT = 1000
"""Parts are counted up to here, and told as more above it."""


class Part(enum.StrEnum):
    """A part of the list."""

    PUBLISHED = "published"
    SCHEDULED = "scheduled"
    DRAFTS = "drafts"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post as the list shows it; ``at`` is what its part is sorted by."""

    id: int
    kind: PostKind
    status: PostStatus
    body: str
    link_title: str
    link_url: str | None
    at: dt.datetime
    is_pinned: bool
    edited_at: dt.datetime | None
    reactions: int
    comments: int
    shares: int
    photo: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class PostPart:
    """One page of a part; ``previous`` and ``next`` are where others start."""

    rows: Sequence[PostRow]
    previous: Place | None = None
    next: Place | None = None


# What each part is sorted by, whether the latest comes first, and which posts it holds. Of partial indexes SQLite
# uses only those whose condition the query says in the same words.
_PARTS: dict[Part, tuple[InstrumentedAttribute[Any], bool, ColumnElement[bool]]] = {
    Part.PUBLISHED: (Post.published_at, True, and_(text(VISIBLE_SQL))),
    Part.SCHEDULED: (
        Post.scheduled_at,
        False,
        and_(Post.status == PostStatus.SCHEDULED, Post.deleted_at.is_(None)),
    ),
    Part.DRAFTS: (Post.created_at, True, and_(Post.status == PostStatus.DRAFT, Post.deleted_at.is_(None))),
    Part.DELETED: (Post.deleted_at, True, and_(text(DELETED_SQL))),
}


def list_posts(
    session: Session,
    *,
    page_id: int,
    part: Part,
    query: str = "",
    after: Place | None = None,
    before: Place | None = None,
    limit: int = 25,
) -> PostPart:
    """Return a page's posts of ``part`` that hold the words of ``query``, in two statements.

    Scheduled ones come in the order in which they will be published, the others with the latest first.
    """
    terms = terms_of(query)
    if query.strip() and not terms:
        return PostPart([])
    column, is_latest_first, inside = _PARTS[part]
    is_backwards = after is None and before is not None
    place = before if is_backwards else after
    goes_down = is_latest_first is not is_backwards
    statement = _listed(column).where(Post.page_id == page_id, inside, *_matches(terms))
    if place is not None:
        beyond, at_most = (
            (column < place.at, column <= place.at) if goes_down else (column > place.at, column >= place.at)
        )
        beside = Post.id < place.id if goes_down else Post.id > place.id
        # Said twice, once as a plain range: with the OR alone SQLite walks the index from its start.
        statement = statement.where(at_most, or_(beyond, and_(column == place.at, beside)))
    order = (column.desc(), Post.id.desc()) if goes_down else (column, Post.id)
    found = session.execute(statement.order_by(*order).limit(limit + 1)).all()
    is_more, found = len(found) > limit, found[:limit]
    if is_backwards:
        found = found[::-1]
    photos = _first_photos(session, [row.id for row in found])
    rows = [PostRow(**row._asdict(), photo=photos.get(row.id)) for row in found]
    if not rows:
        return PostPart(rows)
    first, last = Place(rows[0].at, rows[0].id), Place(rows[-1].at, rows[-1].id)
    return PostPart(
        rows,
        previous=first if (is_more if is_backwards else after is not None) else None,
        next=last if (is_backwards or is_more) else None,
    )


def _listed(column: InstrumentedAttribute[Any]) -> Select[Any]:
    return select(
        Post.id,
        Post.kind,
        Post.status,
        Post.body,
        Post.link_title,
        Post.link_url,
        column.label("at"),
        Post.pinned_at.is_not(None).label("is_pinned"),
        Post.edited_at,
        PostCounts.reactions,
        PostCounts.comments,
        PostCounts.shares,
    ).join(PostCounts, PostCounts.post_id == Post.id)


def _matches(terms: Sequence[str]) -> list[ColumnElement[bool]]:
    # Words hold letters and digits only, so nothing in them is a wildcard.
    return [Post.search_text.like(f"%{term}%") for term in terms]


def _first_photos(session: Session, post_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    if not post_ids:
        return {}
    statement = select(PostPhoto.post_id, PostPhoto.picture).where(
        PostPhoto.post_id.in_(post_ids), PostPhoto.position == 0
    )
    return {row.post_id: row.picture for row in session.execute(statement)}


def count_posts(session: Session, *, page_id: int) -> dict[Part, int]:
    """Return how many posts each part holds, ``COUNT_LIMIT`` + 1 for any more than that, in one statement."""
    counted = [
        select(func.count())
        .select_from(select(Post.id).where(Post.page_id == page_id, inside).limit(COUNT_LIMIT + 1).subquery())
        .scalar_subquery()
        for _column, _latest, inside in _PARTS.values()
    ]
    row = session.execute(select(*counted)).one()
    return dict(zip(_PARTS, row, strict=True))


@dataclass(frozen=True, slots=True)
class Taggable:
    """A product as the composer offers it."""

    id: int
    title: str
    translations: dict[str, Any]
    status: ProductStatus
    price_from_amount: int
    picture: dict[str, Any] | None


def find_taggable(session: Session, *, page_id: int, query: str, limit: int = 8) -> list[Taggable]:
    """Return products of the page, none that is archived, that hold the words of ``query``; the newest without any."""
    statement = _taggable().where(Product.page_id == page_id, Product.status != ProductStatus.ARCHIVED)
    parameters: dict[str, Any] = {}
    if query.strip():
        terms = terms_of(query)
        if not terms:
            return []
        dialect = session.get_bind().dialect.name
        match = match_parameter(dialect, page_id=page_id, status=None, terms=terms)
        parameters = {"page_id": page_id, "match": match}
        statement = statement.where(Product.id.in_(select(matching_ids(dialect, has_status=False).c.id)))
    statement = statement.order_by(Product.updated_at.desc(), Product.id.desc()).limit(limit)
    return [Taggable(**row._asdict()) for row in session.execute(statement, parameters)]


def map_taggable(session: Session, *, page_id: int, product_ids: Sequence[int]) -> dict[int, Taggable]:
    """Return those of the products that are the page's, by their ids."""
    if not product_ids:
        return {}
    statement = _taggable().where(Product.page_id == page_id, Product.id.in_(sorted(set(product_ids))))
    return {row.id: Taggable(**row._asdict()) for row in session.execute(statement)}


def _taggable() -> Select[Any]:
    picture = (
        select(ProductPicture.picture)
        .where(ProductPicture.product_id == Product.id)
        .order_by(ProductPicture.position, ProductPicture.id)
        .limit(1)
        .scalar_subquery()
    )
    return select(
        Product.id,
        Product.title,
        Product.translations,
        Product.status,
        Product.price_from_amount,
        picture.label("picture"),
    )
