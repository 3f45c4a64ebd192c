"""Charges made directly, without a payment intent."""

import pytest
import stripe


class TestCharges:
    def test_say_more_when_they_are_captured_and_changed(self, v1):
        held = v1.charges.create({"amount": 2000, "currency": "usd", "source": "tok_visa", "capture": False})

        taken = v1.charges.capture(
            held.id,
            {"receipt_email": "a@example.com", "statement_descriptor_suffix": "MUG", "transfer_group": "7"},
        )
        told = v1.charges.update(held.id, {"fraud_details": {"user_report": "safe"}, "transfer_group": "8"})

        assert (taken.receipt_email, taken.statement_descriptor_suffix, taken.transfer_group) == (
            "a@example.com", "MUG", "7")  # fmt: skip
        assert (told.fraud_details.user_report, told.transfer_group) == ("safe", "8")
        with pytest.raises(stripe.InvalidRequestError, match="does not do `customer`"):
            v1.charges.update(held.id, {"customer": "cus_1"})

    def test_that_are_only_held_are_released_by_a_refund_or_by_time(self, v1, stand_in):
        given = {"amount": 2000, "currency": "usd", "source": "tok_visa", "capture": False}
        held, forgotten = v1.charges.create(given), v1.charges.create(given)
        with pytest.raises(stripe.InvalidRequestError, match="as a whole"):
            v1.refunds.create({"charge": held.id, "amount": 500})

        refund = v1.refunds.create({"charge": held.id})
        stand_in.advance(8 * 24 * 3600)

        assert (refund.amount, refund.status, refund.balance_transaction) == (2000, "succeeded", None)
        assert v1.charges.retrieve(held.id).refunded
        assert v1.charges.retrieve(forgotten.id).refunded
        assert v1.balance_transactions.list().data == []
        assert stand_in.types()[-1] == "charge.expired"
        with pytest.raises(stripe.InvalidRequestError, match="already been refunded"):
            v1.refunds.create({"charge": held.id})

    def test_lose_what_an_empty_text_unsets(self, v1):
        charge = v1.charges.create(
            {"amount": 2000, "currency": "usd", "source": "tok_visa", "description": "Mug"}
        )

        assert v1.charges.update(charge.id, {"description": ""}).description is None
