"""To visitors of whom nothing is known a page is the same bytes; to others it is private; a write shows at once."""

import gzip

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shop.catalog.models import Product
from shop.core.db import Database
from shop.page.service import raise_version
from shop.storefront.caching import Shelf, shelves
from tests.storefront.conftest import Brand
from tests.support.statements import count_statements
from tests.support.visitors import sign_in

PAGES = [
    "/en/",
    "/en/p/lumen",
    "/en/p/lumen/shop",
    "/en/p/lumen/shop/lamp",
    "/en/p/lumen/collections/lamps",
    "/fr/p/lumen/about",
]


@pytest.mark.usefixtures("brand")
class TestAnonymousPages:
    @pytest.mark.parametrize("path", PAGES)
    def test_are_public_and_not_sent_twice(self, client: FlaskClient, path: str) -> None:
        first = client.get(path)
        assert first.status_code == 200
        assert first.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
        assert "Set-Cookie" not in first.headers
        again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")

    @pytest.mark.parametrize("path", PAGES)
    def test_are_made_of_one_small_query_the_second_time(
        self, app: Flask, database: Database, path: str
    ) -> None:
        first = app.test_client().get(path)
        with count_statements(database.engine) as statements:
            second = app.test_client().get(path)
        assert second.data == first.data
        assert len(statements) == 1
        assert "page_versions" in statements[0]

    def test_are_packed_for_browsers_that_ask(self, client: FlaskClient) -> None:
        plain = client.get("/en/p/lumen/shop")
        packed = client.get("/en/p/lumen/shop", headers={"Accept-Encoding": "br, gzip"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == plain.data
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert "Cookie" in packed.headers["Vary"]

    def test_differ_by_language_alone(self, client: FlaskClient) -> None:
        client.set_cookie("vitrine_language", "fr")
        answer = client.get("/en/p/lumen/shop")
        assert '<html lang="en">' in answer.text
        assert answer.headers["Cache-Control"].startswith("public")

    def test_with_a_stray_query_are_not_kept(self, app: Flask) -> None:
        app.test_client().get("/en/p/lumen/shop?utm_source=a")
        with app.app_context():
            assert len(shelves().pages) == 0
        app.test_client().get("/en/p/lumen/shop")
        with app.app_context():
            assert len(shelves().pages) == 1


class TestPrivatePages:
    def test_of_a_follower_are_never_public(self, client: FlaskClient, brand: Brand) -> None:
        client.get("/en/p/lumen/shop")
        sign_in(client, brand.follower)
        answer = client.get("/en/p/lumen/shop")
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert "ETag" not in answer.headers
        assert brand.follower.name in answer.text

    def test_of_a_guest_with_a_cookie_are_never_public(self, client: FlaskClient, brand: Brand) -> None:
        client.set_cookie("vitrine_visitor", "whatever")
        assert client.get(f"/en/p/{brand.page.slug}").headers["Cache-Control"] == "private, no-cache"

    def test_leave_nothing_of_the_visitor_behind(self, app: Flask, brand: Brand) -> None:
        follower = app.test_client()
        sign_in(follower, brand.follower)
        follower.get("/en/p/lumen/shop")
        assert brand.follower.name not in app.test_client().get("/en/p/lumen/shop").text


class TestWrites:
    @pytest.mark.parametrize("path", ["/en/p/lumen", "/en/p/lumen/shop", "/en/p/lumen/shop/lamp"])
    def test_show_at_once_to_everybody(self, app: Flask, database: Database, brand: Brand, path: str) -> None:
        follower = app.test_client()
        sign_in(follower, brand.follower)
        browsers = [app.test_client(), follower]
        for browser in browsers:
            assert "Opal lamp" in browser.get(path).text
        with database.transaction() as session:
            lamp = session.get_one(Product, brand.lamp.id)
            lamp.title = "Moon lamp"
            raise_version(session, brand.page.id)
        for browser in browsers:
            assert "Moon lamp" in browser.get(path).text

    def test_of_another_page_change_nothing_here(self, app: Flask, database: Database, brand: Brand) -> None:
        before = app.test_client().get("/en/p/lumen/shop").headers["ETag"]
        with database.transaction() as session:
            raise_version(session, brand.page.id + 1)
        assert app.test_client().get("/en/p/lumen/shop").headers["ETag"] == before


class TestShelf:
    def test_drops_what_was_not_used_when_it_is_full(self) -> None:
        shelf = Shelf(10, len)
        shelf.put("a", b"12345")
        shelf.put("b", b"12345")
        shelf.get("a")
        shelf.put("c", b"12345")
        assert (shelf.get("a"), shelf.get("b"), shelf.get("c")) == (b"12345", None, b"12345")

    def test_never_keeps_what_is_larger_than_itself(self) -> None:
        shelf = Shelf(3, len)
        shelf.put("a", b"12345")
        assert shelf.get("a") is None
