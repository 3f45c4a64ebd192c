"""Atelier Lumen's pendants, wall lights and bulbs."""

from shop.demo.content_options import colour_option, picture, size_option
from shop.demo.content_types import Product, Variant, ean13, say, tell

SUSPENSION_LUNE = Product(
    slug="suspension-lune",
    title=say("Suspension Lune", "Lune pendant"),
    description=tell(
        fr=(
            "Un globe de verre opalin, une coupelle de métal, un fil : rien d'autre. La Lune éclaire tout "
            "autour d'elle d'une lumière égale et douce, seule au-dessus d'une table ronde ou en file le "
            "long d'un plan de travail.",
            "Globe de 25 ou 35 cm, verre soufflé en trois couches, câble textile de 2,50 m à raccourcir "
            "soi-même, rosace assortie. Culot E27, LED de 10 W au plus. Le globe se dévisse sans outil et "
            "se lave à l'eau savonneuse.",
        ),
        en=(
            "A globe of opal glass, a metal cup, a cord: nothing else. Lune spreads an even, gentle light "
            "all around, on its own over a round table or in a row along a worktop, and looks as good by "
            "day as it does switched on.",
            "25 or 35 cm globe, glass blown in three layers, 2.5 m textile cable that you shorten yourself, "
            "matching ceiling rose. E27 socket, LED of 10 W at most. The globe unscrews without tools and "
            "is washed in soapy water.",
        ),
    ),
    options=(
        colour_option("laiton", "noir", name=say("Finition", "Finish")),
        size_option("25 cm", "35 cm", name=say("Diamètre", "Diameter")),
    ),
    variants=(
        Variant(
            (0, 0),
            "LUM-LUNE-LAI25",
            17900,
            48,
            1900,
            barcode=ean13(120),
            picture="lumen/suspension-lune.webp",
        ),
        Variant(
            (0, 1),
            "LUM-LUNE-LAI35",
            23900,
            32,
            3200,
            barcode=ean13(121),
            picture="lumen/suspension-lune.webp",
        ),
        Variant(
            (1, 0),
            "LUM-LUNE-NOI25",
            17900,
            40,
            1900,
            barcode=ean13(122),
            picture="lumen/suspension-lune--noir.webp",
        ),
        Variant(
            (1, 1),
            "LUM-LUNE-NOI35",
            23900,
            0,
            3200,
            barcode=ean13(123),
            picture="lumen/suspension-lune--noir.webp",
        ),
    ),
    pictures=(
        picture(
            "lumen/suspension-lune.webp",
            "Suspension globe en verre opalin, monture en laiton",
            "Opal glass globe pendant with a brass fitting",
        ),
        picture(
            "lumen/suspension-lune--noir.webp",
            "Suspension globe en verre opalin, monture noire",
            "Opal glass globe pendant with a black fitting",
        ),
        picture(
            "lumen/suspension-lune--table.webp",
            "Trois suspensions Lune allumées au-dessus d'une table",
            "Three Lune pendants lit above a table",
        ),
    ),
    listed_days_ago=12,
)

APPLIQUE_DEMI_LUNE = Product(
    slug="applique-demi-lune",
    title=say("Applique Demi-lune", "Demi-lune wall light"),
    description=tell(
        fr=(
            "Un demi-disque de plâtre, moulé et poncé à la main, derrière lequel la lumière s'échappe en "
            "éventail. De jour, l'applique se fond dans le mur ; le soir, elle dessine une lune sur un "
            "couloir, un escalier, une tête de lit.",
            "32 cm de large, 17 cm de haut, saillie de 9 cm. Plâtre armé, platine de laiton, deux ampoules "
            "G9 de 3 W fournies. À peindre si l'on veut, de la couleur du mur. Se dépoussière au pinceau "
            "sec.",
        ),
        en=(
            "Half a disc of plaster, cast and sanded by hand, behind which the light escapes in a fan. By "
            "day the light melts into the wall; in the evening it draws a moon on a corridor, a staircase "
            "or above the head of a bed.",
            "32 cm wide, 17 cm high, standing 9 cm off the wall. Reinforced plaster, brass plate, two 3 W "
            "G9 bulbs included. Paint it the colour of your wall if you like. Dust it with a dry brush.",
        ),
    ),
    variants=(Variant((), "LUM-DEMILUNE", 12900, 57, 1600, compare_at_amount=14900, barcode=ean13(124)),),
    pictures=(
        picture(
            "lumen/applique-demi-lune.webp",
            "Applique murale en demi-disque de plâtre avec un filet de laiton",
            "Half-disc plaster wall light with a thin line of brass",
        ),
        picture(
            "lumen/applique-demi-lune--nuit.webp",
            "Deux appliques Demi-lune allumées sur un mur sombre",
            "Two Demi-lune wall lights lit on a dark wall",
        ),
    ),
    listed_days_ago=52,
)

