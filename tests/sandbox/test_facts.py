"""Each test card, bank account, currency and word of evidence does what the collected facts say of it.

The facts are not part of the repository: they stand beside it, in ../shared/stripe.
"""

import json

import pytest
import stripe

from tests.sandbox.schemas import ABSENT, SCHEMAS, corpus_file

FILE = corpus_file("stripe-test-facts.json")
FACTS = json.loads(FILE.read_text()) if FILE else {}
pytestmark = [pytest.mark.corpus, pytest.mark.skipif(SCHEMAS is None, reason=ABSENT)]

CARDS = FACTS.get("cards", [])
DECLINED = [card for card in CARDS if card["code"] and card["pm"]]
AUTHENTICATED = [
    card for card in CARDS if card["outcome"].startswith("3DS") and "not required" not in card["outcome"]
]
AT_ENTRY = [card for card in CARDS if "at entry" in card["outcome"]]
PAID = [card for card in CARDS if "succeeds" in card["outcome"] and not card["outcome"].startswith("3DS")]


def by_number(card):
    return card["number"]


def as_stripe_names(pm):
    """Stripe's names have no brand in those of refused cards (``pm_card_chargeDeclined``); the facts have both forms."""
    return {pm, pm.replace("pm_card_visa_", "pm_card_")}


def confirm(stand_in, method, **more):
    return stand_in.stripe.v1.payment_intents.create({
        "amount": 2000, "currency": "eur", "confirm": True, "payment_method": method,
        "payment_method_types": ["card"], **more,
    })  # fmt: skip


class TestCards:
    @pytest.mark.parametrize("card", DECLINED, ids=by_number)
    def test_that_are_declined_say_why(self, stand_in, card):
        wanted = (card["code"], card["decline_code"], card["message"])
        if "3DS" not in card["outcome"]:
            status, answer = stand_in.pay(stand_in.session().id, card["number"])
            error = answer["error"]
            assert status == 402
            assert (error["code"], error.get("decline_code"), error["message"]) == wanted
            for name in as_stripe_names(card["pm"]):
                with pytest.raises(stripe.CardError) as caught:
                    confirm(stand_in, name)
                refused = caught.value.error
                assert (refused.code, refused.to_dict().get("decline_code"), refused.message) == wanted
        else:
            session = stand_in.session()
            status, answer = stand_in.pay(session.id, card["number"], challenge="complete")
            assert (status, answer["error"]["decline_code"]) == (402, card["decline_code"])

    @pytest.mark.parametrize("card", AT_ENTRY, ids=by_number)
    def test_that_are_none_are_refused_at_entry(self, stand_in, card):
        status, answer = stand_in.pay(stand_in.session().id, card["number"])

        assert (status, answer["error"]["code"], answer["error"]["message"]) == (
            402,
            card["code"],
            card["message"],
        )
        assert stand_in.stripe.v1.charges.list().data == []

    @pytest.mark.parametrize("card", AUTHENTICATED, ids=by_number)
    def test_that_want_the_buyer_ask_first(self, stand_in, card):
        session = stand_in.session()
        _status, asked = stand_in.pay(session.id, card["number"])
        _status, failed = stand_in.pay(session.id, card["number"], challenge="fail")

        assert asked["session"]["status"] == "open"
        assert failed["error"]["code"] == "payment_intent_authentication_failure"
        intent = stand_in.stripe.v1.payment_intents.list().data[0]
        assert intent.status == "requires_payment_method"
        assert intent.last_payment_error.code == "payment_intent_authentication_failure"
        if card["code"] is None:
            status, done = stand_in.pay(session.id, card["number"], challenge="complete")
            assert (status, done["session"]["payment_status"]) == (200, "paid")

    @pytest.mark.parametrize("card", PAID, ids=by_number)
    def test_that_succeed_are_paid_and_do_what_follows(self, stand_in, card):
        intent = confirm(stand_in, card["pm"]) if card["pm"] else None
        session = stand_in.paid(card["number"])
        outcome = card["outcome"]
        types = stand_in.types()

        assert session.payment_status == "paid"
        assert intent is None or intent.status == "succeeded"
        disputes = stand_in.stripe.v1.disputes.list().data
        if "warning_needs_response" in outcome:
            assert disputes[0].status == "warning_needs_response"
        elif "dispute" in outcome:
            reason = "fraudulent" if "fraudulent" in outcome else "product_not_received"
            assert (disputes[0].reason, disputes[0].status) == (reason, "needs_response")
            order = [types.index(name) for name in ("charge.succeeded", "charge.dispute.created",
                                                    "charge.dispute.funds_withdrawn", "payment_intent.succeeded")]  # fmt: skip
            assert order == sorted(order)
        else:
            assert disputes == []
        assert ("radar.early_fraud_warning.created" in types) is ("fraud warning" in outcome)

    @pytest.mark.parametrize("card", [card for card in CARDS if "refund" in card["outcome"]], ids=by_number)
    def test_with_slow_refunds_end_them_later(self, stand_in, card):
        session = stand_in.paid(card["number"])
        refund = stand_in.stripe.v1.refunds.create({"payment_intent": session.payment_intent})
        first, last = card["outcome"].split("refund ", 1)[1].split(" -> ")
        stand_in.advance(60)
        ended = stand_in.stripe.v1.refunds.retrieve(refund.id)

        assert refund.status == first
        assert ended.status == last.split(" ")[0]
        if ended.status == "failed":
            assert ended.failure_reason in card["outcome"]
            assert "refund.failed" in stand_in.types()
        else:
            assert "refund.updated" in stand_in.types()

    def test_that_only_support_a_challenge_do_not_ask(self, stand_in):
        (card,) = [one for one in CARDS if "not required" in one["outcome"]]

        assert stand_in.paid(card["number"]).payment_status == "paid"
        assert confirm(stand_in, card["pm"]).status == "succeeded"

    def test_that_decline_later_can_be_saved_first(self, stand_in):
        (card,) = [one for one in CARDS if "attaches" in one["outcome"]]
        v1 = stand_in.stripe.v1
        customer = v1.customers.create({})
        method = v1.payment_methods.attach(card["pm"], {"customer": customer.id})

        with pytest.raises(stripe.CardError):
            confirm(stand_in, method.id, customer=customer.id)


