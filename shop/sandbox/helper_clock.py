"""Helpers for developers and tests, under ``/_sandbox``: health, the log of calls, the clock, a reset."""

from __future__ import annotations

from flask import Response, jsonify

from shop.sandbox import endpoints
from shop.sandbox.errors import invalid
from shop.sandbox.helper_base import given_json, helpers, sandbox
from shop.sandbox.jobs import run_due

MAX_STEP = 400 * 24 * 3600


@helpers.get("/health")
def health() -> Response:
    """Say that the process is up, what its clock shows (seconds since 1970) and how far ahead of the machine's it is."""
    store = sandbox().store
    return jsonify(
        {
            "status": "ok",
            "now": store.now(),
            "clock_offset": store.offset,
            "lead": store.lead,
            "seed": store.seed,
            "paused": sandbox().courier.is_paused,
        }
    )


@helpers.get("/requests")
def requests() -> Response:
    """Return the API calls of late, oldest first, without keys and card numbers."""
    return jsonify({"data": sandbox().log.rows()})


@helpers.delete("/requests")
def forget_requests() -> Response:
    """Begin a new record of API calls."""
    sandbox().log.clear()
    return jsonify({"data": []})


@helpers.post("/clock")
def turn_clock() -> Response:
    """Turn the clock forwards by ``advance`` seconds and do everything that this makes due."""
    seconds = given_json("advance").get("advance")
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not 0 <= seconds <= MAX_STEP:
        raise invalid(
            f"`advance` must be a number of seconds from 0 to {MAX_STEP}: the clock only goes forwards.",
            "advance",
        )
    running = sandbox()
    running.store.advance(seconds)
    run_due(running.store)
    running.courier.wake()
    return health()


@helpers.post("/reset")
def reset() -> Response:
    """Forget everything but the endpoints given at start and the clock."""
    running = sandbox()
    running.store.clear()
    with running.store.writing() as tx:
        endpoints.register(tx, running.webhooks)
    running.faults.reload()
    running.log.clear()
    running.courier.pause(is_paused=False)
    return jsonify({"status": "ok"})
