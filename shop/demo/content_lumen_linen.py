"""Atelier Lumen's table linen and felt."""

from shop.demo.content_options import colour_option, picture, size_option
from shop.demo.content_types import Product, Variant, ean13, say, tell

NAPPE_LIN = Product(
    slug="nappe-lin",
    title=say("Nappe Dimanche en lin", "Dimanche linen tablecloth"),
    description=tell(
        fr=(
            "Une nappe de lin lourd qui tombe droit, aux coins en onglet et à l'ourlet de cinq centimètres. "
            "Lavée avant d'être cousue, elle ne rétrécira plus ; ses plis font partie du décor et la tache "
            "de vin du bon souvenir.",
            "Deux longueurs : 160 x 200 cm pour six couverts, 160 x 280 cm pour dix. Lin européen 260 g. "
            "Lavage à 60 °C si la fête a été belle, 40 °C sinon. Sèche vite, se plie encore humide.",
        ),
        en=(
            "A cloth of heavy linen that falls straight, with mitred corners and a hem of five centimetres. "
            "Washed before it is sewn, it won't shrink any more; its creases belong to the picture, and the "
            "wine stain to the memory.",
            "Two lengths: 160 x 200 cm for six, 160 x 280 cm for ten. European linen, 260 g. Wash at 60 °C "
            "if the party was good, at 40 °C otherwise. It dries fast and is best folded while still a "
            "little damp.",
        ),
    ),
    options=(colour_option("ecru", "sauge", "argile"), size_option("160 x 200 cm", "160 x 280 cm")),
    variants=(
        Variant(
            (0, 0), "LUM-DIMANCHE-ECR200", 8900, 46, 900, barcode=ean13(316), picture="lumen/nappe-lin.webp"
        ),
        Variant(
            (0, 1), "LUM-DIMANCHE-ECR280", 11900, 34, 1250, barcode=ean13(317), picture="lumen/nappe-lin.webp"
        ),
        Variant(
            (1, 0),
            "LUM-DIMANCHE-SAU200",
            8900,
            52,
            900,
            barcode=ean13(318),
            picture="lumen/nappe-lin--sauge.webp",
        ),
        Variant(
            (1, 1),
            "LUM-DIMANCHE-SAU280",
            11900,
            0,
            1250,
            barcode=ean13(319),
            picture="lumen/nappe-lin--sauge.webp",
        ),
        Variant(
            (2, 0),
            "LUM-DIMANCHE-ARG200",
            7500,
            36,
            900,
            compare_at_amount=8900,
            barcode=ean13(320),
            picture="lumen/nappe-lin--argile.webp",
        ),
        Variant(
            (2, 1),
            "LUM-DIMANCHE-ARG280",
            9900,
            31,
            1250,
            compare_at_amount=11900,
            barcode=ean13(321),
            picture="lumen/nappe-lin--argile.webp",
        ),
    ),
    pictures=(
        picture(
            "lumen/nappe-lin.webp",
            "Table couverte d'une nappe de lin écru qui tombe en plis",
            "Table covered with an ecru linen cloth falling in folds",
        ),
        picture(
            "lumen/nappe-lin--sauge.webp",
            "Table couverte d'une nappe de lin vert sauge",
            "Table covered with a sage-green linen cloth",
        ),
        picture(
            "lumen/nappe-lin--argile.webp",
            "Table couverte d'une nappe de lin couleur argile",
            "Table covered with a clay-coloured linen cloth",
        ),
    ),
    listed_days_ago=55,
)

SERVIETTES_LIN = Product(
    slug="serviettes-lin",
    title=say("Quatre serviettes Dimanche", "Four Dimanche napkins"),
    description=tell(
        fr=(
            "Assez grandes pour les genoux, assez souples pour ne pas glisser. Elles sont coupées dans le "
            "même lin que la nappe, bordées d'un point de bourdon ton sur ton, et vieillissent comme elle : "
            "mieux d'année en année.",
            "Le lot de quatre, 45 x 45 cm, lin européen 190 g, nouées d'un ruban de coton. Lavage à 60 °C. "
            "Pliées encore tièdes au sortir du fil, elles n'ont besoin d'aucun repassage.",
        ),
        en=(
            "Large enough for the lap, soft enough not to slip off. They are cut from the same linen as the "
            "tablecloth, edged with a tone-on-tone satin stitch, and they age as it does: better from year "
            "to year.",
            "A set of four, 45 x 45 cm, European linen of 190 g, tied with a cotton ribbon. Wash at 60 °C. "
            "Folded while still warm from the line, they need no ironing at all.",
        ),
    ),
    options=(colour_option("sauge", "argile", "encre"),),
    variants=(
        Variant(
            (0,), "LUM-SERVIETTES-SAU", 3600, 59, 320, barcode=ean13(322), picture="lumen/serviettes-lin.webp"
        ),
        Variant(
            (1,),
            "LUM-SERVIETTES-ARG",
            3600,
            48,
            320,
            barcode=ean13(323),
            picture="lumen/serviettes-lin--argile.webp",
        ),
        Variant(
            (2,),
            "LUM-SERVIETTES-ENC",
            3600,
            35,
            320,
            barcode=ean13(324),
            picture="lumen/serviettes-lin--encre.webp",
        ),
    ),
    pictures=(
        picture(
            "lumen/serviettes-lin.webp",
            "Pile de serviettes de lin vert sauge nouées d'un ruban",
            "Stack of sage-green linen napkins tied with a ribbon",
        ),
        picture(
            "lumen/serviettes-lin--argile.webp",
            "Pile de serviettes de lin couleur argile nouées d'un ruban",
            "Stack of clay-coloured linen napkins tied with a ribbon",
        ),
        picture(
            "lumen/serviettes-lin--encre.webp",
            "Pile de serviettes de lin bleu encre nouées d'un ruban",
            "Stack of ink-blue linen napkins tied with a ribbon",
        ),
    ),
    listed_days_ago=54,
)

