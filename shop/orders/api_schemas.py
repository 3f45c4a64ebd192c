"""What the JSON interface says of orders."""

import enum

from marshmallow import fields, validate

from shop.orders.models import Actor, FulfilmentStatus, OrderStatus, ReturnStatus
from shop.payments.models import PaymentStatus, RefundStatus
from shop.web.rest.schemas import AnswerSchema, PictureSchema

EXAMPLE_ORDER = {
    "number": "LUM-1042",
    "page": "atelier-lumen",
    "status": "paid",
    "fulfilment_status": "fulfilled",
    "return_status": "none",
    "email": "alix@example.com",
    "currency": "EUR",
    "totals": {
        "subtotal": 17800,
        "discount": 0,
        "shipping": 490,
        "waived_shipping": 0,
        "tax": 3048,
        "total": 18290,
    },
    "coupon": None,
    "captured": 18290,
    "refunded": 0,
    "destination": {"country": "FR", "postal_code": "69001"},
    "placed_at": "2026-11-24T10:00:00+00:00",
    "expires_at": "2026-11-24T10:45:00+00:00",
    "paid_at": "2026-11-24T10:02:11+00:00",
    "lines": [
        {
            "id": 512,
            "variant_id": 1873,
            "product": "paper-lamp",
            "title": "Paper lamp",
            "variant_title": "Small",
            "sku": "LAMP-S",
            "quantity": 2,
            "unit_price": 8900,
            "discount": 0,
            "tax": 2967,
            "total": 17800,
            "refunded_quantity": 0,
            "fulfilled_quantity": 2,
            "picture": None,
        }
    ],
    "payments": [
        {
            "status": "paid",
            "amount": 18290,
            "currency": "EUR",
            "checkout_url": None,
            "decline_reason": None,
            "created_at": "2026-11-24T10:00:00+00:00",
            "expires_at": "2026-11-24T10:45:00+00:00",
        }
    ],
    "refunds": [],
    "fulfilments": [
        {
            "id": 77,
            "carrier": "Colissimo / La Poste",
            "tracking_number": "6A12345678901",
            "tracking_url": "https://www.laposte.fr/outils/suivre-vos-envois?code=6A12345678901",
            "shipped_at": "2026-11-25T08:30:00+00:00",
            "lines": [{"line_id": 512, "quantity": 2}],
        }
    ],
    "history": [
        {"at": "2026-11-24T10:00:00+00:00", "kind": "placed", "actor": "buyer"},
        {"at": "2026-11-24T10:02:11+00:00", "kind": "paid", "actor": "stripe"},
        {"at": "2026-11-25T08:30:00+00:00", "kind": "fulfilled", "actor": "staff"},
    ],
}


def _word(kind: type[enum.StrEnum], description: str = "") -> fields.String:
    metadata = {"description": description} if description else {}
    return fields.String(validate=validate.OneOf([member.value for member in kind]), metadata=metadata)


class OrderLineSchema(AnswerSchema):
    """What was bought, as it was called and priced then."""

    id = fields.Integer()
    variant_id = fields.Integer(allow_none=True, metadata={"description": "Null once it was deleted."})
    product = fields.String(metadata={"description": "The product's slug then."})
    title = fields.String()
    variant_title = fields.String()
    sku = fields.String(allow_none=True)
    quantity = fields.Integer()
    unit_price = fields.Integer()
    discount = fields.Integer()
    tax = fields.Integer(metadata={"description": "The tax included in `total`."})
    total = fields.Integer()
    refunded_quantity = fields.Integer()
    fulfilled_quantity = fields.Integer(metadata={"description": "How many units have left in parcels."})
    picture = fields.Nested(PictureSchema, allow_none=True)


class OrderTotalsSchema(AnswerSchema):
    """`total` is `subtotal` - `discount` + `shipping`; `tax` is the part of it that is tax."""

    subtotal = fields.Integer()
    discount = fields.Integer()
    shipping = fields.Integer()
    waived_shipping = fields.Integer(
        metadata={"description": "What the coupon took off shipping; `shipping` is without it already."}
    )
    tax = fields.Integer()
    total = fields.Integer()


class OrderDestinationSchema(AnswerSchema):
    """Where it goes, as far as it was known at the checkout."""

    country = fields.String()
    postal_code = fields.String()


class PaymentSchema(AnswerSchema):
    """A payment of the order."""

    status = _word(PaymentStatus)
    amount = fields.Integer()
    currency = fields.String()
    checkout_url = fields.String(
        allow_none=True, metadata={"description": "Where it can be paid, while it can; else null."}
    )
    decline_reason = fields.String(
        allow_none=True, metadata={"description": "Why the last try was declined, in the bank's words."}
    )
    created_at = fields.AwareDateTime()
    expires_at = fields.AwareDateTime()


class RefundSchema(AnswerSchema):
    """Money going back."""

    status = _word(RefundStatus)
    amount = fields.Integer()
    currency = fields.String()
    reason = fields.String()
    created_at = fields.AwareDateTime()


class FulfilmentLineSchema(AnswerSchema):
    """How many units of a line are in a parcel."""

    line_id = fields.Integer(metadata={"description": "The `id` of one of the order's lines."})
    quantity = fields.Integer()


class FulfilmentSchema(AnswerSchema):
    """A parcel that has left."""

    id = fields.Integer()
    carrier = fields.String(
        allow_none=True, metadata={"description": "The carrier's name, where it is known."}
    )
    tracking_number = fields.String(allow_none=True)
    tracking_url = fields.String(
        allow_none=True, metadata={"description": "Where the parcel is followed; https."}
    )
    shipped_at = fields.AwareDateTime()
    lines = fields.List(fields.Nested(FulfilmentLineSchema))


class OrderEventSchema(AnswerSchema):
    """A line of the order's history."""

    at = fields.AwareDateTime()
    kind = fields.String(
        metadata={"description": "`placed`, `paid`, `payment_failed`, `expired`, `fulfilled`, `refunded` …"}
    )
    actor = _word(Actor)


class OrderSchema(AnswerSchema):
    """An order. Amounts are minor units of `currency`."""

    number = fields.String()
    page = fields.String(metadata={"description": "The slug of its page."})
    status = _word(OrderStatus, "Where the money stands.")
    fulfilment_status = _word(
        FulfilmentStatus,
        "Where the goods stand; `not_needed` when all of it was refunded before it was shipped.",
    )
    return_status = _word(ReturnStatus, "What came back of the money.")
    email = fields.String(allow_none=True)
    currency = fields.String()
    totals = fields.Nested(OrderTotalsSchema)
    coupon = fields.String(allow_none=True, metadata={"description": "The code of the coupon that it used."})
    captured = fields.Integer(metadata={"description": "What was paid."})
    refunded = fields.Integer(metadata={"description": "What of it went back."})
    destination = fields.Nested(OrderDestinationSchema)
    placed_at = fields.AwareDateTime()
    expires_at = fields.AwareDateTime(metadata={"description": "Until when it waits for its payment."})
    paid_at = fields.AwareDateTime(allow_none=True)
    lines = fields.List(fields.Nested(OrderLineSchema))
    payments = fields.List(fields.Nested(PaymentSchema))
    refunds = fields.List(fields.Nested(RefundSchema))
    fulfilments = fields.List(
        fields.Nested(FulfilmentSchema), metadata={"description": "Parcels that have left, oldest first."}
    )
    history = fields.List(fields.Nested(OrderEventSchema))
