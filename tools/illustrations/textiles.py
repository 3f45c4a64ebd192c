"""Throws, cushions and the rug, with the furniture that they lie on."""

import math

from tools.illustrations.canvas import Canvas
from tools.illustrations.colours import ECRU, OAK, SAGE, SHADE, dark, light
from tools.illustrations.forms import Point, closed, polygon, round_bar, smooth, turned, wooden, woven
from tools.illustrations.studio import shadow, wall_shadow

FLAX = "#d9cbb0"


def cloth(c: Canvas, path: str, colour: str, *, weave: float = 0.34) -> None:
    """Paint a piece of woven cloth."""
    c.path(
        path,
        c.linear((0, light(colour, 0.26)), (0.5, colour), (1, dark(colour, 0.24)), vector=(0.05, 0, 0.95, 1)),
    )
    woven(c, path, strength=weave, colour=dark(colour, 0.6))


def stool(c: Canvas) -> None:
    """Draw a round oak stool, its seat at y = 900, its feet at y = 1260."""
    for x in (560, 1040, 720, 880):
        shadow(c, x, 1258 if x in (560, 1040) else 1236, 22, strength=0.8)
    for top, foot, y in ((740, 720, 1238), (860, 880, 1238), (610, 560, 1262), (990, 1040, 1262)):
        leg = polygon([(top - 22, 920), (top + 22, 920), (foot + 14, y), (foot - 14, y)])
        wooden(c, leg, OAK if y == 1262 else dark(OAK, 0.3), upright=True)
    wooden(c, turned(800, [[(900, 320)], [(900, 320), (944, 312)]], tilt=0.13), dark(OAK, 0.08))
    c.ellipse(800, 900, 320, 42, c.linear((0, light(OAK, 0.3)), (1, OAK)))


def throw_folded(c: Canvas, colour: str) -> None:
    """Draw the throw folded on the stool, its fringe hanging in front."""
    stool(c)
    c.ellipse(815, 902, 300, 34, SHADE, opacity=0.4, filter=c.blur(14))
    for at in range(4):
        y, half = 830 - at * 72, 292 - (at % 2) * 10 - at * 5
        layer = f"M{800 - half} {y}q-34 38 2 74C{700} {y + 96} 900 {y + 96} {800 + half - 2} {y + 74}q36 -38 2 -74C900 {y - 26} 700 {y - 26} {800 - half} {y}Z"
        cloth(c, layer, colour, weave=0.5)
        c.path(layer, c.down((0, "#fffaf0", 0.22), (0.4, SHADE, 0), (1, SHADE, 0.46)))
        c.stroke(
            f"M{800 - half + 6} {y + 70}C700 {y + 92} 900 {y + 92} {800 + half - 6} {y + 70}",
            dark(colour, 0.6),
            5,
            opacity=0.5,
        )
    flap = "M612 606C700 588 900 588 988 606L1000 1016C900 1034 700 1034 600 1016Z"
    wall_shadow(c, flap, 12, 16, deviation=14, strength=0.3)
    cloth(c, flap, colour, weave=0.55)
    with c.group(clip_path=c.clip(flap)):
        for x in range(560, 1080, 26):
            c.stroke(f"M{x} 560L{x + 60} 1060", light(colour, 0.3), 3, opacity=0.3)
        for y, wide in ((900, 26), (946, 10)):
            c.stroke(
                f"M590 {y}C700 {y + 18} 900 {y + 18} 1010 {y}",
                light(colour, 0.5) if colour != ECRU else dark(colour, 0.3),
                wide,
                opacity=0.75,
            )
        c.path(flap, c.down((0, "#fffaf0", 0.42), (0.1, "#fffaf0", 0.1), (0.24, SHADE, 0), (1, SHADE, 0.22)))
        for x, wide in ((690, 46), (890, 60)):
            c.stroke(
                f"M{x} 640C{x + 10} 760 {x - 12} 900 {x} 1030", SHADE, wide, opacity=0.12, filter=c.blur(18)
            )
    _fringe(
        c, [(x, 1016 + 15 * math.sin(math.pi * (x - 600) / 400)) for x in range(610, 996, 19)], 92, colour
    )


def _fringe(c: Canvas, points: list[Point], length: float, colour: str) -> None:
    for at, (x, y) in enumerate(points):
        sway = ((at * 7) % 5 - 2) * 3
        tassel = f"M{x - 5} {y}C{x - 7} {y + 30} {x - 9 + sway} {y + length - 10} {x - 6 + sway} {y + length}H{x + 8 + sway}C{x + 10 + sway} {y + length - 10} {x + 7} {y + 30} {x + 5} {y}Z"
        c.path(tassel, c.linear((0, light(colour, 0.2)), (1, dark(colour, 0.34))))
        c.ellipse(x, y + 15, 8, 7, dark(colour, 0.14))


