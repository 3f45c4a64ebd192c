"""Takes a request's body in before anything else, only so many at a time, and gives up on who does not send it.

A thread of the server that reads a body waits for as long as the sender likes; a hundred senders who
send a byte a second then hold all of them, and nobody is served. So only so many threads read bodies at
a time, and the rest stay free for pages.

Nothing may be answered while a read is under way: granian's event loop then waits for that read, and
everybody with it. So who is slow is read from in small parts, and given up between two of them. Who sends
nothing at all holds their place until they go; when such senders hold all places, the process ends, which
hangs up on them, and the server puts a new one in its place.
"""

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import IO, Any

import structlog
from werkzeug.wsgi import ClosingIterator

PART = 65_536
PART_WITHIN_S = 10.0
"""A sender who needs longer for 64 kB (or for what is left) is hung up on."""
QUICK_S = 0.01
"""A read that takes no longer found its bytes waiting, so the next one may ask for more."""
IN_MEMORY = 1_000_000
SLOTS = 24
"""Bodies that are read at a time in a process: three quarters of its threads (``supervisor.THREADS``)."""
SLOT_WITHIN_S = 1.0
"""An honest body takes milliseconds, so a burst of buyers waits its turn; only slow senders hold all slots longer."""
SILENT_S = 30.0
"""When nothing has come in any slot for so long, nobody is left in them who will send."""
RETRY_AFTER_S = 5

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
log = structlog.get_logger(__name__)


class TooSlow(Exception):
    """The body did not come in time."""


def end_process() -> None:
    """End this process at once; the server replaces it (``supervisor.server_command``)."""
    log.error("only_silent_senders")
    os._exit(1)


class SlowBodies:
    """WSGI middleware. ``slots`` bodies are read at a time; ``limits`` are bytes by prefix of the path.

    What announces more than its limit is passed on unread, for the application to refuse. ``give_up`` is
    called when senders who say nothing hold all slots.
    """

    def __init__(
        self, app: WsgiApp, *, limits: dict[str, int], slots: int = SLOTS, give_up: Callable[[], None] = end_process
    ) -> None:  # fmt: skip
        self._app = app
        self._slots = threading.Semaphore(slots)
        self._count = slots
        self._taken: dict[int, float] = {}
        self._heard: dict[int, float] = {}
        """By the thread that reads: since when, and when it last got something."""
        self._give_up = give_up
        self._limits = sorted(limits.items(), key=lambda one: -len(one[0]))

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request: 503 when too many bodies are on their way, 408 when this one comes too slowly."""
        length = environ.get("CONTENT_LENGTH") or ""
        is_chunked = "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
        size = int(length[:18]) if length.isascii() and length.isdigit() else 0
        limit = next((most for prefix, most in self._limits if environ["PATH_INFO"].startswith(prefix)), 0)
        if not (size or is_chunked) or size > limit:
            return self._app(environ, start_response)
        # No place has become free for a while: waiting for one would only hold this thread too.
        is_hopeless = self._has_all_since(self._taken, SLOT_WITHIN_S)
        if not self._slots.acquire(timeout=0 if is_hopeless else SLOT_WITHIN_S):
            if self._has_all_since(self._heard, SILENT_S):
                self._give_up()
            return _refuse(start_response, HTTPStatus.SERVICE_UNAVAILABLE)
        self._taken[threading.get_ident()] = time.monotonic()
        try:
            body = self._take(environ["wsgi.input"], size if not is_chunked else limit + 1)
        except TooSlow:
            return _refuse(start_response, HTTPStatus.REQUEST_TIMEOUT)
        finally:
            for times in (self._taken, self._heard):
                times.pop(threading.get_ident(), None)
            self._slots.release()
        environ["wsgi.input"] = body
        # Not a generator: granian takes status and headers as they are once the application has returned,
        # and a generator's body has not begun by then.
        try:
            answer = self._app(environ, start_response)
        except BaseException:
            body.close()
            raise
        return ClosingIterator(answer, body.close)

    def _has_all_since(self, times: dict[int, float], seconds: float) -> bool:
        known = list(times.values())
        return len(known) >= self._count and time.monotonic() - max(known) > seconds

    def _take(self, source: Any, most: int) -> IO[bytes]:
        """Return up to ``most`` bytes of a body as a file, or raise TooSlow."""
        body = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - the answer closes it
        left, size = most, 1
        since = asked = time.monotonic()
        came = 0
        while left:
            self._heard[threading.get_ident()] = asked
            try:
                part = source.read(min(size, left))
            except Exception:  # noqa: BLE001 - whatever a broken connection raises, the body ends here
                break
            if not part:
                break
            body.write(part)
            left -= len(part)
            came += len(part)
            now = time.monotonic()
            size = min(size * 2, PART) if now - asked < QUICK_S else 1
            asked = now
            if came >= PART:
                since, came = now, 0
            elif left and now - since > PART_WITHIN_S:
                body.close()
                raise TooSlow
        body.seek(0)
        return body


def _refuse(start_response: Callable[..., Any], status: HTTPStatus) -> Iterable[bytes]:
    text = b"What you sent did not reach us in time. Please try again in a moment.\n"
    headers = [("Content-Type", "text/plain"), ("Connection", "close"), ("Retry-After", str(RETRY_AFTER_S))]
    start_response(f"{status.value} {status.phrase}", [*headers, ("Content-Length", str(len(text)))])
    return [text]