TORCHON_MARINIERE = Product(
    slug="torchon-mariniere",
    title=say("Torchon Marinière", "Marinière tea towel"),
    description=tell(
        fr=(
            "Le torchon de grand-mère, rayé comme un pull de marin, en métis : la trame de lin boit l'eau, "
            "la chaîne de coton la supporte. Il essuie sans peluche dès le troisième lavage et se pend par "
            "une boucle cousue dans le coin.",
            "50 x 70 cm, 52 % lin et 48 % coton, 220 g. Tissé dans les Vosges. Lavage à 60 °C, sans "
            "adoucissant, qui l'empêcherait de boire. Vendu à la pièce.",
        ),
        en=(
            "Grandmother's tea towel, striped like a sailor's jersey, in half linen: the linen weft drinks "
            "the water, the cotton warp bears the rubbing. It dries without lint from the third wash on and "
            "hangs by a loop sewn into its corner.",
            "50 x 70 cm, 52 % linen and 48 % cotton, 220 g. Woven in the Vosges. Wash at 60 °C without "
            "softener, which would keep it from drinking. Sold singly.",
        ),
    ),
    options=(colour_option("encre", "argile", name=say("Rayures", "Stripes")),),
    variants=(
        Variant(
            (0,),
            "LUM-MARINIERE-ENC",
            1600,
            130,
            130,
            barcode=ean13(325),
            picture="lumen/torchon-mariniere.webp",
        ),
        Variant(
            (1,),
            "LUM-MARINIERE-ARG",
            1600,
            104,
            130,
            barcode=ean13(326),
            picture="lumen/torchon-mariniere--argile.webp",
        ),
    ),
    pictures=(
        picture(
            "lumen/torchon-mariniere.webp",
            "Torchon écru rayé de bleu encre, pendu à une patère",
            "Ecru tea towel with ink-blue stripes hanging from a peg",
        ),
        picture(
            "lumen/torchon-mariniere--argile.webp",
            "Torchon écru rayé d'argile, pendu à une patère",
            "Ecru tea towel with clay stripes hanging from a peg",
        ),
    ),
    listed_days_ago=100,
)

DESSOUS_FEUTRE = Product(
    slug="dessous-feutre",
    title=say("Dessous-de-verre en feutre", "Felt coaster"),
    description=tell(
        fr=(
            "Cinq millimètres de feutre de laine, un bord coupé franc, un point de couture en laiton : le "
            "rond qui sauve la table et étouffe le bruit du verre que l'on repose. Il se prend par un, par "
            "quatre ou par brassée.",
            "Diamètre 10 cm, 100 % laine, vendu à la pièce. Absorbe la goutte sans la laisser passer, se "
            "rince à l'eau tiède et sèche à plat. Découpé dans les chutes de nos coussins d'assise.",
        ),
        en=(
            "Five millimetres of wool felt, a clean-cut edge, a single rivet of brass: the disc that saves "
            "the table and hushes the glass that is put back on it. Take one, four, or an armful of mixed "
            "colours.",
            "10 cm across, 100 % wool, sold singly. It takes up the drop and doesn't let it through, is "
            "rinsed in lukewarm water and dries flat. Cut from what is left over of our seat pads.",
        ),
    ),
    options=(colour_option("argile", "sauge", "encre"),),
    variants=(
        Variant((0,), "LUM-FEUTRE-ARG", 900, 160, 20, picture="lumen/dessous-feutre.webp"),
        Variant((1,), "LUM-FEUTRE-SAU", 900, 145, 20, picture="lumen/dessous-feutre--sauge.webp"),
        Variant((2,), "LUM-FEUTRE-ENC", 900, 152, 20, picture="lumen/dessous-feutre--encre.webp"),
    ),
    pictures=(
        picture(
            "lumen/dessous-feutre.webp",
            "Dessous-de-verre ronds en feutre couleur argile",
            "Round clay-coloured felt coasters",
        ),
        picture(
            "lumen/dessous-feutre--sauge.webp",
            "Dessous-de-verre ronds en feutre vert sauge",
            "Round sage-green felt coasters",
        ),
        picture(
            "lumen/dessous-feutre--encre.webp",
            "Dessous-de-verre ronds en feutre bleu encre",
            "Round ink-blue felt coasters",
        ),
    ),
    listed_days_ago=95,
)

LINEN: tuple[Product, ...] = (
    NAPPE_LIN,
    SERVIETTES_LIN,
    TORCHON_MARINIERE,
    DESSOUS_FEUTRE,
)
