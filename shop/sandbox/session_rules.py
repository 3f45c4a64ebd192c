"""What a Checkout Session may be created with: https://docs.stripe.com/api/checkout/sessions/create."""

from __future__ import annotations

from typing import Any

from shop.sandbox.errors import Obj, invalid, missing_param
from shop.sandbox.fields import checked_email, checked_length, checked_url
from shop.sandbox.store import Tx

SHORTEST, LONGEST = 30 * 60, 24 * 3600
# Callers take `created + 30 minutes` from their own clock; a few seconds of skew and travel are theirs.
SLACK = 10

MAX_REFERENCE = 200


def check_session(params: Obj) -> None:
    """Refuse what Stripe refuses before it looks at prices."""
    for name in ("line_items", "success_url"):
        if not params.get(name):
            raise missing_param(name)
    for name in ("success_url", "cancel_url"):
        if name in params:
            checked_url(params[name], name)
    checked_length(params.get("client_reference_id", ""), MAX_REFERENCE, "client_reference_id")
    if (
        "shipping_address_collection" in params
        and not params["shipping_address_collection"]["allowed_countries"]
    ):
        raise missing_param("shipping_address_collection[allowed_countries]")
    _check_customer(params)


def _check_customer(params: Obj) -> None:
    if "customer" in params:
        for other in ("customer_email", "customer_creation"):
            if other in params:
                raise invalid(f"You may only specify one of these parameters: customer, {other}.", other)
    elif "customer_update" in params:
        raise invalid("`customer_update` can only be used with `customer`.", "customer_update")
    if "customer_email" in params:
        checked_email(params["customer_email"], "customer_email")
    receipt = params.get("payment_intent_data", {}).get("receipt_email")
    if receipt is not None:
        checked_email(receipt, "payment_intent_data[receipt_email]")


def expiry(tx: Tx, given: Any) -> tuple[int, float]:
    """Return ``expires_at`` and when, on the stand-in's clock, it has come.

    The two differ only where the stand-in's clock was turned (or stands still) and the caller's is the machine's: its
    45 minutes are then counted from now, so that checkouts still work after a test has slept for a day.
    """
    if given is None:
        return tx.seconds + LONGEST, float(tx.seconds + LONGEST)
    left, lead = given - tx.now, tx.store.lead
    by_machine = left + lead
    is_by_machine = lead != 0 and not _fits(left) and _fits(by_machine)
    left = by_machine if is_by_machine else left
    if left < SHORTEST - SLACK:
        raise invalid(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.",
            "expires_at",
        )
    if left > LONGEST + SLACK:
        raise invalid(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
            "expires_at",
        )
    return given, given + (lead if is_by_machine else 0.0)


def _fits(left: float) -> bool:
    return SHORTEST - SLACK <= left <= LONGEST + SLACK
