"""The words for signs and sources, in the reader's language."""

import datetime as dt
from collections.abc import Callable, Mapping
from math import exp
from typing import Any

from babel.numbers import format_percent
from flask_babel import format_date, format_decimal, ngettext
from flask_babel import gettext as _

from shop.core.i18n import N_
from shop.page.models import LikeSource
from shop.web.locale import language
from shop.web.zone import local_time

NOTHING = "–"
SIGNS: Mapping[str, str] = {
    "burst": N_("Came in a burst"),
    "lockstep": N_("Likes in lockstep with others"),
    "many_pages": N_("Likes very many pages"),
    "no_view": N_("Saw no post before the like"),
    "silent": N_("Nothing since the like"),
    "bare_profile": N_("Bare profile"),
}
"""What counts against a like, by the name of its sign; in the order of a filter."""
WHAT_THEY_MEAN: Mapping[str, str] = {
    "burst": N_(
        "Many likes within hours, far above the page’s own past, that no contest, post or visit explains."
    ),
    "lockstep": N_("A group that likes the same pages at the same times, again and again."),
    "many_pages": N_("People like about 40 pages; accounts that sell likes often more than 1,000."),
    "no_view": N_(
        "The account had seen none of your posts before it liked the page. Visits to the shop alone are not known."
    ),
    "silent": N_(
        "Neither saw a post of yours nor did anything on your page in the 30 days and more after the like."
    ),
    "bare_profile": N_("No picture, no words, many digits in the name: a weak sign, and weighed as one."),
}
SOURCES: Mapping[LikeSource, str] = {
    LikeSource.ORGANIC: N_("Page itself"),
    LikeSource.POST: N_("Post"),
    LikeSource.FRIEND: N_("Friend"),
    LikeSource.CONTEST: N_("Contest"),
    LikeSource.COUPON: N_("Coupon"),
    LikeSource.AD: N_("Ad"),
    LikeSource.EMBED: N_("Card on another site"),
    LikeSource.IMPORT: N_("From a file"),
}
DAY = 1.0


def percent_text(share: float | None, *, digits: int = 1) -> str:
    """Return a share (0 to 1) in percent, or a dash for None."""
    if share is None:
        return NOTHING
    return str(format_percent(round(share, digits + 2), locale=language(), decimal_quantization=False))


def number_text(value: float | None) -> str:
    """Return a mean as a number with at most one decimal, or a dash for None."""
    return NOTHING if value is None else str(format_decimal(round(value, 1)))


def day_text(day: dt.date) -> str:
    """Return a calendar day as text."""
    return str(format_date(day, "medium"))


def likelihood_text(score: float) -> str:
    """Return log-odds as "94%": how likely it is that the like was bought, were the signs all there is."""
    return percent_text(min(1 / (1 + exp(-score)), 0.99), digits=0)


def weight_text(weight: float) -> str:
    """Return a sign's log-odds with its own sign before it, as it is added up."""
    return f"{'+' if weight > 0 else '−'}{format_decimal(abs(round(weight, 1)))}"


def sentence(reason: Mapping[str, Any]) -> str:
    """Return one reason of a judgement as a sentence."""
    write = _SENTENCES.get(str(reason["sign"]))
    return write(reason) if write else str(reason["sign"])


def _burst(reason: Mapping[str, Any]) -> str:
    begins = local_time(dt.datetime.fromisoformat(str(reason["at"])))
    day = format_date(begins, "long", rebase=False)
    return str(
        ngettext(
            "One of %(number)s likes within an hour on %(day)s that nothing explains; usual are at most %(usual)s.",
            "One of %(number)s likes within %(num)s hours from %(day)s on that nothing explains; usual are at most"
            " %(usual)s.",
            int(reason["hours"]),
            number=format_decimal(reason["number"]),
            day=day,
            usual=format_decimal(reason["usual"]),
        )
    )


def _lockstep(reason: Mapping[str, Any]) -> str:
    others, pages = int(reason["others"]), format_decimal(reason["pages"])
    if reason["days"] <= DAY:
        return str(
            ngettext(
                "Goes with %(num)s other account: the same %(pages)s pages on the same days.",
                "Goes with %(num)s other accounts: the same %(pages)s pages on the same days.",
                others,
                pages=pages,
            )
        )
    return str(
        ngettext(
            "Goes with %(num)s other account: the same %(pages)s pages in the same weeks.",
            "Goes with %(num)s other accounts: the same %(pages)s pages in the same weeks.",
            others,
            pages=pages,
        )
    )


def _many_pages(reason: Mapping[str, Any]) -> str:
    return str(_("Likes %(pages)s pages; usual are about 40.", pages=format_decimal(reason["pages"])))


def _few_pages(reason: Mapping[str, Any]) -> str:
    pages = int(reason["pages"])
    return str(ngettext("Likes %(num)s page, which is usual.", "Likes %(num)s pages, which is usual.", pages))


def _silent(reason: Mapping[str, Any]) -> str:
    days = int(reason["days"])
    return str(
        ngettext(
            "Nothing in the %(num)s day since the like.", "Nothing in the %(num)s days since the like.", days
        )
    )


_SENTENCES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "burst": _burst,
    "lockstep": _lockstep,
    "many_pages": _many_pages,
    "few_pages": _few_pages,
    "silent": _silent,
    "no_view": lambda _reason: str(_("Had seen no post of the page before the like.")),
    "viewed": lambda _reason: str(_("Had seen posts of the page before the like.")),
    "looked": lambda _reason: str(_("Saw posts of the page after the like, too.")),
    "engaged": lambda _reason: str(
        _("Took part after the like: clicked, reacted, commented, shared, wrote or bought.")
    ),
    "bare_profile": lambda _reason: str(
        _("The profile has no picture, no words or many digits in its name.")
    ),
    "kept_profile": lambda _reason: str(_("The profile looks looked after.")),
}
