"""Errors as answers: a page in the page's style, problem+json (RFC 9457) under ``/api``."""

from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, Response, g, jsonify, render_template, request
from flask_babel import gettext
from werkzeug.exceptions import HTTPException, InternalServerError

from shop.core.errors import DomainError, Invalid
from shop.core.i18n import N_
from shop.web.requests_log import logged_path

log = structlog.get_logger(__name__)

TITLES = {
    400: N_("That request was not understood"),
    403: N_("You may not do this"),
    404: N_("We could not find that"),
    405: N_("That is not possible here"),
    409: N_("This has changed in the meantime"),
    413: N_("That is too large"),
    422: N_("Please check what you typed"),
    429: N_("A little slower, please"),
    500: N_("Something broke on our side"),
    503: N_("Not available just now"),
}
TEXTS = {
    400: N_("Your browser sent something that we could not read. Please go back and try again."),
    403: N_("Your account has no right to do this on this page."),
    404: N_("The address may be mistyped, or what was here is gone."),
    405: N_("This address exists, but not for what was asked of it."),
    413: N_("What you sent is larger than we accept. Please choose a smaller file."),
    429: N_(
        "There were many requests from your address in a short time. Please wait a minute and try again."
    ),
    500: N_("It has been noted. Nothing that you had saved is lost; please try again."),
    503: N_("Please try again in a moment."),
}


def init_app(app: Flask) -> None:
    """Answer every error of ``app`` in the form that its caller reads."""
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected_error)


def problem(status: int, code: str, title: str, *, detail: str | None = None, **extra: Any) -> Response:
    """Return an RFC 9457 problem; ``code`` is stable for programs, the texts are for people."""
    body = {"type": "about:blank", "status": status, "code": code, "title": title, **extra}
    if detail:
        body["detail"] = detail
    response = jsonify(body)
    response.status_code = status
    response.content_type = "application/problem+json"
    return response


def _wants_json() -> bool:
    return request.path.startswith("/api/")


def _domain_error(error: DomainError) -> Response:
    message = gettext(error.msgid, **error.params)
    if _wants_json():
        extra: dict[str, Any] = {"errors": error.errors} if isinstance(error, Invalid) else {}
        return problem(error.status, error.code, message, **extra)
    return _page(error.status, message)


def _http_error(error: HTTPException) -> Response:
    if error.response is not None:  # as a rate limit's own answer, which keeps what was typed
        return error.get_response()  # type: ignore[return-value]
    status = error.code or 500
    if status < HTTPStatus.BAD_REQUEST:
        return error.get_response()  # type: ignore[return-value]
    if _wants_json():
        title = gettext(TITLES.get(status, TITLES[500]))
        code = (error.name or "error").lower().replace(" ", "_")
        response = problem(status, code, title, detail=gettext(TEXTS[status]) if status in TEXTS else None)
    else:
        response = _page(status, gettext(TEXTS[status]) if status in TEXTS else error.name)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _unexpected_error(error: Exception) -> Response:
    log.error("unexpected_error", path=logged_path(), exc_info=error)
    return _http_error(InternalServerError())


def _page(status: int, message: str) -> Response:
    title = gettext(TITLES.get(status, TITLES[500]))
    g.is_error = True
    html = render_template("errors/error.html", status=status, title=title, message=message)
    response = Response(html, status)
    response.headers["Cache-Control"] = "no-store"
    return response
