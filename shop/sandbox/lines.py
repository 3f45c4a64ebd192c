"""A session's line items and shipping options, built from what was sent, with the objects they create."""

from __future__ import annotations

from shop.sandbox import shipping_rates
from shop.sandbox.errors import Obj, invalid, missing_param, unsupported
from shop.sandbox.fields import merged_metadata
from shop.sandbox.lists import public
from shop.sandbox.prices import add_price, get_price, price_values, times, unit_in
from shop.sandbox.products import add_product, live_product, product_values
from shop.sandbox.store import Tx
from shop.sandbox.tax_rates import get_rate

MAX_LINES, MAX_SHIPPING_OPTIONS, MAX_OPTIONAL, MAX_QUANTITY = 100, 5, 10, 999_999
# Bounds of `adjustable_quantity` when none are given: https://docs.stripe.com/api/checkout/sessions/create
ADJUSTABLE = (0, 99)


def build_line_items(tx: Tx, given: list[Obj], currency: str | None) -> tuple[list[Obj], str]:
    """Return the session's line items and its one currency; each inline price becomes a product and a price."""
    if len(given) > MAX_LINES:
        raise invalid(f"You passed {len(given)} line items; at most {MAX_LINES} are allowed.", "line_items")
    items = []
    for place, one in enumerate(given):
        path = f"line_items[{place}]"
        price = _price(tx, one, path)
        currency = currency or price["currency"]
        _check_currency(price, currency, path)
        items.append(_line_item(tx, one, price, currency, path))
    return items, currency or "usd"


def _check_currency(price: Obj, currency: str, path: str) -> None:
    if unit_in(price, currency) is None:
        raise invalid(
            "All prices of a Checkout Session must have one currency, "
            f"but `{price['currency']}` stands beside `{currency}`.",
            path,
        )


def _check_quantity(one: Obj, path: str) -> None:
    if "quantity" not in one:
        raise missing_param(f"{path}[quantity]")
    if one["quantity"] < 1:
        raise invalid(
            "This value must be greater than or equal to 1.", f"{path}[quantity]", "parameter_invalid_integer"
        )


def _line_item(tx: Tx, one: Obj, price: Obj, currency: str, path: str) -> Obj:
    rates = [
        get_rate(tx, rate_id, f"{path}[tax_rates][{place}]", 400)["id"]
        for place, rate_id in enumerate(one.get("tax_rates", []))
    ]
    _check_quantity(one, path)
    total = times(price, unit_in(price, currency) or price, one["quantity"])
    product = tx.find("product", price["product"]) or {}
    return {
        "id": tx.new_id("li_"),
        "object": "item",
        "adjustable_quantity": _adjustable(one.get("adjustable_quantity"), one["quantity"], path),
        "amount_discount": 0,
        "amount_subtotal": total,
        "amount_tax": 0,
        "amount_total": total,
        "currency": currency,
        "description": product.get("name"),
        "metadata": merged_metadata({}, one.get("metadata"), f"{path}[metadata]"),
        "price": public(price),
        "quantity": one["quantity"],
        "_about": product.get("description"),
        "_image": next(iter(product.get("images", [])), None),
        "_tax_rates": rates,
    }


def build_optional_items(tx: Tx, given: list[Obj], items: list[Obj], currency: str) -> list[Obj] | None:
    """Return what a session offers beside its lines, each by a saved price that is not among them."""
    if len(given) > MAX_OPTIONAL:
        raise invalid(f"You may only specify up to {MAX_OPTIONAL} optional items.", "optional_items")
    result: list[Obj] = []
    for place, one in enumerate(given):
        path = f"optional_items[{place}]"
        price = _saved_price(tx, one["price"], f"{path}[price]")
        if any(price["id"] == other["price"]["id"] for other in items):
            raise invalid("An optional item must not be among the line items.", f"{path}[price]")
        if any(price["id"] == other["price"] for other in result):
            raise invalid("Each optional item needs a price of its own.", f"{path}[price]")
        # Checks price, currency and quantity as a line's; the line itself is made when the buyer adds it.
        _check_currency(price, currency, path)
        _check_quantity(one, path)
        bounds = _adjustable(one.get("adjustable_quantity"), one["quantity"], path)
        result.append({"adjustable_quantity": bounds, "price": price["id"], "quantity": one["quantity"]})
    return result or None


def optional_line(tx: Tx, offered: Obj, currency: str) -> Obj:
    """Return the line that an optional item becomes when a buyer adds it."""
    item = _line_item(tx, offered, get_price(tx, offered["price"]), currency, "optional_items")
    return item | {"_is_optional": True}


def _adjustable(given: Obj | None, quantity: int, path: str) -> Obj | None:
    if not given or not given["enabled"]:
        return None
    least, most = given.get("minimum", ADJUSTABLE[0]), given.get("maximum", ADJUSTABLE[1])
    if not 0 <= least <= quantity <= most <= MAX_QUANTITY:
        raise invalid(
            f"The quantity {quantity} must lie between `minimum` ({least}) and `maximum` ({most}).",
            f"{path}[adjustable_quantity]",
        )
    return {"enabled": True, "maximum": most, "minimum": least}


def _price(tx: Tx, one: Obj, path: str) -> Obj:
    if ("price" in one) == ("price_data" in one):
        if "price" in one:
            raise invalid("You may only specify one of these parameters: price, price_data.", path)
        raise invalid(
            f"You must specify either `price` or `price_data` for `{path}`.", path, "parameter_missing"
        )
    if "price" in one:
        return _saved_price(tx, one["price"], f"{path}[price]")
    return _inline_price(tx, one["price_data"], f"{path}[price_data]")


def _saved_price(tx: Tx, price_id: str, path: str) -> Obj:
    price = get_price(tx, price_id, path, 400)
    if price["recurring"]:
        raise invalid(
            "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use "
            "only one-time prices.",
            path,
        )
    if not price["active"]:
        raise invalid(f"The price specified is inactive: `{price_id}`.", path)
    if not live_product(tx, price["product"], path, 400)["active"]:
        raise invalid(f"The product `{price['product']}` of the price `{price_id}` is inactive.", path)
    return price


def _inline_price(tx: Tx, data: Obj, path: str) -> Obj:
    """Return the price that ``price_data`` makes; it can be used in no other session, so it is not active."""
    if "recurring" in data:
        raise unsupported(f"{path}[recurring]", "subscriptions")
    if ("product" in data) == ("product_data" in data):
        raise invalid(f"You must specify exactly one of `product` and `product_data` for `{path}`.", path)
    new = price_values(data, path) | {"active": False}
    if "product" in data:
        product = live_product(tx, data["product"], f"{path}[product]", 400)
        return add_price(tx, product["id"], new, is_told=False)
    values = product_values(data["product_data"], {}, f"{path}[product_data]") | {"active": False}
    return add_price(tx, add_product(tx, values, is_told=False)["id"], new, is_told=False)


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
            rate = shipping_rates.get_rate(tx, one["shipping_rate"], f"{path}[shipping_rate]", 400)
            if not rate["active"]:
                raise invalid(f"The shipping rate `{rate['id']}` is inactive.", f"{path}[shipping_rate]")
        else:
            rate = shipping_rates.add_rate(tx, one["shipping_rate_data"], f"{path}[shipping_rate_data]")
        if shipping_rates.amount_in(rate, currency) is None:
            raise invalid(
                f"The shipping rate is in `{rate['fixed_amount']['currency']}`, the line items in `{currency}`.",
                path,
            )
        rates.append(rate)
    return rates
