"""Shipping rates: https://docs.stripe.com/api/shipping_rates."""

from __future__ import annotations

from typing import Any

from shop.sandbox.call import Call, api
from shop.sandbox.currency import checked_currency
from shop.sandbox.errors import Obj, invalid, missing_param, not_found
from shop.sandbox.events import changed
from shop.sandbox.fields import checked_length, merged_metadata
from shop.sandbox.lists import list_page
from shop.sandbox.store import Tx

KIND = "shipping_rate"
MAX_NAME = 100


def add_rate(tx: Tx, data: Obj, path: str = "") -> Obj:
    """Keep a new shipping rate, from a create call or from a session's ``shipping_rate_data``."""

    def at(name: str) -> str:
        return f"{path}[{name}]" if path else name

    if "fixed_amount" not in data:
        raise missing_param(at("fixed_amount"))
    fixed = data["fixed_amount"]
    checked_length(data["display_name"], MAX_NAME, at("display_name"))
    currency = checked_currency(fixed["currency"], at("fixed_amount[currency]"))
    rate = {
        "id": tx.new_id("shr_"),
        "object": KIND,
        "active": True,
        "created": tx.seconds,
        "delivery_estimate": _estimate(data.get("delivery_estimate"), at("delivery_estimate")),
        "display_name": data["display_name"],
        "fixed_amount": {"amount": _amount(fixed, at("fixed_amount")), "currency": currency},
        "livemode": False,
        "metadata": merged_metadata({}, data.get("metadata"), at("metadata")),
        "tax_behavior": data.get("tax_behavior", "unspecified"),
        "tax_code": data.get("tax_code"),
        "type": "fixed_amount",
        "_options": _elsewhere(fixed.get("currency_options"), currency, {}),
    }
    return tx.add(KIND, rate)


def _amount(given: Obj, path: str) -> int:
    if given["amount"] < 0:
        raise invalid("Invalid non-negative integer", f"{path}[amount]", "parameter_invalid_integer")
    return int(given["amount"])


def _estimate(given: Any, path: str) -> Obj | None:
    if not given:
        return None
    for end in ("maximum", "minimum"):
        if end in given and given[end]["value"] < 1:
            raise invalid("Invalid positive integer", f"{path}[{end}][value]", "parameter_invalid_integer")
    return {end: given.get(end) for end in ("maximum", "minimum")}


def _elsewhere(given: Any, currency: str, old: Obj) -> Obj:
    result = dict(old)
    for code, option in (given or {}).items():
        path = f"fixed_amount[currency_options][{code}]"
        name = checked_currency(code, path)
        if name == currency:
            raise invalid("`currency_options` must not hold the rate's own currency.", path)
        known = result.get(name, {"tax_behavior": "unspecified"}) | option
        if "amount" not in known:
            raise missing_param(f"{path}[amount]")
        result[name] = {"amount": _amount(known, path), "tax_behavior": known["tax_behavior"]}
    return result


def amount_in(rate: Obj, currency: str) -> int | None:
    """Return what a rate costs in a currency, None when it has no price in it."""
    if rate["fixed_amount"]["currency"] == currency:
        return int(rate["fixed_amount"]["amount"])
    option = rate.get("_options", {}).get(currency)
    return option and int(option["amount"])


def get_rate(tx: Tx, rate_id: str, param: str = "shipping_rate", status: int = 404) -> Obj:
    """Return a shipping rate or raise Stripe's ``resource_missing``."""
    rate = tx.find(KIND, rate_id)
    if rate is None:
        raise not_found(KIND, rate_id, param, status)
    return rate


@api.on("POST", "/v1/shipping_rates", "ShippingRateCreateParams")
def create_rate(call: Call) -> Obj:
    """Create a shipping rate."""
    return add_rate(call.tx, call.params)


@api.on("GET", "/v1/shipping_rates/{id}", "ShippingRateRetrieveParams")
def retrieve_rate(call: Call) -> Obj:
    """Return a shipping rate."""
    return get_rate(call.tx, call.id)


@api.on("POST", "/v1/shipping_rates/{id}", "ShippingRateUpdateParams")
def update_rate(call: Call) -> Obj:
    """Change what may change of a shipping rate: its amount in its own currency never does."""
    tx, params = call.tx, call.params
    rate = get_rate(tx, call.id)
    new: Obj = {name: params[name] for name in ("active", "tax_behavior") if name in params}
    if rate["tax_behavior"] not in ("unspecified", new.get("tax_behavior", rate["tax_behavior"])):
        raise invalid("`tax_behavior` cannot be changed once it is specified.", "tax_behavior")
    options = params.get("fixed_amount", {}).get("currency_options")
    rate["_options"] = _elsewhere(options, rate["fixed_amount"]["currency"], rate.get("_options", {}))
    new["metadata"] = merged_metadata(rate["metadata"], params.get("metadata", {}))
    changed(rate, new)
    return tx.save(KIND, rate)


@api.on("GET", "/v1/shipping_rates", "ShippingRateListParams")
def list_rates(call: Call) -> Obj:
    """List shipping rates, newest first, by activity or currency."""
    params = call.params
    currency = params["currency"].lower() if "currency" in params else None
    return list_page(call, KIND, {"active": params.get("active"), "fixed_amount.currency": currency})
