"""A page with coupons, as its tests set it up."""

from typing import Any

from sqlalchemy.orm import Session

from shop.coupons.models import Coupon, CouponKind
from shop.coupons.service import CouponDraft, create_coupon
from shop.page.models import Page
from tests.conftest import START

TENTH = CouponDraft(code="TENTH", title="A tenth off", kind=CouponKind.PERCENT, percent_bp=1000)


def draft(code: str = "TENTH", **values: Any) -> CouponDraft:
    """Return a draft: a tenth off everything, but for ``values``."""
    base: dict[str, Any] = {"title": "A tenth off", "kind": CouponKind.PERCENT, "percent_bp": 1000}
    return CouponDraft(code=code, **(base | values))


def add_coupon(session: Session, page: Page, code: str = "TENTH", **values: Any) -> Coupon:
    """Make a coupon of ``page``: a tenth off everything, but for ``values``."""
    return create_coupon(session, page=page, draft=draft(code, **values), account_id=None, now=START)
