"""Faults on demand: calls refused, timed out before or after the work; webhooks doubled, late, shuffled, dropped."""

import pytest
import stripe

from tests.sandbox.conftest import call, eventually, sdk, session_params, start


def fault(stand_in, **given):
    status, answer = call(f"{stand_in.url}/_sandbox/faults", given)
    assert status == 201, answer
    return answer


def patient(stand_in, retries=2):
    """The official SDK as a shop would set it."""
    client = stripe.RequestsClient(timeout=(2, 0.5))
    return sdk(stand_in.url, max_network_retries=retries, http_client=client)


def sessions_of(stand_in):
    return [one.id for one in stand_in.stripe.v1.checkout.sessions.list({"limit": 100}).data]


class TestCallFaults:
    @pytest.mark.parametrize("kind", ["timeout_after", "lost_response"])
    def test_after_the_work_are_healed_by_one_key(self, stand_in, kind):
        fault(stand_in, kind=kind, path="/v1/checkout/sessions", method="post", count=2, seconds=1)

        made = patient(stand_in).v1.checkout.sessions.create(session_params(), {"idempotency_key": "one"})

        assert sessions_of(stand_in) == [made.id]
        assert made.last_response.headers["Idempotent-Replayed"] == "true"

    def test_after_the_work_leave_it_done(self, stand_in):
        fault(stand_in, kind="lost_response", count=1)

        with pytest.raises(stripe.APIConnectionError):
            patient(stand_in, 0).v1.checkout.sessions.create(session_params())

        assert len(sessions_of(stand_in)) == 1

    def test_before_the_work_leave_nothing(self, stand_in):
        fault(stand_in, kind="timeout_before", count=1, seconds=1)

        with pytest.raises(stripe.APIConnectionError):
            patient(stand_in, 0).v1.checkout.sessions.create(session_params(), {"idempotency_key": "one"})

        assert sessions_of(stand_in) == []

    @pytest.mark.parametrize(
        ("kind", "error", "answered"),
        [
            ("rate_limit", stripe.RateLimitError, (429, "rate_limit", "true")),
            ("server_error", stripe.APIError, (500, None, None)),
            ("conflict", stripe.APIError, (409, "lock_timeout", "true")),
        ],
    )
    def test_refuse_without_doing_anything(self, stand_in, kind, error, answered):
        fault(stand_in, kind=kind, path="/v1/checkout/*")

        with pytest.raises(error) as caught:
            stand_in.session()

        refused = caught.value
        assert (
            refused.http_status,
            refused.json_body["error"].get("code"),
            refused.headers.get("Stripe-Should-Retry"),
        ) == answered
        assert stand_in.stripe.v1.customers.list().data == []
        call(f"{stand_in.url}/_sandbox/faults", method="DELETE")
        assert sessions_of(stand_in) == []

    def test_of_a_rate_limit_are_retried_by_the_sdk(self, stand_in):
        fault(stand_in, kind="rate_limit", count=2)

        assert patient(stand_in).v1.customers.create({}).id
        assert call(f"{stand_in.url}/_sandbox/faults")[1]["data"][0]["used"] == 2

    def test_strike_by_chance_as_the_seed_says(self, tmp_path):
        struck = []
        for name in ("one", "two"):
            stand_in = start(str(tmp_path / name), seed=11)
            fault(stand_in, kind="server_error", probability=0.5)
            answers = [call(f"{stand_in.url}/v1/customers", key="sk_test_1")[0] for _ in range(20)]
            struck.append(answers)
            stand_in.close()

        assert struck[0] == struck[1]
        assert set(struck[0]) == {200, 500}

    def test_outlive_a_restart_until_they_are_spent(self, tmp_path):
        first = start(str(tmp_path / "stripe.db"))
        fault(first, kind="server_error", count=2)
        assert call(f"{first.url}/v1/customers", key="sk_test_1")[0] == 500
        first.close()
        second = start(str(tmp_path / "stripe.db"))

        statuses = [call(f"{second.url}/v1/customers", key="sk_test_1")[0] for _ in range(2)]
        second.close()

        assert statuses == [500, 200]

    @pytest.mark.parametrize(
        ("given", "param"),
        [
            ({}, "kind"),
            ({"kind": "flood"}, "kind"),
            ({"kind": "rate_limit", "count": 0}, "count"),
            ({"kind": "rate_limit", "count": 1.5}, "count"),
            ({"kind": "rate_limit", "probability": 2}, "probability"),
            ({"kind": "rate_limit", "seconds": "long"}, "seconds"),
            ({"kind": "rate_limit", "method": "PUT"}, "method"),
            ({"kind": "rate_limit", "event": "charge.*"}, "event"),
            ({"kind": "webhook_drop", "path": "/v1/*"}, "path"),
            ({"kind": "webhook_drop", "often": 1}, "often"),
        ],
    )
    def test_are_checked(self, stand_in, given, param):
        status, answer = call(f"{stand_in.url}/_sandbox/faults", given)

        assert (status, answer["error"]["param"]) == (400, param)

    def test_can_be_taken_away(self, stand_in):
        one = fault(stand_in, kind="rate_limit")
        two = fault(stand_in, kind="webhook_drop", event="charge.*")

        assert call(f"{stand_in.url}/_sandbox/faults/{one['id']}", method="DELETE")[0] == 200
        assert call(f"{stand_in.url}/_sandbox/faults/{one['id']}", method="DELETE")[0] == 404
        assert [each["id"] for each in call(f"{stand_in.url}/_sandbox/faults")[1]["data"]] == [two["id"]]
        call(f"{stand_in.url}/_sandbox/reset", {})
        assert call(f"{stand_in.url}/_sandbox/faults")[1]["data"] == []


