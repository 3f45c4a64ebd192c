"""Carts as JSON: whoever has a cart's token may use it.

They stand here and not beside the cart, because what a buyer's own unpaid orders hold is theirs to have,
and a cart knows no orders.
"""

from collections.abc import Mapping
from typing import Any

from flask import Response, jsonify
from sqlalchemy.orm import Session

from shop.cart.api_schemas import (
    EXAMPLE_CART,
    CartSchema,
    EditLineSchema,
    NewCartAnswerSchema,
    NewCartSchema,
    NewCouponSchema,
    NewDestinationSchema,
    NewLineSchema,
)
from shop.cart.coupons import apply_code
from shop.cart.coupons import remove_coupon as take_off
from shop.cart.models import Cart
from shop.cart.queries import CartView, find_cart_by_token, view_cart
from shop.cart.service import add_line as put_line
from shop.cart.service import change_line as alter_line
from shop.cart.service import delete_cart as forget_cart
from shop.cart.service import find_or_create_cart
from shop.cart.service import remove_line as take_line
from shop.cart.service import set_destination as send_to
from shop.checkout.access import typed_codes_limit
from shop.checkout.buying import cart_visitor_key
from shop.checkout.cart_bodies import cart_body
from shop.checkout.couponing import with_own_orders
from shop.core.errors import NotFound
from shop.coupons.customers import Shopper, customer_of
from shop.orders.queries import list_held_units
from shop.page.models import Page
from shop.page.queries import get_page, get_page_by_id
from shop.web.context import database, now, signer
from shop.web.rest.blueprint import PREFIX, ApiBlueprint

CARTS_LIMIT = "600 per minute"
"""For each address and process: hundreds of buyers behind one address may come to a flash sale."""

blueprint = ApiBlueprint(
    "cart_api",
    __name__,
    tag="Carts",
    description="One cart, one buyer, one page. Reading a cart prices it anew and says what changed.",
    paths={
        "page_slug": ("The page's name in addresses.", "atelier-lumen"),
        "cart_id": ("The cart's `id`.", 31),
        "line_id": ("The line's `id`.", 77),
    },
)


@blueprint.operation(
    "POST",
    "/pages/<handle:page_slug>/carts",
    answer=NewCartAnswerSchema,
    status=201,
    example={"id": 31, "token": "zJ6cJm0b0yC0y9o0m3d8cV5s2J7n4T1kq8wX6uR2hLE"},
    body=NewCartSchema,
    is_body_required=False,
    problems=[404],
    creates=True,
    limit=CARTS_LIMIT,
)
def create_cart(_body: Mapping[str, Any], page_slug: str) -> Response:
    """Create a cart.

    It goes to the page's country until you say otherwise. The body may be left out.
    """
    with database().transaction() as session:
        page = get_page(session, page_slug)
        cart, token = find_or_create_cart(
            session, page_id=page.id, account_id=None, visitor_id=None, country=page.country, now=now()
        )
    response = jsonify({"id": cart.id, "token": token})
    response.status_code = 201
    response.headers["Location"] = f"{PREFIX}/carts/{cart.id}"
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.operation(
    "GET", "/carts/<id:cart_id>", answer=CartSchema, example=EXAMPLE_CART, opened_by="cartToken"
)
def show_cart(*, token: str, cart_id: int) -> Response:
    """Show a cart.

    `notes` of a line and `problems` of the cart say what has changed and what stands in the way of
    a checkout.
    """
    with database().reading() as session:
        cart, page = open_cart(session, cart_id, token)
        view = _view(session, cart, page)
    return jsonify(cart_body(view, page))


@blueprint.operation("DELETE", "/carts/<id:cart_id>", answer=None, status=204, opened_by="cartToken")
def delete_cart(*, token: str, cart_id: int) -> Response:
    """Delete a cart.

    Orders that were placed from it stay.
    """
    with database().transaction() as session:
        cart, _page = open_cart(session, cart_id, token)
        forget_cart(session, cart_id=cart.id)
    return Response(status=204)


@blueprint.operation(
    "POST",
    "/carts/<id:cart_id>/lines",
    answer=CartSchema,
    status=201,
    example=EXAMPLE_CART,
    body=NewLineSchema,
    body_example={"variant_id": 1873, "quantity": 2},
    problems=[409],
    opened_by="cartToken",
    creates=True,
)
def add_line(body: Mapping[str, Any], *, token: str, cart_id: int) -> Response:
    """Put something into a cart.

    More of what is already there raises its line. The answer is the whole cart. `out_of_stock` (409)
    when there is less than that; nothing is reserved before the checkout.
    """
    with database().transaction() as session:
        cart, page = open_cart(session, cart_id, token)
        put_line(session, cart_id=cart.id, now=now(), held=_held(session, cart), **body)
        view = _view(session, cart, page)
    response = jsonify(cart_body(view, page))
    response.status_code = 201
    return response


