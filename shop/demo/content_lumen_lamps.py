"""Atelier Lumen's table lamps, floor lamps and portable lamps."""

from shop.demo.content_options import colour_option, picture, size_option
from shop.demo.content_types import Product, Variant, ean13, say, tell

LAMPE_OPALE = Product(
    slug="lampe-opale",
    title=say("Lampe à poser Opale", "Opale table lamp"),
    description=tell(
        fr=(
            "Un chapeau de verre opalin soufflé à la bouche, posé sur un pied du même verre : la lampe "
            "Opale diffuse une lumière laiteuse, sans point brillant, qui ne fatigue pas les yeux. Un "
            "anneau de laiton brossé marque la jonction.",
            "Petite : 24 cm de haut, chapeau de 22 cm. Grande : 38 cm de haut, chapeau de 34 cm. Culot E14 "
            "ou E27, ampoule LED de 6 W conseillée, câble textile de 1,80 m avec interrupteur. Se "
            "dépoussière avec un chiffon doux, à peine humide.",
        ),
        en=(
            "A cap of mouth-blown opal glass resting on a foot of the same glass: Opale gives a milky light "
            "without any bright spot, easy on the eyes from supper to the last page of the book. A ring of "
            "brushed brass marks the joint.",
            "Small: 24 cm high with a 22 cm cap. Large: 38 cm high with a 34 cm cap. E14 or E27 socket, a 6 "
            "W LED bulb is recommended, 1.8 m textile cable with a switch. Dust with a soft, barely damp "
            "cloth.",
        ),
    ),
    options=(size_option(say("Petite, 24 cm", "Small, 24 cm"), say("Grande, 38 cm", "Large, 38 cm")),),
    variants=(
        Variant((0,), "LUM-OPALE-S", 18900, 46, 1900, barcode=ean13(101)),
        Variant((1,), "LUM-OPALE-L", 25900, 18, 3400, barcode=ean13(102)),
    ),
    pictures=(
        picture(
            "lumen/lampe-opale.webp",
            "Lampe champignon en verre opalin avec un anneau de laiton",
            "Mushroom lamp in opal glass with a brass ring",
        ),
        picture(
            "lumen/lampe-opale--soir.webp",
            "La lampe Opale allumée le soir sur une table de chevet en chêne",
            "The Opale lamp lit at night on an oak bedside table",
        ),
    ),
    listed_days_ago=3,
)

LAMPADAIRE_ORION = Product(
    slug="lampadaire-orion",
    title=say("Lampadaire arc Orion", "Orion arc floor lamp"),
    description=tell(
        fr=(
            "Une seule courbe de laiton brossé, tendue au-dessus de la table ou du fauteuil, et un socle de "
            "marbre gris qui la tient sans trembler. L'abat-jour, une demi-sphère laquée blanc à "
            "l'intérieur, rabat la lumière là où l'on en a besoin.",
            "Hauteur 205 cm, portée 110 cm, socle de 32 cm et 14 kg. Variateur au pied, culot E27, 60 W au "
            "plus. Chaque arc est cintré à la main dans notre atelier de Saint-Étienne ; le laiton, verni "
            "mat, se nettoie à l'eau tiède.",
        ),
        en=(
            "A single curve of brushed brass drawn over the table or the armchair, and a grey marble base "
            "that holds it without a tremor. The shade, a half sphere lacquered white inside, sends the "
            "light down to where it is wanted.",
            "Height 205 cm, reach 110 cm, base 32 cm across and 14 kg. Foot dimmer, E27 socket, 60 W at "
            "most. Every arc is bent by hand in our workshop in Saint-Étienne; the brass has a matt varnish "
            "and is cleaned with lukewarm water.",
        ),
    ),
    variants=(Variant((), "LUM-ORION", 69000, 6, 21500, barcode=ean13(103)),),
    pictures=(
        picture(
            "lumen/lampadaire-orion.webp",
            "Lampadaire en arc de laiton sur un socle de marbre rond",
            "Arc floor lamp in brass on a round marble base",
        ),
        picture(
            "lumen/lampadaire-orion--detail.webp",
            "Gros plan sur l'abat-jour de laiton du lampadaire Orion",
            "Close view of the brass shade of the Orion floor lamp",
        ),
    ),
    listed_days_ago=75,
)

