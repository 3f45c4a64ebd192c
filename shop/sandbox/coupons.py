"""Coupons and the promotion codes that buyers type for them.

https://docs.stripe.com/api/coupons and https://docs.stripe.com/api/promotion_codes
"""

from __future__ import annotations

import re
from typing import Any

from shop.sandbox.call import Call, api
from shop.sandbox.currency import checked_currency
from shop.sandbox.customers import live_customer
from shop.sandbox.errors import Obj, invalid, missing_param, not_found
from shop.sandbox.events import changed, emit
from shop.sandbox.fields import checked_length, merged_metadata
from shop.sandbox.lists import list_page, shown_as
from shop.sandbox.products import check_free_id, live_product
from shop.sandbox.store import Tx

COUPON, CODE = "coupon", "promotion_code"
MAX_NAME, MAX_CODE, ALL = 40, 500, 100
# How far ahead `redeem_by` and `expires_at` may lie: five years.
FARTHEST = 5 * 366 * 24 * 3600


def _percent_or_amount(params: Obj) -> Obj:
    if ("percent_off" in params) == ("amount_off" in params):
        raise (
            invalid("You may only specify one of these parameters: amount_off, percent_off.", "percent_off")
            if "percent_off" in params
            else missing_param("percent_off")
        )
    if "percent_off" in params:
        if not 0 < params["percent_off"] <= ALL:
            raise invalid("Invalid percent_off: must be greater than 0 and at most 100.", "percent_off")
        for name in ("currency", "currency_options"):
            if name in params:
                raise invalid(f"`{name}` is only for coupons with `amount_off`.", name)
        return {"amount_off": None, "currency": None, "percent_off": params["percent_off"]}
    if params["amount_off"] < 1:
        raise invalid("Invalid positive integer", "amount_off", "parameter_invalid_integer")
    if "currency" not in params:
        raise missing_param("currency")
    currency = checked_currency(params["currency"], "currency")
    return {"amount_off": params["amount_off"], "currency": currency, "percent_off": None}


def _amounts_elsewhere(given: Obj | None, currency: str | None, old: Obj) -> Obj:
    result = dict(old)
    for code, option in (given or {}).items():
        name = checked_currency(code, f"currency_options[{code}]")
        if name == currency or currency is None:
            raise invalid(
                "`currency_options` holds currencies beside that of `amount_off`.",
                f"currency_options[{code}]",
            )
        if option["amount_off"] < 1:
            raise invalid(
                "Invalid positive integer",
                f"currency_options[{code}][amount_off]",
                "parameter_invalid_integer",
            )
        result[name] = {"amount_off": option["amount_off"]}
    return result


def _limits(tx: Tx, params: Obj, until: str) -> Obj:
    if params.get("max_redemptions", 1) < 1:
        raise invalid("Invalid positive integer", "max_redemptions", "parameter_invalid_integer")
    moment = params.get(until)
    if moment is not None and not tx.seconds < moment <= tx.seconds + FARTHEST:
        raise invalid(f"`{until}` must lie in the future, within five years.", until)
    return {"max_redemptions": params.get("max_redemptions"), until: moment}


def _duration(params: Obj) -> Obj:
    duration = params.get("duration", "once")
    months = params.get("duration_in_months")
    if (duration == "repeating") != (months is not None):
        raise (
            missing_param("duration_in_months")
            if months is None
            else invalid("`duration_in_months` is only for `duration=repeating`.", "duration_in_months")
        )
    if months is not None and months < 1:
        raise invalid("Invalid positive integer", "duration_in_months", "parameter_invalid_integer")
    return {"duration": duration, "duration_in_months": months}


def coupon_now(tx: Tx, coupon: Obj) -> Obj:
    """Return a coupon with whether it can be redeemed at this moment (``valid``)."""
    if coupon.get("deleted"):
        return coupon
    is_used_up = (
        coupon["max_redemptions"] is not None and coupon["times_redeemed"] >= coupon["max_redemptions"]
    )
    is_over = coupon["redeem_by"] is not None and coupon["redeem_by"] <= tx.seconds
    return coupon | {"valid": not (is_used_up or is_over)}


def code_now(tx: Tx, code: Obj) -> Obj:
    """Return a promotion code with whether it works at this moment (``active``)."""
    coupon = coupon_now(tx, tx.find(COUPON, code["promotion"]["coupon"]) or {"valid": False})
    is_used_up = code["max_redemptions"] is not None and code["times_redeemed"] >= code["max_redemptions"]
    is_over = code["expires_at"] is not None and code["expires_at"] <= tx.seconds
    is_valid = coupon.get("valid", False) and not (is_used_up or is_over)
    return code | {"active": code["active"] and is_valid}


