"""What a touch names, where that is a coupon: it has to be one of the page that is bought from."""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.core.touch import Touch
from shop.coupons.models import Coupon


def check_coupon_touch(session: Session, *, page_id: int, touch: Touch) -> Touch | None:
    """Return ``touch`` if its coupon is the page's; a card of another page's coupon stays a card, a link is none."""
    if touch.coupon_id is None:
        return touch
    found = session.scalar(select(Coupon.id).where(Coupon.id == touch.coupon_id, Coupon.page_id == page_id))
    if found is not None:
        return touch
    return replace(touch, coupon_id=None) if touch.kind == "embed" else None


def find_coupon_code(session: Session, coupon_id: int | None) -> str | None:
    """Return the code of a coupon that an order's touch names, deleted or not; None when there is none."""
    if coupon_id is None:
        return None
    return session.scalar(select(Coupon.code).where(Coupon.id == coupon_id))
