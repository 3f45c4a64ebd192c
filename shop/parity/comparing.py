"""Answers with all that is different by nature masked, and what is left of the difference."""

import enum
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shop.parity.speaking import Answer

# Two letters or more, an underscore, and at least ten of which one is a digit or a capital: no word of Stripe's is.
ID = re.compile(r"\b([a-z]{2,8}(?:_test)?)_(?=[A-Za-z0-9]*[A-Z0-9])[A-Za-z0-9]{10,}(?:_secret_[A-Za-z0-9]+)?")
TIMES = re.compile(
    r"(^|_)(created|updated|expires_at|due_by|available_on|captured_at|start|end|canceled_at|redeem_by|effective_at)$"
)
MASKED = {
    "id": "<id>", "fingerprint": "<fingerprint>", "client_secret": "<secret>", "secret": "<secret>",
    "network_transaction_id": "<number>", "authorization_code": "<number>", "receipt_number": "<number>",
    "invoice_prefix": "<word>", "exp_year": "<year>", "exp_month": "<month>", "code_verifier": "<word>",
    "calculated_statement_descriptor": "<of the account>", "statement_descriptor": "<of the account>",
    "coupon": "<coupon>", "risk_score": "<number>", "pending_webhooks": "<number>",
    "reference": "<number>",
}  # fmt: skip
TOLD_ADDRESSES = frozenset({"doc_url", "success_url", "cancel_url"})
WORDS = frozenset({"metadata"})


class Kind(enum.StrEnum):
    """How two answers differ at one place."""

    MISSING = "missing"
    """The other side has it, the stand-in has not."""
    EXTRA = "extra"
    """The stand-in has it, the other side has not."""
    TYPE = "type"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Difference:
    """One place (``error.code``, ``data[0].currency``) and what each side has there."""

    path: str
    kind: Kind
    ours: Any
    theirs: Any


def normalise(value: Any, name: str = "") -> Any:
    """Return a JSON value with ids, times, addresses and secrets replaced by what they are."""
    if isinstance(value, Mapping):
        return {key: normalise(one, "" if name in WORDS else key) for key, one in value.items()}
    if isinstance(value, list):
        return [normalise(one, name) for one in value]
    if isinstance(value, str):
        return _mask_text(value, name)
    if isinstance(value, int) and not isinstance(value, bool):
        return MASKED.get(name) or ("<time>" if TIMES.search(name) else value)
    return value


def _mask_text(text: str, name: str) -> str:
    if name in MASKED:
        found = ID.fullmatch(text)
        return f"<{found[1]}>" if found and name == "id" else MASKED[name]
    if text.startswith(("http://", "https://")) and name not in TOLD_ADDRESSES:
        return "<address>"
    return ID.sub(r"<\1>", text)


def compare(ours: Answer, theirs: Answer) -> list[Difference]:
    """Return where two answers to the same step differ, once all is masked; a subtree is told by its root."""
    if ours.missing or theirs.missing:
        if ours.missing == theirs.missing:
            return []
        told = [
            f"not asked, for want of {one.missing}" if one.missing else one.status for one in (ours, theirs)
        ]
        return [Difference("status", Kind.VALUE, *told)]
    pairs = (
        ("status", ours.status, theirs.status),
        ("headers", dict(ours.headers), dict(theirs.headers)),
        ("", normalise(ours.body), normalise(theirs.body)),
    )
    return [found for path, one, other in pairs for found in _differences(path, one, other)]


def _differences(path: str, ours: Any, theirs: Any) -> Iterator[Difference]:
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        for name in [*ours, *(name for name in theirs if name not in ours)]:
            below = f"{path}.{name}" if path else name
            if name not in ours:
                yield Difference(below, Kind.MISSING, None, theirs[name])
            elif name not in theirs:
                yield Difference(below, Kind.EXTRA, ours[name], None)
            else:
                yield from _differences(below, ours[name], theirs[name])
    elif isinstance(ours, list) and isinstance(theirs, list):
        if len(ours) != len(theirs):
            yield Difference(f"{path}[]", Kind.VALUE, f"{len(ours)} of them", f"{len(theirs)} of them")
        for place, (one, other) in enumerate(zip(ours, theirs, strict=False)):
            yield from _differences(f"{path}[{place}]", one, other)
    elif type(ours) is not type(theirs):
        yield Difference(path, Kind.TYPE, ours, theirs)
    elif ours != theirs:
        yield Difference(path, Kind.VALUE, ours, theirs)
