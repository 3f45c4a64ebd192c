"""Disputes, opened by the cards that ask for one: https://docs.stripe.com/api/disputes."""

from __future__ import annotations

from shop.sandbox import balance
from shop.sandbox.call import Call, api
from shop.sandbox.errors import Obj, invalid, not_found
from shop.sandbox.events import changed, emit
from shop.sandbox.fields import merged_metadata
from shop.sandbox.honoured import EVIDENCE
from shop.sandbox.lists import list_page
from shop.sandbox.store import Tx

KIND = "dispute"
DUE, DECISION_DELAY = 7 * 24 * 3600, 5.0
_EVIDENCE = tuple(EVIDENCE.split())
_OPEN = ("needs_response", "warning_needs_response")
# The reasons of https://docs.stripe.com/api/disputes/object#dispute_object-reason that a card's bank gives, with
# Visa's code of each (the inquiry is ours: a dispute that withdraws nothing yet).
_CODES = {
    "fraudulent": "10.4", "product_not_received": "13.1", "product_unacceptable": "13.3", "duplicate": "12.6.1",
    "credit_not_processed": "13.6", "subscription_canceled": "13.2", "unrecognized": "10.4", "general": "10.4",
}  # fmt: skip
REASONS = (*_CODES, "inquiry")


def open_dispute(tx: Tx, charge: Obj, reason: str) -> Obj:
    """Dispute a charge and return it; an ``inquiry`` withdraws nothing yet."""
    is_inquiry = reason == "inquiry"
    reason = "fraudulent" if is_inquiry else reason
    dispute = {
        "id": tx.new_id("dp_"),
        "object": KIND,
        "amount": charge["amount_captured"],
        "balance_transactions": [],
        "charge": charge["id"],
        "created": tx.seconds,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": dict.fromkeys(_EVIDENCE) | {"enhanced_evidence": {}},
        "evidence_details": {
            "due_by": tx.seconds + DUE,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "intended_submission_method": None,
        "is_charge_refundable": is_inquiry,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        **_method_details(charge, reason, is_inquiry=is_inquiry),
        "reason": reason,
        "status": "warning_needs_response" if is_inquiry else "needs_response",
    }
    charge["disputed"] = True
    tx.save("charge", charge)
    if not is_inquiry:
        _withdraw(tx, dispute)
    tx.add(KIND, dispute)
    emit(tx, "charge.dispute.created", dispute)
    if not is_inquiry:
        emit(tx, "charge.dispute.funds_withdrawn", dispute)
    return charge


def _method_details(charge: Obj, reason: str, *, is_inquiry: bool) -> Obj:
    """Return the dispute's ``payment_method_details``; a bank account's has none."""
    card = charge["payment_method_details"].get("card")
    if card is None:
        return {}
    details = {
        "brand": card["brand"],
        "case_type": "inquiry" if is_inquiry else "chargeback",
        "network": card["brand"],
        "network_reason_code": _CODES[reason],
    }
    return {"payment_method_details": {"card": details, "type": "card"}}


def _move(tx: Tx, dispute: Obj, amount: int, fee: int) -> None:
    moved = balance.move(tx, "adjustment", dispute, amount, fee=fee)
    dispute["balance_transactions"].append(tx.find("balance_transaction", moved))


def _withdraw(tx: Tx, dispute: Obj) -> None:
    """Take the disputed amount and the dispute's fee out of the balance."""
    _move(tx, dispute, -dispute["amount"], balance.DISPUTE_FEE)


def get_dispute(tx: Tx, dispute_id: str) -> Obj:
    """Return a dispute or raise the 404 that Stripe gives."""
    dispute = tx.find(KIND, dispute_id)
    if dispute is None:
        raise not_found(KIND, dispute_id, "dispute")
    return dispute


@api.on("GET", "/v1/disputes/{id}", "DisputeRetrieveParams")
def retrieve_dispute(call: Call) -> Obj:
    """Return a dispute."""
    return get_dispute(call.tx, call.id)


@api.on("GET", "/v1/disputes", "DisputeListParams")
def list_disputes(call: Call) -> Obj:
    """List disputes, newest first, by charge or payment intent."""
    return list_page(
        call, KIND, charge=call.params.get("charge"), payment_intent=call.params.get("payment_intent")
    )


@api.on("POST", "/v1/disputes/{id}", "DisputeUpdateParams")
def update_dispute(call: Call) -> Obj:
    """Give evidence; submitted evidence is decided shortly after, by Stripe's documented words."""
    tx, params = call.tx, call.params
    dispute = get_dispute(tx, call.id)
    if dispute["status"] not in _OPEN and "evidence" in params:
        raise invalid("This dispute is already closed", code="dispute_closed")
    evidence = params.get("evidence", {})
    new: Obj = {
        "evidence": dispute["evidence"] | {name: text or None for name, text in evidence.items()},
        "metadata": merged_metadata(dispute["metadata"], params.get("metadata", {})),
    }
    about: Obj = {"has_evidence": any(new["evidence"][name] for name in _EVIDENCE)}
    if evidence and params.get("submit", True):
        is_inquiry = dispute["status"] == "warning_needs_response"
        new["status"] = "warning_under_review" if is_inquiry else "under_review"
        about |= {"submission_count": 1, "submission_method": "manual"}
        tx.schedule("decide_dispute", call.id, tx.now + DECISION_DELAY)
    new["evidence_details"] = dispute["evidence_details"] | about
    before = changed(dispute, new)
    tx.save(KIND, dispute)
    emit(tx, "charge.dispute.updated", dispute, before)
    return dispute


@api.on("POST", "/v1/disputes/{id}/close", "DisputeCloseParams")
def close_dispute(call: Call) -> Obj:
    """Accept a dispute as lost."""
    dispute = get_dispute(call.tx, call.id)
    if dispute["status"] not in _OPEN:
        raise invalid("This dispute is already closed", code="dispute_closed")
    return _end(call.tx, dispute, "warning_closed" if dispute["status"].startswith("warning") else "lost")


def decide(tx: Tx, dispute_id: str) -> None:
    """Decide a dispute under review: ``losing_evidence`` loses, ``escalate_inquiry_evidence`` makes a chargeback.

    Any other text wins, as ``winning_evidence`` does.
    """
    dispute = get_dispute(tx, dispute_id)
    text = dispute["evidence"]["uncategorized_text"]
    if dispute["status"] == "warning_under_review" and text == "escalate_inquiry_evidence":
        before = changed(dispute, {"status": "needs_response", "is_charge_refundable": False})
        dispute["payment_method_details"]["card"]["case_type"] = "chargeback"
        _withdraw(tx, dispute)
        tx.save(KIND, dispute)
        emit(tx, "charge.dispute.updated", dispute, before)
        emit(tx, "charge.dispute.funds_withdrawn", dispute)
    elif dispute["status"] == "warning_under_review":
        _end(tx, dispute, "warning_closed")
    elif dispute["status"] == "under_review":
        _end(tx, dispute, "lost" if text == "losing_evidence" else "won")


def _end(tx: Tx, dispute: Obj, status: str) -> Obj:
    dispute["status"] = status
    if status == "won":
        _move(tx, dispute, dispute["amount"], 0)
    tx.save(KIND, dispute)
    if status == "won":
        emit(tx, "charge.dispute.funds_reinstated", dispute)
    emit(tx, "charge.dispute.closed", dispute)
    return dispute
