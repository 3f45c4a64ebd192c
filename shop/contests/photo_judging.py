"""Deciding whether a photo takes part: by the page's staff, until the draw; a decision can be taken back as long.

After the draw a photo can still be taken off the public pages. It keeps its part in the draw, which anybody checks.
"""

import datetime as dt

from sqlalchemy.orm import Session

from shop.contests.models import Contest, ContestEntry, ContestStatus, PhotoStatus
from shop.contests.queries import count_waiting_photos, lock_contest, lock_entry
from shop.contests.service import DRAW_CONTEST
from shop.contests.telling import UNDO, tell_of_photo
from shop.core.errors import Conflict, Invalid, NotFound
from shop.core.i18n import N_
from shop.core.outbox import enqueue
from shop.page.audit import record_act
from shop.page.service import raise_version

MAX_REASON = 300
ACTS = {
    PhotoStatus.APPROVED: "contest.photo_approved",
    PhotoStatus.REFUSED: "contest.photo_refused",
    PhotoStatus.WAITING: "contest.photo_reopened",
}


class DecidedForGood(Conflict):
    """After the draw nobody decides any more on who took part in it."""

    code = "contest_drawn"
    message = N_("The winners are drawn already, so this cannot be changed any more.")


def decide_photo(
    session: Session, *, page_id: int, contest_id: int, entry_id: int, status: PhotoStatus, account_id: int | None,
    now: dt.datetime, reason: str = "",
) -> bool:  # fmt: skip
    """Approve or refuse a photo, or let it wait again; return whether that is new. Refusing needs a reason: Invalid.

    The one that is decided last after the contest's end has it drawn, when nobody has taken that back for a while.
    DecidedForGood after the draw.
    """
    contest = lock_contest(session, page_id=page_id, contest_id=contest_id)
    entry = lock_entry(session, entry_id)
    if entry.contest_id != contest_id or entry.photo_status is PhotoStatus.NONE:
        raise NotFound
    if contest.status is not ContestStatus.PUBLISHED:
        raise DecidedForGood
    is_refused = status is PhotoStatus.REFUSED
    if is_refused and not 1 <= len(reason.strip()) <= MAX_REASON:
        raise Invalid({"reason": [N_("Say why, in at most 300 characters: its sender reads it.")]})
    if entry.photo_status is status:
        return False
    before = entry.photo_status
    entry.photo_status, entry.refused_reason = status, reason.strip() if is_refused else ""
    session.flush()
    _record(session, contest, entry, before, account_id, now=now)
    if is_refused:
        tell_of_photo(session, contest, entry, now=now)
    if now >= contest.ends_at and not count_waiting_photos(session, contest_id):
        # What waited for this photo comes again only by and by; this job is there as soon as its sender is told.
        enqueue(
            session, kind=DRAW_CONTEST, subject=f"{contest.id}:{entry.id}:{now.isoformat()}", page_id=page_id,
            payload={"contest_id": contest.id}, now=now, run_at=now + UNDO,
        )  # fmt: skip
    raise_version(session, page_id)
    return True


def show_photo(
    session: Session, *, page_id: int, contest_id: int, entry_id: int, is_shown: bool, account_id: int | None,
    now: dt.datetime,
) -> bool:  # fmt: skip
    """Take a photo that was let through off the public pages, or put it back; return whether that is new.

    NotFound for any other photo, and until the draw, when refusing it is the way.
    """
    contest = lock_contest(session, page_id=page_id, contest_id=contest_id)
    entry = lock_entry(session, entry_id)
    is_decided = entry.photo_status is PhotoStatus.APPROVED and contest.status is not ContestStatus.PUBLISHED
    if entry.contest_id != contest_id or not is_decided or entry.photo is None:
        raise NotFound
    if is_shown is not bool(entry.photo.get("is_hidden")):
        return False
    photo = {key: value for key, value in entry.photo.items() if key != "is_hidden"}
    entry.photo = photo if is_shown else {**photo, "is_hidden": True}
    session.flush()
    record_act(
        session, page_id=page_id, account_id=account_id, now=now,
        act="contest.photo_shown" if is_shown else "contest.photo_hidden",
        subject=("contest", str(contest.id), contest.title), after={"photo": f"#{entry.number}"},
    )  # fmt: skip
    raise_version(session, page_id)
    return True


def _record(
    session: Session, contest: Contest, entry: ContestEntry, before: PhotoStatus, account_id: int | None, *,
    now: dt.datetime,
) -> None:  # fmt: skip
    record_act(
        session, page_id=contest.page_id, account_id=account_id, act=ACTS[entry.photo_status],
        subject=("contest", str(contest.id), contest.title), now=now,
        before={"photo": f"#{entry.number}", "status": before.value},
        after={"photo": f"#{entry.number}", "status": entry.photo_status.value, "reason": entry.refused_reason},
    )  # fmt: skip
