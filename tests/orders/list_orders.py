"""Orders to list: made with one call each, every one different in what it is asked to be."""

import datetime as dt
import itertools
from typing import Any

from sqlalchemy.orm import Session

from shop.orders.indexing import write_search_text
from shop.orders.models import Order, OrderLine, OrderStatus
from shop.page.models import Page

_numbers = itertools.count(1)


def make_order(
    session: Session, page: Page, number: str, *, now: dt.datetime, title: str = "Mug", sku: str | None = None,
    name: str | None = None, total: int = 1690, quantity: int = 1, **values: Any,
) -> Order:  # fmt: skip
    """Add a paid order of one line, unless ``values`` say otherwise."""
    unit = (total - 490) // quantity
    order = Order(
        page_id=page.id,
        number=number,
        visitor_key=f"guest:{next(_numbers)}",
        content_key=number,
        language="en",
        **{
            "status": OrderStatus.PAID,
            "country": "FR",
            "currency": "EUR",
            "captured_amount": total,
            **values,
        },
        subtotal_amount=total - 490,
        shipping_amount=490,
        tax_amount=0,
        total_amount=total,
        shipping_method="standard",
        ship_to={"name": name} if name else None,
        placed_at=now,
        expires_at=now,
    )
    order.lines = [
        OrderLine(
            position=1,
            product_slug="thing",
            title=title,
            sku=sku,
            quantity=quantity,
            unit_amount=unit,
            tax_rate_bp=2000,
            tax_amount=0,
            total_amount=unit * quantity,
        )
    ]
    session.add(order)
    session.flush()
    write_search_text(session, order.id)
    return order
