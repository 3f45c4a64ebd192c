"""Every object that the stand-in returns and every event that it sends fits Stripe's own JSON Schemas.

All tests of this folder hold every answer and event against them (``conftest.StandIn``); here stands one long journey,
and that the holding against would notice.
"""

import json
from typing import Any

import pytest

from tests.sandbox.conftest import StandIn, session_params
from tests.sandbox.schemas import ABSENT, SCHEMAS

pytestmark = [pytest.mark.corpus, pytest.mark.skipif(SCHEMAS is None, reason=ABSENT)]


@pytest.fixture(scope="module")
def problems():
    """A function that tells what is wrong with an object of a schema."""
    return SCHEMAS.problems


def plain(answer: Any) -> Any:
    """Return the JSON of a raw answer as plain dicts."""
    return json.loads(json.dumps(answer.data))


def journey(stand_in: StandIn) -> None:
    """Do something of everything, so that each kind of object and event exists."""
    v1 = stand_in.stripe.v1
    customer = v1.customers.create({"email": "a@example.com", "address": {"country": "FR"}, "shipping": {
        "name": "A", "address": {"line1": "1 rue"}}})  # fmt: skip
    v1.customers.update(customer.id, {"name": "Camille"})
    rate = {"display_name": "Post", "fixed_amount": {"amount": 500, "currency": "eur"},
            "delivery_estimate": {"maximum": {"unit": "day", "value": 3}}}  # fmt: skip
    full = stand_in.session(
        customer=customer.id,
        customer_update={"name": "auto", "shipping": "auto", "address": "auto"},
        shipping_options=[{"shipping_rate_data": rate}],
        shipping_address_collection={"allowed_countries": ["FR"]},
        payment_intent_data={"metadata": {"order": "7"}, "description": "Order 7"},
        custom_text={"submit": {"message": "Thank you"}},
        branding_settings={"display_name": "Atelier Lumen"},
        phone_number_collection={"enabled": True},
        locale="fr",
        payment_method_types=["card"],
    )
    stand_in.pay(full.id, "4000000000000002")
    stand_in.pay(full.id, "4000000000003220")
    stand_in.pay(full.id, "4000000000003220", challenge="fail")
    stand_in.pay(full.id, "4000000000003220", challenge="complete")
    for card in ("4100000000000019", "4000000000000069"):
        stand_in.pay(stand_in.session().id, card)
    for card in ("4000000000007726", "4000000000005126", "4242424242424242"):
        session = stand_in.paid(card, customer_creation="always")
        refund = v1.refunds.create(
            {"payment_intent": session.payment_intent, "amount": 500, "reason": "duplicate"}
        )
        v1.refunds.update(refund.id, {"metadata": {"a": "b"}})
        v1.charges.update(refund.charge, {"description": "x"})
    for card, text in (("4000000000000259", "winning_evidence"), ("4000000000002685", "losing_evidence"),
                       ("4000000000001976", "escalate_inquiry_evidence")):  # fmt: skip
        stand_in.paid(card)
        v1.disputes.update(v1.disputes.list().data[0].id, {"evidence": {"uncategorized_text": text}})
    refused = stand_in.session(customer_email="b@example.com")
    stand_in.pay(refused.id, "4000000000009995")
    v1.checkout.sessions.expire(refused.id)
    v1.webhook_endpoints.create({"url": "http://127.0.0.1:9/hook", "enabled_events": ["charge.captured"]})
    gone = v1.customers.create({})
    v1.customers.delete(gone.id)
    stand_in.advance(3600)


