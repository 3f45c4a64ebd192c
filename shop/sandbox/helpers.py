"""Helpers for developers and tests, under ``/_sandbox``: JSON in, JSON out; nothing of it exists at Stripe."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request

from shop.sandbox import endpoints
from shop.sandbox.cards import Entry, check_entry, year_month
from shop.sandbox.delivery import deliveries_of
from shop.sandbox.errors import ApiError, Obj, invalid
from shop.sandbox.events import queue_delivery
from shop.sandbox.jobs import run_due
from shop.sandbox.lists import public
from shop.sandbox.methods import method_of, new_card
from shop.sandbox.payments import Buyer, authenticate, check_open, pay
from shop.sandbox.sessions import get_session
from shop.sandbox.store import Tx

helpers = Blueprint("helpers", __name__, url_prefix="/_sandbox")
MAX_STEP = 400 * 24 * 3600


def _sandbox() -> Any:
    return current_app.extensions["sandbox"]


def _given() -> Obj:
    """Return the JSON body; numbers may come as texts, objects only where objects belong."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        return {}
    for name, value in body.items():
        if isinstance(value, dict) != (name in ("address", "shipping")) or isinstance(value, list):
            raise invalid(f"`{name}` is of the wrong type.", name)
        if name in ("exp_month", "exp_year") and not str(value).isdecimal():
            raise invalid(f"`{name}` must be a number.", name)
    if not isinstance(body.get("shipping", {}).get("address", {}), dict):
        raise invalid("`shipping.address` must be an object.", "shipping")
    return body


@helpers.errorhandler(ApiError)
def _refused(error: ApiError) -> tuple[Response, int]:
    return jsonify(error.body()), error.status


@helpers.get("/health")
def health() -> Response:
    """Say that the process is up, and what its clock shows (seconds since 1970)."""
    store = _sandbox().store
    return jsonify({"status": "ok", "now": store.now(), "clock_offset": store.offset})


@helpers.get("/requests")
def requests() -> Response:
    """Return the API calls of late, oldest first, without keys and card numbers."""
    return jsonify({"data": _sandbox().log.rows()})


@helpers.delete("/requests")
def forget_requests() -> Response:
    """Begin a new record of API calls."""
    _sandbox().log.clear()
    return jsonify({"data": []})


@helpers.post("/clock")
def turn_clock() -> Response:
    """Turn the clock forwards by ``advance`` seconds and do everything that this makes due."""
    seconds = _given().get("advance")
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not 0 <= seconds <= MAX_STEP:
        raise invalid(
            f"`advance` must be a number of seconds from 0 to {MAX_STEP}: the clock only goes forwards.",
            "advance",
        )
    sandbox = _sandbox()
    sandbox.store.advance(seconds)
    run_due(sandbox.store)
    sandbox.courier.wake()
    return health()


@helpers.post("/webhooks/<word>")
def switch_webhooks(word: str) -> tuple[Response, int]:
    """Hold webhooks back (``pause``) or send them again (``resume``)."""
    if word not in ("pause", "resume"):
        raise ApiError(404, "Webhooks can be told to `pause` or to `resume`.")
    _sandbox().courier.pause(is_paused=word == "pause")
    return jsonify({"paused": word == "pause"}), 200


@helpers.get("/deliveries")
def deliveries() -> Response:
    """Return the delivery log, oldest first; ``?status=pending`` and ``?event=evt_…`` narrow it."""
    with _sandbox().store.reading() as tx:
        rows = tx.sql.execute(
            "SELECT d.id, d.event, e.label, d.endpoint, w.body, d.status, d.attempts, d.next_at, d.last_status,"
            " d.last_error, d.last_ms, d.updated_at FROM deliveries d JOIN objects e ON e.id = d.event"
            " JOIN objects w ON w.id = d.endpoint WHERE (:status IS NULL OR d.status = :status)"
            " AND (:event IS NULL OR d.event = :event) ORDER BY d.id",
            {name: request.args.get(name) for name in ("status", "event")},
        ).fetchall()
    return jsonify({"data": deliveries_of(rows)})


@helpers.post("/events/<event_id>/delivery")
def resend(event_id: str) -> tuple[Response, int]:
    """Send an event once more to every endpoint (or to the one named in ``endpoint``)."""
    only = _given().get("endpoint")
    with _sandbox().store.writing() as tx:
        if tx.find("event", event_id) is None:
            raise ApiError(404, f"No such event: '{event_id}'", code="resource_missing", param="id")
        targets = [one["id"] for one in tx.select("webhook_endpoint") if only in (None, one["id"])]
        for endpoint_id in targets:
            queue_delivery(tx, event_id, endpoint_id)
    return jsonify({"event": event_id, "endpoints": targets}), 202


@helpers.post("/reset")
def reset() -> Response:
    """Forget everything but the endpoints given at start and the clock."""
    sandbox = _sandbox()
    sandbox.store.clear()
    with sandbox.store.writing() as tx:
        endpoints.register(tx, sandbox.webhooks)
    sandbox.log.clear()
    sandbox.courier.pause(is_paused=False)
    return jsonify({"status": "ok"})


@helpers.post("/sessions/<session_id>/payment")
def pay_session(session_id: str) -> tuple[Response, int]:
    """Pay a session without a browser, by the code that the page uses.

    JSON in: ``card`` (a number or ``pm_card_…``) and, if wanted, ``email``, ``name``, ``phone``, ``address``,
    ``shipping`` (``{"name", "address"}``), ``shipping_rate``, ``exp_month``, ``exp_year``, ``cvc`` and
    ``challenge`` (``complete`` or ``fail``, for 3-D Secure cards). What is left out is made up.
    Answers 200 with ``{"session", "redirect"}``, or 402 with the card's error.
    """
    given = _given()
    with _sandbox().store.writing() as tx:
        session = get_session(tx, session_id)
        check_open(session)
        try:
            method = _method(tx, given) if session["amount_total"] else None
            session = pay(tx, session, _buyer(session, given), method)
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


def _method(tx: Tx, given: Obj) -> Obj:
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
