"""Several orders sent at once: each in a transaction of its own, so that one that cannot leave holds up no other."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from shop.checkout.fulfilling import NothingToShip, OrderFlagged, OrderNotPaid, fulfil_order
from shop.core.db import Database
from shop.core.errors import DomainError, NotFound
from shop.orders.listing import list_orders_by_number
from shop.orders.models import FulfilmentStatus, Order, OrderStatus, ReturnStatus

MAX_ORDERS = 100
"""So many orders are shipped in one go at most."""


@dataclass(frozen=True, slots=True)
class Wish:
    """An order to be sent: its number, the units left to ship that the asker saw, and its tracking number or ""."""

    number: str
    units_left: int
    tracking_number: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a wish: shipped now, shipped whole before, or neither because of ``error``."""

    number: str
    was_shipped_before: bool = False
    error: DomainError | None = None


def obstacle(order: Order) -> DomainError | None:
    """Return why an order with its lines cannot be shipped, or None when it can."""
    if order.status is OrderStatus.FLAGGED:
        return OrderFlagged(number=order.number)
    if order.status is not OrderStatus.PAID:
        return OrderNotPaid(number=order.number)
    if order.return_status is ReturnStatus.REFUNDED or not units_left(order):
        return NothingToShip(number=order.number)
    return None


def units_left(order: Order) -> int:
    """Return how many units of an order with its lines are still to be shipped."""
    return sum(line.to_ship_quantity for line in order.lines)


def ship_orders(
    database: Database, *, page_id: int, wishes: Iterable[Wish], carrier: str, notify: bool, account_id: int,
    now: dt.datetime,
) -> list[Outcome]:  # fmt: skip
    """Send all that is left of each order, one transaction after the other; tell what became of each.

    Who asks says how many units they saw left (``units_left``): the same form sent again ships nothing twice, and
    an order that somebody worked on meanwhile is left alone and named.
    """
    outcomes = []
    for wish in wishes:
        try:
            with database.transaction() as session:
                was_shipped = _ship(
                    session, page_id, wish, carrier=carrier, notify=notify, account_id=account_id, now=now
                )
        except DomainError as error:
            outcomes.append(Outcome(wish.number, error=error))
        else:
            outcomes.append(Outcome(wish.number, was_shipped_before=was_shipped))
    return outcomes


def _ship(
    session: Session, page_id: int, wish: Wish, *, carrier: str, notify: bool, account_id: int, now: dt.datetime
) -> bool:  # fmt: skip
    """Send an order; return whether it had left whole before, so that there was nothing to do."""
    found = list_orders_by_number(session, page_id=page_id, numbers=[wish.number])
    if not found:
        raise NotFound
    if found[0].status is OrderStatus.PAID and found[0].fulfilment_status is FulfilmentStatus.FULFILLED:
        return True
    fulfil_order(
        session, order_id=found[0].id, now=now, account_id=account_id, carrier=carrier, notify=notify,
        tracking_number=wish.tracking_number, expected_left=wish.units_left,
    )  # fmt: skip
    return False
