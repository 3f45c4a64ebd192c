"""What the public pages of contests read."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, false, func, or_, select, union_all
from sqlalchemy.orm import Session

from shop.contests.models import (
    Contest,
    ContestEntry,
    ContestKind,
    ContestStatus,
    ContestWinner,
    PhotoStatus,
)
from shop.coupons.models import Coupon
from shop.page.models import Page

IS_PUBLIC = and_(Contest.status != ContestStatus.DRAFT, Contest.deleted_at.is_(None))
WITHDRAWN, WRONG_ANSWER, PHOTO_REFUSED, PHOTO_WAITING = (
    "withdrawn",
    "wrong_answer",
    "photo_refused",
    "photo_not_looked_at",
)
"""Why an entry cannot win: words of the public record."""


@dataclass(frozen=True, slots=True)
class PublicEntry:
    """What the public check shows of an entry."""

    number: int
    receipt: str
    chain: str


@dataclass(frozen=True, slots=True)
class ShownPhoto:
    """An entry's photo for everybody to see; whose it is stays unsaid."""

    number: int
    photo: dict[str, Any]
    caption: str


def find_public_contest(session: Session, *, page_id: int, slug: str) -> Contest | None:
    """Return the page's contest at ``slug`` when it is published, over or cancelled."""
    return session.scalar(select(Contest).where(Contest.page_id == page_id, Contest.slug == slug, IS_PUBLIC))


def list_public_contests(session: Session, page_id: int, now: dt.datetime, *, limit: int) -> list[Contest]:
    """Return a page's public contests: the ones to enter first, by their end; then what is over, the latest first."""
    is_over = or_(Contest.ends_at <= now, Contest.status != ContestStatus.PUBLISHED)
    statement = (
        select(Contest)
        .where(Contest.page_id == page_id, IS_PUBLIC)
        .order_by(
            case((is_over, 1), else_=0),
            case((is_over, None), else_=Contest.ends_at).asc(),
            Contest.ends_at.desc(),
            Contest.id.desc(),
        )
        .limit(limit)
    )
    return list(session.scalars(statement))


def find_entry_view(session: Session, entry_id: int) -> Row[ContestEntry, Contest, Page] | None:
    """Return an entry with its contest and page."""
    return session.execute(
        select(ContestEntry, Contest, Page)
        .join(Contest, Contest.id == ContestEntry.contest_id)
        .join(Page, Page.id == Contest.page_id)
        .where(ContestEntry.id == entry_id)
    ).one_or_none()


def find_entry_of_account(
    session: Session, *, contest_id: int, account_id: int, person_key: str | None = None
) -> ContestEntry | None:
    """Return the entry that somebody signed in has in a contest; a withdrawn one, too.

    With ``person_key``, the key of their confirmed address, also one that counts which they made without an account.
    """
    ids = [select(ContestEntry.id).where(ContestEntry.account_id == account_id)]
    if person_key is not None:
        is_guests = (ContestEntry.person_key == person_key, ContestEntry.number.is_not(None))
        ids.append(select(ContestEntry.id).where(ContestEntry.contest_id == contest_id, *is_guests))
    # Apart, so that each is found along an index of its own however many have entered.
    return session.scalar(
        select(ContestEntry)
        .where(ContestEntry.contest_id == contest_id, ContestEntry.id.in_(union_all(*ids)))
        .order_by(ContestEntry.id.desc())
        .limit(1)
    )


def find_winner(session: Session, entry_id: int) -> ContestWinner | None:
    """Return the place that an entry was drawn for."""
    return session.scalar(select(ContestWinner).where(ContestWinner.entry_id == entry_id))


def find_prize(session: Session, coupon_id: int) -> Coupon | None:
    """Return the coupon that a winner was given, while it can be used."""
    return session.scalar(select(Coupon).where(Coupon.id == coupon_id, Coupon.deleted_at.is_(None)))


