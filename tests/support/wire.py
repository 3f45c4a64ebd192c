"""A stand-in that runs on a port of its own, for the official SDK to speak to."""

import dataclasses
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import stripe
from werkzeug.serving import make_server

from shop.payments.stripe_gateway import StripeGateway
from shop.sandbox.app import create_app
from tests.conftest import make_settings
from tests.sandbox.conftest import SECRET, Receiver, call
from tests.support.stack import free_port


@dataclass
class Wire:
    """A running stand-in, and the webhooks that it sent."""

    url: str
    receiver: Receiver

    def pay(self, url: str, card: str = "4242424242424242") -> tuple[int, Any]:
        return call(f"{self.url}/_sandbox/sessions/{url.rsplit('/', 1)[-1]}/payment", {"card": card})

    def advance(self, seconds: float) -> None:
        assert call(f"{self.url}/_sandbox/clock", {"advance": seconds})[0] == 200


@contextmanager
def running_wire() -> Iterator[Wire]:
    """Run a stand-in on a free port, with a receiver of its webhooks."""
    receiver, port = Receiver(), free_port()
    url = f"http://127.0.0.1:{port}"
    app = create_app(":memory:", public_url=url, webhooks=[(receiver.url, SECRET)])
    server = make_server("127.0.0.1", port, app, threaded=True)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield Wire(url, receiver)
    server.shutdown()
    app.extensions["sandbox"].close()
    receiver.close()


def make_gateway(
    wire: Wire, data_dir: Path, http_client: stripe.HTTPClient | None = None, **changes: Any
) -> StripeGateway:
    """Return a gateway to the stand-in; ``changes`` are of its settings."""
    settings = make_settings("sqlite://", data_dir)
    changes = {"stripe_api_base": wire.url, "stripe_webhook_secret": f"whsec_old,{SECRET}", **changes}
    return StripeGateway(dataclasses.replace(settings, **changes), http_client)
