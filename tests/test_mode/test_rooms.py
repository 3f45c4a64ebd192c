"""The rooms in HTML: what they show, and each act against a running stand-in."""

import dataclasses
import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from shop.app import create_app
from shop.core.clock import SystemClock
from shop.core.db import Database
from shop.demo.content import DEMO_PASSWORD, FOLLOWERS, PAGES
from shop.payments.recorded_models import RecordedWebhook, SignatureResult
from shop.sandbox.banks import IBANS
from shop.sandbox.cards import CARDS
from shop.test_mode.cards import card_groups
from shop.test_mode.clock_room import Lead, offset_text, read_lead
from shop.test_mode.demo import DEMO_PAGE, SIGN_INS
from shop.test_mode.order_room import MAX_SHOWN
from tests.factories import make_page
from tests.sandbox.conftest import call, eventually
from tests.support.statements import count_statements
from tests.test_mode.conftest import ACTS, ADDRESSES, House


class TestOverview:
    def test_says_the_mode_and_which_setting_decides_it(self, house: House) -> None:
        text = house.client.get("/en/test-mode").text
        assert "Payments go to the stand-in" in text
        assert "STRIPE_SECRET_KEY is not set" in text
        assert house.sandbox in text
        assert "known: signatures are checked" in text
        assert "sk_test_****d_in" in text

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"stripe_secret_key": "sk_test_51abcdefghij"}, "STRIPE_API_BASE names another address"),
            ({"stripe_secret_key": "sk_test_51abcdefghij", "stripe_api_base": None}, "holds a test key"),
            ({"stripe_webhook_secret": None}, "every webhook is refused"),
            ({"stripe_secret_key": "sk_live_51abcdefghij", "stripe_api_base": None}, "cards are charged"),
        ],
        ids=["another base", "test key", "no webhook secret", "live key"],
    )
    def test_explains_other_settings(
        self, make_house: Callable[..., House], changes: dict[str, Any], said: str
    ) -> None:
        text = make_house(**changes).client.get("/en/test-mode").text
        assert said in text
        assert "abcdef" not in text

    def test_shows_every_card_to_copy(self, house: House) -> None:
        text = house.client.get("/fr/test-mode").text
        with house.app.test_request_context("/fr/test-mode"):
            for group in card_groups():
                for one in group.cards:
                    assert f'data-copy="{one.number}"' in text

    def test_shows_the_sign_ins_of_the_demo_where_it_is(self, house: House, database: Database) -> None:
        assert SIGN_INS[0].email not in house.client.get("/en/test-mode").text
        with database.transaction() as session:
            make_page(session, slug=DEMO_PAGE)
        assert SIGN_INS[0].email in house.client.get("/en/test-mode").text

    def test_leads_to_the_language_of_the_visitor(self, house: House) -> None:
        answer = house.client.get("/test-mode", headers={"Accept-Language": "fr"})
        assert (answer.status_code, answer.headers["Location"]) == (302, "/fr/test-mode")

    def test_says_when_the_stand_in_is_away(self, client: FlaskClient) -> None:
        text = client.get("/en/test-mode").text
        assert "The stand-in does not answer at http://127.0.0.1:12111" in text


class TestCards:
    def test_are_what_the_stand_in_knows(self, house: House) -> None:
        with house.app.test_request_context("/en/test-mode"):
            for group in card_groups():
                for one in group.cards:
                    assert one.digits in (IBANS if group.is_account else CARDS)

    def test_sign_ins_are_the_demos(self) -> None:
        owner, follower = SIGN_INS
        assert (owner.email, follower.email) == (PAGES[0].staff[0].email, FOLLOWERS[0].email)
        assert {owner.password, follower.password} == {DEMO_PASSWORD}
        assert PAGES[0].slug == DEMO_PAGE


class TestOrders:
    def test_are_listed_newest_first_and_found_by_number(self, house: House) -> None:
        first, second = house.buy("v1"), house.buy("v2")
        text = house.client.get("/en/test-mode/orders").text
        assert text.index(second.order_number) < text.index(first.order_number)
        found = house.client.get(
            "/en/test-mode/orders", query_string={"number": first.order_number.lower()}
        ).text
        assert house.room(first) in found
        assert house.room(second) not in found
        assert "No order has that" in house.client.get("/en/test-mode/orders?number=100%25").text

    def test_that_are_none_are_not_found(self, house: House) -> None:
        assert house.client.get("/en/test-mode/orders/NONE-1").status_code == 404


