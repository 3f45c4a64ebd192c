"""Events and their webhooks: signed, retried, held back, sent again."""

import time

import pytest
import stripe

from tests.sandbox.conftest import SECRET, Receiver, call, eventually, start


class TestEvents:
    def test_are_listed_by_type_and_kept_thirty_days(self, stand_in):
        stand_in.paid()
        listed = stand_in.stripe.v1.events.list

        assert [event.type for event in listed({"type": "charge.succeeded"}).data] == ["charge.succeeded"]
        assert {event.type for event in listed({"type": "payment_intent.*"}).data} == {
            "payment_intent.created",
            "payment_intent.succeeded",
        }
        assert len(listed({"types": ["charge.succeeded", "checkout.session.completed"]}).data) == 2
        event = listed().data[0]
        stand_in.advance(31 * 24 * 3600)
        assert listed().data == []
        assert listed({"created": {"gte": 1}}).data == []
        with pytest.raises(stripe.InvalidRequestError, match="No such event"):
            stand_in.stripe.v1.events.retrieve(event.id)

    def test_name_no_request_when_time_caused_them(self, stand_in):
        stand_in.session()
        stand_in.advance(25 * 3600)

        event = stand_in.stripe.v1.events.list().data[0]

        assert event.type == "checkout.session.expired"
        assert (event.request.id, event.request.idempotency_key) == (None, None)

    def test_say_of_what_changed_only_the_members_that_did(self, stand_in):
        ada = stand_in.stripe.v1.customers.create({
            "name": "Ada", "metadata": {"a": "1", "b": "2"}, "address": {"city": "Paris", "country": "FR"},
        })  # fmt: skip

        stand_in.stripe.v1.customers.update(
            ada.id, {"metadata": {"b": "3", "c": "4"}, "address": {"city": "Lyon", "country": "FR"}}
        )

        event = stand_in.stripe.v1.events.list().data[0]
        assert event.data.previous_attributes.to_dict() == {
            "address": {"city": "Paris"},
            "metadata": {"b": "2", "c": None},
        }

    def test_are_listed_by_whether_their_webhooks_were_taken(self, told, receiver):
        receiver.status = 500
        told.stripe.v1.customers.create({"name": "a"})
        eventually(lambda: receiver.got)
        listed = told.stripe.v1.events.list
        assert (len(listed({"delivery_success": False}).data), listed({"delivery_success": True}).data) == (
            1,
            [],
        )

        receiver.status = 200
        eventually(lambda: listed({"delivery_success": True}).data)
        assert listed({"delivery_success": False}).data == []

    def test_hold_the_object_as_it_was(self, stand_in):
        session = stand_in.session()
        stand_in.pay(session.id)

        event = stand_in.stripe.v1.events.list({"type": "payment_intent.created"}).data[0]

        assert event.data.object.status == "requires_payment_method"
        assert stand_in.stripe.v1.events.retrieve(event.id).id == event.id

    def test_name_the_request_that_caused_them(self, stand_in):
        made = stand_in.stripe.v1.customers.create({"name": "a"}, {"idempotency_key": "key-1"})

        event = stand_in.stripe.v1.events.list().data[0]

        assert event.request.idempotency_key == "key-1"
        assert event.request.id == made.last_response.request_id