def list_receipts(session: Session, contest_id: int) -> list[str]:
    """Return all receipts of a contest in the order of their numbers."""
    statement = (
        select(ContestEntry.receipt)
        .where(ContestEntry.contest_id == contest_id, ContestEntry.number.is_not(None))
        .order_by(ContestEntry.number)
    )
    return [receipt or "" for receipt in session.scalars(statement)]


def list_public_entries(
    session: Session, contest_id: int, *, after: int = 0, limit: int
) -> list[PublicEntry]:
    """Return entries by number, those after ``after``."""
    statement = (
        select(ContestEntry.number, ContestEntry.receipt, ContestEntry.chain)
        .where(ContestEntry.contest_id == contest_id, ContestEntry.number > after)
        .order_by(ContestEntry.number)
        .limit(limit)
    )
    return [_public(*row) for row in session.execute(statement)]


def find_public_entry(session: Session, contest_id: int, text: str) -> PublicEntry | None:
    """Return the entry whose number, receipt or chain ``text`` is."""
    is_number = text.isascii() and text.isdigit() and len(text) < 10  # noqa: PLR2004 - a database keeps 63 bits
    found = (
        ContestEntry.number == int(text)
        if is_number
        else and_(
            ContestEntry.number.is_not(None), or_(ContestEntry.receipt == text, ContestEntry.chain == text)
        )
    )
    row = session.execute(
        select(ContestEntry.number, ContestEntry.receipt, ContestEntry.chain)
        .where(ContestEntry.contest_id == contest_id, found)
        .limit(1)
    ).one_or_none()
    return None if row is None else _public(*row)


def _public(number: int | None, receipt: str | None, chain: str | None) -> PublicEntry:
    return PublicEntry(number or 0, receipt or "", chain or "")


def find_exclusion(session: Session, contest: Contest, number: int) -> str | None:
    """Return why the entry with a number cannot win, or None when it can."""
    return map_excluded(session, contest, number=number).get(number)


def map_excluded(session: Session, contest: Contest, *, number: int | None = None) -> dict[int, str]:
    """Return the numbers that cannot win and why, as it was at the draw (as it is now, before it).

    With ``number`` only that one is looked at.
    """
    is_withdrawn: ColumnElement[bool] = ContestEntry.withdrawn_at.is_not(None)
    if contest.drawn_at is not None:
        is_withdrawn = and_(is_withdrawn, ContestEntry.withdrawn_at <= contest.drawn_at)
    reasons: list[tuple[ColumnElement[bool], str]] = [(is_withdrawn, WITHDRAWN)]
    if contest.kind is ContestKind.QUIZ:
        is_right = ContestEntry.answer == contest.right_answer
        reasons.append((func.coalesce(is_right, false()).is_(false()), WRONG_ANSWER))
    if contest.kind is ContestKind.PHOTO:
        reasons.append((ContestEntry.photo_status == PhotoStatus.REFUSED, PHOTO_REFUSED))
        reasons.append((ContestEntry.photo_status != PhotoStatus.APPROVED, PHOTO_WAITING))
    statement = select(ContestEntry.number, case(*reasons)).where(
        ContestEntry.contest_id == contest.id,
        ContestEntry.number.is_not(None),
        or_(*(condition for condition, _ in reasons)),
    )
    if number is not None:
        statement = statement.where(ContestEntry.number == number)
    return {found: why for found, why in session.execute(statement) if found is not None}


def list_approved_photos(session: Session, contest_id: int, *, limit: int) -> list[ShownPhoto]:
    """Return the newest photos of entries that the page's staff let through and that were not taken back."""
    statement = (
        select(ContestEntry.number, ContestEntry.photo, ContestEntry.caption)
        .where(
            ContestEntry.contest_id == contest_id,
            ContestEntry.photo_status == PhotoStatus.APPROVED,
            ContestEntry.photo["is_hidden"].as_boolean().is_not(True),
            ContestEntry.withdrawn_at.is_(None),
            ContestEntry.number.is_not(None),
        )
        .order_by(ContestEntry.id.desc())
        .limit(limit)
    )
    return [
        ShownPhoto(number, photo, caption) for number, photo, caption in session.execute(statement) if photo
    ]
