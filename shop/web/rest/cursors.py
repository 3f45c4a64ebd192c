"""Cursors of lists that are in the order of their ids."""

import base64
import binascii

from shop.core.places import BadCursor

MAX_DIGITS = 18


def write_cursor(last_id: int) -> str:
    """Return the cursor of what follows ``last_id``."""
    return base64.urlsafe_b64encode(f"id:{last_id}".encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> int:
    """Return the id that ``cursor`` was made of, or raise BadCursor."""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (ValueError, binascii.Error):
        raise BadCursor from None
    kind, _, digits = text.partition(":")
    if kind != "id" or not digits.isdigit() or len(digits) > MAX_DIGITS:
        raise BadCursor
    return int(digits)
