"""What a session costs: lines, discounts, shipping and taxes, to the minor unit.

Discounts come off the lines before taxes, as https://docs.stripe.com/payments/checkout/taxes and
https://docs.stripe.com/payments/checkout/discounts say.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from shop.sandbox.errors import Obj
from shop.sandbox.store import Tx
from shop.sandbox.tax_rates import get_rate

ALL = 100


def rounded(amount: Decimal) -> int:
    """Return whole minor units, half up."""
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


def spread(amount: int, weights: list[int]) -> list[int]:
    """Share an amount out by weights, none larger than its weight; the largest remainders get the odd units."""
    whole = sum(weights)
    if whole == 0:
        return [0] * len(weights)
    amount = min(amount, whole)
    shares = [amount * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda place: (-(amount * weights[place] % whole), place))
    for place in by_remainder[: amount - sum(shares)]:
        shares[place] += 1
    return shares


def _discounted(coupon: Obj, items: list[Obj], currency: str) -> list[int]:
    """Return what a coupon takes off each line."""
    only = (coupon.get("_applies_to") or {}).get("products")
    weights = [
        item["amount_subtotal"] if not only or item["price"]["product"] in only else 0 for item in items
    ]
    if coupon["percent_off"] is not None:
        share = Decimal(str(coupon["percent_off"])) / ALL
        return [rounded(weight * share) for weight in weights]
    return spread(amount_off(coupon, currency) or 0, weights)


def amount_off(coupon: Obj, currency: str) -> int | None:
    """Return what a coupon takes off in a currency, None when it has no amount in it."""
    if coupon["currency"] == currency:
        return int(coupon["amount_off"])
    option = coupon["_options"].get(currency)
    return option and int(option["amount_off"])


def _taxes(rates: list[Obj], taxable: int) -> tuple[list[Obj], int]:
    """Return a line's taxes and how much of them comes on top of the price."""
    inside = sum((Decimal(str(rate["percentage"])) for rate in rates if rate["inclusive"]), Decimal(0))
    net = Decimal(taxable) * ALL / (ALL + inside)
    rows, on_top = [], 0
    for rate in rates:
        amount = rounded(net * Decimal(str(rate["percentage"])) / ALL)
        rows.append({
            "amount": amount,
            "rate": rate,
            "taxability_reason": None,
            "taxable_amount": rounded(net),
        })  # fmt: skip
        on_top += 0 if rate["inclusive"] else amount
    return rows, on_top


def recount(tx: Tx, session: Obj) -> None:
    """Write the amounts of a session, its lines and their breakdown anew.

    Reads ``_line_items`` (each with its ``_tax_rates``), ``_discount`` with its ``_coupon``, the chosen shipping option.
    """
    items: list[Obj] = session["_line_items"]
    discount = session.get("_discount")
    coupon = session["_coupon"] if discount else None
    shares = _discounted(coupon, items, session["currency"]) if coupon else [0] * len(items)
    taxes: dict[str, Obj] = {}
    for item, share in zip(items, shares, strict=True):
        rates = [get_rate(tx, rate_id) for rate_id in item["_tax_rates"]]
        rows, on_top = _taxes(rates, item["amount_subtotal"] - share)
        item["_discounts"] = [{"amount": share, "discount": discount}] if discount and share else []
        item["_taxes"] = rows
        item["amount_discount"] = share
        item["amount_tax"] = sum(row["amount"] for row in rows)
        item["amount_total"] = item["amount_subtotal"] - share + on_top
        for row in rows:
            known = taxes.setdefault(row["rate"]["id"], row | {"amount": 0, "taxable_amount": 0})
            known["amount"] += row["amount"]
            known["taxable_amount"] += row["taxable_amount"]
    shipping = (session["shipping_cost"] or {}).get("amount_total", 0)
    session["amount_subtotal"] = sum(item["amount_subtotal"] for item in items)
    session["amount_total"] = sum(item["amount_total"] for item in items) + shipping
    session["total_details"] = {
        "amount_discount": sum(shares),
        "amount_shipping": shipping,
        "amount_tax": sum(item["amount_tax"] for item in items),
    }
    session["_breakdown"] = {
        "discounts": [{"amount": sum(shares), "discount": discount}] if discount else [],
        "taxes": list(taxes.values()),
    }
