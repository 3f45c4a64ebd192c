"""A house with many pages and posts, loaded in bulk: one viewer follows few of them, the other all the rest."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    case,
    func,
    insert,
    literal,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.catalog.models import Product, ProductStatus, Variant
from shop.core.db import Base, Database, UtcDateTime
from shop.core.fading import half_lives
from shop.feed.models import Post, PostCounts, PostKind, PostPhoto, PostStatus, PostTag
from shop.page.models import Affinity, Follower, LikeSource, Page, PageVersion
from tests.factories import PICTURE, START, make_account

BODY = (
    "This week the kiln was full again: **forty bowls** in the new ash glaze, each a little different, and the first"
    " of the large plates. They are in the shop from today on, and whoever comes by on Saturday sees them unpacked."
)
FEW_PAGES = 10
RICH = 3
"""So many of each page's newest posts have a photo and a product."""
CLOSE = 40
CROWD = 20
"""So many others follow every page, so that the viewers' rows lie among others."""
SPAN_MINUTES = 200 * 24 * 60


@dataclass(frozen=True)
class FeedHouse:
    """The two viewers; the second follows ``pages`` pages with ``pages * each`` posts."""

    few: Account
    many: Account
    pages: int
    each: int


def build_house(
    database: Database, *, pages: int, each: int, few_each: int, now: dt.datetime = START
) -> FeedHouse:
    """Load ``FEW_PAGES`` pages for one viewer and ``pages`` others for the other; the posts lie within 200 days."""
    with database.transaction() as session:
        few, many = make_account(session, name="Few"), make_account(session, name="Many")
        crowd = [make_account(session).id for _ in range(CROWD)]
        first = _add_pages(session, pages + FEW_PAGES, now)
        split, end = first + FEW_PAGES, first + FEW_PAGES + pages
        for low, high, number, viewer in ((first, split, few_each, few), (split, end, each, many)):
            _add_posts(session, low, high, number, now)
            _follow(session, viewer.id, low, high, now)
            levels = select(literal(viewer.id), Page.id, half_lives(now) + Page.id % 7)
            _insert(
                session,
                Affinity,
                ["account_id", "page_id", "level"],
                levels.where(_within(Page.id, low, min(high, low + CLOSE))),
            )
        for account_id in crowd:
            _follow(session, account_id, first, end, now)
        newest = select(func.max(Post.published_at)).where(Post.page_id == PageVersion.page_id)
        session.execute(
            update(PageVersion)
            .values(last_post_at=newest.scalar_subquery())
            .execution_options(synchronize_session=False)
        )
    if not database.is_sqlite:
        with database.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))
    return FeedHouse(few, many, pages, each)


def _insert(session: Session, model: type[Base], names: list[str], rows: Select[Any]) -> None:
    # The other columns get what the model gives them by itself.
    session.execute(insert(model).from_select(names, rows))


def _numbers(count: int) -> Any:
    first = select(literal(0).label("i")).cte("numbers", recursive=True)
    return first.union_all(select(first.c.i + 1).where(first.c.i + 1 < count))


def _within(column: Any, low: int, high: int) -> ColumnElement[bool]:
    return column.between(low, high - 1)


def _at(now: dt.datetime) -> ColumnElement[dt.datetime]:
    return literal(now, UtcDateTime())


def _add_pages(session: Session, count: int, now: dt.datetime) -> int:
    number = _numbers(count).c.i
    name = literal_column("CAST(i AS text)")
    rows = select(
        literal("brand-") + name, literal("Brand ") + name, literal("Q") + name, literal("en"), literal("FR"),
        literal("EUR"), literal("#7a4b2a"), _at(now),
    ).select_from(number.table)  # fmt: skip
    columns = [
        "slug",
        "name",
        "order_prefix",
        "language",
        "country",
        "currency",
        "accent_color",
        "created_at",
    ]
    _insert(session, Page, columns, rows)
    _insert(session, PageVersion, ["page_id"], select(Page.id))
    return session.scalars(select(func.min(Page.id))).one()


def _follow(session: Session, account_id: int, low: int, high: int, now: dt.datetime) -> None:
    rows = select(Page.id, literal(account_id), literal(LikeSource.ORGANIC.value), _at(now))
    columns = ["page_id", "account_id", "source", "followed_at"]
    _insert(session, Follower, columns, rows.where(_within(Page.id, low, high)))


def _add_posts(session: Session, low: int, high: int, each: int, now: dt.datetime) -> None:
    numbers = _numbers(each)
    step = SPAN_MINUTES // each
    minutes = numbers.c.i * step + Page.id * 37 % step + 1
    if session.get_bind().dialect.name == "sqlite":
        back = literal("-") + minutes.cast(literal("").type) + literal(" minutes")
        at: Any = func.strftime("%Y-%m-%d %H:%M:%f000", now.strftime("%Y-%m-%d %H:%M:%S"), back)
    else:
        at = _at(now) - minutes * literal_column("interval '1 minute'")
    kind = case((numbers.c.i < RICH, PostKind.PHOTO.value), else_=PostKind.TEXT.value)
    posts = select(Page.id, kind, literal(PostStatus.PUBLISHED.value), literal(BODY), _at(now), at)
    _insert(
        session, Post, ["page_id", "kind", "status", "body", "created_at", "published_at"],
        posts.select_from(numbers).join(Page, _within(Page.id, low, high)),
    )  # fmt: skip
    mine = _within(Post.page_id, low, high)
    counts = select(Post.id, Post.id % 50, Post.id % 50, Post.id % 7, Post.id % 3).where(mine)
    _insert(session, PostCounts, ["post_id", "reactions", "likes", "comments", "shares"], counts)
    _add_goods(session, low, high, now)
    rich = (Post.kind == PostKind.PHOTO) & mine
    photos = select(Post.id, literal(1), literal(PICTURE, PostPhoto.picture.type), literal("A bowl")).where(
        rich
    )
    _insert(session, PostPhoto, ["post_id", "position", "picture", "alt"], photos)
    tags = select(Post.id, Product.id).join(Product, Product.page_id == Post.page_id).where(rich)
    _insert(session, PostTag, ["post_id", "product_id"], tags)


def _add_goods(session: Session, low: int, high: int, now: dt.datetime) -> None:
    products = select(
        Page.id, literal("bowl"), literal("Bowl"), literal(ProductStatus.PUBLISHED.value), literal(2900),
        literal(2900), _at(now), _at(now), _at(now),
    ).where(_within(Page.id, low, high))  # fmt: skip
    columns = [
        "page_id", "slug", "title", "status", "price_from_amount", "price_to_amount", "published_at", "created_at",
        "updated_at",
    ]  # fmt: skip
    _insert(session, Product, columns, products)
    mine = select(Product.id, Product.page_id, literal(1), literal(2900), literal(5)).where(
        _within(Product.page_id, low, high)
    )
    _insert(session, Variant, ["product_id", "page_id", "position", "price_amount", "stock"], mine)
