"""The words of options and their values in a visitor's language."""

from collections.abc import Mapping

from shop.catalog.models import Product, Variant


def option_words(product: Product, language: str) -> Mapping[str, str]:
    """Return the translations of a product's option names and values: {"Bleu": "Blue"}."""
    return ((product.translations or {}).get(language) or {}).get("options") or {}


def chosen_values(product: Product, variant: Variant, language: str) -> list[str]:
    """Return what a variant is, option by option, in ``language`` where it was translated."""
    words = option_words(product, language)
    return [words.get(value, value) for value in variant.option_values]
