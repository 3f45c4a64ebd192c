"""The sitemap and robots.txt: all that is public, nothing that is not, in few statements."""

import datetime as dt
import re
import xml.etree.ElementTree as ET

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert

from shop.catalog.models import Product, ProductStatus
from shop.contests.models import Contest, ContestKind, ContestStatus
from shop.core.db import Database
from shop.coupons.models import CouponAudience
from shop.page.models import Page
from shop.storefront.sitemap import PART
from tests.factories import START, make_product
from tests.storefront.conftest import Brand
from tests.storefront.coupon_house import give
from tests.support.statements import count_statements

NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def add_contest(database: Database, brand: Brand, slug: str, **values: object) -> None:
    """Add a published contest of the page that runs for a week, and show the tab."""
    facts: dict[str, object] = {
        "title": f"Title of {slug}", "kind": ContestKind.DRAW, "status": ContestStatus.PUBLISHED,
        "currency": "EUR", "starts_at": START, "ends_at": START + dt.timedelta(days=7), "prize": "A lamp",
        "organiser": "Atelier", "commitment": "c" * 64, "published_at": START,
    }  # fmt: skip
    with database.transaction() as session:
        session.add(Contest(page_id=brand.page.id, slug=slug, created_at=START, **facts | values))
        session.get_one(Page, brand.page.id).has_contests = True


def addresses(text: str) -> list[str]:
    return [one.text or "" for one in ET.fromstring(text).findall(".//s:loc", NAMES)]


@pytest.mark.usefixtures("brand")
class TestSitemap:
    def test_names_its_parts(self, client: FlaskClient) -> None:
        answer = client.get("/sitemap.xml")
        assert answer.mimetype == "application/xml"
        assert addresses(answer.text) == [
            f"http://localhost/sitemaps/{kind}-1.xml" for kind in ("pages", "collections", "products")
        ]

    def test_names_every_published_page_in_both_languages(
        self, client: FlaskClient, database: Database, brand: Brand
    ) -> None:
        with database.transaction() as session:
            make_product(session, brand.page, slug="secret", status=ProductStatus.DRAFT)
        found = [
            address
            for part in addresses(client.get("/sitemap.xml").text)
            for address in addresses(client.get(part.removeprefix("http://localhost")).text)
        ]
        paths = (
            "/", "/pages", "/p/lumen", "/p/lumen/shop", "/p/lumen/about", "/p/lumen/collections/lamps",
            "/p/lumen/shop/lamp", "/p/lumen/shop/shirt", "/p/lumen/shop/vase",
        )  # fmt: skip
        assert found == [f"http://localhost/{lang}{path}" for path in paths for lang in ("en", "fr")]
        for address in found:
            assert client.get(address.removeprefix("http://localhost")).status_code == 200

    def test_names_the_coupons_and_contests_that_are_open_or_will_be(
        self, client: FlaskClient, database: Database, brand: Brand
    ) -> None:
        day = dt.timedelta(days=1)
        for code, values in {
            "RUNS": {}, "LATER": {"starts_at": START + day}, "FANS": {"audience": CouponAudience.MEMBERS},
            "OVER": {"ends_at": START}, "PAUSED": {"is_paused": True}, "SECRET": {"is_listed": False},
            "GONE": {"deleted_at": START}, "EMPTY": {"max_uses": 3, "uses": 3},
            "PRIZE": {"audience": CouponAudience.HOLDERS},
        }.items():  # fmt: skip
            give(database, brand, code, **values)
        for slug, values in {
            "open": {}, "later": {"starts_at": START + day}, "over": {"starts_at": START - day, "ends_at": START},
            "draft": {"status": ContestStatus.DRAFT}, "cancelled": {"status": ContestStatus.CANCELLED},
            "drawn": {"status": ContestStatus.DRAWN}, "gone": {"deleted_at": START},
        }.items():  # fmt: skip
            add_contest(database, brand, slug, **values)
        assert addresses(client.get("/sitemaps/coupons-1.xml").text) == [
            f"http://localhost/{lang}/p/lumen/coupons/{code}"
            for code in ("RUNS", "LATER", "FANS")
            for lang in ("en", "fr")
        ]
        assert addresses(client.get("/sitemaps/contests-1.xml").text) == [
            f"http://localhost/{lang}/p/lumen/contests/{slug}"
            for slug in ("open", "later")
            for lang in ("en", "fr")
        ]
        for kind in ("coupons", "contests"):
            assert f"http://localhost/sitemaps/{kind}-1.xml" in addresses(client.get("/sitemap.xml").text)
            first = ET.fromstring(client.get(f"/sitemaps/{kind}-1.xml").text)[0]
            assert {link.attrib["hreflang"] for link in first.findall("x:link", NAMES)} == {
                "en",
                "fr",
                "x-default",
            }

    def test_names_the_tabs_of_a_page_that_has_them(
        self, client: FlaskClient, database: Database, brand: Brand
    ) -> None:
        give(database, brand)
        add_contest(database, brand, "open")
        found = addresses(client.get("/sitemaps/pages-1.xml").text)
        for tab in ("coupons", "contests"):
            address = f"http://localhost/fr/p/lumen/{tab}"
            assert address in found
            assert client.get(address.removeprefix("http://localhost")).status_code == 200

    def test_says_when_a_product_changed_and_what_its_languages_are(self, client: FlaskClient) -> None:
        first = ET.fromstring(client.get("/sitemaps/products-1.xml").text)[0]
        assert first.findtext("s:lastmod", namespaces=NAMES) == "2026-11-24T10:00:00Z"
        assert {link.attrib["hreflang"]: link.attrib["href"] for link in first.findall("x:link", NAMES)} == {
            "en": "http://localhost/en/p/lumen/shop/lamp",
            "fr": "http://localhost/fr/p/lumen/shop/lamp",
            "x-default": "http://localhost/p/lumen/shop/lamp",
        }

    def test_goes_on_in_further_parts(self, client: FlaskClient, database: Database, brand: Brand) -> None:
        last = PART + 3
        with database.transaction() as session:
            row = {
                "page_id": brand.page.id, "title": "Late", "status": ProductStatus.PUBLISHED, "option_names": [],
                "price_from_amount": 1, "price_to_amount": 1, "created_at": START, "updated_at": START,
                "published_at": START,
            }  # fmt: skip
            session.execute(insert(Product), [{**row, "id": last, "slug": "late"}])
        assert "http://localhost/sitemaps/products-2.xml" in addresses(client.get("/sitemap.xml").text)
        assert (
            addresses(client.get("/sitemaps/products-2.xml").text)[0]
            == "http://localhost/en/p/lumen/shop/late"
        )
        assert client.get("/sitemaps/products-3.xml").status_code == 404

    @pytest.mark.parametrize("path", ["/sitemap.xml", "/sitemaps/pages-1.xml", "/sitemaps/products-1.xml"])
    def test_is_cached_and_asks_little(self, app: Flask, database: Database, path: str) -> None:
        client = app.test_client()
        with count_statements(database.engine) as anew:
            first = client.get(path)
        with count_statements(database.engine) as kept:
            again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert len(anew) <= 2
        assert len(kept) <= 1
        assert (again.status_code, again.data) == (304, b"")
        assert first.headers["Cache-Control"] == "public, max-age=3600"
        assert "Cookie" not in first.headers["Vary"]

    @pytest.mark.parametrize(
        "path",
        [
            "/sitemaps/products-0.xml",
            "/sitemaps/products-2.xml",
            "/sitemaps/posts-1.xml",
            "/sitemaps/x-1.xml",
        ],
    )
    def test_has_no_part_that_it_does_not_name(self, client: FlaskClient, path: str) -> None:
        assert client.get(path).status_code == 404


