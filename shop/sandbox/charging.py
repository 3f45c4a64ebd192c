"""Charging an intent: the one path behind sessions, payment intents and charges made directly."""

from __future__ import annotations

from dataclasses import dataclass

from shop.sandbox.banks import MESSAGES, account_of
from shop.sandbox.cards import CARDS, refusal
from shop.sandbox.charges import (
    HOLD,
    capture_charge,
    dispute_of,
    end_pending,
    get_charge,
    new_charge,
    release_charge,
)
from shop.sandbox.disputes import open_dispute
from shop.sandbox.errors import ApiError, Obj
from shop.sandbox.events import emit
from shop.sandbox.fraud_warnings import warn
from shop.sandbox.intents import cancel_intent, get_intent, set_intent
from shop.sandbox.lists import public
from shop.sandbox.methods import attach
from shop.sandbox.store import Tx

AUTHENTICATION_FAILED = (
    "The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new "
    "PaymentMethod to attempt to fulfill this PaymentIntent again."
)


@dataclass(frozen=True)
class Manner:
    """How an attempt is made.

    Attributes:
        is_off_session: the buyer is not there to answer a challenge.
        refuses_action: a challenge is an error (``error_on_requires_action``).
        return_url: where the buyer goes after a challenge; without it the shop's own page leads them.
        challenge_url: the stand-in's page that asks for the bank.
        wants_challenge: the shop asks for 3-D Secure where a card has it (``request_three_d_secure``).
    """

    is_off_session: bool = False
    refuses_action: bool = False
    return_url: str | None = None
    challenge_url: str | None = None
    wants_challenge: bool = False


def asks_bank(method: Obj, manner: Manner) -> bool:
    """Say whether a payment by a method made in this manner needs the buyer to pass a 3-D Secure challenge."""
    card = CARDS.get(method["_card"] or "") if method["type"] == "card" else None
    if card is None or card.secure is None:
        return False
    if card.secure == "if_wanted":
        return manner.wants_challenge
    if card.secure == "on_session":
        return not manner.is_off_session
    if card.secure == "unless_set_up" and method.get("_is_authenticated"):
        return not manner.is_off_session
    return True


def confirm(tx: Tx, intent: Obj, method: Obj, manner: Manner) -> Obj:
    """Attempt to pay an intent with a method and return it.

    It comes back ``succeeded``, ``requires_capture`` (manual capture), ``processing`` (a bank account) or
    ``requires_action`` (3-D Secure).

    Raises:
        ApiError: 402 for a refusal; what was written (a failed charge) stays.
    """
    set_intent(tx, intent, None, payment_method=method["id"])
    if method["type"] != "card":
        return _debit(tx, intent, method)
    has_passed = intent.get("_passed") == method["id"]
    if has_passed or not asks_bank(method, manner):
        return charge(tx, intent, method, is_secure=has_passed)
    if manner.is_off_session or manner.refuses_action:
        code = "authentication_required"
        error = ApiError(402, "Your card was declined. This transaction requires authentication.",
                         kind="card_error", code=code, decline_code=code if manner.is_off_session else None)  # fmt: skip
        failed = new_charge(tx, intent, method, error) if manner.is_off_session else None
        raise refuse(tx, intent, method, error, failed)
    return _ask(tx, intent, manner)


def _ask(tx: Tx, intent: Obj, manner: Manner) -> Obj:
    if manner.return_url:
        action: Obj = {
            "type": "redirect_to_url",
            "redirect_to_url": {"return_url": manner.return_url, "url": manner.challenge_url},
        }
    else:
        action = {
            "type": "use_stripe_sdk",
            "use_stripe_sdk": {"type": "three_d_secure_redirect", "stripe_js": manner.challenge_url},
        }
    return set_intent(
        tx,
        intent,
        "payment_intent.requires_action",
        last_payment_error=None,
        next_action=action,
        status="requires_action",
    )


def authenticate(tx: Tx, intent: Obj, *, is_successful: bool) -> Obj:
    """End a 3-D Secure challenge: charge the card, or refuse it.

    Raises:
        ApiError: 402, when it failed or when the card is refused afterwards.
    """
    method = tx.find("payment_method", intent["payment_method"]) or {}
    if is_successful:
        method["_is_authenticated"] = True
        tx.save("payment_method", method)
        if intent["confirmation_method"] == "manual" and not intent["_session"]:
            # The shop's server has the last word: it confirms once more.
            return set_intent(
                tx, intent, None, next_action=None, status="requires_confirmation", _passed=method["id"]
            )
        return charge(tx, intent, method, is_secure=True)
    error = ApiError(402, AUTHENTICATION_FAILED, code="payment_intent_authentication_failure")
    raise refuse(tx, intent, method, error, None)


