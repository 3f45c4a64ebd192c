"""The wire: keys, errors, unknown addresses, idempotency."""

import json
import threading
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
import stripe

from shop.sandbox.errors import ApiError
from shop.sandbox.params import request_params
from shop.sandbox.wire import fingerprint, parse_form
from tests.sandbox.conftest import call, sdk, session_params


class TestParseForm:
    def test_nests_and_counts(self):
        form = parse_form("a[b][0][c]=1&a[b][1][c]=2&expand[]=x&expand[]=y&plain=%C3%A9")

        assert form == {
            "a": {"b": {"0": {"c": "1"}, "1": {"c": "2"}}},
            "expand": {"0": "x", "1": "y"},
            "plain": "é",
        }

    @pytest.mark.parametrize("text", ["a[b=1", "[a]=1", "a=1&a[b]=2", "a[b]=1&a=2", "a" + "[b]" * 30 + "=1"])
    def test_refuses_what_says_two_things_or_nothing(self, text):
        with pytest.raises(ApiError):
            parse_form(text)


class TestFingerprint:
    def test_does_not_depend_on_the_order(self):
        assert fingerprint("POST", "/v1/x", "a=1&b=2") == fingerprint("POST", "/v1/x", "b=2&a=1")
        assert fingerprint("POST", "/v1/x", "a=1") != fingerprint("POST", "/v1/y", "a=1")


class TestRequestParams:
    def test_follow_the_installed_sdk(self):
        fields = request_params("checkout.SessionCreateParams")

        assert "line_items" in fields.known
        assert "api_key" not in fields.known
        assert request_params("WebhookEndpointCreateParams").required == ["enabled_events", "url"]

    def test_read_every_type(self):
        read = request_params("CustomerCreateParams").read

        assert read(parse_form("balance=-5&preferred_locales[0]=fr&address="), "") == {
            "balance": -5,
            "preferred_locales": ["fr"],
            "address": "",
        }


class TestKeys:
    @pytest.mark.parametrize(
        ("key", "words"),
        [("sk_live_abc", "refuses live keys"), ("rk_live_abc", "live"), ("nonsense", "Invalid API Key")],
    )
    def test_other_than_test_keys_are_refused(self, stand_in, key, words):
        client = stripe.StripeClient(key, base_addresses={"api": stand_in.url})

        with pytest.raises(stripe.AuthenticationError, match=words):
            client.v1.customers.list()

    def test_are_needed(self, stand_in):
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(f"{stand_in.url}/v1/customers")

        assert caught.value.code == 401

    def test_of_restricted_kind_are_fine(self, stand_in):
        client = stripe.StripeClient("rk_test_1", base_addresses={"api": stand_in.url})

        assert client.v1.customers.list().data == []


class TestErrors:
    def test_have_stripes_shape(self, stand_in):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            stand_in.stripe.v1.customers.retrieve("cus_nobody")

        error = caught.value
        assert error.http_status == 404
        assert error.error.type == "invalid_request_error"
        assert (error.code, error.param) == ("resource_missing", "id")
        assert str(error).endswith("No such customer: 'cus_nobody'")
        assert error.request_id.startswith("req_")
        assert error.error.doc_url == "https://docs.stripe.com/error-codes#resource-missing"

    def test_say_which_addresses_are_not_there(self, stand_in):
        with pytest.raises(stripe.InvalidRequestError, match="Unrecognized request URL") as caught:
            stand_in.stripe.raw_request("get", "/v1/customers/cus_1/surprise")
        assert caught.value.http_status == 404

    @pytest.mark.parametrize(
        ("path", "area"),
        [
            ("/v1/subscriptions", "Billing"),
            ("/v1/accounts/acct_1/persons", "Connect"),
            ("/v1/customers/cus_1/sources/card_1", "Sources"),
            ("/v1/customers/cus_1/cash_balance", "cash balances"),
            ("/v2/core/events", "the second version"),
        ],
    )
    def test_say_which_parts_of_stripe_are_not_there(self, stand_in, path, area):
        status, answer = call(stand_in.url + path, method="GET", key="sk_test_1")

        assert (status, answer["error"]["code"]) == (400, "not_in_the_stand_in")
        assert f"does not do {area}" in answer["error"]["message"]

    def test_say_what_cannot_be_expanded(self, stand_in):
        stand_in.stripe.v1.customers.create({})
        event = stand_in.stripe.v1.events.list().data[0]

        for path in ("data.customer", "data.object.customer", "nonsense"):
            with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
                stand_in.stripe.v1.events.retrieve(event.id, {"expand": [path]})

    def test_name_the_methods_that_an_address_takes(self, stand_in):
        with pytest.raises(stripe.InvalidRequestError, match="This address takes GET, POST") as caught:
            stand_in.stripe.raw_request("delete", "/v1/refunds")
        assert caught.value.http_status == 404

    def test_name_several_unknown_parameters(self, stand_in):
        with pytest.raises(stripe.InvalidRequestError, match="unknown parameters: one, two"):
            stand_in.stripe.raw_request("post", "/v1/customers", one="1", two="2")

    def test_repeat_the_version_they_were_asked_in(self, stand_in):
        answer = stand_in.stripe.raw_request("get", "/v1/customers", stripe_version="2024-06-20")

        assert answer.headers["Stripe-Version"] == "2024-06-20"


