"""What the difference between the invited and the held out says, and how surely. Pure.

The interval that is shown is Newcombe's (``core/intervals.py``): of a hundred such intervals that are looked at
once, about 95 hold the truth. An admin looks every day, and whoever stops at the first day that looks good is
wrong far more often than five times in a hundred. So the sentence beside it waits for a bound that holds at all
times together: the mixture sequential probability ratio test (Robbins, Annals of Mathematical Statistics 41, 1970;
Johari, Koomen, Pekelis and Walsh, Always Valid Inference, Operations Research 70, 2022).
"""

import enum
from dataclasses import dataclass
from math import log, sqrt

from shop.core.intervals import Interval, newcombe_difference, wilson

WRONG_AT_MOST = 0.05
"""How often the sentence claims a difference where there is none, however often it is read."""
USUAL_EFFECT = 0.02
"""The size of difference that the bound is tightest for; it holds for every other size too."""
MIN_EXPECTED = 5.0
"""Successes and failures that each group must have by chance alone before the normal curve describes it."""
MATTERS = 0.01
"""A smaller difference than one in a hundred visitors changes nothing that an admin does."""

Count = tuple[int, int]
"""Successes and visitors."""


class Verdict(enum.StrEnum):
    """What can be said of a difference."""

    NO_GROUP = "no_group"
    """Nobody was held out, so there is nothing to compare with."""
    TOO_EARLY = "too_early"
    MORE = "more"
    FEWER = "fewer"
    LITTLE = "little"
    """Whatever the difference is, it is too small to matter."""


@dataclass(frozen=True)
class Uplift:
    """What the invitation changed: shares of both groups, their difference, and what can be said of it.

    ``gained`` is the difference in people among all who were invited, with its bounds.
    """

    invited: Interval
    held_out: Interval
    difference: Interval
    verdict: Verdict
    gained: Interval


def judge(invited: Count, held_out: Count, *, holds_out: bool = False) -> Uplift:
    """Return what the invited did more, or less, than the held out; ValueError for impossible counts.

    With ``holds_out`` a share is held out, though by chance nobody of it may have come yet.
    """
    difference = newcombe_difference(invited, held_out)
    visitors = invited[1]
    return Uplift(
        wilson(*invited),
        wilson(*held_out),
        difference,
        _verdict(invited, held_out, difference, holds_out=holds_out),
        Interval(*(visitors * bound for bound in difference)),
    )


def always_valid_half_width(invited: Count, held_out: Count) -> float:
    """Return how far from the observed difference the true one is at most, at all times together.

    It holds in ``1 - WRONG_AT_MOST`` of all courses from the first visitor to the last; both groups need visitors.
    """
    variance = _variance(invited) + _variance(held_out)
    prior = USUAL_EFFECT**2
    mixed = variance * (variance + prior) / prior
    return sqrt(mixed * (2 * log(1 / WRONG_AT_MOST) + log((variance + prior) / variance)))


def _variance(count: Count) -> float:
    """Return the variance of a share, with one success and one failure added (Agresti and Caffo, 2000).

    Without them a group of which nobody did it yet would seem to be known exactly.
    """
    successes, trials = count[0] + 1, count[1] + 2
    share = successes / trials
    return share * (1 - share) / trials


def _verdict(invited: Count, held_out: Count, difference: Interval, *, holds_out: bool) -> Verdict:
    if held_out[1] == 0:
        return Verdict.NO_GROUP if invited[1] and not holds_out else Verdict.TOO_EARLY
    if not _is_enough(invited, held_out):
        return Verdict.TOO_EARLY
    half = always_valid_half_width(invited, held_out)
    low, high = difference.estimate - half, difference.estimate + half
    if low > 0:
        return Verdict.MORE
    if high < 0:
        return Verdict.FEWER
    return Verdict.LITTLE if low > -MATTERS and high < MATTERS else Verdict.TOO_EARLY


def _is_enough(invited: Count, held_out: Count) -> bool:
    share = (invited[0] + held_out[0]) / (invited[1] + held_out[1])
    fewest = min(invited[1], held_out[1])
    return fewest * min(share, 1 - share) >= MIN_EXPECTED
