"""Table linen, felt and the oven glove."""

import math

from tools.illustrations.canvas import Canvas
from tools.illustrations.colours import BRASS, CHALK, ECRU, OAK, SAGE, SHADE, dark, light
from tools.illustrations.forms import Point, polygon, round_bar, smooth, wooden, woven
from tools.illustrations.studio import shadow, wall_shadow
from tools.illustrations.textiles import FLAX, cloth


def tablecloth(c: Canvas, colour: str) -> None:
    """Draw a round table under its cloth."""
    shadow(c, 800, 1266, 360, strength=1.0, tilt=0.12)
    for x in (560, 1040):
        wooden(
            c,
            polygon([(x - 20, 1080), (x + 20, 1080), (x + 14, 1264), (x - 14, 1264)]),
            dark(OAK, 0.15),
            upright=True,
        )
    hem: list[Point] = []
    for step in range(25):
        angle = math.radians(180 - step * 7.5)
        ripple = 17 * math.cos(step * math.pi) * math.sin(angle)
        hem.append((800 + 560 * math.cos(angle), 1128 + 72 * math.sin(angle) + ripple))
    skirt = f"M300 640{smooth([(264, 860), *hem, (1336, 860)]).replace('M', 'L', 1)}L1300 640Z"
    cloth(c, skirt, colour, weave=0.4)
    c.path(skirt, c.linear((0, SHADE, 0.22), (0.2, "#fffaf0", 0.2), (0.55, SHADE, 0), (1, SHADE, 0.36)))
    with c.group(clip_path=c.clip(skirt)):
        for step in range(25):
            angle = math.radians(180 - step * 7.5)
            x1, x2 = 800 + 500 * math.cos(angle), 800 + 560 * math.cos(angle)
            y1 = 650 + 64 * math.sin(angle)
            fold = f"M{x1:.0f} {y1:.0f}C{x1:.0f} {y1 + 180:.0f} {x2:.0f} 1000 {x2:.0f} 1230"
            deep = step % 2 == 1
            c.stroke(
                fold,
                SHADE if deep else "#fffaf0",
                30 if deep else 18,
                opacity=0.3 if deep else 0.34,
                filter=c.blur(11),
            )
    c.stroke(
        smooth(hem), dark(colour, 0.45), 5, opacity=0.6, transform="translate(0 -26)", stroke_dasharray="9 7"
    )
    top = "M300 640a500 80 0 1 0 1000 0a500 80 0 1 0 -1000 0Z"
    c.path(top, SHADE, opacity=0.24, filter=c.blur(9), transform="translate(0 12)")
    c.path(top, c.linear((0, light(colour, 0.5)), (0.6, light(colour, 0.16)), (1, dark(colour, 0.1))))
    woven(c, top, strength=0.3, colour=dark(colour, 0.6))
    c.stroke("M330 612L1270 668", SHADE, 5, opacity=0.13)
    c.stroke("M690 562L910 718", SHADE, 5, opacity=0.13)


