"""Which drawing belongs to which picture file."""

from collections.abc import Callable

from tools.illustrations import candles, lamps, lights, linen, scenes, stationery, stoneware, table, textiles
from tools.illustrations.canvas import Canvas
from tools.illustrations.colours import (
    BLUSH_WALL,
    CHALK,
    CLAY,
    CLAY_WALL,
    CREAM_WALL,
    DUSK_WALL,
    ECRU,
    INK,
    LINDEN,
    MIST_WALL,
    SAGE,
    SAGE_WALL,
    SAND_WALL,
    SMOKE,
)
from tools.illustrations.studio import Feature, flat_lay, studio, wall

Drawing = Callable[[], Canvas]


def _stood(
    draw: Callable[..., None],
    backdrop: str,
    *args: str,
    feature: Feature = "none",
    near: bool = False,
    scale: float | None = None,
    **kw: bool,
) -> Drawing:
    def picture() -> Canvas:
        c = Canvas()
        studio(c, backdrop, feature=feature, horizon=960 if near else 1120)
        with c.placed(800, 1240 if near else 1300, scale or (1.42 if near else 1.12)):
            draw(c, *args, **kw)
        return c

    return picture


def _hung(draw: Callable[..., None], backdrop: str, *args: str, **kw: bool) -> Drawing:
    def picture() -> Canvas:
        c = Canvas()
        wall(c, backdrop, beam=0.26)
        draw(c, *args, **kw)
        return c

    return picture


def _laid(draw: Callable[..., None], backdrop: str, *args: str) -> Drawing:
    def picture() -> Canvas:
        c = Canvas()
        flat_lay(c, backdrop)
        draw(c, *args)
        return c

    return picture


