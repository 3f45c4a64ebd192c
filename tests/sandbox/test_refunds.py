"""Refunds: whole, partial, never too much, and those that end later."""

import pytest
import stripe


@pytest.fixture
def paid(stand_in):
    return stand_in.paid()


class TestCreateRefund:
    def test_gives_all_back_when_no_amount_is_named(self, stand_in, paid):
        refund = stand_in.stripe.v1.refunds.create(
            {"payment_intent": paid.payment_intent, "metadata": {"why": "size"}}
        )

        charge = stand_in.stripe.v1.charges.retrieve(refund.charge, {"expand": ["refunds"]})
        assert (refund.amount, refund.status, refund.metadata["why"]) == (1234, "succeeded", "size")
        assert (charge.amount_refunded, charge.refunded) == (1234, True)
        assert [one.id for one in charge.refunds.data] == [refund.id]
        assert stand_in.types()[-2:] == ["charge.refunded", "refund.created"]

    def test_adds_up_parts_and_never_exceeds_what_was_captured(self, stand_in, paid):
        create = stand_in.stripe.v1.refunds.create
        create({"payment_intent": paid.payment_intent, "amount": 1000})

        with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded amount") as caught:
            create({"payment_intent": paid.payment_intent, "amount": 235})
        create({"payment_intent": paid.payment_intent, "amount": 234})
        with pytest.raises(stripe.InvalidRequestError) as over:
            create({"payment_intent": paid.payment_intent})

        assert caught.value.param == "amount"
        assert over.value.code == "charge_already_refunded"
        listed = stand_in.stripe.v1.refunds.list({"payment_intent": paid.payment_intent}).data
        assert [one.amount for one in listed] == [234, 1000]

    def test_for_fraud_says_so_in_the_charge(self, stand_in, paid):
        refund = stand_in.stripe.v1.refunds.create(
            {"payment_intent": paid.payment_intent, "reason": "fraudulent", "expand": ["charge"]}
        )

        assert refund.charge.fraud_details.user_report == "fraudulent"

    @pytest.mark.parametrize("amount", [0, -5])
    def test_wants_a_positive_amount(self, stand_in, paid, amount):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            stand_in.stripe.v1.refunds.create({"payment_intent": paid.payment_intent, "amount": amount})

        assert caught.value.code == "parameter_invalid_integer"

    def test_refuses_a_charge_that_failed(self, stand_in):
        stand_in.pay(stand_in.session().id, "4000000000000002")
        charge = stand_in.stripe.v1.charges.list().data[0]

        with pytest.raises(stripe.InvalidRequestError, match="failed"):
            stand_in.stripe.v1.refunds.create({"charge": charge.id})

    def test_refuses_a_charge_that_was_charged_back(self, stand_in):
        session = stand_in.paid("4000000000000259")

        with pytest.raises(stripe.InvalidRequestError) as caught:
            stand_in.stripe.v1.refunds.create({"payment_intent": session.payment_intent})

        assert caught.value.code == "charge_disputed"

    def test_needs_one_of_charge_and_intent(self, stand_in, paid):
        with pytest.raises(stripe.InvalidRequestError, match="payment_intent or charge"):
            stand_in.stripe.v1.refunds.create({"amount": 5})

    def test_is_made_once_under_one_key(self, stand_in, paid):
        body = {"payment_intent": paid.payment_intent, "amount": 100}

        ids = {
            stand_in.stripe.v1.refunds.create(body, {"idempotency_key": "refund-7"}).id for _try in range(3)
        }

        assert len(ids) == 1
        assert stand_in.stripe.v1.charges.list().data[0].amount_refunded == 100


class TestSettleRefund:
    def test_pending_becomes_succeeded(self, stand_in):
        session = stand_in.paid("4000000000007726")
        refund = stand_in.stripe.v1.refunds.create({"payment_intent": session.payment_intent})

        stand_in.advance(60)

        assert refund.status == "pending"
        assert stand_in.stripe.v1.refunds.retrieve(refund.id).status == "succeeded"
        assert "refund.updated" in stand_in.types()

    def test_to_a_dead_card_fails_later_and_gives_the_money_back_to_the_charge(self, stand_in):
        session = stand_in.paid("4000000000005126")
        refund = stand_in.stripe.v1.refunds.create({"payment_intent": session.payment_intent, "amount": 500})

        stand_in.advance(60)

        failed = stand_in.stripe.v1.refunds.retrieve(refund.id)
        assert refund.status == "succeeded"
        assert (failed.status, failed.failure_reason) == ("failed", "expired_or_canceled_card")
        assert stand_in.stripe.v1.charges.retrieve(refund.charge).amount_refunded == 0
        assert "refund.failed" in stand_in.types()


class TestUpdateRefund:
    def test_changes_metadata_only(self, stand_in, paid):
        refund = stand_in.stripe.v1.refunds.create({"payment_intent": paid.payment_intent, "amount": 5})

        updated = stand_in.stripe.v1.refunds.update(refund.id, {"metadata": {"note": "x"}})

        assert updated.metadata["note"] == "x"
