"""What the public pages show and lead to."""

import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shop.catalog.models import ProductStatus
from shop.core.db import Database
from tests.factories import START, make_page, make_product
from tests.storefront.conftest import Brand
from tests.support.feeds import make_post
from tests.support.visitors import sign_in


class TestHome:
    def test_lists_the_pages(self, client: FlaskClient, brand: Brand) -> None:
        text = client.get("/en/").text
        assert brand.page.name in text
        assert 'href="/en/p/lumen"' in text

    def test_without_pages_leads_to_the_first(self, client: FlaskClient) -> None:
        assert 'href="/en/pages/new"' in client.get("/en/").text

    def test_of_a_follower_is_what_is_new_where_they_follow(
        self, app: Flask, database: Database, brand: Brand
    ) -> None:
        with database.transaction() as session:
            make_post(session, brand.page, START, body="The lamp is back.")
            make_post(session, make_page(session), START, body="Unfollowed pots.")
        browser = app.test_client()
        sign_in(browser, brand.follower)
        text = browser.get("/en/").text
        assert "The lamp is back." in text
        assert "Unfollowed pots." not in text


@pytest.mark.usefixtures("brand")
class TestShop:
    def test_buys_a_single_variant_from_its_card(self, client: FlaskClient, brand: Brand) -> None:
        text = client.get("/en/p/lumen/shop").text
        assert 'action="/en/p/lumen/purchases"' in text
        assert f'name="variant_id" value="{brand.lamp.variants[0].id}"' in text
        assert f'value="{brand.shirt.variants[1].id}"' not in text
        assert f'value="{brand.sold_out_vase.variants[0].id}"' not in text

    def test_says_what_is_scarce_and_what_is_gone(self, client: FlaskClient) -> None:
        text = client.get("/en/p/lumen/shop").text
        assert "Only 2 left" in text
        assert text.count("Sold out") == 1

    def test_leaves_nothing_of_another_page_in_a_collection_or_search(
        self, client: FlaskClient, database: Database
    ) -> None:
        with database.transaction() as session:
            make_product(session, make_page(session, slug="other"), title="Other lamp", slug="other-lamp")
        assert "Other lamp" not in client.get("/en/p/lumen/shop?q=lamp").text
        assert "Opal lamp" in client.get("/en/p/lumen/collections/lamps").text
        assert client.get("/en/p/other/collections/lamps").status_code == 404
        assert client.get("/en/p/lumen/shop/other-lamp").status_code == 404

    def test_asks_what_was_meant(self, client: FlaskClient) -> None:
        text = client.get("/en/p/lumen/shop?q=shrit").text
        assert "Did you mean:" in text
        assert 'href="/en/p/lumen/shop?q=shirt"' in text

    @pytest.mark.parametrize("query", ["%00", "<script>alert(1)</script>", "l'été", "C++", "a" * 500, "🪔"])
    def test_takes_any_query(self, client: FlaskClient, query: str) -> None:
        answer = client.get("/en/p/lumen/shop", query_string={"q": query})
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text

    def test_goes_on_where_the_list_broke_off(
        self, client: FlaskClient, database: Database, brand: Brand
    ) -> None:
        with database.transaction() as session:
            for number in range(40):
                make_product(session, brand.page, title=f"Cup {number:02}", slug=f"cup-{number:02}")
        first = client.get("/en/p/lumen/shop?sort=title").text
        following = re.search(r'rel="next" href="([^"]+)"', first)
        assert following is not None
        second = client.get(following[1].replace("&amp;", "&")).text
        shown = re.findall(r'product-card__link" href="/en/p/lumen/shop/([^"]+)"', first + second)
        assert len(shown) == len(set(shown)) == 43

    def test_refuses_a_cursor_that_it_did_not_make(self, client: FlaskClient) -> None:
        assert client.get("/en/p/lumen/shop?cursor=nonsense").status_code == 400


@pytest.mark.usefixtures("brand")
class TestProduct:
    def test_offers_what_is_left_and_no_sold_out_variant(self, client: FlaskClient, brand: Brand) -> None:
        text = client.get("/en/p/lumen/shop/shirt").text
        gone, left = (_radio(text, variant.id) for variant in brand.shirt.variants)
        assert " disabled" in gone
        assert " checked" not in gone
        assert " checked" in left
        assert " disabled" not in left

    def test_chooses_the_variant_of_its_address_if_it_can_be_bought(
        self, client: FlaskClient, brand: Brand
    ) -> None:
        gone, left = brand.shirt.variants
        assert " checked" in _radio(client.get(f"/en/p/lumen/shop/shirt?variant={left.id}").text, left.id)
        assert " checked" not in _radio(client.get(f"/en/p/lumen/shop/shirt?variant={gone.id}").text, gone.id)

    def test_cannot_be_bought_when_all_is_gone(self, client: FlaskClient) -> None:
        text = client.get("/en/p/lumen/shop/vase").text
        assert "Buy now" not in text
        assert "Sold out" in text

    def test_tells_machines_what_it_costs(self, client: FlaskClient) -> None:
        text = client.get("/en/p/lumen/shop/shirt").text
        data = json.loads(
            re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)[0]
        )
        assert data["name"] == "Striped shirt"
        assert [
            (offer["price"], offer["availability"].rsplit("/", 1)[1]) for offer in data["offers"]["offers"]
        ] == [
            ("30.00", "OutOfStock"),
            ("35.00", "InStock"),
        ]
        assert '<link rel="canonical" href="http://localhost/en/p/lumen/shop/shirt">' in text

    @pytest.mark.parametrize("status", [ProductStatus.DRAFT, ProductStatus.ARCHIVED])
    def test_is_seen_only_when_published(
        self, client: FlaskClient, database: Database, brand: Brand, status: ProductStatus
    ) -> None:
        with database.transaction() as session:
            make_product(session, brand.page, title="Secret", slug="secret", status=status)
        assert client.get("/en/p/lumen/shop/secret").status_code == 404
        assert "Secret" not in client.get("/en/p/lumen/shop").text


@pytest.mark.usefixtures("brand")
class TestEveryPage:
    @pytest.mark.parametrize(
        "path", ["/", "/p/lumen", "/p/lumen/shop", "/p/lumen/shop/shirt", "/p/lumen/about", "/p/none"]
    )
    @pytest.mark.parametrize("language", ["en", "fr"])
    def test_has_no_inline_script_or_style(self, client: FlaskClient, language: str, path: str) -> None:
        text = client.get(f"/{language}{path}").text
        assert f'<html lang="{language}">' in text
        assert not re.findall(
            r"\son\w+=|\sstyle=|<style|<script(?! src=| type=\"application/ld\+json\")", text
        )
        assert text.count("<h1") == 1

    def test_is_named_in_the_other_language(self, client: FlaskClient) -> None:
        text = client.get("/en/p/lumen/shop?sort=price").text
        assert '<link rel="alternate" hreflang="fr" href="http://localhost/fr/p/lumen/shop">' in text

    @pytest.mark.parametrize(
        "path",
        ["/p/none", "/p/none/shop", "/p/none/about", "/p/lumen/shop/none", "/p/lumen/collections/none"],
    )
    def test_that_is_not_there_says_so_in_the_pages_style(self, client: FlaskClient, path: str) -> None:
        answer = client.get(f"/fr{path}")
        assert answer.status_code == 404
        assert answer.headers["Cache-Control"] == "no-store"
        assert "site-header" in answer.text


def _radio(text: str, variant_id: int) -> str:
    found = re.search(rf'<input type="radio" name="variant_id" value="{variant_id}"[^>]*>', text)
    assert found is not None
    return found[0]
