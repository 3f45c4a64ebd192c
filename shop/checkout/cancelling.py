"""What staff decide about an order's money: cancelling before it came, accepting or sending back what does not match."""

import datetime as dt
from collections.abc import Mapping

from sqlalchemy.orm import Session

from shop.catalog.history_models import StockReason
from shop.catalog.movements import Cause
from shop.catalog.stock import give_back_stock, take_stock
from shop.checkout import notices
from shop.checkout.acts import Act
from shop.checkout.closing import BY_THE_SHOP, CANCEL_ASKED, find_cancelling
from shop.checkout.couponing import give_back_use, take_again
from shop.checkout.desk import Desk
from shop.checkout.expiry import release_order
from shop.checkout.outcomes import hand_over, units_of
from shop.checkout.refund_rows import held_units
from shop.checkout.refunds import refund_order
from shop.core.errors import Conflict
from shop.core.i18n import N_
from shop.orders.models import Actor, Order, OrderStatus
from shop.orders.queries import list_order_lines, lock_order
from shop.orders.service import transition
from shop.page.service import raise_version
from shop.payments.models import Refund


class PaidMeanwhile(Conflict):
    """The buyer's money came, so there is nothing to cancel."""

    code = "paid_meanwhile"
    message = N_("The buyer has paid order %(number)s meanwhile, so it was not cancelled. You can refund it.")


class FundsOnTheirWay(Conflict):
    """The buyer has paid by a method whose money takes days."""

    code = "funds_on_their_way"
    message = N_(
        "The buyer has paid order %(number)s and the bank is still processing it, so it was not cancelled."
        " You can refund it when the money is there."
    )


class HeldBack(Conflict):
    """The order's payment does not match it, which is decided about in another way."""

    code = "held_back"
    message = N_(
        "Order %(number)s is held back: decide about its payment first. Cancelling it is a part of that."
    )


class NotClosed(Conflict):
    """Stripe left the payment page open, so the order could still be paid."""

    code = "not_closed"
    message = N_(
        "Stripe did not close the payment page of order %(number)s, so it is not cancelled yet. Try again in a moment."
    )


class AlreadyShipped(Conflict):
    """Something of an order that cost nothing has left, so it can't be cancelled as a whole."""

    code = "already_shipped"
    message = N_(
        "A parcel of order %(number)s has left, so it was not cancelled. If it did not leave after all, take it back first."
    )


REFUSALS: Mapping[OrderStatus, type[Conflict]] = {
    OrderStatus.PAID: PaidMeanwhile,
    OrderStatus.AWAITING_FUNDS: FundsOnTheirWay,
    OrderStatus.FLAGGED: HeldBack,
    OrderStatus.AWAITING_PAYMENT: NotClosed,
}
"""Why an order was not cancelled, by its status then."""


class NotFlagged(Conflict):
    """The order is not held back, or somebody has decided about it meanwhile."""

    code = "not_flagged"
    message = N_("Order %(number)s is not held back any more.")


class NothingToAccept(Conflict):
    """Nothing was paid for the order that is held back, or all of it went back already."""

    code = "nothing_to_accept"
    message = N_("No money for order %(number)s is here, so there is nothing to accept. You can cancel it.")


def cancel_as_staff(desk: Desk, *, order_id: int, account_id: int, now: dt.datetime) -> OrderStatus:
    """Cancel an order before it is paid; return its status then, ``cancelled`` or (when it ran out first) ``expired``.

    One that cost nothing is cancelled after it is paid too, while nothing of it has left. Its session is expired at Stripe first, so nobody pays a cancelled order. Stripe's word of that may come by webhook
    before its answer, so it is written down before who asked: whoever closes the order does it in their name. That
    stands, should Stripe not answer. Calls Stripe, so never inside a transaction. Raises PaidMeanwhile, FundsOnTheirWay,
    HeldBack, NotClosed, AlreadyShipped, NotFound and GatewayUnavailable.
    """
    with desk.database.transaction() as session:
        order = lock_order(session, order_id)
        if order.was_free:
            _cancel_free(session, order, account_id=account_id, now=now)
            return OrderStatus.CANCELLED
        if order.status is OrderStatus.AWAITING_PAYMENT and find_cancelling(session, order_id) is None:
            Act(session, order, account_id, now).record(CANCEL_ASKED)
    status = release_order(
        desk, order_id, now=now, to=OrderStatus.CANCELLED, actor=Actor.STAFF, why=BY_THE_SHOP,
        account_id=account_id,
    )  # fmt: skip
    if status not in (OrderStatus.CANCELLED, OrderStatus.EXPIRED):
        raise REFUSALS[status](number=order.number)
    return status


