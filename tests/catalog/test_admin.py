"""The admin's products and collections, as a browser without JavaScript uses them."""

import html
import io
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from shop.catalog.models import Collection, Product, ProductStatus, Variant
from shop.catalog.queries import get_product, list_collection_products
from shop.core.db import Database
from shop.core.files import FileStore
from shop.page.models import Page, Role
from shop.web.context import Runtime
from tests.factories import make_account, make_page, make_product, make_staff
from tests.support.fields import Fields
from tests.support.statements import count_statements
from tests.support.visitors import sign_in


def picture_file(name: str = "mug.png", color: str = "teal") -> tuple[io.BytesIO, str]:
    content = io.BytesIO()
    Image.new("RGB", (200, 200), color).save(content, "PNG")
    content.seek(0)
    return content, name


class Shop:
    """A page whose owner is signed in."""

    def __init__(self, client: FlaskClient, database: Database, page: Page) -> None:
        self.client = client
        self.database = database
        self.page = page
        self.root = f"/en/manage/{page.slug}"

    def form(self, path: str) -> Fields:
        response = self.client.get(f"{self.root}{path}")
        assert response.status_code == 200
        return Fields(response.text)

    def post(self, path: str, data: dict[str, Any]) -> TestResponse:
        return self.client.post(f"{self.root}{path}", data=data, content_type="multipart/form-data")

    def product(self, slug: str) -> Product:
        with self.database.reading() as session:
            return get_product(session, page_id=self.page.id, slug=slug, published_only=False)


@pytest.fixture
def shop(client: FlaskClient, database: Database) -> Shop:
    with database.transaction() as session:
        owner = make_account(session)
        page = make_page(session, owner=owner)
    sign_in(client, owner)
    return Shop(client, database, page)


MUG = {"title": "Mug", "variant-0-price": "12.00", "variant-0-stock": "5", "action": "save"}


