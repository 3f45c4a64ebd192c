"""What the admin's rooms of coupons read: the list in its parts, and what became of one since it was opened."""

import datetime as dt
import enum
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.coupons.codes import normalise_code
from shop.coupons.models import Coupon, CouponHolding, HoldingWay
from shop.page.models import AuditEntry

MAX_EDITS = 50
SUBJECT = "coupon"


class Part(enum.StrEnum):
    """A part of the list."""

    CURRENT = "current"
    """That hold now or will, those that are paused or used up among them."""
    ENDED = "ended"
    PRIZES = "prizes"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class CouponPart:
    """One stretch of a part, the newest first; ``after`` and ``before`` are ids where others start."""

    rows: Sequence[Coupon]
    after: int | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class CouponChange:
    """What somebody changed of a coupon: JSON values of before and now, and their name if it is known."""

    field: str
    was: object
    now: object
    by: str | None


def list_coupons(
    session: Session,
    *,
    page_id: int,
    part: Part,
    now: dt.datetime,
    query: str = "",
    after: int | None = None,
    before: int | None = None,
    limit: int = 25,
) -> CouponPart:
    """Return a page's coupons of ``part`` whose code or title holds ``query``, the newest first."""
    is_backwards = after is None and before is not None
    statement = select(Coupon).where(Coupon.page_id == page_id, _inside(part, now), *_matches(query))
    if after is not None:
        statement = statement.where(Coupon.id < after)
    elif before is not None:
        statement = statement.where(Coupon.id > before)
    order = Coupon.id.asc() if is_backwards else Coupon.id.desc()
    rows = list(session.scalars(statement.order_by(order).limit(limit + 1)))
    is_more, rows = len(rows) > limit, rows[:limit]
    if is_backwards:
        rows.reverse()
    if not rows:
        return CouponPart(rows)
    return CouponPart(
        rows,
        after=rows[-1].id if is_backwards or is_more else None,
        before=rows[0].id if (is_more if is_backwards else after is not None) else None,
    )


def count_coupons(session: Session, *, page_id: int, now: dt.datetime) -> dict[Part, int]:
    """Return how many coupons of a page each part holds."""
    counts = [func.sum(case((_inside(part, now), 1), else_=0)) for part in Part]
    row = session.execute(select(*counts).where(Coupon.page_id == page_id)).one()
    return {part: int(count or 0) for part, count in zip(Part, row, strict=True)}


def count_holdings(session: Session, coupon_id: int) -> dict[HoldingWay, int]:
    """Return how many wallets hold a coupon, by the way it came there."""
    statement = (
        select(CouponHolding.way, func.count().label("held"))
        .where(CouponHolding.coupon_id == coupon_id)
        .group_by(CouponHolding.way)
    )
    return {row.way: row.held for row in session.execute(statement)}


def list_changes_since(session: Session, coupon: Coupon, *, seen: int) -> list[CouponChange]:
    """Return what became of a coupon since its version ``seen``, as the audit log tells it.

    Each version has one entry, so that the newest so many are those that were not seen.
    """
    statement = (
        select(AuditEntry, Account.name)
        .outerjoin(Account, Account.id == AuditEntry.account_id)
        .where(
            AuditEntry.page_id == coupon.page_id,
            AuditEntry.subject_kind == SUBJECT,
            AuditEntry.subject_ref == str(coupon.id),
        )
        .order_by(AuditEntry.id.desc())
        .limit(min(max(coupon.version - seen, 1), MAX_EDITS))
    )
    found: dict[str, CouponChange] = {}
    for entry, name in session.execute(statement):
        for field in entry.after:
            newer = found.get(field)
            found[field] = CouponChange(
                field,
                entry.before.get(field),
                newer.now if newer else entry.after[field],
                newer.by if newer else name,
            )
    return [change for change in found.values() if change.was != change.now]


def _inside(part: Part, now: dt.datetime) -> ColumnElement[bool]:
    if part is Part.DELETED:
        return Coupon.deleted_at.is_not(None)
    if part is Part.PRIZES:
        return and_(Coupon.deleted_at.is_(None), Coupon.contest_id.is_not(None))
    of_page = and_(Coupon.deleted_at.is_(None), Coupon.contest_id.is_(None))
    if part is Part.ENDED:
        return and_(of_page, Coupon.ends_at <= now)
    return and_(of_page, or_(Coupon.ends_at.is_(None), Coupon.ends_at > now))


def _matches(query: str) -> list[ColumnElement[bool]]:
    if not query:
        return []
    title = Coupon.title.icontains(query, autoescape=True)
    code = normalise_code(query)
    return [or_(title, Coupon.code_key.contains(code, autoescape=True)) if code else title]
