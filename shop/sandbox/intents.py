"""Payment intents: https://docs.stripe.com/api/payment_intents."""

from __future__ import annotations

from typing import Any

from shop.sandbox.currency import check_amount, checked_currency
from shop.sandbox.errors import ApiError, Obj, invalid, not_found, unsupported
from shop.sandbox.events import emit
from shop.sandbox.fields import checked_email, checked_length, full_address, merged_metadata
from shop.sandbox.store import Tx

KIND = "payment_intent"
MAX_DESCRIPTION, MAX_DESCRIPTOR = 1000, 22
# What a new intent takes when it says nothing, by currency; cards are taken in all.
_DELAYED = {"eur": "sepa_debit", "usd": "us_bank_account"}
CANCELABLE = (
    "requires_payment_method",
    "requires_capture",
    "requires_confirmation",
    "requires_action",
    "processing",
)
_COPIED = ("description", "receipt_email", "setup_future_usage", "statement_descriptor",
           "statement_descriptor_suffix", "transfer_group")  # fmt: skip
_NULLS = (
    "allowed_payment_method_types", "application", "application_fee_amount", "automatic_payment_methods",
    "canceled_at", "cancellation_reason", "customer", "customer_account", "description",
    "excluded_payment_method_types", "last_payment_error", "latest_charge", "managed_payments", "next_action",
    "on_behalf_of", "payment_method", "payment_method_configuration_details", "payment_record", "processing",
    "receipt_email", "review", "setup_future_usage", "shipping", "source", "statement_descriptor",
    "statement_descriptor_suffix", "transfer_data", "transfer_group",
)  # fmt: skip
_OPTIONS: Obj = {
    "card": {
        "installments": None,
        "mandate_options": None,
        "network": None,
        "request_three_d_secure": "automatic",
    },
    "sepa_debit": {},
    "us_bank_account": {"verification_method": "automatic"},
}


def shipping_of(given: Any) -> Obj | None:
    """Return an intent's ``shipping`` from what was given, null for an empty one."""
    if not given:
        return None
    return {
        "address": full_address(given.get("address")),
        "carrier": given.get("carrier"),
        "name": given.get("name"),
        "phone": given.get("phone"),
        "tracking_number": given.get("tracking_number"),
    }


def plain_values(params: Obj, old: Obj) -> Obj:
    """Return what a create, an update or a confirmation changes of the members that nothing depends on."""
    new: Obj = {name: params[name] or None for name in _COPIED if name in params}
    checked_length(new.get("description") or "", MAX_DESCRIPTION, "description")
    for name in ("statement_descriptor", "statement_descriptor_suffix"):
        checked_length(new.get(name) or "", MAX_DESCRIPTOR, name)
    if new.get("receipt_email"):
        checked_email(new["receipt_email"], "receipt_email")
    if "shipping" in params:
        new["shipping"] = shipping_of(params["shipping"])
    if params.get("payment_method_options") and "payment_method_options" in old:
        options = merged_options(params["payment_method_options"], old["payment_method_options"])
        new["payment_method_options"] = options
    if "metadata" in params:
        new["metadata"] = merged_metadata(old.get("metadata", {}), params["metadata"])
    return new


def merged_options(given: Obj, old: Obj) -> Obj:
    """Return an intent's ``payment_method_options`` after a call; a kind that is given empty goes back to its default."""
    new = {kind: dict(old.get(kind) or _OPTIONS[kind]) for kind in old}
    for kind, options in given.items():
        if kind in new:
            new[kind] = new[kind] | options if options else dict(_OPTIONS[kind])
    return new


def options_of(intent: Obj) -> Obj:
    """Return an intent's ``payment_method_options`` for the methods that it takes now."""
    known = intent["payment_method_options"]
    return {kind: known.get(kind) or dict(_OPTIONS[kind]) for kind in intent["payment_method_types"]}


def method_types(params: Obj, currency: str) -> list[str]:
    """Return the payment methods that an intent takes."""
    types = params.get("payment_method_types") or params.get("allowed_payment_method_types")
    if not types:
        types = ["card"] + ([_DELAYED[currency]] if currency in _DELAYED else [])
        types = [one for one in types if one not in (params.get("excluded_payment_method_types") or [])]
    for one in types:
        check_type(one, currency)
    return list(dict.fromkeys(types))


