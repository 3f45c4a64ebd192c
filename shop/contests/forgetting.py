"""What becomes of entrants' data after a contest: what never counted goes with its end, names and addresses later.

The rules of a contest (``rules.py``) promise this, with ``KEPT`` in days. Receipts, chain, answers and who was passed
over stay, since the public check stands on them; they name nobody.
"""

import datetime as dt

from sqlalchemy import String, and_, case, cast, delete, literal, null, update
from sqlalchemy.orm import Session

from shop.contests.models import Contest, ContestEntry, ContestStatus, PhotoStatus
from shop.contests.queries import find_locked_contest
from shop.core.mail import Mail
from shop.core.outbox import enqueue

FORGET_ENTRANTS = "forget_contest_entrants"
KEPT = dt.timedelta(days=400)
"""Longer than the year in which a winner's coupon can be used."""


def forgets_at(contest: Contest) -> dt.datetime | None:
    """Return when the names and addresses of a contest's entrants are erased; None before it is over."""
    over_at = contest.drawn_at or contest.cancelled_at
    return over_at + KEPT if over_at else None


def end_entries(session: Session, *, contest: Contest, now: dt.datetime) -> None:
    """Delete the entries of a contest that is over which were never confirmed; have the others forgotten in time."""
    session.execute(
        delete(ContestEntry)
        .where(ContestEntry.contest_id == contest.id, ContestEntry.number.is_(None))
        .execution_options(synchronize_session=False)
    )
    enqueue(
        session, kind=FORGET_ENTRANTS, subject=str(contest.id), page_id=contest.page_id, now=now, run_at=now + KEPT,
        payload={"contest_id": contest.id},
    )  # fmt: skip


def forget_entrants(session: Session, *, contest_id: int, now: dt.datetime) -> bool:
    """Erase who entered a contest that was over ``KEPT`` ago, and its mails; return whether it was. Twice is as once.

    Without the salt no mailed link opens an entry any more, and nobody can tell what its receipt was made of.
    """
    contest = find_locked_contest(session, contest_id)
    forgets = forgets_at(contest) if contest else None
    is_over = contest is not None and contest.status in (ContestStatus.DRAWN, ContestStatus.CANCELLED)
    if not is_over or forgets is None or now < forgets:
        return False
    is_shown = and_(
        ContestEntry.photo_status == PhotoStatus.APPROVED,
        ContestEntry.photo["is_hidden"].as_boolean().is_not(True),
    )
    session.execute(
        update(ContestEntry)
        .where(ContestEntry.contest_id == contest_id)
        .values(
            account_id=None, name="", email="", salt="", refused_reason="",
            person_key=literal("forgotten:") + cast(ContestEntry.id, String),
            caption=case((is_shown, ContestEntry.caption), else_=""),
            photo=case((is_shown, ContestEntry.photo), else_=null()),
        )
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    session.execute(
        delete(Mail).where(Mail.about == f"contest:{contest_id}").execution_options(synchronize_session=False)
    )
    return True
