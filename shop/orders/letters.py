"""What each mail about an order says, before the order or the parcel is shown."""

from collections.abc import Callable
from dataclasses import dataclass, field

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from shop.core.mail import Mail
from shop.orders.carriers import carrier_name
from shop.orders.event_texts import reason_text, refund_failure_text
from shop.orders.models import Fulfilment, FulfilmentLine, Order, OrderStatus
from shop.orders.queries import get_fulfilment
from shop.page.models import Page
from shop.payments.models import Dispute, Refund
from shop.web.templating import date_text, money


@dataclass(frozen=True)
class Letter:
    """A subject line and what is said before the order is shown."""

    title: str
    paragraphs: list[str] = field(default_factory=list)
    fulfilment: Fulfilment | None = None
    """The parcel that it is about: its lines and its tracking are shown in place of the whole order."""
    cart_link: str | None = None
    """Where the buyer goes on, in place of the order."""


Writer = Callable[[Session, Mail, Order, Page], Letter]


def _find_refund(session: Session, mail: Mail) -> Refund | None:
    refund_id = mail.context.get("refund_id")
    return session.get(Refund, refund_id) if refund_id else None


def _amount(session: Session, mail: Mail, order: Order) -> str:
    refund = _find_refund(session, mail)
    return money(refund.amount if refund else order.total_amount, order.currency)


def _confirmed(_session: Session, _mail: Mail, order: Order, page: Page) -> Letter:
    return Letter(
        _("Your order %(number)s at %(page)s", number=order.number, page=page.name),
        [
            _("Thank you! Your payment has arrived and %(page)s prepares your parcel.", page=page.name)
            if order.total_amount
            else _("Thank you! There was nothing to pay, and %(page)s prepares your parcel.", page=page.name)
        ],
    )


def _received(_session: Session, _mail: Mail, order: Order, _page: Page) -> Letter:
    total = money(order.total_amount, order.currency)
    return Letter(
        _("New order %(number)s: %(total)s", number=order.number, total=total),
        [_("A new order is paid and waits to be shipped.")],
    )


def _too_late(session: Session, mail: Mail, order: Order, page: Page) -> Letter:
    return Letter(
        _("Your payment for order %(number)s is refunded", number=order.number),
        [
            _("Your payment arrived after the order had run out, and in the meantime the goods were sold."),
            _("We refund %(amount)s in full. We are sorry.", amount=_amount(session, mail, order)),
            _("You are welcome to look at %(page)s again.", page=page.name),
        ],
    )


def _too_late_notice(session: Session, mail: Mail, order: Order, _page: Page) -> Letter:
    return Letter(
        _("Order %(number)s was paid too late and is refunded", number=order.number),
        [
            _("The payment arrived after the order had run out, and the goods had been sold since."),
            _("%(amount)s goes back to the buyer by itself.", amount=_amount(session, mail, order)),
        ],
    )


def _funds_failed(_session: Session, _mail: Mail, order: Order, page: Page) -> Letter:
    return Letter(
        _("The payment for order %(number)s failed", number=order.number),
        [
            _(
                "Your bank did not pay, so the order at %(page)s is cancelled and nothing was charged.",
                page=page.name,
            ),
            _("You can order again and pay in another way."),
        ],
    )


def _flagged_notice(_session: Session, _mail: Mail, order: Order, _page: Page) -> Letter:
    return Letter(
        _("Do not ship order %(number)s yet", number=order.number),
        [
            _("What was paid is not what the order costs."),
            _("Compare the payment with the order before you ship."),
        ],
    )


def _refunded(session: Session, mail: Mail, order: Order, page: Page) -> Letter:
    amount, refund = _amount(session, mail, order), _find_refund(session, mail)
    texts = [
        _("%(page)s has refunded %(amount)s to the card that you paid with.", page=page.name, amount=amount)
    ]
    # Without an account it is a reason of our own, such as that somebody refunded at Stripe.
    if refund is not None and refund.account_id is not None and refund.reason:
        texts.append(_("The reason: %(reason)s", reason=reason_text(refund.reason)))
    texts.append(_("Banks show it after 5 to 10 days."))
    return Letter(_("%(amount)s refunded for order %(number)s", amount=amount, number=order.number), texts)


def _cancelled(_session: Session, _mail: Mail, order: Order, page: Page) -> Letter:
    return Letter(
        _("Your order %(number)s is cancelled", number=order.number),
        [
            _("%(page)s has cancelled your order. It was not paid, so nothing was charged.", page=page.name)
            if order.total_amount
            else _(
                "%(page)s has cancelled your order. It cost nothing, so nothing was charged.", page=page.name
            ),
            _("You are welcome to look at %(page)s again.", page=page.name),
        ],
    )


