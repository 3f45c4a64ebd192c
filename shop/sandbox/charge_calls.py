"""The calls on charges, also the old way of charging a token: https://docs.stripe.com/api/charges."""

from __future__ import annotations

from shop.sandbox import charging
from shop.sandbox.call import Call, api
from shop.sandbox.cards import refusal
from shop.sandbox.charges import HOLD, KIND, capture_charge, dispute_of, get_charge, new_charge
from shop.sandbox.customers import live_customer
from shop.sandbox.disputes import open_dispute
from shop.sandbox.errors import ApiError, Obj, invalid, missing_param, unsupported
from shop.sandbox.events import changed, emit
from shop.sandbox.fields import checked_length
from shop.sandbox.intents import checked_charge, plain_values
from shop.sandbox.lists import list_page
from shop.sandbox.methods import card_of_token, new_card
from shop.sandbox.params import UNSETTABLE


@api.on("POST", "/v1/charges", "ChargeCreateParams")
def create_charge(call: Call) -> Obj:
    """Charge a test token (``tok_visa``), with ``capture=false`` only authorise it."""
    tx, params = call.tx, call.params
    for name in ("amount", "currency"):
        if name not in params:
            raise missing_param(name)
    currency = checked_charge(params["amount"], params["currency"])
    customer = live_customer(tx, params["customer"], "customer", 400)["id"] if "customer" in params else None
    if "source" not in params:
        raise (
            unsupported("customer", "a customer's sources; attach a payment method and use a PaymentIntent")
            if customer
            else invalid("Must provide source or customer.", code="parameter_missing")
        )
    checked_length(params.get("description", ""), 40_000, "description")
    method = new_card(tx, card_of_token(tx, params["source"], "source"), None)
    values: Obj = {"id": None, "amount": params["amount"], "currency": currency, "customer": customer}
    values |= {"metadata": {}} | plain_values(params, {})
    error = refusal(method["_card"])
    is_held = params.get("capture") is False
    charge = new_charge(tx, values, method, error, is_held=is_held)
    if error:
        error.is_kept = True
        error.more = {"charge": charge["id"]}
        raise error
    if is_held:
        tx.schedule("expire_hold", charge["id"], tx.now + HOLD)
        return charge
    reason = dispute_of(charge)
    return open_dispute(tx, charge, reason) if reason else charge


@api.on("POST", "/v1/charges/{id}/capture", "ChargeCaptureParams")
def capture(call: Call) -> Obj:
    """Capture an authorised charge, whole or in part."""
    tx, params = call.tx, call.params
    charge = get_charge(tx, call.id)
    if charge["captured"] or charge["status"] != "succeeded":
        raise invalid(f"Charge {charge['id']} has already been captured.", code="charge_already_captured")
    if charge["refunded"]:
        raise invalid(
            f"Charge {charge['id']} was released and cannot be captured.", code="charge_expired_for_capture"
        )
    amount: int = params["amount"] if "amount" in params else charge["amount"]
    if not 1 <= amount <= charge["amount"]:
        raise ApiError(400, "The amount to capture must be at least 1 and at most the amount authorised.",
                       code="amount_too_large", param="amount")  # fmt: skip
    charge |= plain_values(params, charge)
    tx.save(KIND, charge)
    if charge["payment_intent"]:
        intent = tx.find("payment_intent", charge["payment_intent"]) or {}
        charging.capture(tx, intent, amount)
        return get_charge(tx, call.id)
    charge = capture_charge(tx, charge, amount)
    reason = dispute_of(charge)
    return open_dispute(tx, charge, reason) if reason else charge


@api.on("GET", "/v1/charges/{id}", "ChargeRetrieveParams")
def retrieve_charge(call: Call) -> Obj:
    """Return a charge."""
    return get_charge(call.tx, call.id)


@api.on("GET", "/v1/charges", "ChargeListParams")
def list_charges(call: Call) -> Obj:
    """List charges, newest first, by customer, payment intent or transfer group."""
    params = call.params
    return list_page(
        call,
        KIND,
        {"transfer_group": params.get("transfer_group")},
        customer=params.get("customer"),
        payment_intent=params.get("payment_intent"),
    )


@api.on("POST", "/v1/charges/{id}", "ChargeUpdateParams", extra={"description": UNSETTABLE})
def update_charge(call: Call) -> Obj:
    """Change what says something of a charge: description, metadata, addresses, fraud (``charge.updated``)."""
    charge = get_charge(call.tx, call.id)
    new = plain_values(call.params, charge)
    report = call.params.get("fraud_details")
    if report:
        told = charge["fraud_details"] | report
        new["fraud_details"] = {name: word for name, word in told.items() if word}
    before = changed(charge, new)
    call.tx.save(KIND, charge)
    if before:
        emit(call.tx, "charge.updated", charge, before)
    return charge
