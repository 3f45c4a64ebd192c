"""A session's line items and shipping options, built from what was sent, with the objects they create."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from shop.sandbox.currency import checked_currency
from shop.sandbox.errors import Obj, invalid, missing_param, not_found, unsupported
from shop.sandbox.fields import checked_length, checked_url, merged_metadata
from shop.sandbox.lists import public
from shop.sandbox.store import Tx

MAX_LINES, MAX_SHIPPING_OPTIONS, MAX_IMAGES, MAX_NAME = 100, 5, 8, 100
MAX_PLACES, MAX_UNIT = 12, 10**12


def build_line_items(tx: Tx, given: list[Obj], currency: str | None) -> tuple[list[Obj], str]:
    """Return the session's line items and its one currency; each inline price becomes a product and a price."""
    if len(given) > MAX_LINES:
        raise invalid(f"You passed {len(given)} line items; at most {MAX_LINES} are allowed.", "line_items")
    items = []
    for place, one in enumerate(given):
        path = f"line_items[{place}]"
        price = _price(tx, one, path)
        if currency and price["currency"] != currency:
            raise invalid(
                "All prices of a Checkout Session must have one currency, "
                f"but `{price['currency']}` stands beside `{currency}`.",
                path,
            )
        currency = price["currency"]
        items.append(_line_item(tx, one, price, path))
    return items, currency or "usd"


def _line_item(tx: Tx, one: Obj, price: Obj, path: str) -> Obj:
    for name in ("tax_rates", "adjustable_quantity"):
        if one.get(name) and (name == "tax_rates" or one[name].get("enabled")):
            raise unsupported(f"{path}[{name}]")
    if "quantity" not in one:
        raise missing_param(f"{path}[quantity]")
    if one["quantity"] < 1:
        raise invalid(
            "This value must be greater than or equal to 1.", f"{path}[quantity]", "parameter_invalid_integer"
        )
    total = _times(price, one["quantity"])
    product = tx.find("product", price["product"]) or {}
    return {
        "id": tx.new_id("li_"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": total,
        "amount_tax": 0,
        "amount_total": total,
        "currency": price["currency"],
        "description": product.get("name"),
        "metadata": merged_metadata({}, one.get("metadata"), f"{path}[metadata]"),
        "price": public(price),
        "quantity": one["quantity"],
        "_about": product.get("description"),
        "_image": next(iter(product.get("images", [])), None),
    }


def _times(price: Obj, quantity: int) -> int:
    exact = Decimal(price["unit_amount_decimal"]) * quantity
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))


def _price(tx: Tx, one: Obj, path: str) -> Obj:
    if ("price" in one) == ("price_data" in one):
        if "price" in one:
            raise invalid("You may only specify one of these parameters: price, price_data.", path)
        raise invalid(
            f"You must specify either `price` or `price_data` for `{path}`.", path, "parameter_missing"
        )
    if "price" in one:
        price = tx.find("price", one["price"])
        if price is None:
            raise not_found("price", one["price"], f"{path}[price]", status=400)
        return price
    return _inline_price(tx, one["price_data"], f"{path}[price_data]")


def _inline_price(tx: Tx, data: Obj, path: str) -> Obj:
    if "recurring" in data:
        raise unsupported(f"{path}[recurring]", "subscriptions")
    currency = checked_currency(data["currency"], f"{path}[currency]")
    unit = _unit_amount(data, path)
    if ("product" in data) == ("product_data" in data):
        raise invalid(f"You must specify exactly one of `product` and `product_data` for `{path}`.", path)
    if "product" in data:
        product = tx.find("product", data["product"])
        if product is None:
            raise not_found("product", data["product"], f"{path}[product]", status=400)
    else:
        product = _inline_product(tx, data["product_data"], f"{path}[product_data]")
    price = {
        "id": tx.new_id("price_"),
        "object": "price",
        "active": False,
        "billing_scheme": "per_unit",
        "created": tx.seconds,
        "currency": currency,
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "product": product["id"],
        "recurring": None,
        "tax_behavior": data.get("tax_behavior", "unspecified"),
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "one_time",
        "unit_amount": int(unit) if unit == unit.to_integral_value() else None,
        "unit_amount_decimal": format(unit.normalize(), "f"),
    }
    return tx.add("price", price)


