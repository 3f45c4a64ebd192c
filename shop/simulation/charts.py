"""The charts of a run, by the names of their files."""

from collections.abc import Callable, Mapping
from typing import Any

from shop.simulation.people import Kind
from shop.simulation.svg import Bar, Line, bar_chart, line_chart
from shop.simulation.wording import SHORT, TONES, number, percent, signed


def charts_of(data: Mapping[str, Any]) -> dict[str, str]:
    """Return each chart as SVG by its file's name."""
    seeds, days = len(data["seeds"]), data["world"]["days"]
    mean = f"Weekly means of {seeds} seeds, {days} days; each page does its thing on day {data['world']['measure_day']}"
    return {
        "simulation-followers.svg": _lines(
            data, "followers", "Bought likes bring the most followers", mean, number
        ),
        "simulation-engagement.svg": _lines(
            data, "engagement", "Share of followers who answer or click, a post", mean, percent
        ),
        "simulation-reach.svg": _lines(data, "reach", "Share of real fans who see a post", mean, percent),
        "simulation-orders.svg": _orders(data),
        "simulation-flags.svg": _flags(data),
    }


def _lines(
    data: Mapping[str, Any], name: str, title: str, subtitle: str, show: Callable[[float], str]
) -> str:
    lines = [
        Line(SHORT[measure], TONES[measure], page["weeks"][name]) for measure, page in data["pages"].items()
    ]
    weeks = len(lines[0].values)
    ticks = [f"week {place + 1}" if place % 3 == 0 else "" for place in range(weeks)]
    return line_chart(title, subtitle, lines, ticks=ticks, show=show)


def _orders(data: Mapping[str, Any]) -> str:
    bars = []
    for measure, page in data["pages"].items():
        more = page["more_orders"]
        if measure != "nothing":
            label = f"{signed(more['mean'])} orders"
            bars.append(Bar(SHORT[measure], TONES[measure], more["mean"], more["low"], more["high"], label))
    plain = data["pages"]["nothing"]["orders"]["mean"]
    subtitle = f"Against {number(plain)} orders of the twin page in {data['world']['days']} days; line: range over seeds"
    return bar_chart("Orders more than by doing nothing", subtitle, bars)


def _flags(data: Mapping[str, Any]) -> str:
    bars = []
    for kind in Kind:
        counts = [page["flags"][kind.name] for page in data["pages"].values() if kind.name in page["flags"]]
        total, flagged = (sum(one[place] for one in counts) for place in (0, 1))
        if total:
            share = flagged / total
            label = f"{percent(share)} of {number(total)}"
            bars.append(Bar(kind.value, "two" if kind.is_bought else "four", share, share, share, label))
    subtitle = f"Blue are real people, who should not be flagged; all pages of {len(data['seeds'])} seeds"
    return bar_chart("Share of likes that do not look real to the house", subtitle, bars, left=300)
