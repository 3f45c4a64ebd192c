"""Stripe's test cards and accounts beside those of the collected facts."""

import pytest
import stripe

from shop.sandbox.banks import IBANS, check_iban
from shop.sandbox.cards import CARDS, TOKENS, luhn
from shop.sandbox.cards_abroad import ABROAD, ABSENT


def pay(v1, method, **more):
    given = {"amount": 2000, "currency": "eur", "payment_method_types": ["card"], "confirm": True}
    return v1.payment_intents.create(given | {"payment_method": method, "expand": ["latest_charge"]} | more)


class TestCards:
    def test_have_numbers_with_their_check_digits(self):
        assert [number for number in (*CARDS, *ABSENT) if not luhn(number)] == []
        assert [check_iban(iban, "iban") for iban in IBANS] == list(IBANS)
        assert set(ABROAD) <= set(TOKENS)

    @pytest.mark.parametrize(
        ("name", "country", "brand", "funding"),
        [
            ("gb", "GB", "visa", "credit"),
            ("gb_debit", "GB", "visa", "debit"),
            ("ae_mastercard", "AE", "mastercard", "credit"),
            ("us", "US", "visa", "credit"),
        ],
    )
    def test_come_from_their_countries(self, v1, name, country, brand, funding):
        paid = pay(v1, f"pm_card_{name}")

        card = paid.latest_charge.payment_method_details.card
        assert (paid.status, card.country, card.brand, card.funding) == ("succeeded", country, brand, funding)

    def test_always_ask_or_only_until_they_are_set_up(self, v1):
        assert pay(v1, "pm_card_authenticationRequired").status == "requires_action"
        assert pay(v1, "pm_card_authenticationRequiredOnSetup").status == "requires_action"
        shown = v1.payment_intents.create({
            "amount": 2000, "currency": "eur", "payment_method": "pm_card_authenticationRequired",
            "payment_method_types": ["card"], "expand": ["payment_method"],
        })  # fmt: skip
        assert shown.payment_method.card.last4 == "3184"

    def test_that_are_set_up_already_ask_only_the_buyer_who_is_there(self, v1):
        name = "pm_card_authenticationRequiredSetupForOffSession"
        buyer = v1.customers.create({"name": "Ada", "payment_method": name})
        kept = v1.customers.payment_methods.list(buyer.id).data[0].id

        assert pay(v1, kept, customer=buyer.id).status == "requires_action"
        assert pay(v1, kept, customer=buyer.id, off_session=True).status == "succeeded"

    @pytest.mark.parametrize(
        ("number", "line1", "postal", "cvc"),
        [
            ("4242424242424242", "pass", "pass", "pass"),
            ("4000000000000101", "pass", "pass", "fail"),
            ("4000000000000036", "pass", "fail", "pass"),
            ("4000000000000028", "fail", "pass", "pass"),
            ("4000000000000010", "fail", "fail", "pass"),
            ("4000000000000044", "unavailable", "unavailable", "pass"),
        ],
    )
    def test_fail_the_checks_that_they_are_for(self, v1, number, line1, postal, cvc):
        card = {"number": number, "exp_month": 12, "exp_year": 2040, "cvc": "123"}
        billing = {"address": {"line1": "1 rue X", "postal_code": "75001"}}
        checks = v1.payment_methods.create(
            {"type": "card", "card": card, "billing_details": billing}
        ).card.checks
        bare = v1.payment_methods.create({"type": "card", "card": card}).card.checks

        assert (checks.address_line1_check, checks.address_postal_code_check, checks.cvc_check) == (
            line1,
            postal,
            cvc,
        )
        assert bare.address_line1_check is None

    def test_are_risky(self, v1):
        assert pay(v1, "pm_card_riskLevelElevated").latest_charge.outcome.risk_level == "elevated"
        with pytest.raises(stripe.CardError) as caught:
            pay(v1, "pm_card_riskLevelHighest")
        assert v1.charges.retrieve(caught.value.error.charge).outcome.type == "blocked"

    def test_warn_of_fraud_by_their_name(self, v1):
        paid = pay(v1, "pm_card_createIssuerFraudRecord")

        assert v1.radar.early_fraud_warnings.list().data[0].charge == paid.latest_charge.id

    @pytest.mark.parametrize(("number", "name"), ABSENT.items())
    def test_that_the_stand_in_has_not_say_so(self, v1, number, name):
        card = {"number": number, "exp_month": 12, "exp_year": 2040}
        with pytest.raises(stripe.CardError, match="does not do") as caught:
            v1.payment_methods.create({"type": "card", "card": card})
        assert caught.value.code == "not_in_the_stand_in"
        if name:
            with pytest.raises(stripe.CardError, match=name):
                pay(v1, f"pm_card_{name}")


class TestAccounts:
    @pytest.mark.parametrize(
        ("iban", "status"),
        [("DE89370400440532013000", "succeeded"), ("FR8420041010050500013M02607", "requires_payment_method")],
    )
    def test_of_other_countries_do_what_they_are_for(self, v1, stand_in, iban, status):
        billing = {"name": "Jo", "email": "jo@example.com"}
        method = v1.payment_methods.create({
            "type": "sepa_debit", "sepa_debit": {"iban": iban}, "billing_details": billing,
        })  # fmt: skip
        made = pay(v1, method.id, payment_method_types=["sepa_debit"])
        stand_in.advance(60)

        assert v1.payment_intents.retrieve(made.id).status == status

    def test_of_sepa_may_be_disputed(self, v1, stand_in):
        billing = {"name": "Jo", "email": "jo@example.com"}
        debit = {"iban": "AT591904300235473203"}
        method = v1.payment_methods.create(
            {"type": "sepa_debit", "sepa_debit": debit, "billing_details": billing}
        )
        made = pay(v1, method.id, payment_method_types=["sepa_debit"])
        stand_in.advance(60)

        assert v1.disputes.list().data[0].payment_intent == made.id

    def test_in_the_usa_have_names(self, v1, stand_in):
        made = pay(v1, "pm_usBankAccount_noAccount", currency="usd", payment_method_types=["us_bank_account"])
        stand_in.advance(60)

        assert v1.payment_intents.retrieve(made.id).last_payment_error.code == "no_account"
