"""Coupons in carts and orders: what counts, what is taken, what comes back."""

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from shop.cart.coupons import CouponRefused, CouponUnknown, apply_code, bring_back, remove_coupon
from shop.cart.models import Cart
from shop.cart.queries import CartView, view_cart
from shop.catalog.models import Collection, CollectionProduct
from shop.checkout.buying import adopt_guest
from shop.checkout.couponing import shopper_of
from shop.checkout.delivery import Delivery
from shop.checkout.desk import Buyer, account_buyer, guest_buyer
from shop.checkout.expiry import release_order
from shop.checkout.outcomes import close_order
from shop.checkout.placement import EmailNeeded
from shop.checkout.refunds import refund_order
from shop.coupons.holding import take_coupon
from shop.coupons.models import Coupon, CouponAudience, CouponKind, CouponRedemption, CouponScope, HoldingWay
from shop.coupons.offer_queries import MAX_OFFERS
from shop.coupons.offers import Refusal
from shop.coupons.redeeming import CouponUsed
from shop.coupons.service import pause_coupon
from shop.orders.models import Actor, OrderStatus
from shop.orders.queries import lock_order
from shop.page.models import LikeSource
from shop.page.service import follow
from shop.payments.limits import BelowMinimum
from tests.checkout.conftest import Shop
from tests.coupons.house import add_coupon
from tests.factories import make_account
from tests.support.statements import count_statements

HOME = Delivery(name="Alix Martin", line1="12 rue du Four", postal_code="75006", city="Paris", country="FR")
BO = guest_buyer("visitor-2", "bo@example.com")
NAMELESS = guest_buyer("visitor-1")


