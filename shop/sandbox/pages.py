"""The hosted payment page: plain forms and redirects, so it works without JavaScript."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from shop.sandbox import forms
from shop.sandbox.cards import CARDS, year_month
from shop.sandbox.currency import formatted
from shop.sandbox.errors import ApiError, Obj
from shop.sandbox.forms import Form
from shop.sandbox.methods import new_card
from shop.sandbox.payments import authenticate, pay
from shop.sandbox.sessions import KIND, choose_shipping
from shop.sandbox.store import Store, Tx
from shop.sandbox.texts import FEATURED, Words

pages = Blueprint("pages", __name__)


def _store() -> Store:
    store: Store = current_app.extensions["sandbox"].store
    return store


def _words(session: Obj | None) -> Words:
    accepted = [language for language, _quality in request.accept_languages]
    return Words(session["locale"] if session else None, accepted)


def _shop(session: Obj, words: Words) -> str:
    return session["branding_settings"]["display_name"] or words("shop")


def success_address(session: Obj) -> str:
    """Return where a buyer goes after paying, the session's id filled in."""
    url: str = session["success_url"]
    return url.replace("{CHECKOUT_SESSION_ID}", session["id"])


def _origin(url: str | None) -> str:
    parts = urlsplit(url or "")
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") else ""


def _page(template: str, session: Obj | None, status: int = 200, **values: Any) -> Response:
    """Render a page with headers that let it load only its own files, and the pictures of what is bought.

    Chromium holds the redirect after a form to ``form-action`` too, so the shop's origin stands beside 'self'.
    """
    response = make_response(render_template(f"sandbox/{template}", session=session, **values), status)
    pictures = {_origin(picture) for _about, picture in (session or {}).get("_pictures", {}).values()}
    targets = {_origin(session["success_url"])} if session else set()
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'self'; script-src 'self'; img-src {_sources(pictures)}; "
        f"form-action {_sources(targets)}; base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


def _sources(origins: set[str]) -> str:
    return " ".join(["'self'", *sorted(origin for origin in origins if origin)])


def _over(session: Obj | None, status: int = 200) -> Response:
    """Say kindly that there is nothing to pay: done, expired or unknown."""
    words = _words(session)
    kind = "missing" if session is None else session["status"]
    shop = _shop(session, words) if session else ""
    target = session and (success_address(session) if kind == "complete" else session["cancel_url"])
    return _page("over.html", session, status, t=words, kind=kind, target=target, shop=shop)


def _elsewhere(session: Obj | None) -> BaseResponse:
    """Answer a form that came too late: a paid session goes on to the shop."""
    if session and session["status"] == "complete":
        return redirect(success_address(session), 303)
    return _over(session, 200 if session else 404)


@pages.get("/c/pay/<session_id>")
def show_page(session_id: str) -> Response:
    """Show the payment page of an open session."""
    with _store().reading() as tx:
        session = tx.find(KIND, session_id)
        customer = tx.find("customer", session["customer"]) if session and session["customer"] else None
        intent = tx.find("payment_intent", session["payment_intent"]) if session else None
    if session is None:
        return _over(None, 404)
    if session["status"] != "open":
        return _over(session)
    words = _words(session)
    form = forms.fresh(session, customer, words)
    if "refused" in request.args and intent and intent["last_payment_error"]:
        form.errors["number"] = words.refusal(intent["last_payment_error"])
    return _form_page(session, form, words)


def _form_page(session: Obj, form: Form, words: Words) -> Response:
    form.forget_card()

    def money(amount: int) -> str:
        return formatted(amount, session["currency"], words.locale)

    names = words.countries()
    allowed = (session["shipping_address_collection"] or {}).get("allowed_countries", [])
    return _page(
        "pay.html",
        session,
        t=words,
        form=form,
        money=money,
        shop=_shop(session, words),
        pictures=session["_pictures"],
        items=session["_line_items"],
        rates=_rates(session, money),
        countries=names,
        destinations={
            code: names.get(code, code) for code in sorted(allowed, key=lambda code: names.get(code, code))
        },
        has_states=forms.has_states(session),
        known_email=forms.known_email(session),
        cards=CARDS,
        featured=FEATURED,
    )


