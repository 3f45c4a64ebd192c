"""Who is told of a comment or a like: never of one's own, never of people who blocked each other."""

import datetime as dt

from sqlalchemy.orm import Session

from shop.feed.models import Comment, CommentStatus, Post
from shop.feed.talk_queries import find_author_id, list_talk_staff_ids
from shop.notifications.models import NotificationKind
from shop.notifications.service import notify, requote
from shop.page.queries import get_page_by_id
from shop.people.queries import blocked_ids, is_blocked

EXCERPT = 140


def comment_path(session: Session, *, post_id: int, page_id: int, comment_id: int) -> str:
    """Return where a comment stands: an address of ours without its language."""
    return f"/p/{get_page_by_id(session, page_id).slug}/posts/{post_id}?comment={comment_id}#comment-{comment_id}"


def tell_of_comment(
    session: Session, *, post: Post, comment: Comment, answered: Comment | None, name: str, now: dt.datetime
) -> None:
    """Tell those whose comment is answered, and the staff who talk for the page."""
    page = get_page_by_id(session, post.page_id)
    actor = page.name if comment.is_page else name
    answered_ids: set[int | None] = set()
    if answered is not None:
        answered_ids = {answered.account_id}
        if answered.parent_id is not None:
            answered_ids.add(find_author_id(session, answered.parent_id))
    told = dict.fromkeys(answered_ids, NotificationKind.COMMENT_REPLY)
    if not comment.is_page:
        for account_id in list_talk_staff_ids(session, post.page_id):
            told.setdefault(account_id, NotificationKind.PAGE_COMMENT)
    # A page talks with everybody, whoever of its staff writes.
    ids = [one for one in told if one is not None]
    apart = set() if comment.is_page else blocked_ids(session, comment.account_id, among=ids)
    away = {comment.account_id, *apart}
    data = {"actors": [actor], "page": page.name, "excerpt": comment.body[:EXCERPT]}
    path = comment_path(session, post_id=post.id, page_id=post.page_id, comment_id=comment.id)
    # In the order of their ids, so that two comments at once cannot wait for each other.
    for account_id in sorted(one for one in ids if one not in away):
        kind = told[account_id]
        is_reply = kind is NotificationKind.COMMENT_REPLY
        subject = f"comment:{comment.parent_id}" if is_reply else f"post:{post.id}"
        notify(session, account_id=account_id, kind=kind, subject=subject, path=path, data=data, now=now)


def quote_as_seen(session: Session, *, post: Post, comment: Comment) -> None:
    """Let notifications quote a comment as everybody sees it now, or not at all."""
    is_seen = comment.status is CommentStatus.VISIBLE and comment.deleted_at is None
    path = comment_path(session, post_id=post.id, page_id=post.page_id, comment_id=comment.id)
    requote(session, path=path, excerpt=comment.body[:EXCERPT] if is_seen else "")


def tell_of_like(
    session: Session, *, post: Post, comment: Comment, account_id: int, name: str, now: dt.datetime
) -> None:
    """Tell who wrote a comment that somebody likes it."""
    if comment.account_id in (None, account_id) or is_blocked(session, account_id, comment.account_id):
        return
    page = get_page_by_id(session, post.page_id)
    notify(
        session,
        account_id=comment.account_id or 0,
        kind=NotificationKind.COMMENT_LIKE,
        subject=f"comment:{comment.id}",
        path=comment_path(session, post_id=post.id, page_id=post.page_id, comment_id=comment.id),
        data={"actors": [name], "page": page.name, "excerpt": comment.body[:EXCERPT]},
        now=now,
    )
