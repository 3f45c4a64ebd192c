"""What was said to and by Stripe as nested JSON values, without card numbers and secrets, fit to be kept and shown."""

import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

SHOWN = 4
MAX_CHARACTERS = 60_000
MAX_DEPTH = 60
"""Stripe's own objects are a dozen levels deep; what is forged is not shown deeper."""
_KEPT = 2_000
_HIDDEN = frozenset(
    {
        "number", "cvc", "account_number", "iban", "client_secret", "secret", "api_key",
        "ephemeral_key", "ephemeral_key_secret", "password",
    }
)  # fmt: skip
_SECRET = re.compile(r"\b((?:sk|rk)_(?:test|live)_|whsec_|(?:pi|seti|cs|src)_\w+?_secret_)\w+")
_DIGITS = re.compile(r"[0-9](?:[ -]?[0-9]){12,}")
_CARD_LENGTHS, _CARD_BEGINS = range(13, 20), ("2", "3", "4", "5", "6")
_FIELD = re.compile(rf"\b({'|'.join(sorted(_HIDDEN))})(\"?\s*[=:]\s*\"?)[^&\"\s]+")
"""A hidden field in what is no JSON: a form, or JSON that was broken off."""
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


def masked(value: Any, depth: int = 0) -> Any:
    """Return JSON values with what must not be kept as ``****1234``, and as every database and page takes them."""
    if isinstance(value, dict | list) and depth == MAX_DEPTH:
        return "…"
    if isinstance(value, dict):
        return {
            masked_text(name): _hidden(one, depth + 1) if name in _HIDDEN else masked(one, depth + 1)
            for name, one in value.items()
        }
    if isinstance(value, list):
        return [masked(one, depth + 1) for one in value]
    if isinstance(value, str):
        return masked_text(value)
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return _dots(str(value)) if is_number and _is_card(str(value)) else value


def _hidden(value: Any, depth: int) -> Any:
    if isinstance(value, list):
        return [_hidden(one, depth + 1) for one in value] if depth < MAX_DEPTH else "…"
    if isinstance(value, dict | bool) or value is None:
        return masked(value, depth)
    return _dots(_storable(str(value)))


def masked_text(text: str) -> str:
    """Return a text with card numbers, keys and signing secrets as ``****1234``."""
    text = _SECRET.sub(lambda found: f"{found[1]}{_dots(found[0][len(found[1]) :])}", _storable(text))
    return _DIGITS.sub(lambda found: _without_cards(found[0]), text)


def _storable(text: str) -> str:
    """Replace what PostgreSQL does not keep (NUL) and UTF-8 does not write (half of a surrogate pair)."""
    return text.replace("\x00", "�").encode(errors="replace").decode()


def _dots(text: str) -> str:
    return f"****{text[-SHOWN:]}" if len(text) > 2 * SHOWN else "****"


def _without_cards(run: str) -> str:
    """Mask the card numbers in groups of digits; others, such as an order's number, may stand before and behind."""
    parts = re.split("([ -])", run)
    told, first = [], 0
    while first < len(parts):
        ends = range(first + 1, min(len(parts), first + 2 * _CARD_LENGTHS.stop) + 1, 2)
        end = next((one for one in ends if _is_card(parts[first:one:2])), None)
        told.append(parts[first] if end is None else _dots("".join(parts[first:end:2])))
        first = first + 1 if end is None else end
        told += parts[first : first + 1]
        first += 1
    return "".join(told)


def _is_card(groups: Iterable[str]) -> bool:
    """Tell whether length, beginning and check digit fit: other long numbers, such as times, are none."""
    digits = "".join(groups)
    if len(digits) not in _CARD_LENGTHS or not digits.startswith(_CARD_BEGINS):
        return False
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(number // 10 + number % 10 for number in doubled) % 10 == 0


def read_json(body: bytes | str | None) -> Any:
    """Return a body as masked JSON values, shortened when it is very long; a text when it is no JSON, None when empty."""
    text = body.decode(errors="replace") if isinstance(body, bytes) else body or ""
    try:
        # NaN and the like are JSON to Python only.
        value = masked(json.loads(text, parse_constant=str))
    except (ValueError, RecursionError):
        # Masked before it is cut, so that no half of a number is left.
        shown = masked_text(_FIELD.sub(r"\1\2****", text[:MAX_CHARACTERS]))
        return shown[:_KEPT] or None
    if len(text) > MAX_CHARACTERS:
        return {"shortened": json.dumps(value, ensure_ascii=False)[:_KEPT], "characters": len(text)}
    return value


def texts_of(values: Iterable[Any]) -> set[str]:
    """Return those of some values that are texts."""
    return {value for value in values if isinstance(value, str)}
