"""A small writer of charts as SVG: one message each, labels beside what they name, readable in light and in dark."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, log10
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 760, 420
LEFT, RIGHT, TOP, BOTTOM = 64, 165, 64, 48
LABEL_GAP = 17
TICKS = 5
_STYLE = """
:root { color-scheme: light dark; --back: #fff; --ink: #1d2129; --faint: #6a7280; --grid: #e3e6ea;
  --one: #5f6773; --two: #c2331f; --three: #a05a00; --four: #1d63c4; --five: #15803d; }
@media (prefers-color-scheme: dark) { :root { --back: #14171c; --ink: #eceef1; --faint: #a3abb8; --grid: #2c323b;
  --one: #a9b1bd; --two: #ff8a75; --three: #f0b34a; --four: #7db4ff; --five: #62d58d; } }
.back { fill: var(--back); } .grid { stroke: var(--grid); } .axis { stroke: var(--faint); }
text { font: 13px system-ui, sans-serif; fill: var(--faint); font-variant-numeric: tabular-nums; }
.title { font-size: 17px; font-weight: 600; fill: var(--ink); } .name { font-weight: 600; }
.line { fill: none; stroke-width: 2.5; stroke-linejoin: round; } .range { stroke: var(--ink); stroke-width: 1.5; }
"""
TONES = ("one", "two", "three", "four", "five")
DASHES = ("", "7 4", "2 4", "12 4", "7 3 2 3")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart: its name, a tone of ``TONES`` and its values from left to right."""

    name: str
    tone: str
    values: Sequence[float]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name, a tone, its value with the range of the seeds, and what stands beside it."""

    name: str
    tone: str
    value: float
    low: float
    high: float
    label: str


def line_chart(
    title: str, subtitle: str, lines: Sequence[Line], *, ticks: Sequence[str], show: Callable[[float], str]
) -> str:
    """Return a chart of lines over the same places, each with its name at its end; ``ticks`` name the places."""
    top = nice_top(max(value for line in lines for value in line.values))
    across, up = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    places = max(len(line.values) for line in lines) - 1

    def point(place: int, value: float) -> tuple[float, float]:
        return LEFT + across * place / max(places, 1), TOP + up * (1 - value / top)

    parts = [_grid(top, show, lambda value: point(0, value)[1])]
    for place, tick in enumerate(ticks):
        if tick:
            x = point(place, 0)[0]
            parts.append(_text(x, HEIGHT - BOTTOM + 22, tick, anchor="middle"))
    for line, dash in zip(lines, DASHES, strict=False):
        path = " ".join("{:.1f},{:.1f}".format(*point(*one)) for one in enumerate(line.values))
        parts.append(
            f'<polyline class="line" stroke="var(--{line.tone})" stroke-dasharray="{dash}" points="{path}"/>'
        )
    ends = [point(len(line.values) - 1, line.values[-1]) for line in lines]
    for line, (x, _), y in zip(lines, ends, apart([y for _, y in ends]), strict=True):
        name = f"{line.name} {show(line.values[-1])}"
        parts.append(_text(x + 8, y + 4, name, extra=f'class="name" style="fill: var(--{line.tone})"'))
    told = "; ".join(f"{line.name}: {show(line.values[0])} to {show(line.values[-1])}" for line in lines)
    return _drawing(title, subtitle, told, parts, HEIGHT)


def bar_chart(title: str, subtitle: str, bars: Sequence[Bar], *, left: int = 230) -> str:
    """Return lying bars, one below the other, each with its range as a thin line and its label behind it."""
    row, right = 34, 150
    height = TOP + row * len(bars) + 16
    least = min(0.0, *(bar.low for bar in bars))
    most = max(1e-9, *(bar.high for bar in bars))
    across = WIDTH - left - right

    def at(value: float) -> float:
        return left + across * (value - least) / (most - least)

    parts = [f'<line class="axis" x1="{at(0):.1f}" x2="{at(0):.1f}" y1="{TOP - 6}" y2="{height - 12}"/>']
    for place, bar in enumerate(bars):
        y = TOP + place * row
        first, last = sorted((at(0), at(bar.value)))
        parts.append(_text(left - 12, y + 17, bar.name, anchor="end", extra='class="name"'))
        parts.append(
            f'<rect x="{first:.1f}" y="{y + 3}" width="{max(last - first, 0.5):.1f}" height="20" rx="3" '
            f'fill="var(--{bar.tone})"/>'
        )
        if bar.high > bar.low:
            parts.append(
                f'<line class="range" x1="{at(bar.low):.1f}" x2="{at(bar.high):.1f}" y1="{y + 13}" y2="{y + 13}"/>'
            )
        parts.append(_text(max(last, at(bar.high)) + 10, y + 17, bar.label))
    told = "; ".join(f"{bar.name}: {bar.label}" for bar in bars)
    return _drawing(title, subtitle, told, parts, height)


def nice_top(most: float) -> float:
    """Return the least of 1, 1.5, 2, 2.5, 3, 4, 5, 7.5 times a power of ten that is not below ``most``."""
    if most <= 0:
        return 1.0
    power = 10.0 ** floor(log10(most))
    return next(
        step * power for step in (1, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10) if step * power >= most * (1 - 1e-9)
    )


def apart(places: Sequence[float]) -> list[float]:
    """Return where labels stand so that none covers another, as near to ``places`` as one pass down brings them."""
    order = sorted(range(len(places)), key=lambda index: places[index])
    found = list(places)
    for above, below in pairwise(order):
        found[below] = max(found[below], found[above] + LABEL_GAP)
    too_low = max(0.0, max(found, default=0.0) - (HEIGHT - BOTTOM))
    return [one - too_low * (one > min(found)) for one in found] if too_low else found


def _grid(top: float, show: Callable[[float], str], y_of: Callable[[float], float]) -> str:
    parts = []
    for tick in range(TICKS + 1):
        value = top * tick / TICKS
        y = y_of(value)
        kind = "grid" if tick else "axis"
        parts.append(f'<line class="{kind}" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(_text(LEFT - 8, y + 4, show(value), anchor="end"))
    return "".join(parts)


def _text(x: float, y: float, words: str, *, anchor: str = "start", extra: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {extra}>{escape(words)}</text>'


def _drawing(title: str, subtitle: str, told: str, parts: Sequence[str], height: float) -> str:
    tall = ceil(height)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {tall}" width="{WIDTH}" height="{tall}" '
        f'role="img" aria-labelledby="t d">\n<title id="t">{escape(title)}</title>\n<desc id="d">{escape(told)}</desc>\n'
        f'<style>{_STYLE}</style>\n<rect class="back" width="{WIDTH}" height="{tall}" rx="8"/>\n'
        + _text(20, 28, title, extra='class="title"')
        + _text(20, 48, subtitle)
        + "\n"
        + "\n".join(parts)
        + "\n</svg>\n"
    )