class TestCreateProduct:
    def test_a_plain_product_needs_a_name_and_a_price(self, shop: Shop) -> None:
        response = shop.post("/products", MUG)

        product = shop.product("mug")
        assert response.status_code == 303
        assert response.location.endswith(f"/products/{product.id}")
        assert (product.status, product.price_from_amount) == (ProductStatus.DRAFT, 1200)
        assert (product.variants[0].stock, product.variants[0].option_values) == (5, [])

    def test_may_be_published_at_once(self, shop: Shop) -> None:
        shop.post("/products", {**MUG, "action": "publish"})

        assert shop.product("mug").status is ProductStatus.PUBLISHED

    def test_prices_are_read_in_the_language_of_the_page(self, shop: Shop) -> None:
        data = {**MUG, "variant-0-price": "1 234,50", "variant-0-compare_at": "1 400,00 €"}
        response = shop.client.post(f"/fr/manage/{shop.page.slug}/products", data=data)

        assert response.status_code == 303
        variant = shop.product("mug").variants[0]
        assert (variant.price_amount, variant.compare_at_amount) == (123450, 140000)

    def test_all_that_was_typed_survives_an_error(self, shop: Shop) -> None:
        typed = {
            "title": "",
            "description": "Round & <b>blue</b>\n\nTwo",
            "slug": "My Mug",
            "variant-0-price": "twelve",
            "variant-0-compare_at": "3",
            "variant-0-sku": 'A"1',
            "variant-0-barcode": "123",
            "variant-0-stock": "-4x",
            "variant-0-weight": "200",
            "other_title": "Tasse",
            "other_description": "Ronde",
        }

        response = shop.post("/products", {**typed, "action": "save"})

        assert response.status_code == 422
        fields = Fields(response.text)
        for name, value in typed.items():
            assert fields.get(name) == value, name
        for name in ("variant-0-price", "variant-0-stock", "variant-0-barcode"):
            assert fields.described[name] == f"{name}-errors"
            assert f'id="{name}-errors"' in response.text
        assert "Give the product a name." in response.text
        assert "The compare-at price must be above" not in response.text

    @pytest.mark.parametrize(
        ("name", "text", "sentence"),
        [
            ("title", " ", "Give the product a name."),
            ("slug", "My Mug", "Use only a to z, 0 to 9 and hyphens."),
            ("variant-0-price", "", "Enter a price."),
            ("variant-0-price", "1.234", "This price has more decimals than EUR allows."),
            ("variant-0-compare_at", "12", "The compare-at price must be above the price."),
            ("variant-0-barcode", "4006381333932", "This is not a valid GTIN"),
            ("variant-0-stock", "1.5", "Enter a whole number."),
            ("variant-0-stock", "-1", "Enter a stock of 0 or more."),
        ],
    )
    def test_an_error_stands_at_its_field(self, shop: Shop, name: str, text: str, sentence: str) -> None:
        response = shop.post("/products", {**MUG, name: text})

        assert response.status_code == 422
        described = Fields(response.text).described[name].split()[-1]
        below = response.text.split(f'id="{described}"')[1].split("</div>")[0]
        assert sentence in below

    def test_options_grow_the_grid_and_keep_what_was_typed(self, shop: Shop) -> None:
        asked = shop.post(
            "/products", {**MUG, "option-0-name": "Size", "option-0-values": "S, M", "action": "variants"}
        )
        assert asked.status_code == 200
        fields = Fields(asked.text)
        assert [
            value for name, value in fields.pairs if name.startswith("variant-") and name.endswith("-value")
        ] == ["S", "M"]
        assert (fields.get("variant-0-price"), fields.get("variant-1-price")) == ("12.00", "12.00")
        assert (fields.get("variant-0-stock"), fields.get("variant-1-stock")) == ("5", "0")

        saved = shop.post(
            "/products", fields.send({"variant-1-price": "14", "variant-1-stock": "2", "action": "save"})
        )

        assert saved.status_code == 303
        assert [(v.option_values, v.price_amount, v.stock) for v in shop.product("mug").variants] == [
            (["S"], 1200, 5),
            (["M"], 1400, 2),
        ]

    def test_options_without_their_grid_are_not_saved_unseen(self, shop: Shop) -> None:
        response = shop.post("/products", {**MUG, "option-0-name": "Size", "option-0-values": "S, M"})

        assert response.status_code == 422
        assert "The variants now follow your options" in response.text
        assert shop.post("/products", Fields(response.text).send({"action": "save"})).status_code == 303

    def test_untick_what_is_not_offered(self, shop: Shop) -> None:
        options = {
            "option-0-name": "Size",
            "option-0-values": "S, M",
            "option-1-name": "Colour",
            "option-1-values": "Blue, Red",
        }
        fields = Fields(shop.post("/products", {**MUG, **options, "action": "variants"}).text)

        shop.post("/products", fields.send({"variant-2-offered": None, "action": "save"}))

        product = shop.product("mug")
        assert [v.option_values for v in product.variants] == [["S", "Blue"], ["S", "Red"], ["M", "Red"]]
        again = shop.form(f"/products/{product.id}")
        assert ("variant-3-offered", "1") not in again.pairs
        assert [value for name, value in again.pairs if name == "variant-3-value"] == ["M", "Blue"]

    @pytest.mark.parametrize(
        ("options", "sentence"),
        [
            ({"option-0-name": "Size", "option-0-values": ""}, "Give each option at least one value."),
            ({"option-0-name": "", "option-0-values": "S, M"}, "Give each option a name."),
            (
                {"option-0-name": "A", "option-0-values": "x", "option-1-name": "A", "option-1-values": "y"},
                "Two options have the same name.",
            ),
            (
                {
                    "option-0-name": "A",
                    "option-0-values": ",".join(map(str, range(20))),
                    "option-1-name": "B",
                    "option-1-values": ",".join(map(str, range(20))),
                },
                "These options make 400 variants; a product has at most 250.",
            ),
        ],
    )
    def test_options_that_cannot_be_are_told(
        self, shop: Shop, options: dict[str, str], sentence: str
    ) -> None:
        response = shop.post("/products", {**MUG, **options})

        assert response.status_code == 422
        assert sentence in response.text

    def test_two_hundred_and_fifty_variants_fit_into_the_form(self, shop: Shop) -> None:
        options = {
            "option-0-name": "A",
            "option-0-values": ",".join(map(str, range(25))),
            "option-1-name": "B",
            "option-1-values": ",".join(map(str, range(10))),
        }
        fields = Fields(shop.post("/products", {**MUG, **options, "action": "variants"}).text)

        assert shop.post("/products", fields.send({"action": "save"})).status_code == 303
        assert len(shop.product("mug").variants) == 250

    def test_translations_and_colours_are_kept(self, shop: Shop) -> None:
        options = {"option-0-name": "Colour", "option-0-values": "Night, pale; Red"}
        fields = Fields(shop.post("/products", {**MUG, **options, "action": "variants"}).text)
        data = fields.send(
            {
                "other_title": "Tasse",
                "option-0-other_name": "Couleur",
                "option-0-other_values": "Nuit pâle; Rouge",
                "option-0-has_swatches": "1",
                "option-0-swatch": ["#112233", "#AA0000"],
                "action": "save",
            }
        )

        assert shop.post("/products", data).status_code == 303

        product = shop.product("mug")
        assert product.translations["fr"] == {
            "title": "Tasse",
            "options": {"Colour": "Couleur", "Night, pale": "Nuit pâle", "Red": "Rouge"},
        }
        assert product.swatches == {"Night, pale": "#112233", "Red": "#aa0000"}
        again = shop.form(f"/products/{product.id}")
        assert again.get("option-0-values") == "Night, pale; Red"
        assert again.get("option-0-other_values") == "Nuit pâle, Rouge"
        assert [value for name, value in again.pairs if name == "option-0-swatch"] == ["#112233", "#aa0000"]

    def test_translated_values_must_be_as_many(self, shop: Shop) -> None:
        fields = Fields(
            shop.post(
                "/products", {**MUG, "option-0-name": "C", "option-0-values": "a, b", "action": "variants"}
            ).text
        )

        response = shop.post("/products", fields.send({"option-0-other_values": "x", "action": "save"}))

        assert response.status_code == 422
        assert "Give as many translated values" in response.text


