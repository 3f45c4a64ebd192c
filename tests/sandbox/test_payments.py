"""Paying: what each test card does, and what it leaves behind."""

import pytest
import stripe

from tests.sandbox.conftest import call

DECLINES = [
    ("4000000000000002", "card_declined", "generic_decline", "Your card was declined."),
    ("4000000000009995", "card_declined", "insufficient_funds", "Your card has insufficient funds."),
    ("4000000000009987", "card_declined", "lost_card", "Your card was declined."),
    ("4000000000009979", "card_declined", "stolen_card", "Your card was declined."),
    ("4000000000006975", "card_declined", "card_velocity_exceeded", "Your card was declined."),
    ("4000000000000341", "card_declined", "generic_decline", "Your card was declined."),
    ("4100000000000019", "card_declined", "fraudulent", "Your card was declined."),
    ("4000000000000069", "expired_card", None, "Your card has expired."),
    ("4000000000000127", "incorrect_cvc", None, "Your card's security code is incorrect."),
    ("4000000000000119", "processing_error", None,
     "An error occurred while processing your card. Try again in a little bit."),
]  # fmt: skip


class TestPay:
    @pytest.mark.parametrize(
        ("card", "brand"),
        [("4242424242424242", "visa"), ("5555555555554444", "mastercard"), ("378282246310005", "amex"),
         ("6011111111111117", "discover"), ("3566002020360505", "jcb"), ("36227206271667", "diners"),
         ("6200000000000005", "unionpay")],
    )  # fmt: skip
    def test_completes_the_session_with_a_card_that_succeeds(self, stand_in, card, brand):
        session = stand_in.session()

        status, answer = stand_in.pay(session.id, card)

        assert status == 200
        assert answer["redirect"] == f"http://shop.example/done?session={session.id}"
        found = stand_in.stripe.v1.checkout.sessions.retrieve(
            session.id, {"expand": ["payment_intent.latest_charge"]}
        )
        intent = found.payment_intent
        assert (found.status, found.payment_status, found.url) == ("complete", "paid", None)
        assert (intent.status, intent.amount_received) == ("succeeded", 1234)
        assert (intent.latest_charge.paid, intent.latest_charge.amount_captured) == (True, 1234)
        assert intent.latest_charge.payment_method_details.card.brand == brand
        assert intent.latest_charge.payment_method_details.card.last4 == card[-4:]

    @pytest.mark.parametrize(("card", "code", "decline_code", "message"), DECLINES)
    def test_leaves_the_session_open_when_a_card_is_refused(
        self, stand_in, card, code, decline_code, message
    ):
        session = stand_in.session()

        status, answer = stand_in.pay(session.id, card)

        error = answer["error"]
        assert status == 402
        assert (error["type"], error["code"], error.get("decline_code")) == ("card_error", code, decline_code)
        assert error["message"] == message
        assert stand_in.stripe.v1.checkout.sessions.retrieve(session.id).status == "open"
        assert stand_in.types() == [
            "payment_intent.created",
            "charge.failed",
            "payment_intent.payment_failed",
        ]
        intent = stand_in.stripe.v1.payment_intents.list().data[0]
        assert intent.status == "requires_payment_method"
        assert intent.last_payment_error.code == code

    def test_pays_after_a_refusal_with_the_same_intent(self, stand_in):
        session = stand_in.session()
        stand_in.pay(session.id, "4000000000000002")
        stand_in.pay(session.id, "4000000000009995")

        status, _answer = stand_in.pay(session.id)

        assert status == 200
        assert len(stand_in.stripe.v1.payment_intents.list().data) == 1
        charges = stand_in.stripe.v1.charges.list().data
        assert [charge.status for charge in charges] == ["succeeded", "failed", "failed"]
        assert stand_in.types()[-3:] == [
            "charge.succeeded",
            "payment_intent.succeeded",
            "checkout.session.completed",
        ]
        intent = stand_in.stripe.v1.payment_intents.list().data[0]
        assert intent.last_payment_error is None

    @pytest.mark.parametrize(
        ("typed", "code"),
        [({"card": "4242424242424241"}, "incorrect_number"), ({"exp_month": 13}, "invalid_expiry_month"),
         ({"exp_year": 2020}, "invalid_expiry_year"), ({"cvc": "12"}, "invalid_cvc")],
    )  # fmt: skip
    def test_refuses_a_mistyped_card_before_any_attempt(self, stand_in, typed, code):
        session = stand_in.session()

        status, answer = stand_in.pay(session.id, **({"card": "4242424242424242"} | typed))

        assert (status, answer["error"]["code"]) == (402, code)
        assert stand_in.types() == []

    def test_declines_a_card_that_is_no_test_card_and_keeps_only_its_end(self, stand_in, tmp_path):
        session = stand_in.session()

        status, answer = stand_in.pay(session.id, "4539578763621486")

        assert (status, answer["error"]["decline_code"]) == (402, "test_mode_live_card")
        stand_in.close()
        kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
        assert b"4539578763621486" not in kept

    def test_takes_no_second_payment(self, stand_in):
        session = stand_in.paid()

        status, answer = stand_in.pay(session.id)

        assert (status, answer["error"]["code"]) == (400, "checkout_session_not_open")
        assert len(stand_in.stripe.v1.charges.list().data) == 1

    def test_collects_shipping_and_the_chosen_rate(self, stand_in):
        rates = [
            {
                "shipping_rate_data": {
                    "display_name": name,
                    "fixed_amount": {"amount": amount, "currency": "eur"},
                }
            }
            for name, amount in (("Post", 500), ("Express", 900))
        ]
        session = stand_in.session(
            shipping_options=rates, shipping_address_collection={"allowed_countries": ["FR", "BE"]}
        )
        express = session.shipping_options[1].shipping_rate
        address = {"line1": "1 rue Haute", "city": "Bruxelles", "postal_code": "1000", "country": "BE"}

        refused = stand_in.pay(
            session.id, shipping={"name": "C. Martin", "address": address | {"country": "US"}}
        )
        status, answer = stand_in.pay(
            session.id, shipping={"name": "C. Martin", "address": address}, shipping_rate=express
        )

        assert refused[0] == 400
        assert status == 200
        paid = answer["session"]
        assert paid["amount_total"] == 1234 + 900
        assert paid["shipping_cost"]["shipping_rate"] == express
        assert paid["collected_information"]["shipping_details"]["address"]["city"] == "Bruxelles"
        intent = stand_in.stripe.v1.payment_intents.retrieve(paid["payment_intent"])
        assert (intent.amount, intent.shipping.name) == (2134, "C. Martin")

    def test_carries_intent_metadata_to_the_charge(self, stand_in):
        session = stand_in.paid(
            payment_intent_data={"metadata": {"order": "LUM-7"}, "description": "Order LUM-7"}
        )

        charge = stand_in.stripe.v1.charges.list({"payment_intent": session.payment_intent}).data[0]

        assert charge.metadata["order"] == "LUM-7"
        assert charge.description == "Order LUM-7"

    def test_needs_no_card_when_nothing_is_due(self, stand_in):
        price = {"currency": "eur", "unit_amount": 0, "product_data": {"name": "Sticker"}}

        session = stand_in.paid(line_items=[{"price_data": price, "quantity": 1}])

        assert (session.payment_status, session.payment_intent) == ("no_payment_required", None)

    def test_makes_a_customer_when_told_to(self, stand_in):
        session = stand_in.session(customer_creation="always", customer_email="camille@example.fr")

        stand_in.pay(session.id, name="Camille Martin")

        found = stand_in.stripe.v1.checkout.sessions.retrieve(
            session.id, {"expand": ["customer", "payment_intent"]}
        )
        assert (found.customer.email, found.customer.name) == ("camille@example.fr", "Camille Martin")
        assert found.payment_intent.customer == found.customer.id


