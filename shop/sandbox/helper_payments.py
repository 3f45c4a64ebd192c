"""Helpers under ``/_sandbox`` that pay, dispute and spoil refunds without a browser."""

from __future__ import annotations

from flask import Response, jsonify

from shop.sandbox.cards import Entry, check_entry, year_month
from shop.sandbox.charges import get_charge
from shop.sandbox.disputes import REASONS, open_dispute
from shop.sandbox.errors import ApiError, Obj, invalid
from shop.sandbox.helper_base import given_json, helpers, sandbox
from shop.sandbox.lists import public
from shop.sandbox.methods import method_of, new_card, new_sepa_debit
from shop.sandbox.payments import Buyer, authenticate, check_open, pay
from shop.sandbox.refunds import FAILURES, fail, get_refund
from shop.sandbox.sessions import get_session
from shop.sandbox.store import Tx

_PAYING = ("card", "iban", "email", "name", "phone", "address", "shipping", "shipping_rate", "exp_month", "exp_year",
           "cvc", "challenge")  # fmt: skip


@helpers.post("/sessions/<session_id>/payment")
def pay_session(session_id: str) -> tuple[Response, int]:
    """Pay a session without a browser, by the code that the page uses.

    JSON in: ``card`` (a number or ``pm_card_…``) or ``iban`` and, if wanted, ``email``, ``name``, ``phone``, ``address``,
    ``shipping`` (``{"name", "address"}``), ``shipping_rate``, ``exp_month``, ``exp_year``, ``cvc`` and
    ``challenge`` (``complete`` or ``fail``, for 3-D Secure cards). What is left out is made up.
    Answers 200 with ``{"session", "redirect"}``, or 402 with the card's error.
    """
    given = given_json(*_PAYING)
    with sandbox().store.writing() as tx:
        session = get_session(tx, session_id)
        check_open(session)
        try:
            buyer = _buyer(session, given)
            method = _method(tx, session, buyer, given) if session["amount_total"] else None
            session = pay(tx, session, buyer, method)
            if session["status"] == "open" and given.get("challenge"):
                session = authenticate(tx, session, is_successful=given["challenge"] == "complete")
        except ApiError as error:
            if not error.is_kept:
                raise
            return jsonify(error.body()), error.status
        redirect = session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"])
        if session["status"] == "open":
            redirect = f"{session['url']}/authentication"
    return jsonify({"session": public(session), "redirect": redirect}), 200


def _method(tx: Tx, session: Obj, buyer: Buyer, given: Obj) -> Obj:
    if "iban" in given:
        if "card" in given:
            raise invalid("Pay by `card` or by `iban`, not both.", "iban")
        if "sepa_debit" not in session["payment_method_types"]:
            raise invalid("This session takes no SEPA debits.", "iban")
        return new_sepa_debit(tx, str(given["iban"]), {"name": buyer.name, "email": buyer.email})
    card = str(given.get("card", "4242424242424242")).replace(" ", "")
    if card.startswith("pm_"):
        return method_of(tx, card, "card")
    year, month = year_month(tx)
    entry = Entry(
        card,
        int(given.get("exp_month", 12)),
        int(given.get("exp_year", year + 3)),
        str(given.get("cvc", "1234" if card[:2] in ("34", "37") else "123")),
    )
    check_entry(entry, year, month)
    return new_card(
        tx, entry, {"name": given.get("name"), "address": given.get("address"), "email": given.get("email")}
    )


def _buyer(session: Obj, given: Obj) -> Buyer:
    known = session["customer_email"] or (session["customer_details"] or {}).get("email")
    shipping = given.get("shipping")
    collected = session["shipping_address_collection"]
    name = given.get("name", "Test Buyer")
    if collected and not shipping:
        address = {"line1": "1 rue de Test", "city": "Paris", "postal_code": "75001"}
        shipping = {"name": name, "address": address | {"country": collected["allowed_countries"][0]}}
    return Buyer(
        email=given.get("email") or known or "buyer@example.com",
        name=name,
        phone=given.get("phone"),
        address=given.get("address"),
        shipping=shipping if collected else None,
        shipping_rate=given.get("shipping_rate"),
    )


@helpers.post("/charges/<object_id>/dispute")
def dispute_charge(object_id: str) -> Response:
    """Open a dispute on a captured charge, given by its id or by its payment intent's; ``reason`` as Stripe names it."""
    reason = given_json("reason").get("reason") or "fraudulent"
    if reason not in REASONS:
        raise invalid(f"`reason` must be one of {', '.join(REASONS)}.", "reason")
    with sandbox().store.writing() as tx:
        intent = tx.find("payment_intent", object_id)
        charge = get_charge(tx, (intent["latest_charge"] or "none") if intent else object_id)
        if charge["status"] != "succeeded" or not charge["captured"]:
            raise invalid("Only a charge that was paid and captured can be disputed.", "id")
        if charge["disputed"]:
            raise invalid("This charge is disputed already.", "id")
        open_dispute(tx, charge, reason)
        dispute = tx.select("dispute", charge=charge["id"])[-1]
    return jsonify(public(dispute))


@helpers.post("/refunds/<refund_id>/failure")
def fail_refund(refund_id: str) -> Response:
    """Let a refund fail: the buyer's bank sends it back; ``reason`` as Stripe names it."""
    reason = given_json("reason").get("reason") or "expired_or_canceled_card"
    if reason not in FAILURES:
        raise invalid(f"`reason` must be one of {', '.join(FAILURES)}.", "reason")
    with sandbox().store.writing() as tx:
        refund = get_refund(tx, refund_id)
        if refund["status"] not in ("pending", "succeeded"):
            raise invalid(f"This refund has {refund['status']} already.", "id")
        tx.unschedule("settle_refund", refund_id)
        refund = fail(tx, refund, reason)
    return jsonify(public(refund))