class TestRobots:
    def test_keeps_robots_out_of_what_is_private(self, client: FlaskClient) -> None:
        text = client.get("/robots.txt").text
        for line in (
            "/en/manage",
            "/fr/account",
            "/en/p/*/cart$",
            "/en/orders",
            "/fr/sign-in",
            "/en/test-mode",
            "/seen",
        ):
            assert f"Disallow: {line}\n" in text
        assert "Disallow: /en/p/*/shop" not in text

    @pytest.mark.parametrize(
        ("path", "is_open"),
        [
            ("/en/p/lumen/cart", False), ("/fr/p/lumen/cart/lines", False), ("/en/people/me", False),
            ("/en/p/lumen/shop/carte-postale", True), ("/fr/p/cartonnage", True), ("/en/people/melanie-7", True),
            ("/en/p/lumen/posts/3", True), ("/en/p/lumen/posts/3/comments", False), ("/en/pages", True),
        ],
    )  # fmt: skip
    def test_shuts_nothing_that_only_begins_alike(
        self, client: FlaskClient, path: str, is_open: bool
    ) -> None:
        rules = [
            line.removeprefix("Disallow: ")
            for line in client.get("/robots.txt").text.splitlines()
            if line.startswith("Disallow")
        ]
        # As RFC 9309 reads them: from the beginning, "*" is anything, "$" is the end.
        patterns = [re.escape(rule).replace(r"\*", ".*").replace(r"\$", "$") for rule in rules]
        assert any(re.match(pattern, path) for pattern in patterns) is not is_open

    def test_names_the_sitemap(self, client: FlaskClient) -> None:
        text = client.get("/robots.txt").text
        assert "Sitemap: http://localhost/sitemap.xml" in text
