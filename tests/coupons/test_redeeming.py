"""Uses of a coupon: taken once, given back once; and who holds one."""

import datetime as dt

import pytest
from sqlalchemy import func, select

from shop.core.db import Database
from shop.core.signing import Signer
from shop.coupons.customers import customer_keys, customer_of
from shop.coupons.holding import adopt_holdings, put_back, take_coupon
from shop.coupons.models import Coupon, CouponHolding, CouponUseKey, HoldingWay
from shop.coupons.queries import has_holding
from shop.coupons.redeeming import CouponEnded, CouponGone, CouponUsed, give_back, take_use, take_use_again
from shop.coupons.service import pause_coupon
from shop.coupons.shown_queries import load_mine
from shop.page.models import Page
from tests.conftest import START
from tests.coupons.house import add_coupon
from tests.factories import make_page

DAY = dt.timedelta(days=1)
ALIX, BO = ["account:1", "email:a"], ["guest:b", "email:b"]
SIGNER = Signer("test-secret-key-that-is-long-enough-for-it")


@pytest.fixture
def page(database: Database) -> Page:
    with database.transaction() as session:
        return make_page(session)


def uses(database: Database, coupon_id: int) -> int:
    with database.reading() as session:
        return session.get_one(Coupon, coupon_id).uses


def take(
    database: Database, coupon_id: int, order_id: int, keys: list[str], now: dt.datetime = START
) -> None:
    with database.transaction() as session:
        take_use(session, coupon_id=coupon_id, order_id=order_id, keys=keys, amount=100, now=now)


class TestCustomerKeys:
    def test_say_an_address_to_nobody_without_the_secret(self) -> None:
        keys = customer_keys(SIGNER, account_id=7, email="Alix@Example.com", visitor_key="account:7")

        assert keys[0] == "account:7"
        assert len(keys) == 2
        assert "alix" not in keys[1].lower()
        assert keys[1:] == customer_keys(SIGNER, email="alix@example.com ")
        assert keys[1:] != customer_keys(
            Signer("another-secret-key-long-enough-for-it"), email="alix@example.com"
        )

    def test_prove_nothing_by_an_address_that_was_typed(self) -> None:
        guest = customer_of(SIGNER, email="alix@example.com", visitor_key="guest:abc")

        assert guest.proved == ("guest:abc",)
        assert guest.knows_email


class TestTakeUse:
    def test_takes_the_last_one_once(self, database: Database, page: Page) -> None:
        with database.transaction() as session:
            coupon = add_coupon(session, page, max_uses=1)
        take(database, coupon.id, 1, ALIX)

        with pytest.raises(CouponGone):
            take(database, coupon.id, 2, BO)
        assert uses(database, coupon.id) == 1

    @pytest.mark.parametrize("keys", [["account:1"], ["account:9", "email:a"], ["email:a", "guest:z"]])
    def test_refuses_who_used_it_before_under_any_key(
        self, database: Database, page: Page, keys: list[str]
    ) -> None:
        with database.transaction() as session:
            coupon = add_coupon(session, page)
        take(database, coupon.id, 1, ALIX)

        with pytest.raises(CouponUsed):
            take(database, coupon.id, 2, keys)
        assert uses(database, coupon.id) == 1

    def test_takes_it_often_when_it_is_not_for_once(self, database: Database, page: Page) -> None:
        with database.transaction() as session:
            coupon = add_coupon(session, page, is_once=False)
        for order_id in (1, 2, 3):
            take(database, coupon.id, order_id, ALIX)

        assert uses(database, coupon.id) == 3

    def test_asks_its_dates(self, database: Database, page: Page) -> None:
        with database.transaction() as session:
            coupon = add_coupon(session, page, starts_at=START, ends_at=START + DAY)

        for wrong in (START - DAY, START + DAY):
            with pytest.raises(CouponEnded):
                take(database, coupon.id, 1, ALIX, wrong)
        take(database, coupon.id, 1, ALIX, START)
        assert uses(database, coupon.id) == 1

    def test_takes_no_paused_one(self, database: Database, page: Page) -> None:
        with database.transaction() as session:
            coupon = add_coupon(session, page)
            pause_coupon(session, page=page, coupon_id=coupon.id, account_id=None, now=START)

        with pytest.raises(CouponEnded):
            take(database, coupon.id, 1, ALIX)


