"""Stripe's own example objects in our words."""

from shop.payments.parsing import parse_decline, parse_dispute, parse_refund, parse_session


class TestParseSession:
    def test_reads_a_bare_open_session(self) -> None:
        info = parse_session(
            {"id": "cs_1", "status": "open", "currency": "eur", "amount_total": 5, "customer": None}
        )
        assert (info.status, info.payment_status, info.currency, info.ship_to) == (
            "open",
            "unpaid",
            "EUR",
            None,
        )

    def test_reads_expanded_and_bare_ids_alike(self) -> None:
        bare = parse_session({"id": "cs_1", "payment_intent": "pi_1", "customer": "cus_1"})
        expanded = parse_session(
            {
                "id": "cs_1",
                "payment_intent": {"id": "pi_1", "status": "succeeded"},
                "customer": {"id": "cus_1"},
            }
        )
        assert (bare.payment_intent_id, bare.customer_id) == (
            expanded.payment_intent_id,
            expanded.customer_id,
        )
        assert (bare.intent_status, expanded.intent_status) == (None, "succeeded")

    def test_knows_a_delayed_payment_that_failed(self) -> None:
        raw = {"id": "cs_1", "status": "complete", "payment_status": "unpaid"}
        assert not parse_session({**raw, "payment_intent": {"id": "pi", "status": "processing"}}).has_failed
        assert parse_session({**raw, "payment_intent": {"id": "pi", "status": "canceled"}}).has_failed

    def test_takes_the_shipping_address(self) -> None:
        address = {
            "line1": "1 rue X",
            "line2": None,
            "city": "Paris",
            "postal_code": "75001",
            "state": "",
            "country": "FR",
        }
        raw = {
            "id": "cs_1",
            "customer_details": {"email": "a@example.com", "name": "Payer", "phone": "+33"},
            "collected_information": {"shipping_details": {"name": "Receiver", "address": address}},
        }
        info = parse_session(raw)
        assert info.email == "a@example.com"
        assert info.ship_to == {"name": "Receiver", **address, "phone": "+33"}


class TestOthers:
    def test_read_what_matters(self) -> None:
        refund = parse_refund(
            {"id": "re_1", "amount": 5, "currency": "eur", "metadata": {"vitrine_refund": "k"}}
        )
        assert (refund.status, refund.refund_key, refund.payment_intent_id) == ("pending", "k", None)
        dispute = parse_dispute(
            {"id": "dp_1", "status": "lost", "amount": 5, "currency": "eur", "payment_intent": "pi"}
        )
        assert (dispute.reason, dispute.evidence_due_at) == ("general", None)
        decline = parse_decline({"id": "pi_1", "last_payment_error": None})
        assert (decline.code, decline.message) == ("declined", "")
