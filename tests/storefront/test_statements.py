"""The number of SQL statements of each hot page, and that it does not grow with what is shown."""

import datetime as dt

import pytest
from flask import Flask

from shop.core.db import Database
from shop.page.service import raise_version
from tests.factories import START, make_product
from tests.storefront.conftest import Brand
from tests.support.statements import count_statements
from tests.support.visitors import sign_in

# What each reads, besides the page and its version: cards take two statements, a product three.
PUBLIC = {
    "/en/": 2,
    "/en/p/lumen": 8,
    "/en/p/lumen/shop": 5,
    "/en/p/lumen/collections/lamps": 6,
    "/en/p/lumen/shop?q=lamp": 5,
    "/en/p/lumen/shop/shirt": 8,
    "/en/p/lumen/about": 2,
}
FOLLOWER_EXTRA = 5
"""Their account, whether they follow, whether they work here, their cart, which of their friends like it."""

EMPTY_FEED = 10
"""Who asks, what there would be to sort, and pages to suggest; tests/storefront/test_home_feed.py has full ones."""

HELD_EXTRA = 2
"""On a product: the page, and what their own unpaid orders hold."""


@pytest.mark.parametrize("path", PUBLIC)
class TestStatements:
    def test_of_a_public_page_made_anew(
        self, app: Flask, database: Database, brand: Brand, path: str
    ) -> None:
        with count_statements(database.engine) as few:
            assert app.test_client().get(path).status_code == 200
        _stock(database, brand)
        with count_statements(database.engine) as many:
            app.test_client().get(path)
        assert (len(few), len(many)) == (PUBLIC[path], PUBLIC[path])

    def test_of_a_followers_page(self, app: Flask, database: Database, brand: Brand, path: str) -> None:
        _stock(database, brand)
        browser = app.test_client()
        sign_in(browser, brand.follower)
        with count_statements(database.engine) as anew:
            assert browser.get(path).status_code == 200
        with count_statements(database.engine) as kept:
            browser.get(path)
        if path == "/en/":
            assert len(anew) == len(kept) == EMPTY_FEED
        else:
            held = HELD_EXTRA if "/shop/" in path else 0
            assert len(anew) == PUBLIC[path] + FOLLOWER_EXTRA + held
            assert len(kept) == 6 + held


def _stock(database: Database, brand: Brand) -> None:
    """Put thirty more products into the shop."""
    with database.transaction() as session:
        for number in range(30):
            make_product(
                session,
                brand.page,
                title=f"Lamp {number}",
                variants=[(1000, 5), (2000, 5)],
                now=START + dt.timedelta(minutes=number),
            )
        raise_version(session, brand.page.id)
