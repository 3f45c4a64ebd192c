"""The calls on customers: https://docs.stripe.com/api/customers."""

from __future__ import annotations

from typing import Any

from shop.sandbox.call import Call, api
from shop.sandbox.customers import add_customer, customer_values, live_customer, update_customer_values
from shop.sandbox.errors import Obj, invalid, not_found
from shop.sandbox.events import emit
from shop.sandbox.lists import list_page
from shop.sandbox.methods import get_method, save_method
from shop.sandbox.params import UNSETTABLE, Node
from shop.sandbox.store import Tx

# What an empty text unsets.
_EXTRA: dict[str, Node] = dict.fromkeys(("description", "email", "name", "phone"), UNSETTABLE)
_DEFAULT = "invoice_settings[default_payment_method]"


@api.on("POST", "/v1/customers", "CustomerCreateParams", extra=_EXTRA)
def create_customer(call: Call) -> Obj:
    """Create a customer."""
    tx, params = call.tx, call.params
    chosen = _chosen(params)
    customer = add_customer(tx, customer_values(params, {}))
    if "payment_method" in params:
        kept = save_method(tx, params["payment_method"], customer["id"])
        # A test name (`pm_card_visa`) became a payment method of its own.
        chosen = kept["id"] if chosen == params["payment_method"] else chosen
    return _with_default(tx, customer, chosen) if chosen else customer


def _chosen(params: Obj) -> Any:
    """Return the payment method that is to be a customer's default, an empty text for none, None for no change."""
    return params.get("invoice_settings", {}).get("default_payment_method")


def _with_default(tx: Tx, customer: Obj, method_id: str) -> Obj:
    settings = customer["invoice_settings"] | {"default_payment_method": method_id or None}
    if method_id and get_method(tx, method_id, _DEFAULT, 400)["customer"] != customer["id"]:
        raise invalid(
            "The default payment method must be one that the customer keeps: attach it first.", _DEFAULT
        )
    return update_customer_values(tx, customer, {"invoice_settings": settings})


@api.on("GET", "/v1/customers/{id}", "CustomerRetrieveParams")
def retrieve_customer(call: Call) -> Obj:
    """Return a customer; a deleted one as ``{"id", "object", "deleted": true}``."""
    customer = call.tx.find("customer", call.id)
    if customer is None:
        raise not_found("customer", call.id)
    return customer


@api.on("POST", "/v1/customers/{id}", "CustomerUpdateParams", extra=_EXTRA)
def update_customer(call: Call) -> Obj:
    """Change a customer."""
    customer = live_customer(call.tx, call.id)
    customer = update_customer_values(call.tx, customer, customer_values(call.params, customer))
    chosen = _chosen(call.params)
    return customer if chosen is None else _with_default(call.tx, customer, chosen)


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
    if call.params.get("email") == "":
        raise invalid("Invalid email address: ", "email", "email_invalid")
    return list_page(call, "customer", email=call.params.get("email"))
