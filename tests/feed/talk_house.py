"""A page with posts and people who talk under them, for tests."""

import datetime as dt
from dataclasses import dataclass

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.core.db import Database
from shop.feed.models import (
    Comment,
    CommentStatus,
    Post,
    PostCounts,
    PostDay,
    PostKind,
    PostPhoto,
    PostStatus,
    PostTag,
    Reaction,
)
from shop.feed.talking import Writer, write_comment
from shop.page.models import Page, Role
from shop.people.models import Block, Friend
from tests.factories import PICTURE, START, make_account, make_page, make_product, make_staff

LONG_AGO = START - dt.timedelta(days=400)
"""When people signed up, so that nobody is held for being new."""


def make_post(
    session: Session,
    page: Page,
    *,
    body: str = "New lamps are here.",
    kind: PostKind = PostKind.TEXT,
    at: dt.datetime = START,
    photos: int = 0,
    products: int = 0,
    **columns: object,
) -> Post:
    """Add a published post with photos, and with products of which each stands on the first photo, if there is one."""
    values: dict[str, object] = {
        "status": PostStatus.PUBLISHED,
        "published_at": at,
        "created_at": at,
        **columns,
    }
    post = Post(page_id=page.id, kind=kind, body=body, **values)
    session.add(post)
    session.flush()
    session.add(PostCounts(post_id=post.id))
    rows = [
        PostPhoto(post_id=post.id, position=n, picture=PICTURE, alt=f"Photo {n}", is_decorative=False)
        for n in range(photos)
    ]
    session.add_all(rows)
    session.flush()
    for number in range(products):
        product = make_product(session, page, title=f"Product {number} of {post.id}")
        point = {"photo_id": rows[0].id, "x": 100 * number, "y": 500} if rows else {}
        session.add(PostTag(post_id=post.id, product_id=product.id, **point))
    session.flush()
    return post


def befriend(session: Session, a: Account, b: Account) -> None:
    """Make two people friends."""
    session.add_all(
        [
            Friend(account_id=a.id, friend_id=b.id, since=START),
            Friend(account_id=b.id, friend_id=a.id, since=START),
        ]
    )
    session.flush()


def block(session: Session, who: Account, whom: Account) -> None:
    """Let one block the other."""
    session.add(Block(account_id=who.id, blocked_id=whom.id, at=START))
    session.flush()


def say(
    session: Session, post: Post, who: Account, text: str = "Lovely.", *, under: int | None = None,
    as_page: bool = False, at: dt.datetime = START,
) -> Comment:  # fmt: skip
    """Let somebody write under a post."""
    writer = Writer(who.id, who.name, is_page=as_page)
    return write_comment(session, post=post, writer=writer, text=text, now=at, parent_id=under)


@dataclass
class TalkHouse:
    """The page ``lumen`` with one post, two strangers who can talk, and its staff."""

    page: Page
    post: Post
    lea: Account
    tom: Account
    owner: Account
    editor: Account

    def counts(self, database: Database) -> PostCounts:
        """Return the post's counts as they are now."""
        with database.reading() as session:
            return session.get_one(PostCounts, self.post.id)


@pytest.fixture
def talk_house(database: Database) -> TalkHouse:
    """A page with one post, its staff, and Léa and Tom, who have been here for long."""
    with database.transaction() as session:
        owner = make_account(session, name="Olga Owner", now=LONG_AGO)
        editor = make_account(session, name="Emil Editor", now=LONG_AGO)
        lea = make_account(session, name="Léa Fontaine", email="lea@example.com", now=LONG_AGO)
        tom = make_account(session, name="Tom Miller", email="tom@example.com", now=LONG_AGO)
        page = make_page(session, slug="lumen", owner=owner)
        make_staff(session, page, editor, Role.EDITOR)
        post = make_post(session, page)
    return TalkHouse(page, post, lea, tom, owner, editor)


def assert_counts_are_true(session: Session, post_id: int) -> None:
    """Fail when the counts of a post are not those of its rows."""
    counts = session.get_one(PostCounts, post_id, populate_existing=True)
    reactions = session.scalar(select(func.count()).select_from(Reaction).where(Reaction.post_id == post_id))
    seen = (
        select(func.count())
        .select_from(Comment)
        .where(
            Comment.post_id == post_id, Comment.status == CommentStatus.VISIBLE, Comment.deleted_at.is_(None)
        )
    )
    assert counts.reactions == reactions
    assert counts.comments == session.scalar(seen)
    by_kind = counts.likes + counts.loves + counts.hahas + counts.wows + counts.sads + counts.angries
    assert by_kind == counts.reactions
    figures = (func.sum(PostDay.reactions), func.sum(PostDay.comments))
    days = session.execute(select(*figures).where(PostDay.post_id == post_id)).one()
    assert (int(days[0] or 0), int(days[1] or 0)) == (counts.reactions, counts.comments)


def set_status(session: Session, comment_id: int, status: CommentStatus) -> None:
    """Give a comment a status, without its counts."""
    session.execute(update(Comment).where(Comment.id == comment_id).values(status=status))
