"""The admin of a crash drill, who ships and refunds by the forms on an order's pages.

When the connection breaks, the admin's browser sends the same form again, as one does who presses Reload.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from shop.core.db import Database
from shop.orders.models import FulfilmentStatus, Order, OrderLine, OrderStatus
from tests.drills.people import PAGE, Person
from tests.support.html import Document, HtmlForm

OWNER = "camille@lumen.example"
ORDERS = f"/en/manage/{PAGE}/orders"
ASKED_AGAIN = 422
TRIES = 4


@dataclass
class Intents:
    """What the admin did, by order number: it must have happened once."""

    shipped: dict[str, int] = field(default_factory=dict)
    refunded: dict[str, int] = field(default_factory=dict)


@dataclass
class Admin:
    """Somebody signed in who works through the orders that are paid and were not touched yet."""

    person: Person
    database: Database
    chance: random.Random
    intents: Intents

    def work(self, password: str) -> None:
        """Ship and refund what is there, each order in another way."""
        self.person.ask("POST", "/en/sign-in", data={"email": OWNER, "password": password})
        acts: list[Callable[[Order], None]] = [
            self.ship_all,
            self.refund_line,
            self.ship_one,
            self.refund_amount,
            self.refund_all,
        ]
        start = self.chance.randrange(len(acts))
        for place, order in enumerate(self._untouched()):
            acts[(start + place) % len(acts)](order)

    def _untouched(self) -> list[Order]:
        with self.database.reading() as session:
            paid = session.scalars(
                select(Order)
                .where(
                    Order.status == OrderStatus.PAID,
                    Order.fulfilment_status == FulfilmentStatus.UNFULFILLED,
                    Order.refunded_amount == 0,
                )
                .order_by(Order.id)
            ).all()
        known = {*self.intents.shipped, *self.intents.refunded}
        return [order for order in paid if order.number not in known]

    # Forms

    def _form(self, path: str, action: str) -> HtmlForm:
        """Return the form on the page ``path`` that is sent to an address ending in ``action``."""
        answer = self.person.ask("GET", path)
        return _find(path, answer.text, action)

    def _send(self, form: HtmlForm, **changes: str | None) -> None:
        """Fill a form in and send it; where it comes back with a sum to look at, send that."""
        for _ in range(TRIES):
            typed = {**dict(form.sent()), **changes}
            answer = self.person.ask(
                "POST", form.action, data={name: text for name, text in typed.items() if text is not None}
            )
            if answer.status_code != ASKED_AGAIN:
                return
            form = _find(form.action, answer.text, form.action.rsplit("/", 1)[-1])

    # Acts

    def ship_all(self, order: Order) -> None:
        """Send everything in one parcel."""
        form = self._form(f"{ORDERS}/{order.number}", "/fulfilments")
        self.intents.shipped[order.number] = int(dict(form.sent())["expected_left"])
        self._send(form, carrier="colissimo", tracking_number="8N00234120981")

    def ship_one(self, order: Order) -> None:
        """Send one unit of the first line and leave the rest."""
        form = self._form(f"{ORDERS}/{order.number}", "/fulfilments")
        units = [name for name in dict(form.sent()) if name.startswith("units-")]
        self.intents.shipped[order.number] = 1
        self._send(form, **{name: "1" if name == units[0] else "0" for name in units})

    def refund_all(self, order: Order) -> None:
        """Send all of the money back and put the goods on the shelf."""
        self._refund(order, order.total_amount, scope="all", restock="1")

    def refund_line(self, order: Order) -> None:
        """Send the money of one unit back and put it on the shelf."""
        form = self._form(f"{ORDERS}/{order.number}/refunds/new", "/refunds")
        units = [name for name in dict(form.sent()) if name.startswith("units-")]
        with self.database.reading() as session:
            price = session.scalar(
                select(OrderLine.unit_amount).where(OrderLine.id == int(units[0].partition("-")[2]))
            )
        chosen = {name: "1" if name == units[0] else "0" for name in units}
        self._refund(order, price or 0, scope="lines", restock="1", **chosen)

    def refund_amount(self, order: Order) -> None:
        """Send one euro and a half back."""
        self._refund(order, 150, scope="amount", amount="1.50", restock=None)

    def _refund(self, order: Order, cents: int, /, **changes: str | None) -> None:
        form = self._form(f"{ORDERS}/{order.number}/refunds/new", "/refunds")
        self.intents.refunded[order.number] = cents
        self._send(form, **changes)


def _find(path: str, text: str, action: str) -> HtmlForm:
    document = Document(path, text)
    for form in document.forms:
        if form.method == "POST" and form.action.endswith(action):
            return form
    raise AssertionError(f"no form to {action} on {path}: {[form.action for form in document.forms]}")


def check_intents(intents: Intents, orders: Mapping[str, Order]) -> list[str]:
    """Return what was done another number of times than once."""
    wrong = []
    for number, units in intents.shipped.items():
        shipped = sum(line.fulfilled_quantity for line in orders[number].lines)
        if shipped != units:
            wrong.append(f"{number}: the admin shipped {units} units, the order says {shipped}")
    for number, amount in intents.refunded.items():
        if orders[number].refunded_amount != amount:
            wrong.append(
                f"{number}: the admin refunded {amount}, the order says {orders[number].refunded_amount}"
            )
    return wrong
