"""Paying a session: the one path behind the hosted page, the API that the CLI uses and the test helper."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from shop.sandbox import charging
from shop.sandbox.cards import refusal
from shop.sandbox.charging import Manner, asks_bank, confirm
from shop.sandbox.collected import made_up, write_answers
from shop.sandbox.currency import check_amount
from shop.sandbox.customers import add_customer, update_customer_values
from shop.sandbox.discounts import check_discount, redeem
from shop.sandbox.errors import ApiError, Obj, invalid
from shop.sandbox.events import emit
from shop.sandbox.fields import full_address
from shop.sandbox.intents import get_intent, session_intent, set_intent
from shop.sandbox.methods import attach
from shop.sandbox.sessions import KIND, choose_shipping, details
from shop.sandbox.store import Tx


@dataclass
class Buyer:
    """What the buyer gave beside the card.

    Attributes:
        answers: to what the session asks (``collected.made_up`` shows their form), None to make them up.
        saves: whether the buyer wants to find the payment method again at the next purchase.
    """

    email: str | None = None
    name: str | None = None
    phone: str | None = None
    address: Obj | None = None
    shipping: Obj | None = None
    shipping_rate: str | None = None
    answers: Obj | None = None
    saves: bool = False


def check_open(session: Obj) -> None:
    """Refuse a session that is paid or over."""
    if session["status"] != "open":
        word = "been completed" if session["status"] == "complete" else "expired"
        raise ApiError(400, f"This Checkout Session has already {word}.", code="checkout_session_not_open")


def pay(tx: Tx, session: Obj, buyer: Buyer, method: Obj | None) -> Obj:
    """Try to pay an open session and return it.

    It comes back ``complete`` (with ``payment_status`` ``unpaid`` while a bank account is debited or an amount is
    only held), or still ``open`` when the card wants 3-D Secure: its payment intent then has status
    ``requires_action``. ``method`` may be None only where nothing is to be paid.

    Raises:
        ApiError: 402 for a refused card; what was written (a failed charge) stays.
    """
    check_open(session)
    if buyer.shipping_rate:
        choose_shipping(tx, session, buyer.shipping_rate)
    _check_buyer(session, buyer)
    check_discount(tx, session)
    if session["amount_total"] == 0:
        return _complete(tx, session, buyer, None)
    check_amount(session["amount_total"], session["currency"], "shipping_rate", "The total amount")
    if method is None:
        raise invalid("You must provide a payment method.", "payment_method", "parameter_missing")
    if method["type"] not in session["payment_method_types"]:
        raise invalid(
            f"This session does not take payment methods of the type `{method['type']}`.", "payment_method"
        )
    intent = _attempt(tx, session, buyer, method)
    wish = (session["payment_method_options"].get("card") or {}).get("request_three_d_secure")
    manner = Manner(
        return_url=session["url"],
        challenge_url=f"{session['url']}/authentication",
        wants_challenge=wish in ("any", "challenge"),
    )
    if not asks_bank(method, manner):
        _make_customer(tx, session, intent, buyer, method)
    intent = confirm(tx, intent, method, manner)
    if intent["status"] == "requires_action":
        session["_pending"] = asdict(buyer)
        return tx.save(KIND, session)
    return _complete(tx, session, buyer, method, intent)


def _make_customer(tx: Tx, session: Obj, intent: Obj, buyer: Buyer, method: Obj) -> None:
    """Make the customer that a session wants to have made, right before a charge that will succeed.

    One is also needed where the payment method is kept, by the shop's wish or by the buyer's.
    """
    is_wanted = session["customer_creation"] == "always" or intent["setup_future_usage"] or buyer.saves
    if not is_wanted or session["customer"] or refusal_of(method):
        return
    new = {"email": buyer.email, "name": buyer.name, "phone": buyer.phone}
    session["customer"] = add_customer(tx, new)["id"]
    set_intent(tx, intent, None, customer=session["customer"])


def refusal_of(method: Obj) -> ApiError | None:
    """Return why a charge of a method will be refused at once."""
    return refusal(method["_card"]) if method["type"] == "card" else None


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
    intent = session_intent(tx, session)
    session["payment_intent"] = intent["id"]
    tx.save(KIND, session)
    return set_intent(tx, intent, None, **values)


def _destination(buyer: Buyer) -> Obj:
    given = buyer.shipping or {}
    return {"address": full_address(given.get("address")), "name": given.get("name") or buyer.name or ""}


def authenticate(tx: Tx, session: Obj, *, is_successful: bool) -> Obj:
    """End a 3-D Secure challenge: charge the card, or refuse it and let the buyer try another one."""
    check_open(session)
    intent = get_intent(tx, session["payment_intent"]) if session["payment_intent"] else None
    if intent is None or intent["status"] != "requires_action":
        raise invalid("This Checkout Session does not wait for an authentication.")
    method = tx.find("payment_method", intent["payment_method"]) or {}
    buyer = Buyer(**session["_pending"])
    if is_successful:
        check_discount(tx, session)
        _make_customer(tx, session, intent, buyer, method)
    intent = charging.authenticate(tx, intent, is_successful=is_successful)
    return _complete(tx, session, buyer, tx.find("payment_method", method["id"]), intent)


def _complete(tx: Tx, session: Obj, buyer: Buyer, method: Obj | None, intent: Obj | None = None) -> Obj:
    redeem(tx, session)
    answers = made_up(session) if buyer.answers is None else buyer.answers
    write_answers(session, answers)
    names = {f"{kind}_name": answers.get(kind) or None for kind in ("business", "individual")}
    # A line that the buyer set to 0 was left out.
    session["_line_items"] = [item for item in session["_line_items"] if item["quantity"]]
    billing = method["billing_details"] if method else {}
    name = buyer.name or billing.get("name")
    shipping = _destination(buyer) if session["shipping_address_collection"] else None
    address = buyer.address or billing.get("address") or (shipping or {}).get("address")
    session.pop("_pending", None)
    session |= {
        "collected_information": names | {"shipping_details": shipping},
        "customer_details": details(
            address=full_address(address),
            email=buyer.email,
            name=name,
            phone=buyer.phone,
            tax_ids=[],
            **names,
        ),
        "payment_status": _status(intent),
        "status": "complete",
        "url": None,
    }
    tx.unschedule("expire_session", session["id"])
    tx.save(KIND, session)
    _update_customer(tx, session, name, address, shipping)
    if method and intent:
        _keep(tx, session, intent, method, is_asked=buyer.saves)
    emit(tx, "checkout.session.completed", session)
    return session


def _keep(tx: Tx, session: Obj, intent: Obj, method: Obj, *, is_asked: bool) -> None:
    """Keep a payment method: for pages to come if the buyer ticked that, else only for the shop's own charges."""
    if not session["customer"] or not (is_asked or intent["setup_future_usage"]):
        return
    kept = tx.find("payment_method", method["id"]) or method
    if is_asked:
        kept["allow_redisplay"] = "always"
    elif kept["allow_redisplay"] == "unspecified":
        kept["allow_redisplay"] = session.get("_allow_redisplay") or "limited"
    tx.save("payment_method", kept)
    attach(tx, kept, session["customer"])


def _status(intent: Obj | None) -> str:
    if intent is None:
        return "no_payment_required"
    return "paid" if intent["status"] == "succeeded" else "unpaid"


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
