"""The admin's rooms of the catalogue: two at one form, bulk edits, stock, archive, copies; without JavaScript."""

import html
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update
from werkzeug.test import TestResponse

from shop.accounts.models import Account
from shop.catalog.drafts import PictureDraft, ProductDraft, VariantDraft
from shop.catalog.history_models import BulkEdit, StockMovement
from shop.catalog.models import (
    Collection,
    CollectionProduct,
    Product,
    ProductPicture,
    ProductStatus,
    Variant,
)
from shop.catalog.search import MAX_MATCHES
from shop.catalog.service import (
    add_picture,
    create_collection,
    create_product,
    edit_collection,
    edit_product,
)
from shop.catalog.shelving import merge_members
from shop.catalog.stock import take_stock
from shop.core.db import Database
from shop.core.files import FileStore
from shop.page.models import AuditEntry, Page, Role
from shop.web.context import Runtime
from tests.catalog.test_admin import Fields
from tests.factories import SOLD, START, make_account, make_page, make_product, make_staff
from tests.support.statements import count_statements
from tests.support.visitors import sign_in

PICTURE = {
    "key": "pictures/aa/aa",
    "width": 160,
    "height": 160,
    "widths": [160],
    "formats": ["webp"],
    "color": "#fff",
}


class Rooms:
    """A page with two staff, the first of them at a browser, and a mug in two sizes."""

    def __init__(self, app: Flask, database: Database) -> None:
        self.app, self.database = app, database
        with database.transaction() as session:
            self.camille = make_account(session, name="Camille")
            self.noor = make_account(session, name="Noor")
            self.page: Page = make_page(session, owner=self.camille)
            make_staff(session, self.page, self.noor, Role.MANAGER)
            self.mug = create_product(
                session, page_id=self.page.id, draft=self.draft(), now=START, account_id=self.camille.id
            ).id
        self.client = self.browser(self.camille)
        self.root = f"/en/manage/{self.page.slug}"

    @staticmethod
    def draft() -> ProductDraft:
        return ProductDraft(
            title="Mug",
            slug="mug",
            description_html="Round.",
            vendor="Lumen",
            product_type="Cup",
            tags=("clay",),
            option_names=("Size",),
            variants=(
                VariantDraft(("S",), 1000, stock=5, sku="M-S"),
                VariantDraft(("L",), 1500, stock=2, sku="M-L"),
            ),
            status=ProductStatus.PUBLISHED,
            pictures=(PictureDraft(picture=PICTURE, alt="A mug"),),
        )

    def browser(self, account: Account) -> FlaskClient:
        client = self.app.test_client()
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        sign_in(client, account)
        return client

    def form(self, path: str = "") -> Fields:
        answer = self.client.get(f"{self.root}/products/{self.mug}{path}")
        assert answer.status_code == 200
        return Fields(answer.text)

    def product(self) -> Product:
        with self.database.reading() as session:
            return session.scalars(select(Product).where(Product.id == self.mug)).one()

    def variants(self) -> list[Variant]:
        with self.database.reading() as session:
            return list(
                session.scalars(select(Variant).where(Variant.product_id == self.mug).order_by(Variant.id))
            )

    def acts(self) -> list[AuditEntry]:
        with self.database.reading() as session:
            return list(session.scalars(select(AuditEntry).order_by(AuditEntry.id)))

    def noor_saves(self, **changes: object) -> None:
        """Let the colleague save the product's form with other values."""
        browser = self.browser(self.noor)
        fields = Fields(browser.get(f"{self.root}/products/{self.mug}").text)
        answer = browser.post(
            f"{self.root}/products/{self.mug}", data=fields.send({"action": "save", **changes})
        )
        assert answer.status_code == 303, answer.text

    def noor_saves_options(self, name: str, values: str) -> None:
        """Let the colleague give the mug's option another name and other values."""
        browser, path = self.browser(self.noor), f"{self.root}/products/{self.mug}"
        fields = Fields(browser.get(path).text)
        answer = browser.post(
            path, data=fields.send({"option-0-name": name, "option-0-values": values, "action": "save"})
        )
        assert answer.status_code == 422  # the grid follows the options first
        assert browser.post(path, data=Fields(answer.text).send({"action": "save"})).status_code == 303

    def add_picture(self, alt: str) -> None:
        with self.database.transaction() as session:
            add_picture(
                session, page_id=self.page.id, product_id=self.mug, picture={**PICTURE, "key": alt}, alt=alt, now=START
            )  # fmt: skip

    def picture_alts(self) -> list[str]:
        with self.database.reading() as session:
            return list(session.scalars(select(ProductPicture.alt).order_by(ProductPicture.position)))


@pytest.fixture
def rooms(app: Flask, database: Database) -> Rooms:
    return Rooms(app, database)


