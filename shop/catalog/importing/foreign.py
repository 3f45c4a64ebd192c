"""Exports of other shop systems, told by columns that only they have: they are named, not read."""

from collections.abc import Sequence

from shop.catalog.importing.table import normalise_name

_MARKS: tuple[tuple[str, frozenset[str]], ...] = (
    ("WooCommerce", frozenset({"type", "sku", "regular price"})),
    ("WooCommerce", frozenset({"type", "ugs", "tarif régulier"})),
    ("PrestaShop", frozenset({"product id", "wholesale price"})),
    ("Medusa", frozenset({"product handle", "product title"})),
    ("Magento", frozenset({"sku", "attribute_set_code"})),
    ("Spree", frozenset({"slug", "sku", "tax_category"})),
    ("Vendure", frozenset({"slug", "optiongroups", "stockonhand"})),
)


def name_foreign_shop(header: Sequence[str]) -> str | None:
    """Return the shop system that a table with this header was exported from, None when it is none that is known."""
    names = {normalise_name(title).rstrip(" *") for title in header}
    return next((shop for shop, marks in _MARKS if marks <= names), None)
