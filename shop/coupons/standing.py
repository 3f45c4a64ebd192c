"""Where a coupon stands at an instant. Pure: it needs the row alone."""

import datetime as dt
import enum

from shop.coupons.models import Coupon


class Standing(enum.StrEnum):
    """Whether a coupon holds now, and if not, why not."""

    HOLDS = "holds"
    DELETED = "deleted"
    PAUSED = "paused"
    ENDED = "ended"
    NOT_STARTED = "not_started"
    USED_UP = "used_up"


def standing_of(coupon: Coupon, now: dt.datetime) -> Standing:
    """Return where ``coupon`` stands at ``now``; its end is the first instant at which it does not hold."""
    if coupon.deleted_at is not None:
        return Standing.DELETED
    if coupon.is_paused:
        return Standing.PAUSED
    if coupon.ends_at is not None and coupon.ends_at <= now:
        return Standing.ENDED
    if coupon.starts_at is not None and now < coupon.starts_at:
        return Standing.NOT_STARTED
    if coupon.max_uses is not None and coupon.uses >= coupon.max_uses:
        return Standing.USED_UP
    return Standing.HOLDS
