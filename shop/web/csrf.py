"""Refuses unsafe requests that another site made: by ``Sec-Fetch-Site``, else by ``Origin``.

There are no tokens. Cookies are SameSite=Lax besides. ``/api/v1`` never reads cookies, the Stripe
webhook is signed, and a mail program's one-click unsubscription (RFC 8058) carries a signed token: exempt.
"""

from flask import Flask, request

from shop.core.errors import Forbidden
from shop.core.i18n import N_
from shop.web.context import settings

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
EXEMPT_PREFIXES = ("/api/", "/stripe/webhook", "/unsubscribe/")


class CrossSiteRequest(Forbidden):
    """The request came from another site."""

    code = "cross_site_request"
    message = N_("This form was sent from another site, so nothing was done. Please try again from our page.")


def init_app(app: Flask) -> None:
    """Check every unsafe request of ``app`` before its route runs."""
    app.before_request(_refuse_cross_site)


def _refuse_cross_site() -> None:
    if request.method in SAFE_METHODS or request.path.startswith(EXEMPT_PREFIXES):
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site in ("same-origin", "none"):
            return
        raise CrossSiteRequest
    origin = request.headers.get("Origin")
    ours = {f"{request.scheme}://{request.host}", settings().public_url}
    if origin not in ours:
        raise CrossSiteRequest
