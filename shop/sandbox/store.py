"""Where the stand-in keeps its state: one SQLite file, one writer at a time, any number of readers."""

from __future__ import annotations

import json
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from shop.sandbox.errors import Obj
from shop.sandbox.ids import Ids
from shop.sandbox.schema import TABLES, migrate

_LINKS = ("customer", "payment_intent", "charge")
# What the `label` column holds of each kind: the field that its list filters by.
_LABELS = {
    "event": "type",
    "checkout.session": "status",
    "refund": "status",
    "payment_method": "type",
    "price": "lookup_key",
    "promotion_code": "code",
}
# A standing clock begins on the first day of 2026 (UTC) unless told otherwise.
DEFAULT_START = 1_767_225_600.0
# What the `parent` column holds: the object that one belongs to and is listed by.
_PARENTS = {"price": "product", "balance_transaction": "source"}


def dumps(value: Any) -> str:
    """Return compact JSON."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


class Tx:
    """One transaction: every read and change of the state goes through it."""

    def __init__(self, connection: sqlite3.Connection, store: Store) -> None:
        self.sql = connection
        self.store = store
        self.now = store.now()
        self.request_id: str | None = None
        self.idempotency_key: str | None = None
        self.has_deliveries = False

    @property
    def seconds(self) -> int:
        """Now in whole seconds, as objects carry it."""
        return int(self.now)

    def new_id(self, prefix: str) -> str:
        """Return a fresh id such as ``cus_…``."""
        return self.store.ids.new(prefix)

    def find(self, kind: str, object_id: str | None) -> Obj | None:
        """Return an object (a deleted one too, as ``{"deleted": true}``), or None."""
        row = self.sql.execute("SELECT kind, body FROM objects WHERE id = ?", (object_id,)).fetchone()
        return json.loads(row[1]) if row and row[0] == kind else None

    def add(self, kind: str, obj: Obj) -> Obj:
        """Keep a new object; keys that begin with an underscore are ours and never leave the stand-in."""
        links = self._links(kind, obj)
        self.sql.execute(
            "INSERT INTO objects (id, kind, created, customer, payment_intent, charge, label, email, parent, body)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (obj["id"], kind, obj.get("created", self.seconds), *links, dumps(obj)),
        )
        return obj

    def save(self, kind: str, obj: Obj, *, is_deleted: bool = False) -> Obj:
        """Write a changed object."""
        links = self._links(kind, obj)
        self.sql.execute(
            "UPDATE objects SET customer = ?, payment_intent = ?, charge = ?, label = ?, email = ?, parent = ?,"
            " is_deleted = ?, body = ? WHERE id = ?",
            (*links, int(is_deleted), dumps(obj), obj["id"]),
        )
        return obj

    @staticmethod
    def _links(kind: str, obj: Obj) -> tuple[Any, ...]:
        details = obj.get("customer_details") or {}
        email = details.get("email") or obj.get("email") or obj.get("customer_email")
        label = obj.get(_LABELS[kind]) if kind in _LABELS else None
        # Codes are found however they are typed.
        label = label.upper() if label and kind == "promotion_code" else label
        parent = obj.get(_PARENTS[kind]) if kind in _PARENTS else None
        return (*(obj.get(name) for name in _LINKS), label, email, parent)

    def select(self, kind: str, **where: str) -> list[Obj]:
        """Return the live objects of a kind whose columns equal ``where``, oldest first."""
        clause = "".join(f" AND {name} = ?" for name in where)
        rows = self.sql.execute(
            f"SELECT body FROM objects WHERE kind = ? AND is_deleted = 0{clause} ORDER BY seq",  # noqa: S608
            (kind, *where.values()),
        )
        return [json.loads(row[0]) for row in rows]

    def schedule(self, kind: str, subject: str, due_at: float) -> None:
        """Have a job done at a time on the stand-in's clock; one a kind and subject."""
        self.sql.execute(
            "INSERT INTO jobs (kind, subject, due_at) VALUES (?, ?, ?)"
            " ON CONFLICT (kind, subject) DO UPDATE SET due_at = excluded.due_at",
            (kind, subject, due_at),
        )
        self.store.expect(due_at)

    def unschedule(self, kind: str, subject: str) -> None:
        """Forget a job."""
        self.sql.execute("DELETE FROM jobs WHERE kind = ? AND subject = ?", (kind, subject))


