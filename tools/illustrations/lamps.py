"""Table and floor lamps, each drawn about its foot at (800, 1260)."""

from itertools import pairwise

from tools.illustrations.canvas import Canvas
from tools.illustrations.colours import BRASS, CHALK, ECRU, GLOW, INK, OAK, SHADE, dark, light
from tools.illustrations.forms import (
    Point,
    body,
    brass,
    brass_tone,
    polygon,
    round_tone,
    shaded,
    speckles,
    turned,
    wooden,
    woven,
)
from tools.illustrations.studio import glow, shadow

OPAL = "#f5eddd"
MARBLE = "#9d9a96"


def rod(c: Canvas, path: str, width: float, colour: str = BRASS) -> None:
    """Paint a metal tube along `path`: a dark edge, the metal, a line of light."""
    c.stroke(path, dark(colour, 0.48), width)
    c.stroke(path, colour, width * 0.72)
    with c.group(transform=f"translate({-width * 0.13:.1f} {-width * 0.1:.1f})"):
        c.stroke(path, light(colour, 0.62), width * 0.22)


def cable(c: Canvas, path: str, colour: str = "#5a5048") -> None:
    """Lay a textile cable along `path`."""
    c.stroke(path, dark(colour, 0.2), 9)
    c.stroke(path, light(colour, 0.22), 3, stroke_dasharray="5 7")


def opal(c: Canvas, path: str, *, lit: bool, tone: str = OPAL) -> None:
    """Paint a body of milky glass, shining from inside when `lit`."""
    c.path(
        path,
        c.linear(
            (0, dark(tone, 0.2)), (0.12, dark(tone, 0.05)), (0.34, "#fffdf6"), (0.66, tone), (1, dark(tone, 0.26))
        ),
    )  # fmt: skip
    c.path(path, c.down((0, "#fff", 0.2), (0.6, SHADE, 0), (1, SHADE, 0.14)))
    if lit:
        c.path(
            path,
            c.radial(
                (0, "#fff6dc", 0.98),
                (0.55, "#ffe9b8", 0.85),
                (1, "#f3c27a", 0.45),
                centre=(0.5, 0.62),
                radius=0.72,
            ),
        )
    c.path(path, c.radial((0, "#fff", 0.75), (1, "#fff", 0), centre=(0.27, 0.22), radius=0.2))


def linen_shade(
    c: Canvas,
    cx: float,
    top: tuple[float, float],
    low: tuple[float, float],
    *,
    lit: bool = True,
    colour: str = ECRU,
) -> None:
    """Paint a linen shade between two circles, each given as (y, radius); the rim at the top is open."""
    (top_y, top_r), (low_y, low_r) = top, low
    path = turned(cx, [[top, low]])
    c.path(path, round_tone(c, colour, 0.3))
    if lit:
        c.path(
            path,
            c.radial(
                (0, "#fff3d2", 0.95), (0.5, GLOW, 0.6), (1, GLOW, 0.05), centre=(0.48, 0.6), radius=0.62
            ),
        )
    woven(c, path, strength=0.34)
    c.path(path, c.down((0, SHADE, 0.14), (0.12, SHADE, 0), (0.86, SHADE, 0), (1, SHADE, 0.2)))
    rim, hem = light(colour, 0.35), dark(colour, 0.12)
    c.ellipse(
        cx,
        top_y,
        top_r,
        top_r * 0.15,
        dark(colour, 0.25) if not lit else "#ffe7b4",
        stroke=rim,
        stroke_width=9,
    )
    c.path(
        f"M{cx - low_r} {low_y}A{low_r} {low_r * 0.15} 0 0 0 {cx + low_r} {low_y}", stroke=hem, stroke_width=9
    )
    c.path(
        f"M{cx - low_r} {low_y}A{low_r} {low_r * 0.15} 0 0 0 {cx + low_r} {low_y}", stroke=rim, stroke_width=3
    )