def napkins(c: Canvas, colour: str) -> None:
    """Draw the four napkins tied with a ribbon."""
    shadow(c, 800, 1246, 330, strength=1.2, tilt=0.14)
    for at in range(4):
        y, half, shift = 1130 - at * 104, 372 - at * 7, (0, 8, -6, 4)[at]
        x = 800 + shift
        for part in (1, 0):
            top = y + part * 50
            layer = f"M{x - half} {top}q-30 26 0 54C{x - 120} {top + 76} {x + 120} {top + 76} {x + half} {top + 54}q26 -26 0 -54Z"
            cloth(c, layer, colour, weave=0.5)
            c.path(layer, c.down((0, "#fffaf0", 0.3), (0.45, SHADE, 0), (1, SHADE, 0.5)))
            c.stroke(
                f"M{x - half + 8} {top + 48}C{x - 120} {top + 68} {x + 120} {top + 68} {x + half - 8} {top + 48}",
                light(colour, 0.4),
                3,
                opacity=0.6,
                stroke_dasharray="7 5",
            )
    top_face = "M456 824L528 720Q536 706 552 706H1058Q1074 706 1082 720L1152 824C1000 846 620 846 456 824Z"
    c.path(top_face, light(colour, 0.24))
    woven(c, top_face, strength=0.4, colour=dark(colour, 0.6))
    c.path(top_face, c.linear((0, "#fffaf0", 0.3), (0.6, "#fffaf0", 0), (1, SHADE, 0.2)))
    ribbon = CHALK
    c.path(
        "M748 704H850L856 836V1246C830 1252 780 1252 752 1248L744 836Z",
        c.linear((0, dark(ribbon, 0.24)), (0.3, "#fffdf6"), (1, dark(ribbon, 0.18))),
    )
    with c.group(clip_path=c.clip(top_face)):
        c.path("M400 746H1200V778C1000 800 620 800 400 778Z", c.down((0, dark(ribbon, 0.1)), (1, ribbon)))
    for flip in (-1, 1):
        bow = f"M800 768C{800 + flip * 60} 690 {800 + flip * 190} 640 {800 + flip * 220} 690C{800 + flip * 236} 740 {800 + flip * 120} 790 800 768Z"
        c.path(bow, SHADE, opacity=0.25, filter=c.blur(8), transform="translate(8 14)")
        c.path(bow, c.linear((0, dark(ribbon, 0.12)), (0.4, "#fffdf6"), (1, dark(ribbon, 0.22))))
        c.path(
            f"M800 768C{800 + flip * 70} 726 {800 + flip * 140} 700 {800 + flip * 186} 712C{800 + flip * 150} 752 {800 + flip * 80} 772 800 768Z",
            dark(ribbon, 0.34),
            opacity=0.6,
        )
        tail = f"M794 770L{800 + flip * 96} 912L{800 + flip * 132} 884L{800 + flip * 30} 762Z"
        c.path(tail, c.linear((0, "#fffdf6"), (1, dark(ribbon, 0.16))))
    c.path(
        round_bar(768, 738, 66, 58, 22),
        c.linear((0, dark(ribbon, 0.1)), (0.4, "#fffdf6"), (1, dark(ribbon, 0.25))),
    )


def tea_towel(c: Canvas, stripe: str) -> None:
    """Draw the striped tea towel hanging from a peg."""
    left: list[Point] = [(770, 300), (700, 380), (610, 560), (560, 800), (536, 1050), (520, 1340)]
    right: list[Point] = [(1080, 1290), (1060, 1000), (1030, 760), (980, 560), (900, 390), (830, 300)]
    low: list[Point] = [
        (520, 1340),
        (610, 1392),
        (700, 1356),
        (800, 1402),
        (900, 1350),
        (990, 1376),
        (1080, 1290),
    ]
    outline = (
        smooth(left) + smooth(low, start=False) + smooth(right, start=False) + "C815 280 785 280 770 300Z"
    )
    wall_shadow(c, outline, 52, 46, deviation=26, strength=0.3)
    cloth(c, outline, "#efe6d4", weave=0.42)
    with c.group(clip_path=c.clip(outline)):
        for share in (0.07, 0.15, 0.2, 0.25, 0.42, 0.5, 0.58, 0.75, 0.8, 0.85, 0.93):
            wide = 30 if share in (0.2, 0.5, 0.8) else 15
            x1, x2, x3 = 785 + 40 * share, 560 + 470 * share, 520 + 560 * share
            c.stroke(
                smooth([(x1, 280), (x2 + (800 - x2) * 0.42, 520), (x2, 800), (x3, 1400)]),
                stripe,
                wide,
                opacity=0.88,
                stroke_linecap="butt",
            )
        for x1, x2, x3, wide in ((780, 640, 610, 40), (800, 800, 806, 52), (820, 930, 985, 46)):
            fold = smooth([(x1, 300), ((x1 + x2) / 2, 520), (x2, 800), (x3, 1400)])
            c.stroke(fold, SHADE, wide, opacity=0.36, filter=c.blur(15))
            c.stroke(
                fold,
                "#fffaf0",
                wide * 0.6,
                opacity=0.45,
                filter=c.blur(11),
                transform=f"translate({-wide * 1.2} 0)",
            )
        c.path(outline, c.down((0, SHADE, 0.42), (0.14, SHADE, 0.06), (0.8, SHADE, 0), (1, SHADE, 0.16)))
        c.path(outline, c.linear((0, SHADE, 0.1), (0.3, "#fff", 0.12), (0.6, SHADE, 0), (1, SHADE, 0.3)))
    c.stroke("M784 300C770 252 786 216 800 214C816 216 830 252 816 300", dark(FLAX, 0.3), 12)
    wall_shadow(c, "M752 206a48 48 0 1 0 96 0a48 48 0 1 0 -96 0Z", 26, 24, deviation=9, strength=0.4)
    c.ellipse(
        800,
        206,
        48,
        48,
        c.radial((0, light(OAK, 0.5)), (0.6, OAK), (1, dark(OAK, 0.36)), centre=(0.35, 0.3), radius=0.75),
    )
    c.ellipse(800, 206, 30, 30, stroke=dark(OAK, 0.4), stroke_width=3, opacity=0.4)