shown_as(COUPON, coupon_now)
shown_as(CODE, code_now)


@api.on("POST", "/v1/coupons", "CouponCreateParams")
def create_coupon(call: Call) -> Obj:
    """Create a coupon of a percentage or of an amount."""
    tx, params = call.tx, call.params
    value = _percent_or_amount(params)
    if "id" in params:
        check_free_id(tx, params["id"], COUPON)
    products = params.get("applies_to", {}).get("products", [])
    for place, product_id in enumerate(products):
        live_product(tx, product_id, f"applies_to[products][{place}]", 400)
    coupon: Obj = {
        "id": params.get("id") or tx.store.ids.text(8),
        "object": COUPON,
        "created": tx.seconds,
        "livemode": False,
        "metadata": merged_metadata({}, params.get("metadata", {})),
        "name": checked_length(params["name"], MAX_NAME, "name") if "name" in params else None,
        "times_redeemed": 0,
        "valid": True,
        "_applies_to": {"products": products} if products else None,
        "_options": _amounts_elsewhere(params.get("currency_options"), value["currency"], {}),
    }
    coupon |= value | _duration(params) | _limits(tx, params, "redeem_by")
    tx.add(COUPON, coupon)
    emit(tx, "coupon.created", coupon)
    return coupon


def get_coupon(tx: Tx, coupon_id: str, param: str = "coupon", status: int = 404) -> Obj:
    """Return a coupon that exists and was not deleted, or raise Stripe's ``resource_missing``."""
    coupon = tx.find(COUPON, coupon_id)
    if coupon is None or coupon.get("deleted"):
        raise not_found(COUPON, coupon_id, param, status)
    return coupon_now(tx, coupon)


@api.on("GET", "/v1/coupons/{id}", "CouponRetrieveParams")
def retrieve_coupon(call: Call) -> Obj:
    """Return a coupon."""
    return get_coupon(call.tx, call.id)


@api.on("POST", "/v1/coupons/{id}", "CouponUpdateParams")
def update_coupon(call: Call) -> Obj:
    """Change a coupon's name or metadata; its value never changes."""
    tx, params = call.tx, call.params
    coupon = get_coupon(tx, call.id)
    new: Obj = {"metadata": merged_metadata(coupon["metadata"], params.get("metadata", {}))}
    if "name" in params:
        new["name"] = checked_length(params["name"], MAX_NAME, "name")
    coupon["_options"] = _amounts_elsewhere(
        params.get("currency_options"), coupon["currency"], coupon["_options"]
    )
    before = changed(coupon, new)
    tx.save(COUPON, coupon)
    if before:
        emit(tx, "coupon.updated", coupon, before)
    return coupon


@api.on("DELETE", "/v1/coupons/{id}", "CouponDeleteParams")
def delete_coupon(call: Call) -> Obj:
    """Delete a coupon: nobody can redeem it any more, what was redeemed stays."""
    coupon = get_coupon(call.tx, call.id)
    emit(call.tx, "coupon.deleted", coupon)
    gone = {"id": call.id, "object": COUPON, "deleted": True}
    return call.tx.save(COUPON, gone, is_deleted=True)


@api.on("GET", "/v1/coupons", "CouponListParams")
def list_coupons(call: Call) -> Obj:
    """List coupons, newest first."""
    return list_page(call, COUPON)


def _restrictions(given: Obj, old: Obj | None = None) -> Obj:
    result: Obj = (
        dict(old)
        if old
        else {
            "first_time_transaction": False,
            "minimum_amount": None,
            "minimum_amount_currency": None,
        }
    )
    if "first_time_transaction" in given:
        result["first_time_transaction"] = given["first_time_transaction"]
    if ("minimum_amount" in given) != ("minimum_amount_currency" in given):
        missing = "minimum_amount" if "minimum_amount_currency" in given else "minimum_amount_currency"
        raise missing_param(f"restrictions[{missing}]")
    if "minimum_amount" in given:
        if given["minimum_amount"] < 1:
            raise invalid(
                "Invalid positive integer", "restrictions[minimum_amount]", "parameter_invalid_integer"
            )
        result["minimum_amount"] = given["minimum_amount"]
        result["minimum_amount_currency"] = checked_currency(
            given["minimum_amount_currency"], "restrictions[minimum_amount_currency]"
        )
    return result