LAMPE_GALET = Product(
    slug="lampe-galet",
    title=say("Lampe à poser Galet", "Galet table lamp"),
    description=tell(
        fr=(
            "Un pied de grès tourné, rond comme un galet roulé par la mer, sous un abat-jour de lin "
            "naturel. La terre est émaillée à la louche : chaque pièce garde ses coulures et ses points de "
            "fer, aucune n'est tout à fait pareille.",
            "Hauteur totale 46 cm, abat-jour de 32 cm. Culot E27, ampoule de 40 W au plus, câble de lin de "
            "2 m. L'abat-jour se défait d'un tour de main pour être brossé ; le pied se passe à l'éponge "
            "humide.",
        ),
        en=(
            "A foot of thrown stoneware, round as a pebble rolled by the sea, under a shade of natural "
            "linen. The glaze is poured with a ladle, so each piece keeps its own runs and iron specks and "
            "no two are quite the same.",
            "Overall height 46 cm, shade 32 cm across. E27 socket, bulb of 40 W at most, 2 m linen cable. "
            "The shade comes off with a turn of the hand to be brushed; wipe the foot with a damp sponge.",
        ),
    ),
    options=(colour_option("argile", "sauge", "encre"),),
    variants=(
        Variant((0,), "LUM-GALET-ARG", 14900, 34, 3100, barcode=ean13(104), picture="lumen/lampe-galet.webp"),
        Variant(
            (1,),
            "LUM-GALET-SAU",
            14900,
            41,
            3100,
            barcode=ean13(105),
            picture="lumen/lampe-galet--sauge.webp",
        ),
        Variant(
            (2,), "LUM-GALET-ENC", 14900, 0, 3100, barcode=ean13(106), picture="lumen/lampe-galet--encre.webp"
        ),
    ),
    pictures=(
        picture(
            "lumen/lampe-galet.webp",
            "Lampe au pied de grès couleur argile et abat-jour de lin",
            "Lamp with a clay-coloured stoneware foot and a linen shade",
        ),
        picture(
            "lumen/lampe-galet--sauge.webp",
            "Lampe au pied de grès vert sauge et abat-jour de lin",
            "Lamp with a sage-green stoneware foot and a linen shade",
        ),
        picture(
            "lumen/lampe-galet--encre.webp",
            "Lampe au pied de grès bleu encre et abat-jour de lin",
            "Lamp with an ink-blue stoneware foot and a linen shade",
        ),
    ),
    listed_days_ago=21,
)

