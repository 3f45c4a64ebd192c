"""Every SELECT of counting who saw which post."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, select, text, tuple_
from sqlalchemy.orm import Session

from shop.feed.models import VISIBLE_SQL, Post
from shop.feed.ranking_models import PostView
from shop.page.models import Affinity, Page, StaffMember

Pair = tuple[int, str]
"""A post's id and who read it."""


@dataclass(frozen=True, slots=True)
class SeenPost:
    """What counting needs to know of a post."""

    page_id: int
    country: str


@dataclass(frozen=True, slots=True)
class KnownView:
    """What is written of a reader and a post."""

    times: int
    last_at: dt.datetime
    is_engaged: bool


def map_visible_posts(session: Session, post_ids: Collection[int]) -> dict[int, SeenPost]:
    """Return those of the posts that everybody may see."""
    statement = (
        select(Post.id, Post.page_id, Page.country)
        .join(Page, Page.id == Post.page_id)
        .where(Post.id.in_(post_ids), text(VISIBLE_SQL))
    )
    return {row.id: SeenPost(row.page_id, row.country) for row in session.execute(statement)}


def find_staff(session: Session, account_ids: Collection[int]) -> set[tuple[int, int]]:
    """Return (page, account) of the accounts that work for pages."""
    if not account_ids:
        return set()
    statement = select(StaffMember.page_id, StaffMember.account_id).where(
        StaffMember.account_id.in_(account_ids)
    )
    return {(page_id, account_id) for page_id, account_id in session.execute(statement)}


def is_of_others(post_id: int, account_id: int) -> ColumnElement[bool]:
    """Return the condition that the post's page is none that the account works for, to be asked within a statement."""
    pages = select(Post.page_id).where(Post.id == post_id).scalar_subquery()
    return ~exists().where(StaffMember.account_id == account_id, StaffMember.page_id == pages)


def lock_views(session: Session, pairs: Iterable[Pair]) -> dict[Pair, KnownView]:
    """Return what is written of each reader and post, held until the end of the transaction."""
    keys = [(reader, post_id) for post_id, reader in pairs]
    statement = (
        select(PostView)
        .where(tuple_(PostView.reader_key, PostView.post_id).in_(keys))
        .order_by(PostView.post_id, PostView.reader_key)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {
        (row.post_id, row.reader_key): KnownView(row.times, row.last_at, row.engaged_at is not None)
        for row in session.scalars(statement)
    }


def map_last_views(
    session: Session, account_ids: Collection[int], page_ids: Collection[int]
) -> dict[tuple[int, int], dt.datetime | None]:
    """Return when each account looked at each page last, by (account, page)."""
    statement = select(Affinity.account_id, Affinity.page_id, Affinity.last_view_at).where(
        Affinity.account_id.in_(account_ids), Affinity.page_id.in_(page_ids)
    )
    return {(row.account_id, row.page_id): row.last_view_at for row in session.execute(statement)}
