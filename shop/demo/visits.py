"""The visits that the demo brands had: numbers only, since nobody came."""

import datetime as dt
import math
import random

from babel.dates import get_timezone
from sqlalchemy.orm import Session

from shop.page.days import local_day, raise_day, zone_name
from shop.page.models import Page

DAYS = 120
A_DAY = 42
WEEKEND = 1.5
GROWTH = 0.35
"""How many more there are at the end than at the beginning, as a share."""


def add_visits(session: Session, page: Page, now: dt.datetime) -> None:
    """Count visits of the last ``DAYS`` days, always the same for a page and a day's distance from now."""
    dice = random.Random(page.slug)  # noqa: S311 - a picture of visits, no secret
    for days_ago in range(DAYS, -1, -1):
        at = now - dt.timedelta(days=days_ago)
        day = local_day(page.country, at)
        wanted = A_DAY * (WEEKEND if day.isoweekday() > 5 else 1.0)  # noqa: PLR2004 - Saturday and Sunday
        wanted *= 1 + GROWTH * (1 - days_ago / DAYS)
        wanted *= dice.uniform(0.75, 1.25)
        if days_ago == 0:
            wanted *= at.astimezone(get_timezone(zone_name(page.country))).hour / 24  # so far
        raise_day(session, page_id=page.id, at=at, visits=math.ceil(wanted))
