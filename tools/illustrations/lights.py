"""Pendants, wall lights, the paper lantern and the bulb. Pendants hang from the top at x = 800."""

import math

from tools.illustrations.canvas import Canvas
from tools.illustrations.colours import (
    AMBER,
    BRASS,
    CHALK,
    CHARCOAL,
    GLOW,
    OAK,
    RATTAN,
    SHADE,
    SMOKE,
    dark,
    light,
)
from tools.illustrations.forms import Point, body, brass, polygon, smooth, turned, wooden
from tools.illustrations.lamps import cable, opal
from tools.illustrations.studio import glow, shadow, wall_shadow

BELL: list[Point] = [(470, 54), (500, 110), (560, 196), (650, 284), (760, 352), (880, 396), (960, 408)]


def lune(c: Canvas, *, black: bool = False, lit: bool = True, cord: float = -40) -> None:
    """Draw the opal globe pendant; `cord` is where its cord begins above."""
    ball = "M480 800a320 320 0 1 0 640 0a320 320 0 1 0 -640 0Z"
    wall_shadow(c, ball, 130, 120, deviation=46, strength=0.16)
    cable(c, f"M800 {cord}V420", "#4c443c")
    opal(c, ball, lit=False)
    if lit:
        c.path(ball, c.radial((0, "#fffdf2", 1), (0.6, "#ffedc2", 0.85), (1, "#f0c384", 0.35), radius=0.54))
    c.path(ball, c.radial((0.6, SHADE, 0), (1, SHADE, 0.3), centre=(0.4, 0.38), radius=0.66))
    c.path(ball, c.radial((0, "#fff", 0.8), (1, "#fff", 0), centre=(0.3, 0.24), radius=0.16))
    cup = turned(800, [[(400, 30), (412, 52), (450, 78), (500, 104)], [(500, 104), (520, 106)]])
    if black:
        body(c, cup, CHARCOAL, low=0.1, shine=0.35)
    else:
        brass(c, cup)
    if lit:
        glow(c, 800, 800, 760, strength=0.34)


def _rib(angle: float, *, twist: float = 0.0) -> str:
    low, high = BELL[0][0], BELL[-1][0]
    turn = ((math.radians(angle + twist * (y - low) / (high - low)), y, r) for y, r in BELL)
    return smooth([(800 + r * math.sin(a), y + r * 0.15 * math.cos(a)) for a, y, r in turn])


def _strand(c: Canvas, path: str, width: float, *, behind: bool) -> None:
    if behind:
        c.stroke(path, dark(RATTAN, 0.5), width)
        return
    c.stroke(path, dark(RATTAN, 0.42), width)
    c.stroke(path, RATTAN, width * 0.66)
    with c.group(transform="translate(-1.5 -1.5)", opacity=0.7):
        c.stroke(path, light(RATTAN, 0.5), width * 0.25)


def cigale(c: Canvas, *, lit: bool = True) -> None:
    """Draw the rattan bell."""
    outline = turned(800, [BELL])
    wall_shadow(c, outline, 120, 110, deviation=36, strength=0.2)
    cable(c, "M800 -40V440", "#8a7a63")
    c.path(outline, c.down((0, dark(RATTAN, 0.66), 0.75), (1, dark(RATTAN, 0.5), 0.4)))
    for angle in range(96, 270, 14):
        _strand(c, _rib(angle, twist=50), 7, behind=True)
    c.ellipse(800, 760, 84, 92, c.radial((0, "#fffef4"), (0.7, "#ffeab5"), (1, "#efbf6e")))
    if lit:
        glow(c, 800, 770, 560, strength=0.95)
    for twist in (58, -58):
        for angle in range(-118, 119, 14):
            _strand(c, _rib(angle, twist=twist), 9, behind=False)
    for at, (y, r) in enumerate(BELL[1:], start=1):
        hoop = f"M{800 - r} {y}A{r} {r * 0.15} 0 0 0 {800 + r} {y}"
        _strand(c, hoop, 20 if at == len(BELL) - 1 else 10, behind=False)
    c.path(outline, c.linear((0, "#fffaf0", 0.2), (0.4, SHADE, 0), (1, SHADE, 0.34)))
    brass(c, turned(800, [[(424, 26), (440, 58), (486, 64)]]))
    if lit:
        glow(c, 800, 840, 720, strength=0.3)


