"""The public pages that show several domains at once: the directory, a page's tabs, a product."""

from collections.abc import Hashable

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from shop.accounts.login import current_account_id
from shop.core.errors import NotFound
from shop.page.queries import get_directory_version
from shop.storefront.caching import compress, public_page
from shop.storefront.directory import load_directory
from shop.storefront.home_feed import show_feed
from shop.storefront.loaders import load_about, load_product, load_shop, load_timeline
from shop.storefront.moved import moved_collection, moved_product
from shop.storefront.parts import current_version, load_tab
from shop.storefront.posts import live_version, load_live_tab
from shop.storefront.structured import for_home
from shop.storefront.visitors import held_units
from shop.web.context import database
from shop.web.pages import render

MAX_QUERY = 100

blueprint = Blueprint("storefront", __name__)
blueprint.after_app_request(compress)


def _page_version(page_slug: str, **_values: object) -> Hashable:
    return current_version(page_slug)


def _directory_version() -> Hashable:
    with database().glancing() as connection:
        return get_directory_version(connection)


@blueprint.get("/")
@public_page(_directory_version)
def home() -> ResponseReturnValue:
    """Show the directory of pages; to somebody signed in, their feed."""
    account_id = current_account_id()
    if account_id is not None:
        return show_feed(account_id, request.args.get("cursor"))
    with database().reading() as session:
        directory = load_directory(session)
    return render("storefront/home.html", directory=directory, links=for_home(directory.pages))


@blueprint.get("/p/<page_slug>")
@public_page(live_version, arguments=("cursor",))
def timeline(page_slug: str) -> ResponseReturnValue:
    """Show what a page posts, or its newest products, its best sellers and what it says of itself."""
    cursor = request.args.get("cursor")
    tab = load_live_tab(page_slug, "timeline", (cursor or "",), load_timeline(cursor))
    return render("storefront/tab.html", header=tab.header, part=tab.part, active_tab="timeline")


@blueprint.get("/p/<page_slug>/shop")
@public_page(_page_version, arguments=("q", "sort", "cursor"))
def shop(page_slug: str) -> ResponseReturnValue:
    """Show the grid of a page's products, sorted and searched as asked."""
    return _grid(page_slug, None)


@blueprint.get("/p/<page_slug>/collections/<collection_slug>")
@public_page(_page_version, arguments=("q", "sort", "cursor"))
def collection(page_slug: str, collection_slug: str) -> ResponseReturnValue:
    """Show the grid of one collection."""
    try:
        return _grid(page_slug, collection_slug)
    except NotFound:
        return moved_collection(page_slug, collection_slug)


def _grid(page_slug: str, collection_slug: str | None) -> ResponseReturnValue:
    query = " ".join(request.args.get("q", "").split())[:MAX_QUERY]
    sort, cursor = request.args.get("sort", ""), request.args.get("cursor")
    tab = load_tab(
        page_slug,
        "shop",
        (collection_slug or "", query, sort, cursor or ""),
        load_shop(collection_slug, query, sort, cursor),
    )
    return render("storefront/tab.html", header=tab.header, part=tab.part, active_tab="shop")


@blueprint.get("/p/<page_slug>/shop/<product_slug>")
@public_page(_page_version, arguments=("variant",))
def product(page_slug: str, product_slug: str) -> ResponseReturnValue:
    """Show a product with its gallery, its options and the ways to buy it."""
    variant_id = request.args.get("variant", type=int)
    held = held_units(page_slug)
    arguments = (
        product_slug,
        str(variant_id or ""),
        *(f"{one}:{units}" for one, units in sorted(held.items())),
    )
    try:
        tab = load_tab(page_slug, "product", arguments, load_product(product_slug, variant_id, held))
    except NotFound:
        return moved_product(page_slug, product_slug)
    return render("storefront/tab.html", header=tab.header, part=tab.part, active_tab="shop", compact=True)


@blueprint.get("/p/<page_slug>/about")
@public_page(_page_version)
def about(page_slug: str) -> ResponseReturnValue:
    """Show what a page says of itself, where it ships to and how to reach it."""
    tab = load_tab(page_slug, "about", (), load_about())
    return render("storefront/tab.html", header=tab.header, part=tab.part, active_tab="about")
