"""The lines of an order's history as sentences, in the visitor's language."""

import re

from flask_babel import gettext as _
from flask_babel import ngettext

from shop.core.mail import Sending, SendingState
from shop.orders.carriers import carrier_name
from shop.orders.models import Actor, OrderEvent
from shop.web.templating import datetime_text, money

_OTHER_AMOUNT = re.compile(
    r"(?P<came>\d{1,15}) (?P<came_in>[a-zA-Z]{3}) came, (?P<due>\d{1,15}) (?P<due_in>[a-zA-Z]{3}) was due"
)


def event_text(event: OrderEvent, currency: str) -> str:
    """Return a line of history as a sentence."""
    amount, units = event.detail.get("amount"), event.detail.get("units")
    value = money(int(amount), currency) if isinstance(amount, int) else ""
    number = units if isinstance(units, int) else 0
    texts = {
        "placed": _("Order placed"),
        "session_opened": _("Payment page opened"),
        "paid": _("Paid"),
        "paid_late": _("Paid after the order had run out; the goods were still there"),
        "paid_too_late": _("Paid after the order had run out; the goods were gone, so the money goes back"),
        "payment_failed": _("A payment was declined"),
        "payment_accepted": _("Payment of %(amount)s accepted as it is", amount=value),
        "awaiting_funds": _("The bank is processing the payment"),
        "flagged": _("Held back to be checked"),
        "expired": _("Not paid in time; the goods are back on the shelf"),
        "cancel_asked": _("Cancellation asked for"),
        "cancelled": _("Cancelled"),
        "refund_requested": _("Refund of %(amount)s asked for", amount=value),
        "refund_pending": _("Refund of %(amount)s on its way", amount=value),
        "refunded": _("%(amount)s refunded", amount=value),
        "refund_failed": _("The refund of %(amount)s failed", amount=value),
        "restocked": ngettext("%(num)s unit put back on sale", "%(num)s units put back on sale", number),
        "restock_undone": ngettext(
            "%(num)s unit taken off sale again, since it is to be shipped after all",
            "%(num)s units taken off sale again, since they are to be shipped after all",
            number,
        ),
        "restock_kept": ngettext(
            "%(num)s unit that had been put back on sale was sold meanwhile: it may be missing from this order",
            "%(num)s units that had been put back on sale were sold meanwhile: they may be missing from this order",
            number,
        ),
        "disputed": _("The buyer’s bank disputes the payment"),
        "dispute_updated": _("The dispute moved on"),
        "dispute_closed": _("The dispute is closed"),
        "evidence_sent": _("Evidence sent for the dispute"),
        "fulfilled": ngettext("%(num)s unit shipped", "%(num)s units shipped", number)
        if number
        else _("Shipped"),
        "tracking_changed": _("The parcel’s tracking was changed"),
        "fulfilment_cancelled": _("A parcel was taken back"),
        "coupon_honoured": _("The coupon was used up meanwhile; the buyer keeps the price that they paid"),
        "note": _("Note"),
        "mail_resent": _(
            "“%(mail)s” sent again", mail=mail_kind_text(str(event.detail.get("mail_kind") or ""))
        ),
    }
    return str(texts.get(event.kind) or event.kind.replace("_", " ").capitalize())


def event_reason(event: OrderEvent, *, for_staff: bool = False) -> str:
    """Return why it happened, where the history knows; what only a technician understands is for staff."""
    detail = event.detail
    if event.kind == "payment_failed":
        return decline_text(str(detail.get("code") or ""))
    if event.kind in ("disputed", "dispute_updated"):
        return dispute_reason_text(str(detail.get("reason") or "")) if for_staff else ""
    if event.kind in ("fulfilled", "tracking_changed"):
        parts = (carrier_name(str(detail.get("carrier") or "")), str(detail.get("tracking_number") or ""))
        return " · ".join(part for part in parts if part)
    if event.kind == "note":
        return str(detail.get("text") or "") if for_staff else ""
    return _told_reason(event, for_staff=for_staff)


def _told_reason(event: OrderEvent, *, for_staff: bool) -> str:
    names = ("message", "reason", "decline_message", "why")
    name, text = next(((name, event.detail[name]) for name in names if event.detail.get(name)), ("", ""))
    if not isinstance(text, str):
        return ""
    if for_staff:
        return refund_failure_text(text) if event.kind == "refund_failed" else _staff_reason(text)
    known = reason_text(text)
    return known if known != text or name != "why" else ""