def check_type(kind: str, currency: str, param: str = "payment_method_types") -> None:
    """Refuse a type that the stand-in has not, or that is not to be had in a currency."""
    if kind not in _OPTIONS:
        raise unsupported(param, f"payment methods of the type `{kind}`")
    needed = {delayed: code for code, delayed in _DELAYED.items()}.get(kind)
    if needed and currency != needed:
        raise invalid(
            f"The currency provided ({currency}) is invalid for one or more payment method types in the list: "
            f"`{kind}` requires `{needed}`.",
            param,
        )


def new_intent(tx: Tx, values: Obj) -> Obj:
    """Keep a new payment intent (``payment_intent.created``).

    ``values`` holds at least ``amount``, ``currency`` and ``payment_method_types``.
    """
    intent_id = tx.new_id("pi_")
    intent: Obj = dict.fromkeys(_NULLS)
    intent |= {
        "id": intent_id,
        "object": KIND,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "capture_method": "automatic_async",
        "client_secret": f"{intent_id}_secret_{tx.store.ids.text(25)}",
        "confirmation_method": "automatic",
        "created": tx.seconds,
        "livemode": False,
        "metadata": {},
        "payment_method_options": {kind: dict(_OPTIONS[kind]) for kind in values["payment_method_types"]},
        "status": "requires_payment_method",
        "_session": None,
    }
    options = merged_options(values.get("payment_method_options", {}), intent["payment_method_options"])
    intent |= values | {"payment_method_options": options}
    tx.add(KIND, intent)
    emit(tx, "payment_intent.created", intent)
    return intent


def session_intent(tx: Tx, session: Obj) -> Obj:
    """Keep the payment intent of a session's first attempt."""
    data = session["_intent_data"]
    values = {name: data[name] for name in (*_COPIED, "shipping") if name in data}
    return new_intent(tx, values | {
        "amount": session["amount_total"],
        "capture_method": data.get("capture_method", "automatic_async"),
        "currency": session["currency"],
        "customer": session["customer"],
        "metadata": data["metadata"],
        "payment_method_options": {
            kind: {name: value for name, value in options.items() if name in _OPTIONS[kind]}
            for kind, options in session["payment_method_options"].items()
        },
        "payment_method_types": session["payment_method_types"],
        "_session": session["id"],
    })  # fmt: skip


def get_intent(tx: Tx, intent_id: str, param: str = "intent", status: int = 404) -> Obj:
    """Return a payment intent or raise Stripe's ``resource_missing``."""
    intent = tx.find(KIND, intent_id)
    if intent is None:
        raise not_found(KIND, intent_id, param, status)
    return intent


def set_intent(tx: Tx, intent: Obj, event: str | None, **values: Any) -> Obj:
    """Write new values of an intent and tell them as ``event``."""
    intent.update(values)
    tx.save(KIND, intent)
    if event:
        emit(tx, event, intent)
    return intent


def checked_charge(amount: int, currency_text: str) -> str:
    """Return the currency of an amount that Stripe would charge."""
    currency = checked_currency(currency_text, "currency")
    if amount < 1:
        raise invalid("Invalid positive integer", "amount", "parameter_invalid_integer")
    check_amount(amount, currency, "amount", "Amount")
    return currency


def unexpected_state(intent: Obj, verb: str, allowed: tuple[str, ...]) -> ApiError:
    """Return the error for what cannot be done to an intent in its status."""
    return ApiError(
        400,
        f"This PaymentIntent could not be {verb} because it has a status of {intent['status']}. It must have one of "
        f"the following statuses: {', '.join(allowed)}.",
        code="payment_intent_unexpected_state",
    )


def cancel_intent(tx: Tx, intent_id: str, reason: str | None) -> Obj:
    """Cancel an intent that has not been paid (``payment_intent.canceled``)."""
    intent = get_intent(tx, intent_id)
    tx.unschedule("settle_debit", intent_id)
    tx.unschedule("expire_hold", intent_id)
    return set_intent(
        tx,
        intent,
        "payment_intent.canceled",
        amount_capturable=0,
        canceled_at=tx.seconds,
        cancellation_reason=reason,
        next_action=None,
        status="canceled",
    )
