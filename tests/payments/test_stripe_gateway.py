"""The gateway over HTTP, with the official SDK, against the stand-in."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import stripe

from shop.core.clock import SystemClock
from shop.payments.gateway import BadSignature, GatewayMissing, GatewayRefused, GatewayUnavailable
from shop.payments.stripe_gateway import StripeGateway
from tests.sandbox.conftest import call, eventually
from tests.support.stack import free_port
from tests.support.wire import Wire, make_gateway, running_wire


@pytest.fixture
def wire() -> Iterator[Wire]:
    with running_wire() as running:
        yield running


@pytest.fixture
def gateway_of(wire: Wire, tmp_path: Path) -> Callable[..., StripeGateway]:
    """Return a maker of gateways to the stand-in."""
    return lambda http_client=None, **changes: make_gateway(wire, tmp_path, http_client, **changes)


class TestStripeGateway:
    def test_says_what_is_missing_and_what_is_refused(self, gateway_of: Callable[..., StripeGateway]) -> None:
        gateway = gateway_of()
        with pytest.raises(GatewayMissing):
            gateway.get_session("cs_test_unknown")
        with pytest.raises(GatewayRefused) as refused:
            gateway.create_session({"mode": "payment"}, key="k")
        assert not isinstance(refused.value, GatewayMissing)

    def test_says_when_nobody_answers(self, gateway_of: Callable[..., StripeGateway]) -> None:
        with pytest.raises(GatewayUnavailable):
            gateway_of(stripe_api_base=f"http://127.0.0.1:{free_port()}").get_session("cs_1")

    def test_takes_events_signed_with_any_of_its_secrets(
        self, gateway_of: Callable[..., StripeGateway], wire: Wire
    ) -> None:
        gateway_of().create_customer(account_id=1, email="a@example.com", name="A", language="en", key="k")
        eventually(lambda: wire.receiver.got)
        body, signature = wire.receiver.got[0]
        assert gateway_of().read_event(body, signature).payload["id"].startswith("evt_")
        for gateway in (
            gateway_of(stripe_webhook_secret="whsec_other"),
            gateway_of(stripe_webhook_secret=None),
        ):
            with pytest.raises(BadSignature):
                gateway.read_event(body, signature)
        with pytest.raises(BadSignature):
            gateway_of().read_event(body + b" ", signature)


@dataclass
class Recorder(stripe.RequestsClient):
    """Notes every request; what is meant for Stripe's own address goes to the stand-in."""

    stand_in: str
    sent: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(timeout=(2, 5))

    def request(self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None) -> Any:
        parts = urlsplit(url)
        own = dict(headers or {})
        self.sent.append(
            {
                "host": f"{parts.scheme}://{parts.netloc}",
                "key": own.pop("Authorization"),
                "what": (method, parts.path, parts.query, post_data),
                "headers": own,
            }
        )
        return super().request(method, url.replace(self.sent[-1]["host"], self.stand_in), headers, post_data)


class TestBothModes:
    def test_send_the_same_but_for_host_and_key(
        self, gateway_of: Callable[..., StripeGateway], wire: Wire
    ) -> None:
        """One conversation with a test key and one without: the code is the same, so is what it sends."""
        conversations = []
        for changes in ({}, {"stripe_api_base": None, "stripe_secret_key": "sk_test_51_of_a_real_account"}):
            assert call(f"{wire.url}/_sandbox/reset", {})[0] == 200
            recorder = Recorder(wire.url)
            self.converse(gateway_of(recorder, **changes), wire)
            conversations.append(recorder.sent)
        stand_in, real = conversations
        assert len(stand_in) == len(real) > 6
        assert {one["host"] for one in stand_in} == {wire.url}
        assert {one["host"] for one in real} == {"https://api.stripe.com"}
        assert {one["key"] for one in real} == {"Bearer sk_test_51_of_a_real_account"}
        for ours, theirs in zip(stand_in, real, strict=True):
            assert self.without_ids(ours["what"]) == self.without_ids(theirs["what"])
            assert ours["headers"] == theirs["headers"]

    def without_ids(self, what: tuple[Any, ...]) -> tuple[Any, ...]:
        # Ids are given by whom one asks, so they differ from conversation to conversation.
        return tuple(re.sub(r"(cus|cs_test|pi|re)_[A-Za-z0-9]+", r"\1_…", str(part)) for part in what)

    def converse(self, gateway: StripeGateway, wire: Wire) -> None:
        now = SystemClock().now().replace(second=0, microsecond=0)
        customer = gateway.create_customer(
            account_id=1, email="a@example.com", name="A", language="fr", key="customer-1"
        )
        price = {"currency": "eur", "unit_amount": 1200, "product_data": {"name": "3 × Tasse — Bleue"}}
        body = {
            "mode": "payment",
            "customer": customer,
            "line_items": [{"quantity": 1, "price_data": price}],
            "success_url": "http://localhost/done",
            "cancel_url": "http://localhost/cart",
            "metadata": {"vitrine_payment": "k"},
            "expires_at": int(now.timestamp()) + 45 * 60,
        }
        info = gateway.create_session(body, key="session-1")
        assert gateway.create_session(body, key="session-1").is_replay
        wire.pay(str(info.url))
        paid = gateway.get_session(info.id)
        assert paid.intent_status == "succeeded"
        intent = str(paid.payment_intent_id)
        refund = gateway.create_refund(payment_intent_id=intent, amount=100, metadata={}, key="refund-1")
        assert gateway.get_refund(refund.id).amount == gateway.list_refunds(intent)[0].amount == 100
        gateway.list_disputes(since=now)
        gateway.find_session("k", since=now, until=now)
