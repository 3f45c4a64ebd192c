"""Stock is taken all or nothing, never oversold, and never loses a unit."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from shop.catalog.models import Product, ProductStatus, Variant
from shop.catalog.stock import (
    OutOfStock,
    StockChanged,
    give_back_stock,
    raise_sold_count,
    set_stock,
    take_stock,
)
from shop.core.db import Database
from tests.factories import SOLD, make_page, make_product


def variant_ids(
    database: Database, *stocks: int | None, status: ProductStatus = ProductStatus.PUBLISHED
) -> list[int]:
    with database.transaction() as session:
        page = make_page(session)
        product = make_product(session, page, variants=[(1000, stock) for stock in stocks], status=status)
        return [variant.id for variant in product.variants]


def stocks(database: Database) -> list[int | None]:
    with database.reading() as session:
        return list(session.scalars(select(Variant.stock).order_by(Variant.id)))


class TestTakeStock:
    def test_takes_from_each_variant(self, database: Database) -> None:
        mug, bowl = variant_ids(database, 5, 9)

        with database.transaction() as session:
            take_stock(session, {bowl: 2, mug: 5}, cause=SOLD)

        assert stocks(database) == [0, 7]

    def test_takes_nothing_when_too_few_are_left(self, database: Database) -> None:
        mug, bowl = variant_ids(database, 5, 1)

        with pytest.raises(OutOfStock) as refusal, database.transaction() as session:
            take_stock(session, {mug: 1, bowl: 2}, cause=SOLD)

        assert (refusal.value.variant_id, refusal.value.left) == (bowl, 1)
        assert str(refusal.value) == "Only 1 left."
        assert stocks(database) == [5, 1]

    def test_never_ends_an_unlimited_stock(self, database: Database) -> None:
        (poster,) = variant_ids(database, None)

        with database.transaction() as session:
            take_stock(session, {poster: 99}, cause=SOLD)

        assert stocks(database) == [None]

    @pytest.mark.parametrize("status", [ProductStatus.DRAFT, ProductStatus.ARCHIVED])
    def test_gives_out_only_what_is_published(self, database: Database, status: ProductStatus) -> None:
        (hidden_mug,) = variant_ids(database, 5, status=status)

        with pytest.raises(OutOfStock) as refusal, database.transaction() as session:
            take_stock(session, {hidden_mug: 1}, cause=SOLD)

        assert refusal.value.left == 0

    def test_an_unknown_variant_is_sold_out(self, database: Database) -> None:
        with pytest.raises(OutOfStock), database.transaction() as session:
            take_stock(session, {404: 1}, cause=SOLD)

    def test_refuses_to_take_less_than_one(self, database: Database) -> None:
        (mug,) = variant_ids(database, 5)

        with pytest.raises(ValueError, match="at least 1"), database.transaction() as session:
            take_stock(session, {mug: 0}, cause=SOLD)

    def test_racing_buyers_get_exactly_what_there_is(self, database: Database) -> None:
        wanted = variant_ids(database, 20, 20, 20)
        orders = []
        for seed in range(60):
            ids = list(wanted)
            random.Random(seed).shuffle(ids)
            orders.append(dict.fromkeys(ids, 1))

        def buy(lines: dict[int, int]) -> bool:
            try:
                with database.transaction() as session:
                    take_stock(session, lines, cause=SOLD)
            except OutOfStock:
                return False
            return True

        with ThreadPoolExecutor(12) as pool:
            bought = sum(pool.map(buy, orders))

        assert bought == 20
        assert stocks(database) == [0, 0, 0]

    def test_racing_buyers_and_returns_lose_no_unit(self, database: Database) -> None:
        wanted = variant_ids(database, 5, 5, 5)

        def buy_and_return(seed: int) -> None:
            ids = random.Random(seed).sample(wanted, 2)
            try:
                with database.transaction() as session:
                    take_stock(session, {ids[0]: 2, ids[1]: 1}, cause=SOLD)
            except OutOfStock:
                return
            with database.transaction() as session:
                give_back_stock(session, {ids[1]: 1, ids[0]: 2}, cause=SOLD)

        with ThreadPoolExecutor(12) as pool:
            list(pool.map(buy_and_return, range(60)))

        assert stocks(database) == [5, 5, 5]


class TestGiveBackStock:
    def test_adds_to_what_there_is(self, database: Database) -> None:
        mug, poster = variant_ids(database, 0, None)

        with database.transaction() as session:
            give_back_stock(session, {mug: 3, poster: 1, 404: 1}, cause=SOLD)

        assert stocks(database) == [3, None]


class TestSetStock:
    def test_writes_when_the_shown_one_still_holds(self, database: Database) -> None:
        mug, poster = variant_ids(database, 4, None)

        with database.transaction() as session:
            set_stock(session, variant_id=mug, shown=4, stock=None, cause=SOLD)
            set_stock(session, variant_id=poster, shown=None, stock=7, cause=SOLD)

        assert stocks(database) == [None, 7]

    def test_a_sale_in_between_is_not_undone(self, database: Database) -> None:
        (mug,) = variant_ids(database, 4)
        with database.transaction() as session:
            take_stock(session, {mug: 1}, cause=SOLD)

        with pytest.raises(StockChanged) as refusal, database.transaction() as session:
            set_stock(session, variant_id=mug, shown=4, stock=10, cause=SOLD)

        assert refusal.value.stocks == {mug: 3}
        assert stocks(database) == [3]


class TestRaiseSoldCount:
    def test_adds_up(self, database: Database) -> None:
        with database.transaction() as session:
            page = make_page(session)
            ids = [make_product(session, page).id for _ in range(2)]
        for _ in range(2):
            with database.transaction() as session:
                raise_sold_count(session, {ids[1]: 2, ids[0]: 1})

        with database.reading() as session:
            assert list(session.scalars(select(Product.sold_count).order_by(Product.id))) == [2, 4]
