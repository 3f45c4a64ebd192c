"""Every SELECT of orders."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, selectinload

from shop.core.errors import NotFound
from shop.core.mail import Mail, Sending, list_sendings
from shop.core.places import Place, read_place
from shop.core.tracing import note_state
from shop.orders.models import Fulfilment, Order, OrderLine, OrderStatus
from shop.orders.state import UNPAID

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Orders, newest first, each with its lines; ``next_cursor`` is for the page after, None at the end."""

    orders: list[Order]
    next_cursor: str | None


def get_order(session: Session, number: str) -> Order:
    """Return an order with its lines and history by its number, or raise NotFound."""
    return _one(session, select(Order).where(Order.number == number))


def get_order_by_id(session: Session, order_id: int) -> Order:
    """Return an order with its lines and history by its id, or raise NotFound."""
    return _one(session, select(Order).where(Order.id == order_id))


def get_order_of_page(session: Session, *, page_id: int, number: str) -> Order:
    """Return a page's order with its lines and history, or raise NotFound."""
    return _one(session, select(Order).where(Order.number == number, Order.page_id == page_id))


def _one(session: Session, statement: Select[Order]) -> Order:
    order = session.scalars(
        statement.options(selectinload(Order.lines), selectinload(Order.history))
    ).one_or_none()
    if order is None:
        raise NotFound
    return order


def find_order_row(session: Session, order_id: int) -> Order | None:
    """Return an order without lines and history as it is now in the database, or None."""
    return session.get(Order, order_id, populate_existing=True)


def lock_order(session: Session, order_id: int) -> Order:
    """Return an order's row as it is now, kept from all others until the transaction ends; or raise NotFound.

    Whoever changes an order or what hangs on it (its payment, refunds, disputes) takes its row first.
    """
    statement = select(Order).where(Order.id == order_id).with_for_update()
    order = session.scalars(statement, execution_options={"populate_existing": True}).one_or_none()
    if order is None:
        raise NotFound
    note_state(order_id, status=order.status, return_status=order.return_status)
    return order


def list_order_lines(session: Session, order_id: int) -> list[OrderLine]:
    """Return an order's lines in their order."""
    statement = select(OrderLine).where(OrderLine.order_id == order_id).order_by(OrderLine.position)
    return list(session.scalars(statement, execution_options={"populate_existing": True}))


def list_fulfilments(session: Session, order_id: int) -> list[Fulfilment]:
    """Return an order's parcels with their lines, oldest first; those that were taken back too."""
    statement = select(Fulfilment).where(Fulfilment.order_id == order_id).order_by(Fulfilment.id)
    return list(session.scalars(statement.options(selectinload(Fulfilment.lines))))


def list_order_sendings(session: Session, order_id: int) -> list[Sending]:
    """Return an order's mails, oldest first, and how far each came; void are those about a parcel taken back."""
    return [
        replace(sending, is_void=is_taken_back(session, sending.mail))
        for sending in list_sendings(session, f"order:{order_id}")
    ]


def find_order_sending(session: Session, order_id: int, mail_id: int) -> Sending:
    """Return one of an order's mails, or raise NotFound."""
    found = next((one for one in list_order_sendings(session, order_id) if one.mail.id == mail_id), None)
    if found is None:
        raise NotFound
    return found


def is_taken_back(session: Session, mail: Mail) -> bool:
    """Tell whether a mail is about a parcel that was taken back, so that it must not be sent (again)."""
    fulfilment_id = mail.context.get("fulfilment_id")
    fulfilment = session.get(Fulfilment, fulfilment_id) if fulfilment_id else None
    return fulfilment is not None and fulfilment.cancelled_at is not None


