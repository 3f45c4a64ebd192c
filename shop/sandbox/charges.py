"""Charges: https://docs.stripe.com/api/charges."""

from __future__ import annotations

from shop.sandbox import balance
from shop.sandbox.banks import account_of
from shop.sandbox.call import pick
from shop.sandbox.cards import CARDS
from shop.sandbox.errors import ApiError, Obj, not_found
from shop.sandbox.events import changed, emit
from shop.sandbox.store import Tx

KIND = "charge"
_NULLS = (
    "application", "application_fee", "application_fee_amount", "balance_transaction", "description",
    "failure_balance_transaction", "failure_code", "failure_message", "on_behalf_of", "receipt_email",
    "receipt_number", "receipt_url", "review", "shipping", "source", "source_transfer", "statement_descriptor",
    "statement_descriptor_suffix", "transfer_data", "transfer_group",
)  # fmt: skip
_COPIED = ("customer", "description", "receipt_email", "shipping", "statement_descriptor",
           "statement_descriptor_suffix", "transfer_group")  # fmt: skip
# How long an authorisation holds: https://docs.stripe.com/payments/place-a-hold-on-a-payment-method
HOLD = 7 * 24 * 3600


def new_charge(
    tx: Tx,
    intent: Obj,
    method: Obj,
    error: ApiError | None,
    *,
    is_secure: bool = False,
    is_held: bool = False,
) -> Obj:
    """Keep the charge of one attempt and tell it.

    Args:
        tx: the transaction.
        intent: that is charged, or for a charge without one its values under the same names and ``id`` None.
        method: that pays.
        error: why it failed, None when it did not.
        is_secure: whether the buyer passed a 3-D Secure challenge.
        is_held: only authorised, to be captured later.

    Returns:
        The charge: ``failed``, ``succeeded``, or ``pending`` for a bank account, whose money takes its time.
    """
    amount, kind = intent["amount"], method["type"]
    is_pending = error is None and kind != "card"
    is_captured = error is None and not is_held
    charge: Obj = dict.fromkeys(_NULLS) | {name: intent.get(name) for name in _COPIED}
    charge |= {
        "id": tx.new_id("py_" if kind != "card" else "ch_"),
        "object": KIND,
        "amount": amount,
        "amount_captured": amount if is_captured else 0,
        "amount_refunded": 0,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": "VITRINE",
        "captured": is_captured,
        "created": tx.seconds,
        "currency": intent["currency"],
        "disputed": False,
        "fraud_details": {},
        "livemode": False,
        "metadata": intent["metadata"],
        "outcome": _outcome(error) | _risk(method),
        "paid": error is None and not is_pending,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": {
            kind: _details(tx, method, amount, is_secure=is_secure, is_held=is_held),
            "type": kind,
        },
        "radar_options": {},
        "refunded": False,
        "status": "failed" if error else "pending" if is_pending else "succeeded",
        "_card": method["_card"],
        "_account": method["_account"],
    }
    if error:
        charge |= {"failure_code": error.code, "failure_message": error.message}
    tx.add(KIND, charge)
    if charge["status"] == "succeeded" and is_captured:
        book(tx, charge, amount)
    emit(tx, f"charge.{charge['status']}", charge)
    return charge


def book(tx: Tx, charge: Obj, amount: int) -> None:
    """Put a charge's money into the balance."""
    card = CARDS.get(charge["_card"] or "")
    kind = "charge" if charge["payment_method_details"]["type"] == "card" else "payment"
    is_instant = card is not None and card.name == "bypassPending"
    charge["balance_transaction"] = balance.move(
        tx, kind, charge, amount, fee=balance.fee_of(amount), is_instant=is_instant
    )
    tx.save(KIND, charge)


def end_pending(tx: Tx, charge: Obj, error: ApiError | None) -> Obj:
    """End the charge of a bank account: its money came, or it did not."""
    if error is None:
        charge |= {"paid": True, "status": "succeeded"}
        book(tx, charge, charge["amount"])
    else:
        charge |= {"failure_code": error.code, "failure_message": error.message, "outcome": _outcome(error),
                   "status": "failed", "captured": False, "amount_captured": 0}  # fmt: skip
        tx.save(KIND, charge)
    emit(tx, f"charge.{charge['status']}", charge)
    return charge


def capture_charge(tx: Tx, charge: Obj, amount: int) -> Obj:
    """Take an authorised amount, or less: the rest goes back to the card (``charge.captured``)."""
    rest = charge["amount"] - amount
    charge |= {"amount_captured": amount, "amount_refunded": rest, "captured": True}
    charge["_released"] = rest
    book(tx, charge, amount)
    emit(tx, "charge.captured", charge)
    return charge