class Counter:
    """A shop whose buyers have coupons."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.cart_id = shop.fill_cart("visitor-1", {0: 3, 1: 1})
        """3 × 12 + 15 + 4.90 shipping."""

    def coupon(self, code: str = "TENTH", **values: object) -> int:
        with self.shop.database.transaction() as session:
            return add_coupon(session, self.shop.page, code, **values).id

    def apply(self, code: str = "TENTH", *, cart_id: int | None = None, buyer: Buyer = NAMELESS) -> None:
        now = self.shop.clock.now()
        with self.shop.database.transaction() as session:
            cart = session.get_one(Cart, cart_id or self.cart_id)
            shopper = shopper_of(session, self.shop.desk.signer, buyer=buyer, page_id=cart.page_id, now=now)
            apply_code(session, cart=cart, page=self.shop.page, code=code, customer=shopper.customer, now=now)

    def view(self, *, cart_id: int | None = None, buyer: Buyer = NAMELESS) -> CartView:
        with self.shop.database.reading() as session:
            cart = session.get_one(Cart, cart_id or self.cart_id)
            shopper = shopper_of(
                session, self.shop.desk.signer, buyer=buyer, page_id=cart.page_id, now=self.shop.clock.now()
            )
            return view_cart(session, cart, self.shop.page, shopper=shopper)

    def uses(self, coupon_id: int) -> int:
        with self.shop.database.reading() as session:
            return session.get_one(Coupon, coupon_id).uses

    def change(self, **values: object) -> None:
        with self.shop.database.transaction() as session:
            session.execute(update(Coupon).values(**values))


@pytest.fixture
def counter(shop: Shop) -> Counter:
    return Counter(shop)


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


class TestPlaceOrder:
    def test_keeps_the_discount_on_the_lines_and_takes_the_use(self, counter: Counter, guest: Buyer) -> None:
        coupon_id = counter.coupon(has_free_shipping=True)
        counter.apply()
        order = counter.shop.order(counter.shop.check_out(counter.cart_id, guest).order_id)

        assert (order.coupon_id, order.coupon_code) == (coupon_id, "TENTH")
        assert (order.discount_amount, order.waived_shipping_amount, order.shipping_amount) == (510, 490, 0)
        assert [line.discount_amount for line in order.lines] == [360, 150]
        assert order.total_amount == sum(line.total_amount for line in order.lines) == 4590
        assert counter.uses(coupon_id) == 1
        with counter.shop.database.reading() as session:
            use = session.scalars(select(CouponRedemption)).one()
        assert (use.order_id, use.amount, use.shipping_amount) == (order.id, 510, 490)
        assert use.customer_key.startswith("email:")

    def test_asks_a_guest_who_they_are_where_it_is_for_once(self, counter: Counter, guest: Buyer) -> None:
        counter.coupon()
        counter.apply()
        with pytest.raises(EmailNeeded):
            counter.shop.check_out(counter.cart_id, NAMELESS)
        assert counter.shop.stocks() == [10, 1]
        counter.shop.check_out(counter.cart_id, guest)
        assert counter.shop.stocks() == [7, 0]

    def test_gives_the_same_order_back_while_it_waits(self, counter: Counter, guest: Buyer) -> None:
        coupon_id = counter.coupon(max_uses=1)
        counter.apply()
        first = counter.shop.check_out(counter.cart_id, guest)

        assert counter.view(buyer=guest).coupon.refusal is None
        assert counter.shop.check_out(counter.cart_id, guest).order_id == first.order_id
        assert counter.uses(coupon_id) == 1

    def test_gives_a_changed_cart_the_use_of_the_order_before(self, counter: Counter, guest: Buyer) -> None:
        coupon_id = counter.coupon(max_uses=1)
        counter.apply()
        first = counter.shop.check_out(counter.cart_id, guest)
        counter.shop.fill_cart("visitor-1", {0: 1})
        second = counter.shop.check_out(counter.cart_id, guest)

        assert counter.shop.order(first.order_id).status is OrderStatus.CANCELLED
        assert counter.shop.order(second.order_id).discount_amount == 630
        assert counter.uses(coupon_id) == 1

    def test_gives_up_an_own_order_of_one_thing_that_holds_the_last_use(
        self, counter: Counter, guest: Buyer
    ) -> None:
        coupon_id = counter.coupon(max_uses=1, is_automatic=True)
        express = counter.shop.buy(guest)
        started = counter.shop.check_out(counter.cart_id, guest)

        assert counter.shop.order(express.order_id).status is OrderStatus.CANCELLED
        assert counter.shop.order(started.order_id).coupon_id == coupon_id
        assert counter.uses(coupon_id) == 1

    def test_loses_a_race_for_the_last_use_without_taking_anything(
        self, counter: Counter, guest: Buyer
    ) -> None:
        coupon_id = counter.coupon(max_uses=1, is_once=False)
        counter.apply()
        other = counter.shop.fill_cart("visitor-2", {0: 1})
        counter.apply(cart_id=other, buyer=BO)
        counter.shop.check_out(other, BO)
        # The cart was priced before the other order was placed.
        started = counter.shop.check_out(counter.cart_id, guest)

        assert counter.shop.order(started.order_id).coupon_id is None
        assert counter.uses(coupon_id) == 1
        assert counter.view().coupon.refusal is Refusal.USED_UP

    def test_refuses_an_address_that_has_used_it_and_takes_it_off_the_cart(
        self, counter: Counter, guest: Buyer
    ) -> None:
        counter.coupon()
        counter.apply()
        counter.shop.check_out(counter.cart_id, guest)
        other = counter.shop.fill_cart("visitor-2", {0: 1})
        counter.apply(cart_id=other, buyer=BO)
        with pytest.raises(CouponUsed):
            counter.shop.check_out(other, replace(BO, email=guest.email))

        assert counter.view(cart_id=other, buyer=BO).coupon is None
        assert counter.shop.check_out(other, replace(BO, email=guest.email)).total_amount == 1690

    def test_pays_an_order_of_nothing_at_once(self, counter: Counter, guest: Buyer) -> None:
        coupon_id = counter.coupon("PRIZE", percent_bp=10_000, has_free_shipping=True)
        counter.apply("PRIZE")
        view = counter.view()
        started = counter.shop.check_out(counter.cart_id, guest, delivery=HOME)

        assert (view.totals.total_amount, view.asks_email, view.problems) == (0, False, [])
        assert (started.url, started.status, started.total_amount) == (None, OrderStatus.PAID, 0)
        assert counter.uses(coupon_id) == 1
        assert counter.shop.gateway.calls == []
        assert counter.view().lines == []

    def test_gives_the_prize_of_one_thing_for_one_thing_only(self, counter: Counter, guest: Buyer) -> None:
        counter.coupon("PRIZE", percent_bp=10_000, has_free_shipping=True, unit_limit=1)
        counter.apply("PRIZE")
        order = counter.shop.order(counter.shop.check_out(counter.cart_id, guest).order_id)

        assert [line.discount_amount for line in order.lines] == [0, 1500]
        assert order.total_amount == 3600

    def test_counts_by_itself_for_one_thing_bought_at_once(self, counter: Counter, guest: Buyer) -> None:
        coupon_id = counter.coupon(is_automatic=True)
        nameless = counter.shop.order(counter.shop.buy(guest_buyer("visitor-9")).order_id)
        named = counter.shop.order(counter.shop.buy(guest).order_id)

        assert (nameless.coupon_id, named.coupon_id) == (None, coupon_id)
        assert named.total_amount == 1200 - 120 + 490


class TestCloseOrder:
    def test_gives_the_use_back_once(self, counter: Counter, guest: Buyer) -> None:
        coupon_id = counter.coupon(max_uses=1)
        counter.apply()
        started = counter.shop.check_out(counter.cart_id, guest)
        counter.shop.clock.advance(hours=1)
        counter.shop.gateway.expire(counter.shop.session_id(started))
        for _ in range(2):
            counter.shop.tell_session("checkout.session.expired", counter.shop.session_id(started))
            release_order(counter.shop.desk, started.order_id, now=counter.shop.clock.now())

        assert counter.shop.order(started.order_id).status is OrderStatus.EXPIRED
        assert counter.uses(coupon_id) == 0
        again = counter.shop.check_out(counter.cart_id, guest)
        assert counter.shop.order(again.order_id).discount_amount == 510


class TestPaid:
    @pytest.fixture
    def expired(self, counter: Counter, guest: Buyer) -> tuple[int, str]:
        """An order with the last use that ran out, and its session."""
        counter.coupon(max_uses=1)
        counter.apply()
        started = counter.shop.check_out(counter.cart_id, guest)
        session_id = counter.shop.session_id(started)
        with counter.shop.database.transaction() as session:
            close_order(
                session, lock_order(session, started.order_id), to=OrderStatus.EXPIRED, actor=Actor.SYSTEM,
                now=counter.shop.clock.now(), why="",
            )  # fmt: skip
        assert counter.uses(1) == 0
        return started.order_id, session_id

    def pay_late(self, counter: Counter, session_id: str) -> str:
        counter.shop.gateway.pay(session_id)
        return counter.shop.tell_session("checkout.session.completed", session_id)

    def test_takes_the_coupon_off_the_cart(self, counter: Counter, guest: Buyer) -> None:
        counter.coupon()
        counter.apply()
        started = counter.shop.check_out(counter.cart_id, guest)
        counter.shop.gateway.pay(counter.shop.session_id(started))
        counter.shop.tell_session("checkout.session.completed", counter.shop.session_id(started))

        with counter.shop.database.reading() as session:
            assert session.get_one(Cart, counter.cart_id).coupon_id is None

    def test_late_takes_the_use_again(self, counter: Counter, expired: tuple[int, str]) -> None:
        self.pay_late(counter, expired[1])

        assert counter.shop.order(expired[0]).status is OrderStatus.PAID
        assert counter.uses(1) == 1
        assert "coupon_honoured" not in counter.shop.history(expired[0])

    def test_late_keeps_its_price_when_the_use_is_gone(
        self, counter: Counter, expired: tuple[int, str]
    ) -> None:
        other = counter.shop.fill_cart("visitor-2", {0: 1})
        counter.apply(cart_id=other, buyer=BO)
        counter.shop.check_out(other, BO)
        self.pay_late(counter, expired[1])

        order = counter.shop.order(expired[0])
        assert (order.status, order.discount_amount, order.refunded_amount) == (OrderStatus.PAID, 510, 0)
        assert counter.uses(1) == 1
        assert "coupon_honoured" in counter.shop.history(expired[0])


class TestRefunds:
    def test_take_the_discount_share_and_keep_the_use(self, counter: Counter, guest: Buyer) -> None:
        coupon_id = counter.coupon()
        counter.apply()
        started = counter.shop.check_out(counter.cart_id, guest)
        counter.shop.gateway.pay(counter.shop.session_id(started))
        counter.shop.tell_session("checkout.session.completed", counter.shop.session_id(started))
        order = counter.shop.order(started.order_id)
        with counter.shop.database.transaction() as session:
            refund = refund_order(
                session, order_id=order.id, quantities={order.lines[0].id: 1}, account_id=None,
                now=counter.shop.clock.now(),
            )  # fmt: skip

        assert refund.amount == 1080
        assert counter.uses(coupon_id) == 1


class TestAdoptGuest:
    def test_brings_the_coupon_of_the_cart_and_the_wallet(self, counter: Counter) -> None:
        chosen = counter.coupon("CHOSEN")
        held = counter.coupon("HELD", audience=CouponAudience.HOLDERS)
        now = counter.shop.clock.now()
        counter.apply("CHOSEN")
        with counter.shop.database.transaction() as session:
            take_coupon(
                session, coupon_id=held, holder_key=NAMELESS.visitor_key, way=HoldingWay.PRIZE, now=now
            )
            account = make_account(session)
            adopt_guest(session, visitor_id="visitor-1", account_id=account.id, now=now)
        buyer = account_buyer(account.id, account.email)

        view = counter.view(buyer=buyer)
        assert (view.coupon.id, view.asks_email) == (chosen, False)
        with counter.shop.database.transaction() as session:
            remove_coupon(session, cart=session.get_one(Cart, counter.cart_id), now=now)
            bring_back(session, cart=session.get_one(Cart, counter.cart_id), now=now)
        assert counter.view(buyer=buyer).coupon.id == held
