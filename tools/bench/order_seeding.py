"""Fills a page with orders of any number, by bulk inserts past the services, always the same ones.

They are spread over 400 days with about two lines each: a tenth was never paid, three in ten are from
followers, one in twenty got money back, the newest are still to be shipped. The page's days are not
counted here: who needs them asks for a recount.
"""

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, func, insert, select, text, update

from shop.core.db import Base, Database
from shop.orders.models import (
    Fulfilment,
    FulfilmentLine,
    FulfilmentStatus,
    Order,
    OrderCounter,
    OrderEvent,
    OrderLine,
    OrderStatus,
    ReturnStatus,
)
from shop.orders.search_index import order_search_text
from shop.page.models import Page
from shop.payments.models import Payment, PaymentStatus, Refund, RefundStatus

DAYS = 400
CHUNK = 2000
FIRST_NUMBER = 1001
TO_SHIP_SHARE = 0.02
"""Of the paid orders, so many of the newest wait to be shipped."""
TITLES = (
    "Brass lamp", "Oak shelf", "Linen cushion", "Clay mug", "Wool blanket", "Glass carafe", "Amber candle",
    "Cedar box", "Copper kettle", "Ivory vase", "Jade bowl", "Cotton rug",
)  # fmt: skip
SIZES = ("Small", "Medium", "Large")
FIRST_NAMES = "Ada Bo Chloé Dries Élise Femke Gaël Hanna Inès Jules Karim Lou Maëlle Noé Odile Paul".split()
LAST_NAMES = "Durand Peeters Moreau Janssens Lefèvre Dubois Maes Garnier Wouters Lambert Simon Claes".split()
COUNTRIES = ("FR",) * 14 + ("BE",) * 4 + ("DE", "LU")
SEQUENCED = ("orders", "order_lines", "fulfilments", "payments", "refunds", "order_events")


class SeededPage(NamedTuple):
    """What is the same in all orders of a page."""

    id: int
    prefix: str
    currency: str


@dataclass(frozen=True)
class SeededOrders:
    """What a bench looks for among the orders that it put in."""

    count: int
    number: str
    """The number of one in the middle."""
    email: str
    """The e-mail of that order's buyer, which no other order has."""


def seed_orders(database: Database, *, page_id: int, count: int, now: dt.datetime) -> SeededOrders:
    """Add ``count`` orders of the last 400 days to a page that has none, oldest first."""
    with database.engine.begin() as connection:
        found = connection.execute(
            select(Page.id, Page.order_prefix, Page.currency).where(Page.id == page_id)
        ).one()
        page = SeededPage(*found)
        first_id = (connection.scalar(select(func.max(Order.id))) or 0) + 1
        maker = _Maker(page, count=count, first_id=first_id, now=now)
        for start in range(0, count, CHUNK):
            _insert_chunk(connection, maker, range(start, min(start + CHUNK, count)))
        counter = {"page_id": page_id, "value": FIRST_NUMBER + count - 1}
        if not connection.execute(
            update(OrderCounter).where(OrderCounter.page_id == page_id).values(counter)
        ).rowcount:
            connection.execute(insert(OrderCounter).values(counter))
        if not database.is_sqlite:
            _move_sequences(connection)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if database.is_sqlite else "VACUUM ANALYZE"))
    middle = count // 2
    return SeededOrders(count, f"{page.prefix}-{FIRST_NUMBER + middle}", email_of(middle))


def email_of(number: int) -> str:
    """Return the e-mail of the buyer of order ``number`` (from 0)."""
    return f"{'follower' if number % 10 < 3 else 'guest'}{number}@example.com"  # noqa: PLR2004 - three in ten


