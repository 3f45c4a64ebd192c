"""Checkout Sessions over the wire, by the official SDK."""

import time

import pytest
import stripe

from tests.sandbox.conftest import StandIn, session_params

MUG = {"currency": "eur", "unit_amount": 1234, "product_data": {"name": "Mug"}}
POST = {"display_name": "Post", "type": "fixed_amount", "fixed_amount": {"amount": 500, "currency": "eur"}}
EXPRESS = {
    "display_name": "Express",
    "type": "fixed_amount",
    "fixed_amount": {"amount": 900, "currency": "eur"},
}


def refusal(stand_in: StandIn, **more: object) -> stripe.InvalidRequestError:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        stand_in.stripe.v1.checkout.sessions.create(session_params(**more))
    return caught.value


class TestCreateSession:
    def test_is_open_and_unpaid_at_the_stand_ins_own_address(self, stand_in):
        session = stand_in.session()

        assert session.status == "open"
        assert session.payment_status == "unpaid"
        assert session.url == f"{stand_in.url}/c/pay/{session.id}"
        assert session.id.startswith("cs_test_")
        assert session.payment_intent is None

    def test_totals_lines_and_the_first_shipping_option(self, stand_in):
        session = stand_in.session(
            line_items=[{"price_data": MUG, "quantity": 3}, {"price_data": MUG, "quantity": 1}],
            shipping_options=[{"shipping_rate_data": POST}, {"shipping_rate_data": EXPRESS}],
        )

        assert session.amount_subtotal == 4 * 1234
        assert session.amount_total == 4 * 1234 + 500
        assert session.total_details.amount_shipping == 500
        assert session.shipping_cost.shipping_rate == session.shipping_options[0].shipping_rate

    def test_keeps_what_it_was_given(self, stand_in):
        session = stand_in.session(
            client_reference_id="order-7",
            metadata={"order": "7"},
            customer_email="camille@example.fr",
            locale="fr",
            submit_type="pay",
            adaptive_pricing={"enabled": False},
            shipping_address_collection={"allowed_countries": ["FR", "BE"]},
        )

        found = stand_in.stripe.v1.checkout.sessions.retrieve(session.id)
        assert found.client_reference_id == "order-7"
        assert found.metadata["order"] == "7"
        assert found.customer_email == "camille@example.fr"
        assert found.customer_details.email == "camille@example.fr"
        assert found.locale == "fr"
        assert found.adaptive_pricing.enabled is False
        assert found.shipping_address_collection.allowed_countries == ["FR", "BE"]

    def test_lists_its_line_items_in_pages(self, stand_in):
        session = stand_in.session(line_items=[{"price_data": MUG, "quantity": n} for n in range(1, 13)])

        service = stand_in.stripe.v1.checkout.sessions.line_items
        quantities = [item.quantity for item in service.list(session.id, {"limit": 5}).auto_paging_iter()]

        assert quantities == list(range(1, 13))

    @pytest.mark.parametrize(
        ("wrong", "param", "code"),
        [
            ({"surprise": "1"}, "surprise", "parameter_unknown"),
            ({"line_items": [{"price_data": MUG | {"colour": "red"}, "quantity": 1}]},
             "line_items[0][price_data][colour]", "parameter_unknown"),
            ({"line_items": [{"price_data": {"unit_amount": 5}, "quantity": 1}]},
             "line_items[0][price_data][currency]", "parameter_missing"),
            ({"line_items": [{"price_data": MUG}]}, "line_items[0][quantity]", "parameter_missing"),
            ({"line_items": [{"price_data": MUG, "quantity": "two"}]},
             "line_items[0][quantity]", "parameter_invalid_integer"),
            ({"line_items": [{"price_data": MUG | {"unit_amount": -1}, "quantity": 1}]},
             "line_items[0][price_data][unit_amount]", "parameter_invalid_integer"),
            ({"line_items": [{"price_data": MUG | {"unit_amount": 49}, "quantity": 1}]},
             "line_items", "amount_too_small"),
            ({"line_items": [{"price_data": MUG | {"currency": "zzz"}, "quantity": 1}]},
             "line_items[0][price_data][currency]", None),
            ({"line_items": [{"price_data": MUG, "quantity": 1}, {"price_data": MUG | {"currency": "usd"}, "quantity": 1}]},
             "line_items[1]", None),
            ({"line_items": [{"price_data": MUG, "quantity": 1}] * 101}, "line_items", None),
            ({"customer": "cus_nobody"}, "customer", "resource_missing"),
            ({"customer_email": "camille"}, "customer_email", "email_invalid"),
            ({"success_url": "shop/done"}, "success_url", "url_invalid"),
            ({"locale": "tlh"}, "locale", None),
            ({"mode": "subscription"}, "mode", None),
            ({"discounts": [{"coupon": "x"}]}, "discounts[0][coupon]", "resource_missing"),
            ({"metadata": {"k": "v" * 501}}, "metadata[k]", None),
            ({"client_reference_id": "x" * 201}, "client_reference_id", "parameter_invalid_string"),
            ({"shipping_options": [{"shipping_rate_data": POST}] * 6}, "shipping_options", None),
        ],
    )  # fmt: skip
    def test_refuses_what_stripe_refuses(self, stand_in, wrong, param, code):
        error = refusal(stand_in, **wrong)

        assert error.http_status == 400
        assert error.param == param
        assert error.code == code

    def test_needs_line_items_and_a_success_url(self, stand_in):
        for name in ("line_items", "success_url"):
            params = session_params()
            del params[name]
            with pytest.raises(stripe.InvalidRequestError) as caught:
                stand_in.stripe.v1.checkout.sessions.create(params)
            assert (caught.value.param, caught.value.code) == (name, "parameter_missing")

    @pytest.mark.parametrize(
        ("minutes", "word"), [(29, "at least 30 minutes"), (24 * 60 + 1, "less than 24 hours")]
    )
    def test_expires_between_half_an_hour_and_a_day(self, stand_in, minutes, word):
        assert word in str(refusal(stand_in, expires_at=int(time.time()) + minutes * 60))

    @pytest.mark.parametrize(
        ("currency", "amount", "total"), [("jpy", 500, 500), ("kwd", 1230, 1230), ("usd", 50, 50)]
    )
    def test_knows_currencies_without_and_with_three_decimals(self, stand_in, currency, amount, total):
        price = {"currency": currency, "unit_amount": amount, "product_data": {"name": "Mug"}}

        session = stand_in.session(line_items=[{"price_data": price, "quantity": 1}])

        assert (session.currency, session.amount_total) == (currency, total)

    def test_wants_a_zero_at_the_end_of_three_decimals(self, stand_in):
        price = {"currency": "kwd", "unit_amount": 1234, "product_data": {"name": "Mug"}}

        assert "divisible by 10" in str(refusal(stand_in, line_items=[{"price_data": price, "quantity": 1}]))

    def test_accepts_a_callers_clock_that_was_not_turned_with_its_own(self, stand_in):
        stand_in.advance(24 * 3600)

        session = stand_in.session(expires_at=int(time.time()) + 45 * 60)

        assert session.status == "open"
        stand_in.advance(46 * 60)
        assert stand_in.stripe.v1.checkout.sessions.retrieve(session.id).status == "expired"


