"""Products' cards as HTML, each kept by all that it shows.

A card is the same in every list and under every version of its page, so a new list, or an old one after
one product changed, is put together from cards that are there. Nothing has to be dropped: what shows
something else has another key.
"""

from typing import Any

from flask import current_app
from markupsafe import Markup

from shop.catalog.queries import ProductCard
from shop.storefront.caching import shelves
from shop.web.templating import localized


def product_card(
    card: ProductCard, home: str, currency: str, *, eager: bool = False, heading: str = "h3"
) -> Markup:
    """Return ``macros/shop.html``'s product card; ``home`` is the page's address, with its language."""
    picture = card.picture
    key = (
        home,
        currency,
        eager,
        heading,
        card.id,
        card.slug,
        localized(card, "title"),
        card.price_from_amount,
        card.price_to_amount,
        card.compare_at_amount,
        card.alt,
        card.is_available,
        card.stock_left,
        card.single_variant_id,
        picture and (picture["key"], *picture["widths"], *picture["formats"]),
    )
    kept = shelves().cards
    shown: Markup | None = kept.get(key)
    if shown is None:
        macros: Any = current_app.jinja_env.get_template("macros/shop.html").module
        shown = Markup(macros.product_card(card, home, currency, eager, heading))  # noqa: S704 - a macro's output
        kept.put(key, shown)
    return shown
