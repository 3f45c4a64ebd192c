"""The orders of a listing, and the cursors that say where its next part starts."""

import base64
import binascii
import datetime as dt
import enum
import json
from typing import Any

from shop.core.places import BadCursor

MAX_INTEGER, MAX_ID = 2**31 - 1, 2**63 - 1
"""What the columns that are sorted by hold, and ids."""


class Sort(enum.StrEnum):
    """How cards are ordered. The last two are the defaults in a search and in a collection."""

    NEWEST = "newest"
    PRICE = "price"
    PRICE_DOWN = "-price"
    POPULAR = "popular"
    TITLE = "title"
    RELEVANCE = "relevance"
    FEATURED = "featured"


def write_cursor(order: Sort, value: Any, row_id: int) -> str:
    """Return the place behind the row with this sort value and id, as a text fit for an address."""
    plain = value.isoformat() if isinstance(value, dt.datetime) else value
    return base64.urlsafe_b64encode(json.dumps([order, plain, row_id]).encode()).decode().rstrip("=")


def read_cursor(cursor: str, order: Sort) -> tuple[Any, int]:
    """Return the sort value and id behind which a list goes on, or raise BadCursor."""
    try:
        made_for, value, row_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if order is Sort.NEWEST:
            value = dt.datetime.fromisoformat(value)
            value.astimezone(dt.UTC)  # the last hours of year 9999 do not exist there: OverflowError
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error):
        raise BadCursor from None
    wanted = {Sort.NEWEST: dt.datetime, Sort.TITLE: str}.get(order, int)
    if made_for != order or type(value) is not wanted or type(row_id) is not int:
        raise BadCursor
    if isinstance(value, dt.datetime) and value.tzinfo is None:
        raise BadCursor
    if abs(row_id) > MAX_ID or (isinstance(value, int) and abs(value) > MAX_INTEGER):
        raise BadCursor
    if isinstance(value, str) and not value.isprintable():
        raise BadCursor
    return value, row_id
