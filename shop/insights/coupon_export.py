"""The uses of a coupon as a CSV file, read in batches so that memory stays flat. The format is in docs/csv.md."""

import csv
import datetime as dt
import io
from collections.abc import Iterator, Sequence

from shop.core.db import Database
from shop.core.money import to_decimal
from shop.insights.coupon_queries import Use, list_uses
from shop.orders.exporting import BOM, safe_cell

BATCH = 500
COLUMNS = (
    "code", "order", "used_at", "given_back_at", "status", "discount", "shipping_waived", "total", "refunded", "currency",
)  # fmt: skip
"""New columns are added at the end."""


def export_uses(database: Database, coupon_id: int) -> Iterator[bytes]:
    """Yield the file of all uses of a coupon, the newest first, those that were given back among them."""
    yield (BOM + _lines([COLUMNS])).encode()
    before: int | None = None
    while True:
        with database.reading() as session:
            uses = list_uses(session, coupon_id, before=before, limit=BATCH)
        if uses:
            yield _lines([_cells(use) for use in uses]).encode()
        if len(uses) < BATCH:
            return
        before = uses[-1].redemption.id


def _cells(use: Use) -> list[str]:
    order, redemption = use.order, use.redemption
    cells = (
        order.coupon_code or "",
        order.number,
        _instant(redemption.taken_at),
        _instant(redemption.returned_at),
        order.status.value,
        to_decimal(redemption.amount, order.currency),
        to_decimal(redemption.shipping_amount, order.currency),
        to_decimal(order.total_amount, order.currency),
        to_decimal(order.refunded_amount, order.currency),
        order.currency,
    )
    return [safe_cell(str(cell)) for cell in cells]


def _instant(at: dt.datetime | None) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""


def _lines(rows: Sequence[Sequence[str]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)  # RFC 4180: commas, CRLF, quotes where they are needed
    return buffer.getvalue()
