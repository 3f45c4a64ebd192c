"""Buyers in a rush, through the services: every unit is sold once, whoever comes first."""

import collections
import os
import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from shop.cart.service import add_line, find_or_create_cart
from shop.catalog.models import Variant
from shop.catalog.stock import OutOfStock
from shop.checkout.buying import buy_now, check_out_cart
from shop.checkout.desk import Desk, ReturnUrls, account_buyer, guest_buyer
from shop.checkout.expiry import release_order
from shop.checkout.inbox import receive_event
from shop.checkout.refunds import refund_order
from shop.core.clock import SteppedClock
from shop.core.db import Database
from shop.core.signing import Signer
from shop.orders.models import Order, OrderEvent, OrderStatus
from shop.orders.service import TooMuchRefunded
from shop.payments.models import StripeCustomer
from tests.factories import make_account, make_page, make_product
from tests.support.events import event_body, session_object
from tests.support.fake_gateway import SIGNATURE, FakeGateway

IN_FULL = bool(os.environ.get("VITRINE_PROOF"))
BUYERS, UNITS, THREADS = 200, 20, 16
URLS = ReturnUrls("http://localhost/return?order={ORDER_TOKEN}", "http://localhost/cart")


@pytest.fixture
def desk(database: Database, gateway: FakeGateway) -> Desk:
    return Desk(database, gateway, Signer("test-secret-key-that-is-long-enough-for-it"), "http://localhost")


@pytest.mark.drill
class TestRaceForTheLastUnits:
    @pytest.mark.parametrize("seed", range(5 if IN_FULL else 1))
    def test_three_variants_in_random_orders_give_exactly_twenty_orders(
        self, desk: Desk, clock: SteppedClock, seed: int
    ) -> None:
        now = clock.now()
        with desk.database.transaction() as session:
            page = make_page(session)
            variants = list(
                make_product(session, page, variants=[(1200, UNITS), (1500, UNITS), (990, UNITS)]).variants
            )

        def buy(number: int) -> str:
            wanted = [variant.id for variant in variants]
            random.Random(seed * BUYERS + number).shuffle(wanted)
            visitor = f"visitor-{seed}-{number}"
            try:
                with desk.database.transaction() as session:
                    cart, _ = find_or_create_cart(
                        session, page_id=page.id, account_id=None, visitor_id=visitor, country="FR", now=now
                    )
                    for variant_id in wanted:
                        add_line(session, cart_id=cart.id, variant_id=variant_id, quantity=1, now=now)
                check_out_cart(
                    desk,
                    page=page,
                    cart_id=cart.id,
                    buyer=guest_buyer(visitor),
                    language="en",
                    urls=URLS,
                    now=now,
                )
            except OutOfStock as problem:
                return problem.code
            return "placed"

        with ThreadPoolExecutor(THREADS) as pool:
            answers = collections.Counter(pool.map(buy, range(BUYERS)))
        assert answers == {"placed": UNITS, "out_of_stock": BUYERS - UNITS}
        with desk.database.reading() as session:
            assert session.scalars(select(Variant.stock)).all() == [0, 0, 0]
            numbers = session.scalars(select(Order.number)).all()
        assert sorted(numbers) == [f"{page.order_prefix}-{1001 + place}" for place in range(UNITS)]

    def test_a_visitor_who_presses_many_times_at_once_has_one_order(
        self, desk: Desk, clock: SteppedClock
    ) -> None:
        with desk.database.transaction() as session:
            page = make_page(session)
            variant_id = make_product(session, page, variants=[(1200, 1)]).variants[0].id

        def buy(_: int) -> str | None:
            return buy_now(
                desk,
                page=page,
                variant_id=variant_id,
                quantity=1,
                country="FR",
                buyer=guest_buyer("visitor"),
                language="en",
                urls=URLS,
                now=clock.now(),
            ).url

        with ThreadPoolExecutor(8) as pool:
            urls = set(pool.map(buy, range(24)))
        assert len(urls) == 1
        with desk.database.reading() as session:
            assert session.scalar(select(func.count(Order.id))) == 1

    def test_expiry_and_new_placements_of_one_visitor_do_not_lock_each_other_out(
        self, desk: Desk, clock: SteppedClock
    ) -> None:
        """The same content is placed and let go by many at once; at the end nothing is lost."""
        with desk.database.transaction() as session:
            page = make_page(session)
            variant_id = make_product(session, page, variants=[(1200, 3)]).variants[0].id

        def buy_and_release(number: int) -> None:
            try:
                started = buy_now(
                    desk,
                    page=page,
                    variant_id=variant_id,
                    quantity=1,
                    country="FR",
                    buyer=guest_buyer(f"visitor-{number % 3}"),
                    language="en",
                    urls=URLS,
                    now=clock.now(),
                )
            except Exception as problem:
                if getattr(problem, "code", "") not in ("out_of_stock", "order_closed", "already_placed"):
                    raise
                return
            release_order(desk, started.order_id, now=clock.now())

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(buy_and_release, range(60)))
        with desk.database.reading() as session:
            waiting = session.scalars(
                select(Order.id).where(Order.status == OrderStatus.AWAITING_PAYMENT)
            ).all()
        for order_id in waiting:
            release_order(desk, order_id, now=clock.now())
        with desk.database.reading() as session:
            assert session.get_one(Variant, variant_id).stock == 3


