"""Uses: taken when an order is placed, given back when it is given up; a refund gives none back.

A use is a scarce thing (design, section 3): one conditional UPDATE of the coupon's row takes it, in the transaction
that writes the order, after the stock and before the order's counter. That row is locked from then on, so the
keys of once-a-customer coupons are written by one buyer at a time.
"""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import delete, insert, or_, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from shop.core.errors import Conflict
from shop.core.i18n import N_
from shop.coupons.models import Coupon, CouponRedemption, CouponUseKey
from shop.coupons.queries import find_last_redemption, find_redemption, may_hold
from shop.coupons.standing import Standing, standing_of


class CouponProblem(Conflict):
    """A coupon can no longer be used; ``coupon_id`` says which."""

    def __init__(self, coupon_id: int, code: str) -> None:
        self.coupon_id = coupon_id
        super().__init__(code=code)


class CouponGone(CouponProblem):
    """Every use of the coupon is taken."""

    code = "coupon_gone"
    message = N_("The coupon %(code)s is used up. Your cart shows the total without it.")


class CouponEnded(CouponProblem):
    """The coupon's dates do not hold now, or the page has paused or deleted it."""

    code = "coupon_ended"
    message = N_("The coupon %(code)s does not hold any more. Your cart shows the total without it.")


class CouponUsed(CouponProblem):
    """This customer has used a once-a-customer coupon before."""

    code = "coupon_used"
    message = N_(
        "You have used the coupon %(code)s before; it is for once. Your cart shows the total without it."
    )


def take_use(
    session: Session, *, coupon_id: int, order_id: int, keys: Sequence[str], amount: int,
    shipping_amount: int = 0, now: dt.datetime,
) -> CouponRedemption:  # fmt: skip
    """Take one use of a coupon for an order and write down who has it; ``keys`` are all of the customer's.

    ``amount`` is off the lines, ``shipping_amount`` what shipping would have cost. Raises CouponGone when none is left,
    CouponEnded outside its dates, CouponUsed when one of ``keys`` has had it; the caller's transaction then
    rolls back, and nothing was taken.
    """
    return _take(
        session, coupon_id=coupon_id, order_id=order_id, keys=keys, amount=amount,
        shipping_amount=shipping_amount, now=now, is_late=False,
    )  # fmt: skip


def take_use_again(session: Session, *, order_id: int, keys: Sequence[str], now: dt.datetime) -> bool:
    """Take the use of an order that was given up and is paid after all; return whether it was there.

    Its dates are not asked again: it held when the order was placed. The order keeps its price either way.
    """
    last = find_last_redemption(session, order_id)
    if last is None or last.returned_at is None:
        return True
    try:
        with session.begin_nested():
            _take(
                session, coupon_id=last.coupon_id, order_id=order_id,
                keys=list(dict.fromkeys([last.customer_key, *(last.returned_keys or ()), *keys])), amount=last.amount,
                shipping_amount=last.shipping_amount, now=now, is_late=True,
            )  # fmt: skip
    except (CouponGone, CouponUsed, CouponEnded):
        return False
    return True


def _take(
    session: Session, *, coupon_id: int, order_id: int, keys: Sequence[str], amount: int,
    shipping_amount: int, now: dt.datetime, is_late: bool,
) -> CouponRedemption:  # fmt: skip
    coupon = _raise_uses(session, coupon_id, now, is_late=is_late)
    redemption = session.scalars(
        insert(CouponRedemption)
        .values(
            coupon_id=coupon_id, order_id=order_id, customer_key=keys[0] if keys else "", amount=amount,
            shipping_amount=shipping_amount, taken_at=now,
        )
        .returning(CouponRedemption)
    ).one()  # fmt: skip
    if coupon.is_once and keys and not _write_keys(session, coupon_id, redemption.id, keys):
        raise CouponUsed(coupon_id, coupon.code)
    return redemption


def _raise_uses(session: Session, coupon_id: int, now: dt.datetime, *, is_late: bool) -> Coupon:
    taken = session.scalars(
        update(Coupon)
        .where(
            Coupon.id == coupon_id,
            or_(Coupon.max_uses.is_(None), Coupon.uses < Coupon.max_uses),
            *([] if is_late else [may_hold(now)]),
        )
        .values(uses=Coupon.uses + 1)
        .returning(Coupon)
        .execution_options(synchronize_session=False, populate_existing=True)
    ).one_or_none()
    if taken is not None:
        return taken
    coupon = session.get(Coupon, coupon_id, populate_existing=True)
    if coupon is None or standing_of(coupon, now) in (Standing.HOLDS, Standing.USED_UP):
        raise CouponGone(coupon_id, "" if coupon is None else coupon.code)
    raise CouponEnded(coupon_id, coupon.code)


def _write_keys(session: Session, coupon_id: int, redemption_id: int, keys: Sequence[str]) -> bool:
    insert_or_not = pg_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    rows = [
        {"coupon_id": coupon_id, "customer_key": key, "redemption_id": redemption_id}
        for key in sorted(set(keys))
    ]
    written = session.execute(
        insert_or_not(CouponUseKey).values(rows).on_conflict_do_nothing().returning(CouponUseKey.customer_key)
    ).all()
    return len(written) == len(rows)


def give_back(session: Session, *, order_id: int, now: dt.datetime) -> bool:
    """Give back the use that an order holds, exactly once; return whether this call did it."""
    held = find_redemption(session, order_id)
    if held is None:
        return False
    returned = session.execute(
        update(CouponRedemption)
        .where(CouponRedemption.id == held.id, CouponRedemption.returned_at.is_(None))
        .values(returned_at=now)
        .returning(CouponRedemption.coupon_id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if returned is None:
        return False
    session.execute(
        update(Coupon)
        .where(Coupon.id == returned, Coupon.uses > 0)
        .values(uses=Coupon.uses - 1)
        .execution_options(synchronize_session=False)
    )
    freed = session.scalars(
        delete(CouponUseKey)
        .where(CouponUseKey.redemption_id == held.id)
        .returning(CouponUseKey.customer_key)
        .execution_options(synchronize_session=False)
    ).all()
    session.execute(
        update(CouponRedemption)
        .where(CouponRedemption.id == held.id)
        .values(returned_keys=sorted(freed))
        .execution_options(synchronize_session=False)
    )
    return True
