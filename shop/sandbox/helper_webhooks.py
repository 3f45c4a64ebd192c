"""Helpers under ``/_sandbox`` for webhooks and faults: hold back, send again, delay, double, look at the log."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, request

from shop.sandbox import faults
from shop.sandbox.delivery import delivery_log
from shop.sandbox.errors import ApiError, Obj, invalid
from shop.sandbox.events import queue_delivery
from shop.sandbox.helper_base import given_json, helpers, number, sandbox

MAX_COPIES, MAX_DELAY, MAX_COUNT, MAX_DIGITS = 10, 400 * 24 * 3600, 1_000_000, 15
_METHODS = ("GET", "POST", "DELETE")


@helpers.post("/webhooks/<word>")
def switch_webhooks(word: str) -> tuple[Response, int]:
    """Hold webhooks back (``pause``) or send them again (``resume``)."""
    if word not in ("pause", "resume"):
        raise ApiError(404, "Webhooks can be told to `pause` or to `resume`.")
    sandbox().courier.pause(is_paused=word == "pause")
    return jsonify({"paused": word == "pause"}), 200


@helpers.get("/deliveries")
def deliveries() -> Response:
    """Return the delivery log with each try, oldest first.

    ``?status=pending`` and ``?event=evt_…`` narrow it, ``?after=12`` begins behind a delivery's number, ``?limit=50``
    keeps the newest of those.
    """
    after, limit = _asked("after"), _asked("limit")
    with sandbox().store.reading() as tx:
        rows = delivery_log(
            tx,
            status=request.args.get("status"),
            event=request.args.get("event"),
            after=after or 0,
            limit=limit,
        )
    return jsonify({"data": rows})


def _asked(name: str) -> int | None:
    """Return a whole number of the query, or None without one."""
    text = request.args.get(name)
    if text is None:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > MAX_DIGITS:
        raise invalid(f"`{name}` must be a whole number.", name)
    return int(text)


@helpers.post("/events/<event_id>/delivery")
def resend(event_id: str) -> tuple[Response, int]:
    """Send an event once more: to every endpoint or to ``endpoint``, ``copies`` times, ``delay`` seconds from now."""
    given = given_json("endpoint", "copies", "delay")
    only = given.get("endpoint")
    copies = number(given, "copies", least=1, most=MAX_COPIES, default=1)
    late = number(given, "delay", least=0, most=MAX_DELAY, default=0)
    with sandbox().store.writing() as tx:
        if tx.find("event", event_id) is None:
            raise ApiError(404, f"No such event: '{event_id}'", code="resource_missing", param="id")
        targets = [one["id"] for one in tx.select("webhook_endpoint") if only in (None, one["id"])]
        if only is not None and not targets:
            raise ApiError(
                404, f"No such webhook endpoint: '{only}'", code="resource_missing", param="endpoint"
            )
        for endpoint_id in targets * int(copies or 1):
            queue_delivery(tx, event_id, endpoint_id, late or 0)
    return jsonify({"event": event_id, "endpoints": targets}), 202


@helpers.get("/faults")
def list_faults() -> Response:
    """Return the faults that are set, with how often each has struck."""
    return jsonify({"data": [one.shown() for one in sandbox().faults.all()]})


@helpers.post("/faults")
def add_fault() -> tuple[Response, int]:
    """Set a fault; see ``faults.Fault`` for its members."""
    given = given_json("kind", "method", "path", "event", "count", "probability", "seconds")
    kind = given.get("kind")
    kinds = (*faults.BEFORE, *faults.AFTER, *faults.WEBHOOKS)
    if kind not in kinds:
        raise invalid(f"`kind` must be one of {', '.join(kinds)}.", "kind")
    is_webhook = kind in faults.WEBHOOKS
    values: dict[str, Any] = {
        "kind": kind,
        "count": _count(given),
        "probability": number(given, "probability", least=0, most=1, default=1.0),
        "seconds": number(given, "seconds", least=0, most=MAX_DELAY, default=faults.DEFAULT_SECONDS),
    }
    for name in ("event",) if is_webhook else ("path", "method"):
        if given.get(name):
            values[name] = _word(given, name)
    if values.get("method", "GET") not in _METHODS:
        raise invalid(f"`method` must be one of {', '.join(_METHODS)}.", "method")
    for name in ("path", "method") if is_webhook else ("event",):
        if given.get(name):
            raise invalid(f"`{name}` says nothing about a fault of the kind {kind}.", name)
    return jsonify(sandbox().faults.add(values).shown()), 201


def _count(given: Obj) -> int | None:
    count = number(given, "count", least=1, most=MAX_COUNT)
    if count is not None and count != int(count):
        raise invalid("`count` must be a whole number.", "count")
    return None if count is None else int(count)


def _word(given: Obj, name: str) -> str:
    if not isinstance(given[name], str):
        raise invalid(f"`{name}` must be a text.", name)
    word: str = given[name]
    return word.upper() if name == "method" else word


@helpers.delete("/faults")
def remove_faults() -> Response:
    """Take all faults away."""
    sandbox().faults.remove()
    return jsonify({"data": []})


@helpers.delete("/faults/<int:fault_id>")
def remove_fault(fault_id: int) -> Response:
    """Take one fault away."""
    if not sandbox().faults.remove(fault_id):
        raise ApiError(404, f"No such fault: {fault_id}", code="resource_missing", param="id")
    return jsonify({"id": fault_id, "deleted": True})
