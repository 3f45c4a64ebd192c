"""Atelier Lumen's glass, oak and brass for the table."""

from shop.demo.content_options import colour_option, picture, size_option
from shop.demo.content_types import Product, Variant, ean13, say, tell

CARAFE_ONDE = Product(
    slug="carafe-onde",
    title=say("Carafe Onde", "Onde carafe"),
    description=tell(
        fr=(
            "Le verre, soufflé dans un moule de bois mouillé, garde à sa surface une onde qui fait danser "
            "la lumière sur la nappe. Le col étroit se prend d'une main, le bouchon de liège tourné sert "
            "aussi de petit dessous.",
            "Hauteur 28 cm, contenance 1,1 l, 620 g. Verre recyclé soufflé à Biot, légères bulles normales. "
            "À laver à la main, avec du gros sel et du vinaigre pour le fond ; pas de liquide bouillant.",
        ),
        en=(
            "Blown into a mould of wet wood, the glass keeps a ripple on its surface that makes the light "
            "dance on the tablecloth. The narrow neck is held in one hand; the turned cork stopper does "
            "duty as a small coaster too.",
            "28 cm high, holds 1.1 l, 620 g. Recycled glass blown in Biot; a few bubbles are part of it. "
            "Wash by hand, with coarse salt and vinegar for the bottom; not for boiling liquids.",
        ),
    ),
    options=(colour_option("fume", "tilleul", name=say("Teinte", "Tint")),),
    variants=(
        Variant((0,), "LUM-ONDE-FUM", 4800, 58, 900, barcode=ean13(213), picture="lumen/carafe-onde.webp"),
        Variant(
            (1,), "LUM-ONDE-TIL", 4800, 49, 900, barcode=ean13(214), picture="lumen/carafe-onde--tilleul.webp"
        ),
    ),
    pictures=(
        picture(
            "lumen/carafe-onde.webp",
            "Carafe de verre fumé au bouchon de liège",
            "Smoked glass carafe with a cork stopper",
        ),
        picture(
            "lumen/carafe-onde--tilleul.webp",
            "Carafe de verre vert tilleul au bouchon de liège",
            "Linden-green glass carafe with a cork stopper",
        ),
    ),
    listed_days_ago=36,
)

VERRES_FACETTE = Product(
    slug="verres-facette",
    title=say("Quatre verres Facette", "Set of four Facette tumblers"),
    description=tell(
        fr=(
            "Des gobelets de bistrot à douze pans, assez épais pour tomber une fois, assez fins pour le bon "
            "vin. Ils s'empilent sans se coincer et accrochent la moindre lumière. Quatre teintes assorties "
            ": clair, fumé, tilleul et ambre.",
            "8,5 cm de haut, 8 cm de diamètre, 25 cl. Verre pressé et trempé, fabriqué en Lorraine. Le lot "
            "de quatre est livré dans un étui de carton alvéolé. Passent au lave-vaisselle.",
        ),
        en=(
            "Bistro tumblers with twelve sides, thick enough to be dropped once, thin enough for good wine. "
            "They stack without getting stuck and catch the least ray of light. Four tints that go "
            "together: clear, smoke, linden and amber.",
            "8.5 cm high, 8 cm across, 25 cl. Pressed and tempered glass made in Lorraine. The set of four "
            "comes in a box of honeycomb cardboard. Happy in the dishwasher.",
        ),
    ),
    variants=(Variant((), "LUM-FACETTE-4", 3900, 67, 1350, compare_at_amount=4600, barcode=ean13(215)),),
    pictures=(
        picture(
            "lumen/verres-facette.webp",
            "Quatre gobelets de verre à facettes de teintes différentes",
            "Four faceted glass tumblers in different tints",
        ),
        picture(
            "lumen/verres-facette--detail.webp",
            "Gobelet ambré rempli d'eau avec une rondelle de citron",
            "Amber tumbler filled with water and a slice of lemon",
        ),
    ),
    listed_days_ago=70,
)

PLANCHE_CHENE = Product(
    slug="planche-chene",
    title=say("Planche à découper en chêne", "Oak serving board"),
    description=tell(
        fr=(
            "Une seule pièce de chêne du Berry, rabotée, arrondie et huilée, avec un lien de cuir pour la "
            "pendre. Elle coupe le pain le matin, porte le fromage le soir et se patine sans jamais "
            "demander pardon.",
            "Trois tailles : 32 x 16 cm, 40 x 20 cm et 50 x 24 cm, épaisseur 2 cm. Bois massif, huile "
            "alimentaire. À laver à l'eau et à sécher debout ; un voile d'huile tous les mois la garde "
            "belle.",
        ),
        en=(
            "A single piece of oak from Berry, planed, rounded and oiled, with a leather thong to hang it "
            "by. It cuts the bread in the morning, carries the cheese in the evening and ages without "
            "apology.",
            "Three sizes: 32 x 16 cm, 40 x 20 cm and 50 x 24 cm, 2 cm thick. Solid wood, food-safe oil. "
            "Rinse with water and dry it standing; a thin coat of oil every month keeps it handsome for "
            "decades.",
        ),
    ),
    options=(size_option("32 x 16 cm", "40 x 20 cm", "50 x 24 cm"),),
    variants=(
        Variant((0,), "LUM-PLANCHE-S", 3500, 55, 800, barcode=ean13(217)),
        Variant((1,), "LUM-PLANCHE-M", 4500, 47, 1250, barcode=ean13(218)),
        Variant((2,), "LUM-PLANCHE-L", 5900, 15, 1900, barcode=ean13(219)),
    ),
    pictures=(
        picture(
            "lumen/planche-chene.webp",
            "Planche de chêne arrondie avec un lien de cuir",
            "Rounded oak board with a leather thong",
        ),
        picture(
            "lumen/planche-chene--fromage.webp",
            "La planche garnie de fromage, de raisin et de pain",
            "The board laid with cheese, grapes and bread",
        ),
    ),
    listed_days_ago=110,
)

