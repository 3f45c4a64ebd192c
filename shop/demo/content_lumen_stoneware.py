"""Atelier Lumen's stoneware and earthenware."""

from shop.demo.content_options import colour_option, picture, size_option
from shop.demo.content_types import Product, Variant, ean13, say, tell

ASSIETTE_ESTRAN = Product(
    slug="assiette-estran",
    title=say("Assiette Estran en grès", "Estran stoneware plate"),
    description=tell(
        fr=(
            "Une assiette presque plate, au bord à peine relevé, laissé nu pour que l'on voie la terre. "
            "L'émail mat retient un nuage de points de fer, comme le sable quand la mer se retire ; il ne "
            "craint ni le couteau ni le citron.",
            "Dessert : 21 cm, 420 g. Plate : 27 cm, 680 g. Grès cuit à 1 280 °C, vendu à la pièce. Va au "
            "four jusqu'à 200 °C, au micro-ondes et au lave-vaisselle. Tournée en Puisaye par deux potières.",
        ),
        en=(
            "An almost flat plate with a barely lifted rim, left bare so that the clay shows. The matt "
            "glaze holds a cloud of iron specks, like sand when the sea draws back, and it fears neither "
            "the knife nor the lemon.",
            "Dessert: 21 cm, 420 g. Dinner: 27 cm, 680 g. Stoneware fired at 1,280 °C, sold singly. Safe in "
            "the oven up to 200 °C, in the microwave and in the dishwasher. Thrown in Puisaye by two "
            "potters.",
        ),
    ),
    options=(
        colour_option("craie", "sauge", "encre"),
        size_option(say("Dessert, 21 cm", "Dessert, 21 cm"), say("Plate, 27 cm", "Dinner, 27 cm")),
    ),
    variants=(
        Variant(
            (0, 0),
            "LUM-ESTRAN-CRA21",
            2400,
            120,
            480,
            barcode=ean13(201),
            picture="lumen/assiette-estran.webp",
        ),
        Variant(
            (0, 1),
            "LUM-ESTRAN-CRA27",
            3200,
            96,
            760,
            barcode=ean13(202),
            picture="lumen/assiette-estran.webp",
        ),
        Variant(
            (1, 0),
            "LUM-ESTRAN-SAU21",
            2400,
            84,
            480,
            barcode=ean13(203),
            picture="lumen/assiette-estran--sauge.webp",
        ),
        Variant(
            (1, 1),
            "LUM-ESTRAN-SAU27",
            3200,
            0,
            760,
            barcode=ean13(204),
            picture="lumen/assiette-estran--sauge.webp",
        ),
        Variant(
            (2, 0),
            "LUM-ESTRAN-ENC21",
            2400,
            60,
            480,
            barcode=ean13(205),
            picture="lumen/assiette-estran--encre.webp",
        ),
        Variant(
            (2, 1),
            "LUM-ESTRAN-ENC27",
            3200,
            24,
            760,
            barcode=ean13(206),
            picture="lumen/assiette-estran--encre.webp",
        ),
    ),
    pictures=(
        picture(
            "lumen/assiette-estran.webp",
            "Assiette de grès couleur craie, mouchetée, au bord de terre nue",
            "Speckled chalk-coloured stoneware plate with a rim of bare clay",
        ),
        picture(
            "lumen/assiette-estran--sauge.webp",
            "Assiette de grès vert sauge, mouchetée",
            "Speckled sage-green stoneware plate",
        ),
        picture(
            "lumen/assiette-estran--encre.webp",
            "Assiette de grès bleu encre, mouchetée",
            "Speckled ink-blue stoneware plate",
        ),
        picture(
            "lumen/assiette-estran--pile.webp",
            "Pile d'assiettes Estran des trois couleurs",
            "A stack of Estran plates in the three colours",
        ),
    ),
    listed_days_ago=90,
)