def _cancel_free(session: Session, order: Order, *, account_id: int, now: dt.datetime) -> None:
    """Cancel a locked order that cost nothing: its goods go back on the shelf, its buyer is told.

    Its coupon stays used, as with a refund.
    """
    if any(line.fulfilled_quantity for line in list_order_lines(session, order.id)):
        raise AlreadyShipped(number=order.number)
    if order.holds_stock:
        cause = Cause(StockReason.CANCELLED, now, account_id=account_id, ref=order.number)
        give_back_stock(session, held_units(session, order), cause=cause)
    transition(
        session, order_id=order.id, to=OrderStatus.CANCELLED, sources={OrderStatus.PAID}, holds_stock=False,
        closed_at=now,
    )  # fmt: skip
    act = Act(session, order, account_id, now)
    act.record("cancelled", why=BY_THE_SHOP)
    act.audit("order.cancelled", {"status": OrderStatus.PAID}, {"status": OrderStatus.CANCELLED})
    notices.tell_buyer(session, order, kind=notices.ORDER_CANCELLED, email=order.email, now=now)
    raise_version(session, order.page_id)


def accept_payment(session: Session, *, order_id: int, account_id: int, now: dt.datetime) -> None:
    """Take what was paid for a flagged order as its price: it is paid, and can be shipped.

    Raises NotFlagged, NothingToAccept, and OutOfStock when its goods went back on the shelf and were sold since.
    """
    order = _lock_flagged(session, order_id)
    if not order.may_be_accepted:
        raise NothingToAccept(number=order.number)
    if not order.holds_stock:
        # It was given up before the money came, so its goods must still be there.
        cause = Cause(StockReason.SOLD, now, account_id=account_id, ref=order.number)
        take_stock(session, units_of(session, order), cause=cause)
        take_again(session, order, now=now)
    transition(session, order_id=order.id, to=OrderStatus.PAID, holds_stock=True, closed_at=None)
    act = Act(session, order, account_id, now)
    act.record("payment_accepted", amount=order.captured_amount)
    act.audit("order.payment_accepted", {"status": OrderStatus.FLAGGED}, {"status": OrderStatus.PAID})
    hand_over(session, order, order.email, now)
    raise_version(session, order.page_id)


def reject_payment(
    session: Session, *, order_id: int, account_id: int, now: dt.datetime, reason: str = ""
) -> Refund | None:
    """Send back what is left of a flagged order's payment and cancel it; its goods go back on the shelf.

    Return the refund; ``refunds.ask_refund`` may be called at once after the transaction. Return None when there is
    nothing to send back from here: nothing was paid, all of it went back already, or what came was in another
    currency, so that only Stripe's dashboard can send it back. Raises NotFlagged and PaymentDisputed.
    """
    order = _lock_flagged(session, order_id)
    refund = None
    if order.refunded_amount < order.captured_amount:
        refund = refund_order(
            session,
            order_id=order.id,
            now=now,
            account_id=account_id,
            reason=reason,
            restock=order.holds_stock,
        )
    elif order.holds_stock:
        cause = Cause(StockReason.CANCELLED, now, account_id=account_id, ref=order.number)
        give_back_stock(session, held_units(session, order), cause=cause)
    give_back_use(session, order, now=now)
    transition(session, order_id=order.id, to=OrderStatus.CANCELLED, holds_stock=False, closed_at=now)
    act = Act(session, order, account_id, now)
    act.record("cancelled", why="the payment did not match" if order.paid_at else BY_THE_SHOP)
    act.audit("order.cancelled", {"status": OrderStatus.FLAGGED}, {"status": OrderStatus.CANCELLED})
    kind = notices.ORDER_PAYMENT_REJECTED if order.paid_at else notices.ORDER_CANCELLED
    ids = {"refund_id": refund.id} if refund else {}
    notices.tell_buyer(session, order, kind=kind, email=order.email, now=now, **ids)
    if refund is None:
        raise_version(session, order.page_id)
    return refund


def _lock_flagged(session: Session, order_id: int) -> Order:
    order = lock_order(session, order_id)
    if order.status is not OrderStatus.FLAGGED:
        raise NotFlagged(number=order.number)
    return order
