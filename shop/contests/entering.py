"""Entering a contest, confirming it by mail, and going out of it again.

An entry that counts gets the next number, and its receipt goes into the chain, under the lock of the contest's row: so
numbers have no gaps, and the chain holds every receipt once. Its row is locked before any other; who also likes
the page in the same transaction does that afterwards (``page.service.follow`` locks the page's version).
"""

import datetime as dt

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from shop.contests.access import mark_of
from shop.contests.drafts import EntryDraft, check_entry
from shop.contests.drawing import EntryFacts, extend_chain, new_salt, receipt_of
from shop.contests.models import Contest, ContestEntry, ContestKind, ContestStatus, PhotoStatus
from shop.contests.queries import (
    find_entry_of,
    find_locked_contest,
    get_entry,
    is_staff,
    lock_entry,
)
from shop.contests.telling import queue_entry_mail, tell_of_photo
from shop.core.errors import Conflict, Invalid, NotFound
from shop.core.i18n import N_
from shop.core.signing import Signer
from shop.page.queries import get_page_by_id

CONFIRM_MAIL = "contest_confirm"
ENTERED_MAIL = "contest_entered"
PERSON_PURPOSE = "contest-person"
DOTLESS_DOMAINS = frozenset({"gmail.com", "googlemail.com"})


class NotOpen(Conflict):
    """A contest that nobody can enter now."""

    code = "contest_not_open"
    message = N_("This contest is over.")


class AlreadyEntered(Conflict):
    """One entry a person: ``entry_id`` is theirs."""

    code = "already_entered"
    message = N_("You take part already: everybody enters once.")

    def __init__(self, entry_id: int) -> None:
        self.entry_id = entry_id
        super().__init__()


class StaffCannotEnter(Conflict):
    """Somebody who works on the page that runs the contest."""

    code = "staff_cannot_enter"
    message = N_("You work on this page, so you cannot enter its contest.")


NOT_YET = N_("This contest has not begun yet.")
CANCELLED = N_("This contest was cancelled.")


def person_key_of(signer: Signer, email: str) -> str:
    """Return the keyed hash by which a person is known in contests: the same for all spellings of an address.

    What follows a plus is a label of the same mailbox; Gmail passes over dots besides.
    """
    local, _, domain = email.strip().casefold().rpartition("@")
    local = local.split("+", 1)[0] or local
    if domain in DOTLESS_DOMAINS:
        local, domain = local.replace(".", ""), "gmail.com"
    return signer.digest(PERSON_PURPOSE, f"{local}@{domain}")


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
    """Enter somebody and return their entry; it has a number at once with an account, else a mail asks to confirm.

    NotOpen, AlreadyEntered, StaffCannotEnter, or Invalid by field. A guest's entry that was never confirmed is
    put in place by a new one. Call it before anything that locks the page (a like).
    """
    contest = _locked_open(session, contest.id, now)
    page = get_page_by_id(session, contest.page_id)
    errors = check_entry(contest, draft, contest.countries or page.ships_to)
    if errors:
        raise Invalid(errors)
    if is_staff(session, page_id=page.id, account_id=draft.account_id, email=draft.email):
        raise StaffCannotEnter
    known = find_entry_of(
        session, contest_id=contest.id, person_key=draft.person_key, account_id=draft.account_id
    )
    if known is not None and known.number is not None:
        raise AlreadyEntered(known.id)
    entry = known or ContestEntry(contest_id=contest.id)
    _write(entry, contest, draft, now)
    session.add(entry)
    session.flush()
    if draft.account_id is None:
        _queue(session, CONFIRM_MAIL, entry, now)
    else:
        _count(session, contest, entry, now)
    return entry


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


def confirm_entry(session: Session, *, entry_id: int, now: dt.datetime) -> ContestEntry:
    """Let an entry count whose mail was answered; one that counts already stays as it is. NotOpen when it is too late."""
    contest = find_locked_contest(session, get_entry(session, entry_id).contest_id)
    entry = lock_entry(session, entry_id)
    if contest is None:
        raise NotFound
    if entry.number is not None:
        return entry
    _refuse_closed(contest, now)
    _count(session, contest, entry, now)
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
