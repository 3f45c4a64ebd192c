"""Older API versions: what they name differently, asked for by header or by an endpoint."""

import json

import pytest
import stripe

from shop.sandbox.events import API_VERSION
from tests.sandbox.conftest import eventually, session_params

ACACIA, BASIL, CLOVER, DAHLIA = (
    "2024-11-20.acacia",
    "2025-03-31.basil",
    "2025-09-30.clover",
    "2026-03-25.dahlia",
)


def raw(stand_in, method, path, version, **params):
    answer = stand_in.stripe.raw_request(method, path, stripe_version=version, **params)
    assert answer.headers["Stripe-Version"] == version
    return answer.data


def discounted(stand_in):
    v1 = stand_in.stripe.v1
    coupon = v1.coupons.create({"percent_off": 25, "duration": "once"})
    code = v1.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon.id}, "code": "LUMEN"})
    return coupon, code, stand_in.session(discounts=[{"promotion_code": code.id}])


class TestVersions:
    @pytest.mark.parametrize(
        ("version", "word"), [(CLOVER, "hosted"), (DAHLIA, "hosted_page"), (API_VERSION, "hosted_page")]
    )
    def test_have_their_words_for_the_page(self, stand_in, version, word):
        made = raw(stand_in, "post", "/v1/checkout/sessions", version, ui_mode=word, **session_params())

        assert made["ui_mode"] == word
        assert raw(stand_in, "get", f"/v1/checkout/sessions/{made['id']}", version)["ui_mode"] == word

    @pytest.mark.parametrize(("version", "is_there"), [(ACACIA, True), (BASIL, False)])
    def test_have_the_destination_at_the_top_of_a_session_before_basil(self, stand_in, version, is_there):
        session = stand_in.paid(shipping_address_collection={"allowed_countries": ["FR"]})

        found = raw(stand_in, "get", f"/v1/checkout/sessions/{session.id}", version)

        assert ("shipping_details" in found) is is_there
        if is_there:
            assert found["shipping_details"] == found["collected_information"]["shipping_details"]
            assert found["shipping_details"]["address"]["country"] == "FR"

    def test_show_a_discounts_coupon_whole_before_clover(self, stand_in):
        coupon, code, session = discounted(stand_in)
        path = f"/v1/checkout/sessions/{session.id}"

        old = raw(stand_in, "get", path, BASIL, expand=["total_details.breakdown"])
        new = raw(stand_in, "get", path, CLOVER, expand=["total_details.breakdown"])

        old_discount = old["total_details"]["breakdown"]["discounts"][0]["discount"]
        new_discount = new["total_details"]["breakdown"]["discounts"][0]["discount"]
        assert old_discount["coupon"]["id"] == coupon.id
        assert old_discount["coupon"]["percent_off"] == 25
        assert "source" not in old_discount
        assert new_discount["source"]["coupon"] == coupon.id
        assert raw(stand_in, "get", f"/v1/promotion_codes/{code.id}", BASIL)["coupon"]["id"] == coupon.id

    def test_take_a_promotion_codes_coupon_at_the_top_before_clover(self, stand_in):
        coupon = stand_in.stripe.v1.coupons.create({"percent_off": 25, "duration": "once"})

        made = raw(stand_in, "post", "/v1/promotion_codes", BASIL, coupon=coupon.id)

        assert made["coupon"]["id"] == coupon.id
        with pytest.raises(stripe.InvalidRequestError, match="unknown parameter: coupon"):
            raw(stand_in, "post", "/v1/promotion_codes", CLOVER, coupon=coupon.id,
                promotion={"type": "coupon", "coupon": coupon.id})  # fmt: skip

    @pytest.mark.parametrize(("version", "is_automatic"), [("2022-11-15", False), ("2023-08-16", True)])
    def test_choose_a_payment_intents_methods_by_themselves_since_2023(self, stand_in, version, is_automatic):
        made = raw(stand_in, "post", "/v1/payment_intents", version, amount=1000, currency="eur")

        assert bool(made["automatic_payment_methods"]) is is_automatic

    def test_leave_metadata_alone(self, stand_in):
        metadata = {"ui_mode": "hosted_page", "object": "checkout.session", "collected_information": "x"}
        made = raw(stand_in, "post", "/v1/customers", ACACIA, metadata=metadata)

        assert made["metadata"] == metadata

    @pytest.mark.parametrize(
        ("version", "message"),
        [
            ("yesterday", "Invalid Stripe API version"),
            ("2020-08-27", "speaks API versions from"),
            ("2031-01-01.zinnia", "speaks API versions from"),
        ],
    )
    def test_that_it_cannot_speak_are_refused(self, stand_in, version, message):
        with pytest.raises(stripe.InvalidRequestError, match=message) as caught:
            stand_in.stripe.raw_request("get", "/v1/customers", stripe_version=version)

        assert caught.value.http_status == 400


class TestEndpointVersion:
    def test_is_the_one_that_its_events_have(self, told, receiver):
        session = told.paid()
        eventually(lambda: "checkout.session.completed" in receiver.types())
        told.stripe.v1.webhook_endpoints.create(
            {
                "url": receiver.url + "?old",
                "enabled_events": ["checkout.session.expired"],
                "api_version": BASIL,
            }
        )

        second = told.session()
        told.stripe.v1.checkout.sessions.expire(second.id)

        def expired() -> list:
            # The second endpoint signs with a secret of its own, so they are read as they are.
            events = [json.loads(body) for body, _header in list(receiver.got)]
            return [event for event in events if event["type"] == "checkout.session.expired"]

        eventually(lambda: len(expired()) == 2)
        assert session.ui_mode == "hosted_page"
        found = {event["data"]["object"]["ui_mode"]: event["api_version"] for event in expired()}
        assert found == {"hosted": BASIL, "hosted_page": API_VERSION}
