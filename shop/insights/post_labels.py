"""Words for the insights of posts: kinds, sources of likes, hours, periods."""

import datetime as dt

from babel import Locale
from babel.dates import format_time, get_day_names
from flask_babel import format_date, format_decimal, ngettext
from flask_babel import gettext as _

from shop.feed.marking import plain
from shop.feed.models import Post, PostKind
from shop.insights import labels
from shop.insights.post_figures import PERIODS
from shop.page.models import LikeSource
from shop.web.locale import language
from shop.web.templating import date_text

EXCERPT = 80


def period_label(period: str) -> str:
    """Return what a period is called where one chooses it."""
    days = PERIODS[period]
    return str(_("All time") if days is None else ngettext("%(num)s day", "%(num)s days", days))


def period_text(period: str) -> str:
    """Return the period as the subject of a sentence."""
    return str(_("all time")) if PERIODS[period] is None else labels.period_text(period)


def kind_label(kind: PostKind) -> str:
    """Return what posts of a kind are called."""
    return {
        PostKind.TEXT: str(_("Text")),
        PostKind.PHOTO: str(_("Photos")),
        PostKind.PRODUCT: str(_("Product")),
        PostKind.LINK: str(_("Link")),
        PostKind.VIDEO: str(_("Video")),
    }[kind]


def promotion_label(is_promoted: bool | None) -> str:
    """Return whether a post's reach was paid for, as text."""
    if is_promoted is None:
        return str(_("Not said"))
    return str(_("Paid reach") if is_promoted else _("Unpaid"))


def source_label(source: LikeSource) -> str:
    """Return where likes came from."""
    return {
        LikeSource.ORGANIC: str(_("From the page itself")),
        LikeSource.POST: str(_("From posts")),
        LikeSource.FRIEND: str(_("From friends")),
        LikeSource.CONTEST: str(_("From contests")),
        LikeSource.COUPON: str(_("From coupons")),
        LikeSource.AD: str(_("From ads")),
        LikeSource.EMBED: str(_("From cards on other sites")),
        LikeSource.IMPORT: str(_("Imported")),
    }[source]


def title_of(post: Post) -> str:
    """Return what names a post in a table: its words, its link's, or its kind and day."""
    title = plain(post.body, EXCERPT) or post.link_title
    if title or post.published_at is None:
        return title
    return str(
        _("%(kind)s of %(day)s", kind=kind_label(post.kind), day=date_text(post.published_at, "medium"))
    )


def weekday_names(width: str = "wide") -> list[str]:
    """Return the days of the week from Monday on."""
    names = get_day_names(width, "stand-alone", Locale.parse(language()))  # type: ignore[arg-type]
    return [names[day] for day in range(7)]


def hour_text(hour: int) -> str:
    """Return an hour of the day as it is written in this language: "3 PM", "15 h"."""
    locale = Locale.parse(language())
    has_halves = "a" in locale.time_formats["short"].pattern
    return str(format_time(dt.time(hour), "h a" if has_halves else "H 'h'", locale=locale))


def rate_text(rate: float | None) -> str:
    """Return a rate with one decimal, or a dash."""
    return labels.conversion_text(rate)


def mean_text(mean: float, decimals: int = 1) -> str:
    """Return a mean with so many decimals."""
    return str(
        format_decimal(round(mean, decimals), format="#,##0" if not decimals else f"#,##0.{'0' * decimals}")
    )


def month_text(day: dt.date) -> str:
    """Return the month of a day as text."""
    return str(format_date(day, "MMMM y", rebase=False))
