"""Several products together: the second pictures of Atelier Lumen and its cover and logo."""

from collections.abc import Callable

from tools.illustrations import lamps, lights, stoneware, table, textiles
from tools.illustrations.canvas import Canvas
from tools.illustrations.colours import (
    AMBER,
    BLUSH_WALL,
    BRASS,
    CHALK,
    CLAY,
    CLAY_WALL,
    CREAM_WALL,
    DUSK_WALL,
    ECRU,
    GLOW,
    INK,
    NIGHT_WALL,
    OAK,
    SAGE,
    SAGE_WALL,
    SAND_WALL,
    SHADE,
    dark,
    light,
)
from tools.illustrations.studio import flat_lay, glow, studio, vignette, wall
from tools.illustrations.studio import table as table_top

NIGHT_OAK = dark(OAK, 0.42)


def _evening(colour: str, edge: float) -> Canvas:
    c = Canvas()
    wall(c, colour, beam=0)
    table_top(c, edge, colour=NIGHT_OAK)
    return c


def opale_evening() -> Canvas:
    """The mushroom lamp on a bedside table."""
    c = _evening(NIGHT_WALL, 1180)
    with c.placed(1190, 1330, 0.86):
        lamps.bedside(c)
    with c.placed(690, 1330, 1.08):
        lamps.opale(c)
    glow(c, 690, 1340, 700, strength=0.32, flat=0.3)
    vignette(c)
    return c


def orion_detail() -> Canvas:
    """The shade of the arc lamp from near."""
    c = Canvas()
    wall(c, SAGE_WALL, beam=0.26)
    with c.group(transform="translate(-1750 -690) scale(2.2)"):
        lamps.orion(c)
    return c


def lucio_garden() -> Canvas:
    """Two portable lamps on a garden table at nightfall."""
    c = Canvas()
    c.rect(0, 0, 1600, 1600, c.down((0, "#1d2a3d"), (0.5, "#4c5568"), (0.72, "#b58a72"), (1, "#c99a78")))
    for x, y, r in _FAR_LIGHTS:
        glow(c, x, y + 60, r * 3, strength=0.8)
        c.ellipse(x, y + 60, r * 0.45, r * 0.45, "#fff2cf")
    c.path(
        "M0 1190V820C120 760 180 830 280 800C380 720 470 800 560 790C700 730 780 830 900 800C1040 720 1130 810 1240 780"
        "C1380 730 1480 800 1600 770V1190Z",
        c.down((0, "#2c3b35"), (1, "#1d2623")),
    )
    for x, y, r in (
        (180, 400, 5),
        (420, 200, 4),
        (690, 320, 3),
        (960, 160, 4),
        (1240, 290, 5),
        (1450, 140, 3),
        (820, 480, 3),
    ):
        c.ellipse(x, y, r, r, "#fdf2d8", opacity=0.8)
    table_top(c, 1140, colour=NIGHT_OAK)
    with c.placed(1130, 1260, 0.86):
        lamps.lucio(c, ECRU)
    with c.placed(560, 1370, 1.14):
        lamps.lucio(c, CLAY)
    glow(c, 560, 1390, 640, strength=0.3, flat=0.26)
    vignette(c)
    return c


_FAR_LIGHTS = (
    (120, 640, 24), (300, 690, 18), (470, 640, 26), (660, 700, 16), (830, 640, 22), (1010, 690, 18), (1180, 636, 26),
    (1360, 690, 20), (1520, 640, 24),
)  # fmt: skip


def dune_lounge() -> Canvas:
    """The tripod lamp beside an armchair."""
    c = Canvas()
    studio(c, DUSK_WALL, ground="#6d5148", horizon=1150)
    with c.placed(1030, 1370, 0.98):
        textiles.armchair(c)
    with c.placed(430, 1330, 1.06):
        lamps.dune(c)
    vignette(c, 0.4)
    return c