def release_charge(tx: Tx, charge: Obj, *, is_expired: bool = False) -> Obj:
    """Give up an authorisation: nothing is taken (``charge.expired`` when its time had run out)."""
    before = changed(charge, {"amount_refunded": charge["amount"], "refunded": True})
    charge["_released"] = charge["amount"]
    tx.save(KIND, charge)
    if is_expired:
        emit(tx, "charge.expired", charge)
    else:
        emit(tx, "charge.refunded", charge, before)
    return charge


def _risk(method: Obj) -> Obj:
    card = CARDS.get(method["_card"] or "")
    return {"risk_level": "elevated", "risk_score": 65} if card and card.is_risky else {}


def _outcome(error: ApiError | None) -> Obj:
    outcome = {"advice_code": None, "network_advice_code": None, "network_decline_code": None}
    if error is None:
        return outcome | {
            "network_status": "approved_by_network",
            "reason": None,
            "risk_level": "normal",
            "risk_score": 11,
            "seller_message": "Payment complete.",
            "type": "authorized",
        }
    if error.decline_code == "fraudulent":
        return outcome | {
            "network_status": "not_sent_to_network",
            "reason": "highest_risk_level",
            "risk_level": "highest",
            "risk_score": 99,
            "seller_message": "Stripe blocked this payment as too risky.",
            "type": "blocked",
        }
    return outcome | {
        "network_status": "declined_by_network",
        "reason": error.decline_code or error.code,
        "risk_level": "normal",
        "risk_score": 11,
        "seller_message": "The bank did not return any further details with this decline.",
        "type": "issuer_declined",
    }


def _details(tx: Tx, method: Obj, amount: int, *, is_secure: bool, is_held: bool) -> Obj:
    if method["type"] == "card":
        return _card_details(tx, method, amount, is_secure=is_secure, is_held=is_held)
    bank = method[method["type"]]
    if method["type"] == "sepa_debit":
        copied = pick(bank, "bank_code", "branch_code", "country", "fingerprint", "last4")
        return copied | {"mandate": None}
    copied = pick(
        bank, "account_holder_type", "account_type", "bank_name", "fingerprint", "last4", "routing_number"
    )
    return copied | {"payment_reference": None}


def _card_details(tx: Tx, method: Obj, amount: int, *, is_secure: bool, is_held: bool) -> Obj:
    card = method["card"]
    secure = {
        "authentication_flow": "challenge",
        "electronic_commerce_indicator": "05",
        "exemption_indicator": None,
        "result": "authenticated",
        "result_reason": None,
        "transaction_id": method["card"]["fingerprint"],
        "version": "2.2.0",
    }
    copied = ("brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4")
    return (
        {name: card[name] for name in copied}
        | {
            "amount_authorized": amount,
            "authorization_code": None,
            "electronic_commerce_indicator": "05" if is_secure else None,
            "extended_authorization": {"status": "disabled"},
            "incremental_authorization": {"status": "unavailable"},
            "installments": None,
            "mandate": None,
            "multicapture": {"status": "unavailable"},
            "network": card["brand"],
            "network_token": {"used": False},
            "network_transaction_id": None,
            "overcapture": {"maximum_amount_capturable": amount, "status": "unavailable"},
            "regulated_status": "unregulated",
            "three_d_secure": secure if is_secure else None,
            "transaction_link_id": None,
            "wallet": None,
        }
        | ({"capture_before": tx.seconds + HOLD} if is_held else {})
    )


def get_charge(tx: Tx, charge_id: str, param: str = "id", status: int = 404) -> Obj:
    """Return a charge or raise Stripe's ``resource_missing``."""
    charge = tx.find(KIND, charge_id)
    if charge is None:
        raise not_found(KIND, charge_id, param, status)
    return charge


def refund_manner(charge: Obj) -> str | None:
    """Return how refunds of a charge go when they don't end at once: ``pending`` or ``fails``."""
    card = CARDS.get(charge["_card"])
    return card.refund if card else None


def dispute_of(charge: Obj) -> str | None:
    """Return the reason of the dispute that follows a charge, if its card or account asks for one."""
    card = CARDS.get(charge["_card"] or "")
    if card:
        return card.dispute
    return "debit_not_authorized" if charge["_account"] and account_of(charge["_account"]).dispute else None
