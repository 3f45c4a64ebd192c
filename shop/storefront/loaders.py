"""What each tab of a page reads; the number of statements never grows with what is shown."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import get_locale, gettext
from sqlalchemy.orm import Session

from shop.catalog.listing import Sort
from shop.catalog.queries import (
    get_collection,
    get_product,
    list_cards,
    list_collection_ids_of_product,
    list_collections,
    suggest_query,
)
from shop.core.i18n import N_
from shop.core.places import read_place
from shop.feed.view_queries import PostIds
from shop.feed.views import list_post_ids, load_posts
from shop.page.models import Page
from shop.storefront.parts import Loader
from shop.storefront.products import view_product
from shop.storefront.structured import for_about, for_page, for_product, for_shop
from shop.web.locale import language
from shop.web.templating import localized

PAGE_SIZE = 24
POSTS = 6
BEST_SELLERS = 5
RELATED = 4

SORTS = {
    Sort.NEWEST: N_("Newest"),
    Sort.POPULAR: N_("Most bought"),
    Sort.PRICE: N_("Price, lowest first"),
    Sort.PRICE_DOWN: N_("Price, highest first"),
    Sort.TITLE: N_("Name"),
}


def load_timeline(cursor: str | None) -> Loader:
    """Return the loader of a page's timeline with its best sellers beside it.

    It shows the pinned post and the newest ones; a page without posts shows its newest products.
    """

    def load(session: Session, page: Page) -> dict[str, Any]:
        is_of_products = cursor is not None and read_place(cursor) is None
        found = (
            PostIds([], None)
            if is_of_products
            else list_post_ids(session, page_id=page.id, limit=POSTS, cursor=cursor)
        )
        best = list_cards(session, page_id=page.id, language=language(), sort="popular", limit=BEST_SELLERS)
        shown: dict[str, Any] = {
            "title": gettext("Timeline"),
            "links": for_page(page),
            "posts": [],
            "best_sellers": best.cards,
            "about": localized(page, "about"),
        }
        if found.ids or (cursor is not None and not is_of_products):
            views = load_posts(session, found.ids, language())
            shown["views"] = tuple(views[post_id] for post_id in found.ids if post_id in views)
            more = found.next_cursor
        else:
            newest = list_cards(
                session, page_id=page.id, language=language(), sort="newest", limit=POSTS, cursor=cursor
            )
            shown["posts"], more = newest.cards, newest.next_cursor
        next_url = url_for("storefront.timeline", page_slug=page.slug, cursor=more) if more else None
        return {**shown, "next_url": next_url}

    return load


def load_shop(collection_slug: str | None, query: str, sort: str, cursor: str | None) -> Loader:
    """Return the loader of the shop's grid, whole or of one collection, sorted and searched."""

    def load(session: Session, page: Page) -> dict[str, Any]:
        collection = (
            get_collection(session, page_id=page.id, slug=collection_slug)
            if collection_slug is not None
            else None
        )
        found = list_cards(
            session,
            page_id=page.id,
            language=language(),
            sort=sort or None,
            limit=PAGE_SIZE,
            cursor=cursor,
            collection_id=collection.id if collection else None,
            query=query or None,
        )
        suggestion = (
            suggest_query(session, page_id=page.id, query=query) if query and not found.total else None
        )
        address: dict[str, Any] = {"page_slug": page.slug, "q": query or None, "sort": sort or None}
        endpoint = "storefront.shop"
        if collection is not None:
            endpoint, address["collection_slug"] = "storefront.collection", collection.slug
        return {
            "title": localized(collection, "title") if collection else gettext("Shop"),
            "links": for_shop(page, collection, is_search=bool(query)),
            "collection": collection,
            "collections": list_collections(session, page.id),
            "found": found,
            "query": query,
            "sort": sort,
            "sorts": SORTS,
            "suggestion": suggestion,
            "action": url_for(endpoint, **{**address, "q": None, "sort": None}),
            "next_url": url_for(endpoint, **address, cursor=found.next_cursor) if found.next_cursor else None,
        }

    return load


def load_product(product_slug: str, variant_id: int | None, held: Mapping[int, int]) -> Loader:
    """Return the loader of a product with what stands near it in its first collection.

    ``held`` are units that the visitor's own unpaid orders hold.
    """

    def load(session: Session, page: Page) -> dict[str, Any]:
        product = get_product(session, page_id=page.id, slug=product_slug)
        shelves = list_collection_ids_of_product(session, product_id=product.id)
        near = list_cards(
            session,
            page_id=page.id,
            language=language(),
            limit=RELATED + 1,
            collection_id=min(shelves) if shelves else None,
        )
        view = view_product(product, page.currency, variant_id, held)
        return {
            "title": view.title,
            "links": for_product(page, product, view),
            "product": product,
            "view": view,
            "related": [card for card in near.cards if card.id != product.id][:RELATED],
        }

    return load


def load_about() -> Loader:
    """Return the loader of what a page says of itself and of its shop."""

    def load(_session: Session, page: Page) -> dict[str, Any]:
        locale = get_locale()
        names = locale.territories if locale is not None else {}
        return {
            "title": gettext("About"),
            "links": for_about(page),
            "about": localized(page, "about"),
            "country": names.get(page.country, page.country),
            "destinations": sorted(names.get(code, code) for code in {page.country, *page.ships_to}),
        }

    return load