class TestConversation:
    def test_shows_calls_webhooks_changes_and_mails(self, house: House) -> None:
        started = house.buy_and_pay()
        eventually(lambda: house.webhooks("checkout.session.completed"))
        text = house.client.get(house.room(started)).text
        for said in (
            "POST /v1/checkout/sessions", "checkout.session.completed", "Signature valid", "Order confirmed",
            "&#34;client_reference_id&#34;", "Request-Id", "Idempotency-Key", "Order placed",
        ):  # fmt: skip
            assert said in text, said
        assert re.search(r"Awaiting payment <span[^>]*>→</span>.*?<strong>Paid</strong>", text)
        # What a webhook wrote into the history is told with it, not a second time.
        assert text.count('<span class="talk__text">Paid</span>') == 1
        assert "<span>Paid</span>" not in text

    def test_is_in_french_too(self, house: House) -> None:
        started = house.buy_and_pay()
        eventually(lambda: house.webhooks("checkout.session.completed"))
        text = house.client.get(house.room(started).replace("/en/", "/fr/")).text
        assert "Signature valable" in text
        assert "Contester le paiement" in text

    def test_of_an_order_before_recording_is_its_history(self, house: House) -> None:
        started = house.buy()
        with house.database.engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM recorded_calls")
        text = house.client.get(house.room(started)).text
        assert "Order placed" in text
        assert "/v1/checkout/sessions" not in text

    def test_is_sent_again_only_when_something_was_said(self, house: House) -> None:
        started = house.buy_and_pay()
        deliveries = f"{house.sandbox}/_sandbox/deliveries?status=pending"
        eventually(lambda: call(deliveries)[1]["data"] == [])
        seen = {"If-None-Match": house.client.get(house.room(started)).headers["ETag"]}
        assert house.client.get(house.room(started), headers=seen).status_code == 304
        house.desk.gateway.get_session(str(started.url).rsplit("/", 1)[-1])
        assert house.client.get(house.room(started), headers=seen).status_code == 200

    def test_that_is_very_long_shows_its_newest_part(self, house: House) -> None:
        started = house.buy()
        with house.database.transaction() as session:
            for number in range(MAX_SHOWN + 5):
                session.add(
                    RecordedWebhook(
                        order_id=started.order_id, received_at=SystemClock().now(), spent_ms=1, event_id=f"evt_{number}",
                        kind=f"kind.{number}.", signature=SignatureResult.VALID, status=200, outcome="ignored:x",
                        payload={}, changes=None,
                    )
                )  # fmt: skip
        text = house.client.get(house.room(started)).text
        assert ("kind.4." in text, "kind.5." in text) == (False, True)
        assert f"Only the newest {MAX_SHOWN} calls and webhooks are shown." in text
        assert "Only the newest" not in house.client.get(house.room(house.buy("v2"))).text


class TestClosedRooms:
    def test_are_not_there_when_the_setting_is_off(self, make_house: Callable[..., House]) -> None:
        house = make_house(test_mode_rooms=False)
        number = house.buy().order_number
        for path in ADDRESSES:
            for start in ("/en/test-mode", "/test-mode"):
                assert house.client.get(start + path.format(number=number)).status_code == 404, path
        for path in ACTS:
            assert house.client.post("/en/test-mode" + path.format(number=number)).status_code == 404, path
        assert not [rule for rule in house.app.url_map.iter_rules() if "test-mode" in rule.rule]

    def test_do_and_show_nothing_with_a_live_key(self, house: House) -> None:
        started = house.buy()
        runtime = house.app.extensions["vitrine"]
        settings = dataclasses.replace(
            runtime.settings, stripe_secret_key="sk_live_51real", stripe_api_base=None
        )
        client = create_app(dataclasses.replace(runtime, settings=settings)).test_client()
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        for path in ("/orders", f"/orders/{started.order_number}", "/webhooks", "/clock"):
            assert client.get(f"/en/test-mode{path}").status_code == 403, path
        for path in ACTS:
            assert (
                client.post("/en/test-mode" + path.format(number=started.order_number)).status_code == 403
            ), path
        assert started.order_number not in client.get("/en/test-mode").text
        assert house.order(started).status == "awaiting_payment"


class TestClock:
    def test_goes_forwards_and_says_what_became_due(self, house: House) -> None:
        started = house.buy()
        answer = house.client.post("/en/test-mode/clock", data={"advance": "3600", "unit": "seconds"})
        assert answer.status_code == 303
        text = house.client.get(answer.headers["Location"]).text
        assert "The clock went forwards by 1 hour." in text
        assert "Became due: checkout.session.expired." in text
        assert "1 hour ahead" in text
        eventually(lambda: house.order(started).status == "expired")
        assert "the stand-in’s is 1 hour ahead" in house.client.get("/en/test-mode").text
        house.client.post("/en/test-mode/clock", data={"advance": "2", "unit": "days"})
        assert "Nothing became due." in house.client.get("/en/test-mode/clock").text

    @pytest.mark.parametrize("typed", ["", "0", "-5", "soon", "401", "1.5"])
    def test_says_at_the_field_what_it_cannot_do(self, house: House, typed: str) -> None:
        answer = house.client.post("/en/test-mode/clock", data={"advance": typed, "unit": "days"})
        assert answer.status_code == 422
        assert 'aria-describedby="advance-error"' in answer.text
        assert "the clock only goes forwards" in answer.text
        assert f'value="{typed}"' in answer.text

    def test_tells_in_words_how_far_it_is_ahead(self, house: House) -> None:
        with house.app.test_request_context("/en/test-mode"):
            assert (
                offset_text(dt.timedelta(days=1, hours=2, seconds=1).total_seconds())
                == "1 day 2 hours 1 second"
            )
            assert offset_text(0) == ""

    def test_tells_of_one_that_stands_still_that_it_is_behind(self, house: House) -> None:
        with house.app.test_request_context("/en/test-mode"):
            assert read_lead({"lead": -3600.0, "clock_offset": 0.0}) == Lead("1 hour", is_behind=True)
            assert read_lead({"lead": 60.2, "clock_offset": 60.0}) == Lead("1 minute", is_behind=False)
            assert read_lead({"lead": 0.2}) is None


