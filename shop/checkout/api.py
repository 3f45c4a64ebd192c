"""The checkout as JSON; it goes through the same steps as the HTML one."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Response, jsonify, url_for

from shop.checkout.access import BUYING_LIMIT, desk
from shop.checkout.api_schemas import EXAMPLE_CHECKOUT, CheckoutSchema, NewCheckoutSchema
from shop.checkout.buying import check_out_cart
from shop.checkout.cart_api import open_cart
from shop.checkout.delivery import AddressNeeded, Delivery
from shop.checkout.desk import ReturnUrls, guest_buyer
from shop.checkout.routes import return_urls
from shop.core.touch import Origin
from shop.page.models import Page
from shop.web.context import database, now
from shop.web.locale import language
from shop.web.rest.blueprint import ApiBlueprint
from shop.web.touching import read_campaign

blueprint = ApiBlueprint(
    "checkout_api",
    __name__,
    tag="Checkout",
    description="From a cart to a payment page. The goods are held for 45 minutes.",
    paths={"cart_id": ("The cart's `id`.", 31)},
)


@blueprint.operation(
    "POST",
    "/carts/<id:cart_id>/checkout",
    answer=CheckoutSchema,
    status=201,
    example=EXAMPLE_CHECKOUT,
    body=NewCheckoutSchema,
    body_example={"email": "alix@example.com"},
    problems=[409, 503],
    opened_by="cartToken",
    creates=True,
    limit=BUYING_LIMIT,
)
def check_out(body: Mapping[str, Any], *, token: str, cart_id: int) -> Response:
    """Check out a cart.

    The prices are read once more, the stock and the coupon's use are taken, and the order waits for its payment.
    `out_of_stock` (409) names the variant and how many are left; `coupon_gone`, `coupon_ended` and `coupon_used` (409)
    say that the coupon counts no more. Then nothing was taken, and the cart shows the total without it.

    When the total is 0 there is no payment page: send `delivery`, and the order is paid at once, with `checkout_url`
    null. `address_needed` (422) says by field what lacks of it.

    The same cart again answers with the same order while it waits; a changed cart gives up the order
    before. The cart is emptied when the order is paid.
    """
    with database().reading() as session:
        cart, page = open_cart(session, cart_id, token)
    origin = Origin(campaign=read_campaign(body.get("campaign", {})))
    try:
        started = check_out_cart(
            desk(),
            page=page,
            cart_id=cart.id,
            buyer=replace(guest_buyer(token, body["email"]), origin=origin),
            language=language(),
            urls=_return_urls(page, body),
            now=now(),
            expected_total_amount=body.get("expected_total"),
            delivery=_delivery(body),
        )
    except AddressNeeded as error:
        # The e-mail address stands beside the delivery, whose fields are named as they are sent.
        names = {name: name if name == "email" else f"delivery/{name}" for name in error.errors}
        raise AddressNeeded({names[name]: said for name, said in error.errors.items()}) from error
    response = jsonify(
        {
            "order": {
                "number": started.order_number,
                "token": started.order_token,
                "status": started.status,
                "total": started.total_amount,
                "currency": started.currency,
            },
            "checkout_url": started.url,
        }
    )
    response.status_code = 201
    response.headers["Location"] = url_for("orders_api.show_order", number=started.order_number)
    return response


def _delivery(body: Mapping[str, Any]) -> Delivery | None:
    return (
        Delivery(**{name: text.strip() for name, text in body["delivery"].items()})
        if "delivery" in body
        else None
    )


def _return_urls(page: Page, body: Mapping[str, Any]) -> ReturnUrls:
    """Return where the payment page leads back to: as asked for, else to our own pages."""
    own = return_urls(f"/{language()}/p/{page.slug}/shop")
    return ReturnUrls(body.get("success_url", own.success_url), body.get("cancel_url", own.cancel_url))
