"""Every change of a stock is in its history, and the history adds up to the stock."""

import datetime as dt
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import select, text

from shop.catalog.drafts import ProductDraft, VariantDraft
from shop.catalog.history_models import StockMovement, StockReason
from shop.catalog.history_queries import (
    count_low_stock,
    list_low_stock,
    list_movements,
    map_removed_variants,
)
from shop.catalog.models import Product, ProductStatus, Variant
from shop.catalog.movements import Cause
from shop.catalog.service import create_product, edit_product
from shop.catalog.stock import OutOfStock, StockChanged, give_back_stock, set_stock, take_stock
from shop.core.db import Database
from tests.factories import SOLD, START, make_account, make_page, make_product
from tests.support.plans import plan_of, record_selects
from tests.support.statements import count_statements

BACK = Cause(StockReason.EXPIRED, START, ref="P-1001")
TYPED = Cause(StockReason.EDITED, START)


def movements(database: Database) -> list[StockMovement]:
    with database.reading() as session:
        return list(session.scalars(select(StockMovement).order_by(StockMovement.id)))


def assert_adds_up(database: Database) -> None:
    """Each stock_after is the one before plus the change, and the last is the stock."""
    with database.reading() as session:
        stocks = dict(session.execute(select(Variant.id, Variant.stock)).all())
    last: dict[int, int | None] = {}
    for move in movements(database):
        before = last.get(move.variant_id)
        if move.change is not None and move.variant_id in last:
            assert before is not None
            assert move.stock_after == before + move.change, move.id
        last[move.variant_id] = move.stock_after
    for variant_id, stock in stocks.items():
        if variant_id in last:
            assert last[variant_id] == stock, variant_id


class TestTakeStock:
    def test_writes_one_row_a_variant_in_one_statement(self, database: Database) -> None:
        with database.transaction() as session:
            product = make_product(session, make_page(session), variants=[(100, 5), (100, 9), (100, None)])
            mug, bowl, poster = (variant.id for variant in product.variants)
        with database.transaction() as session, count_statements(database.engine) as sent:
            take_stock(session, {bowl: 2, mug: 5, poster: 1}, cause=SOLD)
        written = [(row.variant_id, row.change, row.stock_after) for row in movements(database)]
        assert written == [(mug, -5, 0), (bowl, -2, 7)]
        assert len(sent) == 4
        assert (movements(database)[0].reason, movements(database)[0].ref) == (StockReason.SOLD, "P-1001")

    def test_writes_nothing_when_sold_out(self, database: Database) -> None:
        with database.transaction() as session:
            product = make_product(session, make_page(session), variants=[(100, 5), (100, 0)])
            ids = [variant.id for variant in product.variants]
        with pytest.raises(OutOfStock), database.transaction() as session:
            take_stock(session, dict.fromkeys(ids, 1), cause=SOLD)
        assert movements(database) == []


