"""What a brand's page shows above its tabs, for one visitor."""

from dataclasses import dataclass, replace
from typing import Any

from shop.cart.queries import count_items
from shop.core.db import Reader
from shop.page.models import Page, Role
from shop.page.queries import find_role, is_follower
from shop.page.social_queries import friends_who_like
from shop.web.templating import localized


@dataclass(frozen=True)
class PageHeader:
    """The brand, and what this visitor is to it. ``cart_count`` is the number of items in their cart."""

    page_id: int
    slug: str
    name: str
    tagline: str
    currency: str
    accent_color: str
    cover: dict[str, Any] | None
    avatar: dict[str, Any] | None
    follower_count: int
    has_coupons: bool
    has_contests: bool
    is_follower: bool
    role: Role | None
    cart_count: int
    friends: tuple[list[str], int] | None = None
    """Names of at most two friends of the visitor who like the page, and how many do."""


@dataclass(frozen=True)
class Visitor:
    """Who is looking: an account, a guest with a cart (``visitor_id``), or nobody known."""

    account_id: int | None = None
    visitor_id: str | None = None

    @property
    def is_anonymous(self) -> bool:
        """Whether nothing at all is known of them."""
        return self.account_id is None and self.visitor_id is None


def page_header(session: Reader, page: Page, viewer: Visitor) -> PageHeader:
    """Return the header of ``page`` for ``viewer``: no statement for anonymous visitors, else at most four."""
    return header_for(session, plain_header(page), viewer)


def plain_header(page: Page) -> PageHeader:
    """Return the header as somebody sees it of whom nothing is known, in the current language."""
    return PageHeader(
        page_id=page.id,
        slug=page.slug,
        name=page.name,
        tagline=localized(page, "tagline"),
        currency=page.currency,
        accent_color=page.accent_color,
        cover=page.cover,
        avatar=page.avatar,
        follower_count=page.follower_count,
        has_coupons=page.has_coupons,
        has_contests=page.has_contests,
        is_follower=False,
        role=None,
        cart_count=0,
    )


def header_for(session: Reader, header: PageHeader, viewer: Visitor) -> PageHeader:
    """Return ``header`` with what ``viewer`` is to the page."""
    if viewer.is_anonymous:
        return header
    page_id, account_id = header.page_id, viewer.account_id
    return replace(
        header,
        is_follower=is_follower(session, page_id, account_id),
        role=find_role(session, page_id, account_id),
        cart_count=count_items(session, page_id=page_id, account_id=account_id, visitor_id=viewer.visitor_id),
        friends=friends_who_like(session, account_id, [page_id]).get(page_id),
    )
