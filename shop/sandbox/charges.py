"""Charges: https://docs.stripe.com/api/charges."""

from __future__ import annotations

from shop.sandbox.call import Call, api, pick
from shop.sandbox.cards import CARDS
from shop.sandbox.errors import ApiError, Obj, not_found, unsupported
from shop.sandbox.events import changed, emit
from shop.sandbox.fields import merged_metadata
from shop.sandbox.lists import list_page
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


def new_charge(tx: Tx, intent: Obj, method: Obj, error: ApiError | None, *, is_secure: bool) -> Obj:
    """Keep the charge of one attempt, succeeded or (with ``error``) failed, and tell it."""
    amount = intent["amount"]
    charge: Obj = dict.fromkeys(_NULLS) | {name: intent[name] for name in _COPIED}
    charge |= {
        "id": tx.new_id("ch_"),
        "object": KIND,
        "amount": amount,
        "amount_captured": 0 if error else amount,
        "amount_refunded": 0,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": "VITRINE",
        "captured": error is None,
        "created": tx.seconds,
        "currency": intent["currency"],
        "disputed": False,
        "fraud_details": {},
        "livemode": False,
        "metadata": intent["metadata"],
        "outcome": _outcome(error),
        "paid": error is None,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": {
            "card": _card_details(method, amount, is_secure=is_secure),
            "type": "card",
        },
        "radar_options": {},
        "refunded": False,
        "status": "failed" if error else "succeeded",
        "_card": method["_card"],
    }
    if error:
        charge |= {"failure_code": error.code, "failure_message": error.message}
    tx.add(KIND, charge)
    emit(tx, "charge.failed" if error else "charge.succeeded", charge)
    return charge


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


def _card_details(method: Obj, amount: int, *, is_secure: bool) -> Obj:
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
    return {name: card[name] for name in copied} | {
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


@api.on("GET", "/v1/charges/{id}", "ChargeRetrieveParams")
def retrieve_charge(call: Call) -> Obj:
    """Return a charge."""
    return get_charge(call.tx, call.id)


@api.on("GET", "/v1/charges", "ChargeListParams")
def list_charges(call: Call) -> Obj:
    """List charges, newest first, by customer or payment intent."""
    if "transfer_group" in call.params:
        raise unsupported("transfer_group")
    return list_page(
        call, KIND, customer=call.params.get("customer"), payment_intent=call.params.get("payment_intent")
    )


@api.on("POST", "/v1/charges/{id}", "ChargeUpdateParams")
def update_charge(call: Call) -> Obj:
    """Change a charge's description, metadata or receipt address (``charge.updated``)."""
    for name in call.params:
        if name not in ("metadata", "description", "receipt_email", "expand"):
            raise unsupported(name, f"changing `{name}` of a charge")
    charge = get_charge(call.tx, call.id)
    new: Obj = {
        name: value or None for name, value in pick(call.params, "description", "receipt_email").items()
    }
    new["metadata"] = merged_metadata(charge["metadata"], call.params.get("metadata", {}))
    before = changed(charge, new)
    call.tx.save(KIND, charge)
    if before:
        emit(call.tx, "charge.updated", charge, before)
    return charge