def cushion(c: Canvas, colour: str) -> None:
    """Draw the linen cushion standing on its edge."""
    shadow(c, 800, 1246, 390, strength=1.15, tilt=0.11)
    outline = closed(
        [
            (352, 418), (480, 448), (800, 474), (1120, 448), (1248, 418), (1240, 560), (1222, 840), (1240, 1100),
            (1256, 1254), (1110, 1232), (800, 1216), (490, 1232), (344, 1254), (360, 1100), (378, 840), (360, 560),
        ]
    )  # fmt: skip
    cloth(c, outline, colour, weave=0.42)
    c.path(
        outline,
        c.radial(
            (0, "#fffaf0", 0.36),
            (0.45, "#fffaf0", 0.06),
            (0.7, SHADE, 0.06),
            (1, SHADE, 0.42),
            centre=(0.42, 0.4),
            radius=0.68,
        ),
    )
    with c.group(clip_path=c.clip(outline)):
        for crease in _CREASES:
            c.stroke(smooth(crease), SHADE, 34, opacity=0.17, filter=c.blur(17))
            c.stroke(
                smooth(crease), "#fffaf0", 16, opacity=0.15, filter=c.blur(12), transform="translate(-18 -16)"
            )
    c.path(outline, stroke=dark(colour, 0.36), stroke_width=17)
    c.path(outline, stroke=light(colour, 0.16), stroke_width=10)
    c.path(outline, stroke=light(colour, 0.5), stroke_width=3, opacity=0.6, transform="translate(-2 -2)")


_CREASES: tuple[list[Point], ...] = (
    [(372, 440), (470, 540), (520, 640)],
    [(366, 470), (430, 610), (440, 740)],
    [(1226, 440), (1120, 560), (1070, 650)],
    [(1240, 1230), (1110, 1120), (1050, 1010)],
    [(362, 1230), (480, 1130), (540, 1050)],
    [(372, 1190), (420, 1060), (430, 980)],
    [(700, 1214), (740, 1130), (800, 1090)],
    [(1222, 1180), (1180, 1080), (1180, 980)],
)


def rug(c: Canvas) -> None:
    """Draw the rug with its furrows, from above."""
    x, y, width, height = 340, 190, 920, 1220
    outline = round_bar(x, y, width, height, 16)
    for top, turn in ((y - 54, 1), (y + height - 6, 1)):
        for at in range(46):
            sway = ((at * 5) % 4 - 1.5) * 3
            fx = x + 12 + at * (width - 24) / 45
            c.stroke(
                f"M{fx:.0f} {top + 58 if top < y else top}l{sway:.0f} {-56 if top < y else 60 * turn}",
                light(FLAX, 0.2),
                8,
                opacity=0.95,
            )
    wall_shadow(c, outline, 22, 28, deviation=18, strength=0.36)
    wall_shadow(c, outline, 5, 7, deviation=4, strength=0.4)
    c.path(
        outline,
        c.linear((0, light(FLAX, 0.4)), (0.5, light(FLAX, 0.1)), (1, dark(FLAX, 0.14)), vector=(0, 0, 1, 1)),
    )
    c.path(outline, SHADE, filter=c.noise("0.14 0.14", "#a89468", 0.32))
    with c.group(clip_path=c.clip(outline)):
        for at in range(-6, 22):
            base = at * 84
            line = smooth(
                [
                    (x - 40, base + 210),
                    (x + 190, base + 130),
                    (x + 430, base + 190),
                    (x + 640, base + 270),
                    (x + 800, base + 220),
                    (x + 980, base + 110),
                ]
            )
            tone = (dark(FLAX, 0.3), "#b9694a", dark(FLAX, 0.3), SAGE)[at % 4] if at % 2 else dark(FLAX, 0.22)
            c.stroke(line, SHADE, 22, opacity=0.16, transform="translate(6 10)", filter=c.blur(4))
            c.stroke(line, tone, 13)
            c.stroke(line, light(tone, 0.45), 4, opacity=0.75, transform="translate(-2 -4)")
    c.path(outline, SHADE, filter=c.noise("0.3 0.3", "#6b5a3e", 0.14))
    c.path(outline, stroke=dark(FLAX, 0.26), stroke_width=12)