SUSPENSION_CIGALE = Product(
    slug="suspension-cigale",
    title=say("Suspension Cigale en rotin", "Cigale rattan pendant"),
    description=tell(
        fr=(
            "Le rotin, tressé à jour par un vannier du Vaucluse, laisse filer sur les murs un dessin "
            "d'ombres qui change avec l'heure. Une forme de cloche, ample et légère, pour la terrasse "
            "couverte comme pour la salle à manger.",
            "Diamètre 46 cm, hauteur 38 cm, 1,2 kg. Rotin naturel non verni, monture en laiton, câble de "
            "coton de 2 m. Culot E27, LED de 12 W au plus. À dépoussiérer au sèche-cheveux froid, à tenir "
            "loin de la pluie.",
        ),
        en=(
            "Rattan, woven openwork by a basket maker in the Vaucluse, lets a pattern of shadows wander "
            "over the walls that changes with the hour. An ample, weightless bell for a covered terrace as "
            "much as for the dining room.",
            "46 cm across, 38 cm high, 1.2 kg. Natural unvarnished rattan, brass fitting, 2 m cotton cable. "
            "E27 socket, LED of 12 W at most. Dust it with a cold hair dryer and keep it out of the rain.",
        ),
    ),
    variants=(Variant((), "LUM-CIGALE", 14900, 33, 1900, barcode=ean13(125)),),
    pictures=(
        picture(
            "lumen/suspension-cigale.webp",
            "Grande suspension cloche en rotin tressé",
            "Large bell pendant in woven rattan",
        ),
        picture(
            "lumen/suspension-cigale--ombres.webp",
            "La suspension Cigale allumée projette des ombres sur le mur",
            "The lit Cigale pendant throws shadows on the wall",
        ),
    ),
    listed_days_ago=27,
)

SUSPENSION_FUMEE = Product(
    slug="suspension-fumee",
    title=say("Suspension Fumée", "Fumée pendant"),
    description=tell(
        fr=(
            "Une cloche de verre fumé, teintée dans la masse, où le filament se devine comme une braise. Le "
            "verrier laisse la paroi plus sombre au col qu'au bord : la lumière descend chaude sur la "
            "table, et le plafond reste dans l'ombre.",
            "Diamètre 28 cm, hauteur 30 cm. Verre soufflé, douille et rosace de laiton brossé, câble "
            "textile de 2 m. Culot E27 ; notre ampoule Globe lui va bien. À nettoyer au vinaigre blanc "
            "dilué, ampoule froide.",
        ),
        en=(
            "A bell of smoked glass, tinted right through, in which the filament glows like an ember. The "
            "glass blower leaves the wall darker at the neck than at the rim, so the light falls warm on "
            "the table and the ceiling stays in shade.",
            "28 cm across, 30 cm high. Blown glass, socket and ceiling rose in brushed brass, 2 m textile "
            "cable. E27 socket; our Globe bulb suits it well. Clean with diluted white vinegar once the "
            "bulb is cold.",
        ),
    ),
    variants=(Variant((), "LUM-FUMEE", 22900, 31, 2400, barcode=ean13(126)),),
    pictures=(
        picture(
            "lumen/suspension-fumee.webp",
            "Suspension cloche en verre fumé avec une ampoule à filament",
            "Smoked glass bell pendant with a filament bulb",
        ),
        picture(
            "lumen/suspension-fumee--trio.webp",
            "Trois suspensions en verre fumé à des hauteurs différentes",
            "Three smoked glass pendants hung at different heights",
        ),
    ),
    listed_days_ago=64,
)

