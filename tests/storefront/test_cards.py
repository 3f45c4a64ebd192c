"""Cards are kept by all that they show; a page asked for twice is packed tighter."""

import gzip
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shop.catalog.queries import ProductCard
from shop.storefront.caching import shelves
from shop.storefront.cards import product_card

HOME = "/en/p/lumen"
LAMP = ProductCard(
    id=7,
    slug="lamp",
    title="Lamp",
    translations={"fr": {"title": "Lampe"}},
    price_from_amount=4900,
    price_to_amount=4900,
    compare_at_amount=None,
    picture=None,
    alt="",
    is_available=True,
    stock_left=None,
    single_variant_id=9,
)


class TestProductCard:
    def test_is_made_once(self, app: Flask) -> None:
        with app.test_request_context(HOME):
            assert product_card(LAMP, HOME, "EUR") is product_card(replace(LAMP), HOME, "EUR")

    @pytest.mark.parametrize(
        ("change", "text"),
        [
            ({"title": "Reading lamp"}, "Reading lamp"),
            ({"price_from_amount": 3900, "price_to_amount": 3900}, "€39.00"),
            ({"stock_left": 2}, "Only 2 left"),
            ({"is_available": False}, "Sold out"),
            ({"single_variant_id": None}, "Choose"),
        ],
    )
    def test_shows_every_change(self, app: Flask, change: dict[str, object], text: str) -> None:
        with app.test_request_context(HOME):
            assert text not in product_card(LAMP, HOME, "EUR")
            assert text in product_card(replace(LAMP, **change), HOME, "EUR")

    def test_speaks_the_language_of_the_page(self, app: Flask) -> None:
        with app.test_request_context(HOME):
            product_card(LAMP, HOME, "EUR")
        with app.test_request_context("/fr/p/lumen"):
            assert "Lampe" in product_card(LAMP, "/fr/p/lumen", "EUR")

    def test_escapes_what_a_merchant_wrote(self, app: Flask) -> None:
        with app.test_request_context(HOME):
            assert "<script>" not in product_card(replace(LAMP, title="<script>"), HOME, "EUR")


@pytest.mark.usefixtures("brand")
class TestKeptPage:
    def test_is_packed_tighter_when_it_is_asked_for_again(self, app: Flask, client: FlaskClient) -> None:
        first, second, third = (
            client.get("/en/p/lumen/shop", headers={"Accept-Encoding": "gzip"}) for _ in range(3)
        )
        assert len(second.data) < len(first.data)
        assert second.data == third.data
        assert gzip.decompress(first.data) == gzip.decompress(second.data)
        assert first.headers["ETag"] == second.headers["ETag"]
        with app.app_context():
            assert len(shelves().pages) == 1

    def test_reaches_browsers_that_do_not_unpack(self, client: FlaskClient) -> None:
        packed = client.get("/en/p/lumen/shop", headers={"Accept-Encoding": "gzip"})
        plain = client.get("/en/p/lumen/shop", headers={"Accept-Encoding": "identity"})
        assert plain.data == gzip.decompress(packed.data)