class TestDeliver:
    def test_sends_every_event_signed(self, told, receiver):
        session = told.paid(metadata={"order": "7"})

        eventually(lambda: len(receiver.got) == 4)

        assert receiver.types() == sorted(told.types())
        completed = next(
            event for event in receiver.events() if event["type"] == "checkout.session.completed"
        )
        assert completed["data"]["object"]["id"] == session.id
        assert completed["data"]["object"]["metadata"]["order"] == "7"
        with pytest.raises(stripe.SignatureVerificationError):
            receiver.events("whsec_another")

    def test_does_not_keep_the_payment_waiting(self, told, receiver):
        receiver.delay = 2
        session = told.session()
        began = time.monotonic()

        told.pay(session.id)

        assert time.monotonic() - began < 1

    def test_tries_again_until_it_is_taken(self, told, receiver):
        receiver.status = 500
        told.stripe.v1.customers.create({"name": "a"})
        eventually(lambda: len(receiver.got) == 1)
        pending = told.stripe.v1.events.list().data[0].pending_webhooks
        receiver.status = 200
        told.advance(10)

        eventually(lambda: len(receiver.got) == 2)

        done = eventually(lambda: call(f"{told.url}/_sandbox/deliveries?status=succeeded")[1]["data"])
        assert pending == 1
        assert (done[0]["attempts"], done[0]["last_status"], done[0]["type"]) == (2, 200, "customer.created")
        assert told.stripe.v1.events.list().data[0].pending_webhooks == 0

    def test_gives_up_in_the_end(self, told, receiver):
        receiver.status = 302
        told.stripe.v1.customers.create({"name": "a"})
        for tries in range(1, 9):
            eventually(lambda tries=tries: len(receiver.got) >= tries)
            eventually(
                lambda tries=tries: call(f"{told.url}/_sandbox/deliveries")[1]["data"][0]["attempts"] == tries
            )
            told.advance(24 * 3600)

        failed = call(f"{told.url}/_sandbox/deliveries?status=failed")[1]["data"]

        assert [one["attempts"] for one in failed] == [8]
        assert len(receiver.got) == 8

    def test_waits_while_paused(self, told, receiver):
        call(f"{told.url}/_sandbox/webhooks/pause", {})
        told.stripe.v1.customers.create({"name": "a"})
        time.sleep(0.8)
        before = len(receiver.got)

        call(f"{told.url}/_sandbox/webhooks/resume", {})

        eventually(lambda: len(receiver.got) == 1)
        assert before == 0

    def test_sends_again_on_demand(self, told, receiver):
        told.stripe.v1.customers.create({"name": "a"})
        eventually(lambda: len(receiver.got) == 1)
        event = told.stripe.v1.events.list().data[0]

        status, _answer = call(f"{told.url}/_sandbox/events/{event.id}/delivery", {})

        eventually(lambda: len(receiver.got) == 2)
        assert status == 202
        assert {one["id"] for one in receiver.events()} == {event.id}


class TestEndpoints:
    def test_are_told_only_what_they_want_by_their_own_secret(self, stand_in, receiver):
        made = stand_in.stripe.v1.webhook_endpoints.create(
            {"url": receiver.url, "enabled_events": ["checkout.session.completed"]}
        )
        stand_in.paid()

        eventually(lambda: receiver.got)
        time.sleep(0.3)

        assert made.secret.startswith("whsec_")
        assert [event["type"] for event in receiver.events(made.secret)] == ["checkout.session.completed"]
        assert not hasattr(stand_in.stripe.v1.webhook_endpoints.retrieve(made.id), "secret")

    def test_can_be_switched_off_and_deleted(self, stand_in, receiver):
        service = stand_in.stripe.v1.webhook_endpoints
        made = service.create({"url": receiver.url, "enabled_events": ["*"]})
        service.update(made.id, {"disabled": True})
        stand_in.stripe.v1.customers.create({"name": "a"})

        gone = service.delete(made.id)

        time.sleep(0.3)
        assert gone.deleted
        assert receiver.got == []
        with pytest.raises(stripe.InvalidRequestError):
            service.retrieve(made.id)

    @pytest.mark.parametrize(
        ("wrong", "param"),
        [
            ({"url": "nowhere"}, "url"),
            ({"enabled_events": ["surprise"]}, "enabled_events[0]"),
            ({"url": None}, "url"),
        ],
    )
    def test_are_checked(self, stand_in, wrong, param):
        params = {"url": "http://shop.example/hook", "enabled_events": ["*"]} | wrong

        with pytest.raises(stripe.InvalidRequestError) as caught:
            stand_in.stripe.v1.webhook_endpoints.create({k: v for k, v in params.items() if v is not None})

        assert caught.value.param == param


class TestRegister:
    def test_keeps_given_endpoints_and_what_is_pending_over_a_restart(self, tmp_path):
        receiver = Receiver()
        receiver.status = 500
        first = start(str(tmp_path / "stripe.db"), webhooks=[(receiver.url, SECRET)])
        first.stripe.v1.customers.create({"name": "a"})
        eventually(lambda: receiver.got)
        first.close()
        receiver.status = 200

        second = start(str(tmp_path / "stripe.db"), webhooks=[(receiver.url, SECRET)])

        eventually(lambda: call(f"{second.url}/_sandbox/deliveries?status=succeeded")[1]["data"])
        assert len(second.stripe.v1.webhook_endpoints.list().data) == 1
        second.close()
        receiver.close()
