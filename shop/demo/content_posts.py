"""What the demo brands have told, the oldest first, with what their people answered."""

from shop.demo.content_people import FOLLOWERS
from shop.demo.content_types import Post, PostPhoto, PostTag, Remark, say

_LUMEN, _BRUME, _PAPETERIE = "atelier-lumen", "maison-brume", "papeterie-nord"
LEA, ANTOINE, NADIA, JURGEN, CHIARA = (person.email for person in FOLLOWERS[:5])

POSTS: tuple[Post, ...] = (
    Post(
        ref="atelier",
        page_slug=_LUMEN,
        days_ago=34,
        text=say(
            "**Toujours la même rubanerie, toujours la même lampe.**\n\nCe matin, Camille a retrouvé le tout premier croquis "
            "de la lampe Opale, au dos d'un programme de théâtre. Rien n'a changé, sauf l'ampoule.",
            "**Still the same ribbon mill, still the same lamp.**\n\nThis morning Camille found the very first sketch "
            "of the Opale lamp, on the back of a theatre programme. Nothing has changed but the bulb.",
        ),
        reactions=11,
        remarks=(
            Remark(ANTOINE, "Il faut l'encadrer !"),
            Remark(None, "C'est fait, il est au-dessus de la machine à café."),
        ),
    ),
    Post(
        ref="couverts",
        page_slug=_LUMEN,
        days_ago=29,
        text=say(
            "Une table de semaine : le grès d'Estran, les reflets pâles de Vermeil, rien d'autre. Touchez la photo "
            "pour voir ce qui est quoi.",
            "A weekday table: Estran stoneware, the pale gleam of Vermeil, nothing else. Touch the photo to see what "
            "is what.",
        ),
        photos=(PostPhoto("lumen/couverts-laiton--table.webp"),),
        tags=(
            PostTag("assiette-estran", photo=0, x=410, y=500),
            PostTag("couverts-laiton", photo=0, x=860, y=450),
        ),
        reactions=9,
        remarks=(
            Remark(CHIARA, "Is there a set for six, too?"),
            Remark(None, "There is: 24 pieces, in the same cotton roll."),
        ),
    ),
    Post(
        ref="entretien-laiton",
        page_slug=_LUMEN,
        days_ago=26,
        text=say(
            "On nous demande souvent comment garder le laiton clair :\n\n- un chiffon doux et **sec**, une fois par "
            "mois ;\n- du citron et du sel s'il a viré, puis de l'eau claire ;\n- jamais d'éponge qui gratte.\n\n"
            "Ou bien on le laisse faire : la patine lui va bien.",
            "We are often asked how to keep brass bright:\n\n- a soft, **dry** cloth once a month;\n- lemon and salt "
            "if it has turned, then clear water;\n- never a sponge that scratches.\n\nOr let it be: patina suits it.",
        ),
        reactions=14,
        remarks=(Remark(NADIA, "Le citron a sauvé mes bougeoirs, merci."),),
    ),
    Post(
        ref="bougeoirs",
        page_slug=_LUMEN,
        days_ago=22,
        text=say(
            "Trois hauteurs, une seule allumette. Le trio Étamine est de retour en stock.",
            "Three heights, a single match. The Étamine trio is back in stock.",
        ),
        tags=(PostTag("bougeoirs-trio"),),
        reactions=7,
    ),
    Post(
        ref="soir",
        page_slug=_LUMEN,
        days_ago=18,
        text=say(
            "Quatre façons d'éteindre le plafonnier ce soir.",
            "Four ways to turn the ceiling light off tonight.",
        ),
        photos=(
            PostPhoto("lumen/lampe-opale--soir.webp"),
            PostPhoto("lumen/applique-demi-lune--nuit.webp"),
            PostPhoto("lumen/lanterne-washi--nuit.webp"),
            PostPhoto("lumen/lampadaire-dune--salon.webp"),
        ),
        tags=(
            PostTag("lampe-opale", photo=0, x=430, y=380),
            PostTag("applique-demi-lune", photo=1, x=310, y=500),
            PostTag("lanterne-washi", photo=2, x=350, y=530),
            PostTag("lampadaire-dune", photo=3, x=270, y=330),
        ),
        reactions=16,
        remarks=(
            Remark(LEA, "La lanterne est dans ma chambre depuis un mois, je ne m'en lasse pas."),
            Remark(JURGEN, "Can the wall light be painted?"),
            Remark(None, "It can, in the colour of your wall. It is plaster, after all."),
        ),
    ),
    Post(
        ref="visite",
        page_slug=_LUMEN,
        days_ago=14,
        text=say(
            "L'atelier se visite **samedi**, de 10 h à 18 h. On cintre du laiton à 11 h et à 15 h, le café est offert, et "
            "il y aura des seconds choix à petit prix.",
            "The workshop is open on **Saturday**, 10 am to 6 pm. Brass is bent at 11 and at 3, the coffee is on "
            "us, and there will be seconds at small prices.",
        ),
        is_pinned=True,
        reactions=12,
        remarks=(
            Remark(NADIA, "On vient à quatre depuis Marseille !"),
            Remark(ANTOINE, "Les enfants sont les bienvenus ?"),
            Remark(None, "Bien sûr, il y a un coin dessin près de la verrière."),
        ),
    ),
    Post(
        ref="suspension-lune",
        page_slug=_LUMEN,
        days_ago=11,
        text=say(
            "La suspension Lune, seule au-dessus d'un guéridon ou par trois au-dessus d'une table. Le câble se "
            "raccourcit soi-même, le globe se dévisse sans outil.",
            "The Lune pendant, alone over a side table or three above a long one. You shorten the cable "
            "yourself, and the globe unscrews without tools.",
        ),
        photos=(PostPhoto("lumen/suspension-lune--table.webp"),),
        tags=(
            PostTag("suspension-lune", photo=0, x=500, y=310),
            PostTag("bol-maree", photo=0, x=295, y=820),
            PostTag("vase-colonne", photo=0, x=520, y=740),
            PostTag("mug-rivage", photo=0, x=720, y=820),
        ),
        reactions=15,
        remarks=(Remark(CHIARA, "Three over the kitchen table, and I finally see what I cook."),),
    ),
    Post(
        ref="lin",
        page_slug=_LUMEN,
        days_ago=9,
        text=say(
            "Pourquoi le lin de Normandie ? Parce qu'il pousse à deux heures de chez le tisseur, sans arrosage, et "
            "qu'il devient plus doux à chaque lessive. L'histoire de la plante est bien racontée ici.",
            "Why linen from Normandy? Because it grows two hours from the weaver, without watering, and gets softer "
            "with every wash. The story of the plant is well told here.",
        ),
        link_url="https://fr.wikipedia.org/wiki/Lin_cultiv%C3%A9",
        link_title=say("Le lin cultivé", "Flax").fr,
        link_description=say(
            "De la graine à la fibre : culture, rouissage, teillage et filage du lin.", "From seed to fibre."
        ).fr,
        reactions=5,
    ),
    Post(
        ref="the",
        page_slug=_LUMEN,
        days_ago=6,
        text=say(
            "Quatre heures, l'eau frémit. La théière Lichen coupe net la goutte, et son couvercle reste en place "
            "quand on verse la dernière tasse.",
            "Four o'clock, the water trembles. The Lichen teapot cuts the drop cleanly, and its lid stays in place when "
            "the last cup is poured.",
        ),
        photos=(PostPhoto("lumen/theiere-lichen--service.webp"),),
        tags=(
            PostTag("theiere-lichen", photo=0, x=390, y=600),
            PostTag("mug-rivage", photo=0, x=630, y=760),
        ),
        reactions=13,
        remarks=(Remark(LEA, "Le vert est exactement celui de mon lichen de balcon."),),
    ),
    Post(
        ref="plaid",
        page_slug=_LUMEN,
        days_ago=4,
        text=say(
            "Il a gelé cette nuit à l'atelier. Le plaid Alpage a fait le tour de tous les fauteuils.",
            "It froze at the workshop last night. The Alpage throw has been on every armchair.",
        ),
        photos=(PostPhoto("lumen/plaid-alpage--fauteuil.webp"), PostPhoto("lumen/plaid-alpage.webp")),
        tags=(PostTag("plaid-alpage", photo=0, x=450, y=500),),
        reactions=10,
        remarks=(Remark(JURGEN, "Ordered one on Monday, and it is here already. Thank you!"),),
    ),
    Post(
        ref="carafe",
        page_slug=_LUMEN,
        days_ago=2,
        text=say(
            "La carafe Onde a une petite sœur couleur tilleul, soufflée la semaine dernière à Biot.",
            "The Onde carafe has a lime-green little sister, blown last week in Biot.",
        ),
        photos=(PostPhoto("lumen/carafe-onde--tilleul.webp"),),
        tags=(PostTag("carafe-onde", photo=0, x=500, y=620), PostTag("verres-facette")),
        reactions=8,
        remarks=(Remark(NADIA, "Elle va parfaitement avec les verres Facette."),),
    ),
    Post(
        ref="lucio",
        page_slug=_LUMEN,
        days_ago=-2,
        text=say(
            "Dix-huit heures sans fil, de quoi finir la partie de cartes : Lucio part en promenade.",
            "Eighteen hours without a cord, enough to finish the card game: Lucio goes for a walk.",
        ),
        photos=(PostPhoto("lumen/baladeuse-lucio--jardin.webp"),),
        tags=(PostTag("baladeuse-lucio", photo=0, x=350, y=460),),
    ),
    Post(
        ref="noel",
        page_slug=_LUMEN,
        days_ago=1,
        is_draft=True,
        text=say(
            "Dates limites de commande pour les fêtes : à compléter avec le transporteur.",
            "Last order dates for the holidays: to be completed with the carrier.",
        ),
    ),
    Post(
        ref="figuier",
        page_slug=_BRUME,
        days_ago=16,
        text=say(
            "La bougie Figuier brûle quarante-cinq heures. La première fois, laissez-la fondre jusqu'au bord : elle s'en "
            "souviendra.",
            "The Fig tree candle burns for forty-five hours. The first time, let it melt to the rim: it will remember.",
        ),
        photos=(PostPhoto("brume/bougie-figuier.webp"),),
        tags=(PostTag("bougie-figuier", photo=0, x=500, y=560),),
        reactions=6,
        remarks=(Remark(LEA, "Mon salon sent l'été en novembre."),),
    ),
    Post(
        ref="savon",
        page_slug=_BRUME,
        days_ago=7,
        text=say(
            "Du lait d'avoine, du miel de bruyère et six semaines de patience : le savon est sec, il arrive.",
            "Oat milk, heather honey and six weeks of patience: the soap has dried, and here it comes.",
        ),
        tags=(PostTag("savon-avoine"),),
        reactions=4,
    ),
    Post(
        ref="cartes",
        page_slug=_PAPETERIE,
        days_ago=8,
        text=say(
            "Écrire à la main prend trois minutes de plus. On s'en souvient trois ans de plus, aussi.",
            "Writing by hand takes three minutes more. It is remembered three years more, too.",
        ),
        photos=(PostPhoto("papeterie/cartes-marees.webp"),),
        tags=(PostTag("cartes-marees", photo=0, x=500, y=500),),
        reactions=5,
        remarks=(Remark(NADIA, "J'en ai envoyé quatre hier soir."),),
    ),
)
