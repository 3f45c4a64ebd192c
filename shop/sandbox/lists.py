"""Lists with cursors, and the expansion of ids into objects."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from shop.sandbox.call import Call
from shop.sandbox.errors import ApiError, Obj, invalid, not_found, unsupported
from shop.sandbox.store import Tx

DEFAULT_LIMIT, MAX_LIMIT, MAX_LEVELS = 10, 100, 4

# Members that hold an object's id, and the kind of that object. (An id says nothing certain: callers choose some.)
_EXPANDABLE = {
    "balance_transaction": "balance_transaction",
    "charge": "charge",
    "coupon": "coupon",
    "customer": "customer",
    "default_payment_method": "payment_method",
    "default_price": "price",
    "failure_balance_transaction": "balance_transaction",
    "latest_charge": "charge",
    "payment_intent": "payment_intent",
    "payment_method": "payment_method",
    "price": "price",
    "product": "product",
    "promotion_code": "promotion_code",
    "shipping_rate": "shipping_rate",
}
# What moved the balance: an id of any of these.
_SOURCES = ("charge", "refund", "dispute")
# Members that Stripe shows on demand, of parts that the stand-in has not.
_ABSENT = {
    "customer": ("cash_balance", "invoice_credit_balance", "sources", "subscriptions", "tax", "tax_ids")
}
# Members that an object shows only on demand, and where we keep them.
_HIDDEN = {
    ("price", "currency_options"): "_options",
    ("coupon", "currency_options"): "_options",
    ("coupon", "applies_to"): "_applies_to",
    ("item", "discounts"): "_discounts",
    ("item", "taxes"): "_taxes",
}
_RANGES = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


# How objects of a kind look at this moment, where time or other objects change them: filled by ``shown_as``.
_NOW: dict[str, Callable[[Tx, Obj], Obj]] = {}


def shown_as(kind: str, now: Callable[[Tx, Obj], Obj]) -> None:
    """Have lists and expanded ids show the objects of a kind as ``now`` returns them."""
    _NOW[kind] = now


def _at_this_moment(tx: Tx, kind: str, obj: Obj) -> Obj:
    return _NOW[kind](tx, obj) if kind in _NOW else obj


def public(obj: Obj) -> Obj:
    """Return an object as the wire shows it, without our own notes."""
    return {key: value for key, value in obj.items() if not key.startswith("_")}


def public_throughout(value: Any) -> Any:
    """Return an answer with expanded objects as the wire shows it; metadata may have such keys of its own."""
    if isinstance(value, list):
        return [public_throughout(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        key: below if key == "metadata" else public_throughout(below)
        for key, below in value.items()
        if not key.startswith("_")
    }


def page_size(params: Obj) -> int:
    """Return how many objects a page holds, its bounds checked."""
    limit: int = params.get("limit", DEFAULT_LIMIT)
    if not 1 <= limit <= MAX_LIMIT:
        raise invalid(
            f"Invalid integer: limit must be between 1 and {MAX_LIMIT}.", "limit", "parameter_invalid_integer"
        )
    return limit


def _check_cursors(params: Obj) -> None:
    if "starting_after" in params and "ending_before" in params:
        raise invalid("Received both starting_after and ending_before parameters. Please pass in only one.")


def list_page(
    call: Call, kind: str, fields: Obj | None = None, *, only: str | None = None, **where: Any
) -> Obj:
    """Return one page of a kind's objects, newest first; a filter that is None does not filter.

    Args:
        call: with the cursors, the limit and the range of creation among its parameters.
        kind: of the objects.
        fields: what members must equal, by their paths in the object (``fixed_amount.currency``).
        only: a condition in SQL, for what neither members nor columns say.
        where: what columns must equal; a list lets each of its values pass.
    """
    params = call.params
    limit = page_size(params)
    _check_cursors(params)
    clauses, values = _clauses(kind, where, params.get("created"))
    for path, value in (fields or {}).items():
        if value is not None:
            clauses.append("json_extract(body, ?) = ?")
            values += [f"$.{path}", value]
    clauses += [only] if only else []
    backwards = "ending_before" in params
    for name, sign in (("starting_after", "<"), ("ending_before", ">")):
        if name in params:
            clauses.append(f"seq {sign} ?")
            values.append(_place(call.tx, kind, params[name], name))
    rows = call.tx.sql.execute(
        f"SELECT body FROM objects WHERE {' AND '.join(clauses)}"  # noqa: S608
        f" ORDER BY seq {'ASC' if backwards else 'DESC'} LIMIT ?",
        (*values, limit + 1),
    ).fetchall()
    data = [_at_this_moment(call.tx, kind, json.loads(row[0])) for row in rows[:limit]]
    if backwards:
        data.reverse()
    return {"object": "list", "data": data, "has_more": len(rows) > limit, "url": call.path}


def _clauses(kind: str, where: Obj, created: Any) -> tuple[list[str], list[Any]]:
    clauses, values = ["kind = ?", "is_deleted = 0"], [kind]
    for column, value in where.items():
        if isinstance(value, (list, tuple)):
            clauses.append(f"{column} IN ({', '.join('?' * len(value))})")
            values.extend(value)
        elif value is not None:
            clauses.append(f"{column} = ?")
            values.append(value)
    spans = (
        created if isinstance(created, dict) else {} if created is None else {"gte": created, "lte": created}
    )
    for name, bound in spans.items():
        clauses.append(f"created {_RANGES[name]} ?")
        values.append(bound)
    return clauses, values


def _place(tx: Tx, kind: str, object_id: str, param: str) -> int:
    row = tx.sql.execute("SELECT seq FROM objects WHERE id = ? AND kind = ?", (object_id, kind)).fetchone()
    if row is None:
        raise not_found(kind, object_id, param, status=400)
    return int(row[0])


def static_page(call: Call, items: list[Obj]) -> Obj:
    """Return a page of objects that hang on another one (line items), in their own order."""
    params = call.params
    limit = page_size(params)
    _check_cursors(params)
    places = {item["id"]: place for place, item in enumerate(items)}
    for name in ("starting_after", "ending_before"):
        if name in params and params[name] not in places:
            raise not_found("item", params[name], name, status=400)
    if "ending_before" in params:
        end = places[params["ending_before"]]
        start = max(0, end - limit)
        has_more = start > 0
    else:
        start = places[params["starting_after"]] + 1 if "starting_after" in params else 0
        end = start + limit
        has_more = end < len(items)
    return {"object": "list", "data": items[start:end], "has_more": has_more, "url": call.path}


def expand(tx: Tx, answer: Obj, paths: list[str]) -> Obj:
    """Replace the ids at the paths (``payment_intent.latest_charge``, ``data.customer``) by their objects.

    The answer still has our own notes, from which come the members that are shown on demand only.
    """
    for path in paths:
        parts = path.split(".")
        if len(parts) > MAX_LEVELS + (parts[0] == "data"):
            raise invalid(
                f"You cannot expand more than {MAX_LEVELS} levels of a property. Property: {path}", "expand"
            )
        _expand_at(tx, answer, parts, path)
    return public_throughout(answer)  # type: ignore[no-any-return]


def _expand_at(tx: Tx, here: Any, parts: list[str], path: str) -> None:
    name, rest = parts[0], parts[1:]
    is_list = here.get("object") in ("list", "search_result")
    if name == "data" and is_list:
        for one in here["data"]:
            if rest:
                _expand_at(tx, one, rest, path)
        return
    if (name, rest) in (
        ("fixed_amount", ["currency_options"]),
        ("total_details", ["breakdown"]),
    ) and name in here:
        here[name][rest[0]] = here.get("_options", {}) if name == "fixed_amount" else here["_breakdown"]
        return
    if name not in here or is_list:
        extra = includable(tx, here, name)
        if extra is None:
            raise _unexpandable(here, name, path)
        here[name] = extra
    below = here[name]
    if isinstance(below, str):
        below = here[name] = _fetch(tx, name, below, path)
    for one in below if isinstance(below, list) else [below]:
        if rest and isinstance(one, dict):
            _expand_at(tx, one, rest, path)


def _unexpandable(here: Obj, name: str, path: str) -> ApiError:
    if name in _ABSENT.get(str(here.get("object")), ()):
        return unsupported("expand", f"`{path}`")
    is_list = here.get("object") in ("list", "search_result")
    hint = f" You may want to try expanding 'data.{path}' instead." if is_list else ""
    return invalid(f"This property cannot be expanded ({path}).{hint}", "expand")


def _fetch(tx: Tx, name: str, object_id: str, path: str) -> Obj:
    kinds = _SOURCES if name == "source" else (_EXPANDABLE[name],) if name in _EXPANDABLE else ()
    for kind in kinds:
        found = tx.find(kind, object_id)
        if found:
            return _at_this_moment(tx, kind, found)
    raise invalid(f"This property cannot be expanded ({path}).", "expand")


def includable(tx: Tx, obj: Obj, name: str) -> Any:
    """Return what an object shows only on demand: a session's line items, a charge's refunds, a coupon's products."""
    kind = obj.get("object", "")
    if not isinstance(kind, str):  # an event's `data` has a member of that name
        return None
    if kind == "checkout.session" and name == "line_items":
        items, url = obj["_line_items"], f"/v1/checkout/sessions/{obj['id']}/line_items"
    elif kind == "charge" and name == "refunds":
        items, url = (
            tx.select("refund", charge=obj["id"])[::-1],
            f"/v1/refunds?charge={obj['id']}",
        )
    elif (kind, name) == ("search_result", "total_count"):
        return obj["_total"]
    elif (kind, name) in _HIDDEN:
        return obj.get(_HIDDEN[kind, name])
    else:
        return None
    return {
        "object": "list",
        "data": items[:DEFAULT_LIMIT],
        "has_more": len(items) > DEFAULT_LIMIT,
        "url": url,
    }
