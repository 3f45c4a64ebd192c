"""Security headers on every answer; a strict Content-Security-Policy without inline anything."""

from flask import Flask, Response
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
    headers = _headers(settings)

    @app.after_request
    def set_headers(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        if response.mimetype == "text/html":
            # What is public says so itself; all else is one visitor's.
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response


def _headers(settings: Settings) -> dict[str, str]:
    csp = (
        ContentSecurityPolicy()
        .default_src("'self'")
        # Pico draws its chevrons as data: pictures.
        .img_src("'self'", "data:")
        .object_src("'none'")
        .base_uri("'none'")
        .frame_ancestors("'none'")
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
