"""The time zone in which this response tells times: that of the page that it is about, else UTC."""

import datetime as dt

from babel.dates import get_timezone
from flask import g


def set_zone(name: str) -> None:
    """Tell the times of this response, or of this mail, in a zone such as ``Europe/Paris``."""
    g.zone = name


def local_time(value: dt.datetime, zone: str | None = None) -> dt.datetime:
    """Return an instant as the clock shows it in ``zone``, or in the one that was set."""
    return value.astimezone(get_timezone(zone or g.get("zone", "UTC")))
