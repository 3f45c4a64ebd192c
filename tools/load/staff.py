"""What the page's staff does meanwhile: Today, the lists, an edit, parcels."""

import random
import re
import time
from contextlib import suppress
from dataclasses import dataclass

from tests.support.html import Document, HtmlForm
from tools.bench.seeding import ADJECTIVES, SLUG
from tools.load.client import Broken, Browser
from tools.load.shoppers import Pace

ROOM = f"/en/manage/{SLUG}"
SEE_OTHER, OK, FOUND_NOTHING = 303, 200, 404


@dataclass
class Clerk:
    """One of the staff, who signs in and works until the load is over."""

    browser: Browser
    pace: Pace
    chance: random.Random
    products: int
    email: str
    password: str

    async def work(self) -> None:
        """Sign in, then do one thing after another."""
        try:
            await self.browser.post(
                "sign in", "/en/sign-in", {"email": self.email, "password": self.password}
            )
        except Broken:
            return
        while not self.pace.is_over:
            task = self.chance.choice(
                (self.look, self.find_orders, self.ship_one, self.ship_many, self.edit_product)
            )
            with suppress(Broken):  # it is in the figures
                await task()
            await self.pace.think(self.chance)
        self.browser.close()

    async def look(self) -> None:
        """Today, then the list of products."""
        await self._open("admin: today", ROOM)
        await self._open("admin: products", f"{ROOM}/products?q={self.chance.choice(ADJECTIVES)}")

    async def find_orders(self) -> None:
        """The list, searched and filtered, and one order."""
        await self._open("admin: orders", f"{ROOM}/orders?q={self.chance.choice(ADJECTIVES)}")
        await self._open("admin: orders", f"{ROOM}/orders?status=paid")
        found = await self._order_numbers()
        if found:
            await self._open("admin: order", f"{ROOM}/orders/{self.chance.choice(found)}")

    async def ship_one(self) -> None:
        """Open an order and send its parcel by the form that stands there."""
        for number in (await self._order_numbers())[:3]:
            page = await self._open("admin: order", f"{ROOM}/orders/{number}")
            forms = [
                form for form in page.forms if re.search(r"/(fulfilments|parcels|shipments)$", form.action)
            ]
            if forms and await self._send("admin: ship an order", forms[0]):
                self.browser.figures.counts["parcels sent one by one"] += 1
                return

    async def ship_many(self) -> None:
        """Tick up to ten orders in the list and mark them as shipped."""
        numbers = (await self._order_numbers())[:10]
        if not numbers:
            return
        query = "&".join(f"number={number}" for number in numbers)
        page = await self._open("admin: ship many, asked", f"{ROOM}/shipments/new?{query}")
        forms = [form for form in page.forms if form.method == "POST" and "/shipments" in form.action]
        if forms and await self._send("admin: ship many", forms[0]):
            self.browser.figures.counts["times that many were shipped"] += 1

    async def edit_product(self) -> None:
        """Open a product, write another title for it, save."""
        number = self.chance.randint(1, self.products)
        page = await self._open("admin: product", f"{ROOM}/products/{number}")
        forms = [
            form
            for form in page.forms
            if form.action.endswith(f"/products/{number}") and form.method == "POST"
        ]
        if forms and await self._send(
            "admin: save a product", forms[0], title=f"Changed {number} {time.time():.0f}"
        ):
            self.browser.figures.counts["products edited"] += 1

    async def _order_numbers(self) -> list[str]:
        page = await self._open("admin: orders", f"{ROOM}/orders?status=paid&fulfilment=unfulfilled")
        found = {part.rpartition("/")[2] for part in page.links if f"{ROOM}/orders/" in part}
        return sorted(one for one in found if re.fullmatch(r"[A-Z0-9]+-\d+", one))

    async def _open(self, kind: str, path: str) -> Document:
        answer = await self.browser.get(kind, path)
        if answer.status not in (OK, FOUND_NOTHING):
            self.browser.figures.fail(f"{kind}: {path} answered {answer.status}")
        await self.pace.think(self.chance)
        return Document(path, answer.text)

    async def _send(self, kind: str, form: HtmlForm, **changes: str) -> bool:
        pairs = [(name, changes.get(name, value)) for name, value in form.sent()]
        answer = await self.browser.post(kind, form.action, pairs)
        if answer.status not in (SEE_OTHER, OK, 409, 422):
            self.browser.figures.fail(f"{kind}: {form.action} answered {answer.status}")
        return answer.status == SEE_OTHER
