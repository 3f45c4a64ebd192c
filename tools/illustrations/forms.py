"""Outlines and materials: turned bodies, smooth curves, and what makes them look like clay, brass or oak."""

import random
from collections.abc import Sequence

from tools.illustrations.canvas import Canvas
from tools.illustrations.colours import BRASS, SHADE, dark, light

Point = tuple[float, float]
Box = tuple[float, float, float, float]
TILT = 0.15  # How much of a circle's depth the camera sees: it looks down a little.


def smooth(points: Sequence[Point], *, start: bool = True, tension: float = 6.0) -> str:
    """Return a path through all `points` without corners (Catmull-Rom); `start` begins it with a move."""
    first = points[0]
    parts = [f"M{first[0]:.1f} {first[1]:.1f}"] if start else []
    for at in range(len(points) - 1):
        before = points[max(at - 1, 0)]
        here, there = points[at], points[at + 1]
        after = points[min(at + 2, len(points) - 1)]
        x1, y1 = here[0] + (there[0] - before[0]) / tension, here[1] + (there[1] - before[1]) / tension
        x2, y2 = there[0] - (after[0] - here[0]) / tension, there[1] - (after[1] - here[1]) / tension
        parts.append(f"C{x1:.1f} {y1:.1f} {x2:.1f} {y2:.1f} {there[0]:.1f} {there[1]:.1f}")
    return "".join(parts)


def closed(points: Sequence[Point]) -> str:
    """Return a smooth closed path through `points`."""
    ring = [points[-1], *points, points[0], points[1]]
    parts = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for at in range(1, len(ring) - 2):
        before, here, there, after = ring[at - 1], ring[at], ring[at + 1], ring[at + 2]
        x1, y1 = here[0] + (there[0] - before[0]) / 6, here[1] + (there[1] - before[1]) / 6
        x2, y2 = there[0] - (after[0] - here[0]) / 6, there[1] - (after[1] - here[1]) / 6
        parts.append(f"C{x1:.1f} {y1:.1f} {x2:.1f} {y2:.1f} {there[0]:.1f} {there[1]:.1f}")
    return "".join(parts) + "Z"


def polygon(points: Sequence[Point]) -> str:
    """Return a closed path with straight sides."""
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z"


def turned(cx: float, profile: Sequence[Sequence[Point]], tilt: float = TILT) -> str:
    """Return the outline of a body turned about the vertical through `cx`.

    `profile` runs from the top down in (y, radius) points; each inner sequence is smooth, corners lie
    between them. The top and the bottom end in the arc of their circle as the camera sees it.
    """
    left = "".join(smooth([(cx - r, y) for y, r in part], start=False) for part in profile)
    right = "".join(
        smooth([(cx + r, y) for y, r in reversed(part)], start=False) for part in reversed(profile)
    )
    (top_y, top_r), (low_y, low_r) = profile[0][0], profile[-1][-1]
    foot = f"A{low_r:.1f} {low_r * tilt:.1f} 0 0 0 {cx + low_r:.1f} {low_y:.1f}"
    brim = f"A{top_r:.1f} {top_r * tilt:.1f} 0 0 0 {cx - top_r:.1f} {top_y:.1f}Z"
    return f"M{cx - top_r:.1f} {top_y:.1f}{left}{foot}{right}{brim}"


def round_bar(x: float, y: float, width: float, height: float, radius: float) -> str:
    """Return a rectangle with round corners."""
    r = min(radius, width / 2, height / 2)
    return (
        f"M{x + r:.1f} {y:.1f}h{width - 2 * r:.1f}a{r} {r} 0 0 1 {r} {r}v{height - 2 * r:.1f}"
        f"a{r} {r} 0 0 1 {-r} {r}h{-(width - 2 * r):.1f}a{r} {r} 0 0 1 {-r} {-r}v{-(height - 2 * r):.1f}"
        f"a{r} {r} 0 0 1 {r} {-r}Z"
    )


