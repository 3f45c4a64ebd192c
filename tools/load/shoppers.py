"""What shoppers do: they browse, search, fill carts, buy and pay, and think in between.

A shopper makes one visit after another for the whole load. Between two pages 5 to 15 seconds pass (10 on
average, as on a real shop), scaled by ``Pace`` where a short sample has fewer shoppers.
"""

import asyncio
import random
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import ClassVar

from tools.bench.seeding import ADJECTIVES, COLLECTIONS, SLUG, first_variant_id, slug_of, title_of
from tools.load.client import Answer, Broken, Browser
from tools.load.figures import Figures

HOME = f"/en/p/{SLUG}"
SHOP = f"{HOME}/shop"
GOOD, DECLINED = "4242424242424242", "4000000000000002"
SEE_OTHER, OK, PAYMENT_REFUSED = 303, 200, 402
_TOTAL = re.compile(r'name="total" value="(\d+)"')


@dataclass(frozen=True)
class Pace:
    """How long a visitor thinks between two pages, and when the load ends."""

    least_s: float
    most_s: float
    ends_at: float

    async def think(self, chance: random.Random) -> None:
        """Wait as somebody who reads a page."""
        await asyncio.sleep(chance.uniform(self.least_s, self.most_s))

    @property
    def is_over(self) -> bool:
        """Whether no new visit begins."""
        return time.perf_counter() >= self.ends_at


@dataclass
class Shopper:
    """One visitor with a browser; ``is_follower`` when the browser is signed in."""

    browser: Browser
    bank: Browser
    pace: Pace
    chance: random.Random
    products: int
    is_follower: bool = False

    @property
    def figures(self) -> Figures:
        """Where everything is noted."""
        return self.browser.figures

    async def shop(self) -> None:
        """Make one visit after another until the load is over."""
        await asyncio.sleep(self.chance.uniform(0, self.pace.most_s))
        kinds, weights = zip(*self.MIX, strict=True)
        while not self.pace.is_over:
            visit: Callable[[Shopper], Awaitable[None]] = self.chance.choices(kinds, weights)[0]
            try:
                await visit(self)
            except Broken:
                self.figures.counts["visits that broke off"] += 1
            await self.pace.think(self.chance)
        self.browser.close()
        self.bank.close()

    async def browse(self) -> None:
        """Look at the page, the listing, a shelf, two products."""
        await self._look("timeline", HOME)
        await self._look("listing", SHOP)
        shelf = self.chance.randint(1, COLLECTIONS)
        await self._look(
            "collection", f"{HOME}/collections/shelf-{shelf}?sort={self.chance.choice(('price', 'newest'))}"
        )
        await self._see_product()
        await self._see_product()

    async def search(self) -> None:
        """Look for something by a word of it, or by its name, and open it."""
        number = self._any()
        words = self.chance.choice((title_of(number), self.chance.choice(ADJECTIVES), "cahir"))
        await self._look("search", f"{SHOP}?q={words.replace(' ', '+')}")
        await self._see_product(number)

    async def fill_cart(self) -> None:
        """Put one or two things into the cart, look at it and leave."""
        for _ in range(self.chance.randint(1, 2)):
            await self._add()
        await self._look("cart", f"{HOME}/cart")

    async def buy_cart(self) -> None:
        """Put something into the cart, order all that is in it, and pay."""
        await self._add()
        cart = await self._look("cart", f"{HOME}/cart")
        total = _TOTAL.search(cart.text)
        answer = await self.browser.post(
            "checkout", f"{HOME}/cart/checkout", {"total": total[1] if total else ""}
        )
        await self._pay(answer)

    async def buy_now(self) -> None:
        """Press Buy on a product and pay."""
        number = await self._see_product()
        fields = {"variant_id": self._variant(number), "quantity": 1}
        await self._pay(await self.browser.post("buy now", f"{HOME}/purchases", fields))

    async def look_after_orders(self) -> None:
        """Open the page again; a follower looks at the own orders and at one of them."""
        if not self.is_follower:
            await self._look("about", f"{HOME}/about")
            return
        orders = await self._look("own orders", "/en/orders")
        found = re.findall(r'href="(/en/orders/[A-Z0-9-]+)"', orders.text)
        if found:
            await self._look("own order", self.chance.choice(found))

    MIX: ClassVar[tuple[tuple[Callable[["Shopper"], Awaitable[None]], int], ...]] = (
        (browse, 45),
        (search, 18),
        (fill_cart, 12),
        (buy_cart, 9),
        (buy_now, 9),
        (look_after_orders, 7),
    )

    async def _look(self, kind: str, path: str) -> Answer:
        answer = await self.browser.get(kind, path)
        if answer.status != OK:
            self.figures.fail(f"{kind}: {path} answered {answer.status}")
        await self.pace.think(self.chance)
        return answer

    async def _see_product(self, number: int | None = None) -> int:
        number = number or self._any()
        await self._look("product", f"{SHOP}/{slug_of(number)}")
        return number

    async def _add(self) -> None:
        number = await self._see_product()
        fields = {"variant_id": self._variant(number), "quantity": self.chance.randint(1, 3)}
        answer = await self.browser.post("add to cart", f"{HOME}/cart/lines", fields)
        if answer.status != SEE_OTHER:
            self.figures.fail(f"add to cart answered {answer.status}")
        await self.browser.get("product", answer.location)

    async def _pay(self, answer: Answer) -> None:
        address = answer.headers.get("location", "")
        if answer.status != SEE_OTHER or "/c/pay/" not in address:
            self.figures.fail(f"no payment page after the order: {answer.status} {address[:60]}")
            return
        self.figures.counts["orders placed"] += 1
        session_id = address.rstrip("/").rsplit("/", 1)[-1].partition("#")[0].partition("?")[0]
        await self.pace.think(self.chance)
        luck = self.chance.random()
        if luck < 0.1:  # noqa: PLR2004 - one of ten leaves the payment page
            self.figures.counts["left unpaid"] += 1
            return
        if luck < 0.2:  # noqa: PLR2004 - one of ten has a card declined first
            refused = await self.bank.post_json(
                "stand-in: card declined", self._door(session_id), {"card": DECLINED}
            )
            self.figures.counts["cards declined"] += refused.status == PAYMENT_REFUSED
        paid = await self.bank.post_json(
            "stand-in: payment", self._door(session_id), {"card": GOOD, "email": "buyer@example.com"}
        )
        if paid.status != OK:
            self.figures.fail(f"the payment answered {paid.status}: {paid.text[:200]}")
            return
        self.figures.counts["orders paid"] += 1
        await self._return(paid)

    async def _return(self, paid: Answer) -> None:
        found = re.search(r'"redirect":\s*"http://127\.0\.0\.1:\d+([^"]+)"', paid.text)
        if found is None:
            self.figures.fail(f"nothing leads back from the payment: {paid.text[:200]}")
            return
        back = await self.browser.get("return from payment", found[1].encode().decode("unicode_escape"))
        order = await self._look("order after payment", back.location)
        if "thanks" in back.location and b"Thank" not in order.body:
            self.figures.counts["order pages without thanks"] += 1

    def _door(self, session_id: str) -> str:
        return f"/_sandbox/sessions/{session_id}/payment"

    def _any(self) -> int:
        # Half of the visits are to the twentieth of the products that everybody wants.
        most = self.products // 20 if self.chance.random() < 0.5 else self.products  # noqa: PLR2004
        return self.chance.randint(1, max(1, most))

    def _variant(self, number: int) -> int:
        return first_variant_id(number) + self.chance.randint(0, 2)
