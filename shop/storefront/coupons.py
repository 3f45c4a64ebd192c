"""Coupons in public: a page's tab of them, a coupon's own page, and taking one; each visitor's own part is put in last.

A like is never the price of a coupon. Where one is for members, liking and the other free way stand side by side.
"""

import datetime as dt
import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from shop.catalog.listing import list_cards_by_id
from shop.core.errors import NotFound
from shop.coupons.codes import is_code, normalise_code
from shop.coupons.customers import Customer
from shop.coupons.labels import conditions_of, offer_text, sentence_of
from shop.coupons.models import Coupon, CouponAudience, CouponScope
from shop.coupons.scope_queries import Things, map_things
from shop.coupons.shown_queries import (
    get_public_coupon,
    list_by_ids,
    list_listed,
    load_mine,
)
from shop.coupons.standing import Standing, standing_of
from shop.page.days import zone_name
from shop.page.models import Page
from shop.storefront.caching import public_page
from shop.storefront.cart import current_shopper
from shop.storefront.header import PageHeader
from shop.storefront.parts import Loader, Tab, current_version, load_tab
from shop.storefront.structured import for_coupon, for_coupons
from shop.storefront.visitors import current_visitor
from shop.web.context import database, now
from shop.web.forms import Form, id_or_none
from shop.web.limits import limiter
from shop.web.locale import language
from shop.web.pages import render
from shop.web.templating import localized

KEPT_FOR = dt.timedelta(minutes=1)
"""A kept page is made anew after this: coupons begin and end by themselves."""
MOVED = 301
PAGE_SIZE = 24
NOT_FOUND = 404
guessing_limit = limiter.shared_limit(
    "60/minute", scope="coupon-codes", deduct_when=lambda response: response.status_code == NOT_FOUND
)
"""So many codes that are not there may be tried from one address, at whichever of a coupon's addresses."""
_ACT = re.compile(r"<!--coupon:(\d+)(:full)?-->.*?<!--/coupon-->", re.DOTALL)

blueprint = Blueprint("coupons", __name__)


@dataclass(frozen=True, slots=True)
class Shown:
    """A coupon in the reader's words. ``left`` is how many uses there still are, None without a limit."""

    coupon: Coupon
    offer: str
    sentence: str
    conditions: list[str]
    standing: Standing
    left: int | None


@dataclass(frozen=True, slots=True)
class Act:
    """What one visitor can do about a coupon; ``form`` is what they typed for the way by e-mail."""

    coupon: Coupon
    standing: Standing
    is_held: bool = False
    is_used: bool = False
    is_follower: bool = False
    form: Form | None = None

    @property
    def is_member(self) -> bool:
        """Whether one press takes it."""
        return self.coupon.audience is CouponAudience.EVERYBODY or self.is_follower


def shown(coupon: Coupon, page: Page, things: Mapping[int, Things]) -> Shown:
    """Return ``coupon`` of ``page`` in the reader's words; days are those of the page."""
    return Shown(
        coupon=coupon,
        offer=offer_text(coupon),
        sentence=sentence_of(coupon, things.get(coupon.id), zone=zone_name(page.country)),
        conditions=conditions_of(coupon),
        standing=standing_of(coupon, now()),
        left=None if coupon.max_uses is None else max(coupon.max_uses - coupon.uses, 0),
    )


def _version(page_slug: str, **_values: object) -> Hashable:
    return (current_version(page_slug), _moment())


