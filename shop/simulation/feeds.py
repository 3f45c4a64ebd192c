"""What a page's post has to stand out from in a fan's feed, weighed by the house's own formula."""

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import log

from shop.core.fading import affinity_at
from shop.feed.learning import learn
from shop.feed.models import PostKind
from shop.feed.ranking import ACT_WEIGHTS, BASE, DEFAULTS, EdgeKind, Tie, page_tie, person_tie, weigh
from shop.simulation.chance import dice, log_normal, luck, poisson
from shop.simulation.parameters import World
from shop.simulation.people import DAY_MINUTES, instant

WARM_UP, MOMENTS = 3, 7
"""Days of a reader before its bars count, and the days that give bars."""
LOOK_BACK_H = 72
KIND = PostKind.PHOTO
NETWORK = PostKind.TEXT
MANY = 1_000_000
"""Posts of the whole network, beside which a page's own do not count."""
FRIEND_AFFINITY = 1.0
FADES_IN_MINUTES = DEFAULTS.half_life_h * 60
NEWEST_TESTS = 30
"""Posts whose tests make a page's weight."""
_SCATTER = 2_654_435_761
"""An odd number that gives neighbours among ids different readers (Knuth)."""
_ROUNDING = 1.01
"""More than four digits of each factor can add to a score."""
_PEOPLE = {EdgeKind.REACTION: 84, EdgeKind.COMMENT: 3, EdgeKind.SHARE: 13}


@dataclass(slots=True)
class Bars:
    """What else stands in feeds: by reader and day the scores from the first place on down."""

    seed: int
    depth: int = 7
    scores: list[list[list[float]]] = field(default_factory=list)

    def bar(self, person_id: int, minute: float) -> float:
        """Return the score to beat on a visit: that of the last post that it gets to.

        Most visits are short and a few are long: how far one gets is exponential.
        """
        moments = self.scores[person_id * _SCATTER % len(self.scores)]
        places = moments[int(minute // DAY_MINUTES * 3 + person_id) % MOMENTS]
        deep = how_deep(luck(self.seed, "depth", person_id, int(minute)), self.depth)
        return places[min(deep, len(places)) - 1] if places else 0.0


def how_deep(part: float, mean: float) -> int:
    """Return how many posts a visit gets to, at least one; ``part`` is a number in [0, 1)."""
    return 1 + int(-mean * log(1.0 - part))


@dataclass(slots=True)
class _Other:
    """Something else in a feed: when it came, in days, and how often it was seen."""

    at: float
    tie: Tie
    times_seen: int = 0


def draw_bars(seed: int, world: World, closeness: Sequence[float]) -> Bars:
    """Let readers read for ten days and return the scores that stood in their feeds.

    ``closeness`` are the affinities that fans have with the page: other pages and people are as close to theirs.
    """
    source = dice(seed, "feeds")
    return Bars(seed, world.feed_depth, [_read(source, world, closeness) for _ in range(world.readers)])


def _read(source: random.Random, world: World, closeness: Sequence[float]) -> list[list[float]]:
    pages = max(3, round(log_normal(source, world.page_likes_median, world.page_likes_sigma)))
    levels = [source.choice(closeness) for _ in range(pages)]
    others: list[_Other] = []
    bars: list[list[float]] = []
    for day in range(WARM_UP + MOMENTS):
        others = [one for one in others if day - one.at < LOOK_BACK_H / 24]
        others += _what_comes(source, world, levels, closeness, day)
        visit = day + source.random()
        ranked = sorted(((_weigh(one, visit), place) for place, one in enumerate(others)), reverse=True)
        for _, place in ranked[: how_deep(source.random(), world.feed_depth)]:
            others[place].times_seen += 1
        bars.append([value for value, _ in ranked])
    return bars[WARM_UP:]


def _what_comes(
    source: random.Random, world: World, levels: Sequence[float], closeness: Sequence[float], day: int
) -> list[_Other]:
    """Return a day's posts of other pages and acts of friends."""
    came = [
        _Other(day + source.random(), page_tie(affinity=level, kind=KIND, weights={}, age=dt.timedelta()))
        for level in levels
        if source.random() < world.other_posts_a_day
    ]
    kinds = source.choices(list(_PEOPLE), list(_PEOPLE.values()), k=poisson(source, world.people_acts_a_day))
    return came + [
        _Other(
            day + source.random(),
            person_tie(kind, account_id=1, affinity=source.choice(closeness), age=dt.timedelta()),
        )
        for kind in kinds
    ]


def _weigh(one: _Other, visit: float) -> float:
    if one.at > visit:
        return -1.0  # it has not come yet
    tie = one.tie
    aged = Tie(tie.kind, tie.affinity, tie.weight, dt.timedelta(days=visit - one.at), tie.account_id)
    return weigh([aged], one.times_seen).value


def stands_out(
    bar: float, level: float | None, *, weight: float, age_minutes: float, minute: float,
    answers: Sequence[tuple[EdgeKind, float]],
) -> bool:  # fmt: skip
    """Tell whether a post's score for a fan beats the bar: the page's edge and those of friends who answered it.

    What cannot reach the bar even if nothing faded further is not weighed: most posts, most of the time.
    """
    now = instant(minute)
    affinity = affinity_at(level, now)
    most = (BASE + affinity) * weight * 2.0 ** (-age_minutes / FADES_IN_MINUTES)
    most += sum((BASE + FRIEND_AFFINITY) * ACT_WEIGHTS[kind] for kind, _ in answers)
    if most * _ROUNDING < bar:
        return False
    ties: list[Tie] = [
        page_tie(affinity=affinity, kind=KIND, weights={KIND: weight}, age=dt.timedelta(minutes=age_minutes))
    ]
    ties += [
        person_tie(kind, account_id=1, affinity=FRIEND_AFFINITY, age=dt.timedelta(minutes=minute - at))
        for kind, at in answers
    ]
    return weigh(ties, 0).value > bar


@dataclass(slots=True)
class Trials:
    """What a page's posts brought where they were shown first; the feed weighs the page by it."""

    usual: float | None
    """What a follower in a test brings on the network's pages; None while that is being found out."""
    brought: list[float] = field(default_factory=list)
    """Worth of the answers per follower in the test, newest last."""

    def weight(self) -> float:
        """Return the page's weight by the house's own formula, shrunk to 1 while few posts were tested."""
        newest = self.brought[-NEWEST_TESTS:]
        if self.usual is None or not newest:
            return 1.0
        mean = sum(newest) / len(newest)
        return learn([(KIND, len(newest), mean), (NETWORK, MANY, self.usual)])[KIND].weight
