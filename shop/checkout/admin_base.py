"""What every act on an order stands on: the page's order, units that were typed, the way back, refusals."""

from collections.abc import Iterable

from flask import request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from shop.core.errors import DomainError, Invalid, NotFound
from shop.core.i18n import N_
from shop.orders.admin_room import render_room
from shop.orders.models import Order, OrderLine
from shop.orders.queries import get_order_of_page
from shop.page.access import PageAccess
from shop.web.context import database
from shop.web.forms import BadText, Form, integer_adapter
from shop.web.pages import flash_message, see_other

UNITS = "units-"


def read_order(access: PageAccess, number: str) -> Order:
    """Return the page's order with its lines, or raise NotFound."""
    with database().reading() as session:
        return get_order_of_page(session, page_id=access.page.id, number=number)


def read_units(form: Form, lines: Iterable[OrderLine]) -> dict[int, int] | None:
    """Return the units typed into ``units-<line id>`` that are not 0; None when the form has no such field.

    What is no number is said at its field.
    """
    units: dict[int, int] = {}
    names = {f"{UNITS}{line.id}": line.id for line in lines}
    typed = [name for name in request.form if name.startswith(UNITS)]
    for name in typed:
        text = request.form[name].strip()
        try:
            number = integer_adapter(text) if text else 0
        except BadText as error:
            form.add_error(name if name in names else "", str(error))
            continue
        if name not in names or number < 0:
            form.add_error(name if name in names else "", N_("Enter a whole number."))
        elif number:
            units[names[name]] = number
    return units if typed else None


def back(access: PageAccess, number: str, anchor: str | None = None) -> Response:
    """Return to the order's room."""
    return see_other("orders_admin.show_order", page_slug=access.page.slug, number=number, _anchor=anchor)


def refuse(
    access: PageAccess, number: str, name: str, form: Form, error: DomainError | None = None
) -> Response:
    """Show the room again with the form that was refused and why; NotFound passes through."""
    status = 422
    if isinstance(error, NotFound):
        raise error
    if isinstance(error, Invalid):
        form.add_invalid(error)
    elif error is not None:
        form.add_domain_error("", error)
        status = error.status
    return render_room(access, number, status=status, forms={name: form})


def tell(error: DomainError) -> None:
    """Say on the next page what was refused; NotFound passes through."""
    if isinstance(error, NotFound):
        raise error
    text = next(iter(error.errors.values()))[0] if isinstance(error, Invalid) else error.msgid
    flash_message(_(text, **error.params), "error")