class TestEditProduct:
    DRAFT = ProductDraft(
        title="Mug",
        option_names=("Size",),
        variants=(
            VariantDraft(("S",), 1000, stock=5),
            VariantDraft(("M",), 1000, stock=None),
            VariantDraft(("L",), 1000, stock=7),
        ),
    )

    def test_tells_what_came_went_changed_and_began_to_be_counted(self, database: Database) -> None:
        with database.transaction() as session:
            staff = make_account(session)
            page = make_page(session, owner=staff)
            product = create_product(
                session, page_id=page.id, draft=self.DRAFT, now=START, account_id=staff.id
            )
            small, medium, large = product.variants
        draft = replace(
            self.DRAFT,
            variants=(
                VariantDraft(("S",), 1000, stock=3, stock_seen=5, variant_id=small.id),
                VariantDraft(("M",), 1000, stock=4, stock_seen=None, variant_id=medium.id),
                VariantDraft(("XL",), 1000, stock=2),
            ),
        )
        with database.transaction() as session:
            edit_product(
                session, page_id=page.id, product_id=product.id, draft=draft, version=None, now=START,
                account_id=staff.id,
            )  # fmt: skip
        told = [
            (row.reason.value, row.variant_id, row.change, row.stock_after) for row in movements(database)
        ]
        assert told[:2] == [("created", small.id, 5, 5), ("created", large.id, 7, 7)]
        assert told[2:5] == [
            ("removed", large.id, -7, 0),
            ("edited", small.id, -2, 3),
            ("edited", medium.id, None, 4),
        ]
        assert (told[5][0], *told[5][2:]) == ("created", 2, 2)
        assert {row.account_id for row in movements(database)} == {staff.id}
        with database.reading() as session:
            ids = {large.id, *(variant.id for variant in product.variants)}
            with record_selects(database) as sent:
                removed = map_removed_variants(session, product_id=product.id, variant_ids=ids)
            assert removed == {large.id: "L"}
            if database.is_sqlite:  # PostgreSQL reads a table this small as a whole
                assert "ix_stock_movements_variant_id (variant_id=?)" in plan_of(database, *sent[-1])
            with record_selects(database) as sent:
                assert map_removed_variants(session, product_id=product.id, variant_ids=set()) == {}
            assert sent == []
            rows = list_movements(session, page_id=page.id, product_id=product.id)
            assert [row.id for row in rows] == sorted((row.id for row in rows), reverse=True)
            assert rows[0].who == staff.name
            only = list_movements(session, page_id=page.id, product_id=product.id, variant_id=small.id)
            assert [row.stock_after for row in only] == [3, 5]
            assert [
                row.stock_after
                for row in list_movements(
                    session, page_id=page.id, product_id=product.id, before_id=only[0].id, limit=1
                )
            ] == [0]
            assert list_movements(session, page_id=page.id + 1, product_id=product.id) == []
        assert_adds_up(database)

    def test_writes_nothing_when_no_stock_was_typed(self, database: Database) -> None:
        with database.transaction() as session:
            page = make_page(session)
            product = create_product(session, page_id=page.id, draft=self.DRAFT, now=START)
        before = len(movements(database))
        with database.transaction() as session:
            draft = replace(self.DRAFT, title="Cup")
            edit_product(
                session, page_id=page.id, product_id=product.id, draft=draft, version=None, now=START
            )
        assert len(movements(database)) == before


class TestAnySequence:
    @pytest.mark.parametrize("seed", range(4))
    def test_adds_up_to_the_stock(self, database: Database, seed: int) -> None:
        chance = random.Random(seed)
        with database.transaction() as session:
            page = make_page(session)
            variants = tuple(
                VariantDraft((f"{n}",), 1000, stock=chance.choice([0, 9, None])) for n in range(4)
            )
            draft = ProductDraft("Mug", variants, ("Size",), status=ProductStatus.PUBLISHED)
            product = create_product(session, page_id=page.id, draft=draft, now=START)
            ids = [variant.id for variant in product.variants]
        for _ in range(60):
            lines = {variant_id: chance.randint(1, 3) for variant_id in chance.sample(ids, 2)}
            try:
                with database.transaction() as session:
                    what = chance.random()
                    if what < 0.5:
                        take_stock(session, lines, cause=SOLD)
                    elif what < 0.8:
                        give_back_stock(session, lines, cause=BACK)
                    else:
                        one = chance.choice(ids)
                        shown = session.scalar(select(Variant.stock).where(Variant.id == one))
                        stock = chance.choice([0, 5, 12, None])
                        set_stock(session, variant_id=one, shown=shown, stock=stock, cause=TYPED)
            except OutOfStock:
                continue
        assert len(movements(database)) > 20
        assert_adds_up(database)

    def test_adds_up_under_racing_buyers(self, database: Database) -> None:
        with database.transaction() as session:
            product = make_product(session, make_page(session), variants=[(100, 20), (100, 20)])
            ids = [variant.id for variant in product.variants]

        def act(seed: int) -> None:
            chance = random.Random(seed)
            try:
                with database.transaction() as session:
                    take_stock(session, {one: chance.randint(1, 2) for one in ids}, cause=SOLD)
                with database.transaction() as session:
                    give_back_stock(session, {chance.choice(ids): 1}, cause=BACK)
                with database.transaction() as session:
                    set_stock(session, variant_id=ids[0], shown=chance.randint(5, 15), stock=20, cause=TYPED)
            except (OutOfStock, StockChanged):
                return

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(act, range(60)))
        assert_adds_up(database)


