"""Every SELECT over comments and reactions; what somebody sees of a talk depends on who they are."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.accounts.profile_models import Profile
from shop.core.errors import NotFound
from shop.feed.models import Comment, CommentLike, CommentStatus, Post, PostStatus, Reaction, ReactionKind
from shop.feed.view_queries import MAX_ID
from shop.page.authorization import Permission, allows
from shop.page.models import Role, StaffMember
from shop.people.models import Friend
from shop.people.queries import unblocked

FIRST_REPLIES = 2
MAX_REPLIES = 100
"""How many replies stand under a comment at once: folded, and opened."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a talk: an account (None for a guest), and what they may do on the page."""

    account_id: int | None = None
    moderates: bool = False
    writes_for_page: bool = False


@dataclass(frozen=True, slots=True)
class CommentRow:
    """A comment as it was read, with who wrote it. ``is_seen`` is False where only its replies are shown."""

    id: int
    parent_id: int | None
    account_id: int | None
    is_page: bool
    author: str
    handle: str | None
    avatar: dict[str, Any] | None
    body: str
    status: CommentStatus
    at: dt.datetime
    edited_at: dt.datetime | None
    deleted_at: dt.datetime | None
    like_count: int
    reply_count: int
    is_seen: bool


def find_reaction_for_update(session: Session, *, post_id: int, account_id: int) -> ReactionKind | None:
    """Return how the account reacted to the post, locked until the transaction ends; None when it did not."""
    statement = select(Reaction.kind).where(Reaction.post_id == post_id, Reaction.account_id == account_id)
    return session.scalar(statement.with_for_update())


def lock_comment(session: Session, *, comment_id: int, page_id: int | None = None) -> Comment:
    """Return a comment of a published post as it is now, locked until the transaction ends; NotFound for any other."""
    if not 0 < comment_id <= MAX_ID:
        raise NotFound
    statement = (
        select(Comment)
        .join(Post, Post.id == Comment.post_id)
        .where(Comment.id == comment_id, Post.status == PostStatus.PUBLISHED, Post.deleted_at.is_(None))
    )
    if page_id is not None:
        statement = statement.where(Post.page_id == page_id)
    comment = session.scalars(
        statement.with_for_update(of=Comment).execution_options(populate_existing=True)
    ).one_or_none()
    if comment is None:
        raise NotFound
    return comment


def is_visible(reader: Reader, comment: Any = Comment) -> ColumnElement[bool]:
    """Return the condition under which ``reader`` sees a comment."""
    mine = comment.account_id == reader.account_id if reader.account_id is not None else false()
    allowed = [comment.status == CommentStatus.VISIBLE]
    if reader.moderates:
        allowed.append(comment.status.in_([CommentStatus.HELD, CommentStatus.HIDDEN]))
    elif reader.account_id is not None:
        is_friend = (
            select(Friend.account_id)
            .where(Friend.account_id == reader.account_id, Friend.friend_id == comment.account_id)
            .exists()
        )
        allowed.append(and_(mine, comment.status.in_([CommentStatus.HELD, CommentStatus.HIDDEN])))
        allowed.append(and_(comment.status == CommentStatus.HIDDEN, is_friend))
    conditions = [comment.deleted_at.is_(None), or_(*allowed)]
    # Who moderates sees all: nobody may hide what they write from a page's staff by blocking these.
    if reader.account_id is not None and not reader.moderates:
        conditions.append(or_(comment.is_page, unblocked(reader.account_id, comment.account_id)))
    return and_(*conditions)


def _comments(reader: Reader) -> Select[Any]:
    return (
        select(Comment, Account.name, Profile.handle, Profile.avatar, is_visible(reader).label("is_seen"))
        .outerjoin(Account, Account.id == Comment.account_id)
        .outerjoin(Profile, Profile.account_id == Comment.account_id)
    )


def list_comments(
    session: Session,
    *,
    post_id: int,
    reader: Reader,
    newest_first: bool,
    limit: int,
    after_id: int | None = None,
) -> list[CommentRow]:
    """Return up to ``limit`` + 1 comments of a post that are no replies; those with replies stay as a place for them."""
    statement = _comments(reader).where(
        Comment.post_id == post_id,
        Comment.parent_id.is_(None),
        or_(is_visible(reader), Comment.reply_count > 0),
    )
    if after_id is not None:
        statement = statement.where(Comment.id < after_id if newest_first else Comment.id > after_id)
    order = Comment.id.desc() if newest_first else Comment.id.asc()
    return [_row(row) for row in session.execute(statement.order_by(order).limit(limit + 1))]


def list_replies(
    session: Session, *, parent_ids: Collection[int], opened: Collection[int], reader: Reader
) -> tuple[dict[int, list[CommentRow]], dict[int, int]]:
    """Return the first replies of each comment, all of the opened ones, oldest first, and how many each has."""
    if not parent_ids:
        return {}, {}
    number = func.row_number().over(partition_by=Comment.parent_id, order_by=Comment.id)
    total = func.count().over(partition_by=Comment.parent_id)
    seen = (
        select(Comment.id, Comment.parent_id, number.label("number"), total.label("total"))
        .where(Comment.parent_id.in_(list(parent_ids)), is_visible(reader))
        .subquery()
    )
    most = or_(
        seen.c.number <= FIRST_REPLIES,
        and_(seen.c.parent_id.in_(list(opened)), seen.c.number <= MAX_REPLIES) if opened else false(),
    )
    statement = (
        _comments(reader).add_columns(seen.c.total).join(seen, seen.c.id == Comment.id).where(most)
    ).order_by(Comment.parent_id, Comment.id)
    replies: dict[int, list[CommentRow]] = {}
    totals: dict[int, int] = {}
    for row in session.execute(statement):
        comment = _row(row)
        replies.setdefault(comment.parent_id or 0, []).append(comment)
        totals[comment.parent_id or 0] = row.total
    return replies, totals