COUVERTS_LAITON = Product(
    slug="couverts-laiton",
    title=say("Couverts Vermeil brossés", "Vermeil brushed cutlery"),
    description=tell(
        fr=(
            "Des manches ronds et fins comme un crayon, une teinte de laiton pâle obtenue sur l'inox par "
            "dépôt sous vide : l'or d'un vieux couvert sans le polissage du dimanche. Ils pèsent juste ce "
            "qu'il faut dans la main.",
            "Par place : fourchette, couteau, cuillère et petite cuillère. Ménagère pour quatre (16 pièces) "
            "ou six (24 pièces), dans un étui de coton. Inox 18/10. Lave-vaisselle à basse température, "
            "sans liquide citronné.",
        ),
        en=(
            "Handles round and thin as a pencil, a pale brass tint laid on stainless steel in a vacuum: the "
            "gold of old cutlery without Sunday's polishing. They weigh just what they should in the hand.",
            "For each place a fork, a knife, a spoon and a teaspoon. Set for four (16 pieces) or for six "
            "(24 pieces), in a cotton roll. 18/10 stainless steel. Dishwasher at low temperature, without "
            "lemon-scented detergent.",
        ),
    ),
    options=(
        size_option(
            say("4 personnes, 16 pièces", "For 4, 16 pieces"),
            say("6 personnes, 24 pièces", "For 6, 24 pieces"),
            name=say("Ménagère", "Set"),
        ),
    ),
    variants=(
        Variant((0,), "LUM-VERMEIL-16", 14900, 42, 1500, compare_at_amount=17500, barcode=ean13(222)),
        Variant((1,), "LUM-VERMEIL-24", 20900, 36, 2200, compare_at_amount=24900, barcode=ean13(223)),
    ),
    pictures=(
        picture(
            "lumen/couverts-laiton.webp",
            "Fourchette, couteau, cuillère et petite cuillère couleur laiton",
            "Fork, knife, spoon and teaspoon in a brass tint",
        ),
        picture(
            "lumen/couverts-laiton--table.webp",
            "Les couverts Vermeil dressés autour d'une assiette Estran",
            "Vermeil cutlery laid beside an Estran plate",
        ),
    ),
    listed_days_ago=45,
)

BOUGEOIRS_TRIO = Product(
    slug="bougeoirs-trio",
    title=say("Trio de bougeoirs Étamine", "Étamine candlestick trio"),
    description=tell(
        fr=(
            "Trois tiges de laiton tourné, trois hauteurs, trois coupelles pour la cire. On les groupe sur "
            "une cheminée, on les sépare sur une longue table ; une bague permet d'y piquer les bougies de "
            "22 mm que l'on trouve partout.",
            "Hauteurs 12, 18 et 24 cm, bases de 9 cm, 1,1 kg les trois. Laiton massif brossé, non verni : "
            "il fonce avec le temps, un chiffon et du citron le ramènent. Bougies non fournies.",
        ),
        en=(
            "Three stems of turned brass, three heights, three cups for the wax. Group them on a "
            "mantelpiece, part them along a table; a collar takes the 22 mm candles that are sold "
            "everywhere.",
            "Heights 12, 18 and 24 cm, bases 9 cm across, 1.1 kg for the three. Solid brushed brass without "
            "varnish: it darkens with the years, and a cloth with lemon brings it back. Candles are not "
            "included.",
        ),
    ),
    variants=(Variant((), "LUM-ETAMINE-3", 6900, 39, 1400, barcode=ean13(224)),),
    pictures=(
        picture(
            "lumen/bougeoirs-trio.webp",
            "Trois bougeoirs de laiton de hauteurs différentes avec des bougies",
            "Three brass candlesticks of different heights with candles",
        ),
        picture(
            "lumen/bougeoirs-trio--allumes.webp",
            "Les trois bougeoirs allumés, le soir",
            "The three candlesticks lit in the evening",
        ),
    ),
    listed_days_ago=80,
)

TABLE: tuple[Product, ...] = (
    CARAFE_ONDE,
    VERRES_FACETTE,
    COUVERTS_LAITON,
    PLANCHE_CHENE,
    BOUGEOIRS_TRIO,
)
