"""Coupons and promotion codes on a session: given by the shop, or typed by the buyer."""

from __future__ import annotations

from shop.sandbox.coupons import COUPON, code_now, coupon_now, get_code, get_coupon
from shop.sandbox.errors import ApiError, Obj, invalid, missing_param
from shop.sandbox.store import Tx
from shop.sandbox.totals import amount_off

MAX_DISCOUNTS = 1


def choose_discount(tx: Tx, params: Obj, session: Obj) -> None:
    """Set the discount that a session is created with (``discounts``), if any."""
    given = params.get("discounts") or []
    if not given:
        return
    if params.get("allow_promotion_codes"):
        raise invalid(
            "You may only specify one of these parameters: allow_promotion_codes, discounts.",
            "allow_promotion_codes",
        )
    if len(given) > MAX_DISCOUNTS:
        raise invalid(f"You may only specify up to {MAX_DISCOUNTS} discount.", "discounts")
    one = given[0]
    if ("coupon" in one) == ("promotion_code" in one):
        raise (
            invalid("You may only specify one of these parameters: coupon, promotion_code.", "discounts[0]")
            if "coupon" in one
            else missing_param("discounts[0][coupon]")
        )
    if "coupon" in one:
        coupon = get_coupon(tx, one["coupon"], "discounts[0][coupon]", 400)
        _apply(tx, session, coupon, None, "discounts[0][coupon]")
    else:
        code = get_code(tx, one["promotion_code"], "discounts[0][promotion_code]", 400)
        apply_code(tx, session, code, "discounts[0][promotion_code]")


def find_code(tx: Tx, session: Obj, text: str) -> Obj:
    """Return the working promotion code that a buyer typed, for this session's customer.

    Raises:
        ApiError: 400: ``promotion_code_invalid`` when there is none, ``promotion_code_other_customer``,
            ``promotion_code_used_up`` or ``promotion_code_expired``.
    """
    found = [code_now(tx, one) for one in tx.select("promotion_code", label=text.strip().upper())]
    for code in sorted(found, key=lambda one: one["customer"] is None):
        if code["active"] and code["customer"] in (None, session["customer"]):
            return code
    why = "promotion_code_invalid"
    if any(code["active"] for code in found):
        why = "promotion_code_other_customer"
    elif found:
        why = _why_not(tx, found[-1])
    raise ApiError(400, f"This promotion code is invalid: {text[:50]}", code=why, param="promotion_code")


def _why_not(tx: Tx, code: Obj) -> str:
    """Return why a code does not work: used up, or over in any other way."""
    coupon = tx.find(COUPON, code["promotion"]["coupon"]) or {}
    for one in (code, coupon):
        if one.get("max_redemptions") is not None and one["times_redeemed"] >= one["max_redemptions"]:
            return "promotion_code_used_up"
    return "promotion_code_expired"


def apply_code(tx: Tx, session: Obj, code: Obj, param: str) -> None:
    """Set a session's discount by a promotion code, if its restrictions let it."""
    if not code["active"]:
        raise invalid(f"This promotion code is not active: {code['code']}.", param, "promotion_code_invalid")
    if code["customer"] not in (None, session["customer"]):
        raise invalid("This promotion code belongs to another customer.", param, "promotion_code_invalid")
    _check_restrictions(tx, session, code, param)
    coupon = get_coupon(tx, code["promotion"]["coupon"], param, 400)
    _apply(tx, session, coupon, code["id"], param)


def _check_restrictions(tx: Tx, session: Obj, code: Obj, param: str) -> None:
    rules = code["restrictions"]
    if rules["first_time_transaction"] and _has_paid(tx, session["customer"]):
        raise invalid(
            "This promotion code is only for a customer's first payment.", param, "promotion_code_first_time"
        )
    least = minimum_of(code, session["currency"])
    if least is not None and sum(item["amount_subtotal"] for item in session["_line_items"]) < least:
        raise invalid(
            f"This promotion code needs a subtotal of at least {least} ({session['currency']}).",
            param,
            "promotion_code_minimum_not_met",
        )


