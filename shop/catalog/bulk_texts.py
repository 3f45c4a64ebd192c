"""A bulk edit in words: what it does, what a row was and is to be, why a row is left alone."""

from collections.abc import Mapping
from typing import Any

from flask_babel import format_decimal, gettext, ngettext

from shop.catalog.fact_texts import STATUSES
from shop.catalog.history_models import BulkKind
from shop.catalog.repricing import BASIS_POINTS, CompareAt, PriceChange, Rounding
from shop.core.i18n import N_
from shop.web.templating import money

PROBLEMS = {
    "negative": N_("The price would be below zero."),
    "too_high": N_("This price is out of range."),
    "above_compare_at": N_("The price would not be below the compare-at price."),
    "unlimited": N_("Its stock is unlimited."),
    "below_zero": N_("Fewer are left than would be taken off."),
    "too_many": N_("This stock is out of range."),
    "changed": N_("It has changed since this was shown."),
    "gone": N_("It is not there any more."),
}
CHANGES = {
    PriceChange.UP_PERCENT: N_("Raise by percent"),
    PriceChange.DOWN_PERCENT: N_("Lower by percent"),
    PriceChange.UP_AMOUNT: N_("Raise by an amount"),
    PriceChange.DOWN_AMOUNT: N_("Lower by an amount"),
    PriceChange.SET: N_("Set to one price"),
}
ROUNDINGS = {
    Rounding.EXACT: N_("Not at all"),
    Rounding.WHOLE: N_("To whole prices, 12.00"),
    Rounding.NINETY: N_("To .90, as in 11.90"),
    Rounding.NINETY_NINE: N_("To .99, as in 11.99"),
    Rounding.FIVE: N_("To .05 steps, as in 12.35"),
    Rounding.TENS: N_("To tens, as in 1,250"),
}
COMPARE_ATS = {
    CompareAt.KEEP: N_("Leave it as it is"),
    CompareAt.OLD_PRICE: N_("Show today’s price struck through"),
    CompareAt.CLEAR: N_("Take it away"),
}


def act_text(kind: BulkKind, what: Mapping[str, Any], currency: str) -> str:
    """Return what a bulk edit does: "Prices up by 10%"."""
    if kind is BulkKind.PRICE:
        return _price_text(what, currency)
    if kind is BulkKind.STOCK:
        text = gettext("Stock changed by %(value)s") if what["adds"] else gettext("Stock set to %(value)s")
        return str(text % {"value": f"{what['value']:+d}" if what["adds"] else what["value"]})
    if kind is BulkKind.STATUS:
        return str(gettext("Status: %(status)s", status=gettext(STATUSES[what["status"]])))
    if kind is BulkKind.COLLECTION:
        text = gettext("Into “%(title)s”") if what["adds"] else gettext("Out of “%(title)s”")
        return str(text % {"title": what["title"]})
    text = gettext("Tags added: %(tags)s") if what["adds"] else gettext("Tags taken away: %(tags)s")
    return str(text % {"tags": ", ".join(what["tags"])})


def _price_text(what: Mapping[str, Any], currency: str) -> str:
    change = PriceChange(what["change"])
    if change in (PriceChange.UP_PERCENT, PriceChange.DOWN_PERCENT):
        value = f"{format_decimal(what['value'] * 100 / BASIS_POINTS)} %"
    else:
        value = money(what["value"], currency)
    texts = {
        PriceChange.UP_PERCENT: gettext("Prices up by %(value)s"),
        PriceChange.DOWN_PERCENT: gettext("Prices down by %(value)s"),
        PriceChange.UP_AMOUNT: gettext("Prices up by %(value)s"),
        PriceChange.DOWN_AMOUNT: gettext("Prices down by %(value)s"),
        PriceChange.SET: gettext("All prices %(value)s"),
    }
    return str(texts[change] % {"value": value})


def row_text(kind: BulkKind, value: Any, currency: str) -> tuple[str, str | None]:
    """Return a row's value in words, and for a price the compare-at price beside it."""
    if kind is BulkKind.PRICE:
        price, compare_at = value
        shown = money(price, currency)
        return shown, None if compare_at is None else money(compare_at, currency)
    if kind is BulkKind.STOCK:
        return (str(gettext("unlimited")) if value is None else str(value)), None
    if kind is BulkKind.STATUS:
        return str(gettext(STATUSES[value])), None
    if kind is BulkKind.COLLECTION:
        return str(gettext("In it") if value else gettext("Not in it")), None
    return ", ".join(value) or "–", None


def outcome_text(kind: BulkKind, rows: int, left_alone: int, *, is_undo: bool) -> str:
    """Return what became of a bulk edit, in a sentence or two."""
    if kind in (BulkKind.PRICE, BulkKind.STOCK):
        done = (
            ngettext("%(num)s variant is as it was.", "%(num)s variants are as they were.", rows)
            if is_undo
            else ngettext("%(num)s variant is changed.", "%(num)s variants are changed.", rows)
        )
    else:
        done = (
            ngettext("%(num)s product is as it was.", "%(num)s products are as they were.", rows)
            if is_undo
            else ngettext("%(num)s product is changed.", "%(num)s products are changed.", rows)
        )
    if not left_alone:
        return str(done)
    more = ngettext("%(num)s was left alone.", "%(num)s were left alone.", left_alone)
    return f"{done} {more}"
