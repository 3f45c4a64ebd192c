"""Refunds: https://docs.stripe.com/api/refunds."""

from __future__ import annotations

from typing import Any

from shop.sandbox import balance
from shop.sandbox.call import Call, api
from shop.sandbox.charges import get_charge, refund_manner, release_charge
from shop.sandbox.currency import formatted
from shop.sandbox.errors import Obj, invalid, not_found
from shop.sandbox.events import changed, emit
from shop.sandbox.fields import merged_metadata
from shop.sandbox.intents import get_intent
from shop.sandbox.lists import list_page
from shop.sandbox.store import Tx

KIND = "refund"
# How long a refund that does not end at once takes, in seconds of the stand-in's clock.
OUTCOME_DELAY = 5.0
# https://docs.stripe.com/api/refunds/object#refund_object-failure_reason
FAILURES = (
    "charge_for_pending_refund_disputed", "declined", "expired_or_canceled_card", "insufficient_funds",
    "lost_or_stolen_card", "merchant_request", "unknown",
)  # fmt: skip


def _charge_of(tx: Tx, params: Obj) -> Obj:
    if ("charge" in params) == ("payment_intent" in params):
        if "charge" in params:
            raise invalid("You may only specify one of these parameters: charge, payment_intent.", "charge")
        raise invalid(
            "One of the following params should be provided for this request: payment_intent or charge."
        )
    if "charge" in params:
        return get_charge(tx, params["charge"], "charge", 404)
    intent = tx.find("payment_intent", params["payment_intent"])
    if intent is None:
        raise not_found("payment_intent", params["payment_intent"], "payment_intent")
    if intent["status"] != "succeeded":
        raise invalid(
            f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
            "payment_intent",
        )
    return get_charge(tx, intent["latest_charge"])


def _amount(charge: Obj, given: int | None) -> int:
    # What was released of an authorisation counts as refunded, but is not to be had a second time.
    left: int = charge["amount_captured"] - charge["amount_refunded"] + charge.get("_released", 0)
    if charge["status"] == "succeeded" and not charge["captured"] and charge["payment_intent"]:
        raise invalid(
            f"Charge {charge['id']} is not captured; cancel its PaymentIntent to release it.",
            "charge",
            "charge_not_refundable",
        )
    if charge["status"] != "succeeded":
        raise invalid(f"Charge {charge['id']} cannot be refunded because it has failed.", "charge")
    if left == 0:
        raise invalid(
            f"Charge {charge['id']} has already been refunded.", "charge", "charge_already_refunded"
        )
    if given is None:
        return left
    if given < 1:
        raise invalid("Invalid positive integer", "amount", "parameter_invalid_integer")
    if given > left:
        currency = charge["currency"]
        what = "unrefunded amount on charge" if charge["amount_refunded"] else "charge amount"
        raise invalid(
            f"Refund amount ({formatted(given, currency)}) is greater than {what} ({formatted(left, currency)})",
            "amount",
        )
    return given


@api.on("POST", "/v1/refunds", "RefundCreateParams")
def create_refund(call: Call) -> Obj:
    """Give back a charge, whole or in part, never more than was captured."""
    tx, params = call.tx, call.params
    charge = _charge_of(tx, params)
    for dispute in tx.select("dispute", charge=charge["id"]):
        if not dispute["is_charge_refundable"] and dispute["status"] != "won":
            raise invalid(
                f"Charge {charge['id']} has been charged back; cannot issue a refund.",
                "charge",
                "charge_disputed",
            )
    if _is_held_alone(charge):
        return _release(tx, charge, params)
    amount = _amount(charge, params.get("amount"))
    manner = refund_manner(charge)
    refund = _refund(tx, charge, amount, params, manner)
    refund["balance_transaction"] = balance.move(
        tx, "refund" if charge["_card"] else "payment_refund", refund, -amount
    )
    tx.add(KIND, refund)
    if refund["reason"] == "fraudulent":
        # As at Stripe, the shop's word on fraud stands in the charge from then on.
        charge["fraud_details"] = {"user_report": "fraudulent"}
    _change_refunded(tx, charge, amount)
    emit(tx, "refund.created", refund)
    if manner:
        tx.schedule("settle_refund", refund["id"], tx.now + OUTCOME_DELAY)
    return refund


def _is_held_alone(charge: Obj) -> bool:
    """Say whether a charge without an intent is only authorised, which a refund releases."""
    is_held = charge["status"] == "succeeded" and not charge["captured"] and not charge["refunded"]
    return is_held and charge["payment_intent"] is None


def _release(tx: Tx, charge: Obj, params: Obj) -> Obj:
    """Give an authorisation up, as a refund of the whole that moves no money."""
    if params.get("amount", charge["amount"]) != charge["amount"]:
        raise invalid("A charge that was not captured can only be refunded as a whole.", "amount")
    refund = tx.add(KIND, _refund(tx, charge, charge["amount"], params, None))
    release_charge(tx, charge)
    emit(tx, "refund.created", refund)
    return refund


