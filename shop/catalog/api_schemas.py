"""What the JSON interface says of products."""

from marshmallow import fields

from shop.catalog.listing import Sort
from shop.core.money import MAX_AMOUNT
from shop.web.rest.schemas import (
    AnswerSchema,
    OneOf,
    PagingSchema,
    PictureSchema,
    QueryFlag,
    QueryWhole,
    Text,
    list_of,
)

EXAMPLE_PICTURE = {
    "url": "https://shop.example/media/pictures/a1/a1b2c3-640.jpg",
    "width": 1200,
    "height": 1500,
    "color": "#e8ddc9",
    "alt": "A paper lamp on an oak table",
    "sources": [
        {"type": "image/webp", "srcset": "https://shop.example/media/pictures/a1/a1b2c3-640.webp 640w"},
        {"type": "image/jpeg", "srcset": "https://shop.example/media/pictures/a1/a1b2c3-640.jpg 640w"},
    ],
}
EXAMPLE_CARD = {
    "id": 412,
    "slug": "paper-lamp",
    "title": "Paper lamp",
    "url": "https://shop.example/en/p/atelier-lumen/shop/paper-lamp",
    "currency": "EUR",
    "price_from": 8900,
    "price_to": 12900,
    "compare_at": None,
    "in_stock": True,
    "stock_left": 3,
    "variant_id": None,
    "picture": EXAMPLE_PICTURE,
}
EXAMPLE_LIST = {"data": [EXAMPLE_CARD], "next_cursor": "WyJuZXdlc3QiLCAiMjAyNi0xMS0wMSIsIDQxMl0"}
EXAMPLE_PRODUCT = {
    "id": 412,
    "slug": "paper-lamp",
    "title": "Paper lamp",
    "description_html": "<p>Washi paper on an oak foot.</p>",
    "url": "https://shop.example/en/p/atelier-lumen/shop/paper-lamp",
    "vendor": "Atelier Lumen",
    "product_type": "Lamps",
    "tags": ["oak"],
    "currency": "EUR",
    "price_from": 8900,
    "price_to": 12900,
    "options": [{"name": "Size", "values": ["Small", "Large"]}],
    "pictures": [EXAMPLE_PICTURE],
    "variants": [
        {
            "id": 1873,
            "sku": "LAMP-S",
            "title": "Small",
            "options": ["Small"],
            "price": 8900,
            "compare_at": None,
            "currency": "EUR",
            "stock": 3,
            "in_stock": True,
            "picture": None,
        },
        {
            "id": 1874,
            "sku": "LAMP-L",
            "title": "Large",
            "options": ["Large"],
            "price": 12900,
            "compare_at": 14900,
            "currency": "EUR",
            "stock": None,
            "in_stock": True,
            "picture": None,
        },
    ],
}


class ProductQuerySchema(PagingSchema):
    """Which products are wanted, in which order."""

    q = Text(metadata={"description": "Words to search for.", "example": "lamp"})
    collection = Text(
        metadata={"description": "The slug of a collection; 404 when there is none.", "example": "lamps"}
    )
    min_price = QueryWhole(
        maximum=MAX_AMOUNT, metadata={"description": "Only products with a price from here up (minor units)."}
    )
    max_price = QueryWhole(
        maximum=MAX_AMOUNT, metadata={"description": "Only products with a price up to here (minor units)."}
    )
    in_stock = QueryFlag(metadata={"description": "Only what can, or cannot, be bought now."})
    sort = OneOf(
        [sort.value for sort in Sort],
        metadata={
            "description": "Newest first by default; in a search `relevance`, in a collection `featured` "
            "(the brand's own order), which mean nothing elsewhere. A minus turns the order round."
        },
    )


class ProductCardSchema(AnswerSchema):
    """A product, as in a list. Amounts are minor units of `currency`."""

    id = fields.Integer()
    slug = fields.String(metadata={"description": "Its name in addresses."})
    title = fields.String()
    url = fields.Url(metadata={"description": "The product for people."})
    currency = fields.String()
    price_from = fields.Integer(metadata={"description": "The cheapest variant's price."})
    price_to = fields.Integer(metadata={"description": "The dearest variant's price."})
    compare_at = fields.Integer(
        allow_none=True, metadata={"description": "What the cheapest variant cost before, or null."}
    )
    in_stock = fields.Boolean(metadata={"description": "Whether any variant can be bought now."})
    stock_left = fields.Integer(
        allow_none=True, metadata={"description": "How many are left in all, where they are few; else null."}
    )
    variant_id = fields.Integer(
        allow_none=True, metadata={"description": "The variant to buy, where there is only one; else null."}
    )
    picture = fields.Nested(PictureSchema, allow_none=True)


class OptionSchema(AnswerSchema):
    """Something to choose, such as a size."""

    name = fields.String()
    values = fields.List(fields.String())


class VariantSchema(AnswerSchema):
    """One buyable form of a product."""

    id = fields.Integer()
    sku = fields.String(allow_none=True)
    title = fields.String(
        metadata={"description": "Its option values; empty where there is nothing to choose."}
    )
    options = fields.List(fields.String(), metadata={"description": "Its values, in the order of `options`."})
    price = fields.Integer(metadata={"description": "Minor units, tax included."})
    compare_at = fields.Integer(allow_none=True, metadata={"description": "What it cost before, or null."})
    currency = fields.String()
    stock = fields.Integer(allow_none=True, metadata={"description": "Null when it is not limited."})
    in_stock = fields.Boolean()
    picture = fields.Nested(PictureSchema, allow_none=True)


class ProductSchema(AnswerSchema):
    """A product with its variants and pictures."""

    id = fields.Integer()
    slug = fields.String()
    title = fields.String()
    description_html = fields.String(metadata={"description": "Sanitised HTML without scripts or styles."})
    url = fields.Url(metadata={"description": "The product for people."})
    vendor = fields.String()
    product_type = fields.String()
    tags = fields.List(fields.String())
    currency = fields.String()
    price_from = fields.Integer()
    price_to = fields.Integer()
    options = fields.List(fields.Nested(OptionSchema))
    pictures = fields.List(fields.Nested(PictureSchema))
    variants = fields.List(fields.Nested(VariantSchema))


ProductListSchema = list_of(ProductCardSchema, "ProductListSchema")