def _payment_failed(_session: Session, _mail: Mail, order: Order, page: Page) -> Letter:
    texts = [
        _(
            "Your card was declined, so your order at %(page)s is closed and nothing was charged.",
            page=page.name,
        )
    ]
    if order.cart_id is not None:
        texts.append(_("Your cart is still there: you can try again with another card."))
        link = url_for("storefront_cart.show_cart", page_slug=page.slug, _external=True)
    else:
        texts.append(_("You can order again and pay in another way."))
        link = url_for("storefront.shop", page_slug=page.slug, _external=True)
    return Letter(
        _("Your payment for order %(number)s did not go through", number=order.number), texts, cart_link=link
    )


def _payment_rejected(session: Session, mail: Mail, order: Order, page: Page) -> Letter:
    texts = [_("What was paid is not what the order costs, so %(page)s has cancelled it.", page=page.name)]
    if order.status is OrderStatus.CANCELLED and "refund_id" not in mail.context:
        # What came was sent back before, or can only be sent back by hand: see cancelling.reject_payment.
        if order.captured_amount:
            amount = money(order.refunded_amount, order.currency)
            texts.append(_("%(amount)s went back to the card that you paid with.", amount=amount))
        else:
            texts.append(
                _("What you paid is sent back apart. Ask %(page)s if it does not come.", page=page.name)
            )
        return Letter(_("Your order %(number)s is cancelled", number=order.number), texts)
    amount = _amount(session, mail, order)
    texts.append(_("%(amount)s goes back to the card that you paid with.", amount=amount))
    texts.append(_("Banks show it after 5 to 10 days."))
    return Letter(_("Your order %(number)s is cancelled and refunded", number=order.number), texts)


def _would_be_shipped(order: Order) -> Fulfilment:
    """Return the parcel that leaves next, for a preview; it is in no session."""
    lines = [
        FulfilmentLine(order_line_id=line.id, quantity=line.to_ship_quantity or line.quantity)
        for line in order.lines
    ]
    return Fulfilment(order_id=order.id, carrier="", tracking_number="", tracking_url=None, lines=lines)


def _shipped(session: Session, mail: Mail, order: Order, page: Page) -> Letter:
    fulfilment_id = mail.context.get("fulfilment_id")
    if fulfilment_id is None:
        fulfilment = _would_be_shipped(order)
    else:
        fulfilment = get_fulfilment(session, order_id=order.id, fulfilment_id=fulfilment_id)
    carrier = carrier_name(fulfilment.carrier)
    texts = [_("%(page)s has handed your parcel over.", page=page.name)]
    if carrier:
        texts = [_("%(page)s has handed your parcel over to %(carrier)s.", page=page.name, carrier=carrier)]
    if fulfilment_id is not None and any(line.to_ship_quantity for line in order.lines):
        texts.append(_("The rest of your order follows in another parcel."))
    return Letter(_("Your order %(number)s is on its way", number=order.number), texts, fulfilment)


def _refund_failed_notice(session: Session, mail: Mail, order: Order, _page: Page) -> Letter:
    amount, refund = _amount(session, mail, order), _find_refund(session, mail)
    texts = [
        _("The buyer’s bank did not take %(amount)s back.", amount=amount),
        _("Find another way to pay the buyer back."),
    ]
    if refund is not None and not refund.was_returned:
        texts = [_("Stripe did not refund %(amount)s.", amount=amount)]
        if refund.failure_reason:
            texts.append(_("Its reason: %(reason)s", reason=refund_failure_text(refund.failure_reason)))
        texts.append(
            _(
                "Look at the payment in Stripe’s dashboard before you pay the buyer back in another way:"
                " the money may have gone back already."
            )
        )
    return Letter(_("A refund for order %(number)s failed", number=order.number), texts)


def _dispute_notice(session: Session, mail: Mail, order: Order, _page: Page) -> Letter:
    dispute = session.get(Dispute, mail.context.get("dispute_id"))
    texts = [_("The buyer’s bank disputes the payment, and the money is held until it decides.")]
    if dispute is not None and dispute.evidence_due_at is not None:
        due = date_text(dispute.evidence_due_at)
        texts.append(_("Send your evidence before %(date)s.", date=due))
    return Letter(_("The payment for order %(number)s is disputed", number=order.number), texts)


TO_BUYER: dict[str, Writer] = {
    "order_confirmed": _confirmed,
    "order_paid_too_late": _too_late,
    "order_funds_failed": _funds_failed,
    "order_shipped": _shipped,
    "order_cancelled": _cancelled,
    "order_payment_failed": _payment_failed,
    "order_payment_rejected": _payment_rejected,
    "order_refunded": _refunded,
}
TO_PAGE: dict[str, Writer] = {
    "order_received": _received,
    "order_paid_too_late_notice": _too_late_notice,
    "order_flagged_notice": _flagged_notice,
    "refund_failed_notice": _refund_failed_notice,
    "dispute_notice": _dispute_notice,
}
