"""Taking a coupon into one's wallet: who may, and how. A like is one way, never the only one."""

import datetime as dt

from sqlalchemy.orm import Session

from shop.core.errors import Conflict, Forbidden
from shop.core.i18n import N_
from shop.coupons.holding import take_coupon
from shop.coupons.models import Coupon, CouponAudience, HoldingWay, OtherWay
from shop.coupons.queries import has_holding
from shop.coupons.standing import Standing, standing_of
from shop.page.models import LikeSource
from shop.page.queries import is_follower
from shop.page.service import follow


class CouponOver(Conflict):
    """A coupon that ended, is paused or used up is not given out any more."""

    code = "coupon_over"
    message = N_("The coupon %(code)s is not given out any more.")


class NotForYou(Forbidden):
    """A members' coupon is had by liking the page or by its other free way, a prize by winning it."""

    code = "coupon_not_for_you"
    message = N_("The coupon %(code)s is had in one of the ways on its page.")


def take(
    session: Session, *, coupon: Coupon, account_id: int | None, holder_key: str, way: HoldingWay,
    now: dt.datetime,
) -> bool:  # fmt: skip
    """Put ``coupon`` into the wallet of ``holder_key`` and return whether it is new there; liking too, if that is the way.

    Raises CouponOver, NotForYou and what ``page.service.follow`` raises.
    """
    if has_holding(session, coupon_id=coupon.id, keys=[holder_key]):
        return False
    if standing_of(coupon, now) not in (Standing.HOLDS, Standing.NOT_STARTED):
        raise CouponOver(code=coupon.code)
    way = _checked_way(session, coupon, account_id, way)
    is_new = take_coupon(session, coupon_id=coupon.id, holder_key=holder_key, way=way, now=now)
    if way is HoldingWay.LIKE and account_id is not None:
        follow(
            session,
            page_id=coupon.page_id,
            account_id=account_id,
            now=now,
            source=LikeSource.COUPON,
            source_ref=str(coupon.id),
        )
    return is_new


def _checked_way(session: Session, coupon: Coupon, account_id: int | None, way: HoldingWay) -> HoldingWay:
    """Return the way in which the coupon is had; NotForYou when there is none."""
    if coupon.audience is CouponAudience.EVERYBODY:
        return HoldingWay.EMBED if way is HoldingWay.EMBED else HoldingWay.PAGE
    if coupon.audience is CouponAudience.MEMBERS and account_id is not None:
        if way is HoldingWay.LIKE or is_follower(session, coupon.page_id, account_id):
            return HoldingWay.LIKE
        if way is HoldingWay.ACCOUNT and coupon.other_way is OtherWay.ACCOUNT:
            return HoldingWay.ACCOUNT
    raise NotForYou(code=coupon.code)
