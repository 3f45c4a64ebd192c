"""oEmbed (https://oembed.com): who is given a link to something that has a card asks here for it.

Beside it ``/embed.js``, the script that a site with cards may load, at an address that never changes.
"""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, g, jsonify, request
from flask_babel import gettext
from sqlalchemy.orm import Session

from shop.catalog.queries import get_product
from shop.core.errors import NotFound
from shop.coupons.models import CouponAudience
from shop.coupons.shown_queries import get_public_coupon
from shop.feed.views import load_posts
from shop.page.models import Page
from shop.page.queries import get_page
from shop.storefront.contest_parts import get_public_contest
from shop.storefront.schema_org import SITE, Image, absolute, shared_picture
from shop.storefront.snippets import HEIGHTS, WIDTH, snippet
from shop.web.context import database, settings
from shop.web.limits import limiter
from shop.web.locale import language
from shop.web.templating import STATIC_DIR, localized

LEAST_WIDTH = 280
AGE_S, SCRIPT_AGE_S = 3600, 3600
_PATH = re.compile(
    r"/(?:(?P<lang>en|fr)/)?p/(?P<page>[a-z0-9-]{1,80})(?:/shop/(?P<product>[^/]{1,200})|/posts/(?P<post>[0-9]{1,18})"
    r"|/coupons/(?P<coupon>[^/]{1,60})|/contests/(?P<contest>[^/]{1,100}))?/?"
)

blueprint = Blueprint("oembed", __name__)


@blueprint.get("/embed.js")
def send_script() -> Response:
    """Answer the script that makes frames as tall as their cards; any site may load it."""
    response = Response(Path(STATIC_DIR, "js", "embed.js").read_bytes(), mimetype="text/javascript")
    response.headers["Cache-Control"] = f"public, max-age={SCRIPT_AGE_S}"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]


@blueprint.get("/oembed")
@limiter.limit("600/minute")
def show_oembed() -> Response:
    """Answer the card of ``url`` as oEmbed: 404 for what has none, 501 for another format than JSON."""
    if request.args.get("format", "json") != "json":
        return Response("Only JSON is spoken here.\n", 501, mimetype="text/plain")
    found = _PATH.fullmatch(_local_path(request.args.get("url", "")))
    if found is None:
        raise NotFound
    if found["lang"]:
        g.language = found["lang"]
    with database().reading() as session:
        page = get_page(session, found["page"])
        kind, path, title, picture = _read(session, page, found)
    width = min(request.args.get("maxwidth", WIDTH, type=int), WIDTH)
    height = min(request.args.get("maxheight", HEIGHTS[kind], type=int), HEIGHTS[kind])
    if width < LEAST_WIDTH or height < 1:
        raise NotFound
    answer: dict[str, Any] = {
        "version": "1.0",
        "type": "rich",
        "provider_name": SITE,
        "provider_url": settings().public_url,
        "title": title,
        "author_name": page.name,
        "author_url": absolute(f"/p/{page.slug}"),
        "html": snippet(path, title, width=width, height=height),
        "width": width,
        "height": height,
        "cache_age": AGE_S,
    }
    if picture is not None:
        answer |= {
            "thumbnail_url": picture.url,
            "thumbnail_width": picture.width,
            "thumbnail_height": picture.height,
        }
    response = jsonify(answer)
    response.headers["Cache-Control"] = f"public, max-age={AGE_S}"
    if not found["lang"]:
        response.headers["Vary"] = "Accept-Language, Cookie"  # the reader's own language
    response.headers["Access-Control-Allow-Origin"] = "*"  # public, and no cookie is asked for
    return response


def _local_path(url: str) -> str:
    """Return the path of an address of ours, else ""."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    ours = {settings().public_url, f"{request.scheme}://{request.host}"}
    return parts.path if f"{parts.scheme}://{parts.netloc}" in ours else ""


def _read(session: Session, page: Page, found: re.Match[str]) -> tuple[str, str, str, Image | None]:
    """Return the kind of a card, its path without language, its title and its picture."""
    face = shared_picture(page.cover or page.avatar, page.name)
    if found["product"]:
        product = get_product(session, page_id=page.id, slug=found["product"])
        first = product.pictures[0].picture if product.pictures else None
        title = str(localized(product, "title"))
        return "product", f"/p/{page.slug}/shop/{product.slug}", title, shared_picture(first, "") or face
    if found["coupon"]:
        coupon = get_public_coupon(session, page_id=page.id, code=found["coupon"])
        if not coupon.is_embeddable or coupon.audience is CouponAudience.HOLDERS:
            raise NotFound
        return "coupon", f"/p/{page.slug}/coupons/{coupon.code_key}", str(localized(coupon, "title")), face
    if found["contest"]:
        contest = get_public_contest(session, page, found["contest"])
        if not contest.is_embeddable:
            raise NotFound
        path = f"/p/{page.slug}/contests/{contest.slug}"
        own = shared_picture(contest.picture, contest.picture_alt)
        return "contest", path, str(localized(contest, "title")), own or face
    if found["post"]:
        post_id = int(found["post"])
        view = load_posts(session, [post_id], language()).get(post_id)
        if view is None or view.page.id != page.id:
            raise NotFound
        photo = shared_picture(view.photos[0].picture, "") if view.photos else face
        return "post", view.path, gettext("A post of %(name)s", name=page.name), photo
    return "page", f"/p/{page.slug}", page.name, face
