"""One log line a request: never its secrets: query, link token, cookies, body."""

import re
import time
import uuid

import structlog
from flask import Flask, Response, g, request

_LONG_PART = re.compile(r"[^/]{20,}")

log = structlog.get_logger("shop.request")


def init_app(app: Flask) -> None:
    """Log each request of ``app`` and give it an id."""

    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=uuid.uuid4().hex[:16])

    @app.after_request
    def finish(response: Response) -> Response:
        if request.path != "/healthz":
            elapsed = (time.perf_counter() - g.get("started", time.perf_counter())) * 1000
            log.info(
                "request",
                method=request.method,
                path=logged_path(),
                endpoint=request.endpoint,
                status=response.status_code,
                ms=round(elapsed, 1),
            )
        return response


def logged_path() -> str:
    """Return the request's path without the secret that a link from a mail carries in it."""
    token = (request.view_args or {}).get("token")
    if token:
        return request.path.replace(token, "…")
    # A link that was cut or mistyped in a mail matches no route; what is left of its token is a secret still.
    return request.path if request.url_rule else _LONG_PART.sub("…", request.path)
