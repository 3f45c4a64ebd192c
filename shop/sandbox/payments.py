"""Paying a session: the one path behind the hosted page, the API that the CLI uses and the test helper."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from shop.sandbox.cards import CARDS, refusal
from shop.sandbox.charges import new_charge
from shop.sandbox.currency import check_amount
from shop.sandbox.customers import add_customer, update_customer_values
from shop.sandbox.disputes import open_dispute
from shop.sandbox.errors import ApiError, Obj, invalid
from shop.sandbox.events import emit
from shop.sandbox.fields import full_address
from shop.sandbox.intents import get_intent, new_intent, set_intent
from shop.sandbox.lists import public
from shop.sandbox.sessions import KIND, choose_shipping, details
from shop.sandbox.store import Tx


@dataclass
class Buyer:
    """What the buyer gave beside the card."""

    email: str | None = None
    name: str | None = None
    phone: str | None = None
    address: Obj | None = None
    shipping: Obj | None = None
    shipping_rate: str | None = None


def check_open(session: Obj) -> None:
    """Refuse a session that is paid or over."""
    if session["status"] != "open":
        word = "been completed" if session["status"] == "complete" else "expired"
        raise ApiError(400, f"This Checkout Session has already {word}.", code="checkout_session_not_open")


def pay(tx: Tx, session: Obj, buyer: Buyer, method: Obj | None) -> Obj:
    """Try to pay an open session and return it.

    It comes back ``complete``, or still ``open`` when the card wants 3-D Secure (its payment intent then has
    status ``requires_action``). ``method`` may be None only where nothing is to be paid.

    Raises:
        ApiError: 402 for a refused card; what was written (a failed charge) stays.
    """
    check_open(session)
    if buyer.shipping_rate:
        choose_shipping(session, buyer.shipping_rate)
    _check_buyer(session, buyer)
    if session["amount_total"] == 0:
        return _complete(tx, session, buyer, None)
    check_amount(session["amount_total"], session["currency"], "shipping_rate", "The total amount")
    if method is None:
        raise invalid("You must provide a payment method.", "payment_method", "parameter_missing")
    intent = _attempt(tx, session, buyer, method)
    card = CARDS.get(method["_card"] or "")
    if card and card.secure:
        return _ask(tx, session, intent, buyer)
    return _charge(tx, session, intent, method, buyer)


def _check_buyer(session: Obj, buyer: Buyer) -> None:
    buyer.email = buyer.email or session["customer_email"] or (session["customer_details"] or {}).get("email")
    if not buyer.email:
        raise invalid("You must provide an email address.", "email", "parameter_missing")
    collected = session["shipping_address_collection"]
    if not collected:
        return
    country = ((buyer.shipping or {}).get("address") or {}).get("country")
    if not country:
        raise invalid("You must provide a shipping address.", "shipping[address]", "parameter_missing")
    if country not in collected["allowed_countries"]:
        raise invalid(f"Shipping to {country} is not allowed for this session.", "shipping[address][country]")


def _attempt(tx: Tx, session: Obj, buyer: Buyer, method: Obj) -> Obj:
    """Return the session's intent, made at its first attempt, carrying what this attempt says."""
    values: Obj = {"amount": session["amount_total"], "payment_method": method["id"]}
    if buyer.shipping:
        values["shipping"] = {"carrier": None, "phone": buyer.phone, "tracking_number": None} | _destination(
            buyer
        )
    if session["payment_intent"]:
        return set_intent(tx, get_intent(tx, session["payment_intent"]), None, **values)
    intent = new_intent(tx, session)
    session["payment_intent"] = intent["id"]
    tx.save(KIND, session)
    return set_intent(tx, intent, None, **values)


def _destination(buyer: Buyer) -> Obj:
    given = buyer.shipping or {}
    return {"address": full_address(given.get("address")), "name": given.get("name") or buyer.name or ""}


def _ask(tx: Tx, session: Obj, intent: Obj, buyer: Buyer) -> Obj:
    session["_pending"] = asdict(buyer)
    tx.save(KIND, session)
    action = {
        "type": "redirect_to_url",
        "redirect_to_url": {"return_url": session["url"], "url": f"{session['url']}/authentication"},
    }
    set_intent(
        tx,
        intent,
        "payment_intent.requires_action",
        status="requires_action",
        next_action=action,
        last_payment_error=None,
    )
    return session


