"""Glass, cutlery, boards and what lies on them."""

import math

from tools.illustrations.canvas import Canvas
from tools.illustrations.colours import AMBER, BRASS, LINDEN, OAK, SHADE, SMOKE, dark, light
from tools.illustrations.forms import Box, Point, closed, polygon, round_bar, smooth, turned, wooden
from tools.illustrations.studio import shadow

CORK = "#c79a6b"
CLEAR = "#c9d2d0"


def glass(c: Canvas, path: str, tint: str, *, strength: float = 1.0) -> None:
    """Paint a body of tinted glass: dark at its edges, clear in the middle."""
    deep = dark(tint, 0.36)
    c.path(
        path,
        c.linear(
            (0, deep, 0.8 * strength), (0.1, tint, 0.5 * strength), (0.34, light(tint, 0.4), 0.26 * strength),
            (0.6, tint, 0.34 * strength), (0.9, tint, 0.58 * strength), (1, deep, 0.85 * strength),
        ),
    )  # fmt: skip
    c.path(
        path,
        c.down((0, "#fff", 0.18), (0.5, "#fff", 0), (0.9, deep, 0.2 * strength), (1, deep, 0.6 * strength)),
    )


def carafe(c: Canvas, tint: str) -> None:
    """Draw the rippled carafe with the cork ball."""
    shadow(c, 800, 1254, 210, strength=0.7, long=1.4)
    with c.group(blend="screen"):
        c.ellipse(1080, 1262, 190, 34, c.radial((0, light(tint, 0.5), 0.7), (1, tint, 0)))
    profile: list[Point] = [
        (470, 92),
        (540, 84),
        (640, 80),
        (740, 96),
        (850, 158),
        (970, 214),
        (1090, 232),
        (1190, 222),
        (1244, 198),
    ]
    outline = turned(800, [profile])
    c.path(outline, light(tint, 0.35), opacity=0.22)
    water = turned(800, [[(905, 184), (970, 209), (1090, 226), (1186, 216), (1232, 192)]])
    c.path(
        water, c.linear((0, dark(tint, 0.2), 0.5), (0.4, light(tint, 0.5), 0.35), (1, dark(tint, 0.3), 0.55))
    )
    c.ellipse(800, 905, 184, 27, light(tint, 0.6), opacity=0.55)
    glass(c, outline, tint)
    with c.group(clip_path=c.clip(outline)):
        for at in range(9):
            y = 690 + at * 66
            wave = f"M540 {y}C640 {y + 46} 720 {y + 10} 800 {y + 34}S980 {y + 60} 1060 {y + 8}"
            c.stroke(wave, "#fffaf0", 9, opacity=0.16)
            c.stroke(wave, dark(tint, 0.5), 6, opacity=0.16, transform="translate(0 12)")
    with c.group(filter=c.blur(4), opacity=0.7):
        c.stroke(smooth([(742, 500), (738, 640), (728, 760)]), "#fff", 12)
        c.stroke(smooth([(672, 880), (622, 980), (604, 1090)]), "#fff", 22)
    c.stroke(smooth([(976, 1000), (1000, 1090), (990, 1170)]), "#fff", 8, opacity=0.35)
    c.ellipse(800, 470, 92, 14, stroke=light(tint, 0.7), stroke_width=7, opacity=0.8)
    ball = "M716 400a84 84 0 1 0 168 0a84 84 0 1 0 -168 0Z"
    c.path(
        ball,
        c.radial((0, light(CORK, 0.4)), (0.6, CORK), (1, dark(CORK, 0.4)), centre=(0.34, 0.3), radius=0.75),
    )
    c.path(ball, SHADE, filter=c.noise("0.09 0.09", "#6a4526", 0.75))


