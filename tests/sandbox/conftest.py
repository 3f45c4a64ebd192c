"""A running stand-in, the official SDK pointed at it, and a receiver of its webhooks."""

import http.server
import json
import logging
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import stripe
from flask import Flask, Response, request
from werkzeug.serving import BaseWSGIServer, make_server

from shop.sandbox.app import create_app
from shop.sandbox.events import API_VERSION
from shop.sandbox.lists import public
from tests.sandbox.schemas import SCHEMAS

SECRET = "whsec_of_the_tests"


def call(url: str, body: Any = None, method: str | None = None, key: str | None = None) -> tuple[int, Any]:
    """Speak JSON with a helper address, or with one of the API by its ``key``; returns the status and the body."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
    request = urllib.request.Request(url, data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def eventually(check: Callable[[], Any], seconds: float = 10) -> Any:
    """Wait until ``check`` is true and return what it said."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = check()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError("it did not come true in time")


class Receiver:
    """An endpoint that keeps what it is sent and answers with ``status``."""

    def __init__(self) -> None:
        self.status = 200
        self.delay = 0.0
        self.got: list[tuple[bytes, str]] = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                time.sleep(outer.delay)
                outer.got.append((body, self.headers["Stripe-Signature"]))
                self.send_response(outer.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_args: object) -> None:
                """Say nothing."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def events(self, secret: str = SECRET) -> list[stripe.Event]:
        """Return the events received, each with its signature verified by the SDK."""
        return [stripe.Webhook.construct_event(body, header, secret) for body, header in list(self.got)]

    def types(self) -> list[str]:
        """Return the kinds of events received."""
        return sorted(event["type"] for event in self.events())

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@dataclass
class StandIn:
    """A stand-in that runs, and what a test does with it."""

    app: Flask
    server: BaseWSGIServer
    url: str
    stripe: stripe.StripeClient
    made: int = field(default=0)
    problems: list[str] = field(default_factory=list)

    def session(self, **more: Any) -> Any:
        """Create a session for a mug of 12,34 €."""
        self.made += 1
        return self.stripe.v1.checkout.sessions.create(session_params(**more))

    def pay(self, session_id: str, card: str = "4242424242424242", **more: Any) -> tuple[int, Any]:
        """Pay a session without a browser."""
        return call(f"{self.url}/_sandbox/sessions/{session_id}/payment", {"card": card} | more)

    def paid(self, card: str = "4242424242424242", **more: Any) -> Any:
        """Create a session and pay it."""
        session = self.session(**more)
        status, answer = self.pay(session.id, card)
        assert status == 200, answer
        return self.stripe.v1.checkout.sessions.retrieve(session.id)

    def advance(self, seconds: float) -> None:
        """Turn the clock forwards."""
        status, answer = call(f"{self.url}/_sandbox/clock", {"advance": seconds})
        assert status == 200, answer

    def types(self) -> list[str]:
        """Return the kinds of all events, oldest first."""
        return [event.type for event in self.stripe.v1.events.list({"limit": 100}).auto_paging_iter()][::-1]

    def close(self) -> None:
        """Stop; every answer and event must have fitted Stripe's own schemas, where they are at hand."""
        self.server.shutdown()
        running = self.app.extensions["sandbox"]
        if SCHEMAS:
            with running.store.reading() as tx:
                events = tx.select("event")
            self.problems += [one for event in events for one in SCHEMAS.event_problems(public(event))]
        running.close()
        assert sorted(set(self.problems)) == []

    def check_answer(self, response: Response) -> Response:
        """Note what does not fit in an answer of the API's current version."""
        version = request.headers.get("Stripe-Version", API_VERSION)
        if SCHEMAS and request.path.startswith("/v1/") and version == API_VERSION and response.is_sequence:
            self.problems += SCHEMAS.answer_problems(
                request.method, request.path, response.status_code, response.get_json()
            )
        return response


def session_params(**more: Any) -> dict[str, Any]:
    """Return what a plain session is created with."""
    mug = {"currency": "eur", "unit_amount": 1234, "product_data": {"name": "Mug"}}
    return {
        "mode": "payment",
        "success_url": "http://shop.example/done?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://shop.example/cart",
        "line_items": [{"price_data": mug, "quantity": 1}],
    } | more


def refusal(act: Callable[..., Any], *given: Any) -> stripe.InvalidRequestError:
    """Return the error that a call must raise."""
    with pytest.raises(stripe.InvalidRequestError) as caught:
        act(*given)
    return caught.value


def sdk(url: str, **more: Any) -> stripe.StripeClient:
    """Return the official SDK, pointed at a stand-in."""
    return stripe.StripeClient("sk_test_of_the_tests", base_addresses={"api": url}, **more)


def start(database: str, **more: Any) -> StandIn:
    """Run a stand-in in this process, on a port of its own."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app = create_app(database, public_url="http://placeholder.example", **more)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    url = f"http://127.0.0.1:{server.server_port}"
    app.extensions["sandbox"].public_url = url
    # Half a second, its usual pace of looking whether it should end, would be most of a test.
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    one = StandIn(app, server, url, sdk(url))
    app.after_request(one.check_answer)
    return one


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    one = Receiver()
    yield one
    one.close()


@pytest.fixture
def stand_in(tmp_path: Path) -> Iterator[StandIn]:
    """A stand-in without webhooks."""
    one = start(str(tmp_path / "stripe.db"))
    yield one
    one.close()


@pytest.fixture
def told(tmp_path: Path, receiver: Receiver) -> Iterator[StandIn]:
    """A stand-in that tells the receiver everything."""
    one = start(str(tmp_path / "stripe.db"), webhooks=[(receiver.url, SECRET)])
    yield one
    one.close()


@pytest.fixture
def v1(stand_in: StandIn) -> Any:
    """The SDK's calls of the API's first version."""
    return stand_in.stripe.v1


@pytest.fixture
def mug(v1: Any) -> Any:
    """A product with a default price of 12.34 €."""
    return v1.products.create(
        {
            "name": "Mug",
            "default_price_data": {"currency": "eur", "unit_amount": 1234},
            "images": ["http://a.example/m.png"],
        }
    )