LANTERNE_WASHI = Product(
    slug="lanterne-washi",
    title=say("Lanterne de papier Washi", "Washi paper lantern"),
    description=tell(
        fr=(
            "Du papier de mûrier tendu sur un fil d'acier en spirale, et un pied de chêne à trois branches. "
            "La lanterne se plie comme un accordéon pour voyager, se déplie en un geste et donne une "
            "lumière de matin de neige.",
            "Diamètre 36 cm, hauteur 48 cm avec le pied, 600 g. Papier renforcé au kozo, chêne huilé. Culot "
            "E27, LED de 7 W au plus, jamais d'ampoule chaude. Le papier se dépoussière au plumeau et se "
            "remplace.",
        ),
        en=(
            "Mulberry paper stretched over a spiral of steel wire, on a three-legged oak foot. The lantern "
            "folds like an accordion to travel, opens in one movement and gives the light of a morning "
            "after snow.",
            "36 cm across, 48 cm high with its foot, 600 g. Paper strengthened with kozo fibre, oiled oak. "
            "E27 socket, LED of 7 W at most, never a hot bulb. Dust the paper with a feather duster; when "
            "its day has come, the paper alone can be replaced.",
        ),
    ),
    variants=(Variant((), "LUM-WASHI", 8900, 72, 1100, compare_at_amount=9900, barcode=ean13(127)),),
    pictures=(
        picture(
            "lumen/lanterne-washi.webp",
            "Lanterne ronde de papier plissé sur un trépied de chêne",
            "Round ribbed paper lantern on an oak tripod",
        ),
        picture(
            "lumen/lanterne-washi--nuit.webp",
            "La lanterne Washi allumée posée près d'une fenêtre, la nuit",
            "The Washi lantern lit near a window at night",
        ),
    ),
    listed_days_ago=40,
)

AMPOULE_GLOBE = Product(
    slug="ampoule-globe",
    title=say("Ampoule Globe à filament", "Globe filament bulb"),
    description=tell(
        fr=(
            "L'ampoule que nous mettons dans nos propres lampes : un globe légèrement ambré, un filament "
            "LED en boucle, une lumière à 2200 K qui flatte les visages et le bois. Elle s'allume sans "
            "attendre et s'accorde avec la plupart des variateurs.",
            "Diamètre 95 mm, culot E27, 5 W pour 420 lm, soit l'équivalent de 40 W. Durée de vie de 15 000 "
            "h. Garantie trois ans. En fin de vie, à rapporter au magasin pour recyclage, avec le verre.",
        ),
        en=(
            "The bulb that we put into our own lamps: a slightly amber globe, a looped LED filament, a 2200 "
            "K light that is kind to faces and to wood. It lights up at once and gets along with most "
            "dimmers.",
            "95 mm across, E27 socket, 5 W for 420 lm, which equals 40 W of old. It lives for 15,000 h and "
            "is guaranteed for three years. When it has burnt out, take it back to any shop to be recycled; "
            "please do not throw it in with the glass.",
        ),
    ),
    variants=(Variant((), "LUM-GLOBE95", 1400, None, 90, barcode=ean13(128)),),
    pictures=(
        picture(
            "lumen/ampoule-globe.webp",
            "Ampoule globe ambrée au filament en boucle",
            "Amber globe bulb with a looped filament",
        ),
    ),
    listed_days_ago=130,
)

LIGHTS: tuple[Product, ...] = (
    SUSPENSION_LUNE,
    SUSPENSION_CIGALE,
    SUSPENSION_FUMEE,
    APPLIQUE_DEMI_LUNE,
    LANTERNE_WASHI,
    AMPOULE_GLOBE,
)