class TestIdempotency:
    def test_replays_the_first_answer(self, stand_in):
        create = stand_in.stripe.v1.checkout.sessions.create
        first = create(session_params(), {"idempotency_key": "order-1"})
        again = create(session_params(), {"idempotency_key": "order-1"})

        assert first.id == again.id
        assert again.last_response.headers["Idempotent-Replayed"] == "true"
        assert "Idempotent-Replayed" not in first.last_response.headers
        assert len(stand_in.stripe.v1.checkout.sessions.list().data) == 1

    def test_names_the_request_that_was_first(self, stand_in):
        first, again = (
            stand_in.stripe.raw_request("post", "/v1/customers", name="Ada", idempotency_key="one").headers
            for _ in range(2)
        )

        assert (
            first["Original-Request"]
            == first["Request-Id"]
            == again["Original-Request"]
            != again["Request-Id"]
        )
        assert ("Idempotent-Replayed" in first, again["Idempotent-Replayed"]) == (False, "true")

    def test_refuses_another_body_under_the_same_key(self, stand_in):
        create = stand_in.stripe.v1.checkout.sessions.create
        create(session_params(), {"idempotency_key": "order-1"})

        with pytest.raises(stripe.IdempotencyError) as caught:
            create(session_params(client_reference_id="x"), {"idempotency_key": "order-1"})

        assert caught.value.http_status == 400
        assert caught.value.error.type == "idempotency_error"

    def test_does_not_remember_what_was_refused(self, stand_in):
        create = stand_in.stripe.v1.customers.create
        with pytest.raises(stripe.InvalidRequestError):
            create({"email": "bad"}, {"idempotency_key": "customer-1"})

        assert (
            create({"email": "good@example.com"}, {"idempotency_key": "customer-1"}).email
            == "good@example.com"
        )

    def test_remembers_a_declined_card(self, stand_in):
        session = stand_in.session(customer_email="a@example.com")
        path = f"/v1/payment_pages/{session.id}/confirm"
        for _try in range(2):
            with pytest.raises(stripe.CardError):
                stand_in.stripe.raw_request(
                    "post", path, payment_method="pm_card_visa_chargeDeclined", idempotency_key="attempt-1"
                )

        assert len(stand_in.stripe.v1.charges.list().data) == 1

    def test_forgets_after_a_day(self, stand_in):
        create = stand_in.stripe.v1.customers.create
        first = create({"name": "a"}, {"idempotency_key": "customer-1"})
        stand_in.advance(24 * 3600 + 1)

        assert create({"name": "b"}, {"idempotency_key": "customer-1"}).id != first.id

    def test_has_one_effect_under_twenty_threads(self, stand_in):
        barrier = threading.Barrier(20)

        def create(_place):
            client = sdk(stand_in.url, max_network_retries=0)
            barrier.wait()
            try:
                return client.v1.customers.create({"name": "once"}, {"idempotency_key": "the-key"}).id
            except stripe.APIError as error:
                return error.http_status, error.error.code

        with ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(create, range(20)))

        assert len(stand_in.stripe.v1.customers.list().data) == 1
        assert len({answer for answer in answers if isinstance(answer, str)}) == 1
        assert {answer for answer in answers if not isinstance(answer, str)} <= {
            (409, "idempotency_key_in_use")
        }

    def test_keeps_a_key_in_use_apart_from_the_others(self, stand_in):
        keys = stand_in.app.extensions["sandbox"].keys
        with keys.held("busy"):
            with pytest.raises(stripe.APIError) as caught:
                stand_in.stripe.v1.customers.create(
                    {"name": "a"}, {"idempotency_key": "busy", "max_network_retries": 0}
                )
            other = stand_in.stripe.v1.customers.create({"name": "b"}, {"idempotency_key": "free"})

        assert (caught.value.http_status, caught.value.error.code) == (409, "idempotency_key_in_use")
        assert other.name == "b"


