"""The admin's rooms of the catalogue, without JavaScript: figures, archive, copies, the list, the audit log."""

import re

import pytest
from sqlalchemy import select, update

from shop.catalog.history_models import BulkEdit
from shop.catalog.models import (
    Product,
    ProductStatus,
)
from shop.catalog.service import (
    create_collection,
)
from shop.core.files import FileStore
from shop.page.models import Page
from shop.web.context import Runtime
from tests.catalog.rooms import Rooms
from tests.factories import START, make_page, make_product
from tests.support.fields import Fields


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
