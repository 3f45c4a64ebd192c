"""What the demo brands give: coupons and contests."""

from shop.demo.content_types import Contest, Coupon, PostPhoto, say

_LUMEN, _BRUME = "atelier-lumen", "maison-brume"
_ATELIER = "Atelier Lumen SARL, 12 rue des Rubans, 42000 Saint-Étienne, France"

COUPONS: tuple[Coupon, ...] = (
    Coupon(
        page_slug=_LUMEN,
        code="LUMIERE10",
        title=say("10 % sur les luminaires", "10% off lighting"),
        description=say(
            "Pour celles et ceux qui suivent l'atelier, ou qui nous laissent une adresse e-mail. Une fois par personne.",
            "For those who follow the workshop, or who leave us an e-mail address. Once per person.",
        ),
        percent_bp=1000,
        collection_slug="luminaires",
        is_for_members=True,
        is_embeddable=True,
    ),
    Coupon(
        page_slug=_LUMEN,
        code="BIENVENUE",
        title=say("5 € pour une première table", "€5 off your first table"),
        description=say(
            "Dès 40 € d'achats, avec ou sans compte.", "On orders of €40 or more, with or without an account."
        ),
        amount=500,
        minimum_amount=4000,
        max_uses=500,
        is_embeddable=True,
    ),
    Coupon(
        page_slug=_BRUME,
        code="DOUCEUR",
        title=say("Livraison offerte dès 30 €", "Free shipping from €30"),
        description=say("Sur toute la boutique.", "Across the whole shop."),
        minimum_amount=3000,
        is_once=False,
    ),
)

CONTESTS: tuple[Contest, ...] = (
    Contest(
        page_slug=_LUMEN,
        title=say("Trois flammes à gagner", "Win three flames"),
        body=say(
            "Le trio de bougeoirs Étamine revient en stock, et nous en mettons un de côté. Une participation par "
            "personne, gratuite, sans achat : laissez votre nom et nous tirons au sort.",
            "The Étamine trio of candlesticks is back in stock, and we are putting one aside. One entry each, free, "
            "nothing to buy: leave your name and we draw one.",
        ),
        prize=say("Un trio de bougeoirs Étamine en laiton", "A trio of Étamine brass candlesticks"),
        product_slug="bougeoirs-trio",
        photo=PostPhoto("lumen/bougeoirs-trio--allumes.webp"),
        organiser=_ATELIER,
        began_days_ago=26,
        ends_in_days=-12,
        entries=14,
    ),
    Contest(
        page_slug=_LUMEN,
        title=say("Gagnez une lampe Opale", "Win an Opale lamp"),
        body=say(
            "Une question, une bonne réponse, et peut-être une lampe. Les photos de la boutique donnent un indice. "
            "Participation gratuite, sans achat.",
            "One question, one right answer, and perhaps a lamp. The photos in the shop give it away. Free to enter, "
            "nothing to buy.",
        ),
        prize=say("Une lampe à poser Opale, petite taille", "An Opale table lamp, the small one"),
        product_slug="lampe-opale",
        photo=PostPhoto("lumen/lampe-opale--soir.webp"),
        organiser=_ATELIER,
        question=say(
            "De quoi est fait le pied de la lampe Opale ?", "What is the foot of the Opale lamp made of?"
        ),
        answers=(
            say("De chêne huilé", "Oiled oak"),
            say("De verre soufflé", "Blown glass"),
            say("De laiton brossé", "Brushed brass"),
        ),
        right_answer=1,
        began_days_ago=4,
        ends_in_days=17,
        entries=6,
    ),
)
