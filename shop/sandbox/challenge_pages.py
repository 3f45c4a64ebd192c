"""The bank's question for a 3-D Secure card: of a session's payment, and of an intent confirmed by the API."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit, urlunsplit

from flask import redirect, request
from werkzeug.wrappers import Response as BaseResponse

from shop.sandbox import charging
from shop.sandbox.currency import formatted
from shop.sandbox.errors import ApiError, Obj
from shop.sandbox.intents import set_intent
from shop.sandbox.page_base import elsewhere, over, page, pages, shop_of, store, success_address, words_of
from shop.sandbox.payments import authenticate
from shop.sandbox.sessions import KIND
from shop.sandbox.store import Tx
from shop.sandbox.texts import Words


def _question(tx: Tx, intent: Obj, words: Words) -> Obj:
    """Return what every such page tells: the amount and the end of the card's number."""
    method = tx.find("payment_method", intent["payment_method"]) or {}
    total = formatted(intent["amount"], intent["currency"], words.locale)
    return {"t": words, "total": total, "last4": (method.get("card") or {}).get("last4", "")}


@pages.get("/c/pay/<session_id>/authentication")
def show_challenge(session_id: str) -> BaseResponse:
    """Show the bank's question in the course of a session."""
    with store().reading() as tx:
        session = tx.find(KIND, session_id)
        intent = tx.find("payment_intent", session["payment_intent"]) if session else None
        if session is None or session["status"] != "open":
            return over(session, 404 if session is None else 200)
        if intent is None or intent["status"] != "requires_action":
            return redirect(f"/c/pay/{session_id}", 303)
        words = words_of(session)
        known = _question(tx, intent, words)
    return page("challenge.html", session, shop=shop_of(session, words), **known)


@pages.post("/c/pay/<session_id>/authentication")
def answer_challenge(session_id: str) -> BaseResponse:
    """Take the bank's answer: on to the shop, or back to the card."""
    with store().writing() as tx:
        session = tx.find(KIND, session_id)
        if session is None or session["status"] != "open":
            return elsewhere(session)
        try:
            paid = authenticate(tx, session, is_successful=request.form.get("outcome") == "complete")
        except ApiError as error:
            # A refusal stays written; what is wrong otherwise (a code that is spent) the page itself finds and tells.
            return redirect(f"/c/pay/{session_id}{'?refused=1' if error.is_kept else ''}", 303)
    return redirect(success_address(paid), 303)


def _is_passed(intent: Obj) -> bool:
    # With `confirmation_method=manual` a buyer who passed still waits for the shop's own confirmation.
    return intent["status"] in ("succeeded", "requires_capture") or bool(intent.get("_passed"))


def _return_address(intent: Obj, return_url: str) -> str:
    """Return where a buyer goes after the challenge, with what Stripe adds to the address."""
    parts = urlsplit(return_url)
    added = urlencode({
        "payment_intent": intent["id"],
        "payment_intent_client_secret": intent["client_secret"],
        "redirect_status": "succeeded" if _is_passed(intent) else "failed",
    })  # fmt: skip
    return urlunsplit(parts._replace(query="&".join(one for one in (parts.query, added) if one)))


def _answered(intent: Obj, words: Words) -> BaseResponse:
    """Say that the bank has its answer, with the way on where there is one."""
    way = intent.get("_return_url")
    target = _return_address(intent, way) if way else None
    return page(
        "over.html", None, target=target, t=words, kind="answered", is_passed=_is_passed(intent), shop=""
    )


@pages.get("/c/authentication/<intent_id>")
def show_direct_challenge(intent_id: str) -> BaseResponse:
    """Show the bank's question for an intent that the shop confirmed by the API."""
    words = words_of(None)
    with store().reading() as tx:
        intent = tx.find("payment_intent", intent_id)
        if intent is None or intent["_session"]:
            return page("over.html", None, 404, t=words, kind="missing", title=words("nobody"), shop="")
        if intent["status"] != "requires_action":
            return _answered(intent, words)
        known = _question(tx, intent, words)
    way = (intent["next_action"].get("redirect_to_url") or {}).get("return_url")
    return page("challenge.html", None, shop=words("shop"), intent=intent, target=way, **known)


@pages.post("/c/authentication/<intent_id>")
def answer_direct_challenge(intent_id: str) -> BaseResponse:
    """Take the bank's answer and go back to the shop; giving up counts as a failure, as at Stripe.

    A window that is merely closed leaves the intent as it is (``requires_action``).
    """
    with store().writing() as tx:
        intent = tx.find("payment_intent", intent_id)
        if intent is None or intent["_session"] or intent["status"] != "requires_action":
            return redirect(f"/c/authentication/{intent_id}", 303)
        way = (intent["next_action"].get("redirect_to_url") or {}).get("return_url")
        try:
            charging.authenticate(tx, intent, is_successful=request.form.get("outcome") == "complete")
        except ApiError as error:
            if not error.is_kept:
                raise
        intent = tx.find("payment_intent", intent_id) or intent
        set_intent(tx, intent, None, _return_url=way)
    return redirect(_return_address(intent, way) if way else f"/c/authentication/{intent_id}", 303)
