"""API versions: what older ones call differently, in what comes in and in what goes out.

Answers are built as the installed SDK's own version has them. For an older version the changes made since are undone,
newest first (https://docs.stripe.com/changelog).
"""

from __future__ import annotations

import re
from typing import Any

from shop.sandbox.coupons import COUPON, coupon_now
from shop.sandbox.errors import Obj, invalid
from shop.sandbox.events import API_VERSION
from shop.sandbox.lists import public
from shop.sandbox.store import Tx

OLDEST = "2022-11-15"
_FORM = re.compile(r"^(\d{4})-(\d{2})-(\d{2})(\.[a-z]+)?$")
_UI_MODES = {"hosted_page": "hosted", "embedded_page": "embedded", "elements": "custom"}

# The days from which these things are as they are now.
_DAHLIA = "2026-03-25"  # a session's ui_mode has new words
_CLOVER = "2025-09-30"  # a discount's coupon stands in its source, a promotion code's in its promotion
_BASIL = "2025-03-31"  # a session's shipping_details stand in collected_information
_AUTOMATIC = "2023-08-16"  # a payment intent chooses its methods by itself


def checked_version(text: str) -> str:
    """Return a version that the stand-in can speak.

    Raises:
        ApiError: 400 for one that is none, and for one that it cannot speak.
    """
    if text == API_VERSION:
        return text
    if not _FORM.match(text):
        raise invalid(f"Invalid Stripe API version: {text[:60]}", code="invalid_api_version")
    if _day(text) < OLDEST or _day(text) > _day(API_VERSION):
        raise invalid(
            f"The Stripe stand-in speaks API versions from {OLDEST} to {API_VERSION}, not {text}. Stripe itself may; use "
            "a test key for it.",
            code="invalid_api_version",
        )
    return text


def _day(version: str) -> str:
    return version[:10]


def modern(params: Obj, path: str, version: str) -> Obj:
    """Return a request's raw parameters as the current version names them."""
    if _day(version) < _DAHLIA and path == "/v1/checkout/sessions" and isinstance(params.get("ui_mode"), str):
        words = {old: new for new, old in _UI_MODES.items()}
        params = params | {"ui_mode": words.get(params["ui_mode"], params["ui_mode"])}
    if _day(version) < _CLOVER and path == "/v1/promotion_codes" and "coupon" in params:
        others = {name: value for name, value in params.items() if name != "coupon"}
        params = others | {"promotion": {"type": "coupon", "coupon": params["coupon"]}}
    is_bare = not {"payment_method_types", "automatic_payment_methods"} & set(params)
    if _day(version) < _AUTOMATIC and path == "/v1/payment_intents" and is_bare:
        params = params | {"payment_method_types": {"0": "card"}}
    return params


def as_of(tx: Tx, value: Any, version: str) -> Any:
    """Return an answer (or an event) as a version has it: members renamed, ids replaced by objects."""
    if _day(version) >= _DAHLIA:
        return value
    if isinstance(value, list):
        return [as_of(tx, one, version) for one in value]
    if not isinstance(value, dict):
        return value
    here = {name: below if name == "metadata" else as_of(tx, below, version) for name, below in value.items()}
    return _older(tx, here, version)


def _older(tx: Tx, obj: Obj, version: str) -> Obj:
    kind = obj.get("object")
    if kind == "checkout.session":
        obj["ui_mode"] = _UI_MODES.get(obj["ui_mode"], obj["ui_mode"])
        if _day(version) < _BASIL:
            obj["shipping_details"] = (obj["collected_information"] or {}).get("shipping_details")
    elif _day(version) < _CLOVER:
        if kind == "discount":
            obj["coupon"] = _coupon(tx, (obj.pop("source") or {}).get("coupon"))
        elif kind == "promotion_code":
            obj["coupon"] = _coupon(tx, obj.pop("promotion")["coupon"])
    return obj


def _coupon(tx: Tx, given: Any) -> Any:
    """Return the coupon in place of its id: older versions show it whole."""
    found = tx.find(COUPON, given) if isinstance(given, str) else None
    return public(coupon_now(tx, found)) if found else given
