"""The last uses of a coupon: raced for by fifty, lost with a killed process, given back once.

In `make test` a seeded sample; in full with VITRINE_PROOF.
"""

import collections
import contextlib
import functools
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select

from shop.cart.coupons import apply_code
from shop.cart.models import Cart
from shop.checkout.basket import TotalChanged
from shop.checkout.couponing import shopper_of
from shop.checkout.desk import guest_buyer
from shop.checkout.expiry import release_order
from shop.core.kill_points import ARMED, STOPPED
from shop.coupons.models import Coupon, CouponRedemption, CouponUseKey
from shop.coupons.redeeming import CouponGone, CouponUsed
from shop.orders.models import Order, OrderStatus
from tests.checkout.conftest import Shop, make_shop
from tests.coupons.house import add_coupon
from tests.support.drill_house import IN_FULL, SEED, quiet_log, report
from tests.support.stack import ROOT

__all__ = ["make_shop"]

pytestmark = pytest.mark.drill
BUYERS, TABS = 50, 20
ROUNDS = 20 if IN_FULL else 2
KILLS = 10 if IN_FULL else 2
EXPIRIES = 60 if IN_FULL else 8
STOCK = 100_000
START_S = 60
PAYING = 0.3
"""Of those who leave, so many pay at the last moment."""


@pytest.fixture
def shop(make_shop: Callable[..., Shop]) -> Iterator[Shop]:
    with quiet_log():
        yield make_shop((1200, STOCK))


def coupon_of(shop: Shop, code: str, **values: object) -> int:
    with shop.database.transaction() as session:
        return add_coupon(session, shop.page, code, **values).id


def cart_with(shop: Shop, visitor: str, code: str) -> int:
    """Return the cart of a guest with one mug and the coupon."""
    cart_id, now = shop.fill_cart(visitor, {0: 1}), shop.clock.now()
    with shop.database.transaction() as session:
        cart = session.get_one(Cart, cart_id)
        shopper = shopper_of(
            session, shop.desk.signer, buyer=guest_buyer(visitor), page_id=cart.page_id, now=now
        )
        apply_code(session, cart=cart, page=shop.page, code=code, customer=shopper.customer, now=now)
    return cart_id


def books(shop: Shop, coupon_id: int) -> tuple[int, int, int, int]:
    """Return the uses that the coupon counts, its redemptions, its keys, and the orders that hold one."""
    with shop.database.reading() as session:
        held = (CouponRedemption.coupon_id == coupon_id, CouponRedemption.returned_at.is_(None))
        waiting = Order.status.in_([OrderStatus.AWAITING_PAYMENT, OrderStatus.PAID])
        return (
            session.get_one(Coupon, coupon_id).uses,
            session.scalar(select(func.count(CouponRedemption.id)).where(*held)) or 0,
            session.scalar(
                select(func.count(CouponUseKey.redemption_id.distinct())).where(
                    CouponUseKey.coupon_id == coupon_id
                )
            )
            or 0,
            session.scalar(select(func.count(Order.id)).where(Order.coupon_id == coupon_id, waiting)) or 0,
        )


def all_at_once(runners: list[Callable[[], str]]) -> collections.Counter[str]:
    gate = threading.Barrier(len(runners))

    def start(runner: Callable[[], str]) -> str:
        gate.wait()
        return runner()

    with ThreadPoolExecutor(len(runners)) as pool:
        return collections.Counter(pool.map(start, runners))


class TestTheLastUse:
    def test_goes_to_one_of_fifty_and_the_others_lose_nothing(self, shop: Shop) -> None:
        chance, outcomes = random.Random(f"{SEED} coupons"), collections.Counter[str]()
        for number in range(ROUNDS):
            left = 1 if number == 0 else chance.choice([1, 2, 7])
            code = f"LAST-{number}"
            coupon_id = coupon_of(shop, code, max_uses=left)
            visitors = [f"racer-{number}-{place}" for place in range(BUYERS)]
            carts = {visitor: cart_with(shop, visitor, code) for visitor in visitors}
            before = shop.stocks()[0] or 0

            def buy(visitor: str) -> str:
                buyer = guest_buyer(visitor, f"{visitor}@example.com")
                try:
                    shop.check_out(carts[visitor], buyer, expected_total_amount=1570)  # noqa: B023 - in the round
                except CouponGone:
                    return "told that it is gone"
                except TotalChanged:
                    return "told that the total has changed"
                return "ordered with it"

            told = all_at_once([functools.partial(buy, visitor) for visitor in visitors])
            outcomes += told
            where = f"seed {SEED}, round {number}: {dict(told)}"
            assert told["ordered with it"] == left, where
            assert books(shop, coupon_id) == (left, left, left, left), where
            assert shop.stocks() == [before - left], where
        dialect = shop.database.engine.dialect.name
        report(
            "coupons", [f"{BUYERS} buyers for the last uses on {dialect}, {ROUNDS} rounds: {dict(outcomes)}"]
        )


