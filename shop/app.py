"""Builds the application: settings, database, helpers and every domain's edges."""

import mimetypes
from pathlib import Path

from flask import Flask, Response, abort, make_response, redirect, request, send_from_directory
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as BaseResponse
from whitenoise import WhiteNoise

from shop import api
from shop.accounts import login
from shop.accounts import routes as account_routes
from shop.catalog import admin as catalog_admin
from shop.catalog import admin_imports
from shop.checkout import admin as checkout_admin
from shop.checkout import admin_bulk, cart_routes, webhooks
from shop.checkout import routes as checkout_routes
from shop.checkout.access import adopt_current_guest
from shop.contests import admin as contest_admin
from shop.contests import routes as contest_routes
from shop.core import kill_points
from shop.core.clock import Clock, SystemClock
from shop.core.config import Settings, load_settings
from shop.core.db import Database
from shop.core.files import FileStore
from shop.core.i18n import LANGUAGES
from shop.core.signing import Signer
from shop.coupons import admin as coupon_admin
from shop.feed import admin as feed_admin
from shop.feed import moderation_admin, report_routes, seen_routes, share_links, share_routes
from shop.feed import routes as feed_routes
from shop.insights import admin as insights_admin
from shop.insights import visits
from shop.like_invitations import admin as like_invitation_admin
from shop.like_invitations import routes as like_invitation_routes
from shop.moderation import admin as moderation_rules
from shop.notifications import routes as notification_routes
from shop.notifications import unsubscribing
from shop.orders import admin as order_admin
from shop.orders import routes as order_routes
from shop.page import admin as page_admin
from shop.page import routes as page_routes
from shop.payments.recording import make_recorder
from shop.payments.stripe_recording import make_gateway
from shop.people import routes as people_routes
from shop.quality import admin as quality_admin
from shop.quality import follower_admin
from shop.storefront import cart as storefront_cart
from shop.storefront import (
    contest_embedding,
    contests,
    coupon_acts,
    coupon_cart,
    coupons,
    directory_routes,
    embedding,
    free_checkout,
    home_feed,
    oembed,
    posts,
    profiles,
    sitemap,
    wallet,
)
from shop.storefront import plain as storefront_plain
from shop.storefront import routes as storefront_routes
from shop.test_mode import routes as test_mode_routes
from shop.web import (
    csrf,
    errors,
    headers,
    health,
    limits,
    locale,
    odd_requests,
    requests_log,
    templating,
    touching,
    visitor,
)
from shop.web.context import Runtime, settings
from shop.web.pages import safe_next
from shop.web.slow_bodies import SlowBodies
from shop.web.static_files import packed_copy

ROOT = Path(__file__).resolve().parent.parent
YEAR_S = 31_536_000

PAGES = (
    account_routes,
    notification_routes,
    unsubscribing,
    page_routes,
    page_admin,
    catalog_admin,
    admin_imports,
    cart_routes,
    checkout_routes,
    order_routes,
    order_admin,
    checkout_admin,
    admin_bulk,
    storefront_routes,
    storefront_cart,
    free_checkout,
    coupons,
    coupon_acts,
    coupon_cart,
    wallet,
    directory_routes,
    embedding,
    home_feed,
    insights_admin,
    quality_admin,
    follower_admin,
    coupon_admin,
    feed_admin,
    moderation_admin,
    moderation_rules,
    report_routes,
    people_routes,
    profiles,
    share_routes,
    feed_routes,
    posts,
    like_invitation_routes,
    like_invitation_admin,
    contests,
    contest_embedding,
    contest_routes,
    contest_admin,
)
"""Edges under ``/<lang>``."""
ROOMS = (test_mode_routes,)
PLAIN = (webhooks, share_links, seen_routes, storefront_plain, oembed, sitemap)


def build_runtime(chosen: Settings, clock: Clock | None = None) -> Runtime:
    """Return what edges, the worker and commands stand on."""
    if chosen.kill_points_dir is not None:
        kill_points.arm(chosen.kill_points_dir)
    return Runtime(
        settings=chosen,
        database=Database(chosen.database_url, pool_size=chosen.database_pool_size),
        clock=clock or SystemClock(),
        signer=Signer(chosen.secret_key),
        files=FileStore(chosen.media_dir),
    )


