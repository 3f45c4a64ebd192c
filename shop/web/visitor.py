"""A guest's random id, in a signed cookie that is set only when something must be kept."""

from flask import Flask, Response, g, request

from shop.core.ids import new_token
from shop.core.signing import BadLink
from shop.web.context import settings, signer

VISITOR_COOKIE = "vitrine_visitor"
MAX_AGE_S = 365 * 24 * 3600


def visitor_id(*, create: bool = False) -> str | None:
    """Return the guest's id; None when there is none and ``create`` is false."""
    if "visitor_id" not in g:
        g.visitor_id = _read()
    if g.visitor_id is None and create:
        g.visitor_id = new_token()
        g.visitor_is_new = True
    return g.visitor_id  # type: ignore[no-any-return]


def forget_visitor() -> None:
    """Drop the guest's id with this response, as after its carts were merged at sign-in."""
    g.visitor_id = None
    g.visitor_is_gone = True


def init_app(app: Flask) -> None:
    """Write the cookie of new visitors."""

    @app.after_request
    def write_cookie(response: Response) -> Response:
        if g.get("visitor_is_new") and g.visitor_id:
            response.set_cookie(
                VISITOR_COOKIE,
                signer().sign("visitor", g.visitor_id),
                max_age=MAX_AGE_S,
                httponly=True,
                secure=settings().is_secure,
                samesite="Lax",
            )
        elif g.get("visitor_is_gone"):
            response.delete_cookie(VISITOR_COOKIE)
        return response


def _read() -> str | None:
    cookie = request.cookies.get(VISITOR_COOKIE)
    if cookie is None:
        return None
    try:
        value = signer().read("visitor", cookie, max_age_s=MAX_AGE_S)
    except BadLink:
        return None
    return value if isinstance(value, str) else None
