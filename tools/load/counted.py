"""The shop's WSGI application, which says with each answer how many SQL statements it took."""

import threading
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import event

from shop.app import create_app
from tools.load.figures import STATEMENTS_HEADER

NOT_COUNTED = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA")

_counter = threading.local()
_flask = create_app()


def _note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
    if not statement.lstrip().upper().startswith(NOT_COUNTED):
        _counter.count = getattr(_counter, "count", 0) + 1


event.listen(_flask.extensions["vitrine"].database.engine, "before_cursor_execute", _note)


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer as the shop does, with one header more: a request is one thread's from its start to its headers."""
    _counter.count = 0

    def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        return start_response(status, [*headers, (STATEMENTS_HEADER, str(_counter.count))], *rest)

    return _flask.wsgi_app(environ, start)
