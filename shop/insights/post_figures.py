"""What posts brought in a period, beside the period before. Pure; definitions in docs/algorithms/insights.md."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields

from shop.page.models import LikeSource

PERIODS: Mapping[str, int | None] = {"7": 7, "28": 28, "90": 90, "all": None}
"""What may be chosen in the address, and how many days that is, today among them; None is all there is."""
DEFAULT_PERIOD = "28"
MOST_DAYS = 92
"""A chart of more days than this is drawn by months."""


@dataclass(slots=True)
class PostFigures:
    """What was counted in one day or in several; ``revenue_amount`` in minor units of the page's currency."""

    impressions: int = 0
    reach: int = 0
    engaged: int = 0
    clicks: int = 0
    reactions: int = 0
    comments: int = 0
    shares: int = 0
    likes_gained: int = 0
    likes_lost: int = 0
    orders: int = 0
    revenue_amount: int = 0

    @property
    def interactions(self) -> int:
        """Reactions, comments and shares together."""
        return self.reactions + self.comments + self.shares

    @property
    def engagement_rate(self) -> float | None:
        """Who engaged to who was reached, 0.02 for one in fifty; None where nobody was reached."""
        return self.engaged / self.reach if self.reach > 0 else None

    def add(self, other: "PostFigures") -> None:
        """Take in what another day counted."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))


@dataclass(frozen=True, slots=True)
class Span:
    """Days from ``first`` to ``last``, both of them counted."""

    first: dt.date
    last: dt.date

    @property
    def length(self) -> int:
        """Its number of days."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class LikesOfSource:
    """Likes that came from somewhere, and those that were taken back there."""

    source: LikeSource
    gained: int
    lost: int


@dataclass(frozen=True, slots=True)
class PostReport:
    """A period, the one before it (None when all there is was asked for), and each of its days."""

    period: str
    span: Span
    currency: str
    days: dict[dt.date, PostFigures]
    """All days of the period, oldest first."""
    days_before: dict[dt.date, PostFigures]
    now: PostFigures
    before: PostFigures | None
    likes: list[LikesOfSource] = field(default_factory=list)
    """Of the whole page in the period, by where they came from; most gained first."""

    @property
    def is_by_month(self) -> bool:
        """Whether charts and tables go by months."""
        return self.span.length > MOST_DAYS

    @property
    def steps(self) -> dict[dt.date, PostFigures]:
        """What charts and tables show, oldest first: days, or months by their first day."""
        return by_month(self.days) if self.is_by_month else self.days

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all was counted."""
        nothing = PostFigures()
        return self.now == nothing and self.before in (None, nothing) and not self.likes


def span_of(period: str, today: dt.date, first_day: dt.date | None) -> Span:
    """Return the days of ``period`` up to ``today``; of "all" those from ``first_day`` on."""
    length = PERIODS[period]
    if length is None:
        return Span(min(first_day or today, today), today)
    return Span(today - dt.timedelta(days=length - 1), today)


def span_before(period: str, span: Span) -> Span | None:
    """Return the as many days before ``span``; None when ``period`` is all there is."""
    if PERIODS[period] is None:
        return None
    last = span.first - dt.timedelta(days=1)
    return Span(last - dt.timedelta(days=span.length - 1), last)


def make_report(
    rows: Iterable[tuple[dt.date, PostFigures]], *, period: str, span: Span, currency: str,
    likes: Iterable[LikesOfSource] = (),
) -> PostReport:  # fmt: skip
    """Return the report of what was counted by day; several rows of a day add up, other days are left out."""
    earlier = span_before(period, span)
    found: defaultdict[dt.date, PostFigures] = defaultdict(PostFigures)
    for day, figures in rows:
        found[day].add(figures)
    days = _fill(found, span)
    days_before = _fill(found, earlier) if earlier else {}
    return PostReport(
        period=period,
        span=span,
        currency=currency,
        days=days,
        days_before=days_before,
        now=_sum(days),
        before=_sum(days_before) if earlier else None,
        likes=sorted(likes, key=lambda one: (-one.gained, -one.lost, one.source)),
    )


def _fill(found: Mapping[dt.date, PostFigures], span: Span) -> dict[dt.date, PostFigures]:
    every = (span.first + dt.timedelta(days=number) for number in range(span.length))
    return {day: found.get(day) or PostFigures() for day in every}


def _sum(days: Mapping[dt.date, PostFigures]) -> PostFigures:
    total = PostFigures()
    for figures in days.values():
        total.add(figures)
    return total


def by_month(days: Mapping[dt.date, PostFigures]) -> dict[dt.date, PostFigures]:
    """Return the sums of months by their first day, in the order of the days."""
    months: dict[dt.date, PostFigures] = {}
    for day, figures in days.items():
        months.setdefault(day.replace(day=1), PostFigures()).add(figures)
    return months
