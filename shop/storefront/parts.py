"""What a tab of a page shows: read from the database as plain values, rendered, kept under the page's version."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import g, render_template
from markupsafe import Markup
from sqlalchemy.orm import Session

from shop.core.errors import NotFound
from shop.feed.views import PostView
from shop.page.models import Page
from shop.page.queries import find_version, get_page
from shop.storefront.caching import shelves
from shop.storefront.header import PageHeader, header_for, plain_header
from shop.storefront.structured import Links
from shop.storefront.visitors import current_visitor
from shop.web.context import database
from shop.web.locale import language

Loader = Callable[[Session, Page], dict[str, Any]]
"""Reads what a part's template needs; ``title`` is the page's title, ``links`` what it tells machines (``structured.py``)."""


@dataclass(frozen=True, slots=True)
class Part:
    """A rendered tab, the same for every visitor: what stands in the head and what between tabs and footer."""

    title: str
    head: Markup
    content: Markup
    views: tuple[PostView, ...] = ()
    """The posts in it, on which a reader's own marks are put."""

    @property
    def size(self) -> int:
        """Roughly the bytes that it takes."""
        return 2 * (len(self.head) + len(self.content)) + 4000 * len(self.views) + 200


@dataclass(frozen=True, slots=True)
class Brand:
    """A page as it was read, with its header as somebody sees it of whom nothing is known."""

    page: Page
    header: PageHeader


@dataclass(frozen=True, slots=True)
class Tab:
    """A part with the header for this visitor."""

    header: PageHeader
    part: Part


def current_version(page_slug: str) -> tuple[int, int]:
    """Return a page's id and version, asked once a request; NotFound when there is no such page.

    What is read afterwards may be newer. It is then kept under an older number, which nobody asks for again.
    """
    kept: tuple[str, tuple[int, int]] | None = g.get("page_version")
    if kept is None or kept[0] != page_slug:
        with database().glancing() as connection:
            version = find_version(connection, page_slug)
        if version is None:
            raise NotFound
        kept = g.page_version = (page_slug, version)
    return kept[1]


def load_tab(
    page_slug: str, template: str, arguments: tuple[str, ...], load: Loader, *, keeps: bool = True
) -> Tab:
    """Return a tab for the current visitor; its part is rendered only if the page has changed since.

    ``arguments`` are all that the part depends on besides the page; NotFound when there is no such page. What anybody
    can ask for in any number of ways is made without ``keeps``, so that nobody can fill the shelf.
    """
    visitor, kept = current_visitor(), shelves()
    brand_key = (*current_version(page_slug), language())
    part_key = (*brand_key, template, *arguments)
    brand, part = kept.brands.get(brand_key), kept.parts.get(part_key)
    if brand is None or part is None:
        with database().reading() as session:
            page = get_page(session, page_slug) if brand is None else brand.page
            context = load(session, page) if part is None else {}
        if brand is None:
            brand = Brand(page, plain_header(page))
            kept.brands.put(brand_key, brand)
        if part is None:
            part = render_part(template, page=page, **context)
            if keeps:
                kept.parts.put(part_key, part)
    header: PageHeader = brand.header
    if not visitor.is_anonymous:
        with database().glancing() as connection:
            header = header_for(connection, header, visitor)
        g.page_role = header.role  # staff who look at their own page are no visitors
    return Tab(header, part)


def render_part(
    template: str,
    *,
    title: str,
    links: Links | None = None,
    views: tuple[PostView, ...] = (),
    **context: Any,
) -> Part:
    """Render ``storefront/<template>.html``, and what the part tells machines."""
    head = render_template("layouts/_links.html", links=links) if links else ""
    content = render_template(f"storefront/{template}.html", title=title, views=views, **context)
    return Part(title, Markup(head), Markup(content), views)  # noqa: S704 - Jinja has escaped them