@pytest.mark.drill
class TestExpiryMeetsPayment:
    def test_stock_goes_back_exactly_once(
        self, desk: Desk, gateway: FakeGateway, clock: SteppedClock
    ) -> None:
        rounds = 12 if IN_FULL else 4
        with desk.database.transaction() as session:
            page = make_page(session)
            variant_id = make_product(session, page, variants=[(1200, rounds)]).variants[0].id
        paid = 0
        for number in range(rounds):
            started = buy_now(
                desk,
                page=page,
                variant_id=variant_id,
                quantity=1,
                country="FR",
                buyer=guest_buyer(f"visitor-{number}"),
                language="en",
                urls=URLS,
                now=clock.now(),
            )
            session_id = str(started.url).rsplit("/", 1)[-1]

            def pay() -> None:
                try:
                    gateway.pay(session_id)  # noqa: B023 - all threads of a round end within it
                except AssertionError:
                    return

            def tell() -> None:
                info = gateway.sessions[session_id]  # noqa: B023
                kind = {"complete": "completed", "expired": "expired"}.get(info.status)
                if kind:
                    body = event_body(f"checkout.session.{kind}", session_object(info), at=clock.now())
                    receive_event(desk.database, gateway, body=body, signature=SIGNATURE, now=clock.now())

            def expire() -> None:
                release_order(desk, started.order_id, now=clock.now())  # noqa: B023

            steps = [pay, expire, expire, tell, tell, tell]
            random.Random(number).shuffle(steps)
            with ThreadPoolExecutor(len(steps)) as pool:
                for step in [pool.submit(step) for step in steps]:
                    step.result()
            tell()
            with desk.database.reading() as session:
                order = session.get_one(Order, started.order_id)
                kinds = session.scalars(select(OrderEvent.kind).where(OrderEvent.order_id == order.id)).all()
            assert kinds.count("paid") + kinds.count("expired") == 1, kinds
            paid += order.status is OrderStatus.PAID
        with desk.database.reading() as session:
            assert session.get_one(Variant, variant_id).stock == rounds - paid


@pytest.mark.drill
class TestFirstCheckouts:
    def test_two_at_once_make_one_customer(
        self, desk: Desk, gateway: FakeGateway, clock: SteppedClock
    ) -> None:
        with desk.database.transaction() as session:
            page = make_page(session)
            variants = list(
                make_product(session, page, variants=[(1200, 9), (1300, 9), (1400, 9), (1500, 9)]).variants
            )
            account = make_account(session)

        def buy(place: int) -> str:
            try:
                return buy_now(
                    desk,
                    page=page,
                    variant_id=variants[place].id,
                    quantity=1,
                    country="FR",
                    buyer=account_buyer(account.id, account.email),
                    language="en",
                    urls=URLS,
                    now=clock.now(),
                ).order_number
            except Exception as problem:
                # Of several express orders at once the later replace the earlier.
                assert getattr(problem, "code", "") == "order_closed"
                return ""

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(buy, range(4)))
        assert len(gateway.customers) == 1
        assert {body["customer"] for body in gateway.bodies} == set(gateway.customers)
        with desk.database.reading() as session:
            assert session.scalar(select(func.count()).select_from(StripeCustomer)) == 1


@pytest.mark.drill
class TestRefundsAtOnce:
    def test_never_exceed_what_was_paid(self, desk: Desk, gateway: FakeGateway, clock: SteppedClock) -> None:
        with desk.database.transaction() as session:
            page = make_page(session)
            variant_id = make_product(session, page, variants=[(1200, 9)]).variants[0].id
        started = buy_now(
            desk,
            page=page,
            variant_id=variant_id,
            quantity=1,
            country="FR",
            buyer=guest_buyer("visitor"),
            language="en",
            urls=URLS,
            now=clock.now(),
        )
        info = gateway.pay(str(started.url).rsplit("/", 1)[-1])
        body = event_body("checkout.session.completed", session_object(info), at=clock.now())
        receive_event(desk.database, gateway, body=body, signature=SIGNATURE, now=clock.now())

        def refund(_: int) -> bool:
            try:
                with desk.database.transaction() as session:
                    refund_order(
                        session, order_id=started.order_id, amount=500, now=clock.now(), account_id=None
                    )
            except TooMuchRefunded:
                return False
            return True

        with ThreadPoolExecutor(6) as pool:
            assert sum(pool.map(refund, range(6))) == 3  # of 16.90, three times 5.00