class TestGiveBack:
    def test_gives_it_back_once_and_to_the_same_customer(self, database: Database, page: Page) -> None:
        with database.transaction() as session:
            coupon = add_coupon(session, page, max_uses=1)
        take(database, coupon.id, 1, ALIX)
        with database.transaction() as session:
            told = [give_back(session, order_id=1, now=START) for _ in range(2)]

        assert told == [True, False]
        assert uses(database, coupon.id) == 0
        take(database, coupon.id, 2, ALIX)
        assert uses(database, coupon.id) == 1

    def test_gives_nothing_back_for_an_order_without_one(self, database: Database) -> None:
        with database.transaction() as session:
            assert not give_back(session, order_id=1, now=START)


class TestTakeUseAgain:
    def test_takes_it_while_it_is_there_also_after_its_end(self, database: Database, page: Page) -> None:
        with database.transaction() as session:
            coupon = add_coupon(session, page, max_uses=1, ends_at=START + DAY)
        take(database, coupon.id, 1, ALIX)
        with database.transaction() as session:
            give_back(session, order_id=1, now=START)
        with database.transaction() as session:
            assert take_use_again(session, order_id=1, keys=["guest:a"], now=START + 2 * DAY)

        with database.reading() as session:
            assert load_mine(session, coupon_ids=[coupon.id], keys=["account:1"], proved=[]).used == {
                coupon.id
            }
        assert uses(database, coupon.id) == 1

    def test_knows_the_customer_again_by_every_key_that_was_freed(
        self, database: Database, page: Page
    ) -> None:
        with database.transaction() as session:
            coupon = add_coupon(session, page)
        take(database, coupon.id, 1, ["account:1", "email:a"])
        with database.transaction() as session:
            adopt_holdings(session, guest_key="email:a", account_key="account:2")
            give_back(session, order_id=1, now=START)
        with database.transaction() as session:
            assert take_use_again(session, order_id=1, keys=["account:1"], now=START)

        for keys in (["guest:b", "email:a"], ["account:2"]):
            with pytest.raises(CouponUsed):
                take(database, coupon.id, 2, keys)
        assert uses(database, coupon.id) == 1

    def test_takes_none_that_somebody_else_has_now(self, database: Database, page: Page) -> None:
        with database.transaction() as session:
            coupon = add_coupon(session, page, max_uses=1)
        take(database, coupon.id, 1, ALIX)
        with database.transaction() as session:
            give_back(session, order_id=1, now=START)
        take(database, coupon.id, 2, BO)

        with database.transaction() as session:
            assert not take_use_again(session, order_id=1, keys=["guest:a"], now=START)
        assert uses(database, coupon.id) == 1


class TestTakeCoupon:
    def test_is_the_same_twice(self, database: Database, page: Page) -> None:
        with database.transaction() as session:
            coupon = add_coupon(session, page)
            told = [
                take_coupon(
                    session, coupon_id=coupon.id, holder_key="guest:b", way=HoldingWay.PAGE, now=START
                )
                for _ in range(2)
            ]
            assert told == [True, False]
            assert has_holding(session, coupon_id=coupon.id, keys=["guest:b"])
            put_back(session, coupon_id=coupon.id, keys=["guest:b"])
            assert not has_holding(session, coupon_id=coupon.id, keys=["guest:b"])


class TestAdoptHoldings:
    def test_gives_the_account_what_the_guest_held_and_had_used(self, database: Database, page: Page) -> None:
        with database.transaction() as session:
            held, both, used = (add_coupon(session, page, code) for code in ("HELD", "BOTH", "USED"))
            for coupon, key in ((held, "guest:b"), (both, "guest:b"), (both, "account:1")):
                take_coupon(session, coupon_id=coupon.id, holder_key=key, way=HoldingWay.PAGE, now=START)
        take(database, used.id, 1, BO)

        for _ in range(2):
            with database.transaction() as session:
                adopt_holdings(session, guest_key="guest:b", account_key="account:1")
        with database.transaction() as session:
            assert session.scalar(select(func.count(CouponHolding.id))) == 2
            mine = load_mine(
                session, coupon_ids=[held.id, both.id, used.id], keys=["account:1"], proved=["account:1"]
            )
            assert (mine.held, mine.used) == ({held.id, both.id}, {used.id})
            give_back(session, order_id=1, now=START)
            assert session.scalar(select(func.count()).select_from(CouponUseKey)) == 0
