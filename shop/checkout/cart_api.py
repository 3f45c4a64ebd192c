"""Carts as JSON: whoever has a cart's token may use it.

They stand here and not beside the cart, because what a buyer's own unpaid orders hold is theirs to have,
and a cart knows no orders.
"""

from collections.abc import Mapping
from typing import Any

from flask import Response, jsonify
from flask_babel import gettext
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
from shop.cart.models import Cart
from shop.cart.queries import CartLineView, CartView, LineNote, find_cart_by_token, view_cart
from shop.cart.service import add_line as put_line
from shop.cart.service import change_line as alter_line
from shop.cart.service import delete_cart as forget_cart
from shop.cart.service import find_or_create_cart
from shop.cart.service import remove_line as take_line
from shop.cart.service import set_destination as send_to
from shop.catalog.texts import chosen_values
from shop.checkout.buying import cart_visitor_key
from shop.core.errors import DomainError, NotFound
from shop.core.i18n import N_
from shop.orders.queries import list_held_units
from shop.page.models import Page
from shop.page.queries import get_page, get_page_by_id
from shop.web.context import database, now
from shop.web.locale import language
from shop.web.rest.blueprint import PREFIX, ApiBlueprint
from shop.web.rest.schemas import absolute_url, picture_body
from shop.web.templating import localized

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


class CouponUnknown(DomainError):
    """No coupon of the page has this code."""

    code = "coupon_unknown"
    status = 422
    message = N_("There is no such coupon.")


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
    opened_by="cartToken",
)
def set_coupon(_body: Mapping[str, Any], *, token: str, cart_id: int) -> Response:
    """Use a coupon.

    `coupon_unknown` (422) when the page has no such coupon. No page has any yet.
    """
    with database().reading() as session:
        open_cart(session, cart_id, token)
    raise CouponUnknown


@blueprint.operation(
    "DELETE", "/carts/<id:cart_id>/coupon", answer=CartSchema, example=EXAMPLE_CART, opened_by="cartToken"
)
def remove_coupon(*, token: str, cart_id: int) -> Response:
    """Use no coupon.

    The answer is the whole cart, also when there was none.
    """
    return show_cart(token=token, cart_id=cart_id)


def _view(session: Session, cart: Cart, page: Page) -> CartView:
    return view_cart(session, cart, page, held=_held(session, cart))


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


def cart_body(view: CartView, page: Page) -> dict[str, Any]:
    """Return a cart as ``CartSchema`` says."""
    chosen = view.shipping_method
    return {
        "id": view.cart_id,
        "page": page.slug,
        "currency": view.currency,
        "item_count": view.item_count,
        "lines": [_line_body(line, page) for line in view.lines],
        "coupon": None,
        "destination": {"country": view.country, "postal_code": view.postal_code},
        "shipping_methods": [
            {
                "code": method.code,
                "name": gettext(method.name_msgid),
                "price": method.amount,
                "is_chosen": chosen is not None and method.code == chosen.code,
            }
            for method in view.shipping_methods
        ],
        "totals": {
            "subtotal": view.totals.subtotal_amount,
            "discount": view.totals.discount_amount,
            "shipping": view.totals.shipping_amount,
            "tax": view.totals.tax_amount,
            "total": view.totals.total_amount,
        },
        "problems": [
            {"code": problem.code, "title": gettext(problem.msgid, **problem.params)}
            for problem in view.problems
        ],
    }


def _line_body(line: CartLineView, page: Page) -> dict[str, Any]:
    variant = line.variant
    product = None if variant is None else variant.product
    return {
        "id": line.line_id,
        "variant_id": line.variant_id,
        "product": None
        if product is None
        else {
            "slug": product.slug,
            "title": localized(product, "title"),
            "url": absolute_url(f"/{language()}/p/{page.slug}/shop/{product.slug}"),
        },
        "title": "" if variant is None else " / ".join(chosen_values(variant.product, variant, language())),
        "sku": None if variant is None else variant.sku,
        "quantity": line.quantity,
        "unit_price": line.unit_amount,
        "total": line.line_amount,
        "stock": line.stock_left,
        "picture": picture_body(line.picture, line.alt),
        "notes": [_note_body(note) for note in line.notes],
    }


def _note_body(note: LineNote) -> dict[str, Any]:
    has_price, has_left = note.kind == "price_changed", note.kind == "less_stock"
    return {
        "kind": note.kind,
        "was": note.was_amount if has_price else None,
        "now": note.now_amount if has_price else None,
        "left": note.left if has_left else None,
    }
