"""The calls on payment intents: https://docs.stripe.com/api/payment_intents."""

from __future__ import annotations

from typing import cast

from shop.sandbox import charging
from shop.sandbox.call import Call, api
from shop.sandbox.charging import Manner
from shop.sandbox.customers import live_customer
from shop.sandbox.errors import ApiError, Obj, invalid
from shop.sandbox.events import changed
from shop.sandbox.fields import checked_url
from shop.sandbox.intents import (
    CANCELABLE,
    KIND,
    check_type,
    checked_charge,
    get_intent,
    method_types,
    new_intent,
    options_of,
    plain_values,
    set_intent,
    unexpected_state,
)
from shop.sandbox.lists import list_page
from shop.sandbox.methods import make_method, method_of
from shop.sandbox.params import UNSETTABLE, Fields, Listing, Node, Text, request_params
from shop.sandbox.store import Tx

_TYPES = ("allowed_payment_method_types", "excluded_payment_method_types", "payment_method_types")


def _method_data() -> Fields:
    """Return the checks of ``payment_method_data``: the SDK's, and a card's, which Stripe takes though they lack it."""
    known = request_params("PaymentMethodCreateParams").known
    data = cast(Fields, request_params("PaymentIntentCreateParams").known["payment_method_data"])
    return Fields(data.known | {name: known[name] for name in ("card", "type")}, data.required)


# `payment_method_types` left the SDK's types with 2026-10-28, though the SDK still sends what it is given.
_EXTRA: dict[str, Node] = {
    "payment_method_data": _method_data(),
    "payment_method_types": Listing(Text()),
    "description": UNSETTABLE,
}
_CONFIRMABLE = ("requires_payment_method", "requires_confirmation", "requires_action")
_CHANGEABLE = ("requires_payment_method", "requires_confirmation", "requires_action")


@api.on("POST", "/v1/payment_intents", "PaymentIntentCreateParams", extra=_EXTRA)
def create_intent(call: Call) -> Obj:
    """Create a payment intent and, with ``confirm``, attempt to pay it at once."""
    tx, params = call.tx, call.params
    currency = checked_charge(params["amount"], params["currency"])
    automatic = params.get("automatic_payment_methods", {})
    if automatic.get("enabled") and "payment_method_types" in params:
        raise invalid(
            "You may only specify one of these parameters: automatic_payment_methods, payment_method_types.",
            "automatic_payment_methods",
        )
    if not params.get("confirm"):
        for name in ("off_session", "error_on_requires_action", "return_url", "mandate_data"):
            if params.get(name):
                raise invalid(f"`{name}` can only be used with `confirm=true`.", name)
    customer = live_customer(tx, params["customer"], "customer", 400)["id"] if "customer" in params else None
    is_automatic = "payment_method_types" not in params
    values: Obj = {
        "amount": params["amount"],
        "currency": currency,
        "customer": customer,
        "automatic_payment_methods": (
            {"allow_redirects": automatic.get("allow_redirects", "always"), "enabled": True}
            if is_automatic
            else None
        ),
        "capture_method": params.get("capture_method", "automatic_async"),
        "confirmation_method": params.get("confirmation_method", "automatic"),
    }
    values |= _types(params, currency)
    options = {"payment_method_options": params.get("payment_method_options") or {}}
    intent = new_intent(tx, values | options | plain_values(params, {}))
    method = _method(tx, params, intent)
    if method is None:
        if params.get("confirm"):
            raise _no_method()
        return intent
    set_intent(tx, intent, None, payment_method=method["id"], status="requires_confirmation")
    return _confirm(call, intent, method) if params.get("confirm") else intent


def _types(params: Obj, currency: str) -> Obj:
    """Return which methods an intent takes, as a call says it."""
    said = {name: params.get(name) or None for name in _TYPES[:2]}
    return said | {"payment_method_types": method_types(params, currency)}


def _change_types(intent: Obj, params: Obj) -> None:
    """Let an intent take other methods, where a call says so; options of those that stay, stay."""
    if not any(name in params for name in _TYPES):
        return
    new = _types({name: intent.get(name) for name in _TYPES[:2]} | params, intent["currency"])
    intent |= new
    intent["payment_method_options"] = options_of(intent)


def _no_method() -> ApiError:
    return invalid(
        "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the "
        "PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment "
        "method.",
        code="payment_intent_unexpected_state",
    )


def _method(tx: Tx, params: Obj, intent: Obj) -> Obj | None:
    """Return the payment method that was given, by id, test name or data, if it may pay this intent."""
    if "payment_method" in params and "payment_method_data" in params:
        raise invalid(
            "You may only specify one of these parameters: payment_method, payment_method_data.",
            "payment_method",
        )
    if params.get("payment_method"):
        method = method_of(tx, params["payment_method"], "payment_method")
    elif "payment_method_data" in params:
        method = make_method(tx, params["payment_method_data"], "payment_method_data")
    else:
        return None
    check_type(method["type"], intent["currency"], "payment_method")
    if method["type"] not in intent["payment_method_types"]:
        raise invalid(
            f"The PaymentMethod provided ({method['type']}) is not allowed for this PaymentIntent. Please attach one "
            f"of the following types: {', '.join(intent['payment_method_types'])}.",
            "payment_method",
        )
    if method["customer"] not in (None, intent["customer"]):
        raise invalid(
            "The PaymentMethod that you provided belongs to another customer. Include that customer as `customer`.",
            "payment_method",
        )
    if method.get("_is_spent"):
        raise invalid(
            "This PaymentMethod was detached from a Customer, and may not be used again.", "payment_method"
        )
    return method