BOL_MAREE = Product(
    slug="bol-maree",
    title=say("Bol Marée", "Marée bowl"),
    description=tell(
        fr=(
            "Pour la soupe du soir, le granola du matin et tout ce qui se mange à la cuillère, assis en "
            "tailleur. Trempé deux fois dans l'émail, il garde la trace de la marée : une ligne plus sombre "
            "là où les deux bains se rejoignent.",
            "Diamètre 15 cm, hauteur 7,5 cm, 55 cl. Grès, intérieur brillant, extérieur mat, pied de terre "
            "nue. Lave-vaisselle et micro-ondes sans souci ; à éviter sur la flamme. Vendu à la pièce.",
        ),
        en=(
            "For the evening's soup, the morning's granola and everything that is eaten with a spoon, "
            "cross-legged. Dipped twice in glaze, it keeps the mark of the tide: a darker line where the "
            "two baths meet.",
            "15 cm across, 7.5 cm high, 55 cl. Stoneware, glossy inside and matt outside, with a foot of "
            "bare clay. At ease in the dishwasher and in the microwave; keep it off the flame. Sold singly, "
            "and easy to stack.",
        ),
    ),
    options=(colour_option("craie", "argile", "encre"),),
    variants=(
        Variant((0,), "LUM-MAREE-CRA", 1900, 110, 430, barcode=ean13(207), picture="lumen/bol-maree.webp"),
        Variant(
            (1,), "LUM-MAREE-ARG", 1900, 75, 430, barcode=ean13(208), picture="lumen/bol-maree--argile.webp"
        ),
        Variant(
            (2,), "LUM-MAREE-ENC", 1900, 82, 430, barcode=ean13(209), picture="lumen/bol-maree--encre.webp"
        ),
    ),
    pictures=(
        picture(
            "lumen/bol-maree.webp",
            "Bol de grès craie à double émail",
            "Chalk stoneware bowl with a double glaze",
        ),
        picture(
            "lumen/bol-maree--argile.webp",
            "Bol de grès argile à double émail",
            "Clay stoneware bowl with a double glaze",
        ),
        picture(
            "lumen/bol-maree--encre.webp",
            "Bol de grès bleu encre à double émail",
            "Ink-blue stoneware bowl with a double glaze",
        ),
    ),
    listed_days_ago=88,
)

MUG_RIVAGE = Product(
    slug="mug-rivage",
    title=say("Mug Rivage", "Rivage mug"),
    description=tell(
        fr=(
            "Un mug droit, une anse où trois doigts tiennent vraiment, une lèvre affinée pour le café comme "
            "pour le thé. L'émail s'arrête aux deux tiers et laisse sous la main la terre chamottée, douce "
            "et un peu rêche à la fois.",
            "9 cm de haut, 8,5 cm de diamètre, 32 cl, 340 g. Grès de Puisaye. Lave-vaisselle et "
            "micro-ondes. L'émail est sans plomb ; un peu de bicarbonate efface les traces de thé.",
        ),
        en=(
            "A straight mug, a handle that really holds three fingers, a lip made thin for coffee and for "
            "tea. The glaze stops two thirds of the way down and leaves the grogged clay under your hand, "
            "soft and a little rough at once.",
            "9 cm high, 8.5 cm across, 32 cl, 340 g. Stoneware from Puisaye. Dishwasher and microwave. The "
            "glaze is free of lead; a little baking soda takes tea stains away.",
        ),
    ),
    options=(colour_option("craie", "argile", "sauge"),),
    variants=(
        Variant((0,), "LUM-RIVAGE-CRA", 2200, 140, 400, barcode=ean13(210), picture="lumen/mug-rivage.webp"),
        Variant(
            (1,), "LUM-RIVAGE-ARG", 2200, 95, 400, barcode=ean13(211), picture="lumen/mug-rivage--argile.webp"
        ),
        Variant(
            (2,), "LUM-RIVAGE-SAU", 2200, 20, 400, barcode=ean13(212), picture="lumen/mug-rivage--sauge.webp"
        ),
    ),
    pictures=(
        picture(
            "lumen/mug-rivage.webp",
            "Mug de grès à l'émail craie et au bas de terre nue",
            "Stoneware mug with chalk glaze and a bare clay foot",
        ),
        picture(
            "lumen/mug-rivage--argile.webp", "Mug de grès à l'émail argile", "Stoneware mug with clay glaze"
        ),
        picture(
            "lumen/mug-rivage--sauge.webp", "Mug de grès à l'émail sauge", "Stoneware mug with sage glaze"
        ),
    ),
    listed_days_ago=18,
)

