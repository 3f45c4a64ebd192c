"""The stand-in as a Flask application."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException

from shop.sandbox import (  # noqa: F401  (they fill the table)
    account,
    balance,
    charge_calls,
    coupons,
    customer_calls,
    disputes,
    endpoints,
    fraud_warnings,
    helper_clock,
    helper_payments,
    helper_webhooks,
    intent_calls,
    methods,
    payment_pages,
    prices,
    refunds,
    search,
    shipping_rates,
    tax_rates,
)
from shop.sandbox.delivery import Courier
from shop.sandbox.errors import ApiError
from shop.sandbox.faults import Faults, cut_off
from shop.sandbox.helper_base import helpers
from shop.sandbox.http import KeysInUse, answer
from shop.sandbox.jobs import run_due
from shop.sandbox.log import RequestLog
from shop.sandbox.pages import pages
from shop.sandbox.store import Store, dumps

MAX_BODY = 2_000_000
_METHODS = ["GET", "POST", "DELETE", "PUT", "PATCH"]


@dataclass
class Sandbox:
    """What one running stand-in holds."""

    store: Store
    courier: Courier
    public_url: str
    webhooks: list[tuple[str, str]]
    faults: Faults
    keys: KeysInUse = field(default_factory=KeysInUse)
    log: RequestLog = field(default_factory=RequestLog)
    closing: threading.Event = field(default_factory=threading.Event)

    def close(self) -> None:
        """Let held answers go, stop sending webhooks and close the file."""
        self.closing.set()
        self.courier.stop()
        self.store.close()


def create_app(
    database: str,
    *,
    public_url: str,
    webhooks: Sequence[tuple[str, str]] = (),
    seed: int | None = None,
    start: float | None = None,
) -> Flask:
    """Return the stand-in, its courier already at work.

    Args:
        database: path of the SQLite file (made if it is not there) or ``:memory:``.
        public_url: where browsers reach it, without a slash at the end; sessions' ``url`` begins with it.
        webhooks: pairs of an address and a ``whsec_…`` secret, to be told every event.
        seed: makes ids, faults and times repeatable; the clock then stands still but for ``/_sandbox/clock``.
        start: what that clock first shows, in seconds since 1970; ``store.DEFAULT_START`` when not given.
    """
    app = Flask(__name__, static_folder="static", static_url_path="/static")
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    store = Store(database, seed, start)
    faults = Faults(store, seed)
    store.plan_webhook = faults.plan_webhook
    sandbox = Sandbox(store, Courier(store), public_url.rstrip("/"), list(webhooks), faults)
    with store.writing() as tx:
        endpoints.register(tx, sandbox.webhooks)
    app.extensions["sandbox"] = sandbox
    app.register_blueprint(helpers)
    app.register_blueprint(pages)
    app.add_url_rule("/healthz", "healthz", _healthz)
    app.add_url_rule("/<any(v1, v2):version>/<path:path>", "api", _api, methods=_METHODS)
    app.register_error_handler(HTTPException, _error)
    app.before_request(lambda: run_due(store))
    sandbox.courier.start()
    return app


def _error(error: HTTPException) -> Response | HTTPException:
    """Answer an error of the web server in Stripe's shape where a program asks; browsers get Flask's page."""
    if not request.path.startswith(("/v1", "/_sandbox")):
        return error
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    kind = "api_error" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "invalid_request_error"
    shown = ApiError(status, str(error.description), kind=kind)
    return Response(dumps(shown.body()), status, mimetype="application/json")


def _healthz() -> dict[str, str]:
    return {"status": "ok"}


def _api(version: str, path: str) -> Response:
    response, is_lost = answer(f"/{version}/{path}")
    current_app.extensions["sandbox"].log.note(request, response, is_lost=is_lost)
    return cut_off() if is_lost or response is None else response
