"""Entering a contest, confirming it by mail, and going out of it again.

An entry that counts gets the next number, and its receipt goes into the chain, under the lock of the contest's row: so
numbers have no gaps, and the chain holds every receipt once. Its row is locked before any other; who also likes
the page in the same transaction does that afterwards (``page.service.follow`` locks the page's version).
"""

import datetime as dt

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from shop.accounts.queries import has_confirmed
from shop.accounts.service import confirm_email
from shop.contests.access import mark_of
from shop.contests.drafts import EntryDraft, check_entry
from shop.contests.drawing import EntryFacts, extend_chain, new_salt, receipt_of
from shop.contests.mailboxes import mailbox_of
from shop.contests.models import Contest, ContestEntry, ContestKind, ContestStatus, PhotoStatus
from shop.contests.queries import (
    find_entry_of,
    find_locked_contest,
    get_entry,
    lock_entry,
    map_staff,
)
from shop.contests.telling import queue_entry_mail, tell_of_photo
from shop.core.errors import Conflict, Invalid, NotFound
from shop.core.i18n import N_
from shop.page.queries import get_page_by_id

CONFIRM_MAIL = "contest_confirm"
ENTERED_MAIL = "contest_entered"


class NotOpen(Conflict):
    """A contest that nobody can enter now."""

    code = "contest_not_open"
    message = N_("This contest is over.")


class AlreadyEntered(Conflict):
    """One entry a person: ``entry_id`` is theirs.

    ``is_known`` says whether that may be told: who has not proved an address may not learn what others do with it.
    """

    code = "already_entered"
    message = N_("You take part already: everybody enters once.")

    def __init__(self, entry_id: int, *, is_known: bool) -> None:
        self.entry_id, self.is_known = entry_id, is_known
        super().__init__()


class StaffCannotEnter(Conflict):
    """Somebody who works on the page that runs the contest; ``is_known`` as with ``AlreadyEntered``."""

    code = "staff_cannot_enter"
    message = N_("You work on this page, so you cannot enter its contest.")

    def __init__(self, *, is_known: bool) -> None:
        self.is_known = is_known
        super().__init__()


NOT_YET = N_("This contest has not begun yet.")
CANCELLED = N_("This contest was cancelled.")


def why_not_open(contest: Contest, now: dt.datetime) -> str | None:
    """Return the msgid of why nobody can enter now, or None when everybody can."""
    if contest.status is ContestStatus.CANCELLED:
        return CANCELLED
    if (
        contest.status is not ContestStatus.PUBLISHED
        or contest.deleted_at is not None
        or now >= contest.ends_at
    ):
        return NotOpen.message
    return NOT_YET if now < contest.starts_at else None


def enter(session: Session, *, contest: Contest, draft: EntryDraft, now: dt.datetime) -> ContestEntry:
    """Enter somebody and return their entry; it has a number at once with an account whose address is confirmed.

    For anybody else a mail asks to confirm. NotOpen, AlreadyEntered, StaffCannotEnter, or Invalid by field. An entry
    that was never confirmed is put in place by a new one. Call it before anything that locks the page (a like).
    """
    contest = _locked_open(session, contest.id, now)
    page = get_page_by_id(session, contest.page_id)
    errors = check_entry(contest, draft, contest.countries or page.ships_to)
    if errors:
        raise Invalid(errors)
    account_id = draft.account_id
    is_proved = account_id is not None and has_confirmed(session, account_id, draft.email)
    _refuse_staff(session, page.id, draft, is_proved=is_proved)
    known = find_entry_of(session, contest_id=contest.id, person_key=draft.person_key, account_id=account_id)
    if known is not None and known.number is not None:
        is_own = account_id is not None and known.account_id == account_id
        raise AlreadyEntered(known.id, is_known=is_proved or is_own)
    entry = known or ContestEntry(contest_id=contest.id)
    _write(entry, contest, draft, now)
    session.add(entry)
    session.flush()
    if is_proved:
        _count(session, contest, entry, now)
    else:
        _queue(session, CONFIRM_MAIL, entry, now)
    return entry


def _refuse_staff(session: Session, page_id: int, draft: EntryDraft, *, is_proved: bool) -> None:
    staff = map_staff(session, page_id)
    works_here = draft.account_id in staff
    if works_here or mailbox_of(draft.email) in {mailbox_of(email) for email in staff.values()}:
        raise StaffCannotEnter(is_known=is_proved or works_here)