@api.on("POST", "/v1/promotion_codes", "PromotionCodeCreateParams")
def create_code(call: Call) -> Obj:
    """Create a code for a coupon; without ``code`` it gets one of eight letters and digits."""
    tx, params = call.tx, call.params
    if "coupon" not in params["promotion"]:
        raise missing_param("promotion[coupon]")
    coupon = get_coupon(tx, params["promotion"]["coupon"], "promotion[coupon]", 400)
    customer = live_customer(tx, params["customer"], "customer", 400)["id"] if "customer" in params else None
    restrictions = params.get("restrictions", {})
    code: Obj = {
        "id": tx.new_id("promo_"),
        "object": CODE,
        "active": params.get("active", True),
        "code": _free_code(tx, params, customer),
        "created": tx.seconds,
        "customer": customer,
        "customer_account": None,
        "livemode": False,
        "metadata": merged_metadata({}, params.get("metadata", {})),
        "promotion": {"coupon": coupon["id"], "type": "coupon"},
        "restrictions": _restrictions(restrictions),
        "times_redeemed": 0,
        "_minimums": _minimums(restrictions.get("currency_options"), {}),
    }
    code |= _limits(tx, params, "expires_at")
    if code["expires_at"] and coupon["redeem_by"] and code["expires_at"] > coupon["redeem_by"]:
        raise invalid("The promotion code cannot outlive its coupon (`redeem_by`).", "expires_at")
    tx.add(CODE, code)
    emit(tx, "promotion_code.created", code)
    return code


def _minimums(given: Any, old: Obj) -> Obj:
    result = dict(old)
    for code, option in (given or {}).items():
        name = checked_currency(code, f"restrictions[currency_options][{code}]")
        result[name] = option.get("minimum_amount")
    return result


def _free_code(tx: Tx, params: Obj, customer: str | None) -> str:
    """Return the code that was asked for, if no other working one of the same reach is spelt alike."""
    code = params.get("code") or tx.store.ids.text(8).upper()
    checked_length(code, MAX_CODE, "code")
    if not re.fullmatch(r"[A-Za-z0-9\-_]+", code):
        raise invalid("A promotion code may hold letters, digits, dashes and underscores.", "code")
    for other in tx.select(CODE, label=code.upper()):
        # One for everybody clashes with all of that text, one for a customer only with that customer's.
        is_shared = customer is None or other["customer"] in (None, customer)
        if is_shared and code_now(tx, other)["active"]:
            raise invalid(
                f"An active promotion code with `code: {code}` already exists.",
                "code",
                "resource_already_exists",
            )
    return code


def get_code(tx: Tx, code_id: str, param: str = "promotion_code", status: int = 404) -> Obj:
    """Return a promotion code or raise Stripe's ``resource_missing``."""
    code = tx.find(CODE, code_id)
    if code is None:
        raise not_found(CODE, code_id, param, status)
    return code_now(tx, code)


@api.on("GET", "/v1/promotion_codes/{id}", "PromotionCodeRetrieveParams")
def retrieve_code(call: Call) -> Obj:
    """Return a promotion code."""
    return get_code(call.tx, call.id)


@api.on("POST", "/v1/promotion_codes/{id}", "PromotionCodeUpdateParams")
def update_code(call: Call) -> Obj:
    """Change whether a code works, its metadata, or its minimum in other currencies."""
    tx, params = call.tx, call.params
    code = get_code(tx, call.id)
    if (
        params.get("active")
        and not coupon_now(tx, get_coupon(tx, code["promotion"]["coupon"], "id", 400))["valid"]
    ):
        raise invalid("A code of a coupon that is not valid cannot be made active.", "active")
    new: Obj = {"metadata": merged_metadata(code["metadata"], params.get("metadata", {}))}
    if "active" in params:
        new["active"] = params["active"]
    code["_minimums"] = _minimums(params.get("restrictions", {}).get("currency_options"), code["_minimums"])
    before = changed(code, new)
    tx.save(CODE, code)
    if before:
        emit(tx, "promotion_code.updated", code, before)
    return code_now(tx, code)


@api.on("GET", "/v1/promotion_codes", "PromotionCodeListParams")
def list_codes(call: Call) -> Obj:
    """List promotion codes, newest first, by their text, coupon, customer or activity."""
    params = call.params
    where: Obj = {"customer": params.get("customer")}
    if "code" in params:
        where["label"] = params["code"].upper()
    if "active" in params:
        # Time and redemptions switch codes off, too, so each is asked.
        codes = [code_now(call.tx, one) for one in call.tx.select(CODE)]
        where["id"] = [one["id"] for one in codes if one["active"] == params["active"]]
    return list_page(call, CODE, {"promotion.coupon": params.get("coupon")}, **where)
