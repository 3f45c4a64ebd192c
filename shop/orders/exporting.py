"""Orders as rows of a CSV file, read in batches so that memory stays flat. The format is in docs/csv.md."""

import csv
import datetime as dt
import enum
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import RowMapping, Select, select
from sqlalchemy.orm import Session

from shop.core.db import Database
from shop.core.money import to_decimal
from shop.core.touch import CAMPAIGN_MARKS
from shop.orders.filters import OrderFilter
from shop.orders.listing import ListScope, find_part, select_orders
from shop.orders.models import Fulfilment, Order, OrderLine

BATCH = 500
BOM = "\ufeff"
"""Without it Excel reads UTF-8 as the code page of its country."""
_RISKY = ("=", "+", "-", "@", "\t", "\r")

Row = Mapping[str, Any]
Cell = Callable[[Row], Any]


class Shape(enum.StrEnum):
    """What a row of the file is."""

    ORDERS = "orders"
    LINES = "lines"


def _amount(name: str) -> Cell:
    return lambda row: to_decimal(row[name], row["currency"])


def _address(name: str) -> Cell:
    return lambda row: (row["ship_to"] or {}).get(name)


def _instant(name: str) -> Cell:
    return lambda row: _iso(row[name])


def _iso(at: dt.datetime | None) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""


def _same(name: str) -> Cell:
    return lambda row: row[name]


def _mark(name: str) -> Cell:
    return lambda row: (row["campaign"] or {}).get(name)


_ORIGIN: Mapping[str, Cell] = {
    "touch": _same("touch_kind"),
    "touch_post": _same("touch_post_id"),
    "touch_share": _same("touch_share_id"),
    "touch_at": _instant("touch_at"),
    **{f"utm_{name}": _mark(name) for name in CAMPAIGN_MARKS},
    "touch_coupon": _same("touch_coupon_id"),
    "coupon": _same("coupon_code"),
}
_ORDER: Mapping[str, Cell] = {
    "order": _same("number"),
    "placed_at": _instant("placed_at"),
    "paid_at": _instant("paid_at"),
    "status": _same("status"),
    "fulfilment_status": _same("fulfilment_status"),
    "return_status": _same("return_status"),
    "email": _same("email"),
    "follower": lambda row: "yes" if row["was_follower"] else "no",
    "currency": _same("currency"),
}
COLUMNS: Mapping[Shape, Mapping[str, Cell]] = {
    Shape.ORDERS: {
        **_ORDER,
        "units": lambda row: sum(line["quantity"] for line in row["lines"]),
        "items": lambda row: "; ".join(_item(line) for line in row["lines"]),
        "subtotal": _amount("subtotal_amount"),
        "discount": _amount("discount_amount"),
        "shipping": _amount("shipping_amount"),
        "tax": _amount("tax_amount"),
        "total": _amount("total_amount"),
        "captured": _amount("captured_amount"),
        "refunded": _amount("refunded_amount"),
        "shipping_method": _same("shipping_method"),
        "name": _address("name"),
        "line1": _address("line1"),
        "line2": _address("line2"),
        "postal_code": lambda row: (row["ship_to"] or {}).get("postal_code") or row["postal_code"],
        "city": _address("city"),
        "state": _address("state"),
        "country": _same("country"),
        "phone": _address("phone"),
        "carriers": lambda row: "; ".join(parcel["carrier"] for parcel in row["parcels"]),
        "tracking_numbers": lambda row: "; ".join(parcel["tracking_number"] for parcel in row["parcels"]),
        **_ORIGIN,
        "waived_shipping": _amount("waived_shipping_amount"),
    },
    Shape.LINES: {
        **_ORDER,
        "sku": _same("sku"),
        "title": _same("title"),
        "variant": _same("variant_title"),
        "quantity": _same("quantity"),
        "shipped": _same("fulfilled_quantity"),
        "refunded_units": _same("refunded_quantity"),
        "unit_price": _amount("unit_amount"),
        "line_discount": _amount("line_discount_amount"),
        "line_tax": _amount("line_tax_amount"),
        "line_total": _amount("line_total_amount"),
        "country": _same("country"),
        **_ORIGIN,
    },
}
"""The columns of each shape, in their order; new ones are added at the end."""


