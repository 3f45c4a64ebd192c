"""Maison Brume: its four products, its cover and its logo."""

import random

from tools.illustrations.canvas import Canvas
from tools.illustrations.colours import AMBER, CHALK, OAK, SHADE, dark, light
from tools.illustrations.forms import body, round_bar, shaded, smooth, speckles, turned, wooden
from tools.illustrations.studio import glow, shadow
from tools.illustrations.table import glass

MOSS = "#6f8273"
WAX = "#f5ecd9"
SEA = "#8fb0b8"


def _flame(c: Canvas, x: float, y: float, size: float) -> None:
    c.stroke(f"M{x} {y}v{-size * 0.26}", "#3d2f26", size * 0.07)
    tip, base = y - size * 1.3, y - size * 0.14
    flame = f"M{x} {tip}C{x + size * 0.3} {y - size * 0.8} {x + size * 0.26} {base} {x} {base}C{x - size * 0.26} {base} {x - size * 0.3} {y - size * 0.8} {x} {tip}Z"
    c.path(flame, c.down((0, "#ffb24a"), (0.5, "#ffe6a0"), (1, "#fffbea")))
    glow(c, x, y - size * 0.7, size * 3.4, strength=0.6)


def candle(c: Canvas, *, lit: bool = True) -> None:
    """Draw the candle in its stoneware beaker."""
    shadow(c, 800, 1252, 260, strength=1.15, long=1.4)
    outline = turned(800, [[(700, 262), (960, 270), (1180, 262), (1232, 246)], [(1232, 246), (1254, 226)]])
    body(c, outline, MOSS, depth=0.4, low=0.4, shine=0.36)
    speckles(c, outline, (530, 700, 540, 560), 420, colour=dark(MOSS, 0.75), seed=6, size=3.2)
    label = turned(800, [[(890, 269), (1090, 267)]])
    with c.group(clip_path=c.clip("M640 860H900V1180H640Z")):
        c.path(label, c.linear((0, dark(CHALK, 0.1)), (0.5, "#fbf5e8"), (1, dark(CHALK, 0.16))))
    leaf = "M770 1090C720 1050 700 990 770 950C840 990 820 1050 770 1090Z"
    c.path(leaf, MOSS)
    c.stroke("M770 1104V970M770 1050L744 1022M770 1030L796 1004", light(MOSS, 0.7), 5)
    c.ellipse(800, 700, 262, 40, light(MOSS, 0.3))
    c.ellipse(800, 703, 246, 35, dark(MOSS, 0.45))
    c.path("M560 716A246 35 0 0 0 1040 716A246 26 0 0 0 560 716Z", WAX)
    c.ellipse(800, 718, 232, 26, c.radial((0, "#fff7e0"), (1, dark(WAX, 0.08))))
    if lit:
        _flame(c, 800, 716, 130)


def diffuser(c: Canvas) -> None:
    """Draw the bottle with its willow stems."""
    shadow(c, 800, 1252, 230, strength=0.9, long=1.4)
    for foot, top in (
        (770, (560, 200)),
        (790, (690, 130)),
        (800, (800, 90)),
        (812, (920, 140)),
        (826, (1040, 220)),
        (806, (860, 250)),
    ):
        stem = f"M{foot} 1120L{top[0]} {top[1]}"
        c.stroke(stem, dark(OAK, 0.35), 15)
        c.stroke(stem, light(OAK, 0.12), 8, transform="translate(-2 0)")
    outline = turned(
        800,
        [
            [(640, 70), (740, 70)],
            [(740, 70), (770, 130), (810, 212), (900, 238), (1180, 238), (1226, 226)],
            [(1226, 226), (1252, 204)],
        ],
    )
    c.path(outline, light(SEA, 0.3), opacity=0.3)
    liquid = turned(800, [[(950, 230), (1180, 230), (1236, 204)]])
    c.path(
        liquid, c.linear((0, dark(SEA, 0.25), 0.6), (0.4, light(SEA, 0.5), 0.5), (1, dark(SEA, 0.35), 0.7))
    )
    c.ellipse(800, 950, 230, 32, light(SEA, 0.6), opacity=0.6)
    glass(c, outline, SEA)
    label = round_bar(690, 980, 210, 170, 6)
    c.path(label, c.linear((0, dark(CHALK, 0.04)), (0.5, "#fdf8ee"), (1, dark(CHALK, 0.1))))
    for at in range(3):
        y = 1040 + at * 28
        c.stroke(smooth([(724, y), (758, y - 14), (794, y), (830, y + 14), (866, y)]), SEA, 7)
    with c.group(filter=c.blur(5), opacity=0.75):
        c.stroke(smooth([(604, 880), (592, 1000), (596, 1150)]), "#fff", 20)
    collar = turned(800, [[(622, 80), (690, 82)]])
    wooden(c, collar, OAK, upright=True)
    shaded(c, collar, low=0.3, shine=0.3)
    c.ellipse(800, 622, 80, 12, light(OAK, 0.3))
    c.ellipse(800, 622, 52, 7, dark(OAK, 0.7))


