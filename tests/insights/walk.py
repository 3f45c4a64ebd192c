"""A seeded walk through everything that a page's figures count."""

import dataclasses
import random
from collections.abc import Callable
from contextlib import suppress

from shop.checkout.buying import CheckoutStarted
from shop.checkout.cancelling import accept_payment, reject_payment
from shop.checkout.desk import guest_buyer
from shop.checkout.refunds import ask_refund, refund_order
from shop.core.errors import DomainError
from shop.page.service import follow, unfollow
from shop.payments.gateway import RefundInfo
from tests.checkout.conftest import Shop
from tests.factories import make_account
from tests.support.events import refund_object, session_object

COMPLETED, EXPIRED = "checkout.session.completed", "checkout.session.expired"


class Walk:
    """Steps that buyers, staff, Stripe and the clock take, drawn by ``seed``."""

    def __init__(self, shop: Shop, seed: int) -> None:
        self.shop, self.dice = shop, random.Random(seed)
        self.orders: list[CheckoutStarted] = []
        self.refunds: list[int] = []
        with shop.database.transaction() as session:
            self.people = [make_account(session).id for _ in range(4)]

    def step(self) -> None:
        """Take one step; what the shop refuses changes nothing."""
        steps: list[Callable[[], object]] = [
            self.buy, self.buy, self.pay, self.pay, self.pay_the_wrong_sum, self.settle_the_wrong_sum, self.settle_the_wrong_sum, self.expire, self.pay_late, self.refund,
            self.ask, self.fail_a_refund, self.refund_at_stripe, self.like, self.unlike, self.wait,
        ]  # fmt: skip
        with suppress(DomainError):
            self.dice.choice(steps)()

    def buy(self) -> None:
        visitor = guest_buyer(f"visitor-{len(self.orders)}", "guest@example.com")
        self.orders.append(self.shop.buy(visitor, place=self.dice.randrange(2)))

    def _order(self) -> str | None:
        return self.shop.session_id(self.dice.choice(self.orders)) if self.orders else None

    def pay(self) -> None:
        session_id = self._order()
        if session_id and self.shop.gateway.sessions[session_id].status == "open":
            self.shop.gateway.pay(session_id)
        if session_id:
            self.shop.tell_session(COMPLETED, session_id)

    def pay_the_wrong_sum(self) -> None:
        session_id = self._order()
        if session_id and self.shop.gateway.sessions[session_id].status == "open":
            wrong = dataclasses.replace(self.shop.gateway.pay(session_id), amount_total=700)
            self.shop.gateway.sessions[session_id] = wrong
            self.shop.tell_session(COMPLETED, session_id)

    def settle_the_wrong_sum(self) -> None:
        """Let staff take what came for the order's price, or send it back."""
        if self.orders:
            settle = self.dice.choice([accept_payment, reject_payment])
            with self.shop.database.transaction() as session:
                order_id = self.dice.choice(self.orders).order_id
                settle(session, order_id=order_id, account_id=self.people[0], now=self.shop.clock.now())

    def expire(self) -> None:
        session_id = self._order()
        if session_id and self.shop.gateway.sessions[session_id].status == "open":
            self.shop.gateway.expire(session_id)
            self.shop.tell_session(EXPIRED, session_id)

    def pay_late(self) -> None:
        session_id = self._order()
        if session_id and (info := self.shop.gateway.sessions[session_id]).status == "expired":
            self.shop.gateway.sessions[session_id] = dataclasses.replace(info, status="open")
            self.shop.gateway.pay(session_id)
            self.shop.tell(COMPLETED, session_object(self.shop.gateway.sessions[session_id]))

    def refund(self) -> None:
        if not self.orders:
            return
        order = self.shop.order(self.dice.choice(self.orders).order_id)
        ways = [{}, {"amount": self.dice.randint(1, 900)}, {"quantities": {order.lines[0].id: 1}}]
        with self.shop.database.transaction() as session:
            made = refund_order(
                session,
                order_id=order.id,
                now=self.shop.clock.now(),
                account_id=None,
                **self.dice.choice(ways),
            )
            self.refunds.append(made.id)

    def ask(self) -> None:
        self.shop.gateway.refund_status = self.dice.choice(["succeeded", "pending", "failed"])
        if self.refunds:
            ask_refund(self.shop.desk, self.dice.choice(self.refunds), now=self.shop.clock.now())

    def fail_a_refund(self) -> None:
        if self.shop.gateway.refunds:
            info = self.dice.choice(list(self.shop.gateway.refunds.values()))
            self.shop.gateway.refunds[info.id] = dataclasses.replace(info, status="failed")
            self.shop.tell("refund.failed", refund_object(self.shop.gateway.refunds[info.id]))

    def refund_at_stripe(self) -> None:
        session_id = self._order()
        intent = self.shop.gateway.sessions[session_id].payment_intent_id if session_id else None
        if intent is not None:
            number = f"re_dashboard_{len(self.shop.gateway.refunds)}"
            info = RefundInfo(number, self.dice.choice(["succeeded", "failed"]), 100, "EUR", intent, None)
            self.shop.gateway.refunds[number] = info
            self.shop.tell("refund.created", refund_object(info))

    def like(self) -> None:
        with self.shop.database.transaction() as session:
            follow(
                session,
                page_id=self.shop.page.id,
                account_id=self.dice.choice(self.people),
                now=self.shop.clock.now(),
            )

    def unlike(self) -> None:
        with self.shop.database.transaction() as session:
            unfollow(
                session,
                page_id=self.shop.page.id,
                account_id=self.dice.choice(self.people),
                now=self.shop.clock.now(),
            )

    def wait(self) -> None:
        self.shop.clock.advance(hours=self.dice.randint(1, 20))