_FACTS = (
    Order.id, Order.number, Order.placed_at, Order.paid_at, Order.status, Order.fulfilment_status,
    Order.return_status, Order.email, Order.was_follower, Order.currency, Order.subtotal_amount,
    Order.discount_amount, Order.shipping_amount, Order.tax_amount, Order.total_amount, Order.captured_amount,
    Order.refunded_amount, Order.shipping_method, Order.country, Order.postal_code, Order.ship_to,
    Order.touch_kind, Order.touch_post_id, Order.touch_share_id, Order.touch_at, Order.campaign,
    Order.touch_coupon_id, Order.coupon_code, Order.waived_shipping_amount,
)  # fmt: skip
_LINE_FACTS = (
    OrderLine.order_id, OrderLine.sku, OrderLine.title, OrderLine.variant_title, OrderLine.quantity,
    OrderLine.fulfilled_quantity, OrderLine.refunded_quantity, OrderLine.unit_amount,
    OrderLine.discount_amount.label("line_discount_amount"), OrderLine.tax_amount.label("line_tax_amount"),
    OrderLine.total_amount.label("line_total_amount"),
)  # fmt: skip


def _item(line: Row) -> str:
    variant = f" ({line['variant_title']})" if line["variant_title"] else ""
    return f"{line['quantity']} × {line['title']}{variant}"


def safe_cell(value: Any) -> str:
    """Return a cell's text; what a spreadsheet would run as a formula gets an apostrophe before it.

    See https://owasp.org/www-community/attacks/CSV_Injection. Numbers of ours are left as they are.
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        return str(value)
    return f"'{value}" if value.startswith(_RISKY) else value


def export_orders(database: Database, scope: ListScope, wanted: OrderFilter, shape: Shape) -> Iterator[bytes]:
    """Yield the file of the orders that pass, newest first, a batch at a time.

    Each batch is a read of its own, so no connection is held while the client takes its time; orders that
    are placed meanwhile are newer than what is read and do not appear, none appears twice.
    """
    columns = COLUMNS[shape]
    yield (BOM + _lines([list(columns)])).encode()
    cursor: str | None = ""
    while cursor is not None:
        with database.reading() as session:
            selection = select_orders(session, scope, wanted)
            part = find_part(session, selection, cursor=cursor, limit=BATCH)
            rows = _read_rows(session, part.ids, shape)
        cursor = part.next_cursor
        if rows:
            yield _lines([safe_cell(cell(row)) for cell in columns.values()] for row in rows).encode()


def _lines(rows: Any) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)  # RFC 4180: commas, CRLF, quotes where they are needed
    return buffer.getvalue()


def _read_rows(session: Session, ids: Sequence[int], shape: Shape) -> list[Row]:
    """Return the rows of a batch in the order of ``ids``, each with what its columns ask for."""
    if not ids:
        return []
    orders = {row["id"]: row for row in session.execute(select(*_FACTS).where(Order.id.in_(ids))).mappings()}
    bought = _by_order(
        session, select(*_LINE_FACTS).where(OrderLine.order_id.in_(ids)).order_by(OrderLine.position)
    )
    if shape is Shape.LINES:
        return [{**orders[one], **line} for one in ids for line in bought.get(one, [])]
    parcels = select(Fulfilment.order_id, Fulfilment.carrier, Fulfilment.tracking_number).where(
        Fulfilment.order_id.in_(ids), Fulfilment.cancelled_at.is_(None)
    )
    sent = _by_order(session, parcels.order_by(Fulfilment.id))
    return [{**orders[one], "lines": bought.get(one, []), "parcels": sent.get(one, [])} for one in ids]


def _by_order(session: Session, statement: Select[*tuple[Any, ...]]) -> dict[int, list[RowMapping]]:
    found: dict[int, list[RowMapping]] = {}
    for row in session.execute(statement).mappings():
        found.setdefault(row["order_id"], []).append(row)
    return found
