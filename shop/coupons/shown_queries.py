"""Coupons as the public reads them: on a page's tab, in a wallet, and what one visitor has of them."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, text, tuple_
from sqlalchemy.orm import Session

from shop.core.db import Reader
from shop.core.errors import NotFound
from shop.core.places import Place
from shop.coupons.codes import normalise_code
from shop.coupons.models import LISTED_SQL, Coupon, CouponHolding, CouponUseKey
from shop.coupons.queries import is_to_come_or_on
from shop.page.models import Page


@dataclass(frozen=True, slots=True)
class Mine:
    """What a visitor has of some coupons: the ids of those that they hold, and of those that they have used."""

    held: frozenset[int] = frozenset()
    used: frozenset[int] = frozenset()


NOTHING = Mine()


@dataclass(frozen=True, slots=True)
class WalletRow:
    """A coupon in a wallet, its page and when it was taken."""

    coupon: Coupon
    page: Page
    taken_at: dt.datetime


def list_listed(
    session: Session, *, page_id: int, now: dt.datetime, limit: int, before_id: int | None = None
) -> tuple[list[Coupon], int | None]:
    """Return what stands on a page's Coupons tab at ``now``, the newest first, and the id to go on before.

    What ended is left out; what begins later is there.
    """
    statement = select(Coupon).where(Coupon.page_id == page_id, text(LISTED_SQL), is_to_come_or_on(now))
    if before_id is not None:
        statement = statement.where(Coupon.id < before_id)
    found = list(session.scalars(statement.order_by(Coupon.id.desc()).limit(limit + 1)))
    return found[:limit], found[limit - 1].id if len(found) > limit else None


def get_public_coupon(session: Session, *, page_id: int, code: str) -> Coupon:
    """Return the coupon of a page with a code as somebody wrote it; NotFound for a deleted one."""
    statement = select(Coupon).where(
        Coupon.page_id == page_id, Coupon.code_key == normalise_code(code), Coupon.deleted_at.is_(None)
    )
    coupon = session.scalars(statement).one_or_none()
    if coupon is None:
        raise NotFound
    return coupon


def get_whole_coupon(session: Session, coupon_id: int) -> tuple[Coupon, Page]:
    """Return a coupon and its page by its id; NotFound for a deleted one."""
    found = session.execute(
        select(Coupon, Page)
        .join(Page, Page.id == Coupon.page_id)
        .where(Coupon.id == coupon_id, Coupon.deleted_at.is_(None))
    ).one_or_none()
    if found is None:
        raise NotFound
    coupon, page = found
    return coupon, page


def list_by_ids(session: Session, coupon_ids: Collection[int]) -> list[Coupon]:
    """Return these coupons, in no order."""
    return list(session.scalars(select(Coupon).where(Coupon.id.in_(coupon_ids))))


def load_mine(
    session: Reader, *, coupon_ids: Sequence[int], keys: Collection[str], proved: Collection[str]
) -> Mine:
    """Return which of these coupons a customer holds (under ``proved`` keys) and has used (under any), in two statements."""
    if not coupon_ids or not keys:
        return NOTHING
    held = select(CouponHolding.coupon_id).where(
        CouponHolding.coupon_id.in_(coupon_ids), CouponHolding.holder_key.in_(sorted(proved))
    )
    used = select(CouponUseKey.coupon_id).where(
        CouponUseKey.coupon_id.in_(coupon_ids), CouponUseKey.customer_key.in_(sorted(keys))
    )
    return Mine(frozenset(session.scalars(held)), frozenset(session.scalars(used)))


def find_holding(session: Session, *, coupon_id: int, keys: Collection[str]) -> CouponHolding | None:
    """Return the oldest holding of a coupon under one of ``keys``, or None."""
    statement = select(CouponHolding).where(
        CouponHolding.coupon_id == coupon_id, CouponHolding.holder_key.in_(sorted(keys))
    )
    return session.scalars(statement.order_by(CouponHolding.id).limit(1)).one_or_none()


def list_wallet(
    session: Session, *, keys: Collection[str], limit: int, before: Place | None = None
) -> tuple[list[WalletRow], Place | None]:
    """Return the coupons in the wallet of ``keys`` that were not deleted, the last taken first, and where it goes on."""
    if not keys:
        return [], None
    taken = (
        select(CouponHolding.coupon_id, func.min(CouponHolding.taken_at).label("taken_at"))
        .where(CouponHolding.holder_key.in_(sorted(keys)))
        .group_by(CouponHolding.coupon_id)
        .subquery()
    )
    statement = (
        select(Coupon, Page, taken.c.taken_at)
        .join(taken, taken.c.coupon_id == Coupon.id)
        .join(Page, Page.id == Coupon.page_id)
        .where(Coupon.deleted_at.is_(None))
    )
    if before is not None:
        statement = statement.where(tuple_(taken.c.taken_at, Coupon.id) < tuple_(before.at, before.id))
    statement = statement.order_by(taken.c.taken_at.desc(), Coupon.id.desc()).limit(limit + 1)
    rows = [WalletRow(coupon, page, at) for coupon, page, at in session.execute(statement)]
    shown = rows[:limit]
    more = Place(shown[-1].taken_at, shown[-1].coupon.id) if len(rows) > limit else None
    return shown, more