def lune_table() -> Canvas:
    """Three opal globes above a table."""
    c = Canvas()
    wall(c, "#7d6a60", beam=0)
    table_top(c, 1250, colour=dark(OAK, 0.2))
    for x, scale, top in ((330, 0.56, 250), (800, 0.56, 60), (1270, 0.56, 330)):
        with c.group(transform=f"translate({x - 800 * scale} {top}) scale({scale})"):
            lights.lune(c, cord=-700)
    with c.placed(470, 1420, 0.44):
        stoneware.bowl(c, CHALK)
    with c.placed(830, 1400, 0.52):
        stoneware.vase(c)
    with c.placed(1150, 1430, 0.48):
        stoneware.mug(c, SAGE)
    vignette(c, 0.3)
    return c


def demi_lune_night() -> Canvas:
    """Two wall lights on a dark wall."""
    c = Canvas()
    wall(c, "#39455a", beam=0)
    lights.demi_lune(c, x=500, y=700, scale=0.66)
    lights.demi_lune(c, x=1130, y=1130, scale=0.66)
    vignette(c)
    return c


def cigale_shadows() -> Canvas:
    """The rattan bell and the shadows that it throws."""
    c = Canvas()
    wall(c, "#c79b74", beam=0)
    lights.woven_shadow(c)
    lights.cigale(c)
    glow(c, 800, 780, 1100, strength=0.3)
    vignette(c, 0.45)
    return c


def fumee_trio() -> Canvas:
    """Three smoked bells at different heights."""
    c = Canvas()
    wall(c, "#8a6a58", beam=0)
    for x, scale, top in ((390, 0.74, 90), (1190, 0.74, 420), (820, 0.74, -190)):
        with c.group(transform=f"translate({x - 800 * scale} {top}) scale({scale})"):
            lights.fumee(c, cord=-900)
    vignette(c, 0.4)
    return c


def washi_night() -> Canvas:
    """The paper lantern near a window."""
    c = _evening("#3b4150", 1240)
    c.rect(930, 120, 520, 800, "#d8ccb4")
    c.rect(962, 152, 456, 736, c.down((0, "#16202f"), (1, "#3b4d66")))
    c.ellipse(1290, 330, 66, 66, "#f6ecd2")
    glow(c, 1290, 330, 190, strength=0.4, colour="#dfe6f0")
    for x, y in ((1020, 240), (1100, 420), (1360, 520), (1050, 640), (1240, 560), (1390, 250)):
        c.ellipse(x, y, 4, 4, "#fff", opacity=0.8)
    c.path("M962 888V790C1040 740 1130 760 1200 800C1290 750 1360 760 1418 780V888Z", "#141b26")
    c.rect(1176, 152, 26, 736, "#d8ccb4")
    c.rect(962, 500, 456, 24, "#d8ccb4")
    c.rect(900, 912, 580, 34, c.down((0, "#e6dcc6"), (1, "#a89a80")))
    with c.placed(560, 1400, 1.06):
        lights.washi(c)
    glow(c, 560, 1400, 620, strength=0.3, flat=0.3)
    vignette(c)
    return c


def facette_detail() -> Canvas:
    """An amber tumbler with water and lemon."""
    c = Canvas()
    studio(c, CREAM_WALL, horizon=1040)
    with c.group(transform="translate(1180 1270)"):
        c.ellipse(30, 40, 170, 44, SHADE, opacity=0.3, filter=c.blur(14))
    table.lemon(c, 1180, 1270, 165, flat=0.34)
    table.tumbler(c, AMBER, 720, 1330, 2.1, water=True)
    table.lemon(c, 760, 690, 205, flat=0.24)
    return c


def lichen_service() -> Canvas:
    """The teapot with two mugs."""
    c = Canvas()
    wall(c, BLUSH_WALL)
    table_top(c, 1060)
    with c.placed(650, 1210, 1.02):
        stoneware.teapot(c)
    with c.placed(1250, 1220, 0.72):
        stoneware.mug(c, CHALK)
    with c.placed(1010, 1400, 0.8):
        stoneware.mug(c, SAGE)
    return c


def cheese() -> Canvas:
    """The board with cheese, grapes and bread."""
    c = Canvas()
    flat_lay(c, SAND_WALL)
    with c.group(transform="translate(800 800) rotate(-14) scale(1.04) translate(-800 -760)"):
        table.board(c)
        table.cheese_board(c)
    return c


