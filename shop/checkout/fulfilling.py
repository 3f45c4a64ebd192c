"""Parcels: shipping an order in one or several, changing what is said of one, taking one back.

The order's row is locked first, so a parcel and a cancellation, a refund or another parcel of the same
order come one after the other, and the second sees what the first did.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from shop.checkout import notices
from shop.checkout.acts import Act
from shop.core.errors import Conflict, Invalid, NotFound
from shop.core.i18n import N_
from shop.core.kill_points import reach
from shop.orders.carriers import MAX_NUMBER, is_number, is_safe_url, tracking_address
from shop.orders.indexing import write_search_text
from shop.orders.models import Fulfilment, FulfilmentLine, Order, OrderLine, OrderStatus
from shop.orders.parcels import MoreThanIsLeft, settle_fulfilment, ship_units, unship_units
from shop.orders.queries import get_fulfilment, list_order_lines, lock_order


class OrderNotPaid(Conflict):
    """Goods leave only for an order that is paid."""

    code = "order_not_paid"
    message = N_("Order %(number)s is not paid, so it cannot be shipped.")


class OrderFlagged(Conflict):
    """The payment does not match the order; somebody has to accept or refund it first."""

    code = "order_flagged"
    message = N_("Order %(number)s is held back: accept its payment or refund it first.")


class NothingToShip(Conflict):
    """Every unit has left already, or was refunded."""

    code = "nothing_to_ship"
    message = N_("Order %(number)s has nothing left to ship.")


class ShippedMeanwhile(Conflict):
    """What is left to ship is not what the asker saw."""

    code = "shipped_meanwhile"
    message = N_("Somebody shipped or refunded a part of this order meanwhile. Nothing was shipped now.")


class AlreadyTakenBack(Conflict):
    """The parcel was taken back before."""

    code = "already_taken_back"
    message = N_("This parcel was taken back already.")


def fulfil_order(
    session: Session, *, order_id: int, now: dt.datetime, account_id: int | None,
    quantities: Mapping[int, int] | None = None, carrier: str = "", tracking_number: str = "",
    tracking_url: str | None = None, notify: bool = True, expected_left: int | None = None,
) -> Fulfilment:  # fmt: skip
    """Send a parcel with ``quantities`` (line id to units) of a paid order, or with all that is left to ship.

    ``carrier`` is a key of ``orders/carriers.py`` or a name; its tracking address is made from the number
    unless one is given (``tracking_url``). ``notify`` writes to the buyer. ``expected_left`` is the number of units left
    to ship that the asker saw: so a form that is sent twice ships once. Raises NotFound, OrderNotPaid,
    OrderFlagged, NothingToShip, MoreThanIsLeft, ShippedMeanwhile and Invalid.
    """
    order = lock_order(session, order_id)
    tracking = _tracking(order, carrier, tracking_number, tracking_url)
    before = order.fulfilment_status
    wanted = _wanted(order, list_order_lines(session, order_id), quantities, expected_left)
    ship_units(session, wanted)
    fulfilment = Fulfilment(order_id=order.id, account_id=account_id, shipped_at=now, **tracking)
    fulfilment.lines = [
        FulfilmentLine(order_line_id=line_id, quantity=units) for line_id, units in sorted(wanted.items())
    ]
    session.add(fulfilment)
    session.flush()
    after = settle_fulfilment(session, order.id)
    if fulfilment.tracking_number:
        write_search_text(session, order.id)
    act, units = Act(session, order, account_id, now), sum(wanted.values())
    act.record("fulfilled", units=units, **_detail(fulfilment))
    act.audit("order.fulfilled", {"fulfilment_status": before}, {
        "fulfilment_status": after, "units": units, **tracking,
    })  # fmt: skip
    if notify:
        notices.tell_buyer(
            session, order, kind=notices.ORDER_SHIPPED, email=order.email, now=now, fulfilment_id=fulfilment.id
        )  # fmt: skip
        notices.tell_account(session, order, event=notices.SHIPPED, now=now)
    reach("fulfilment.before_commit")
    return fulfilment


def _wanted(
    order: Order, lines: list[OrderLine], quantities: Mapping[int, int] | None, expected_left: int | None
) -> dict[int, int]:
    if order.status is OrderStatus.FLAGGED:
        raise OrderFlagged(number=order.number)
    if order.status is not OrderStatus.PAID:
        raise OrderNotPaid(number=order.number)
    left = {line.id: line.to_ship_quantity for line in lines if line.to_ship_quantity}
    if expected_left is not None and expected_left != sum(left.values()):
        raise ShippedMeanwhile
    if not left:
        raise NothingToShip(number=order.number)
    if quantities is None:
        return left
    if not set(quantities) <= {line.id for line in lines}:
        raise NotFound
    wanted = {line_id: units for line_id, units in quantities.items() if units}
    if not wanted or min(wanted.values()) < 0:
        raise Invalid({"lines": [N_("Choose what is in the parcel.")]})
    # The conditional UPDATE judges this too, but a number beyond the column's would be an error there.
    if any(units > left.get(line_id, 0) for line_id, units in wanted.items()):
        raise MoreThanIsLeft
    return wanted


def _tracking(order: Order, carrier: str, number: str, typed: str | None) -> dict[str, Any]:
    carrier, number, typed = carrier.strip(), number.strip(), (typed or "").strip()
    errors: dict[str, list[str]] = {}
    if len(carrier) > MAX_NUMBER or not carrier.isprintable():
        errors["carrier"] = [N_("Please give the carrier a shorter name.")]
    if number and not is_number(number):
        errors["tracking_number"] = [N_("A tracking number has letters and digits, at most 60.")]
    if typed and not is_safe_url(typed):
        errors["tracking_url"] = [N_("The link must be a whole address that starts with https://.")]
    if errors:
        raise Invalid(errors)
    return {
        "carrier": carrier,
        "tracking_number": number,
        "tracking_url": typed or tracking_address(carrier, number, order.delivery_postal_code),
    }


def change_tracking(
    session: Session, *, order_id: int, fulfilment_id: int, now: dt.datetime, account_id: int | None,
    carrier: str = "", tracking_number: str = "", tracking_url: str | None = None, notify: bool = False,
) -> Fulfilment:  # fmt: skip
    """Change what is said of a parcel on its way; ``notify`` sends the buyer the mail again, with the new link.

    Raises NotFound, AlreadyTakenBack and Invalid.
    """
    order = lock_order(session, order_id)
    tracking = _tracking(order, carrier, tracking_number, tracking_url)
    fulfilment = get_fulfilment(session, order_id=order_id, fulfilment_id=fulfilment_id)
    if fulfilment.cancelled_at is not None:
        raise AlreadyTakenBack
    before = {name: getattr(fulfilment, name) for name in tracking}
    if before != tracking:
        for name, value in tracking.items():
            setattr(fulfilment, name, value)
        session.flush()
        write_search_text(session, order.id)
        act = Act(session, order, account_id, now)
        act.record("tracking_changed", **_detail(fulfilment))
        act.audit("order.tracking_changed", before, tracking)
    if notify:
        notices.tell_again(
            session, order, kind=notices.ORDER_SHIPPED, email=order.email, now=now, fulfilment_id=fulfilment.id
        )  # fmt: skip
    return fulfilment


def cancel_fulfilment(
    session: Session, *, order_id: int, fulfilment_id: int, now: dt.datetime, account_id: int | None
) -> Fulfilment:
    """Take a parcel back: its units are to be shipped again, but for those refunded since.

    Raises NotFound and AlreadyTakenBack.
    """
    order = lock_order(session, order_id)
    before = order.fulfilment_status
    fulfilment = get_fulfilment(session, order_id=order_id, fulfilment_id=fulfilment_id)
    moved = session.execute(
        update(Fulfilment)
        .where(Fulfilment.id == fulfilment.id, Fulfilment.cancelled_at.is_(None))
        .values(cancelled_at=now)
        .returning(Fulfilment.id)
    ).scalar_one_or_none()
    if moved is None:
        raise AlreadyTakenBack
    units = {line.order_line_id: line.quantity for line in fulfilment.lines}
    unship_units(session, units)
    after = settle_fulfilment(session, order.id)
    write_search_text(session, order.id)
    act, taken = Act(session, order, account_id, now), sum(units.values())
    act.record("fulfilment_cancelled", units=taken, **_detail(fulfilment))
    gone = {"units": taken, "carrier": fulfilment.carrier, "tracking_number": fulfilment.tracking_number}
    act.audit("order.parcel_taken_back", {"fulfilment_status": before, **gone}, {"fulfilment_status": after})
    return fulfilment


def _detail(fulfilment: Fulfilment) -> dict[str, Any]:
    return {
        "fulfilment_id": fulfilment.id,
        "carrier": fulfilment.carrier,
        "tracking_number": fulfilment.tracking_number,
    }
