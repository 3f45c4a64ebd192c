"""Words for an order's states and history, in the visitor's language."""

from typing import NamedTuple

from babel import Locale
from flask_babel import gettext as _

from shop.orders.event_texts import (
    actor_text,
    decline_text,
    dispute_reason_text,
    event_reason,
    event_text,
    mail_kind_text,
    mismatch_text,
    reason_text,
    refund_failure_text,
    sending_text,
)
from shop.orders.models import Fulfilment, FulfilmentStatus, Order, OrderStatus, ReturnStatus
from shop.payments.models import RefundStatus
from shop.web.locale import language

__all__ = [
    "actor_text", "decline_text", "dispute_reason_text", "event_reason", "event_text", "mail_kind_text", "reason_text",
    "refund_failure_text", "sending_text",
]  # fmt: skip
"""What templates take from here though it is written in ``event_texts.py``."""


class Label(NamedTuple):
    """A word and the tone of its badge: ``neutral``, ``success``, ``warning`` or ``danger``."""

    text: str
    tone: str


def payment_label(status: OrderStatus) -> Label:
    """Return the word for where the money stands."""
    return {
        OrderStatus.AWAITING_PAYMENT: Label(_("Awaiting payment"), "warning"),
        OrderStatus.AWAITING_FUNDS: Label(_("Payment on its way"), "warning"),
        OrderStatus.PAID: Label(_("Paid"), "success"),
        OrderStatus.FLAGGED: Label(_("Being checked"), "danger"),
        OrderStatus.CANCELLED: Label(_("Cancelled"), "neutral"),
        OrderStatus.EXPIRED: Label(_("Expired"), "neutral"),
    }[status]


def fulfilment_label(status: FulfilmentStatus) -> Label:
    """Return the word for where the goods stand."""
    return {
        FulfilmentStatus.UNFULFILLED: Label(_("To ship"), "neutral"),
        FulfilmentStatus.PARTIAL: Label(_("Partly shipped"), "warning"),
        FulfilmentStatus.FULFILLED: Label(_("Shipped"), "success"),
        FulfilmentStatus.NOT_NEEDED: Label(_("Nothing to ship"), "neutral"),
    }[status]


def return_label(status: ReturnStatus) -> Label:
    """Return the word for what came back of the money."""
    return {
        ReturnStatus.NONE: Label(_("Not refunded"), "neutral"),
        ReturnStatus.PARTIAL: Label(_("Partly refunded"), "warning"),
        ReturnStatus.REFUNDED: Label(_("Refunded"), "neutral"),
    }[status]


def badges(order: Order) -> list[Label]:
    """Return what is worth a badge: the money always, the goods and the refund when they say something."""
    found = [payment_label(order.status)]
    if order.status is OrderStatus.PAID:
        found.append(fulfilment_label(order.fulfilment_status))
    if order.return_status is not ReturnStatus.NONE:
        found.append(return_label(order.return_status))
    return found


def flagged_text(order: Order) -> str:
    """Return why an order is held back, as a sentence."""
    reason = order.flagged_reason or ""
    return mismatch_text(reason) or (str(_("Its payment does not match it.")) if reason else "")


class ParcelLine(NamedTuple):
    """So many units of what in a parcel."""

    quantity: int
    title: str
    variant_title: str
    sku: str | None


def parcel_lines(order: Order, fulfilment: Fulfilment) -> list[ParcelLine]:
    """Return what is in a parcel, in the order's own order; both have their lines loaded."""
    units = {line.order_line_id: line.quantity for line in fulfilment.lines}
    return [
        ParcelLine(units[line.id], line.title, line.variant_title, line.sku)
        for line in order.lines
        if line.id in units
    ]


def dispute_status_label(status: str) -> Label:
    """Return the word for where a dispute stands (docs.stripe.com/api/disputes/object#dispute_object-status)."""
    labels = {
        "needs_response": Label(_("Waits for your evidence"), "danger"),
        "warning_needs_response": Label(_("Inquiry: waits for your evidence"), "warning"),
        "under_review": Label(_("The bank is deciding"), "warning"),
        "warning_under_review": Label(_("Inquiry: the bank is looking at it"), "warning"),
        "won": Label(_("Won"), "success"),
        "lost": Label(_("Lost"), "neutral"),
        "warning_closed": Label(_("Inquiry closed"), "neutral"),
        "prevented": Label(_("Prevented by a refund"), "neutral"),
    }
    return labels.get(status) or Label(status.replace("_", " "), "neutral")


def refund_status_label(status: RefundStatus) -> Label:
    """Return the word for where a refund stands."""
    return {
        RefundStatus.REQUESTED: Label(_("Asked for"), "warning"),
        RefundStatus.PENDING: Label(_("On its way"), "warning"),
        RefundStatus.SUCCEEDED: Label(_("Refunded"), "success"),
        RefundStatus.FAILED: Label(_("Failed"), "danger"),
    }[status]


def country_name(code: str) -> str:
    """Return a country's name in the visitor's language."""
    return str(Locale.parse(language()).territories.get(code, code))


def address_lines(order: Order) -> list[str]:
    """Return the delivery address, a line an entry; empty when none was collected."""
    to = order.ship_to or {}
    place = " ".join(part for part in (to.get("postal_code"), to.get("city")) if part)
    country = country_name(str(to["country"])) if to.get("country") else None
    parts = (to.get("name"), to.get("line1"), to.get("line2"), place, to.get("state"), country)
    return [str(part) for part in parts if part]
