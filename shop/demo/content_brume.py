"""Maison Brume: candles and fragrance for the house. A small second page, to see pages side by side."""

from shop.demo.content_options import picture, size_option
from shop.demo.content_types import Collection, Page, Product, Staff, Variant, ean13, say, tell

BOUGIE_FIGUIER = Product(
    slug="bougie-figuier",
    title=say("Bougie Figuier", "Fig tree candle"),
    description=tell(
        fr=(
            "La feuille froissée, le lait de la tige, le bois chaud de l'après-midi : un figuier entier "
            "dans un gobelet de grès que l'on garde ensuite pour les crayons. Le parfum est composé à "
            "Grasse, la cire coulée chez nous à Douarnenez.",
            "220 g de cire de colza et de coco, mèche de coton, quarante-cinq heures de flamme. Couper la "
            "mèche à 5 mm avant chaque allumage et laisser fondre toute la surface la première fois.",
        ),
        en=(
            "The crumpled leaf, the milk of the stem, the warm wood of the afternoon: a whole fig tree in a "
            "stoneware beaker that you keep for your pencils later. The scent is composed in Grasse, the "
            "wax is poured by us in Douarnenez.",
            "220 g of rapeseed and coconut wax, cotton wick, forty-five hours of flame. Trim the wick to 5 "
            "mm before you light it and let the whole surface melt the first time.",
        ),
    ),
    options=(size_option("220 g", "600 g", name=say("Poids", "Weight")),),
    variants=(
        Variant((0,), "BRU-FIGUIER-220", 3800, 85, 520, barcode=ean13(401)),
        Variant((1,), "BRU-FIGUIER-600", 7200, 32, 1250, barcode=ean13(402)),
    ),
    pictures=(
        picture(
            "brume/bougie-figuier.webp",
            "Bougie allumée dans un gobelet de grès vert",
            "Lit candle in a green stoneware beaker",
        ),
    ),
    listed_days_ago=25,
)

DIFFUSEUR_EMBRUNS = Product(
    slug="diffuseur-embruns",
    title=say("Diffuseur Embruns", "Sea spray diffuser"),
    description=tell(
        fr=(
            "Sel, algue sèche, une pointe de bergamote : l'air de la pointe du Raz quand le vent tourne. "
            "Les tiges de saule boivent le parfum et le rendent peu à peu, sans flamme et sans prise, "
            "pendant près de trois mois.",
            "Flacon de verre de 200 ml, six tiges de saule breton, base d'alcool végétal. Retourner les "
            "tiges une fois la semaine. Ne pas poser sur un bois non protégé ; recharge en vente au même "
            "parfum.",
        ),
        en=(
            "Salt, dry seaweed, a hint of bergamot: the air of the Pointe du Raz when the wind turns. The "
            "willow stems drink the scent and give it back little by little, without a flame or a socket, "
            "for close to three months.",
            "200 ml glass bottle, six stems of Breton willow, plant alcohol base. Turn the stems over once "
            "a week. Don't stand it on unprotected wood; a refill in the same scent is on sale.",
        ),
    ),
    variants=(Variant((), "BRU-EMBRUNS", 4600, 40, 650, barcode=ean13(403)),),
    pictures=(
        picture(
            "brume/diffuseur-embruns.webp",
            "Flacon de verre bleuté avec des tiges de saule",
            "Bluish glass bottle with willow stems",
        ),
    ),
    listed_days_ago=14,
)

SAVON_AVOINE = Product(
    slug="savon-avoine",
    title=say("Savon Avoine et miel", "Oat and honey soap"),
    description=tell(
        fr=(
            "Un pain de savon saponifié à froid, au lait d'avoine et au miel de bruyère, adouci de flocons "
            "qui massent les mains. Il a séché six semaines sur des claies avant d'arriver jusqu'à vous, et "
            "il mousse même à l'eau dure.",
            "110 g, sans colorant, sans huile de palme, surgras à 8 %. À poser sur un porte-savon ajouré "
            "pour qu'il dure. Convient au visage comme au corps ; parfum très léger.",
        ),
        en=(
            "A bar of cold-process soap with oat milk and heather honey, made softer by flakes that massage "
            "your hands. It dried for six weeks on racks before it came to you, and it lathers even in hard "
            "water.",
            "110 g, no colouring, no palm oil, 8 % superfatted. Rest it on a slatted dish and it will last "
            "longer. Suits the face as much as the body; the scent is very light.",
        ),
    ),
    variants=(Variant((), "BRU-AVOINE", 900, 140, 125, barcode=ean13(404)),),
    pictures=(
        picture(
            "brume/savon-avoine.webp",
            "Deux savons crème aux flocons d'avoine sur un porte-savon",
            "Two cream soaps with oat flakes on a soap dish",
        ),
    ),
    listed_days_ago=60,
)

