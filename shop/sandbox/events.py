"""Events: one snapshot of an object a change, and the webhooks that each one causes."""

from __future__ import annotations

from typing import Any

from stripe._api_version import _ApiVersion

from shop.sandbox.call import Call, api
from shop.sandbox.errors import Obj, invalid, not_found
from shop.sandbox.lists import list_page, public
from shop.sandbox.store import Tx

API_VERSION = _ApiVersion.CURRENT
RETENTION = 30 * 24 * 3600


def emit(tx: Tx, kind: str, obj: Obj, before: Obj | None = None) -> Obj:
    """Keep an event and queue a webhook to each endpoint that wants it, in the transaction of the change.

    Args:
        tx: the transaction.
        obj: the object as it is now.
        kind: the event's type, e.g. ``charge.refunded``.
        before: the values that changed, as they were (``data.previous_attributes`` of ``*.updated``).
    """
    data: Obj = {"object": public(obj)}
    if before is not None:
        data["previous_attributes"] = {name: _differing(old, obj.get(name)) for name, old in before.items()}
    endpoints = [one for one in tx.select("webhook_endpoint") if _wants(one, kind)]
    event: Obj = {
        "id": tx.new_id("evt_"),
        "object": "event",
        "api_version": API_VERSION,
        "created": tx.seconds,
        "data": data,
        "livemode": False,
        "pending_webhooks": len(endpoints),
        "request": {"id": tx.request_id, "idempotency_key": tx.idempotency_key},
        "type": kind,
    }
    tx.add("event", event)
    for endpoint in endpoints:
        delays = tx.store.plan_webhook(tx, kind)
        for late in delays:
            queue_delivery(tx, event["id"], endpoint["id"], late)
        if not delays:
            drop_delivery(tx, event["id"], endpoint["id"])
    return event


def _differing(old: Any, new: Any) -> Any:
    """Return of an object that changed (metadata, an address) only the members that did; a new one was null."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return old
    return {
        name: _differing(old.get(name), new.get(name))
        for name in (*old, *new)
        if name not in new or old.get(name) != new[name]
    }


def _wants(endpoint: Obj, kind: str) -> bool:
    wanted = endpoint["enabled_events"]
    return endpoint["status"] == "enabled" and ("*" in wanted or kind in wanted)


def queue_delivery(tx: Tx, event_id: str, endpoint_id: str, late: float = 0) -> None:
    """Have an event sent to an endpoint when this transaction has ended, ``late`` seconds after now."""
    tx.sql.execute(
        "INSERT INTO deliveries (event, endpoint, next_at, updated_at) VALUES (?, ?, ?, ?)",
        (event_id, endpoint_id, tx.now + late, tx.now),
    )
    tx.has_deliveries = True


def drop_delivery(tx: Tx, event_id: str, endpoint_id: str) -> None:
    """Note that an event is never sent to an endpoint, since a fault says so."""
    tx.sql.execute(
        "INSERT INTO deliveries (event, endpoint, status, last_error, updated_at) VALUES (?, ?, 'failed', ?, ?)",
        (event_id, endpoint_id, "dropped by a fault", tx.now),
    )


def changed(obj: Obj, new: Obj) -> Obj:
    """Write new values into an object and return the old ones of those that differ."""
    before = {name: obj.get(name) for name, value in new.items() if obj.get(name) != value}
    obj.update(new)
    return before


def _current(tx: Tx, event: Obj) -> Obj:
    """Return the event with the number of webhooks that have not been taken yet."""
    row = tx.sql.execute(
        "SELECT count(DISTINCT endpoint) FROM deliveries WHERE event = ? AND status != 'succeeded'",
        (event["id"],),
    ).fetchone()
    return event | {"pending_webhooks": row[0]}


@api.on("GET", "/v1/events", "EventListParams")
def list_events(call: Call) -> Obj:
    """List the events of the last 30 days; ``type`` may end in ``.*``."""
    params: dict[str, Any] = call.params
    if "type" in params and "types" in params:
        raise invalid("You may only specify one of these parameters: type, types.", "type")
    wanted = params.get("types") or ([params["type"]] if "type" in params else None)
    if wanted and any("*" in one for one in wanted):
        wanted = _matching(call.tx, wanted)
    given = params.get("created", {})
    spans = given if isinstance(given, dict) else {"gte": given, "lte": given}
    call.params = params | {"created": spans | {"gt": max(spans.get("gt", 0), _oldest(call.tx))}}
    page = list_page(call, "event", only=_UNTAKEN[params.get("delivery_success")], label=wanted)
    page["data"] = [_current(call.tx, event) for event in page["data"]]
    return page


# By `delivery_success`: whether a webhook of the event is still to be taken.
_UNTAKEN = {
    None: None,
    True: "NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.event = objects.id AND d.status != 'succeeded')",
    False: "EXISTS (SELECT 1 FROM deliveries d WHERE d.event = objects.id AND d.status != 'succeeded')",
}


def _oldest(tx: Tx) -> int:
    """Return the moment before which events are forgotten."""
    return tx.seconds - RETENTION


def _matching(tx: Tx, patterns: list[str]) -> list[str]:
    rows = tx.sql.execute("SELECT DISTINCT label FROM objects WHERE kind = 'event'").fetchall()
    return [
        row[0]
        for row in rows
        if any(row[0] == one or (one.endswith("*") and row[0].startswith(one[:-1])) for one in patterns)
    ]


@api.on("GET", "/v1/events/{id}", "EventRetrieveParams")
def retrieve_event(call: Call) -> Obj:
    """Return one event."""
    event = call.tx.find("event", call.id)
    if event is None or event["created"] <= _oldest(call.tx):
        raise not_found("event", call.id)
    return _current(call.tx, event)
