"""docs/simulation.md: told by the figures of a run, so that no word of it says more than these do."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from shop.simulation.measures import Measure
from shop.simulation.parameters import UNSERVED, UNTESTED
from shop.simulation.people import Kind
from shop.simulation.prose import limits, numbers, real_code
from shop.simulation.wording import (
    NAMES,
    NONE_CAME,
    NOTHING,
    UNCLEAR,
    VARIANT_NAMES,
    change,
    cost_per_more,
    cost_per_order,
    decimal,
    number,
    percent,
    ranged,
    signed,
    table,
)

JSON_NAME = "simulation.json"
LITERATURE = 0.01
"""Of bought likes less than this share engaged in the literature."""
LIVELY = (0.3, 0.6)
"""Of real audiences such a share did, by country."""


def report_of(data: Mapping[str, Any]) -> str:
    """Return the whole page as Markdown; its charts and its JSON lie in ``images/`` beside it."""
    parts = [
        _head(data), _table(data), _pictures(), _reading(data), _flags(data), _variants(data), _checks(data),
        real_code(), numbers(), limits(), _small(data),
    ]  # fmt: skip
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _head(data: Mapping[str, Any]) -> str:
    seeds, world = data["seeds"], data["world"]
    return f"""
# What bought likes do, and what real ones do: a simulation

<!-- Written by `shop simulate --write`; edit shop/simulation/reporting.py, not this file. -->

Five pages with the same {number(world["fans"])} real fans live through {world["days"]} days. They are twins: the same
people, posts, hours and luck. On day {world["measure_day"]} each does something else: one nothing, one buys
{number(world["burst_likes"])} likes at once, one {number(world["stealth_likes"])} from a farm that takes care not to
be seen, one runs a contest, one gives a coupon. What differs afterwards comes from that.

Run it with `shop simulate` (a few minutes; `--seeds 1 --no-variants` for a first look). With `--write` the run writes this page, its
charts and [images/{JSON_NAME}](images/{JSON_NAME}), which holds all figures.

World version {data["version"]}, numbers `{data["digest"]}`, seeds {seeds[0]} to {seeds[-1]}. Figures are means over the
seeds with the least and the greatest in brackets.
"""


Row = tuple[str, Callable[[Mapping[str, Any]], str]]


def page_rows() -> Sequence[Row]:
    """Return what is told of each page: a name, and how it is read off the page's figures."""
    return (
        ("Followers at the end", lambda page: ranged(page["followers"], number)),
        (
            "of them bought",
            lambda page: ranged(page["bought"], number) if page["bought"]["mean"] else NOTHING,
        ),
        ("Engagement rate, last 30 days", lambda page: ranged(page["engagement"], percent)),
        ("before", lambda page: ranged(page["engagement_before"], percent)),
        ("Reach among real fans, last 30 days", lambda page: ranged(page["reach"], percent)),
        ("before", lambda page: ranged(page["reach_before"], percent)),
        ("Followers who did anything in 28 days", lambda page: ranged(page["active"], percent)),
        ("of the real ones", lambda page: ranged(page["active_real"], percent)),
        ("of the bought ones", lambda page: ranged(page["active_bought"], percent)),
        ("Orders", lambda page: ranged(page["orders"], number)),
        ("more than by doing nothing", lambda page: ranged(page["more_orders"], signed)),
        ("Cost", lambda page: ranged(page["cost"], lambda value: f"{value / 100:,.2f} €")),
        ("Cost per order", cost_per_order),
        ("Cost per order more", cost_per_more),
    )


def _table(data: Mapping[str, Any]) -> str:
    pages = data["pages"]
    rows = [[name, *(show(page) for page in pages.values())] for name, show in page_rows()]
    return (
        "## What came of it\n\n"
        + table(["", *(NAMES[measure] for measure in pages)], rows)
        + """

The engagement rate is the mean over posts of the followers who reacted, commented, shared or clicked; reach among real
fans is the mean over posts of the real followers who saw it. Cost is what the likes cost, what the contest's prize is
worth with its shipping, or what the coupon took off; the admin's hours and the goods themselves are not in it."""
    )


def _pictures() -> str:
    return """
![Followers by week](images/simulation-followers.svg)

![Engagement rate by week](images/simulation-engagement.svg)

![Reach among real fans by week](images/simulation-reach.svg)

![Orders more than by doing nothing](images/simulation-orders.svg)
"""


