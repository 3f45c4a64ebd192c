"""Books that were tampered with, one for each thing that a crash could do: the comparison must notice each."""

import copy
from collections.abc import Callable, Mapping

from shop.core.outbox import JobState
from shop.orders.models import Order, OrderEvent, OrderStatus
from tests.drills.books import OurBooks, StandInBooks

Tampering = Callable[[OurBooks, StandInBooks], None]


def _paid(ours: OurBooks) -> Order:
    return next(order for order in ours.orders if order.status is OrderStatus.PAID)


def _refunded(ours: OurBooks) -> Order:
    return next(order for order in ours.orders if order.refunded_amount)


def _shipped(ours: OurBooks) -> int:
    return next(order_id for order_id, parcels in ours.fulfilments.items() if parcels)


def _lose_a_unit(ours: OurBooks, theirs: StandInBooks) -> None:
    ours.variants[0].stock = (ours.variants[0].stock or 0) - 1


def _pay_a_cent_more(ours: OurBooks, theirs: StandInBooks) -> None:
    _paid(ours).captured_amount += 1


def _pay_twice(ours: OurBooks, theirs: StandInBooks) -> None:
    paid = next(one for one in theirs.sessions if one["payment_status"] == "paid")
    theirs.sessions.append({**paid, "id": "cs_twice"})


def _forget_a_payment(ours: OurBooks, theirs: StandInBooks) -> None:
    order = _paid(ours)
    order.status, order.captured_amount, order.holds_stock = OrderStatus.EXPIRED, 0, False


def _leave_a_session_open(ours: OurBooks, theirs: StandInBooks) -> None:
    next(one for one in theirs.sessions if one["status"] == "expired")["status"] = "open"


def _write_paid_twice(ours: OurBooks, theirs: StandInBooks) -> None:
    order = _paid(ours)
    order.history.append(OrderEvent(kind="paid", order_id=order.id))


def _refund_twice(ours: OurBooks, theirs: StandInBooks) -> None:
    theirs.refunds.append({**copy.deepcopy(theirs.refunds[0]), "id": "re_twice"})


def _forget_a_refund(ours: OurBooks, theirs: StandInBooks) -> None:
    order = _refunded(ours)
    ours.refunds[order.id].clear()


def _ship_twice(ours: OurBooks, theirs: StandInBooks) -> None:
    parcels = ours.fulfilments[_shipped(ours)]
    parcels.append(parcels[0])


def _lose_a_mail(ours: OurBooks, theirs: StandInBooks) -> None:
    ours.mails[0].sent_at = None


def _write_a_mail_twice(ours: OurBooks, theirs: StandInBooks) -> None:
    ours.mails.append(next(mail for mail in ours.mails if mail.kind == "order_confirmed"))


def _leave_a_job(ours: OurBooks, theirs: StandInBooks) -> None:
    ours.jobs[0].state = JobState.DEAD


def _miscount_a_day(ours: OurBooks, theirs: StandInBooks) -> None:
    ours.days = {**ours.days, "orders_paid": ours.days["orders_paid"] + 1}


TAMPERINGS: Mapping[str, Tampering] = {
    "a unit is lost": _lose_a_unit,
    "a cent more is captured": _pay_a_cent_more,
    "an order is paid twice": _pay_twice,
    "a payment is forgotten": _forget_a_payment,
    "a session stays open": _leave_a_session_open,
    "an order is paid twice in its history": _write_paid_twice,
    "a refund is made twice": _refund_twice,
    "a refund is forgotten": _forget_a_refund,
    "a parcel is sent twice": _ship_twice,
    "a mail is lost": _lose_a_mail,
    "a mail is written twice": _write_a_mail_twice,
    "a job is left": _leave_a_job,
    "a day is miscounted": _miscount_a_day,
}
