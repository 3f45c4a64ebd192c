"""Plates, bowls, mugs, the teapot, the vase and the jug."""

import math

from tools.illustrations.canvas import Canvas
from tools.illustrations.colours import CHALK, CLAY, INK, OAK, SAGE, SHADE, dark, light
from tools.illustrations.forms import Point, body, brass, closed, round_tone, shaded, smooth, speckles, turned
from tools.illustrations.studio import shadow

BARE = "#c7a586"
LICHEN = "#7f8c6a"


def plate(c: Canvas, colour: str, *, x: float = 800, y: float = 800, r: float = 560) -> None:
    """Draw a plate seen from straight above."""
    with c.group(filter=c.blur(r * 0.06), opacity=0.34):
        c.ellipse(x + r * 0.08, y + r * 0.1, r * 1.0, r * 1.0, SHADE)
    with c.group(filter=c.blur(r * 0.015), opacity=0.4):
        c.ellipse(x + r * 0.014, y + r * 0.02, r, r, SHADE)
    c.ellipse(
        x,
        y,
        r,
        r,
        c.linear((0, light(BARE, 0.35)), (0.5, BARE), (1, dark(BARE, 0.3)), vector=(0.1, 0.1, 0.9, 0.9)),
    )
    rim = f"M{x - r * 0.972} {y}a{r * 0.972} {r * 0.972} 0 1 0 {r * 1.944} 0a{r * 0.972} {r * 0.972} 0 1 0 {-r * 1.944} 0Z"
    c.path(
        rim,
        c.linear(
            (0, light(colour, 0.34)), (0.45, colour), (1, dark(colour, 0.2)), vector=(0.12, 0.12, 0.88, 0.88)
        ),
    )
    c.ellipse(
        x,
        y,
        r * 0.84,
        r * 0.84,
        c.linear(
            (0, dark(colour, 0.26)), (0.42, colour), (1, light(colour, 0.34)), vector=(0.12, 0.12, 0.88, 0.88)
        ),
    )
    c.ellipse(
        x,
        y,
        r * 0.79,
        r * 0.79,
        c.radial(
            (0, light(colour, 0.24)),
            (0.55, light(colour, 0.08)),
            (0.92, colour),
            (1, dark(colour, 0.05)),
            centre=(0.4, 0.36),
            radius=0.72,
        ),
    )
    for share in (0.24, 0.4, 0.56, 0.7):
        c.ellipse(x, y, r * share, r * share, stroke=dark(colour, 0.3), stroke_width=r * 0.005, opacity=0.2)
    speckles(c, rim, (x - r, y - r, 2 * r, 2 * r), 620, colour=dark(colour, 0.72), seed=11, size=r * 0.0085)
    c.path(rim, c.radial((0, "#fffaf0", 0.5), (1, "#fffaf0", 0), centre=(0.24, 0.2), radius=0.36))


def side_plate(c: Canvas, colour: str, y: float, r: float, *, seed: int = 1) -> None:
    """Draw a plate from the side, for piles: its foot at `y`, 44 pixels high."""
    under = turned(800, [[(y - 44, r), (y - 32, r * 0.97), (y - 12, r * 0.72), (y, r * 0.6)]], tilt=0.13)
    body(c, under, colour, low=0.5, shine=0.12)
    top = f"M{800 - r} {y - 46}a{r} {r * 0.13} 0 1 0 {2 * r} 0a{r} {r * 0.13} 0 1 0 {-2 * r} 0Z"
    c.path(
        top,
        c.linear((0, light(colour, 0.3)), (0.6, colour), (1, dark(colour, 0.14))),
        stroke=BARE,
        stroke_width=7,
    )
    c.ellipse(
        800,
        y - 42,
        r * 0.84,
        r * 0.098,
        c.linear((0, dark(colour, 0.3)), (0.5, dark(colour, 0.05)), (1, light(colour, 0.25))),
    )
    speckles(
        c,
        top,
        (800 - r, y - 46 - r * 0.13, 2 * r, r * 0.26),
        120,
        colour=dark(colour, 0.7),
        seed=seed,
        size=2.6,
    )


def pile(c: Canvas) -> None:
    """Draw a pile of plates in the three colours."""
    shadow(c, 800, 1254, 270, tilt=0.13, long=1.3, strength=1.2)
    for at in range(7):
        tone = (CHALK, SAGE, INK)[at % 3] if at < 6 else CHALK
        r = 420 if at < 4 else 320
        if at == 4:
            c.ellipse(830, 1260 - at * 58 - 40, 250, 32, SHADE, opacity=0.35, filter=c.blur(14))
        side_plate(c, tone, 1260 - at * 58 - (10 if at >= 4 else 0), r, seed=at)


