"""Payment intents, saved cards, bank debits, captures and the balance, by the official SDK."""

import urllib.error
import urllib.request
from typing import Any

import pytest
import stripe

from tests.sandbox.conftest import StandIn


@pytest.fixture
def v1(stand_in: StandIn):
    return stand_in.stripe.v1


def create(v1, **more: Any):
    """Create a confirmed payment intent of 20.00 €."""
    given = {"amount": 2000, "currency": "eur", "payment_method_types": ["card"], "payment_method": "pm_card_visa",
             "confirm": True}  # fmt: skip
    return v1.payment_intents.create(given | more)


def debit(v1, iban: str, **more: Any):
    method = v1.payment_methods.create({"type": "sepa_debit", "sepa_debit": {"iban": iban},
                                        "billing_details": {"name": "Jo", "email": "jo@example.com"}})  # fmt: skip
    return create(v1, payment_method=method.id, payment_method_types=["sepa_debit"], **more)


class TestIntents:
    def test_go_from_nothing_to_paid(self, v1, stand_in):
        intent = v1.payment_intents.create({"amount": 2000, "currency": "eur"})
        statuses = [intent.status]
        statuses.append(
            v1.payment_intents.update(intent.id, {"payment_method": "pm_card_visa", "amount": 2500}).status
        )
        paid = v1.payment_intents.confirm(intent.id)

        assert [*statuses, paid.status] == ["requires_payment_method", "requires_confirmation", "succeeded"]
        assert (paid.amount_received, v1.charges.retrieve(paid.latest_charge).amount) == (2500, 2500)
        assert stand_in.types() == ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]

    def test_tell_why_a_card_was_refused_and_take_another(self, v1):
        intent = v1.payment_intents.create(
            {"amount": 2000, "currency": "eur", "payment_method_types": ["card"]}
        )
        with pytest.raises(stripe.CardError) as caught:
            v1.payment_intents.confirm(
                intent.id, {"payment_method": "pm_card_chargeDeclinedInsufficientFunds"}
            )
        refused = v1.payment_intents.retrieve(intent.id)
        paid = v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_mastercard"})

        assert (caught.value.code, caught.value.error.decline_code) == ("card_declined", "insufficient_funds")
        assert caught.value.error.payment_intent.id == intent.id
        assert (refused.status, refused.last_payment_error.decline_code) == (
            "requires_payment_method",
            "insufficient_funds",
        )
        assert (paid.status, paid.last_payment_error) == ("succeeded", None)

    def test_ask_for_a_challenge_with_and_without_a_way_back(self, v1):
        back = create(
            v1, payment_method="pm_card_threeDSecure2Required", return_url="http://shop.example/back"
        )
        sdk = create(v1, payment_method="pm_card_threeDSecure2Required")

        assert (back.status, back.next_action.type) == ("requires_action", "redirect_to_url")
        assert back.next_action.redirect_to_url.return_url == "http://shop.example/back"
        assert sdk.next_action.type == "use_stripe_sdk"
        with pytest.raises(stripe.CardError) as caught:
            create(v1, payment_method="pm_card_threeDSecure2Required", error_on_requires_action=True)
        assert caught.value.code == "authentication_required"

    def test_are_captured_in_part(self, v1, stand_in):
        held = create(v1, capture_method="manual")
        with pytest.raises(stripe.InvalidRequestError) as caught:
            v1.payment_intents.capture(held.id, {"amount_to_capture": 2001})
        taken = v1.payment_intents.capture(held.id, {"amount_to_capture": 1500})
        charge = v1.charges.retrieve(taken.latest_charge)
        refund = v1.refunds.create({"payment_intent": held.id})

        assert (held.status, held.amount_capturable, held.amount_received) == ("requires_capture", 2000, 0)
        assert caught.value.param == "amount_to_capture"
        assert (taken.status, taken.amount_received, taken.amount_capturable) == ("succeeded", 1500, 0)
        assert (charge.amount_captured, charge.amount_refunded, charge.captured) == (1500, 500, True)
        assert (refund.amount, v1.charges.retrieve(charge.id).refunded) == (1500, True)
        assert "charge.captured" in stand_in.types()

    def test_are_released_when_cancelled_or_forgotten(self, v1, stand_in):
        cancelled, forgotten = (create(v1, capture_method="manual") for _ in range(2))
        v1.payment_intents.cancel(cancelled.id, {"cancellation_reason": "abandoned"})
        stand_in.advance(7 * 24 * 3600 + 1)
        late = v1.payment_intents.retrieve(forgotten.id)

        assert v1.charges.retrieve(cancelled.latest_charge).refunded
        assert (late.status, late.cancellation_reason) == ("canceled", "automatic")
        assert "charge.expired" in stand_in.types()
        with pytest.raises(stripe.InvalidRequestError) as caught:
            v1.payment_intents.capture(forgotten.id)
        assert caught.value.code == "payment_intent_unexpected_state"
        assert v1.balance.retrieve().pending[0].amount == 0

    @pytest.mark.parametrize(
        ("wrong", "param"),
        [
            ({"amount": 0}, "amount"),
            ({"amount": 49}, "amount"),
            ({"currency": "xxx"}, "currency"),
            ({"customer": "cus_none"}, "customer"),
            ({"payment_method": "pm_none"}, "payment_method"),
            ({"payment_method_types": ["ideal"]}, "payment_method_types"),
            ({"payment_method_types": ["us_bank_account"]}, "payment_method_types"),
            ({"payment_method_types": ["sepa_debit"]}, "payment_method"),
            ({"statement_descriptor_suffix": "x" * 23}, "statement_descriptor_suffix"),
            ({"receipt_email": "jo"}, "receipt_email"),
            ({"application_fee_amount": 1}, "application_fee_amount"),
            ({"confirm": False, "off_session": True}, "off_session"),
        ],
    )
    def test_refuse_what_stripe_refuses(self, v1, wrong, param):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            create(v1, **wrong)
        assert caught.value.param == param

    def test_take_a_card_as_data_and_other_methods_later(self, v1):
        card = {"type": "card", "card": {"token": "tok_visa"}, "billing_details": {"tax_id": "123"}}
        made = v1.payment_intents.create(
            {"amount": 2000, "currency": "eur", "excluded_payment_method_types": ["card"]}
        )
        assert (made.payment_method_types, made.excluded_payment_method_types) == (["sepa_debit"], ["card"])

        changed = v1.payment_intents.update(made.id, {"payment_method_types": ["card"]})
        assert (changed.payment_method_types, list(changed.payment_method_options.to_dict())) == (
            ["card"],
            ["card"],
        )
        paid = v1.payment_intents.confirm(
            made.id,
            {"payment_method_data": card, "expand": ["payment_method"], "payment_method_types": ["card"]},
        )

        assert paid.status == "succeeded"
        assert paid.payment_method.billing_details.tax_id == "123"

    def test_leave_the_challenge_to_stripe_js_where_the_shop_says_so(self, v1):
        asked = create(v1, payment_method="pm_card_threeDSecure2Required", return_url="http://shop.example/back",
                       use_stripe_sdk=True)  # fmt: skip

        assert asked.next_action.type == "use_stripe_sdk"

    def test_wait_for_the_shops_own_confirmation_after_a_challenge(self, v1, stand_in):
        asked = create(v1, payment_method="pm_card_threeDSecure2Required", confirmation_method="manual",
                       return_url="http://shop.example/back")  # fmt: skip
        page = asked.next_action.redirect_to_url.url
        answer = urllib.request.Request(page, b"outcome=complete", method="POST")
        with pytest.raises(urllib.error.HTTPError) as gone:
            urllib.request.build_opener(Stay).open(answer)
        assert "redirect_status=succeeded" in gone.value.headers["Location"]

        passed = v1.payment_intents.retrieve(asked.id)
        assert (passed.status, v1.charges.list().data) == ("requires_confirmation", [])
        paid = v1.payment_intents.confirm(asked.id, {"expand": ["latest_charge"]})
        assert paid.status == "succeeded"
        assert paid.latest_charge.payment_method_details.card.three_d_secure.result == "authenticated"


