"""When digests go out: at seven in the morning. People have no time zone here, so their language stands for it."""

import datetime as dt
from typing import Any

from babel.dates import get_timezone

HOUR = 7
LEAD = dt.timedelta(minutes=15)
"""What happens so shortly before a digest comes with the next one: its own job may be running already."""
MONDAY = 0
ZONES = {"fr": "Europe/Paris"}


def zone_of(language: str) -> str:
    """Return the time zone in which somebody who reads ``language`` is told days and times."""
    return ZONES.get(language, "UTC")


def next_morning(language: str, now: dt.datetime, *, weekly: bool = False) -> tuple[dt.date, dt.datetime]:
    """Return the day of the next digest, and its instant: the next morning, or the next Monday's."""
    zone: Any = get_timezone(zone_of(language))
    day = (now + LEAD).astimezone(zone).date()
    if _morning(zone, day) < now + LEAD:
        day += dt.timedelta(days=1)
    if weekly:
        day += dt.timedelta(days=(MONDAY - day.weekday()) % 7)
    return day, _morning(zone, day)


def _morning(zone: Any, day: dt.date) -> dt.datetime:
    naive = dt.datetime.combine(day, dt.time(HOUR))
    # Babel gives a zone of pytz where that is installed, which has to be asked in its own way.
    local: dt.datetime = zone.localize(naive) if hasattr(zone, "localize") else naive.replace(tzinfo=zone)
    return local.astimezone(dt.UTC)
