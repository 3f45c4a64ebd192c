"""Hiding a comment from where it stands, and showing it again; a case that waits for it is decided by that."""

import datetime as dt

from sqlalchemy.orm import Session

from shop.core.errors import NotFound
from shop.feed.comment_counting import set_status
from shop.feed.models import Comment, CommentStatus, Post
from shop.feed.moderating import TITLE, Actor, decide_case
from shop.feed.moderation_queries import lock_moderated
from shop.moderation.models import Decision, Reason, SubjectKind
from shop.moderation.queries import find_open_case
from shop.page.audit import record_act
from shop.page.service import raise_version

_FROM = {
    CommentStatus.HIDDEN: frozenset({CommentStatus.VISIBLE, CommentStatus.HELD}),
    CommentStatus.VISIBLE: frozenset({CommentStatus.HIDDEN, CommentStatus.HELD}),
}
_DECISION = {CommentStatus.HIDDEN: Decision.HIDDEN, CommentStatus.VISIBLE: Decision.KEPT}


def hide_comment(
    session: Session, *, page_id: int, comment_id: int, account_id: int, now: dt.datetime
) -> None:
    """Hide a comment of the page from all but its author and their friends; NotFound for the page's own words."""
    _change(session, page_id, comment_id, CommentStatus.HIDDEN, Actor(page_id, account_id, now, Reason.OTHER))


def show_comment(
    session: Session, *, page_id: int, comment_id: int, account_id: int, now: dt.datetime
) -> None:
    """Show a comment of the page that was hidden or held to everybody."""
    _change(
        session, page_id, comment_id, CommentStatus.VISIBLE, Actor(page_id, account_id, now, Reason.OTHER)
    )


def _change(session: Session, page_id: int, comment_id: int, to: CommentStatus, actor: Actor) -> None:
    comment, _post = found = _locked(session, page_id, comment_id)
    if comment.status is to:
        return
    if comment.status not in _FROM[to]:
        raise NotFound
    case = find_open_case(session, SubjectKind.COMMENT, comment_id)
    if case is not None and case.page_id == page_id:
        decide_case(session, case_id=case.id, decision=_DECISION[to], actor=actor)
        return
    _change_alone(session, *found, to, actor)


def _change_alone(session: Session, comment: Comment, post: Post, to: CommentStatus, actor: Actor) -> None:
    before = comment.status
    set_status(session, comment=comment, post=post, status=to, now=actor.now)
    record_act(
        session, page_id=actor.page_id, account_id=actor.account_id, act=f"comment.{_DECISION[to].value}",
        subject=("comment", str(comment.id), comment.body[:TITLE]), now=actor.now,
        before={"standing": before.value}, after={"standing": to.value},
    )  # fmt: skip
    raise_version(session, actor.page_id)


def _locked(session: Session, page_id: int, comment_id: int) -> tuple[Comment, Post]:
    found = lock_moderated(session, comment_id)
    if found is None or found[1].page_id != page_id or found[0].is_page or found[0].deleted_at is not None:
        raise NotFound
    return found