def tumbler(c: Canvas, tint: str, x: float, foot: float, scale: float = 1.0, *, water: bool = False) -> None:
    """Draw a twelve-sided tumbler, 420 pixels high at scale 1, its foot at (x, foot)."""
    with c.group(transform=f"translate({x} {foot}) scale({scale})"):
        shadow(c, 0, -4, 150, strength=0.7, long=1.3)
        with c.group(blend="screen"):
            c.ellipse(190, 6, 150, 24, c.radial((0, light(tint, 0.5), 0.6), (1, tint, 0)))
        outline = turned(0, [[(-420, 200), (-60, 160)], [(-60, 160), (0, 150)]])
        c.path(outline, light(tint, 0.3), opacity=0.2)
        c.ellipse(0, -420, 200, 30, dark(tint, 0.1), opacity=0.22)
        if water:
            level = turned(0, [[(-300, 186), (-60, 156), (-34, 150)]])
            c.path(
                level,
                c.linear((0, dark(tint, 0.3), 0.5), (0.4, light(tint, 0.5), 0.4), (1, dark(tint, 0.35), 0.6)),
            )
            c.ellipse(0, -300, 186, 28, light(tint, 0.6), opacity=0.6)
        glass(c, outline, tint)
        with c.group(clip_path=c.clip(outline)):
            for step in range(-3, 4):
                a, b = math.radians(step * 28 - 14), math.radians(step * 28 + 14)
                pane = polygon(
                    [
                        (r * math.sin(e), y + r * 0.15 * math.cos(e))
                        for y, r, e in ((-350, 194, a), (-350, 194, b), (-44, 158, b), (-44, 158, a))
                    ]
                )
                c.path(pane, "#fff" if step % 2 else dark(tint, 0.4), opacity=0.12)
                c.stroke(
                    f"M{194 * math.sin(a):.0f} {-350 + 29 * math.cos(a):.0f}L{158 * math.sin(a):.0f} {-44 + 23 * math.cos(a):.0f}",
                    "#fffaf0",
                    5,
                    opacity=0.5,
                )
            c.path(
                turned(0, [[(-44, 158), (0, 150)]]),
                c.linear((0, dark(tint, 0.5), 0.7), (0.4, light(tint, 0.6), 0.6), (1, dark(tint, 0.5), 0.8)),
            )
        c.path("M-200 -420A200 30 0 0 0 200 -420", stroke="#fffaf0", stroke_width=7, opacity=0.85)
        c.path("M-200 -420A200 30 0 0 1 200 -420", stroke=light(tint, 0.5), stroke_width=5, opacity=0.6)
        with c.group(filter=c.blur(4), opacity=0.75):
            c.stroke("M-150 -340L-126 -110", "#fff", 15)


def tumblers(c: Canvas) -> None:
    """Draw the set of four."""
    tumbler(c, SMOKE, 470, 1150, 0.86)
    tumbler(c, LINDEN, 905, 1140, 0.86)
    tumbler(c, AMBER, 690, 1290, 0.98)
    tumbler(c, CLEAR, 1160, 1290, 0.98)


def lemon(c: Canvas, x: float, y: float, r: float, *, flat: float = 1.0) -> None:
    """Draw a slice of lemon."""
    with c.group(transform=f"translate({x} {y}) scale(1 {flat})"):
        c.ellipse(0, 0, r, r, "#e8b62f")
        c.ellipse(0, 0, r * 0.92, r * 0.92, "#fbf0c4")
        for step in range(9):
            a = math.radians(step * 40)
            b = math.radians(step * 40 + 34)
            wedge = polygon(
                [
                    (r * 0.1 * math.cos((a + b) / 2), r * 0.1 * math.sin((a + b) / 2)),
                    (r * 0.8 * math.cos(a), r * 0.8 * math.sin(a)),
                    (r * 0.85 * math.cos((a + b) / 2), r * 0.85 * math.sin((a + b) / 2)),
                    (r * 0.8 * math.cos(b), r * 0.8 * math.sin(b)),
                ]
            )
            c.path(wedge, "#f4d35e")


