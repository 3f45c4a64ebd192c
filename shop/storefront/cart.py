"""The cart of a page: what is in it at today's prices, where it goes and what that costs."""

import re
from dataclasses import replace

from babel import Locale
from flask import Blueprint, Response, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from shop.accounts.login import viewer
from shop.accounts.service import normalise_email
from shop.cart.models import MAX_QUANTITY
from shop.cart.queries import CartView, EmptyCart, find_cart, view_cart
from shop.checkout.access import BUYING_LIMIT, cart_path, current_buyer, desk, present_cart
from shop.checkout.basket import TotalChanged
from shop.checkout.buying import check_out_cart
from shop.checkout.couponing import with_own_orders
from shop.checkout.delivery import AddressNeeded
from shop.checkout.desk import Buyer
from shop.checkout.routes import return_urls, to_payment
from shop.core.errors import DomainError, Invalid, NotFound
from shop.coupons.customers import Customer, Shopper, customer_of
from shop.orders.queries import list_held_units
from shop.page.models import Page
from shop.page.queries import get_page
from shop.shipping.service import list_countries
from shop.storefront.header import page_header
from shop.storefront.visitors import current_visitor, visitor_key
from shop.web.context import database, now, signer
from shop.web.forms import Form
from shop.web.limits import limiter
from shop.web.locale import language
from shop.web.pages import flash_message, go, render, see_other
from shop.web.touching import current_origin

blueprint = Blueprint("storefront_cart", __name__)

_AMOUNT = re.compile(r"[0-9]{1,15}")


@blueprint.get("/p/<page_slug>/cart")
def show_cart(page_slug: str) -> Response:
    """Show the visitor's cart on the page, re-priced, with what changed since they last saw it."""
    return render_cart(page_slug)


@blueprint.post("/p/<page_slug>/cart/checkout")
@limiter.limit(BUYING_LIMIT)
def check_out(page_slug: str) -> BaseResponse:
    """Order the cart and go to the payment page, or to where an address is given when nothing is to be paid.

    What stands in the way is told in the cart; what is wrong with a guest's address beside it.
    """
    shown = request.form.get("total", "")
    with database().reading() as session:
        page = get_page(session, page_slug)
        cart = present_cart(session, page)
    try:
        started = check_out_cart(
            desk(),
            page=page,
            cart_id=cart.id,
            buyer=_buyer_with_email(page_slug),
            language=language(),
            urls=return_urls(cart_path(page_slug)),
            now=now(),
            expected_total_amount=int(shown) if _AMOUNT.fullmatch(shown) else None,
        )
    except (NotFound, TotalChanged):
        flash_message(_("Something in your cart has changed. Please look at it again."), "error")
    except AddressNeeded:
        return see_other("free_checkout.show_form", page_slug=page_slug)
    except Invalid as error:
        if "email" in error.errors:
            form = Form()
            form.typed, form.is_submitted = request.form, True
            form.add_invalid(error)
            return render_cart(page_slug, checkout_form=form, status=422)
        flash_message(_(next(iter(error.errors.values()))[0]), "error")
    except DomainError as error:
        flash_message(_(error.msgid, **error.params), "error")
    else:
        return to_payment(started)
    return go(cart_path(page_slug))


def _buyer_with_email(page_slug: str) -> Buyer:
    """Return who buys; a guest may have typed an address into the cart, for a coupon that is for once a customer."""
    buyer = replace(current_buyer(), origin=current_origin(page_slug))
    email = request.form.get("email", "").strip()
    if buyer.email or not email:
        return buyer
    return replace(buyer, email=normalise_email(email))


def current_shopper(*, create: bool = False) -> Shopper:
    """Return the visitor as coupons know them, now; with ``create`` a guest gets a cookie if they have none."""
    visitor, person = current_visitor(create=create), viewer()
    customer = Customer()
    if not visitor.is_anonymous:
        customer = customer_of(
            signer(), account_id=person.account_id, email=person.email, visitor_key=visitor_key(visitor)
        )
    return Shopper(customer, now())


def render_cart(
    page_slug: str, *, form: Form | None = None, checkout_form: Form | None = None, status: int = 200
) -> Response:
    """Render the visitor's cart, with a coupon's code or a guest's address as typed and what is wrong with it."""
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
        checkout_form=checkout_form or Form(),
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