def reason_text(reason: str) -> str:
    """Return a reason in the visitor's language, if it is one of our own; else as somebody typed it."""
    reasons = {
        "cancelled by the buyer": _("Cancelled by the buyer"),
        "cancelled by the shop": _("Cancelled by the shop"),
        "the payment did not match": _("The payment did not match the order"),
        "replaced by a newer order": _("Replaced by a newer order"),
        "the money did not come": _("The bank did not pay"),
        "paid after the stock was given back": _("The goods had been sold in the meantime"),
        "made at Stripe": _("Made at Stripe"),
        "not paid in time": "",
    }
    return str(reasons.get(reason, reason))


def mismatch_text(reason: str) -> str:
    """Return why a payment does not match its order as a sentence, or "" when ``reason`` tells of no such thing."""
    if reason.startswith("the payment page asked for "):
        return str(
            _("The payment page asked for another total than the order’s, so the buyer was not sent there.")
        )
    found = _OTHER_AMOUNT.fullmatch(reason)
    if found is None:
        return str(_("Its payment does not match it.")) if reason.endswith(" was due") else ""
    came, due = (money(int(found[name]), found[f"{name}_in"].upper()) for name in ("came", "due"))
    return str(_("%(came)s came in, %(due)s was due.", came=came, due=due))


def _staff_reason(reason: str) -> str:
    if reason == "Stripe no longer knows its payment page":
        return str(_("Stripe no longer knows its payment page"))
    return mismatch_text(reason) or reason_text(reason)


def refund_failure_text(reason: str) -> str:
    """Return why a refund failed (docs.stripe.com/api/refunds/object#refund_object-failure_reason).

    A sentence of Stripe's own, with which it refused to try, stays as it is.
    """
    texts = {
        "charge_for_pending_refund_disputed": _("The payment was disputed while the refund was on its way."),
        "declined": _("The bank refused the refund."),
        "expired_or_canceled_card": _("The card has expired or was cancelled."),
        "insufficient_funds": _("There was not enough money in the balance at Stripe."),
        "lost_or_stolen_card": _("The card was lost or stolen."),
        "merchant_request": _("It was stopped at the shop’s request."),
        "nothing was ever charged": _("Nothing was ever charged."),
        "unknown": _("The bank gave no reason."),
    }
    return str(texts.get(reason, reason))


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


def dispute_reason_text(reason: str) -> str:
    """Return why a payment is disputed (docs.stripe.com/disputes/categories)."""
    texts = {
        "bank_cannot_process": _("The bank could not process it"),
        "check_returned": _("The check was returned"),
        "credit_not_processed": _("A promised refund did not come"),
        "customer_initiated": _("The buyer asked the bank for the money"),
        "debit_not_authorized": _("The debit was not authorised"),
        "duplicate": _("Charged twice"),
        "fraudulent": _("The cardholder says that they did not buy this"),
        "general": _("No reason was given"),
        "incorrect_account_details": _("The account was wrong"),
        "insufficient_funds": _("There is not enough money on the account"),
        "product_not_received": _("The goods did not arrive"),
        "product_unacceptable": _("The goods are faulty or not as described"),
        "subscription_canceled": _("A subscription was charged after its end"),
        "unrecognized": _("The cardholder does not recognise the payment"),
    }
    return str(texts.get(reason) or reason.replace("_", " "))


def mail_kind_text(kind: str) -> str:
    """Return what a kind of mail is called."""
    texts = {
        "order_confirmed": _("Order confirmed"),
        "order_received": _("New order"),
        "order_shipped": _("Parcel on its way"),
        "order_refunded": _("Refunded"),
        "order_cancelled": _("Order cancelled"),
        "order_payment_failed": _("Payment declined, order closed"),
        "order_funds_failed": _("The bank did not pay"),
        "order_payment_rejected": _("Payment sent back, order cancelled"),
        "order_paid_too_late": _("Paid too late, refunded"),
        "order_paid_too_late_notice": _("Paid too late (to you)"),
        "order_flagged_notice": _("Do not ship yet (to you)"),
        "refund_failed_notice": _("Refund failed (to you)"),
        "dispute_notice": _("Payment disputed (to you)"),
    }
    return str(texts.get(kind) or kind.replace("_", " "))


def sending_text(sending: Sending) -> str:
    """Return how far a mail of an order came."""
    sent_at = sending.mail.sent_at
    if sent_at is not None:
        return str(_("Sent on %(time)s", time=datetime_text(sent_at)))
    texts = {
        SendingState.WAITING: _("Waits to be sent"),
        SendingState.FAILED: _("Could not be sent"),
        SendingState.DROPPED: _("Not sent: the parcel was taken back"),
    }
    return str(texts[sending.state])


def actor_text(actor: Actor) -> str:
    """Return who did it."""
    texts: dict[Actor, str] = {
        Actor.BUYER: _("Buyer"),
        Actor.STAFF: _("Staff"),
        Actor.STRIPE: "Stripe",
        Actor.SYSTEM: "Vitrine",
    }
    return texts[actor]