@blueprint.operation(
    "PATCH",
    "/carts/<id:cart_id>/lines/<id:line_id>",
    answer=CartSchema,
    example=EXAMPLE_CART,
    body=EditLineSchema,
    body_example={"quantity": 1},
    problems=[409],
    opened_by="cartToken",
)
def change_line(body: Mapping[str, Any], *, token: str, cart_id: int, line_id: int) -> Response:
    """Change how many of a line there are.

    The answer is the whole cart. Asking for fewer is always possible.
    """
    with database().transaction() as session:
        cart, page = open_cart(session, cart_id, token)
        alter_line(session, cart_id=cart.id, line_id=line_id, now=now(), held=_held(session, cart), **body)
        view = _view(session, cart, page)
    return jsonify(cart_body(view, page))


@blueprint.operation(
    "DELETE",
    "/carts/<id:cart_id>/lines/<id:line_id>",
    answer=CartSchema,
    example=EXAMPLE_CART,
    opened_by="cartToken",
)
def remove_line(*, token: str, cart_id: int, line_id: int) -> Response:
    """Take a line out of a cart.

    The answer is the whole cart.
    """
    with database().transaction() as session:
        cart, page = open_cart(session, cart_id, token)
        take_line(session, cart_id=cart.id, line_id=line_id, now=now())
        view = _view(session, cart, page)
    return jsonify(cart_body(view, page))


@blueprint.operation(
    "PUT",
    "/carts/<id:cart_id>/destination",
    answer=CartSchema,
    example=EXAMPLE_CART,
    body=NewDestinationSchema,
    body_example={"country": "FR", "postal_code": "69001"},
    opened_by="cartToken",
)
def set_destination(body: Mapping[str, Any], *, token: str, cart_id: int) -> Response:
    """Say where a cart goes.

    The answer is the whole cart with the shipping and the tax of that destination. `cannot_ship` (422)
    for a country that the page does not ship to.
    """
    with database().transaction() as session:
        cart, page = open_cart(session, cart_id, token)
        send_to(session, cart=cart, page=page, now=now(), **body)
        session.refresh(cart)
        view = _view(session, cart, page)
    return jsonify(cart_body(view, page))


@blueprint.operation(
    "PUT",
    "/carts/<id:cart_id>/coupon",
    answer=CartSchema,
    example=EXAMPLE_CART,
    body=NewCouponSchema,
    body_example={"code": "WELCOME10"},
    problems=(429,),
    opened_by="cartToken",
)
@typed_codes_limit
def set_coupon(body: Mapping[str, Any], *, token: str, cart_id: int) -> Response:
    """Use a coupon.

    The answer is the whole cart. `coupon_unknown` (422) when the page has no such coupon, `coupon_refused` (422) when
    it counts for nothing whatever is in the cart: it has ended, or is used up. One that only lacks something stays,
    and its `refusal` says what; where another counts by itself meanwhile, it is the `idle_coupon`.
    """
    with database().transaction() as session:
        cart, page = open_cart(session, cart_id, token)
        customer = _shopper(session, cart).customer
        apply_code(session, cart=cart, page=page, code=body["code"], customer=customer, now=now())
        view = _view(session, cart, page)
    return jsonify(cart_body(view, page))


@blueprint.operation(
    "DELETE", "/carts/<id:cart_id>/coupon", answer=CartSchema, example=EXAMPLE_CART, opened_by="cartToken"
)
def remove_coupon(*, token: str, cart_id: int) -> Response:
    """Use no coupon.

    The answer is the whole cart, also when there was none. One that counted by itself is off from then on, and no
    other takes its place.
    """
    with database().transaction() as session:
        cart, page = open_cart(session, cart_id, token)
        take_off(session, cart=cart, now=now())
        view = _view(session, cart, page)
        if view.coupon is not None:
            take_off(session, cart=cart, coupon_id=view.coupon.id, now=now())
            view = _view(session, cart, page)
    return jsonify(cart_body(view, page))


def _view(session: Session, cart: Cart, page: Page) -> CartView:
    return view_cart(session, cart, page, held=_held(session, cart), shopper=_shopper(session, cart))


def _shopper(session: Session, cart: Cart) -> Shopper:
    """Return whose cart it is, as coupons know them; the address is told at the checkout only."""
    key = cart_visitor_key(cart, cart.account_id)
    customer = customer_of(signer(), account_id=cart.account_id, visitor_key=key)
    return with_own_orders(session, Shopper(customer, now()), visitor_key=key, page_id=cart.page_id)


def _held(session: Session, cart: Cart) -> Mapping[int, int]:
    """Return the units that the buyer's own orders awaiting payment hold."""
    key = cart_visitor_key(cart, cart.account_id)
    return list_held_units(session, visitor_key=key, page_id=cart.page_id)


def open_cart(session: Session, cart_id: int, token: str) -> tuple[Cart, Page]:
    """Return the cart that ``token`` opens, with its page; NotFound for any other."""
    cart = find_cart_by_token(session, cart_id=cart_id, token=token)
    if cart is None:
        raise NotFound
    return cart, get_page_by_id(session, cart.page_id)
