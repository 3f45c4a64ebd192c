"""The figures of one page, and those of several seeds together."""

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from shop.quality.signs import Judged
from shop.simulation.judging import count_flags
from shop.simulation.measures import Done, Measure
from shop.simulation.people import DAY_MINUTES, Kind, Person
from shop.simulation.posts import Post
from shop.simulation.trading import trade
from shop.simulation.world import WEEK, PageWorld

LAST_DAYS = 30
MONTH_MINUTES = 28 * DAY_MINUTES
DIGITS = 4
Figures = dict[str, Any]


def rounded(value: float | None) -> float | None:
    """Return a figure with as many digits as are kept."""
    return None if value is None else round(value, DIGITS)


def figures_of(
    page: PageWorld, measure: Measure, done: Done, judged: tuple[list[Person], dict[int, Judged]]
) -> Figures:
    """Return what became of a page in all days from day 0 on; shares between 0 and 1, amounts in minor units.

    ``judged`` are its followers and what the house says of them; nothing when that is not asked.
    """
    world = page.world
    end = world.days * DAY_MINUTES - 1.0
    last = [post for post in page.posts if post.number >= world.days - LAST_DAYS]
    before = [post for post in page.posts if -WEEK * 2 <= post.number < world.measure_day]
    likers, found = judged
    real = [one for one in likers if not one.kind.is_bought]
    bought = [one for one in likers if one.kind.is_bought]
    sold = trade(page, measure, done)
    return {
        "followers": len(likers),
        "real": len(real),
        "bought": len(bought),
        "engagement": _mean(last, _engagement),
        "engagement_before": _mean(before, _engagement),
        "engaged_of_reached": _mean(last, lambda post: len(post.engaged) / max(1, len(post.seen))),
        "reach": _mean(last, _reach),
        "reach_before": _mean(before, _reach),
        "active": _active(likers, end),
        "active_real": _active(real, end),
        "active_bought": _active(bought, end) if bought else None,
        "weight": rounded(page.tests.weight()),
        "orders": sold.orders,
        "from_posts": sold.from_posts,
        "with_coupon": sold.with_coupon,
        "refused": sold.refused,
        "revenue": sold.revenue,
        "cost": sold.cost,
        "entries": sold.entries,
        "takers": len(done.takers),
        "weeks": _weeks(page),
        "flags": count_flags(likers, found) if found else {},
    }


def _engagement(post: Post) -> float:
    return len(post.engaged) / max(1, post.followers)


def _reach(post: Post) -> float:
    return len(post.seen) / max(1, post.real_followers)


def _mean(posts: Sequence[Post], of: Any) -> float | None:
    return rounded(fmean(of(post) for post in posts)) if posts else None


def _active(people: Sequence[Person], end: float) -> float | None:
    """Return which share of people did anything on the page in the last 28 days."""
    some = sum(one.last_act is not None and end - MONTH_MINUTES < one.last_act <= end for one in people)
    return rounded(some / max(1, len(people)))


def _weeks(page: PageWorld) -> dict[str, list[float | None]]:
    """Return weekly series: followers at the end, mean engagement and reach of the posts, orders so far."""
    weeks: dict[str, list[float | None]] = {"followers": [], "engagement": [], "reach": [], "orders": []}
    ends = {one.day: one for one in page.snapshots}
    for first in range(0, page.world.days - WEEK + 1, WEEK):
        posts = [post for post in page.posts if first <= post.number < first + WEEK]
        until = (first + WEEK) * DAY_MINUTES
        weeks["followers"].append(ends[first + WEEK - 1].followers)
        weeks["engagement"].append(_mean(posts, _engagement))
        weeks["reach"].append(_mean(posts, _reach))
        weeks["orders"].append(sum(0 <= sale.minute < until for sale in page.sales))
    return weeks


def judged_of(flags: Mapping[str, Sequence[int]]) -> dict[str, float | None]:
    """Return precision and recall of the flags, and the share of real fans that were flagged wrongly."""
    bought = [flags[kind.name] for kind in Kind if kind.is_bought and kind.name in flags]
    real = [flags[kind.name] for kind in Kind if not kind.is_bought and kind.name in flags]
    caught, wrong = sum(some for _, some in bought), sum(some for _, some in real)
    return {
        "precision": rounded(caught / (caught + wrong)) if bought and caught + wrong else None,
        "recall": rounded(caught / sum(number for number, _ in bought)) if bought else None,
        "false_positives": rounded(wrong / max(1, sum(number for number, _ in real))),
    }


def spread(values: Sequence[float | None]) -> dict[str, float] | None:
    """Return mean, least and greatest of the values over seeds; None when there is none."""
    some = [value for value in values if value is not None]
    if not some:
        return None
    return {"mean": round(fmean(some), DIGITS), "low": min(some), "high": max(some)}


SPREAD = (
    "followers", "real", "bought", "engagement", "engagement_before", "engaged_of_reached", "reach",
    "reach_before", "active", "active_real", "active_bought", "weight", "orders", "from_posts", "with_coupon",
    "refused", "revenue", "cost", "entries", "takers",
)  # fmt: skip


def over_seeds(runs: Sequence[Mapping[str, Figures]]) -> dict[str, Figures]:
    """Return by measure the spread of each figure, of the orders more than doing nothing, and the flags summed up."""
    found: dict[str, Figures] = {}
    for measure in runs[0]:
        pages = [run[measure] for run in runs]
        figures: Figures = {name: spread([page[name] for page in pages]) for name in SPREAD}
        more = [run[measure]["orders"] - run[Measure.NOTHING]["orders"] for run in runs]
        figures["more_orders"] = spread(more)
        figures["weeks"] = {
            name: [
                rounded(fmean(values))
                for values in zip(*(page["weeks"][name] for page in pages), strict=True)
            ]
            for name in pages[0]["weeks"]
        }
        figures["flags"] = _sum_flags([page["flags"] for page in pages])
        judged = [judged_of(page["flags"]) for page in pages]
        figures |= {name: spread([one[name] for one in judged]) for name in judged[0]}
        found[measure] = figures
    return found


def _sum_flags(several: Sequence[Mapping[str, Sequence[int]]]) -> dict[str, list[int]]:
    names = [kind.name for kind in Kind if any(kind.name in flags for flags in several)]
    return {
        name: [sum(flags.get(name, (0, 0))[place] for flags in several) for place in (0, 1)] for name in names
    }
