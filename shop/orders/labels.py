"""Words for an order's states and history, in the visitor's language."""

import datetime as dt
import re
from typing import NamedTuple

from babel import Locale
from flask_babel import format_date
from flask_babel import gettext as _

from shop.orders.models import (
    Actor,
    Fulfilment,
    FulfilmentStatus,
    Order,
    OrderEvent,
    OrderStatus,
    ReturnStatus,
)
from shop.web.locale import language
from shop.web.templating import money

_OTHER_AMOUNT = re.compile(
    r"(?P<came>\d{1,15}) (?P<came_in>[a-zA-Z]{3}) came, (?P<due>\d{1,15}) (?P<due_in>[a-zA-Z]{3}) was due"
)


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


def event_text(event: OrderEvent, currency: str) -> str:
    """Return a line of history as a sentence."""
    amount = event.detail.get("amount")
    value = money(int(amount), currency) if isinstance(amount, int) else ""
    texts = {
        "placed": _("Order placed"),
        "session_opened": _("Payment page opened"),
        "paid": _("Paid"),
        "paid_late": _("Paid after the order had run out; the goods were still there"),
        "paid_too_late": _("Paid after the order had run out; the goods were gone, so the money goes back"),
        "payment_failed": _("A payment was declined"),
        "awaiting_funds": _("The bank is processing the payment"),
        "flagged": _("Held back to be checked"),
        "expired": _("Not paid in time; the goods are back on the shelf"),
        "cancelled": _("Cancelled"),
        "refund_requested": _("Refund of %(amount)s asked for", amount=value),
        "refund_pending": _("Refund of %(amount)s on its way", amount=value),
        "refunded": _("%(amount)s refunded", amount=value),
        "refund_failed": _("The refund of %(amount)s failed", amount=value),
        "disputed": _("The buyer’s bank disputes the payment"),
        "dispute_updated": _("The dispute moved on"),
        "dispute_closed": _("The dispute is closed"),
        "evidence_sent": _("Evidence sent for the dispute"),
        "fulfilled": _("Shipped"),
    }
    return str(texts.get(event.kind) or event.kind.replace("_", " ").capitalize())


def event_reason(event: OrderEvent, *, for_staff: bool = False) -> str:
    """Return why it happened, where the history knows; what only a technician understands is for staff."""
    if event.kind == "payment_failed":
        return decline_text(str(event.detail.get("code") or ""))
    reasons = {
        "cancelled by the buyer": _("Cancelled by the buyer"),
        "replaced by a newer order": _("Replaced by a newer order"),
        "the money did not come": _("The bank did not pay"),
        "paid after the stock was given back": _("The goods had been sold in the meantime"),
        "not paid in time": "",
    }
    for name in ("message", "reason", "decline_message", "why"):
        text = event.detail.get(name)
        if isinstance(text, str) and text:
            return str(reasons.get(text, text if for_staff or name != "why" else ""))
    return ""


def decline_text(code: str) -> str:
    """Return why a card was refused, for Stripe's decline or error code (docs.stripe.com/declines/codes)."""
    texts = {
        "insufficient_funds": _("There is not enough money on the card."),
        "expired_card": _("The card has expired."),
        "incorrect_cvc": _("The security code is wrong."),
        "invalid_cvc": _("The security code is wrong."),
        "incorrect_number": _("The card number is wrong."),
        "invalid_number": _("The card number is wrong."),
        "invalid_expiry_month": _("The expiry date is wrong."),
        "invalid_expiry_year": _("The expiry date is wrong."),
        "card_velocity_exceeded": _("The card’s limit is reached."),
        "withdrawal_count_limit_exceeded": _("The card’s limit is reached."),
        "processing_error": _("The bank could not process the card; another try may work."),
        "try_again_later": _("The bank could not process the card; another try may work."),
        "authentication_required": _("The bank wants the payment confirmed by its owner."),
        "payment_intent_authentication_failure": _("The payment was not confirmed with the bank."),
        "card_not_supported": _("The card does not allow this purchase."),
        "currency_not_supported": _("The card does not allow this purchase."),
    }
    return str(texts.get(code) or _("The bank declined the card."))


def flagged_text(order: Order) -> str:
    """Return why an order is held back, as a sentence."""
    found = _OTHER_AMOUNT.fullmatch(order.flagged_reason or "")
    if found is None:
        return _("Its payment does not match it.") if order.flagged_reason else ""
    came, due = (money(int(found[name]), found[f"{name}_in"].upper()) for name in ("came", "due"))
    return str(_("%(came)s came in, %(due)s was due.", came=came, due=due))


def actor_text(actor: Actor) -> str:
    """Return who did it."""
    texts: dict[Actor, str] = {
        Actor.BUYER: _("Buyer"),
        Actor.STAFF: _("Staff"),
        Actor.STRIPE: "Stripe",
        Actor.SYSTEM: "Vitrine",
    }
    return texts[actor]


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


def date_text(value: dt.datetime) -> str:
    """Return a day as text."""
    return str(format_date(value, "long"))


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