def _moment() -> int:
    return int(now().timestamp() // KEPT_FOR.total_seconds())


def _load_list(before_id: int | None) -> Loader:
    def load(session: Session, page: Page) -> dict[str, Any]:
        found, more = list_listed(session, page_id=page.id, now=now(), limit=PAGE_SIZE, before_id=before_id)
        things = map_things(session, found)
        return {
            "title": gettext("Coupons"),
            "links": for_coupons(page),
            "offers": [shown(coupon, page, things) for coupon in found],
            "acts": _plain_acts(found),
            "more": more,
        }

    return load


def _load_one(code: str, *, is_known: bool, takes: bool) -> Loader:
    def load(session: Session, page: Page) -> dict[str, Any]:
        coupon = get_public_coupon(session, page_id=page.id, code=code)
        if coupon.audience is CouponAudience.HOLDERS and not is_known:
            raise NotFound
        things = map_things(session, [coupon])
        offer = shown(coupon, page, things)
        return {
            "title": localized(coupon, "title"),
            "links": for_coupon(page, coupon, offer.sentence, offer.standing),
            "offer": offer,
            "things": things.get(coupon.id),
            "cards": _cards(session, coupon, things.get(coupon.id)),
            "act": _plain_acts([coupon])[coupon.id],
            "takes": takes,
        }

    return load


def _cards(session: Session, coupon: Coupon, things: Things | None) -> list[Any]:
    """Return the first products that a coupon counts for, as cards."""
    if coupon.scope is not CouponScope.PRODUCTS or things is None:
        return []
    ids = [thing.id for thing in things.first]
    cards = list_cards_by_id(session, product_ids=ids, language=language())
    return [cards[product_id] for product_id in ids if product_id in cards]


def _plain_acts(coupons: Sequence[Coupon]) -> dict[int, Act]:
    """Return what somebody can do of whom nothing is known."""
    return {coupon.id: Act(coupon, standing_of(coupon, now())) for coupon in coupons}


@blueprint.get("/p/<page_slug>/coupons")
@public_page(_version, arguments=("before",))
def list_coupons(page_slug: str) -> ResponseReturnValue:
    """Show the coupons that a page offers to whoever looks."""
    before_id = id_or_none(request.args.get("before", ""))
    tab = load_tab(page_slug, "coupons", (str(before_id or ""), str(_moment())), _load_list(before_id))
    return _render_tab(_with_own_acts(tab)[0])


@blueprint.get("/p/<page_slug>/coupons/<code>")
@guessing_limit
@public_page(_version, arguments=("take",))
def show_coupon(page_slug: str, code: str) -> ResponseReturnValue:
    """Show a coupon, what it counts for and how it is had; a prize is shown to its winner alone."""
    return one_spelling("coupons.show_coupon", page_slug, code) or render_coupon(page_slug, code)


def one_spelling(endpoint: str, page_slug: str, code: str) -> BaseResponse | None:
    """Lead from any other spelling of a code to the one that pages are kept under; None where it is that."""
    code_key = normalise_code(code)
    if code_key == code:
        return None
    if not is_code(code_key):
        raise NotFound
    address = url_for(endpoint, page_slug=page_slug, code=code_key)
    query = request.query_string.decode("ascii", "ignore")
    response = redirect(f"{address}?{query}" if query else address, MOVED)
    response.headers["Cache-Control"] = "no-cache"
    return response


def render_coupon(page_slug: str, code: str, *, form: Form | None = None, status: int = 200) -> Response:
    """Render a coupon's page, with what was typed for the way by e-mail."""
    is_known, takes = not current_visitor().is_anonymous, "take" in request.args
    arguments = (code, str(is_known), str(takes), str(_moment()))
    tab = load_tab(page_slug, "coupon", arguments, _load_one(code, is_known=is_known, takes=takes))
    coupon_id = _ids_in(tab)[0]
    tab, acts = _with_own_acts(tab, form)
    for act in acts.values():
        if act.coupon.audience is CouponAudience.HOLDERS and not act.is_held:
            raise NotFound
    return _render_tab(tab, status, coupon_id=coupon_id)


def _render_tab(tab: Tab, status: int = 200, *, coupon_id: int | None = None) -> Response:
    return render(
        "storefront/coupons_page.html", status=status, header=tab.header, part=tab.part, active_tab="coupons",
        compact=coupon_id is not None, invitation_ref=coupon_id,
    )  # fmt: skip


def _with_own_acts(tab: Tab, form: Form | None = None) -> tuple[Tab, Mapping[int, Act]]:
    """Return the tab with what this visitor can do, in three statements; a stranger's stays as it is."""
    customer = current_shopper().customer
    ids = _ids_in(tab)
    if not ids or (not customer.keys and form is None):
        return tab, {}
    acts = _own_acts(ids, customer, tab.header, form)

    def own(found: re.Match[str]) -> str:
        act = acts.get(int(found[1]))
        if act is None:
            return found[0]
        return render_template(
            "storefront/_coupon_act.html",
            act=act,
            page=tab.header,
            is_full=found[2] is not None,
            takes="take" in request.args,
        )

    content = Markup(_ACT.sub(own, str(tab.part.content)))  # noqa: S704 - rendered by Jinja
    return replace(tab, part=replace(tab.part, content=content)), acts


def _ids_in(tab: Tab) -> list[int]:
    """Return the ids of the coupons that a tab shows."""
    return [int(found[1]) for found in _ACT.finditer(str(tab.part.content))]


def _own_acts(
    ids: Sequence[int], customer: Customer, header: PageHeader, form: Form | None
) -> dict[int, Act]:
    with database().reading() as session:
        coupons = list_by_ids(session, ids)
        mine = load_mine(session, coupon_ids=ids, keys=customer.keys, proved=customer.proved)
    return {
        coupon.id: Act(
            coupon,
            standing_of(coupon, now()),
            is_held=coupon.id in mine.held,
            is_used=coupon.is_once and coupon.id in mine.used,
            is_follower=header.is_follower,
            form=form,
        )
        for coupon in coupons
    }
