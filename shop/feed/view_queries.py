"""Reads posts as their cards show them, in a bounded number of statements however many there are."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, func, or_, select, text
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.catalog.listing import ProductCard, list_cards_by_id
from shop.core.db import Reader
from shop.core.errors import NotFound
from shop.core.places import Place, require_place
from shop.feed.models import (
    VISIBLE_SQL,
    Post,
    PostCounts,
    PostPhoto,
    PostTag,
    Reaction,
    ReactionKind,
)
from shop.feed.ranking_models import HiddenPost
from shop.feed.shown import Counts, Marks, PhotoView, Point, PostPage, PostView
from shop.page.models import Follower, Page
from shop.people.models import Friend

COLUMN_OF_KIND = {
    ReactionKind.LIKE: "likes",
    ReactionKind.LOVE: "loves",
    ReactionKind.HAHA: "hahas",
    ReactionKind.WOW: "wows",
    ReactionKind.SAD: "sads",
    ReactionKind.ANGRY: "angries",
}
"""The column of ``post_counts`` that counts a kind of reaction."""
MAX_ID = 2**63 - 1
NAMED_FRIENDS = 2
VISIBLE_POST = "posts.status = 'published' AND posts.deleted_at IS NULL"
"""``VISIBLE_SQL`` where other tables have columns of these names."""

_POSTS = (
    select(
        Post.id,
        Post.kind,
        Post.body,
        Post.link_url,
        Post.link_title,
        Post.link_description,
        Post.published_at,
        Post.edited_at,
        Post.pinned_at,
        Post.version,
        Page.id.label("page_id"),
        Page.slug,
        Page.name,
        Page.avatar,
        Page.currency,
        Page.country,
        PostCounts.reactions,
        PostCounts.comments,
        PostCounts.shares,
        *(getattr(PostCounts, column) for column in COLUMN_OF_KIND.values()),
    )
    .join(Page, Page.id == Post.page_id)
    .outerjoin(PostCounts, PostCounts.post_id == Post.id)
    .where(Post.id.in_(bindparam("post_ids", expanding=True)), text(VISIBLE_POST))
)
_PHOTOS = (
    select(PostPhoto.id, PostPhoto.post_id, PostPhoto.picture, PostPhoto.alt)
    .where(PostPhoto.post_id.in_(bindparam("post_ids", expanding=True)))
    .order_by(PostPhoto.post_id, PostPhoto.position, PostPhoto.id)
)
_TAGS = (
    select(PostTag.post_id, PostTag.product_id, PostTag.photo_id, PostTag.x, PostTag.y)
    .where(PostTag.post_id.in_(bindparam("post_ids", expanding=True)))
    .order_by(PostTag.post_id, PostTag.id)
)


def load_posts(session: Session, post_ids: Collection[int], language: str) -> dict[int, PostView]:
    """Return the visible ones among the posts by id, in at most five statements.

    Drafts, scheduled and deleted posts are left out, and of the tagged products those that are not published.
    """
    if not post_ids:
        return {}
    ids = {"post_ids": list(post_ids)}
    rows = session.execute(_POSTS, ids).all()
    if not rows:
        return {}
    photos = session.execute(_PHOTOS, ids).all()
    tags = session.execute(_TAGS, ids).all()
    cards = list_cards_by_id(session, product_ids={tag.product_id for tag in tags}, language=language)
    shown = [tag for tag in tags if tag.product_id in cards]
    return {row.id: _view(row, photos, shown, cards) for row in rows}


def _view(row: Any, photos: Sequence[Any], tags: Sequence[Any], cards: dict[int, ProductCard]) -> PostView:
    mine = [tag for tag in tags if tag.post_id == row.id]
    return PostView(
        id=row.id,
        page=PostPage(row.page_id, row.slug, row.name, row.avatar, row.currency, row.country),
        kind=row.kind,
        body=row.body,
        link_url=row.link_url,
        link_title=row.link_title,
        link_description=row.link_description,
        published_at=row.published_at,
        edited_at=row.edited_at,
        is_pinned=row.pinned_at is not None,
        version=row.version,
        photos=tuple(
            PhotoView(
                photo.id,
                photo.picture,
                photo.alt,
                tuple(Point(tag.x, tag.y, cards[tag.product_id]) for tag in mine if tag.photo_id == photo.id),
            )
            for photo in photos
            if photo.post_id == row.id
        ),
        cards=tuple(cards[product_id] for product_id in dict.fromkeys(tag.product_id for tag in mine)),
        counts=counts_of(row),
    )


def counts_of(row: Any) -> Counts:
    """Return the counts that a row with the columns of ``post_counts`` holds; zeros where it has none."""
    by_kind = {kind: getattr(row, column) or 0 for kind, column in COLUMN_OF_KIND.items()}
    chosen = sorted(((kind, number) for kind, number in by_kind.items() if number), key=lambda one: -one[1])
    return Counts(row.reactions or 0, row.comments or 0, row.shares or 0, dict(chosen))


def load_marks(session: Reader, account_id: int, post_ids: Collection[int]) -> dict[int, Marks]:
    """Return what the account did with each of the posts, by id, in two statements."""
    if not post_ids:
        return {}
    asked = {"account_id": account_id, "post_ids": list(post_ids)}
    friends: dict[int, list[str]] = {}
    for row in session.execute(_FRIENDS_WHO_REACTED, asked):
        friends.setdefault(row.post_id, []).append(row.name)
    return {
        row.id: Marks(
            row.kind, row.hidden is not None, row.follower is not None, tuple(friends.get(row.id, ()))
        )
        for row in session.execute(_MARKS, asked)
    }


_ME: BindParameter[int] = bindparam("account_id")
_MARKS = (
    select(Post.id, Reaction.kind, HiddenPost.post_id.label("hidden"), Follower.id.label("follower"))
    .outerjoin(Reaction, and_(Reaction.post_id == Post.id, Reaction.account_id == _ME))
    .outerjoin(HiddenPost, and_(HiddenPost.post_id == Post.id, HiddenPost.account_id == _ME))
    .outerjoin(Follower, and_(Follower.page_id == Post.page_id, Follower.account_id == _ME))
    .where(Post.id.in_(bindparam("post_ids", expanding=True)))
)
_NUMBERED = (
    select(
        Reaction.post_id,
        Reaction.account_id,
        func.row_number().over(partition_by=Reaction.post_id, order_by=Reaction.at.desc()).label("number"),
    )
    .join(Friend, Friend.friend_id == Reaction.account_id)
    .where(Friend.account_id == _ME, Reaction.post_id.in_(bindparam("post_ids", expanding=True)))
    .subquery()
)
_FRIENDS_WHO_REACTED = (
    select(_NUMBERED.c.post_id, Account.name)
    .join(Account, Account.id == _NUMBERED.c.account_id)
    .where(_NUMBERED.c.number <= NAMED_FRIENDS)
    .order_by(_NUMBERED.c.post_id, _NUMBERED.c.number)
)


# Which posts


@dataclass(frozen=True, slots=True)
class PostIds:
    """Some of a page's posts by id, and where the next ones start (None at the end)."""

    ids: list[int]
    next_cursor: str | None


