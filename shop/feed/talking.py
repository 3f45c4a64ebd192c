"""Talking under a post: comments, their replies and likes, counted by what each row really did."""

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from shop.core.errors import Forbidden, Invalid, NotFound
from shop.core.i18n import N_
from shop.feed.comment_counting import move_counts, set_status
from shop.feed.counting import is_first_engagement
from shop.feed.models import Comment, CommentLike, CommentStatus, Post
from shop.feed.moderation_queries import find_comment
from shop.feed.talk_news import comment_path, quote_as_seen, tell_of_comment, tell_of_like
from shop.feed.talk_queries import list_recent_texts, lock_comment
from shop.moderation.judging import Judgement, judge
from shop.moderation.models import SubjectKind
from shop.moderation.queries import is_banned, is_taken_down
from shop.moderation.service import Subject, open_case
from shop.moderation.spam import HISTORY_LIMIT, HISTORY_SPAN, RecentText
from shop.page.affinity import Act, record_interaction
from shop.page.service import raise_version
from shop.people.queries import is_blocked

MAX_COMMENT = 2000


class Banned(Forbidden):
    """The account may neither comment nor react on the page."""

    code: ClassVar[str] = "banned"
    message: ClassVar[str] = N_("This page does not let you comment or react any more.")


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes: an account in its own name, or a member of staff in the page's."""

    account_id: int
    name: str
    is_page: bool = False


def check_text(text: str) -> str:
    """Return what somebody typed without blanks around it; Invalid (field ``body``) when it is empty or too long."""
    tidy = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if not tidy:
        raise Invalid({"body": [N_("Write something first.")]})
    if len(tidy) > MAX_COMMENT:
        raise Invalid(
            {"body": [N_("This is %(length)s characters long; %(most)s is the most. Please shorten it.")]},
            length=len(tidy),
            most=MAX_COMMENT,
        )
    return tidy


def check_not_banned(session: Session, *, page_id: int, account_id: int) -> None:
    """Raise Banned when the page does not let the account comment or react."""
    if is_banned(session, page_id, account_id):
        raise Banned


def write_comment(
    session: Session, *, post: Post, writer: Writer, text: str, now: dt.datetime, parent_id: int | None = None
) -> Comment:
    """Write a comment or, under ``parent_id``, a reply; a reply to a reply stands beside it.

    Raises Invalid by field, Banned, and NotFound when what it answers is gone. It is HELD when the page's filter
    or the heuristics say so; its author is told by its status.
    """
    body = check_text(text)
    answered = None if parent_id is None else _answered(session, post, writer, parent_id)
    judgement = _judged(session, page_id=post.page_id, writer=writer, body=body, now=now)
    comment = Comment(
        post_id=post.id,
        parent_id=None if answered is None else answered.parent_id or answered.id,
        account_id=writer.account_id,
        is_page=writer.is_page,
        body=body,
        status=CommentStatus.HELD if judgement.is_held else CommentStatus.VISIBLE,
        at=now,
        like_count=0,
        reply_count=0,
    )
    session.add(comment)
    session.flush()
    if judgement.is_held:
        _hold(session, post=post, comment=comment, judgement=judgement, now=now)
        raise_version(session, post.page_id)
        return comment
    engaged = is_first_engagement(session, post_id=post.id, account_id=writer.account_id, now=now)
    record_interaction(session, account_id=writer.account_id, page_id=post.page_id, act=Act.COMMENT, now=now)
    move_counts(session, post=post, parent_id=comment.parent_id, by=1, at=now, engaged=int(engaged))
    tell_of_comment(session, post=post, comment=comment, answered=answered, name=writer.name, now=now)
    raise_version(session, post.page_id)
    return comment


def _answered(session: Session, post: Post, writer: Writer, comment_id: int) -> Comment:
    """Return the comment that is answered, locked; NotFound unless everybody sees it, in a talk that everybody sees."""
    answered = lock_comment(session, comment_id=comment_id, page_id=post.page_id)
    top = answered if answered.parent_id is None else find_comment(session, answered.parent_id)
    is_seen = answered.status is CommentStatus.VISIBLE and answered.deleted_at is None
    if (
        answered.post_id != post.id
        or not is_seen
        or top is None
        or top.status is not CommentStatus.VISIBLE
        or _keep_apart(session, writer, answered)
    ):
        raise NotFound(N_("The comment that you answer is gone."))
    return answered


def _keep_apart(session: Session, writer: Writer, comment: Comment) -> bool:
    """Tell whether the writer and the comment's author have blocked each other; a page talks with everybody."""
    if writer.is_page or comment.is_page:
        return False
    return is_blocked(session, writer.account_id, comment.account_id)


def _judged(session: Session, *, page_id: int, writer: Writer, body: str, now: dt.datetime) -> Judgement:
    if writer.is_page:
        return Judgement(is_banned=False, is_held=False, signs=(), reason=None)
    recent = list_recent_texts(
        session, account_id=writer.account_id, since=now - HISTORY_SPAN, limit=HISTORY_LIMIT
    )
    judgement = judge(
        session,
        page_id=page_id,
        account_id=writer.account_id,
        text=body,
        now=now,
        history=[RecentText(*one) for one in recent],
    )
    if judgement.is_banned:
        raise Banned
    return judgement


