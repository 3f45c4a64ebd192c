"""Bulk edits in the admin: shown, confirmed, undone."""

import html

import pytest
from sqlalchemy import insert, select

from shop.catalog.history_models import BulkEdit
from shop.catalog.models import (
    Product,
    ProductStatus,
)
from shop.catalog.search import MAX_MATCHES
from shop.catalog.stock import take_stock
from tests.catalog.rooms import Rooms
from tests.factories import SOLD, START, make_page, make_product
from tests.support.fields import Fields


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