def bowl(c: Canvas, colour: str) -> None:
    """Draw the double-dipped bowl."""
    shadow(c, 800, 1252, 190, strength=1.2, long=1.5)
    c.path(turned(800, [[(1190, 150), (1256, 138)]], tilt=0.16), round_tone(c, BARE))
    outline = turned(
        800, [[(850, 388), (930, 380), (1030, 342), (1120, 270), (1180, 196), (1214, 158)]], tilt=0.2
    )
    body(c, outline, colour, depth=0.42, low=0.45, shine=0.32)
    tide = smooth(
        [(380, 1010), (520, 1046), (680, 1060), (800, 1068), (960, 1054), (1100, 1044), (1220, 1000)]
    )
    with c.group(clip_path=c.clip(outline)):
        c.path(f"{tide}L1240 1300L360 1300Z", dark(colour, 0.5), opacity=0.36)
        c.stroke(tide, dark(colour, 0.55), 12, opacity=0.55)
        c.stroke(tide, light(colour, 0.4), 4, opacity=0.5, transform="translate(0 -9)")
    speckles(c, outline, (410, 850, 780, 400), 420, colour=dark(colour, 0.75), seed=7, size=3)
    _inside(c, 850, 388, 0.2, colour)


def _inside(c: Canvas, y: float, r: float, tilt: float, colour: str) -> None:
    ry = r * tilt
    c.ellipse(800, y, r, ry, light(colour, 0.25))
    c.ellipse(
        800,
        y + 2,
        r * 0.965,
        ry * 0.94,
        c.linear((0, dark(colour, 0.5)), (0.4, dark(colour, 0.22)), (1, light(colour, 0.16))),
    )
    c.ellipse(
        800 + r * 0.06,
        y + ry * 0.3,
        r * 0.72,
        ry * 0.5,
        c.radial((0, light(colour, 0.4), 0.7), (1, light(colour, 0.4), 0)),
    )
    c.path(f"M{800 - r} {y}A{r} {ry} 0 0 0 {800 + r} {y}", stroke=BARE, stroke_width=8, opacity=0.9)
    c.path(f"M{800 - r} {y}A{r} {ry} 0 0 0 {800} {y + ry}", stroke=light(BARE, 0.6), stroke_width=3)


def mug(c: Canvas, colour: str) -> None:
    """Draw the mug, glazed down to two thirds."""
    shadow(c, 800, 1252, 232, strength=1.15, long=1.5)
    handle = smooth([(1010, 900), (1120, 880), (1196, 930), (1206, 1020), (1150, 1098), (1020, 1136)])
    c.stroke(handle, dark(colour, 0.42), 66)
    c.stroke(handle, dark(colour, 0.1), 54)
    with c.group(transform="translate(-6 -8)"):
        c.stroke(handle, light(colour, 0.35), 18, opacity=0.75)
    outline = turned(800, [[(780, 242), (1000, 244), (1180, 242), (1226, 234)], [(1226, 234), (1252, 212)]])
    body(c, outline, BARE, depth=0.36, low=0.4, shine=0.15)
    c.path(outline, SHADE, filter=c.noise("0.12 0.12", "#6d4f36", 0.5))
    edge = smooth([(550, 1078), (640, 1100), (740, 1096), (850, 1112), (960, 1096), (1050, 1074)])
    glazed = f"M550 700{edge.replace('M', 'L', 1)}V700Z"
    with c.group(clip_path=c.clip(outline)):
        c.path(edge, stroke=dark(BARE, 0.5), stroke_width=10, opacity=0.5, transform="translate(0 6)")
        c.path(
            glazed,
            c.linear(
                (0, dark(colour, 0.2)),
                (0.26, light(colour, 0.24)),
                (0.55, colour),
                (0.9, dark(colour, 0.34)),
                (1, dark(colour, 0.24)),
            ),
        )
        c.path(glazed, c.radial((0, "#fff", 0.4), (1, "#fff", 0), centre=(0.28, 0.4), radius=0.36))
        c.stroke(edge, light(colour, 0.4), 4, opacity=0.6)
    speckles(c, outline, (556, 780, 488, 330), 260, colour=dark(colour, 0.75), seed=5, size=3)
    _inside(c, 780, 242, 0.15, colour)


