"""Figures in words, as the printed tables and docs/simulation.md show them."""

from collections.abc import Mapping
from typing import Any

from shop.simulation.measures import Measure
from shop.simulation.parameters import UNSERVED, UNTESTED

Spread = Mapping[str, float] | None

NAMES: Mapping[str, str] = {
    Measure.NOTHING: "Does nothing", Measure.BURST: "Buys in a burst", Measure.STEALTH: "Buys from a careful farm",
    Measure.CONTEST: "Runs a contest", Measure.COUPON: "Gives a coupon",
}  # fmt: skip
SHORT: Mapping[str, str] = {
    Measure.NOTHING: "nothing", Measure.BURST: "burst", Measure.STEALTH: "careful farm",
    Measure.CONTEST: "contest", Measure.COUPON: "coupon",
}  # fmt: skip
TONES: Mapping[str, str] = {
    Measure.NOTHING: "one", Measure.BURST: "two", Measure.STEALTH: "three", Measure.CONTEST: "four",
    Measure.COUPON: "five",
}  # fmt: skip
VARIANT_NAMES: Mapping[str, str] = {
    "": "As it is",
    UNTESTED: "The feed tests no post: Vitrine's own feed of today",
    UNSERVED: "In the test only those count who open their feed, which farms never do",
    "sample_3": "The test is shown to 3 % of the followers",
    "depth_14": "A visit gets to 14 posts in the mean instead of 7",
}
NOTHING = "–"
SMALL_SHARE = 0.01
NONE_CAME = "none came"
UNCLEAR = "cannot be told"
"""Some seeds have more orders than the twin, some have not."""


def number(value: float) -> str:
    """Return a count: 4,000."""
    return f"{value:,.0f}"


def decimal(value: float) -> str:
    """Return a number with one digit after the point."""
    return f"{value:,.1f}"


def signed(value: float) -> str:
    """Return a difference with its sign: +3.2."""
    return f"{value:+,.1f}".replace("-", "−")


def percent(value: float) -> str:
    """Return a share in percent, small ones with a digit more: 12.3 %, 0.45 %."""
    digits = 1 if abs(value) >= SMALL_SHARE or value == 0 else 2
    return f"{value * 100:.{digits}f} %"


def money(value: float) -> str:
    """Return minor units as an amount: 184.90 €."""
    return f"{value / 100:,.2f} €"


def ranged(value: Spread, show: Any) -> str:
    """Return a mean with the least and the greatest of the seeds behind it: 12.3 % (11.9 % to 12.8 %)."""
    if value is None:
        return NOTHING
    mean, low, high = show(value["mean"]), show(value["low"]), show(value["high"])
    return mean if low == high else f"{mean} ({low} to {high})"


def cost_per_order(figures: Mapping[str, Any]) -> str:
    """Return what a measure cost for each order of the page."""
    if not figures["cost"]["mean"]:
        return NOTHING
    return money(figures["cost"]["mean"] / max(figures["orders"]["mean"], 1e-9))


def cost_per_more(figures: Mapping[str, Any]) -> str:
    """Return what each order cost that came in addition to those of the page that does nothing."""
    if not figures["cost"]["mean"]:
        return NOTHING
    more = figures["more_orders"]
    if more["low"] <= 0 < more["high"]:
        return UNCLEAR
    return money(figures["cost"]["mean"] / more["mean"]) if more["low"] > 0 else NONE_CAME


def change(new: float, old: float) -> str:
    """Return by how much something went up or down: −58 %."""
    return f"{(new / old - 1) * 100:+.0f} %".replace("-", "−") if old else NOTHING


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
