"""What an operator asks Stripe: the events API, webhook endpoints, and whether the key is taken."""

import datetime as dt
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, cast

import httpx
import stripe

from shop.core.config import Settings
from shop.core.kept_webhook import STRIPE_ORIGIN
from shop.payments.gateway import EventInfo, GatewayUnavailable
from shop.payments.parsing import parse_event
from shop.payments.stripe_errors import translated
from shop.payments.stripe_gateway import PAGE_LIMIT, RETRIES, STANDIN_SOURCE, STRIPE_SOURCE, TIMEOUT_S

PINNED_VERSION: str = stripe.api_version or ""
"""The API version that the SDK speaks, such as ``2026-10-28.endive``."""


@dataclass(frozen=True, slots=True)
class EventPage:
    """Some events, oldest first; ``has_more`` says that there are newer ones."""

    events: list[EventInfo]
    has_more: bool


@dataclass(frozen=True, slots=True)
class EndpointInfo:
    """A webhook endpoint; the payment service tells its ``secret`` only when it is created."""

    id: str
    url: str
    is_enabled: bool
    kinds: frozenset[str]
    """``{"*"}`` for all."""
    api_version: str | None
    """None for the account's own."""
    secret: str | None = None
    is_own: bool = False
    """Whether the stand-in was started with it, as ``shop run`` does."""


@dataclass(frozen=True, slots=True)
class Probe:
    """One plain call: what came back, and how far the two clocks are apart."""

    status: int
    problem: str
    """The service's own words, empty when it had none."""
    skew_s: float | None
    """Seconds that our clock is ahead of the service's; None when its answer has no date."""
    version: str | None
    """The API version that the account has by default."""


class StripeAccount:
    """The account behind the settings' key, at Stripe or at the stand-in."""

    def __init__(self, settings: Settings) -> None:
        stripe.enable_telemetry = False
        self.origin = settings.stripe_api_base or STRIPE_ORIGIN
        self._key = settings.stripe_secret_key
        self._client = stripe.StripeClient(
            self._key,
            base_addresses={"api": self.origin},
            max_network_retries=RETRIES,
            http_client=stripe.RequestsClient(timeout=TIMEOUT_S),
        )
        self.source = STANDIN_SOURCE if settings.uses_sandbox else STRIPE_SOURCE

    def list_newer_events(self, event_id: str, kinds: Collection[str]) -> EventPage:
        """Return up to 100 events of ``kinds`` (at most 20) that came next after one.

        GatewayRefused with the code ``resource_missing`` when the service does not know that one (any more).
        """
        page = self._list_events({"ending_before": event_id, "types": list(kinds)})
        return EventPage([parse_event(raw) for raw in reversed(page["data"])], bool(page["has_more"]))

    def find_first_event(
        self, since: dt.datetime, kinds: Collection[str], *, on_page: Callable[[int], None]
    ) -> EventInfo | None:
        """Return the oldest event of ``kinds`` since an instant, or None; ``on_page`` is told how many were passed.

        The events API lists newest first only, so all are walked through.
        """
        params: dict[str, Any] = {"created": {"gte": int(since.timestamp())}, "types": list(kinds)}
        first, passed = None, 0
        while True:
            page = self._list_events(params)
            if page["data"]:
                first = page["data"][-1]
                passed += len(page["data"])
                on_page(passed)
                params["starting_after"] = first["id"]
            if not page["has_more"]:
                return parse_event(first) if first else None

    def get_event(self, event_id: str) -> EventInfo:
        """Return one event; GatewayMissing when the service does not know it (any more)."""
        with translated():
            return parse_event(_raw(self._client.v1.events.retrieve(event_id)))

    def _list_events(self, params: dict[str, Any]) -> Mapping[str, Any]:
        with translated():
            return _raw(self._client.v1.events.list(cast(Any, {"limit": PAGE_LIMIT} | params)))

    def list_endpoints(self) -> list[EndpointInfo]:
        """Return all webhook endpoints, newest first, without their secrets."""
        with translated():
            listed = self._client.v1.webhook_endpoints.list({"limit": PAGE_LIMIT})
            return [_endpoint(one.to_dict()) for one in listed.auto_paging_iter()]

    def create_endpoint(self, url: str, kinds: Collection[str]) -> EndpointInfo:
        """Register ``url`` for events of ``kinds`` in the SDK's API version; only this answer has the secret."""
        params: Any = {
            "url": url,
            "enabled_events": sorted(kinds),
            "api_version": PINNED_VERSION,
            "description": "Vitrine (shop stripe setup)",
        }
        with translated():
            return _endpoint(self._client.v1.webhook_endpoints.create(params).to_dict())

    def update_endpoint(self, endpoint_id: str, url: str, kinds: Collection[str]) -> EndpointInfo:
        """Have an endpoint switched on at ``url``, for events of exactly ``kinds``."""
        params: Any = {"url": url, "enabled_events": sorted(kinds), "disabled": False}
        with translated():
            return _endpoint(self._client.v1.webhook_endpoints.update(endpoint_id, params).to_dict())

    def delete_endpoint(self, endpoint_id: str) -> None:
        """Take an endpoint away."""
        with translated():
            self._client.v1.webhook_endpoints.delete(endpoint_id)

    def probe(self, path: str = "/v1/events?limit=1", *, form: Mapping[str, str] | None = None) -> Probe:
        """Make one call without naming an API version, GET or, with ``form``, POST; GatewayUnavailable without an answer.

        Not by the SDK: it always names its own version, and does not show the answer's date.
        """
        began = time.time()
        try:
            answer = httpx.request(
                "GET" if form is None else "POST",
                f"{self.origin}{path}",
                data=form,
                auth=(self._key, ""),
                timeout=sum(TIMEOUT_S),
            )
        except httpx.HTTPError as error:
            raise GatewayUnavailable from error
        middle = (began + time.time()) / 2
        return Probe(
            answer.status_code,
            _problem(answer),
            _skew(answer.headers.get("date", ""), middle),
            answer.headers.get("stripe-version"),
        )


def _raw(answer: Any) -> Mapping[str, Any]:
    """Return the JSON itself rather than the SDK's object: its events are not mappings."""
    return cast(Mapping[str, Any], answer.last_response.data)


def _endpoint(raw: Mapping[str, Any]) -> EndpointInfo:
    return EndpointInfo(
        id=raw["id"],
        url=raw["url"],
        is_enabled=raw["status"] == "enabled",
        kinds=frozenset(raw["enabled_events"]),
        api_version=raw.get("api_version"),
        secret=raw.get("secret"),
        is_own=(raw.get("metadata") or {}).get("made_by") == "start",
    )


def _problem(answer: httpx.Response) -> str:
    if answer.is_success:
        return ""
    try:
        return str(answer.json()["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return answer.text[:200]


def _skew(date: str, ours: float) -> float | None:
    """Return how far our clock is ahead; the header tells whole seconds, so half a one is taken for the rest."""
    try:
        return ours - (parsedate_to_datetime(date).timestamp() + 0.5)
    except (ValueError, TypeError):
        return None