def teapot(c: Canvas) -> None:
    """Draw the lichen teapot with the oak handle."""
    shadow(c, 800, 1252, 300, strength=1.1, long=1.3)
    for x, flip in ((566, 1), (1034, -1)):
        c.stroke(f"M{x} 850q{-8 * flip} -40 {4 * flip} -84", dark("#b8924a", 0.3), 17)
        c.stroke(f"M{x} 850q{-8 * flip} -40 {4 * flip} -84", "#d8b878", 7)
    arch = smooth([(568, 772), (590, 640), (680, 540), (800, 508), (920, 540), (1010, 640), (1032, 772)])
    c.stroke(arch, dark(OAK, 0.4), 44)
    c.stroke(arch, OAK, 34)
    c.stroke(arch, light(OAK, 0.45), 9, transform="translate(-5 -8)", opacity=0.8)
    spout = closed(
        [
            (1040, 1000),
            (1140, 990),
            (1200, 930),
            (1240, 850),
            (1290, 826),
            (1304, 856),
            (1286, 930),
            (1252, 1040),
            (1190, 1140),
            (1060, 1200),
        ]
    )
    c.path(spout, c.linear((0, dark(LICHEN, 0.1)), (0.5, light(LICHEN, 0.18)), (1, dark(LICHEN, 0.35))))
    c.ellipse(1278, 838, 32, 10, dark(LICHEN, 0.6), transform="rotate(-24 1278 838)")
    pot = turned(
        800,
        [
            [
                (838, 150),
                (866, 232),
                (930, 312),
                (1020, 352),
                (1100, 344),
                (1180, 292),
                (1232, 220),
                (1252, 190),
            ]
        ],
    )
    body(c, pot, LICHEN, depth=0.42, low=0.45, shine=0.5)
    speckles(c, pot, (440, 838, 720, 420), 460, colour=dark(LICHEN, 0.75), seed=3, size=3.2)
    c.path(
        f"M{800 - 166} 850A166 26 0 0 0 {800 + 166} 850",
        stroke=dark(LICHEN, 0.5),
        stroke_width=8,
        opacity=0.6,
    )
    lid = turned(800, [[(784, 40), (796, 92), (824, 150), (842, 160)]])
    body(c, lid, LICHEN, depth=0.34, low=0.2, shine=0.5)
    knob = "M754 750a46 42 0 1 0 92 0a46 42 0 1 0 -92 0Z"
    c.path(turned(800, [[(770, 26), (796, 36)]]), dark(LICHEN, 0.35))
    c.path(
        knob, c.radial((0, light(OAK, 0.5)), (0.6, OAK), (1, dark(OAK, 0.4)), centre=(0.35, 0.3), radius=0.7)
    )


def vase(c: Canvas) -> None:
    """Draw the tall fluted vase."""
    shadow(c, 800, 1254, 168, strength=1.2, long=1.5)
    profile: list[Point] = [
        (430, 150),
        (520, 158),
        (700, 190),
        (860, 208),
        (1020, 204),
        (1160, 182),
        (1244, 158),
    ]
    outline = turned(800, [profile])
    body(c, outline, CLAY, depth=0.46, low=0.38, shine=0.3)
    with c.group(clip_path=c.clip(outline)):
        for step in range(-8, 9):
            angle = math.radians(step * 10.6)
            line = smooth([(800 + r * math.sin(angle), y + r * 0.15 * math.cos(angle)) for y, r in profile])
            wide = 15 * math.cos(angle) + 3
            c.stroke(line, dark(CLAY, 0.55), wide * 0.62, opacity=0.55)
            c.stroke(
                line, light(CLAY, 0.5), wide * 0.36, opacity=0.45, transform=f"translate({wide * 0.6:.1f} 0)"
            )
    c.path(outline, SHADE, filter=c.noise("0.16 0.16", "#5d2f1e", 0.3))
    rim = "M650 430a150 23 0 1 0 300 0a150 23 0 1 0 -300 0Z"
    c.path(rim, light(CLAY, 0.25))
    c.ellipse(800, 432, 132, 18, c.linear((0, dark(CLAY, 0.75)), (1, dark(CLAY, 0.4))))


