"""The mails about orders: rendered for the worker, and shown to staff before or after they are sent.

When they are written is decided in ``checkout/notices.py`` and ``checkout/closing.py``.
"""

from collections.abc import Callable

from flask import url_for
from sqlalchemy.orm import Session

from shop.core.mail import Mail
from shop.orders import labels
from shop.orders.access import order_token
from shop.orders.letters import TO_BUYER, TO_PAGE
from shop.orders.models import Order
from shop.orders.queries import get_order_by_id, list_fulfilments
from shop.page.days import zone_name
from shop.page.queries import get_page_by_id
from shop.payments.queries import list_refunds_of_order
from shop.web.context import signer
from shop.web.mailing import MailContent
from shop.web.zone import set_zone

PREVIEWS = (
    "order_confirmed", "order_shipped", "order_refunded", "order_cancelled", "order_payment_failed",
    "order_funds_failed", "order_payment_rejected", "order_paid_too_late",
)  # fmt: skip
"""Kinds of mail that staff may look at as they would be sent for an order."""


def _render(session: Session, mail: Mail) -> MailContent:
    order = get_order_by_id(session, mail.context["order_id"])
    page = get_page_by_id(session, order.page_id)
    set_zone(zone_name(page.country))
    if mail.kind in TO_BUYER:
        letter = TO_BUYER[mail.kind](session, mail, order, page)
        token = order_token(signer(), order)
        link = letter.cart_link or url_for(
            "orders.show_order", number=order.number, token=token, _external=True
        )
    else:
        letter = TO_PAGE[mail.kind](session, mail, order, page)
        link = url_for("orders_admin.show_order", page_slug=page.slug, number=order.number, _external=True)
    context = {
        "order": order, "page": page, "paragraphs": letter.paragraphs, "link": link, "labels": labels,
        "fulfilment": letter.fulfilment, "is_retry": letter.cart_link is not None,
    }  # fmt: skip
    return MailContent(letter.title, "order", context)


RENDERERS: dict[str, Callable[[Session, Mail], MailContent]] = dict.fromkeys((*TO_BUYER, *TO_PAGE), _render)


def would_be_mail(session: Session, order: Order, *, kind: str, language: str) -> Mail:
    """Return the mail of a kind as it would be sent for ``order`` now; it is in no session.

    It is about the newest refund or parcel, if there is one, else about what would go back or leave next.
    """
    context: dict[str, int] = {"order_id": order.id}
    if kind == "order_shipped":
        parcels = [parcel for parcel in list_fulfilments(session, order.id) if parcel.cancelled_at is None]
        context |= {"fulfilment_id": parcels[-1].id} if parcels else {}
    else:
        refunds = list_refunds_of_order(session, order.id)
        context |= {"refund_id": refunds[-1].id} if refunds else {}
    return Mail(kind=kind, recipient=order.email or "", language=language, context=context)