def round_tone(c: Canvas, colour: str, depth: float = 0.34) -> str:
    """Return the shading of an upright round body lit from the left."""
    return c.linear(
        (0, dark(colour, depth * 0.55)),
        (0.1, dark(colour, depth * 0.12)),
        (0.3, light(colour, 0.2)),
        (0.55, colour),
        (0.86, dark(colour, depth)),
        (1, dark(colour, depth * 0.72)),
    )


def brass_tone(c: Canvas, *, upright: bool = True, colour: str = BRASS) -> str:
    """Return the bands of light on brushed brass; `upright` for a standing rod, else for a lying one."""
    stops = (
        (0, dark(colour, 0.5)),
        (0.16, light(colour, 0.22)),
        (0.3, light(colour, 0.62)),
        (0.46, colour),
        (0.7, dark(colour, 0.38)),
        (0.88, light(colour, 0.12)),
        (1, dark(colour, 0.46)),
    )
    return c.linear(*stops) if upright else c.down(*stops)


def shaded(c: Canvas, path: str, *, low: float = 0.3, shine: float = 0.4, at: Point = (0.3, 0.24)) -> None:
    """Lay over a body the shade at its foot and the soft light of the window at its upper left."""
    c.path(path, c.down((0, SHADE, 0), (0.55, SHADE, 0), (1, SHADE, low)))
    if shine:
        glint = c.radial(
            (0, "#fffaf0", shine), (0.45, "#fffaf0", shine * 0.3), (1, "#fffaf0", 0), centre=at, radius=0.42
        )
        c.path(path, glint)


def body(
    c: Canvas, path: str, colour: str, *, depth: float = 0.34, low: float = 0.3, shine: float = 0.35
) -> None:
    """Paint a turned body of matt or glazed stuff."""
    c.path(path, round_tone(c, colour, depth))
    shaded(c, path, low=low, shine=shine)


def brass(c: Canvas, path: str, *, upright: bool = True) -> None:
    """Paint a piece of brushed brass with the fine lines of the brush."""
    c.path(path, brass_tone(c, upright=upright))
    c.path(path, SHADE, filter=c.noise("0.9 0.02" if not upright else "0.02 0.9", "#4a3410", 0.35))


def speckles(
    c: Canvas, path: str, box: Box, count: int, *, colour: str = "#4b3524", seed: int = 1, size: float = 3.4
) -> None:
    """Strew iron specks over a glazed body inside `box` (x, y, width, height)."""
    chance = random.Random(seed)
    dots = []
    for _ in range(count):
        x, y = box[0] + chance.random() * box[2], box[1] + chance.random() * box[3]
        radius = size * (0.25 + chance.random() ** 3)
        opacity = 0.2 + 0.55 * chance.random()
        dots.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.2f}" fill-opacity="{opacity:.2f}"/>')
    with c.group(clip_path=c.clip(path), fill=colour):
        c.add("".join(dots))


def woven(c: Canvas, path: str, *, strength: float = 0.4, colour: str = "#5a4630") -> None:
    """Lay the threads of linen over a shape: warp and weft, uneven."""
    c.path(path, colour, filter=c.noise("0.012 0.5", colour, strength * 0.75, seed=5))
    c.path(path, colour, filter=c.noise("0.5 0.012", colour, strength * 0.75, seed=9))
    c.path(path, "#fff", filter=c.noise("0.5 0.015", "#fffaf0", strength * 0.5, seed=21))


def wooden(c: Canvas, path: str, colour: str, *, upright: bool = False, depth: float = 0.9) -> None:
    """Paint a plank: broad bands and fine pores along its length."""
    c.path(path, c.linear((0, light(colour, 0.16)), (0.5, colour), (1, dark(colour, 0.14))))
    broad, fine = ("0.035 0.0022", "0.4 0.008") if upright else ("0.0022 0.035", "0.008 0.4")
    c.path(path, "#000", filter=c.noise(broad, dark(colour, 0.5), depth * 0.6, seed=14, octaves=4))
    c.path(path, "#000", filter=c.noise(fine, dark(colour, 0.62), depth * 0.45, seed=4, octaves=2))