class TestAuthenticate:
    def test_completes_after_a_passed_challenge(self, stand_in):
        session = stand_in.session()

        status, answer = stand_in.pay(session.id, "4000000000003220")
        assert (status, answer["session"]["status"]) == (200, "open")
        assert answer["redirect"] == f"{session.url}/authentication"
        status, answer = stand_in.pay(session.id, "4000000000003220", challenge="complete")

        assert (status, answer["session"]["status"]) == (200, "complete")
        charge = stand_in.stripe.v1.charges.list().data[0]
        assert charge.payment_method_details.card.three_d_secure.result == "authenticated"
        assert "payment_intent.requires_action" in stand_in.types()

    def test_leaves_the_session_open_after_a_failed_challenge(self, stand_in):
        session = stand_in.session()

        status, answer = stand_in.pay(session.id, "4000000000003220", challenge="fail")

        assert (status, answer["error"]["code"]) == (402, "payment_intent_authentication_failure")
        assert stand_in.stripe.v1.payment_intents.list().data[0].status == "requires_payment_method"
        assert stand_in.pay(session.id)[0] == 200

    def test_declines_the_card_that_passes_the_challenge_only(self, stand_in):
        session = stand_in.session()

        status, answer = stand_in.pay(session.id, "4000008400001629", challenge="complete")

        assert (status, answer["error"]["code"]) == (402, "card_declined")


