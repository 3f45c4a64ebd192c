"""Words for Today: periods, comparisons, what a job does."""

import datetime as dt
from functools import lru_cache
from typing import NamedTuple

from babel import Locale
from babel.numbers import format_percent
from flask_babel import format_date, format_decimal, ngettext
from flask_babel import gettext as _

from shop.insights.figures import PERIODS
from shop.web.locale import language

NOTHING = "–"
"""Stands where there is no figure: an average of no orders, a share of no visits."""


class Change(NamedTuple):
    """How a figure moved against the period before: a sentence, and ``up``, ``down`` or ``same``."""

    text: str
    direction: str


def _days(period: str) -> int:
    """Return how many days a period has: one of Today's, or a number of days itself."""
    return PERIODS[period] if period in PERIODS else int(period)


def period_label(period: str) -> str:
    """Return what a period is called where one chooses it."""
    days = _days(period)
    return str(_("Today") if days == 1 else ngettext("%(num)s day", "%(num)s days", days))


def period_text(period: str) -> str:
    """Return the period as the subject of a sentence."""
    days = _days(period)
    return str(_("today") if days == 1 else ngettext("the last %(num)s day", "the last %(num)s days", days))


def before_text(period: str) -> str:
    """Return what the period is compared with, as the end of a sentence."""
    days = _days(period)
    if days == 1:
        return str(_("yesterday"))
    return str(ngettext("the %(num)s day before", "the %(num)s days before", days))


def change_of(now: float | None, before: float | None, period: str) -> Change:
    """Return how many percent more or less than in the period before, of which less than 0 is no measure."""
    than = before_text(period)
    if before is None or before <= 0 or now is None:
        return Change(_("No figure for %(before)s to compare with", before=than), "same")
    share = round((now - before) / before * 100)
    if share > 0:
        return Change(_("%(share)s more than %(before)s", share=percent_text(share / 100), before=than), "up")
    if share < 0:
        return Change(
            _("%(share)s less than %(before)s", share=percent_text(-share / 100), before=than), "down"
        )
    return Change(_("As much as %(before)s", before=than), "same")


def point_change_of(now: float | None, before: float | None, period: str) -> Change:
    """Return how many percentage points a share rose or fell: percent of percent mislead."""
    than = before_text(period)
    if before is None or now is None:
        return Change(_("No figure for %(before)s to compare with", before=than), "same")
    points = round((now - before) * 100, 1)
    shown = format_decimal(abs(points))
    if points > 0:
        return Change(_("%(points)s points more than %(before)s", points=shown, before=than), "up")
    if points < 0:
        return Change(_("%(points)s points less than %(before)s", points=shown, before=than), "down")
    return Change(_("As much as %(before)s", before=than), "same")


def count_text(number: int) -> str:
    """Return a number of things as text."""
    return str(format_decimal(number))


def percent_text(share: float, decimals: int = 0) -> str:
    """Return a share (0.02) as text in the visitor's language: "2%", "2 %"."""
    return _percent(language(), round(share, decimals + 2), decimals)


@lru_cache(maxsize=2000)
def _percent(code: str, share: float, decimals: int) -> str:
    locale = Locale.parse(code)
    plain = locale.percent_formats[None].pattern
    pattern = plain.replace("##0", f"##0.{'0' * decimals}") if decimals else plain
    return str(format_percent(share, pattern, locale=locale))


def conversion_text(conversion: float | None) -> str:
    """Return a conversion with one decimal, or a dash without visits."""
    return NOTHING if conversion is None else percent_text(conversion, 1)


def day_text(day: dt.date, *, length: str = "medium") -> str:
    """Return a day as text."""
    return str(format_date(day, length, rebase=False))


def job_text(kind: str) -> str:
    """Return what a job of the outbox was to do."""
    texts = {
        "send_mail": _("Send an e-mail"),
        "catalog.fetch_picture": _("Fetch a product’s picture"),
        "catalog.read_import": _("Read a file of products"),
        "catalog.write_import": _("Import products"),
        "catalog.forget_import": _("Delete an old import’s file"),
        "publish_post": _("Publish a scheduled post"),
        "draw_contest": _("Draw the winners of a contest"),
        "look_at_coupons_tab": _("Take the coupons tab off a page when its last coupon ends"),
        "tell_contest_entrants": _("Tell who entered how a contest came out"),
        "tell_contest_photo": _("Tell that a photo waits or was refused"),
        "forget_contest_entrants": _("Forget who entered an old contest"),
        "quality.look": _("Look at the page’s fans"),
        "quality.daily": _("Ask for the nightly look at all pages’ fans"),
        "quality.read_followers": _("Read a file of followers"),
        "quality.write_followers": _("Import followers"),
        "quality.forget_followers": _("Delete an old file of followers"),
        "feed.learn_kinds": _("Learn what kinds of posts are worth"),
        "feed.tidy": _("Clear away old open feeds"),
        "like_invitations.forget": _("Forget whom an invitation met long ago"),
        "write_digest": _("Write a digest of news"),
        "purge_notifications": _("Clear away old notifications"),
        "ask_refund": _("Ask Stripe for a refund"),
        "sync_refunds": _("Fetch refunds from Stripe"),
        "settle_order": _("Find out whether an order was paid"),
    }
    return str(texts.get(kind) or kind.replace("_", " ").capitalize())