def opale(c: Canvas, *, lit: bool = True) -> None:
    """Draw the mushroom lamp."""
    shadow(c, 800, 1254, 205)
    foot = turned(
        800,
        [
            [(735, 62), (840, 66), (960, 84), (1090, 128), (1200, 184), (1232, 200)],
            [(1232, 200), (1256, 200)],
        ],
    )
    opal(c, foot, lit=False, tone="#f0e6d3")
    if lit:
        c.path(foot, c.down((0, "#ffd48a", 0.75), (0.45, GLOW, 0.22), (0.8, GLOW, 0)))
    c.path(foot, c.down((0, SHADE, 0.45 if not lit else 0.12), (0.22, SHADE, 0)))
    brass(c, turned(800, [[(792, 74), (826, 76)]]))
    cap = turned(
        800,
        [
            [(392, 0), (394, 60), (412, 150), (462, 250), (545, 328), (650, 372), (738, 382)],
            [(738, 382), (760, 372)],
        ],
    )
    opal(c, cap, lit=lit)
    if lit:
        glow(c, 800, 640, 760, strength=0.42)


def orion(c: Canvas, *, lit: bool = True) -> None:
    """Draw the arc floor lamp."""
    shadow(c, 470, 1262, 150)
    base = turned(470, [[(1196, 142)], [(1196, 142), (1258, 142)]])
    c.path(base, round_tone(c, MARBLE, 0.4))
    c.path(base, "#fff", filter=c.noise("0.012 0.03", "#efece6", 0.85, seed=8, octaves=5))
    c.ellipse(470, 1196, 142, 22, light(MARBLE, 0.3))
    c.ellipse(470, 1196, 142, 22, "#fff", filter=c.noise("0.02 0.05", "#efece6", 0.8, seed=2, octaves=5))
    rod(c, "M470 1192C468 760 520 262 870 236C1050 224 1130 330 1140 452", 21)
    brass(c, turned(470, [[(1150, 24), (1196, 30)]]))
    brass(c, turned(1140, [[(440, 20), (486, 34)]]))
    inside = light(GLOW, 0.55) if lit else dark(CHALK, 0.2)
    if lit:
        beam = polygon([(985, 668), (1295, 668), (1520, 1262), (760, 1262)])
        with c.group(filter=c.blur(30), blend="screen"):
            c.path(beam, c.down((0, GLOW, 0.55), (1, GLOW, 0.04)))
    dome = turned(1140, [[(478, 0), (482, 60), (510, 118), (566, 152), (628, 166), (664, 168)]])
    c.path(dome, brass_tone(c))
    shaded(c, dome, low=0.25, shine=0.35, at=(0.3, 0.2))
    c.ellipse(1140, 666, 168, 25, inside, stroke=dark(BRASS, 0.25), stroke_width=5)
    if lit:
        glow(c, 1140, 690, 330, strength=0.75, flat=0.8)


def galet(c: Canvas, colour: str, *, lit: bool = True) -> None:
    """Draw the stoneware lamp with the linen shade."""
    shadow(c, 800, 1250, 210, strength=1.1)
    brass(c, turned(800, [[(800, 24), (905, 24)]]))
    brass(c, turned(800, [[(885, 48), (908, 52)]]))
    pebble = turned(
        800,
        [
            [
                (900, 66),
                (916, 128),
                (958, 206),
                (1030, 262),
                (1100, 270),
                (1176, 238),
                (1226, 186),
                (1248, 150),
            ]
        ],
    )
    body(c, pebble, colour, depth=0.42, low=0.42, shine=0.4)
    speckles(c, pebble, (520, 900, 560, 360), 420, colour=dark(colour, 0.75), seed=4)
    if lit:
        c.path(pebble, c.down((0, GLOW, 0.5), (0.35, GLOW, 0.05), (1, GLOW, 0)))
    linen_shade(c, 800, (392, 210), (812, 345), lit=lit)
    if lit:
        glow(c, 800, 640, 720, strength=0.34)


