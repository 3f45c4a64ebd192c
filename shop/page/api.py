"""Brand pages as JSON."""

from typing import Any

from flask import Response

from shop.page.api_schemas import EXAMPLE_PAGE, EXAMPLE_SUMMARY, PageListSchema, PageSchema
from shop.page.models import Page
from shop.page.queries import get_page, get_version, list_pages
from shop.web.context import database
from shop.web.locale import language
from shop.web.rest.blueprint import ApiBlueprint
from shop.web.rest.caching import cached_answer
from shop.web.rest.schemas import PagingSchema, absolute_url, picture_body
from shop.web.templating import localized

PAGE_PATH = {"page_slug": ("The page's name in addresses.", "atelier-lumen")}

blueprint = ApiBlueprint(
    "page_api", __name__, tag="Pages", description="The brands that sell here.", paths=PAGE_PATH
)


@blueprint.operation(
    "GET",
    "/pages/<handle:page_slug>",
    answer=PageSchema,
    example=EXAMPLE_PAGE,
    problems=[404],
)
def show_page(page_slug: str) -> Response:
    """Show a page.

    Its `ETag` changes with everything that is shown of the page, its products included.
    """
    with database().reading() as session:
        page = get_page(session, page_slug)
        version = get_version(session, page.id)
    return cached_answer((version, page.follower_count), lambda: page_body(page))


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