def soap(c: Canvas) -> None:
    """Draw two bars of soap on a slatted dish."""
    shadow(c, 800, 1250, 420, strength=1.1, tilt=0.1)
    for at in range(5):
        x = 470 + at * 150
        wooden(c, round_bar(x, 1180, 60, 74, 8), dark(OAK, 0.3), upright=True)
    wooden(c, round_bar(370, 1136, 860, 60, 22), OAK)
    chance = random.Random(8)
    for x, y, turn, tone in ((800, 1020, 0, "#ead7b0"), (810, 868, -5, "#f0e1c0")):
        with c.group(transform=f"rotate({turn} {x} {y})"):
            bar = round_bar(x - 320, y - 84, 640, 200, 70)
            c.path(bar, SHADE, opacity=0.4, filter=c.blur(12), transform="translate(10 14)")
            c.path(bar, c.down((0, light(tone, 0.5)), (0.36, tone), (1, dark(tone, 0.24))))
            top = round_bar(x - 316, y - 84, 632, 96, 46)
            c.path(top, c.linear((0, light(tone, 0.7)), (1, light(tone, 0.1))))
            with c.group(clip_path=c.clip(bar)):
                for _ in range(70):
                    fx, fy = x - 310 + 620 * chance.random(), y - 80 + 190 * chance.random()
                    c.ellipse(
                        fx,
                        fy,
                        11 + 8 * chance.random(),
                        6,
                        dark(tone, 0.2 + 0.2 * chance.random()),
                        opacity=0.55,
                        transform=f"rotate({chance.randrange(180)} {fx:.0f} {fy:.0f})",
                    )
            c.path(bar, c.linear((0, "#fff", 0.26), (0.5, "#fff", 0), (1, SHADE, 0.24)))


def gift_box(c: Canvas) -> None:
    """Draw the open box with three amber candles."""
    grey = "#8f9490"
    shadow(c, 800, 1256, 450, strength=1.1, tilt=0.09)
    c.path("M350 880L386 470H1214L1250 880Z", c.down((0, light(grey, 0.14)), (1, dark(grey, 0.3))))
    c.path("M404 490H1196L1226 860H374Z", c.down((0, light(grey, 0.3)), (1, dark(grey, 0.1))))
    leaf = smooth([(800, 780), (740, 700), (760, 600), (800, 560), (840, 600), (860, 700), (800, 780)])
    c.path(leaf, light(grey, 0.44), opacity=0.8)
    c.stroke("M800 800V600", grey, 6)
    c.path("M330 880H1270V930H330Z", dark(grey, 0.55))
    for x in (540, 800, 1060):
        beaker = turned(x, [[(800, 112), (1080, 106)]])
        c.path(beaker, dark(AMBER, 0.35))
        c.path(turned(x, [[(842, 102), (1080, 98)]]), "#f0d9ac")
        glass(c, beaker, AMBER)
        c.ellipse(x, 800, 112, 17, stroke=light(AMBER, 0.5), stroke_width=6)
        c.ellipse(x, 842, 100, 13, "#f8ead0")
        _flame(c, x, 842, 62)
        with c.group(filter=c.blur(4), opacity=0.6):
            c.stroke(f"M{x - 78} 840V930", "#fff", 12)
    front = "M330 934H1270L1256 1256H344Z"
    c.path(front, c.linear((0, light(grey, 0.22)), (0.5, grey), (1, dark(grey, 0.24))))
    c.path(front, c.down((0, "#fff", 0.16), (0.1, "#fff", 0), (1, SHADE, 0.24)))
    c.path(front, SHADE, filter=c.noise("0.3 0.3", dark(grey, 0.5), 0.18))
    ribbon = "#efe5d0"
    c.path(
        "M330 1060H1270L1266 1122H334Z",
        c.linear((0, dark(ribbon, 0.1)), (0.4, "#fffaf0"), (1, dark(ribbon, 0.2))),
    )
    for flip in (-1, 1):
        c.path(
            f"M800 1092C{800 + flip * 60} 1010 {800 + flip * 170} 990 {800 + flip * 176} 1050C{800 + flip * 176} 1110 {800 + flip * 90} 1120 800 1092Z",
            c.linear((0, dark(ribbon, 0.12)), (0.5, "#fffaf0"), (1, dark(ribbon, 0.2))),
        )
        c.path(
            f"M796 1092L{800 + flip * 80} 1226L{800 + flip * 120} 1206L{800 + flip * 24} 1086Z",
            c.linear((0, "#fffaf0"), (1, dark(ribbon, 0.16))),
        )
    c.path(
        round_bar(768, 1062, 64, 58, 22),
        c.linear((0, dark(ribbon, 0.06)), (0.4, "#fffdf6"), (1, dark(ribbon, 0.22))),
    )


