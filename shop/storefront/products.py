"""A product as its page shows it: every variant with its texts, ready for a template and a script."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from babel.units import format_unit
from flask_babel import gettext, ngettext

from shop.catalog.models import LOW_STOCK, Product, Variant
from shop.web.locale import language, locale_code
from shop.web.templating import localized, money

MAX_QUANTITY = 99
GRAMS_PER_KILOGRAM = 1000
_TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True, slots=True)
class OptionValue:
    """A value of an option: as stored, as shown, and the colour that stands for it (or None)."""

    value: str
    label: str
    swatch: str | None


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose, such as a size, with its values in the order of the variants."""

    label: str
    values: list[OptionValue]


@dataclass(frozen=True, slots=True)
class VariantView:
    """A variant with its texts. ``picture`` is its picture's place in the gallery, or None."""

    id: int
    label: str
    values: list[str]
    price: str
    was: str | None
    stock: str
    is_low: bool
    is_available: bool
    max_quantity: int
    picture: int | None
    sku: str
    swatch: str | None


@dataclass(frozen=True, slots=True)
class ProductView:
    """All that a product page shows. ``chosen`` is the variant that is chosen when it opens."""

    title: str
    description_html: str
    summary: str
    options: list[Option]
    variants: list[VariantView]
    chosen: VariantView
    is_available: bool
    weight: str


def view_product(
    product: Product,
    currency: str,
    wanted_variant_id: int | None = None,
    held: Mapping[int, int] | None = None,
) -> ProductView:
    """Return ``product`` (with variants and pictures loaded) for the current language.

    The variant asked for is chosen if it can be bought, else the first that can, else the first.
    ``held`` are units (by variant id) that the visitor's own unpaid orders hold: those are theirs to buy.
    """
    places = {picture.id: place for place, picture in enumerate(product.pictures)}
    variants = [
        _view_variant(variant, product, currency, places, (held or {}).get(variant.id, 0))
        for variant in product.variants
    ]
    buyable = [variant for variant in variants if variant.is_available]
    chosen = next(
        (variant for variant in buyable if variant.id == wanted_variant_id), (buyable or variants)[0]
    )
    description = str(localized(product, "description_html"))
    return ProductView(
        title=str(localized(product, "title")),
        description_html=description,
        summary=" ".join(_TAG.sub(" ", description).split())[:300],
        options=_options(product),
        variants=variants,
        chosen=chosen,
        is_available=bool(buyable),
        weight=_weight_text(max((variant.weight_grams for variant in product.variants), default=0)),
    )


def _word(product: Product, text: str) -> str:
    options = (product.translations.get(language()) or {}).get("options") or {}
    return str(options.get(text) or text)


def _options(product: Product) -> list[Option]:
    found = []
    for index, name in enumerate(product.option_names):
        values = dict.fromkeys(variant.option_values[index] for variant in product.variants)
        found.append(
            Option(
                _word(product, name),
                [OptionValue(value, _word(product, value), product.swatches.get(value)) for value in values],
            )
        )
    return found


def _view_variant(
    variant: Variant, product: Product, currency: str, places: dict[int, int], held: int
) -> VariantView:
    values = variant.option_values
    stock = None if variant.stock is None else variant.stock + held
    is_low = stock is not None and 0 < stock <= LOW_STOCK
    return VariantView(
        id=variant.id,
        label=" · ".join(_word(product, value) for value in values),
        values=values,
        price=money(variant.price_amount, currency),
        was=money(variant.compare_at_amount, currency) if variant.compare_at_amount else None,
        stock=_stock_text(stock),
        is_low=is_low,
        is_available=stock is None or stock > 0,
        max_quantity=MAX_QUANTITY if stock is None else min(stock, MAX_QUANTITY),
        picture=places.get(variant.picture_id) if variant.picture_id is not None else None,
        sku=variant.sku or "",
        swatch=product.swatches.get(values[0]) if len(values) == 1 else None,
    )


def _stock_text(stock: int | None) -> str:
    if stock == 0:
        return str(gettext("Sold out"))
    if stock is not None and stock <= LOW_STOCK:
        return str(ngettext("Only %(num)s left", "Only %(num)s left", stock))
    return str(gettext("In stock"))


def _weight_text(grams: int) -> str:
    if grams == 0:
        return ""
    is_heavy = grams >= GRAMS_PER_KILOGRAM
    amount = Decimal(grams) / GRAMS_PER_KILOGRAM if is_heavy else Decimal(grams)
    unit = "mass-kilogram" if is_heavy else "mass-gram"
    return format_unit(amount, unit, length="short", locale=locale_code())
