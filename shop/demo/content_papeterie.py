"""Papeterie Nord: notebooks and pens. A small third page, to see pages side by side."""

from shop.demo.content_options import colour_option, picture, size_option
from shop.demo.content_types import Collection, Page, Product, Staff, Variant, ean13, say, tell

CARNET_BEFFROI = Product(
    slug="carnet-beffroi",
    title=say("Carnet Beffroi", "Beffroi notebook"),
    description=tell(
        fr=(
            "Cent quatre-vingt-douze pages cousues au fil, qui s'ouvrent à plat et le restent. La "
            "couverture de toile enduite résiste à la poche et à la pluie fine ; le papier ivoire prend "
            "l'encre sans la laisser traverser.",
            "Format A5, papier de 100 g, pages lignées ou pointillées, signet et élastique. Relié à Lille. "
            "Une pochette au dos garde billets et tickets ; la tranche est numérotée à la main.",
        ),
        en=(
            "One hundred and ninety-two pages sewn with thread, which open flat and stay that way. The "
            "coated cloth cover stands up to pockets and to drizzle; the ivory paper takes ink without "
            "letting it through.",
            "A5 format, 100 g paper, ruled or dotted pages, ribbon and elastic band. Bound in Lille. A "
            "pouch at the back keeps notes and tickets; every copy is numbered by hand.",
        ),
    ),
    options=(
        colour_option("encre", "argile"),
        size_option(say("Ligné", "Ruled"), say("Pointillé", "Dotted"), name=say("Pages", "Pages")),
    ),
    variants=(
        Variant(
            (0, 0),
            "PAP-BEFFROI-ENC-L",
            1900,
            90,
            330,
            barcode=ean13(501),
            picture="papeterie/carnet-beffroi.webp",
        ),
        Variant(
            (0, 1),
            "PAP-BEFFROI-ENC-P",
            1900,
            74,
            330,
            barcode=ean13(502),
            picture="papeterie/carnet-beffroi.webp",
        ),
        Variant(
            (1, 0),
            "PAP-BEFFROI-ARG-L",
            1900,
            66,
            330,
            barcode=ean13(503),
            picture="papeterie/carnet-beffroi--argile.webp",
        ),
        Variant(
            (1, 1),
            "PAP-BEFFROI-ARG-P",
            1900,
            0,
            330,
            barcode=ean13(504),
            picture="papeterie/carnet-beffroi--argile.webp",
        ),
    ),
    pictures=(
        picture(
            "papeterie/carnet-beffroi.webp",
            "Carnet bleu encre avec élastique et signet",
            "Ink-blue notebook with elastic band and ribbon",
        ),
        picture(
            "papeterie/carnet-beffroi--argile.webp",
            "Carnet couleur argile avec élastique et signet",
            "Clay-coloured notebook with elastic band and ribbon",
        ),
    ),
    listed_days_ago=20,
)

STYLO_ESCAUT = Product(
    slug="stylo-escaut",
    title=say("Stylo plume Escaut", "Escaut fountain pen"),
    description=tell(
        fr=(
            "Un corps de laiton nu qui se fait à la main de son propriétaire, une plume souple qui pardonne "
            "les gauchers, un capuchon qui se visse en un tour et demi. On l'oublie dans la poche, on ne "
            "l'oublie pas sur le papier.",
            "13,5 cm, 34 g, plume d'acier fine ou moyenne. Cartouches standard, convertisseur fourni. Le "
            "laiton se patine ; un chiffon doux suffit. Rincer à l'eau claire une fois par mois.",
        ),
        en=(
            "A barrel of bare brass that grows into the hand of its owner, a supple nib that forgives the "
            "left-handed, a cap that screws home in one turn and a half. You forget it in your pocket, "
            "never on paper.",
            "13.5 cm, 34 g, fine or medium steel nib. Standard cartridges, converter included. The brass "
            "takes on a patina; a soft cloth is enough. Rinse it with clear water once a month.",
        ),
    ),
    options=(size_option(say("Fine", "Fine"), say("Moyenne", "Medium"), name=say("Plume", "Nib")),),
    variants=(
        Variant((0,), "PAP-ESCAUT-F", 6800, 34, 110, barcode=ean13(505)),
        Variant((1,), "PAP-ESCAUT-M", 6800, 45, 110, barcode=ean13(506)),
    ),
    pictures=(
        picture(
            "papeterie/stylo-escaut.webp",
            "Stylo plume de laiton posé sur une feuille écrite",
            "Brass fountain pen on a written page",
        ),
    ),
    listed_days_ago=11,
)