def cover() -> Canvas:
    """Hills in the mist with candles before them."""
    c = Canvas(2000, 740)
    c.rect(0, 0, 2000, 740, c.down((0, "#dfe5df"), (0.5, "#efe6d8"), (1, "#d9c9b6")))
    c.ellipse(1390, 210, 74, 74, "#fbf2dd", opacity=0.95)
    glow(c, 1390, 210, 330, strength=0.5, colour="#fff0cf")
    for at, (base, tone) in enumerate(
        ((330, "#bccbc6"), (400, "#9db3ad"), (470, "#7d978f"), (540, "#5f7c73"))
    ):
        points = [
            (x * 250 - 100, base + 56 * ((-1) ** (x + at)) + ((x * 37 + at * 53) % 60)) for x in range(10)
        ]
        hill = f"{smooth([(float(x), float(y)) for x, y in points])}V740H-100Z"
        c.path(hill, c.down((0, tone), (0.6, light(tone, 0.4)), (1, light(tone, 0.6))))
        with c.group(filter=c.blur(30), opacity=0.5):
            c.ellipse(400 + at * 420, base + 130, 620, 46, "#f7f3ea")
    wooden(c, "M-10 610H2010V750H-10Z", light(OAK, 0.12))
    c.rect(0, 610, 2000, 130, c.down((0, SHADE, 0.24), (0.3, SHADE, 0), (1, "#fff", 0.16)))
    for x, y, scale, draw in (
        (1000, 676, 0.62, candle),
        (700, 668, 0.48, diffuser),
        (1330, 684, 0.46, soap),
        (390, 680, 0.44, gift_box),
        (1650, 676, 0.5, candle),
    ):
        with c.placed(x, y, scale):
            draw(c)
    return c


def logo() -> Canvas:
    """The round sign of Maison Brume: a flame over hills."""
    c = Canvas(800, 800)
    c.rect(0, 0, 800, 800, c.linear((0, "#5d7f75"), (1, "#3d5a52"), vector=(0, 0, 1, 1)))
    cream = "#f3ecdc"
    c.ellipse(400, 400, 316, 316, stroke=cream, stroke_width=7, opacity=0.85)
    c.path(
        "M400 180C470 280 500 330 500 400A100 100 0 0 1 300 400C300 330 330 280 400 180Z",
        c.down((0, "#ffd38a"), (1, cream)),
    )
    c.path("M400 330C430 380 444 400 444 432A44 44 0 0 1 356 432C356 400 370 380 400 330Z", "#e9a95a")
    for y, opacity in ((540, 1.0), (586, 0.7), (630, 0.4)):
        c.stroke(
            smooth([(220, y), (310, y - 26), (400, y), (490, y + 26), (580, y)]), cream, 13, opacity=opacity
        )
    return c
