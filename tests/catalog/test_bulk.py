"""Many products at once: previewed, applied only to what still is as shown, undone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from shop.catalog.bulk import MAX_ROWS, BulkAct, TooManyRows, get_bulk_edit, propose_bulk_edit
from shop.catalog.bulk_apply import STEP_ROWS, apply_next
from shop.catalog.history_models import BulkEdit, BulkKind, BulkState, StockMovement, StockReason
from shop.catalog.models import Product, ProductStatus, Variant
from shop.catalog.queries import list_collection_products, list_matching_product_ids
from shop.catalog.repricing import (
    CompareAt,
    PriceChange,
    Repricing,
    Rounding,
    price_problem,
    reprice,
    round_price,
)
from shop.catalog.rules import MAX_STOCK
from shop.catalog.service import create_collection, delete_collection, edit_collection
from shop.catalog.stock import take_stock
from shop.core.db import Database
from shop.core.errors import NotFound
from shop.core.money import charge_step
from shop.page.models import AuditEntry, Page
from tests.factories import SOLD, START, make_account, make_page, make_product
from tests.support.statements import count_statements

DOWN_10 = BulkAct(
    BulkKind.PRICE,
    {"change": "down_percent", "value": 1000, "rounding": "exact", "compare_at": "old_price"},
)


class TestRoundPrice:
    @pytest.mark.parametrize(
        ("rounding", "amount", "rounded"),
        [
            (Rounding.EXACT, 1234, 1234),
            (Rounding.WHOLE, 1250, 1300),
            (Rounding.WHOLE, 1249, 1200),
            (Rounding.NINETY, 1234, 1190),
            (Rounding.NINETY, 30, 90),
            (Rounding.NINETY_NINE, 1234, 1199),
            (Rounding.FIVE, 1233, 1235),
        ],
    )
    def test_takes_the_nearest(self, rounding: Rounding, amount: int, rounded: int) -> None:
        assert round_price(amount, rounding, "EUR") == rounded

    def test_knows_currencies_without_and_with_three_decimals(self) -> None:
        assert round_price(1234, Rounding.TENS, "JPY") == 1230
        assert round_price(12345, Rounding.NINETY, "TND") == 11900
        assert round_price(12345, Rounding.EXACT, "TND") == 12350

    @given(
        st.integers(0, 10_000_000), st.sampled_from(list(Rounding)), st.sampled_from(["EUR", "JPY", "TND"])
    )
    def test_of_a_price_is_a_price_and_stays(self, amount: int, rounding: Rounding, currency: str) -> None:
        once = round_price(amount, rounding, currency)
        assert once >= 0
        assert once % charge_step(currency) == 0
        assert round_price(once, rounding, currency) == once


class TestReprice:
    def test_halves_of_a_cent_go_up(self) -> None:
        half = Repricing(PriceChange.DOWN_PERCENT, 5000)
        assert reprice(101, None, half, "EUR") == (51, None)

    def test_says_what_cannot_be(self) -> None:
        lower = Repricing(PriceChange.DOWN_AMOUNT, 500)
        assert price_problem(*reprice(400, None, lower, "EUR")) == "negative"
        raised = Repricing(PriceChange.UP_AMOUNT, 500)
        assert price_problem(*reprice(1000, 1200, raised, "EUR")) == "above_compare_at"
        cleared = Repricing(PriceChange.UP_AMOUNT, 500, compare_at=CompareAt.CLEAR)
        assert price_problem(*reprice(1000, 1200, cleared, "EUR")) == ""


class Yard:
    """A page with two mugs and what is done to many at once."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.transaction() as session:
            self.owner = make_account(session)
            self.page: Page = make_page(session, owner=self.owner)
            self.ids = [
                make_product(session, self.page, title="Mug", variants=[(1000, 5), (2000, None)]).id,
                make_product(session, self.page, title="Bowl", variants=[(500, 0)]).id,
            ]

    def propose(self, act: BulkAct, ids: list[int] | None = None) -> BulkEdit:
        with self.database.transaction() as session:
            return propose_bulk_edit(
                session, page_id=self.page.id, account_id=self.owner.id, act=act, currency="EUR", now=START,
                product_ids=self.ids if ids is None else ids,
            )  # fmt: skip

    def run(self, edit: BulkEdit, *, is_undo: bool = False) -> BulkEdit:
        is_left = True
        while is_left:
            with self.database.transaction() as session:
                is_left = apply_next(
                    session, page_id=self.page.id, edit_id=edit.id, account_id=self.owner.id, now=START,
                    is_undo=is_undo,
                )  # fmt: skip
        with self.database.reading() as session:
            return get_bulk_edit(session, page_id=self.page.id, edit_id=edit.id)

    def prices(self) -> list[tuple[int, int | None]]:
        with self.database.reading() as session:
            found = session.execute(
                select(Variant.price_amount, Variant.compare_at_amount).order_by(Variant.id)
            )
            return [(price, compare_at) for price, compare_at in found]

    def stocks(self) -> list[int | None]:
        with self.database.reading() as session:
            return list(session.scalars(select(Variant.stock).order_by(Variant.id)))

    def products(self) -> list[Product]:
        with self.database.reading() as session:
            return list(session.scalars(select(Product).order_by(Product.id)))