def bouquet() -> Canvas:
    """The vase with eucalyptus."""
    c = Canvas()
    studio(c, BLUSH_WALL, feature="arch")
    with c.placed(800, 1380, 1.0):
        stoneware.eucalyptus(c)
        stoneware.vase(c)
    return c


def place_setting() -> Canvas:
    """The cutlery laid beside a plate."""
    c = Canvas()
    flat_lay(c, SAGE_WALL)
    table.napkin_under(c, (1130, 330, 330, 960), CLAY)
    stoneware.plate(c, CHALK, x=660, y=800, r=430)
    with c.group(transform="translate(80 0)"):
        table.fork(c, 55)
    with c.group(transform="translate(0 0)"):
        table.knife(c, 1215)
        table.spoon(c, 1370)
    return c


def candles_lit() -> Canvas:
    """The candlesticks in the evening."""
    c = _evening(DUSK_WALL, 1180)
    for x, height in ((530, 300), (1090, 420), (810, 560)):
        with c.group(transform="translate(0 60)"):
            stoneware.candlestick(c, x, height, lit=True)
    for x, height in ((530, 300), (1090, 420), (810, 560)):
        glow(c, x, 1310 - height - 360, 420, strength=0.6)
    vignette(c)
    return c


def candles(c: Canvas) -> None:
    """The three candlesticks by day."""
    for x, height in ((530, 260), (1070, 380), (800, 500)):
        stoneware.candlestick(c, x, height)


def throw_on_chair() -> Canvas:
    """The throw over an armchair."""
    c = Canvas()
    studio(c, SAND_WALL, horizon=1150)
    with c.placed(800, 1390, 1.12):
        textiles.armchair(c)
        textiles.throw_draped(c, ECRU)
    return c


def cover() -> Canvas:
    """The table of the whole house, its lamp in the middle."""
    c = Canvas(2000, 740)
    wall(c, CLAY_WALL, beam=0.24)
    c.path(
        "M700 700V420a330 330 0 0 1 660 0V700Z",
        c.down((0, light(CLAY_WALL, 0.36)), (1, CLAY_WALL)),
        opacity=0.7,
    )
    table_top(c, 596, colour=light(OAK, 0.06))
    for x, y, scale, draw in _COVER:
        with c.placed(x, y, scale):
            draw(c)
    return c


_COVER: tuple[tuple[float, float, float, Callable[[Canvas], None]], ...] = (
    (250, 640, 0.42, lights.washi),
    (560, 650, 0.42, stoneware.eucalyptus),
    (560, 650, 0.42, stoneware.vase),
    (1500, 640, 0.5, lamps.opale),
    (1790, 646, 0.5, candles),
    (790, 672, 0.36, stoneware.pile),
    (1030, 660, 0.62, lambda c: lamps.galet(c, INK)),
    (1295, 676, 0.42, stoneware.teapot),
    (1640, 690, 0.32, lambda c: stoneware.bowl(c, CHALK)),
    (400, 692, 0.3, lambda c: stoneware.mug(c, SAGE)),
)


def logo() -> Canvas:
    """The round sign of Atelier Lumen: a lamp and its light."""
    c = Canvas(800, 800)
    c.rect(0, 0, 800, 800, c.linear((0, light(CLAY, 0.08)), (1, dark(CLAY, 0.16)), vector=(0, 0, 1, 1)))
    cream = "#f8eddc"
    c.ellipse(400, 400, 316, 316, stroke=cream, stroke_width=7, opacity=0.85)
    c.path("M252 566L318 384H482L548 566Z", c.down((0, GLOW, 0.85), (1, GLOW, 0.06)))
    c.path("M232 384A168 168 0 0 1 568 384Z", cream)
    c.path("M386 216V150H414V216Z", cream)
    c.ellipse(400, 398, 40, 24, BRASS)
    c.path("M360 396A40 40 0 0 0 440 396Z", light(GLOW, 0.4))
    c.stroke("M264 592H536", cream, 15)
    c.stroke("M318 630H482", cream, 9, opacity=0.75)
    return c