class TestPictures:
    def test_are_stored_and_shown(self, shop: Shop, runtime: Runtime) -> None:
        shop.post("/products", {**MUG, "uploads": [picture_file(), picture_file("b.png", "red")]})

        product = shop.product("mug")
        assert len(product.pictures) == 2
        key = product.pictures[0].picture["key"]
        assert FileStore(runtime.settings.media_dir).exists(f"{key}-160.webp")
        assert key in shop.client.get(f"{shop.root}/products/{product.id}").text

    def test_a_refused_one_is_told_and_the_others_are_kept(self, shop: Shop) -> None:
        data = {
            **MUG,
            "uploads": [
                picture_file(),
                (io.BytesIO(b"<svg/>"), "logo.svg"),
                (io.BytesIO(b"MZ"), "photo.jpg"),
            ],
        }

        response = shop.post("/products", data)

        assert response.status_code == 422
        assert "logo.svg: SVG drawings are not accepted" in response.text
        assert "photo.jpg: This file is not a JPEG" in response.text
        fields = Fields(response.text)
        assert (fields.get("title"), fields.get("variant-0-price")) == ("Mug", "12.00")
        assert (
            shop.post("/products", fields.send({"picture-0-alt": "A mug", "action": "save"})).status_code
            == 303
        )
        assert [picture.alt for picture in shop.product("mug").pictures] == ["A mug"]

    def test_are_described_ordered_and_removed(self, shop: Shop) -> None:
        uploads = [picture_file(color=color) for color in ("red", "green", "blue")]
        shop.post("/products", {**MUG, "uploads": uploads})
        product = shop.product("mug")
        red, green, blue = (picture.id for picture in product.pictures)
        path = f"/products/{product.id}"
        fields = shop.form(path)

        shop.post(
            path,
            fields.send(
                {
                    "picture-0-position": "9",
                    "picture-1-removed": "1",
                    "picture-2-position": "1",
                    "picture-2-alt": "Blue",
                    "picture-2-other_alt": "Bleu",
                    "action": "save",
                }
            ),
        )

        pictures = shop.product("mug").pictures
        assert [picture.id for picture in pictures] == [blue, red]
        assert (pictures[0].alt, pictures[0].translations) == ("Blue", {"fr": {"alt": "Bleu"}})
        assert green not in [picture.id for picture in pictures]

    def test_a_reference_of_another_page_is_not_taken(self, shop: Shop, runtime: Runtime) -> None:
        foreign = runtime.signer.sign("product-picture", [shop.page.id + 1, {"key": "x"}])
        for reference in (foreign, "forged", "id:1"):
            shop.post("/products", {**MUG, "picture-0-ref": reference})

        assert shop.product("mug").pictures == []

    def test_those_that_arrived_meanwhile_stay(self, shop: Shop) -> None:
        shop.post("/products", MUG)
        product = shop.product("mug")
        fields = shop.form(f"/products/{product.id}")
        shop.post(f"/products/{product.id}", fields.send({"uploads": [picture_file()], "action": "save"}))

        shop.post(f"/products/{product.id}", fields.send({"version": "2", "title": "Cup", "action": "save"}))

        assert len(shop.product("mug").pictures) == 1


