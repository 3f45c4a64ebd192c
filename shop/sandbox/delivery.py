"""Webhooks on their way: signed, sent by a thread, tried again with growing delay, kept over a restart."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from urllib.parse import urlsplit

from shop.sandbox.errors import Obj
from shop.sandbox.events import API_VERSION
from shop.sandbox.jobs import run_due
from shop.sandbox.lists import public
from shop.sandbox.store import Store, Tx, dumps
from shop.sandbox.versions import as_of

# Seconds after the 1st, 2nd … failure. Stripe retries test webhooks three times over a few hours and does not publish
# when; the first ones here are quick, so that a shop that is just starting misses nothing.
DELAYS = (1, 5, 30, 300, 3_600, 3 * 3_600, 12 * 3_600)
TIMEOUT = 10
SHOWN = 1_000
WORKERS = 8
_LOOK_AGAIN = 0.5


# The status, what went wrong, the first characters of the body.
Answer = tuple[int | None, str | None, str | None]


def signature(body: bytes, secret: str, at: int) -> str:
    """Return the ``Stripe-Signature`` header of a body: https://docs.stripe.com/webhooks/signature."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


class Courier:
    """Takes deliveries that are due out of the store and sends them; also does the jobs whose time has come."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._wake = threading.Event()
        self._is_stopped = False
        self._busy: set[int] = set()
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="webhook")
        self._thread = threading.Thread(target=self._loop, name="courier", daemon=True)
        self.is_paused = store.setting("is_paused") == "1"
        store.on_deliveries(self._wake.set)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what is being sent, then end; the rest goes out after the next start."""
        self._is_stopped = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(TIMEOUT + 1)
        self._pool.shutdown(wait=True, cancel_futures=True)

    def pause(self, *, is_paused: bool) -> None:
        """Hold webhooks back, or let them go again; survives a restart."""
        with self._store.writing() as tx:
            self._store.set_setting(tx, "is_paused", "1" if is_paused else "0")
        self.is_paused = is_paused
        self._wake.set()

    def wake(self) -> None:
        """Look at once for what is due (the clock was turned)."""
        self._wake.set()

    def _loop(self) -> None:
        while not self._is_stopped:
            self._wake.clear()
            run_due(self._store)
            if not self.is_paused:
                self._send_due()
            self._wake.wait(_LOOK_AGAIN)

    def _send_due(self) -> None:
        with self._store.reading() as tx:
            rows = tx.sql.execute(
                "SELECT id FROM deliveries WHERE next_at <= ? ORDER BY next_at, id LIMIT 200", (tx.now,)
            ).fetchall()
        for (delivery_id,) in rows:
            if delivery_id not in self._busy and not self._is_stopped:
                self._busy.add(delivery_id)
                self._pool.submit(self._send, delivery_id)

    def _send(self, delivery_id: int) -> None:
        try:
            self._send_one(delivery_id)
        finally:
            self._busy.discard(delivery_id)

    def _send_one(self, delivery_id: int) -> None:
        with self._store.reading() as tx:
            row = tx.sql.execute(
                # Asked again, since another thread may have sent it since it was found due.
                "SELECT event, endpoint, attempts FROM deliveries WHERE id = ? AND next_at <= ?",
                (delivery_id, tx.now),
            ).fetchone()
            if row is None:
                return
            event, endpoint = tx.find("event", row[0]), tx.find("webhook_endpoint", row[1])
            if event is None or endpoint is None or endpoint.get("deleted"):
                return
            version = endpoint["api_version"] or API_VERSION
            shown = as_of(tx, public(event), version) | {"api_version": version}
        began = time.monotonic()
        answer = post(endpoint["url"], endpoint["_secret"], shown)
        self._note(delivery_id, row[2] + 1, answer, round((time.monotonic() - began) * 1000))

    def _note(self, delivery_id: int, attempts: int, answer: Answer, spent: int) -> None:
        status, error, text = answer
        is_taken = status is not None and is_success(status)
        is_last = attempts > len(DELAYS)
        with self._store.writing() as tx:
            next_at = None if is_taken or is_last else tx.now + DELAYS[attempts - 1]
            word = "succeeded" if is_taken else "failed" if is_last else "pending"
            tx.sql.execute(
                "UPDATE deliveries SET status = ?, attempts = ?, next_at = ?, last_status = ?, last_error = ?,"
                " last_ms = ?, updated_at = ? WHERE id = ?",
                (word, attempts, next_at, status, error, spent, tx.now, delivery_id),
            )
            tx.sql.execute(
                "INSERT INTO tries (delivery, at, status, error, ms, response) VALUES (?, ?, ?, ?, ?, ?)",
                (delivery_id, tx.now, status, error, spent, text),
            )


def is_success(status: int) -> bool:
    """Say whether an answer takes the event."""
    return HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES


def post(url: str, secret: str, event: Obj) -> Answer:
    """Send one event; return the status of the answer or None, what went wrong, and the answer's first characters.

    A redirect is a failure.
    """
    body = dumps(event).encode()
    parts = urlsplit(url)
    factory = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        # The machine's time, not the stand-in's: the receiver compares it with its own clock.
        "Stripe-Signature": signature(body, secret, int(time.time())),
    }
    connection = factory(parts.hostname or "", parts.port, timeout=TIMEOUT)
    try:
        connection.request(
            "POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, headers
        )
        response = connection.getresponse()
        text = response.read(65_536).decode(errors="replace")[:SHOWN]
    except (OSError, http.client.HTTPException) as error:
        return None, f"{type(error).__name__}: {error}"[:200], None
    else:
        failed = None if is_success(response.status) else f"answered {response.status} {response.reason}"
        return response.status, failed, text
    finally:
        connection.close()


_SHOWN = ("id", "event", "type", "endpoint", "url", "status", "attempts", "next_at", "last_status", "last_error",
          "last_ms", "updated_at")  # fmt: skip


def delivery_log(
    tx: Tx, *, status: str | None = None, event: str | None = None, after: int = 0, limit: int | None = None
) -> list[Obj]:
    """Return the delivery log, oldest first, each delivery with its tries.

    Args:
        tx: the transaction.
        status: ``pending``, ``succeeded`` or ``failed``; None for all.
        event: an event's id; None for all.
        after: only deliveries with a higher number.
        limit: only so many, the newest of those that fit.
    """
    rows = tx.sql.execute(
        "SELECT d.id, d.event, e.label, d.endpoint, json_extract(w.body, '$.url'), d.status, d.attempts, d.next_at,"
        " d.last_status, d.last_error, d.last_ms, d.updated_at FROM deliveries d JOIN objects e ON e.id = d.event"
        " JOIN objects w ON w.id = d.endpoint WHERE (:status IS NULL OR d.status = :status)"
        " AND (:event IS NULL OR d.event = :event) AND d.id > :after ORDER BY d.id DESC LIMIT :limit",
        {"status": status, "event": event, "after": after, "limit": -1 if limit is None else limit},
    ).fetchall()[::-1]
    tried: dict[int, list[Obj]] = {row[0]: [] for row in rows}
    if rows:
        found = tx.sql.execute(
            "SELECT delivery, at, status, error, ms, response FROM tries WHERE delivery BETWEEN ? AND ? ORDER BY id",
            (rows[0][0], rows[-1][0]),
        )
        for delivery, *values in found:
            if delivery in tried:
                one = dict(zip(("at", "status", "error", "ms", "response"), values, strict=True))
                tried[delivery].append(one)
    return [dict(zip(_SHOWN, row, strict=True)) | {"tries": tried[row[0]]} for row in rows]
