"""Requests made at random from Stripe's request schemas: most plausible, many wrong in one place."""

from __future__ import annotations

import random
from typing import Any
from urllib.parse import urlencode

from tests.sandbox.schemas import Schemas

MAX_DEPTH = 5
# Members that must be an id of a kind, to get beyond the first check.
_IDS = {
    "charge": "charge", "coupon": "coupon", "customer": "customer", "payment_intent": "payment_intent",
    "payment_method": "payment_method", "price": "price", "product": "product", "promotion_code": "promotion_code",
    "shipping_rate": "shipping_rate", "tax_rates": "tax_rate", "default_price": "price",
    "starting_after": None, "ending_before": None, "source": "charge", "dispute": "dispute",
}  # fmt: skip
_KIND_OF_PATH = {
    "charges": "charge", "coupons": "coupon", "customers": "customer", "disputes": "dispute", "events": "event",
    "payment_intents": "payment_intent", "payment_methods": "payment_method", "prices": "price",
    "products": "product", "promotion_codes": "promotion_code", "refunds": "refund", "sessions": "checkout.session",
    "shipping_rates": "shipping_rate", "tax_rates": "tax_rate", "webhook_endpoints": "webhook_endpoint",
    "balance_transactions": "balance_transaction",
}  # fmt: skip
_WORDS = {
    "currency": ("eur", "usd", "jpy", "kwd", "EUR"),
    "country": ("FR", "US", "DE"),
    "email": ("lea@example.com",),
    "customer_email": ("lea@example.com",),
    "receipt_email": ("lea@example.com",),
    "url": ("http://127.0.0.1:9/hook", "https://shop.example/"),
    "success_url": ("https://shop.example/done",),
    "cancel_url": ("https://shop.example/cart",),
    "return_url": ("https://shop.example/back",),
    "mode": ("payment",),
    "ui_mode": ("hosted_page",),
    "query": ('email:"lea@example.com"', "created>1", 'metadata["a"]:"b" OR status:"succeeded"', "shoes"),
    "payment_method": ("pm_card_visa", "pm_card_chargeDeclined", "pm_card_authenticationRequired"),
    "source": ("tok_visa", "tok_chargeDeclined"),
    "payment_method_types": ("card", "sepa_debit"),
    "type": ("card", "coupon", "fixed_amount", "one_time"),
    "unit_amount_decimal": ("12.5", "1200"),
    "iban": ("AT611904300234573201",),
    "expand": ("customer", "data.customer", "payment_intent", "latest_charge", "line_items", "nonsense.of.mine"),
}  # fmt: skip
_MUG = {"currency": "eur", "unit_amount": "1234", "product_data": {"name": "Mug"}}
# What some calls need to get beyond their first check.
_NEEDED: dict[str, Any] = {
    "POST /v1/checkout/sessions": {
        "mode": "payment", "success_url": "https://shop.example/done",
        "line_items": [{"price_data": _MUG, "quantity": "2"}],
    },
    "POST /v1/payment_intents": {"amount": "2000", "currency": "eur", "confirm": "true", "payment_method": "pm_card_visa",
                                 "payment_method_types": ["card"]},
    "POST /v1/charges": {"amount": "2000", "currency": "eur", "source": "tok_visa"},
    "POST /v1/coupons": {"percent_off": "20"},
    "POST /v1/prices": {"currency": "eur", "unit_amount": "900", "product_data": {"name": "Lamp"}},
    "POST /v1/products": {"name": "Lamp"},
    "POST /v1/tax_rates": {"display_name": "TVA", "percentage": "20", "inclusive": "true"},
    "POST /v1/shipping_rates": {"display_name": "Post", "type": "fixed_amount",
                                "fixed_amount": {"amount": "500", "currency": "eur"}},
    "POST /v1/payment_methods": {"type": "card", "card": {"token": "tok_visa"}},
    "POST /v1/webhook_endpoints": {"url": "http://127.0.0.1:9/hook", "enabled_events": ["*"]},
}  # fmt: skip
CARDS = (
    "4242424242424242",
    "4000000000000002",
    "4000000000000259",
    "4000000000005126",
    "4000000000003220",
    "1",
)
_ODD = (
    "",
    "0",
    "-1",
    "99999999999999999999",
    "1e9",
    "true",
    "null",
    "ç🙂\u202e",
    "' OR 1=1 --",
    "x" * 6000,
    "\x00",
    "[]",
)


