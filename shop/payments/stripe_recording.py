"""An HTTP client for Stripe's SDK that has each attempt of each call recorded."""

import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import stripe

from shop.core.config import Settings
from shop.payments.recording import Attempt, CallRecorder
from shop.payments.stripe_gateway import TIMEOUT_S, StripeGateway


def make_gateway(settings: Settings, recorder: CallRecorder | None) -> StripeGateway:
    """Return the gateway of these settings; what it asks is recorded where there is a recorder."""
    if recorder is None:
        return StripeGateway(settings)
    return StripeGateway(settings, RecordingClient(stripe.RequestsClient(timeout=TIMEOUT_S), recorder))


class RecordingClient(stripe.HTTPClient):
    """Hands each request on to ``inner`` and tells ``recorder`` of it, also of those that the SDK tries again."""

    name = "requests"

    def __init__(self, inner: stripe.HTTPClient, recorder: CallRecorder) -> None:
        super().__init__()
        self._inner, self._recorder = inner, recorder
        self._mine = threading.local()

    def request_with_retries(self, *args: Any, **kwargs: Any) -> tuple[Any, int, Mapping[str, str]]:
        """Count the attempts of one call from 1."""
        self._mine.attempt = 0
        return super().request_with_retries(*args, **kwargs)

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **more: Any
    ) -> tuple[Any, int, Mapping[str, str]]:
        """Ask, and have the question recorded with its answer or with why there was none."""
        self._mine.attempt = getattr(self._mine, "attempt", 0) + 1
        key = (headers or {}).get("Idempotency-Key")
        asked = Attempt(method, url, post_data, key, self._mine.attempt, self._recorder.now(), 0)
        began = time.monotonic()
        try:
            body, status, answered = self._inner.request(method, url, headers, post_data, **more)
        except stripe.APIConnectionError as error:
            self._recorder.record_call(replace(asked, spent_ms=_since(began), error=_reason(error)))
            raise
        said = replace(asked, spent_ms=_since(began), status=status, body=body, headers=answered)
        self._recorder.record_call(said)
        return body, status, answered

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()  # type: ignore[no-untyped-call]


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


def _reason(error: stripe.APIConnectionError) -> str:
    """Return what the network said; the SDK puts it behind a paragraph for people without a network."""
    text = str(error)
    return text.partition("(Network error: ")[2].removesuffix(")") or text


def sdk_versions() -> tuple[str, str]:
    """Return the version of Stripe's SDK and the version of the API that it speaks."""
    return stripe.VERSION, str(stripe.api_version)