def _hold(session: Session, *, post: Post, comment: Comment, judgement: Judgement, now: dt.datetime) -> None:
    subject = Subject(
        kind=SubjectKind.COMMENT,
        id=comment.id,
        page_id=post.page_id,
        author_id=comment.account_id,
        excerpt=comment.body,
        path=comment_path(session, post_id=post.id, page_id=post.page_id, comment_id=comment.id),
    )
    open_case(session, subject=subject, now=now, reason=judgement.reason, signs=judgement.signs)


def edit_comment(
    session: Session, *, post: Post, comment_id: int, writer: Writer, text: str, now: dt.datetime
) -> Comment:
    """Change the words of the account's own comment; what is held by it is no longer counted.

    Raises Invalid by field, Banned, and NotFound for a comment that is gone or somebody else's.
    """
    body = check_text(text)
    comment = _own(session, post=post, comment_id=comment_id, writer=writer)
    if comment.deleted_at is not None or comment.status is CommentStatus.REMOVED:
        raise NotFound
    if comment.body == body:
        return comment
    page_writes = Writer(writer.account_id, writer.name, is_page=comment.is_page)
    judgement = _judged(session, page_id=post.page_id, writer=page_writes, body=body, now=now)
    comment.body, comment.edited_at = body, now
    if judgement.is_held and comment.status is CommentStatus.VISIBLE:
        set_status(session, comment=comment, post=post, status=CommentStatus.HELD, now=now)
    session.flush()
    quote_as_seen(session, post=post, comment=comment)
    if judgement.is_held:
        _hold(session, post=post, comment=comment, judgement=judgement, now=now)
    raise_version(session, post.page_id)
    return comment


def delete_comment(
    session: Session, *, post: Post, comment_id: int, writer: Writer, now: dt.datetime
) -> Comment:
    """Delete the account's own comment; its replies stay. NotFound for somebody else's; twice is like once."""
    comment = _own(session, post=post, comment_id=comment_id, writer=writer)
    if comment.deleted_at is None:
        comment.deleted_at = now
        session.flush()
        quote_as_seen(session, post=post, comment=comment)
        if comment.status is CommentStatus.VISIBLE:
            move_counts(session, post=post, parent_id=comment.parent_id, by=-1, at=now)
        raise_version(session, post.page_id)
    return comment


def restore_comment(
    session: Session, *, post: Post, comment_id: int, writer: Writer, now: dt.datetime
) -> Comment:
    """Bring the account's own deleted comment back as it stood; what moderators removed stays removed. Banned."""
    comment = _own(session, post=post, comment_id=comment_id, writer=writer)
    if comment.deleted_at is not None:
        if comment.status is CommentStatus.REMOVED or is_taken_down(session, SubjectKind.COMMENT, comment.id):
            raise NotFound
        if not comment.is_page:
            check_not_banned(session, page_id=post.page_id, account_id=writer.account_id)
        comment.deleted_at = None
        session.flush()
        quote_as_seen(session, post=post, comment=comment)
        if comment.status is CommentStatus.VISIBLE:
            move_counts(session, post=post, parent_id=comment.parent_id, by=1, at=now)
        raise_version(session, post.page_id)
    return comment


def _own(session: Session, *, post: Post, comment_id: int, writer: Writer) -> Comment:
    """Return the writer's comment, locked; staff who write for the page may touch all that the page wrote."""
    comment = lock_comment(session, comment_id=comment_id, page_id=post.page_id)
    is_mine = comment.account_id == writer.account_id or (comment.is_page and writer.is_page)
    if comment.post_id != post.id or not is_mine:
        raise NotFound
    return comment


def like_comment(session: Session, *, post: Post, comment_id: int, writer: Writer, now: dt.datetime) -> bool:
    """Let the account like a comment that everybody sees; return whether it did not before. Banned, NotFound."""
    check_not_banned(session, page_id=post.page_id, account_id=writer.account_id)
    comment = lock_comment(session, comment_id=comment_id, page_id=post.page_id)
    if (
        comment.post_id != post.id
        or comment.deleted_at is not None
        or comment.status is not CommentStatus.VISIBLE
        or _keep_apart(session, writer, comment)
    ):
        raise NotFound
    insert = pg_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    added = session.scalar(
        insert(CommentLike)
        .values(comment_id=comment_id, account_id=writer.account_id, at=now)
        .on_conflict_do_nothing(index_elements=["comment_id", "account_id"])
        .returning(CommentLike.comment_id)
    )
    if added is None:
        return False
    _count_like(session, comment_id, 1)
    tell_of_like(session, post=post, comment=comment, account_id=writer.account_id, name=writer.name, now=now)
    raise_version(session, post.page_id)
    return True


def unlike_comment(session: Session, *, post: Post, comment_id: int, account_id: int) -> bool:
    """Take the account's like of a comment back; return whether there was one."""
    lock_comment(session, comment_id=comment_id, page_id=post.page_id)
    gone = session.scalar(
        delete(CommentLike)
        .where(CommentLike.comment_id == comment_id, CommentLike.account_id == account_id)
        .returning(CommentLike.comment_id)
        .execution_options(synchronize_session=False)
    )
    if gone is None:
        return False
    _count_like(session, comment_id, -1)
    raise_version(session, post.page_id)
    return True


def _count_like(session: Session, comment_id: int, by: int) -> None:
    session.execute(
        update(Comment)
        .where(Comment.id == comment_id)
        .values(like_count=Comment.like_count + by)
        .execution_options(synchronize_session=False)
    )
