"""A guest's random id, in a signed cookie that is set only when something must be kept.

Whoever is only counted has it in a cookie of its own, which changes nothing of what pages show; it becomes the
visitor's id when they begin to keep something. A page stays the same bytes for them (``storefront/caching.py``).
"""

from flask import Flask, Response, g, request

from shop.core.ids import new_token
from shop.core.signing import BadLink
from shop.web.context import settings, signer

VISITOR_COOKIE = "vitrine_visitor"
COUNTED_COOKIE = "vitrine_counted"
MAX_AGE_S = 365 * 24 * 3600
COUNTED_MAX_AGE_S = 180 * 24 * 3600


def visitor_id(*, create: bool = False) -> str | None:
    """Return the guest's id; None when there is none and ``create`` is false."""
    if "visitor_id" not in g:
        g.visitor_id = _read(VISITOR_COOKIE, "visitor")
    if g.visitor_id is None and create:
        g.visitor_id = _read(COUNTED_COOKIE, "counted") or new_token()
        g.visitor_is_new = True
    return g.visitor_id  # type: ignore[no-any-return]


def counted_id(*, create: bool = False) -> str | None:
    """Return the id under which a guest is counted: the visitor's, else one that makes no page private."""
    if g.get("counted_id") is None:
        g.counted_id = visitor_id() or _read(COUNTED_COOKIE, "counted")
    if g.counted_id is None and create:
        g.counted_id = new_token()
        g.counted_is_new = True
    return g.counted_id  # type: ignore[no-any-return]


def forget_counted() -> None:
    """Drop the id under which a guest was counted: at sign-in they become somebody known."""
    g.counted_id = None
    g.counted_is_gone = COUNTED_COOKIE in request.cookies


def forget_visitor() -> None:
    """Drop the guest's id with this response, as after its carts were merged at sign-in."""
    g.visitor_id = None
    g.visitor_is_gone = True


def init_app(app: Flask) -> None:
    """Write the cookie of new visitors."""

    @app.after_request
    def write_cookie(response: Response) -> Response:
        if g.get("visitor_is_new") and g.visitor_id:
            _write(response, VISITOR_COOKIE, signer().sign("visitor", g.visitor_id), MAX_AGE_S)
        elif g.get("visitor_is_gone"):
            response.delete_cookie(VISITOR_COOKIE)
        if g.get("counted_is_new") and g.counted_id:
            _write(response, COUNTED_COOKIE, signer().sign("counted", g.counted_id), COUNTED_MAX_AGE_S)
        elif g.get("counted_is_gone"):
            response.delete_cookie(COUNTED_COOKIE)
        return response


def _write(response: Response, name: str, value: str, max_age_s: int) -> None:
    response.set_cookie(
        name, value, max_age=max_age_s, httponly=True, secure=settings().is_secure, samesite="Lax"
    )


def _read(name: str, purpose: str) -> str | None:
    cookie = request.cookies.get(name)
    if cookie is None:
        return None
    try:
        value = signer().read(purpose, cookie, max_age_s=MAX_AGE_S)
    except BadLink:
        return None
    return value if isinstance(value, str) else None
