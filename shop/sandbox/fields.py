"""Rules that many resources share: metadata, addresses, e-mail addresses, URLs."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from shop.sandbox.errors import Obj, invalid

MAX_KEYS, MAX_KEY, MAX_VALUE, MAX_EMAIL = 50, 40, 500, 512
ADDRESS = ("city", "country", "line1", "line2", "postal_code", "state")
_EMAIL = re.compile(r"^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$")


def merged_metadata(old: dict[str, str], given: Any, param: str = "metadata") -> dict[str, str]:
    """Return metadata after an update: keys merge, an empty value removes its key, an empty whole removes all.

    The limits are those of https://docs.stripe.com/api/metadata.
    """
    if given == "":
        return {}
    for key, value in (given or {}).items():
        if len(key) > MAX_KEY:
            raise invalid(f"Metadata keys can be at most {MAX_KEY} characters: `{key[:50]}`.", param)
        if len(value) > MAX_VALUE:
            raise invalid(
                f"Metadata values can be at most {MAX_VALUE} characters; `{key}` has {len(value)}.",
                f"{param}[{key}]",
            )
    result = {key: value for key, value in (old | (given or {})).items() if value != ""}
    if len(result) > MAX_KEYS:
        raise invalid(f"Metadata can have at most {MAX_KEYS} keys.", param)
    return result


def full_address(given: Obj | None) -> Obj:
    """Return an address with all six members, null where nothing was given."""
    return {name: (given or {}).get(name) or None for name in ADDRESS}


def checked_email(text: str, param: str) -> str:
    """Return an e-mail address that has the form of one."""
    if len(text) > MAX_EMAIL or not _EMAIL.match(text):
        raise invalid(f"Invalid email address: {text[:100]}", param, "email_invalid")
    return text


def checked_length(text: str, most: int, param: str) -> str:
    """Return a text that is at most so many characters long."""
    if len(text) > most:
        raise invalid(f"Invalid string: must be at most {most} characters", param, "parameter_invalid_string")
    return text


def checked_url(text: str, param: str) -> str:
    """Return an http(s) address; template parts in braces pass."""
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.netloc or any(char.isspace() for char in text):
        raise invalid(f"Not a valid URL: {text[:200]}", param, "url_invalid")
    return text