class _Maker:
    """Makes the rows of single orders; order ``number`` (from 0) has id ``first_id + number``."""

    def __init__(self, page: SeededPage, *, count: int, first_id: int, now: dt.datetime) -> None:
        self.page = page
        self.count, self.first_id, self.now = count, first_id, now
        self.first_to_ship = count - max(5, int(count * TO_SHIP_SHARE))

    def rows(self, number: int) -> Iterator[tuple[type[Base], dict[str, Any]]]:
        """Yield the rows of an order with their tables, the order itself first."""
        dice = random.Random(number)
        order_id = self.first_id + number
        lines = list(self._lines(dice, order_id))
        order = self._order(dice, number, lines)
        shipped = order["fulfilment_status"] is FulfilmentStatus.FULFILLED
        tracking = f"6A{order_id:011d}" if shipped else ""
        words = [order["number"], order["email"], (order["ship_to"] or {}).get("name"), tracking]
        order["search_text"] = order_search_text(
            self.page.id, words + [line[name] for line in lines for name in ("title", "variant_title", "sku")]
        )
        yield Order, order
        is_needless = order["fulfilment_status"] is FulfilmentStatus.NOT_NEEDED
        for line in lines:
            yield (
                OrderLine,
                line
                | {
                    "fulfilled_quantity": line["quantity"] if shipped else 0,
                    "removed_quantity": line["quantity"] if is_needless else 0,
                },
            )
        yield OrderEvent, self._event(order_id, "placed", order["placed_at"])
        yield from self._money(order)
        if shipped:
            yield from self._parcel(order, lines, tracking)

    def _lines(self, dice: random.Random, order_id: int) -> Iterator[dict[str, Any]]:
        for position in range(1, dice.choice((1, 1, 2, 2, 3)) + 1):
            kind, size, quantity = dice.randrange(len(TITLES)), dice.randrange(3), dice.choice((1, 1, 1, 2))
            unit = 900 + 700 * kind + 300 * size
            yield {
                "id": order_id * 4 + position,
                "order_id": order_id,
                "position": position,
                "product_slug": TITLES[kind].lower().replace(" ", "-"),
                "title": TITLES[kind],
                "variant_title": SIZES[size],
                "sku": f"SKU-{kind:02d}-{SIZES[size][0]}",
                "quantity": quantity,
                "unit_amount": unit,
                "tax_rate_bp": 2000,
                "tax_amount": unit * quantity // 6,
                "total_amount": unit * quantity,
            }

    def _order(self, dice: random.Random, number: int, lines: Sequence[dict[str, Any]]) -> dict[str, Any]:
        placed_at = self.now - dt.timedelta(days=DAYS) * (1 - number / self.count) - dt.timedelta(minutes=1)
        is_paid = dice.random() >= 0.1  # noqa: PLR2004 - the tenth that was never paid
        is_back = is_paid and dice.random() < 0.05  # noqa: PLR2004 - one in twenty
        subtotal = sum(line["total_amount"] for line in lines)
        total = subtotal + 490
        refunded = 0 if not is_back else dice.choice((total, total // 2))
        name = f"{dice.choice(FIRST_NAMES)} {dice.choice(LAST_NAMES)}"
        country = dice.choice(COUNTRIES)
        return {
            "id": self.first_id + number,
            "page_id": self.page.id,
            "number": f"{self.page.prefix}-{FIRST_NUMBER + number}",
            "account_id": None,
            "visitor_key": f"guest:bench-{number}",
            "content_key": f"bench-{number}",
            "email": email_of(number) if is_paid or number == self.count // 2 else None,
            "language": "en",
            "currency": self.page.currency,
            "status": OrderStatus.PAID if is_paid else OrderStatus.EXPIRED,
            "fulfilment_status": self._fulfilment(number, is_paid=is_paid, is_whole_back=refunded == total),
            "return_status": _returned(refunded, total),
            "holds_stock": is_paid,
            "subtotal_amount": subtotal,
            "shipping_amount": 490,
            "tax_amount": total // 6,
            "total_amount": total,
            "captured_amount": total if is_paid else 0,
            "refunded_amount": refunded,
            "country": country,
            "shipping_method": "standard",
            "ship_to": {"name": name, "line1": "1 Bench Street", "city": "Lille", "country": country}
            if is_paid
            else None,
            "was_follower": number % 10 < 3,  # noqa: PLR2004 - three in ten
            "placed_at": placed_at,
            "expires_at": placed_at + dt.timedelta(minutes=45),
            "paid_at": placed_at + dt.timedelta(minutes=3) if is_paid else None,
            "closed_at": None if is_paid else placed_at + dt.timedelta(minutes=45),
        }

    def _fulfilment(self, number: int, *, is_paid: bool, is_whole_back: bool) -> FulfilmentStatus:
        if is_paid and number < self.first_to_ship:
            return FulfilmentStatus.FULFILLED
        return FulfilmentStatus.NOT_NEEDED if is_whole_back else FulfilmentStatus.UNFULFILLED

    def _money(self, order: dict[str, Any]) -> Iterator[tuple[type[Base], dict[str, Any]]]:
        is_paid, order_id = order["paid_at"] is not None, order["id"]
        yield Payment, {
            "id": order_id, "order_id": order_id, "idempotency_key": f"bench-{order_id}", "request": {},
            "status": PaymentStatus.PAID if is_paid else PaymentStatus.EXPIRED, "amount": order["total_amount"],
            "currency": self.page.currency, "expires_at": order["expires_at"], "created_at": order["placed_at"],
            "updated_at": order["placed_at"],
        }  # fmt: skip
        if is_paid:
            yield OrderEvent, self._event(order_id, "paid", order["paid_at"])
        if order["refunded_amount"]:
            at = order["paid_at"] + dt.timedelta(hours=4)
            yield Refund, {
                "id": order_id, "order_id": order_id, "payment_id": order_id, "idempotency_key": f"bench-{order_id}",
                "amount": order["refunded_amount"], "currency": self.page.currency, "status": RefundStatus.SUCCEEDED,
                "created_at": at, "updated_at": at,
            }  # fmt: skip

    def _parcel(
        self, order: dict[str, Any], lines: Sequence[dict[str, Any]], tracking: str
    ) -> Iterator[tuple[type[Base], dict[str, Any]]]:
        at = order["paid_at"] + dt.timedelta(hours=20)
        yield Fulfilment, {
            "id": order["id"], "order_id": order["id"], "carrier": "laposte", "tracking_number": tracking,
            "shipped_at": min(at, self.now),
        }  # fmt: skip
        for line in lines:
            yield FulfilmentLine, {
                "fulfilment_id": order["id"], "order_line_id": line["id"], "quantity": line["quantity"],
            }  # fmt: skip

    def _event(self, order_id: int, kind: str, at: dt.datetime) -> dict[str, Any]:
        place = 0 if kind == "placed" else 1
        actor = "buyer" if kind == "placed" else "stripe"
        return {
            "id": order_id * 2 + place,
            "order_id": order_id,
            "at": at,
            "actor": actor,
            "kind": kind,
            "detail": {},
        }


def _returned(refunded: int, total: int) -> ReturnStatus:
    if not refunded:
        return ReturnStatus.NONE
    return ReturnStatus.REFUNDED if refunded == total else ReturnStatus.PARTIAL


def _insert_chunk(connection: Connection, maker: _Maker, numbers: Sequence[int]) -> None:
    rows: dict[type[Base], list[dict[str, Any]]] = {}
    for number in numbers:
        for model, row in maker.rows(number):
            rows.setdefault(model, []).append(row)
    for model, found in rows.items():
        table = model.__table__
        assert isinstance(table, Table)
        connection.execute(insert(table), found)


def _move_sequences(connection: Connection) -> None:
    for table in SEQUENCED:
        connection.execute(
            text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
        )
