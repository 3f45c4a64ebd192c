"""Small things that every HTML edge does: render, redirect after a post, tell, go back safely."""

from typing import Any
from urllib.parse import urlsplit

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse


def render(template: str, *, status: int = 200, **context: Any) -> Response:
    """Render ``template``; call it after the transaction has closed."""
    return make_response(render_template(template, **context), status)


def see_other(endpoint: str, **values: Any) -> BaseResponse:
    """Answer 303 to an endpoint: the browser follows with GET, reloading does nothing twice."""
    return redirect(url_for(endpoint, **values), 303)


def go(path: str) -> BaseResponse:
    """Answer 303 to a path of this site or to a checkout origin."""
    return redirect(path, 303)


def flash_message(text: str, kind: str = "success", *, undo: str | None = None) -> None:
    """Show ``text`` on the next page; ``kind`` is ``success``, ``info`` or ``error``.

    ``undo`` is a path of ours: beside the text stands a button that posts to it.
    """
    flash({"text": text, "undo": undo} if undo else text, kind)  # type: ignore[arg-type]


def is_local_path(path: str) -> bool:
    """Tell whether ``path`` stays on this site whatever a browser makes of it."""
    if not path.startswith("/") or path.startswith("//") or "\\" in path:
        return False
    return path.isprintable() and not any(character.isspace() for character in path)


def referring_path() -> str | None:
    """Return path and query of the page of ours that this request came from, or None."""
    try:
        parts = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return None
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return path if parts.netloc == request.host and is_local_path(path) else None


def safe_next(default: str) -> str:
    """Return the ``next`` address of this request when it stays on this site, else ``default``."""
    asked = request.values.get("next", "")
    return asked if is_local_path(asked) else default
