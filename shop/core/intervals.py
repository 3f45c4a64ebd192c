"""Intervals of proportions, for figures that stand on few people. Pure.

Wilson's score interval keeps inside 0 to 1 and near its promise for small counts too (Wilson, JASA 22, 1927; Brown,
Cai and DasGupta, Statistical Science 16, 2001). The interval of a difference is Newcombe's hybrid of two of them
(method 10 in Newcombe, Statistics in Medicine 17, 1998).
"""

from math import sqrt
from typing import NamedTuple

Z_95 = 1.959963984540054
"""The normal quantile of a 95 % interval with two sides."""


class Interval(NamedTuple):
    """An estimate with its bounds; all three are shares (0 to 1), or differences of shares (-1 to 1)."""

    estimate: float
    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        """Whether a difference is told from none."""
        return self.low > 0 or self.high < 0


def wilson(successes: int, trials: int, z: float = Z_95) -> Interval:
    """Return the share of ``successes`` in ``trials`` with its interval; nothing tried says nothing: 0 to 1.

    ValueError when there are more successes than trials, or fewer than none.
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} of {trials}")
    if trials == 0:
        return Interval(0.0, 0.0, 1.0)
    share, spread = successes / trials, z * z / trials
    middle = (share + spread / 2) / (1 + spread)
    half = z * sqrt(share * (1 - share) / trials + spread / (4 * trials)) / (1 + spread)
    # What is exact at the ends must not be off by the last bit.
    low = 0.0 if successes == 0 else max(0.0, middle - half)
    high = 1.0 if successes == trials else min(1.0, middle + half)
    return Interval(share, low, high)


def newcombe_difference(one: tuple[int, int], other: tuple[int, int], z: float = Z_95) -> Interval:
    """Return how much larger the share of ``one`` is than that of ``other``, each (successes, trials)."""
    a, b = wilson(*one, z), wilson(*other, z)
    difference = a.estimate - b.estimate
    if one[1] == 0 or other[1] == 0:
        return Interval(difference, -1.0, 1.0)
    low = difference - sqrt((a.estimate - a.low) ** 2 + (b.high - b.estimate) ** 2)
    high = difference + sqrt((a.high - a.estimate) ** 2 + (b.estimate - b.low) ** 2)
    return Interval(difference, max(-1.0, low), min(1.0, high))
