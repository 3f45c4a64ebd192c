"""What staff do with coupons: make, change, pause, delete, bring back."""

import datetime as dt

import pytest
from sqlalchemy import select, text

from shop.core.db import Database
from shop.core.errors import Invalid, NotFound
from shop.core.outbox import Job
from shop.coupons.codes import is_code, new_code, normalise_code
from shop.coupons.models import Coupon, CouponAudience, CouponKind, CouponScope
from shop.coupons.queries import get_coupon, list_product_ids
from shop.coupons.redeeming import take_use
from shop.coupons.service import (
    CODE_OF_DELETED,
    CODE_TAKEN,
    LOOK_AT_TAB,
    TOO_FEW_USES,
    CouponChanged,
    create_coupon,
    delete_coupon,
    edit_coupon,
    pause_coupon,
    restore_coupon,
    resume_coupon,
    update_tab,
)
from shop.page.models import AuditEntry, Page
from tests.conftest import START
from tests.coupons.house import add_coupon, draft
from tests.factories import make_page, make_product

DAY = dt.timedelta(days=1)


@pytest.fixture
def page(database: Database) -> Page:
    with database.transaction() as session:
        return make_page(session)


class TestNormaliseCode:
    @pytest.mark.parametrize("typed", ["welcome10", " WELCOME 10 ", "Wélcome\u00a010"])
    def test_makes_what_is_typed_in_many_ways_one(self, typed: str) -> None:
        assert normalise_code(typed) == "WELCOME10"

    @pytest.mark.parametrize("text", ["", "A", "-A", "A/B", "家具", "A" * 41])
    def test_leaves_what_is_no_code(self, text: str) -> None:
        assert not is_code(normalise_code(text))

    def test_takes_new_ones_as_they_are(self) -> None:
        assert is_code(new_code())
        assert len({new_code() for _ in range(1000)}) == 1000


class TestCreateCoupon:
    def test_keeps_all_that_was_decided(self, database: Database, page: Page) -> None:
        with database.transaction() as session:
            mug = make_product(session, page, title="Mug")
            made = add_coupon(
                session, page, "Mugs 20", percent_bp=2000, scope=CouponScope.PRODUCTS, minimum_amount=5000,
                product_ids=frozenset({mug.id}), max_uses=50, ends_at=START + DAY,
            )  # fmt: skip
        with database.reading() as session:
            coupon = get_coupon(session, page_id=page.id, coupon_id=made.id)
            assert (coupon.code, coupon.code_key, coupon.percent_bp) == ("Mugs 20", "MUGS20", 2000)
            assert (coupon.max_uses, coupon.uses, coupon.currency) == (50, 0, "EUR")
            assert list_product_ids(session, [coupon.id]) == {coupon.id: frozenset({mug.id})}
            assert session.scalars(select(AuditEntry.act)).all() == ["coupon.created"]

    def test_shows_the_tab_when_it_is_listed(self, database: Database, page: Page) -> None:
        with database.transaction() as session:
            add_coupon(session, page, "QUIET")
            assert not session.get_one(Page, page.id, populate_existing=True).has_coupons
            add_coupon(session, page, "LOUD", is_listed=True)
            assert session.get_one(Page, page.id, populate_existing=True).has_coupons

    @pytest.mark.parametrize(
        ("field", "changes"),
        [
            ("code", {"code": "?"}),
            ("title", {"title": " "}),
            ("title", {"title": "x" * 121}),
            ("percent_bp", {"percent_bp": 0}),
            ("percent_bp", {"percent_bp": 10_001}),
            ("amount", {"kind": CouponKind.AMOUNT, "amount": 0}),
            ("minimum_amount", {"minimum_amount": -1}),
            ("unit_limit", {"unit_limit": 0}),
            ("product_ids", {"scope": CouponScope.PRODUCTS}),
            ("product_ids", {"scope": CouponScope.PRODUCTS, "product_ids": frozenset({999})}),
            ("collection_ids", {"scope": CouponScope.COLLECTIONS}),
            ("collection_ids", {"scope": CouponScope.COLLECTIONS, "collection_ids": frozenset({999})}),
            ("ends_at", {"starts_at": START, "ends_at": START}),
            ("max_uses", {"max_uses": 0}),
            ("is_listed", {"audience": CouponAudience.HOLDERS, "is_listed": True}),
            ("is_embeddable", {"audience": CouponAudience.HOLDERS, "is_embeddable": True}),
        ],
    )
    def test_names_the_field_that_is_wrong(
        self, database: Database, page: Page, field: str, changes: dict[str, object]
    ) -> None:
        with database.transaction() as session, pytest.raises(Invalid) as refused:
            create_coupon(session, page=page, draft=draft(**changes), account_id=None, now=START)

        assert list(refused.value.errors) == [field]

    def test_refuses_a_fine_amount_in_a_currency_that_cannot_charge_it(self, database: Database) -> None:
        with database.transaction() as session:
            tunis = make_page(session, slug="tunis", currency="TND")
            with pytest.raises(Invalid) as refused:
                add_coupon(session, tunis, kind=CouponKind.AMOUNT, amount=1005)

        assert list(refused.value.errors) == ["amount"]

    def test_refuses_a_code_that_reads_like_another(self, database: Database, page: Page) -> None:
        with database.transaction() as session:
            first = add_coupon(session, page, "TENTH")
            with pytest.raises(Invalid) as taken:
                add_coupon(session, page, "ten th")
            delete_coupon(session, page=page, coupon_id=first.id, account_id=None, now=START)
            with pytest.raises(Invalid) as taken_by_deleted:
                add_coupon(session, page, "TENTH")
            add_coupon(session, make_page(session, slug="others"), "TENTH")

        assert taken.value.errors == {"code": [CODE_TAKEN]}
        assert taken_by_deleted.value.errors == {"code": [CODE_OF_DELETED]}


