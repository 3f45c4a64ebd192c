"""What else follows when an unpaid order is given up: the buyer's mail and the audit log.

- Staff cancelled it: the buyer is told, for they know nothing of it. Whoever hears first that its payment page is
  closed (Stripe's webhook, the job, another's request) closes it in the name of the staff who had asked.
- The buyer cancelled it, or ordered again instead: no mail. The page in front of them says so, and a mail
  about what one has just done oneself is noise.
- It ran out after a card was declined: the buyer is told once that the payment did not go through, and
  where the cart is. A decline alone needs no mail, since the payment page is still open and says it;
  nor does an order that was simply left, or one that was followed by another on the same page.
- A delayed method brought no money: ``outcomes`` writes of that, with its own words.
"""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.checkout import notices
from shop.checkout.acts import Act
from shop.orders.models import Actor, Order, OrderEvent, OrderStatus
from shop.orders.queries import has_newer_order
from shop.payments.queries import find_payment_of_order

CANCEL_ASKED = "cancel_asked"
BY_THE_SHOP = "cancelled by the shop"


def find_cancelling(session: Session, order_id: int) -> OrderEvent | None:
    """Return the line of history with which staff asked to cancel an order, if any did."""
    asked = select(OrderEvent).where(OrderEvent.order_id == order_id, OrderEvent.kind == CANCEL_ASKED)
    return session.scalars(asked.order_by(OrderEvent.id).limit(1)).one_or_none()


def follow_closing(
    session: Session, order: Order, *, to: OrderStatus, actor: Actor, email: str | None, now: dt.datetime,
    account_id: int | None = None,
) -> None:  # fmt: skip
    """Write the mail and the audit entry that belong to the closing of ``order``, which was just closed as ``to``."""
    if actor is Actor.STAFF:
        notices.tell_buyer(session, order, kind=notices.ORDER_CANCELLED, email=email, now=now)
        Act(session, order, account_id, now).audit(
            "order.cancelled", {"status": order.status}, {"status": to}
        )
    elif to is OrderStatus.EXPIRED and email and _was_declined(session, order):
        notices.tell_buyer(session, order, kind=notices.ORDER_PAYMENT_FAILED, email=email, now=now)


def _was_declined(session: Session, order: Order) -> bool:
    payment = find_payment_of_order(session, order.id)
    return payment is not None and payment.last_decline is not None and not has_newer_order(session, order)