def create_app(runtime: Runtime | None = None, *, gateway: object | None = None) -> Flask:
    """Return the WSGI application; without ``runtime`` it is read from the environment."""
    runtime = runtime or build_runtime(load_settings())
    app = Flask("shop", template_folder=str(ROOT / "templates"), static_folder=None)
    app.config.update(
        SECRET_KEY=runtime.settings.secret_key,
        MAX_CONTENT_LENGTH=runtime.settings.max_upload_bytes,
        MAX_FORM_MEMORY_SIZE=2_000_000,
        SESSION_COOKIE_NAME="vitrine_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=runtime.settings.is_secure,
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "shop" / "translations"),
        RATELIMIT_ENABLED=runtime.settings.rate_limits,
    )
    app.extensions["vitrine"] = runtime
    recorder = make_recorder(runtime.settings, runtime.database, runtime.clock)
    app.extensions["vitrine.recorder"] = recorder
    app.extensions["vitrine.gateway"] = gateway or make_gateway(runtime.settings, recorder)
    app.extensions["vitrine.after_sign_in"] = []
    _install_helpers(app, runtime.settings)
    _register_edges(app, runtime.settings)
    return app


def _install_helpers(app: Flask, chosen: Settings) -> None:
    bodies = {"/api/": api.MAX_BODY_BYTES, "/": chosen.max_upload_bytes}
    app.wsgi_app = SlowBodies(app.wsgi_app, limits=bodies)  # type: ignore[method-assign]
    if chosen.trusted_proxies:
        count = chosen.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    requests_log.init_app(app)
    odd_requests.init_app(app)
    locale.init_app(app)
    csrf.init_app(app)
    headers.init_app(app, chosen)
    errors.init_app(app)
    visitor.init_app(app)
    touching.init_app(app)
    limits.limiter.init_app(app)
    templating.init_app(app)
    _serve_static(app, chosen)
    app.add_url_rule("/media/<path:key>", "media", _send_media)
    app.add_url_rule("/language/<code>", "choose_language", _choose_language)
    app.register_blueprint(health.blueprint)


def _register_edges(app: Flask, chosen: Settings) -> None:
    login.init_app(app)
    app.extensions["vitrine.after_sign_in"] += [
        like_invitation_routes.adopt_counted_guest,
        adopt_current_guest,
    ]
    for module in (*PAGES, *(ROOMS if chosen.test_mode_rooms else ())):
        app.register_blueprint(module.blueprint, url_prefix=locale.LANGUAGE_PREFIX)
    for module in PLAIN:
        app.register_blueprint(module.blueprint)
    app.register_blueprint(unsubscribing.at_once)
    api.init_app(app)
    visits.init_app(app)
    seen_routes.init_app(app)


def _serve_static(app: Flask, chosen: Settings) -> None:
    """Serve ``/static/<fingerprint>/…`` with gzip where it helps, cached for ever."""
    mimetypes.add_type("image/avif", ".avif")
    mimetypes.add_type("image/webp", ".webp")
    version = app.config["STATIC_VERSION"]
    root = packed_copy(templating.STATIC_DIR, chosen.data_dir / "static", version)
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(root),
        prefix=f"static/{version}/",
        max_age=YEAR_S,
        immutable_file_test=lambda _path, _url: True,
        allow_all_origins=False,
    )


def _send_media(key: str) -> Response:
    # Keys are made from the content, so an address never changes its meaning.
    response = send_from_directory(settings().media_dir.resolve(), key, max_age=YEAR_S)
    response.headers["Cache-Control"] = f"public, max-age={YEAR_S}, immutable"
    return response


def _choose_language(code: str) -> BaseResponse:
    """Remember the visitor's language and go to ``next`` in it."""
    if code not in LANGUAGES:
        abort(404)
    response = make_response(redirect(safe_next(f"/{code}/"), 302))
    response.set_cookie(
        locale.LANGUAGE_COOKIE, code, max_age=YEAR_S, samesite="Lax", secure=request.is_secure
    )
    response.headers["Cache-Control"] = "no-store"
    return response
