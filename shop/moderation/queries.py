"""Every SELECT over cases, reports, blocked words and bans."""

import datetime as dt
from typing import NamedTuple

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.core.errors import NotFound
from shop.core.places import Place
from shop.moderation.models import Ban, BlockedWord, Case, Decision, Report, SubjectKind
from shop.page.authorization import PERMISSIONS, Permission
from shop.page.models import AuditEntry, Page, StaffMember

PART = 30
WORDS_CHANGED = "words.changed"
"""The act under which the audit log keeps a change of the blocked words."""


class Standing(NamedTuple):
    """How an account stands on a page."""

    created_at: dt.datetime
    is_banned: bool


class Sanction(NamedTuple):
    """A ban with the names of whom it is on and who gave it."""

    ban: Ban
    name: str
    by: str | None


def find_standing(session: Session, page_id: int, account_id: int) -> Standing:
    """Return since when the account is there and whether it is banned; NotFound for no account."""
    banned = select(Ban.account_id).where(Ban.page_id == page_id, Ban.account_id == account_id).exists()
    row = session.execute(select(Account.created_at, banned).where(Account.id == account_id)).one_or_none()
    if row is None:
        raise NotFound
    return Standing(row[0], bool(row[1]))


def is_banned(session: Session, page_id: int, account_id: int) -> bool:
    """Tell whether the account may neither comment nor react on the page."""
    return session.get(Ban, (page_id, account_id)) is not None


def list_words(session: Session, page_id: int) -> list[str]:
    """Return the page's blocked words as they are kept, in their order."""
    statement = select(BlockedWord.word).where(BlockedWord.page_id == page_id).order_by(BlockedWord.word)
    return list(session.scalars(statement))


def find_open_case(session: Session, kind: SubjectKind, subject_id: int) -> Case | None:
    """Return the case of a thing that waits, locked until the transaction ends; None when none does."""
    statement = (
        select(Case)
        .where(Case.subject_kind == kind, Case.subject_id == subject_id, Case.decided_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return session.scalars(statement).one_or_none()


def has_newer_case(session: Session, case: Case) -> bool:
    """Tell whether the thing came here again after this case, whatever became of it."""
    statement = select(Case.id).where(
        Case.subject_kind == case.subject_kind, Case.subject_id == case.subject_id, Case.id > case.id
    )
    return session.scalar(statement.limit(1)) is not None


def get_case(session: Session, case_id: int, *, page_id: int | None) -> Case:
    """Return a case of the page's moderators (None: of the house); NotFound for another's or none."""
    case = session.get(Case, case_id, populate_existing=True)
    if case is None or case.page_id != page_id:
        raise NotFound
    return case


def find_report(session: Session, kind: SubjectKind, subject_id: int, reporter_id: int) -> Report | None:
    """Return what the account reported of a thing, or None."""
    statement = select(Report).where(
        Report.subject_kind == kind, Report.subject_id == subject_id, Report.reporter_id == reporter_id
    )
    return session.scalars(statement).one_or_none()


def list_reports(session: Session, case_id: int, *, limit: int = 100) -> list[Row[Report, str]]:
    """Return the reports of a case with their reporters' names, oldest first."""
    statement = (
        select(Report, Account.name)
        .join(Account, Account.id == Report.reporter_id)
        .where(Report.case_id == case_id)
        .order_by(Report.id)
        .limit(limit)
    )
    return list(session.execute(statement))


def was_decided(session: Session, kind: SubjectKind, subject_id: int, *decisions: Decision) -> bool:
    """Tell whether a case of the thing ended in one of ``decisions``."""
    statement = (
        select(Case.id)
        .where(Case.subject_kind == kind, Case.subject_id == subject_id, Case.decision.in_(decisions))
        .limit(1)
    )
    return session.scalar(statement) is not None


def is_taken_down(session: Session, kind: SubjectKind, subject_id: int) -> bool:
    """Tell whether moderators removed the thing, so that its author cannot bring it back."""
    return was_decided(session, kind, subject_id, Decision.REMOVED, Decision.BANNED)


def list_house_cases(session: Session, *, is_open: bool, after_id: int = 0, limit: int = PART) -> list[Case]:
    """Return cases that the house decides, oldest first."""
    waits = Case.decided_at.is_(None) if is_open else Case.decided_at.is_not(None)
    statement = select(Case).where(Case.page_id.is_(None), waits, Case.id > after_id)
    return list(session.scalars(statement.order_by(Case.id).limit(limit)))


def list_moderator_ids(session: Session, page_id: int) -> list[int]:
    """Return the accounts that may decide on the page, by id."""
    roles = [role for role, permissions in PERMISSIONS.items() if Permission.MODERATE in permissions]
    statement = select(StaffMember.account_id).where(
        StaffMember.page_id == page_id, StaffMember.role.in_(roles)
    )
    return list(session.scalars(statement.order_by(StaffMember.account_id)))


def get_page_names(session: Session, page_id: int) -> tuple[str, str]:
    """Return (slug, name) of a page; NotFound when there is none."""
    row = session.execute(select(Page.slug, Page.name).where(Page.id == page_id)).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


def find_name(session: Session, account_id: int | None) -> str:
    """Return the account's name; "" for none."""
    if account_id is None:
        return ""
    return session.scalar(select(Account.name).where(Account.id == account_id)) or ""


def find_ban(session: Session, page_id: int, account_id: int) -> Ban | None:
    """Return the account's ban from the page, or None."""
    return session.get(Ban, (page_id, account_id), populate_existing=True)


def list_bans(session: Session, page_id: int, *, before: Place | None = None) -> list[Sanction]:
    """Return up to ``PART`` + 1 bans of the page, newest first; ``before`` is (at, account id) of the last one seen."""
    by = select(Account.name).where(Account.id == Ban.by_id).correlate(Ban).scalar_subquery()
    statement = (
        select(Ban, Account.name, by)
        .join(Account, Account.id == Ban.account_id)
        .where(Ban.page_id == page_id)
        .order_by(Ban.at.desc(), Ban.account_id.desc())
        .limit(PART + 1)
    )
    if before is not None:
        at, account_id = before
        statement = statement.where((Ban.at < at) | ((Ban.at == at) & (Ban.account_id < account_id)))
    return [Sanction(*row) for row in session.execute(statement)]


def find_last_words_change(session: Session, page_id: int) -> AuditEntry | None:
    """Return the newest change of the page's blocked words, or None."""
    statement = (
        select(AuditEntry)
        .where(
            AuditEntry.page_id == page_id,
            AuditEntry.subject_kind == "words",
            AuditEntry.act == WORDS_CHANGED,
        )
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )
    return session.scalars(statement).one_or_none()
