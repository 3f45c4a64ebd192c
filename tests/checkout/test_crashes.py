"""The process dies between any two steps of a checkout; what is left is healed by the next try or by the job."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.checkout.desk import Desk, account_buyer
from shop.checkout.reconcile import reconcile
from shop.core.db import Database
from shop.orders.models import Order, OrderStatus
from shop.payments.models import StripeCustomer
from tests.checkout.conftest import Shop
from tests.factories import make_account


class Crash(BaseException):
    """The process is gone: nothing in between may catch this."""


class Fuse:
    """Burns through after a number of steps; a step is a call to Stripe or a transaction, before and after each."""

    def __init__(self, steps: int) -> None:
        self.steps = steps

    def burn(self) -> None:
        if self.steps == 0:
            raise Crash
        self.steps -= 1


class FusedDatabase:
    def __init__(self, database: Database, fuse: Fuse) -> None:
        self.database, self.fuse = database, fuse

    def reading(self) -> Any:
        return self.database.reading()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        self.fuse.burn()
        with self.database.transaction() as session:
            yield session
        self.fuse.burn()


class FusedGateway:
    def __init__(self, gateway: Any, fuse: Fuse) -> None:
        self.gateway, self.fuse = gateway, fuse
        self.source = gateway.source

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            self.fuse.burn()
            answer = getattr(self.gateway, name)(*args, **kwargs)
            self.fuse.burn()
            return answer

        return call


def crash_while(shop: Shop, steps: int, act: Callable[[], object]) -> bool:
    """Do ``act`` at a desk that dies after ``steps``; return whether it did."""
    whole = shop.desk
    fuse = Fuse(steps)
    shop.desk = Desk(
        FusedDatabase(whole.database, fuse), FusedGateway(whole.gateway, fuse), whole.signer, whole.public_url
    )  # type: ignore[arg-type]
    try:
        act()
    except Crash:
        return True
    finally:
        shop.desk = whole
    return False


def statuses(shop: Shop) -> list[OrderStatus]:
    with shop.database.reading() as session:
        return list(session.scalars(select(Order.status).order_by(Order.id)))


@pytest.fixture
def buyer(shop: Shop):
    with shop.database.transaction() as session:
        account = make_account(session)
    return account_buyer(account.id, account.email)


STEPS = range(11)  # customer, its row, the order, its session, its id: one before and one after each


class TestCrashWhileBuying:
    @pytest.mark.parametrize("steps", STEPS)
    def test_pressing_again_ends_at_one_open_page(self, shop: Shop, buyer, steps: int) -> None:
        crashed = crash_while(shop, steps, lambda: shop.buy(buyer, place=1))
        assert crashed is (steps < 10)
        started = shop.buy(buyer, place=1)
        assert started.url is not None
        assert statuses(shop) == [OrderStatus.AWAITING_PAYMENT]
        assert shop.stocks() == [10, 0]
        assert len(shop.gateway.sessions) == len(shop.gateway.customers) == 1
        with shop.database.reading() as session:
            assert len(session.scalars(select(StripeCustomer)).all()) == 1

    @pytest.mark.parametrize("minutes", [12, 50])
    @pytest.mark.parametrize("steps", STEPS)
    def test_nobody_comes_back_and_the_stock_does(self, shop: Shop, buyer, steps: int, minutes: int) -> None:
        crash_while(shop, steps, lambda: shop.buy(buyer, place=1))
        for wait in (minutes, 50):
            shop.clock.advance(minutes=wait)
            assert all(finding.problem == "" for finding in reconcile(shop.desk, now=shop.clock.now()))
        assert shop.stocks() == [10, 1]
        assert all(info.status == "expired" for info in shop.gateway.sessions.values())
        assert set(statuses(shop)) <= {OrderStatus.EXPIRED}


class TestCrashWhileReplacing:
    @pytest.mark.parametrize("steps", range(13))
    def test_the_changed_cart_can_still_be_bought(self, shop: Shop, buyer, steps: int) -> None:
        shop.buy(buyer, place=1)
        crash_while(shop, steps, lambda: shop.buy(buyer, place=1, language="fr"))
        started = shop.buy(buyer, place=1, language="fr")
        assert shop.order(started.order_id).language == "fr"
        assert shop.stocks() == [10, 0]
        assert [info.status for info in shop.gateway.sessions.values()].count("open") == 1
        assert statuses(shop).count(OrderStatus.AWAITING_PAYMENT) == 1
