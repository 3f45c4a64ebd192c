"""A page's days: what was counted on each, raised by small increments in the transactions that cause them.

A day is the calendar day in the time zone of the page's country. Whoever raises a figure of money or of
likes calls ``raise_version`` before: its row is then locked, so that all who count on a page queue
there and cannot wait for each other over its days.
"""

import datetime as dt
from collections.abc import Mapping
from functools import cache
from typing import Any

from babel.core import get_global
from babel.dates import get_timezone
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from shop.page.models import PageDay
from shop.page.queries import get_country

# For countries with several zones, the one that most people live in; the others have only one in CLDR
# (unicode.org/cldr, its table of zones by territory), which Babel brings.
MAIN_ZONES: Mapping[str, str] = {
    "AQ": "Antarctica/McMurdo", "AU": "Australia/Sydney", "BR": "America/Sao_Paulo", "CA": "America/Toronto",
    "CD": "Africa/Kinshasa", "CL": "America/Santiago", "CN": "Asia/Shanghai", "EC": "America/Guayaquil",
    "ES": "Europe/Madrid", "GL": "America/Nuuk", "ID": "Asia/Jakarta", "KI": "Pacific/Tarawa",
    "MN": "Asia/Ulaanbaatar", "MX": "America/Mexico_City", "NZ": "Pacific/Auckland", "PF": "Pacific/Tahiti",
    "PG": "Pacific/Port_Moresby", "PT": "Europe/Lisbon", "RU": "Europe/Moscow", "UA": "Europe/Kyiv",
    "US": "America/New_York", "XK": "Europe/Belgrade",
}  # fmt: skip
NO_CURRENCY = ""
"""The currency of the row that counts what has none: visits and likes."""


@cache
def zone_name(country: str) -> str:
    """Return the time zone (such as ``Europe/Paris``) whose days a page in ``country`` lives by; UTC when unknown."""
    if country in MAIN_ZONES:
        return MAIN_ZONES[country]
    territories: Mapping[str, str] = get_global("zone_territories")
    return min((zone for zone, territory in territories.items() if territory == country), default="UTC")


def local_day(country: str, at: dt.datetime) -> dt.date:
    """Return the calendar day of an instant for a page in ``country``."""
    return at.astimezone(get_timezone(zone_name(country))).date()


def start_of_day(country: str, day: dt.date) -> dt.datetime:
    """Return the instant at which a calendar day begins for a page in ``country``."""
    zone: Any = get_timezone(zone_name(country))
    naive = dt.datetime.combine(day, dt.time.min)
    # Babel gives a zone of pytz where that is installed, which has to be asked in its own way.
    local: dt.datetime = zone.localize(naive) if hasattr(zone, "localize") else naive.replace(tzinfo=zone)
    return local.astimezone(dt.UTC)


def raise_day(
    session: Session, *, page_id: int, at: dt.datetime, currency: str = NO_CURRENCY, visits: int = 0,
    orders_placed: int = 0, orders_paid: int = 0, sales_amount: int = 0, refunded_amount: int = 0,
    new_followers: int = 0, lost_followers: int = 0,
) -> None:  # fmt: skip
    """Add to the figures of the page's day on which ``at`` falls; amounts in minor units of ``currency``.

    Call it after ``raise_version`` (see above), in the transaction of what it counts.
    """
    by = {
        "visits": visits, "orders_placed": orders_placed, "orders_paid": orders_paid, "sales_amount": sales_amount,
        "refunded_amount": refunded_amount, "new_followers": new_followers, "lost_followers": lost_followers,
    }  # fmt: skip
    if any(by.values()):
        add_to_day(session, page_id, local_day(get_country(session, page_id), at), currency, by)


def count_lost_follower(
    session: Session, *, page_id: int, followed_at: dt.datetime, now: dt.datetime
) -> None:
    """Count a like that was taken back: on its own day it never was one, so nobody inflates a day by toggling."""
    country = get_country(session, page_id)
    today = local_day(country, now)
    by = {"new_followers": -1} if local_day(country, followed_at) == today else {"lost_followers": 1}
    add_to_day(session, page_id, today, NO_CURRENCY, by)


def add_to_day(session: Session, page_id: int, day: dt.date, currency: str, by: Mapping[str, int]) -> None:
    """Add ``by`` (figure to number) to the row of a page's day and currency, which is made when it is missing."""
    raised = {name: number for name, number in by.items() if number}
    known = {name: getattr(PageDay, name) + number for name, number in raised.items()}
    _upsert(session, key=(page_id, day, currency), new=raised, known=known)


def set_in_day(session: Session, page_id: int, day: dt.date, currency: str, to: Mapping[str, int]) -> None:
    """Set figures of a page's day and currency; only for who has counted anew and holds the version's row."""
    _upsert(session, key=(page_id, day, currency), new=to, known=to)


def _upsert(
    session: Session, *, key: tuple[int, dt.date, str], new: Mapping[str, int], known: Mapping[str, Any]
) -> None:
    page_id, day, currency = key
    insert = pg_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    session.execute(
        insert(PageDay)
        .values(page_id=page_id, day=day, currency=currency, **new)
        .on_conflict_do_update(index_elements=["page_id", "day", "currency"], set_=dict(known))
    )