def bulb(c: Canvas, x: float, y: float, radius: float, *, lit: bool = True, turn: float = 0) -> None:
    """Draw a globe of amber glass with its looped filament, without the cap."""
    tint = c.radial(
        (0, "#ffe2a6", 0.35), (0.62, AMBER, 0.3), (0.93, AMBER, 0.62), (1, dark(AMBER, 0.3), 0.8), radius=0.5
    )
    if lit:
        glow(c, x, y, radius * 1.3, strength=0.75)
    r = radius
    with c.group(transform=f"rotate({turn} {x} {y})"):
        for dx in (-0.3, -0.1, 0.1, 0.3):
            loop = smooth(
                [(x + dx * r * 0.5, y - r * 0.72), (x + dx * r * 1.5, y), (x + dx * r * 0.9, y + r * 0.46)]
            )
            c.stroke(loop, "#f0a640", r * 0.05, opacity=0.8)
            c.stroke(loop, "#fff6d2", r * 0.026)
    c.ellipse(x, y, radius, radius, tint)
    c.ellipse(
        x, y, radius, radius, c.radial((0, "#fff", 0.75), (1, "#fff", 0), centre=(0.3, 0.24), radius=0.22)
    )
    c.stroke(
        smooth([(x + r * 0.62, y + r * 0.62), (x + r * 0.8, y + r * 0.3), (x + r * 0.85, y)]),
        "#fff",
        r * 0.03,
        opacity=0.4,
    )


def fumee(c: Canvas, *, lit: bool = True, cord: float = -40) -> None:
    """Draw the smoked glass bell with its filament bulb."""
    bell = turned(
        800,
        [
            [(470, 62), (510, 70), (560, 128), (640, 226), (740, 292), (850, 328), (950, 340)],
            [(950, 340), (968, 338)],
        ],
    )
    wall_shadow(c, bell, 120, 110, deviation=34, strength=0.2)
    cable(c, f"M800 {cord}V360", "#3c332c")
    c.ellipse(800, 966, 338, 50, dark(SMOKE, 0.3), opacity=0.35)
    brass(c, turned(800, [[(520, 34), (596, 34)]]))
    bulb(c, 800, 712, 112, lit=lit)
    c.path(
        bell,
        c.linear(
            (0, dark(SMOKE, 0.5), 0.85),
            (0.14, SMOKE, 0.42),
            (0.5, SMOKE, 0.2),
            (0.85, SMOKE, 0.48),
            (1, dark(SMOKE, 0.55), 0.88),
        ),
    )
    c.path(bell, c.down((0, dark(SMOKE, 0.62), 0.9), (0.4, dark(SMOKE, 0.4), 0.34), (1, SMOKE, 0.05)))
    for side, opacity in ((-1, 0.55), (1, 0.24)):
        streak = smooth([(800 + side * 150, 610), (800 + side * 238, 720), (800 + side * 282, 880)])
        with c.group(filter=c.blur(5), opacity=opacity):
            c.stroke(streak, "#fff6e6", 17)
    c.path("M460 958A340 51 0 0 0 1140 958", stroke=light(SMOKE, 0.75), stroke_width=6, opacity=0.75)
    c.path("M462 966A338 50 0 0 1 1138 966", stroke=light(SMOKE, 0.4), stroke_width=3, opacity=0.5)
    brass(c, turned(800, [[(352, 22), (372, 58), (490, 66)]]))
    if lit:
        glow(c, 800, 720, 230, strength=0.95)
        glow(c, 800, 740, 640, strength=0.45)


def demi_lune(c: Canvas, *, lit: bool = True, x: float = 800, y: float = 860, scale: float = 1.0) -> None:
    """Draw the half disc of plaster, its flat side up at `y`."""
    with c.group(transform=f"translate({x} {y}) scale({scale})"):
        half = "M-380 0H380A380 380 0 0 1 -380 0Z"
        wall_shadow(c, half, 40, 52, deviation=28, strength=0.34)
        if lit:
            with c.group(filter=c.blur(40), blend="screen"):
                c.path(
                    polygon([(-370, 6), (370, 6), (690, -720), (-690, -720)]),
                    c.down((0, GLOW, 0), (0.45, GLOW, 0.2), (1, GLOW, 0.95)),
                )
            with c.group(filter=c.blur(26), blend="screen"):
                c.ellipse(0, -14, 370, 64, GLOW, opacity=0.85)
        c.path(
            half,
            c.linear((0, light(CHALK, 0.5)), (0.5, CHALK), (1, dark(CHALK, 0.2)), vector=(0.1, 0, 0.9, 1)),
        )
        c.path(half, SHADE, filter=c.noise("0.02 0.03", "#8d7c66", 0.09, octaves=5))
        c.path(half, c.radial((0, "#fff", 0.5), (1, "#fff", 0), centre=(0.26, 0.2), radius=0.5))
        c.rect(
            -382,
            -12,
            764,
            16,
            c.linear((0, dark(BRASS, 0.2)), (0.3, light(BRASS, 0.6)), (0.6, BRASS), (1, dark(BRASS, 0.35))),
        )
        if lit:
            glow(c, 0, -60, 620, strength=0.5, flat=0.7)


