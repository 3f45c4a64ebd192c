"""Ordering what costs nothing: no payment page asks where it goes, so a page of ours does."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from marshmallow import Schema, fields, validate
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from shop.accounts.service import normalise_email
from shop.cart.models import MAX_QUANTITY, Cart
from shop.cart.queries import pick_picture
from shop.checkout.access import (
    BUYING_LIMIT,
    cart_in_hand,
    cart_path,
    current_buyer,
    desk,
    known_country,
)
from shop.checkout.basket import Basket, TotalChanged, Wish, cart_wish, read_basket
from shop.checkout.buying import CheckoutStarted, buy_now, check_out_cart
from shop.checkout.couponing import shopper_of
from shop.checkout.delivery import AddressNeeded, Delivery
from shop.checkout.desk import Buyer
from shop.checkout.routes import return_urls, to_payment
from shop.contests.queries import find_prize_country
from shop.core.errors import DomainError, NotFound
from shop.core.i18n import N_
from shop.core.ids import new_token
from shop.coupons.redeeming import CouponUsed
from shop.orders.queries import find_last_address
from shop.page.models import Page
from shop.page.queries import get_page
from shop.shipping.addresses import has_states
from shop.shipping.service import list_countries
from shop.storefront.cart import country_choices
from shop.storefront.header import page_header
from shop.storefront.visitors import current_visitor
from shop.web.context import database, now, signer
from shop.web.forms import Form, id_or_none
from shop.web.limits import limiter
from shop.web.locale import language
from shop.web.pages import flash_message, go, render
from shop.web.touching import current_origin

blueprint = Blueprint("free_checkout", __name__)

MAX_TEXT, MAX_CODE, MAX_PHONE, MAX_EMAIL, MAX_ATTEMPT = 200, 12, 30, 254, 100
ADDRESS = ("name", "line1", "line2", "postal_code", "city", "state", "country", "phone")
CHANGED = N_("Something in your cart has changed. Please look at it again.")
COSTS = N_("There is something to pay now. Please look at the total again.")


def _text(maximum: int) -> fields.String:
    too_long = lazy_gettext("Must be at most {max} characters long.")
    return fields.String(load_default="", validate=validate.Length(max=maximum, error=too_long))


def _check_email(value: str) -> None:
    if value:  # that there is none is said with what else lacks
        validate.Length(max=MAX_EMAIL)(value)
        validate.Email(error=N_("Not a valid email address."))(value)


class FreeCheckoutSchema(Schema):
    """Who orders and where it goes; what lacks is said by ``Delivery``, which knows what a country asks for."""

    email = fields.String(load_default="", validate=_check_email)
    name = _text(MAX_TEXT)
    line1 = _text(MAX_TEXT)
    line2 = _text(MAX_TEXT)
    postal_code = _text(MAX_CODE)
    city = _text(MAX_TEXT)
    state = _text(MAX_TEXT)
    country = _text(2)
    phone = _text(MAX_PHONE)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is ordered: one variant, or the cart where ``variant_id`` is None; ``attempt`` is what the form was given."""

    variant_id: int | None
    quantity: int
    attempt: str

    @classmethod
    def read(cls, given: Mapping[str, str]) -> "Asked":
        """Read what a form or an address says."""
        quantity = id_or_none(given.get("quantity", "")) or 1
        return cls(
            id_or_none(given.get("variant_id", "")), min(quantity, MAX_QUANTITY), given.get("attempt", "")[:MAX_ATTEMPT]
        )  # fmt: skip


@blueprint.get("/p/<page_slug>/checkout/free")
@limiter.limit(BUYING_LIMIT)
def show_form(page_slug: str) -> Response:
    """Show what is ordered for nothing, and ask where it goes."""
    return _show(page_slug, Asked.read(request.args), Form())


@blueprint.post("/p/<page_slug>/checkout/free")
@limiter.limit(BUYING_LIMIT)
def place(page_slug: str) -> Response:
    """Order it, once however often it is sent; what lacks is told at its field, and nothing typed is lost."""
    asked, form = Asked.read(request.form), Form.from_request(FreeCheckoutSchema())
    if form.values is None:
        return _show(page_slug, asked, form, status=422)
    try:
        return to_payment(_order(page_slug, asked, form.values))
    except AddressNeeded as error:
        form.add_invalid(error)
    except TotalChanged:
        form.add_error("", CHANGED)
    except DomainError as error:
        if asked.variant_id is None or not isinstance(error, CouponUsed):
            return _back(page_slug, asked, error)
        form.add_domain_error("email", error)
    return _show(page_slug, asked, form, status=422 if "" not in form.errors else 409)


