"""The addresses that Stripe's own payment page and its CLI use; they have no published types."""

from __future__ import annotations

from shop.sandbox.call import Call, api
from shop.sandbox.errors import Obj, invalid, missing_param
from shop.sandbox.fields import ADDRESS
from shop.sandbox.intents import get_intent
from shop.sandbox.lists import public
from shop.sandbox.methods import method_of
from shop.sandbox.params import Fields, Text
from shop.sandbox.payments import Buyer, check_open, pay
from shop.sandbox.sessions import KIND, get_session
from shop.sandbox.store import Tx

_TEXT = Text()
_SHIPPING = Fields(
    {"name": _TEXT, "phone": _TEXT, "address": Fields(dict.fromkeys(ADDRESS, _TEXT), [])}, ["name", "address"]
)


def _page(tx: Tx, session: Obj) -> Obj:
    intent = tx.find("payment_intent", session["payment_intent"])
    return {
        "id": session["id"],
        "object": "payment_page",
        "session_id": session["id"],
        "amount_total": session["amount_total"],
        "currency": session["currency"],
        "customer_email": session["customer_email"],
        "livemode": False,
        "locale": session["locale"],
        "mode": session["mode"],
        "payment_intent": intent and public(intent),
        "payment_method_types": session["payment_method_types"],
        "payment_status": session["payment_status"],
        "status": session["status"],
        "success_url": session["success_url"],
        "url": session["url"],
    }


@api.on("GET", "/v1/payment_pages/{id}", is_open=True)
def retrieve_page(call: Call) -> Obj:
    """Return what the payment page of a session must know."""
    return _page(call.tx, get_session(call.tx, call.id))


@api.on("POST", "/v1/payment_pages/{id}/confirm", is_open=True)
def confirm_page(call: Call) -> Obj:
    """Pay a session with a payment method, given by id or by a test name (``pm_card_visa``).

    The buyer's address and name come from the method's billing details; a session that collects a shipping address
    takes ``shipping`` or, without it, the first allowed country, since the CLI sends none.
    """
    tx, params = call.tx, call.params
    session = get_session(tx, call.id)
    check_open(session)
    expected = params.get("expected_amount")
    if expected is not None and expected != str(session["amount_total"]):
        raise invalid("The amount of this Checkout Session has changed.", "expected_amount")
    method = None
    if session["amount_total"] > 0:
        if not isinstance(params.get("payment_method"), str):
            raise missing_param("payment_method")
        method = method_of(tx, params["payment_method"], "payment_method")
    pay(tx, session, _buyer(session, params, method), method)
    return _page(tx, tx.find(KIND, session["id"]) or session) | {
        "payment_intent": public(get_intent(tx, session["payment_intent"]))
        if session["payment_intent"]
        else None
    }


def _buyer(session: Obj, params: Obj, method: Obj | None) -> Buyer:
    billing = method["billing_details"] if method else {}
    shipping = _SHIPPING.read(params["shipping"], "shipping") if "shipping" in params else None
    collected = session["shipping_address_collection"]
    if collected and shipping is None:
        shipping = {"name": billing.get("name"), "address": {"country": collected["allowed_countries"][0]}}
    return Buyer(
        email=_TEXT.read(params["email"], "email") if "email" in params else billing.get("email"),
        name=billing.get("name"),
        phone=billing.get("phone"),
        address=billing.get("address"),
        shipping=shipping if collected else None,
        shipping_rate=_TEXT.read(params["shipping_rate"], "shipping_rate")
        if "shipping_rate" in params
        else None,
    )
