"""Cards of a page, a product, a post or a coupon for a frame on another site.

A card is public and the same for everybody: it is made without a session, reads and sets no cookie, and is kept
under the page's version as other public pages are. What is bought in it opens a window of its own on our site, as
a form of our own origin: the frame's document is ours, so that ``Sec-Fetch-Site`` says same-origin whoever frames
it, and another site that posts by itself is refused as ever. Cookies are Lax and stay away in a frame; in the new
window they are there, so that who is signed in with us buys as themselves.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, Response, current_app, redirect, request, url_for
from flask_babel import format_decimal
from werkzeug.wrappers import Response as BaseResponse

from shop.catalog.queries import find_moved_product, find_product
from shop.core.errors import NotFound
from shop.coupons.models import CouponAudience
from shop.coupons.scope_queries import map_things
from shop.coupons.shown_queries import get_public_coupon
from shop.feed.views import load_posts
from shop.page.days import zone_name
from shop.page.queries import get_page
from shop.storefront.caching import PUBLIC, finish, send, shelves
from shop.storefront.chrome import theme_url
from shop.storefront.coupons import guessing_limit, one_spelling, shown
from shop.storefront.parts import current_version
from shop.storefront.products import view_product
from shop.storefront.schema_org import absolute
from shop.storefront.snippets import THEMES
from shop.web.context import database, now
from shop.web.headers import allow_framing
from shop.web.locale import language
from shop.web.templating import localized, money

PERMANENT = 301

blueprint = Blueprint("embed", __name__)

Card = tuple[str, dict[str, Any]]
"""A template and what it shows."""


def embedded(view: Callable[..., Card | BaseResponse]) -> Callable[..., BaseResponse]:
    """Serve a card: kept under its page's version, free to be framed, and a small card where nothing is."""

    @wraps(view)
    def serve(page_slug: str, **values: Any) -> BaseResponse:
        allow_framing()
        theme = request.args.get("theme", "")
        theme = theme if theme in THEMES else ""
        try:
            # What begins and ends by itself, such as a coupon, is made anew each minute.
            key = ("embed", request.path, theme, current_version(page_slug), int(now().timestamp() // 60))
            page = shelves().pages.get(key)
            if page is None:
                made = view(page_slug, **values)
                if isinstance(made, BaseResponse):
                    return made
                template, context = made
                page = finish(_render(template, theme=theme, **context).encode())
                shelves().pages.put(key, page)
        except NotFound:
            return _gone(page_slug, theme)
        response = send(page)
        response.headers["Vary"] = "Accept-Encoding"  # not Cookie: a card knows none
        return response

    return serve


@blueprint.get("/embed/p/<page_slug>")
@embedded
def show_page(page_slug: str) -> Card:
    """Show a page as a card: its name, its picture, its followers and a way to like it."""
    with database().reading() as session:
        page = get_page(session, page_slug)
    return "embed/page.html", {
        "page": page,
        "title": page.name,
        "accent": page.accent_color,
        "canonical": absolute(f"/p/{page.slug}"),
    }


@blueprint.get("/embed/p/<page_slug>/shop/<product_slug>")
@embedded
def show_product(page_slug: str, product_slug: str) -> Card | BaseResponse:
    """Show a product as a card with its price, its stock and Buy."""
    with database().reading() as session:
        page = get_page(session, page_slug)
        product = find_product(session, page_id=page.id, slug=product_slug)
        now_at = None
        if product is None:
            now_at = find_moved_product(session, page_id=page.id, slug=product_slug)
    if product is None:
        if now_at is None:
            raise NotFound
        address = url_for("embed.show_product", page_slug=page_slug, product_slug=now_at)
        query = request.query_string.decode("ascii", "ignore")
        response = redirect(f"{address}?{query}" if query else address, PERMANENT)
        response.headers["Cache-Control"] = "no-cache"
        return response
    view = view_product(product, page.currency)
    return "embed/product.html", {
        "page": page,
        "product": product,
        "view": view,
        "low": money(product.price_from_amount, page.currency),
        "high": money(product.price_to_amount, page.currency),
        "title": view.title,
        "accent": page.accent_color,
        "canonical": absolute(f"/p/{page.slug}/shop/{product.slug}"),
    }


@blueprint.get("/embed/p/<page_slug>/posts/<int:post_id>")
@embedded
def show_post(page_slug: str, post_id: int) -> Card:
    """Show a post as a card with its first photo and the products in it."""
    with database().reading() as session:
        page = get_page(session, page_slug)
        view = load_posts(session, [post_id], language()).get(post_id)
    if view is None or view.page.id != page.id:
        raise NotFound
    return "embed/post.html", {
        "view": view,
        "title": page.name,
        "accent": page.accent_color,
        "zone": zone_name(page.country),
        "canonical": absolute(view.path),
    }


@blueprint.get("/embed/p/<page_slug>/coupons/<code>")
@guessing_limit
@embedded
def show_coupon(page_slug: str, code: str) -> Card | BaseResponse:
    """Show a coupon as a card: what it takes off, how it is had, and a way to use it."""
    elsewhere = one_spelling("embed.show_coupon", page_slug, code)
    if elsewhere is not None:
        return elsewhere
    with database().reading() as session:
        page = get_page(session, page_slug)
        coupon = get_public_coupon(session, page_id=page.id, code=code)
        if not coupon.is_embeddable or coupon.audience is CouponAudience.HOLDERS:
            raise NotFound
        offer = shown(coupon, page, map_things(session, [coupon]))
    title = str(localized(coupon, "title"))
    return "embed/coupon.html", {
        "page": page,
        "offer": offer,
        "title": title,
        "accent": page.accent_color,
        "canonical": absolute(f"/p/{page.slug}/coupons/{coupon.code_key}"),
    }


def _gone(page_slug: str, theme: str) -> Response:
    context = {"title": page_slug, "accent": None, "canonical": absolute("/")}
    response = Response(_render("embed/gone.html", theme=theme, **context), 404, mimetype="text/html")
    response.headers["Cache-Control"] = PUBLIC
    return response


def _render(template: str, **context: Any) -> str:
    """Render without Flask's context processors: those ask who is looking."""
    return current_app.jinja_env.get_template(template).render(
        current_language=language(), theme_url=theme_url, number=format_decimal, **context
    )
