"""Atelier Lumen's throws, cushions and rugs."""

from shop.demo.content_options import colour_option, picture, size_option
from shop.demo.content_types import Product, Variant, ean13, say, tell

PLAID_ALPAGE = Product(
    slug="plaid-alpage",
    title=say("Plaid Alpage en laine", "Alpage wool throw"),
    description=tell(
        fr=(
            "De la laine de brebis des Alpes, filée et tissée à moins de cent kilomètres de la bergerie. Le "
            "sergé est serré, la main gonflante, les franges nouées deux par deux : le plaid que l'on se "
            "dispute sur le canapé.",
            "130 x 180 cm, 780 g, 100 % laine vierge non traitée. Couleurs teintes en bain doux. S'aère "
            "plus souvent qu'il ne se lave : programme laine à froid, séchage à plat, un brin de cèdre "
            "l'été.",
        ),
        en=(
            "Wool of Alpine ewes, spun and woven less than a hundred kilometres from the fold. The twill is "
            "tight, the hand full, the fringe knotted two by two: the throw that everybody on the sofa "
            "fights for.",
            "130 x 180 cm, 780 g, 100 % virgin wool, untreated. Colours dyed in a gentle bath. Air it more "
            "often than you wash it: wool programme, cold, dried flat, and a sprig of cedar over the summer.",
        ),
    ),
    options=(colour_option("ecru", "sauge", "encre"),),
    variants=(
        Variant(
            (0,), "LUM-ALPAGE-ECR", 13900, 37, 900, barcode=ean13(301), picture="lumen/plaid-alpage.webp"
        ),
        Variant(
            (1,),
            "LUM-ALPAGE-SAU",
            13900,
            43,
            900,
            barcode=ean13(302),
            picture="lumen/plaid-alpage--sauge.webp",
        ),
        Variant(
            (2,),
            "LUM-ALPAGE-ENC",
            13900,
            9,
            900,
            barcode=ean13(303),
            picture="lumen/plaid-alpage--encre.webp",
        ),
    ),
    pictures=(
        picture(
            "lumen/plaid-alpage.webp",
            "Plaid de laine écru plié, à franges",
            "Folded ecru wool throw with a fringe",
        ),
        picture(
            "lumen/plaid-alpage--sauge.webp",
            "Plaid de laine vert sauge plié, à franges",
            "Folded sage-green wool throw with a fringe",
        ),
        picture(
            "lumen/plaid-alpage--encre.webp",
            "Plaid de laine bleu encre plié, à franges",
            "Folded ink-blue wool throw with a fringe",
        ),
        picture(
            "lumen/plaid-alpage--fauteuil.webp",
            "Le plaid Alpage jeté sur un fauteuil",
            "The Alpage throw laid over an armchair",
        ),
    ),
    listed_days_ago=6,
)

COUSSIN_LIN = Product(
    slug="coussin-lin",
    title=say("Coussin Sieste en lin lavé", "Sieste washed linen cushion"),
    description=tell(
        fr=(
            "Du lin normand tissé dans les Flandres, lavé à la pierre jusqu'à ce qu'il soit souple comme "
            "une vieille chemise. Un passepoil ton sur ton souligne les bords, la fermeture se cache dans "
            "la couture, le garnissage est de plume et se retire.",
            "Trois formats : 40 x 40 cm, 50 x 50 cm et 60 x 40 cm. Housse 100 % lin 230 g, certifiée "
            "Oeko-Tex. Lavage à 40 °C, séchage à l'air ; le lin se passe très bien de fer.",
        ),
        en=(
            "Linen grown in Normandy and woven in Flanders, stone-washed until it is as soft as an old "
            "shirt. Tone-on-tone piping underlines the edges, the zip hides in the seam, the filling is "
            "feather and can be taken out.",
            "Three formats: 40 x 40 cm, 50 x 50 cm and 60 x 40 cm. Cover in 100 % linen, 230 g, certified "
            "by Oeko-Tex. Wash at 40 °C and dry in the air; linen does very well without ironing.",
        ),
    ),
    options=(
        colour_option("argile", "sauge", "encre", "ecru"),
        size_option("40 x 40 cm", "50 x 50 cm", "60 x 40 cm"),
    ),
    variants=(
        Variant(
            (0, 0), "LUM-SIESTE-ARG40", 3900, 62, 520, barcode=ean13(304), picture="lumen/coussin-lin.webp"
        ),
        Variant(
            (0, 1), "LUM-SIESTE-ARG50", 4900, 51, 760, barcode=ean13(305), picture="lumen/coussin-lin.webp"
        ),
        Variant(
            (0, 2), "LUM-SIESTE-ARG60", 4600, 0, 720, barcode=ean13(306), picture="lumen/coussin-lin.webp"
        ),
        Variant(
            (1, 0),
            "LUM-SIESTE-SAU40",
            3900,
            70,
            520,
            barcode=ean13(307),
            picture="lumen/coussin-lin--sauge.webp",
        ),
        Variant(
            (1, 1),
            "LUM-SIESTE-SAU50",
            4900,
            45,
            760,
            barcode=ean13(308),
            picture="lumen/coussin-lin--sauge.webp",
        ),
        Variant(
            (1, 2),
            "LUM-SIESTE-SAU60",
            4600,
            38,
            720,
            barcode=ean13(309),
            picture="lumen/coussin-lin--sauge.webp",
        ),
        Variant(
            (2, 0),
            "LUM-SIESTE-ENC40",
            3900,
            0,
            520,
            barcode=ean13(310),
            picture="lumen/coussin-lin--encre.webp",
        ),
        Variant(
            (2, 1),
            "LUM-SIESTE-ENC50",
            4900,
            33,
            760,
            barcode=ean13(311),
            picture="lumen/coussin-lin--encre.webp",
        ),
        Variant(
            (2, 2),
            "LUM-SIESTE-ENC60",
            4600,
            41,
            720,
            barcode=ean13(312),
            picture="lumen/coussin-lin--encre.webp",
        ),
        Variant(
            (3, 0),
            "LUM-SIESTE-ECR40",
            3900,
            88,
            520,
            barcode=ean13(313),
            picture="lumen/coussin-lin--ecru.webp",
        ),
        Variant(
            (3, 1),
            "LUM-SIESTE-ECR50",
            4900,
            66,
            760,
            barcode=ean13(314),
            picture="lumen/coussin-lin--ecru.webp",
        ),
        Variant(
            (3, 2),
            "LUM-SIESTE-ECR60",
            4600,
            54,
            720,
            barcode=ean13(315),
            picture="lumen/coussin-lin--ecru.webp",
        ),
    ),
    pictures=(
        picture("lumen/coussin-lin.webp", "Coussin de lin couleur argile", "Clay-coloured linen cushion"),
        picture("lumen/coussin-lin--sauge.webp", "Coussin de lin vert sauge", "Sage-green linen cushion"),
        picture("lumen/coussin-lin--encre.webp", "Coussin de lin bleu encre", "Ink-blue linen cushion"),
        picture("lumen/coussin-lin--ecru.webp", "Coussin de lin écru", "Ecru linen cushion"),
    ),
    listed_days_ago=30,
)

