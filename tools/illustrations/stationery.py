"""Papeterie Nord: its four products, its cover and its logo, all seen from above."""

from tools.illustrations.canvas import Canvas
from tools.illustrations.colours import BRASS, CHALK, CLAY, INK, OAK, SAGE, SHADE, dark, light
from tools.illustrations.forms import polygon, round_bar, smooth, wooden, woven
from tools.illustrations.studio import flat_lay, wall_shadow

PAPER = "#f7f0e1"


def _lift(c: Canvas, path: str, *, strength: float = 0.36) -> None:
    wall_shadow(c, path, 26, 34, deviation=24, strength=strength)
    wall_shadow(c, path, 6, 8, deviation=5, strength=strength)


def notebook(c: Canvas, colour: str) -> None:
    """Draw the notebook, a little turned."""
    with c.group(transform="rotate(-9 800 800)"):
        pages = round_bar(462, 262, 700, 1090, 22)
        _lift(c, pages)
        c.path(pages, dark(PAPER, 0.12))
        for at in range(5):
            c.stroke(f"M{1156 - at * 4} 280V1336", dark(PAPER, 0.3), 1.6)
        outline = round_bar(440, 250, 700, 1090, 26)
        c.path(
            outline,
            c.linear((0, light(colour, 0.2)), (0.5, colour), (1, dark(colour, 0.18)), vector=(0, 0, 1, 1)),
        )
        woven(c, outline, strength=0.4, colour=dark(colour, 0.6))
        c.rect(
            440,
            262,
            84,
            1066,
            c.linear((0, SHADE, 0.4), (0.5, SHADE, 0.12), (0.9, "#fff", 0.12), (1, SHADE, 0.34)),
        )
        c.path(
            "M620 1334V1440L644 1416L668 1440V1334Z",
            c.linear((0, CLAY if colour == INK else INK), (1, dark(CLAY if colour == INK else INK, 0.2))),
        )
        c.rect(
            1030,
            246,
            30,
            1098,
            c.linear((0, dark(colour, 0.5)), (0.4, dark(colour, 0.16)), (1, dark(colour, 0.55))),
        )
        plate = round_bar(620, 470, 300, 170, 10)
        c.path(plate, c.linear((0, PAPER), (1, dark(PAPER, 0.08))), stroke=BRASS, stroke_width=6)
        c.path("M740 600V530H752V508L770 488L788 508V530H800V600Z", colour)
        c.stroke("M668 612H872", light(colour, 0.3), 4)
        c.path(outline, c.radial((0, "#fff", 0.24), (1, "#fff", 0), centre=(0.25, 0.14), radius=0.6))


def pen(c: Canvas) -> None:
    """Draw the fountain pen on a written page."""
    with c.group(transform="rotate(6 800 800)"):
        page = round_bar(300, 180, 1000, 1300, 8)
        _lift(c, page)
        c.path(page, c.linear((0, "#fffaf0"), (1, dark(PAPER, 0.06)), vector=(0, 0, 1, 1)))
        for at in range(9):
            y = 320 + at * 74
            end = (1150, 1190, 1100, 1170, 1130, 1196, 1090, 1160, 700)[at]
            c.stroke(_handwriting(400, y, end, at), INK, 6, opacity=0.85)
    with c.group(transform="translate(840 960) rotate(-38)"):
        for path in ("M-560 -38H180V38H-560Z", "M180 -30L330 -20V20L180 30Z"):
            wall_shadow(c, path, 10, 46, deviation=16, strength=0.45)
        barrel = "M-300 -40H190Q210 0 190 40H-300Z"
        cap = "M-610 -36Q-630 0 -610 36L-270 45Q-262 0 -270 -45Z"
        tone = c.down(
            (0, dark(BRASS, 0.35)),
            (0.2, light(BRASS, 0.65)),
            (0.45, BRASS),
            (0.8, dark(BRASS, 0.36)),
            (1, light(BRASS, 0.1)),
        )
        c.path(
            "M186 -34L330 -22Q340 0 330 22L186 34Q200 0 186 -34Z",
            c.down((0, "#1f1c1a"), (0.25, "#77706a"), (0.5, "#332e2b"), (1, "#12100f")),
        )
        c.path(barrel, tone)
        c.path(cap, tone)
        c.stroke("M-284 -44Q-276 0 -284 44", dark(BRASS, 0.5), 9)
        c.path(
            "M-560 -8Q-572 0 -560 8L-330 16A16 16 0 0 0 -330 -16Z",
            c.down((0, light(BRASS, 0.75)), (0.5, BRASS), (1, dark(BRASS, 0.5))),
        )
        nib = "M328 -24C390 -30 430 -16 486 0C430 16 390 30 328 24Z"
        c.path(nib, c.down((0, "#f2e3bd"), (0.45, "#c7a560"), (1, "#7d602d")))
        c.stroke("M392 0H484", dark(BRASS, 0.7), 3)
        c.ellipse(390, 0, 7, 7, dark(BRASS, 0.7))


