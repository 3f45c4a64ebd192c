"""Telling people what became of a contest: in jobs of their own, so that nothing waits for their accounts' rows.

Everybody who entered gets a mail; whoever has an account is told there, too.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from shop.contests.access import mark_of
from shop.contests.models import Contest, ContestEntry, ContestStatus, PhotoStatus
from shop.contests.queries import find_entry, list_numbered_after, list_winners
from shop.core.mail import queue_mail
from shop.core.outbox import enqueue
from shop.moderation.queries import get_page_names, list_moderator_ids
from shop.notifications.models import NotificationKind
from shop.notifications.service import notify

TELL_ENTRANTS = "tell_contest_entrants"
TELL_OF_PHOTO = "tell_contest_photo"
OVER_MAIL = "contest_over"
CANCELLED_MAIL = "contest_cancelled"
PHOTO_REFUSED_MAIL = "contest_photo_refused"
BATCH = 200
UNDO = dt.timedelta(minutes=5)
"""So long a decision on a photo can be taken back before anybody is told of it."""


def tell_entrants(session: Session, *, contest: Contest, now: dt.datetime) -> None:
    """Have everybody who entered told that the contest is drawn or cancelled."""
    _queue_batch(session, contest.id, contest.page_id, after=0, now=now)


def tell_batch(session: Session, *, contest_id: int, after: int, now: dt.datetime) -> int:
    """Tell the next entrants, those with a number above ``after``, and return how many; done again it tells nobody.

    The job that goes on from here is written with what it follows, and it can be written once only.
    """
    contest = session.get(Contest, contest_id)
    if contest is None or contest.status not in (ContestStatus.DRAWN, ContestStatus.CANCELLED):
        return 0
    entries = list_numbered_after(session, contest_id, number=after, limit=BATCH)
    if not entries or not _queue_batch(
        session, contest_id, contest.page_id, after=entries[-1].number or 0, now=now
    ):
        return 0
    won = {winner.entry_id for winner, _ in list_winners(session, contest_id) if winner.replaced_at is None}
    names = get_page_names(session, contest.page_id)
    for entry in entries:
        if entry.withdrawn_at is None:
            _tell(session, contest, entry, names, is_winner=entry.id in won, now=now)
    return len(entries)


def _queue_batch(session: Session, contest_id: int, page_id: int, *, after: int, now: dt.datetime) -> bool:
    return enqueue(
        session, kind=TELL_ENTRANTS, subject=f"{contest_id}:{after}", page_id=page_id, now=now,
        payload={"contest_id": contest_id, "after": after},
    )  # fmt: skip


def _tell(
    session: Session, contest: Contest, entry: ContestEntry, names: tuple[str, str], *, is_winner: bool,
    now: dt.datetime,
) -> None:  # fmt: skip
    is_cancelled = contest.status is ContestStatus.CANCELLED
    if entry.account_id is not None:
        event = "won" if is_winner else "cancelled" if is_cancelled else "over"
        _notify(session, contest, entry, names, event, now=now)
    if not is_winner:
        kind = CANCELLED_MAIL if is_cancelled else OVER_MAIL
        queue_entry_mail(session, kind=kind, entry=entry, key=str(entry.id), now=now)


def tell_of_photo(session: Session, contest: Contest, entry: ContestEntry, *, now: dt.datetime) -> None:
    """Have those told who are to know how the photo of an entry stands now: who decides on it, or whose it is."""
    is_waiting = entry.photo_status is PhotoStatus.WAITING
    enqueue(
        session, kind=TELL_OF_PHOTO, subject=f"{entry.id}:{entry.photo_status.value}:{now.isoformat()}",
        payload={"entry_id": entry.id, "status": entry.photo_status.value}, page_id=contest.page_id, now=now,
        run_at=now if is_waiting else now + UNDO,
    )  # fmt: skip


def tell_photo_standing(session: Session, *, entry_id: int, status: PhotoStatus, now: dt.datetime) -> bool:
    """Tell moderators that a photo waits, or its sender that it was refused, if it still is so; return whether."""
    entry = find_entry(session, entry_id)
    if entry is None or entry.photo_status is not status or entry.withdrawn_at is not None:
        return False
    contest = session.get_one(Contest, entry.contest_id)
    names = get_page_names(session, contest.page_id)
    if status is PhotoStatus.WAITING:
        for account_id in list_moderator_ids(session, contest.page_id):
            notify(
                session, account_id=account_id, kind=NotificationKind.MODERATION,
                subject=f"contest_photos:{contest.id}", path=f"/manage/{names[0]}/contests/{contest.id}/photos",
                data={"page": names[1], "event": "waiting", "excerpt": entry.caption[:120]}, now=now,
            )  # fmt: skip
    elif status is PhotoStatus.REFUSED:
        if entry.account_id is not None:
            _notify(session, contest, entry, names, "photo_refused", now=now)
        queue_entry_mail(session, kind=PHOTO_REFUSED_MAIL, entry=entry, key=str(entry.id), now=now)
    return True


def queue_entry_mail(
    session: Session, *, kind: str, entry: ContestEntry, key: str, now: dt.datetime,
    context: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """Queue a mail of ``kind`` about an entry to its owner, once for each ``key``."""
    queue_mail(
        session, kind=kind, subject_key=key, recipient=entry.email, language=entry.language,
        context={"entry_id": entry.id, "mark": mark_of(entry), **(context or {})}, about=f"contest:{entry.contest_id}", now=now,
    )  # fmt: skip


def _notify(
    session: Session, contest: Contest, entry: ContestEntry, names: tuple[str, str], event: str, *,
    now: dt.datetime,
) -> None:  # fmt: skip
    assert entry.account_id is not None  # noqa: S101 - the caller has looked
    notify(
        session, account_id=entry.account_id, kind=NotificationKind.CONTEST,
        subject=f"contest:{contest.id}:{event}", path=f"/p/{names[0]}/contests/{contest.slug}",
        data={"page": names[1], "title": contest.title, "event": event}, now=now,
    )  # fmt: skip