def board(c: Canvas) -> None:
    """Draw the oak board seen from above, its thong at the top."""
    outline = (
        "M560 520C560 440 640 430 690 400C730 376 740 330 740 290C740 220 860 220 860 290C860 330 870 376 910 400"
        "C960 430 1040 440 1040 520V1280C1040 1360 1000 1390 920 1390H680C600 1390 560 1360 560 1280Z"
    )
    with c.group(filter=c.blur(34), opacity=0.36, transform="translate(44 52)"):
        c.path(outline, SHADE)
    with c.group(filter=c.blur(7), opacity=0.5, transform="translate(8 10)"):
        c.path(outline, SHADE)
    wooden(c, outline, OAK, upright=True, depth=0.8)
    c.path(
        outline, c.linear((0, "#fffaf0", 0.32), (0.4, "#fffaf0", 0), (1, SHADE, 0.24), vector=(0, 0, 1, 1))
    )
    c.path(outline, stroke=light(OAK, 0.5), stroke_width=6, opacity=0.6)
    c.ellipse(800, 300, 27, 27, "#6d4c30")
    c.ellipse(803, 304, 25, 25, "#3d2a1c")
    loop = smooth([(800, 300), (760, 210), (774, 130), (800, 108), (826, 130), (840, 210), (800, 300)])
    c.stroke(loop, "#4a2f1f", 17)
    c.stroke(loop, "#80543a", 8, transform="translate(-3 -2)")


def cheese_board(c: Canvas) -> None:
    """Lay cheese, grapes and bread on the board."""
    with c.group(filter=c.blur(12), opacity=0.4, transform="translate(14 18)"):
        c.path("M640 640L930 560L900 800Z", SHADE)
        c.ellipse(760, 1180, 170, 110, SHADE)
        c.ellipse(880, 960, 120, 130, SHADE)
    wheel = "M640 640L930 560A300 300 0 0 1 900 800Z"
    c.path(wheel, c.linear((0, "#f8e7b4"), (1, "#e6c67c"), vector=(0, 0, 1, 1)))
    c.path("M930 560A300 300 0 0 1 900 800", stroke="#d9c9a4", stroke_width=26)
    for x, y, r in ((790, 650, 17.0), (840, 700, 12), (760, 690, 9), (860, 630, 10), (830, 760, 8)):
        c.ellipse(x, y, r, r * 0.8, "#d3ad5d")
    for left, top in _GRAPES:
        c.ellipse(
            left,
            top,
            36,
            36,
            c.radial((0, "#9d86a6"), (0.6, "#5a4066"), (1, "#33223f"), centre=(0.34, 0.3), radius=0.7),
        )
        c.ellipse(left - 11, top - 12, 8, 6, "#fff", opacity=0.5)
    c.stroke("M880 880q20 -40 60 -52", "#6e5a3c", 9)
    for x in (690, 830):
        slice_ = closed(
            [
                (x - 86, 1200),
                (x - 92, 1130),
                (x - 40, 1092),
                (x + 30, 1096),
                (x + 84, 1136),
                (x + 80, 1210),
                (x + 20, 1262),
                (x - 50, 1254),
            ]
        )
        c.path(slice_, "#a9713f")
        with c.group(transform=f"translate({x} 1176) scale(0.88) translate({-x} -1176)"):
            c.path(slice_, c.radial((0, "#f6e6c6"), (1, "#e7cb9c")))
            c.path(slice_, SHADE, filter=c.noise("0.05 0.06", "#b58a55", 0.8))


_GRAPES: tuple[Point, ...] = (
    (840, 900), (900, 888), (952, 920), (816, 956), (876, 948), (936, 976), (846, 1010), (906, 1026), (880, 1068),
)  # fmt: skip


