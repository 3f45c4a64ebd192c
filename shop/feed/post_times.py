"""The time at which a post is to be published, as it is typed: a day and a time on the clock of the page's zone."""

import datetime as dt
from typing import Any

from babel.dates import get_timezone

from shop.core.i18n import N_


class BadTime(ValueError):
    """A day or a time that cannot be; ``field`` says which of the two, its argument is a msgid."""

    def __init__(self, field: str, msgid: str) -> None:
        self.field = field
        super().__init__(msgid)


def read_time(day: str, time: str, zone_name: str) -> dt.datetime:
    """Return the instant (UTC) at which the clocks in a zone show ``day`` (2026-03-29) and ``time`` (14:30).

    BadTime for what cannot be read, and for a time that the clocks leave out in spring. Of one that they
    show twice in autumn the first is meant.
    """
    try:
        date = dt.date.fromisoformat(day.strip())
    except ValueError:
        raise BadTime("scheduled_on", N_("Choose a day.")) from None
    try:
        clock = dt.time.fromisoformat(time.strip()).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        raise BadTime("scheduled_time", N_("Enter a time, such as 14:30.")) from None
    naive = dt.datetime.combine(date, clock)
    zone: Any = get_timezone(zone_name)
    try:
        # Babel gives a zone of pytz where that is installed, which has to be asked in its own way.
        local = zone.localize(naive, is_dst=True) if hasattr(zone, "localize") else naive.replace(tzinfo=zone)
        instant: dt.datetime = local.astimezone(dt.UTC)
        is_shown = instant.astimezone(zone).replace(tzinfo=None) == naive
    except OverflowError:
        raise BadTime("scheduled_on", N_("Choose a day.")) from None
    if not is_shown:
        raise BadTime(
            "scheduled_time",
            N_("The clocks go forward that day and leave this time out. Choose an hour later or earlier."),
        )
    return instant


def typed_time(at: dt.datetime, zone_name: str) -> tuple[str, str]:
    """Return the day and the time that the clocks in a zone show at an instant, as their fields hold them."""
    local = at.astimezone(get_timezone(zone_name))
    return local.strftime("%Y-%m-%d"), local.strftime("%H:%M")