class Stay(urllib.request.HTTPRedirectHandler):
    """Does not follow where a page leads."""

    def redirect_request(self, *_args: object) -> None:
        """Return nothing to follow."""


class TestSavedCards:
    def test_are_charged_again_without_the_buyer(self, v1):
        buyer = v1.customers.create({"email": "a@example.com"})
        first = create(v1, customer=buyer.id, setup_future_usage="off_session")
        saved = v1.customers.payment_methods.list(buyer.id).data

        again = create(v1, customer=buyer.id, payment_method=saved[0].id, off_session=True)

        assert [one.id for one in saved] == [first.payment_method]
        assert again.status == "succeeded"
        with pytest.raises(stripe.InvalidRequestError) as caught:
            create(v1, payment_method=saved[0].id)
        assert caught.value.param == "payment_method"

    def test_that_want_the_buyer_say_so(self, v1):
        buyer = v1.customers.create({"email": "a@example.com"})
        method = v1.payment_methods.attach("pm_card_authenticationRequired", {"customer": buyer.id})

        with pytest.raises(stripe.CardError) as caught:
            create(v1, customer=buyer.id, payment_method=method.id, off_session=True)

        assert (caught.value.code, caught.value.error.decline_code) == ("authentication_required",) * 2

    def test_are_attached_changed_and_detached_for_good(self, v1, stand_in):
        buyer = v1.customers.create({"email": "a@example.com"})
        method = v1.payment_methods.attach("pm_card_visa", {"customer": buyer.id})
        v1.payment_methods.update(method.id, {"card": {"exp_year": 2040}, "billing_details": {"name": "Jo"}})
        changed = v1.payment_methods.retrieve(method.id)
        v1.payment_methods.detach(method.id)

        assert (changed.card.exp_year, changed.billing_details.name) == (2040, "Jo")
        assert v1.payment_methods.list({"customer": buyer.id}).data == []
        with pytest.raises(stripe.InvalidRequestError):
            v1.payment_methods.attach(method.id, {"customer": buyer.id})
        assert [one for one in stand_in.types() if one.startswith("payment_method.")] == [
            "payment_method.attached", "payment_method.updated", "payment_method.detached"]  # fmt: skip

    def test_that_are_declined_are_not_saved_but_one_is(self, v1):
        buyer = v1.customers.create({"email": "a@example.com"})

        with pytest.raises(stripe.CardError):
            v1.payment_methods.attach("pm_card_chargeDeclined", {"customer": buyer.id})
        method = v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": buyer.id})
        with pytest.raises(stripe.CardError):
            create(v1, customer=buyer.id, payment_method=method.id)