@pytest.fixture
def yard(database: Database) -> Yard:
    return Yard(database)


class TestPrices:
    def test_are_changed_and_taken_back(self, yard: Yard) -> None:
        before = yard.prices()
        edit = yard.run(yard.propose(DOWN_10))
        assert yard.prices() == [(900, 1000), (1800, 2000), (450, 500)]
        mug = yard.products()[0]
        assert (mug.price_from_amount, mug.price_to_amount, mug.compare_at_amount, mug.version) == (
            900,
            1800,
            1000,
            2,
        )
        assert (edit.state, edit.skipped, edit.progress) == (BulkState.APPLIED, {}, 0)
        undone = yard.run(edit, is_undo=True)
        assert (undone.state, yard.prices()) == (BulkState.UNDONE, before)

    def test_changed_by_a_colleague_since_are_left_alone_both_ways(self, yard: Yard) -> None:
        edit = yard.propose(DOWN_10)
        with yard.database.transaction() as session:
            session.execute(update(Variant).where(Variant.price_amount == 2000).values(price_amount=1999))
        applied = yard.run(edit)
        assert applied.skipped == {"1": "changed"}
        assert yard.prices() == [(900, 1000), (1999, None), (450, 500)]
        with yard.database.transaction() as session:
            session.execute(update(Variant).where(Variant.price_amount == 450).values(price_amount=449))
        undone = yard.run(edit, is_undo=True)
        assert undone.not_undone == {"2": "changed"}
        assert yard.prices() == [(1000, None), (1999, None), (449, 500)]

    def test_that_cannot_be_are_told_and_left_alone(self, yard: Yard) -> None:
        act = BulkAct(
            BulkKind.PRICE, {"change": "down_amount", "value": 600, "rounding": "exact", "compare_at": "keep"}
        )
        edit = yard.propose(act)
        assert [row[4] for row in edit.rows] == ["", "", "negative"]
        yard.run(edit)
        assert yard.prices() == [(400, None), (1400, None), (500, None)]

    def test_applied_twice_change_once(self, yard: Yard) -> None:
        edit = yard.propose(DOWN_10)
        yard.run(edit)
        yard.run(edit)
        assert yard.prices()[0] == (900, 1000)

    def test_are_in_the_audit_log(self, yard: Yard) -> None:
        yard.run(yard.propose(DOWN_10))
        with yard.database.reading() as session:
            entry = session.scalars(select(AuditEntry)).one()
        assert (entry.act, entry.account_id, entry.after["products"], entry.after["rows"]) == (
            "product.bulk_edited", yard.owner.id, 2, 3,
        )  # fmt: skip


