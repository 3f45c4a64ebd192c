"""What a product's columns repeat or clean of its other values; pure."""

from collections.abc import Mapping
from typing import Any

from shop.catalog.descriptions import clean_description
from shop.catalog.models import Product
from shop.catalog.search_index import search_text, sort_key


def clean_translations(translations: Mapping[str, Any]) -> dict[str, Any]:
    """Return translations without what is empty, the descriptions sanitised."""
    cleaned: dict[str, Any] = {}
    for language, texts in translations.items():
        kept: dict[str, Any] = {
            "title": str(texts.get("title") or "").strip(),
            "description_html": clean_description(str(texts.get("description_html") or "")),
            "options": {
                key: value.strip() for key, value in (texts.get("options") or {}).items() if value.strip()
            },
        }
        kept = {name: value for name, value in kept.items() if value}
        if kept:
            cleaned[language] = kept
    return cleaned


def keep_derived(product: Product) -> None:
    """Bring up to date what repeats other columns: the price range, the sort key, the searchable words."""
    variants = product.variants
    prices = [variant.price_amount for variant in variants]
    cheapest = min(variants, key=lambda variant: (variant.price_amount, variant.position))
    product.price_from_amount = min(prices)
    product.price_to_amount = max(prices)
    product.compare_at_amount = cheapest.compare_at_amount
    product.sort_title = sort_key(product.title)
    texts = list(product.translations.values())
    product.search_text = search_text(
        [
            product.title,
            *(text.get("title", "") for text in texts),
            product.vendor,
            product.product_type,
            *product.tags,
            *(variant.sku or "" for variant in variants),
            *(variant.barcode or "" for variant in variants),
            *dict.fromkeys(value for variant in variants for value in variant.option_values),
            *(value for text in texts for value in text.get("options", {}).values()),
        ],
        html=[product.description_html, *(text.get("description_html", "") for text in texts)],
    )
