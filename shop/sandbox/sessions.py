"""Checkout Sessions in payment mode: https://docs.stripe.com/api/checkout/sessions."""

from __future__ import annotations

from typing import Any

from shop.sandbox.brand import brand_of
from shop.sandbox.call import Call, api
from shop.sandbox.collected import asked
from shop.sandbox.currency import check_amount, checked_currency
from shop.sandbox.customers import live_customer
from shop.sandbox.discounts import choose_discount
from shop.sandbox.errors import ApiError, Obj, invalid
from shop.sandbox.events import emit
from shop.sandbox.fields import checked_length, full_address, merged_metadata
from shop.sandbox.intents import cancel_intent, method_types
from shop.sandbox.lines import build_line_items, build_optional_items, build_shipping_options
from shop.sandbox.lists import list_page, static_page
from shop.sandbox.params import Choice, Listing, Text
from shop.sandbox.session_params import check_supported
from shop.sandbox.session_rules import check_session, expiry
from shop.sandbox.shipping_rates import amount_in
from shop.sandbox.store import Tx
from shop.sandbox.totals import recount

KIND = "checkout.session"
MAX_CUSTOM_TEXT = 1200
# How long the address that makes an expired session anew works: 30 days (docs.stripe.com, abandoned carts).
RECOVERY = 30 * 24 * 3600
# `payment_method_types` left the SDK's types with 2026-10-28, though the SDK still sends what it is given.
_EXTRA = {"payment_method_types": Listing(Text()), "ui_mode": Choice(("hosted_page", "hosted", "embedded_page",
          "elements", "form"))}  # fmt: skip


@api.on("POST", "/v1/checkout/sessions", "checkout.SessionCreateParams", extra=_EXTRA)
def create_session(call: Call) -> Obj:
    """Create a session whose ``url`` is the stand-in's payment page."""
    tx, params = call.tx, call.params
    check_supported(params)
    check_session(params)
    customer = live_customer(tx, params["customer"], "customer", 400) if "customer" in params else None
    currency = checked_currency(params["currency"], "currency") if "currency" in params else None
    items, currency = build_line_items(tx, params["line_items"], currency)
    rates = build_shipping_options(tx, params.get("shipping_options", []), currency)
    session = _session(call, currency, customer)
    session["shipping_options"] = [
        {"shipping_amount": amount_in(rate, currency), "shipping_rate": rate["id"]} for rate in rates
    ]
    session["_pictures"] = {item["id"]: [item.pop("_about"), item.pop("_image")] for item in items}
    session["_line_items"] = items
    offered = build_optional_items(tx, params.get("optional_items") or [], items, currency)
    session["optional_items"] = offered
    choose_discount(tx, params, session)
    choose_shipping(tx, session, rates[0]["id"] if rates else None)
    check_amount(session["amount_total"], currency, "line_items", "The Checkout Session's total amount")
    session["expires_at"], due_at = expiry(tx, params.get("expires_at"))
    tx.add(KIND, session)
    tx.schedule("expire_session", session["id"], due_at)
    return session


def choose_shipping(tx: Tx, session: Obj, rate_id: str | None) -> None:
    """Set a session's shipping and total by the chosen rate (the first one until the buyer chooses)."""
    chosen = next((one for one in session["shipping_options"] if one["shipping_rate"] == rate_id), None)
    if rate_id is not None and chosen is None:
        raise invalid(f"No such shipping rate in this session: '{rate_id}'", "shipping_rate")
    amount = chosen["shipping_amount"] if chosen else 0
    session["shipping_cost"] = chosen and {
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "shipping_rate": rate_id,
    }
    recount(tx, session)


