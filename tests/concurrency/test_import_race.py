"""A file that is imported again and again while people buy what it names: nothing oversold, no stock lost."""

import collections
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select

from shop.catalog.history_models import StockMovement
from shop.catalog.import_run import import_file
from shop.catalog.importing.report import ImportReport
from shop.catalog.models import Variant
from shop.catalog.stock import OutOfStock
from shop.checkout.buying import buy_now
from shop.checkout.desk import Desk, ReturnUrls, guest_buyer
from shop.core.clock import SteppedClock
from shop.core.db import Database
from shop.core.signing import Signer
from shop.orders.models import OrderLine
from tests.catalog.importing.support import row, text_of
from tests.factories import make_page
from tests.support.fake_gateway import FakeGateway

IN_FULL = bool(os.environ.get("VITRINE_PROOF"))
PRODUCTS, STOCK = 12, 5
BUYERS, THREADS = (2000, 16) if IN_FULL else (160, 8)
URLS = ReturnUrls("http://localhost/return?order={ORDER_TOKEN}", "http://localhost/cart")


@pytest.fixture
def desk(database: Database, gateway: FakeGateway) -> Desk:
    return Desk(database, gateway, Signer("test-secret-key-that-is-long-enough-for-it"), "http://localhost")


def stock_file(path: Path, *, price: str) -> Path:
    rows = (
        row(
            f"mug-{n}",
            Variant_Price=price,
            Variant_Inventory_Tracker="shopify",
            Variant_Inventory_Qty=str(STOCK),
        )
        for n in range(PRODUCTS)
    )
    path.write_text(text_of(*rows))
    return path


@pytest.mark.drill
class TestImportAgainstPurchase:
    @pytest.mark.parametrize("sets_stock", [False, True], ids=["keeps-stock", "sets-stock"])
    def test_sells_every_unit_once(
        self, desk: Desk, clock: SteppedClock, tmp_path: Path, *, sets_stock: bool
    ) -> None:
        database, now = desk.database, clock.now()
        with database.transaction() as session:
            page = make_page(session)
        files = [stock_file(tmp_path / f"{price}.csv", price=price) for price in ("12.50", "13.50")]

        def bring(path: Path) -> ImportReport:
            return import_file(
                database, path, page_id=page.id, currency="EUR", now=clock.now, sets_stock=sets_stock
            )

        bring(files[0])
        with database.reading() as session:
            ids = session.scalars(select(Variant.id).order_by(Variant.id)).all()
        over = threading.Event()
        imports: list[ImportReport] = []

        def keep_importing() -> None:
            while not over.is_set():
                imports.append(bring(files[len(imports) % 2]))

        def buy(number: int) -> str:
            try:
                buy_now(
                    desk, page=page, variant_id=ids[number % PRODUCTS], quantity=1, buyer=guest_buyer(f"v-{number}"),
                    country="FR", language="en", urls=URLS, now=now,
                )  # fmt: skip
            except OutOfStock as problem:
                return problem.code
            return "placed"

        with ThreadPoolExecutor(THREADS + 1) as pool:
            importing = pool.submit(keep_importing)
            answers = collections.Counter(pool.map(buy, range(BUYERS)))
            over.set()
            importing.result()
        assert imports
        assert sum(report.created for report in imports) == 0
        assert all(len(report.rejected) == 0 for report in imports)
        with database.reading() as session:
            stocks = dict(session.execute(select(Variant.id, Variant.stock)).all())
            sold = session.scalar(select(func.sum(OrderLine.quantity))) or 0
            movements = session.execute(
                select(StockMovement.variant_id, StockMovement.change, StockMovement.stock_after).order_by(
                    StockMovement.id
                )
            ).all()
        assert sold == answers["placed"]
        assert all(stock >= 0 for stock in stocks.values())
        if not sets_stock:
            # The units of the first import, and not one more, however often the file came again.
            assert sold + sum(stocks.values()) == PRODUCTS * STOCK
        # With the file's stock written over it, each import may give units; the history accounts for every one.
        for variant_id, stock in stocks.items():
            own = [(change, after) for moved, change, after in movements if moved == variant_id]
            assert sum(change for change, _ in own) == stock
            assert own[-1][1] == stock
