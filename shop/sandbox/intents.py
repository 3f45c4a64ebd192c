"""Payment intents, as Checkout makes them: https://docs.stripe.com/api/payment_intents."""

from __future__ import annotations

from typing import Any

from shop.sandbox.call import Call, api, pick
from shop.sandbox.errors import ApiError, Obj, not_found, unsupported
from shop.sandbox.events import changed, emit
from shop.sandbox.fields import merged_metadata
from shop.sandbox.lists import list_page
from shop.sandbox.store import Tx

KIND = "payment_intent"
_COPIED = ("description", "receipt_email", "setup_future_usage", "shipping", "statement_descriptor",
           "statement_descriptor_suffix", "transfer_group")  # fmt: skip
_NULLS = (
    "allowed_payment_method_types", "application", "application_fee_amount", "automatic_payment_methods",
    "canceled_at", "cancellation_reason", "customer_account", "description", "excluded_payment_method_types",
    "last_payment_error", "latest_charge", "managed_payments", "next_action", "on_behalf_of", "payment_method",
    "payment_method_configuration_details", "payment_record", "processing", "receipt_email", "review",
    "setup_future_usage", "shipping", "source", "statement_descriptor", "statement_descriptor_suffix",
    "transfer_data", "transfer_group",
)  # fmt: skip


def new_intent(tx: Tx, session: Obj) -> Obj:
    """Keep the payment intent of a session's first attempt (``payment_intent.created``)."""
    data = session["_intent_data"]
    intent_id = tx.new_id("pi_")
    intent: Obj = dict.fromkeys(_NULLS)
    intent |= {
        "id": intent_id,
        "object": KIND,
        "amount": session["amount_total"],
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "capture_method": data.get("capture_method", "automatic_async"),
        "client_secret": f"{intent_id}_secret_{tx.store.ids.text(25)}",
        "confirmation_method": "automatic",
        "created": tx.seconds,
        "currency": session["currency"],
        "customer": session["customer"],
        "livemode": False,
        "metadata": data["metadata"],
        "payment_method_options": {
            "card": {
                "installments": None,
                "mandate_options": None,
                "network": None,
                "request_three_d_secure": "automatic",
            }
        },
        "payment_method_types": session["payment_method_types"],
        "status": "requires_payment_method",
        "_session": session["id"],
    }
    intent |= {name: data[name] for name in _COPIED if name in data}
    tx.add(KIND, intent)
    emit(tx, "payment_intent.created", intent)
    return intent


def get_intent(tx: Tx, intent_id: str) -> Obj:
    """Return a payment intent or raise the 404 that Stripe gives."""
    intent = tx.find(KIND, intent_id)
    if intent is None:
        raise not_found(KIND, intent_id, "intent")
    return intent


def set_intent(tx: Tx, intent: Obj, event: str | None, **values: Any) -> Obj:
    """Write new values of an intent and tell them as ``event``."""
    intent.update(values)
    tx.save(KIND, intent)
    if event:
        emit(tx, event, intent)
    return intent


def cancel_intent(tx: Tx, intent_id: str, reason: str | None) -> Obj:
    """Cancel an intent that has not been paid (``payment_intent.canceled``)."""
    intent = get_intent(tx, intent_id)
    return set_intent(
        tx,
        intent,
        "payment_intent.canceled",
        status="canceled",
        canceled_at=tx.seconds,
        cancellation_reason=reason,
        next_action=None,
    )


@api.on("GET", "/v1/payment_intents/{id}", "PaymentIntentRetrieveParams")
def retrieve_intent(call: Call) -> Obj:
    """Return a payment intent."""
    return get_intent(call.tx, call.id)


@api.on("GET", "/v1/payment_intents", "PaymentIntentListParams")
def list_intents(call: Call) -> Obj:
    """List payment intents, newest first."""
    if "customer_account" in call.params:
        raise unsupported("customer_account")
    return list_page(call, KIND, customer=call.params.get("customer"))


@api.on("POST", "/v1/payment_intents/{id}", "PaymentIntentUpdateParams")
def update_intent(call: Call) -> Obj:
    """Change an intent's metadata, description or receipt address."""
    allowed = ("metadata", "description", "receipt_email", "expand")
    for name in call.params:
        if name not in allowed:
            raise unsupported(name, f"changing `{name}` of a payment intent")
    intent = get_intent(call.tx, call.id)
    new: Obj = {
        name: value or None for name, value in pick(call.params, "description", "receipt_email").items()
    }
    new["metadata"] = merged_metadata(intent["metadata"], call.params.get("metadata", {}))
    changed(intent, new)
    return call.tx.save(KIND, intent)


@api.on("POST", "/v1/payment_intents/{id}/cancel", "PaymentIntentCancelParams")
def cancel(call: Call) -> Obj:
    """Cancel an intent; one that belongs to a session ends with the session."""
    intent = get_intent(call.tx, call.id)
    if intent["status"] in ("succeeded", "canceled"):
        raise ApiError(
            400,
            f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}. Only a PaymentIntent "
            "with one of the following statuses may be canceled: requires_payment_method, requires_capture, "
            "requires_confirmation, requires_action, processing.",
            code="payment_intent_unexpected_state",
        )
    session = call.tx.find("checkout.session", intent["_session"])
    if session and session["status"] == "open":
        raise ApiError(
            400,
            "You cannot cancel PaymentIntents created by Checkout Sessions. Instead, expire the Checkout Session.",
            code="payment_intent_unexpected_state",
        )
    return cancel_intent(call.tx, call.id, call.params.get("cancellation_reason"))
