"""When to post: the mean of interactions by weekday and hour, drawn towards the mean of all where posts are few. Pure."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

ENOUGH = 30
"""With fewer posts than this nothing is recommended."""
PULL = 5
"""How many posts of the overall mean each hour is given beside its own, so that one lucky post makes no rule."""
SHADES = 5
BEST = 3
DAYS, HOURS = 7, 24


@dataclass(frozen=True, slots=True)
class Slot:
    """An hour of a weekday (0 is Monday): its posts, their mean of interactions, and that mean drawn to all's."""

    weekday: int
    hour: int
    posts: int
    mean: float
    drawn: float
    shade: int
    """0 without posts, else 1 for the weakest fifth of the hours to 5 for the strongest."""


@dataclass(frozen=True, slots=True)
class BestTime:
    """What ``weekday`` and ``hour`` brought; ``slots`` by (weekday, hour)."""

    posts: int
    mean: float
    slots: dict[tuple[int, int], Slot]
    best: list[Slot]
    """The strongest hours; none while there are too few posts."""

    @property
    def is_enough(self) -> bool:
        """Whether there are posts enough to say anything."""
        return self.posts >= ENOUGH

    @property
    def hours(self) -> range:
        """The hours from the first with a post to the last."""
        used = [hour for _, hour in self.slots]
        return range(min(used), max(used) + 1) if used else range(0)


def find_best_time(posts: Iterable[tuple[dt.datetime, int]], zone: dt.tzinfo) -> BestTime:
    """Return the hours of ``zone`` by what posts published in them brought; ``posts`` are (instant, interactions)."""
    sums: defaultdict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0])
    count = total = 0
    for at, interactions in posts:
        local = at.astimezone(zone)
        cell = sums[local.weekday(), local.hour]
        cell[0] += 1
        cell[1] += interactions
        count, total = count + 1, total + interactions
    mean = total / count if count else 0.0
    drawn = {key: (brought + PULL * mean) / (number + PULL) for key, (number, brought) in sums.items()}
    ranks = _shades(drawn)
    slots = {
        key: Slot(*key, number, brought / number, drawn[key], ranks[key])
        for key, (number, brought) in sorted(sums.items())
    }
    strongest = sorted(slots.values(), key=lambda slot: (-slot.drawn, -slot.posts, slot.weekday, slot.hour))
    above = [slot for slot in strongest if slot.drawn > mean]
    return BestTime(count, mean, slots, above[:BEST] if count >= ENOUGH else [])


def _shades(drawn: dict[tuple[int, int], float]) -> dict[tuple[int, int], int]:
    """Return each hour's fifth; equal values share one."""
    values = sorted(set(drawn.values()))
    places = {value: place for place, value in enumerate(values)}
    return {key: 1 + places[value] * SHADES // len(values) for key, value in drawn.items()}
