"""Posts as templates and caches take them: plain values that no session holds."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from shop.catalog.listing import ProductCard
from shop.feed import marking
from shop.feed.models import PostKind, ReactionKind

LONG = 480
"""Characters from which on a post's text is folded behind "See more"."""
LONG_LINES = 9


@dataclass(frozen=True, slots=True)
class PostPage:
    """The page that tells something, as a post's head shows it."""

    id: int
    slug: str
    name: str
    avatar: dict[str, Any] | None
    currency: str
    country: str


@dataclass(frozen=True, slots=True)
class Point:
    """A product at a point of a photo, in thousandths of its width and height from the top left."""

    x: int
    y: int
    card: ProductCard


@dataclass(frozen=True, slots=True)
class PhotoView:
    """A photo of a post's album with the products in it."""

    id: int
    picture: dict[str, Any]
    alt: str
    points: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    """How a post does, as everybody sees it. ``by_kind`` holds the kinds that somebody chose, most chosen first."""

    reactions: int = 0
    comments: int = 0
    shares: int = 0
    by_kind: Mapping[ReactionKind, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PostView:
    """A published post with all that its card shows, the same for everybody."""

    id: int
    page: PostPage
    kind: PostKind
    body: str
    link_url: str | None
    link_title: str
    link_description: str
    published_at: dt.datetime
    edited_at: dt.datetime | None
    is_pinned: bool
    version: int
    photos: tuple[PhotoView, ...]
    cards: tuple[ProductCard, ...]
    """Every product that is tagged, on a photo or not, once and in the order of the tags."""
    counts: Counts

    @property
    def path(self) -> str:
        """Its address without the language."""
        return f"/p/{self.page.slug}/posts/{self.id}"

    @property
    def html(self) -> str:
        """Its text as safe HTML."""
        return _rendered(self.body)

    @property
    def is_long(self) -> bool:
        """Whether its text is folded where several posts stand together."""
        return len(self.body) > LONG or self.body.count("\n") > LONG_LINES

    @property
    def is_bare(self) -> bool:
        """Whether there is nothing of it to show, as where a file brought its figures alone."""
        return not (self.body.strip() or self.photos or self.link_url or self.cards)

    @property
    def opening(self) -> str:
        """The beginning of a long text, as plain text."""
        return marking.plain(self.body, LONG // 2)

    @property
    def link_host(self) -> str:
        """The host that its link leads to, without ``www.``."""
        try:
            host = urlsplit(self.link_url or "").hostname or ""
        except ValueError:
            return ""
        return host.removeprefix("www.")


@dataclass(frozen=True, slots=True)
class Marks:
    """What somebody signed in did with a post, and what their friends did."""

    reaction: ReactionKind | None = None
    is_hidden: bool = False
    follows: bool = False
    """Whether they like the post's page."""
    friends: tuple[str, ...] = ()
    """Names of at most two friends who reacted."""


NO_MARKS = Marks()


@lru_cache(maxsize=1024)
def _rendered(body: str) -> str:
    return marking.render(body)
