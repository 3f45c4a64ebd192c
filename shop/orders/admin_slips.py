"""Packing slips to print: what goes into the parcel and where to, without prices."""

from flask import Response, request

from shop.core.errors import NotFound
from shop.orders import labels
from shop.orders.models import Order
from shop.orders.queries import list_orders_to_pack
from shop.page.access import PageAccess, staff_only
from shop.page.authorization import Permission
from shop.web.context import database
from shop.web.pages import render

MAX_SLIPS = 100


@staff_only(Permission.VIEW_ORDERS)
def show_slip(access: PageAccess, number: str) -> Response:
    """Show the packing slip of one order; NotFound when the page has no such order."""
    orders = _read(access, [number])
    if not orders:
        raise NotFound
    return _slips(access, orders)


@staff_only(Permission.VIEW_ORDERS)
def show_slips(access: PageAccess) -> Response:
    """Show the packing slips of the orders whose numbers are in the address, at most 100, in that order."""
    return _slips(access, _read(access, request.args.getlist("number")[:MAX_SLIPS]))


def _read(access: PageAccess, numbers: list[str]) -> list[Order]:
    wanted = list(dict.fromkeys(numbers))
    with database().reading() as session:
        found = {
            order.number: order
            for order in list_orders_to_pack(session, page_id=access.page.id, numbers=wanted)
        }
    return [found[number] for number in wanted if number in found]


def _slips(access: PageAccess, orders: list[Order]) -> Response:
    return render(
        "manage/orders/slips.html", access=access, active_section="orders", orders=orders, labels=labels
    )
