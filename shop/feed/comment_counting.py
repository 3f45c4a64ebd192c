"""Comments as they are counted: on their parent and on their post, only what everybody sees.

A comment that is held, hidden or removed takes its replies out of the counts: its own ``reply_count`` is then 0, and
nothing moves under it. When it comes back its visible replies are counted anew, under the lock of its row.
"""

import datetime as dt

from sqlalchemy import update
from sqlalchemy.orm import Session

from shop.feed.counting import count_on_post
from shop.feed.models import Comment, CommentStatus, Post
from shop.feed.moderation_queries import count_visible_replies
from shop.feed.talk_news import quote_as_seen


def move_counts(
    session: Session, *, post: Post, parent_id: int | None, by: int, at: dt.datetime, engaged: int = 0
) -> None:
    """Count a comment that everybody now sees (``by`` 1) or no longer sees (-1), on its parent and its post.

    Under a comment that moderators took away nothing counts (``moderating.py``), so nothing moves there.
    """
    if parent_id is not None:
        counting = session.scalar(
            update(Comment)
            .where(Comment.id == parent_id, Comment.status == CommentStatus.VISIBLE)
            .values(reply_count=Comment.reply_count + by)
            .returning(Comment.id)
            .execution_options(synchronize_session=False)
        )
        by = 0 if counting is None else by
    count_on_post(session, post_id=post.id, page_id=post.page_id, at=at, comments=by, engaged=engaged)


def set_status(
    session: Session, *, comment: Comment, post: Post, status: CommentStatus, now: dt.datetime
) -> None:
    """Give a comment, whose row is locked, another status and move the counts by what everybody sees now."""
    if comment.status is status:
        return
    was_seen = comment.status is CommentStatus.VISIBLE
    is_seen = status is CommentStatus.VISIBLE
    comment.status = status
    if was_seen == is_seen:
        session.flush()
        return
    quote_as_seen(session, post=post, comment=comment)
    replies = 0
    if comment.parent_id is None:
        replies = count_visible_replies(session, comment.id) if is_seen else comment.reply_count
        comment.reply_count = replies if is_seen else 0
    session.flush()
    sign = 1 if is_seen else -1
    if comment.deleted_at is None:
        move_counts(session, post=post, parent_id=comment.parent_id, by=sign, at=now)
    count_on_post(session, post_id=post.id, page_id=post.page_id, at=now, comments=sign * replies)
