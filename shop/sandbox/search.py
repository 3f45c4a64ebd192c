"""The search of https://docs.stripe.com/search: ``email:"a@example.com" AND metadata["order"]:"7"``.

Stripe's index is up to a minute behind; this one is not.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from shop.sandbox.call import Call, api
from shop.sandbox.errors import ApiError, Obj, invalid
from shop.sandbox.lists import page_size

MAX_CLAUSES, MIN_PART = 10, 3

_CARD = "payment_method_details.card."
# What each kind of object is searched by: texts (t), words that must match whole (w), numbers (n), flags (f).
_FIELDS: dict[str, dict[str, str]] = {
    "customer": {"created": "n", "email": "t", "name": "t", "phone": "t"},
    "charge": {
        "amount": "n", "billing_details.address.postal_code": "w", "created": "n", "currency": "w", "customer": "w",
        "disputed": "f", "refunded": "f", "status": "w", f"{_CARD}brand": "w", f"{_CARD}exp_month": "n",
        f"{_CARD}exp_year": "n", f"{_CARD}fingerprint": "w", f"{_CARD}last4": "w",
    },
    "payment_intent": {"amount": "n", "created": "n", "currency": "w", "customer": "w", "status": "w"},
    "price": {"active": "f", "currency": "w", "lookup_key": "w", "product": "w", "type": "w"},
    "product": {"active": "f", "created": "n", "description": "t", "name": "t", "shippable": "f", "url": "w"},
}  # fmt: skip

_TOKEN = re.compile(
    r'\s*(?P<minus>-)?(?P<field>[a-z_.0-9]+|metadata\["(?P<key>(?:[^"\\]|\\.)*)"\])\s*(?P<sign>>=|<=|:|~|>|<)\s*'
    r'(?:"(?P<text>(?:[^"\\]|\\.)*)"|(?P<number>-?\d+)|(?P<null>null)|(?P<bare>[a-z]+))'
)
_JOINT = re.compile(r"\s+(and|or)\s+", re.IGNORECASE)
_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    ">": lambda one, other: one > other,
    "<": lambda one, other: one < other,
    ">=": lambda one, other: one >= other,
    "<=": lambda one, other: one <= other,
}


@dataclass(frozen=True)
class Clause:
    """One condition of a query; ``value`` is None for ``null``."""

    field: str
    key: str | None
    sign: str
    value: str | int | None
    is_negated: bool

    def fits(self, obj: Obj) -> bool:
        """Say whether an object meets the condition."""
        return self._is_true_of(self._value_in(obj)) is not self.is_negated

    def _value_in(self, obj: Obj) -> Any:
        if self.key is not None:
            return obj["metadata"].get(self.key)
        here: Any = obj
        for part in self.field.split("."):
            here = here.get(part) if isinstance(here, dict) else None
        return here

    def _is_true_of(self, found: Any) -> bool:
        if self.value is None or found is None:
            return found is None and self.value is None
        if self.sign == "~":
            return str(self.value).lower() in str(found).lower()
        if self.sign in _COMPARED:
            return _COMPARED[self.sign](found, self.value)
        if isinstance(found, bool):
            return str(found).lower() == self.value
        return str(found).lower() == str(self.value).lower()


def _bad(message: str) -> ApiError:
    return invalid(f"We were unable to parse your search query. {message}", "query")


def parse(query: str, kind: str) -> tuple[list[Clause], bool]:
    """Return a query's conditions and whether all must be met (AND) or one (OR).

    Raises:
        ApiError: 400, when the query is malformed or asks for a field that the kind is not searched by.
    """
    clauses: list[Clause] = []
    words: set[str] = set()
    place, text = 0, query.strip()
    while True:
        found = _TOKEN.match(text, place)
        if not found:
            raise _bad(f'Expected a condition such as field:"value" at: {text[place : place + 40]}')
        clauses.append(_clause(found, kind))
        place = found.end()
        if place == len(text):
            break
        joint = _JOINT.match(text, place)
        if not joint:
            raise _bad(f"Expected AND or OR at: {text[place : place + 40]}")
        words.add(joint.group(1).upper())
        place = joint.end()
    if len(words) > 1:
        raise _bad("AND and OR cannot be mixed in one query.")
    if len(clauses) > MAX_CLAUSES:
        raise _bad(f"A query may have at most {MAX_CLAUSES} conditions.")
    return clauses, "OR" not in words


def _clause(found: re.Match[str], kind: str) -> Clause:
    key = found["key"]
    name = "metadata" if key is not None else found["field"]
    form = "t" if key is not None else _FIELDS[kind].get(name)
    if form is None:
        raise _bad(f"Field `{name}` is not one that a {kind.replace('_', ' ')} is searched by.")
    sign, value = found["sign"], _value(found)
    if sign in _COMPARED and form != "n":
        raise _bad(f"Field `{name}` cannot be compared with {sign}.")
    if sign == "~" and (form != "t" or value is None or len(str(value)) < MIN_PART):
        raise _bad(f"Only texts are searched by ~, for at least {MIN_PART} characters (`{name}`).")
    if form == "n" and value is not None:
        if not re.fullmatch(r"-?\d+", str(value)):
            raise _bad(f"Field `{name}` is a number.")
        value = int(value)
    if form == "f" and value not in ("true", "false"):
        raise _bad(f"Field `{name}` is true or false.")
    return Clause(name, key, sign, value, bool(found["minus"]))


def _value(found: re.Match[str]) -> str | int | None:
    if found["null"]:
        return None
    if found["number"]:
        return int(found["number"])
    if found["bare"]:
        if found["bare"] not in ("true", "false"):
            raise _bad(f"A text must stand in double quotes: {found['bare']}")
        return found["bare"]
    return re.sub(r"\\(.)", r"\1", found["text"])


def _search(call: Call, kind: str) -> Obj:
    params = call.params
    limit = page_size(params)
    clauses, needs_all = parse(params["query"], kind)
    decide = all if needs_all else any
    found = [one for one in call.tx.select(kind)[::-1] if decide(clause.fits(one) for clause in clauses)]
    start = _start(params.get("page"), len(found))
    end = start + limit
    return {
        "object": "search_result",
        "data": found[start:end],
        "has_more": end < len(found),
        "next_page": f"after_{end}" if end < len(found) else None,
        "url": call.path,
        "_total": len(found),
    }


def _start(page: str | None, total: int) -> int:
    if page is None:
        return 0
    place = page.removeprefix("after_")
    if not place.isdecimal() or len(place) > len(str(total)) + 1:
        raise invalid(f"Invalid page: {page[:40]}", "page")
    return int(place)


@api.on("GET", "/v1/customers/search", "CustomerSearchParams")
def search_customers(call: Call) -> Obj:
    """Search customers, newest first."""
    return _search(call, "customer")


@api.on("GET", "/v1/charges/search", "ChargeSearchParams")
def search_charges(call: Call) -> Obj:
    """Search charges, newest first."""
    return _search(call, "charge")


@api.on("GET", "/v1/payment_intents/search", "PaymentIntentSearchParams")
def search_intents(call: Call) -> Obj:
    """Search payment intents, newest first."""
    return _search(call, "payment_intent")


@api.on("GET", "/v1/prices/search", "PriceSearchParams")
def search_prices(call: Call) -> Obj:
    """Search prices, newest first."""
    return _search(call, "price")


@api.on("GET", "/v1/products/search", "ProductSearchParams")
def search_products(call: Call) -> Obj:
    """Search products, newest first."""
    return _search(call, "product")
