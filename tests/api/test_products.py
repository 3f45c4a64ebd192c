"""Products as JSON."""

import pytest

from shop.catalog.models import Collection, CollectionProduct, Product, ProductPicture, ProductStatus, Variant
from shop.core.db import Database
from shop.page.queries import get_page
from shop.page.service import raise_version
from tests.api.support import ApiClient, Shelf
from tests.factories import START, make_product
from tests.support.statements import count_statements

PICTURE = {
    "key": "pictures/ab/abc",
    "width": 900,
    "height": 600,
    "widths": [320, 640],
    "formats": ["webp", "jpg"],
    "color": "#eeddcc",
}


def slugs(api: ApiClient, query: str) -> list[str]:
    """Return the slugs of the products that a query finds."""
    answer = api("GET", f"/pages/lumen/products?{query}")
    assert answer.status_code == 200, answer.get_json()
    return [product["slug"] for product in answer.get_json()["data"]]


class TestListProducts:
    def test_shows_prices_stock_and_picture(self, database: Database, api: ApiClient, shelf: Shelf) -> None:
        with database.transaction() as session:
            picture = ProductPicture(
                product_id=shelf.lamp,
                position=1,
                alt="A lamp",
                picture=PICTURE,
                source_url=None,
                created_at=START,
            )
            session.add(picture)
        (card,) = api("GET", "/pages/lumen/products").get_json()["data"]
        assert (card["price_from"], card["price_to"], card["compare_at"]) == (8900, 12900, None)
        assert (card["currency"], card["in_stock"], card["variant_id"]) == ("EUR", True, None)
        assert card["picture"]["url"] == "http://localhost/media/pictures/ab/abc-640.jpg"
        assert [source["type"] for source in card["picture"]["sources"]] == ["image/webp", "image/jpeg"]
        assert card["picture"]["alt"] == "A lamp"

    def test_finds_by_words_collection_price_and_stock(
        self, database: Database, api: ApiClient, shelf: Shelf
    ) -> None:
        with database.transaction() as session:
            page = get_page(session, "lumen")
            rug = make_product(session, page, title="Wool rug", slug="rug", variants=[(40000, 0)])
            shelf_of_rugs = Collection(
                page_id=page.id, slug="rugs", title="Rugs", position=1, created_at=START
            )
            session.add(shelf_of_rugs)
            session.flush()
            session.add(CollectionProduct(collection_id=shelf_of_rugs.id, product_id=rug.id, position=1))
        assert slugs(api, "q=lamp") == ["lamp"]
        assert slugs(api, "q=c%2B%2B%20%22") == []
        assert slugs(api, "collection=rugs") == ["rug"]
        assert slugs(api, "min_price=13000") == ["rug"]
        assert slugs(api, "max_price=9000") == ["lamp"]
        assert slugs(api, "in_stock=true") == ["lamp"]
        assert slugs(api, "in_stock=false") == ["rug"]
        assert slugs(api, "sort=-price") == ["rug", "lamp"]

    def test_walks_through_them_with_a_cursor(self, database: Database, api: ApiClient, shelf: Shelf) -> None:
        with database.transaction() as session:
            page = get_page(session, "lumen")
            for number in range(4):
                make_product(session, page, slug=f"mug-{number}", title=f"Mug {number}")
        first = api("GET", "/pages/lumen/products?sort=title&limit=3").get_json()
        rest = api(
            "GET", f"/pages/lumen/products?sort=title&limit=3&cursor={first['next_cursor']}"
        ).get_json()
        assert [card["slug"] for card in first["data"] + rest["data"]] == [
            "lamp", "mug-0", "mug-1", "mug-2", "mug-3",
        ]  # fmt: skip
        assert rest["next_cursor"] is None
        answer = api("GET", f"/pages/lumen/products?sort=price&cursor={first['next_cursor']}")
        assert (answer.status_code, answer.get_json()["code"]) == (400, "bad_cursor")

    def test_hides_drafts_and_what_other_pages_sell(
        self, database: Database, api: ApiClient, shelf: Shelf
    ) -> None:
        with database.transaction() as session:
            make_product(session, get_page(session, "lumen"), slug="secret", status=ProductStatus.DRAFT)
        assert slugs(api, "") == ["lamp"]

    @pytest.mark.parametrize(
        ("query", "parameter"),
        [
            ("limit=101", "limit"),
            ("limit=1.5", "limit"),
            ("min_price=-1", "min_price"),
            ("max_price=1e3", "max_price"),
            ("max_price=999999999999999999999999", "max_price"),
            ("in_stock=maybe", "in_stock"),
            ("sort=random", "sort"),
            ("q=a%00b", "q"),
            (f"q={'x' * 201}", "q"),
            ("colour=red", "colour"),
        ],
    )
    def test_names_the_parameter_that_is_wrong(
        self, api: ApiClient, shelf: Shelf, query: str, parameter: str
    ) -> None:
        answer = api("GET", f"/pages/lumen/products?{query}")
        assert answer.status_code == 422
        assert [error["parameter"] for error in answer.get_json()["errors"]] == [parameter]

    def test_has_none_for_an_unknown_page_or_collection(self, api: ApiClient, shelf: Shelf) -> None:
        assert api("GET", "/pages/nobody/products").status_code == 404
        assert api("GET", "/pages/lumen/products?collection=nothing").status_code == 404

    def test_costs_as_many_statements_for_a_hundred_products_as_for_one(
        self, database: Database, api: ApiClient, shelf: Shelf
    ) -> None:
        with count_statements(database.engine) as for_one:
            api("GET", "/pages/lumen/products?limit=100")
        with database.transaction() as session:
            page = get_page(session, "lumen")
            for number in range(100):
                make_product(session, page, slug=f"mug-{number}", variants=[(100, 1), (200, 2)])
        with count_statements(database.engine) as for_many:
            api("GET", "/pages/lumen/products?limit=100")
        assert len(for_many) == len(for_one) == 4

    def test_answers_304_after_two_statements(self, database: Database, api: ApiClient, shelf: Shelf) -> None:
        tag = api("GET", "/pages/lumen/products").headers["ETag"]
        with count_statements(database.engine) as sent:
            answer = api("GET", "/pages/lumen/products", headers={"If-None-Match": tag})
        assert (answer.status_code, len(sent)) == (304, 2)
        assert api("GET", "/pages/lumen/products?limit=5", headers={"If-None-Match": tag}).status_code == 200


