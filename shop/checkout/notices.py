"""The mails that a checkout causes, and what it tells in the app; what mails say is in ``orders/mails.py``.

Every context is ``{"order_id": …}`` (and ``"refund_id"``, ``"fulfilment_id"`` or ``"dispute_id"`` where
there is one).
"""

import datetime as dt

from sqlalchemy.orm import Session

from shop.core.mail import list_mails_about, queue_mail
from shop.notifications.models import NotificationKind
from shop.notifications.service import notify
from shop.orders.models import Order
from shop.page.queries import get_page_by_id

ORDER_CONFIRMED = "order_confirmed"
ORDER_RECEIVED = "order_received"
ORDER_PAID_TOO_LATE = "order_paid_too_late"
ORDER_PAID_TOO_LATE_NOTICE = "order_paid_too_late_notice"
ORDER_FUNDS_FAILED = "order_funds_failed"
ORDER_FLAGGED_NOTICE = "order_flagged_notice"
ORDER_SHIPPED = "order_shipped"
ORDER_CANCELLED = "order_cancelled"
ORDER_PAYMENT_REJECTED = "order_payment_rejected"
ORDER_PAYMENT_FAILED = "order_payment_failed"
ORDER_REFUNDED = "order_refunded"
REFUND_FAILED_NOTICE = "refund_failed_notice"
DISPUTE_NOTICE = "dispute_notice"
PAID, SHIPPED, REFUNDED = "paid", "shipped", "refunded"
"""What an account is told of its order in the app."""


def tell_buyer(
    session: Session,
    order: Order,
    *,
    kind: str,
    email: str | None,
    now: dt.datetime,
    again: int = 0,
    **ids: int,
) -> None:
    """Queue a mail to the buyer, once per kind and subject; nothing happens when no address is known.

    ``again`` tells a mail that is sent once more about the same thing from those before it.
    """
    if email:
        _queue(session, order, kind, ids, now=now, recipient=email, language=order.language, again=again)


def tell_again(
    session: Session, order: Order, *, kind: str, email: str | None, now: dt.datetime, **ids: int
) -> None:
    """Queue a mail to the buyer once more, or for the first time. The order's row must be locked."""
    sent = [mail for mail in list_mails_about(session, f"order:{order.id}") if mail.kind == kind]
    again = sum(1 for mail in sent if ids.items() <= mail.context.items())
    tell_buyer(session, order, kind=kind, email=email, now=now, again=again, **ids)


def tell_account(session: Session, order: Order, *, event: str, now: dt.datetime) -> None:
    """Tell the buyer's account in the app that its order is ``paid``, ``shipped`` or ``refunded``, if it has one.

    For where the order's state has just moved: what is heard twice must not come here twice.
    """
    if order.account_id is None:
        return
    page = get_page_by_id(session, order.page_id)
    notify(
        session, account_id=order.account_id, kind=NotificationKind.ORDER, subject=f"order:{order.number}",
        path=f"/orders/{order.number}", now=now,
        data={"number": order.number, "event": event, "page": page.name},
    )  # fmt: skip


def tell_page(session: Session, order: Order, *, kind: str, now: dt.datetime, **ids: int) -> None:
    """Queue a mail to the page's contact address, once per kind and subject; none, when there is no address."""
    page = get_page_by_id(session, order.page_id)
    if page.contact_email:
        _queue(session, order, kind, ids, now=now, recipient=page.contact_email, language=page.language)


def _queue(
    session: Session,
    order: Order,
    kind: str,
    ids: dict[str, int],
    *,
    recipient: str,
    language: str,
    now: dt.datetime,
    again: int = 0,
) -> None:
    subject = str(next(iter(ids.values()), order.id))
    queue_mail(
        session,
        kind=kind,
        subject_key=f"{subject}:{again}" if again else subject,
        recipient=recipient,
        language=language,
        about=f"order:{order.id}",
        context={"order_id": order.id, **ids},
        now=now,
        page_id=order.page_id,
    )
