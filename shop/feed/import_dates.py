"""When a post of a file was published: read from a date, or placed by month, weekday and hour.

Files of metrics without dates (Moro, Rita and Vala 2016) give month, weekday and hour of one year, newest or
oldest first. ``Calendar`` walks through that year along the rows: each is put on the nearest day, from the
last one on, that has its month and weekday. In a file that is in order that is the true day; of a row that
is out of order only month, weekday and hour are true. The weekday 1 is Sunday, as Facebook counts.
"""

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

UNDATED_YEAR = 2014
"""The year of Moro's file, whose posts carry none."""
DAYS_A_WEEK, HOURS_A_DAY, MONTHS = 7, 24, 12

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](.*))?$")
_PARTED = re.compile(r"(\d{1,2})([/.\-])(\d{1,2})\2(\d{4})(?:[ T,]+(.*))?$")
_TIME = re.compile(
    r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([ap]\.?m\.?)?\s*(Z|[+-]\d{2}:?\d{2})?$", re.IGNORECASE
)
NOON = 12
FIRST_YEAR = 1990
"""Nothing was posted before; an earlier year is a cell that was filled by a machine."""


class NoInstant(ValueError):
    """A row that does not say when; its text is the reason."""


def days_come_first(dates: Iterable[str]) -> bool | None:
    """Tell whether dates such as 4/12/2018 are written day before month: some first number is above 12.

    Where none is, the month comes first, as in the files of Facebook's own tools; with dots the day does. None
    when no date is written so.
    """
    is_parted = False
    for date in dates:
        found = _PARTED.match(date)
        if found and (found[2] == "." or int(found[1]) > MONTHS):
            return True
        is_parted = is_parted or found is not None
    return False if is_parted else None


def read_instant(date: str, time: str, *, day_first: bool, zone: dt.tzinfo) -> dt.datetime:
    """Return the UTC instant of a date with its time, in ``zone`` unless it says another; NoInstant if none."""
    iso, parted = _ISO.match(date), _PARTED.match(date)
    if iso:
        year, month, day, rest = int(iso[1]), int(iso[2]), int(iso[3]), iso[4]
    elif parted:
        first, second, year, rest = int(parted[1]), int(parted[3]), int(parted[4]), parted[5]
        month, day = (second, first) if day_first else (first, second)
    else:
        raise NoInstant(f"“{date[:40]}” is not a date.")
    if year < FIRST_YEAR:
        raise NoInstant(f"“{date[:40]}” is before there were posts.")
    try:
        local = dt.datetime(year, month, day)  # noqa: DTZ001 - its zone is put in by _read_time
        return _read_time(local, (rest or time).strip(), zone)
    except (ValueError, OverflowError) as error:
        if isinstance(error, NoInstant):
            raise
        raise NoInstant(f"“{date[:40]}” is not a day of the calendar.") from None


def _read_time(day: dt.datetime, time: str, zone: dt.tzinfo) -> dt.datetime:
    if not time:
        return _in_zone(day, zone)
    found = _TIME.match(time)
    if found is None:
        raise NoInstant(f"“{time[:40]}” is not a time.")
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    if found[4]:
        hour = hour % NOON + (NOON if found[4][0].lower() == "p" else 0)
    if found[5]:
        sign = found[5].upper()
        zone = dt.UTC if sign == "Z" else _offset(sign)
    try:
        return _in_zone(day.replace(hour=hour, minute=minute, second=second), zone)
    except ValueError:
        raise NoInstant(f"“{time[:40]}” is not a time.") from None


def _in_zone(local: dt.datetime, zone: Any) -> dt.datetime:
    """Return the UTC instant of a local time; a zone of pytz, which Babel gives where there is one, is asked in its own way."""
    aware: dt.datetime = zone.localize(local) if hasattr(zone, "localize") else local.replace(tzinfo=zone)
    return aware.astimezone(dt.UTC)


def _offset(sign: str) -> dt.timezone:
    minutes = int(sign[1:3]) * 60 + int(sign[-2:])
    return dt.timezone(dt.timedelta(minutes=-minutes if sign[0] == "-" else minutes))


class Calendar:
    """Places rows that say only month, weekday (1 is Sunday) and hour; see the module."""

    def __init__(self, months: Iterable[int], zone: dt.tzinfo, year: int = UNDATED_YEAR) -> None:
        self._zone, self._year = zone, year
        ends = list(months)
        self._step = -1 if ends and ends[0] > ends[-1] else 1
        self._day = dt.date(year, 12, 31) if self._step < 0 else dt.date(year, 1, 1)

    def place(self, *, month: int, weekday: int, hour: int) -> dt.datetime:
        """Return the UTC instant of the next row; NoInstant when there are no such month, weekday or hour."""
        if not (1 <= month <= MONTHS and 1 <= weekday <= DAYS_A_WEEK and 0 <= hour <= HOURS_A_DAY):
            raise NoInstant(f"Month {month}, weekday {weekday} and hour {hour} are no time of a year.")
        fitting = [day for day in self._days_of(month) if day.isoweekday() % DAYS_A_WEEK + 1 == weekday]
        ahead = [day for day in fitting if (day - self._day).days * self._step >= 0]
        # Several rows of a week are walked along; one that is out of order does not move what follows.
        if ahead:
            self._day = day = ahead[0]
        else:
            day = fitting[-1]
        # Facebook's hours go from 1 to 24 in some files; on the night that clocks go forward an hour is missing.
        time = dt.time(hour % HOURS_A_DAY)
        there = _in_zone(dt.datetime.combine(day, time), self._zone)
        if there.astimezone(self._zone).hour != time.hour:
            other = next(one for one in fitting if one != day)
            there = _in_zone(dt.datetime.combine(other, time), self._zone)
        return there

    def _days_of(self, month: int) -> list[dt.date]:
        """Return the days of a month in the direction of the walk."""
        first = dt.date(self._year, month, 1)
        days = [first + dt.timedelta(days=number) for number in range(31)]
        return [day for day in days if day.month == month][:: self._step]