class TestWebhookFaults:
    def test_drop(self, told, receiver):
        fault(told, kind="webhook_drop", event="charge.*")
        told.paid()

        eventually(lambda: "checkout.session.completed" in receiver.types())
        dropped = call(f"{told.url}/_sandbox/deliveries?status=failed")[1]["data"]
        assert "charge.succeeded" not in receiver.types()
        assert {one["type"] for one in dropped} == {"charge.succeeded"}
        assert dropped[0]["last_error"] == "dropped by a fault"

    def test_double(self, told, receiver):
        fault(told, kind="webhook_double", event="customer.created", count=1)
        told.stripe.v1.customers.create({})
        told.stripe.v1.customers.create({})

        eventually(lambda: len(receiver.types()) == 3)
        assert len({event["id"] for event in receiver.events()}) == 2

    def test_delay(self, told, receiver):
        fault(told, kind="webhook_delay", seconds=3600)
        told.stripe.v1.customers.create({})
        pending = call(f"{told.url}/_sandbox/deliveries?status=pending")[1]["data"]
        assert receiver.types() == []
        told.advance(3601)

        eventually(lambda: receiver.types() == ["customer.created"])
        assert len(pending) == 1

    def test_reorder(self, told, receiver):
        fault(told, kind="webhook_reorder", seconds=1000)
        made = [told.stripe.v1.customers.create({}).id for _ in range(12)]
        for _step in range(20):
            told.advance(50)
            eventually(
                lambda: (
                    not [
                        one
                        for one in call(f"{told.url}/_sandbox/deliveries?status=pending")[1]["data"]
                        if one["next_at"] <= call(f"{told.url}/_sandbox/health")[1]["now"]
                    ]
                )
            )

        came = [event["data"]["object"]["id"] for event in receiver.events()]
        assert sorted(came) == sorted(made)
        assert came != made