BALADEUSE_LUCIO = Product(
    slug="baladeuse-lucio",
    title=say("Lampe baladeuse Lucio", "Lucio portable lamp"),
    description=tell(
        fr=(
            "Du jardin à la table de nuit, sans fil : Lucio se recharge en quatre heures et éclaire jusqu'à "
            "dix-huit. On la porte par son anneau, on règle l'intensité d'une pression du doigt sur le "
            "sommet, du halo de bougie à la vraie lumière de lecture.",
            "Acier laqué mat, diffuseur de verre dépoli, anneau de laiton. 26 cm de haut, 14 cm de "
            "diamètre, 900 g. LED 2700 K de 3 W remplaçable, batterie remplaçable aussi, prise USB-C. "
            "Résiste aux éclaboussures (IP54).",
        ),
        en=(
            "From the garden to the bedside, without a cord: Lucio charges in four hours and shines for up "
            "to eighteen. Carry it by its ring and press the top to set the light, from a candle's halo to "
            "one bright enough to read by.",
            "Matt lacquered steel, frosted glass diffuser, brass ring. 26 cm high, 14 cm across, 900 g. A "
            "2700 K, 3 W LED that can be replaced, and so can the battery; USB-C socket. Splash-proof "
            "(IP54).",
        ),
    ),
    options=(colour_option("ecru", "argile", "encre"),),
    variants=(
        Variant(
            (0,), "LUM-LUCIO-ECR", 11900, 64, 1150, barcode=ean13(107), picture="lumen/baladeuse-lucio.webp"
        ),
        Variant(
            (1,),
            "LUM-LUCIO-ARG",
            11900,
            52,
            1150,
            barcode=ean13(108),
            picture="lumen/baladeuse-lucio--argile.webp",
        ),
        Variant(
            (2,),
            "LUM-LUCIO-ENC",
            11900,
            12,
            1150,
            barcode=ean13(109),
            picture="lumen/baladeuse-lucio--encre.webp",
        ),
    ),
    pictures=(
        picture(
            "lumen/baladeuse-lucio.webp",
            "Lampe baladeuse écrue avec son anneau de laiton, allumée",
            "Ecru portable lamp with its brass ring, lit",
        ),
        picture(
            "lumen/baladeuse-lucio--argile.webp",
            "Lampe baladeuse couleur argile, allumée",
            "Clay-coloured portable lamp, lit",
        ),
        picture(
            "lumen/baladeuse-lucio--encre.webp",
            "Lampe baladeuse bleu encre, allumée",
            "Ink-blue portable lamp, lit",
        ),
        picture(
            "lumen/baladeuse-lucio--jardin.webp",
            "Deux baladeuses Lucio allumées sur une table de jardin, à la nuit tombée",
            "Two Lucio lamps lit on a garden table at nightfall",
        ),
    ),
    listed_days_ago=1,
)

LAMPE_ECOLE = Product(
    slug="lampe-ecole",
    title=say("Lampe de bureau École", "École desk lamp"),
    description=tell(
        fr=(
            "Le dessin des lampes d'instituteur, remis d'aplomb : deux bras d'acier, trois articulations "
            "qui tiennent leur position sans ressort, une tête large qui ne renvoie rien dans les yeux. "
            "Elle suit le cahier, la machine à coudre ou l'écran.",
            "Acier laqué, articulations et boutons de laiton, socle lesté. Déployée 62 cm, tête de 17 cm. "
            "Culot E27, LED de 8 W au plus, câble textile de 2 m. Les vis se resserrent avec la clé fournie "
            "; un chiffon sec suffit à l'entretien.",
        ),
        en=(
            "The schoolmaster's lamp, put straight again: two steel arms, three joints that stay where they "
            "are put without a spring, a wide head that throws nothing into your eyes. It follows the "
            "notebook, the sewing machine or the screen.",
            "Lacquered steel, brass joints and knobs, weighted base. 62 cm when stretched, 17 cm head. E27 "
            "socket, LED of 8 W at most, 2 m textile cable. The screws are tightened with the key that "
            "comes with it; a dry cloth is all the care it needs.",
        ),
    ),
    options=(colour_option("encre", "argile", "sauge"),),
    variants=(
        Variant(
            (0,),
            "LUM-ECOLE-ENC",
            9800,
            44,
            2300,
            compare_at_amount=12500,
            barcode=ean13(110),
            picture="lumen/lampe-ecole.webp",
        ),
        Variant(
            (1,),
            "LUM-ECOLE-ARG",
            9800,
            38,
            2300,
            compare_at_amount=12500,
            barcode=ean13(111),
            picture="lumen/lampe-ecole--argile.webp",
        ),
        Variant(
            (2,),
            "LUM-ECOLE-SAU",
            9800,
            0,
            2300,
            compare_at_amount=12500,
            barcode=ean13(112),
            picture="lumen/lampe-ecole--sauge.webp",
        ),
    ),
    pictures=(
        picture(
            "lumen/lampe-ecole.webp",
            "Lampe de bureau articulée bleu encre aux boutons de laiton",
            "Ink-blue jointed desk lamp with brass knobs",
        ),
        picture(
            "lumen/lampe-ecole--argile.webp",
            "Lampe de bureau articulée couleur argile",
            "Clay-coloured jointed desk lamp",
        ),
        picture(
            "lumen/lampe-ecole--sauge.webp",
            "Lampe de bureau articulée vert sauge",
            "Sage-green jointed desk lamp",
        ),
    ),
    listed_days_ago=48,
)

