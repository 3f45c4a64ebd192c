"""The same services over HTTP, with the official SDK, against the stand-in."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from shop.cart.service import add_line, find_or_create_cart
from shop.catalog.models import Variant
from shop.checkout.buying import CheckoutStarted, buy_now, check_out_cart
from shop.checkout.desk import Buyer, Desk, ReturnUrls, account_buyer, guest_buyer
from shop.checkout.disputes import send_evidence
from shop.checkout.expiry import refresh_order, release_order
from shop.checkout.inbox import receive_event
from shop.checkout.reconcile import reconcile
from shop.checkout.refunds import ask_refund, refund_order, sync_refunds
from shop.core.clock import SystemClock
from shop.core.db import Database
from shop.core.signing import Signer
from shop.orders.models import Order, OrderStatus
from shop.orders.queries import get_order_by_id
from shop.payments.models import Dispute, Payment, RefundStatus
from shop.payments.stripe_gateway import StripeGateway
from tests.factories import make_account, make_page, make_product
from tests.sandbox.conftest import eventually
from tests.support.wire import Wire, make_gateway, running_wire

URLS = ReturnUrls(
    "http://localhost/en/checkout/return?session_id={CHECKOUT_SESSION_ID}&token={ORDER_TOKEN}",
    "http://localhost/cart",
)


@pytest.fixture
def wire() -> Iterator[Wire]:
    with running_wire() as running:
        yield running


class Market:
    """A page with a lamp of several variants, at a desk that speaks over the wire."""

    def __init__(self, database: Database, wire: Wire, gateway: StripeGateway) -> None:
        self.database, self.wire = database, wire
        self.desk = Desk(database, gateway, Signer("a-key-for-tests-that-is-long-enough"), "http://localhost")
        with database.transaction() as session:
            self.page = make_page(session)
            product = make_product(session, self.page, title="Lamp", variants=[(4900, 5), (5900, 1)])
            self.variants = list(product.variants)
            self.account = make_account(session)
        self.told = 0

    def now(self) -> Any:
        return SystemClock().now()

    def buy(self, buyer: Buyer, place: int = 0, quantity: int = 1) -> CheckoutStarted:
        return buy_now(
            self.desk,
            page=self.page,
            variant_id=self.variants[place].id,
            quantity=quantity,
            country="FR",
            buyer=buyer,
            language="fr",
            urls=URLS,
            now=self.now(),
        )

    def order(self, started: CheckoutStarted) -> Order:
        with self.database.reading() as session:
            return get_order_by_id(session, started.order_id)

    def hear(self, kind: str) -> list[str]:
        """Wait for a webhook of ``kind``, then apply all that came, last first; return the outcomes."""
        eventually(lambda: kind in self.wire.receiver.types())
        got = list(self.wire.receiver.got)[::-1]
        return [
            receive_event(self.database, self.desk.gateway, body=body, signature=signature, now=self.now())
            for body, signature in got
        ]

    def stock(self, place: int) -> int | None:
        with self.database.reading() as session:
            return session.get_one(Variant, self.variants[place].id).stock


@pytest.fixture
def market(database: Database, wire: Wire, tmp_path: Path) -> Market:
    return Market(database, wire, make_gateway(wire, tmp_path))


class TestCheckout:
    def test_from_a_declined_card_to_a_paid_order(self, market: Market, wire: Wire) -> None:
        started = market.buy(guest_buyer("v1", "guest@example.com"), quantity=2)
        assert started.url is not None
        assert started.url.startswith(f"{wire.url}/c/pay/cs_test_")
        status, answer = wire.pay(started.url, "4000000000000002")
        assert (status, answer["error"]["code"]) == (402, "card_declined")
        assert "applied:declined" in market.hear("payment_intent.payment_failed")
        with market.database.reading() as session:
            assert session.scalars(select(Payment.last_decline)).one() == "Your card was declined."
        assert wire.pay(started.url)[0] == 200
        outcomes = market.hear("checkout.session.completed")
        assert outcomes.count("applied:paid") == 1
        order = market.order(started)
        assert (order.status, order.captured_amount, order.email) == (
            OrderStatus.PAID,
            10_290,
            "guest@example.com",
        )
        assert order.ship_to is not None
        assert order.ship_to["country"] == "FR"
        assert market.stock(0) == 3

    def test_the_payment_page_shows_the_order(self, market: Market) -> None:
        started = market.buy(guest_buyer("v1"), quantity=2)
        client = market.desk.gateway._client  # type: ignore[attr-defined]
        session_id = str(started.url).rsplit("/", 1)[-1]
        found = client.v1.checkout.sessions.retrieve(session_id, {"expand": ["line_items"]})
        assert [item.description for item in found.line_items.data] == ["2 × Lamp — Size 1"]
        assert found.client_reference_id == started.order_number
        assert found.locale == "fr"
        assert found.shipping_cost.amount_total == 490

    def test_pressing_again_gives_the_same_page_and_paying_it_ends_that(
        self, market: Market, wire: Wire
    ) -> None:
        guest = guest_buyer("v1")
        first = market.buy(guest, place=1)
        assert market.buy(guest, place=1).url == first.url
        wire.pay(str(first.url))
        again = market.buy(guest, place=1)
        assert (again.url, again.status) == (None, OrderStatus.PAID)

    def test_pressing_twice_at_once_gives_one_page(self, market: Market) -> None:
        guest = guest_buyer("v1")
        with ThreadPoolExecutor(6) as pool:
            urls = {started.url for started in pool.map(lambda _: market.buy(guest, place=1), range(6))}
        assert len(urls) == 1

    def test_the_return_page_needs_no_webhook(self, market: Market, wire: Wire) -> None:
        started = market.buy(guest_buyer("v1"))
        wire.pay(str(started.url))
        assert (
            refresh_order(market.desk, started.order_id, now=market.now(), source="return")
            is OrderStatus.PAID
        )

    def test_release_and_late_payment_meet_stripes_own_word(self, market: Market, wire: Wire) -> None:
        first, second = market.buy(guest_buyer("v1")), market.buy(guest_buyer("v2"), place=1)
        wire.pay(str(first.url))
        assert release_order(market.desk, first.order_id, now=market.now()) is OrderStatus.PAID
        assert release_order(market.desk, second.order_id, now=market.now()) is OrderStatus.EXPIRED
        assert wire.pay(str(second.url))[0] == 400
        assert market.stock(1) == 1

    def test_finds_a_session_that_we_did_not_get_to_keep(self, market: Market) -> None:
        started = market.buy(guest_buyer("v1"), place=1)
        with market.database.transaction() as session:
            payment = session.scalars(select(Payment)).one()
            since, until, key = payment.created_at, payment.expires_at, payment.idempotency_key
        found = market.desk.gateway.find_session(key, since=since.replace(microsecond=0), until=until)
        assert found is not None
        assert str(started.url).endswith(found.id)
        assert market.desk.gateway.find_session("another", since=since, until=until) is None

    def test_reconcile_completes_what_was_missed(self, market: Market, wire: Wire) -> None:
        started = market.buy(guest_buyer("v1"))
        wire.pay(str(started.url))
        (finding,) = [one for one in reconcile(market.desk, now=market.now()) if one.is_news]
        assert (finding.order_number, finding.after) == (started.order_number, "paid")


class TestCustomers:
    def test_the_second_checkout_finds_the_first_ones_customer(self, market: Market, wire: Wire) -> None:
        buyer = account_buyer(market.account.id, market.account.email)
        started = market.buy(buyer)
        wire.pay(str(started.url))
        refresh_order(market.desk, started.order_id, now=market.now(), source="return")
        market.buy(buyer)
        client = market.desk.gateway._client  # type: ignore[attr-defined]
        sessions = client.v1.checkout.sessions.list().data
        assert len(client.v1.customers.list().data) == 1
        assert len({session.customer for session in sessions}) == 1
        assert {session.customer_details.email for session in sessions} == {market.account.email}

    def test_two_first_checkouts_at_once_make_one(self, market: Market) -> None:
        buyer = account_buyer(market.account.id, market.account.email)
        with market.database.transaction() as session:
            cart, _ = find_or_create_cart(
                session,
                page_id=market.page.id,
                account_id=market.account.id,
                visitor_id=None,
                country="FR",
                now=market.now(),
            )
            add_line(session, cart_id=cart.id, variant_id=market.variants[0].id, quantity=1, now=market.now())

        def by_cart() -> CheckoutStarted:
            return check_out_cart(
                market.desk,
                page=market.page,
                cart_id=cart.id,
                buyer=buyer,
                language="fr",
                urls=URLS,
                now=market.now(),
            )

        with ThreadPoolExecutor(2) as pool:
            jobs = [pool.submit(by_cart), pool.submit(market.buy, buyer, 1)]
            assert all(job.result().url for job in jobs)
        assert len(market.desk.gateway._client.v1.customers.list().data) == 1  # type: ignore[attr-defined]


class TestRefundsAndDisputes:
    def paid(self, market: Market, wire: Wire, card: str = "4242424242424242") -> CheckoutStarted:
        started = market.buy(guest_buyer("v1"))
        assert wire.pay(str(started.url), card)[0] == 200
        refresh_order(market.desk, started.order_id, now=market.now(), source="return")
        return started

    def test_a_refund_comes_back_to_the_order(self, market: Market, wire: Wire) -> None:
        started = self.paid(market, wire)
        with market.database.transaction() as session:
            refund = refund_order(
                session, order_id=started.order_id, now=market.now(), account_id=None, restock=True
            )
        assert ask_refund(market.desk, refund.id, now=market.now()) is RefundStatus.SUCCEEDED
        outcomes = market.hear("charge.refunded")
        assert not any("made at Stripe" in outcome for outcome in outcomes)
        assert market.order(started).refunded_amount == 5390
        assert market.stock(0) == 5

    def test_a_refund_that_fails_later_comes_back_too(self, market: Market, wire: Wire) -> None:
        started = self.paid(market, wire, "4000000000005126")
        with market.database.transaction() as session:
            refund = refund_order(
                session, order_id=started.order_id, now=market.now(), account_id=None, amount=1000
            )
        ask_refund(market.desk, refund.id, now=market.now())
        assert market.order(started).refunded_amount == 1000
        wire.advance(10)
        market.hear("refund.failed")
        assert market.order(started).refunded_amount == 0

    def test_a_refund_made_elsewhere_is_fetched(self, market: Market, wire: Wire) -> None:
        started = self.paid(market, wire)
        with market.database.reading() as session:
            intent = session.scalars(select(Payment.stripe_payment_intent_id)).one()
        client = market.desk.gateway._client  # type: ignore[attr-defined]
        client.v1.refunds.create({"payment_intent": intent, "amount": 700})
        assert sync_refunds(market.desk, started.order_id, now=market.now()) == [
            "applied:refund succeeded (made at Stripe)"
        ]
        assert market.order(started).refunded_amount == 700

    def test_a_dispute_is_seen_answered_and_won(self, market: Market, wire: Wire) -> None:
        started = self.paid(market, wire, "4000000000000259")
        market.hear("charge.dispute.created")
        with market.database.reading() as session:
            dispute = session.scalars(select(Dispute)).one()
        sent = send_evidence(
            market.desk,
            order_id=started.order_id,
            dispute_id=dispute.id,
            evidence={"uncategorized_text": "winning_evidence"},
            account_id=market.account.id,
            now=market.now(),
        )
        assert sent.status == "under_review"
        wire.advance(10)
        market.hear("charge.dispute.closed")
        with market.database.reading() as session:
            assert session.scalars(select(Dispute.status)).one() == "won"
