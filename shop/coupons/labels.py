"""Words for coupons: one sentence that says what a coupon does, its conditions, its state."""

import datetime as dt
from dataclasses import dataclass

from babel import Locale
from babel.dates import format_skeleton
from babel.lists import format_list
from babel.numbers import format_currency
from flask_babel import format_percent, format_time, get_locale, lazy_gettext, ngettext
from flask_babel import gettext as _

from shop.core.money import exponent, to_decimal
from shop.coupons.models import (
    Coupon,
    CouponAudience,
    CouponKind,
    CouponScope,
    HoldingWay,
    OtherWay,
)
from shop.coupons.scope_queries import Things
from shop.coupons.standing import Standing
from shop.web.context import now
from shop.web.locale import language
from shop.web.templating import date_text, localized, money
from shop.web.zone import local_time

BASIS_POINTS = 10_000
MIDNIGHT = dt.time()


@dataclass(frozen=True, slots=True)
class Offer:
    """What a sentence tells of a coupon that is no row yet, such as one that is being typed."""

    currency: str
    kind: CouponKind = CouponKind.PERCENT
    percent_bp: int = 0
    amount: int = 0
    has_free_shipping: bool = False
    minimum_amount: int = 0
    scope: CouponScope = CouponScope.ALL
    unit_limit: int | None = None
    starts_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None


STANDINGS = {
    Standing.HOLDS: lazy_gettext("Running"),
    Standing.NOT_STARTED: lazy_gettext("Planned"),
    Standing.PAUSED: lazy_gettext("Paused"),
    Standing.USED_UP: lazy_gettext("Used up"),
    Standing.ENDED: lazy_gettext("Ended"),
    Standing.DELETED: lazy_gettext("Deleted coupon"),
}
KINDS = {
    CouponKind.PERCENT: lazy_gettext("A percentage off"),
    CouponKind.AMOUNT: lazy_gettext("An amount off"),
    CouponKind.FREE_SHIPPING: lazy_gettext("Free shipping"),
}
WAYS = {
    HoldingWay.PAGE: lazy_gettext("Taken on the page"),
    HoldingWay.LIKE: lazy_gettext("Liked the page"),
    HoldingWay.ACCOUNT: lazy_gettext("With an account"),
    HoldingWay.EMAIL: lazy_gettext("Confirmed an e-mail address"),
    HoldingWay.EMBED: lazy_gettext("From a card on another site"),
    HoldingWay.PRIZE: lazy_gettext("Won it"),
}


def offer_text(coupon: Coupon | Offer) -> str:
    """Return what is taken off, in a few words: "20% off, with free shipping"."""
    return _with_shipping(coupon, _off_text(coupon))


def sentence_of(coupon: Coupon | Offer, things: Things | None = None, *, zone: str | None = None) -> str:
    """Return what a coupon does as one sentence without a full stop: "20% off Lamps from €50 until December 3".

    ``things`` is what it counts for (``scope_queries.map_things``), None where its scope is all; days are told
    in ``zone``, else in the zone of this response.
    """
    text = _with_shipping(coupon, _with_things(coupon, _off_text(coupon), things))
    if coupon.unit_limit is not None and coupon.kind is not CouponKind.FREE_SHIPPING:
        text = ngettext(
            "%(offer)s, for one item of an order",
            "%(offer)s, for at most %(num)s items of an order",
            coupon.unit_limit,
            offer=text,
        )
    if coupon.minimum_amount:
        text = _(
            "%(offer)s from %(amount)s", offer=text, amount=price_text(coupon.minimum_amount, coupon.currency)
        )
    return _with_dates(coupon, str(text), zone)


def conditions_of(coupon: Coupon) -> list[str]:
    """Return what else a buyer should know, each a sentence: who may use it, and how often."""
    found = []
    if coupon.audience is CouponAudience.MEMBERS:
        found.append(members_text(coupon.other_way))
    elif coupon.audience is CouponAudience.HOLDERS:
        found.append(str(_("For whoever was given it.")))
    if coupon.is_once:
        found.append(str(_("Once per customer.")))
    if coupon.max_uses is not None:
        found.append(
            ngettext("It can be used once in all.", "It can be used %(num)s times in all.", coupon.max_uses)
        )
    return found