CARTES_MAREES = Product(
    slug="cartes-marees",
    title=say("Huit cartes Marées", "Eight Marées cards"),
    description=tell(
        fr=(
            "Huit cartes doubles imprimées en linogravure, deux exemplaires de quatre dessins : une vague, "
            "un phare, un soleil bas, des roseaux. L'encre à l'eau laisse un léger relief que l'on sent "
            "sous le pouce.",
            "Format 10,5 x 14,8 cm, papier de coton de 300 g, enveloppes de kraft comprises. Imprimées à "
            "Roubaix sur une presse de 1958. L'intérieur est blanc, le mot est à vous.",
        ),
        en=(
            "Eight folded cards printed from linocuts, two copies of four drawings: a wave, a lighthouse, a "
            "low sun, reeds. The water-based ink leaves a slight relief that you feel under your thumb.",
            "Format 10.5 x 14.8 cm, cotton paper of 300 g, kraft envelopes included. Printed in Roubaix on "
            "a press from 1958. The inside is white: the words are yours. Sent flat in a card sleeve.",
        ),
    ),
    variants=(Variant((), "PAP-MAREES-8", 1600, 110, 190, barcode=ean13(507)),),
    pictures=(
        picture(
            "papeterie/cartes-marees.webp",
            "Éventail de cartes en linogravure : vague, phare, soleil",
            "A fan of linocut cards: wave, lighthouse, sun",
        ),
    ),
    listed_days_ago=33,
)

CRAYONS_TERRIL = Product(
    slug="crayons-terril",
    title=say("Douze crayons Terril", "Twelve Terril pencils"),
    description=tell(
        fr=(
            "Douze crayons de cèdre, laqués de six couleurs sourdes, dans un étui de bois à couvercle "
            "coulissant. La mine HB est assez tendre pour dessiner, assez ferme pour tenir les comptes, et "
            "ne casse pas à la taille.",
            "17,5 cm, cèdre certifié, mines de graphite HB. Étui de hêtre de 20 x 6 cm. Livrés taillés ; le "
            "taille-crayon de laiton se glisse dans l'étui, il est compris.",
        ),
        en=(
            "Twelve cedar pencils, lacquered in six muted colours, in a wooden case with a sliding lid. The "
            "HB lead is soft enough to draw with, firm enough to keep accounts, and does not break when it "
            "is sharpened.",
            "17.5 cm, certified cedar, HB graphite leads. Beech case of 20 x 6 cm. They come sharpened; the "
            "little brass sharpener that slips into the case is included.",
        ),
    ),
    variants=(Variant((), "PAP-TERRIL-12", 2400, 58, 260, compare_at_amount=2900, barcode=ean13(508)),),
    pictures=(
        picture(
            "papeterie/crayons-terril.webp",
            "Crayons de couleurs sourdes dans un étui de bois",
            "Pencils in muted colours in a wooden case",
        ),
    ),
    listed_days_ago=47,
)

PAPETERIE = Page(
    slug="papeterie-nord",
    name="Papeterie Nord",
    order_prefix="PAP",
    accent="#2f4a6d",
    tagline=say("Carnets, plumes et papiers de Lille", "Notebooks, pens and papers from Lille"),
    about=say(
        "Une papeterie de quartier, rue de Gand à Lille, tenue par Élise Vandamme depuis 2016. Nous cousons "
        "nos carnets à l'étage et imprimons nos cartes à Roubaix.\n\nCe qui est vendu ici a été essayé au "
        "comptoir, souvent par les clients eux-mêmes. Une plume qui gratte s'échange toujours.",
        "A neighbourhood stationer's in rue de Gand, Lille, kept by Élise Vandamme since 2016. We sew our "
        "notebooks upstairs and print our cards in Roubaix.\n\nEverything sold here has been tried at the "
        "counter, often by the customers themselves. A nib that scratches can always be exchanged.",
    ),
    logo=picture(
        "papeterie/logo.webp",
        "Logo de Papeterie Nord : une plume sur fond bleu encre",
        "Papeterie Nord's logo: a nib on ink blue",
    ),
    cover=picture(
        "papeterie/cover.webp",
        "Bureau avec carnets, crayons et cartes",
        "Desk with notebooks, pencils and cards",
    ),
    shipping_amount=390,
    collections=(
        Collection(
            slug="ecrire",
            title=say("Écrire", "Writing"),
            description=say("Carnets, plumes et crayons.", "Notebooks, pens and pencils."),
            product_slugs=("carnet-beffroi", "stylo-escaut", "crayons-terril"),
        ),
        Collection(
            slug="envoyer",
            title=say("Envoyer", "Sending"),
            description=say("Cartes et enveloppes.", "Cards and envelopes."),
            product_slugs=("cartes-marees",),
        ),
    ),
    products=(STYLO_ESCAUT, CARNET_BEFFROI, CARTES_MAREES, CRAYONS_TERRIL),
    staff=(Staff("Élise Vandamme", "elise@papeterie-nord.example", "owner"),),
)