def _confirm(call: Call, intent: Obj, method: Obj) -> Obj:
    params = call.params
    if "return_url" in params:
        checked_url(params["return_url"], "return_url")
    wish = (intent["payment_method_options"].get("card") or {}).get("request_three_d_secure")
    manner = Manner(
        is_off_session=bool(params.get("off_session")),
        refuses_action=params.get("error_on_requires_action", False),
        # Stripe.js shows the challenge itself where the shop wants it to (`use_stripe_sdk`).
        return_url=None if params.get("use_stripe_sdk") else params.get("return_url"),
        challenge_url=f"{call.public_url}/c/authentication/{intent['id']}",
        wants_challenge=wish in ("any", "challenge"),
    )
    return charging.confirm(call.tx, intent, method, manner)


@api.on("GET", "/v1/payment_intents/{id}", "PaymentIntentRetrieveParams")
def retrieve_intent(call: Call) -> Obj:
    """Return a payment intent; with a wrong ``client_secret`` none."""
    intent = get_intent(call.tx, call.id)
    if call.params.get("client_secret", intent["client_secret"]) != intent["client_secret"]:
        raise invalid(
            "The client_secret provided does not match any associated PaymentIntent.", "client_secret"
        )
    return intent


@api.on("GET", "/v1/payment_intents", "PaymentIntentListParams")
def list_intents(call: Call) -> Obj:
    """List payment intents, newest first."""
    return list_page(call, KIND, customer=call.params.get("customer"))


@api.on("POST", "/v1/payment_intents/{id}", "PaymentIntentUpdateParams", extra=_EXTRA)
def update_intent(call: Call) -> Obj:
    """Change an intent; its amount, currency, customer and method only before it is paid."""
    tx, params = call.tx, call.params
    intent = get_intent(tx, call.id)
    deep = {"amount", "currency", "customer", "payment_method", "payment_method_data", *_TYPES,
            "capture_method", "setup_future_usage", "shipping", "statement_descriptor",
            "statement_descriptor_suffix"} & set(params)  # fmt: skip
    if deep and intent["status"] not in _CHANGEABLE:
        raise unexpected_state(intent, "updated", _CHANGEABLE)
    if deep and intent["_session"]:
        raise invalid(f"`{min(deep)}` of a Checkout Session's PaymentIntent cannot be changed.", min(deep))
    new = plain_values(params, intent)
    if "amount" in params or "currency" in params:
        new["amount"] = params.get("amount", intent["amount"])
        currency = params.get("currency") or intent["currency"]
        new["currency"] = checked_charge(new["amount"], currency)
    if "customer" in params:
        new["customer"] = live_customer(tx, params["customer"], "customer", 400)["id"]
    if "capture_method" in params:
        new["capture_method"] = params["capture_method"]
    changed(intent, new)
    _change_types(intent, params)
    method = _method(tx, params, intent)
    if method:
        new = {"payment_method": method["id"], "status": "requires_confirmation", "next_action": None}
        changed(intent, new)
    return tx.save(KIND, intent)


@api.on("POST", "/v1/payment_intents/{id}/confirm", "PaymentIntentConfirmParams", extra=_EXTRA)
def confirm_intent(call: Call) -> Obj:
    """Attempt to pay an intent with its method, or with the one given here."""
    tx, params = call.tx, call.params
    intent = get_intent(tx, call.id)
    if intent["status"] not in _CONFIRMABLE:
        raise unexpected_state(intent, "confirmed", _CONFIRMABLE)
    if intent["_session"]:
        raise invalid("A Checkout Session's PaymentIntent is confirmed by its Checkout Session.")
    _change_types(intent, params)
    changed(intent, plain_values(params, intent))
    if "capture_method" in params:
        intent["capture_method"] = params["capture_method"]
    method = _method(tx, params, intent)
    if method is None:
        if intent["payment_method"] is None:
            raise _no_method()
        method = method_of(tx, intent["payment_method"], "payment_method")
    return _confirm(call, intent, method)


@api.on("POST", "/v1/payment_intents/{id}/capture", "PaymentIntentCaptureParams")
def capture_intent(call: Call) -> Obj:
    """Take the amount that was authorised, or a part of it."""
    tx, params = call.tx, call.params
    intent = get_intent(tx, call.id)
    if intent["status"] != "requires_capture":
        raise unexpected_state(intent, "captured", ("requires_capture",))
    amount: int = (
        params["amount_to_capture"] if "amount_to_capture" in params else intent["amount_capturable"]
    )
    if amount < 1:
        raise invalid("Invalid positive integer", "amount_to_capture", "parameter_invalid_integer")
    if amount > intent["amount_capturable"]:
        raise ApiError(
            400,
            f"The amount to capture ({amount}) is greater than the capturable amount ({intent['amount_capturable']}).",
            code="amount_too_large",
            param="amount_to_capture",
        )
    changed(intent, plain_values(params, intent))
    return charging.capture(tx, intent, amount)


@api.on("POST", "/v1/payment_intents/{id}/cancel", "PaymentIntentCancelParams")
def cancel(call: Call) -> Obj:
    """Cancel an intent; one that belongs to an open session ends with the session."""
    intent = get_intent(call.tx, call.id)
    if intent["status"] not in CANCELABLE:
        raise unexpected_state(intent, "canceled", CANCELABLE)
    session = call.tx.find("checkout.session", intent["_session"])
    if session and session["status"] == "open":
        raise ApiError(
            400,
            "You cannot cancel PaymentIntents created by Checkout Sessions. Instead, expire the Checkout Session.",
            code="payment_intent_unexpected_state",
        )
    if intent["status"] == "processing":
        raise invalid(
            "A PaymentIntent whose bank debit is on its way cannot be canceled any more.",
            code="payment_intent_unexpected_state",
        )
    return charging.release(call.tx, intent, call.params.get("cancellation_reason"))
