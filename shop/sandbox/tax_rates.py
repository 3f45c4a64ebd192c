"""Tax rates: https://docs.stripe.com/api/tax_rates."""

from __future__ import annotations

import re

from shop.sandbox.call import Call, api, pick
from shop.sandbox.errors import Obj, invalid, not_found
from shop.sandbox.events import changed, emit
from shop.sandbox.fields import checked_length, merged_metadata
from shop.sandbox.lists import list_page
from shop.sandbox.store import Tx

KIND = "tax_rate"
MAX_NAME, ALL = 50, 100
_PLAIN = ("active", "country", "description", "display_name", "jurisdiction", "state", "tax_type")


def _values(params: Obj, old: Obj) -> Obj:
    new = pick(params, *_PLAIN)
    for name in ("display_name", "jurisdiction"):
        checked_length(new.get(name, ""), MAX_NAME, name)
    if "country" in new and not re.fullmatch(r"[A-Z]{2}", new["country"]):
        raise invalid(f"Country '{new['country'][:20]}' is unknown.", "country", "country_code_invalid")
    new["metadata"] = merged_metadata(old.get("metadata", {}), params.get("metadata", {}))
    return new


@api.on("POST", "/v1/tax_rates", "TaxRateCreateParams")
def create_rate(call: Call) -> Obj:
    """Create a tax rate of a percentage."""
    tx, params = call.tx, call.params
    if not 0 <= params["percentage"] <= ALL:
        raise invalid("Invalid percentage: must be between 0 and 100.", "percentage")
    rate: Obj = {
        "id": tx.new_id("txr_"),
        "object": KIND,
        "active": True,
        "country": None,
        "created": tx.seconds,
        "description": None,
        "effective_percentage": params["percentage"],
        "flat_amount": None,
        "inclusive": params["inclusive"],
        "jurisdiction": None,
        "jurisdiction_level": None,
        "livemode": False,
        "percentage": params["percentage"],
        "rate_type": "percentage",
        "state": None,
        "tax_type": None,
    } | _values(params, {})
    tx.add(KIND, rate)
    emit(tx, "tax_rate.created", rate)
    return rate


def get_rate(tx: Tx, rate_id: str, param: str = "tax_rate", status: int = 404) -> Obj:
    """Return a tax rate or raise Stripe's ``resource_missing``."""
    rate = tx.find(KIND, rate_id)
    if rate is None:
        raise not_found(KIND, rate_id, param, status)
    return rate


@api.on("GET", "/v1/tax_rates/{id}", "TaxRateRetrieveParams")
def retrieve_rate(call: Call) -> Obj:
    """Return a tax rate."""
    return get_rate(call.tx, call.id)


@api.on("POST", "/v1/tax_rates/{id}", "TaxRateUpdateParams")
def update_rate(call: Call) -> Obj:
    """Change a tax rate; its percentage never changes."""
    rate = get_rate(call.tx, call.id)
    before = changed(rate, _values(call.params, rate))
    call.tx.save(KIND, rate)
    if before:
        emit(call.tx, "tax_rate.updated", rate, before)
    return rate


@api.on("GET", "/v1/tax_rates", "TaxRateListParams")
def list_rates(call: Call) -> Obj:
    """List tax rates, newest first, by activity or by whether they are in the price."""
    return list_page(call, KIND, pick(call.params, "active", "inclusive"))