def _handwriting(x: float, y: float, end: float, seed: int) -> str:
    points = []
    step = 0
    while x < end:
        lift = ((step * 7 + seed * 5) % 6) * 5
        points.append((x, y - lift if step % 2 else y + 3))
        x += 15 + (step * 11 + seed * 3) % 9
        step += 1
    return smooth(points)


def cards(c: Canvas) -> None:
    """Draw the fan of linocut cards on their envelope."""
    with c.group(transform="translate(800 800) scale(0.88) translate(-800 -810)"):
        _fan(c)


def _fan(c: Canvas) -> None:
    envelope = round_bar(330, 870, 940, 560, 12)
    with c.group(transform="rotate(4 800 1100)"):
        _lift(c, envelope)
        c.path(envelope, c.linear((0, "#cfae84"), (1, "#b08d62"), vector=(0, 0, 1, 1)))
        c.path(envelope, SHADE, filter=c.noise("0.2 0.03", "#7d5c34", 0.3))
        c.stroke("M340 880L800 1210L1260 880", dark("#b08d62", 0.3), 6)
    for turn, x, motif in ((-19, 500, _wave), (1, 800, _lighthouse), (20, 1100, _sun)):
        with c.group(transform=f"rotate({turn} {x} 1100) translate({x - 800} {0 if turn == 1 else 60})"):
            card = round_bar(560, 190, 480, 700, 10)
            _lift(c, card)
            c.path(card, c.linear((0, "#fffaf0"), (1, dark(PAPER, 0.06)), vector=(0, 0, 1, 1)))
            c.stroke("M566 196V884", dark(PAPER, 0.2), 4)
            with c.group(clip_path=c.clip(round_bar(606, 240, 388, 600, 4))):
                motif(c)


def _wave(c: Canvas) -> None:
    c.rect(606, 240, 388, 600, "#dfe4e2")
    c.ellipse(900, 350, 54, 54, CLAY)
    for at in range(6):
        y = 480 + at * 66
        c.stroke(
            smooth([(580, y), (660, y - 44), (740, y), (820, y + 44), (900, y), (1010, y - 44)]),
            INK,
            34 - at * 3,
            opacity=0.95,
        )


def _lighthouse(c: Canvas) -> None:
    c.rect(606, 240, 388, 600, "#efdcc9")
    for angle in (-26, -10, 8):
        c.path(f"M800 372L994 {372 + angle * 9}V{372 + angle * 9 + 50}Z", "#e7b96a", opacity=0.8)
    c.path("M752 420H848L884 760H716Z", CHALK, stroke=INK, stroke_width=5)
    for top in (470, 580, 690):
        c.path(
            f"M{752 - (top - 420) * 0.106} {top}H{848 + (top - 420) * 0.106}L{848 + (top - 366) * 0.106} {top + 54}H{752 - (top - 366) * 0.106}Z",
            CLAY,
        )
    c.path("M764 420V344H836V420ZM748 344L800 296L852 344Z", INK)
    c.path("M606 760C700 720 860 730 994 780V840H606Z", INK)


