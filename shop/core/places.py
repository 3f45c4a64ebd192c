"""Where a list that is sorted by an instant goes on: the instant and an id, as ``17…-42`` in an address."""

import datetime as dt
from typing import NamedTuple

from shop.core.errors import DomainError
from shop.core.i18n import N_

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MICROSECOND = dt.timedelta(microseconds=1)
_MAX_MICROSECONDS = 250_000_000_000_000_000  # in the year 9892, which datetime still knows
_MAX_ID = 2**63 - 1
_MAX_DIGITS = len(str(_MAX_ID))


class BadCursor(DomainError):
    """The cursor was not made by a list with the same order."""

    code = "bad_cursor"
    message = N_("This list has changed. Please start again from its first page.")


class Place(NamedTuple):
    """A row's place in a list: the instant that it is sorted by, and its id."""

    at: dt.datetime
    id: int

    def __str__(self) -> str:
        """Return the place as it stands in an address: microseconds since 1970, a hyphen, the id."""
        return f"{(self.at - EPOCH) // MICROSECOND}-{self.id}"


def read_place(text: str) -> Place | None:
    """Return the place that an address names, or None when it names none."""
    moment, _, row_id = text.partition("-")
    for part in (moment, row_id):
        if not (part.isascii() and part.isdigit() and len(part) <= _MAX_DIGITS):
            return None
    if int(moment) > _MAX_MICROSECONDS or int(row_id) > _MAX_ID:
        return None
    return Place(EPOCH + int(moment) * MICROSECOND, int(row_id))


def require_place(text: str) -> Place:
    """Return the place that an address names, or raise BadCursor."""
    place = read_place(text)
    if place is None:
        raise BadCursor
    return place