def charge(tx: Tx, intent: Obj, method: Obj, *, is_secure: bool) -> Obj:
    """Charge a card for an intent, or hold the amount when it is captured by hand."""
    error = refusal(method["_card"])
    is_held = intent["capture_method"] == "manual"
    made = new_charge(tx, intent, method, error, is_secure=is_secure, is_held=is_held)
    if error:
        raise refuse(tx, intent, method, error, made)
    card = CARDS.get(method["_card"] or "")
    if card and card.is_warned_of:
        warn(tx, made)
    reason = dispute_of(made)
    if reason and not is_held:
        made = open_dispute(tx, made, reason)
    keep_method(tx, intent, method)
    if is_held:
        tx.schedule("expire_hold", intent["id"], tx.now + HOLD)
        return set_intent(
            tx,
            intent,
            "payment_intent.amount_capturable_updated",
            amount_capturable=intent["amount"],
            last_payment_error=None,
            latest_charge=made["id"],
            next_action=None,
            status="requires_capture",
        )
    return _succeed(tx, intent, made)


def _succeed(tx: Tx, intent: Obj, made: Obj) -> Obj:
    return set_intent(
        tx,
        intent,
        "payment_intent.succeeded",
        amount_capturable=0,
        amount_received=made["amount_captured"],
        last_payment_error=None,
        latest_charge=made["id"],
        next_action=None,
        processing=None,
        status="succeeded",
    )


def keep_method(tx: Tx, intent: Obj, method: Obj) -> None:
    """Save the method to the intent's customer when the shop wants to charge it again."""
    own = (intent["payment_method_options"].get(method["type"]) or {}).get("setup_future_usage")
    if own == "none":
        return
    if intent["setup_future_usage"] and intent["customer"] and method["customer"] is None:
        method["_is_authenticated"] = True
        attach(tx, method, intent["customer"])


def _debit(tx: Tx, intent: Obj, method: Obj) -> Obj:
    """Begin a debit of a bank account; how it ends comes later (``settle``)."""
    made = new_charge(tx, intent, method, None)
    keep_method(tx, intent, method)
    delay = account_of(method["_account"]).delay
    if delay is not None:
        tx.schedule("settle_debit", intent["id"], tx.now + delay)
    return set_intent(
        tx,
        intent,
        "payment_intent.processing",
        last_payment_error=None,
        latest_charge=made["id"],
        next_action=None,
        status="processing",
    )


def settle(tx: Tx, intent_id: str) -> Obj | None:
    """End a debit that was begun; returns the intent, or None when there is nothing to end."""
    intent = get_intent(tx, intent_id)
    if intent["status"] != "processing":
        return None
    method = tx.find("payment_method", intent["payment_method"]) or {}
    made = get_charge(tx, intent["latest_charge"])
    code = account_of(method["_account"]).code
    if code is None:
        made = end_pending(tx, made, None)
        reason = dispute_of(made)
        if reason:
            made = open_dispute(tx, made, reason)
        return _succeed(tx, intent, made)
    error = ApiError(402, MESSAGES[code], code=code)
    made = end_pending(tx, made, error)
    refuse(tx, intent, method, error, made)
    return intent


def refuse(tx: Tx, intent: Obj, method: Obj, error: ApiError, made: Obj | None) -> ApiError:
    """Write a refusal to the intent, tell it, and return the error to raise."""
    shown: Obj = error.body()["error"] | {"payment_method": public(method)}
    if made:
        shown["charge"] = made["id"]
    set_intent(
        tx,
        intent,
        "payment_intent.payment_failed",
        last_payment_error=shown,
        latest_charge=made["id"] if made else intent["latest_charge"],
        next_action=None,
        payment_method=None,
        status="requires_payment_method",
    )
    error.is_kept = True
    error.more = {name: shown[name] for name in ("charge", "payment_method") if name in shown}
    error.more["payment_intent"] = public(intent)
    return error


def capture(tx: Tx, intent: Obj, amount: int) -> Obj:
    """Take an authorised amount, or a part of it: the rest is released."""
    tx.unschedule("expire_hold", intent["id"])
    made = capture_charge(tx, get_charge(tx, intent["latest_charge"]), amount)
    reason = dispute_of(made)
    if reason:
        made = open_dispute(tx, made, reason)
    session = tx.find("checkout.session", intent["_session"])
    if session:
        session["payment_status"] = "paid"
        tx.save("checkout.session", session)
    return _succeed(tx, intent, made)


def release(tx: Tx, intent: Obj, reason: str | None) -> Obj:
    """Cancel an intent, its authorisation given up."""
    if intent["status"] == "requires_capture":
        release_charge(tx, get_charge(tx, intent["latest_charge"]))
    return cancel_intent(tx, intent["id"], reason)


def expire_hold(tx: Tx, subject: str) -> None:
    """Give up an authorisation, of an intent or of a charge alone, that was not captured in time."""
    alone = tx.find("charge", subject)
    if alone:
        if not alone["captured"] and not alone["refunded"]:
            release_charge(tx, alone, is_expired=True)
        return
    intent = get_intent(tx, subject)
    if intent["status"] == "requires_capture":
        release_charge(tx, get_charge(tx, intent["latest_charge"]), is_expired=True)
        cancel_intent(tx, subject, "automatic")


def tell_session(tx: Tx, intent: Obj, session: Obj) -> None:
    """Say how the delayed payment of a completed session ended (``checkout.session.async_payment_…``)."""
    is_paid = intent["status"] == "succeeded"
    session["payment_status"] = "paid" if is_paid else "unpaid"
    tx.save("checkout.session", session)
    emit(tx, f"checkout.session.async_payment_{'succeeded' if is_paid else 'failed'}", session)