def _unit_amount(data: Obj, path: str) -> Decimal:
    if ("unit_amount" in data) == ("unit_amount_decimal" in data):
        raise invalid(
            f"You must specify exactly one of `unit_amount` and `unit_amount_decimal` for `{path}`.", path
        )
    name = "unit_amount" if "unit_amount" in data else "unit_amount_decimal"
    unit = Decimal(data[name])
    if unit < 0:
        raise invalid("Invalid non-negative integer", f"{path}[{name}]", "parameter_invalid_integer")
    if -int(unit.as_tuple().exponent) > MAX_PLACES or unit > MAX_UNIT:
        raise invalid(
            f"Invalid decimal: {data[name]}; at most {MAX_PLACES} decimal places.", f"{path}[{name}]"
        )
    return unit


def _inline_product(tx: Tx, data: Obj, path: str) -> Obj:
    if "tax_details" in data:
        raise unsupported(f"{path}[tax_details]")
    images = [
        checked_url(url, f"{path}[images][{place}]") for place, url in enumerate(data.get("images", []))
    ]
    if len(images) > MAX_IMAGES:
        raise invalid(f"You may only specify up to {MAX_IMAGES} images.", f"{path}[images]")
    product = {
        "id": tx.new_id("prod_"),
        "object": "product",
        "active": False,
        "created": tx.seconds,
        "default_price": None,
        "description": data.get("description"),
        "images": images,
        "livemode": False,
        "marketing_features": [],
        "metadata": merged_metadata({}, data.get("metadata"), f"{path}[metadata]"),
        "name": data["name"],
        "package_dimensions": None,
        "shippable": None,
        "statement_descriptor": None,
        "tax_code": data.get("tax_code"),
        "tax_details": None,
        "type": "service",
        "updated": tx.seconds,
        "url": None,
    }
    if data.get("unit_label"):
        product["unit_label"] = data["unit_label"]
    return tx.add("product", product)


def build_shipping_options(tx: Tx, given: list[Obj], currency: str) -> list[Obj]:
    """Return the shipping rates to choose from; one given inline becomes a shipping rate."""
    if len(given) > MAX_SHIPPING_OPTIONS:
        raise invalid(
            f"You may only specify up to {MAX_SHIPPING_OPTIONS} shipping options.", "shipping_options"
        )
    rates = []
    for place, one in enumerate(given):
        path = f"shipping_options[{place}]"
        if ("shipping_rate" in one) == ("shipping_rate_data" in one):
            raise invalid(
                f"You must specify exactly one of `shipping_rate` and `shipping_rate_data` for `{path}`.",
                path,
            )
        if "shipping_rate" in one:
            rate = tx.find("shipping_rate", one["shipping_rate"])
            if rate is None:
                raise not_found("shipping_rate", one["shipping_rate"], f"{path}[shipping_rate]", status=400)
        else:
            rate = _inline_rate(tx, one["shipping_rate_data"], f"{path}[shipping_rate_data]")
        if rate["fixed_amount"]["currency"] != currency:
            raise invalid(
                f"The shipping rate is in `{rate['fixed_amount']['currency']}`, the line items in `{currency}`.",
                path,
            )
        rates.append(rate)
    return rates


def _inline_rate(tx: Tx, data: Obj, path: str) -> Obj:
    if "fixed_amount" not in data:
        raise missing_param(f"{path}[fixed_amount]")
    fixed = data["fixed_amount"]
    if "currency_options" in fixed:
        raise unsupported(f"{path}[fixed_amount][currency_options]")
    if fixed["amount"] < 0:
        raise invalid(
            "Invalid non-negative integer", f"{path}[fixed_amount][amount]", "parameter_invalid_integer"
        )
    checked_length(data["display_name"], MAX_NAME, f"{path}[display_name]")
    estimate = data.get("delivery_estimate")
    rate = {
        "id": tx.new_id("shr_"),
        "object": "shipping_rate",
        "active": True,
        "created": tx.seconds,
        "delivery_estimate": estimate and {end: estimate.get(end) for end in ("maximum", "minimum")},
        "display_name": data["display_name"],
        "fixed_amount": {
            "amount": fixed["amount"],
            "currency": checked_currency(fixed["currency"], f"{path}[fixed_amount][currency]"),
        },
        "livemode": False,
        "metadata": merged_metadata({}, data.get("metadata"), f"{path}[metadata]"),
        "tax_behavior": data.get("tax_behavior", "unspecified"),
        "tax_code": data.get("tax_code"),
        "type": "fixed_amount",
    }
    return tx.add("shipping_rate", rate)