def _refund(tx: Tx, charge: Obj, amount: int, params: Obj, manner: str | None) -> Obj:
    refund: Obj = {
        "id": tx.new_id("re_"),
        "object": KIND,
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": tx.seconds,
        "currency": charge["currency"],
        "customer": None,
        "customer_account": None,
        "destination_details": _destination(charge, is_pending=manner == "pending"),
        "metadata": merged_metadata({}, params.get("metadata", {})),
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": params.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "pending" if manner == "pending" else "succeeded",
        "transfer_reversal": None,
    }
    if manner == "pending":
        refund["pending_reason"] = "processing"
    return refund


def _destination(charge: Obj, *, is_pending: bool) -> Obj:
    bank = {"sepa_debit": "eu_bank_transfer", "us_bank_account": "us_bank_transfer"}.get(
        charge["payment_method_details"]["type"]
    )
    if bank:
        return {bank: {"reference": None, "reference_status": None}, "type": bank}
    return {"card": {"type": "pending" if is_pending else "refund"}, "type": "card"}


def _change_refunded(tx: Tx, charge: Obj, by: int) -> None:
    total = charge["amount_refunded"] + by
    before = changed(charge, {"amount_refunded": total, "refunded": total == charge["amount"]})
    tx.save("charge", charge)
    if by > 0:
        emit(tx, "charge.refunded", charge, before)


def settle(tx: Tx, refund_id: str) -> None:
    """End a refund that did not end at once: a pending one succeeds, one to a dead card fails and gives back."""
    refund = tx.find(KIND, refund_id)
    if refund is None or refund["status"] not in ("pending", "succeeded"):
        return
    charge = get_charge(tx, refund["charge"])
    if refund["status"] == "pending":
        refund.pop("pending_reason", None)
        new: Obj = {
            "status": "succeeded",
            "destination_details": _destination(charge, is_pending=False),
        }
        before = changed(refund, new)
        tx.save(KIND, refund)
        emit(tx, "refund.updated", refund, before)
        emit(tx, "charge.refund.updated", refund, before)
    else:
        fail(tx, refund, "expired_or_canceled_card")


def fail(tx: Tx, refund: Obj, reason: str) -> Obj:
    """Let a refund fail: its amount comes back to the balance and may be refunded again; returns it."""
    refund.pop("pending_reason", None)
    back = balance.move(tx, "refund_failure", refund, refund["amount"])
    before = changed(
        refund, {"status": "failed", "failure_reason": reason, "failure_balance_transaction": back}
    )
    tx.save(KIND, refund)
    _change_refunded(tx, get_charge(tx, refund["charge"]), -refund["amount"])
    emit(tx, "refund.failed", refund)
    emit(tx, "refund.updated", refund, before)
    emit(tx, "charge.refund.updated", refund, before)
    return refund


def get_refund(tx: Tx, refund_id: str) -> Obj:
    """Return a refund or raise the 404 that Stripe gives."""
    refund = tx.find(KIND, refund_id)
    if refund is None:
        raise not_found(KIND, refund_id, "refund")
    return refund


@api.on("GET", "/v1/refunds/{id}", "RefundRetrieveParams")
def retrieve_refund(call: Call) -> Obj:
    """Return a refund."""
    return get_refund(call.tx, call.id)


@api.on("GET", "/v1/refunds", "RefundListParams")
def list_refunds(call: Call) -> Obj:
    """List refunds, newest first, by charge or payment intent."""
    params: dict[str, Any] = call.params
    if "payment_intent" in params:
        get_intent(call.tx, params["payment_intent"])
    return list_page(call, KIND, charge=params.get("charge"), payment_intent=params.get("payment_intent"))


@api.on("POST", "/v1/refunds/{id}", "RefundUpdateParams")
def update_refund(call: Call) -> Obj:
    """Change a refund's metadata (``refund.updated``)."""
    refund = get_refund(call.tx, call.id)
    new = {"metadata": merged_metadata(refund["metadata"], call.params.get("metadata", {}))}
    before = changed(refund, new)
    call.tx.save(KIND, refund)
    if before:
        emit(call.tx, "refund.updated", refund, before)
    return refund


@api.on("POST", "/v1/refunds/{id}/cancel", "RefundCancelParams")
def cancel_refund(call: Call) -> Obj:
    """Refuse: only refunds that wait for the buyer's bank details can be canceled, and none here does."""
    refund = get_refund(call.tx, call.id)
    raise invalid(
        f"Refund {refund['id']} has a status of {refund['status']}; only refunds with a status of requires_action can "
        "be canceled."
    )
