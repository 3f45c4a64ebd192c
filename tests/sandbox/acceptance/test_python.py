"""Stripe's own SDK for Python, unchanged, holds the whole conversation of a checkout."""

import httpx
import pytest
import stripe

from tests.sandbox.conftest import eventually, session_params

FORM = {
    "email": "lea@example.com",
    "expiry": "12 / 40",
    "cvc": "123",
    "holder": "Léa Fontaine",
    "country": "FR",
}


def pay(session, number):
    return httpx.post(session.url, data=FORM | {"number": number})


class TestPython:
    def test_holds_the_whole_conversation(self, told, receiver):
        v1 = told.stripe.v1
        body = session_params(customer_creation="always", metadata={"order": "1042"})

        # Created once under one key; another body under it is refused.
        session = v1.checkout.sessions.create(body, {"idempotency_key": "order-1042"})
        assert v1.checkout.sessions.create(body, {"idempotency_key": "order-1042"}).id == session.id
        with pytest.raises(stripe.IdempotencyError):
            v1.checkout.sessions.create(
                body | {"metadata": {"order": "7"}}, {"idempotency_key": "order-1042"}
            )

        # The hosted page: declined, then paid.
        assert pay(session, "4000000000009995").status_code == 200
        assert v1.checkout.sessions.retrieve(session.id).status == "open"
        assert pay(session, "4242424242424242").headers["Location"] == (
            f"http://shop.example/done?session={session.id}"
        )
        expand = [
            "payment_intent.latest_charge.balance_transaction",
            "line_items.data.price.product",
            "customer",
        ]
        done = v1.checkout.sessions.retrieve(session.id, {"expand": expand})
        charge = done.payment_intent.latest_charge
        assert (done.payment_status, done.customer.email) == ("paid", "lea@example.com")
        assert done.line_items.data[0].price.product.name == "Mug"
        assert charge.balance_transaction.amount == 1234

        # Refunds in part, then too much.
        for amount in (500, 200):
            v1.refunds.create({"payment_intent": done.payment_intent.id, "amount": amount})
        with pytest.raises(stripe.InvalidRequestError, match="greater than"):
            v1.refunds.create({"payment_intent": done.payment_intent.id, "amount": 535})
        assert v1.charges.retrieve(charge.id).amount_refunded == 700

        # A dispute, answered and won.
        pay(v1.checkout.sessions.create(body), "4000000000000259")
        dispute = v1.disputes.list({"limit": 1, "expand": ["data.charge"]}).data[0]
        assert dispute.charge.disputed
        v1.disputes.update(
            dispute.id, {"evidence": {"uncategorized_text": "winning_evidence"}, "submit": True}
        )
        told.advance(60)
        assert v1.disputes.retrieve(dispute.id).status == "won"

        # Lists, by cursors both ways and page by page.
        for number in range(7):
            v1.customers.create({"email": f"buyer{number}@example.com"})
        first = v1.customers.list({"limit": 3})
        then = v1.customers.list({"limit": 3, "starting_after": first.data[2].id})
        back = v1.customers.list({"limit": 3, "ending_before": then.data[0].id})
        assert [one.id for one in back.data] == [one.id for one in first.data]
        assert len(list(v1.customers.list({"limit": 2}).auto_paging_iter())) == 9

        # Webhooks, each with its signature checked by the SDK.
        wanted = {"checkout.session.completed", "payment_intent.payment_failed", "charge.refunded",
                  "charge.dispute.created", "charge.dispute.closed", "refund.created"}  # fmt: skip
        eventually(lambda: wanted <= set(receiver.types()))
