"""Filling the cart in HTML: plain forms, each answered by 303 to where one was."""

from flask import Blueprint
from flask_babel import gettext as _
from markupsafe import Markup, escape
from werkzeug.wrappers import Response

from shop.accounts.login import current_account_id
from shop.cart.schemas import DestinationSchema, EditCartLineSchema, NewCartLineSchema
from shop.cart.service import acknowledge_prices, add_line, change_line, remove_line, set_destination
from shop.checkout.access import BUYING_LIMIT, cart_path, own_cart, page_in_front, present_cart, refuse
from shop.checkout.buying import cart_visitor_key
from shop.core.errors import DomainError, NotFound
from shop.orders.queries import list_held_units
from shop.page.queries import get_page
from shop.web.context import database, now
from shop.web.forms import Form
from shop.web.limits import limiter
from shop.web.pages import flash_message, go
from shop.web.touching import note_form_touch

blueprint = Blueprint("cart", __name__)


@blueprint.post("/p/<page_slug>/cart/lines")
@limiter.limit(BUYING_LIMIT)
def add_to_cart(page_slug: str) -> Response:
    """Put something into the visitor's cart on the page and go back to where it was seen."""
    back = page_in_front(page_slug)
    form = Form.from_request(NewCartLineSchema())
    if form.values is None:
        return refuse(form, back)
    note_form_touch(page_slug)
    try:
        with database().transaction() as session:
            page = get_page(session, page_slug)
            cart = own_cart(session, page)
            key = cart_visitor_key(cart, current_account_id())
            held = list_held_units(session, visitor_key=key, page_id=page.id)
            add_line(session, cart_id=cart.id, now=now(), held=held, **form.values)
    except NotFound:
        raise
    except DomainError as error:
        flash_message(_(error.msgid, **error.params), "error")
        return go(back)
    link = Markup('<a href="{}">{}</a>').format(cart_path(page_slug), _("See the cart"))
    flash_message(Markup("{} {}").format(escape(_("Added to your cart.")), link))
    return go(back)


@blueprint.post("/p/<page_slug>/cart/lines/<int:line_id>")
@limiter.limit(BUYING_LIMIT)
def update_line(page_slug: str, line_id: int) -> Response:
    """Set how many of a line there are."""
    form = Form.from_request(EditCartLineSchema())
    if form.values is None:
        return refuse(form, cart_path(page_slug))
    try:
        with database().transaction() as session:
            page = get_page(session, page_slug)
            cart = present_cart(session, page)
            key = cart_visitor_key(cart, current_account_id())
            held = list_held_units(session, visitor_key=key, page_id=page.id)
            change_line(session, cart_id=cart.id, line_id=line_id, now=now(), held=held, **form.values)
    except NotFound:
        raise
    except DomainError as error:
        flash_message(_(error.msgid, **error.params), "error")
    return go(cart_path(page_slug))


@blueprint.post("/p/<page_slug>/cart/lines/<int:line_id>/removal")
@limiter.limit(BUYING_LIMIT)
def delete_line(page_slug: str, line_id: int) -> Response:
    """Take a line out of the cart."""
    with database().transaction() as session:
        cart = present_cart(session, get_page(session, page_slug))
        remove_line(session, cart_id=cart.id, line_id=line_id, now=now())
    return go(cart_path(page_slug))


@blueprint.post("/p/<page_slug>/cart/destination")
@limiter.limit(BUYING_LIMIT)
def update_destination(page_slug: str) -> Response:
    """Set where the cart goes."""
    form = Form.from_request(DestinationSchema())
    if form.values is None:
        return refuse(form, cart_path(page_slug))
    try:
        with database().transaction() as session:
            page = get_page(session, page_slug)
            set_destination(session, cart=present_cart(session, page), page=page, now=now(), **form.values)
    except NotFound:
        raise
    except DomainError as error:
        flash_message(_(error.msgid, **error.params), "error")
    return go(cart_path(page_slug))


@blueprint.post("/p/<page_slug>/cart/acknowledgement")
@limiter.limit(BUYING_LIMIT)
def acknowledge(page_slug: str) -> Response:
    """Note that the visitor has seen the new prices."""
    with database().transaction() as session:
        acknowledge_prices(session, cart_id=present_cart(session, get_page(session, page_slug)).id)
    return go(cart_path(page_slug))