def told(text: str) -> str:
    """Return the part of a page that tells what a colleague changed, as plain words."""
    part = text.split('aria-labelledby="conflict-heading"')[1].split("</section>", maxsplit=1)[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", part)).split())


class TestTwoAtOneForm:
    def test_is_told_field_by_field_who_changed_what(self, rooms: Rooms) -> None:
        fields = rooms.form()
        rooms.noor_saves(title="Cup", **{"variant-1-price": "16.00"})
        answer = rooms.client.post(
            f"{rooms.root}/products/{rooms.mug}", data=fields.send({"title": "Beaker", "action": "save"})
        )
        assert answer.status_code == 422
        words = told(answer.text)
        assert "Name Mug Cup Noor" in words
        assert "Price of “L” €15.00 €16.00 Noor" in words
        assert "Yours stands below" in words
        assert "Brought up to date" in words
        assert rooms.product().title == "Cup"

    def test_keeps_what_was_typed_and_takes_the_rest_over(self, rooms: Rooms) -> None:
        fields = rooms.form()
        rooms.noor_saves(title="Cup", description="Oval.", vendor="Noor & Co", **{"variant-1-price": "16.00"})
        answer = rooms.client.post(
            f"{rooms.root}/products/{rooms.mug}",
            data=fields.send({"title": "Beaker", "variant-0-price": "11.00", "action": "save"}),
        )
        again = Fields(answer.text)
        shown = {
            name: again.get(name)
            for name in ("title", "description", "vendor", "variant-0-price", "variant-1-price")
        }
        assert shown == {
            "title": "Beaker", "description": "Oval.", "vendor": "Noor & Co", "variant-0-price": "11.00",
            "variant-1-price": "16.00",
        }  # fmt: skip

    def test_may_save_again_knowingly(self, rooms: Rooms) -> None:
        fields = rooms.form()
        rooms.noor_saves(title="Cup", **{"variant-1-price": "16.00"})
        path = f"{rooms.root}/products/{rooms.mug}"
        answer = rooms.client.post(path, data=fields.send({"title": "Beaker", "action": "save"}))
        assert rooms.client.post(path, data=Fields(answer.text).send({"action": "save"})).status_code == 303
        assert rooms.product().title == "Beaker"
        assert [variant.price_amount for variant in rooms.variants()] == [1000, 1600]

    def test_is_told_of_variants_that_came_and_went(self, rooms: Rooms) -> None:
        fields = rooms.form()
        with rooms.database.transaction() as session:
            small = rooms.variants()[0]
            variants = (
                VariantDraft(("S",), 1000, stock=5, stock_seen=5, sku="M-S", variant_id=small.id),
                VariantDraft(("XL",), 2000, stock=1),
            )
            draft = ProductDraft("Mug", variants, ("Size",), description_html="Round.", slug="mug")
            edit_product(
                session, page_id=rooms.page.id, product_id=rooms.mug, draft=draft, version=None, now=START,
                account_id=rooms.noor.id,
            )  # fmt: skip
        answer = rooms.client.post(
            f"{rooms.root}/products/{rooms.mug}", data=fields.send({"title": "Beaker", "action": "save"})
        )
        words = told(answer.text)
        assert "Variant “L” was taken away Noor" in words
        assert "Variant “XL” was added Noor" in words
        path = f"{rooms.root}/products/{rooms.mug}"
        again = Fields(answer.text).send({"option-0-values": "S, XL", "action": "save"})
        answer = rooms.client.post(path, data=again)
        if answer.status_code == 422:  # the grid follows the options first
            answer = rooms.client.post(path, data=Fields(answer.text).send({"action": "save"}))
        assert answer.status_code == 303
        assert [variant.option1 for variant in rooms.variants()] == ["S", "XL"]

    def test_without_a_snapshot_is_told_that_something_changed(self, rooms: Rooms) -> None:
        fields = rooms.form()
        rooms.noor_saves(title="Cup")
        for snapshot in ("", "nonsense", "a.b.c"):
            answer = rooms.client.post(
                f"{rooms.root}/products/{rooms.mug}",
                data=fields.send({"title": "Beaker", "snapshot": snapshot, "action": "save"}),
            )
            assert answer.status_code == 422
            assert "Somebody else has changed this product" in html.unescape(answer.text)
            assert Fields(answer.text).get("title") == "Beaker"
            assert "conflict-heading" not in answer.text

    def test_takes_a_renamed_value_over(self, rooms: Rooms) -> None:
        fields = rooms.form()
        rooms.noor_saves_options("Width", "Small, L")
        words, again = self.save_late(rooms, fields, title="Beaker")
        assert "Options Size Width Noor" in words
        assert "Name of variant “S” S Small Noor" in words
        assert "Yours stands below" not in words
        assert again.get("option-0-values") == "Small, L"
        self.save(rooms, again)
        assert [(one.option1, one.sku) for one in rooms.variants()] == [("Small", "M-S"), ("L", "M-L")]
        assert (rooms.product().title, rooms.product().option_names) == ("Beaker", ["Width"])

    def test_takes_a_new_value_over_with_what_was_typed_beside_it(self, rooms: Rooms) -> None:
        fields = rooms.form()
        rooms.noor_saves_options("Size", "S, L, XL")
        _, again = self.save_late(rooms, fields, **{"variant-1-price": "17.00"})
        self.save(rooms, again)
        assert [(one.option1, one.price_amount) for one in rooms.variants()] == [
            ("S", 1000), ("L", 1700), ("XL", 1000)
        ]  # fmt: skip

    def test_keeps_options_that_both_changed_and_tells_so(self, rooms: Rooms) -> None:
        fields = rooms.form()
        answer = rooms.client.post(
            f"{rooms.root}/products/{rooms.mug}",
            data=fields.send({"option-0-name": "Format", "option-0-values": "S, Large", "action": "save"}),
        )
        rooms.noor_saves_options("Width", "Small, L")
        words, again = self.save_late(rooms, Fields(answer.text))
        assert words.count("Yours stands below") == words.count("Noor") == 2
        self.save(rooms, again)
        assert [one.option1 for one in rooms.variants()] == ["S", "Large"]

    def test_keeps_a_typed_row_whose_value_a_colleague_took_away(self, rooms: Rooms) -> None:
        fields = rooms.form()
        rooms.noor_saves_options("Size", "S")
        words, again = self.save_late(rooms, fields, **{"variant-1-price": "17.00"})
        assert "Variant “L” was taken away" in words
        assert "Yours stands below" in words
        self.save(rooms, again)
        assert [(one.option1, one.price_amount) for one in rooms.variants()] == [("S", 1000), ("L", 1700)]

    def test_takes_translated_options_and_colours_over(self, rooms: Rooms) -> None:
        fields = rooms.form()
        rooms.noor_saves(**{
            "option-0-other_name": "Taille", "option-0-other_values": "P, G", "option-0-has_swatches": "1",
            "option-0-swatch": ["#112233", "#445566"],
        })  # fmt: skip
        words, again = self.save_late(rooms, fields, title="Beaker")
        assert "Yours stands below" not in words
        self.save(rooms, again)
        product = rooms.product()
        assert product.translations["fr"]["options"] == {"Size": "Taille", "S": "P", "L": "G"}
        assert product.swatches == {"S": "#112233", "L": "#445566"}

    def test_keeps_a_translation_that_both_typed_and_tells_so(self, rooms: Rooms) -> None:
        fields = rooms.form()
        rooms.noor_saves(**{"option-0-other_name": "Taille", "option-0-other_values": "P, G"})
        words, again = self.save_late(rooms, fields, **{"option-0-other_name": "Grandeur"})
        assert "Yours stands below" in words
        assert again.get("option-0-other_name") == "Grandeur"

    def test_takes_the_order_of_pictures_over(self, rooms: Rooms) -> None:
        rooms.add_picture("Two")
        fields = rooms.form()
        rooms.noor_saves(**{"picture-0-position": "2", "picture-1-position": "1"})
        words, again = self.save_late(rooms, fields, **{"picture-0-alt": "My mug"})
        assert "Brought up to date" in words
        self.save(rooms, again)
        assert rooms.picture_alts() == ["Two", "My mug"]

    def test_keeps_an_order_of_pictures_that_both_changed_and_tells_so(self, rooms: Rooms) -> None:
        rooms.add_picture("Two")
        rooms.add_picture("Three")
        fields = rooms.form()
        rooms.noor_saves(**{"picture-0-position": "9"})
        words, again = self.save_late(rooms, fields, **{"picture-2-position": "0"})
        assert "Yours stands below" in words
        self.save(rooms, again)
        assert rooms.picture_alts() == ["Three", "A mug", "Two"]

    def save_late(self, rooms: Rooms, fields: Fields, **changes: str) -> tuple[str, Fields]:
        """Save a form that a colleague was quicker with; return what is told and the form that it became."""
        answer = rooms.client.post(
            f"{rooms.root}/products/{rooms.mug}", data=fields.send({"action": "save", **changes})
        )
        assert answer.status_code == 422
        return told(answer.text), Fields(answer.text)

    def save(self, rooms: Rooms, fields: Fields) -> None:
        answer = rooms.client.post(f"{rooms.root}/products/{rooms.mug}", data=fields.send({"action": "save"}))
        assert answer.status_code == 303, answer.text

    def test_takes_no_snapshot_of_another_product(self, rooms: Rooms) -> None:
        with rooms.database.transaction() as session:
            other = make_product(session, session.merge(rooms.page), title="Bowl")
        strange = Fields(rooms.client.get(f"{rooms.root}/products/{other.id}").text).get("snapshot")
        fields = rooms.form()
        rooms.noor_saves(title="Cup")
        answer = rooms.client.post(
            f"{rooms.root}/products/{rooms.mug}", data=fields.send({"snapshot": strange, "action": "save"})
        )
        assert "Bowl" not in answer.text

    def test_script_in_what_a_colleague_typed_is_shown_as_text(self, rooms: Rooms) -> None:
        fields = rooms.form()
        rooms.noor_saves(title="<script>alert(1)</script>")
        answer = rooms.client.post(
            f"{rooms.root}/products/{rooms.mug}", data=fields.send({"title": "B", "action": "save"})
        )
        assert "<script>alert(1)" not in answer.text


class TestThreeDecimals:
    @pytest.fixture(autouse=True)
    def dinars(self, rooms: Rooms) -> None:
        with rooms.database.transaction() as session:
            session.execute(update(Page).values(currency="TND"))

    def test_of_a_price_end_in_a_zero_on_the_form(self, rooms: Rooms) -> None:
        path, fields = f"{rooms.root}/products/{rooms.mug}", rooms.form()
        answer = rooms.client.post(path, data=fields.send({"variant-0-price": "1.234", "action": "save"}))
        assert answer.status_code == 422
        assert "In TND a price must end in 0" in answer.text
        answer = rooms.client.post(path, data=fields.send({"variant-0-price": "1.230", "action": "save"}))
        assert answer.status_code == 303

    def test_of_a_price_end_in_a_zero_in_a_bulk_edit(self, rooms: Rooms) -> None:
        data = {"act": "price", "product": str(rooms.mug), "change": "set", "value": "1.234"}
        answer = rooms.client.post(f"{rooms.root}/products/bulk-edits", data=data)
        assert (answer.status_code, "In TND a price must end in 0" in answer.text) == (422, True)
        data |= {"change": "down_percent", "value": "7.77"}
        assert rooms.client.post(f"{rooms.root}/products/bulk-edits", data=data).status_code == 303
        with rooms.database.reading() as session:
            rows = session.scalars(select(BulkEdit)).one().rows
        assert [row[3][0] for row in rows] == [920, 1380]


class TestNumbersOfTheForm:
    @pytest.mark.parametrize("name", ["variant-0-id", "variant-0-stock_seen", "version", "collection"])
    @pytest.mark.parametrize("digits", [12, 19, 5000])
    def test_may_be_any(self, rooms: Rooms, name: str, digits: int) -> None:
        answer = rooms.client.post(
            f"{rooms.root}/products/{rooms.mug}",
            data=rooms.form().send({name: "9" * digits, "title": "Cup", "action": "save"}),
        )
        assert answer.status_code in {303, 422}


class TestTwoAtOneCollection:
    @pytest.fixture
    def shelf(self, rooms: Rooms) -> Collection:
        """A collection of A, B, C and D, of which the last is archived."""
        with rooms.database.transaction() as session:
            page = session.merge(rooms.page)
            ids = [make_product(session, page, title=title).id for title in "ABC"]
            ids.append(make_product(session, page, title="D", status=ProductStatus.ARCHIVED).id)
            return create_collection(session, page_id=page.id, title="Table", now=START, product_ids=ids)

    def titles(self, rooms: Rooms, shelf: Collection) -> str:
        with rooms.database.reading() as session:
            statement = (
                select(Product.title)
                .join(CollectionProduct)
                .where(CollectionProduct.collection_id == shelf.id)
            )
            return "".join(session.scalars(statement.order_by(CollectionProduct.position)))

    def test_saving_takes_nothing_out_that_others_put_in(self, rooms: Rooms, shelf: Collection) -> None:
        path = f"{rooms.root}/collections/{shelf.id}"
        fields = Fields(rooms.client.get(path).text)
        with rooms.database.transaction() as session:
            first = session.scalars(select(Product.id).where(Product.title == "A")).one()
            edit_collection(
                session, page_id=rooms.page.id, collection_id=shelf.id, title="Table", now=START,
                product_ids=[rooms.mug, first],
            )  # fmt: skip
        assert self.titles(rooms, shelf) == "MugA"
        assert rooms.client.post(path, data=fields.send({"description": "Cheap"})).status_code == 303
        assert self.titles(rooms, shelf) == "MugA"
        assert "products" not in rooms.acts()[-1].after

    def test_only_what_was_changed_in_the_form_is_changed(self, rooms: Rooms, shelf: Collection) -> None:
        path = f"{rooms.root}/collections/{shelf.id}"
        fields = Fields(rooms.client.get(path).text)
        kept = [value for name, value in fields.pairs if name == "product"]
        with rooms.database.transaction() as session:
            extra = make_product(session, session.merge(rooms.page), title="E").id
            session.add(CollectionProduct(collection_id=shelf.id, product_id=extra, position=9))
        answer = rooms.client.post(path, data=fields.send({"product": [*kept[1:3], str(rooms.mug)]}))
        assert answer.status_code == 303
        assert self.titles(rooms, shelf) == "BCDEMug"
        entry = rooms.acts()[-1]
        assert (entry.before, entry.after) == ({"products": ["A"]}, {"products": ["Mug"]})

    def test_survives_an_error(self, rooms: Rooms, shelf: Collection) -> None:
        path = f"{rooms.root}/collections/{shelf.id}"
        fields = Fields(rooms.client.get(path).text)
        answer = rooms.client.post(path, data=fields.send({"title": ""}))
        assert answer.status_code == 422
        with rooms.database.transaction() as session:
            session.add(CollectionProduct(collection_id=shelf.id, product_id=rooms.mug, position=9))
        again = Fields(answer.text).send({"title": "Table"})
        assert rooms.client.post(path, data=again).status_code == 303
        assert self.titles(rooms, shelf) == "ABCDMug"

    @pytest.mark.parametrize(
        ("opened", "wanted", "current", "merged"),
        [
            ("ABC", "ABC", "CAB", "CAB"),  # a colleague's order stays
            ("ABC", "CBA", "ABCD", "CBAD"),
            ("ABC", "AXBC", "ABCD", "AXBCD"),
            ("ABC", "ABCX", "ABCD", "ABCDX"),
            ("ABC", "AC", "BACD", "ACD"),
            ("ABC", "ABC", "AD", "AD"),
            ("ABC", "CAX", "ABD", "AXD"),
            ("", "XY", "D", "DXY"),
            ("AB", "ABX", "XBA", "XBA"),
        ],
    )
    def test_merges_what_both_did(self, opened: str, wanted: str, current: str, merged: str) -> None:
        found = merge_members([*map(ord, opened)], [*map(ord, wanted)], [*map(ord, current)])
        assert "".join(map(chr, found)) == merged


class TestAuditLog:
    def test_keeps_before_and_after_of_what_changed(self, rooms: Rooms) -> None:
        rooms.noor_saves(title="Cup", tags="clay, blue", **{"variant-1-price": "16.00"})
        entry = rooms.acts()[-1]
        assert (entry.act, entry.account_id, entry.subject_ref) == (
            "product.edited",
            rooms.noor.id,
            str(rooms.mug),
        )
        assert entry.before == {"title": "Mug", "tags": ["clay"], "price_amount: L": 1500}
        assert entry.after == {"title": "Cup", "tags": ["clay", "blue"], "price_amount: L": 1600}

    def test_names_each_step_of_a_product(self, rooms: Rooms) -> None:
        for step in ("withdrawal", "publication", "archive", "restoration", "copies"):
            assert rooms.client.post(f"{rooms.root}/products/{rooms.mug}/{step}").status_code == 303
        assert [entry.act for entry in rooms.acts()] == [
            "product.created", "product.withdrawn", "product.published", "product.archived", "product.restored",
            "product.duplicated",
        ]  # fmt: skip

    def test_says_nothing_when_nothing_changed(self, rooms: Rooms) -> None:
        rooms.noor_saves()
        assert [entry.act for entry in rooms.acts()] == ["product.created"]


class TestArchive:
    @pytest.mark.parametrize("status", [ProductStatus.PUBLISHED, ProductStatus.DRAFT])
    def test_is_undone_to_what_it_was(self, rooms: Rooms, status: ProductStatus) -> None:
        with rooms.database.transaction() as session:
            session.execute(update(Product).values(status=status))
        rooms.client.post(f"{rooms.root}/products/{rooms.mug}/archive")
        page = rooms.client.get(f"{rooms.root}/products/{rooms.mug}").text
        undo = re.search(r'class="notice__undo" method="post" action="([^"]+)"', page)
        assert undo is not None
        assert rooms.product().status is ProductStatus.ARCHIVED
        rooms.client.post(undo[1])
        assert rooms.product().status is status

    def test_of_many_is_undone_from_the_list(self, rooms: Rooms) -> None:
        answer = rooms.client.post(
            f"{rooms.root}/products/selection",
            data={"product": str(rooms.mug), "act": "archive", "status": "published"},
        )
        assert answer.location.endswith("/products?status=published")
        page = rooms.client.get(answer.location).text
        undo = re.search(r'class="notice__undo" method="post" action="([^"]+)"', page)
        assert undo is not None
        assert rooms.product().status is ProductStatus.ARCHIVED
        rooms.client.post(undo[1])
        assert rooms.product().status is ProductStatus.PUBLISHED


class TestDuplicate:
    def test_is_a_draft_like_it(self, rooms: Rooms) -> None:
        with rooms.database.transaction() as session:
            create_collection(
                session, page_id=rooms.page.id, title="Table", now=START, product_ids=[rooms.mug]
            )
        answer = rooms.client.post(f"{rooms.root}/products/{rooms.mug}/copies")
        fields = Fields(rooms.client.get(answer.location).text)
        assert (fields.get("title"), fields.get("slug")) == ("Copy of Mug", "copy-of-mug")
        assert (fields.get("vendor"), fields.get("tags")) == ("Lumen", "clay")
        assert [fields.get(f"variant-{n}-price") for n in (0, 1)] == ["10.00", "15.00"]
        assert [fields.get(f"variant-{n}-{name}") for n in (0, 1) for name in ("stock", "sku")] == [
            "0",
            "",
            "0",
            "",
        ]
        assert fields.get("picture-0-alt") == "A mug"
        assert [value for name, value in fields.pairs if name == "collection"] != []
        with rooms.database.reading() as session:
            copy = session.scalars(select(Product).where(Product.slug == "copy-of-mug")).one()
        assert (copy.status, copy.sold_count) == (ProductStatus.DRAFT, 0)

    def test_shares_the_files_without_owning_them(self, rooms: Rooms, runtime: Runtime) -> None:
        store: FileStore = runtime.files
        assert store is not None
        answer = rooms.client.post(f"{rooms.root}/products/{rooms.mug}/copies")
        fields = Fields(rooms.client.get(answer.location).text)
        path = answer.location.removeprefix("http://localhost")
        assert (
            rooms.client.post(
                path, data=fields.send({"picture-0-removed": "1", "action": "save"})
            ).status_code
            == 303
        )
        assert rooms.form().get("picture-0-ref").startswith("id:")

    def test_of_another_page_is_not_found(self, rooms: Rooms) -> None:
        with rooms.database.transaction() as session:
            strange = make_product(session, make_page(session))
        assert rooms.client.post(f"{rooms.root}/products/{strange.id}/copies").status_code == 404


class TestBulkEdit:
    def choose(self, rooms: Rooms, act: str, **data: str) -> Fields:
        data = {"product": str(rooms.mug), "act": act, **data}
        answer = rooms.client.post(f"{rooms.root}/products/selection", data=data, follow_redirects=True)
        assert answer.status_code == 200
        return Fields(answer.text)

    def test_is_shown_confirmed_and_undone(self, rooms: Rooms) -> None:
        fields = self.choose(rooms, "price")
        answer = rooms.client.post(
            f"{rooms.root}/products/bulk-edits",
            data=fields.send(
                {"change": "up_percent", "value": "10", "rounding": "ninety", "compare_at": "keep"}
            ),
        )
        assert answer.status_code == 303
        preview = rooms.client.get(answer.location).text
        assert "Prices up by 10 %" in preview
        assert "€10.00" in preview
        assert "€10.90" in preview
        assert [variant.price_amount for variant in rooms.variants()] == [1000, 1500]
        assert rooms.client.post(f"{answer.location}/application").status_code == 303
        assert [variant.price_amount for variant in rooms.variants()] == [1090, 1690]
        assert "2 variants are changed." in rooms.client.get(answer.location).text
        rooms.client.post(f"{answer.location}/reversal")
        assert [variant.price_amount for variant in rooms.variants()] == [1000, 1500]

    def test_tells_what_a_sale_has_changed_since(self, rooms: Rooms) -> None:
        fields = self.choose(rooms, "stock")
        answer = rooms.client.post(
            f"{rooms.root}/products/bulk-edits", data=fields.send({"how": "set", "value": "50"})
        )
        with rooms.database.transaction() as session:
            take_stock(session, {rooms.variants()[0].id: 1}, cause=SOLD)
        rooms.client.post(f"{answer.location}/application")
        page = rooms.client.get(answer.location).text
        assert "1 variant is changed. 1 was left alone." in page
        assert "It has changed since this was shown." in page
        assert [variant.stock for variant in rooms.variants()] == [4, 50]

    def test_of_all_that_match_reaches_beyond_the_ticked(self, rooms: Rooms) -> None:
        with rooms.database.transaction() as session:
            page = session.merge(rooms.page)
            make_product(session, page, title="Bowl")
            make_product(session, page, title="Draft", status=ProductStatus.DRAFT)
        fields = self.choose(rooms, "tags", scope="matching", status="published")
        rooms.client.post(
            f"{rooms.root}/products/bulk-edits", data=fields.send({"how": "add", "tags": "new, blue"})
        )
        with rooms.database.reading() as session:
            edit = session.scalars(select(BulkEdit)).one()
        assert len(edit.rows) == 2
        assert edit.what == {"tags": ["new", "blue"], "adds": True}

    @pytest.mark.parametrize(
        ("act", "typed", "sentence"),
        [
            ("price", {"change": "up_percent", "value": "many"}, "Enter a percentage such as 10 or 7.5."),
            ("price", {"change": "up_percent", "value": "0"}, "Enter a percentage such as 10 or 7.5."),
            ("price", {"change": "set", "value": "x"}, "Enter a price such as 12.50."),
            ("price", {"change": "sideways", "value": "1"}, "Must be one of"),
            ("stock", {"how": "set", "value": "-1"}, "Enter a stock of 0 or more."),
            ("stock", {"how": "add", "value": "1.5"}, "Enter a whole number."),
            ("tags", {"how": "add", "tags": " , "}, "Enter at least one tag."),
        ],
    )
    def test_says_what_cannot_be_read_where_it_was_typed(
        self, rooms: Rooms, act: str, typed: dict[str, str], sentence: str
    ) -> None:
        fields = self.choose(rooms, act)
        answer = rooms.client.post(f"{rooms.root}/products/bulk-edits", data=fields.send(typed))
        assert answer.status_code == 422
        assert sentence in html.unescape(answer.text)

    @pytest.mark.parametrize("data", [{}, {"act": "price"}, {"act": "archive"}, {"act": "x", "product": "1"}])
    def test_of_nothing_leads_back_with_a_sentence(self, rooms: Rooms, data: dict[str, str]) -> None:
        assert rooms.client.post(f"{rooms.root}/products/selection", data=data).status_code == 303

    @pytest.mark.parametrize("act", ["archive", "tags"])
    def test_of_more_matches_than_a_search_counts_is_refused(self, rooms: Rooms, act: str) -> None:
        copy = {
            "page_id": rooms.page.id, "title": "Mug", "status": ProductStatus.DRAFT, "price_from_amount": 1000,
            "price_to_amount": 1000, "created_at": START, "updated_at": START,
        }  # fmt: skip
        with rooms.database.transaction() as session:
            session.execute(insert(Product), [{**copy, "slug": f"mug-{n}"} for n in range(MAX_MATCHES)])
        data = {"act": act, "scope": "matching", "q": "mug"}
        answer = rooms.client.post(f"{rooms.root}/products/selection", data=data, follow_redirects=True)
        assert "More than 1000 products match." in answer.text
        assert answer.request.path == f"{rooms.root}/products"
        with rooms.database.reading() as session:
            assert session.scalars(select(BulkEdit)).all() == []
        answer = rooms.client.post(f"{rooms.root}/products/selection", data={**data, "status": "published"})
        assert answer.status_code == 303
        assert "More than" not in rooms.client.get(answer.location).text

    def test_of_another_page_is_not_found(self, rooms: Rooms) -> None:
        with rooms.database.transaction() as session:
            other = make_page(session, owner=rooms.noor)
        self.choose(rooms, "stock")
        rooms.client.post(
            f"{rooms.root}/products/bulk-edits",
            data={"act": "stock", "product": str(rooms.mug), "how": "add", "value": "1"},
        )
        with rooms.database.reading() as session:
            edit = session.scalars(select(BulkEdit)).one()
        path = f"/en/manage/{other.slug}/products/bulk-edits/{edit.id}"
        noor = rooms.browser(rooms.noor)
        assert noor.get(path).status_code == 404
        assert noor.post(f"{path}/application").status_code == 404
        assert [variant.stock for variant in rooms.variants()] == [5, 2]


class TestLowStock:
    def save(self, rooms: Rooms, stock: str, shown: str = "2") -> TestResponse:
        data = {"variant": str(rooms.variants()[1].id), "shown": shown, "stock": stock, "at_most": "3"}
        return rooms.client.post(f"{rooms.root}/products/low-stock", data=data)

    def test_is_typed_where_it_is_shown(self, rooms: Rooms) -> None:
        page = rooms.client.get(f"{rooms.root}/products/low-stock").text
        assert "Stock of Mug / L" in page
        assert "Stock of Mug / S" not in page
        assert self.save(rooms, "40").status_code == 303
        assert [variant.stock for variant in rooms.variants()] == [5, 40]
        with rooms.database.reading() as session:
            move = session.scalars(select(StockMovement).order_by(StockMovement.id.desc()).limit(1)).one()
        assert (move.change, move.stock_after, move.account_id) == (38, 40, rooms.camille.id)
        assert rooms.acts()[-1].before == {"stock: L": 2}

    def test_sold_meanwhile_is_told_and_not_overwritten(self, rooms: Rooms) -> None:
        with rooms.database.transaction() as session:
            take_stock(session, {rooms.variants()[1].id: 1}, cause=SOLD)
        answer = self.save(rooms, "40")
        assert answer.status_code == 422
        assert "It is 1 now: something was sold meanwhile." in answer.text
        assert 'value="40"' in answer.text
        assert 'name="shown" value="1"' in answer.text
        assert rooms.variants()[1].stock == 1

    @pytest.mark.parametrize("stock", ["", "x", "-1", "1.5", "9999999999999"])
    def test_that_cannot_be_read_is_refused(self, rooms: Rooms, stock: str) -> None:
        assert self.save(rooms, stock).status_code == 422
        assert rooms.variants()[1].stock == 2

    def test_over_a_number_that_no_stock_can_be_is_not_written(self, rooms: Rooms) -> None:
        answer = self.save(rooms, "4", shown="99999999999")
        assert answer.status_code == 422
        assert rooms.variants()[1].stock == 2

    def test_of_another_page_is_not_found(self, rooms: Rooms) -> None:
        with rooms.database.transaction() as session:
            strange = make_product(session, make_page(session))
            variant_id = strange.variants[0].id
        data = {"variant": str(variant_id), "shown": "10", "stock": "1"}
        assert rooms.client.post(f"{rooms.root}/products/low-stock", data=data).status_code == 404

    @pytest.mark.parametrize(
        "query",
        [
            "at_most=x", "at_most=99999999999999999999999", "after=1-x", "after=-", "after=9-9",
            "after=99999999999-1", "after=1-999999999999999999",
        ],
    )  # fmt: skip
    def test_takes_any_address(self, rooms: Rooms, query: str) -> None:
        assert rooms.client.get(f"{rooms.root}/products/low-stock?{query}").status_code == 200


class TestStockHistory:
    def test_says_who_why_and_leads_to_the_order(self, rooms: Rooms) -> None:
        with rooms.database.transaction() as session:
            take_stock(session, {rooms.variants()[1].id: 1}, cause=SOLD)
        page = rooms.client.get(f"{rooms.root}/products/{rooms.mug}/stock-history").text
        assert f'href="{rooms.root}/orders/P-1001"' in page
        assert "Camille" in page
        assert page.index("−1") < page.index("+5")

    def test_costs_as_much_however_long_it_is(self, rooms: Rooms) -> None:
        path = f"{rooms.root}/products/{rooms.mug}/stock-history"
        with count_statements(rooms.database.engine) as few:
            rooms.client.get(path)
        variant_id = rooms.variants()[0].id
        with rooms.database.transaction() as session:
            session.execute(update(Variant).where(Variant.stock.is_not(None)).values(stock=1000))
            for _ in range(60):
                take_stock(session, {variant_id: 1}, cause=SOLD)
        with count_statements(rooms.database.engine) as many:
            page = rooms.client.get(path).text
        assert len(few) == len(many)
        older = re.search(r'rel="next" href="([^"]+)"', page)
        assert older is not None
        assert rooms.client.get(html.unescape(older[1])).status_code == 200

    @pytest.mark.parametrize("query", ["variant=x", "variant=99999999999999999999", "before=x", "before=0"])
    def test_takes_any_address(self, rooms: Rooms, query: str) -> None:
        assert rooms.client.get(f"{rooms.root}/products/{rooms.mug}/stock-history?{query}").status_code == 200


class TestProductList:
    @pytest.mark.parametrize(
        "query", ["after=x", "after=1-1", "before=99999999999999999999-1", "after=-", "ticked=1"]
    )
    def test_takes_any_address(self, rooms: Rooms, query: str) -> None:
        assert rooms.client.get(f"{rooms.root}/products?{query}").status_code == 200

    def test_ticks_all_on_the_page_without_javascript(self, rooms: Rooms) -> None:
        fields = Fields(rooms.client.get(f"{rooms.root}/products?ticked=1").text)
        assert ("product", str(rooms.mug)) in fields.pairs


class TestOldAddressOnTheForm:
    def test_is_kept_unless_it_is_unticked(self, rooms: Rooms) -> None:
        rooms.noor_saves(slug="cup")
        rooms.noor_saves(slug="beaker", keeps_old_slug=None)
        shop = f"/en/p/{rooms.page.slug}/shop"
        assert rooms.client.get(f"{shop}/mug").location == f"{shop}/beaker"
        assert rooms.client.get(f"{shop}/cup").status_code == 404
        assert "<code>mug</code>" in rooms.client.get(f"{rooms.root}/products/{rooms.mug}").text