def _session(call: Call, currency: str, customer: Obj | None) -> Obj:
    tx, params = call.tx, call.params
    session_id = tx.new_id("cs_test_")
    email = params.get("customer_email")
    known = customer["email"] if customer else email
    types = method_types(params, currency)
    session: Obj = dict.fromkeys(_NULLS)
    session |= {name: params[name] for name in _ECHOED if name in params}
    session |= {
        "id": session_id,
        "object": KIND,
        "adaptive_pricing": params.get("adaptive_pricing") or {"enabled": True},
        "after_expiration": _recovery(params.get("after_expiration", {}).get("recovery")),
        "branding_settings": brand_of(params.get("branding_settings", {})),
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "created": tx.seconds,
        "currency": currency,
        "custom_text": _custom_text(params.get("custom_text", {})),
        "customer": customer and customer["id"],
        "customer_creation": None if customer else params.get("customer_creation", "if_required"),
        "customer_details": known and details(email=known),
        "invoice_creation": _INVOICE,
        "livemode": False,
        "metadata": merged_metadata({}, params.get("metadata")),
        "mode": "payment",
        "payment_method_collection": "if_required",
        "payment_method_options": _method_options(params.get("payment_method_options") or {}, types),
        "payment_method_types": types,
        "payment_status": "unpaid",
        "phone_number_collection": params.get("phone_number_collection") or {"enabled": False},
        "saved_payment_method_options": _saved_options(params, customer),
        "status": "open",
        "ui_mode": "hosted_page",
        "url": f"{call.public_url}/c/pay/{session_id}",
        "_allow_redisplay": params.get("payment_method_data", {}).get("allow_redisplay"),
        "_discount": None,
        "_intent_data": _intent_data(params),
        "_customer_update": params.get("customer_update", {}),
    }
    return session | asked(params)


def _method_options(given: Obj, types: list[str]) -> Obj:
    for kind in given:
        if kind not in types:
            raise invalid(
                f"`{kind}` is not among the payment methods of this session.",
                f"payment_method_options[{kind}]",
            )
    if "card" not in types:
        return given
    return given | {"card": {"request_three_d_secure": "automatic"} | given.get("card", {})}


def _saved_options(params: Obj, customer: Obj | None) -> Obj | None:
    """Return how saved payment methods are shown: those that a buyer agreed to see again, unless told otherwise."""
    given = params.get("saved_payment_method_options")
    if given is None and customer is None:
        return None
    return {
        "allow_redisplay_filters": ["always"],
        "payment_method_remove": "disabled",
        "payment_method_save": "disabled",
    } | (given or {})


def _recovery(given: Obj | None) -> Obj | None:
    """Return what ``after_expiration`` says while the session is open: its address comes with its expiry."""
    if not given or not given["enabled"]:
        return None
    allowed = given.get("allow_promotion_codes", False)
    return {
        "recovery": {"allow_promotion_codes": allowed, "enabled": True, "expires_at": None, "url": None},
    }


_INVOICE = {
    "enabled": False,
    "invoice_data": {
        "account_tax_ids": None,
        "custom_fields": None,
        "description": None,
        "footer": None,
        "issuer": None,
        "metadata": {},
        "rendering_options": None,
    },
}
_NULLS = (
    "after_expiration", "allow_promotion_codes", "allowed_payment_method_types", "billing_address_collection",
    "cancel_url", "client_reference_id", "client_secret", "collected_information", "consent", "consent_collection",
    "currency_conversion", "customer_account", "customer_email", "discounts", "integration_identifier", "invoice",
    "locale", "managed_payments", "optional_items", "origin_context", "payment_intent", "payment_link",
    "payment_method_configuration_details", "permissions", "recovered_from", "saved_payment_method_options",
    "setup_intent", "shipping_address_collection", "submit_type", "subscription", "success_url", "wallet_options",
)  # fmt: skip
_ECHOED = (
    "allow_promotion_codes", "allowed_payment_method_types", "billing_address_collection", "cancel_url",
    "client_reference_id", "customer_email", "excluded_payment_method_types", "integration_identifier", "locale",
    "origin_context", "shipping_address_collection", "submit_type", "success_url", "wallet_options",
)  # fmt: skip
_TEXTS = ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")