def asking(stand_in: StandIn) -> dict[str, Any]:
    """Return what a session is made with that asks for everything, offers everything and wears a brand."""
    product = stand_in.stripe.v1.products.create(
        {"name": "Poster", "default_price_data": {"currency": "eur", "unit_amount": 2500}}
    )
    label = {"type": "custom", "custom": "Engraving"}
    options = [{"label": "Small", "value": "s"}]
    rate = {"display_name": "Post", "fixed_amount": {"amount": 500, "currency": "eur"}}
    tax = stand_in.stripe.v1.tax_rates.create({"display_name": "TVA", "percentage": 20, "inclusive": True})
    mug = {"currency": "eur", "unit_amount": 1234, "product_data": {"name": "Mug"}}
    adjustable = {"enabled": True, "maximum": 5}
    return {
        "after_expiration": {"recovery": {"enabled": True, "allow_promotion_codes": True}},
        "allow_promotion_codes": True,
        "branding_settings": {"button_color": "#ffd23f", "logo": {"type": "url", "url": "https://a.example/l.png"}},
        "consent_collection": {"terms_of_service": "required", "promotions": "auto",
                               "payment_method_reuse_agreement": {"position": "auto"}},
        "custom_fields": [
            {"key": "a", "label": label, "type": "text", "text": {"maximum_length": 9}},
            {"key": "b", "label": label, "type": "numeric", "optional": True},
            {"key": "c", "label": label, "type": "dropdown", "dropdown": {"options": options}},
        ],
        "line_items": [{"price_data": mug, "quantity": 1, "tax_rates": [tax.id], "adjustable_quantity": adjustable}],
        "name_collection": {"business": {"enabled": True}, "individual": {"enabled": True, "optional": True}},
        "optional_items": [{"price": product.default_price, "quantity": 1, "adjustable_quantity": adjustable}],
        "payment_method_options": {"sepa_debit": {"setup_future_usage": "none"}},
        "payment_method_types": ["card", "sepa_debit"],
        "saved_payment_method_options": {"payment_method_save": "enabled"},
        "shipping_options": [{"shipping_rate_data": rate}],
        "submit_type": "book",
    }  # fmt: skip


class TestSessions:
    """A session in each of its states, asking for everything."""

    @pytest.fixture
    def wrong(self, stand_in, problems):
        """A function that tells what is wrong with a session, expanded as far as it goes."""
        expand = ["line_items.data.taxes", "line_items.data.discounts", "total_details.breakdown",
                  "discounts.promotion_code"]  # fmt: skip

        def check(session_id: str) -> list[str]:
            body = plain(
                stand_in.stripe.raw_request("get", f"/v1/checkout/sessions/{session_id}", expand=expand)
            )
            items = [found for item in body["line_items"]["data"] for found in problems("item", item)]
            return problems("checkout.session", body) + items

        return check

    def test_fit_the_schema_open_discounted_and_changed(self, stand_in, wrong):
        browser = stand_in.app.test_client()
        session = stand_in.session(**asking(stand_in))
        found = wrong(session.id)
        coupon = stand_in.stripe.v1.coupons.create({"percent_off": 20})
        promotion = {"type": "coupon", "coupon": coupon.id}
        stand_in.stripe.v1.promotion_codes.create({"promotion": promotion, "code": "SUMMER"})
        item = stand_in.stripe.v1.checkout.sessions.line_items.list(session.id).data[0].id
        for action in ("code", f"quantity:{item}:3", f"add:{session.optional_items[0].price}", "note"):
            typed = {
                "action": action,
                "promotion_code": "SUMMER",
                "email": "a@example.com",
                "promotions": "1",
            }
            browser.post(f"/c/pay/{session.id}", data=typed)
            found += wrong(session.id)

        changed = stand_in.stripe.v1.checkout.sessions.retrieve(session.id)
        assert changed.total_details.amount_discount == 1240
        assert found == []

    @pytest.mark.parametrize("card", ["4242424242424242", "4000000000000002", "4000000000003220"])
    def test_fit_the_schema_paid_refused_and_asked(self, stand_in, wrong, card):
        session = stand_in.session(**asking(stand_in))
        stand_in.pay(session.id, card)

        assert wrong(session.id) == []

    def test_fit_the_schema_debited(self, stand_in, wrong):
        session = stand_in.session(**asking(stand_in))
        stand_in.app.test_client().post(f"/c/pay/{session.id}", data={
            "email": "a@example.com", "method": "sepa_debit", "iban": "AT611904300234573201", "sepa_holder": "A",
            "business_name": "A", "field_a": "x", "field_c": "s", "terms": "1", "save_method": "1"})  # fmt: skip
        before = stand_in.stripe.v1.checkout.sessions.retrieve(session.id)
        found = wrong(session.id)
        stand_in.advance(600)

        assert (before.status, before.payment_status) == ("complete", "unpaid")
        assert found + wrong(session.id) == []

    def test_fit_the_schema_expired_and_recovered(self, stand_in, wrong):
        session = stand_in.session(**asking(stand_in))
        stand_in.stripe.v1.checkout.sessions.expire(session.id)
        stand_in.app.test_client().get(f"/c/recovery/{session.id}")
        recovered = stand_in.stripe.v1.checkout.sessions.list({"limit": 1}).data[0]

        assert recovered.recovered_from == session.id
        assert wrong(session.id) + wrong(recovered.id) == []