class Store:
    """The database with its clock and its ids.

    Args:
        database: the file's path, or ``:memory:``.
        seed: makes ids and times repeatable for the same sequence of calls: the clock stands still until it is turned.
        start: what a clock that stands still first shows, in seconds since 1970.
    """

    def __init__(self, database: str, seed: int | None = None, start: float | None = None) -> None:
        self.database = database
        self.seed = seed
        self._start: float | None = None
        self._lock = threading.RLock()
        self._readers: queue.LifoQueue[sqlite3.Connection] = queue.LifoQueue()
        self._listeners: list[Callable[[], None]] = []
        # How late each copy of a webhook comes; faults on demand replace it.
        self.plan_webhook: Callable[[Tx, str], list[float]] = lambda _tx, _event: [0.0]
        if database != ":memory:":
            Path(database).parent.mkdir(parents=True, exist_ok=True)
        self._writer = self._connect()
        migrate(self._writer)
        self.offset = float(self.setting("clock_offset") or 0)
        if seed is not None:
            self._start = self._kept_start(DEFAULT_START if start is None else start)
        self._next_due = self._earliest_job()
        used = self._writer.execute("SELECT coalesce(max(seq), 0) FROM objects").fetchone()[0]
        self.ids = Ids(None if seed is None else f"{seed}:{used}")

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.database, timeout=30, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        # A checkpoint waits for the disk; one in 32 MB instead of 4 keeps it out of most checkouts.
        connection.execute("PRAGMA wal_autocheckpoint = 8000")
        return connection

    def now(self) -> float:
        """Return the stand-in's time in seconds since 1970: the machine's, plus what was turned forwards.

        With a seed it is a fixed moment in place of the machine's.
        """
        return (time.time() if self._start is None else self._start) + self.offset

    @property
    def lead(self) -> float:
        """How many seconds the stand-in's clock is ahead of the machine's (negative: behind)."""
        return self.offset if self._start is None else self.now() - time.time()

    def _kept_start(self, start: float) -> float:
        """Return where a standing clock began, kept over a restart; never before what is in the file already."""
        kept = self.setting("clock_start")
        if kept is None:
            newest = self._writer.execute("SELECT max(created) FROM objects").fetchone()[0]
            kept = repr(max(start, float(newest or 0)))
            with self.writing() as tx:
                self.set_setting(tx, "clock_start", kept)
        return float(kept)

    def advance(self, seconds: float) -> None:
        """Turn the clock forwards; it never goes back."""
        with self.writing() as tx:
            self.offset += seconds
            self.set_setting(tx, "clock_offset", repr(self.offset))

    def setting(self, name: str) -> str | None:
        """Return a setting that survives a restart."""
        with self._lock:
            row = self._writer.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    @staticmethod
    def set_setting(tx: Tx, name: str, value: str) -> None:
        """Keep a setting."""
        tx.sql.execute("INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)", (name, value))

    def on_deliveries(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` after each commit that left a webhook to send."""
        self._listeners.append(listener)

    @contextmanager
    def writing(self) -> Iterator[Tx]:
        """Open the one writing transaction; commit at the end, roll back on any error."""
        with self._lock:
            tx = Tx(self._writer, self)
            # IMMEDIATE takes the write lock at once: a plain BEGIN fails later, when two writers have both read.
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield tx
            except BaseException:
                self._writer.execute("ROLLBACK")
                raise
            self._writer.execute("COMMIT")
        if tx.has_deliveries:
            for listener in self._listeners:
                listener()

    @contextmanager
    def reading(self) -> Iterator[Tx]:
        """Open a reading transaction: one moment's picture of the state."""
        if self.database == ":memory:":
            with self._lock:
                yield Tx(self._writer, self)
            return
        try:
            connection = self._readers.get_nowait()
        except queue.Empty:
            connection = self._connect()
        try:
            connection.execute("BEGIN")
            yield Tx(connection, self)
        finally:
            connection.execute("ROLLBACK")
            self._readers.put(connection)

    def expect(self, due_at: float) -> None:
        """Remember that a job is due then, so that requests need no query to know that nothing is."""
        self._next_due = min(self._next_due, due_at)

    def is_anything_due(self) -> bool:
        """Say whether a job's time has come."""
        return self._next_due <= self.now()

    def recount_jobs(self) -> None:
        """Look up when the next job is due."""
        with self._lock:
            self._next_due = self._earliest_job()

    def _earliest_job(self) -> float:
        found = self._writer.execute("SELECT min(due_at) FROM jobs").fetchone()[0]
        return float("inf") if found is None else float(found)

    def clear(self) -> None:
        """Forget every object; the clock stays where it is, since it only goes forwards."""
        with self.writing() as tx:
            for table in TABLES:
                tx.sql.execute(f"DELETE FROM {table}")  # noqa: S608
        self.recount_jobs()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            while not self._readers.empty():
                self._readers.get_nowait().close()
            self._writer.close()