COFFRET_BROCELIANDE = Product(
    slug="coffret-broceliande",
    title=say("Coffret Brocéliande", "Brocéliande gift box"),
    description=tell(
        fr=(
            "Trois petites bougies pour faire le tour de la forêt : mousse et fougère, écorce fumée, "
            "aubépine du matin. Elles logent dans une boîte de carton gris nouée d'un ruban, que l'on offre "
            "telle quelle, sans papier.",
            "Trois bougies de 70 g, quinze heures de flamme chacune, gobelets de verre ambré réutilisables. "
            "Cire de colza et de coco, mèches de coton. Livré avec une carte à écrire.",
        ),
        en=(
            "Three small candles to walk around the forest: moss and fern, smoked bark, hawthorn in the "
            "morning. They live in a box of grey cardboard tied with a ribbon, to be given as it is, "
            "without wrapping paper.",
            "Three candles of 70 g, fifteen hours of flame each, amber glass beakers to use again. Rapeseed "
            "and coconut wax, cotton wicks. Comes with a card for you to write on.",
        ),
    ),
    variants=(Variant((), "BRU-COFFRET", 4900, 36, 780, compare_at_amount=5700, barcode=ean13(405)),),
    pictures=(
        picture(
            "brume/coffret-broceliande.webp",
            "Coffret gris contenant trois bougies de verre ambré",
            "Grey box holding three amber glass candles",
        ),
    ),
    listed_days_ago=8,
)

BRUME = Page(
    slug="maison-brume",
    name="Maison Brume",
    order_prefix="BRU",
    accent="#4f6f66",
    tagline=say("Bougies et parfums d'intérieur, de Bretagne", "Candles and home fragrance from Brittany"),
    about=say(
        "Maison Brume coule ses bougies à Douarnenez, dans un ancien atelier de voilerie d'où l'on voit le "
        "port. Les parfums racontent la côte et l'arrière-pays : le sel, la fougère, la pierre "
        "mouillée.\n\nTout est fait par trois personnes, en petites cuves de vingt litres. Rapportez-nous "
        "vos gobelets vides : nous les remplissons pour la moitié du prix.",
        "Maison Brume pours its candles in Douarnenez, in a former sail loft that looks over the harbour. "
        "The scents tell of the coast and the land behind it: salt, fern, wet stone.\n\nEverything is made "
        "by three people, in small vats of twenty litres. Bring your empty beakers back and we will fill "
        "them for half the price.",
    ),
    logo=picture("brume/logo.webp", "Logo de Maison Brume : une flamme", "Maison Brume's logo: a flame"),
    cover=picture(
        "brume/cover.webp",
        "Bougies et flacons devant des collines dans la brume",
        "Candles and bottles before hills in the mist",
    ),
    shipping_amount=490,
    collections=(
        Collection(
            slug="bougies",
            title=say("Bougies", "Candles"),
            description=say("Cire végétale, mèche de coton.", "Plant wax, cotton wick."),
            product_slugs=("bougie-figuier", "coffret-broceliande"),
        ),
        Collection(
            slug="parfums-et-savons",
            title=say("Parfums et savons", "Fragrance and soap"),
            description=say("Pour la maison et pour les mains.", "For the house and for your hands."),
            product_slugs=("diffuseur-embruns", "savon-avoine"),
        ),
    ),
    products=(COFFRET_BROCELIANDE, DIFFUSEUR_EMBRUNS, BOUGIE_FIGUIER, SAVON_AVOINE),
    staff=(Staff("Solène Kervella", "solene@maison-brume.example", "owner"),),
)