class TestUpdateProduct:
    @pytest.fixture
    def mug(self, shop: Shop) -> Product:
        shop.post("/products", {**MUG, "action": "publish"})
        return shop.product("mug")

    def test_saving_an_untouched_form_changes_nothing(self, shop: Shop, mug: Product) -> None:
        fields = shop.form(f"/products/{mug.id}")

        response = shop.post(f"/products/{mug.id}", fields.send({"action": "save"}))

        assert response.status_code == 303
        assert shop.product("mug").version == mug.version
        assert "Nothing had changed." in shop.client.get(response.location).text

    def test_an_older_form_is_told_and_may_be_sent_again(self, shop: Shop, mug: Product) -> None:
        fields = shop.form(f"/products/{mug.id}")
        shop.post(f"/products/{mug.id}", fields.send({"title": "Cup", "action": "save"}))

        conflict = shop.post(f"/products/{mug.id}", fields.send({"title": "Bowl", "action": "save"}))

        assert conflict.status_code == 422
        assert "Somebody else has changed this product" in conflict.text
        assert shop.product("mug").title == "Cup"
        shop.post(f"/products/{mug.id}", Fields(conflict.text).send({"action": "save"}))
        assert shop.product("mug").title == "Bowl"

    def test_a_form_from_before_a_sale_does_not_undo_it(self, shop: Shop, mug: Product) -> None:
        fields = shop.form(f"/products/{mug.id}")
        with shop.database.transaction() as session:
            session.execute(update(Variant).values(stock=4))

        shop.post(f"/products/{mug.id}", fields.send({"title": "Cup", "action": "save"}))
        assert (shop.product("mug").title, shop.product("mug").variants[0].stock) == ("Cup", 4)

        typed = fields.send({"version": "2", "variant-0-stock": "50", "action": "save"})
        conflict = shop.post(f"/products/{mug.id}", typed)

        assert conflict.status_code == 422
        assert "It is 4 now: something was sold meanwhile." in conflict.text
        assert Fields(conflict.text).get("variant-0-stock") == "50"
        assert shop.product("mug").variants[0].stock == 4
        shop.post(f"/products/{mug.id}", Fields(conflict.text).send({"action": "save"}))
        assert shop.product("mug").variants[0].stock == 50

    def test_a_taken_address_is_told_at_its_field(self, shop: Shop, mug: Product) -> None:
        shop.post("/products", {**MUG, "title": "Bowl"})
        fields = shop.form(f"/products/{mug.id}")

        response = shop.post(f"/products/{mug.id}", fields.send({"slug": "bowl", "action": "save"}))

        assert response.status_code == 422
        assert "field-slug-errors" in Fields(response.text).described["slug"]

    def test_it_moves_between_draft_shop_and_archive(self, shop: Shop, mug: Product) -> None:
        for noun, status in (("archive", "archived"), ("withdrawal", "draft"), ("publication", "published")):
            response = shop.post(f"/products/{mug.id}/{noun}", {})
            assert response.status_code == 303
            assert shop.product("mug").status == status

    def test_it_shows_variants_by_their_picture(self, shop: Shop, mug: Product) -> None:
        path = f"/products/{mug.id}"
        shop.post(path, shop.form(path).send({"uploads": [picture_file()], "action": "save"}))
        key = shop.product("mug").pictures[0].picture["key"]
        fields = Fields(
            shop.post(
                path,
                shop.form(path).send({"option-0-name": "S", "option-0-values": "a,b", "action": "variants"}),
            ).text
        )

        shop.post(path, fields.send({"variant-1-picture": key, "action": "save"}))

        product = shop.product("mug")
        assert [v.picture_id for v in product.variants] == [None, product.pictures[0].id]
        assert product.variants[0].id == mug.variants[0].id

    def test_joins_collections(self, shop: Shop, mug: Product) -> None:
        shop.post("/collections", {"title": "Table"})
        with shop.database.reading() as session:
            collection_id = session.scalars(select(Collection.id)).one()
        path = f"/products/{mug.id}"

        shop.post(
            path, shop.form(path).send({"collection": [str(collection_id), "999", "x"], "action": "save"})
        )

        assert ("collection", str(collection_id)) in shop.form(path).pairs


