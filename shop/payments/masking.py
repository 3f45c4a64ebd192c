"""What was said to and by Stripe as nested JSON values, without card numbers and secrets."""

import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

SHOWN = 4
MAX_CHARACTERS = 60_000
_KEPT = 2_000
_HIDDEN = frozenset(
    {
        "number", "cvc", "account_number", "iban", "client_secret", "secret", "api_key",
        "ephemeral_key", "ephemeral_key_secret", "password",
    }
)  # fmt: skip
_SECRET = re.compile(r"\b((?:sk|rk)_(?:test|live)_|whsec_)\w+")
_CARD = re.compile(r"\b[0-9](?:[ -]?[0-9]){12,18}\b")
_PART = re.compile(r"[^\[\]]+")


def nested(form: str) -> dict[str, Any]:
    """Return a form or a query as Stripe writes them (``a[b][0]=c``) as nested values."""
    tree: dict[str, Any] = {}
    for name, value in parse_qsl(form, keep_blank_values=True):
        parts = _PART.findall(name) or [name]
        place = tree
        for part in parts[:-1]:
            place = place.setdefault(part, {})
            if not isinstance(place, dict):
                break
        else:
            place[parts[-1]] = value
    found = _listed(tree)
    return found if isinstance(found, dict) else {"": found}


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {name: _listed(one) for name, one in value.items()}
    if inner and all(name.isdecimal() for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner


def masked(value: Any) -> Any:
    """Return JSON values with what must not be kept as ``****1234``."""
    if isinstance(value, dict):
        return {
            name: _dots(one) if name in _HIDDEN and isinstance(one, str) else masked(one)
            for name, one in value.items()
        }
    if isinstance(value, list):
        return [masked(one) for one in value]
    return masked_text(value) if isinstance(value, str) else value


def masked_text(text: str) -> str:
    """Return a text with card numbers, keys and signing secrets as ``****1234``."""
    text = _SECRET.sub(lambda found: f"{found[1]}{_dots(found[0][len(found[1]) :])}", text)
    return _CARD.sub(lambda found: _dots(found[0]) if _is_card(found[0]) else found[0], text)


def _dots(text: str) -> str:
    return f"****{text[-SHOWN:]}" if len(text) > 2 * SHOWN else "****"


def _is_card(text: str) -> bool:
    """Tell whether the check digit fits: other long numbers, such as times, are none."""
    digits = [int(digit) for digit in text if digit.isdigit()]
    doubled = (digit * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(number // 10 + number % 10 for number in doubled) % 10 == 0


def read_json(body: bytes | str | None) -> Any:
    """Return a body as masked JSON values, shortened when it is very long; a text when it is no JSON, None when empty."""
    text = body.decode(errors="replace") if isinstance(body, bytes) else body or ""
    try:
        value = masked(json.loads(text))
    except (ValueError, RecursionError):
        # PostgreSQL keeps no NUL in JSON.
        return masked_text(text[:_KEPT]).replace("\x00", "�") or None
    if len(text) > MAX_CHARACTERS:
        return {"shortened": json.dumps(value, ensure_ascii=False)[:_KEPT], "characters": len(text)}
    return _without_nul(value)


def _without_nul(value: Any) -> Any:
    text = json.dumps(value)
    return json.loads(text.replace("\\u0000", "\\ufffd")) if "\\u0000" in text else value


def texts_of(values: Iterable[Any]) -> set[str]:
    """Return those of some values that are texts."""
    return {value for value in values if isinstance(value, str)}
