"""Webhook endpoints: https://docs.stripe.com/api/webhook_endpoints."""

from __future__ import annotations

from shop.sandbox.call import Call, api
from shop.sandbox.errors import Obj, invalid, not_found
from shop.sandbox.fields import checked_url, merged_metadata
from shop.sandbox.lists import list_page
from shop.sandbox.store import Tx
from shop.sandbox.versions import checked_version

KIND = "webhook_endpoint"
MAX_ENDPOINTS = 16


def add_endpoint(
    tx: Tx, url: str, events: list[str], secret: str | None = None, metadata: Obj | None = None
) -> Obj:
    """Keep an endpoint; without a secret it gets one."""
    endpoint = {
        "id": tx.new_id("we_"),
        "object": KIND,
        "api_version": None,
        "application": None,
        "created": tx.seconds,
        "description": None,
        "enabled_events": events,
        "livemode": False,
        "metadata": metadata or {},
        "status": "enabled",
        "url": url,
        "_secret": secret or tx.new_id("whsec_"),
    }
    return tx.add(KIND, endpoint)


def register(tx: Tx, webhooks: list[tuple[str, str]]) -> None:
    """Have exactly these endpoints among those that were given at start; those made by the API stay."""
    wanted = dict(webhooks)
    for endpoint in tx.select(KIND):
        if endpoint["metadata"].get("made_by") != "start":
            continue
        if wanted.get(endpoint["url"]) == endpoint["_secret"]:
            del wanted[endpoint["url"]]
        else:
            _remove(tx, endpoint)
    for url, secret in wanted.items():
        add_endpoint(tx, url, ["*"], secret, {"made_by": "start"})


def _remove(tx: Tx, endpoint: Obj) -> Obj:
    tx.sql.execute("DELETE FROM deliveries WHERE endpoint = ? AND status = 'pending'", (endpoint["id"],))
    gone = {"id": endpoint["id"], "object": KIND, "deleted": True}
    return tx.save(KIND, gone, is_deleted=True)


def get_endpoint(tx: Tx, endpoint_id: str) -> Obj:
    """Return an endpoint that exists or raise the 404 that Stripe gives."""
    endpoint = tx.find(KIND, endpoint_id)
    if endpoint is None or endpoint.get("deleted"):
        raise not_found("webhook endpoint", endpoint_id, "webhook_endpoint")
    return endpoint


@api.on("POST", "/v1/webhook_endpoints", "WebhookEndpointCreateParams")
def create_endpoint(call: Call) -> Obj:
    """Create an endpoint; only this answer shows its secret."""
    params = call.params
    if "api_version" in params:
        checked_version(params["api_version"])
    if not params["enabled_events"]:
        raise invalid("You must pass at least one event type.", "enabled_events")
    if len(call.tx.select(KIND)) >= MAX_ENDPOINTS:
        raise invalid(f"You have reached the maximum of {MAX_ENDPOINTS} test webhook endpoints.")
    checked_url(params["url"], "url")
    endpoint = add_endpoint(call.tx, params["url"], params["enabled_events"])
    endpoint["metadata"] = merged_metadata({}, params.get("metadata", {}))
    endpoint["description"] = params.get("description") or None
    endpoint["api_version"] = params.get("api_version")
    call.tx.save(KIND, endpoint)
    return endpoint | {"secret": endpoint["_secret"]}


@api.on("GET", "/v1/webhook_endpoints/{id}", "WebhookEndpointRetrieveParams")
def retrieve_endpoint(call: Call) -> Obj:
    """Return an endpoint."""
    return get_endpoint(call.tx, call.id)


@api.on("GET", "/v1/webhook_endpoints", "WebhookEndpointListParams")
def list_endpoints(call: Call) -> Obj:
    """List endpoints, newest first."""
    return list_page(call, KIND)


@api.on("POST", "/v1/webhook_endpoints/{id}", "WebhookEndpointUpdateParams")
def update_endpoint(call: Call) -> Obj:
    """Change an endpoint's address, events, description or metadata, or switch it off and on."""
    params = call.params
    endpoint = get_endpoint(call.tx, call.id)
    if "url" in params:
        endpoint["url"] = checked_url(params["url"], "url")
    if "enabled_events" in params:
        if not params["enabled_events"]:
            raise invalid("You must pass at least one event type.", "enabled_events")
        endpoint["enabled_events"] = params["enabled_events"]
    if "description" in params:
        endpoint["description"] = params["description"] or None
    if "disabled" in params:
        endpoint["status"] = "disabled" if params["disabled"] else "enabled"
    endpoint["metadata"] = merged_metadata(endpoint["metadata"], params.get("metadata", {}))
    return call.tx.save(KIND, endpoint)


@api.on("DELETE", "/v1/webhook_endpoints/{id}", "WebhookEndpointDeleteParams")
def delete_endpoint(call: Call) -> Obj:
    """Delete an endpoint; what was still to be sent to it is dropped."""
    return _remove(call.tx, get_endpoint(call.tx, call.id))