def washi(c: Canvas, *, lit: bool = True) -> None:
    """Draw the paper lantern on its oak tripod; foot at (800, 1260)."""
    for x in (650, 950, 800):
        shadow(c, x, 1258 if x != 800 else 1236, 20, strength=0.8)
    for top, foot, y in ((800, 800, 1238), (720, 650, 1260), (880, 950, 1260)):
        leg = polygon([(top - 17, 1010), (top + 17, 1010), (foot + 11, y), (foot - 11, y)])
        wooden(c, leg, OAK if foot != 800 else dark(OAK, 0.25), upright=True)
    c.ellipse(800, 1068, 128, 26, dark(OAK, 0.25))
    ball = "M424 740C424 540 590 420 800 420C1010 420 1176 540 1176 740C1176 940 1010 1074 800 1074C590 1074 424 940 424 740Z"
    opal(c, ball, lit=lit, tone="#f4ead4")
    c.path(ball, SHADE, filter=c.noise("0.01 0.2", "#a58d62", 0.14))
    with c.group(clip_path=c.clip(ball)):
        for at in range(25):
            level = 432 + at * 26.5
            sag = 30 * (level - 560) / 300
            half = 376 * math.sqrt(max(0.0, 1 - ((level - 745) / 335) ** 2)) + 6
            line = f"M{800 - half:.0f} {level}Q800 {level + sag * 1.6 + 12:.0f} {800 + half:.0f} {level}"
            c.stroke(line, "#a98d58", 3, opacity=0.5)
            c.stroke(f"{line}", "#fffdf0", 3, opacity=0.55, transform="translate(0 4)")
    c.path(ball, c.linear((0, SHADE, 0), (0.6, SHADE, 0), (1, SHADE, 0.16)))
    c.ellipse(
        800, 424, 82, 13, "#fff0c4" if lit else dark(CHALK, 0.3), stroke=light(OAK, 0.2), stroke_width=6
    )
    if lit:
        glow(c, 800, 740, 760, strength=0.4)


def globe(c: Canvas) -> None:
    """Draw the bulb lying on the floor."""
    shadow(c, 730, 1255, 190, tilt=0.12, strength=0.8)
    shadow(c, 1120, 1256, 60, tilt=0.14, strength=0.8)
    with c.group(transform="translate(680 975) rotate(22)"):
        neck = "M190 -208C280 -150 330 -90 392 -84V84C330 90 280 150 190 208A282 282 0 0 0 190 -208Z"
        c.path(
            neck,
            c.down((0, dark(AMBER, 0.3), 0.8), (0.3, light(AMBER, 0.3), 0.4), (1, dark(AMBER, 0.2), 0.7)),
        )
    bulb(c, 680, 975, 282, turn=112)
    glow(c, 680, 975, 210, strength=0.8)
    glow(c, 680, 975, 520, strength=0.75)
    with c.group(transform="translate(680 975) rotate(22)"):
        c.stroke("M120 0H384", "#d9b272", 16, opacity=0.5)
        cap = "M380 -86H520C536 -50 536 50 520 86H380C392 40 392 -40 380 -86Z"
        c.path(
            cap, c.down((0, dark(BRASS, 0.3)), (0.2, light(BRASS, 0.6)), (0.5, BRASS), (1, dark(BRASS, 0.5)))
        )
        for x in (404, 436, 468, 500):
            c.stroke(f"M{x} -84C{x + 16} -40 {x + 16} 40 {x} 84", dark(BRASS, 0.5), 7)
            c.stroke(f"M{x + 10} -82C{x + 26} -40 {x + 26} 40 {x + 10} 82", light(BRASS, 0.5), 5, opacity=0.7)
        c.path(
            "M522 -60C566 -44 578 -22 578 0C578 22 566 44 522 60Z",
            c.down((0, "#5b5148"), (0.4, "#8b8076"), (1, "#2b2521")),
        )


def woven_shadow(c: Canvas) -> None:
    """Throw the shadow of woven rattan on the wall, in rays from (800, 760)."""
    with c.group(filter=c.blur(5), opacity=0.34):
        for angle in range(0, 360, 9):
            a, b = math.radians(angle), math.radians(angle + 34)
            for first, second in ((a, b), (b, a)):
                bend = smooth(
                    [
                        (800 + 330 * math.cos(first), 760 + 330 * math.sin(first)),
                        (800 + 640 * math.cos((a + b) / 2), 760 + 640 * math.sin((a + b) / 2)),
                        (800 + 1160 * math.cos(second), 760 + 1160 * math.sin(second)),
                    ]
                )
                c.stroke(bend, SHADE, 26)
