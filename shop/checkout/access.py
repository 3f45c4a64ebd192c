"""What the checkout's edges stand on: the desk of this application, and who buys in this request."""

from typing import cast

from flask import current_app, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from shop.accounts.login import current_account_id, viewer
from shop.cart.models import Cart
from shop.cart.queries import find_cart
from shop.cart.service import find_or_create_cart
from shop.checkout.buying import adopt_guest
from shop.checkout.desk import Buyer, Desk, account_buyer, guest_buyer
from shop.core.errors import NotFound
from shop.orders.queries import find_last_country
from shop.page.models import Page
from shop.payments.gateway import Gateway
from shop.shipping.service import list_countries
from shop.web.context import database, now, settings, signer
from shop.web.forms import Form
from shop.web.limits import limiter
from shop.web.locale import language
from shop.web.pages import flash_message, go, referring_path
from shop.web.visitor import forget_visitor, visitor_id

# Room for a flash sale behind one address; a person never comes near.
BUYING_LIMIT = "600/minute"
REFUSED = 422
typed_codes_limit = limiter.shared_limit(
    "30/minute;300/hour",
    scope="typed-coupon-codes",
    deduct_when=lambda response: response.status_code == REFUSED,
)
"""Wrong codes of coupons from one address: room for a household, none for guessing."""


def desk() -> Desk:
    """Return the current application's desk."""
    gateway = cast(Gateway, current_app.extensions["vitrine.gateway"])
    return Desk(database(), gateway, signer(), settings().public_url)


def current_buyer() -> Buyer:
    """Return who buys: the signed-in account, or the guest, who gets a cookie now if they have none."""
    person = viewer()
    if person.account_id is not None:
        return account_buyer(person.account_id, person.email)
    return guest_buyer(visitor_id(create=True) or "")


def own_cart(session: Session, page: Page) -> Cart:
    """Return the visitor's cart on ``page``, made now if there is none."""
    account_id = current_account_id()
    cart, _token = find_or_create_cart(
        session,
        page_id=page.id,
        account_id=account_id,
        visitor_id=None if account_id is not None else visitor_id(create=True),
        country=page.country,
        now=now(),
    )
    return cart


def present_cart(session: Session, page: Page) -> Cart:
    """Return the visitor's cart on ``page``; NotFound when there is none."""
    cart = cart_in_hand(session, page)
    if cart is None:
        raise NotFound
    return cart


def cart_in_hand(session: Session, page: Page) -> Cart | None:
    """Return the visitor's cart on ``page``, or None."""
    account_id = current_account_id()
    return find_cart(
        session,
        page_id=page.id,
        account_id=account_id,
        visitor_id=None if account_id is not None else visitor_id(),
    )


def known_country(session: Session, page: Page, buyer: Buyer, cart: Cart | None) -> str:
    """Return where a purchase goes: as chosen now, else as in the cart, else as last time, else the page's own."""
    last = find_last_country(session, page_id=page.id, visitor_key=buyer.visitor_key)
    reachable = list_countries(page)
    wanted = (request.form.get("country"), cart.country if cart else None, last)
    return next((code for code in wanted if code in reachable and code), page.country)


def cart_path(page_slug: str) -> str:
    """Return the path of the cart on a page."""
    return url_for("storefront_cart.show_cart", page_slug=page_slug)


def page_in_front(page_slug: str) -> str:
    """Return the path of the brand's page that a form was on, else of its shop.

    For a card in a frame of another site it is the page of what the card shows.
    """
    path, home = referring_path(), f"/{language()}/p/{page_slug}"
    framed = f"/{language()}/embed"
    if path is not None and path.startswith(f"{framed}/p/"):
        path = path.removeprefix(framed).partition("?")[0]
        path = f"/{language()}{path}"
    if path is not None and f"{path.partition('?')[0]}/".startswith(f"{home}/"):
        return path
    return f"{home}/shop"


def refuse(form: Form, back: str) -> Response:
    """Say what is wrong with a small form on the page that it was on."""
    texts = [text for messages in form.errors.values() for text in messages]
    flash_message(texts[0] if texts else _("Please check what you typed."), "error")
    return go(back)


def adopt_current_guest(account_id: int) -> None:
    """Hand what the guest had to the account that they signed in to, and say what did not fit."""
    guest = visitor_id()
    if guest is None:
        return
    with database().transaction() as session:
        notes = adopt_guest(session, visitor_id=guest, account_id=account_id, now=now())
    forget_visitor()
    for note in notes:
        flash_message(
            _(
                "Your carts were put together; of “%(title)s” there are now %(kept)s instead of %(wanted)s.",
                title=note.title,
                kept=note.kept,
                wanted=note.wanted,
            ),
            "info",
        )