class TestWebhooks:
    def test_show_what_came_and_what_was_sent(self, house: House) -> None:
        started = house.buy_and_pay()
        house.client.post("/stripe/webhook", data=b'{"id": "evt_forged", "type": "charge.forged"}')
        eventually(lambda: house.webhooks("checkout.session.completed"))
        text = house.client.get("/en/test-mode/webhooks").text
        assert "charge.forged" in text
        assert "Signature invalid" in text
        assert started.order_number in text
        assert "What the stand-in sent" in text
        assert "1 try" in text
        assert house.webhooks()[-1].signature in SignatureResult

    def test_show_whatever_came(self, house: House) -> None:
        house.client.post("/stripe/webhook", data=b'{"type": "<script>x", "a": "\\ud800", "b": {"cvc": 123}}')
        answer = house.client.get("/en/test-mode/webhooks")
        assert answer.status_code == 200
        assert "&lt;script&gt;x" in answer.text
        assert "123" not in answer.text.partition("<pre")[2].partition("</pre>")[0]

    def test_are_held_back_and_let_go(self, house: House) -> None:
        assert house.client.post("/en/test-mode/webhooks/pause").status_code == 303
        assert "Let them go" in house.client.get("/en/test-mode/webhooks").text
        assert "Webhooks are held back" in house.client.get("/en/test-mode").text
        started = house.buy()
        house.pay(started)
        assert house.webhooks() == []
        house.client.post("/en/test-mode/webhooks/resumption")
        eventually(lambda: house.order(started).status == "paid")

    def test_go_wrong_on_demand(self, house: House) -> None:
        form = {"kind": "webhook_double", "about": "checkout.*", "count": "1", "percent": "100"}
        assert house.client.post("/en/test-mode/faults", data=form).status_code == 303
        text = house.client.get("/en/test-mode/webhooks").text
        assert "struck 0 of 1 times" in text
        house.buy_and_pay()
        eventually(lambda: len(house.webhooks("checkout.session.completed")) == 2)
        fault_id = re.search(r'name="fault" value="(\d+)"', text)
        assert fault_id is not None
        assert house.client.post("/en/test-mode/faults/removal", data={"fault": "x"}).status_code == 404
        assert "None is set" not in house.client.get("/en/test-mode/webhooks").text
        house.client.post("/en/test-mode/faults/removal", data={"fault": fault_id[1]})
        assert "None is set" in house.client.get("/en/test-mode/webhooks").text

    def test_calls_go_wrong_on_demand_and_the_conversation_shows_it(self, house: House) -> None:
        form = {"kind": "server_error", "about": "/v1/checkout/sessions", "count": "1", "percent": "100"}
        house.client.post("/en/test-mode/faults", data=form)
        started = house.buy()
        text = house.client.get(house.room(started)).text
        assert [one.status for one in house.calls()] == [500, 200]
        assert "attempt 2" in text

    @pytest.mark.parametrize(
        ("fields", "marked"),
        [
            ({"kind": "nonsense"}, "kind-errors"),
            ({"kind": "rate_limit", "percent": "101"}, "field-percent-errors"),
            ({"kind": "rate_limit", "count": "0"}, "field-count-errors"),
            ({"kind": "rate_limit", "seconds": "soon"}, "field-seconds-errors"),
        ],
        ids=["kind", "percent", "count", "seconds"],
    )
    def test_say_at_the_field_what_is_wrong_with_a_fault(
        self, house: House, fields: dict[str, str], marked: str
    ) -> None:
        answer = house.client.post("/en/test-mode/faults", data=fields)
        assert answer.status_code == 422
        assert f'id="{marked}"' in answer.text


class TestStatements:
    def test_stay_the_same_for_a_long_conversation(self, house: House) -> None:
        started = house.buy_and_pay()
        deliveries = f"{house.sandbox}/_sandbox/deliveries?status=pending"
        eventually(lambda: call(deliveries)[1]["data"] == [])
        with count_statements(house.database.engine) as few:
            house.client.get(house.room(started))
        for _ in range(5):
            house.desk.gateway.get_session(str(started.url).rsplit("/", 1)[-1])
        with count_statements(house.database.engine) as many:
            house.client.get(house.room(started))
        assert len(many) == len(few)