def _reading(data: Mapping[str, Any]) -> str:
    pages = data["pages"]
    plain, burst = pages[Measure.NOTHING], pages[Measure.BURST]
    lines = [_bought_line(name, pages[measure], plain) for measure, name in _BOUGHT_NAMES.items()]
    lines += [_won_line(name, pages[measure], plain) for measure, name in _WON_NAMES.items()]
    active = burst["active_bought"]["mean"]
    real = plain["active_real"]["mean"]
    agrees = "as there" if active < LITERATURE else "more than there"
    inside = "below" if real < LIVELY[0] else "above" if real > LIVELY[1] else "within"
    lines.append(
        f"The video *Facebook Fraud* (Veritasium, 2014) tells of 80,000 likes won by ads of which less than 1 % engaged in a "
        f"month, and of audiences by country of which 30 % to 60 % did. Here {percent(active)} of the likes bought in "
        f"a burst did anything in 28 days ({agrees}), and {percent(real)} of the real fans of the page that does "
        f"nothing ({inside} that range; it is one channel, and a lively one)."
    )
    return "## Reading it\n\n" + "\n".join(f"- {line}" for line in lines)


_BOUGHT_NAMES = {Measure.BURST: "Bought in a burst", Measure.STEALTH: "Bought from a careful farm"}
_WON_NAMES = {Measure.CONTEST: "Contest", Measure.COUPON: "Coupon"}


def _bought_line(name: str, page: Mapping[str, Any], plain: Mapping[str, Any]) -> str:
    moved = [change(page[one]["mean"], plain[one]["mean"]) for one in ("engagement", "reach", "orders")]
    return (
        f"**{name}**: against the twin that does nothing the engagement rate changes by {moved[0]}, reach among real fans by "
        f"{moved[1]}, orders by {moved[2]}. Who was bought does not read, so a test of a post brings less, "
        f"and the feed gives the page's posts the weight {page['weight']['mean']:.2f} (twin: "
        f"{plain['weight']['mean']:.2f}) when it ranks them for the real fans."
    )


def _won_line(name: str, page: Mapping[str, Any], plain: Mapping[str, Any]) -> str:
    fans = page["real"]["mean"] - plain["real"]["mean"]
    came = page["entries"]["mean"] or page["takers"]["mean"]
    cost = cost_per_more(page)
    said = {NONE_CAME: "no order more came", UNCLEAR: "whether that is more than chance cannot be told"}
    paid = said.get(cost, f"each order more costs {cost}")
    return (
        f"**{name}**: {number(came)} people take part, which asks no like of anybody; at the end there are {signed(fans)} real fans "
        f"against the twin; reach changes by {change(page['reach']['mean'], plain['reach']['mean'])}, orders by "
        f"{signed(page['more_orders']['mean'])}; {paid}."
    )


def _flags(data: Mapping[str, Any]) -> str:
    pages = data["pages"]
    rows = []
    for measure, page in pages.items():
        rows.append(
            [
                NAMES[measure],
                ranged(page["precision"], percent),
                ranged(page["recall"], percent),
                ranged(page["false_positives"], percent),
            ]
        )
    head = ["", "Precision", "Recall", "Real fans flagged"]
    return f"""
## What the flags find

`shop.quality.signs.judge` ([how it works](algorithms/fan-quality.md)) looks at all likes of each page at the end. It is
told what the house knows of a like, never who somebody is.

{table(head, rows)}

Real fans are not one kind. Those who like in groups at the same hours look like a small farm; those who come at once
after an article look like a burst; contest hunters like many pages and stay silent. Each on its own, over all pages
and seeds:

{table(["In truth", "Likes", "Flagged", "Share"], kind_rows(data))}

![Share flagged by kind](images/simulation-flags.svg)

{_hard_cases(data)}
"""


def kind_rows(data: Mapping[str, Any]) -> list[list[str]]:
    """Return by kind of person how many likes there are, how many are flagged, and which share."""
    rows = []
    for kind in Kind:
        total, flagged = flags_of(data, kind)
        if total:
            rows.append([kind.value, number(total), number(flagged), percent(flagged / total)])
    return rows


def flags_of(data: Mapping[str, Any], *kinds: Kind) -> tuple[int, int]:
    """Return the likes of these kinds over all pages, and how many are flagged."""
    some = [
        page["flags"][kind.name] for page in data["pages"].values() for kind in kinds if kind.name in page["flags"]
    ]  # fmt: skip
    return sum(one[0] for one in some), sum(one[1] for one in some)