class TestResend:
    def test_sends_copies_later(self, told, receiver):
        told.stripe.v1.customers.create({})
        eventually(lambda: len(receiver.types()) == 1)
        event = receiver.events()[0]["id"]

        status, answer = call(f"{told.url}/_sandbox/events/{event}/delivery", {"copies": 2, "delay": 600})
        assert (status, len(answer["endpoints"])) == (202, 1)
        told.advance(601)

        eventually(lambda: len(receiver.types()) == 3)
        assert {one["id"] for one in receiver.events()} == {event}

    @pytest.mark.parametrize(
        ("given", "status"), [({"copies": 0}, 400), ({"delay": -1}, 400), ({"endpoint": "we_no"}, 404)]
    )
    def test_checks_what_it_is_given(self, told, given, status):
        told.stripe.v1.customers.create({})
        event = told.stripe.v1.events.list().data[0].id

        assert call(f"{told.url}/_sandbox/events/{event}/delivery", given)[0] == status


class TestDeliveryLog:
    def test_holds_each_try(self, told, receiver):
        receiver.status = 503
        told.stripe.v1.customers.create({})
        event = eventually(lambda: call(f"{told.url}/_sandbox/deliveries")[1]["data"][0]["tries"]) and (
            told.stripe.v1.events.list().data[0].id
        )
        receiver.status = 200
        told.advance(2)

        rows = eventually(
            lambda: [
                one
                for one in call(f"{told.url}/_sandbox/deliveries?event={event}")[1]["data"]
                if one["status"] == "succeeded"
            ]
        )
        assert [one["status"] for one in rows[0]["tries"]] == [503, 200]
        assert rows[0]["tries"][0]["error"].startswith("answered 503")

    def test_is_narrowed_to_the_newest(self, told):
        for _ in range(5):
            told.stripe.v1.customers.create({})
        url = f"{told.url}/_sandbox/deliveries"
        numbers = [one["id"] for one in call(url)[1]["data"]]

        assert len(numbers) == 5
        assert [one["id"] for one in call(f"{url}?limit=2")[1]["data"]] == numbers[-2:]
        assert [one["id"] for one in call(f"{url}?after={numbers[1]}")[1]["data"]] == numbers[2:]
        assert call(f"{url}?after={numbers[-1]}")[1]["data"] == []
        for wrong in ("x", "-1", "1e9", "9" * 40):
            assert call(f"{url}?limit={wrong}")[0] == 400


class TestDispute:
    def test_is_opened_on_any_charge(self, stand_in):
        intent = stand_in.paid().payment_intent

        status, dispute = call(
            f"{stand_in.url}/_sandbox/charges/{intent}/dispute", {"reason": "product_not_received"}
        )

        assert (status, dispute["reason"], dispute["status"]) == (
            200,
            "product_not_received",
            "needs_response",
        )
        assert stand_in.stripe.v1.disputes.list().data[0].id == dispute["id"]
        assert call(f"{stand_in.url}/_sandbox/charges/{intent}/dispute", {})[0] == 400

    @pytest.mark.parametrize(
        ("object_id", "given", "status"),
        [("ch_none", {}, 404), ("pi_none", {"reason": "mood"}, 400)],
    )
    def test_refuses_what_is_none(self, stand_in, object_id, given, status):
        assert call(f"{stand_in.url}/_sandbox/charges/{object_id}/dispute", given)[0] == status


class TestRefundFailure:
    def test_gives_the_amount_back_to_the_shop(self, stand_in):
        session = stand_in.paid()
        refund = stand_in.stripe.v1.refunds.create({"payment_intent": session.payment_intent, "amount": 200})

        status, failed = call(
            f"{stand_in.url}/_sandbox/refunds/{refund.id}/failure", {"reason": "lost_or_stolen_card"}
        )

        assert (status, failed["status"], failed["failure_reason"]) == (200, "failed", "lost_or_stolen_card")
        assert stand_in.stripe.v1.charges.retrieve(refund.charge).amount_refunded == 0
        assert "refund.failed" in stand_in.types()
        assert call(f"{stand_in.url}/_sandbox/refunds/{refund.id}/failure", {})[0] == 400
