"""What visitors ask for in the bench, as scripts for ``load``."""

import datetime as dt
import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from shop.catalog.sorting import Sort, write_cursor
from shop.core.db import Database
from tools.bench.load import Answer, Connection, Script, get, post, post_form, singles
from tools.bench.seeding import (
    ADJECTIVES,
    EMAIL,
    PASSWORD,
    SLUG,
    Seeded,
    first_variant_id,
    make_carts,
    published_at,
    slug_of,
    title_of,
)
from tools.bench.stack import Served

SHOP = f"/en/p/{SLUG}/shop"
API = "/api/v1"
CARTS = 500
FULL_PAGE = 24
GZIP = {"Accept-Encoding": "gzip"}

ScriptMaker = Callable[[], Script]


@dataclass
class Shop:
    """A seeded shop that runs."""

    seeded: Seeded
    served: Served
    database: Database

    def __post_init__(self) -> None:
        self._random = random.Random(self.seeded.products)
        self._serial = itertools.count(1)

    def cached_listing(self) -> ScriptMaker:
        """The first page of the listing, by a visitor of whom nothing is known."""
        return singles(itertools.repeat(get(SHOP, GZIP)))

    def unchanged_listing(self) -> ScriptMaker:
        """The same, by a browser that has it: 304."""
        etag = self._ask(get(SHOP, GZIP)).header("etag") or ""
        return singles(itertools.repeat(get(SHOP, {**GZIP, "If-None-Match": etag})))

    def session_listing(self) -> ScriptMaker:
        """The same, by a follower who is signed in."""
        form = urlencode({"email": EMAIL, "password": PASSWORD})
        answer = self._ask(post_form("/en/sign-in", form, {"Sec-Fetch-Site": "same-origin"}))
        cookie = (answer.header("set-cookie") or "").partition(";")[0]
        if not cookie.startswith("vitrine_session="):
            raise RuntimeError(f"the follower could not sign in: {answer.status}")
        return singles(itertools.repeat(get(SHOP, {**GZIP, "Cookie": cookie})))

    def uncached_listing(self) -> ScriptMaker:
        """A part of the listing that nobody has asked for before, 24 cards long.

        Each cursor stands at a place between two products that it shares with no other.
        """
        return singles(get(f"{SHOP}?cursor={cursor}", GZIP) for cursor in self._cursors())

    def uncached_product(self) -> ScriptMaker:
        """A product page that is not kept: ``variant`` is a number that nobody has asked for before."""
        paths = (f"{SHOP}/{slug_of(self._any())}?variant={10**9 + number}" for number in self._serial)
        return singles(get(path, GZIP) for path in paths)

    def search(self, *, is_broad: bool) -> ScriptMaker:
        """A search for one product by its name, or for a word that 1 in 25 has; nothing of it is kept."""

        def paths() -> Iterator[str]:
            for number in self._serial:
                words = self._random.choice(ADJECTIVES) if is_broad else title_of(self._any())
                # A sort that there is not is answered as the best match, and kept apart.
                yield f"{SHOP}?" + urlencode({"q": words, "sort": f"best{number}"})

        return singles(get(path, GZIP) for path in paths())

    def show_cart(self) -> ScriptMaker:
        """A guest's cart with three lines."""
        cookie = f"vitrine_visitor={self.seeded.guest_cart_cookie}"
        return singles(itertools.repeat(get(f"/en/p/{SLUG}/cart", {**GZIP, "Cookie": cookie})))

    def add_to_cart(self) -> ScriptMaker:
        """One more line for one of many carts, over the API."""
        carts = make_carts(self.database, self.seeded.page_id, CARTS)

        def requests() -> Iterator[bytes]:
            while True:
                for cart_id, token in carts:
                    body = {"variant_id": first_variant_id(self._any()), "quantity": 1}
                    yield post(f"{API}/carts/{cart_id}/lines", body, _bearer(token))

        return singles(requests())

    def place_order(self) -> ScriptMaker:
        """A cart, a line in it, and its checkout, over the API: an order that waits for its payment."""

        def script() -> Script:
            made = (yield post(f"{API}/pages/{SLUG}/carts", {})).json()
            path, opened = f"{API}/carts/{made['id']}", _bearer(made["token"])
            yield post(f"{path}/lines", {"variant_id": first_variant_id(self._any()), "quantity": 1}, opened)
            yield post(f"{path}/checkout", {"email": "buyer@example.com"}, opened)

        return script

    def _any(self) -> int:
        return self._random.randint(FULL_PAGE + 1, self.seeded.products)

    def _cursors(self) -> Iterator[str]:
        for number in self._serial:
            product = self._any()
            place = published_at(product) + dt.timedelta(microseconds=number)
            yield write_cursor(Sort.NEWEST, place, product)

    def _ask(self, request: bytes) -> Answer:
        connection = Connection(self.served.port)
        try:
            return connection.ask(request)
        finally:
            connection.close()


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