def _hard_cases(data: Mapping[str, Any]) -> str:
    stealth = data["pages"][Measure.STEALTH]
    groups, flagged = flags_of(data, Kind.GROUP, Kind.CIRCLE)
    readers, read_flagged = flags_of(data, Kind.READER)
    first, first_flagged = data["evening"]
    recall = stealth["recall"]["mean"]
    missed = stealth["bought"]["mean"] * (1 - recall)
    return f"""Of the careful farm {percent(recall)} are found, so about {number(missed)} of its {number(stealth["bought"]["mean"])} likes
pass as real, and the figure of a page that buys so is too good by them. Of {number(groups)} likes of friends who like the same
pages on the same evenings {number(flagged)} are flagged. Of {number(readers)} likes of the article's readers
{number(read_flagged)} are at the end. Nothing in the data says that they came by an article: on its evening {percent(first_flagged / max(1, first))} of them
are flagged. Then most are seen again, and what came back of a wave speaks for all of it. A crowd of which hardly anybody comes
back stays flagged; the admin may call such likes real, and they count as real from then on."""


def _variants(data: Mapping[str, Any]) -> str:
    if not data["variants"]:
        return ""
    first = {measure: _only(figures) for measure, figures in data["by_seed"][0].items()}
    runs = {"": first, **{name: _means(pages) for name, pages in data["variants"].items()}}
    rows = []
    for name, pages in runs.items():
        row = [VARIANT_NAMES[name]]
        for measure in (Measure.NOTHING, Measure.BURST, Measure.STEALTH):
            row += [percent(pages[measure]["engagement"]), percent(pages[measure]["reach"])]
        rows.append(row)
    head = [
        "One seed",
        "nothing: engagement",
        "reach",
        "burst: engagement",
        "reach",
        "careful farm: engagement",
        "reach",
    ]
    return f"""
## What it hangs on

The same first seed with one thing changed each time:

{table(head, rows)}

{_variants_read(runs)}"""


def _variants_read(runs: Mapping[str, Mapping[str, Mapping[str, float]]]) -> str:
    untested, unserved = runs[UNTESTED], runs[UNSERVED]
    reach = [
        percent(pages[one]["reach"])
        for pages in (untested, unserved)
        for one in (Measure.NOTHING, Measure.BURST)
    ]
    return f"""That bought likes dilute the engagement rate needs no assumption: whoever never reads is in the denominator. That they
lower **reach** hangs on a feed that tries posts on a sample of the followers and believes what it sees. Vitrine's own feed
scores each post for each viewer alone and tests nothing: reach is {reach[0]} at the page that does nothing and {reach[1]} at the
one with the burst. The big networks are said to test, in words and not in numbers. And where a test counts only who opened
their feed, and a farm's accounts never do, the sample is a fair one again: {reach[2]} and {reach[3]}."""


def _only(figures: Mapping[str, Any]) -> dict[str, float]:
    return {name: figures[name] for name in ("engagement", "reach")}


def _means(pages: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    return {
        measure: {name: page[name]["mean"] for name in ("engagement", "reach")}
        for measure, page in pages.items()
    }


def _checks(data: Mapping[str, Any]) -> str:
    checked = data["checked"]
    return f"""
## Does the house see the same?

The page of the careful farm was written into the tables of a database of its own at the end of the first seed, with the
other pages that its people like. The house's own look (`quality.looking.look_at_page`) judged
{number(checked["same_flags"])} of {number(checked["likes"])} likes as above, and the house's own feed (`feed.opening.sort_feed`)
gave the newest post the score that the simulation gives it for {checked["same_scores"]} of {checked["feeds"]} readers."""


def _small(data: Mapping[str, Any]) -> str:
    rows = [
        [NAMES[measure], *(_shown(page[name], show) for name, show in SMALL_ROWS)]
        for measure, page in data["small"]["pages"].items()
    ]
    return f"""
## A small world to check by

A test runs this world of 240 fans and 45 days again (seed {data["seeds"][0]}), whole, and fails when anything
comes out otherwise than it stands here; then `shop simulate --write` has to be run anew.

{table(["", "Followers", "Engagement", "Reach", "Orders", "Flagged"], rows)}
"""


def _flagged(flags: Mapping[str, Sequence[int]]) -> str:
    return number(sum(one[1] for one in flags.values()))


def _shown(value: Any, show: Callable[[Any], str]) -> str:
    return show(value)


SMALL_ROWS: Sequence[tuple[str, Callable[[Any], str]]] = (
    ("followers", number), ("engagement", percent), ("reach", percent), ("orders", decimal), ("flags", _flagged),
)  # fmt: skip