def members_text(other_way: OtherWay) -> str:
    """Return for whom a members' coupon is: followers, and those who came by the other free way."""
    if other_way is OtherWay.ACCOUNT:
        return str(_("For followers of the page, and just as well for everybody with an account here."))
    return str(_("For followers of the page, and just as well for whoever confirms an e-mail address."))


def percent_text(percent_bp: int) -> str:
    """Return basis points as a percentage with as many decimals as it needs: 1250 is "12.5%"."""
    locale = get_locale()
    pattern = str(locale.percent_formats[None].pattern) if locale is not None else "#,##0%"
    return str(format_percent(percent_bp / BASIS_POINTS, pattern.replace("##0", "##0.##")))


def things_text(scope: CouponScope, things: Things) -> str:
    """Return what a coupon counts for as a list in words: three names at most, then a number."""
    names = [localized(thing, "title") for thing in things.first]
    if things.count <= len(names):
        return str(format_list(names, locale=get_locale() or "en"))
    if scope is CouponScope.PRODUCTS:
        return str(ngettext("one chosen product", "%(num)s chosen products", things.count))
    return str(ngettext("one collection", "%(num)s collections", things.count))


def price_text(amount: int, currency: str) -> str:
    """Return an amount without its decimals where they are zeros: "€50", "€49.90"."""
    if amount % 10 ** exponent(currency):
        return money(amount, currency)
    locale = get_locale() or Locale("en")
    pattern = locale.currency_formats["standard"].pattern.replace("0.00", "0")
    whole = to_decimal(amount, currency)
    return str(format_currency(whole, currency, pattern, locale=locale, currency_digits=False))


def _off_text(coupon: Coupon | Offer) -> str:
    if coupon.kind is CouponKind.FREE_SHIPPING:
        return str(_("Free shipping"))
    if coupon.kind is CouponKind.PERCENT:
        return str(_("%(off)s off", off=percent_text(coupon.percent_bp)))
    return str(_("%(off)s off", off=price_text(coupon.amount, coupon.currency)))


def _with_shipping(coupon: Coupon | Offer, offer: str) -> str:
    if coupon.has_free_shipping and coupon.kind is not CouponKind.FREE_SHIPPING:
        return str(_("%(offer)s, with free shipping", offer=offer))
    return offer


def _with_things(coupon: Coupon | Offer, offer: str, things: Things | None) -> str:
    if coupon.scope is CouponScope.ALL or things is None:
        return offer
    what = things_text(coupon.scope, things) if things.count else str(_("nothing yet"))
    if coupon.kind is CouponKind.FREE_SHIPPING:
        return str(_("%(offer)s with %(things)s", offer=offer, things=what))
    return str(_("%(offer)s %(things)s", offer=offer, things=what))


def _with_dates(coupon: Coupon | Offer, text: str, zone: str | None) -> str:
    first = _instant_text(coupon.starts_at, zone) if coupon.starts_at and coupon.starts_at > now() else None
    last = _instant_text(coupon.ends_at, zone, is_end=True) if coupon.ends_at else None
    if first and last and first == last:
        return str(_("%(offer)s on %(day)s only", offer=text, day=first))
    if first and last:
        return str(_("%(offer)s, from %(first)s to %(last)s", offer=text, first=first, last=last))
    if first:
        return str(_("%(offer)s, from %(first)s on", offer=text, first=first))
    if last:
        return str(_("%(offer)s until %(last)s", offer=text, last=last))
    return text


def _instant_text(at: dt.datetime, zone: str | None, *, is_end: bool = False) -> str:
    """Return an instant as its day, with the time where it is no midnight; an end at midnight is the day before."""
    local = local_time(at, zone)
    is_midnight = local.time() == MIDNIGHT
    day = at - dt.timedelta(seconds=1) if is_end and is_midnight else at
    text = _day_text(day, zone)
    if is_midnight:
        return text
    return str(_("%(day)s at %(time)s", day=text, time=format_time(local, "short", rebase=False)))


def _day_text(at: dt.datetime, zone: str | None) -> str:
    local = local_time(at, zone)
    if local.year == local_time(now(), zone).year:
        text = str(format_skeleton("MMMMd", local, locale=get_locale() or "en"))
    else:
        text = date_text(at, "long", zone=zone)
    # Of the first alone French says the ordinal, which CLDR's patterns don't know.
    return text.replace("1 ", "1er ", 1) if language() == "fr" and text.startswith("1 ") else text
