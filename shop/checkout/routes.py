"""Buying in HTML: filling the cart, Buy, checking out, coming back from the payment page."""

import contextlib
from dataclasses import replace

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from shop.accounts.login import current_account_id
from shop.cart.schemas import NewCartLineSchema
from shop.checkout.access import (
    BUYING_LIMIT,
    cart_in_hand,
    cart_path,
    current_buyer,
    desk,
    known_country,
    page_in_front,
    refuse,
)
from shop.checkout.buying import CheckoutStarted, buy_now
from shop.checkout.cart_routes import add_to_cart
from shop.checkout.delivery import AddressNeeded
from shop.checkout.desk import ORDER_NUMBER, ORDER_TOKEN, ReturnUrls
from shop.checkout.expiry import AlreadyPaid, cancel_order, refresh_order
from shop.checkout.placement import EmailNeeded
from shop.core.errors import DomainError, NotFound, Unavailable
from shop.core.kill_points import reach
from shop.orders.access import check_access, read_order_token
from shop.orders.queries import find_order_row, get_order
from shop.page.queries import get_page
from shop.web.context import database, now, settings, signer
from shop.web.forms import Form
from shop.web.limits import limiter
from shop.web.locale import language
from shop.web.pages import flash_message, go, see_other
from shop.web.touching import current_origin, note_form_touch

blueprint = Blueprint("checkout", __name__)


@blueprint.post("/p/<page_slug>/purchases")
@limiter.limit(BUYING_LIMIT)
def buy(page_slug: str) -> Response:
    """Buy one thing at once: order it and go to the payment page; the cart stays as it is."""
    back = page_in_front(page_slug)
    form = Form.from_request(NewCartLineSchema())
    if form.values is None:
        return refuse(form, back)
    note_form_touch(page_slug)
    buyer = replace(current_buyer(), origin=current_origin(page_slug))
    with database().reading() as session:
        page = get_page(session, page_slug)
        cart = cart_in_hand(session, page)
        country = known_country(session, page, buyer, cart)
    try:
        started = buy_now(
            desk(),
            page=page,
            country=country,
            buyer=buyer,
            language=language(),
            urls=return_urls(back),
            now=now(),
            coupon_id=cart.coupon_id if cart else None,
            declined_coupon_id=cart.declined_coupon_id if cart else None,
            **form.values,
        )
    except AddressNeeded:
        return see_other("free_checkout.show_form", page_slug=page_slug, country=country, **form.values)
    except EmailNeeded:
        # A coupon that is for once a customer: the cart asks for an address.
        add_to_cart(page_slug)
        return go(cart_path(page_slug))
    except NotFound:
        raise
    except DomainError as error:
        flash_message(_(error.msgid, **error.params), "error")
        return go(back)
    return to_payment(started)


@blueprint.get("/checkout/return")
@limiter.limit(BUYING_LIMIT)
def come_back() -> Response:
    """Ask Stripe how the payment went, if it has not told us yet, and show the order."""
    token = request.args.get("token", "")
    order_id = read_order_token(signer(), token)
    # When Stripe does not answer, its webhook or the reconciliation completes the order later.
    with contextlib.suppress(Unavailable):
        refresh_order(desk(), order_id, now=now(), source="return", session_id=request.args.get("session_id"))
    with database().reading() as session:
        order = find_order_row(session, order_id)
    if order is None:
        raise NotFound
    return see_other("orders.show_order", number=order.number, token=token, thanks=1)


@blueprint.post("/orders/<number>/cancellation")
@limiter.limit("60/minute")
def cancel(number: str) -> Response:
    """Cancel an order before it is paid; its goods go back on the shelf."""
    token = request.form.get("token")
    with database().reading() as session:
        order = get_order(session, number)
        check_access(signer(), order, account_id=current_account_id(), token=token)
    try:
        cancel_order(desk(), order.id, now=now())
    except AlreadyPaid:
        flash_message(
            _("This order was paid in the meantime, so it can no longer be cancelled here."), "error"
        )
    except DomainError as error:
        flash_message(_(error.msgid, **error.params), "error")
    else:
        flash_message(_("The order is cancelled. Nothing was charged."))
    return see_other("orders.show_order", number=number, token=token)


def return_urls(cancel_path: str) -> ReturnUrls:
    """Return where the payment page leads back to, in the visitor's language."""
    origin = settings().public_url
    back = url_for("checkout.come_back")
    return ReturnUrls(
        success_url=f"{origin}{back}?order={ORDER_NUMBER}&token={ORDER_TOKEN}&session_id={{CHECKOUT_SESSION_ID}}",
        cancel_url=f"{origin}{cancel_path}",
    )


def to_payment(started: CheckoutStarted) -> Response:
    """Lead to where an order is paid, or to the order itself when there is nothing (more) to pay."""
    reach("redirect.before_answer")
    if started.url is not None:
        return go(started.url)
    return see_other("orders.show_order", number=started.order_number, token=started.order_token, thanks=1)
