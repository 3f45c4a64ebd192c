"""Low stock and the history of stock in the admin."""

import html
import re

import pytest
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from shop.catalog.history_models import StockMovement
from shop.catalog.models import (
    Variant,
)
from shop.catalog.stock import take_stock
from tests.catalog.rooms import Rooms
from tests.factories import SOLD, make_page, make_product
from tests.support.statements import count_statements


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
