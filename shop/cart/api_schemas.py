"""What the JSON interface says of carts."""

from marshmallow import RAISE, fields, validate

from shop.cart.models import MAX_QUANTITY
from shop.cart.schemas import DestinationSchema, EditCartLineSchema, NewCartLineSchema
from shop.core.i18n import N_
from shop.coupons.offers import Refusal
from shop.web.rest.schemas import AnswerSchema, PictureSchema, RequestSchema, Text, Whole

EXAMPLE_LINE = {
    "id": 77,
    "variant_id": 1873,
    "product": {
        "slug": "paper-lamp",
        "title": "Paper lamp",
        "url": "https://shop.example/en/p/atelier-lumen/shop/paper-lamp",
    },
    "title": "Small",
    "sku": "LAMP-S",
    "quantity": 2,
    "unit_price": 8900,
    "total": 17800,
    "discount": 1780,
    "stock": 3,
    "picture": None,
    "notes": [{"kind": "price_changed", "was": 9500, "now": 8900, "left": None}],
}
EXAMPLE_COUPON = {
    "code": "WELCOME10",
    "title": "10 % off your first order",
    "is_chosen": True,
    "discount": 1780,
    "waived_shipping": 0,
    "refusal": None,
    "missing": None,
}
EXAMPLE_CART = {
    "id": 31,
    "page": "atelier-lumen",
    "currency": "EUR",
    "item_count": 2,
    "lines": [EXAMPLE_LINE],
    "coupon": EXAMPLE_COUPON,
    "idle_coupon": None,
    "destination": {"country": "FR", "postal_code": "69001"},
    "shipping_methods": [{"code": "standard", "name": "Standard shipping", "price": 490, "is_chosen": True}],
    "totals": {
        "subtotal": 17800,
        "discount": 1780,
        "shipping": 490,
        "waived_shipping": 0,
        "tax": 2752,
        "total": 16510,
    },
    "problems": [],
}


class NewCartSchema(RequestSchema):
    """Nothing is needed for a new cart."""


class NewLineSchema(NewCartLineSchema):
    """Something to put into the cart."""

    class Meta:
        """Refuse unknown fields."""

        unknown = RAISE

    variant_id = Whole(minimum=1, required=True, metadata={"description": "What, of the cart's page."})
    quantity = Whole(
        minimum=1, maximum=MAX_QUANTITY, load_default=1, metadata={"description": "How many more of it."}
    )


class EditLineSchema(EditCartLineSchema):
    """How many of a line there are to be."""

    class Meta:
        """Refuse unknown fields."""

        unknown = RAISE

    quantity = Whole(maximum=MAX_QUANTITY, required=True, metadata={"description": "0 removes the line."})


class NewDestinationSchema(DestinationSchema):
    """Where the cart goes."""

    class Meta:
        """Refuse unknown fields."""

        unknown = RAISE

    country = Text(
        max_length=2,
        required=True,
        validate=[validate.Regexp(r"^[A-Z]{2}$", error=N_("Must be two capital letters."))],
        metadata={"description": "ISO 3166-1 alpha-2, one of the page's `ships_to`.", "example": "FR"},
    )
    postal_code = Text(max_length=12, load_default="", metadata={"example": "69001"})


class NewCouponSchema(RequestSchema):
    """A coupon's code as it was typed."""

    code = Text(
        max_length=64,
        required=True,
        validate=[validate.Length(min=1)],
        metadata={"example": "WELCOME10"},
    )


class NewCartAnswerSchema(AnswerSchema):
    """A new cart; the token is told this once."""

    id = fields.Integer()
    token = fields.String(metadata={"description": "Send it as `Authorization: Bearer …`."})


class LineProductSchema(AnswerSchema):
    """Which product a line is of."""

    slug = fields.String()
    title = fields.String()
    url = fields.Url()