def _sun(c: Canvas) -> None:
    c.rect(606, 240, 388, 600, "#d9c7a8")
    c.ellipse(800, 470, 130, 130, CLAY)
    for at in range(5):
        c.rect(640, 500 + at * 36, 320, 10 + at * 3, "#d9c7a8")
    for at in range(13):
        x = 616 + at * 31
        c.stroke(
            smooth([(x, 850), (x + 6, 720), (x + (at % 3 - 1) * 26, 600 + (at % 4) * 26)]),
            dark(SAGE, 0.4),
            10,
        )
        c.ellipse(x + (at % 3 - 1) * 26, 590 + (at % 4) * 26, 9, 34, dark(CLAY, 0.4))


def pencils(c: Canvas) -> None:
    """Draw the pencils beside their case."""
    tones = (INK, CLAY, SAGE, "#d3a54b", "#7c5f6e", "#6b5a4c")
    case = round_bar(270, 250, 420, 1100, 26)
    _lift(c, case)
    wooden(c, case, OAK, upright=True)
    c.path(round_bar(310, 290, 340, 1020, 14), dark(OAK, 0.55))
    for at in range(6):
        _pencil(c, 338 + at * 57, 316, tones[at])
    lid = round_bar(286, 830, 388, 540, 16)
    wall_shadow(c, lid, 5, -7, deviation=6, strength=0.5)
    wooden(c, lid, light(OAK, 0.14), upright=True)
    c.path(round_bar(430, 1276, 100, 40, 20), dark(OAK, 0.4))
    for at, (x, turn) in enumerate(((880, 7), (1040, -5), (1210, 11))):
        with c.group(transform=f"rotate({turn} {x} 800)"):
            wall_shadow(c, f"M{x - 24} 420H{x + 24}V1250H{x - 24}Z", 20, 24, deviation=13, strength=0.42)
            _pencil(c, x - 24, 340, tones[(at * 2 + 1) % 6])


def _pencil(c: Canvas, x: float, y: float, tone: str) -> None:
    c.path(
        f"M{x} {y + 120}L{x + 19} {y + 20}H{x + 29}L{x + 48} {y + 120}Z",
        c.linear((0, "#e9c898"), (0.5, "#f6dfb8"), (1, "#b98c56")),
    )
    c.path(polygon([(x + 18, y + 34), (x + 24, y - 4), (x + 30, y + 34)]), "#2c2a2a")
    c.rect(
        x,
        y + 116,
        48,
        800,
        c.linear(
            (0, dark(tone, 0.24)),
            (0.3, light(tone, 0.14)),
            (0.34, light(tone, 0.34)),
            (0.66, tone),
            (0.68, dark(tone, 0.2)),
            (1, dark(tone, 0.36)),
        ),
    )
    for at in range(3):
        c.path(f"M{x + at * 16} {y + 118}q8 -22 16 0Z", tone)
    c.rect(x, y + 860, 48, 10, light(BRASS, 0.3))


def cover() -> Canvas:
    """A desk with notebooks, cards and pencils, from above."""
    c = Canvas(2000, 740)
    flat_lay(c, "#b9c3cc")
    for x, y, scale, turn, draw in _DESK:
        with c.group(transform=f"translate({x} {y}) rotate({turn}) scale({scale}) translate(-800 -800)"):
            draw(c)
    return c


_DESK = (
    (230, 420, 0.56, -14, pencils),
    (640, 380, 0.5, 8, lambda c: notebook(c, INK)),
    (1480, 390, 0.5, 6, cards),
    (1010, 390, 0.54, 0, pen),
    (1830, 400, 0.5, 14, lambda c: notebook(c, CLAY)),
)


def logo() -> Canvas:
    """The round sign of Papeterie Nord: a nib that points north."""
    c = Canvas(800, 800)
    c.rect(0, 0, 800, 800, c.linear((0, "#3d5a80"), (1, "#22344f"), vector=(0, 0, 1, 1)))
    cream = "#f5eddc"
    c.ellipse(400, 400, 316, 316, stroke=cream, stroke_width=7, opacity=0.85)
    c.path("M400 170C440 270 510 360 500 450L456 560H344L300 450C290 360 360 270 400 170Z", cream)
    c.stroke("M400 190V400", "#2a4061", 9)
    c.ellipse(400, 416, 28, 28, "#2a4061")
    c.path("M340 580H460V620H340Z", "#d8b16a")
    return c
