"""The columns of Shopify's product CSV, under the names of all its editions.

Sources: help.shopify.com/manual/products/import-export/using-csv (2024 headers, and the older ones
kept by many tools), plus "Variant Weight", "Custom Product Type" and "Collection" of earlier exports.
Unknown columns (metafields, markets such as "Price / Poland", "Google Shopping / …") are ignored.
"""

from collections.abc import Iterator, Mapping, Sequence

from shop.catalog.importing.table import normalise_name

MAX_OPTIONS = 3
OPTION_NUMBERS = range(1, 10)
"""Options beyond the third are read so that they can be refused by name."""

_NAMES: dict[str, tuple[str, ...]] = {
    "handle": ("handle", "url handle"),
    "title": ("title",),
    "body": ("body (html)", "body html", "body", "description"),
    "vendor": ("vendor",),
    "type": ("type", "custom product type", "product type"),
    "category": ("product category", "standard product type", "standardized product type"),
    "tags": ("tags",),
    "published": ("published", "published on online store"),
    "status": ("status",),
    "collection": ("collection", "custom collections"),
    "gift_card": ("gift card",),
    "seo_title": ("seo title",),
    "seo_description": ("seo description",),
    "sku": ("variant sku", "sku"),
    "barcode": ("variant barcode", "barcode"),
    "price": ("variant price", "price"),
    "compare_at": (
        "variant compare at price",
        "variant compare-at price",
        "compare-at price",
        "compare at price",
    ),
    "tracker": ("variant inventory tracker", "inventory tracker"),
    "quantity": ("variant inventory qty", "variant inventory quantity", "inventory quantity"),
    "policy": ("variant inventory policy", "continue selling when out of stock"),
    "grams": ("variant grams", "weight value (grams)"),
    "weight": ("variant weight", "weight"),
    "weight_unit": ("variant weight unit", "weight unit"),
    "shipping": ("variant requires shipping", "requires shipping"),
    "taxable": ("variant taxable", "charge tax"),
    "picture": ("image src", "product image url", "image url"),
    "picture_position": ("image position",),
    "picture_alt": ("image alt text",),
    "variant_picture": ("variant image", "variant image url"),
    **{f"option{n}_name": (f"option{n} name",) for n in OPTION_NUMBERS},
    **{f"option{n}": (f"option{n} value",) for n in OPTION_NUMBERS},
}
_FIELD_OF: Mapping[str, str] = {name: field for field, names in _NAMES.items() for name in names}


class Columns:
    """Where each field of ours stands in one file's header, and what the file calls it."""

    def __init__(self, header: Sequence[str]) -> None:
        self.width = len(header)
        self.places: list[tuple[int, str]] = []
        self.repeated: list[str] = []
        self._titles: dict[str, str] = {}
        for place, title in enumerate(header):
            field = _FIELD_OF.get(normalise_name(title))
            if field is None:
                continue
            if field in self._titles:
                self.repeated.append(title)
                continue
            self._titles[field] = title
            self.places.append((place, field))

    def __contains__(self, field: str) -> bool:
        return field in self._titles

    def __iter__(self) -> Iterator[str]:
        return iter(self._titles)

    def title(self, field: str) -> str:
        """Return the column's name as it stands in the file; for one it lacks, Shopify's older name."""
        return self._titles.get(field) or _NAMES[field][0].title().replace("Sku", "SKU")

    @property
    def is_new_edition(self) -> bool:
        """Whether the header is the one that Shopify has used since 2024."""
        return normalise_name(self.title("handle")) == "url handle"
