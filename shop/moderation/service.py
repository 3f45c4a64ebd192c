"""Cases: something is held or reported, a moderator decides, and may take it back.

A case is opened once while it waits. What a decision does to the thing itself happens above, in
``feed/moderating.py``, in the same transaction; here is what is written of it.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.core.errors import Conflict, DomainError
from shop.core.i18n import N_
from shop.moderation.models import Case, Decision, Reason, Report, SubjectKind
from shop.moderation.queries import (
    find_name,
    find_open_case,
    find_report,
    get_page_names,
    has_newer_case,
    list_moderator_ids,
    was_decided,
)
from shop.moderation.spam import Sign
from shop.notifications.models import NotificationKind
from shop.notifications.service import notify

HELD_AFTER = 3
"""A comment that so many people reported is held until somebody decides."""
EXCERPT_LENGTH = 500
MAX_TRIES = 5


@dataclass(frozen=True)
class Subject:
    """What a case is about, in plain values: moderation knows nothing of posts and comments."""

    kind: SubjectKind
    id: int
    page_id: int | None
    """Whose moderators decide; None: the house."""
    author_id: int | None
    excerpt: str
    """What it says, of which the case keeps the beginning."""
    path: str
    """Where it stands: an address of ours without its language."""


@dataclass(frozen=True)
class Reported:
    """What became of a report."""

    case: Case
    is_over_threshold: bool
    """Whether just so many people have reported the thing that it is to be held until it is decided."""


class AlreadyReported(Conflict):
    """This person has reported this thing before."""

    code = "already_reported"
    message = N_("You have reported this already. Thank you: one report is enough.")


class OwnThing(DomainError):
    """Somebody reports what they wrote themselves."""

    code = "own_thing"
    status = 422
    message = N_("You wrote this yourself: you can delete it.")


class AlreadyDecided(Conflict):
    """Another moderator was faster."""

    code = "already_decided"
    message = N_("%(name)s has already decided on this.")

    def __init__(self, *, name: str, decision: Decision) -> None:
        super().__init__(name=name)
        self.decision = decision


class OpenAgain(Conflict):
    """A decision cannot be taken back: the thing came here again since."""

    code = "open_again"
    message = N_("This was reported again since: decide on the newer report.")


def open_case(
    session: Session, *, subject: Subject, now: dt.datetime, reason: Reason | None = None, signs: Sequence[Sign] = ()
) -> Case:  # fmt: skip
    """Return the case of a thing that waits, opened when none does; its row stays locked until the end.

    ``reason`` is counted among its reasons (why a comment was held), ``signs`` are added. The page's
    moderators are told when it is new.
    """
    case, is_new = _lock_case(session, subject, now)
    if reason is not None:
        case.reasons = _with_reason(case.reasons, reason)
    if signs:
        case.signs = [*case.signs, *(sign.as_json() for sign in signs)]
    session.flush()
    if is_new:
        _tell_moderators(session, subject, now)
    return case


def _lock_case(session: Session, subject: Subject, now: dt.datetime) -> tuple[Case, bool]:
    insert = pg_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    for _ in range(MAX_TRIES):
        added = session.scalar(
            insert(Case)
            .values(
                page_id=subject.page_id, subject_kind=subject.kind, subject_id=subject.id, author_id=subject.author_id,
                excerpt=subject.excerpt[:EXCERPT_LENGTH], path=subject.path, reasons={}, signs=[], report_count=0,
                opened_at=now, status_before="", note="",
            )
            .on_conflict_do_nothing(
                index_elements=["subject_kind", "subject_id"], index_where=Case.decided_at.is_(None)
            )
            .returning(Case.id)
        )  # fmt: skip
        case = find_open_case(session, subject.kind, subject.id)
        if case is not None:
            return case, added is not None
        # The one that waited was decided between the two statements: the next turn opens another.
    raise Conflict


def _with_reason(reasons: dict[str, Any], reason: Reason) -> dict[str, Any]:
    return {**reasons, reason.value: int(reasons.get(reason.value, 0)) + 1}


def _tell_moderators(session: Session, subject: Subject, now: dt.datetime) -> None:
    if subject.page_id is None:
        return
    slug, name = get_page_names(session, subject.page_id)
    for account_id in list_moderator_ids(session, subject.page_id):
        if account_id != subject.author_id:
            notify(
                session, account_id=account_id, kind=NotificationKind.MODERATION,
                subject=f"moderation:{subject.page_id}", path=f"/manage/{slug}/moderation",
                data={"page": name, "event": "waiting", "excerpt": subject.excerpt[:120]}, now=now,
            )  # fmt: skip


def report(
    session: Session, *, subject: Subject, reporter_id: int, reason: Reason, note: str, now: dt.datetime
) -> Reported:  # fmt: skip
    """Write that an account says that something should not be seen; AlreadyReported the second time.

    A comment is over the threshold once, when the ``HELD_AFTER``-th report of its open case comes, and
    never again after moderators have kept it.
    """
    if subject.author_id == reporter_id or (subject.kind is SubjectKind.PERSON and subject.id == reporter_id):
        raise OwnThing
    if find_report(session, subject.kind, subject.id, reporter_id) is not None:
        raise AlreadyReported
    case = open_case(session, subject=subject, now=now, reason=reason)
    try:
        with session.begin_nested():
            session.add(
                Report(
                    case_id=case.id, subject_kind=subject.kind, subject_id=subject.id, reporter_id=reporter_id,
                    reason=reason, note=note, at=now,
                )
            )  # fmt: skip
    except IntegrityError:
        raise AlreadyReported from None
    case.report_count += 1
    session.flush()
    is_over = case.report_count == HELD_AFTER and not was_decided(
        session, subject.kind, subject.id, Decision.KEPT
    )
    return Reported(case, is_over_threshold=subject.kind is SubjectKind.COMMENT and is_over)


def decide(
    session: Session, *, case_id: int, decision: Decision, by_id: int | None, now: dt.datetime,
    reason: Reason | None = None, note: str = "", status_before: str = "",
) -> Case:  # fmt: skip
    """End a case that waits; AlreadyDecided (by whom) when it does not any more.

    ``status_before`` is what undoing brings back. The caller changes the thing itself in this transaction,
    after this: who comes second never gets that far.
    """
    case = session.scalar(
        update(Case)
        .where(Case.id == case_id, Case.decided_at.is_(None))
        .values(
            decision=decision, decided_at=now, decided_by_id=by_id, decision_reason=reason, note=note,
            status_before=status_before,
        )
        .returning(Case)
        .execution_options(populate_existing=True)
    )  # fmt: skip
    if case is None:
        raise _decided(session, case_id)
    return case


def _decided(session: Session, case_id: int) -> DomainError:
    case = session.get_one(Case, case_id, populate_existing=True)
    name = find_name(session, case.decided_by_id)
    return AlreadyDecided(name=name, decision=case.decision) if name and case.decision else Conflict()


def reopen(session: Session, *, case_id: int, decided_at: dt.datetime) -> Case:
    """Let a case wait again, as before the decision of ``decided_at``; Conflict when that one no longer stands.

    The case that is returned still tells the decision in memory; the caller brings the thing back.
    """
    case = session.get_one(Case, case_id, with_for_update=True, populate_existing=True)
    if case.decided_at != decided_at:
        raise Conflict
    if has_newer_case(session, case):
        raise OpenAgain
    session.execute(
        update(Case)
        .where(Case.id == case_id)
        .values(
            decision=None,
            decided_at=None,
            decided_by_id=None,
            decision_reason=None,
            note="",
            status_before="",
        )
        .execution_options(synchronize_session=False)
    )
    return case
