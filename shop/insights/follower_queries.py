"""Every SELECT of the follower list. Parts are read along an index, so that a million followers page as quickly as ten."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.accounts.profile_models import Profile
from shop.accounts.queries import having_words, map_names
from shop.core.places import Place
from shop.core.text_search import words_of
from shop.feed.models import Post, Share
from shop.insights.people_queries import LOOKED_AT, Spent
from shop.orders.models import Order
from shop.page.models import Follower, LikeEvent, LikeSource

SHARE = "share-"


@dataclass(frozen=True, slots=True)
class FollowerFilter:
    """Which followers are shown; from ``since`` and before ``until``, names with a word beginning with each term."""

    source: LikeSource | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    terms: Sequence[str] = ()
    finds_nothing: bool = False
    """Whether words were asked for that no name can have."""


@dataclass(frozen=True, slots=True)
class FollowerRow:
    """Somebody who likes the page. ``ref`` is the post's id, the friend's account id or ``share-<id>``."""

    id: int
    account_id: int
    name: str
    handle: str
    source: LikeSource
    ref: str | None
    followed_at: dt.datetime


@dataclass(frozen=True, slots=True)
class FollowerPart:
    """Some followers, newest first, and where the next part starts (None at the end)."""

    rows: list[FollowerRow]
    after: Place | None


@dataclass(frozen=True, slots=True)
class SourceTotal:
    """Of one source: how many follow now, how many likes were gained and lost lately."""

    source: LikeSource
    count: int
    gained: int
    lost: int


def list_followers(
    session: Session, page_id: int, wanted: FollowerFilter, *, after: Place | None, limit: int
) -> FollowerPart:
    """Return followers who pass ``wanted``, newest first, in one statement.

    Who only likes a page gave it no address: a search looks at names alone.
    """
    if wanted.finds_nothing:
        return FollowerPart([], None)
    statement = (
        select(
            Follower.id, Follower.account_id, Account.name, Profile.handle, Follower.source, Follower.source_ref,
            Follower.followed_at,
        )
        .join(Account, Account.id == Follower.account_id)
        .join(Profile, Profile.account_id == Follower.account_id)
        .where(Follower.page_id == page_id, *_conditions(wanted))
        .order_by(Follower.followed_at.desc(), Follower.id.desc())
    )  # fmt: skip
    if after is not None:
        at, row_id = after
        # The first condition alone lets both databases start in the index at the right place.
        statement = statement.where(
            Follower.followed_at <= at,
            or_(Follower.followed_at < at, and_(Follower.followed_at == at, Follower.id < row_id)),
        )
    if not wanted.terms:
        statement = statement.limit(limit + 1)
    rows = [FollowerRow(*row) for row in session.execute(statement)]
    if wanted.terms:
        rows = [row for row in rows if _is_named(row.name, wanted.terms)]
    last = rows[limit - 1] if len(rows) > limit else None
    return FollowerPart(rows[:limit], Place(last.followed_at, last.id) if last else None)


def _conditions(wanted: FollowerFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.source is not None:
        found.append(Follower.source == wanted.source)
    if wanted.since is not None:
        found.append(Follower.followed_at >= wanted.since)
    if wanted.until is not None:
        found.append(Follower.followed_at < wanted.until)
    if wanted.terms:
        found.append(Follower.account_id.in_(having_words(wanted.terms, at_most=LOOKED_AT)))
    return found


def _is_named(name: str, terms: Sequence[str]) -> bool:
    words = words_of(name)
    return all(any(word.startswith(term) for word in words) for term in terms)


def total_sources(session: Session, page_id: int, *, since: dt.datetime) -> list[SourceTotal]:
    """Return the totals of each source that ever led to a like of the page, the largest first; two statements."""
    counts = dict(
        session.execute(
            select(Follower.source, func.count()).where(Follower.page_id == page_id).group_by(Follower.source)
        ).all()
    )
    moved = {
        (source, is_gain): count
        for source, is_gain, count in session.execute(
            select(LikeEvent.source, LikeEvent.is_gain, func.count())
            .where(LikeEvent.page_id == page_id, LikeEvent.at >= since)
            .group_by(LikeEvent.source, LikeEvent.is_gain)
        )
    }
    sources = {*counts, *(source for source, _ in moved)}
    found = [
        SourceTotal(
            source, counts.get(source, 0), moved.get((source, True), 0), moved.get((source, False), 0)
        )
        for source in sources
    ]
    return sorted(found, key=lambda one: (-one.count, one.source))


def map_posts(session: Session, page_id: int, post_ids: Collection[int]) -> dict[int, str]:
    """Return the texts of a page's posts by their ids, deleted ones left out."""
    if not post_ids:
        return {}
    statement = select(Post.id, Post.body).where(
        Post.page_id == page_id, Post.id.in_(list(post_ids)), Post.deleted_at.is_(None)
    )
    return dict(session.execute(statement).all())


def map_friends(session: Session, page_id: int, rows: Iterable[FollowerRow]) -> dict[str, str]:
    """Return the names of the friends that followers came from, by ``ref``; at most two statements."""
    refs = {row.ref for row in rows if row.source is LikeSource.FRIEND and row.ref}
    people = {ref: int(ref) for ref in refs if ref.isdecimal()}
    shares = {int(ref.removeprefix(SHARE)): ref for ref in refs if ref.startswith(SHARE)}
    if shares:
        asked = select(Share.id, Share.account_id).where(Share.page_id == page_id, Share.id.in_(list(shares)))
        people |= {shares[share_id]: account_id for share_id, account_id in session.execute(asked)}
    names = map_names(session, set(people.values()))
    return {ref: names[account_id] for ref, account_id in people.items() if account_id in names}


def map_spent(session: Session, page_id: int, account_ids: Collection[int]) -> dict[int, list[Spent]]:
    """Return what accounts paid on the page, by account and currency, in one statement."""
    if not account_ids:
        return {}
    statement = (
        select(
            Order.account_id,
            Order.currency,
            func.count(),
            func.sum(Order.captured_amount - Order.refunded_amount),
        )
        .where(Order.account_id.in_(list(account_ids)), Order.page_id == page_id, Order.paid_at.is_not(None))
        .group_by(Order.account_id, Order.currency)
        .order_by(Order.account_id, Order.currency)
    )
    found: dict[int, list[Spent]] = {}
    for account_id, currency, orders, amount in session.execute(statement):
        if account_id is not None:
            found.setdefault(account_id, []).append(Spent(currency, int(orders), int(amount)))
    return found
