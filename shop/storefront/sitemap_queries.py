"""What stands in the sitemap. Each part is a range of ids, so that no statement reads more than it shows."""

import datetime as dt
import enum
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select, text
from sqlalchemy.orm import Session

from shop.catalog.models import Collection, Product, ProductStatus
from shop.contests.models import Contest, ContestStatus
from shop.contests.public_queries import IS_PUBLIC
from shop.coupons.models import LISTED_SQL, Coupon, CouponAudience
from shop.coupons.queries import is_to_come_or_on
from shop.feed.models import Post, PostStatus
from shop.page.models import Page, PageVersion


class Kind(enum.StrEnum):
    """What a part of the sitemap lists."""

    PAGES = "pages"
    COLLECTIONS = "collections"
    PRODUCTS = "products"
    POSTS = "posts"
    COUPONS = "coupons"
    CONTESTS = "contests"


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
    Kind.COUPONS: Coupon.id,
    Kind.CONTESTS: Contest.id,
}
_ROWS: dict[Kind, Any] = {
    Kind.PAGES: select(Page.slug, PageVersion.last_post_at, Page.has_coupons, Page.has_contests)
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
    Kind.COUPONS: select(Page.slug, Coupon.code_key.label("name"), Coupon.updated_at)
    .join(Page, Page.id == Coupon.page_id)
    .where(text(LISTED_SQL), Coupon.audience != CouponAudience.HOLDERS)
    .where(or_(Coupon.max_uses.is_(None), Coupon.uses < Coupon.max_uses))
    .order_by(Coupon.id),
    Kind.CONTESTS: select(Page.slug, Contest.slug.label("name"), Contest.published_at)
    .join(Page, Page.id == Contest.page_id)
    .where(IS_PUBLIC, Contest.status == ContestStatus.PUBLISHED)
    .order_by(Contest.id),
}  # fmt: skip
_FOLDERS = {
    Kind.COLLECTIONS: "collections",
    Kind.PRODUCTS: "shop",
    Kind.POSTS: "posts",
    Kind.COUPONS: "coupons",
    Kind.CONTESTS: "contests",
}


def list_last_ids(session: Session) -> dict[Kind, int]:
    """Return the highest id of each kind, 0 where there is none, in one statement."""
    columns = [select(func.max(column)).scalar_subquery().label(kind) for kind, column in _IDS.items()]
    row = session.execute(select(*columns)).one()
    return {kind: int(last or 0) for kind, last in zip(_IDS, row, strict=True)}


def list_entries(
    session: Session, kind: Kind, *, after_id: int, until_id: int, now: dt.datetime
) -> list[Entry]:
    """Return what is public among the things of a kind with ids above ``after_id`` up to ``until_id``.

    Of coupons and contests these are the ones that are open at ``now`` or open later.
    """
    column = _IDS[kind]
    statement = _ROWS[kind].where(column > after_id, column <= until_id)
    if kind is Kind.COUPONS:
        statement = statement.where(is_to_come_or_on(now))
    elif kind is Kind.CONTESTS:
        statement = statement.where(Contest.ends_at > now)
    rows = session.execute(statement)
    if kind is Kind.PAGES:
        return [
            Entry(f"/p/{slug}{tab}", None if tab else posted_at)
            for slug, posted_at, has_coupons, has_contests in rows
            for tab in _tabs(has_coupons=has_coupons, has_contests=has_contests)
        ]
    folder = _FOLDERS[kind]
    # A collection does not say when it changed, and when it was made is no news.
    is_dated = kind is not Kind.COLLECTIONS
    return [Entry(f"/p/{slug}/{folder}/{name}", at if is_dated else None) for slug, name, at in rows]


def _tabs(*, has_coupons: bool, has_contests: bool) -> list[str]:
    return ["", "/shop", "/about", *["/coupons"] * has_coupons, *["/contests"] * has_contests]