def coasters(c: Canvas, colour: str) -> None:
    """Draw the felt coasters from above, one leaning on the others."""
    for x, y, tone in ((560, 560, dark(colour, 0.05)), (1050, 690, colour), (690, 1080, light(colour, 0.04))):
        r = 300
        c.ellipse(x + 26, y + 34, r, r, SHADE, opacity=0.34, filter=c.blur(20))
        c.ellipse(x + 7, y + 10, r, r, dark(tone, 0.45))
        disc = f"M{x - r} {y}a{r} {r} 0 1 0 {2 * r} 0a{r} {r} 0 1 0 {-2 * r} 0Z"
        c.path(
            disc,
            c.linear((0, light(tone, 0.26)), (0.5, tone), (1, dark(tone, 0.16)), vector=(0.1, 0.1, 0.9, 0.9)),
        )
        c.path(disc, SHADE, filter=c.noise("0.08 0.05", dark(tone, 0.5), 0.26, seed=int(x)))
        c.path(disc, "#fff", filter=c.noise("0.25 0.12", light(tone, 0.6), 0.3, seed=int(y)))
        c.ellipse(x, y, r - 3, r - 3, stroke=light(tone, 0.35), stroke_width=4, opacity=0.5)
        rivet_x, rivet_y = x + 190, y - 130
        c.ellipse(rivet_x + 5, rivet_y + 7, 26, 26, SHADE, opacity=0.4, filter=c.blur(5))
        c.ellipse(
            rivet_x,
            rivet_y,
            25,
            25,
            c.radial(
                (0, light(BRASS, 0.75)), (0.55, BRASS), (1, dark(BRASS, 0.4)), centre=(0.35, 0.3), radius=0.75
            ),
        )


def oven_glove(c: Canvas) -> None:
    """Draw the quilted oven glove hanging from its loop."""
    outline = (
        "M560 1290L574 860C560 640 570 420 760 390C930 368 1010 500 1012 660C1014 720 1016 760 1030 776"
        "C1070 740 1110 660 1180 668C1254 680 1262 760 1226 840C1180 940 1090 1010 1040 1060L1050 1290Z"
    )
    wall_shadow(c, outline, 46, 44, deviation=24, strength=0.34)
    cloth(c, outline, SAGE, weave=0.42)
    with c.group(clip_path=c.clip(outline)):
        for at in range(-12, 26):
            for slope in (1, -1):
                line = f"M{400 + at * 76} 300L{400 + at * 76 + slope * 640} 1400"
                c.stroke(line, SHADE, 16, opacity=0.13, filter=c.blur(4))
                c.stroke(line, dark(SAGE, 0.45), 3.5, stroke_dasharray="12 8", opacity=0.75)
                c.stroke(line, "#fffaf0", 4, opacity=0.24, transform="translate(7 -5)")
        c.path(outline, c.linear((0, SHADE, 0.16), (0.25, "#fffaf0", 0.3), (0.5, SHADE, 0), (1, SHADE, 0.34)))
        c.stroke("M1030 776C1010 850 1010 960 1040 1060", SHADE, 34, opacity=0.3, filter=c.blur(14))
    cuff = "M548 1190H1062V1300Q1062 1316 1046 1316H564Q548 1316 548 1300Z"
    cloth(c, cuff, ECRU, weave=0.42)
    c.path(cuff, c.down((0, "#fffaf0", 0.2), (1, SHADE, 0.26)))
    c.stroke("M560 1208H1050M560 1298H1050", dark(ECRU, 0.4), 3.5, stroke_dasharray="10 8")
    c.stroke("M590 1200C500 1120 470 1010 520 990C560 980 590 1080 606 1190", "#5b3a26", 17)
    c.stroke(
        "M590 1200C500 1120 470 1010 520 990C560 980 590 1080 606 1190",
        "#8c5f41",
        6,
        transform="translate(-3 -3)",
    )