class LineNoteSchema(AnswerSchema):
    """What changed about a line since it was put there or changed."""

    kind = fields.String(
        validate=validate.OneOf(["price_changed", "less_stock", "sold_out", "gone"]),
        metadata={"description": "`gone`: it is no longer sold."},
    )
    was = fields.Integer(allow_none=True, metadata={"description": "The price before, with `price_changed`."})
    now = fields.Integer(allow_none=True, metadata={"description": "The price now, with `price_changed`."})
    left = fields.Integer(allow_none=True, metadata={"description": "How many there are, with `less_stock`."})


class CartLineSchema(AnswerSchema):
    """Some of a variant. Amounts are minor units of the cart's currency."""

    id = fields.Integer()
    variant_id = fields.Integer()
    product = fields.Nested(
        LineProductSchema, allow_none=True, metadata={"description": "Null when it is no longer sold."}
    )
    title = fields.String(metadata={"description": "The variant's option values."})
    sku = fields.String(allow_none=True)
    quantity = fields.Integer()
    unit_price = fields.Integer(metadata={"description": "Today's price of one."})
    total = fields.Integer(metadata={"description": "Of all its units, before the coupon."})
    discount = fields.Integer(metadata={"description": "Its share of what the coupon takes off."})
    stock = fields.Integer(allow_none=True, metadata={"description": "How many there are; null: no limit."})
    picture = fields.Nested(PictureSchema, allow_none=True)
    notes = fields.List(fields.Nested(LineNoteSchema))


class CartDestinationSchema(AnswerSchema):
    """Where it goes."""

    country = fields.String()
    postal_code = fields.String()


class ShippingMethodSchema(AnswerSchema):
    """A way of shipping to the destination."""

    code = fields.String()
    name = fields.String()
    price = fields.Integer()
    is_chosen = fields.Boolean()


class TotalsSchema(AnswerSchema):
    """What it costs: `total` is `subtotal` - `discount` + `shipping`; `tax` is the part of it that is tax."""

    subtotal = fields.Integer()
    discount = fields.Integer()
    shipping = fields.Integer()
    waived_shipping = fields.Integer(
        metadata={"description": "What the coupon took off shipping; `shipping` is without it already."}
    )
    tax = fields.Integer()
    total = fields.Integer()


class CartCouponSchema(AnswerSchema):
    """The coupon of a cart: the one that was asked for, else the one that takes most off by itself."""

    code = fields.String()
    title = fields.String()
    is_chosen = fields.Boolean(metadata={"description": "False for one that counts by itself."})
    discount = fields.Integer(metadata={"description": "What it takes off the lines."})
    waived_shipping = fields.Integer()
    refusal = fields.String(
        allow_none=True,
        validate=validate.OneOf([refusal.value for refusal in Refusal]),
        metadata={"description": "Why it takes nothing off; null when it does."},
    )
    missing = fields.Integer(
        allow_none=True, metadata={"description": "What is missing to its minimum, with `below_minimum`."}
    )


class CartProblemSchema(AnswerSchema):
    """Why a checkout would be refused now."""

    code = fields.String()
    title = fields.String()


class CartSchema(AnswerSchema):
    """A cart at today's prices."""

    id = fields.Integer()
    page = fields.String(metadata={"description": "The slug of its page."})
    currency = fields.String()
    item_count = fields.Integer()
    lines = fields.List(fields.Nested(CartLineSchema))
    coupon = fields.Nested(CartCouponSchema, allow_none=True)
    idle_coupon = fields.Nested(
        CartCouponSchema,
        allow_none=True,
        metadata={
            "description": "The one that was asked for, where it takes nothing off but another does by itself."
        },
    )
    destination = fields.Nested(CartDestinationSchema)
    shipping_methods = fields.List(fields.Nested(ShippingMethodSchema))
    totals = fields.Nested(TotalsSchema)
    problems = fields.List(
        fields.Nested(CartProblemSchema), metadata={"description": "Empty when it can be checked out."}
    )
