"""A buyer's own orders: the list of an account, and one by a signed link."""

from flask import Blueprint, Response, request

from shop.accounts.login import current_account_id, login_required
from shop.orders import labels
from shop.orders.access import check_access, order_token
from shop.orders.carriers import carrier_name
from shop.orders.models import OrderStatus
from shop.orders.queries import get_order, list_fulfilments, list_orders_of_account
from shop.page.days import zone_name
from shop.page.queries import get_page_by_id, is_follower, map_pages
from shop.payments.queries import find_payment_of_order
from shop.web.context import database, now, signer
from shop.web.pages import render
from shop.web.zone import set_zone

blueprint = Blueprint("orders", __name__)


@blueprint.get("/orders")
@login_required
def list_orders() -> Response:
    """Show the visitor's orders on all pages, newest first."""
    account_id = current_account_id() or 0
    with database().reading() as session:
        found = list_orders_of_account(
            session, account_id=account_id, cursor=request.args.get("cursor"), limit=20
        )
        pages = map_pages(session, {order.page_id for order in found.orders})
    return _private(render("orders/list.html", found=found, pages=pages, labels=labels, zone_name=zone_name))


@blueprint.get("/orders/<number>")
def show_order(number: str) -> Response:
    """Show one order to its buyer: the account's own, or with the token of its signed link."""
    account_id, token = current_account_id(), request.args.get("token")
    with database().reading() as session:
        order = get_order(session, number)
        check_access(signer(), order, account_id=account_id, token=token)
        page = get_page_by_id(session, order.page_id)
        payment = find_payment_of_order(session, order.id)
        parcels = list_fulfilments(session, order.id)
        follows = is_follower(session, page.id, account_id)
    set_zone(zone_name(page.country))
    is_payable = (
        order.status is OrderStatus.AWAITING_PAYMENT and payment is not None and order.expires_at > now()
    )
    return _private(
        render(
            "orders/show.html",
            order=order,
            page=page,
            payment=payment,
            parcels=[parcel for parcel in parcels if parcel.cancelled_at is None],
            carrier_name=carrier_name,
            is_follower=follows,
            pay_url=payment.url if is_payable and payment else None,
            token=token or order_token(signer(), order),
            is_thanks="thanks" in request.args,
            labels=labels,
        )
    )


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "private, no-store"
    return response