class TestListSessions:
    def test_filters_by_customer_status_and_intent(self, stand_in):
        customer = stand_in.stripe.v1.customers.create({"email": "camille@example.fr"})
        of_customer, other = stand_in.session(customer=customer.id), stand_in.session()
        stand_in.pay(other.id)
        intent = stand_in.stripe.v1.checkout.sessions.retrieve(other.id).payment_intent
        found = lambda **where: [one.id for one in stand_in.stripe.v1.checkout.sessions.list(where).data]  # noqa: E731

        assert found(customer=customer.id) == [of_customer.id]
        assert found(status="open") == [of_customer.id]
        assert found(payment_intent=intent) == [other.id]
        assert found() == [other.id, of_customer.id]


class TestExpireSession:
    def test_ends_an_open_session_once(self, stand_in):
        session = stand_in.session()

        expired = stand_in.stripe.v1.checkout.sessions.expire(session.id)

        assert (expired.status, expired.url) == ("expired", None)
        with pytest.raises(stripe.InvalidRequestError, match="can be expired"):
            stand_in.stripe.v1.checkout.sessions.expire(session.id)
        assert stand_in.pay(session.id)[0] == 400
        assert stand_in.types() == ["checkout.session.expired"]

    def test_cancels_the_intent_of_a_refused_attempt(self, stand_in):
        session = stand_in.session()
        stand_in.pay(session.id, "4000000000000002")

        stand_in.stripe.v1.checkout.sessions.expire(session.id)

        intents = stand_in.stripe.v1.payment_intents.list().data
        assert [intent.status for intent in intents] == ["canceled"]
        assert stand_in.types()[-2:] == ["payment_intent.canceled", "checkout.session.expired"]

    def test_comes_by_itself_when_the_time_has_come(self, stand_in):
        session = stand_in.session(expires_at=int(time.time()) + 45 * 60)
        stand_in.advance(44 * 60)
        before = stand_in.stripe.v1.checkout.sessions.retrieve(session.id).status

        stand_in.advance(61)

        assert before == "open"
        assert stand_in.stripe.v1.checkout.sessions.retrieve(session.id).status == "expired"
        assert stand_in.types() == ["checkout.session.expired"]

    def test_leaves_a_paid_session_alone(self, stand_in):
        session = stand_in.paid()

        stand_in.advance(25 * 3600)

        assert stand_in.stripe.v1.checkout.sessions.retrieve(session.id).status == "complete"


class TestManualCapture:
    def test_is_paid_once_it_is_captured(self, stand_in):
        session = stand_in.paid(payment_intent_data={"capture_method": "manual"})
        assert (session.status, session.payment_status) == ("complete", "unpaid")

        stand_in.stripe.v1.payment_intents.capture(session.payment_intent, {"amount_to_capture": 1000})

        assert stand_in.stripe.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"