LAMPADAIRE_DUNE = Product(
    slug="lampadaire-dune",
    title=say("Lampadaire trépied Dune", "Dune tripod floor lamp"),
    description=tell(
        fr=(
            "Trois jambes de chêne massif, assemblées par une bague de laiton, portent un large abat-jour "
            "de lin froissé. La lumière monte au plafond et retombe, dorée, sur le canapé : une pièce "
            "entière s'apaise avec une seule lampe.",
            "Hauteur 152 cm, abat-jour de 48 cm, empreinte au sol de 58 cm. Chêne français huilé, culot "
            "E27, interrupteur au pied. Livré à plat, monté en cinq minutes. Le bois se nourrit une fois "
            "l'an d'une huile dure.",
        ),
        en=(
            "Three legs of solid oak, joined by a brass collar, carry a wide shade of crumpled linen. The "
            "light climbs to the ceiling and comes down golden on the sofa: a whole room grows quiet with "
            "one lamp.",
            "Height 152 cm, shade 48 cm, footprint 58 cm. Oiled French oak, E27 socket, foot switch. "
            "Delivered flat and put together in five minutes, without tools. Feed the wood once a year with "
            "hard oil and brush the shade now and then.",
        ),
    ),
    variants=(Variant((), "LUM-DUNE", 34900, 35, 7200, compare_at_amount=39500, barcode=ean13(113)),),
    pictures=(
        picture(
            "lumen/lampadaire-dune.webp",
            "Lampadaire trépied en chêne avec un abat-jour de lin",
            "Oak tripod floor lamp with a linen shade",
        ),
        picture(
            "lumen/lampadaire-dune--salon.webp",
            "Le lampadaire Dune allumé à côté d'un fauteuil",
            "The Dune floor lamp lit beside an armchair",
        ),
    ),
    listed_days_ago=33,
)

LAMPE_PHARE = Product(
    slug="lampe-phare",
    title=say("Lampe Phare, édition 2023", "Phare lamp, 2023 edition"),
    description=tell(
        fr=(
            "Tirée à deux cents exemplaires pour les dix ans de l'atelier, la lampe Phare empile cinq "
            "anneaux de grès rayés d'encre et de craie sous une lanterne de verre. Elle a tenu compagnie à "
            "bien des bibliothèques ; la série est épuisée et ne sera pas refaite.",
            "Hauteur 34 cm, diamètre 15 cm, grès et verre clair, toit de laiton. Culot E14, LED de 4 W. Les "
            "pièces de rechange restent disponibles sur simple message.",
        ),
        en=(
            "Made in two hundred copies for the workshop's tenth birthday, Phare stacks five stoneware "
            "rings striped in ink and chalk under a glass lantern. It has kept many a bookshelf company; "
            "the series is sold out and will not be made again.",
            "Height 34 cm, 15 cm across, stoneware and clear glass, brass roof. E14 socket, 4 W LED. Spare "
            "parts stay available: just write to us and we will send what is missing.",
        ),
    ),
    variants=(Variant((), "LUM-PHARE", 16500, 0, 2600, barcode=ean13(114)),),
    pictures=(
        picture(
            "lumen/lampe-phare.webp",
            "Lampe en forme de phare rayé bleu et blanc",
            "Lamp shaped like a lighthouse striped blue and white",
        ),
    ),
    status="archived",
    listed_days_ago=720,
)

LAMPS: tuple[Product, ...] = (
    BALADEUSE_LUCIO,
    LAMPE_OPALE,
    LAMPE_GALET,
    LAMPADAIRE_DUNE,
    LAMPE_ECOLE,
    LAMPADAIRE_ORION,
    LAMPE_PHARE,
)
