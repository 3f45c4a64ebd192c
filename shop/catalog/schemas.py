"""One schema for a product, whether it comes as JSON or was read from a web form by its adapters."""

from typing import Any

from marshmallow import Schema, fields, post_load

from shop.catalog.drafts import ProductDraft, StockRule, VariantDraft
from shop.catalog.models import ProductStatus


class VariantSchema(Schema):
    """A variant; amounts are whole minor units, ``stock`` null is unlimited."""

    variant_id = fields.Integer(strict=True, allow_none=True, load_default=None, data_key="id")
    option_values = fields.List(fields.String(), load_default=list)
    price_amount = fields.Integer(strict=True, required=True)
    compare_at_amount = fields.Integer(strict=True, allow_none=True, load_default=None)
    sku = fields.String(allow_none=True, load_default=None)
    barcode = fields.String(allow_none=True, load_default=None)
    stock = fields.Integer(strict=True, allow_none=True, load_default=0)
    stock_seen = fields.Integer(strict=True, allow_none=True)
    """The stock that was shown when ``stock`` was typed; without it an existing stock is left alone."""
    weight_grams = fields.Integer(strict=True, load_default=0)
    picture_key = fields.String(allow_none=True, load_default=None)

    @post_load
    def make_draft(self, values: dict[str, Any], **_: Any) -> VariantDraft:
        """Return the draft that the service takes."""
        values["option_values"] = tuple(values["option_values"])
        values.setdefault("stock_seen", StockRule.KEEP)
        return VariantDraft(**values)


class ProductTextSchema(Schema):
    """A product's texts in the other language."""

    title = fields.String(load_default="")
    description_html = fields.String(load_default="")
    options = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict)


class ProductSchema(Schema):
    """A product with its variants; what the service then checks is in ``rules``."""

    title = fields.String(required=True)
    description_html = fields.String(load_default="")
    slug = fields.String(allow_none=True, load_default=None)
    vendor = fields.String(allow_none=True, load_default=None)
    product_type = fields.String(allow_none=True, load_default=None)
    tags = fields.List(fields.String(), allow_none=True, load_default=None)
    status = fields.Enum(ProductStatus, by_value=True, allow_none=True, load_default=None)
    option_names = fields.List(fields.String(), load_default=list)
    variants = fields.List(fields.Nested(VariantSchema), required=True)
    translations = fields.Dict(
        keys=fields.String(), values=fields.Nested(ProductTextSchema), allow_none=True, load_default=None
    )
    swatches = fields.Dict(keys=fields.String(), values=fields.String(), allow_none=True, load_default=None)
    collection_ids = fields.List(fields.Integer(strict=True), allow_none=True, load_default=None)

    @post_load
    def make_draft(self, values: dict[str, Any], **_: Any) -> ProductDraft:
        """Return the draft that the service takes; pictures are the edge's to add."""
        for name in ("variants", "option_names", "tags", "collection_ids"):
            if values[name] is not None:
                values[name] = tuple(values[name])
        return ProductDraft(**values)


class CollectionSchema(Schema):
    """A collection by hand."""

    title = fields.String(required=True)
    slug = fields.String(allow_none=True, load_default=None)
    keeps_old_slug = fields.Boolean(load_default=False)
    description = fields.String(load_default="")
    other_title = fields.String(load_default="")
    other_description = fields.String(load_default="")
