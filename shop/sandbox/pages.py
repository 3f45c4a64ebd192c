"""The hosted payment page: plain forms and redirects, so it works without JavaScript."""

from __future__ import annotations

from flask import Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from shop.sandbox import challenge_pages, forms, recovery  # noqa: F401  (the first and last bring their addresses)
from shop.sandbox.brand import style_sheet
from shop.sandbox.errors import ApiError, Obj
from shop.sandbox.form import Form
from shop.sandbox.page_base import elsewhere, over, pages, store, success_address, words_of
from shop.sandbox.page_changes import Visit, act, hold_back, keep_note
from shop.sandbox.page_methods import take_method
from shop.sandbox.page_view import form_page, money_of
from shop.sandbox.payments import pay
from shop.sandbox.sessions import KIND
from shop.sandbox.store import Tx
from shop.sandbox.texts import Words

__all__ = ["pages"]


@pages.get("/c/pay/<session_id>")
def show_page(session_id: str) -> Response:
    """Show the payment page of an open session."""
    with store().reading() as tx:
        session = tx.find(KIND, session_id)
        if session is None:
            return over(None, 404)
        if session["status"] != "open":
            return over(session)
        customer = tx.find("customer", session["customer"])
        intent = tx.find("payment_intent", session["payment_intent"])
        words = words_of(session)
        form = forms.fresh(session, customer, words)
        if "refused" in request.args and intent and intent["last_payment_error"]:
            text = words.refusal(intent["last_payment_error"])
            form.errors["number" if "card" in session["payment_method_types"] else "form"] = text
            form.values["method"] = "card"
        return form_page(tx, session, form, words)


@pages.get("/c/pay/<session_id>/brand.css")
def show_brand(session_id: str) -> Response:
    """Return the style sheet of a session's ``branding_settings`` (the page itself may hold no styles)."""
    with store().reading() as tx:
        session = tx.find(KIND, session_id)
    response = Response(style_sheet(session) if session else "", mimetype="text/css")
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


@pages.post("/c/pay/<session_id>")
def submit_page(session_id: str) -> BaseResponse:
    """Take the form: pay and go to ``success_url``, or show it again, changed or with what is wrong."""
    with store().writing() as tx:
        session = tx.find(KIND, session_id)
        if session is None or session["status"] != "open":
            return elsewhere(session)
        words = words_of(session)
        form = forms.read(session, request.form, words)
        keep_note(tx, session, form)
        if form.values.get("action") == "note":
            return Response(status=204)
        paid = _paid_or_changed(tx, session, form, words)
        if paid is None:
            # 200, since the browser would otherwise log the page itself as a failed resource.
            return form_page(tx, session, form, words)
    if paid["status"] == "open":
        return redirect(f"/c/pay/{session_id}/authentication", 303)
    return redirect(success_address(paid), 303)


def _paid_or_changed(tx: Tx, session: Obj, form: Form, words: Words) -> Obj | None:
    """Do what the button says; None when the form must be shown again, its errors filled in."""
    visit = Visit(tx, session, form, words, money_of(session, words))
    if form.values.get("action"):
        act(visit)
        return None
    if hold_back(visit):
        return None
    return _try(tx, session, form, words)


def _try(tx: Tx, session: Obj, form: Form, words: Words) -> Obj | None:
    """Pay; None when the form must be shown again, its errors filled in."""
    buyer = forms.buyer_of(session, form)
    method = None
    if session["amount_total"] > 0:
        billing = {"address": buyer.address, "email": buyer.email, "name": buyer.name, "phone": buyer.phone}
        method = take_method(tx, session, form, billing, words)
        if method is None:
            return None
    elif form.errors:
        return None
    try:
        return pay(tx, session, buyer, method)
    except ApiError as error:
        is_card = error.kind == "card_error" and form.values.get("method") == "card"
        form.errors["number" if is_card else "form"] = words.refusal(error)
        return None
