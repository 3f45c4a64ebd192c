"""What led to an order, in words for its room: the post, share or card that the buyer came from, and the campaign."""

from dataclasses import dataclass

from babel.dates import format_timedelta
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from shop.core.touch import CAMPAIGN_MARKS
from shop.coupons.touch_queries import find_coupon_code
from shop.feed.marking import plain
from shop.feed.touch_queries import Touched, find_touched
from shop.orders.models import Order
from shop.web.locale import locale_code

EXCERPT = 60


@dataclass(frozen=True, slots=True)
class OrderOrigin:
    """A sentence, the id of the post that it is about (None when there is none left), and the campaign's marks."""

    text: str
    post_id: int | None
    campaign: list[tuple[str, str]]


def read_origin(session: Session, order: Order) -> OrderOrigin | None:
    """Return what led to an order; None when nothing is known."""
    marks = order.campaign or {}
    campaign = [(f"utm_{name}", str(marks[name])) for name in CAMPAIGN_MARKS if marks.get(name)]
    if order.touch_kind is None:
        return OrderOrigin("", None, campaign) if campaign else None
    touched = find_touched(session, post_id=order.touch_post_id, share_id=order.touch_share_id)
    code = find_coupon_code(session, order.touch_coupon_id)
    return OrderOrigin(_sentence(order, touched, code), touched.post_id, campaign)


def _sentence(order: Order, touched: Touched, code: str | None) -> str:
    before = _before(order)
    title = plain(touched.body, EXCERPT) or touched.product_title
    if order.touch_kind in ("embed", "coupon"):
        return _of_card_or_coupon(order, code, before)
    if order.touch_kind == "share":
        name = touched.sharer or _("somebody")
        if title:
            parts = {"title": title, "name": name, "time": before}
            return str(_("From “%(title)s”, shared by %(name)s, %(time)s before", **parts))
        return str(_("From a share by %(name)s, %(time)s before", name=name, time=before))
    if title:
        return str(_("From the post “%(title)s”, %(time)s before", title=title, time=before))
    return str(_("From a post without words, %(time)s before", time=before))


def _of_card_or_coupon(order: Order, code: str | None, before: str) -> str:
    if order.touch_kind == "coupon":
        parts = {"code": code or "?", "time": before}
        return str(_("From the link of the coupon %(code)s, %(time)s before", **parts))
    if code:
        parts = {"code": code, "time": before}
        return str(_("From the card of the coupon %(code)s on another site, %(time)s before", **parts))
    return str(_("From an embedded card on another site, %(time)s before", time=before))


def _before(order: Order) -> str:
    """Return how long before the order the touch was, such as "2 hours"."""
    passed = order.placed_at - (order.touch_at or order.placed_at)
    return str(format_timedelta(passed, threshold=1.5, locale=locale_code()))
