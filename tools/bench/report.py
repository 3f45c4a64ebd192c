"""The tables that the bench prints."""

import datetime as dt
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from tools.bench.figures import MAX_MEDIAN_GROWTH, MAX_P99_RATIO, Line, Ratio

console = Console(width=118)


@dataclass(frozen=True)
class Single:
    """A figure of the last table: its value as a text, the goal as a text, whether it was met."""

    name: str
    value: str
    goal: str
    is_met: bool


def print_machine(database: str) -> None:
    """Say when and on what the figures were taken."""
    load = os.getloadavg()[0]
    now = dt.datetime.now(dt.UTC)
    console.print(
        f"[bold]Vitrine beside bare Flask[/bold], {now:%Y-%m-%d %H:%M} UTC; {database}; Python"
        f" {platform.python_version()}, {os.cpu_count()} cores shared with the load itself;"
        f" load average at the start {load:.1f}"
    )


def print_ratios(products: int, lines: Sequence[tuple[Line, Ratio]]) -> None:
    """Print what 8 connections got from the shop and from bare Flask."""
    table = Table(title=f"{products:,} products, 8 connections", title_justify="left")
    table.add_column("what")
    for title in ("a second", "median ms", "p99 ms", "beside", "a second", "ratio", "by CPU", "goal", ""):
        table.add_column(title, justify="left" if title == "beside" else "right")
    for line, ratio in lines:
        ours, bare = ratio.ours, ratio.bare
        met = mark(ratio.value >= line.goal)
        table.add_row(
            line.name,
            f"{_mean(ours.rates):,.0f}",
            f"{ours.whole.median_ms:.1f}",
            f"{ours.whole.p99_ms:.1f}",
            line.yardstick,
            f"{_mean(bare.rates):,.0f}",
            f"{ratio.value:.2f}",
            f"{ratio.by_cpu:.2f}",
            f"≥ {line.goal}",
            f"{met} ({ours.faults + bare.faults} failed)" if ours.faults + bare.faults else met,
        )
    console.print(table)


def print_medians(sizes: tuple[int, int], found: Sequence[tuple[str, float, float]]) -> None:
    """Print the medians of two sizes side by side."""
    table = Table(title="One visitor at a time: median ms by the number of products", title_justify="left")
    table.add_column("what")
    for title in (f"{sizes[0]:,}", f"{sizes[1]:,}", "ratio", "goal", ""):
        table.add_column(title, justify="right")
    for name, base, large in found:
        ratio = large / base
        met = mark(ratio <= MAX_MEDIAN_GROWTH)
        table.add_row(name, f"{base:.2f}", f"{large:.2f}", f"{ratio:.2f}", f"≤ {MAX_MEDIAN_GROWTH}", met)
    console.print(table)


def print_singles(figures: Sequence[Single]) -> None:
    """Print the figures that stand alone."""
    table = Table(title="And", title_justify="left")
    for title in ("what", "figure", "goal", ""):
        table.add_column(title)
    for figure in figures:
        table.add_row(figure.name, figure.value, figure.goal, mark(figure.is_met))
    console.print(table)


def p99_figure(products: int, ratio: Ratio) -> Single:
    """Return how even the listing's times are."""
    median, p99 = ratio.ours.whole.median_ms, ratio.ours.whole.p99_ms
    value = f"{p99 / median:.1f} × ({p99:.1f} to {median:.1f} ms)"
    name = f"p99 of the listing to its median, {products:,} products"
    return Single(name, value, f"≤ {MAX_P99_RATIO} ×", p99 <= MAX_P99_RATIO * median)


def mark(is_met: bool) -> str:
    """Return the sign for a goal that was met, or was not."""
    return "[green]met[/green]" if is_met else "[red]missed[/red]"


def _mean(rates: Sequence[float]) -> float:
    return sum(rates) / len(rates)
