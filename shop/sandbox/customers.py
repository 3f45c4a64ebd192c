"""Customers: https://docs.stripe.com/api/customers."""

from __future__ import annotations

import re
from typing import Any

from shop.sandbox.call import blank_to_none, pick
from shop.sandbox.errors import Obj, invalid, not_found, unsupported
from shop.sandbox.events import changed, emit
from shop.sandbox.fields import checked_email, full_address, merged_metadata
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
_PREFIX = re.compile(r"[A-Z0-9]{3,12}")


def customer_values(params: Obj, old: Obj) -> Obj:
    """Return what a create or an update changes, but for payment methods."""
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
        if not _PREFIX.fullmatch(params["invoice_prefix"]):
            raise invalid("This value must be 3-12 uppercase letters or digits.", "invoice_prefix")
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
