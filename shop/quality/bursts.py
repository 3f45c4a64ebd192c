"""Likes that came much faster than a page's likes ever do. Pure; docs/algorithms/fan-quality.md says why so.

A window of 1, 6 or 24 hours is held against the page's own windows of the 28 days before it. Only likes that nothing
explains are counted: one that came from a contest, a coupon, a post, an ad, a friend or an embedded card, or from
somebody who had looked at the page before, is what a page hopes for. Where many of those who came at once are seen
again later, they were people, whatever brought them.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import exp, lgamma, log

HOUR = dt.timedelta(hours=1)
WINDOWS_H = (1, 6, 24)
DAY_ONLY = (24,)
"""What is looked at of likes whose file may have told only their days."""
PAST_H = 28 * 24
LEAST_PAST_H = 3 * 24
"""A page's first days have no past that they could stand out from: an opening draws many at once."""
LEAST = 20
"""Fewer likes than this are no burst, whatever the page's past."""
FLOOR = 3.0
"""Likes a window that even a sleeping page gets now and then."""
UNLIKELY = 1e-6
"""A window is a burst when a Poisson count is that large only so seldom."""
SPREAD = 3.0
"""How many robust deviations above the median still are usual: real likes come in waves."""
MOST = 4.0
"""The most that a burst says, in log-odds: 55 to 1."""
_NONE: Mapping[int, int] = {}


@dataclass(frozen=True, slots=True)
class Burst:
    """A window of ``hours`` that begins at ``starts_at``: ``number`` likes that nothing explains, ``usual`` such.

    ``back`` of them came back to the page later.
    """

    starts_at: dt.datetime
    hours: int
    number: int
    usual: float
    back: int = 0

    @property
    def weight(self) -> float:
        """The log-odds that a like of the window is one of those too many, at most ``MOST``; 0 when half of these came back."""
        too_many = max(self.number - self.usual, 1e-9)
        # As many as usual come back anyway: what is bought beside them must not gain by it.
        back = max(0.0, self.back - self.usual) / too_many
        return min(MOST, log(too_many / self.usual)) * (1 - min(1.0, 2 * back))


def hour_of(instant: dt.datetime) -> int:
    """Return the hour of an instant, counted from 1970."""
    return int(instant.timestamp()) // 3600


def find_bursts(
    hours: Mapping[int, int],
    windows: Iterable[int] = WINDOWS_H,
    *,
    back: Mapping[int, int] = _NONE,
    since: int | None = None,
) -> dict[int, Burst]:
    """Return the heaviest burst of each hour that lies in one; ``hours`` are unexplained likes by hour since 1970.

    ``back`` are those of them whose people came back later. ``since`` is the hour from which the page could be liked: the past begins there, or at its first like.
    """
    found: dict[int, Burst] = {}
    if not hours:
        return found
    first = min(hours)
    if since is not None:
        first = min(first, since)
    for length in windows:
        counts, returned = _windows(hours, length), _windows(back, length)
        for start, number in counts.items():
            if number < LEAST:
                continue
            usual = _usual(counts, start, length, first)
            if usual is None or number <= usual or poisson_tail(number, usual) >= UNLIKELY:
                continue
            starts_at = dt.datetime.fromtimestamp(start * 3600, dt.UTC)
            burst = Burst(starts_at, length, number, usual, returned.get(start, 0))
            if burst.weight <= 0:
                continue
            for hour in range(start, start + length):
                if hour in hours and (hour not in found or found[hour].weight < burst.weight):
                    found[hour] = burst
    return found


def _windows(hours: Mapping[int, int], length: int) -> dict[int, int]:
    """Return the likes of windows that begin every half of their length (every hour for one of an hour)."""
    step = max(1, length // 2)
    counts: dict[int, int] = {}
    for hour, number in hours.items():
        last = hour - hour % step
        for start in range(last, last - length, -step):
            if start <= hour < start + length:
                counts[start] = counts.get(start, 0) + number
    return counts


def _usual(counts: Mapping[int, int], start: int, length: int, first: int) -> float | None:
    """Return how many likes a window of the page's past has at most as a rule; None when it has no past to tell."""
    begin = max(first - first % length, start - PAST_H)
    past = sorted(counts.get(one, 0) for one in range(start - length, begin - 1, -length))
    if len(past) * length < LEAST_PAST_H:
        return None
    median = past[len(past) // 2]
    deviation = 1.4826 * sorted(abs(one - median) for one in past)[len(past) // 2]
    return max(FLOOR, median + SPREAD * deviation)


def poisson_tail(number: int, mean: float) -> float:
    """Return an upper bound of the chance that a Poisson count of ``mean`` is ``number`` or more.

    Above the mean the terms fall at least as fast as a geometric row, so that the first term bounds the sum.
    """
    if number <= mean:
        return 1.0
    term = exp(number * log(mean) - mean - lgamma(number + 1))
    return min(1.0, term / (1 - mean / (number + 1)))
