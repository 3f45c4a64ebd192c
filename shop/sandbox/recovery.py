"""The way back to a session that expired: https://docs.stripe.com/payments/checkout/abandoned-carts."""

from __future__ import annotations

import copy

from flask import current_app, redirect
from werkzeug.wrappers import Response as BaseResponse

from shop.sandbox.coupons import coupon_now
from shop.sandbox.errors import Obj
from shop.sandbox.page_base import over, pages, store
from shop.sandbox.session_rules import LONGEST
from shop.sandbox.sessions import KIND
from shop.sandbox.store import Tx
from shop.sandbox.totals import recount


@pages.get("/c/recovery/<session_id>")
def recover_session(session_id: str) -> BaseResponse:
    """Go to a new session that is a copy of an expired one, or to the copy that is open already."""
    with store().writing() as tx:
        session = tx.find(KIND, session_id)
        if session is None:
            return over(None, 404)
        if session["status"] != "expired":
            return redirect(f"/c/pay/{session_id}", 303)
        recovery = (session["after_expiration"] or {}).get("recovery")
        if recovery is None:
            return over(session)
        known = _recovered(tx, session)
        if known:
            return redirect(f"/c/pay/{known['id']}", 303)
        if recovery["expires_at"] <= tx.now:
            return over(session, kind="recovery_over")
        new = recover(tx, session, current_app.extensions["sandbox"].public_url)
    return redirect(new["url"], 303)


def _recovered(tx: Tx, session: Obj) -> Obj | None:
    """Return the session that was made of an expired one and is open or paid."""
    made = (tx.find(KIND, one) for one in session.get("_recovered", []))
    return next((one for one in made if one and one["status"] != "expired"), None)


def recover(tx: Tx, old: Obj, public_url: str) -> Obj:
    """Keep a new session that is a copy of an expired one, for a day.

    A discount that the shop gave stays while it can be redeemed; a code that the buyer typed must be typed anew.
    """
    session: Obj = copy.deepcopy(old)
    session_id = tx.new_id("cs_test_")
    allowed = old["after_expiration"]["recovery"]["allow_promotion_codes"]
    was_given = old["_discount"] and not old["allow_promotion_codes"]
    session |= {
        "id": session_id,
        "allow_promotion_codes": allowed and not was_given,
        "collected_information": None,
        "created": tx.seconds,
        "expires_at": tx.seconds + LONGEST,
        "payment_intent": None,
        "recovered_from": old["id"],
        "status": "open",
        "url": f"{public_url}/c/pay/{session_id}",
    }
    session["after_expiration"]["recovery"] |= {"expires_at": None, "url": None}
    for field in session["custom_fields"]:
        field[field["type"]]["value"] = None
    if session["consent"]:
        session["consent"] = dict.fromkeys(session["consent"])
    session.pop("_pending", None)
    session.pop("_recovered", None)
    _forget_customer(tx, session)
    _renew_discount(tx, session, is_kept=bool(was_given))
    _renew_lines(tx, session)
    recount(tx, session)
    tx.add(KIND, session)
    tx.schedule("expire_session", session_id, float(session["expires_at"]))
    old["_recovered"] = [*old.get("_recovered", []), session_id]
    tx.save(KIND, old)
    return session


def _forget_customer(tx: Tx, session: Obj) -> None:
    customer = tx.find("customer", session["customer"])
    if session["customer"] and (customer is None or customer.get("deleted")):
        session["customer"] = None
        session["customer_creation"] = "if_required"


def _renew_discount(tx: Tx, session: Obj, *, is_kept: bool) -> None:
    discount = session["_discount"]
    coupon = tx.find("coupon", discount["source"]["coupon"]) if discount else None
    if is_kept and coupon and coupon_now(tx, coupon).get("valid"):
        session["_discount"] = discount | {"id": tx.new_id("di_"), "checkout_session": session["id"]}
    else:
        session["_discount"] = session["discounts"] = None


def _renew_lines(tx: Tx, session: Obj) -> None:
    pictures = {}
    for item in session["_line_items"]:
        old_id, item["id"] = item["id"], tx.new_id("li_")
        pictures[item["id"]] = session["_pictures"].get(old_id, [None, None])
    session["_pictures"] = pictures
