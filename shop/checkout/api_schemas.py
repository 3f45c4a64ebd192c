"""What the JSON interface says of a checkout."""

from urllib.parse import urlsplit

from marshmallow import ValidationError, fields, validate

from shop.checkout.desk import ORDER_NUMBER, ORDER_TOKEN
from shop.core.i18n import N_
from shop.core.money import MAX_AMOUNT
from shop.orders.models import OrderStatus
from shop.web.context import settings
from shop.web.rest.schemas import AnswerSchema, RequestSchema, Text, Whole
from shop.web.touching import MAX_MARK

MAX_URL_LENGTH = 2000
MAX_EMAIL_LENGTH = 254  # RFC 5321, section 4.5.3.1.3, less the angle brackets
MAX_LINE, MAX_POSTAL_CODE, MAX_PHONE = 200, 12, 30
OWN_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
_PLACES = (
    f"`{ORDER_NUMBER}`, `{ORDER_TOKEN}` and `{{CHECKOUT_SESSION_ID}}` in it are filled in. "
    "https anywhere; http only on this shop's own origin and on localhost."
)

EXAMPLE_CHECKOUT = {
    "order": {
        "number": "LUM-1042",
        "token": "MTA0Mg.aSQx8A.u3bX5Yw0m8n5k1R2pQ7c9T4vJ6s",
        "status": "awaiting_payment",
        "total": 18290,
        "currency": "EUR",
    },
    "checkout_url": "https://checkout.stripe.com/c/pay/cs_test_a1b2c3",
}


def check_return_url(value: str) -> None:
    """Refuse what a browser should not be sent to after a payment."""
    problem = ValidationError(N_("Must be an https address, or http on localhost."))
    try:
        parts = urlsplit(value)
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise problem from None
    if not host or "@" in parts.netloc or "\\" in value or not value.isprintable() or " " in value:
        raise problem
    is_ours = f"{parts.scheme}://{parts.netloc}" == settings().public_url
    if parts.scheme != "https" and not is_ours and not (parts.scheme == "http" and host in OWN_MACHINE):
        raise problem


class CampaignSchema(RequestSchema):
    """What a campaign's link said, as in ``utm_source`` and so on; kept with the order."""

    source = Text(max_length=MAX_MARK, metadata={"example": "newsletter"})
    medium = Text(max_length=MAX_MARK, metadata={"example": "email"})
    campaign = Text(max_length=MAX_MARK, metadata={"example": "winter"})
    term = Text(max_length=MAX_MARK)
    content = Text(max_length=MAX_MARK)


class DeliverySchema(RequestSchema):
    """Where an order goes that costs nothing.

    `name`, `line1`, `city` and `country` are needed, `postal_code` and `state` where the country's addresses have one.
    """

    name = Text(max_length=MAX_LINE, metadata={"example": "Alix Martin"})
    line1 = Text(max_length=MAX_LINE, metadata={"example": "12 rue de la République"})
    line2 = Text(max_length=MAX_LINE)
    postal_code = Text(max_length=MAX_POSTAL_CODE, metadata={"example": "69001"})
    city = Text(max_length=MAX_LINE, metadata={"example": "Lyon"})
    state = Text(max_length=MAX_LINE)
    country = Text(
        max_length=2, metadata={"description": "One that the page ships to, ISO 3166-1.", "example": "FR"}
    )
    phone = Text(max_length=MAX_PHONE)


class NewCheckoutSchema(RequestSchema):
    """Who buys, where it goes if there is nothing to pay, and where the payment page leads back to."""

    email = Text(
        max_length=MAX_EMAIL_LENGTH,
        required=True,
        validate=[validate.Email(error=N_("Not a valid email address."))],
        metadata={"description": "Gets the confirmation.", "format": "email", "example": "alix@example.com"},
    )
    delivery = fields.Nested(
        DeliverySchema,
        metadata={
            "description": "Where it goes. Needed when the total is 0, since there is no payment page then that asks: "
            "`address_needed` (422) says field by field what lacks. Else it counts for nothing."
        },
    )
    success_url = Text(
        max_length=MAX_URL_LENGTH,
        validate=[check_return_url],
        metadata={
            "description": f"Where to go after paying; the order's page here by default. {_PLACES}",
            "example": "https://store.example/thanks?order={ORDER_NUMBER}",
        },
    )
    cancel_url = Text(
        max_length=MAX_URL_LENGTH,
        validate=[check_return_url],
        metadata={
            "description": f"Where to go without paying; the page's shop here by default. {_PLACES}",
            "example": "https://store.example/cart",
        },
    )
    expected_total = Whole(
        maximum=MAX_AMOUNT,
        metadata={
            "description": "The total that the buyer saw: when it is another by now, `total_changed` (409)."
        },
    )
    campaign = fields.Nested(
        CampaignSchema,
        metadata={"description": "The marks of the campaign that led the buyer to you, if there was one."},
    )


class PlacedOrderSchema(AnswerSchema):
    """The order that was placed, or found again; the token opens it."""

    number = fields.String()
    token = fields.String(metadata={"description": "Opens the order; send it as `Authorization: Bearer …`."})
    status = fields.String(validate=validate.OneOf([status.value for status in OrderStatus]))
    total = fields.Integer()
    currency = fields.String()


class CheckoutSchema(AnswerSchema):
    """A checkout that was begun."""

    order = fields.Nested(PlacedOrderSchema)
    checkout_url = fields.String(
        allow_none=True,
        metadata={"description": "Send the buyer there; null when there is nothing (more) to pay."},
    )