class TestListProducts:
    def test_invites_to_list_the_first(self, shop: Shop) -> None:
        assert "Your shop is still empty" in shop.client.get(f"{shop.root}/products").text

    def test_searches_and_filters(self, shop: Shop) -> None:
        with shop.database.transaction() as session:
            page = session.merge(shop.page, load=True)
            make_product(session, page, title="Blue lamp")
            make_product(session, page, title="Red lamp", status=ProductStatus.DRAFT)
            make_product(session, page, title="Bowl", variants=[(100, 0)])
        rows = r'product-link__title clamp-2">([^<]+)<'

        def titles(query: str) -> set[str]:
            return set(re.findall(rows, shop.client.get(f"{shop.root}/products{query}").text))

        assert titles("") == {"Blue lamp", "Red lamp", "Bowl"}
        assert titles("?q=lamp") == {"Blue lamp", "Red lamp"}
        assert titles("?q=lamp&status=draft") == {"Red lamp"}
        assert titles("?status=nonsense&page=0") == {"Blue lamp", "Red lamp", "Bowl"}
        assert titles("?q=%22%2A") == set()

    def test_its_statements_do_not_grow_with_what_is_shown(self, shop: Shop) -> None:
        def statements() -> int:
            with count_statements(shop.database.engine) as sent:
                assert shop.client.get(f"{shop.root}/products").status_code == 200
            return len(sent)

        with shop.database.transaction() as session:
            make_product(session, session.merge(shop.page))
        few = statements()
        with shop.database.transaction() as session:
            for _ in range(12):
                make_product(session, session.merge(shop.page), variants=[(1, 1), (2, 2)])
        assert statements() == few

    def test_pages_through_many(self, shop: Shop) -> None:
        with shop.database.transaction() as session:
            page = session.merge(shop.page)
            for _ in range(51):
                make_product(session, page)
        first = shop.client.get(f"{shop.root}/products").text
        next_url = re.search(r'rel="next" href="([^"]+)"', first)
        assert next_url is not None
        second = shop.client.get(html.unescape(next_url[1])).text
        previous_url = re.search(r'rel="prev" href="([^"]+)"', second)
        assert previous_url is not None
        assert shop.client.get(html.unescape(previous_url[1])).text.count("product-link__title") == 50

        assert (first.count("product-link__title"), second.count("product-link__title")) == (50, 1)
        assert 'rel="next"' in first
        assert 'rel="prev"' in second