def _order(page_slug: str, asked: Asked, typed: Mapping[str, str]) -> CheckoutStarted:
    buyer = replace(current_buyer(), origin=current_origin(page_slug))
    if not buyer.email and typed["email"]:
        buyer = replace(buyer, email=normalise_email(typed["email"]))
    with database().reading() as session:
        page = get_page(session, page_slug)
        cart = cart_in_hand(session, page)
        wish = _wish(session, page, cart, asked, buyer)
    delivery, text = Delivery(**{name: typed[name] for name in ADDRESS}), language()
    urls = return_urls(cart_path(page_slug))
    if wish.cart_id is not None:
        return check_out_cart(
            desk(), page=page, cart_id=wish.cart_id, buyer=buyer, language=text, urls=urls, now=now(),
            expected_total_amount=0, delivery=delivery, attempt=asked.attempt,
        )  # fmt: skip
    return buy_now(
        desk(), page=page, variant_id=wish.variant_id or 0, quantity=wish.quantity, country=wish.country, buyer=buyer,
        language=text, urls=urls, now=now(), coupon_id=wish.coupon_id, declined_coupon_id=wish.declined_coupon_id,
        expected_total_amount=0, delivery=delivery, attempt=asked.attempt,
    )  # fmt: skip


def _wish(session: Session, page: Page, cart: Cart | None, asked: Asked, buyer: Buyer) -> Wish:
    """Return what is wished for, with the coupon of the cart; NotFound when there is nothing."""
    if asked.variant_id is None:
        if cart is None:
            raise NotFound
        return cart_wish(page, cart)
    wanted = request.args.get("country", "")
    return Wish(
        page=page, variant_id=asked.variant_id, quantity=asked.quantity,
        country=wanted if wanted in list_countries(page) else known_country(session, page, buyer, cart),
        coupon_id=cart.coupon_id if cart else None, declined_coupon_id=cart.declined_coupon_id if cart else None,
        attempt=asked.attempt or new_token(),
    )  # fmt: skip


def _show(page_slug: str, asked: Asked, form: Form, *, status: int = 200) -> Response:
    """Show the form with what it orders; where that cannot be ordered, or costs something by now, lead back."""
    buyer, visitor = current_buyer(), current_visitor()
    try:
        with database().reading() as session:
            page = get_page(session, page_slug)
            wish = _wish(session, page, cart_in_hand(session, page), asked, buyer)
            shopper = shopper_of(session, signer(), buyer=buyer, page_id=page.id, now=now())
            basket = read_basket(session, wish, shopper=shopper, language=language())
            known = {} if form.is_submitted else _known(session, basket, buyer)
            header = page_header(session, page, visitor)
    except DomainError as error:
        return _back(page_slug, asked, error)
    if basket.quote.totals.total_amount:
        return _back(page_slug, asked, DomainError(COSTS), product=basket.lines[0].variant.product.slug)
    form = form if form.is_submitted else Form(known)
    if form.is_submitted and form.values is None:
        _add_problems(form, page, buyer)
    response = render(
        "storefront/free_checkout.html", status=status, header=header, page=page, basket=basket, form=form, asked=asked,
        attempt=wish.attempt, totals=basket.quote.totals, method=basket.quote.method, email=buyer.email,
        waived_amount=basket.quote.waived_shipping_amount, countries=country_choices(page),
        asks_state=any(has_states(code) for code in list_countries(page)),
        pictures=[pick_picture(line.variant.product, line.variant)[0] for line in basket.lines],
        active_tab="shop", compact=True,
    )  # fmt: skip
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _known(session: Session, basket: Basket, buyer: Buyer) -> dict[str, Any]:
    """Return what is known of the buyer: their last address where it is in the country that this goes to, else less.

    A country that was chosen in the cart stands; where the page's own does, the last address or the entry that won a
    prize knows better.
    """
    page, country, coupon = basket.wish.page, basket.wish.country, basket.coupon
    last = find_last_address(session, account_id=buyer.account_id) if buyer.account_id else None
    lives = find_prize_country(session, coupon_id=coupon.id) if coupon and coupon.coupon.contest_id else None
    if country == page.country:
        reachable = list_countries(page)
        better = ((last or {}).get("country"), lives)
        country = next((code for code in better if code in reachable and code), country)
    known: dict[str, Any] = {"country": country}
    if last is not None:
        same = ADDRESS if last.get("country") == country else ("name", "phone")
        known |= {name: last.get(name) or "" for name in same}
    return known


def _add_problems(form: Form, page: Page, buyer: Buyer) -> None:
    """Say all that lacks at once, not only what the schema refused."""
    typed = Delivery(**{name: form.raw(name).strip() for name in ADDRESS})
    problems = typed.problems(list_countries(page))
    if not buyer.email and not form.raw("email").strip():
        problems["email"] = [N_("Please enter your e-mail address.")]
    for name, messages in problems.items():
        if form.errors and name not in form.errors:
            form.add_error(name, messages[0])


def _back(page_slug: str, asked: Asked, error: DomainError, *, product: str = "") -> Response:
    """Lead to the cart, or for one thing to where it is sold, with the reason."""
    text = _(CHANGED) if isinstance(error, NotFound) else _(error.msgid, **error.params)
    flash_message(text, "error")
    if asked.variant_id is None:
        return go(cart_path(page_slug))
    return go(f"/{language()}/p/{page_slug}/shop" + (f"/{product}" if product else ""))
