"""What the helpers for developers share: JSON in, JSON out, under ``/_sandbox``; nothing of it exists at Stripe."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request

from shop.sandbox.errors import ApiError, Obj, invalid

helpers = Blueprint("helpers", __name__, url_prefix="/_sandbox")


def sandbox() -> Any:
    """Return the running stand-in (``app.Sandbox``)."""
    return current_app.extensions["sandbox"]


def given_json(*known: str) -> Obj:
    """Return the JSON body, ``{}`` for none; numbers may come as texts, objects only where objects belong.

    Raises:
        ApiError: 400 for a body that is no JSON object, and for a member that is not ``known``.
    """
    body = request.get_json(silent=True, force=True) if request.get_data() else {}
    if not isinstance(body, dict):
        raise invalid("The body must be a JSON object.")
    for name, value in body.items():
        if name not in known:
            raise invalid(f"Received unknown parameter: {name}", name, "parameter_unknown")
        if isinstance(value, dict) != (name in ("address", "shipping")) or isinstance(value, list):
            raise invalid(f"`{name}` is of the wrong type.", name)
        if name in ("exp_month", "exp_year") and not str(value).isdecimal():
            raise invalid(f"`{name}` must be a number.", name)
    if not isinstance(body.get("shipping", {}).get("address", {}), dict):
        raise invalid("`shipping.address` must be an object.", "shipping")
    return body


def number(given: Obj, name: str, *, least: float, most: float, default: float | None = None) -> float | None:
    """Return a number of the body, or the default when it is absent or null.

    Raises:
        ApiError: 400, when it is none or out of its range.
    """
    value = given.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
        raise invalid(f"`{name}` must be a number from {least:g} to {most:g}.", name)
    return value


@helpers.errorhandler(ApiError)
def _refused(error: ApiError) -> tuple[Response, int]:
    return jsonify(error.body()), error.status
