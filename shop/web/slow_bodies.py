"""Takes a request's body in before anything else, and gives up on who does not send it.

A thread of the server that reads a body waits for as long as the sender likes; a hundred senders who
send a byte a second then hold all of them, and nobody is served. So bodies are read by helpers, only
so many at a time, and only while they come; the rest of the threads stay free for pages.
"""

import queue
import tempfile
import threading
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import IO, Any

from werkzeug.wsgi import ClosingIterator

PART = 65_536
PART_WITHIN_S = 10.0
"""A sender who needs longer for 64 kB (or for what is left) is hung up on."""
IN_MEMORY = 1_000_000
SLOTS = 24
"""Bodies that are read at a time in a process: three quarters of its threads (``supervisor.THREADS``)."""
SLOT_WITHIN_S = 1.0
"""An honest body takes milliseconds, so a burst of buyers waits its turn; only slow senders hold all slots longer."""
RETRY_AFTER_S = 5

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class TooSlow(Exception):
    """The body did not come in time."""


class SlowBodies:
    """WSGI middleware. ``slots`` bodies are read at a time; ``limits`` are bytes by prefix of the path.

    What announces more than its limit is passed on unread, for the application to refuse.
    """

    def __init__(self, app: WsgiApp, *, limits: dict[str, int], slots: int = SLOTS) -> None:
        self._app = app
        self._slots = threading.Semaphore(slots)
        self._limits = sorted(limits.items(), key=lambda one: -len(one[0]))

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request: 503 when too many bodies are on their way, 408 when this one does not come."""
        length = environ.get("CONTENT_LENGTH") or ""
        is_chunked = "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
        size = int(length[:18]) if length.isascii() and length.isdigit() else 0
        limit = next((most for prefix, most in self._limits if environ["PATH_INFO"].startswith(prefix)), 0)
        if not (size or is_chunked) or size > limit:
            return self._app(environ, start_response)
        if not self._slots.acquire(timeout=SLOT_WITHIN_S):
            return _refuse(start_response, HTTPStatus.SERVICE_UNAVAILABLE)
        try:
            body = _take(environ["wsgi.input"], size if not is_chunked else limit + 1)
        except TooSlow:
            return _refuse(start_response, HTTPStatus.REQUEST_TIMEOUT)
        finally:
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


def _take(source: Any, most: int) -> IO[bytes]:
    """Return up to ``most`` bytes of a body as a file, or raise TooSlow."""
    parts: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()

    def read() -> None:
        left = most
        try:
            while left and (part := source.read(min(PART, left))):
                left -= len(part)
                parts.put(part)
        except Exception:  # noqa: BLE001 - whatever a broken connection raises, the body ends here
            parts.put(None)
        else:
            parts.put(None)

    # A helper that waits for a silent sender is freed when the answer closes the connection.
    threading.Thread(target=read, name="body", daemon=True).start()
    body = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - the answer closes it
    while True:
        try:
            part = parts.get(timeout=PART_WITHIN_S)
        except queue.Empty:
            body.close()
            raise TooSlow from None
        if part is None:
            body.seek(0)
            return body
        body.write(part)


def _refuse(start_response: Callable[..., Any], status: HTTPStatus) -> Iterable[bytes]:
    text = b"What you sent did not reach us in time. Please try again in a moment.\n"
    headers = [("Content-Type", "text/plain"), ("Connection", "close"), ("Retry-After", str(RETRY_AFTER_S))]
    start_response(f"{status.value} {status.phrase}", [*headers, ("Content-Length", str(len(text)))])
    return [text]