def get_fulfilment(session: Session, *, order_id: int, fulfilment_id: int) -> Fulfilment:
    """Return an order's parcel with its lines as it is now in the database, or raise NotFound."""
    statement = select(Fulfilment).where(Fulfilment.id == fulfilment_id, Fulfilment.order_id == order_id)
    found = session.scalars(
        statement.options(selectinload(Fulfilment.lines)), execution_options={"populate_existing": True}
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def list_orders_to_pack(session: Session, *, page_id: int, numbers: Collection[str]) -> list[Order]:
    """Return a page's orders with these numbers and their lines, in no order; others' numbers are passed over."""
    if not numbers:
        return []
    statement = select(Order).where(Order.page_id == page_id, Order.number.in_(list(numbers)))
    return list(session.scalars(statement.options(selectinload(Order.lines))))


def find_awaiting(session: Session, *, visitor_key: str, content_key: str) -> Order | None:
    """Return the visitor's order of this content that waits for payment, or None."""
    return session.scalars(
        select(Order).where(
            Order.visitor_key == visitor_key,
            Order.content_key == content_key,
            Order.status == OrderStatus.AWAITING_PAYMENT,
        )
    ).one_or_none()


def find_placed(session: Session, *, visitor_key: str, content_key: str) -> Order | None:
    """Return the visitor's newest order of this content, whatever has become of it, or None."""
    statement = select(Order).where(Order.visitor_key == visitor_key, Order.content_key == content_key)
    return session.scalars(statement.order_by(Order.id.desc()).limit(1)).one_or_none()


def list_awaiting_ids(
    session: Session, *, visitor_key: str, page_id: int, but_not: str = "", is_from_cart: bool | None = None,
    variant_ids: Collection[int] | None = None, coupon_id: int | None = None,
) -> list[int]:  # fmt: skip
    """Return ids of the visitor's orders on a page that wait for payment, oldest first.

    Those of the content ``but_not`` are left out. ``is_from_cart`` keeps only those from a cart (or only express
    ones), ``variant_ids`` only those that hold one of these, ``coupon_id`` only those that use it.
    """
    statement = select(Order.id).where(
        Order.visitor_key == visitor_key,
        Order.page_id == page_id,
        Order.status == OrderStatus.AWAITING_PAYMENT,
        Order.content_key != but_not,
    )
    if is_from_cart is not None:
        statement = statement.where(Order.cart_id.is_not(None) if is_from_cart else Order.cart_id.is_(None))
    if variant_ids is not None:
        holding = select(OrderLine.order_id).where(OrderLine.variant_id.in_(list(variant_ids)))
        statement = statement.where(Order.id.in_(holding))
    if coupon_id is not None:
        statement = statement.where(Order.coupon_id == coupon_id)
    return list(session.scalars(statement.order_by(Order.id)))


def has_newer_order(session: Session, order: Order) -> bool:
    """Tell whether the visitor ordered on the same page after ``order``."""
    newer = select(Order.id).where(
        Order.visitor_key == order.visitor_key, Order.page_id == order.page_id, Order.id > order.id
    )
    return session.scalar(newer.limit(1)) is not None


def find_last_carrier(session: Session, *, page_id: int) -> str:
    """Return the carrier of the page's newest parcel among those of its latest orders, or ""."""
    latest = (
        select(Order.id)
        .where(Order.page_id == page_id)
        .order_by(Order.placed_at.desc(), Order.id.desc())
        .limit(50)
    )
    statement = select(Fulfilment.carrier).where(Fulfilment.order_id.in_(latest.scalar_subquery()))
    return session.scalar(statement.order_by(Fulfilment.id.desc()).limit(1)) or ""


def find_last_country(session: Session, *, page_id: int, visitor_key: str) -> str | None:
    """Return the country of the visitor's newest paid order on a page, or None."""
    statement = (
        select(Order.country)
        .where(Order.visitor_key == visitor_key, Order.status == OrderStatus.PAID, Order.page_id == page_id)
        .order_by(Order.placed_at.desc(), Order.id.desc())
        .limit(1)
    )
    return session.scalar(statement)


def find_last_address(session: Session, *, account_id: int) -> dict[str, Any] | None:
    """Return where an account's newest paid order went, on whichever page, as ``Order.ship_to`` has it, or None."""
    statement = (
        select(Order.ship_to)
        .where(Order.account_id == account_id, Order.status == OrderStatus.PAID)
        .order_by(Order.placed_at.desc(), Order.id.desc())
        .limit(1)
    )
    return session.scalar(statement) or None


def list_held_units(session: Session, *, visitor_key: str, page_id: int) -> dict[int, int]:
    """Return the units (by variant id) that the visitor's own orders awaiting payment hold on a page."""
    statement = (
        select(OrderLine.variant_id, func.sum(OrderLine.quantity))
        .join(Order, Order.id == OrderLine.order_id)
        .where(
            Order.visitor_key == visitor_key,
            Order.page_id == page_id,
            Order.status == OrderStatus.AWAITING_PAYMENT,
            Order.holds_stock,
            OrderLine.variant_id.is_not(None),
        )
        .group_by(OrderLine.variant_id)
    )
    return {
        variant_id: int(units) for variant_id, units in session.execute(statement) if variant_id is not None
    }


def list_orders_of_account(
    session: Session, *, account_id: int, cursor: str | None = None, limit: int = PAGE_SIZE
) -> OrderPage:
    """Return an account's orders on all pages, newest first."""
    return _page(session, select(Order).where(Order.account_id == account_id), cursor, limit)


def list_newest_orders(session: Session, *, limit: int, number: str = "") -> list[Order]:
    """Return the newest orders of all pages without lines; ``number`` keeps those whose number holds it."""
    statement = select(Order).order_by(Order.placed_at.desc(), Order.id.desc()).limit(limit)
    if number:
        statement = statement.where(Order.number.icontains(number, autoescape=True))
    return list(session.scalars(statement))


def list_unsettled_ids(session: Session) -> list[int]:
    """Return ids of all orders whose payment is still to be heard of, oldest first."""
    statement = select(Order.id).where(Order.status.in_(list(UNPAID))).order_by(Order.id)
    return list(session.scalars(statement))


def find_oldest_unsettled_at(session: Session) -> dt.datetime | None:
    """Return when the oldest order was placed whose payment is still to be heard of, or None."""
    return session.scalar(select(func.min(Order.placed_at)).where(Order.status.in_(list(UNPAID))))


def list_numbers(session: Session, order_ids: Collection[int]) -> Mapping[int, str]:
    """Return the numbers of orders by id."""
    statement = select(Order.id, Order.number).where(Order.id.in_(list(order_ids)))
    return {row.id: row.number for row in session.execute(statement)}


def _page(session: Session, statement: Select[Order], cursor: str | None, limit: int) -> OrderPage:
    if cursor and (place := read_place(cursor)):
        statement = statement.where(
            or_(Order.placed_at < place.at, and_(Order.placed_at == place.at, Order.id < place.id))
        )
    statement = statement.order_by(Order.placed_at.desc(), Order.id.desc()).limit(limit + 1)
    orders = list(session.scalars(statement.options(selectinload(Order.lines))))
    is_more = len(orders) > limit
    orders = orders[:limit]
    return OrderPage(orders, str(Place(orders[-1].placed_at, orders[-1].id)) if is_more else None)
