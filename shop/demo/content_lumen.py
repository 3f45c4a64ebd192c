"""The page of Atelier Lumen: who they are, who works there, how the shop is arranged."""

from shop.demo.content_lumen_lamps import LAMPS
from shop.demo.content_lumen_lights import LIGHTS
from shop.demo.content_lumen_linen import LINEN
from shop.demo.content_lumen_stoneware import STONEWARE
from shop.demo.content_lumen_table import TABLE
from shop.demo.content_lumen_textiles import TEXTILES
from shop.demo.content_options import picture
from shop.demo.content_types import Collection, Page, Staff, say

_ABOUT = say(
    "Atelier Lumen est né en 2013 dans une ancienne rubanerie de Saint-Étienne, quand Camille Moreau, alors "
    "éclairagiste de théâtre, a voulu pour sa propre table une lampe qui n'éblouisse personne. Il en est "
    "sorti une deuxième, puis une commande, puis une équipe de onze personnes.\n\nNous dessinons des "
    "lampes, de la vaisselle et du linge de maison qui vont ensemble sans se ressembler. Le laiton est "
    "cintré chez nous ; le verre vient de Biot et de Lorraine, le grès de Puisaye, le lin de Normandie, la "
    "laine des Alpes. Chaque atelier est cité sur l'étiquette de ce qu'il fabrique.\n\nTout ce qui s'use se "
    "remplace : câbles, douilles, abat-jour, batteries. Écrivez-nous, nous répondons nous-mêmes, du mardi "
    "au samedi. L'atelier se visite le premier samedi du mois, et le café est offert.",
    "Atelier Lumen began in 2013 in a former ribbon mill in Saint-Étienne, when Camille Moreau, then a "
    "lighting designer for the theatre, wanted a lamp for her own table that would dazzle nobody. A second "
    "one followed, then an order, then a team of eleven.\n\nWe design lamps, tableware and household linen "
    "that belong together without looking alike. The brass is bent under our own roof; the glass comes from "
    "Biot and from Lorraine, the stoneware from Puisaye, the linen from Normandy, the wool from the Alps. "
    "Every workshop is named on the label of what it makes.\n\nWhatever wears out can be replaced: cables, "
    "sockets, shades, batteries. Write to us and one of us will answer, from Tuesday to Saturday. The "
    "workshop is open to visitors on the first Saturday of each month, and the coffee is on us.",
)

_COLLECTIONS = (
    Collection(
        slug="luminaires",
        title=say("Luminaires", "Lighting"),
        description=say(
            "Lampes à poser, lampadaires, suspensions et appliques : une lumière douce, jamais dans les "
            "yeux.",
            "Table lamps, floor lamps, pendants and wall lights: a gentle light, never in your eyes.",
        ),
        product_slugs=(
            "lampe-opale",
            "baladeuse-lucio",
            "suspension-lune",
            "lampe-galet",
            "lampadaire-orion",
            "suspension-cigale",
            "lampadaire-dune",
            "suspension-fumee",
            "lampe-ecole",
            "applique-demi-lune",
            "lanterne-washi",
            "ampoule-globe",
            "lampe-phare",
        ),
    ),
    Collection(
        slug="arts-de-la-table",
        title=say("Arts de la table", "Tableware"),
        description=say(
            "Du grès qui passe au four, du verre soufflé, du chêne huilé : de quoi mettre la table tous les "
            "jours.",
            "Stoneware that goes into the oven, blown glass, oiled oak: all it takes to lay the table every "
            "day.",
        ),
        product_slugs=(
            "theiere-lichen",
            "assiette-estran",
            "mug-rivage",
            "bol-maree",
            "carafe-onde",
            "verres-facette",
            "couverts-laiton",
            "planche-chene",
            "bougeoirs-trio",
            "vase-colonne",
            "pichet-faience",
        ),
    ),
    Collection(
        slug="linge-de-maison",
        title=say("Linge de maison", "Home textiles"),
        description=say(
            "Lin lavé, laine des Alpes et feutre coupé franc, dans les couleurs de nos émaux.",
            "Washed linen, Alpine wool and clean-cut felt, in the colours of our glazes.",
        ),
        product_slugs=(
            "plaid-alpage",
            "coussin-lin",
            "nappe-lin",
            "serviettes-lin",
            "tapis-sillon",
            "torchon-mariniere",
            "dessous-feutre",
            "manique-matelassee",
        ),
    ),
    Collection(
        slug="nouveautes",
        title=say("Nouveautés", "New in"),
        description=say("Ce qui vient de sortir de l'atelier.", "Fresh from the workshop."),
        product_slugs=(
            "baladeuse-lucio",
            "lampe-opale",
            "plaid-alpage",
            "theiere-lichen",
            "suspension-lune",
            "mug-rivage",
            "lampe-galet",
        ),
    ),
    Collection(
        slug="idees-cadeaux",
        title=say("Cadeaux à moins de 50 €", "Gifts under 50 €"),
        description=say(
            "Petits objets, bel emballage : une carte manuscrite sur demande.",
            "Small things, nicely wrapped: a handwritten card if you ask for one.",
        ),
        product_slugs=(
            "mug-rivage",
            "carafe-onde",
            "verres-facette",
            "torchon-mariniere",
            "serviettes-lin",
            "planche-chene",
            "bol-maree",
            "dessous-feutre",
            "ampoule-globe",
        ),
    ),
)

LUMEN = Page(
    slug="atelier-lumen",
    name="Atelier Lumen",
    order_prefix="LUM",
    accent="#9a5b3c",
    tagline=say("Lampes, vaisselle et linge, faits pour durer", "Lamps, tableware and linen, made to last"),
    about=_ABOUT,
    logo=picture(
        "lumen/logo.webp",
        "Logo d'Atelier Lumen : une lampe dans un cercle couleur argile",
        "Atelier Lumen's logo: a lamp in a clay-coloured circle",
    ),
    cover=picture(
        "lumen/cover.webp",
        "Une table dressée avec une lampe, un vase, une théière et de la vaisselle de grès",
        "A table with a lamp, a vase, a teapot and stoneware",
    ),
    shipping_amount=690,
    collections=_COLLECTIONS,
    products=LAMPS + LIGHTS + STONEWARE + TABLE + TEXTILES + LINEN,
    staff=(
        Staff("Camille Moreau", "camille@atelier-lumen.example", "owner"),
        Staff("Hugo Lefèvre", "hugo@atelier-lumen.example", "manager"),
        Staff("Inès Caron", "ines@atelier-lumen.example", "fulfilment"),
        Staff("Théo Garnier", "theo@atelier-lumen.example", "analyst", "en"),
    ),
)