def minimum_of(code: Obj, currency: str) -> int | None:
    """Return the subtotal that a promotion code needs in a currency, None for any."""
    rules = code["restrictions"]
    if rules["minimum_amount_currency"] == currency:
        return int(rules["minimum_amount"])
    least = code["_minimums"].get(currency)
    return None if least is None else int(least)


def _has_paid(tx: Tx, customer: str | None) -> bool:
    return customer is not None and any(one["paid"] for one in tx.select("charge", customer=customer))


def _apply(tx: Tx, session: Obj, coupon: Obj, code_id: str | None, param: str) -> None:
    if not coupon["valid"]:
        raise invalid(
            f"The coupon `{coupon['id']}` is expired or has been redeemed too often.", param, "coupon_expired"
        )
    if coupon["percent_off"] is None and amount_off(coupon, session["currency"]) is None:
        raise invalid(
            f"The coupon `{coupon['id']}` has no amount in the session's currency `{session['currency']}`.",
            param,
        )
    only = (coupon.get("_applies_to") or {}).get("products")
    if only and not any(item["price"]["product"] in only for item in session["_line_items"]):
        raise invalid(f"The coupon `{coupon['id']}` applies to none of the products of this session.", param)
    session["_discount"] = {
        "id": tx.new_id("di_"),
        "object": "discount",
        "checkout_session": session["id"],
        "customer": session["customer"],
        "customer_account": None,
        "end": None,
        "invoice": None,
        "invoice_item": None,
        "promotion_code": code_id,
        "source": {"coupon": coupon["id"], "type": "coupon"},
        "start": tx.seconds,
        "subscription": None,
        "subscription_item": None,
    }
    # A coupon that is deleted later stays where it was applied.
    session["_coupon"] = coupon
    session["discounts"] = [{"coupon": None if code_id else coupon["id"], "promotion_code": code_id}]


def forget_discount(session: Obj) -> None:
    """Take the buyer's promotion code off a session again."""
    session["_discount"] = None
    session["discounts"] = None


def check_discount(tx: Tx, session: Obj) -> None:
    """Make sure that a session's discount still holds, before anything is charged.

    Raises:
        ApiError: 400, when somebody else has used up the last redemption meanwhile, or the code or coupon has expired
            or was switched off, or the lines no longer come up to the code's minimum.
    """
    discount = session.get("_discount")
    if not discount:
        return
    coupon = tx.find(COUPON, discount["source"]["coupon"]) or {}
    # A coupon that was deleted stays where it was applied.
    if not coupon.get("deleted") and not coupon_now(tx, coupon).get("valid"):
        raise invalid("The discount of this session is no longer valid.", "discounts", "coupon_expired")
    if not discount["promotion_code"]:
        return
    code = get_code(tx, discount["promotion_code"], "discounts", 400)
    if not code["active"] and not coupon.get("deleted"):
        raise invalid(
            "The promotion code of this session is no longer valid.", "discounts", "promotion_code_expired"
        )
    _check_restrictions(tx, session, code, "discounts")


def redeem(tx: Tx, session: Obj) -> None:
    """Count a paid session's discount as redeemed; ``check_discount`` has been asked before."""
    discount = session.get("_discount")
    if not discount:
        return
    coupon = tx.find(COUPON, discount["source"]["coupon"]) or {}
    if not coupon.get("deleted"):
        coupon["times_redeemed"] += 1
        tx.save(COUPON, coupon_now(tx, coupon))
    if discount["promotion_code"]:
        code = get_code(tx, discount["promotion_code"], "discounts", 400)
        stored = tx.find("promotion_code", code["id"]) or code
        stored["times_redeemed"] += 1
        tx.save("promotion_code", stored)
