"""What the admin's rooms of contests read."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.contests.models import Contest, ContestEntry, ContestWinner, PhotoStatus
from shop.coupons.models import Coupon


@dataclass(frozen=True, slots=True)
class ContestRow:
    """A contest as the list shows it, with how many photos wait to be looked at."""

    contest: Contest
    waiting: int


@dataclass(frozen=True, slots=True)
class WinnerRow:
    """A place in the draw's order with its entry and its prize."""

    winner: ContestWinner
    entry: ContestEntry
    coupon: Coupon | None


def list_contests(session: Session, page_id: int, *, before_id: int | None, limit: int) -> list[ContestRow]:
    """Return a page's contests, the last made first, those made before ``before_id``; one more than ``limit``."""
    waiting = (
        select(func.count(ContestEntry.id))
        .where(
            ContestEntry.contest_id == Contest.id,
            ContestEntry.photo_status == PhotoStatus.WAITING,
            ContestEntry.number.is_not(None),
            ContestEntry.withdrawn_at.is_(None),
        )
        .correlate(Contest)
        .scalar_subquery()
    )
    statement = select(Contest, waiting).where(Contest.page_id == page_id, Contest.deleted_at.is_(None))
    if before_id is not None:
        statement = statement.where(Contest.id < before_id)
    rows = session.execute(statement.order_by(Contest.id.desc()).limit(limit + 1))
    return [ContestRow(contest, count) for contest, count in rows]


def list_winner_rows(session: Session, contest_id: int) -> list[WinnerRow]:
    """Return all who were drawn, replaced ones too, in the draw's order."""
    statement = (
        select(ContestWinner, ContestEntry, Coupon)
        .join(ContestEntry, ContestEntry.id == ContestWinner.entry_id)
        .outerjoin(Coupon, Coupon.id == ContestWinner.coupon_id)
        .where(ContestWinner.contest_id == contest_id)
        .order_by(ContestWinner.rank)
    )
    return [WinnerRow(*row) for row in session.execute(statement)]


def count_photos(session: Session, contest_id: int) -> dict[PhotoStatus, int]:
    """Return how many photos of entries that count stand where."""
    statement = (
        select(ContestEntry.photo_status, func.count())
        .where(
            ContestEntry.contest_id == contest_id,
            ContestEntry.number.is_not(None),
            ContestEntry.withdrawn_at.is_(None),
        )
        .group_by(ContestEntry.photo_status)
    )
    found = {row[0]: row[1] for row in session.execute(statement)}
    return {status: found.get(status, 0) for status in PhotoStatus}


def list_photos(
    session: Session, contest_id: int, *, status: PhotoStatus, after_id: int, limit: int
) -> Sequence[ContestEntry]:
    """Return entries whose photo stands so, in the order in which they came; one more than ``limit``."""
    statement = (
        select(ContestEntry)
        .where(
            ContestEntry.contest_id == contest_id,
            ContestEntry.photo_status == status,
            ContestEntry.number.is_not(None),
            ContestEntry.withdrawn_at.is_(None),
            ContestEntry.id > after_id,
        )
        .order_by(ContestEntry.id)
        .limit(limit + 1)
    )
    return session.scalars(statement).all()


def count_entries_so_far(session: Session, contest_id: int) -> tuple[int, int]:
    """Return how many entries wait for their confirmation, and how many were taken back."""
    statement = select(
        func.count().filter(ContestEntry.number.is_(None)),
        func.count().filter(ContestEntry.withdrawn_at.is_not(None)),
    ).where(ContestEntry.contest_id == contest_id)
    unconfirmed, withdrawn = session.execute(statement).one()
    return unconfirmed, withdrawn
