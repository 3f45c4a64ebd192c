"""Coupons in carts: which counts, what was typed, what was taken off."""

import datetime as dt

import pytest

from shop.cart.coupons import CouponRefused, CouponUnknown, bring_back, remove_coupon
from shop.cart.models import Cart
from shop.catalog.models import Collection, CollectionProduct
from shop.checkout.desk import account_buyer
from shop.coupons.holding import take_coupon
from shop.coupons.models import CouponAudience, CouponKind, CouponScope, HoldingWay
from shop.coupons.offer_queries import MAX_OFFERS
from shop.coupons.offers import Refusal
from shop.coupons.service import pause_coupon
from shop.page.models import LikeSource
from shop.page.service import follow
from shop.payments.limits import BelowMinimum
from tests.coupons.counter import NAMELESS, Counter
from tests.factories import make_account
from tests.support.statements import count_statements


class TestViewCart:
    def test_shows_what_the_chosen_one_takes_off(self, counter: Counter) -> None:
        counter.coupon()
        counter.apply("ten th")
        view = counter.view()

        assert (view.coupon.code, view.coupon.is_typed, view.coupon.refusal) == ("TENTH", True, None)
        assert view.totals.discount_amount == view.coupon.amount == 510
        assert [line.discount_amount for line in view.lines] == [360, 150]
        assert view.totals.total_amount == 5100 - 510 + 490
        assert view.asks_email

    def test_takes_the_one_that_takes_most_off_by_itself(self, counter: Counter) -> None:
        counter.coupon("FIVE", kind=CouponKind.AMOUNT, amount=500, is_automatic=True)
        counter.coupon("TENTH", is_automatic=True)
        counter.coupon("QUARTER", percent_bp=2500)
        counter.coupon("FREE", kind=CouponKind.FREE_SHIPPING, is_automatic=True)
        view = counter.view()

        assert (view.coupon.code, view.coupon.is_typed) == ("TENTH", False)

    def test_lets_what_was_typed_come_first(self, counter: Counter) -> None:
        counter.coupon("TENTH", is_automatic=True)
        counter.coupon("ONE", kind=CouponKind.AMOUNT, amount=100)
        counter.apply("ONE")

        assert counter.view().coupon.code == "ONE"

    def test_frees_shipping_and_says_what_it_would_cost(self, counter: Counter) -> None:
        counter.coupon("FREE", kind=CouponKind.FREE_SHIPPING)
        counter.apply("FREE")
        view = counter.view()

        assert (view.totals.shipping_amount, view.waived_shipping_amount) == (0, 490)
        assert (view.totals.discount_amount, view.totals.total_amount) == (0, 5100)

    @pytest.mark.parametrize(
        ("values", "refusal"),
        [
            ({"is_paused": True}, Refusal.GONE),
            ({"ends_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}, Refusal.ENDED),
            ({"starts_at": dt.datetime(2027, 1, 1, tzinfo=dt.UTC)}, Refusal.NOT_STARTED),
            ({"max_uses": 1, "uses": 1}, Refusal.USED_UP),
            ({"minimum_amount": 5101}, Refusal.BELOW_MINIMUM),
            ({"currency": "USD"}, Refusal.OTHER_CURRENCY),
            ({"audience": CouponAudience.MEMBERS}, Refusal.MEMBERS_ONLY),
            ({"audience": CouponAudience.HOLDERS}, Refusal.HOLDERS_ONLY),
            ({"scope": CouponScope.PRODUCTS}, Refusal.NO_SUCH_THING),
            ({"kind": CouponKind.AMOUNT}, Refusal.NOTHING_OFF),
        ],
    )
    def test_keeps_one_that_counts_no_more_and_says_why(
        self, counter: Counter, values: dict[str, object], refusal: Refusal
    ) -> None:
        counter.coupon()
        counter.apply()
        counter.change(**values)
        view = counter.view()

        assert (view.coupon.code, view.coupon.refusal, view.problems) == ("TENTH", refusal, [])
        assert view.totals.total_amount == 5590
        assert view.coupon.missing_amount == (1 if refusal is Refusal.BELOW_MINIMUM else 0)
        started = counter.shop.check_out(counter.cart_id, NAMELESS, expected_total_amount=5590)
        assert counter.shop.order(started.order_id).coupon_id is None

    def test_lets_another_count_while_the_chosen_one_does_not(self, counter: Counter) -> None:
        counter.coupon("BIG", minimum_amount=100_000)
        counter.coupon("TENTH", is_automatic=True)
        counter.apply("BIG")
        view = counter.view()

        assert (view.coupon.code, view.idle_coupon.code) == ("TENTH", "BIG")
        assert view.idle_coupon.missing_amount == 100_000 - 5100

    def test_uses_what_is_in_the_wallet(self, counter: Counter) -> None:
        coupon_id = counter.coupon(audience=CouponAudience.HOLDERS)
        assert counter.view().coupon is None
        with counter.shop.database.transaction() as session:
            take_coupon(
                session, coupon_id=coupon_id, holder_key=NAMELESS.visitor_key, way=HoldingWay.PRIZE,
                now=counter.shop.clock.now(),
            )  # fmt: skip

        assert counter.view().coupon.code == "TENTH"

    def test_gives_followers_what_is_theirs(self, counter: Counter) -> None:
        counter.coupon(audience=CouponAudience.MEMBERS, is_automatic=True)
        with counter.shop.database.transaction() as session:
            fan = make_account(session)
            follow(
                session, page_id=counter.shop.page.id, account_id=fan.id, source=LikeSource.ORGANIC,
                now=counter.shop.clock.now(),
            )  # fmt: skip

        assert counter.view().coupon is None
        assert counter.view(buyer=account_buyer(fan.id, fan.email)).coupon.code == "TENTH"

    def test_looks_into_collections(self, counter: Counter) -> None:
        with counter.shop.database.transaction() as session:
            shelf = Collection(
                page_id=counter.shop.page.id, slug="cups", title="Cups", created_at=counter.shop.clock.now()
            )
            session.add(shelf)
            session.flush()
            session.add(
                CollectionProduct(collection_id=shelf.id, product_id=counter.shop.product.id, position=1)
            )
        counter.coupon(scope=CouponScope.COLLECTIONS, collection_ids=frozenset({shelf.id}))
        counter.apply()

        assert counter.view().totals.discount_amount == 510

    def test_tells_a_total_that_the_coupon_makes_too_small(self, counter: Counter) -> None:
        counter.coupon("MOST", kind=CouponKind.AMOUNT, amount=5080, has_free_shipping=True)
        counter.apply("MOST")
        view = counter.view()

        assert [type(problem) for problem in view.problems] == [BelowMinimum]
        assert "coupon" in view.problems[0].msgid

    def test_never_chooses_one_by_itself_that_makes_it_too_small(self, counter: Counter) -> None:
        counter.coupon("MOST", kind=CouponKind.AMOUNT, amount=5080, has_free_shipping=True, is_automatic=True)
        counter.coupon("TENTH", is_automatic=True)

        assert counter.view().coupon.code == "TENTH"

    def test_finds_one_behind_many_that_are_over(self, counter: Counter) -> None:
        over = {
            "starts_at": counter.shop.clock.now() - dt.timedelta(days=2),
            "ends_at": counter.shop.clock.now(),
        }
        for number in range(MAX_OFFERS):
            counter.coupon(f"OVER{number}", is_automatic=True, **over)
        last = counter.coupon("LAST", is_automatic=True)

        assert counter.view().coupon.id == last

    def test_takes_as_many_statements_however_many_coupons_there_are(self, counter: Counter) -> None:
        def statements() -> int:
            with count_statements(counter.shop.database.engine) as seen:
                counter.view()
            return len(seen)

        products = frozenset({counter.shop.product.id})
        counter.coupon("C0", is_automatic=True, scope=CouponScope.PRODUCTS, product_ids=products)
        one = statements()
        for place in range(1, 20):
            counter.coupon(f"C{place}", is_automatic=True, scope=CouponScope.PRODUCTS, product_ids=products)

        assert statements() == one


class TestApplyCode:
    @pytest.mark.parametrize("values", [{"audience": CouponAudience.HOLDERS}, {"code": "OTHER"}])
    def test_knows_none_that_is_not_there_for_the_asker(
        self, counter: Counter, values: dict[str, object]
    ) -> None:
        counter.coupon(**values)
        with pytest.raises(CouponUnknown):
            counter.apply()

    def test_knows_no_paused_one(self, counter: Counter) -> None:
        coupon_id = counter.coupon()
        with counter.shop.database.transaction() as session:
            pause_coupon(
                session, page=counter.shop.page, coupon_id=coupon_id, account_id=None,
                now=counter.shop.clock.now(),
            )  # fmt: skip
        with pytest.raises(CouponUnknown):
            counter.apply()

    def test_refuses_one_that_is_used_up(self, counter: Counter) -> None:
        counter.coupon()
        counter.change(max_uses=1, uses=1)
        with pytest.raises(CouponRefused) as refused:
            counter.apply()
        assert refused.value.refusal is Refusal.USED_UP

    def test_keeps_one_that_only_lacks_something(self, counter: Counter) -> None:
        counter.coupon(minimum_amount=100_000, audience=CouponAudience.MEMBERS)
        counter.apply()
        assert counter.view().coupon.refusal is Refusal.MEMBERS_ONLY


class TestRemoveCoupon:
    def test_leaves_none_until_it_is_brought_back(self, counter: Counter) -> None:
        for code in ("ONE", "TWO"):
            counter.coupon(code, is_automatic=True)
        shown = counter.view().coupon
        now = counter.shop.clock.now()
        with counter.shop.database.transaction() as session:
            remove_coupon(session, cart=session.get_one(Cart, counter.cart_id), now=now, coupon_id=shown.id)
        without = counter.view()
        assert (without.coupon, without.declined_coupon.id) == (None, shown.id)
        with counter.shop.database.transaction() as session:
            bring_back(session, cart=session.get_one(Cart, counter.cart_id), now=now)

        assert counter.view().coupon.id == shown.id

    def test_of_a_typed_one_lets_others_count_by_themselves_again(self, counter: Counter) -> None:
        by_itself = counter.coupon("SELF", is_automatic=True)
        typed = counter.coupon("TYPED")
        counter.apply("TYPED")
        self.take_off(counter, typed)

        assert counter.view().coupon.id == by_itself

    def test_of_an_idle_one_leaves_the_one_that_counts(self, counter: Counter) -> None:
        by_itself = counter.coupon("SELF", is_automatic=True)
        idle = counter.coupon("BIG", minimum_amount=100_000)
        counter.apply("BIG")
        self.take_off(counter, idle)

        assert (counter.view().coupon.id, counter.view().idle_coupon) == (by_itself, None)

    def test_of_the_one_that_counts_leaves_an_idle_one(self, counter: Counter) -> None:
        by_itself = counter.coupon("SELF", is_automatic=True)
        idle = counter.coupon("BIG", minimum_amount=100_000)
        counter.apply("BIG")
        self.take_off(counter, by_itself)

        view = counter.view()
        assert (view.coupon.id, view.coupon.counts, view.declined_coupon.id) == (idle, False, by_itself)

    def test_is_forgotten_once_that_one_is_over(self, counter: Counter) -> None:
        ends_at = counter.shop.clock.now() + dt.timedelta(days=1)
        self.take_off(counter, counter.coupon("OLD", is_automatic=True, ends_at=ends_at))
        later = counter.coupon("NEW", is_automatic=True)
        counter.shop.clock.advance(days=1)

        assert counter.view().coupon.id == later

    @staticmethod
    def take_off(counter: Counter, coupon_id: int) -> None:
        with counter.shop.database.transaction() as session:
            cart = session.get_one(Cart, counter.cart_id)
            remove_coupon(session, cart=cart, now=counter.shop.clock.now(), coupon_id=coupon_id)
