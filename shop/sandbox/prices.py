"""Prices, and the two calls on products that touch them: https://docs.stripe.com/api/prices."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from shop.sandbox.call import Call, api, blank_to_none, pick
from shop.sandbox.currency import checked_currency
from shop.sandbox.errors import Obj, invalid, missing_param, not_found
from shop.sandbox.events import changed, emit
from shop.sandbox.fields import checked_length, merged_metadata
from shop.sandbox.lists import list_page
from shop.sandbox.params import UNSETTABLE
from shop.sandbox.products import (
    add_product,
    check_free_id,
    live_product,
    product_values,
    update_product_values,
)
from shop.sandbox.store import Tx

KIND = "price"
MAX_LOOKUP_KEY, MAX_PLACES, MAX_UNIT = 200, 12, 10**12
# What `recurring` may count at most: three years (https://docs.stripe.com/api/prices/create).
_LONGEST = {"day": 1095, "week": 156, "month": 36, "year": 3}


def unit_amounts(data: Obj, path: str) -> Obj:
    """Return ``unit_amount`` and ``unit_amount_decimal`` from whichever of the two was given."""
    if ("unit_amount" in data) == ("unit_amount_decimal" in data):
        where = f" for `{path}`" if path else ""
        raise invalid(
            f"You must specify exactly one of `unit_amount` and `unit_amount_decimal`{where}.",
            path or None,
            "parameter_missing",
        )
    name = "unit_amount" if "unit_amount" in data else "unit_amount_decimal"
    at = f"{path}[{name}]" if path else name
    unit = Decimal(data[name])
    if unit < 0:
        raise invalid("Invalid non-negative integer", at, "parameter_invalid_integer")
    if -int(unit.as_tuple().exponent) > MAX_PLACES or unit > MAX_UNIT:
        raise invalid(f"Invalid decimal: {data[name]}; at most {MAX_PLACES} decimal places.", at)
    return {
        "unit_amount": int(unit) if unit == unit.to_integral_value() else None,
        "unit_amount_decimal": format(unit.normalize(), "f"),
    }


def price_values(data: Obj, path: str = "") -> Obj:
    """Return the values of a new price from ``price_data``, ``default_price_data`` or a create call."""

    def at(name: str) -> str:
        return f"{path}[{name}]" if path else name

    currency = checked_currency(data["currency"], at("currency"))
    recurring = _recurring(data["recurring"], at("recurring")) if "recurring" in data else None
    return {
        "currency": currency,
        "recurring": recurring,
        "tax_behavior": data.get("tax_behavior", "unspecified"),
        "transform_quantity": _transformed(data.get("transform_quantity"), at("transform_quantity")),
        "type": "recurring" if recurring else "one_time",
        "_options": currency_options(data.get("currency_options"), currency, at("currency_options")),
    } | unit_amounts(data, path)


def _recurring(given: Obj, path: str) -> Obj:
    count = given.get("interval_count", 1)
    most = _LONGEST[given["interval"]]
    if not 1 <= count <= most:
        raise invalid(f"Invalid interval_count: must be between 1 and {most}.", f"{path}[interval_count]")
    return {
        "interval": given["interval"],
        "interval_count": count,
        "meter": None,
        "trial_period_days": given.get("trial_period_days"),
        "usage_type": "licensed",
    }


def _transformed(given: Obj | None, path: str) -> Obj | None:
    if given is None:
        return None
    if given["divide_by"] < 1:
        raise invalid("Invalid positive integer", f"{path}[divide_by]", "parameter_invalid_integer")
    return {"divide_by": given["divide_by"], "round": given["round"]}


def currency_options(given: Any, currency: str, path: str, old: Obj | None = None) -> Obj:
    """Return the prices in other currencies, by code; an empty one is taken away."""
    result = dict(old or {})
    for code, option in (given or {}).items():
        name = checked_currency(code, f"{path}[{code}]")
        if name == currency:
            raise invalid(f"`{path}` must not hold the price's own currency.", f"{path}[{code}]")
        if option == "":
            result.pop(name, None)
            continue
        result[name] = {
            "custom_unit_amount": None,
            "tax_behavior": option.get("tax_behavior", "unspecified"),
        } | unit_amounts(option, f"{path}[{code}]")
    return result


def add_price(tx: Tx, product_id: str, new: Obj, *, is_told: bool = True) -> Obj:
    """Keep a new price of a product, and tell it (``price.created``)."""
    price: Obj = {
        "id": tx.new_id("price_"),
        "object": KIND,
        "active": True,
        "billing_scheme": "per_unit",
        "created": tx.seconds,
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "product": product_id,
        "tiers_mode": None,
    } | new
    tx.add(KIND, price)
    if is_told:
        emit(tx, "price.created", price)
    return price


def get_price(tx: Tx, price_id: str, param: str = "price", status: int = 404) -> Obj:
    """Return a price or raise Stripe's ``resource_missing``."""
    price = tx.find(KIND, price_id)
    if price is None:
        raise not_found(KIND, price_id, param, status)
    return price


def unit_in(price: Obj, currency: str) -> Obj | None:
    """Return what one unit costs in a currency, as a price's own two members say it; None when it has none."""
    if currency == price["currency"]:
        return price
    option: Obj | None = price.get("_options", {}).get(currency)
    return option


def times(price: Obj, unit: Obj, quantity: int) -> int:
    """Return what a quantity costs: packages are counted first, then minor units are rounded half up."""
    package = price.get("transform_quantity")
    if package:
        whole, rest = divmod(quantity, package["divide_by"])
        quantity = whole + (1 if rest and package["round"] == "up" else 0)
    exact = Decimal(unit["unit_amount_decimal"]) * quantity
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))


