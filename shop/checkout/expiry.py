"""How orders that wait for payment come to their end. Calls Stripe, so never inside a transaction.

Stock goes back only when Stripe has said that the session can no longer be paid; when it says that the
session is complete instead, the order goes to payment.
"""

import datetime as dt

from shop.checkout.desk import Desk
from shop.checkout.inbox import apply_session_and_waiting
from shop.checkout.outcomes import close_order
from shop.checkout.sessions import find_lost_session, may_create, open_session
from shop.core.errors import Conflict, DomainError, NotFound
from shop.core.i18n import N_
from shop.core.kill_points import reach
from shop.core.tracing import followed
from shop.orders.models import Actor, Order, OrderStatus
from shop.orders.queries import find_order_row, lock_order
from shop.orders.state import UNPAID
from shop.payments.gateway import GatewayMissing, GatewayRefused, GatewayUnavailable, SessionInfo
from shop.payments.models import Payment, PaymentStatus
from shop.payments.queries import find_payment_of_order

LOOK_AFTER_EXPIRY = dt.timedelta(seconds=30)
RETRY_AFTER = dt.timedelta(minutes=2)
FUNDS_INTERVAL = dt.timedelta(hours=6)


class AlreadyPaid(Conflict):
    """The order has been paid in the meantime, so there is nothing to cancel or to replace."""

    code = "already_paid"
    message = N_(
        "Your order %(number)s has been paid already. Your cart was updated; please look at it again."
    )

    def __init__(self, number: str) -> None:
        self.number = number
        super().__init__(number=number)


@followed
def release_order(
    desk: Desk, order_id: int, *, now: dt.datetime, to: OrderStatus = OrderStatus.EXPIRED,
    actor: Actor = Actor.SYSTEM, why: str = "", account_id: int | None = None,
) -> OrderStatus:  # fmt: skip
    """Expire an unpaid order's session at Stripe and give its stock back; return the order's status then.

    It is ``paid`` (or ``awaiting_funds``) when the buyer was quicker. GatewayUnavailable changes nothing.
    """
    order, payment = _read(desk, order_id)
    if order.status is not OrderStatus.AWAITING_PAYMENT:
        return order.status
    info = _end_session(desk, order, payment, now) if payment is not None else None
    with desk.database.transaction() as session:
        if info is None:
            locked = lock_order(session, order_id)
            close_order(session, locked, to=to, actor=actor, now=now, why=why, account_id=account_id)
        else:
            apply_session_and_waiting(
                session, info, now=now, source="expiry", closing=to, actor=actor, why=why, account_id=account_id
            )  # fmt: skip
        settled = find_order_row(session, order_id)
    reach("expiry.released")
    return settled.status if settled else to


def _read(desk: Desk, order_id: int) -> tuple[Order, Payment | None]:
    with desk.database.reading() as session:
        order = find_order_row(session, order_id)
        payment = find_payment_of_order(session, order_id)
    if order is None:
        raise NotFound
    return order, payment


def _end_session(desk: Desk, order: Order, payment: Payment, now: dt.datetime) -> SessionInfo | None:
    """Expire the session if it is open; return how it stands, or None when there is none to be paid."""
    try:
        session_id = payment.stripe_session_id
        if session_id is None:
            info = find_lost_session(desk, order, payment, now)
            if info is None or info.status != "open":
                return info
            session_id = info.id
        return _expire_session(desk, session_id)
    except GatewayMissing:
        return None
    except GatewayRefused:
        if session_id is None:
            return None  # Stripe refuses to make such a session, so there is none
        return desk.gateway.get_session(session_id)


def _expire_session(desk: Desk, session_id: str) -> SessionInfo:
    reach("expiry.before_call")
    info = desk.gateway.expire_session(session_id)
    reach("expiry.after_call")
    return info


def cancel_order(desk: Desk, order_id: int, *, now: dt.datetime) -> OrderStatus:
    """Cancel an order for its buyer before it is paid; AlreadyPaid when it is too late for that."""
    status = release_order(
        desk, order_id, now=now, to=OrderStatus.CANCELLED, actor=Actor.BUYER, why="cancelled by the buyer"
    )
    if status in (OrderStatus.PAID, OrderStatus.AWAITING_FUNDS, OrderStatus.FLAGGED):
        order, _ = _read(desk, order_id)
        raise AlreadyPaid(order.number)
    return status


@followed
def refresh_order(
    desk: Desk, order_id: int, *, now: dt.datetime, source: str, session_id: str | None = None
) -> OrderStatus:
    """Ask Stripe how an unpaid order's session stands and apply it; return the order's status then.

    The return page's and reconcile's way to what a webhook did not tell. ``session_id`` is what Stripe put
    into the return address: it finds a session whose id we did not get to keep.
    """
    order, payment = _read(desk, order_id)
    if order.status not in UNPAID or payment is None:
        return order.status
    try:
        known = payment.stripe_session_id or session_id
        reach("refresh.before_call")
        info = desk.gateway.get_session(known) if known else find_lost_session(desk, order, payment, now)
    except GatewayRefused as refusal:
        if payment.stripe_session_id is None:
            return order.status  # an address with somebody else's session id in it, or with no id at all
        if not isinstance(refusal, GatewayMissing):
            raise
        info = None
    reach("refresh.after_call")
    with desk.database.transaction() as session:
        if info is not None:
            apply_session_and_waiting(session, info, now=now, source=source)
        elif payment.stripe_session_id is not None:
            locked = lock_order(session, order_id)
            to = (
                OrderStatus.EXPIRED
                if locked.status is OrderStatus.AWAITING_PAYMENT
                else OrderStatus.CANCELLED
            )
            close_order(
                session, locked, to=to, actor=Actor.SYSTEM, now=now, why="Stripe no longer knows its payment page"
            )  # fmt: skip
        settled = find_order_row(session, order_id)
    reach("refresh.applied")
    return settled.status if settled else order.status


def settle_order(desk: Desk, order_id: int, *, now: dt.datetime) -> dt.timedelta | None:
    """Do what is due for an order whose payment has not been heard of; return when to look again, if at all.

    Opens the session that a crash left unopened, fetches what a webhook should have told, and expires
    the order when its time is over. GatewayUnavailable passes through: the job is tried again.
    """
    order, payment = _read(desk, order_id)
    if order.status is OrderStatus.AWAITING_FUNDS:
        status = refresh_order(desk, order_id, now=now, source="reconcile")
        return FUNDS_INTERVAL if status is OrderStatus.AWAITING_FUNDS else None
    if order.status is not OrderStatus.AWAITING_PAYMENT or payment is None:
        return None
    if now >= order.expires_at:
        status = release_order(desk, order_id, now=now, why="not paid in time")
    elif payment.status is PaymentStatus.NEW and may_create(payment, now):
        status = _open_unopened(desk, order_id, now)
    else:
        status = refresh_order(desk, order_id, now=now, source="reconcile")
    if status is OrderStatus.AWAITING_FUNDS:
        return FUNDS_INTERVAL
    if status is not OrderStatus.AWAITING_PAYMENT:
        return None
    return max(order.expires_at + LOOK_AFTER_EXPIRY - now, RETRY_AFTER)


def _open_unopened(desk: Desk, order_id: int, now: dt.datetime) -> OrderStatus:
    try:
        open_session(desk, order_id, now=now)
    except GatewayUnavailable:
        raise
    except DomainError:
        # The order went its way meanwhile, or Stripe refused it and it is closed: its status says which.
        pass
    return _read(desk, order_id)[0].status
