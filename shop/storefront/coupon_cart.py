"""The coupon of a cart in HTML: a code that is typed, one from the wallet, taken off, brought back."""

from flask import Blueprint, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from shop.cart.coupons import apply_code, apply_coupon, bring_back, is_off, remove_coupon
from shop.checkout.access import (
    BUYING_LIMIT,
    cart_in_hand,
    cart_path,
    own_cart,
    present_cart,
    typed_codes_limit,
)
from shop.checkout.buying import cart_visitor_key
from shop.checkout.couponing import with_own_orders
from shop.core.errors import DomainError, Invalid
from shop.core.i18n import N_
from shop.coupons.codes import MAX_CODE
from shop.coupons.models import Coupon
from shop.page.models import Page
from shop.page.queries import get_page
from shop.storefront.cart import current_shopper, render_cart
from shop.web.context import database, now
from shop.web.forms import Form, id_or_none
from shop.web.limits import limiter
from shop.web.pages import flash_message, go, see_other
from shop.web.templating import localized
from shop.web.touching import note_form_touch

blueprint = Blueprint("cart_coupon", __name__)


@blueprint.post("/p/<page_slug>/cart/coupon")
@limiter.limit(BUYING_LIMIT)
@typed_codes_limit
def set_coupon(page_slug: str) -> Response:
    """Let the visitor's cart have the coupon whose code was typed; what is wrong is told beside it."""
    note_form_touch(page_slug)
    form = Form()
    form.typed, form.is_submitted = request.form, True
    code = form.raw("code").replace("\x00", "").strip()
    if not code:
        form.add_error("code", N_("Type the code of a coupon."))
        return render_cart(page_slug, form=form, status=422)
    shopper = current_shopper(create=True)
    try:
        with database().transaction() as session:
            page = get_page(session, page_slug)
            cart = own_cart(session, page)
            key = cart_visitor_key(cart, cart.account_id)
            shopper = with_own_orders(session, shopper, visitor_key=key, page_id=page.id)
            coupon = apply_code(
                session, cart=cart, page=page, code=code[: 2 * MAX_CODE], customer=shopper.customer, now=shopper.now
            )  # fmt: skip
    except Invalid as error:
        form.add_invalid(error)
        return render_cart(page_slug, form=form, status=422)
    return _go_on(page, coupon)


def _go_on(page: Page, coupon: Coupon) -> Response:
    if request.form.get("then") == "shop":
        text = _("“%(title)s” is in your cart. Choose something.", title=localized(coupon, "title"))
        flash_message(text)
        return see_other("storefront.shop", page_slug=page.slug)
    return go(cart_path(page.slug))


@blueprint.post("/p/<page_slug>/cart/coupon/removal")
@limiter.limit(BUYING_LIMIT)
def delete_coupon(page_slug: str) -> Response:
    """Take the coupon off the cart; one that counted by itself can be brought back."""
    with database().transaction() as session:
        cart = present_cart(session, get_page(session, page_slug))
        coupon_id = id_or_none(request.form.get("coupon_id", ""))
        remove_coupon(session, cart=cart, now=now(), coupon_id=coupon_id)
    flash_message(_("The coupon is off your cart."))
    return go(cart_path(page_slug))


@blueprint.post("/p/<page_slug>/cart/coupon/restoration")
@limiter.limit(BUYING_LIMIT)
def restore_coupon(page_slug: str) -> Response:
    """Let what counts by itself count again."""
    with database().transaction() as session:
        bring_back(session, cart=present_cart(session, get_page(session, page_slug)), now=now())
    return go(cart_path(page_slug))


def put_into_cart(page: Page, coupon: Coupon) -> bool:
    """Let the visitor's cart have a coupon if nothing else was chosen for it; return whether it has it now.

    What was taken into the wallet counts by itself; this makes it the one that is meant.
    """
    shopper = current_shopper(create=True)
    try:
        with database().transaction() as session:
            cart = own_cart(session, page)
            if cart.coupon_id not in (None, coupon.id):
                return False
            key = cart_visitor_key(cart, cart.account_id)
            shopper = with_own_orders(session, shopper, visitor_key=key, page_id=page.id)
            apply_coupon(
                session, cart=cart, page=page, coupon_id=coupon.id, customer=shopper.customer, now=shopper.now
            )  # fmt: skip
    except DomainError:
        return False  # the coupon's own page says why it does not hold
    return True


def counts_by_itself(page: Page) -> bool:
    """Tell whether what the visitor has in their wallet counts by itself in their cart on ``page``."""
    shopper = current_shopper()
    with database().reading() as session:
        cart = cart_in_hand(session, page)
        if cart is None:
            return True
        key = cart_visitor_key(cart, cart.account_id)
        shopper = with_own_orders(session, shopper, visitor_key=key, page_id=page.id)
        return not is_off(session, cart=cart, page=page, shopper=shopper)
