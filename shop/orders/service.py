"""Every change of an order. What a change means for stock, cart and money is checkout's to know."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import case, or_, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from shop.core.errors import Conflict
from shop.core.i18n import N_
from shop.core.tracing import note_change, note_event
from shop.orders.indexing import write_search_text
from shop.orders.models import Actor, Order, OrderCounter, OrderEvent, OrderLine, OrderStatus, ReturnStatus
from shop.orders.state import sources_of

FIRST_NUMBER = 1001
SEARCHED = frozenset({"email", "ship_to"})
"""Columns whose words an order is found by."""


class TooMuchRefunded(Conflict):
    """More would go back than was captured and not yet refunded."""

    code = "refund_exceeds_payment"
    message = N_("You cannot refund more than was paid and has not been refunded yet.")


def record_event(
    session: Session,
    *,
    order_id: int,
    kind: str,
    actor: Actor,
    now: dt.datetime,
    account_id: int | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write a line of history: who (``actor``, ``account_id``), when, what (``kind``), why (``detail``)."""
    event = OrderEvent(
        order_id=order_id,
        at=now,
        actor=actor,
        account_id=account_id,
        kind=kind,
        detail=dict(detail or {}),
    )
    session.add(event)
    session.flush()
    note_event(order_id, event.id)


def transition(
    session: Session,
    *,
    order_id: int,
    to: OrderStatus,
    sources: Collection[OrderStatus] | None = None,
    only_if: Collection[Any] = (),
    **values: Any,
) -> bool:
    """Move an order to ``to`` with ``values`` in the same conditional UPDATE; return whether it moved.

    It moves only from a status that may become ``to`` (``sources`` narrows them) and only if the
    conditions ``only_if`` hold, so of two that try at once one wins and an old event changes nothing. An order
    that money was paid for never leaves paid.
    """
    allowed = sources_of(to) if sources is None else sources_of(to) & set(sources)
    moved = session.execute(
        update(Order)
        .where(
            Order.id == order_id,
            Order.status.in_(sorted(allowed)),
            or_(Order.status != OrderStatus.PAID, Order.total_amount == 0),
            *only_if,
        )
        .values(status=to, **values)
        .returning(Order.id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if moved is None:
        return False
    note_change(order_id, status=to)
    if values.keys() & SEARCHED:
        write_search_text(session, order_id)
    return True


def next_number(session: Session, *, page_id: int, prefix: str) -> str:
    """Return the page's next order number, such as LUM-1042.

    It holds the counter's row until the transaction ends, so it belongs near the end of one.
    """
    insert = pg_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    value = session.execute(
        insert(OrderCounter)
        .values(page_id=page_id, value=FIRST_NUMBER)
        .on_conflict_do_update(index_elements=["page_id"], set_={"value": OrderCounter.value + 1})
        .returning(OrderCounter.value)
    ).scalar_one()
    return f"{prefix}-{value}"


def reserve_refund(session: Session, *, order_id: int, amount: int) -> None:
    """Set ``amount`` of what was captured aside for a refund; TooMuchRefunded when less than that is left."""
    if not _change_refunded(session, order_id, amount):
        raise TooMuchRefunded


def release_refund(session: Session, *, order_id: int, amount: int) -> None:
    """Take back a reservation: the refund did not happen."""
    _change_refunded(session, order_id, -amount)


def _change_refunded(session: Session, order_id: int, by: int) -> bool:
    after = Order.refunded_amount + by
    changed = session.execute(
        update(Order)
        .where(Order.id == order_id, after >= 0, after <= Order.captured_amount)
        .values(
            refunded_amount=after,
            return_status=case(
                (after == 0, ReturnStatus.NONE.value),
                (after >= Order.captured_amount, ReturnStatus.REFUNDED.value),
                else_=ReturnStatus.PARTIAL.value,
            ),
        )
        .returning(Order.return_status)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if changed is None:
        return False
    note_change(order_id, return_status=changed)
    return True


def reserve_line_refund(session: Session, *, line_id: int, quantity: int) -> None:
    """Count units of a line as refunded; TooMuchRefunded when fewer are left (negative takes back)."""
    after = OrderLine.refunded_quantity + quantity
    changed = session.execute(
        update(OrderLine)
        .where(OrderLine.id == line_id, after >= 0, after <= OrderLine.quantity)
        .values(refunded_quantity=after)
        .returning(OrderLine.id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if changed is None:
        raise TooMuchRefunded


def adopt_orders(session: Session, *, guest_key: str, account_id: int, account_key: str) -> None:
    """Give a guest's orders that wait for payment to the account that the guest signed in to."""
    session.execute(
        update(Order)
        .where(Order.visitor_key == guest_key, Order.status == OrderStatus.AWAITING_PAYMENT)
        # The account may already wait for the same content: the key then stays apart.
        .values(
            visitor_key=account_key, account_id=account_id, content_key=guest_key + "/" + Order.content_key
        )
        .execution_options(synchronize_session=False)
    )