class TestOneCustomer:
    def test_uses_it_once_from_however_many_browsers_at_once(self, shop: Shop) -> None:
        for number in range(ROUNDS):
            code = f"ONCE-{number}"
            coupon_id = coupon_of(shop, code)
            visitors = [f"tab-{number}-{place}" for place in range(TABS)]
            carts = {visitor: cart_with(shop, visitor, code) for visitor in visitors}

            def buy(visitor: str) -> str:
                try:
                    shop.check_out(carts[visitor], guest_buyer(visitor, "alix@example.com"))  # noqa: B023 - in the round
                except CouponUsed:
                    return "told"
                return "ordered with it"

            told = all_at_once([functools.partial(buy, visitor) for visitor in visitors])
            assert told == {"ordered with it": 1, "told": TABS - 1}, f"seed {SEED}, round {number}"
            assert books(shop, coupon_id) == (1, 1, 1, 1)


class TestAKilledProcess:
    def test_takes_no_use_with_it(self, shop: Shop, database_url: str, tmp_path: Path) -> None:
        for number in range(KILLS):
            code, visitor = f"KILL-{number}", f"victim-{number}"
            coupon_id = coupon_of(shop, code, max_uses=1)
            victim, heir = cart_with(shop, visitor, code), cart_with(shop, f"heir-{number}", code)
            before, points = shop.stocks(), tmp_path / str(number)
            (points / ARMED).mkdir(parents=True)
            (points / ARMED / "placement.before_commit@1").touch()
            command = [
                sys.executable, "-m", "tests.drills.coupon_buyer", database_url, str(shop.page.id), str(victim),
                visitor, str(points),
            ]  # fmt: skip
            process = subprocess.Popen(command, cwd=ROOT)
            try:
                wait_for(lambda: any((points / STOPPED).glob("placement.before_commit@*")), process)  # noqa: B023
            finally:
                os.kill(process.pid, signal.SIGKILL)
                process.wait()

            assert (books(shop, coupon_id), shop.stocks()) == ((0, 0, 0, 0), before)
            shop.check_out(heir, guest_buyer(f"heir-{number}", "heir@example.com"))
            assert books(shop, coupon_id) == (1, 1, 1, 1)
        report(
            "coupons",
            [
                f"{KILLS} buyers killed before their commit on {shop.database.engine.dialect.name}: no use lost"
            ],
        )


def wait_for(is_there: Callable[[], bool], process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + START_S
    while not is_there():
        assert process.poll() is None, "the buyer ended before the point"
        assert time.monotonic() < until, "the buyer did not come to the point"
        time.sleep(0.02)


class TestExpiry:
    def test_gives_the_use_back_once_whoever_hears_of_it_first(self, shop: Shop) -> None:
        chance, outcomes = random.Random(f"{SEED} expiry"), collections.Counter[str]()
        stock = shop.stocks()[0] or 0
        for number in range(EXPIRIES):
            code, visitor = f"BACK-{number}", f"leaver-{number}"
            coupon_id = coupon_of(shop, code, max_uses=1)
            cart_id = cart_with(shop, visitor, code)
            order_id, session_id = order_of(shop, cart_id, visitor)
            assert books(shop, coupon_id) == (1, 1, 1, 1), f"seed {SEED}, round {number}"
            pays = chance.random() < PAYING
            acts = [lambda: give_up(shop, order_id), lambda: hear(shop, session_id, pays=pays)] * 2  # noqa: B023
            all_at_once(acts)
            order = shop.order(order_id)
            outcomes[order.status.value] += 1
            held = int(order.status is OrderStatus.PAID)
            stock -= held
            where = f"seed {SEED}, round {number}: {order.status}"
            assert order.status is not OrderStatus.AWAITING_PAYMENT, where
            assert books(shop, coupon_id) == (held,) * 4, where
            assert shop.stocks() == [stock], where
        dialect = shop.database.engine.dialect.name
        report("coupons", [f"{EXPIRIES} orders left alone on {dialect}: {dict(outcomes)}"])


def order_of(shop: Shop, cart_id: int, visitor: str) -> tuple[int, str]:
    started = shop.check_out(cart_id, guest_buyer(visitor, f"{visitor}@example.com"))
    return started.order_id, shop.session_id(started)


def give_up(shop: Shop, order_id: int) -> str:
    """Do what the job does when an order's time is over."""
    return release_order(shop.desk, order_id, now=shop.clock.now()).value


def hear(shop: Shop, session_id: str, *, pays: bool) -> str:
    """Let the session end at the payment service, if it has not, and hear of it by webhook."""
    if shop.gateway.sessions[session_id].status == "open":
        with contextlib.suppress(AssertionError):  # somebody else ended it at the same moment
            shop.gateway.pay(session_id) if pays else shop.gateway.expire(session_id)
    kind = "completed" if shop.gateway.sessions[session_id].status == "complete" else "expired"
    return shop.tell_session(f"checkout.session.{kind}", session_id)
