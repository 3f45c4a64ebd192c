"""What all pages for buyers share: their blueprint, their language, their headers, the page that says it is over."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request
from markupsafe import Markup, escape
from werkzeug.wrappers import Response as BaseResponse

from shop.sandbox.errors import Obj
from shop.sandbox.store import Store
from shop.sandbox.texts import Words

pages = Blueprint("pages", __name__)
_LINK = re.compile(r"\[([^\]]+)\]\((https?://[^\s)]+)\)")


def store() -> Store:
    """Return the state of the stand-in that runs."""
    found: Store = current_app.extensions["sandbox"].store
    return found


def words_of(session: Obj | None) -> Words:
    """Return the words in a session's language, or in the browser's."""
    accepted = [language for language, _quality in request.accept_languages]
    return Words(session["locale"] if session else None, accepted)


def shop_of(session: Obj, words: Words) -> str:
    """Return how a page calls the shop."""
    return session["branding_settings"]["display_name"] or words("shop")


def success_address(session: Obj) -> str:
    """Return where a buyer goes after paying, the session's id filled in."""
    url: str = session["success_url"]
    return url.replace("{CHECKOUT_SESSION_ID}", session["id"])


@pages.app_template_filter("linked")
def linked(text: str) -> Markup:
    """Return a shop's own text with its ``[words](https://…)`` as links, everything else as it stands."""
    safe = str(escape(text))
    return Markup(_LINK.sub(r'<a href="\2" target="_blank" rel="noopener">\1</a>', safe))  # noqa: S704


def _origin(url: str | None) -> str:
    parts = urlsplit(url or "")
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") else ""


def _sources(urls: Iterable[str | None]) -> str:
    origins = {_origin(url) for url in urls}
    return " ".join(["'self'", *sorted(origin for origin in origins if origin)])


def _pictures(session: Obj) -> list[str]:
    brand = session["branding_settings"]
    marks = [brand[name]["url"] for name in ("icon", "logo") if brand[name]]
    offered = [one["image"] for one in session.get("_offered", [])]
    return marks + offered + [picture for _about, picture in session["_pictures"].values()]


def page(
    template: str, session: Obj | None, status: int = 200, *, target: str | None = None, **values: Any
) -> Response:
    """Render a page with headers that let it load only its own files, and the pictures of what is bought.

    Chromium holds the redirect after a form to ``form-action`` too, so the shop's origin stands beside 'self'.
    ``target`` is where a form's answer leads when that is not the session's ``success_url``.
    """
    html = render_template(f"sandbox/{template}", session=session, target=target, **values)
    response = make_response(html, status)
    pictures = _pictures(session) if session else []
    targets = [target, session["success_url"] if session else None]
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src {_sources(pictures)}; "
        f"form-action {_sources(targets)}; base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


def over(session: Obj | None, status: int = 200, kind: str | None = None) -> Response:
    """Say kindly that there is nothing to pay: done, expired or unknown."""
    words = words_of(session)
    kind = kind or ("missing" if session is None else session["status"])
    shop = shop_of(session, words) if session else ""
    target = None
    if session:
        target = success_address(session) if kind == "complete" else session["cancel_url"]
    return page("over.html", session, status, target=target, t=words, kind=kind, shop=shop)


def elsewhere(session: Obj | None) -> BaseResponse:
    """Answer a form that came too late: a paid session goes on to the shop."""
    if session and session["status"] == "complete":
        return redirect(success_address(session), 303)
    return over(session, 200 if session else 404)
