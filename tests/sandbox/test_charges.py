"""Charges made directly, without a payment intent."""

import pytest
import stripe


@pytest.fixture
def v1(stand_in):
    return stand_in.stripe.v1


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
