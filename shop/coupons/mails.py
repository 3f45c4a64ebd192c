"""What the mail says that gives a coupon by its link."""

from collections.abc import Callable

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from shop.core.mail import Mail
from shop.coupons.claiming import CLAIM_DAYS, CLAIM_MAIL, claim_token
from shop.coupons.labels import sentence_of
from shop.coupons.models import Coupon
from shop.coupons.scope_queries import map_things
from shop.coupons.shown_queries import get_whole_coupon
from shop.page.days import zone_name
from shop.web.context import signer
from shop.web.mailing import MailContent
from shop.web.templating import localized
from shop.web.zone import set_zone


def render_claim(session: Session, mail: Mail) -> MailContent:
    """Give a coupon by its link, which is made now, so that the database keeps no secret beforehand."""
    coupon, page = get_whole_coupon(session, mail.context["coupon_id"])
    set_zone(zone_name(page.country))
    things = map_things(session, [coupon])
    context = {
        "page": page.name,
        "coupon": localized(coupon, "title"),
        "sentence": sentence_of(coupon, things.get(coupon.id)),
        "days": CLAIM_DAYS,
        "link": url_for(
            "coupon_acts.show_claim", token=claim_token(signer(), coupon_id=coupon.id), _external=True
        ),
    }
    return MailContent(_("Your coupon of %(page)s", page=page.name), CLAIM_MAIL, context)


def is_gone(session: Session, mail: Mail) -> bool:
    """Tell whether a mail would give a coupon that was deleted meanwhile."""
    if mail.kind != CLAIM_MAIL:
        return False
    coupon = session.get(Coupon, int(mail.context["coupon_id"]))
    return coupon is None or coupon.deleted_at is not None


RENDERERS: dict[str, Callable[[Session, Mail], MailContent]] = {CLAIM_MAIL: render_claim}