def list_post_ids(
    session: Session, *, page_id: int, limit: int, cursor: str | None = None, pinned_first: bool = True
) -> PostIds:
    """Return a page's visible posts, the pinned one first and the others from the newest; BadCursor for a strange one."""
    statement = (
        select(Post.id, Post.published_at)
        .where(Post.page_id == page_id, text(VISIBLE_SQL))
        .order_by(Post.published_at.desc(), Post.id.desc())
        .limit(limit + 1)
    )
    pinned: list[int] = []
    if pinned_first:
        statement = statement.where(Post.pinned_at.is_(None))
        if cursor is None:
            only = select(Post.id).where(
                Post.page_id == page_id, Post.pinned_at.is_not(None), text(VISIBLE_SQL)
            )
            pinned = list(session.scalars(only))
    if cursor is not None:
        at, last_id = require_place(cursor)
        statement = statement.where(
            Post.published_at <= at,
            or_(Post.published_at < at, and_(Post.published_at == at, Post.id < last_id)),
        )
    rows = session.execute(statement).all()
    shown = rows[:limit]
    more = str(Place(shown[-1].published_at, shown[-1].id)) if len(rows) > limit else None
    return PostIds([*pinned, *(row.id for row in shown)], more)


def get_visible_post(session: Session, *, page_id: int, post_id: int) -> Post:
    """Return a visible post of the page; NotFound for any other."""
    if not 0 < post_id <= MAX_ID:
        raise NotFound
    post = session.scalars(
        select(Post).where(Post.id == post_id, Post.page_id == page_id, text(VISIBLE_SQL))
    ).one_or_none()
    if post is None:
        raise NotFound
    return post
