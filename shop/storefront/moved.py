"""Old addresses: a product or collection that has moved is found where it is now."""

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from shop.catalog.queries import find_moved_collection, find_moved_product
from shop.core.errors import NotFound
from shop.storefront.parts import current_version
from shop.web.context import database

PERMANENT = 301


def moved_product(page_slug: str, slug: str) -> Response:
    """Answer 301 to where the product that had this address is now; NotFound when none had it."""
    page_id, _ = current_version(page_slug)
    with database().reading() as session:
        now = find_moved_product(session, page_id=page_id, slug=slug)
    if now is None:
        raise NotFound
    return _lead(url_for("storefront.product", page_slug=page_slug, product_slug=now))


def moved_collection(page_slug: str, slug: str) -> Response:
    """Answer 301 to where the collection that had this address is now; NotFound when none had it."""
    page_id, _ = current_version(page_slug)
    with database().reading() as session:
        now = find_moved_collection(session, page_id=page_id, slug=slug)
    if now is None:
        raise NotFound
    return _lead(url_for("storefront.collection", page_slug=page_slug, collection_slug=now))


def _lead(path: str) -> Response:
    query = request.query_string.decode("ascii", "ignore")
    response = redirect(f"{path}?{query}" if query else path, PERMANENT)
    # A browser that keeps a 301 would go round in circles once the thing is renamed back.
    response.headers["Cache-Control"] = "no-cache"
    return response