def authenticate(tx: Tx, session: Obj, *, is_successful: bool) -> Obj:
    """End a 3-D Secure challenge: charge the card, or refuse it and let the buyer try another one."""
    check_open(session)
    intent = get_intent(tx, session["payment_intent"]) if session["payment_intent"] else None
    if intent is None or intent["status"] != "requires_action":
        raise invalid("This Checkout Session does not wait for an authentication.")
    method = tx.find("payment_method", intent["payment_method"]) or {}
    if is_successful:
        return _charge(tx, session, intent, method, Buyer(**session["_pending"]), is_secure=True)
    error = ApiError(
        402,
        "The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new "
        "PaymentMethod to attempt to fulfill this PaymentIntent again.",
        code="payment_intent_authentication_failure",
        is_kept=True,
    )
    raise _refused(tx, intent, method, error, None)


def _charge(tx: Tx, session: Obj, intent: Obj, method: Obj, buyer: Buyer, *, is_secure: bool = False) -> Obj:
    error = refusal(method["_card"])
    charge = new_charge(tx, intent, method, error, is_secure=is_secure)
    if error:
        raise _refused(tx, intent, method, error, charge)
    card = CARDS[method["_card"]]
    if card.dispute:
        charge = open_dispute(tx, charge, card.dispute)
    if session["customer_creation"] == "always" and not session["customer"]:
        new = {"email": buyer.email, "name": buyer.name, "phone": buyer.phone}
        session["customer"] = add_customer(tx, new)["id"]
        charge["customer"] = session["customer"]
        tx.save("charge", charge)
    set_intent(
        tx,
        intent,
        "payment_intent.succeeded",
        amount_received=intent["amount"],
        customer=session["customer"],
        last_payment_error=None,
        latest_charge=charge["id"],
        next_action=None,
        status="succeeded",
    )
    return _complete(tx, session, buyer, method)


def _refused(tx: Tx, intent: Obj, method: Obj, error: ApiError, charge: Obj | None) -> ApiError:
    """Write a refusal to the intent, tell it, and return the error to raise."""
    shown: Obj = error.body()["error"] | {"payment_method": public(method)}
    if charge:
        shown["charge"] = charge["id"]
    set_intent(
        tx,
        intent,
        "payment_intent.payment_failed",
        last_payment_error=shown,
        latest_charge=charge["id"] if charge else intent["latest_charge"],
        next_action=None,
        payment_method=None,
        status="requires_payment_method",
    )
    error.is_kept = True
    error.more = {name: shown[name] for name in ("charge", "payment_method") if name in shown}
    error.more["payment_intent"] = public(intent)
    return error


def _complete(tx: Tx, session: Obj, buyer: Buyer, method: Obj | None) -> Obj:
    billing = method["billing_details"] if method else {}
    name = buyer.name or billing.get("name")
    shipping = _destination(buyer) if session["shipping_address_collection"] else None
    address = buyer.address or billing.get("address") or (shipping or {}).get("address")
    session.pop("_pending", None)
    session |= {
        "collected_information": {
            "business_name": None,
            "individual_name": None,
            "shipping_details": shipping,
        },
        "customer_details": details(
            address=full_address(address), email=buyer.email, name=name, phone=buyer.phone, tax_ids=[]
        ),
        "payment_status": "paid" if method else "no_payment_required",
        "status": "complete",
        "url": None,
    }
    tx.unschedule("expire_session", session["id"])
    tx.save(KIND, session)
    _update_customer(tx, session, name, address, shipping)
    emit(tx, "checkout.session.completed", session)
    return session


def _update_customer(tx: Tx, session: Obj, name: str | None, address: Any, shipping: Obj | None) -> None:
    wanted = {what for what, how in session["_customer_update"].items() if how == "auto"}
    customer = tx.find("customer", session["customer"])
    if not wanted or customer is None or customer.get("deleted"):
        return
    new: Obj = {}
    if "name" in wanted and name:
        new["name"] = name
    if "address" in wanted and address:
        new["address"] = full_address(address)
    if "shipping" in wanted and shipping:
        new["shipping"] = shipping | {"phone": session["customer_details"]["phone"]}
    update_customer_values(tx, customer, new)
