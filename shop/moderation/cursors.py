"""Where a list that is sorted by an instant goes on: the instant in microseconds and an id, as ``17…-42``."""

import datetime as dt
import re

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_CURSOR = re.compile(r"([0-9]{1,16})-([0-9]{1,18})")


def write_cursor(at: dt.datetime, last_id: int) -> str:
    """Return the text of a place in a list."""
    return f"{(at - _EPOCH) // dt.timedelta(microseconds=1)}-{last_id}"


def read_cursor(text: str) -> tuple[dt.datetime, int] | None:
    """Return (instant, id) of a cursor's text; None for anything else."""
    found = _CURSOR.fullmatch(text)
    if found is None:
        return None
    return _EPOCH + dt.timedelta(microseconds=int(found[1])), int(found[2])
