"""What the order list is filtered by: read from an address, written to one. Pure.

The normalised form (``to_query``) is the same in every language: ISO days, amounts with a dot, no empty
field. It is what an address shows after the form was sent and what a saved filter keeps.
"""

import datetime as dt
import enum
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode

from shop.core.errors import DomainError
from shop.core.i18n import N_
from shop.core.money import parse_amount, to_decimal
from shop.orders.models import OrderStatus
from shop.page.days import start_of_day

MAX_QUERY = 100
FIRST_YEAR, LAST_YEAR = 2000, 2999
UNKNOWN = N_("This choice is not known.")
TO_SHIP_STATUS = "to_ship"
"""What older addresses wrote as ``status``."""

Errors = dict[str, tuple[str, Mapping[str, object]]]
"""What could not be read, by the field that it stands at: a msgid and its values."""
E = TypeVar("E", bound=enum.StrEnum)


class Shipping(enum.StrEnum):
    """Where the goods stand, as the list is filtered by it."""

    TO_SHIP = "to_ship"
    """Paid, with something left to ship, not refunded whole; partly shipped ones too."""
    PARTIAL = "partial"
    SHIPPED = "shipped"


class Refunded(enum.StrEnum):
    """What went back of the money, as the list is filtered by it."""

    ANY = "any"
    PARTIAL = "partial"
    WHOLE = "whole"
    NONE = "none"


class Follower(enum.StrEnum):
    """Whether the buyer followed the page when they ordered."""

    YES = "yes"
    NO = "no"


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """All conditions hold together; a field of None (or "") is none. Amounts are minor units, days the page's own."""

    q: str = ""
    status: OrderStatus | None = None
    shipping: Shipping | None = None
    refunded: Refunded | None = None
    follower: Follower | None = None
    placed_from: dt.date | None = None
    placed_to: dt.date | None = None
    min_amount: int | None = None
    max_amount: int | None = None
    country: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether every order passes."""
        return self == OrderFilter()

    def without(self, name: str) -> "OrderFilter":
        """Return the filter without one of its conditions."""
        empty: dict[str, Any] = {name: getattr(OrderFilter(), name)}
        return replace(self, **empty)


FIELDS: Mapping[str, str] = {
    field.name: {"placed_from": "from", "placed_to": "to", "min_amount": "min", "max_amount": "max"}.get(
        field.name, field.name
    )
    for field in fields(OrderFilter)
}
"""Each condition's name in an address."""


def to_arguments(wanted: OrderFilter, currency: str) -> dict[str, str]:
    """Return the fields of a normalised address."""
    found: dict[str, str] = {}
    for name, key in FIELDS.items():
        value = getattr(wanted, name)
        if value is None or value == "":
            continue
        if name in {"min_amount", "max_amount"}:
            found[key] = str(to_decimal(value, currency))
        else:
            found[key] = value.isoformat() if isinstance(value, dt.date) else str(value)
    return found


def to_query(wanted: OrderFilter, currency: str) -> str:
    """Return the normalised address part: ``shipping=to_ship&country=BE``."""
    return urlencode(to_arguments(wanted, currency))


def read_query(query: str, currency: str) -> tuple[OrderFilter, Errors]:
    """Read what ``to_query`` wrote, at any time before; fields that are not known any more are errors at ""."""
    found = dict(parse_qsl(query, keep_blank_values=True))
    wanted, errors = read_filter(found, currency=currency, locale="en")
    if not set(found) <= set(FIELDS.values()):
        errors[""] = (N_("It filters by something that this list does not know any more."), {})
    return wanted, errors


def read_filter(typed: Mapping[str, str], *, currency: str, locale: str) -> tuple[OrderFilter, Errors]:
    """Return the filter that an address or a form asks for, and what in it could not be read.

    What could not be read is left out of the filter. Amounts are read as people type them in ``locale``.
    """
    reader = _Reader(typed)
    if typed.get("status") == TO_SHIP_STATUS:
        reader.typed = {**typed, "status": "", "shipping": typed.get("shipping") or Shipping.TO_SHIP}
    wanted = OrderFilter(
        q=reader.text("q")[:MAX_QUERY].strip(),
        status=reader.choice("status", OrderStatus),
        shipping=reader.choice("shipping", Shipping),
        refunded=reader.choice("refunded", Refunded),
        follower=reader.choice("follower", Follower),
        placed_from=reader.day("from"),
        placed_to=reader.day("to"),
        min_amount=reader.amount("min", currency, locale),
        max_amount=reader.amount("max", currency, locale),
        country=reader.country("country"),
    )
    return _ordered(wanted, reader.errors), reader.errors


def _ordered(wanted: OrderFilter, errors: Errors) -> OrderFilter:
    if wanted.placed_from and wanted.placed_to and wanted.placed_to < wanted.placed_from:
        errors["to"] = (N_("This day is before the first one."), {})
        wanted = replace(wanted, placed_to=None)
    low, high = wanted.min_amount, wanted.max_amount
    if low is not None and high is not None and high < low:
        errors["max"] = (N_("This amount is below the lowest one."), {})
        wanted = replace(wanted, max_amount=None)
    return wanted


class _Reader:
    """Reads single fields and keeps what is wrong with them."""

    def __init__(self, typed: Mapping[str, str]) -> None:
        self.typed = typed
        self.errors: Errors = {}

    def text(self, name: str) -> str:
        return self.typed.get(name, "").replace("\x00", "").strip()

    def choice(self, name: str, kind: type[E]) -> E | None:
        text = self.text(name)
        if not text:
            return None
        try:
            return kind(text)
        except ValueError:
            self.errors[name] = (UNKNOWN, {})
            return None

    def day(self, name: str) -> dt.date | None:
        text = self.text(name)
        if not text:
            return None
        try:
            day = dt.date.fromisoformat(text)
        except ValueError:
            day = None
        if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
            self.errors[name] = (N_("Enter a day such as 2026-11-24."), {})
            return None
        return day

    def amount(self, name: str, currency: str, locale: str) -> int | None:
        text = self.text(name)
        if not text:
            return None
        try:
            return parse_amount(text, currency, locale)
        except DomainError as error:
            self.errors[name] = (error.msgid, error.params)
            return None

    def country(self, name: str) -> str | None:
        text = self.text(name).upper()
        if not text:
            return None
        if len(text) != 2 or not (text.isascii() and text.isalpha()):  # noqa: PLR2004 - ISO 3166-1 alpha-2
            self.errors[name] = (UNKNOWN, {})
            return None
        return text


def day_bounds(wanted: OrderFilter, page_country: str) -> tuple[dt.datetime | None, dt.datetime | None]:
    """Return the instants from which and before which orders were placed; days are those of the page's zone."""
    first = start_of_day(page_country, wanted.placed_from) if wanted.placed_from else None
    end = start_of_day(page_country, wanted.placed_to + dt.timedelta(days=1)) if wanted.placed_to else None
    return first, end