class TestStock:
    def test_is_added_to_whatever_was_sold(self, yard: Yard) -> None:
        edit = yard.propose(BulkAct(BulkKind.STOCK, {"adds": True, "value": 10}))
        assert [row[4] for row in edit.rows] == ["", "unlimited", ""]
        with yard.database.transaction() as session:
            take_stock(session, {edit.rows[0][1]: 2}, cause=SOLD)
        yard.run(edit)
        assert yard.stocks() == [13, None, 10]
        with yard.database.reading() as session:
            moves = session.scalars(
                select(StockMovement).where(StockMovement.reason == StockReason.BULK_EDITED)
            ).all()
        assert [(move.change, move.stock_after, move.ref) for move in moves] == [
            (10, 13, str(edit.id)),
            (10, 10, str(edit.id)),
        ]
        yard.run(edit, is_undo=True)
        assert yard.stocks() == [3, None, 0]

    def test_is_set_unless_something_was_sold(self, yard: Yard) -> None:
        edit = yard.propose(BulkAct(BulkKind.STOCK, {"adds": False, "value": 7}))
        with yard.database.transaction() as session:
            take_stock(session, {edit.rows[0][1]: 1}, cause=SOLD)
        applied = yard.run(edit)
        assert (applied.skipped, yard.stocks()) == ({"0": "changed"}, [4, 7, 7])
        yard.run(edit, is_undo=True)
        assert yard.stocks() == [4, None, 0]

    def test_never_goes_below_zero(self, yard: Yard) -> None:
        edit = yard.propose(BulkAct(BulkKind.STOCK, {"adds": True, "value": -3}))
        assert [row[4] for row in edit.rows] == ["", "unlimited", "below_zero"]
        with yard.database.transaction() as session:
            take_stock(session, {edit.rows[0][1]: 4}, cause=SOLD)
        assert yard.run(edit).skipped == {"0": "below_zero"}
        assert yard.stocks() == [1, None, 0]

    def test_never_goes_above_the_most_that_is_kept(self, yard: Yard) -> None:
        act = BulkAct(BulkKind.STOCK, {"adds": True, "value": MAX_STOCK - 5})
        first, second = yard.propose(act), yard.propose(act)
        yard.run(first)
        assert yard.run(second).skipped == {"0": "too_many", "2": "too_many"}
        assert yard.stocks() == [MAX_STOCK, None, MAX_STOCK - 5]