def lucio(c: Canvas, colour: str, *, lit: bool = True) -> None:
    """Draw the portable lamp with its ring."""
    shadow(c, 800, 1252, 190)
    c.ellipse(800, 452, 66, 70, stroke=dark(BRASS, 0.45), stroke_width=20)
    c.ellipse(800, 452, 66, 70, stroke=BRASS, stroke_width=14)
    c.ellipse(798, 450, 66, 70, stroke=light(BRASS, 0.6), stroke_width=4)
    brass(c, turned(800, [[(512, 26), (560, 34)]]))
    glass = turned(800, [[(780, 112), (1000, 112), (1186, 112)]])
    c.path(glass, c.linear((0, "#d8ccb6"), (0.3, "#fffaf0"), (0.7, "#efe4cf"), (1, "#bfb199")))
    if lit:
        c.path(
            glass, c.linear((0, "#f7c877", 0.85), (0.3, "#fff8e4"), (0.62, "#fff1c9"), (1, "#f0b964", 0.85))
        )
        c.path(glass, c.down((0, "#fff", 0.5), (0.5, "#fff", 0), (1, "#eab25c", 0.45)))
    base = turned(800, [[(1178, 150), (1196, 182)], [(1196, 182), (1252, 186)]])
    body(c, base, colour, low=0.3, shine=0.2)
    c.ellipse(800, 1180, 152, 22, light(colour, 0.3 if not lit else 0.45))
    if lit:
        c.ellipse(800, 1180, 152, 22, c.radial((0, GLOW, 0.9), (1, GLOW, 0.1)))
    c.path(f"M{800 - 112} 1176A112 17 0 0 0 {800 + 112} 1176V1150H688Z", "#ffedc0" if lit else "#e2d7c1")
    hood = turned(
        800, [[(548, 0), (550, 60), (572, 140), (630, 210), (720, 252), (800, 262)], [(800, 262), (816, 258)]]
    )
    body(c, hood, colour, depth=0.4, low=0.28, shine=0.42)
    if lit:
        glow(c, 800, 1010, 560, strength=0.62)


def ecole(c: Canvas, colour: str, *, lit: bool = True) -> None:
    """Draw the jointed desk lamp."""
    shadow(c, 560, 1252, 190)
    if lit:
        with c.group(filter=c.blur(34), blend="screen"):
            c.path(
                polygon([(905, 655), (1130, 520), (1490, 1262), (860, 1262)]),
                c.down((0, GLOW, 0.6), (1, GLOW, 0.08)),
            )
        with c.group(blend="screen"):
            c.ellipse(1165, 1262, 370, 74, c.radial((0, GLOW, 0.55), (1, GLOW, 0)))
    base = turned(560, [[(1186, 40), (1196, 130), (1216, 182)], [(1216, 182), (1252, 188)]])
    rod(c, "M560 1190L560 1130", 34, colour)
    body(c, base, colour, depth=0.38, low=0.3)
    for dx in (-13, 13):
        rod(c, f"M{560 + dx} 1130L{470 + dx} 752", 17, colour)
        rod(c, f"M{470 + dx} 752L{905 + dx} 392", 17, colour)
    _knob(c, (560, 1128))
    _knob(c, (470, 754))
    _lamp_head(c, colour, lit=lit)
    _knob(c, (905, 394))
    cable(c, "M382 1240C300 1262 250 1200 180 1226C130 1244 80 1232 -20 1250", dark(ECRU, 0.4))


def _knob(c: Canvas, at: Point) -> None:
    x, y = at
    c.ellipse(x, y, 34, 34, dark(BRASS, 0.4))
    c.ellipse(
        x,
        y,
        30,
        30,
        c.radial(
            (0, light(BRASS, 0.7)), (0.6, BRASS), (1, dark(BRASS, 0.35)), centre=(0.35, 0.3), radius=0.7
        ),
    )
    c.ellipse(x, y, 10, 10, dark(BRASS, 0.4))


def _lamp_head(c: Canvas, colour: str, *, lit: bool) -> None:
    with c.group(transform="translate(905 394) rotate(-32)"):
        hood = turned(
            0,
            [
                [(-74, 44), (-40, 52)],
                [(-40, 52), (20, 62), (90, 110), (170, 168), (232, 196)],
                [(232, 196), (252, 196)],
            ],
        )
        body(c, hood, colour, depth=0.46, low=0.2, shine=0.4)
        c.ellipse(0, -74, 44, 7, light(colour, 0.2))
        c.ellipse(0, 252, 196, 32, light(colour, 0.5), stroke=dark(colour, 0.2), stroke_width=4)
        if lit:
            c.ellipse(0, 252, 190, 28, c.radial((0, "#fffbe9"), (0.6, GLOW), (1, "#e9b662")))
    if lit:
        glow(c, 1035, 600, 300, strength=0.6)


