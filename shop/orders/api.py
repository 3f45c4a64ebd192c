"""Orders as JSON: whoever has an order's token may see it."""

import datetime as dt
from typing import Any

from flask import Response, jsonify

from shop.orders.access import check_access
from shop.orders.api_schemas import EXAMPLE_ORDER, OrderSchema
from shop.orders.carriers import carrier_name
from shop.orders.models import Fulfilment, Order, OrderLine, OrderStatus
from shop.orders.queries import get_order, list_fulfilments
from shop.page.models import Page
from shop.page.queries import get_page_by_id
from shop.payments.models import Payment, Refund
from shop.payments.queries import find_payment_of_order, list_refunds_of_order
from shop.web.context import database, signer
from shop.web.rest.blueprint import ApiBlueprint
from shop.web.rest.schemas import picture_body

blueprint = ApiBlueprint(
    "orders_api",
    __name__,
    tag="Orders",
    description="What became of a checkout. A number is no secret: only the order's token opens it.",
    paths={"number": ("The order's number.", "LUM-1042")},
)


@blueprint.operation(
    "GET",
    "/orders/<handle:number>",
    answer=OrderSchema,
    example=EXAMPLE_ORDER,
    opened_by="orderToken",
)
def show_order(*, token: str, number: str) -> Response:
    """Show an order.

    `status` tells about the money: `awaiting_payment`, `awaiting_funds` (a slow method was chosen),
    `paid`, `flagged` (the brand is looking at it), `cancelled` or `expired`. A checkout's return to your
    `success_url` is no proof of payment: ask here.
    """
    with database().reading() as session:
        order = get_order(session, number)
        check_access(signer(), order, account_id=None, token=token)
        page = get_page_by_id(session, order.page_id)
        payment = find_payment_of_order(session, order.id)
        refunds = list_refunds_of_order(session, order.id)
        parcels = list_fulfilments(session, order.id)
    return jsonify(order_body(order, page, payment, refunds, parcels))


def order_body(
    order: Order, page: Page, payment: Payment | None, refunds: list[Refund], parcels: list[Fulfilment]
) -> dict[str, Any]:
    """Return an order as ``OrderSchema`` says."""
    return {
        "number": order.number,
        "page": page.slug,
        "status": order.status,
        "fulfilment_status": order.fulfilment_status,
        "return_status": order.return_status,
        "email": order.email,
        "currency": order.currency,
        "totals": {
            "subtotal": order.subtotal_amount,
            "discount": order.discount_amount,
            "shipping": order.shipping_amount,
            "waived_shipping": order.waived_shipping_amount,
            "tax": order.tax_amount,
            "total": order.total_amount,
        },
        "coupon": order.coupon_code,
        "captured": order.captured_amount,
        "refunded": order.refunded_amount,
        "destination": {"country": order.country, "postal_code": order.postal_code},
        "placed_at": _instant(order.placed_at),
        "expires_at": _instant(order.expires_at),
        "paid_at": None if order.paid_at is None else _instant(order.paid_at),
        "lines": [_line_body(line) for line in order.lines],
        "payments": [] if payment is None else [_payment_body(order, payment)],
        "refunds": [_refund_body(refund) for refund in refunds],
        "fulfilments": [_fulfilment_body(parcel) for parcel in parcels if parcel.cancelled_at is None],
        "history": [
            {"at": _instant(event.at), "kind": event.kind, "actor": event.actor}
            for event in order.history
            if not event.is_internal
        ],
    }


def _line_body(line: OrderLine) -> dict[str, Any]:
    return {
        "id": line.id,
        "variant_id": line.variant_id,
        "product": line.product_slug,
        "title": line.title,
        "variant_title": line.variant_title,
        "sku": line.sku,
        "quantity": line.quantity,
        "unit_price": line.unit_amount,
        "discount": line.discount_amount,
        "tax": line.tax_amount,
        "total": line.total_amount,
        "refunded_quantity": line.refunded_quantity,
        "fulfilled_quantity": line.fulfilled_quantity,
        "picture": picture_body(line.picture, line.title),
    }


def _payment_body(order: Order, payment: Payment) -> dict[str, Any]:
    can_be_paid = order.status is OrderStatus.AWAITING_PAYMENT
    return {
        "status": payment.status,
        "amount": payment.amount,
        "currency": payment.currency,
        "checkout_url": payment.url if can_be_paid else None,
        "decline_reason": payment.last_decline,
        "created_at": _instant(payment.created_at),
        "expires_at": _instant(payment.expires_at),
    }


def _refund_body(refund: Refund) -> dict[str, Any]:
    return {
        "status": refund.status,
        "amount": refund.amount,
        "currency": refund.currency,
        "reason": refund.reason,
        "created_at": _instant(refund.created_at),
    }


def _fulfilment_body(parcel: Fulfilment) -> dict[str, Any]:
    return {
        "id": parcel.id,
        "carrier": carrier_name(parcel.carrier) or None,
        "tracking_number": parcel.tracking_number or None,
        "tracking_url": parcel.tracking_url,
        "shipped_at": _instant(parcel.shipped_at),
        "lines": [{"line_id": line.order_line_id, "quantity": line.quantity} for line in parcel.lines],
    }


def _instant(value: dt.datetime) -> str:
    return value.isoformat()