class TestResponses:
    def test_fit_the_schemas_of_their_addresses(self, stand_in, problems):
        journey(stand_in)
        found = []
        for path, kind in {
            "/v1/checkout/sessions": "checkout.session",
            "/v1/customers": "customer",
            "/v1/payment_intents": "payment_intent",
            "/v1/charges": "charge",
            "/v1/refunds": "refund",
            "/v1/disputes": "dispute",
            "/v1/webhook_endpoints": "webhook_endpoint",
        }.items():
            answer = plain(stand_in.stripe.raw_request("get", path, limit=100))
            assert answer["data"], path
            found += [problem for one in answer["data"] for problem in problems(kind, one)]
            one = stand_in.stripe.raw_request("get", f"{path}/{answer['data'][0]['id']}")
            found += problems(kind, plain(one))

        assert found == []

    def test_fit_when_expanded(self, stand_in, problems):
        session = stand_in.paid(shipping_options=[{"shipping_rate_data": {
            "display_name": "Post", "fixed_amount": {"amount": 500, "currency": "eur"}}}])  # fmt: skip
        expand = ["payment_intent.latest_charge", "payment_intent.payment_method", "line_items.data.price.product",
                  "shipping_cost.shipping_rate"]  # fmt: skip

        answer = stand_in.stripe.raw_request("get", f"/v1/checkout/sessions/{session.id}", expand=expand)
        items = stand_in.stripe.raw_request("get", f"/v1/checkout/sessions/{session.id}/line_items")

        body = plain(answer)
        found = problems("checkout.session", body) + problems(
            "charge", body["payment_intent"]["latest_charge"]
        )
        found += problems("product", body["line_items"]["data"][0]["price"]["product"])
        found += problems("payment_method", body["payment_intent"]["payment_method"])
        found += [problem for item in plain(items)["data"] for problem in problems("item", item)]
        assert found == []

    def test_fit_when_refused(self, stand_in, problems):
        session = stand_in.session()
        _status, declined = stand_in.pay(session.id, "4000000000000002")

        assert problems("error", declined) == []


class TestEvents:
    def test_fit_the_schemas_of_their_types(self, stand_in):
        journey(stand_in)
        events = []
        page = {"has_more": True, "data": []}
        while page["has_more"]:
            after = {"starting_after": page["data"][-1]["id"]} if page["data"] else {}
            page = plain(stand_in.stripe.raw_request("get", "/v1/events", limit=100, **after))
            events += page["data"]

        found = [problem for event in events for problem in SCHEMAS.event_problems(event)]

        assert {event["type"] for event in events} >= {
            "checkout.session.completed", "checkout.session.expired", "payment_intent.created",
            "payment_intent.succeeded", "payment_intent.payment_failed", "payment_intent.canceled",
            "payment_intent.requires_action", "charge.succeeded", "charge.failed", "charge.refunded", "charge.updated",
            "refund.created", "refund.updated", "refund.failed", "customer.created", "customer.updated",
            "customer.deleted", "charge.dispute.created", "charge.dispute.closed",
        }  # fmt: skip
        assert found == []


class TestRequests:
    def test_that_the_schemas_accept_are_accepted(self, stand_in):
        schema = SCHEMAS.document["components"]["schemas"]["Checkout.SessionCreateParams"]

        assert set(session_params()) <= set(schema["properties"])
        assert stand_in.session().status == "open"


class TestHoldingAgainst:
    @pytest.mark.parametrize(
        ("change", "noticed"),
        [
            ({"amount_total": "12"}, "amount_total"),
            ({"status": "done"}, "status"),
            ({"surprise": 1}, "surprise"),
            ({"id": None}, "id"),
        ],
    )
    def test_notices_what_does_not_fit(self, stand_in, change, noticed):
        answer = plain(stand_in.stripe.raw_request("get", f"/v1/checkout/sessions/{stand_in.session().id}"))

        right = SCHEMAS.answer_problems("GET", f"/v1/checkout/sessions/{answer['id']}", 200, answer)
        wrong = SCHEMAS.answer_problems("GET", f"/v1/checkout/sessions/{answer['id']}", 200, answer | change)

        assert right == []
        assert any(noticed in one for one in wrong)