class TestShowProduct:
    def test_shows_variants_with_their_stock(self, api: ApiClient, shelf: Shelf) -> None:
        product = api("GET", "/pages/lumen/products/lamp").get_json()
        assert product["options"] == [{"name": "Size", "values": ["Size 1", "Size 2"]}]
        small, large = product["variants"]
        assert (small["id"], small["price"], small["stock"], small["currency"]) == (
            shelf.small,
            8900,
            3,
            "EUR",
        )
        assert (large["stock"], large["in_stock"]) == (None, True)

    def test_speaks_the_callers_language_and_escapes_nothing_twice(
        self, database: Database, api: ApiClient, shelf: Shelf
    ) -> None:
        with database.transaction() as session:
            product = session.get_one(Product, shelf.lamp)
            product.translations = {
                "fr": {"title": "Lampe", "options": {"Size": "Taille", "Size 1": "Petite"}}
            }
        french = api("GET", "/pages/lumen/products/lamp", headers={"Accept-Language": "fr"}).get_json()
        assert french["title"] == "Lampe"
        assert french["options"] == [{"name": "Taille", "values": ["Petite", "Size 2"]}]
        assert [variant["title"] for variant in french["variants"]] == ["Petite", "Size 2"]
        assert french["url"] == "http://localhost/fr/p/lumen/shop/lamp"

    def test_shows_a_sale_at_once(self, database: Database, api: ApiClient, shelf: Shelf) -> None:
        tag = api("GET", "/pages/lumen/products/lamp").headers["ETag"]
        with database.transaction() as session:
            session.get_one(Variant, shelf.small).stock = 0
            raise_version(session, get_page(session, "lumen").id)
        answer = api("GET", "/pages/lumen/products/lamp", headers={"If-None-Match": tag})
        assert (answer.status_code, answer.get_json()["variants"][0]["stock"]) == (200, 0)

    def test_has_none_for_drafts_other_pages_and_odd_names(
        self, database: Database, api: ApiClient, shelf: Shelf
    ) -> None:
        with database.transaction() as session:
            make_product(session, get_page(session, "lumen"), slug="secret", status=ProductStatus.DRAFT)
        for path in (
            "lumen/products/secret",
            "lumen/products/mug",
            "brume/products/lamp",
            "lumen/products/a%00",
        ):
            assert api("GET", f"/pages/{path}").status_code == 404

    def test_costs_five_statements(self, database: Database, api: ApiClient, shelf: Shelf) -> None:
        with count_statements(database.engine) as sent:
            api("GET", "/pages/lumen/products/lamp")
        assert len(sent) == 5
