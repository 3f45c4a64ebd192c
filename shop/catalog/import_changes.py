"""Which facts of a product an import changes, by the names that the preview has words for."""

from typing import Any

from shop.catalog.models import Product

Facts = dict[str, Any]


def facts_of(product: Product) -> Facts:
    """Return what an import may change of a product whose variants are loaded."""
    variants = {tuple(variant.option_values): variant for variant in product.variants}
    return {
        "title": product.title,
        "description": product.description_html,
        "vendor": product.vendor,
        "type": product.product_type,
        "tags": list(product.tags),
        "status": product.status,
        "options": list(product.option_names),
        "variants": list(variants),
        "price": {key: (one.price_amount, one.compare_at_amount) for key, one in variants.items()},
        "stock": {key: one.stock for key, one in variants.items()},
        "codes": {key: (one.sku, one.barcode) for key, one in variants.items()},
        "weight": {key: one.weight_grams for key, one in variants.items()},
    }


def changes_between(before: Facts, after: Facts) -> list[str]:
    """Return the names of the facts that differ; what is told of each variant only where both have it."""
    return [name for name in before if _differs(before[name], after[name])]


def _differs(before: Any, after: Any) -> bool:
    if isinstance(before, dict):
        return any(key in after and after[key] != value for key, value in before.items())
    return bool(before != after)
