"""How a post is weighed for one viewer: EdgeRank with open numbers. Pure; docs/algorithms/feed.md explains it.

Every factor is rounded to four digits before anything is multiplied, so that the numbers that
"Why this post?" shows are the very numbers whose product sorted the feed.
"""

import datetime as dt
import enum
from collections.abc import Mapping
from dataclasses import dataclass, fields

from shop.feed.models import PostKind

DIGITS = 4
BASE = 1.0
"""What a follow alone is worth as affinity: without it nothing of a page that one never answered would be seen."""
SEEN_FLOOR = 0.0625
"""A post that was seen often sinks to a sixteenth and no further."""


class EdgeKind(enum.StrEnum):
    """What ties a viewer to a post."""

    PAGE = "page"
    REACTION = "reaction"
    COMMENT = "comment"
    SHARE = "share"


ACT_WEIGHTS: Mapping[EdgeKind, float] = {
    EdgeKind.REACTION: 1.0,
    EdgeKind.COMMENT: 4.0,
    EdgeKind.SHARE: 8.0,
}
"""What an act of somebody followed weighs: the more it costs them, the more it says."""


@dataclass(frozen=True, slots=True)
class Sliders:
    """What somebody set for themselves; the defaults change nothing."""

    affinity: float = 1.0
    """Exponent of every affinity: 0 makes all pages and people equal, 2 lets the closest stand out."""
    kind: float = 1.0
    """Exponent of a kind's weight."""
    half_life_h: float = 24.0
    """Hours in which an edge loses half of its weight."""
    friends: float = 1.0
    """Multiplies what followed people did; 0 leaves it out."""
    seen: float = 1.0
    """How strongly seen posts sink: 0 not at all, 1 by half each time, 2 to a quarter each time."""


DEFAULTS = Sliders()
RANGES: Mapping[str, tuple[float, float, float]] = {
    "affinity": (0.0, 2.0, 0.1),
    "kind": (0.0, 2.0, 0.1),
    "half_life_h": (6.0, 168.0, 6.0),
    "friends": (0.0, 3.0, 0.1),
    "seen": (0.0, 2.0, 0.1),
}
"""Lowest, highest and step of each slider."""


@dataclass(frozen=True, slots=True)
class Tie:
    """An edge before any slider: how close, how heavy, how old."""

    kind: EdgeKind
    affinity: float
    weight: float
    age: dt.timedelta
    account_id: int = 0
    """Who acted; 0 for the page."""


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge as it was counted: three rounded factors, and what affinity and weight were before the sliders."""

    kind: EdgeKind
    account_id: int
    affinity: float
    weight: float
    decay: float
    plain_affinity: float
    plain_weight: float

    @property
    def part(self) -> float:
        """What the edge adds to the sum."""
        return self.affinity * self.weight * self.decay


@dataclass(frozen=True, slots=True)
class Score:
    """What sorts a post: the sum of its edges' parts, times how far it sank by being seen."""

    edges: tuple[Edge, ...]
    times_seen: int
    seen: float

    @property
    def total(self) -> float:
        """The sum over the edges."""
        return sum(edge.part for edge in self.edges)

    @property
    def value(self) -> float:
        """The score."""
        return self.total * self.seen


def rounded(value: float) -> float:
    """Return ``value`` with four significant digits."""
    return float(f"{value:.{DIGITS}g}")


def decay(age: dt.timedelta, half_life_h: float) -> float:
    """Return 2^(-age / half-life); what lies ahead, as by a clock that was set back, counts as now."""
    hours = max(age.total_seconds(), 0.0) / 3600
    return rounded(2.0 ** (-hours / half_life_h))


def weigh(ties: list[Tie], times_seen: int, sliders: Sliders = DEFAULTS) -> Score:
    """Return the score of a post with these edges for a viewer who saw it so often."""
    seen = max(SEEN_FLOOR, 2.0 ** (-sliders.seen * times_seen))
    return Score(tuple(_count(tie, sliders) for tie in ties), times_seen, rounded(seen))


def _count(tie: Tie, sliders: Sliders) -> Edge:
    affinity, weight = rounded(tie.affinity), rounded(tie.weight)
    is_page = tie.kind is EdgeKind.PAGE
    return Edge(
        kind=tie.kind,
        account_id=tie.account_id,
        affinity=rounded(affinity**sliders.affinity),
        weight=rounded(weight**sliders.kind if is_page else weight * sliders.friends),
        decay=decay(tie.age, sliders.half_life_h),
        plain_affinity=affinity,
        plain_weight=weight,
    )


def page_tie(*, affinity: float, kind: PostKind, weights: Mapping[PostKind, float], age: dt.timedelta) -> Tie:
    """Return the edge to the followed page that published a post; a kind without a weight has 1."""
    return Tie(EdgeKind.PAGE, BASE + affinity, weights.get(kind, 1.0), age)


def person_tie(kind: EdgeKind, *, account_id: int, affinity: float, age: dt.timedelta) -> Tie:
    """Return the edge that an act of somebody followed makes."""
    return Tie(kind, BASE + affinity, ACT_WEIGHTS[kind], age, account_id)


def read_sliders(kept: Mapping[str, object] | None) -> Sliders:
    """Return the sliders that were kept as JSON; what is missing or out of its range is the default's."""
    values = {}
    for field in fields(Sliders):
        value = (kept or {}).get(field.name)
        low, high, _ = RANGES[field.name]
        if isinstance(value, int | float) and low <= value <= high:
            values[field.name] = float(value)
    return Sliders(**values)