def dune(c: Canvas, *, lit: bool = True) -> None:
    """Draw the tripod floor lamp."""
    for x in (528, 1072, 845):
        shadow(c, x, 1262 if x != 845 else 1230, 26, strength=0.9)
    with c.group(filter=c.blur(24), opacity=0.2):
        c.ellipse(900, 1262, 380, 40, SHADE)
    for top, foot, tone in ((812, 845, dark(OAK, 0.28)), (786, 528, OAK), (820, 1072, dark(OAK, 0.12))):
        y = 1230 if foot == 845 else 1262
        leg = polygon([(top - 19, 700), (top + 19, 700), (foot + 12, y), (foot - 12, y)])
        wooden(c, leg, tone, upright=True, depth=0.6)
        c.path(leg, c.linear((0, "#fffaf0", 0.25), (0.5, SHADE, 0), (1, SHADE, 0.3)))
    brass(c, turned(803, [[(716, 52), (752, 52)]]))
    linen_shade(c, 800, (298, 232), (668, 300), lit=lit)
    if lit:
        glow(c, 800, 500, 760, strength=0.36)


def phare(c: Canvas) -> None:
    """Draw the lamp shaped like a lighthouse."""
    shadow(c, 800, 1252, 205, strength=1.1)
    edges = [(742, 128), (844, 140), (946, 153), (1048, 167), (1150, 182), (1252, 198)]
    for at, (top, low) in enumerate(pairwise(edges)):
        tone = INK if at % 2 == 0 else CHALK
        ring = turned(800, [[top, low]])
        body(c, ring, tone, low=0.16, shine=0.2)
        speckles(c, ring, (600, top[0], 400, 140), 70, seed=at, colour=dark(tone, 0.7), size=2.6)
    lip = turned(800, [[(712, 150), (742, 150)]])
    body(c, lip, CHALK, low=0.3)
    c.ellipse(800, 712, 150, 22, light(CHALK, 0.4))
    glass = turned(800, [[(520, 92), (706, 92)]])
    c.ellipse(800, 640, 30, 54, "#fff6d8")
    c.path(
        glass,
        c.linear(
            (0, "#fff", 0.6),
            (0.16, "#fff3d0", 0.35),
            (0.5, GLOW, 0.4),
            (0.9, "#fff", 0.2),
            (1, "#8a7a60", 0.5),
        ),
    )
    for x in (712, 800, 888):
        c.stroke(f"M{x} {532 if x == 800 else 524}V{722 if x == 800 else 708}", dark(BRASS, 0.3), 7)
    roof = turned(800, [[(392, 0), (408, 34), (470, 96), (514, 122)], [(514, 122), (530, 122)]])
    c.path(roof, brass_tone(c))
    shaded(c, roof, low=0.2, shine=0.3)
    c.ellipse(
        800,
        384,
        20,
        20,
        c.radial((0, light(BRASS, 0.7)), (1, dark(BRASS, 0.4)), centre=(0.35, 0.3), radius=0.7),
    )
    glow(c, 800, 630, 520, strength=0.55)


def bedside(c: Canvas) -> None:
    """Draw an unlit little pile of books, for scenes: foot at (800, 1260)."""
    shadow(c, 800, 1258, 190, tilt=0.1)
    for y, half, tone in ((1204, 190, INK), (1152, 170, "#b8805f"), (1104, 150, "#cfc3a6")):
        c.path(
            f"M{800 - half} {y}h{2 * half}v52h{-2 * half}Z",
            c.down((0, light(tone, 0.2)), (1, dark(tone, 0.25))),
        )
        c.path(f"M{800 - half + 10} {y + 10}h{2 * half - 10}v32h{-2 * half + 10}Z", "#efe6d2")
        for line in (18, 26, 34):
            c.stroke(f"M{800 - half + 14} {y + line}h{2 * half - 18}", "#c9bb9c", 2)
        c.path(
            f"M{800 - half} {y}h26v52h-26a26 26 0 0 1 0 -52Z",
            c.linear((0, dark(tone, 0.2)), (1, light(tone, 0.14))),
        )
