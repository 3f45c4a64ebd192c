"""Security headers on every answer; a strict Content-Security-Policy without inline anything.

Nothing of ours may stand in a frame of another site but the cards that are made for it (``allow_framing``): they
show what is public, know nobody, and what is bought in them opens in a window of its own.
"""

from flask import Flask, Response, g, session
from secure import (
    ContentSecurityPolicy,
    CrossOriginOpenerPolicy,
    PermissionsPolicy,
    ReferrerPolicy,
    Secure,
    StrictTransportSecurity,
    XContentTypeOptions,
    XFrameOptions,
)

from shop.core.config import Settings


def init_app(app: Flask, settings: Settings) -> None:
    """Set the headers on every response of ``app``."""
    usual, framed = _headers(settings), _headers(settings, ancestors="*")
    # Any value of it forbids a frame somewhere; the policy's frame-ancestors says it all.
    del framed["X-Frame-Options"]
    within = _headers(settings, ancestors="'self'") | {"X-Frame-Options": "SAMEORIGIN"}

    @app.after_request
    def set_headers(response: Response) -> Response:
        if g.get("knows_nobody"):
            session.accessed = (
                False  # flask-login looks into it after each request, which says "Vary: Cookie"
            )
        chosen = framed if g.get("may_be_framed") else within if g.get("may_be_framed_by_us") else usual
        for name, value in chosen.items():
            response.headers.setdefault(name, value)
        if response.mimetype == "text/html":
            # What is public says so itself; all else is one visitor's.
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response


def allow_framing() -> None:
    """Let the answer to this request stand in a frame of any site; it must know nobody."""
    g.may_be_framed = True
    know_nobody()


def allow_framing_by_us() -> None:
    """Let the answer to this request stand in a frame of a page of ours, where scripts are off."""
    g.may_be_framed_by_us = True


def know_nobody() -> None:
    """Say that the answer to this request is the same whatever cookies came with it."""
    g.knows_nobody = True


def _headers(settings: Settings, *, ancestors: str = "'none'") -> dict[str, str]:
    csp = (
        ContentSecurityPolicy()
        .default_src("'self'")
        # Pico draws its chevrons as data: pictures.
        .img_src("'self'", "data:")
        .object_src("'none'")
        .base_uri("'none'")
        .frame_ancestors(ancestors)
        # Chromium applies form-action to the 303 that follows a form, so the payment page is named.
        .form_action("'self'", *settings.checkout_origins)
    )
    policy = Secure(
        csp=csp,
        # With no-referrer Chromium sends "Origin: null", which the CSRF check could not read.
        referrer=ReferrerPolicy().strict_origin_when_cross_origin(),
        xcto=XContentTypeOptions().nosniff(),
        xfo=XFrameOptions().deny(),
        coop=CrossOriginOpenerPolicy().same_origin(),
        permissions=PermissionsPolicy().camera().microphone().geolocation(),
        hsts=StrictTransportSecurity().max_age(31_536_000).include_subdomains()
        if settings.is_secure
        else None,
    )
    return dict(policy.headers)
