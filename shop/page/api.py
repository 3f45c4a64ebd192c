"""Brand pages as JSON."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from shop.page.api_schemas import EXAMPLE_PAGE, EXAMPLE_SUMMARY, PageListSchema, PageSchema
from shop.page.models import Page
from shop.page.queries import get_page, get_version, list_pages_by_id
from shop.web.context import database
from shop.web.locale import language
from shop.web.rest.blueprint import ApiBlueprint
from shop.web.rest.caching import AnswerTag
from shop.web.rest.cursors import read_cursor, write_cursor
from shop.web.rest.schemas import PagingSchema, absolute_url, picture_body
from shop.web.templating import localized

PAGE_PATH = {"page_slug": ("The page's name in addresses.", "atelier-lumen")}

blueprint = ApiBlueprint(
    "page_api", __name__, tag="Pages", description="The brands that sell here.", paths=PAGE_PATH
)


@blueprint.operation(
    "GET",
    "/pages",
    answer=PageListSchema,
    example={"data": [EXAMPLE_SUMMARY], "next_cursor": None},
    query=PagingSchema,
    problems=[400],
)
def list_pages(query: Mapping[str, Any]) -> dict[str, Any]:
    """List the brands' pages.

    The oldest come first, so that the list stays in order while it is read.
    """
    after_id = read_cursor(query["cursor"]) if "cursor" in query else 0
    with database().reading() as session:
        pages = list_pages_by_id(session, limit=query["limit"] + 1, after_id=after_id)
    shown = pages[: query["limit"]]
    return {
        "data": [summary_body(page) for page in shown],
        "next_cursor": write_cursor(shown[-1].id) if len(pages) > len(shown) else None,
    }


@blueprint.operation(
    "GET",
    "/pages/<handle:page_slug>",
    answer=PageSchema,
    example=EXAMPLE_PAGE,
    problems=[404],
    is_cached=True,
)
def show_page(page_slug: str) -> Response:
    """Show a page.

    Its `ETag` changes with everything that is shown of the page, its products included.
    """
    with database().reading() as session:
        page = get_page(session, page_slug)
        # Likes raise no version: they are too many to drop a page's cache each time.
        tag = AnswerTag((get_version(session, page.id), page.follower_count))
    return tag.not_modified() if tag.is_known else tag.answer(page_body(page))


def summary_body(page: Page) -> dict[str, Any]:
    """Return a page as ``PageSummarySchema`` says."""
    return {
        "slug": page.slug,
        "name": page.name,
        "tagline": localized(page, "tagline"),
        "url": absolute_url(f"/{language()}/p/{page.slug}"),
        "avatar": picture_body(page.avatar, ""),
        "country": page.country,
        "currency": page.currency,
        "followers": page.follower_count,
    }


def page_body(page: Page) -> dict[str, Any]:
    """Return a page as ``PageSchema`` says."""
    return {
        **summary_body(page),
        "about": localized(page, "about"),
        "language": page.language,
        "accent_color": page.accent_color,
        "cover": picture_body(page.cover, ""),
        "ships_to": page.ships_to,
    }