class Maker:
    """Makes requests; ``seen`` holds ids of objects by kind, for later requests to name."""

    def __init__(self, schemas: Schemas, seed: int) -> None:
        self._schemas = schemas.document["components"]["schemas"]
        self._operations = schemas.operations
        self._random = random.Random(seed)
        self._creating = [one for one in self._operations if f"{one[0]} {one[2]}" in _NEEDED]
        self.seen: dict[str, list[str]] = {}

    def payment(self) -> tuple[str, str] | None:
        """Return a session and a card to pay it with, now and then, as a buyer would between the shop's calls."""
        sessions = self.seen.get("checkout.session")
        if not sessions or self._random.random() > 0.1:
            return None
        return self._random.choice(sessions), self._random.choice(CARDS)

    def note(self, answer: Any) -> None:
        """Remember the ids in an answer."""
        for one in [answer, *(answer.get("data") or [] if isinstance(answer.get("data"), list) else [])]:
            if (
                isinstance(one, dict)
                and isinstance(one.get("id"), str)
                and isinstance(one.get("object"), str)
            ):
                ids = self.seen.setdefault(one["object"], [])
                ids.append(one["id"])
                del ids[:-30]

    def request(self) -> tuple[str, str, str]:
        """Return a method, an address and a form."""
        pick = self._random
        # Half of them create something, so that the others have something to find.
        known = self._operations if pick.random() < 0.5 else self._creating
        method, _pattern, path, operation = pick.choice(known)
        address = self._filled(path)
        schema = operation.get("x-query-schema")
        if schema is None and "requestBody" in operation:
            schema = operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
        needed = _NEEDED.get(f"{method} {path}", {})
        params = self._value("", schema, 0) if schema else {}
        pairs = list(_pairs(needed | params if pick.random() < 0.3 else params | needed))
        if pick.random() < 0.3:
            pairs = self._spoilt(pairs)
        return method, address, urlencode(pairs)

    def _filled(self, path: str) -> str:
        parts = path.split("/")
        for place, part in enumerate(parts):
            if part.startswith("{"):
                ids = self.seen.get(_KIND_OF_PATH.get(parts[place - 1], ""), [])
                parts[place] = self._random.choice([*ids, "none_1"] if ids else ["none_1"])
        return "/".join(parts)

    def _value(self, name: str, schema: Any, depth: int) -> Any:
        pick = self._random
        while "$ref" in schema:
            schema = self._schemas[schema["$ref"].rsplit("/", 1)[1]]
        if "anyOf" in schema:
            return self._value(name, pick.choice(schema["anyOf"]), depth)
        kind = schema.get("type")
        if kind == "object":
            return self._object(schema, depth)
        if kind == "array":
            many = 0 if depth >= MAX_DEPTH else pick.choice((0, 1, 1, 2))
            return [self._value(name, schema["items"], depth + 1) for _ in range(many)]
        if kind in ("integer", "number"):
            return pick.choice((0, 1, 2, 50, 999, 1234, 5000, 20, 2_000_000_000))
        return pick.choice(("true", "false")) if kind == "boolean" else self._text(name, schema)

    def _object(self, schema: Any, depth: int) -> Any:
        pick = self._random
        if not schema.get("properties"):
            return {word: word for word in pick.sample(("a", "b", "order", "sku"), pick.randint(0, 3))}
        required = set(schema.get("required", ()))
        chance = 0.08 if depth == 0 else 0.45
        return {
            name: self._value(name, below, depth + 1)
            for name, below in schema["properties"].items()
            if name in required or (depth < MAX_DEPTH and pick.random() < chance)
        }

    def _text(self, name: str, schema: Any) -> str:
        pick = self._random
        if name in _IDS and pick.random() < 0.8:
            kinds = [_IDS[name]] if _IDS[name] else list(self.seen)
            ids = [one for kind in kinds for one in self.seen.get(kind or "", [])]
            if ids:
                return pick.choice(ids)
        if name in _WORDS:
            return pick.choice(_WORDS[name])
        if "enum" in schema:
            return str(pick.choice(schema["enum"]))
        return pick.choice(("Mug", "LUMEN25", "1", "Théière en grès", "a@example.com"))

    def _spoilt(self, pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
        pick = self._random
        way = pick.randrange(6)
        if not pairs or way == 0:
            return [
                *pairs,
                (
                    pick.choice(("surprise", "a[b]", "metadata", "line_items[x]", "expand[0][0]", "[", "a[")),
                    "1",
                ),
            ]
        place = pick.randrange(len(pairs))
        name, value = pairs[place]
        if way == 1:
            pairs[place] = (name, pick.choice(_ODD))
        elif way == 2:
            del pairs[place]
        elif way == 3:
            pairs[place] = (f"{name}[{pick.choice(('0', 'x', '', 'surprise'))}]", value)
        elif way == 4:
            pairs.append((name, value))
        else:
            pairs[place] = (name.replace("[", "[[", 1), value)
        return pairs


def _pairs(value: Any, name: str = "") -> Any:
    """Yield a value as Stripe's forms write it."""
    if isinstance(value, dict):
        for key, below in value.items():
            yield from _pairs(below, f"{name}[{key}]" if name else key)
    elif isinstance(value, list):
        for place, below in enumerate(value):
            yield from _pairs(below, f"{name}[{place}]")
    else:
        yield name, str(value)
