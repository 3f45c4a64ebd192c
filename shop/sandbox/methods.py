"""Payment methods (cards, SEPA debits, US bank accounts): https://docs.stripe.com/api/payment_methods."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from shop.sandbox.banks import ROUTING, US_NAMES, check_iban, check_us_account
from shop.sandbox.call import Call, api, pick
from shop.sandbox.cards import (
    CARDS,
    Card,
    Entry,
    brand_of,
    check_entry,
    checks_of,
    full_year,
    named,
    year_month,
)
from shop.sandbox.customers import live_customer
from shop.sandbox.errors import ApiError, Obj, invalid, missing_param, not_found, unsupported
from shop.sandbox.events import changed, emit
from shop.sandbox.fields import checked_email, full_address, merged_metadata
from shop.sandbox.lists import list_page
from shop.sandbox.store import Tx

KIND = "payment_method"
TYPES = ("card", "sepa_debit", "us_bank_account")


def fingerprint(text: str) -> str:
    """Return what tells one card or account from another without saying its number."""
    return hashlib.sha256(f"vitrine {text}".encode()).hexdigest()[:16]


def billing_of(given: Obj | None, old: Obj | None = None, path: str = "billing_details") -> Obj:
    """Return billing details, those that were not given as they were."""
    given, known = given or {}, old or {}
    if given.get("email"):
        checked_email(given["email"], f"{path}[email]")
    address = known.get("address")
    if "address" in given or address is None:
        address = full_address((address or {}) | (given.get("address") or {}))
    country = address.get("country")
    if country and not re.fullmatch(r"[A-Z]{2}", country):
        raise invalid(
            f"Country '{country[:20]}' is unknown.", f"{path}[address][country]", "country_code_invalid"
        )
    plain = {
        name: (given.get(name, known.get(name)) or None) for name in ("email", "name", "phone", "tax_id")
    }
    return {"address": address, **plain}


def _add(tx: Tx, kind: str, details: Obj, billing: Obj, more: Obj) -> Obj:
    method = {
        "id": tx.new_id("pm_"),
        "object": KIND,
        "allow_redisplay": more.get("allow_redisplay", "unspecified"),
        "billing_details": billing,
        "created": tx.seconds,
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": more.get("metadata") or {},
        "type": kind,
        kind: details,
        "_card": more.get("_card"),
        "_account": more.get("_account"),
    }
    return tx.add(KIND, method)


def new_card(tx: Tx, entry: Entry, billing: Obj | None, more: Obj | None = None) -> Obj:
    """Keep a payment method for a card. Of the number only the last four digits stay, unless it is a test card's."""
    card = CARDS.get(entry.number)
    brand = card.brand if card else brand_of(entry.number)
    billing = billing_of(billing)
    details = {
        "brand": brand,
        "checks": checks_of(card, billing["address"], entry.cvc),
        "country": card.country if card else None,
        "display_brand": brand,
        "exp_month": entry.exp_month,
        "exp_year": entry.exp_year,
        "fingerprint": fingerprint(entry.number),
        "funding": card.funding if card else "unknown",
        "generated_from": None,
        "last4": entry.number[-4:],
        "networks": {"available": [brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }
    return _add(tx, "card", details, billing, (more or {}) | {"_card": card and card.number})


def new_sepa_debit(
    tx: Tx, iban: str, billing: Obj | None, more: Obj | None = None, path: str = "sepa_debit"
) -> Obj:
    """Keep a payment method for a bank account that is debited by SEPA; it needs a name and an e-mail address."""
    number = check_iban(iban, f"{path}[iban]")
    billing = billing_of(billing)
    for name in ("name", "email"):
        if not billing[name]:
            raise missing_param(f"billing_details[{name}]")
    details = {
        "bank_code": number[4:9],
        "branch_code": "",
        "country": number[:2],
        "fingerprint": fingerprint(number),
        "generated_from": {"charge": None, "setup_attempt": None},
        "last4": number[-4:],
    }
    return _add(tx, "sepa_debit", details, billing, (more or {}) | {"_account": number})


def new_us_account(tx: Tx, given: Obj, billing: Obj | None, more: Obj | None = None) -> Obj:
    """Keep a payment method for a US bank account; it needs its holder's name."""
    number, routing = check_us_account(given)
    billing = billing_of(billing)
    if not billing["name"]:
        raise missing_param("billing_details[name]")
    details = {
        "account_holder_type": given.get("account_holder_type", "individual"),
        "account_type": given.get("account_type", "checking"),
        "bank_name": "STRIPE TEST BANK",
        "financial_connections_account": None,
        "fingerprint": fingerprint(routing + number),
        "last4": number[-4:],
        "networks": {"preferred": "ach", "supported": ["ach"]},
        "routing_number": routing,
        "status_details": None,
    }
    return _add(tx, "us_bank_account", details, billing, (more or {}) | {"_account": number})


def token_entry(tx: Tx, card: Card) -> Entry:
    """Return what stands behind a test name: the card's number with a date to come."""
    year, _month = year_month(tx)
    return Entry(card.number, 12, year + 3, "1234" if card.brand == "amex" else "123")


def method_of(tx: Tx, method_id: str, param: str) -> Obj:
    """Return a payment method by its id, or a new one for a test name such as ``pm_card_visa``."""
    card = named(method_id.removeprefix("pm_card_")) if method_id.startswith("pm_card_") else None
    if card:
        return new_card(tx, token_entry(tx, card), None)
    account = US_NAMES.get(method_id.removeprefix("pm_usBankAccount_"))
    if account and method_id.startswith("pm_usBankAccount_"):
        numbers = {"account_number": account, "routing_number": ROUTING}
        return new_us_account(tx, numbers, {"name": "Test Buyer"})
    method = tx.find(KIND, method_id)
    if method is None:
        raise not_found("PaymentMethod", method_id, param, status=400)
    return method


def card_of_token(tx: Tx, token: str, param: str) -> Entry:
    """Return the card behind ``tok_visa`` and its like."""
    card = named(token.removeprefix("tok_")) if token.startswith("tok_") else None
    if card is None:
        raise not_found("token", token, param, status=400)
    return token_entry(tx, card)


def make_method(tx: Tx, data: Obj, path: str = "") -> Obj:
    """Keep a new payment method from a create call or from ``payment_method_data``.

    Raises:
        ApiError: 402 for a card that is wrong at entry, 400 for what is missing or of another type.
    """

    def at(name: str) -> str:
        return f"{path}[{name}]" if path else name

    kind = data.get("type")
    if kind is None:
        raise missing_param(at("type"))
    if kind not in TYPES:
        raise unsupported(at("type"), f"payment methods of the type `{kind}`")
    for other in TYPES:
        if other in data and other != kind:
            raise invalid(f"`{other}` is not for payment methods of the type `{kind}`.", at(other))
    if kind not in data:
        raise missing_param(at(kind))
    billing = data.get("billing_details")
    more: Obj = {"metadata": merged_metadata({}, data.get("metadata"), at("metadata"))}
    if "allow_redisplay" in data:
        more["allow_redisplay"] = data["allow_redisplay"]
    if kind == "sepa_debit":
        return new_sepa_debit(tx, data[kind]["iban"], billing, more, at(kind))
    if kind == "us_bank_account":
        return new_us_account(tx, data[kind], billing, more)
    return new_card(tx, _card_entry(tx, data[kind], at(kind)), billing, more)


def _card_entry(tx: Tx, given: Obj, path: str) -> Entry:
    if "token" in given:
        return card_of_token(tx, given["token"], f"{path}[token]")
    for name in ("number", "exp_month", "exp_year"):
        if name not in given:
            raise missing_param(f"{path}[{name}]")
    number = re.sub(r"[\s-]", "", given["number"])
    entry = Entry(number, given["exp_month"], full_year(given["exp_year"]), given.get("cvc"))
    check_entry(entry, *year_month(tx))
    return entry


@api.on("POST", "/v1/payment_methods", "PaymentMethodCreateParams")
def create_method(call: Call) -> Obj:
    """Create a payment method from numbers, or a card from a test token (``tok_visa``)."""
    return make_method(call.tx, call.params)


def get_method(tx: Tx, method_id: str, param: str = "payment_method", status: int = 404) -> Obj:
    """Return a payment method or raise Stripe's ``resource_missing``."""
    method = tx.find(KIND, method_id)
    if method is None:
        raise not_found("PaymentMethod", method_id, param, status)
    return method


@api.on("GET", "/v1/payment_methods/{id}", "PaymentMethodRetrieveParams")
def retrieve_method(call: Call) -> Obj:
    """Return a payment method."""
    return get_method(call.tx, call.id)


@api.on("POST", "/v1/payment_methods/{id}", "PaymentMethodUpdateParams")
def update_method(call: Call) -> Obj:
    """Change a payment method that a customer keeps: billing details, metadata, a card's date."""
    tx, params = call.tx, call.params
    method = get_method(tx, call.id)
    if method["customer"] is None:
        raise invalid(
            "You must save this PaymentMethod to a customer before you can update it.", "payment_method"
        )
    new: Obj = {"metadata": merged_metadata(method["metadata"], params.get("metadata", {}))}
    if "allow_redisplay" in params:
        new["allow_redisplay"] = params["allow_redisplay"]
    if "billing_details" in params:
        new["billing_details"] = billing_of(params["billing_details"], method["billing_details"])
    if "card" in params:
        new["card"] = _changed_card(tx, method, params["card"])
    before = changed(method, new)
    tx.save(KIND, method)
    if before:
        emit(tx, "payment_method.updated", method, before)
    return method


def _changed_card(tx: Tx, method: Obj, given: Any) -> Obj:
    if method["type"] != "card":
        raise invalid("`card` can only be changed on a card.", "card")
    card: Obj = dict(method["card"])
    card |= {"exp_month": given.get("exp_month", card["exp_month"])}
    card |= {"exp_year": full_year(given.get("exp_year", card["exp_year"]))}
    # The number was right when it came; only the date is checked again.
    check_entry(Entry("4242424242424242", card["exp_month"], card["exp_year"], None), *year_month(tx))
    return card


def attach(tx: Tx, method: Obj, customer_id: str) -> Obj:
    """Let a customer keep a payment method (``payment_method.attached``)."""
    if method["customer"] == customer_id:
        return method
    if method["customer"] is not None or method.get("_is_spent"):
        raise invalid(
            "This PaymentMethod was previously used without being attached to a Customer or was detached from a "
            "Customer, and may not be used again."
            if method.get("_is_spent")
            else "The payment method you provided has already been attached to a customer.",
            "payment_method",
        )
    method["customer"] = customer_id
    tx.save(KIND, method)
    emit(tx, "payment_method.attached", method)
    return method


@api.on("POST", "/v1/payment_methods/{id}/attach", "PaymentMethodAttachParams")
def attach_method(call: Call) -> Obj:
    """Save a payment method to a customer; a card that the bank refuses is not saved."""
    tx, params = call.tx, call.params
    if "customer" not in params:
        raise missing_param("customer")
    customer = live_customer(tx, params["customer"], "customer", 400)
    return save_method(tx, call.id, customer["id"])


def save_method(tx: Tx, method_id: str, customer_id: str) -> Obj:
    """Save a payment method, by its id or a test name, to a customer; a card that the bank refuses is not saved."""
    method = method_of(tx, method_id, "payment_method")
    card = CARDS.get(method["_card"] or "")
    if card and card.code and card.is_refused_at_once:
        raise ApiError(
            402, card.message or "", kind="card_error", code=card.code, decline_code=card.decline_code
        )
    return attach(tx, method, customer_id)


@api.on("POST", "/v1/payment_methods/{id}/detach", "PaymentMethodDetachParams")
def detach_method(call: Call) -> Obj:
    """Take a payment method from its customer; it can never be used again."""
    method = get_method(call.tx, call.id)
    if method["customer"] is None:
        raise invalid(
            "The payment method you provided is not attached to a customer so detachment is impossible."
        )
    customer = call.tx.find("customer", method["customer"]) or {"deleted": True}
    if not customer.get("deleted") and customer["invoice_settings"]["default_payment_method"] == method["id"]:
        customer["invoice_settings"]["default_payment_method"] = None
        call.tx.save("customer", customer)
    before = changed(method, {"customer": None})
    method["_is_spent"] = True
    call.tx.save(KIND, method)
    emit(call.tx, "payment_method.detached", method, before)
    return method


@api.on("GET", "/v1/payment_methods", "PaymentMethodListParams")
def list_methods(call: Call) -> Obj:
    """List the payment methods of a customer, newest first; without one, none is attached to list."""
    params, fields = call.params, pick(call.params, "allow_redisplay")
    if "customer" in params:
        live_customer(call.tx, params["customer"], "customer", 400)
    return list_page(call, KIND, fields, label=params.get("type"), customer=params.get("customer"))


@api.on("GET", "/v1/customers/{id}/payment_methods", "CustomerPaymentMethodListParams")
def list_customers_methods(call: Call) -> Obj:
    """List what a customer keeps, newest first."""
    live_customer(call.tx, call.id)
    return list_page(
        call, KIND, pick(call.params, "allow_redisplay"), label=call.params.get("type"), customer=call.id
    )


@api.on("GET", "/v1/customers/{customer}/payment_methods/{id}", "CustomerPaymentMethodRetrieveParams")
def retrieve_customers_method(call: Call) -> Obj:
    """Return one payment method that a customer keeps."""
    live_customer(call.tx, call.id)
    method = get_method(call.tx, call.ids[1])
    if method["customer"] != call.id:
        raise not_found("PaymentMethod", call.ids[1], "payment_method")
    return method
