"""What was asked of the API lately, for tests and for people who debug a checkout."""

from __future__ import annotations

import re
import threading
import time
from collections import deque
from urllib.parse import unquote

from flask import Request, Response

from shop.sandbox.errors import Obj

KEPT, SHOWN = 2_000, 4
_SECRET_HEADERS = frozenset({"authorization", "cookie"})
_CARD = re.compile(r"(card(?:%5B|\[)(?:number|cvc)(?:%5D|\])=)([^&]*)", re.IGNORECASE)


class RequestLog:
    """The last calls, in memory, without keys and without card numbers."""

    def __init__(self) -> None:
        self._rows: deque[Obj] = deque(maxlen=KEPT)
        self._lock = threading.Lock()

    def note(self, request: Request, response: Response | None, *, is_lost: bool = False) -> None:
        """Remember a call; its answer is None when a fault kept it from being done, lost when one swallowed it."""
        row = {
            "at": time.time(),
            "method": request.method,
            "path": request.path,
            "query": request.query_string.decode(errors="replace"),
            "headers": {
                name: value for name, value in request.headers if name.lower() not in _SECRET_HEADERS
            },
            "body": _CARD.sub(_masked, request.get_data(as_text=True)),
            "status": response.status_code if response else None,
            "request_id": response.headers.get("Request-Id") if response else None,
            "response": response.get_json(silent=True) if response else None,
            "is_lost": is_lost,
        }
        with self._lock:
            self._rows.append(row)

    def rows(self) -> list[Obj]:
        """Return the calls, oldest first."""
        with self._lock:
            return list(self._rows)

    def clear(self) -> None:
        """Forget them."""
        with self._lock:
            self._rows.clear()


def _masked(found: re.Match[str]) -> str:
    digits = unquote(found.group(2))
    shown = digits[-SHOWN:] if len(digits) > SHOWN else ""
    return found.group(1) + "*" * (len(digits) - len(shown)) + shown
