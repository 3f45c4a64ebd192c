"""The photographer's studio: walls, floors, tables, shadows and the light of lamps.

The window is at the upper left of every picture.
"""

from typing import Literal

from tools.illustrations.canvas import Canvas
from tools.illustrations.colours import GLOW, OAK, SHADE, brightness, dark, light
from tools.illustrations.forms import polygon, wooden

Feature = Literal["arch", "disc", "none"]


def wall(c: Canvas, colour: str, *, beam: float = 0.2) -> None:
    """Fill the picture with a wall on which the daylight falls."""
    c.rect(
        0, 0, c.width, c.height,
        c.radial(
            (0, light(colour, 0.42)), (0.5, colour), (1, dark(colour, 0.17)), centre=(0.3, 0.26), radius=0.95
        ),
    )  # fmt: skip
    beam *= 0.3 + 0.7 * brightness(colour)
    if beam:
        w, h = c.width, c.height
        with c.group(filter=c.blur(46), opacity=beam):
            c.path(
                polygon(
                    [(-0.1 * w, 0.1 * h), (0.28 * w, -0.1 * h), (0.86 * w, h * 0.72), (0.45 * w, h * 0.8)]
                ),
                "#fffaf0",
            )


def floor(c: Canvas, colour: str, horizon: float) -> None:
    """Lay a seamless floor that rises softly into the wall at `horizon`."""
    rise = 90
    height = c.height - horizon + rise
    share = 2 * rise / height
    c.rect(
        0, horizon - rise, c.width, height,
        c.down(
            (0, dark(colour, 0.06), 0), (share * 0.6, dark(colour, 0.06), 0.55), (share, light(colour, 0.1), 1),
            (1, light(colour, 0.34), 1),
        ),
    )  # fmt: skip
    c.rect(
        0,
        horizon,
        c.width,
        c.height - horizon,
        c.linear((0, "#fffaf0", 0.16), (0.5, "#fffaf0", 0), (1, SHADE, 0.12)),
    )


def studio(
    c: Canvas, colour: str, *, ground: str | None = None, horizon: float = 1120, feature: Feature = "none"
) -> None:
    """Set up a wall and a floor of one paper, with an arch or a disc painted on the wall if wished."""
    wall(c, colour)
    tone = c.down((0, light(colour, 0.34)), (1, dark(colour, 0.03)))
    if feature == "arch":
        c.path(f"M410 {horizon + 40}V620a390 390 0 0 1 780 0V{horizon + 40}Z", tone, opacity=0.75)
    if feature == "disc":
        c.ellipse(800, 690, 470, 470, tone, opacity=0.75)
    floor(c, ground or colour, horizon)


def flat_lay(c: Canvas, colour: str) -> None:
    """Set up a table top of coloured paper that is seen from straight above."""
    wall(c, colour, beam=0.3)
    c.rect(0, 0, c.width, c.height, SHADE, filter=c.noise("0.4 0.4", dark(colour, 0.5), 0.07))


def shadow(
    c: Canvas, cx: float, y: float, rx: float, *, strength: float = 1.0, tilt: float = 0.15, long: float = 1.0
) -> None:
    """Put under a body of half-width `rx` the dark of its contact and the shadow that it casts to the right."""
    with c.group(filter=c.blur(max(8, rx * 0.14)), opacity=0.3 * strength):
        c.ellipse(cx + rx * 0.62 * long, y + rx * 0.02, rx * (0.9 + 0.55 * long), rx * tilt * 1.15, SHADE)
    with c.group(filter=c.blur(max(4, rx * 0.045)), opacity=0.52 * strength):
        c.ellipse(cx + rx * 0.07, y + rx * 0.02, rx * 1.0, rx * tilt * 0.98, SHADE)


def wall_shadow(
    c: Canvas, path: str, dx: float, dy: float, *, deviation: float = 26, strength: float = 0.2
) -> None:
    """Throw the shadow of a hanging shape on the wall behind it."""
    with c.group(filter=c.blur(deviation), opacity=strength, transform=f"translate({dx} {dy})"):
        c.path(path, SHADE)


def glow(
    c: Canvas,
    cx: float,
    cy: float,
    radius: float,
    *,
    strength: float = 0.6,
    flat: float = 1.0,
    colour: str = GLOW,
) -> None:
    """Let a lamp shine: a halo of `radius` pixels, `flat` times as high as wide."""
    halo = c.radial(
        (0, colour, strength), (0.35, colour, strength * 0.45), (0.7, colour, strength * 0.12), (1, colour, 0)
    )
    with c.group(blend="screen"):
        c.ellipse(cx, cy, radius, radius * flat, halo)


def table(c: Canvas, y: float, *, colour: str = OAK, edge: float = 46) -> None:
    """Put a wooden table across the picture, its far edge at `y`, its front out of the picture."""
    top = f"M-20 {y}H{c.width + 20}V{c.height + 20}H-20Z"
    wooden(c, top, colour)
    c.rect(0, y, c.width, c.height - y, c.down((0, SHADE, 0.3), (0.25, SHADE, 0.05), (1, "#fffaf0", 0.18)))
    c.rect(0, y - 3, c.width, 6, light(colour, 0.3), opacity=0.6)
    with c.group(filter=c.blur(edge * 0.5), opacity=0.25):
        c.rect(-60, y - edge, c.width + 120, edge, SHADE)


def shelf(c: Canvas, x: float, y: float, width: float, thickness: float, *, colour: str = OAK) -> None:
    """Fix a shelf to the wall, its upper face at `y`, with its shadow below."""
    with c.group(filter=c.blur(22), opacity=0.3):
        c.rect(x + 20, y + thickness, width, thickness * 1.3, SHADE)
    wooden(c, f"M{x} {y}h{width}v{thickness}h{-width}Z", colour)
    c.rect(x, y, width, thickness, c.down((0, "#fffaf0", 0.35), (0.2, "#fffaf0", 0), (1, SHADE, 0.4)))


def vignette(c: Canvas, strength: float = 0.35) -> None:
    """Darken the corners, for pictures of the evening."""
    c.rect(0, 0, c.width, c.height, c.radial((0.55, "#120c0a", 0), (1, "#120c0a", strength), radius=0.75))
