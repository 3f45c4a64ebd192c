"""The wallet: the coupons that somebody has taken, an account's or a guest's by their cookie."""

from dataclasses import dataclass

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from shop.core.errors import NotFound
from shop.core.places import require_place
from shop.coupons.holding import put_back, take_coupon
from shop.coupons.labels import STANDINGS
from shop.coupons.models import HoldingWay
from shop.coupons.scope_queries import map_things
from shop.coupons.shown_queries import find_holding, get_whole_coupon, list_wallet, load_mine
from shop.coupons.standing import Standing
from shop.page.models import Page
from shop.storefront.cart import current_shopper
from shop.storefront.coupons import Shown, shown
from shop.web.context import database, now, signer
from shop.web.limits import limiter
from shop.web.pages import flash_message, render, see_other
from shop.web.templating import localized

PAGE_SIZE = 24
ACTS = "120/minute"
UNDO = "wallet-undo"
UNDO_S = 24 * 3600

blueprint = Blueprint("wallet", __name__)


@dataclass(frozen=True, slots=True)
class Row:
    """A coupon of the wallet with its page; ``is_over`` when it takes nothing off any more."""

    offer: Shown
    page: Page
    is_used: bool

    @property
    def is_over(self) -> bool:
        """Whether it is of no more use."""
        return self.is_used or self.offer.standing not in (Standing.HOLDS, Standing.NOT_STARTED)


@blueprint.get("/account/coupons")
def show_wallet() -> Response:
    """Show what the visitor has taken, the last first, in as many statements whatever there is."""
    customer = current_shopper().customer
    cursor = request.args.get("cursor")
    before = require_place(cursor) if cursor else None
    with database().reading() as session:
        found, more = list_wallet(session, keys=customer.proved, limit=PAGE_SIZE, before=before)
        coupons = [row.coupon for row in found]
        things = map_things(session, coupons)
        ids = [coupon.id for coupon in coupons]
        mine = load_mine(session, coupon_ids=ids, keys=customer.keys, proved=customer.proved)
    rows = [
        Row(shown(row.coupon, row.page, things), row.page, row.coupon.is_once and row.coupon.id in mine.used)
        for row in found
    ]
    response = render("storefront/wallet.html", rows=rows, more=more, standings=STANDINGS)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.post("/account/coupons/<int:coupon_id>/removal")
@limiter.limit(ACTS)
def delete_holding(coupon_id: int) -> BaseResponse:
    """Take a coupon out of the visitor's wallet; it can be put back for a day."""
    customer = current_shopper().customer
    with database().transaction() as session:
        coupon, _page = get_whole_coupon(session, coupon_id)
        holding = find_holding(session, coupon_id=coupon.id, keys=customer.proved)
        if holding is None:
            raise NotFound
        put_back(session, coupon_id=coupon.id, keys=customer.proved)
    token = signer().sign(UNDO, [coupon.id, holding.holder_key, holding.way.value])
    flash_message(
        _("“%(title)s” is out of your wallet.", title=localized(coupon, "title")),
        undo=url_for("wallet.restore_holding", token=token),
    )
    return see_other("wallet.show_wallet")


@blueprint.post("/account/coupons/restorations/<token>")
@limiter.limit(ACTS)
def restore_holding(token: str) -> BaseResponse:
    """Put a coupon back into the wallet that it was taken out of."""
    coupon_id, holder_key, way = signer().read(UNDO, token, max_age_s=UNDO_S)
    with database().transaction() as session:
        coupon, _page = get_whole_coupon(session, coupon_id)
        take_coupon(session, coupon_id=coupon.id, holder_key=holder_key, way=HoldingWay(way), now=now())
    flash_message(_("“%(title)s” is in your wallet.", title=localized(coupon, "title")))
    return see_other("wallet.show_wallet")
