"""The cart of a page: what is in it at today's prices, where it goes and what that costs."""

from babel import Locale
from flask import Blueprint, Response

from shop.cart.models import MAX_QUANTITY
from shop.cart.queries import CartView, EmptyCart, find_cart, view_cart
from shop.orders.queries import list_held_units
from shop.page.models import Page
from shop.page.queries import get_page
from shop.shipping.service import list_countries
from shop.storefront.header import page_header
from shop.storefront.visitors import current_visitor, visitor_key
from shop.web.context import database
from shop.web.locale import language
from shop.web.pages import render

blueprint = Blueprint("storefront_cart", __name__)


@blueprint.get("/p/<page_slug>/cart")
def show_cart(page_slug: str) -> Response:
    """Show the visitor's cart on the page, re-priced, with what changed since they last saw it."""
    visitor = current_visitor()
    with database().reading() as session:
        page = get_page(session, page_slug)
        cart = find_cart(
            session, page_id=page.id, account_id=visitor.account_id, visitor_id=visitor.visitor_id
        )
        view: CartView | None = None
        if cart is not None:
            held = list_held_units(session, visitor_key=visitor_key(visitor), page_id=page.id)
            view = view_cart(session, cart, page, held=held)
        header = page_header(session, page, visitor)
    response = render(
        "storefront/cart.html",
        header=header,
        page=page,
        cart=view if view and view.lines else None,
        problems=[
            problem for problem in (view.problems if view else []) if not isinstance(problem, EmptyCart)
        ],
        countries=country_choices(page),
        max_quantity=MAX_QUANTITY,
        active_tab="shop",
        compact=True,
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response


def country_choices(page: Page) -> list[tuple[str, str]]:
    """Return (code, name) of the countries that the page ships to, by name in the visitor's language."""
    names = Locale.parse(language()).territories
    pairs = [(code, str(names.get(code, code))) for code in list_countries(page)]
    return sorted(pairs, key=lambda pair: pair[1])
