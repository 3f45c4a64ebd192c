"""What is written down of the conversation with Stripe, over the wire, on both databases."""

import socket
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
import stripe
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from shop.checkout.buying import CheckoutStarted
from shop.checkout.desk import Desk, account_buyer
from shop.checkout.expiry import refresh_order, release_order
from shop.checkout.refunds import ask_refund, refund_order
from shop.core.clock import SystemClock
from shop.orders.models import Order
from shop.payments.gateway import GatewayRefused, GatewayUnavailable
from shop.payments.recorded_models import SignatureResult
from shop.payments.recording import KEPT, PRUNE_EVERY
from tests.factories import make_account
from tests.sandbox.conftest import call, eventually
from tests.test_mode.conftest import House


class BrokenOnce(stripe.HTTPClient):
    """Loses its connection at the first request, then works."""

    name = "broken once"

    def __init__(self, inner: stripe.HTTPClient) -> None:
        super().__init__()
        self.inner, self.is_broken = inner, True

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **_: Any
    ) -> Any:
        if self.is_broken:
            self.is_broken = False
            raise stripe.APIConnectionError("(Network error: reset by peer)", should_retry=True)
        return self.inner.request(method, url, headers, post_data)


@pytest.fixture
def silent_server() -> Iterator[str]:
    """Somebody who listens and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


class TestCalls:
    def test_are_kept_with_question_answer_and_order(self, house: House) -> None:
        started = house.buy()
        [made] = house.calls()
        assert (made.method, made.path, made.status, made.attempt) == (
            "POST",
            "/v1/checkout/sessions",
            200,
            1,
        )
        assert made.order_id == started.order_id
        assert made.request["client_reference_id"] == started.order_number
        assert made.request["line_items"][0]["quantity"] == "1"
        assert made.response["url"] == started.url
        assert made.request_id.startswith("req_")
        assert made.idempotency_key.startswith("vitrine-")
        assert made.spent_ms >= 0
        assert made.error is None

    def test_that_come_before_the_order_are_attributed_to_it(self, house: House) -> None:
        with house.database.transaction() as session:
            account = make_account(session)
        started = house.buy(buyer=account_buyer(account.id, account.email))
        assert [(one.path, one.order_id) for one in house.calls()] == [
            ("/v1/customers", started.order_id),
            ("/v1/checkout/sessions", started.order_id),
        ]
        assert house.calls()[0].changes is None

    def test_tell_the_change_that_they_caused(self, house: House) -> None:
        call(f"{house.sandbox}/_sandbox/webhooks/pause", {})
        started = house.buy()
        house.pay(started)
        refresh_order(house.desk, started.order_id, now=SystemClock().now(), source="return")
        asked = house.calls()[-1]
        assert (asked.method, asked.order_id) == ("GET", started.order_id)
        assert asked.changes["before"] == {"status": "awaiting_payment", "return_status": "none"}
        assert asked.changes["after"] == {"status": "paid", "return_status": "none"}
        history = {event.id: event.kind for event in house.order(started).history}
        assert "paid" in [history[one] for one in asked.changes["events"]]

    def test_are_attributed_whatever_they_are_about(self, house: House) -> None:
        started = house.buy_and_pay()
        call(f"{house.sandbox}/_sandbox/webhooks/pause", {})  # they would be quicker than the answers
        now = SystemClock().now()
        with house.database.transaction() as session:
            refund = refund_order(session, order_id=started.order_id, now=now, account_id=None, amount=1000)
        ask_refund(house.desk, refund.id, now=now)
        other = house.buy("v2")
        release_order(house.desk, other.order_id, now=now)
        house.desk.gateway.list_disputes(since=now)
        assert [(one.path.split("/")[2], one.order_id) for one in house.calls()] == [
            ("checkout", started.order_id),
            ("refunds", started.order_id),
            ("checkout", other.order_id),
            ("checkout", other.order_id),
            ("disputes", None),
        ]
        history = {event.id: event.kind for event in house.order(started).history}
        assert "refunded" in [history[one] for one in house.calls()[1].changes["events"]]
        assert house.calls()[3].changes["after"]["status"] == "expired"

    def test_that_are_refused_keep_the_refusal(self, house: House) -> None:
        with pytest.raises(GatewayRefused):
            house.desk.gateway.create_session({"mode": "payment"}, key="k")
        [refused] = house.calls()
        assert (refused.status, refused.order_id) == (400, None)
        assert refused.response["error"]["type"] == "invalid_request_error"

    def test_that_are_declined_keep_the_402(self, house: House, patient_client: stripe.HTTPClient) -> None:
        client = house.gateway_over(patient_client)._client
        with pytest.raises(stripe.CardError):
            client.v1.payment_intents.create(
                {"amount": 500, "currency": "eur", "confirm": True, "payment_method": "pm_card_chargeDeclined",
                 "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"}}
            )  # fmt: skip
        declined = house.calls()[-1]
        assert (declined.status, declined.response["error"]["code"]) == (402, "card_declined")

    def test_that_are_tried_again_are_kept_each_time(
        self, house: House, patient_client: stripe.HTTPClient
    ) -> None:
        desk = Desk(
            house.database,
            house.gateway_over(BrokenOnce(patient_client)),
            house.desk.signer,
            "http://localhost",
        )
        started = house.buy(desk=desk)
        lost, made = house.calls()
        assert (lost.attempt, lost.status, lost.error, lost.order_id) == (
            1,
            None,
            "reset by peer",
            started.order_id,
        )
        assert (made.attempt, made.status, made.error, made.order_id) == (2, 200, None, started.order_id)
        assert lost.idempotency_key == made.idempotency_key

    def test_that_time_out_say_so(self, make_house: Callable[..., House], silent_server: str) -> None:
        house = make_house(stripe_api_base=silent_server)
        desk = Desk(
            house.database, house.gateway_over(stripe.RequestsClient(timeout=0.2)), house.desk.signer, "http://localhost"
        )  # fmt: skip
        with pytest.raises(GatewayUnavailable):
            house.buy(desk=desk)
        assert [one.attempt for one in house.calls()] == [1, 2]
        for one in house.calls():
            assert one.status is None
            assert "Timeout" in one.error
            assert one.order_id is not None
            assert one.spent_ms >= 150

    def test_that_are_replayed_say_so(self, house: House) -> None:
        for _ in range(2):
            house.desk.gateway.create_customer(
                account_id=1, email="a@example.com", name="A", language="en", key="k"
            )
        assert [one.is_replay for one in house.calls()] == [False, True]

    def test_do_not_hang_on_the_recorder(self, house: House) -> None:
        with house.database.engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE recorded_calls")
        assert house.buy().url

    def test_are_forgotten_when_there_are_too_many(self, house: House) -> None:
        gateway = house.desk.gateway
        gateway.create_customer(account_id=1, email="a@example.com", name="A", language="en", key="k")
        with house.database.transaction() as session:
            session.add(_copy_with_id(house, KEPT + 2 * PRUNE_EVERY - 1))
        if not house.database.is_sqlite:
            with house.database.engine.begin() as connection:
                connection.exec_driver_sql(
                    f"SELECT setval('recorded_calls_id_seq', {KEPT + 2 * PRUNE_EVERY - 1})"
                )
        gateway.create_customer(account_id=2, email="b@example.com", name="B", language="en", key="k2")
        assert [one.id for one in house.calls()] == [KEPT + 2 * PRUNE_EVERY - 1, KEPT + 2 * PRUNE_EVERY]


def _copy_with_id(house: House, number: int) -> Any:
    [one] = house.calls()
    values = {column.name: getattr(one, column.name) for column in one.__table__.columns}
    return type(one)(**{**values, "id": number})


class TestWebhooks:
    def test_are_kept_with_what_they_changed(self, house: House) -> None:
        started = house.buy_and_pay()
        [told] = eventually(lambda: house.webhooks("checkout.session.completed"))
        assert (told.signature, told.status, told.outcome) == (SignatureResult.VALID, 200, "applied:paid")
        assert told.order_id == started.order_id
        assert told.changes["before"]["status"] == "awaiting_payment"
        assert told.changes["after"]["status"] == "paid"
        assert told.payload["data"]["object"]["client_reference_id"] == started.order_number

    def test_that_come_twice_are_kept_twice_and_change_once(self, house: House) -> None:
        started = house.buy_and_pay()
        [first] = eventually(lambda: house.webhooks("checkout.session.completed"))
        call(f"{house.sandbox}/_sandbox/events/{first.event_id}/delivery", {})
        _, second = eventually(lambda: _all(house.webhooks("checkout.session.completed"), 2))
        assert second.event_id == first.event_id
        assert (second.outcome, second.changes, second.order_id) == (
            "ignored:duplicate",
            None,
            started.order_id,
        )

    def test_that_are_forged_are_kept_as_such(self, house: House) -> None:
        body = (
            b'{"id": "evt_forged", "type": "checkout.session.completed", "data": {"object": {"id": "cs_1"}}}'
        )
        answer = house.client.post("/stripe/webhook", data=body, headers={"Stripe-Signature": "t=1,v1=00"})
        assert answer.status_code == 400
        [forged] = house.webhooks()
        assert (forged.signature, forged.status, forged.outcome) == (
            SignatureResult.INVALID,
            400,
            "bad_signature",
        )
        assert (forged.event_id, forged.changes) == ("evt_forged", None)

    def test_that_the_shop_breaks_on_are_kept_as_such(self, house: House) -> None:
        started = house.buy()
        with house.database.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE order_events RENAME TO gone")
        house.pay(started)
        [broken] = eventually(lambda: house.webhooks("checkout.session.completed")[:1])
        assert (broken.status, broken.outcome, broken.order_id) == (500, "error", started.order_id)
        assert broken.changes is None
        with house.database.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE gone RENAME TO order_events")
        call(f"{house.sandbox}/_sandbox/events/{broken.event_id}/delivery", {})
        eventually(lambda: house.order(started).status == "paid")
        assert "The shop broke on it" in house.client.get(house.room(started)).text

    def test_that_broke_off_after_a_call_changed_nothing(self, house: House) -> None:
        call(f"{house.sandbox}/_sandbox/webhooks/pause", {})
        started = house.buy()
        house.pay(started)
        with house.database.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE order_events RENAME TO gone")
        with pytest.raises(DBAPIError):
            refresh_order(house.desk, started.order_id, now=SystemClock().now(), source="return")
        assert [one.changes for one in house.calls()[1:]] == [None]

    @pytest.mark.parametrize("body", [b"", b"nonsense \x00", b"[1]", b'{"data": [], "id": {}}'])
    def test_may_be_nonsense(self, house: House, body: bytes) -> None:
        assert house.client.post("/stripe/webhook", data=body).status_code == 400
        [kept] = house.webhooks()
        assert kept.event_id is None


def _all(rows: list[Any], number: int) -> list[Any] | None:
    return rows if len(rows) == number else None


class TestHistory:
    def test_of_an_order_that_is_not_awaiting_any_more_changes_nothing(self, house: House) -> None:
        started: CheckoutStarted = house.buy_and_pay()
        with house.database.transaction() as session:
            session.execute(update(Order).values(status="paid"))
        count = len(house.calls())
        refresh_order(house.desk, started.order_id, now=SystemClock().now(), source="return")
        assert len(house.calls()) == count
