"""The one statement behind a cart's coupons."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Row, false, func, literal, or_, select, text, union
from sqlalchemy.orm import Session

from shop.coupons.customers import Shopper
from shop.coupons.models import AUTOMATIC_SQL, Coupon, CouponHolding, CouponRedemption, CouponUseKey
from shop.coupons.queries import may_hold
from shop.page.models import Follower

MAX_OFFERS = 50
"""Of the coupons that count by themselves so many are looked at, the oldest first; what is over takes no place."""


def select_offers(
    session: Session, *, page_id: int, shopper: Shopper, typed_id: int | None
) -> Sequence[Row[Coupon, int, bool, bool, bool, bool, bool]]:
    """Return the coupons that a customer's cart on a page could use, with what each is to them.

    What does not hold now is left out but for the chosen one (``typed_id``), which says so. Columns: the coupon,
    ``own_uses`` (held by their orders that wait for payment), ``is_used``, ``is_used_as_typed`` (once-a-customer, by
    other orders), ``is_held``, ``is_proved`` and ``is_follower``.
    """
    customer = shopper.customer
    named = [select(Coupon.id).where(Coupon.page_id == page_id, text(AUTOMATIC_SQL))]
    if typed_id is not None:
        named.append(select(Coupon.id).where(Coupon.id == typed_id, Coupon.page_id == page_id))
    if customer.proved:
        held = select(CouponHolding.coupon_id).where(CouponHolding.holder_key.in_(customer.proved))
        named.append(held)
    statement = (
        select(
            Coupon,
            _own_uses(customer.order_ids).label("own_uses"),
            _is_used(customer.keys, customer.order_ids).label("is_used"),
            _is_used([customer.typed_key] if customer.typed_key else [], customer.order_ids).label(
                "is_used_as_typed"
            ),
            _is_held(customer.keys).label("is_held"),
            _is_held(customer.proved).label("is_proved"),
            _is_follower(customer.account_id).label("is_follower"),
        )
        .where(
            Coupon.page_id == page_id,
            Coupon.id.in_(union(*named).subquery().select()),
            or_(Coupon.id == (typed_id or 0), may_hold(shopper.now)),
        )
        .order_by(Coupon.id != (typed_id or 0), Coupon.id)
        .limit(MAX_OFFERS)
    )
    return session.execute(statement).all()


def _own_uses(order_ids: Collection[int]) -> ColumnElement[int]:
    if not order_ids:
        return literal(0)
    return (
        select(func.count(CouponRedemption.id))
        .where(
            CouponRedemption.coupon_id == Coupon.id,
            CouponRedemption.order_id.in_(order_ids),
            CouponRedemption.returned_at.is_(None),
        )
        .scalar_subquery()
    )


def _is_used(keys: Collection[str], order_ids: Collection[int]) -> ColumnElement[bool]:
    if not keys:
        return false()
    used = select(CouponUseKey.coupon_id).where(
        CouponUseKey.coupon_id == Coupon.id, CouponUseKey.customer_key.in_(keys)
    )
    if order_ids:
        used = used.join(CouponRedemption, CouponRedemption.id == CouponUseKey.redemption_id).where(
            CouponRedemption.order_id.not_in(order_ids)
        )
    return used.exists()


def _is_held(keys: Collection[str]) -> ColumnElement[bool]:
    if not keys:
        return false()
    return (
        select(CouponHolding.id)
        .where(CouponHolding.coupon_id == Coupon.id, CouponHolding.holder_key.in_(keys))
        .exists()
    )


def _is_follower(account_id: int | None) -> ColumnElement[bool]:
    if account_id is None:
        return false()
    return (
        select(Follower.id)
        .where(Follower.page_id == Coupon.page_id, Follower.account_id == account_id)
        .exists()
    )