def _metal(c: Canvas, path: str) -> None:
    with c.group(filter=c.blur(9), opacity=0.42, transform="translate(14 16)"):
        c.path(path, SHADE)
    pale = light(BRASS, 0.2)
    c.path(
        path,
        c.linear(
            (0, dark(pale, 0.28)),
            (0.22, light(pale, 0.62)),
            (0.5, pale),
            (0.8, dark(pale, 0.3)),
            (1, light(pale, 0.2)),
        ),
    )
    c.path(path, stroke=light(pale, 0.6), stroke_width=2.5, opacity=0.7)


def fork(c: Canvas, x: float) -> None:
    """Draw a fork seen from above, 1040 pixels long, its middle at (x, 800)."""
    tines = "".join(
        f"M{x + dx - 8} 300C{x + dx - 8} 276 {x + dx + 8} 276 {x + dx + 8} 300V480H{x + dx - 8}Z"
        for dx in (-42, -14, 14, 42)
    )
    head = f"M{x - 50} 440C{x - 52} 560 {x - 26} 590 {x - 12} 640H{x + 12}C{x + 26} 590 {x + 52} 560 {x + 50} 440Z"
    _metal(c, tines)
    _metal(c, f"{head}")
    _metal(
        c,
        f"M{x - 10} 620C{x - 12} 800 {x - 17} 1100 {x - 17} 1290A17 17 0 0 0 {x + 17} 1290C{x + 17} 1100 {x + 12} 800 {x + 10} 620Z",
    )


def knife(c: Canvas, x: float) -> None:
    """Draw a knife seen from above."""
    _metal(
        c, f"M{x - 26} 760V420C{x - 26} 340 {x - 6} 290 {x + 22} 276C{x + 32} 420 {x + 30} 620 {x + 22} 760Z"
    )
    _metal(
        c,
        f"M{x - 17} 748H{x + 14}C{x + 17} 900 {x + 18} 1100 {x + 18} 1290A17 17 0 0 1 {x - 17} 1290C{x - 17} 1100 {x - 16} 900 {x - 17} 748Z",
    )


def spoon(c: Canvas, x: float, scale: float = 1.0) -> None:
    """Draw a spoon seen from above, its foot at y = 1307."""
    with c.group(transform=f"translate({x} 1307) scale({scale}) translate({-x} -1307)"):
        _metal(
            c,
            f"M{x - 10} 560C{x - 12} 800 {x - 17} 1100 {x - 17} 1290A17 17 0 0 0 {x + 17} 1290C{x + 17} 1100 {x + 12} 800 {x + 10} 560Z",
        )
        bowl = f"M{x} 282C{x + 62} 282 {x + 76} 390 {x + 62} 470C{x + 50} 540 {x + 24} 580 {x} 590C{x - 24} 580 {x - 50} 540 {x - 62} 470C{x - 76} 390 {x - 62} 282 {x} 282Z"
        _metal(c, bowl)
        c.ellipse(
            x,
            420,
            46,
            108,
            c.radial(
                (0, light(BRASS, 0.2), 0.2), (1, dark(BRASS, 0.4), 0.65), centre=(0.62, 0.66), radius=0.7
            ),
        )


def cutlery(c: Canvas) -> None:
    """Draw the four pieces side by side."""
    with c.group(transform="translate(800 800) scale(1.16) translate(-800 -795)"):
        fork(c, 470)
        knife(c, 690)
        spoon(c, 910)
        spoon(c, 1130, 0.74)


def napkin_under(c: Canvas, box: Box, colour: str) -> None:
    """Lay a plain folded cloth under something, from above."""
    x, y, width, height = box
    cloth = round_bar(x, y, width, height, 14)
    with c.group(filter=c.blur(14), opacity=0.3, transform="translate(12 16)"):
        c.path(cloth, SHADE)
    c.path(
        cloth, c.linear((0, light(colour, 0.2)), (0.6, colour), (1, dark(colour, 0.12)), vector=(0, 0, 1, 1))
    )
    c.stroke(f"M{x + width * 0.5} {y + 6}V{y + height - 6}", dark(colour, 0.4), 5, opacity=0.3)