class TestEditCoupon:
    def test_changes_it_and_writes_before_and_after(self, database: Database, page: Page) -> None:
        with database.transaction() as session:
            made = add_coupon(session, page)
            edited = edit_coupon(
                session, page=page, coupon_id=made.id, version=1, draft=draft(percent_bp=2000),
                account_id=None, now=START,
            )  # fmt: skip
            entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "coupon.edited")).one()

        assert (edited.percent_bp, edited.version) == (2000, 2)
        assert (entry.before, entry.after) == ({"percent_bp": 1000}, {"percent_bp": 2000})

    def test_refuses_a_form_that_was_opened_before_another_change(
        self, database: Database, page: Page
    ) -> None:
        with database.transaction() as session:
            made = add_coupon(session, page)
            pause_coupon(session, page=page, coupon_id=made.id, account_id=None, now=START)
            with pytest.raises(CouponChanged):
                edit_coupon(
                    session, page=page, coupon_id=made.id, version=1, draft=draft(), account_id=None,
                    now=START,
                )  # fmt: skip

    def test_refuses_fewer_uses_than_there_were(self, database: Database, page: Page) -> None:
        with database.transaction() as session:
            made = add_coupon(session, page)
            for order_id in (1, 2):
                take_use(
                    session, coupon_id=made.id, order_id=order_id, keys=[f"account:{order_id}"], amount=1,
                    now=START,
                )  # fmt: skip
            with pytest.raises(Invalid) as refused:
                edit_coupon(
                    session, page=page, coupon_id=made.id, version=1, draft=draft(max_uses=1),
                    account_id=None, now=START,
                )  # fmt: skip

        assert refused.value.errors == {"max_uses": [TOO_FEW_USES]}

    def test_knows_no_coupon_of_another_page(self, database: Database, page: Page) -> None:
        with database.transaction() as session:
            theirs = add_coupon(session, make_page(session, slug="others"))
            with pytest.raises(NotFound):
                edit_coupon(
                    session, page=page, coupon_id=theirs.id, version=1, draft=draft(), account_id=None,
                    now=START,
                )  # fmt: skip


