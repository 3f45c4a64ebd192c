"""A page's orders for its staff; read only."""

from flask import Blueprint, Response, request

from shop.orders import admin_mails as mails
from shop.orders import admin_room as room
from shop.orders import admin_slips as slips
from shop.orders import labels
from shop.orders.models import FulfilmentStatus, OrderStatus
from shop.orders.queries import count_orders_by_status, list_orders_of_page
from shop.page.access import PageAccess, staff_only
from shop.page.authorization import Permission
from shop.web.context import database
from shop.web.pages import render

blueprint = Blueprint("orders_admin", __name__)

PAGE_SIZE = 30
TO_SHIP = "to_ship"


@blueprint.get("/manage/<page_slug>/orders")
@staff_only(Permission.VIEW_ORDERS)
def list_orders(access: PageAccess) -> Response:
    """Show the page's orders, newest first; search and filters are in the address."""
    chosen, query = request.args.get("status", ""), request.args.get("q", "").strip()[:100]
    follower = request.args.get("follower", "")
    statuses, fulfilment = _status_filter(chosen)
    with database().reading() as session:
        counts = count_orders_by_status(session, page_id=access.page.id)
        found = list_orders_of_page(
            session,
            page_id=access.page.id,
            statuses=statuses,
            fulfilment=fulfilment,
            is_follower={"yes": True, "no": False}.get(follower),
            query=query,
            cursor=request.args.get("cursor"),
            limit=PAGE_SIZE,
        )
    return render(
        "manage/orders/list.html",
        access=access,
        active_section="orders",
        found=found,
        counts=counts,
        statuses=list(OrderStatus),
        filters={"status": chosen or None, "q": query or None, "follower": follower or None},
        labels=labels,
    )


def _status_filter(chosen: str) -> tuple[list[OrderStatus] | None, FulfilmentStatus | None]:
    if chosen == TO_SHIP:
        return [OrderStatus.PAID], FulfilmentStatus.UNFULFILLED
    if chosen in {status.value for status in OrderStatus}:
        return [OrderStatus(chosen)], None
    return None, None


_order = "/manage/<page_slug>/orders/<number>"

blueprint.get(_order)(room.show_order)
blueprint.get(f"{_order}/mails/<int:mail_id>")(mails.show_mail)
blueprint.get(f"{_order}/mails/<int:mail_id>/body")(mails.show_mail_body)
blueprint.get(f"{_order}/mail-previews/<kind>")(mails.preview_mail)
blueprint.get(f"{_order}/mail-previews/<kind>/body")(mails.preview_mail_body)
blueprint.get(f"{_order}/packing-slip")(slips.show_slip)
blueprint.get("/manage/<page_slug>/packing-slips")(slips.show_slips)
