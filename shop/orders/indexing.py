"""Keeping the words current that an order is found by."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.orders.models import Fulfilment, Order, OrderLine
from shop.orders.search_index import order_search_text


def write_search_text(session: Session, order_id: int) -> None:
    """Write an order's words anew, from its row, its lines and the parcels that were not taken back.

    To be called in the transaction that changed one of them: who bought, or a tracking number.
    """
    order = session.execute(
        select(Order.page_id, Order.number, Order.email, Order.ship_to).where(Order.id == order_id)
    ).one()
    parts: list[str | None] = [order.number, order.email, (order.ship_to or {}).get("name")]
    lines = (
        select(OrderLine.title, OrderLine.variant_title, OrderLine.sku)
        .where(OrderLine.order_id == order_id)
        .order_by(OrderLine.position)
    )
    for line in session.execute(lines):
        parts += line
    parcels = select(Fulfilment.tracking_number).where(
        Fulfilment.order_id == order_id, Fulfilment.cancelled_at.is_(None)
    )
    parts += session.scalars(parcels.order_by(Fulfilment.id))
    _write(session, order_id, order_search_text(order.page_id, parts))


def _write(session: Session, order_id: int, words: str) -> None:
    session.execute(
        update(Order)
        .where(Order.id == order_id, Order.search_text != words)
        .values(search_text=words)
        .execution_options(synchronize_session=False)
    )
