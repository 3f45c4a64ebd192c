"""Form bodies with nesting and arrays: ``line_items[0][price_data][currency]=eur``."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

from shop.sandbox.errors import Obj, invalid

_KEY = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")
_PART = re.compile(r"\[([^\[\]]*)\]")
MAX_DEPTH = 12


def parse_form(text: str) -> Obj:
    """Return the form as nested dicts of strings; an array is a dict whose keys are its indices.

    Whether a dict is an array, only the parameter's type can say (see ``params``).
    """
    return nest(parse_qsl(text, keep_blank_values=True))


def nest(pairs: Iterable[tuple[str, str]]) -> Obj:
    """Return pairs of bracketed keys and values as nested dicts.

    Raises:
        ApiError: 400, when a key is malformed or says two things at once.
    """
    root: Obj = {}
    for key, value in pairs:
        found = _KEY.match(key)
        parts = [found.group(1), *_PART.findall(found.group(2))] if found else []
        if not parts or len(parts) > MAX_DEPTH:
            raise invalid(f"Invalid parameter name: {key[:200]}", key[:200])
        _put(root, parts, value, key)
    return root


def _put(root: Obj, parts: list[str], value: str, key: str) -> None:
    here = root
    for place, part in enumerate(parts[:-1]):
        below = here.setdefault(part or _place(here, parts[place + 1 :]), {})
        if not isinstance(below, dict):
            raise invalid(
                f"Invalid object: `{key[:200]}` is given both as a value and as an object.", key[:200]
            )
        here = below
    last = parts[-1] or str(len(here))
    if isinstance(here.get(last), dict):
        raise invalid(f"Invalid object: `{key[:200]}` is given both as a value and as an object.", key[:200])
    here[last] = value


def _place(array: Obj, rest: list[str]) -> str:
    """Return the place that ``[]`` means: the array's last object until a member of it comes a second time."""
    last: Any = array.get(str(len(array) - 1))
    for part in rest:
        if not isinstance(last, dict):
            return str(len(array))
        if part == "":
            return str(len(array) - 1)
        if part not in last:
            return str(max(len(array) - 1, 0))
        last = last[part]
    return str(len(array))


def fingerprint(method: str, path: str, text: str) -> str:
    """Return what an idempotency key is bound to: the call and its parameters, in whatever order they came."""
    pairs = sorted(parse_qsl(text, keep_blank_values=True))
    return hashlib.sha256(repr((method, path, pairs)).encode()).hexdigest()