class TestRequestLog:
    def test_shows_what_was_asked_but_no_key_and_no_card(self, stand_in):
        stand_in.stripe.v1.customers.create({"name": "Camille"})
        card = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2040, "cvc": "123"}
        stand_in.stripe.v1.payment_methods.create({"type": "card", "card": card})

        _status, answer = call(f"{stand_in.url}/_sandbox/requests")

        first, second = answer["data"]
        assert (first["method"], first["path"], first["body"]) == ("POST", "/v1/customers", "name=Camille")
        assert first["response"]["name"] == "Camille"
        assert "sk_test" not in str(answer)
        assert "4242424242424242" not in str(answer)
        assert "cvc]=***" in second["body"].replace("%5D", "]")


class TestHelpers:
    @pytest.mark.parametrize("seconds", [-1, "soon", None, True])
    def test_turn_the_clock_only_forwards(self, stand_in, seconds):
        status, _answer = call(f"{stand_in.url}/_sandbox/clock", {"advance": seconds})

        assert status == 400

    def test_refuse_what_they_do_not_know(self, stand_in):
        session = stand_in.session()
        pay = f"{stand_in.url}/_sandbox/sessions/{session.id}/payment"

        assert stand_in.pay(session.id, crad="4000000000000002")[1]["error"]["param"] == "crad"
        assert call(pay, ["4000000000000002"])[0] == 400
        assert raw(stand_in, "POST", f"/_sandbox/sessions/{session.id}/payment", "card=1")[0] == 400
        assert stand_in.stripe.v1.checkout.sessions.retrieve(session.id).status == "open"

    def test_forget_everything_on_reset(self, stand_in):
        stand_in.paid()

        call(f"{stand_in.url}/_sandbox/reset", {})

        assert stand_in.stripe.v1.checkout.sessions.list().data == []
        assert stand_in.types() == []
        assert stand_in.paid().status == "complete"


def raw(stand_in, method, path, text="", *, kind="application/x-www-form-urlencoded", key="sk_test_1"):
    """Speak to the API without an SDK; returns the status, the headers and the body."""
    headers = {"Content-Type": kind} if text else {}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    wish = urllib.request.Request(stand_in.url + path, text.encode() or None, headers, method=method)
    try:
        with urllib.request.urlopen(wish, timeout=20) as response:
            return response.status, response.headers, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, error.headers, json.load(error)


class TestOtherClients:
    def test_may_leave_the_places_of_objects_out(self):
        form = parse_form("a[][b]=1&a[][c][d]=2&a[][c][e]=3&a[][t][]=x&a[][t][]=y&a[][b]=4&a[][b]=5")

        assert form["a"] == {
            "0": {"b": "1", "c": {"d": "2", "e": "3"}, "t": {"0": "x", "1": "y"}},
            "1": {"b": "4"},
            "2": {"b": "5"},
        }

    def test_that_send_json_are_told_so(self, stand_in):
        status, _headers, answer = raw(
            stand_in, "POST", "/v1/customers", '{"name": "Ada"}', kind="application/json"
        )

        assert status == 400
        assert (
            "check that your POST content type is application/x-www-form-urlencoded"
            in answer["error"]["message"]
        )
        assert stand_in.stripe.v1.customers.list().data == []

    def test_may_give_parameters_in_the_address_the_body_or_both(self, stand_in):
        _status, _headers, made = raw(stand_in, "POST", "/v1/customers?expand[]=nonsense", "name=Ada")
        assert "nonsense" in made["error"]["message"]

        for name in ("Ada", "Bea"):
            assert raw(stand_in, "POST", f"/v1/customers?name={name}", "description=x")[0] == 200
        _status, _headers, page = raw(stand_in, "GET", "/v1/customers", "limit=1")
        assert [one["name"] for one in page["data"]] == ["Bea"]

    def test_with_a_slash_too_many_get_stripes_hint(self, stand_in):
        status, _headers, answer = raw(stand_in, "GET", "/v1/customers/")

        assert status == 404
        assert "remove the trailing slash" in answer["error"]["message"]

    def test_without_a_secret_key_are_asked_for_one(self, stand_in):
        status, headers, _answer = raw(stand_in, "GET", "/v1/customers", key="")
        assert (status, headers["WWW-Authenticate"]) == (401, 'Basic realm="Stripe"')

        status, _headers, answer = raw(stand_in, "GET", "/v1/customers", key="pk_test_1")
        assert (status, answer["error"]["code"]) == (401, "secret_key_required")
