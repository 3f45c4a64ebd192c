"""Customers: https://docs.stripe.com/api/customers."""

from __future__ import annotations

from typing import Any

from shop.sandbox.call import Call, api, blank_to_none, pick
from shop.sandbox.errors import Obj, invalid, not_found, unsupported
from shop.sandbox.events import changed, emit
from shop.sandbox.fields import checked_email, full_address, merged_metadata
from shop.sandbox.lists import list_page
from shop.sandbox.store import Tx

_PLAIN = (
    "description",
    "name",
    "phone",
    "tax_exempt",
    "preferred_locales",
    "business_name",
    "individual_name",
)
_UNSUPPORTED = ("source", "payment_method", "cash_balance", "tax", "tax_id_data", "test_clock", "balance")


def _values(params: Obj, old: Obj) -> Obj:
    """Return what a create or an update changes."""
    for name in _UNSUPPORTED:
        if name in params:
            raise unsupported(name)
    new = {name: blank_to_none(value) for name, value in pick(params, *_PLAIN).items()}
    for name in ("business_name", "individual_name"):
        if new.get(name, "") is None:
            raise unsupported(name, f"unsetting `{name}`")
    if "email" in params:
        new["email"] = checked_email(params["email"], "email") if params["email"] else None
    if "address" in params:
        new["address"] = full_address(params["address"]) if params["address"] else None
    if "shipping" in params:
        new["shipping"] = _shipping(params["shipping"])
    new["metadata"] = merged_metadata(old.get("metadata", {}), params.get("metadata", {}))
    if "invoice_prefix" in params:
        new["invoice_prefix"] = params["invoice_prefix"]
    return new


def _shipping(given: Any) -> Obj | None:
    if not given:
        return None
    return {
        "address": full_address(given.get("address")),
        "name": given.get("name"),
        "phone": given.get("phone") or None,
    }


def add_customer(tx: Tx, new: Obj) -> Obj:
    """Keep a new customer with the given values, and tell it (``customer.created``)."""
    customer: Obj = {
        "id": tx.new_id("cus_"),
        "object": "customer",
        "address": None,
        "balance": 0,
        "created": tx.seconds,
        "currency": None,
        "customer_account": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": None,
        "invoice_prefix": tx.store.ids.text(8).upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": {},
        "name": None,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }
    customer.update(new)
    tx.add("customer", customer)
    emit(tx, "customer.created", customer)
    return customer


def update_customer_values(tx: Tx, customer: Obj, new: Obj) -> Obj:
    """Write changed values of a customer; tells it only when something differs."""
    before = changed(customer, new)
    if before:
        tx.save("customer", customer)
        emit(tx, "customer.updated", customer, before)
    return customer


def live_customer(tx: Tx, customer_id: str, param: str = "id", status: int = 404) -> Obj:
    """Return a customer that exists and was not deleted, or raise Stripe's ``resource_missing``."""
    customer = tx.find("customer", customer_id)
    if customer is None or customer.get("deleted"):
        raise not_found("customer", customer_id, param, status)
    return customer


@api.on("POST", "/v1/customers", "CustomerCreateParams")
def create_customer(call: Call) -> Obj:
    """Create a customer."""
    return add_customer(call.tx, _values(call.params, {}))


@api.on("GET", "/v1/customers/{id}", "CustomerRetrieveParams")
def retrieve_customer(call: Call) -> Obj:
    """Return a customer; a deleted one as ``{"id", "object", "deleted": true}``."""
    customer = call.tx.find("customer", call.id)
    if customer is None:
        raise not_found("customer", call.id)
    return customer


@api.on("POST", "/v1/customers/{id}", "CustomerUpdateParams")
def update_customer(call: Call) -> Obj:
    """Change a customer."""
    for name in ("default_source", "invoice_settings"):
        if name in call.params:
            raise unsupported(name)
    customer = live_customer(call.tx, call.id)
    return update_customer_values(call.tx, customer, _values(call.params, customer))


@api.on("DELETE", "/v1/customers/{id}", "CustomerDeleteParams")
def delete_customer(call: Call) -> Obj:
    """Delete a customer; its payments keep its id."""
    customer = live_customer(call.tx, call.id)
    emit(call.tx, "customer.deleted", customer)
    gone = {"id": call.id, "object": "customer", "deleted": True}
    return call.tx.save("customer", gone, is_deleted=True)


@api.on("GET", "/v1/customers", "CustomerListParams")
def list_customers(call: Call) -> Obj:
    """List customers, newest first, by e-mail address (exact) if wanted."""
    if "test_clock" in call.params:
        raise unsupported("test_clock")
    if call.params.get("email") == "":
        raise invalid("Invalid email address: ", "email", "email_invalid")
    return list_page(call, "customer", email=call.params.get("email"))
