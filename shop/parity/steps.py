"""One step of the conversation: a call, what is remembered of its answer, and how a form is written."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

REFERENCE = re.compile(r"\{(\w+)\}")


class Missing(Exception):
    """A step needs something that an earlier one did not bring about; the text names it."""


@dataclass(frozen=True, slots=True)
class Step:
    """A call. ``{name}`` in its address and parameters stands for what an earlier step kept under that name.

    Args:
        name: what it is about; each is used once.
        call: method and address.
        params: nested, as the API's documentation writes them.
        keep: names to paths (``data.0.id``) in the answer.
        key: an idempotency key; the same in two steps is the same key.
        until: a path that must be there and not be empty; asked again for some seconds.
    """

    name: str
    call: str
    params: Mapping[str, Any] = field(default_factory=dict)
    keep: Mapping[str, str] = field(default_factory=dict)
    key: str | None = None
    until: str | None = None


def fill(value: Any, known: Mapping[str, str]) -> Any:
    """Return ``value`` with every reference filled in; Missing when one is not known."""
    if isinstance(value, str):
        return REFERENCE.sub(lambda found: _known(known, found[1]), value)
    if isinstance(value, Mapping):
        return {name: fill(one, known) for name, one in value.items()}
    if isinstance(value, Sequence):
        return [fill(one, known) for one in value]
    return value


def _known(known: Mapping[str, str], name: str) -> str:
    # Not ours: Stripe fills it in itself.
    if name == "CHECKOUT_SESSION_ID":
        return "{CHECKOUT_SESSION_ID}"
    if name not in known:
        raise Missing(name)
    return known[name]


def write_form(params: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield nested parameters as pairs of a form: ``line_items[0][price]``."""
    for name, value in params.items():
        key = f"{prefix}[{name}]" if prefix else name
        if isinstance(value, Mapping):
            yield from write_form(value, key)
        elif isinstance(value, list):
            yield from write_form({str(place): one for place, one in enumerate(value)}, key)
        else:
            yield key, str(value).lower() if isinstance(value, bool) else str(value)


def look_up(answer: Any, path: str) -> Any:
    """Return what is at a path of names and places, or None."""
    for part in path.split("."):
        if isinstance(answer, Mapping):
            answer = answer.get(part)
        elif isinstance(answer, list) and part.isdecimal() and int(part) < len(answer):
            answer = answer[int(part)]
        else:
            return None
    return answer
