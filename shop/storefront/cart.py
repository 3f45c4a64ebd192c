"""The cart of a page: what is in it at today's prices, where it goes and what that costs."""

from babel import Locale
from flask import Blueprint, Response

from shop.accounts.login import viewer
from shop.cart.models import MAX_QUANTITY
from shop.cart.queries import CartView, EmptyCart, find_cart, view_cart
from shop.checkout.couponing import with_own_orders
from shop.coupons.customers import Customer, Shopper, customer_of
from shop.orders.queries import list_held_units
from shop.page.models import Page
from shop.page.queries import get_page
from shop.shipping.service import list_countries
from shop.storefront.header import page_header
from shop.storefront.visitors import current_visitor, visitor_key
from shop.web.context import database, now, signer
from shop.web.forms import Form
from shop.web.locale import language
from shop.web.pages import render

blueprint = Blueprint("storefront_cart", __name__)


@blueprint.get("/p/<page_slug>/cart")
def show_cart(page_slug: str) -> Response:
    """Show the visitor's cart on the page, re-priced, with what changed since they last saw it."""
    return render_cart(page_slug)


def current_shopper(*, create: bool = False) -> Shopper:
    """Return the visitor as coupons know them, now; with ``create`` a guest gets a cookie if they have none."""
    visitor, person = current_visitor(create=create), viewer()
    customer = Customer()
    if not visitor.is_anonymous:
        customer = customer_of(
            signer(), account_id=person.account_id, email=person.email, visitor_key=visitor_key(visitor)
        )
    return Shopper(customer, now())


def render_cart(page_slug: str, *, form: Form | None = None, status: int = 200) -> Response:
    """Render the visitor's cart, with a coupon's code as it was typed and what is wrong with it."""
    visitor, shopper = current_visitor(), current_shopper()
    with database().reading() as session:
        page = get_page(session, page_slug)
        cart = find_cart(
            session, page_id=page.id, account_id=visitor.account_id, visitor_id=visitor.visitor_id
        )
        view: CartView | None = None
        if cart is not None:
            key = visitor_key(visitor)
            held = list_held_units(session, visitor_key=key, page_id=page.id)
            shopper = with_own_orders(session, shopper, visitor_key=key, page_id=page.id)
            view = view_cart(session, cart, page, held=held, shopper=shopper)
        header = page_header(session, page, visitor)
    response = render(
        "storefront/cart.html",
        status=status,
        header=header,
        page=page,
        cart=view if view and view.lines else None,
        problems=[
            problem for problem in (view.problems if view else []) if not isinstance(problem, EmptyCart)
        ],
        countries=country_choices(page),
        max_quantity=MAX_QUANTITY,
        coupon_form=form or Form(),
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