def _custom_text(given: Obj) -> Obj:
    for name, text in given.items():
        if text:
            checked_length(text["message"], MAX_CUSTOM_TEXT, f"custom_text[{name}][message]")
    return {name: given.get(name) or None for name in _TEXTS}


def _intent_data(params: Obj) -> Obj:
    data = dict(params.get("payment_intent_data", {}))
    data["metadata"] = merged_metadata({}, data.get("metadata"), "payment_intent_data[metadata]")
    if "shipping" in data:
        shipping = data["shipping"]
        if "shipping_address_collection" in params:
            raise invalid(
                "You can not pass `payment_intent_data[shipping]` and `shipping_address_collection` at once.",
                "payment_intent_data[shipping]",
            )
        data["shipping"] = {
            "address": full_address(shipping["address"]),
            "carrier": shipping.get("carrier"),
            "name": shipping["name"],
            "phone": shipping.get("phone"),
            "tracking_number": shipping.get("tracking_number"),
        }
    return data


def details(**known: Any) -> Obj:
    """Return a session's ``customer_details`` with null for what is not known."""
    names = ("address", "business_name", "email", "individual_name", "name", "phone", "tax_ids")
    return {name: known.get(name) for name in names} | {"tax_exempt": "none"}


def get_session(tx: Tx, session_id: str) -> Obj:
    """Return a session or raise the 404 that Stripe gives."""
    session = tx.find(KIND, session_id)
    if session is None:
        raise ApiError(
            404, f"No such checkout.session: {session_id}", code="resource_missing", param="session"
        )
    return session


@api.on("GET", "/v1/checkout/sessions/{id}", "checkout.SessionRetrieveParams")
def retrieve_session(call: Call) -> Obj:
    """Return a session."""
    return get_session(call.tx, call.id)


@api.on("POST", "/v1/checkout/sessions/{id}", "checkout.SessionUpdateParams")
def update_session(call: Call) -> Obj:
    """Change a session's metadata."""
    session = get_session(call.tx, call.id)
    session["metadata"] = merged_metadata(session["metadata"], call.params.get("metadata"))
    return call.tx.save(KIND, session)


@api.on("GET", "/v1/checkout/sessions", "checkout.SessionListParams")
def list_sessions(call: Call) -> Obj:
    """List sessions, newest first, by customer, e-mail address, payment intent or status."""
    params = call.params
    return list_page(
        call,
        KIND,
        customer=params.get("customer"),
        email=params.get("customer_details", {}).get("email"),
        payment_intent=params.get("payment_intent"),
        label=params.get("status"),
    )


@api.on("GET", "/v1/checkout/sessions/{id}/line_items", "checkout.SessionListLineItemsParams")
def list_line_items(call: Call) -> Obj:
    """List a session's line items in their order."""
    return static_page(call, get_session(call.tx, call.id)["_line_items"])


@api.on("POST", "/v1/checkout/sessions/{id}/expire", "checkout.SessionExpireParams")
def expire_session(call: Call) -> Obj:
    """Expire an open session at once."""
    session = get_session(call.tx, call.id)
    if session["status"] != "open":
        raise invalid(
            f'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status '
            f"of {session['status']}.",
        )
    return expire(call.tx, session)


def expire(tx: Tx, session: Obj) -> Obj:
    """End an open session: nobody can pay it any more (``checkout.session.expired``)."""
    session["status"] = "expired"
    if session["after_expiration"]:
        session["after_expiration"]["recovery"] |= {
            "expires_at": tx.seconds + RECOVERY,
            "url": session["url"].replace("/c/pay/", "/c/recovery/"),
        }
    session["url"] = None
    tx.unschedule("expire_session", session["id"])
    tx.save(KIND, session)
    if session["payment_intent"]:
        cancel_intent(tx, session["payment_intent"], "automatic")
    emit(tx, "checkout.session.expired", session)
    return session
