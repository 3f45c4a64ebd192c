"""What moderators read: the cases of a page with what they are about and who wrote it."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.accounts.profile_models import Profile
from shop.core.places import Place
from shop.feed.models import Comment, CommentStatus, Post, Share
from shop.moderation.models import Ban, Case, Decision, Reason, Report, SubjectKind
from shop.page.models import StaffMember

PART = 20
MOST_COUNTED = 1000
SHOWN_NOTES = 5


@dataclass(frozen=True)
class Author:
    """Who wrote something, as a moderator needs to know them."""

    id: int
    name: str
    handle: str | None
    created_at: dt.datetime
    is_banned: bool
    is_staff: bool
    earlier: dict[Decision, int] = field(default_factory=dict)
    """How often the page's moderators decided on what they wrote, by decision."""


@dataclass(frozen=True)
class Note:
    """What somebody who reported a thing said of it."""

    reason: Reason
    text: str


@dataclass(frozen=True)
class QueueRow:
    """A case with all that its card shows."""

    case: Case
    text: str
    status: CommentStatus | None
    """None for a share."""
    is_edited: bool
    author: Author | None
    decided_by: str
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class QueuePart:
    """Some cases, and whether more follow."""

    rows: Sequence[QueueRow]
    is_more: bool


def lock_moderated(session: Session, comment_id: int) -> tuple[Comment, Post] | None:
    """Return a comment as it is now, locked until the transaction ends, with its post; None when it is gone."""
    statement = select(Comment, Post).join(Post, Post.id == Comment.post_id).where(Comment.id == comment_id)
    row = session.execute(
        statement.with_for_update(of=Comment).execution_options(populate_existing=True)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def find_comment(session: Session, comment_id: int | None) -> Comment | None:
    """Return the comment, or None."""
    return None if comment_id is None else session.get(Comment, comment_id)


def count_visible_replies(session: Session, comment_id: int) -> int:
    """Return how many replies everybody would see under the comment if everybody saw it."""
    statement = select(func.count()).where(
        Comment.parent_id == comment_id,
        Comment.status == CommentStatus.VISIBLE,
        Comment.deleted_at.is_(None),
    )
    return session.scalar(statement) or 0


def find_share(session: Session, share_id: int) -> Share | None:
    """Return a share, also a deleted one, locked until the transaction ends; None for no such."""
    return session.get(Share, share_id, with_for_update=True, populate_existing=True)


def lock_profile(session: Session, account_id: int) -> Profile | None:
    """Return what a person shows of themselves, locked until the transaction ends; None for nobody."""
    return session.get(Profile, account_id, with_for_update=True, populate_existing=True)


def _waiting(page_id: int) -> Select[Case]:
    """Return the open cases of a page whose thing still stands: its author may have deleted it meanwhile."""
    is_comment, is_share = (
        Case.subject_kind == SubjectKind.COMMENT,
        Case.subject_kind == SubjectKind.SHARE,
    )
    return (
        select(Case)
        .outerjoin(Comment, and_(is_comment, Comment.id == Case.subject_id))
        .outerjoin(Post, Post.id == Comment.post_id)
        .outerjoin(Share, and_(is_share, Share.id == Case.subject_id))
        .where(Case.page_id == page_id, Case.decided_at.is_(None))
        .where(
            or_(
                and_(Post.id.is_not(None), Comment.deleted_at.is_(None), Post.deleted_at.is_(None)),
                and_(Share.id.is_not(None), Share.deleted_at.is_(None)),
            )
        )
    )


def _has_reason(reason: Reason) -> ColumnElement[bool]:
    found: ColumnElement[bool] = Case.reasons[reason.value].as_integer() > 0
    return found


def list_waiting(
    session: Session, page_id: int, *, reason: Reason | None = None, after_id: int = 0
) -> QueuePart:
    """Return open cases of a page, oldest first, after the case ``after_id``."""
    statement = _waiting(page_id).where(Case.id > after_id).order_by(Case.id).limit(PART + 1)
    if reason is not None:
        statement = statement.where(_has_reason(reason))
    return _load(session, page_id, list(session.scalars(statement)))


def count_waiting(session: Session, page_id: int) -> int:
    """Return how many cases wait on a page, at most ``MOST_COUNTED``."""
    few = _waiting(page_id).with_only_columns(Case.id).limit(MOST_COUNTED).subquery()
    return session.scalar(select(func.count()).select_from(few)) or 0


def list_decided(
    session: Session,
    page_id: int,
    *,
    reason: Reason | None = None,
    before: Place | None = None,
) -> QueuePart:
    """Return decided cases of a page, newest decision first; ``before`` is (decided at, id) of the last one seen."""
    statement = (
        select(Case)
        .where(Case.page_id == page_id, Case.decided_at.is_not(None))
        .order_by(Case.decided_at.desc(), Case.id.desc())
        .limit(PART + 1)
    )
    if reason is not None:
        statement = statement.where(Case.decision_reason == reason)
    if before is not None:
        at, last_id = before
        statement = statement.where(or_(Case.decided_at < at, and_(Case.decided_at == at, Case.id < last_id)))
    return _load(session, page_id, list(session.scalars(statement)))


def _load(session: Session, page_id: int, cases: list[Case]) -> QueuePart:
    """Return the cases with all around them, in six statements however many there are."""
    is_more, cases = len(cases) > PART, cases[:PART]
    if not cases:
        return QueuePart((), is_more=False)
    comments = _map_comments(
        session, [one.subject_id for one in cases if one.subject_kind == SubjectKind.COMMENT]
    )
    shares = _map_shares(session, [one.subject_id for one in cases if one.subject_kind == SubjectKind.SHARE])
    authors = _map_authors(session, page_id, {one.author_id for one in cases if one.author_id})
    names = _map_names(session, {one.decided_by_id for one in cases if one.decided_by_id})
    notes = _map_notes(session, [one.id for one in cases])
    rows = []
    for case in cases:
        comment = comments.get(case.subject_id) if case.subject_kind == SubjectKind.COMMENT else None
        text = comment.body if comment else shares.get(case.subject_id, case.excerpt)
        rows.append(
            QueueRow(
                case=case,
                text=text,
                status=comment.status if comment else None,
                is_edited=bool(comment and comment.edited_at and comment.edited_at > case.opened_at),
                author=authors.get(case.author_id or 0),
                decided_by=names.get(case.decided_by_id or 0, ""),
                notes=tuple(notes.get(case.id, ())),
            )
        )
    return QueuePart(rows, is_more)


def _map_comments(session: Session, ids: Sequence[int]) -> dict[int, Comment]:
    if not ids:
        return {}
    return {one.id: one for one in session.scalars(select(Comment).where(Comment.id.in_(ids)))}


def _map_shares(session: Session, ids: Sequence[int]) -> dict[int, str]:
    if not ids:
        return {}
    return {row[0]: row[1] for row in session.execute(select(Share.id, Share.text).where(Share.id.in_(ids)))}


def _map_names(session: Session, ids: Collection[int]) -> dict[int, str]:
    if not ids:
        return {}
    rows = session.execute(select(Account.id, Account.name).where(Account.id.in_(list(ids))))
    return {row[0]: row[1] for row in rows}


def _map_authors(session: Session, page_id: int, ids: Collection[int]) -> dict[int, Author]:
    if not ids:
        return {}
    wanted = list(ids)
    earlier: dict[int, dict[Decision, int]] = {}
    counted = (
        select(Case.author_id, Case.decision, func.count())
        .where(Case.page_id == page_id, Case.author_id.in_(wanted), Case.decided_at.is_not(None))
        .group_by(Case.author_id, Case.decision)
    )
    for author_id, decision, number in session.execute(counted):
        if author_id is not None and decision is not None:
            earlier.setdefault(author_id, {})[decision] = number
    banned = select(Ban.account_id).where(Ban.page_id == page_id, Ban.account_id == Account.id)
    staff = select(StaffMember.id).where(StaffMember.page_id == page_id, StaffMember.account_id == Account.id)
    statement = (
        select(Account.id, Account.name, Profile.handle, Account.created_at, banned.exists(), staff.exists())
        .outerjoin(Profile, Profile.account_id == Account.id)
        .where(Account.id.in_(wanted))
    )
    return {
        row[0]: Author(row[0], row[1], row[2], row[3], bool(row[4]), bool(row[5]), earlier.get(row[0], {}))
        for row in session.execute(statement)
    }


def _map_notes(session: Session, case_ids: Sequence[int]) -> dict[int, list[Note]]:
    number = func.row_number().over(partition_by=Report.case_id, order_by=Report.id).label("number")
    said = (
        select(Report.case_id, Report.reason, Report.note, Report.id, number)
        .where(Report.case_id.in_(case_ids), Report.note != "")
        .subquery()
    )
    statement: Select[Any] = (
        select(said.c.case_id, said.c.reason, said.c.note)
        .where(said.c.number <= SHOWN_NOTES)
        .order_by(said.c.id)
    )
    found: dict[int, list[Note]] = {}
    for case_id, reason, note in session.execute(statement):
        found.setdefault(case_id, []).append(Note(reason, note))
    return found