def _claim_lookup_key(tx: Tx, key: str | None, *, is_moved: bool, price_id: str | None = None) -> None:
    """Refuse a lookup key that another active price has, or take it from that price."""
    if key is None:
        return
    checked_length(key, MAX_LOOKUP_KEY, "lookup_key")
    for other in tx.select(KIND, label=key):
        if other["id"] == price_id or not other["active"]:
            continue
        if not is_moved:
            raise invalid(
                f"A price (`{other['id']}`) already uses that lookup key. Pass `transfer_lookup_key=true` to move it.",
                "lookup_key",
                "resource_already_exists",
            )
        before = changed(other, {"lookup_key": None})
        tx.save(KIND, other)
        emit(tx, "price.updated", other, before)


@api.on("POST", "/v1/prices", "PriceCreateParams")
def create_price(call: Call) -> Obj:
    """Create a price of a product that exists, or of one made on the way (``product_data``)."""
    tx, params = call.tx, call.params
    if ("product" in params) == ("product_data" in params):
        raise (
            invalid("You may only specify one of these parameters: product, product_data.", "product")
            if "product" in params
            else missing_param("product")
        )
    new = price_values(params)
    _claim_lookup_key(tx, params.get("lookup_key"), is_moved=params.get("transfer_lookup_key", False))
    new |= {
        "active": params.get("active", True),
        "lookup_key": params.get("lookup_key"),
        "metadata": merged_metadata({}, params.get("metadata", {})),
        "nickname": params.get("nickname"),
    }
    if "product" in params:
        product_id = live_product(tx, params["product"], "product", 400)["id"]
    else:
        product_id = _product_of(tx, params["product_data"])["id"]
    return add_price(tx, product_id, new)


def _product_of(tx: Tx, data: Obj) -> Obj:
    if "id" in data:
        check_free_id(tx, data["id"], "product")
    return add_product(tx, product_values(data, {}, "product_data"), data.get("id"))


@api.on("GET", "/v1/prices/{id}", "PriceRetrieveParams")
def retrieve_price(call: Call) -> Obj:
    """Return a price."""
    return get_price(call.tx, call.id)


@api.on(
    "POST",
    "/v1/prices/{id}",
    "PriceUpdateParams",
    extra=dict.fromkeys(("lookup_key", "nickname"), UNSETTABLE),
)
def update_price(call: Call) -> Obj:
    """Change what may change of a price: its amount and currency never do."""
    tx, params = call.tx, call.params
    price = get_price(tx, call.id)
    given = pick(params, "active", "nickname", "tax_behavior")
    new: Obj = {name: blank_to_none(value) for name, value in given.items()}
    if price["tax_behavior"] not in ("unspecified", new.get("tax_behavior", price["tax_behavior"])):
        raise invalid("`tax_behavior` cannot be changed once it is specified.", "tax_behavior")
    if "lookup_key" in params:
        is_moved = params.get("transfer_lookup_key", False)
        new["lookup_key"] = blank_to_none(params["lookup_key"])
        _claim_lookup_key(tx, new["lookup_key"], is_moved=is_moved, price_id=price["id"])
    if "currency_options" in params:
        price["_options"] = (
            currency_options(
                params["currency_options"], price["currency"], "currency_options", price.get("_options")
            )
            if params["currency_options"]
            else {}
        )
    new["metadata"] = merged_metadata(price["metadata"], params.get("metadata", {}))
    before = changed(price, new)
    tx.save(KIND, price)
    if before:
        emit(tx, "price.updated", price, before)
    return price


@api.on("GET", "/v1/prices", "PriceListParams")
def list_prices(call: Call) -> Obj:
    """List prices, newest first, by product, lookup key, currency, type or activity."""
    params = call.params
    recurring = params.get("recurring", {})
    fields = {name: params.get(name) for name in ("active", "currency", "type")}
    fields["recurring.interval"] = recurring.get("interval")
    return list_page(call, KIND, fields, parent=params.get("product"), label=params.get("lookup_keys"))


@api.on("POST", "/v1/products", "ProductCreateParams")
def create_product(call: Call) -> Obj:
    """Create a product, with its default price if wanted."""
    tx, params = call.tx, call.params
    if "id" in params:
        check_free_id(tx, params["id"], "product")
    new = product_values(params, {})
    if "type" in params:
        new["type"] = params["type"]
    default = params.get("default_price_data")
    values = price_values(default, "default_price_data") if default else None
    product = add_product(tx, new, params.get("id"))
    if default and values:
        values["metadata"] = merged_metadata({}, default.get("metadata"), "default_price_data[metadata]")
        price = add_price(tx, product["id"], values)
        update_product_values(tx, product, {"default_price": price["id"]})
    return product


@api.on("POST", "/v1/products/{id}", "ProductUpdateParams")
def update_product(call: Call) -> Obj:
    """Change a product; its default price must be one of its own, active ones."""
    product = live_product(call.tx, call.id)
    new = product_values(call.params, product)
    if "default_price" in call.params:
        price = get_price(call.tx, call.params["default_price"], "default_price", 400)
        if price["product"] != product["id"] or not price["active"]:
            raise invalid(
                f"The price `{price['id']}` must be an active price of the product `{product['id']}`.",
                "default_price",
            )
        new["default_price"] = price["id"]
    return update_product_values(call.tx, product, new)