class TestPauseAndDelete:
    def test_each_happens_once_and_can_be_undone(self, database: Database, page: Page) -> None:
        with database.transaction() as session:
            made = add_coupon(session, page, is_listed=True)
            who = {"page": page, "coupon_id": made.id, "account_id": None, "now": START}
            told = [
                act(session, **who)
                for act in (
                    pause_coupon, pause_coupon, resume_coupon, resume_coupon,
                    delete_coupon, delete_coupon, restore_coupon, restore_coupon,
                )
            ]  # fmt: skip
            coupon = session.get_one(Coupon, made.id, populate_existing=True)

        assert told == [True, False] * 4
        assert (coupon.is_paused, coupon.deleted_at) == (False, None)

    def test_take_the_tab_away_with_the_last_one(self, database: Database, page: Page) -> None:
        with database.transaction() as session:
            made = add_coupon(session, page, is_listed=True)
            delete_coupon(session, page=page, coupon_id=made.id, account_id=None, now=START)
            assert not session.get_one(Page, page.id, populate_existing=True).has_coupons
            restore_coupon(session, page=page, coupon_id=made.id, account_id=None, now=START)
            assert session.get_one(Page, page.id, populate_existing=True).has_coupons


class TestUpdateTab:
    @pytest.mark.parametrize("ends_in", [DAY, None], ids=["ends later", "never ends"])
    def test_keeps_the_tab_while_something_stands_on_it(
        self, database: Database, page: Page, ends_in: dt.timedelta | None
    ) -> None:
        with database.transaction() as session:
            add_coupon(session, page, is_listed=True, ends_at=START + ends_in if ends_in else None)
            assert not update_tab(session, page_id=page.id, now=START)
            assert session.get_one(Page, page.id, populate_existing=True).has_coupons

    def test_hides_it_once_when_the_last_has_ended(self, database: Database, page: Page) -> None:
        with database.transaction() as session:
            add_coupon(session, page, "SOONER", is_listed=True, ends_at=START + DAY)
            add_coupon(session, page, "LATER", is_listed=True, ends_at=START + 2 * DAY)
            assert not update_tab(session, page_id=page.id, now=START + DAY)
            assert update_tab(session, page_id=page.id, now=START + 2 * DAY)
            assert not update_tab(session, page_id=page.id, now=START + 2 * DAY)
            assert not session.get_one(Page, page.id, populate_existing=True).has_coupons

    def test_lets_nobody_else_decide_of_it_before_the_end_of_the_transaction(
        self, database: Database, page: Page
    ) -> None:
        if database.engine.dialect.name == "sqlite":
            pytest.skip("SQLite lets one write at a time")
        free = text("SELECT id FROM pages WHERE id = :id FOR NO KEY UPDATE SKIP LOCKED")
        with database.transaction() as session:
            add_coupon(session, page, is_listed=True)
        with database.transaction() as session:
            assert not update_tab(session, page_id=page.id, now=START)
            with database.engine.connect() as other:
                assert other.execute(free, {"id": page.id}).all() == []


class TestLookAtTab:
    def test_is_asked_for_at_each_end_that_a_coupon_is_given(self, database: Database, page: Page) -> None:
        with database.transaction() as session:
            made = add_coupon(session, page, is_listed=True, ends_at=START + DAY)
            for version, days in ((1, 3), (2, 3), (3, 1)):
                edit_coupon(
                    session, page=page, coupon_id=made.id, version=version, account_id=None, now=START,
                    draft=draft(is_listed=True, ends_at=START + days * DAY),
                )  # fmt: skip
        with database.reading() as session:
            due = session.scalars(select(Job.run_at).where(Job.kind == LOOK_AT_TAB).order_by(Job.run_at))
            assert due.all() == [START + DAY, START + 3 * DAY]
