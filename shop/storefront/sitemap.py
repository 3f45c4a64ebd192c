"""What search engines read first: ``/robots.txt``, and a sitemap of all public pages (https://www.sitemaps.org).

``/sitemap.xml`` is an index of parts, each of one kind of thing and of a range of ids: ``/sitemaps/products-3.xml``
holds the published products among ids 8,001 to 12,000. The index asks only for the highest ids, a part reads only
its range; both cost the same however many things there are, and no part outgrows the 50,000 addresses and 50 MB
that a file may hold. (Parts for each brand would be more files than an index may name.)
"""

import datetime as dt
from collections.abc import Callable, Iterator
from threading import Lock
from typing import cast
from xml.sax.saxutils import escape

from cachetools import TTLCache
from flask import Blueprint, Response, current_app, request

from shop.core.errors import NotFound
from shop.core.i18n import LANGUAGES
from shop.storefront.caching import Finished, finish, send
from shop.storefront.sitemap_queries import Entry, Kind, list_entries, list_last_ids
from shop.web.context import database, now, settings
from shop.web.headers import know_nobody
from shop.web.limits import limiter

PART = 4000
"""Ids of a part; each address stands in it once for each language (a brand has at most five addresses)."""
KEPT_S, KEPT_PARTS = 600, 24
"""How long a part is kept in the process, in seconds, and how many are; robots are in no hurry."""
XML = "application/xml"
PUBLIC = "public, max-age=3600"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
NAMES = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_EXTENSION = "vitrine.sitemap"

KEPT_OUT = (
    "/manage", "/account", "/orders", "/checkout", "/sign-in", "/sign-up", "/password-reset", "/notifications",
    "/friends", "/test-mode", "/reports", "/invitations", "/pages/new", "/people/me$", "/people/me/", "/p/*/cart$",
    "/p/*/cart/", "/coupons/", "/p/*/posts/*/comments", "/p/*/like-invitation",
    "/contest-entries/", "/p/*/contests/*/entries",
)  # fmt: skip
"""One visitor's own, in either language; a rule is a beginning, so that ``$`` keeps it from somebody called Mélanie."""
KEPT_OUT_PLAIN = ("/seen", "/s/", "/api/v1/", "/stripe/", "/language/", "/oembed")

blueprint = Blueprint("sitemap", __name__)


@blueprint.get("/robots.txt")
def send_robots() -> Response:
    """Answer what robots may read and where the sitemap is."""
    kept_out = [f"/{code}{path}" for code in LANGUAGES for path in KEPT_OUT]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in (*kept_out, *KEPT_OUT_PLAIN))]
    text = "\n".join([*lines, "", f"Sitemap: {settings().public_url}/sitemap.xml", ""])
    response = Response(text, mimetype="text/plain")
    response.headers["Cache-Control"] = PUBLIC
    response.add_etag()
    return cast(Response, response.make_conditional(request))


@blueprint.get("/sitemap.xml")
@limiter.limit("240/minute")
def show_index() -> Response:
    """Answer the index of the sitemap's parts."""
    return _kept("index", _write_index)


@blueprint.get(
    "/sitemaps/<any(pages, collections, products, posts, coupons, contests):kind>-<int:number>.xml"
)
@limiter.limit("240/minute")
def show_part(kind: str, number: int) -> Response:
    """Answer a part of the sitemap, counted from 1; one that the index does not name is not there."""
    with database().reading() as session:
        last = list_last_ids(session)[Kind(kind)]
    if not 1 <= number <= max(_parts(last), 1 if kind == Kind.PAGES else 0):
        raise NotFound
    return _kept(f"{kind}-{number}", lambda: _write_part(Kind(kind), number))


def _kept(name: str, write: Callable[[], Iterator[str]]) -> Response:
    """Answer a file as it was written in the last minutes, or as it is written now."""
    kept, lock = current_app.extensions.setdefault(_EXTENSION, (TTLCache(KEPT_PARTS, KEPT_S), Lock()))
    with lock:
        page: Finished | None = kept.get(name)
    if page is None:
        page = finish("".join(write()).encode())
        with lock:
            kept[name] = page
    response = send(page, mimetype=XML)
    response.headers["Cache-Control"] = PUBLIC
    response.headers["Vary"] = "Accept-Encoding"
    know_nobody()
    return response


def _parts(last_id: int) -> int:
    return -(-last_id // PART)


def _write_index() -> Iterator[str]:
    with database().reading() as session:
        last_ids = list_last_ids(session)
    yield f"{HEAD}<sitemapindex {NAMES}>\n"
    for kind, last in last_ids.items():
        # The first part of the pages is always there: it names the site's own pages, too.
        for number in range(1, max(_parts(last), 1 if kind is Kind.PAGES else 0) + 1):
            address = f"{settings().public_url}/sitemaps/{kind}-{number}.xml"
            yield f"<sitemap><loc>{escape(address)}</loc></sitemap>\n"
    yield "</sitemapindex>\n"


def _write_part(kind: Kind, number: int) -> Iterator[str]:
    with database().reading() as session:
        entries = list_entries(session, kind, after_id=(number - 1) * PART, until_id=number * PART, now=now())
    if kind is Kind.PAGES and number == 1:
        entries = [Entry("/", None), Entry("/pages", None), *entries]
    yield f'{HEAD}<urlset {NAMES} xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
    for entry in entries:
        yield from _write_entry(entry)
    yield "</urlset>\n"


def _write_entry(entry: Entry) -> Iterator[str]:
    """Write an address in each language, each with all of them beside it, as hreflang asks."""
    public_url, path = settings().public_url, escape(entry.path)
    links = "".join(
        f'<xhtml:link rel="alternate" hreflang="{code}" href="{public_url}{"" if code == "x-default" else f"/{code}"}{path}"/>'
        for code in (*LANGUAGES, "x-default")
    )
    changed = ""
    if entry.changed_at is not None:
        changed = f"<lastmod>{entry.changed_at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}</lastmod>"
    for code in LANGUAGES:
        yield f"<url><loc>{public_url}/{code}{path}</loc>{changed}{links}</url>\n"
