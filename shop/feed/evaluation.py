"""Do learned weights of kinds tell what posts will bring better than constants do?

The older half of a file teaches, the newer half asks: the rank correlation (Spearman, ties share their mean
rank) of a post's weight with the interactions that followed, all else held equal. What orders nothing, as
when every kind weighs the same, has a correlation of 0 by definition.
"""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shop.feed.importing import ImportedPost
from shop.feed.learning import learn, weights_of, worth
from shop.feed.models import PostKind

RESAMPLES = 1000
SEED = 2016
LEARNED = "learned from the page (reactions + 4 × comments + 8 × shares)"
LEARNED_PLAIN = "learned from the page (plain sum)"
ALL_ONE = "all 1"
PUBLISHED = "video 2 > photo 1.5 > link 1.2 > text 1"
CONSTANTS: Mapping[PostKind, float] = {
    PostKind.VIDEO: 2.0, PostKind.PHOTO: 1.5, PostKind.PRODUCT: 1.5, PostKind.LINK: 1.2, PostKind.TEXT: 1.0,
}  # fmt: skip
"""The order that guides to EdgeRank of its time give: rich media first, then links, then plain text."""


@dataclass(frozen=True, slots=True)
class Result:
    """How well weights order the newer half: the correlation and its 95 % interval by resampling posts."""

    method: str
    weights: Mapping[PostKind, float]
    correlation: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One file's results; ``gain`` is the learned weights' lead over the best constants, with its interval."""

    taught: int
    asked: int
    results: list[Result]
    gain: tuple[float, float, float]


def evaluate(posts: Sequence[ImportedPost], *, resamples: int = RESAMPLES, seed: int = SEED) -> Evaluation:
    """Compare the methods on a file's posts; the same posts and seed give the same numbers."""
    in_order = sorted(posts, key=lambda post: (post.published_at, -post.row))
    half = len(in_order) // 2
    older, newer = in_order[:half], in_order[half:]
    weights = {
        LEARNED: _learn(older, is_plain=False),
        LEARNED_PLAIN: _learn(older, is_plain=True),
        PUBLISHED: dict(CONSTANTS),
        ALL_ONE: {},
    }
    pairs = [(post.kind, post.interactions) for post in newer]
    whole = _Ranked(Counter(pairs))
    draws = _draw(pairs, resamples, seed)
    samples = {method: [draw.correlation(by_kind) for draw in draws] for method, by_kind in weights.items()}
    results = [
        Result(method, by_kind, whole.correlation(by_kind), *_interval(samples[method]))
        for method, by_kind in weights.items()
    ]
    by_method = {result.method: result for result in results}
    rival = max((by_method[PUBLISHED], by_method[ALL_ONE]), key=lambda result: result.correlation)
    leads = [ours - theirs for ours, theirs in zip(samples[LEARNED], samples[rival.method], strict=True)]
    lead = by_method[LEARNED].correlation - rival.correlation
    return Evaluation(len(older), len(newer), results, (lead, *_interval(leads)))


def is_learned_better(evaluations: Sequence[Evaluation]) -> bool:
    """Tell whether learned weights lead by the mean over all files: the feed's default follows this."""
    return sum(evaluation.gain[0] for evaluation in evaluations) > 0


def _learn(posts: Sequence[ImportedPost], *, is_plain: bool) -> dict[PostKind, float]:
    worths: dict[PostKind, list[float]] = {}
    for post in posts:
        acts = {name: post.counts[name] for name in ("reactions", "comments", "shares")}
        worths.setdefault(post.kind, []).append(float(post.interactions) if is_plain else worth(**acts))
    return weights_of(learn((kind, len(all_), sum(all_) / len(all_)) for kind, all_ in worths.items()))


def _draw(pairs: Sequence[tuple[PostKind, int]], resamples: int, seed: int) -> list["_Ranked"]:
    """Return random draws of the posts, the same for every method, so that methods can be compared in pairs."""
    dice = random.Random(seed)  # noqa: S311 - a seeded draw, so that the table can be made again
    return [_Ranked(Counter(dice.choices(pairs, k=len(pairs)))) for _ in range(resamples)]


def _interval(values: Sequence[float]) -> tuple[float, float]:
    in_order = sorted(values)
    return in_order[int(0.025 * len(in_order))], in_order[min(int(0.975 * len(in_order)), len(in_order) - 1)]


class _Ranked:
    """Posts of which only kind and interactions count, ranked by these once for all weights that are tried."""

    def __init__(self, posts: Counter[tuple[PostKind, int]]) -> None:
        totals: Counter[int] = Counter()
        self._posts: Counter[PostKind] = Counter()
        for (kind, interactions), count in posts.items():
            totals[interactions] += count
            self._posts[kind] += count
        deviations = rank_deviations(totals)
        self._square = sum(totals[value] * deviation**2 for value, deviation in deviations.items())
        self._sums: dict[PostKind, float] = dict.fromkeys(self._posts, 0.0)
        for (kind, interactions), count in posts.items():
            self._sums[kind] += count * deviations[interactions]

    def correlation(self, weights: Mapping[PostKind, float]) -> float:
        """Return Spearman's correlation of the posts' weights with their interactions; 0 where either is constant."""
        totals: Counter[float] = Counter()
        for kind, count in self._posts.items():
            totals[weights.get(kind, 1.0)] += count
        deviations = rank_deviations(totals)
        square = sum(totals[value] * deviation**2 for value, deviation in deviations.items())
        if not square or not self._square:
            return 0.0
        both = sum(deviations[weights.get(kind, 1.0)] * total for kind, total in self._sums.items())
        return float(both / (square * self._square) ** 0.5)


def rank_deviations(counts: Mapping[Any, int]) -> dict[Any, float]:
    """Return how far the rank of each value lies from the mean rank; equal values share the mean of their ranks."""
    mean = (sum(counts.values()) - 1) / 2
    deviations = {}
    below = 0
    for value in sorted(counts):
        deviations[value] = below + (counts[value] - 1) / 2 - mean
        below += counts[value]
    return deviations