class TestLowStock:
    def test_lists_sold_out_first_and_only_what_is_on_sale(self, database: Database) -> None:
        with database.transaction() as session:
            page, other = make_page(session), make_page(session)
            mug = make_product(
                session, page, title="Mug", variants=[(100, 3), (100, 0), (100, 4), (100, None)]
            )
            make_product(session, page, title="Draft", variants=[(100, 0)], status=ProductStatus.DRAFT)
            make_product(session, other, variants=[(100, 0)])
        three, none, four, _ = (variant.id for variant in mug.variants)
        with database.reading() as session:
            assert count_low_stock(session, page.id) == (2, 1)
            assert [row.variant_id for row in list_low_stock(session, page.id)] == [none, three]
            assert [row.variant_id for row in list_low_stock(session, page.id, at_most=99)] == [
                none,
                three,
                four,
            ]
            after = list_low_stock(session, page.id, after=(0, none))
            assert [(row.variant_id, row.stock, row.title) for row in after] == [(three, 3, "Mug")]

    def test_reads_an_index_of_what_runs_low(self, database: Database) -> None:
        _fill(database, 6000)
        with database.transaction() as session:
            page_id = session.scalar(select(Product.page_id).limit(1)) or 0
        with database.reading() as session, record_selects(database) as sent:
            assert count_low_stock(session, page_id)[0] == 30
            assert len(list_low_stock(session, page_id)) == 30
        assert len(sent) == 2
        for statement, parameters in sent:
            assert "ix_variants_low_stock" in plan_of(database, statement, parameters)


def _fill(database: Database, products: int) -> None:
    with database.transaction() as session:
        page = make_page(session)
        session.flush()
        rows = [
            {
                "page_id": page.id, "slug": f"p{n}", "title": "P", "description_html": "", "vendor": "",
                "product_type": "", "tags": "[]", "status": "published", "option_names": "[]",
                "translations": "{}", "swatches": "{}", "sort_title": "p", "search_text": "p", "low": 1, "high": 1,
                "sold": 0, "version": 1, "at": START.replace(tzinfo=None) if database.is_sqlite else START,
            }
            for n in range(products)
        ]  # fmt: skip
        session.execute(
            text(
                "INSERT INTO products (page_id, slug, title, description_html, vendor, product_type, tags, status,"
                " option_names, translations, swatches, sort_title, search_text, price_from_amount,"
                " price_to_amount, sold_count, version, created_at, updated_at) VALUES (:page_id, :slug, :title,"
                " :description_html, :vendor, :product_type, :tags, :status, :option_names, :translations,"
                " :swatches, :sort_title, :search_text, :low, :high, :sold, :version, :at, :at)"
            ),
            rows,
        )
        session.execute(
            text(
                "INSERT INTO variants (product_id, page_id, position, option1, option2, option3, price_amount,"
                " stock, weight_grams) SELECT id, page_id, 1, '', '', '', 1,"
                " CASE WHEN id % 200 = 0 THEN id % 3 ELSE 50 END, 0 FROM products"
            )
        )
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()


class TestStockMovement:
    def test_stays_when_its_variant_goes(self, database: Database) -> None:
        with database.transaction() as session:
            product = make_product(session, make_page(session), variants=[(100, 5)])
            take_stock(session, {product.variants[0].id: 1}, cause=replace(SOLD, at=START + dt.timedelta(1)))
            session.delete(product.variants[0])
        assert len(movements(database)) == 1