def rug_rolled(c: Canvas) -> None:
    """Draw the rug rolled up and standing."""
    shadow(c, 800, 1252, 178, strength=1.2, long=1.5)
    outline = turned(800, [[(330, 170), (1250, 170)]])
    c.path(
        outline, c.linear((0, dark(FLAX, 0.28)), (0.3, light(FLAX, 0.42)), (0.6, FLAX), (1, dark(FLAX, 0.42)))
    )
    with c.group(clip_path=c.clip(outline)):
        for at in range(16):
            y = 260 + at * 72
            tone = ("#b9694a", dark(FLAX, 0.26), SAGE, dark(FLAX, 0.26))[at % 4]
            line = smooth([(610, y + 40), (700, y - 16), (800, y + 30), (900, y + 58), (990, y - 10)])
            c.stroke(line, SHADE, 18, opacity=0.22, transform="translate(4 7)")
            c.stroke(line, tone, 15)
            c.stroke(line, light(tone, 0.4), 4, opacity=0.7, transform="translate(-2 -5)")
        c.path(outline, c.linear((0, SHADE, 0.3), (0.3, "#fffaf0", 0.24), (0.6, SHADE, 0), (1, SHADE, 0.5)))
        c.stroke("M930 320V1270", SHADE, 14, opacity=0.4, filter=c.blur(5))
    c.path(outline, SHADE, filter=c.noise("0.2 0.2", "#6d5a3a", 0.4))
    c.ellipse(800, 330, 170, 26, light(FLAX, 0.24))
    for share in (0.84, 0.66, 0.48, 0.3, 0.14):
        c.ellipse(800, 330, 170 * share, 26 * share, stroke=dark(FLAX, 0.42), stroke_width=5)
    for y in (600, 960):
        band = f"M630 {y}A170 26 0 0 0 970 {y}"
        c.stroke(band, dark(OAK, 0.5), 20)
        c.stroke(band, OAK, 9, transform="translate(0 -3)")
    for flip in (-1, 1):
        c.stroke(
            f"M760 626C{760 + flip * 30} 580 {760 + flip * 80} 590 {760 + flip * 66} 626C{760 + flip * 50} 650 {760 + flip * 20} 640 760 628",
            dark(OAK, 0.42),
            11,
        )
        c.stroke(f"M760 630L{760 + flip * 36} 716", dark(OAK, 0.42), 11)


def armchair(c: Canvas, colour: str = SAGE) -> None:
    """Draw an armchair, its feet at y = 1260 about x = 800."""
    shadow(c, 800, 1254, 420, strength=1.1, tilt=0.1)
    for x in (470, 1130):
        wooden(
            c, polygon([(x - 26, 1120), (x + 26, 1120), (x + 12, 1262), (x - 12, 1262)]), OAK, upright=True
        )
    back = "M420 980V560C420 420 520 360 800 360C1080 360 1180 420 1180 560V980Z"
    _boucle(c, back, colour)
    c.path(
        back,
        c.radial((0, "#fffaf0", 0.3), (0.6, SHADE, 0), (1, SHADE, 0.34), centre=(0.4, 0.25), radius=0.75),
    )
    c.ellipse(800, 930, 330, 70, SHADE, opacity=0.35, filter=c.blur(26))
    _boucle(c, round_bar(440, 1010, 720, 150, 40), dark(colour, 0.12))
    seat = round_bar(470, 880, 660, 160, 70)
    _boucle(c, seat, light(colour, 0.06))
    c.path(seat, c.down((0, "#fffaf0", 0.34), (0.5, SHADE, 0), (1, SHADE, 0.36)))
    for x in (340, 1090):
        arm = round_bar(x, 730, 170, 430, 84)
        _boucle(c, arm, colour)
        c.path(arm, c.linear((0, SHADE, 0.06), (0.35, "#fffaf0", 0.26), (0.7, SHADE, 0.05), (1, SHADE, 0.4)))
        c.path(arm, c.down((0, "#fffaf0", 0.22), (0.4, SHADE, 0), (1, SHADE, 0.3)))


def _boucle(c: Canvas, path: str, colour: str) -> None:
    c.path(path, c.linear((0, light(colour, 0.16)), (0.5, colour), (1, dark(colour, 0.26))))
    c.path(path, SHADE, filter=c.noise("0.13 0.13", dark(colour, 0.45), 0.3))
    c.path(path, "#fff", filter=c.noise("0.17 0.17", light(colour, 0.5), 0.26, seed=12))


def throw_draped(c: Canvas, colour: str) -> None:
    """Lay the throw over the back and the seat of the armchair."""
    drape = "M560 372C640 350 760 344 840 352C866 520 880 700 872 880C900 900 930 940 940 1120C840 1150 700 1150 604 1128C600 1000 590 930 586 890C560 720 550 520 560 372Z"
    c.path(drape, SHADE, opacity=0.3, filter=c.blur(16), transform="translate(18 10)")
    cloth(c, drape, colour, weave=0.5)
    with c.group(clip_path=c.clip(drape)):
        for y, wide in ((1020, 24), (1064, 10)):
            c.stroke(
                f"M590 {y}C700 {y + 22} 840 {y + 22} 950 {y - 6}", dark(colour, 0.28), wide, opacity=0.75
            )
        c.stroke("M570 884C660 920 800 920 890 880", SHADE, 44, opacity=0.34, filter=c.blur(14))
        for x in (640, 740, 820):
            c.stroke(
                f"M{x} 350C{x + 14} 560 {x + 6} 760 {x + 12} 880", SHADE, 30, opacity=0.16, filter=c.blur(12)
            )
            c.stroke(
                f"M{x + 34} 350C{x + 46} 560 {x + 40} 760 {x + 46} 880",
                "#fffaf0",
                22,
                opacity=0.26,
                filter=c.blur(10),
            )
        c.path(drape, c.down((0, "#fffaf0", 0.4), (0.1, SHADE, 0), (1, SHADE, 0.12)))
    _fringe(
        c, [(x, 1128 + 18 * math.sin(math.pi * (x - 604) / 336)) for x in range(612, 940, 18)], 74, colour
    )