class TestCollections:
    def test_are_made_changed_ordered_and_deleted(self, shop: Shop) -> None:
        with shop.database.transaction() as session:
            page = session.merge(shop.page)
            mug, bowl, cup = (make_product(session, page, title=title).id for title in ("Mug", "Bowl", "Cup"))
        assert shop.post("/collections", {"title": "Table", "other_title": "La table"}).status_code == 303
        assert shop.post("/collections", {"title": "Gifts"}).status_code == 303
        with shop.database.reading() as session:
            table, gifts = session.scalars(select(Collection).order_by(Collection.id)).all()
        assert (table.slug, table.translations) == ("table", {"fr": {"title": "La table"}})

        fields = shop.form(f"/collections/{table.id}")
        data = fields.send(
            {
                "product": [str(mug), str(bowl), str(cup)],
                f"place-{mug}": "2",
                f"place-{bowl}": "1",
                f"place-{cup}": "?",
            }
        )
        assert shop.post(f"/collections/{table.id}", data).status_code == 303
        with shop.database.reading() as session:
            assert list_collection_products(session, collection_id=table.id) == [bowl, mug, cup]

        shop.post("/collections/order", {str(table.id): "2", str(gifts.id): "1", "x": "y"})
        html = shop.client.get(f"{shop.root}/collections").text
        assert html.index("Gifts") < html.index("Table")
        assert shop.post(f"/collections/{table.id}/deletion", {}).status_code == 303
        assert shop.client.get(f"{shop.root}/collections/{table.id}").status_code == 404

    def test_what_was_typed_survives_an_error(self, shop: Shop) -> None:
        with shop.database.transaction() as session:
            mug = make_product(session, session.merge(shop.page)).id

        response = shop.post(
            "/collections", {"title": "", "description": "All", "product": str(mug), f"place-{mug}": "7"}
        )

        assert response.status_code == 422
        fields = Fields(response.text)
        assert (fields.get("description"), fields.get(f"place-{mug}")) == ("All", "7")
        assert ("product", str(mug)) in fields.pairs

    def test_an_empty_list_says_what_they_are(self, shop: Shop) -> None:
        assert "No collections yet" in shop.client.get(f"{shop.root}/collections").text


class TestAccess:
    @pytest.mark.parametrize(
        ("role", "look", "change"),
        [(Role.MANAGER, 200, 303), (Role.FULFILMENT, 200, 403), (Role.ANALYST, 200, 403), (None, 404, 404)],
    )
    def test_roles(
        self, client: FlaskClient, database: Database, role: Role | None, look: int, change: int
    ) -> None:
        with database.transaction() as session:
            account = make_account(session)
            page, other = make_page(session), make_page(session)
            product = make_product(session, page)
            if role is not None:
                make_staff(session, page, account, role)
            make_staff(session, other, account, Role.OWNER)
        sign_in(client, account)
        root = f"/en/manage/{page.slug}"

        assert client.get(f"{root}/products").status_code == look
        assert client.get(f"{root}/products/{product.id}").status_code == look
        assert client.post(f"{root}/products", data=MUG).status_code == change
        assert client.post(f"{root}/products/{product.id}/archive").status_code == change
        assert client.get(f"/en/manage/{other.slug}/products/{product.id}").status_code == 404
        assert client.post(f"/en/manage/{other.slug}/products/{product.id}", data=MUG).status_code == 404

    def test_guests_are_sent_to_sign_in(self, client: FlaskClient, database: Database) -> None:
        with database.transaction() as session:
            page = make_page(session)

        response = client.get(f"/en/manage/{page.slug}/products")

        assert response.status_code == 302
        assert "next=" in response.location

    def test_a_role_that_may_only_look_gets_no_buttons(self, client: FlaskClient, database: Database) -> None:
        with database.transaction() as session:
            account = make_account(session)
            page = make_page(session)
            product = make_product(session, page)
            make_staff(session, page, account, Role.ANALYST)
        sign_in(client, account)

        html = client.get(f"/en/manage/{page.slug}/products/{product.id}").text

        assert "save-bar" not in html
        assert "disabled" in html