class TestConfirmPage:
    def test_pays_as_the_command_line_tool_does(self, stand_in):
        session = stand_in.session()
        raw = stand_in.stripe.raw_request
        page = stand_in.stripe.deserialize(raw("get", f"/v1/payment_pages/{session.id}"), api_mode="V1")
        method = stand_in.stripe.v1.payment_methods.create(
            {
                "type": "card",
                "card": {"token": "tok_visa"},
                "billing_details": {"email": "stripe@example.com"},
            }
        )

        raw("post", f"/v1/payment_pages/{page.id}/confirm", payment_method=method.id)

        found = stand_in.stripe.v1.checkout.sessions.retrieve(session.id)
        assert (found.status, found.customer_details.email) == ("complete", "stripe@example.com")

    @pytest.mark.parametrize(
        "wrong",
        [{"shipping": "Paris"}, {"shipping": {"address": "x"}}, {"email": {"a": "b"}}, {"expand": "x"}],
    )
    def test_refuses_values_of_the_wrong_type(self, stand_in, wrong):
        session = stand_in.session(customer_email="a@example.com")

        with pytest.raises(stripe.InvalidRequestError):
            stand_in.stripe.raw_request(
                "post", f"/v1/payment_pages/{session.id}/confirm", payment_method="pm_card_visa", **wrong
            )

    def test_takes_test_payment_methods_by_name(self, stand_in):
        session = stand_in.session(customer_email="a@example.com")

        with pytest.raises(Exception, match="insufficient funds"):
            stand_in.stripe.raw_request(
                "post",
                f"/v1/payment_pages/{session.id}/confirm",
                payment_method="pm_card_visa_chargeDeclinedInsufficientFunds",
            )

        assert stand_in.stripe.v1.charges.list().data[0].failure_code == "card_declined"


class TestDisputes:
    def paid_with(self, stand_in, card):
        session = stand_in.paid(card)
        charge = stand_in.stripe.v1.charges.list({"payment_intent": session.payment_intent}).data[0]
        dispute = stand_in.stripe.v1.disputes.list({"charge": charge.id}).data[0]
        return charge, dispute

    def test_opens_between_charge_and_intent(self, stand_in):
        charge, dispute = self.paid_with(stand_in, "4000000000000259")

        assert charge.disputed
        assert (dispute.reason, dispute.status, dispute.amount) == ("fraudulent", "needs_response", 1234)
        assert stand_in.types() == [
            "payment_intent.created", "charge.succeeded", "charge.dispute.created", "charge.dispute.funds_withdrawn",
            "payment_intent.succeeded", "checkout.session.completed",
        ]  # fmt: skip

    @pytest.mark.parametrize(("text", "status"), [("winning_evidence", "won"), ("losing_evidence", "lost")])
    def test_is_decided_by_the_documented_words(self, stand_in, text, status):
        _charge, dispute = self.paid_with(stand_in, "4000000000002685")

        updated = stand_in.stripe.v1.disputes.update(dispute.id, {"evidence": {"uncategorized_text": text}})
        stand_in.advance(60)

        assert updated.status == "under_review"
        assert stand_in.stripe.v1.disputes.retrieve(dispute.id).status == status
        assert "charge.dispute.closed" in stand_in.types()
        assert ("charge.dispute.funds_reinstated" in stand_in.types()) is (status == "won")

    def test_can_be_accepted(self, stand_in):
        _charge, dispute = self.paid_with(stand_in, "4000000000000259")

        assert stand_in.stripe.v1.disputes.close(dispute.id).status == "lost"

    def test_turns_an_inquiry_into_a_chargeback(self, stand_in):
        _charge, dispute = self.paid_with(stand_in, "4000000000001976")
        evidence = {"uncategorized_text": "escalate_inquiry_evidence"}

        stand_in.stripe.v1.disputes.update(dispute.id, {"evidence": evidence})
        stand_in.advance(60)

        assert dispute.status == "warning_needs_response"
        assert stand_in.stripe.v1.disputes.retrieve(dispute.id).status == "needs_response"


class TestPayWithoutABrowser:
    @pytest.mark.parametrize(
        "wrong",
        [{"shipping": "Paris"}, {"shipping": {"address": "Paris"}}, {"exp_month": "May"}, {"email": ["a"]},
         {"card": {"number": "4242"}}],
    )  # fmt: skip
    def test_refuses_values_of_the_wrong_type(self, stand_in, wrong):
        session = stand_in.session()

        status, _answer = stand_in.pay(session.id, **({"card": "4242424242424242"} | wrong))

        assert status == 400

    def test_debits_an_account_where_the_session_takes_debits(self, stand_in):
        def pay(session, **fields):
            return call(f"{stand_in.url}/_sandbox/sessions/{session.id}/payment", fields)

        iban = "AT61 1904 3002 3457 3201"
        status, answer = pay(stand_in.session(), iban=iban)
        assert (status, answer["session"]["payment_status"]) == (200, "unpaid")
        cards_only = stand_in.session(payment_method_types=["card"])
        for fields, said in (
            ({"iban": iban}, "This session takes no SEPA debits."),
            ({"iban": iban, "card": "4242424242424242"}, "Pay by `card` or by `iban`, not both."),
        ):
            status, answer = pay(cards_only, **fields)
            assert (status, answer["error"]["message"], answer["error"]["param"]) == (400, said, "iban")
        assert pay(stand_in.session(), iban="AT00")[1]["error"]["code"] == "invalid_bank_account_iban"

    def test_says_when_there_is_no_such_session(self, stand_in):
        status, answer = call(f"{stand_in.url}/_sandbox/sessions/cs_test_no/payment", {})

        assert (status, answer["error"]["code"]) == (404, "resource_missing")