class TestStatusShelvesAndTags:
    def test_archived_ones_come_back_as_they_were(self, yard: Yard) -> None:
        with yard.database.transaction() as session:
            session.execute(
                update(Product).where(Product.id == yard.ids[1]).values(status=ProductStatus.DRAFT)
            )
        edit = yard.run(yard.propose(BulkAct(BulkKind.STATUS, {"status": "archived"})))
        assert [(one.status.value, one.archived_from) for one in yard.products()] == [
            ("archived", ProductStatus.PUBLISHED),
            ("archived", ProductStatus.DRAFT),
        ]
        yard.run(edit, is_undo=True)
        assert [one.status.value for one in yard.products()] == ["published", "draft"]

    def test_shelves_are_filled_and_emptied(self, yard: Yard) -> None:
        with yard.database.transaction() as session:
            shelf = create_collection(
                session, page_id=yard.page.id, title="Table", now=START, product_ids=yard.ids[1:]
            )
            other = make_page(session)
            strange = create_collection(session, page_id=other.id, title="Other", now=START)
        what = {"collection_id": shelf.id, "title": "Table", "adds": True}
        edit = yard.propose(BulkAct(BulkKind.COLLECTION, what))
        assert len(edit.rows) == 1
        yard.run(edit)
        with yard.database.reading() as session:
            assert list_collection_products(session, collection_id=shelf.id) == [yard.ids[1], yard.ids[0]]
        yard.run(edit, is_undo=True)
        with yard.database.reading() as session:
            assert list_collection_products(session, collection_id=shelf.id) == [yard.ids[1]]
        with pytest.raises(NotFound):
            yard.propose(BulkAct(BulkKind.COLLECTION, {**what, "collection_id": strange.id}))

    @pytest.mark.parametrize("is_reordered", [False, True])
    def test_taken_off_a_shelf_come_back_to_their_places(self, yard: Yard, *, is_reordered: bool) -> None:
        with yard.database.transaction() as session:
            page = session.merge(yard.page)
            ids = [*yard.ids, *(make_product(session, page).id for _ in range(3))]
            shelf = create_collection(session, page_id=page.id, title="Table", now=START, product_ids=ids)
        what = {"collection_id": shelf.id, "title": "Table", "adds": False}
        edit = yard.run(yard.propose(BulkAct(BulkKind.COLLECTION, what), [ids[0], ids[1], ids[3]]))
        with yard.database.transaction() as session:
            assert list_collection_products(session, collection_id=shelf.id) == [ids[2], ids[4]]
            if is_reordered:  # and so numbered from 1 again
                edit_collection(
                    session, page_id=yard.page.id, collection_id=shelf.id, title="Table", now=START,
                    product_ids=[ids[4], ids[2]],
                )  # fmt: skip
        assert yard.run(edit, is_undo=True).not_undone == {}
        with yard.database.reading() as session:
            found = list_collection_products(session, collection_id=shelf.id)
        expected = [ids[0], ids[1], ids[4], ids[3], ids[2]] if is_reordered else ids
        assert found == expected

    @pytest.mark.parametrize("is_undo", [False, True])
    @pytest.mark.parametrize("adds", [False, True])
    def test_a_shelf_that_is_gone_is_told(self, yard: Yard, *, adds: bool, is_undo: bool) -> None:
        with yard.database.transaction() as session:
            shelf = create_collection(
                session, page_id=yard.page.id, title="Table", now=START, product_ids=[] if adds else yard.ids
            )
        what = {"collection_id": shelf.id, "title": "Table", "adds": adds}
        edit = yard.propose(BulkAct(BulkKind.COLLECTION, what))
        if is_undo:
            yard.run(edit)
        with yard.database.transaction() as session:
            delete_collection(session, page_id=yard.page.id, collection_id=shelf.id, now=START)
        edit = yard.run(edit, is_undo=is_undo)
        assert (edit.not_undone if is_undo else edit.skipped) == {"0": "gone", "1": "gone"}

    def test_tags_are_added_and_found(self, yard: Yard) -> None:
        edit = yard.run(yard.propose(BulkAct(BulkKind.TAGS, {"tags": ["Stoneware"], "adds": True})))
        with yard.database.reading() as session:
            assert (
                list_matching_product_ids(
                    session, page_id=yard.page.id, status=None, query="stoneware", limit=9
                )
                == yard.ids
            )
        yard.run(edit, is_undo=True)
        assert [one.tags for one in yard.products()] == [[], []]


class TestSize:
    def test_runs_in_steps_and_goes_on_after_a_crash(self, yard: Yard) -> None:
        with yard.database.transaction() as session:
            page = session.merge(yard.page)
            ids = [
                make_product(session, page, variants=[(1000, 1)] * 50).id
                for _ in range(2 * STEP_ROWS // 50 + 1)
            ]
        edit = yard.propose(DOWN_10, ids)
        with yard.database.transaction() as session, count_statements(yard.database.engine) as sent:
            apply_next(session, page_id=yard.page.id, edit_id=edit.id, account_id=yard.owner.id, now=START)
        assert len(sent) < 20
        with yard.database.reading() as session:
            begun = get_bulk_edit(session, page_id=yard.page.id, edit_id=edit.id)
        assert (begun.state, begun.progress) == (BulkState.APPLYING, STEP_ROWS)
        done = yard.run(edit)
        assert (done.state, done.skipped) == (BulkState.APPLIED, {})
        assert {price for price, _ in yard.prices()[3:]} == {900}

    def test_is_refused_above_the_bound(self, yard: Yard) -> None:
        with yard.database.transaction() as session:
            page = session.merge(yard.page)
            ids = [
                make_product(session, page, variants=[(1000, 1)] * 250).id for _ in range(MAX_ROWS // 250 + 1)
            ]
        with pytest.raises(TooManyRows):
            yard.propose(DOWN_10, ids)

    def test_another_pages_products_are_not_touched(self, yard: Yard) -> None:
        with yard.database.transaction() as session:
            strange = make_product(session, make_page(session))
        assert yard.propose(DOWN_10, [strange.id]).rows == []