def _rates(session: Obj, money: Any) -> list[Obj]:
    """Return the shipping options with the name, price and total that the page shows of each."""
    with _store().reading() as tx:
        found = {
            one["shipping_rate"]: tx.find("shipping_rate", one["shipping_rate"]) or {}
            for one in session["shipping_options"]
        }
    return [
        {
            "id": one["shipping_rate"],
            "name": found[one["shipping_rate"]].get("display_name"),
            "amount": one["shipping_amount"],
            "total": money(
                session["amount_total"] - session["total_details"]["amount_shipping"] + one["shipping_amount"]
            ),
        }
        for one in session["shipping_options"]
    ]


@pages.post("/c/pay/<session_id>")
def submit_page(session_id: str) -> BaseResponse:
    """Take the form: pay and go to ``success_url``, or show it again with what is wrong."""
    with _store().writing() as tx:
        session = tx.find(KIND, session_id)
        if session is None or session["status"] != "open":
            return _elsewhere(session)
        words = _words(session)
        form = forms.read(session, request.form, words)
        if form.values.get("action") == "shipping":
            return _reselect(tx, session, form, words)
        paid = _try(tx, session, form, words)
    if paid is None:
        # 200, since the browser would otherwise log the page itself as a failed resource.
        return _form_page(session, form, words)
    if paid["status"] == "open":
        return redirect(f"/c/pay/{session_id}/authentication", 303)
    return redirect(success_address(paid), 303)


def _reselect(tx: Tx, session: Obj, form: Form, words: Words) -> Response:
    """Show the total of another shipping option, for browsers without JavaScript."""
    form.errors.clear()
    if any(one["shipping_rate"] == form.values.get("shipping_rate") for one in session["shipping_options"]):
        choose_shipping(tx, session, form.values["shipping_rate"])
        tx.save(KIND, session)
    return _form_page(session, form, words)


def _try(tx: Tx, session: Obj, form: Form, words: Words) -> Obj | None:
    """Pay; None when the form must be shown again, its errors filled in."""
    method = None
    if session["amount_total"] > 0:
        entry = forms.card_entry(form, words, *year_month(tx))
        if entry is None:
            return None
        buyer = forms.buyer_of(session, form)
        billing = {"address": buyer.address, "email": buyer.email, "name": buyer.name, "phone": buyer.phone}
        method = new_card(tx, entry, billing)
    elif form.errors:
        return None
    try:
        return pay(tx, session, forms.buyer_of(session, form), method)
    except ApiError as error:
        form.errors["number" if error.kind == "card_error" else "form"] = words.refusal(error)
        return None


@pages.get("/c/pay/<session_id>/authentication")
def show_challenge(session_id: str) -> BaseResponse:
    """Show the bank's question for a 3-D Secure card."""
    with _store().reading() as tx:
        session = tx.find(KIND, session_id)
        intent = tx.find("payment_intent", session["payment_intent"]) if session else None
        method = tx.find("payment_method", intent["payment_method"]) if intent else None
    if session is None or session["status"] != "open":
        return _over(session, 404 if session is None else 200)
    if intent is None or method is None or intent["status"] != "requires_action":
        return redirect(f"/c/pay/{session_id}", 303)
    words = _words(session)
    total = formatted(intent["amount"], intent["currency"], words.locale)
    last4 = method["card"]["last4"]
    return _page("challenge.html", session, t=words, total=total, last4=last4, shop=_shop(session, words))


@pages.post("/c/pay/<session_id>/authentication")
def answer_challenge(session_id: str) -> BaseResponse:
    """Take the bank's answer: on to the shop, or back to the card."""
    with _store().writing() as tx:
        session = tx.find(KIND, session_id)
        if session is None or session["status"] != "open":
            return _elsewhere(session)
        try:
            paid = authenticate(tx, session, is_successful=request.form.get("outcome") == "complete")
        except ApiError:
            return redirect(f"/c/pay/{session_id}?refused=1", 303)
    return redirect(success_address(paid), 303)
