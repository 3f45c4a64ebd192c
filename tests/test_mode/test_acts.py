"""What one click does to an order, against a running stand-in and with a key of Stripe's."""

import dataclasses
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from shop.app import create_app
from shop.payments.models import Dispute, Refund
from tests.sandbox.conftest import call, eventually
from tests.test_mode.conftest import House


class TestActs:
    def test_pay(self, house: House) -> None:
        started = house.buy()
        assert "Paid. The webhooks are on their way." in house.do(
            started, "payment", card="4242 4242 4242 4242"
        )
        eventually(lambda: house.order(started).status == "paid")

    def test_decline(self, house: House) -> None:
        started = house.buy()
        said = house.do(started, "payment", card="4000000000000002")
        assert "The card was declined, as it should be: Your card was declined." in said
        eventually(lambda: "payment_failed" in [one.kind for one in house.order(started).history])
        assert house.order(started).status == "awaiting_payment"

    def test_let_3d_secure_fail_or_wait(self, house: House) -> None:
        started = house.buy()
        said = house.do(started, "payment", card="4000002760003184", challenge="fail")
        assert "The card was declined" in said
        assert "The bank waits" in house.do(started, "payment", card="4000002760003184", challenge="")
        house.do(started, "payment", card="4000002760003184", challenge="complete")
        eventually(lambda: house.order(started).status == "paid")

    @pytest.mark.parametrize(
        "fields", [{}, {"card": "4111111111111111"}, {"card": "4242424242424242", "challenge": "x"}]
    )
    def test_pay_with_nothing_but_test_cards(self, house: House, fields: dict[str, str]) -> None:
        assert "Choose one of the test cards." in house.do(house.buy(), "payment", **fields)

    def test_expire(self, house: House) -> None:
        started = house.buy()
        assert "Expired: its payment page is closed" in house.do(started, "expiry")
        assert house.order(started).status == "expired"
        assert "does not wait for payment" in house.do(started, "expiry")
        assert "no open payment page" in house.do(started, "payment", card="4242424242424242")

    def test_dispute(self, house: House) -> None:
        started = house.buy_and_pay()
        assert "Disputed." in house.do(started, "dispute", reason="product_not_received")
        eventually(lambda: _all(house, Dispute))
        [dispute] = _all(house, Dispute)
        assert (dispute.reason, dispute.order_id) == ("product_not_received", started.order_id)
        assert "refused" in house.do(started, "dispute", reason="fraudulent")
        assert "Only an order that was paid" in house.do(house.buy("v2"), "dispute")

    def test_refund_and_let_it_fail(self, house: House) -> None:
        started = house.buy_and_pay()
        assert "The refund has failed." in house.do(started, "refund-failure", reason="lost_or_stolen_card")
        eventually(lambda: [one.status for one in _all(house, Refund)] == ["failed"])
        assert _all(house, Refund)[0].failure_reason == "lost_or_stolen_card"
        assert house.order(started).refunded_amount == 0
        assert "no refund that could fail" in house.do(house.buy("v2"), "refund-failure")

    def test_send_a_webhook_again(self, house: House) -> None:
        started = house.buy_and_pay()
        [first] = eventually(lambda: house.webhooks("checkout.session.completed"))
        assert "comes again now" in house.do(started, "deliveries", event=first.event_id, how="now")
        eventually(lambda: len(house.webhooks("checkout.session.completed")) == 2)
        assert "twice" in house.do(started, "deliveries", event=first.event_id, how="twice")
        eventually(lambda: len(house.webhooks("checkout.session.completed")) == 4)
        said = house.do(started, "deliveries", event=first.event_id, how="later", delay="1")
        assert "in 1 seconds" in said
        eventually(lambda: len(house.webhooks("checkout.session.completed")) == 5)
        assert "It came before, so nothing was done." in house.client.get(house.room(started)).text

    @pytest.mark.parametrize("delay", ["-1", "soon", "9999999", ""])
    def test_send_later_only_in_seconds(self, house: House, delay: str) -> None:
        started = house.buy_and_pay()
        [told] = eventually(lambda: house.webhooks("checkout.session.completed"))
        form = {"event": told.event_id, "entry": f"webhook-{told.id}", "how": "later", "delay": delay}
        answer = house.client.post(house.room(started, "/deliveries"), data=form)
        assert answer.status_code == 422
        entry = answer.text.partition(f'id="webhook-{told.id}"')[2].partition("</li>")[0]
        assert re.match(r">\s*<details open>", entry)
        assert f'value="{delay}"' in entry
        assert 'aria-invalid="true" aria-describedby="delay-error"' in entry
        assert "must be a whole number of seconds" in entry
        unknown = house.client.post(house.room(started, "/deliveries"), data=form | {"entry": "x"})
        assert unknown.text.count("must be a whole number of seconds") == 1
        assert len(house.webhooks("checkout.session.completed")) == 1

    def test_pay_from_an_account(self, house: House) -> None:
        started = house.buy()
        assert "AT61 1904 3002 3457 3201" in house.client.get(house.room(started)).text
        said = house.do(started, "payment", card="AT611904300234573201")
        assert "The debit is under way." in said
        house.client.post("/en/test-mode/clock", data={"advance": "10", "unit": "seconds"})
        eventually(lambda: house.order(started).status == "paid")

    def test_tell_that_nothing_answers(self, house: House) -> None:
        started = house.buy_and_pay()
        call(f"{house.sandbox}/_sandbox/faults", {"kind": "server_error", "path": "/v1/refunds"})
        said = house.do(started, "refund-failure")
        assert "There was no answer; the conversation shows what was asked." in said
        assert "Nothing was charged" not in said

    def test_tell_what_the_stand_in_refuses(self, house: House) -> None:
        assert "No such event" in house.do(house.buy(), "deliveries", event="evt_none")


def _all(house: House, kind: Any) -> list[Any]:
    with house.database.reading() as session:
        return list(session.scalars(select(kind)))


class TestWithAStripeKey:
    def test_the_room_says_why_and_which_card_to_pay_with(self, make_house: Callable[..., House]) -> None:
        house = make_house()
        started = house.buy_and_pay()
        [told] = eventually(lambda: house.webhooks("checkout.session.completed"))
        runtime = house.app.extensions["vitrine"]
        settings = dataclasses.replace(
            runtime.settings, stripe_api_base=None, stripe_secret_key="sk_test_51real"
        )
        client = create_app(dataclasses.replace(runtime, settings=settings)).test_client()
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        text = client.get(house.room(started)).text
        assert "Stripe itself answers here" in text
        assert f"stripe events resend {told.event_id}" in text
        assert "4000 0000 0000 0259" in text
        assert "/dispute" not in text
        assert client.post(house.room(started, "/dispute")).status_code == 404
        assert client.get("/en/test-mode/clock").status_code == 404
        assert "Stripe itself sends the webhooks" in client.get("/en/test-mode/webhooks").text