class TestBankAccounts:
    @pytest.mark.parametrize(("iban", "outcome"), sorted(FACTS.get("sepa", {}).items()))
    def test_of_sepa_take_their_time(self, stand_in, iban, outcome):
        v1 = stand_in.stripe.v1
        method = v1.payment_methods.create({
            "type": "sepa_debit", "sepa_debit": {"iban": iban},
            "billing_details": {"name": "Jo", "email": "jo@example.com"},
        })  # fmt: skip
        intent = confirm(stand_in, method.id, payment_method_types=["sepa_debit"])
        stand_in.advance(120 if "3 min" in outcome else 60)
        soon = v1.payment_intents.retrieve(intent.id).status
        stand_in.advance(200)
        ended = v1.payment_intents.retrieve(intent.id).status

        fails = iban in ("AT861904300235473202", "AT051904300235473205")
        wanted = "requires_payment_method" if fails else "succeeded"
        assert intent.status == "processing"
        assert soon == ("processing" if "3 min" in outcome else wanted)
        assert ended == wanted

    @pytest.mark.parametrize(
        ("number", "outcome"), sorted(FACTS.get("us_bank (routing 110000000)", {}).items())
    )
    def test_of_the_united_states_do_what_their_numbers_say(self, stand_in, number, outcome):
        v1 = stand_in.stripe.v1
        method = v1.payment_methods.create({
            "type": "us_bank_account",
            "us_bank_account": {"account_number": number, "routing_number": "110000000",
                                "account_holder_type": "individual"},
            "billing_details": {"name": "Jo"},
        })  # fmt: skip
        intent = confirm(stand_in, method.id, currency="usd", payment_method_types=["us_bank_account"])
        stand_in.advance(7 * 86_400)
        ended = v1.payment_intents.retrieve(intent.id)

        assert intent.status == "processing"
        if outcome == "stays processing":
            assert ended.status == "processing"
        elif outcome in ("succeeds", "dispute"):
            assert ended.status == "succeeded"
            assert len(v1.disputes.list().data) == (outcome == "dispute")
        else:
            assert (ended.status, ended.last_payment_error.code) == ("requires_payment_method", outcome)


class TestEvidence:
    @pytest.mark.parametrize(
        ("word", "number", "status"),
        [
            ("winning_evidence", "4000000000000259", "won"),
            ("losing_evidence", "4000000000000259", "lost"),
            ("escalate_inquiry_evidence", "4000000000001976", "needs_response"),
        ],
    )
    def test_decides_by_its_words(self, stand_in, word, number, status):
        assert word in FACTS["dispute_evidence"]
        stand_in.paid(number)
        v1 = stand_in.stripe.v1
        dispute = v1.disputes.list().data[0]
        v1.disputes.update(dispute.id, {"evidence": {"uncategorized_text": word}, "submit": True})
        stand_in.advance(60)

        assert v1.disputes.retrieve(dispute.id).status == status


class TestAmounts:
    @pytest.mark.parametrize(("currency", "least"), sorted(FACTS.get("min_charge_minor_units", {}).items()))
    def test_have_a_least_one(self, stand_in, currency, least):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            stand_in.stripe.v1.payment_intents.create({"amount": least - 1, "currency": currency})
        made = stand_in.stripe.v1.payment_intents.create({"amount": least, "currency": currency})

        assert caught.value.code == "amount_too_small"
        assert made.amount == least

    @pytest.mark.parametrize("currency", FACTS.get("zero_decimal", []))
    def test_of_currencies_without_cents_are_whole(self, stand_in, currency):
        price = {"currency": currency, "unit_amount": 150_000, "product_data": {"name": "Mug"}}
        session = stand_in.session(line_items=[{"price_data": price, "quantity": 1}])

        assert session.amount_total == 150_000

    @pytest.mark.parametrize("currency", FACTS.get("three_decimal", "").split(" (")[0].split())
    def test_of_currencies_with_thousandths_end_in_zero(self, stand_in, currency):
        with pytest.raises(stripe.InvalidRequestError):
            stand_in.stripe.v1.payment_intents.create({"amount": 10_001, "currency": currency})

        assert (
            stand_in.stripe.v1.payment_intents.create({"amount": 10_000, "currency": currency}).amount
            == 10_000
        )
