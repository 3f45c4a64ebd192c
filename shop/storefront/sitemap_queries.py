"""What stands in the sitemap. Each part is a range of ids, so that no statement reads more than it shows."""

import datetime as dt
import enum
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.catalog.models import Collection, Product, ProductStatus
from shop.feed.models import Post, PostStatus
from shop.page.models import Page, PageVersion


class Kind(enum.StrEnum):
    """What a part of the sitemap lists."""

    PAGES = "pages"
    COLLECTIONS = "collections"
    PRODUCTS = "products"
    POSTS = "posts"


@dataclass(frozen=True, slots=True)
class Entry:
    """A public address without its language, and when what it shows last changed, where that is known."""

    path: str
    changed_at: dt.datetime | None


_IDS: dict[Kind, Any] = {
    Kind.PAGES: Page.id,
    Kind.COLLECTIONS: Collection.id,
    Kind.PRODUCTS: Product.id,
    Kind.POSTS: Post.id,
}
_ROWS: dict[Kind, Any] = {
    Kind.PAGES: select(Page.slug, Page.id.label("name"), PageVersion.last_post_at)
    .join(PageVersion, PageVersion.page_id == Page.id)
    .order_by(Page.id),
    Kind.COLLECTIONS: select(Page.slug, Collection.slug.label("name"), Collection.created_at)
    .join(Page, Page.id == Collection.page_id)
    .order_by(Collection.id),
    Kind.PRODUCTS: select(Page.slug, Product.slug.label("name"), Product.updated_at)
    .join(Page, Page.id == Product.page_id)
    .where(Product.status == ProductStatus.PUBLISHED)
    .order_by(Product.id),
    Kind.POSTS: select(
        Page.slug, Post.id.label("name"), func.coalesce(Post.edited_at, Post.published_at, type_=Post.published_at.type)
    )
    .join(Page, Page.id == Post.page_id)
    .where(Post.status == PostStatus.PUBLISHED, Post.deleted_at.is_(None))
    .order_by(Post.id),
}  # fmt: skip
_TABS = ("", "/shop", "/about")


def list_last_ids(session: Session) -> dict[Kind, int]:
    """Return the highest id of each kind, 0 where there is none, in one statement."""
    columns = [select(func.max(column)).scalar_subquery().label(kind) for kind, column in _IDS.items()]
    row = session.execute(select(*columns)).one()
    return {kind: int(last or 0) for kind, last in zip(_IDS, row, strict=True)}


def list_entries(session: Session, kind: Kind, *, after_id: int, until_id: int) -> list[Entry]:
    """Return what is public among the things of a kind with ids above ``after_id`` up to ``until_id``."""
    column = _IDS[kind]
    rows = session.execute(_ROWS[kind].where(column > after_id, column <= until_id))
    if kind is Kind.PAGES:
        return [
            Entry(f"/p/{slug}{tab}", None if tab else posted_at)
            for slug, _, posted_at in rows
            for tab in _TABS
        ]
    middle = {Kind.COLLECTIONS: "collections", Kind.PRODUCTS: "shop", Kind.POSTS: "posts"}[kind]
    # A collection does not say when it changed, and when it was made is no news.
    is_dated = kind is not Kind.COLLECTIONS
    return [Entry(f"/p/{slug}/{middle}/{name}", at if is_dated else None) for slug, name, at in rows]
