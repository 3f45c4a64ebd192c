"""What a contest brought: entries by day and source, likes and who stayed, orders."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from shop.contests.models import Contest, EntrySource
from shop.contests.result_queries import (
    OrderFigures,
    count_orders,
    list_likes,
    list_losses,
    map_minutes,
    map_sources,
)
from shop.core.intervals import Interval, wilson
from shop.page.days import local_day
from shop.page.models import Page

STAY = dt.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Results:
    """The figures of a contest; ``stayed`` of ``looked_at`` likes were not taken back within 30 days."""

    entries: int
    days: Sequence[tuple[dt.date, int]]
    sources: dict[EntrySource, int]
    new_followers: int
    looked_at: int
    """Likes by the contest that are 30 days old."""
    stayed: int
    orders: OrderFigures

    @property
    def stay_share(self) -> Interval | None:
        """The share that stayed, with its 95 % interval; None while no like is old enough."""
        return wilson(self.stayed, self.looked_at) if self.looked_at else None


def results_of(session: Session, *, contest: Contest, page: Page, now: dt.datetime) -> Results:
    """Return what a contest has brought until now, in as many statements whatever that is."""
    likes, losses = list_likes(session, contest), list_losses(session, contest)
    looked_at, stayed = _stayed(likes, losses, now)
    sources = map_sources(session, contest.id)
    days = Counter[dt.date]()
    for minute, count in map_minutes(session, contest.id).items():
        days[local_day(page.country, minute)] += count
    return Results(
        entries=sum(sources.values()),
        days=_every_day(days),
        sources=sources,
        new_followers=len(likes),
        looked_at=looked_at,
        stayed=stayed,
        orders=count_orders(session, contest),
    )


def _stayed(
    likes: Sequence[tuple[int, dt.datetime]], losses: Sequence[tuple[int, dt.datetime]], now: dt.datetime
) -> tuple[int, int]:
    """Return how many likes are 30 days old, and how many of them were not taken back within these days."""
    lost: dict[int, list[dt.datetime]] = {}
    for account_id, at in losses:
        lost.setdefault(account_id, []).append(at)
    old = [(account_id, at) for account_id, at in likes if at + STAY <= now]
    gone = sum(any(at <= loss < at + STAY for loss in lost.get(account_id, ())) for account_id, at in old)
    return len(old), len(old) - gone


def _every_day(days: Counter[dt.date]) -> list[tuple[dt.date, int]]:
    """Return the days from the first to the last with entries, those without any, too."""
    if not days:
        return []
    first, last = min(days), max(days)
    return [
        (day, days[day])
        for day in (first + dt.timedelta(days=number) for number in range((last - first).days + 1))
    ]
