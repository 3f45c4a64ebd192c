"""A sum of acts, each fading by half every 14 days, kept as one number that time never makes stale.

The sum of weight · 2^(-age / 14 days) is kept as its logarithm counted from a fixed day. Time moves all of
these numbers alike, so that nothing has to be written anew for it and an index sorts them at any instant.
"""

import datetime as dt
import math

HALF_LIFE = dt.timedelta(days=14)
EPOCH = dt.datetime(2015, 1, 1, tzinfo=dt.UTC)


def half_lives(at: dt.datetime) -> float:
    """Return the half-lives between a fixed day and ``at``."""
    return (at - EPOCH) / HALF_LIFE


def affinity_at(level: float | None, at: dt.datetime) -> float:
    """Return the affinity that ``level`` means at an instant: the faded sum of weights; 0 without a level."""
    return 0.0 if level is None else 2.0 ** min(level - half_lives(at), 60.0)


def raised(level: float | None, weight: float, at: dt.datetime) -> float:
    """Return ``level`` after an act of ``weight`` at an instant."""
    return math.log2(affinity_at(level, at) + weight) + half_lives(at)