class TestDebits:
    def test_take_their_time_and_succeed_or_fail(self, v1, stand_in):
        well, badly = debit(v1, "AT61 1904 3002 3457 3201"), debit(v1, "AT861904300235473202")
        later = debit(v1, "AT321904300235473204")
        first = [well.status, badly.status, later.status]
        stand_in.advance(10)
        second = [v1.payment_intents.retrieve(one.id).status for one in (well, badly, later)]
        stand_in.advance(180)

        assert first == ["processing"] * 3
        assert second == ["succeeded", "requires_payment_method", "processing"]
        assert v1.payment_intents.retrieve(later.id).status == "succeeded"
        failed = v1.charges.retrieve(v1.payment_intents.retrieve(badly.id).latest_charge)
        assert (failed.status, failed.failure_code) == ("failed", "debit_not_authorized")
        assert "charge.pending" in stand_in.types()

    @pytest.mark.parametrize(
        ("number", "code"),
        [("000123456789", None), ("000111111113", "account_closed"), ("000111111116", "no_account"),
         ("000222222227", "insufficient_funds"), ("000333333335", "debit_not_authorized")],
    )  # fmt: skip
    def test_of_us_accounts_do_what_their_numbers_say(self, v1, stand_in, number, code):
        data = {"type": "us_bank_account", "billing_details": {"name": "Jo"},
                "us_bank_account": {"account_number": number, "routing_number": "110000000"}}  # fmt: skip
        intent = v1.payment_intents.create({"amount": 2000, "currency": "usd", "confirm": True,
                                            "payment_method_types": ["us_bank_account"], "payment_method_data": data})  # fmt: skip
        stand_in.advance(10)

        charge = v1.charges.retrieve(v1.payment_intents.retrieve(intent.id).latest_charge)
        assert (charge.failure_code, charge.status) == (code, "failed" if code else "succeeded")

    def test_of_the_one_that_is_disputed(self, v1, stand_in):
        data = {"type": "us_bank_account", "billing_details": {"name": "Jo"},
                "us_bank_account": {"account_number": "000555555559", "routing_number": "110000000"}}  # fmt: skip
        v1.payment_intents.create({"amount": 2000, "currency": "usd", "confirm": True,
                                   "payment_method_types": ["us_bank_account"], "payment_method_data": data})  # fmt: skip
        stand_in.advance(10)

        assert v1.disputes.list().data[0].reason == "debit_not_authorized"

    def test_refuse_a_number_that_is_wrong(self, v1):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            debit(v1, "AT611904300234573202")
        assert (caught.value.code, caught.value.param) == ("invalid_bank_account_iban", "sepa_debit[iban]")


