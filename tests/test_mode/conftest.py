"""A shop and a stand-in that really speak to each other, both on ports of their own."""

import dataclasses
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import stripe
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.serving import make_server

from shop.app import create_app
from shop.catalog.models import Product
from shop.checkout.buying import CheckoutStarted, buy_now
from shop.checkout.desk import Desk, ReturnUrls, guest_buyer
from shop.core.clock import SystemClock
from shop.core.db import Database
from shop.core.files import FileStore
from shop.core.signing import Signer
from shop.orders.models import Order
from shop.orders.queries import get_order_by_id
from shop.page.models import Page
from shop.payments.recorded_models import RecordedCall, RecordedWebhook
from shop.payments.recording import CallRecorder
from shop.payments.stripe_gateway import TIMEOUT_S, StripeGateway
from shop.payments.stripe_recording import RecordingClient
from shop.sandbox.app import create_app as create_stand_in
from shop.web.context import Runtime
from tests.conftest import make_settings
from tests.factories import make_page, make_product
from tests.sandbox.conftest import call, eventually
from tests.support.stack import free_port

SECRET = "whsec_of_the_house"
URLS = ReturnUrls(
    "http://localhost/en/back?session_id={CHECKOUT_SESSION_ID}&token={ORDER_TOKEN}", "http://localhost/"
)
ADDRESSES = (
    "", "/orders", "/orders/{number}", "/webhooks", "/clock", "/mail",
)  # fmt: skip
ACTS = (
    "/orders/{number}/payment", "/orders/{number}/expiry", "/orders/{number}/dispute", "/orders/{number}/refund-failure",
    "/orders/{number}/deliveries", "/webhooks/pause", "/webhooks/resumption", "/faults", "/faults/removal", "/clock",
)  # fmt: skip


@dataclass
class House:
    """A shop with one product, its stand-in, and a browser in its rooms."""

    app: Flask
    database: Database
    sandbox: str
    client: FlaskClient
    page: Page
    product: Product

    @property
    def desk(self) -> Desk:
        runtime = self.app.extensions["vitrine"]
        gateway = self.app.extensions["vitrine.gateway"]
        return Desk(self.database, gateway, runtime.signer, "http://localhost")

    def gateway_over(self, inner: stripe.HTTPClient) -> StripeGateway:
        """Return a gateway that records what goes through ``inner``."""
        recorder: CallRecorder = self.app.extensions["vitrine.recorder"]
        return StripeGateway(self.app.extensions["vitrine"].settings, RecordingClient(inner, recorder))

    def buy(self, visitor: str = "v1", *, desk: Desk | None = None, buyer: Any = None) -> CheckoutStarted:
        return buy_now(
            desk or self.desk, page=self.page, variant_id=self.product.variants[0].id, quantity=1, country="FR",
            buyer=buyer or guest_buyer(visitor, "guest@example.com"), language="en", urls=URLS, now=SystemClock().now(),
        )  # fmt: skip

    def buy_and_pay(self) -> CheckoutStarted:
        """Buy, pay and wait until the shop has heard of it."""
        started = self.buy()
        assert self.pay(started)[0] == 200
        eventually(lambda: self.order(started).status == "paid")
        return started

    def pay(self, started: CheckoutStarted, card: str = "4242424242424242") -> tuple[int, Any]:
        session_id = str(started.url).rsplit("/", 1)[-1]
        return call(f"{self.sandbox}/_sandbox/sessions/{session_id}/payment", {"card": card})

    def order(self, started: CheckoutStarted) -> Order:
        with self.database.reading() as session:
            return get_order_by_id(session, started.order_id)

    def calls(self) -> list[RecordedCall]:
        with self.database.reading() as session:
            return list(session.scalars(select(RecordedCall).order_by(RecordedCall.id)))

    def webhooks(self, kind: str | None = None) -> list[RecordedWebhook]:
        statement = select(RecordedWebhook).order_by(RecordedWebhook.id)
        if kind is not None:
            statement = statement.where(RecordedWebhook.kind == kind)
        with self.database.reading() as session:
            return list(session.scalars(statement))

    def room(self, started: CheckoutStarted, act: str = "") -> str:
        return f"/en/test-mode/orders/{started.order_number}{act}"

    def do(self, started: CheckoutStarted, act: str, **fields: str) -> str:
        """Post one of the order's acts; return the page that it leads back to."""
        answer = self.client.post(self.room(started, f"/{act}"), data=fields)
        assert answer.status_code == 303, answer.text
        assert answer.headers["Location"].startswith(self.room(started))
        return self.client.get(answer.headers["Location"]).text


@pytest.fixture
def make_house(database: Database, tmp_path: Path) -> Iterator[Callable[..., House]]:
    """Start houses; all are gone at the end."""
    closing: list[Callable[[], None]] = []

    def make(**changes: Any) -> House:
        shop_port, port = free_port(), free_port()
        sandbox = f"http://127.0.0.1:{port}"
        settings = make_settings(database.url.render_as_string(hide_password=False), tmp_path / "data")
        changes = {"stripe_api_base": sandbox, "stripe_webhook_secret": SECRET, **changes}
        settings = dataclasses.replace(settings, **changes)
        runtime = Runtime(
            settings, database, SystemClock(), Signer(settings.secret_key), FileStore(settings.media_dir)
        )
        app = create_app(runtime)
        shop_server = make_server("127.0.0.1", shop_port, app, threaded=True)
        stand_in = create_stand_in(
            ":memory:",
            public_url=sandbox,
            webhooks=[(f"http://127.0.0.1:{shop_port}/stripe/webhook", SECRET)],
        )
        stand_in_server = make_server("127.0.0.1", port, stand_in, threaded=True)
        for server in (shop_server, stand_in_server):
            threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
            closing.append(server.shutdown)
        closing.append(stand_in.extensions["sandbox"].close)
        with database.transaction() as session:
            page = make_page(session, slug="lumen")
            product = make_product(session, page, title="Lamp", variants=[(4900, 50)])
        client = app.test_client()
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        return House(app, database, sandbox, client, page, product)

    yield make
    for close in reversed(closing):
        close()


@pytest.fixture
def house(make_house: Callable[..., House]) -> House:
    return make_house()


@pytest.fixture
def patient_client() -> stripe.RequestsClient:
    return stripe.RequestsClient(timeout=TIMEOUT_S)