def _write(entry: ContestEntry, contest: Contest, draft: EntryDraft, now: dt.datetime) -> None:
    is_photo = contest.kind is ContestKind.PHOTO
    entry.account_id, entry.person_key = draft.account_id, draft.person_key
    entry.name, entry.email = draft.name.strip(), draft.email.strip()
    entry.language, entry.country = draft.language, draft.country
    entry.answer = draft.answer if contest.kind is ContestKind.QUIZ else None
    entry.photo = draft.photo if is_photo else None
    entry.caption = draft.caption.strip() if is_photo else ""
    entry.photo_status = PhotoStatus.WAITING if is_photo else PhotoStatus.NONE
    entry.source, entry.is_new_follower = draft.source, draft.is_new_follower
    entry.salt, entry.entered_at = new_salt(), now


def confirm_entry(
    session: Session, *, entry_id: int, now: dt.datetime, reader_id: int | None = None
) -> ContestEntry:
    """Let an entry count whose mail was answered; one that counts already stays as it is. NotOpen when it is too late.

    The answer proves the address, for the account that entered and for ``reader_id``, who is signed in meanwhile.
    """
    contest = find_locked_contest(session, get_entry(session, entry_id).contest_id)
    entry = lock_entry(session, entry_id)
    if contest is None:
        raise NotFound
    if entry.number is not None:
        return entry
    _refuse_closed(contest, now)
    _count(session, contest, entry, now)
    for account_id in sorted({one for one in (entry.account_id, reader_id) if one is not None}):
        confirm_email(session, account_id=account_id, email=entry.email, now=now)
    return entry


def withdraw_entry(session: Session, *, entry_id: int, now: dt.datetime) -> bool:
    """Take an entry out of the draw, and return whether it was in; its receipt stays in the chain.

    One that was not confirmed is deleted. NotOpen once winners are drawn.
    """
    contest = find_locked_contest(session, get_entry(session, entry_id).contest_id)
    entry = lock_entry(session, entry_id)
    if contest is None or entry.withdrawn_at is not None:
        return False
    if entry.number is None:
        session.execute(delete(ContestEntry).where(ContestEntry.id == entry_id))
        return True
    if contest.status is not ContestStatus.PUBLISHED:
        raise NotOpen
    entry.withdrawn_at = now
    session.flush()
    return True


def restore_entry(session: Session, *, entry_id: int) -> bool:
    """Put an entry that its owner took back into the draw again, and return whether it was out; NotOpen once drawn.

    As long as it can be taken back, since its receipt never left the chain: nobody gains by it.
    """
    contest = find_locked_contest(session, get_entry(session, entry_id).contest_id)
    entry = lock_entry(session, entry_id)
    if contest is None or entry.withdrawn_at is None:
        return False
    if contest.status is not ContestStatus.PUBLISHED:
        raise NotOpen
    entry.withdrawn_at = None
    session.flush()
    return True


def _locked_open(session: Session, contest_id: int, now: dt.datetime) -> Contest:
    contest = find_locked_contest(session, contest_id)
    if contest is None:
        raise NotFound
    _refuse_closed(contest, now)
    return contest


def _refuse_closed(contest: Contest, now: dt.datetime) -> None:
    why = why_not_open(contest, now)
    if why is not None:
        raise NotOpen(why)


def facts_of(entry: ContestEntry) -> EntryFacts:
    """Return what an entry's receipt stands for."""
    photo = None if entry.photo is None else str(entry.photo["key"])
    return EntryFacts(entry.contest_id, entry.person_key, entry.answer, photo)


def _count(session: Session, contest: Contest, entry: ContestEntry, now: dt.datetime) -> None:
    """Give the entry the next number and its receipt a place in the chain; the contest's row is locked."""
    receipt = receipt_of(facts_of(entry), entry.salt)
    number = session.scalar(
        update(Contest)
        .where(Contest.id == contest.id, Contest.status == ContestStatus.PUBLISHED)
        .values(entry_count=Contest.entry_count + 1, chain=extend_chain(contest.chain, receipt))
        .returning(Contest.entry_count)
    )
    if number is None:
        raise NotOpen
    session.refresh(contest)
    entry.number, entry.receipt, entry.chain, entry.confirmed_at = number, receipt, contest.chain, now
    session.flush()
    _queue(session, ENTERED_MAIL, entry, now)
    if entry.photo_status is PhotoStatus.WAITING:
        tell_of_photo(session, contest, entry, now=now)


def _queue(session: Session, kind: str, entry: ContestEntry, now: dt.datetime) -> None:
    # The mark is new with each try, so that somebody who enters anew before confirming is written to again.
    queue_entry_mail(session, kind=kind, entry=entry, key=f"{entry.id}:{mark_of(entry)}", now=now)
