"""Webhooks on their way: signed, sent by a thread, tried again with growing delay, kept over a restart."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from urllib.parse import urlsplit

from shop.sandbox.errors import Obj
from shop.sandbox.jobs import run_due
from shop.sandbox.lists import public
from shop.sandbox.store import Store, dumps

# Seconds after the 1st, 2nd … failure. Stripe retries test webhooks three times over a few hours and does not publish
# when; the first ones here are quick, so that a shop that is just starting misses nothing.
DELAYS = (1, 5, 30, 300, 3_600, 3 * 3_600, 12 * 3_600)
TIMEOUT = 10
WORKERS = 8
_LOOK_AGAIN = 0.5


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
        began = time.monotonic()
        status, error = post(endpoint["url"], endpoint["_secret"], public(event))
        spent = round((time.monotonic() - began) * 1000)
        self._note(delivery_id, row[2] + 1, status, error, spent)

    def _note(
        self, delivery_id: int, attempts: int, status: int | None, error: str | None, spent: int
    ) -> None:
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


def is_success(status: int) -> bool:
    """Say whether an answer takes the event."""
    return HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES


def post(url: str, secret: str, event: Obj) -> tuple[int | None, str | None]:
    """Send one event; return the status of the answer, or None and what went wrong. A redirect is a failure."""
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
        response.read(65_536)
    except (OSError, http.client.HTTPException) as error:
        return None, f"{type(error).__name__}: {error}"[:200]
    else:
        failed = None if is_success(response.status) else f"answered {response.status} {response.reason}"
        return response.status, failed
    finally:
        connection.close()


def deliveries_of(rows: list[tuple[object, ...]]) -> list[Obj]:
    """Return rows of the delivery log as JSON values."""
    names = ("id", "event", "type", "endpoint", "url", "status", "attempts", "next_at", "last_status", "last_error",
             "last_ms", "updated_at")  # fmt: skip
    result = []
    for row in rows:
        one = dict(zip(names, row, strict=True))
        one["url"] = json.loads(str(one["url"])).get("url")
        result.append(one)
    return result
