"""Faults on demand, set under ``/_sandbox/faults``: calls that time out or are refused, webhooks that come twice, late, in another order or never."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase

from flask import Response

from shop.sandbox.errors import ApiError, Obj
from shop.sandbox.store import Store, Tx

BEFORE = ("timeout_before", "rate_limit", "server_error", "conflict")
AFTER = ("timeout_after", "lost_response")
WEBHOOKS = ("webhook_drop", "webhook_double", "webhook_delay", "webhook_reorder")
DEFAULT_SECONDS = 30.0
_FIELDS = ("id", "kind", "method", "path", "event", "count", "used", "probability", "seconds")


@dataclass
class Fault:
    """One fault that waits to strike.

    Attributes:
        kind: one of BEFORE (nothing is done), AFTER (the work is done, the answer lost) or WEBHOOKS.
        method: of the calls it strikes; None for every method.
        path: of the calls it strikes, as a glob: ``/v1/checkout/sessions*``.
        event: type of the events whose webhooks it strikes, as a glob: ``charge.*``.
        count: how many times it strikes; None for ever.
        used: how many times it has struck.
        probability: that it strikes what it could strike, 0 to 1.
        seconds: how long a time-out lasts, or how late a webhook is (at most, for ``webhook_reorder``).
    """

    id: int
    kind: str
    method: str | None = None
    path: str = "*"
    event: str = "*"
    count: int | None = None
    used: int = 0
    probability: float = 1.0
    seconds: float = DEFAULT_SECONDS

    @property
    def is_spent(self) -> bool:
        """Whether it has struck as often as it should."""
        return self.count is not None and self.used >= self.count

    def shown(self) -> Obj:
        """Return it as JSON."""
        return asdict(self)


class Faults:
    """The faults that are set, in memory and in the file, so that they outlive a restart."""

    def __init__(self, store: Store, seed: int | None) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._random = random.Random(None if seed is None else f"{seed}:faults")  # noqa: S311
        self._all: list[Fault] = []
        self.reload()

    def reload(self) -> None:
        """Read them from the file."""
        with self._store.reading() as tx:
            rows = tx.sql.execute(f"SELECT {', '.join(_FIELDS)} FROM faults ORDER BY id").fetchall()  # noqa: S608
        with self._lock:
            self._all = [Fault(**dict(zip(_FIELDS, row, strict=True))) for row in rows]

    def all(self) -> list[Fault]:
        """Return all that are set, the spent ones too."""
        with self._lock:
            return list(self._all)

    def add(self, given: Obj) -> Fault:
        """Set a fault; ``given`` holds checked fields of Fault."""
        with self._store.writing() as tx:
            fault = Fault(0, **given)
            values = fault.shown()
            names = _FIELDS[1:]
            fault.id = (
                tx.sql.execute(
                    f"INSERT INTO faults ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",  # noqa: S608
                    [values[name] for name in names],
                ).lastrowid
                or 0
            )
        with self._lock:
            self._all.append(fault)
        return fault

    def remove(self, fault_id: int | None = None) -> int:
        """Take one fault away, or all; return how many there were."""
        with self._store.writing() as tx:
            found = tx.sql.execute("DELETE FROM faults WHERE ?1 IS NULL OR id = ?1", (fault_id,)).rowcount
        with self._lock:
            self._all = [one for one in self._all if fault_id is not None and one.id != fault_id]
        return found

    def strike_call(self, kinds: tuple[str, ...], method: str, path: str) -> Fault | None:
        """Return the fault of these kinds that strikes a call now, counted, or None."""
        if not self._all:
            return None
        with self._lock:
            struck = self._struck(
                one
                for one in self._all
                if one.kind in kinds and one.method in (None, method) and fnmatchcase(path, one.path)
            )
        if struck:
            with self._store.writing() as tx:
                _count(tx, struck)
        return struck

    def plan_webhook(self, tx: Tx, event: str) -> list[float]:
        """Return how many seconds late each copy of a webhook comes; nothing when it never does.

        A fault that strikes is counted in the transaction that queues the webhook.
        """
        delays = [0.0]
        if not self._all:
            return delays
        with self._lock:
            for kind in WEBHOOKS:
                struck = self._struck(
                    one for one in self._all if one.kind == kind and fnmatchcase(event, one.event)
                )
                if struck:
                    delays = self._changed(delays, struck)
                    _count(tx, struck)
        return delays

    def _changed(self, delays: list[float], struck: Fault) -> list[float]:
        if struck.kind == "webhook_drop":
            return []
        if struck.kind == "webhook_double":
            return delays * 2
        if struck.kind == "webhook_delay":
            return [late + struck.seconds for late in delays]
        return [late + self._random.uniform(0, struck.seconds) for late in delays]

    def _struck(self, able: Iterator[Fault]) -> Fault | None:
        for one in able:
            if not one.is_spent and (one.probability >= 1 or self._random.random() < one.probability):
                one.used += 1
                return one
        return None


def _count(tx: Tx, fault: Fault) -> None:
    tx.sql.execute("UPDATE faults SET used = ? WHERE id = ?", (fault.used, fault.id))


def refusal(fault: Fault) -> ApiError:
    """Return the error of a fault that refuses a call."""
    if fault.kind == "rate_limit":
        return ApiError(
            429,
            "Too many requests: a fault set on the stand-in refuses this one.",
            code="rate_limit",
            headers={"Stripe-Should-Retry": "true", "Stripe-Rate-Limited-Reason": "global-rate"},
        )
    if fault.kind == "conflict":
        return ApiError(
            409,
            "This object cannot be accessed right now because another API request or Stripe process is currently "
            "accessing it: a fault set on the stand-in.",
            code="lock_timeout",
            headers={"Stripe-Should-Retry": "true"},
        )
    return ApiError(500, "Something went wrong: a fault set on the stand-in.", kind="api_error")


def cut_off() -> Response:
    """Return an answer that breaks off: the connection closes after its head, which the server sends before the body."""

    def nothing() -> Iterator[bytes]:
        raise ConnectionAbortedError("a fault set on the stand-in lost this answer")
        yield b""

    response = Response(nothing(), mimetype="application/json")
    response.headers["Content-Length"] = "1000"
    return response