THEIERE_LICHEN = Product(
    slug="theiere-lichen",
    title=say("Théière Lichen", "Lichen teapot"),
    description=tell(
        fr=(
            "Une théière ronde et posée, à l'émail vert de lichen, que l'on tient par une anse de chêne "
            "cintré à la vapeur. Le bec coupe net la goutte, le couvercle reste en place quand on verse la "
            "dernière tasse.",
            "Contenance 90 cl, hauteur 19 cm anse comprise, 780 g. Grès émaillé, filtre d'inox amovible. À "
            "laver à la main, l'anse n'aime pas tremper ; deux fois l'an, une goutte d'huile de lin lui "
            "suffit.",
        ),
        en=(
            "A round and settled teapot in lichen-green glaze, held by a handle of steam-bent oak. The "
            "spout cuts the drop cleanly and the lid stays in its place when the last cup is poured.",
            "Holds 90 cl, 19 cm high with its handle, 780 g. Glazed stoneware, removable stainless-steel "
            "strainer. Wash it by hand, for the handle doesn't like to soak; twice a year a drop of linseed "
            "oil is all it asks for.",
        ),
    ),
    variants=(Variant((), "LUM-LICHEN", 8900, 26, 1200, barcode=ean13(216)),),
    pictures=(
        picture(
            "lumen/theiere-lichen.webp",
            "Théière ronde vert lichen avec une anse de chêne",
            "Round lichen-green teapot with an oak handle",
        ),
        picture(
            "lumen/theiere-lichen--service.webp",
            "La théière Lichen servie avec deux mugs Rivage",
            "The Lichen teapot served with two Rivage mugs",
        ),
    ),
    listed_days_ago=9,
)

VASE_COLONNE = Product(
    slug="vase-colonne",
    title=say("Vase Colonne", "Colonne vase"),
    description=tell(
        fr=(
            "Haut, étroit, cannelé comme un fût de colonne : il tient debout la plus maigre des branches et "
            "reste une sculpture quand il est vide. Les cannelures sont creusées à l'ébauchoir, une par "
            "une, dans la terre encore fraîche.",
            "Hauteur 31 cm, diamètre 13 cm, 1,6 kg. Grès chamotté, émail mat couleur argile à l'extérieur, "
            "étanche à l'intérieur. Petite série : les dernières pièces avant la prochaine fournée, au "
            "printemps.",
        ),
        en=(
            "Tall, narrow, fluted like the shaft of a column: it holds the thinnest branch upright and "
            "remains a sculpture when it is empty. The flutes are carved with a modelling tool, one by one, "
            "in clay that is still fresh.",
            "31 cm high, 13 cm across, 1.6 kg. Grogged stoneware, matt clay-coloured glaze outside, "
            "watertight inside. A small series: these are the last pieces before the next firing, in spring.",
        ),
    ),
    variants=(Variant((), "LUM-COLONNE", 5900, 3, 1900, barcode=ean13(220)),),
    pictures=(
        picture(
            "lumen/vase-colonne.webp",
            "Haut vase cannelé couleur argile",
            "Tall fluted clay-coloured vase",
        ),
        picture(
            "lumen/vase-colonne--bouquet.webp",
            "Le vase Colonne avec des branches d'eucalyptus",
            "The Colonne vase with branches of eucalyptus",
        ),
    ),
    listed_days_ago=58,
)

PICHET_FAIENCE = Product(
    slug="pichet-faience",
    title=say("Pichet Normand en faïence", "Normand earthenware jug"),
    description=tell(
        fr=(
            "Un pichet ventru pour l'eau, le cidre ou trois pivoines. L'émail blanc crémeux laisse paraître "
            "le rose de la terre sur les arêtes ; une bande bleu encre, peinte au pinceau sur la tournette, "
            "fait le tour de l'épaule.",
            "Hauteur 22 cm, contenance 1,3 l, 950 g. Faïence émaillée, sans plomb. À laver à la main de "
            "préférence, à ne pas mettre au four. Les premiers exemplaires sortent de l'atelier le mois "
            "prochain.",
        ),
        en=(
            "A pot-bellied jug for water, cider or three peonies. The creamy white glaze lets the pink of "
            "the clay show through on the edges; a band of ink blue, brushed on while the wheel turns, runs "
            "around the shoulder.",
            "22 cm high, holds 1.3 l, 950 g. Glazed earthenware, free of lead. Better washed by hand, and "
            "not for the oven. The first pieces leave the workshop next month; the price may still move a "
            "little.",
        ),
    ),
    variants=(Variant((), "LUM-NORMAND", 5400, 40, 1250, barcode=ean13(221)),),
    pictures=(
        picture(
            "lumen/pichet-faience.webp",
            "Pichet blanc ventru avec une bande bleu encre",
            "Pot-bellied white jug with an ink-blue band",
        ),
    ),
    status="draft",
    listed_days_ago=2,
)

STONEWARE: tuple[Product, ...] = (
    THEIERE_LICHEN,
    MUG_RIVAGE,
    ASSIETTE_ESTRAN,
    BOL_MAREE,
    VASE_COLONNE,
    PICHET_FAIENCE,
)