DRAWINGS: dict[str, Drawing] = {
    "lumen/lampe-opale.webp": _stood(lamps.opale, BLUSH_WALL, feature="arch"),
    "lumen/lampadaire-orion.webp": _stood(lamps.orion, SAGE_WALL),
    "lumen/lampe-galet.webp": _stood(lamps.galet, SAND_WALL, CLAY),
    "lumen/lampe-galet--sauge.webp": _stood(lamps.galet, SAND_WALL, SAGE),
    "lumen/lampe-galet--encre.webp": _stood(lamps.galet, SAND_WALL, INK),
    "lumen/baladeuse-lucio.webp": _stood(lamps.lucio, CLAY_WALL, ECRU, feature="disc"),
    "lumen/baladeuse-lucio--argile.webp": _stood(lamps.lucio, BLUSH_WALL, CLAY, feature="disc"),
    "lumen/baladeuse-lucio--encre.webp": _stood(lamps.lucio, MIST_WALL, INK, feature="disc"),
    "lumen/lampe-ecole.webp": _stood(lamps.ecole, BLUSH_WALL, INK),
    "lumen/lampe-ecole--argile.webp": _stood(lamps.ecole, CREAM_WALL, CLAY),
    "lumen/lampe-ecole--sauge.webp": _stood(lamps.ecole, SAND_WALL, SAGE),
    "lumen/lampadaire-dune.webp": _stood(lamps.dune, CLAY_WALL),
    "lumen/lampe-phare.webp": _stood(lamps.phare, MIST_WALL),
    "lumen/suspension-lune.webp": _hung(lights.lune, SAGE_WALL),
    "lumen/suspension-lune--noir.webp": _hung(lights.lune, SAND_WALL, black=True),
    "lumen/suspension-cigale.webp": _hung(lights.cigale, CREAM_WALL),
    "lumen/suspension-fumee.webp": _hung(lights.fumee, CLAY_WALL),
    "lumen/applique-demi-lune.webp": _hung(lights.demi_lune, SAGE_WALL),
    "lumen/lanterne-washi.webp": _stood(lights.washi, MIST_WALL),
    "lumen/ampoule-globe.webp": _stood(lights.globe, DUSK_WALL),
    "lumen/assiette-estran.webp": _laid(stoneware.plate, CLAY_WALL, CHALK),
    "lumen/assiette-estran--sauge.webp": _laid(stoneware.plate, CREAM_WALL, SAGE),
    "lumen/assiette-estran--encre.webp": _laid(stoneware.plate, SAND_WALL, INK),
    "lumen/assiette-estran--pile.webp": _stood(stoneware.pile, BLUSH_WALL, near=True),
    "lumen/bol-maree.webp": _stood(stoneware.bowl, SAGE_WALL, CHALK, near=True),
    "lumen/bol-maree--argile.webp": _stood(stoneware.bowl, CREAM_WALL, CLAY, near=True),
    "lumen/bol-maree--encre.webp": _stood(stoneware.bowl, BLUSH_WALL, INK, near=True),
    "lumen/mug-rivage.webp": _stood(stoneware.mug, MIST_WALL, CHALK, near=True),
    "lumen/mug-rivage--argile.webp": _stood(stoneware.mug, SAND_WALL, CLAY, near=True),
    "lumen/mug-rivage--sauge.webp": _stood(stoneware.mug, BLUSH_WALL, SAGE, near=True),
    "lumen/theiere-lichen.webp": _stood(stoneware.teapot, SAND_WALL, feature="arch", scale=1.2),
    "lumen/vase-colonne.webp": _stood(stoneware.vase, CREAM_WALL, feature="arch"),
    "lumen/pichet-faience.webp": _stood(stoneware.jug, SAGE_WALL),
    "lumen/carafe-onde.webp": _stood(table.carafe, BLUSH_WALL, SMOKE),
    "lumen/carafe-onde--tilleul.webp": _stood(table.carafe, CREAM_WALL, LINDEN),
    "lumen/verres-facette.webp": _stood(table.tumblers, SAND_WALL, near=True, scale=1.16),
    "lumen/planche-chene.webp": _laid(table.board, SAGE_WALL),
    "lumen/couverts-laiton.webp": _laid(table.cutlery, INK),
    "lumen/plaid-alpage.webp": _stood(textiles.throw_folded, CLAY_WALL, ECRU, scale=1.34),
    "lumen/plaid-alpage--sauge.webp": _stood(textiles.throw_folded, CREAM_WALL, SAGE, scale=1.34),
    "lumen/plaid-alpage--encre.webp": _stood(textiles.throw_folded, BLUSH_WALL, INK, scale=1.34),
    "lumen/coussin-lin.webp": _stood(textiles.cushion, SAND_WALL, CLAY),
    "lumen/coussin-lin--sauge.webp": _stood(textiles.cushion, BLUSH_WALL, SAGE),
    "lumen/coussin-lin--encre.webp": _stood(textiles.cushion, MIST_WALL, INK),
    "lumen/coussin-lin--ecru.webp": _stood(textiles.cushion, SAGE_WALL, ECRU),
    "lumen/nappe-lin.webp": _stood(linen.tablecloth, MIST_WALL, ECRU),
    "lumen/nappe-lin--sauge.webp": _stood(linen.tablecloth, CREAM_WALL, SAGE),
    "lumen/nappe-lin--argile.webp": _stood(linen.tablecloth, SAND_WALL, CLAY),
    "lumen/serviettes-lin.webp": _stood(linen.napkins, BLUSH_WALL, SAGE),
    "lumen/serviettes-lin--argile.webp": _stood(linen.napkins, SAGE_WALL, CLAY),
    "lumen/serviettes-lin--encre.webp": _stood(linen.napkins, SAND_WALL, INK),
    "lumen/torchon-mariniere.webp": _hung(linen.tea_towel, SAGE_WALL, INK),
    "lumen/torchon-mariniere--argile.webp": _hung(linen.tea_towel, SAND_WALL, CLAY),
    "lumen/tapis-sillon.webp": _laid(textiles.rug, CLAY_WALL),
    "lumen/tapis-sillon--roule.webp": _stood(textiles.rug_rolled, BLUSH_WALL),
    "lumen/dessous-feutre.webp": _laid(linen.coasters, CREAM_WALL, CLAY),
    "lumen/dessous-feutre--sauge.webp": _laid(linen.coasters, BLUSH_WALL, SAGE),
    "lumen/dessous-feutre--encre.webp": _laid(linen.coasters, SAND_WALL, INK),
    "lumen/manique-matelassee.webp": _hung(linen.oven_glove, BLUSH_WALL),
    "lumen/bougeoirs-trio.webp": _stood(scenes.candles, SAGE_WALL, scale=1.3),
    "lumen/lampe-opale--soir.webp": scenes.opale_evening,
    "lumen/lampadaire-orion--detail.webp": scenes.orion_detail,
    "lumen/baladeuse-lucio--jardin.webp": scenes.lucio_garden,
    "lumen/lampadaire-dune--salon.webp": scenes.dune_lounge,
    "lumen/suspension-lune--table.webp": scenes.lune_table,
    "lumen/applique-demi-lune--nuit.webp": scenes.demi_lune_night,
    "lumen/suspension-cigale--ombres.webp": scenes.cigale_shadows,
    "lumen/suspension-fumee--trio.webp": scenes.fumee_trio,
    "lumen/lanterne-washi--nuit.webp": scenes.washi_night,
    "lumen/verres-facette--detail.webp": scenes.facette_detail,
    "lumen/theiere-lichen--service.webp": scenes.lichen_service,
    "lumen/planche-chene--fromage.webp": scenes.cheese,
    "lumen/vase-colonne--bouquet.webp": scenes.bouquet,
    "lumen/couverts-laiton--table.webp": scenes.place_setting,
    "lumen/bougeoirs-trio--allumes.webp": scenes.candles_lit,
    "lumen/plaid-alpage--fauteuil.webp": scenes.throw_on_chair,
    "lumen/cover.webp": scenes.cover,
    "lumen/logo.webp": scenes.logo,
    "brume/bougie-figuier.webp": _stood(candles.candle, SAND_WALL, near=True),
    "brume/diffuseur-embruns.webp": _stood(candles.diffuser, MIST_WALL, scale=1.0),
    "brume/savon-avoine.webp": _stood(candles.soap, SAGE_WALL, scale=1.2, near=True),
    "brume/coffret-broceliande.webp": _stood(candles.gift_box, BLUSH_WALL),
    "brume/cover.webp": candles.cover,
    "brume/logo.webp": candles.logo,
    "papeterie/carnet-beffroi.webp": _laid(stationery.notebook, SAND_WALL, INK),
    "papeterie/carnet-beffroi--argile.webp": _laid(stationery.notebook, MIST_WALL, CLAY),
    "papeterie/stylo-escaut.webp": _laid(stationery.pen, MIST_WALL),
    "papeterie/cartes-marees.webp": _laid(stationery.cards, SAGE_WALL),
    "papeterie/crayons-terril.webp": _laid(stationery.pencils, CREAM_WALL),
    "papeterie/cover.webp": stationery.cover,
    "papeterie/logo.webp": stationery.logo,
}
