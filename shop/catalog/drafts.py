"""What a product is to become: plain values that the form, the API, an import and the demo all make."""

import enum
from dataclasses import dataclass, field
from typing import Any

from shop.catalog.models import ProductStatus


class StockRule(enum.Enum):
    """How a draft's stock meets the stock of a variant that exists already."""

    KEEP = "keep"
    """Leave what there is: the draft's number only counts for a new variant."""
    SET = "set"
    """Write it whatever has been sold since: a stocktake, an import with ``--stock``."""


@dataclass(frozen=True, slots=True)
class VariantDraft:
    """A variant to be; amounts in minor units of the page's currency, ``stock`` None is unlimited.

    It becomes the variant ``variant_id`` when that is the product's, else the one with the same option
    values, else a new one. ``stock_seen`` is the stock that was shown when ``stock`` was typed: only a
    different number is written, and StockChanged is raised if a sale came between.
    """

    option_values: tuple[str, ...] = ()
    price_amount: int = 0
    compare_at_amount: int | None = None
    sku: str | None = None
    barcode: str | None = None
    stock: int | None = 0
    stock_seen: int | StockRule | None = StockRule.KEEP
    weight_grams: int = 0
    picture_key: str | None = None
    """The ``key`` of the product's picture that shows this variant."""
    variant_id: int | None = None


@dataclass(frozen=True, slots=True)
class PictureDraft:
    """A picture of a product to be: one that it has (``picture_id``), or a stored one (``picture``)."""

    picture: dict[str, Any] | None = None
    alt: str = ""
    translations: dict[str, Any] = field(default_factory=dict)
    source_url: str | None = None
    picture_id: int | None = None


@dataclass(frozen=True, slots=True)
class ProductDraft:
    """A product to be. Where None is allowed it means, in an edit, "leave it as it is".

    ``translations`` is ``{"en": {"title", "description_html", "options": {text: text}}}``.
    """

    title: str
    variants: tuple[VariantDraft, ...]
    option_names: tuple[str, ...] = ()
    description_html: str = ""
    slug: str | None = None
    keeps_old_slug: bool = True
    """Whether, when ``slug`` is another, the old address leads to the new one."""
    vendor: str | None = None
    product_type: str | None = None
    tags: tuple[str, ...] | None = None
    status: ProductStatus | None = None
    translations: dict[str, Any] | None = None
    swatches: dict[str, str] | None = None
    pictures: tuple[PictureDraft, ...] | None = None
    collection_ids: tuple[int, ...] | None = None