class TestDebitsInASession:
    def pay(self, stand_in, iban: str):
        v1 = stand_in.stripe.v1
        session = stand_in.session(payment_method_types=["card", "sepa_debit"])
        method = v1.payment_methods.create({"type": "sepa_debit", "sepa_debit": {"iban": iban},
                                            "billing_details": {"name": "Jo", "email": "jo@example.com"}})  # fmt: skip
        stand_in.stripe.raw_request(
            "post", f"/v1/payment_pages/{session.id}/confirm", payment_method=method.id
        )
        return v1.checkout.sessions.retrieve(session.id)

    @pytest.mark.parametrize(
        ("iban", "status", "event"),
        [("AT611904300234573201", "paid", "succeeded"), ("AT861904300235473202", "unpaid", "failed")],
    )
    def test_complete_it_before_the_money_comes(self, stand_in, iban, status, event):
        session = self.pay(stand_in, iban)
        stand_in.advance(10)
        after = stand_in.stripe.v1.checkout.sessions.retrieve(session.id)

        assert (session.status, session.payment_status) == ("complete", "unpaid")
        assert (after.status, after.payment_status) == ("complete", status)
        assert stand_in.types()[-1] == f"checkout.session.async_payment_{event}"


class TestCharges:
    def test_of_a_token_are_held_and_captured(self, v1):
        charge = v1.charges.create(
            {"amount": 2000, "currency": "usd", "source": "tok_visa", "capture": False}
        )
        taken = v1.charges.capture(charge.id, {"amount": 1200})

        assert (charge.captured, taken.captured, taken.amount_refunded) == (False, True, 800)
        with pytest.raises(stripe.InvalidRequestError) as caught:
            v1.charges.capture(charge.id)
        assert caught.value.code == "charge_already_captured"

    def test_of_a_declined_token_stay_as_failed(self, v1):
        with pytest.raises(stripe.CardError):
            v1.charges.create({"amount": 2000, "currency": "usd", "source": "tok_chargeDeclined"})
        assert v1.charges.list().data[0].status == "failed"


class TestBalance:
    def test_adds_up_to_what_moved_it(self, v1, stand_in):
        paid = create(v1)
        v1.refunds.create({"payment_intent": paid.id, "amount": 500})
        create(v1, payment_method="pm_card_createDispute")
        before = v1.balance.retrieve()
        stand_in.advance(3 * 24 * 3600)
        after = v1.balance.retrieve()
        rows = v1.balance_transactions.list({"limit": 100}).data

        fee = 2000 * 29 // 1000 + 30
        assert [(row.type, row.amount, row.fee) for row in rows[::-1]] == [
            ("charge", 2000, fee), ("refund", -500, 0), ("charge", 2000, fee), ("adjustment", -2000, 1500)]  # fmt: skip
        total = sum(row.net for row in rows)
        assert (before.available[0].amount, before.pending[0].amount) == (0, total)
        assert (after.available[0].amount, after.pending[0].amount) == (total, 0)
        shown = v1.charges.retrieve(paid.latest_charge, {"expand": ["balance_transaction"]})
        assert shown.balance_transaction.net == 2000 - fee
        assert len(v1.balance_transactions.list({"source": paid.latest_charge}).data) == 1

    def test_has_money_at_once_from_the_card_that_says_so(self, v1):
        create(v1, payment_method="pm_card_bypassPending")

        assert v1.balance.retrieve().available[0].amount > 0