def jug(c: Canvas) -> None:
    """Draw the earthenware jug with the ink band."""
    glaze = "#f1e9da"
    shadow(c, 790, 1254, 250, strength=1.1, long=1.3)
    handle = smooth([(985, 640), (1110, 610), (1196, 700), (1190, 850), (1120, 960), (1020, 1010)])
    c.stroke(handle, dark(glaze, 0.42), 62)
    c.stroke(handle, dark(glaze, 0.06), 52)
    c.stroke(handle, "#fffdf6", 15, transform="translate(-8 -9)", opacity=0.8)
    outline = turned(
        790,
        [
            [
                (540, 196),
                (620, 186),
                (700, 200),
                (800, 256),
                (920, 306),
                (1030, 312),
                (1140, 276),
                (1220, 220),
                (1252, 196),
            ]
        ],
    )
    body(c, outline, glaze, depth=0.34, low=0.32, shine=0.5)
    with c.group(clip_path=c.clip(outline)):
        for y, wide in ((850, 44), (906, 12)):
            band = f"M440 {y - 8}Q790 {y + 92} 1140 {y - 8}"
            c.stroke(band, INK, wide, opacity=0.86)
        c.path(outline, c.linear((0, SHADE, 0.16), (0.3, "#fff", 0.1), (0.6, SHADE, 0), (1, SHADE, 0.36)))
    shaded(c, outline, low=0.1, shine=0.3)
    lip = "M524 498C556 560 590 604 606 690C640 660 690 600 700 548Z"
    c.path(lip, c.linear((0, light(glaze, 0.5)), (1, dark(glaze, 0.1))))
    mouth = (
        "M986 540A196 30 0 0 0 740 511C660 508 580 502 524 496C560 530 620 556 700 566A196 30 0 0 0 986 540Z"
    )
    c.path(mouth, light(glaze, 0.5), stroke="#d9b59b", stroke_width=5)
    with c.group(clip_path=c.clip(mouth)):
        c.ellipse(796, 543, 178, 23, c.linear((0, dark(glaze, 0.62)), (1, dark(glaze, 0.2))))
        c.stroke("M540 504C620 524 680 534 740 540", dark(glaze, 0.35), 12, filter=c.blur(4))


def eucalyptus(c: Canvas) -> None:
    """Draw branches of eucalyptus that stand in the vase."""
    leaf = "#7d9181"
    for at, stem in enumerate(_STEMS):
        c.stroke(smooth(stem), "#6c6350", 8)
        for step in range(1, 9):
            (x1, y1), (x2, y2) = stem[(step - 1) // 3], stem[(step - 1) // 3 + 1]
            part = ((step - 1) % 3 + 0.6) / 3
            x, y = x1 + (x2 - x1) * part, y1 + (y2 - y1) * part
            size = 58 - step * 3.2
            tone = (leaf, light(leaf, 0.22), dark(leaf, 0.2))[(step + at) % 3]
            tilt = math.degrees(math.atan2(y2 - y1, x2 - x1))
            for side in (-1, 1):
                with c.group(transform=f"translate({x:.0f} {y:.0f}) rotate({tilt + side * 62:.0f})"):
                    blade = f"M0 0C{size * 0.3} {-size * 0.6} {size} {-size * 0.6} {size * 1.25} 0C{size} {size * 0.6} {size * 0.3} {size * 0.6} 0 0Z"
                    c.path(blade, c.linear((0, dark(tone, 0.16)), (1, light(tone, 0.22))))
                    c.stroke(f"M4 0H{size}", light(tone, 0.4), 2.5, opacity=0.7)


_STEMS: tuple[list[Point], ...] = (
    [(790, 450), (700, 280), (600, 130), (470, 30)],
    [(800, 450), (812, 260), (780, 80), (800, -70)],
    [(815, 450), (900, 300), (1010, 190), (1150, 120)],
)


def candlestick(
    c: Canvas, x: float, height: float, *, foot: float = 1250, lit: bool = False, wax: str = "#f2e8d5"
) -> None:
    """Draw one brass candlestick of `height` pixels with its candle."""
    top = foot - height
    shadow(c, x, foot, 100, strength=1.0)
    candle = turned(x, [[(top - 300, 27), (top + 8, 27)]])
    body(c, candle, wax, low=0.12, shine=0.2)
    c.ellipse(x, top - 300, 27, 6, light(wax, 0.5))
    c.stroke(f"M{x} {top - 300}v-22", "#4a3b30", 5)
    base = turned(x, [[(foot - 34, 22), (foot - 26, 60), (foot - 12, 102)], [(foot - 12, 102), (foot, 104)]])
    brass(c, turned(x, [[(top + 20, 17), (foot - 26, 17)]]))
    brass(c, base)
    for share in (0.22, 0.3):
        brass(
            c,
            turned(
                x,
                [
                    [
                        (top + height * share, 26),
                        (top + height * share + 16, 30),
                        (top + height * share + 32, 26),
                    ]
                ],
            ),
        )
    cup = turned(x, [[(top - 6, 56), (top + 10, 52), (top + 26, 24)]])
    brass(c, cup)
    c.ellipse(x, top - 6, 56, 9, light("#b8924a", 0.5))
    c.path(turned(x, [[(top - 44, 28), (top - 6, 29)]]), round_tone(c, wax))
    if lit:
        flame = f"M{x} {top - 420}C{x + 34} {top - 370} {x + 30} {top - 318} {x} {top - 312}C{x - 30} {top - 318} {x - 34} {top - 370} {x} {top - 420}Z"
        c.path(flame, c.down((0, "#ffb347"), (0.5, "#ffe9a8"), (1, "#fff8e0")))