def get_comment(session: Session, *, comment_id: int, reader: Reader) -> CommentRow:
    """Return a comment that ``reader`` sees; NotFound for any other."""
    row = session.execute(_comments(reader).where(Comment.id == comment_id, is_visible(reader))).one_or_none()
    if row is None:
        raise NotFound
    return _row(row)


def _row(row: Row[Any]) -> CommentRow:
    comment: Comment = row[0]
    return CommentRow(
        comment.id, comment.parent_id, comment.account_id, comment.is_page, row.name or "", row.handle, row.avatar,
        comment.body, comment.status, comment.at, comment.edited_at, comment.deleted_at, comment.like_count,
        comment.reply_count, bool(row.is_seen),
    )  # fmt: skip


def find_author_id(session: Session, comment_id: int) -> int | None:
    """Return the account that wrote a comment, or None."""
    return session.scalar(select(Comment.account_id).where(Comment.id == comment_id))


def list_talk_staff_ids(session: Session, page_id: int) -> list[int]:
    """Return the accounts that talk in the page's name, by id."""
    roles = [role for role in Role if allows(role, Permission.MANAGE_POSTS)]
    statement = select(StaffMember.account_id).where(
        StaffMember.page_id == page_id, StaffMember.role.in_(roles)
    )
    return list(session.scalars(statement.order_by(StaffMember.account_id)))


def list_liked_ids(session: Session, *, account_id: int, comment_ids: Collection[int]) -> set[int]:
    """Return which of the comments the account likes."""
    if not comment_ids:
        return set()
    statement = select(CommentLike.comment_id).where(
        CommentLike.account_id == account_id, CommentLike.comment_id.in_(list(comment_ids))
    )
    return set(session.scalars(statement))


def get_post_id(session: Session, *, page_id: int, comment_id: int) -> int:
    """Return the post under which a comment of the page stands; NotFound when the page has no such comment."""
    if not 0 < comment_id <= MAX_ID:
        raise NotFound
    statement = select(Comment.post_id).join(Post, Post.id == Comment.post_id)
    post_id = session.scalar(statement.where(Comment.id == comment_id, Post.page_id == page_id))
    if post_id is None:
        raise NotFound
    return post_id


def find_place(session: Session, *, post_id: int, comment_id: int) -> int | None:
    """Return the comment under which, or as which, a comment of the post stands; None when it has no such one."""
    if not 0 < comment_id <= MAX_ID:
        return None
    statement = select(func.coalesce(Comment.parent_id, Comment.id)).where(
        Comment.id == comment_id, Comment.post_id == post_id
    )
    return session.scalar(statement)


def list_recent_texts(
    session: Session, *, account_id: int, since: dt.datetime, limit: int
) -> list[tuple[int | None, str, dt.datetime]]:
    """Return (account id, text, instant) of what was written since: the account's own, and the newest of anybody."""
    columns = (Comment.account_id, Comment.body, Comment.at)
    mine = (
        select(*columns)
        .where(Comment.account_id == account_id, Comment.at >= since)
        .order_by(Comment.at.desc())
        .limit(limit)
    )
    # The newest by id and then those of them that are young: no index is on the instant alone.
    newest = select(*columns, Comment.id).order_by(Comment.id.desc()).limit(limit).subquery()
    others = select(newest.c.account_id, newest.c.body, newest.c.at).where(
        newest.c.at >= since, newest.c.account_id != account_id
    )
    found = [*session.execute(mine), *session.execute(others)]
    return [(row[0], row[1], row[2]) for row in found]


def list_reactions(
    session: Session,
    *,
    post_id: int,
    account_id: int | None,
    kind: ReactionKind | None,
    limit: int,
    offset: int,
) -> list[Row[Any]]:
    """Return (name, handle, avatar, kind, is_friend) of who reacted to a post: friends first, then the latest.

    Up to ``limit`` + 1 of them; people who blocked the account, or whom it blocked, are left out.
    """
    is_friend = (
        select(Friend.account_id)
        .where(Friend.account_id == account_id, Friend.friend_id == Reaction.account_id)
        .exists()
    )
    statement = (
        select(Account.name, Profile.handle, Profile.avatar, Reaction.kind, is_friend.label("is_friend"))
        .join(Account, Account.id == Reaction.account_id)
        .join(Profile, Profile.account_id == Reaction.account_id)
        .where(Reaction.post_id == post_id)
    )
    if kind is not None:
        statement = statement.where(Reaction.kind == kind)
    if account_id is not None:
        statement = statement.where(unblocked(account_id, Reaction.account_id))
    order = (is_friend.desc(), Reaction.at.desc(), Reaction.account_id)
    return list(session.execute(statement.order_by(*order).limit(limit + 1).offset(offset)))