TAPIS_SILLON = Product(
    slug="tapis-sillon",
    title=say("Tapis Sillon en laine", "Sillon wool rug"),
    description=tell(
        fr=(
            "Des lignes brodées en relief, comme les sillons d'un champ vu du ciel, sur un fond de laine "
            "bouclée couleur de lin. Le tapis est tufté à la main, dense sous le pied nu et discret sous "
            "une table basse.",
            "Deux formats : 120 x 180 cm et 170 x 240 cm, épaisseur 14 mm. Laine et coton, sans latex "
            "synthétique. À aspirer sans brosse rotative ; il perd un peu de duvet le premier mois, c'est "
            "bon signe.",
        ),
        en=(
            "Raised lines, like the furrows of a field seen from the sky, on a ground of looped wool the "
            "colour of flax. The rug is tufted by hand, dense under a bare foot and discreet under a low "
            "table.",
            "Two formats: 120 x 180 cm and 170 x 240 cm, 14 mm thick. Wool and cotton, without synthetic "
            "latex. Vacuum it without a rotating brush; it sheds a little fluff in the first month, which "
            "is a good sign.",
        ),
    ),
    options=(size_option("120 x 180 cm", "170 x 240 cm"),),
    variants=(
        Variant((0,), "LUM-SILLON-120", 26900, 32, 5200, barcode=ean13(327)),
        Variant((1,), "LUM-SILLON-170", 44900, 8, 9800, barcode=ean13(328)),
    ),
    pictures=(
        picture(
            "lumen/tapis-sillon.webp",
            "Tapis de laine à lignes courbes en relief, vu de dessus",
            "Wool rug with curved raised lines, seen from above",
        ),
        picture(
            "lumen/tapis-sillon--roule.webp",
            "Le tapis Sillon roulé, debout, noué d'un lien",
            "The Sillon rug rolled up, upright, tied with a cord",
        ),
    ),
    listed_days_ago=24,
)

MANIQUE_MATELASSEE = Product(
    slug="manique-matelassee",
    title=say("Gant de cuisine matelassé", "Quilted oven glove"),
    description=tell(
        fr=(
            "Une moufle de lin épais, matelassée en losanges, doublée d'un molleton de coton recyclé qui "
            "arrête la chaleur jusqu'à 220 °C. Le pouce est large, le poignet couvre l'avant-bras, et la "
            "boucle de cuir se pend au crochet du four.",
            "32 x 17 cm, main droite ou gauche, vendue à l'unité. Lavage à 40 °C, séchage à l'air. Le "
            "prototype est en essai dans trois cuisines ; la mise en vente suivra leurs remarques.",
        ),
        en=(
            "A mitten of thick linen, quilted in diamonds, lined with recycled cotton fleece that stops "
            "heat up to 220 °C. The thumb is wide, the cuff covers the forearm, and the leather loop hangs "
            "from the hook by the oven.",
            "32 x 17 cm, right or left hand, sold singly. Wash at 40 °C and dry in the air. The prototype "
            "is being tried in three kitchens; it goes on sale once they have had their say.",
        ),
    ),
    variants=(Variant((), "LUM-MANIQUE", 2600, 50, 210, barcode=ean13(329)),),
    pictures=(
        picture(
            "lumen/manique-matelassee.webp",
            "Gant de cuisine en lin sauge matelassé en losanges",
            "Sage linen oven glove quilted in diamonds",
        ),
    ),
    status="draft",
    listed_days_ago=4,
)

TEXTILES: tuple[Product, ...] = (
    PLAID_ALPAGE,
    COUSSIN_LIN,
    TAPIS_SILLON,
    MANIQUE_MATELASSEE,
)
