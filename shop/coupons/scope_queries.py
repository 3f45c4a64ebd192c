"""What coupons count for: the products and collections of each, with their names."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from shop.catalog.models import Collection, Product, ProductStatus
from shop.coupons.models import Coupon, CouponCollection, CouponProduct, CouponScope

NAMED = 3
"""How many of a coupon's things are named; the others are counted."""


@dataclass(frozen=True, slots=True)
class Thing:
    """A product or a collection that a coupon counts for."""

    id: int
    title: str
    translations: dict[str, Any]
    slug: str


@dataclass(frozen=True, slots=True)
class Things:
    """The first few things that a coupon counts for, by name, and how many there are in all."""

    first: list[Thing] = field(default_factory=list)
    count: int = 0


def map_things(
    session: Session, coupons: Iterable[Coupon], *, only_published: bool = True
) -> Mapping[int, Things]:
    """Return what coupons count for by their ids, in at most two statements; one that counts for all is not among them.

    With ``only_published`` products that the shop does not show are left out, and so are their names.
    """
    by_scope: dict[CouponScope, list[int]] = {}
    for coupon in coupons:
        by_scope.setdefault(coupon.scope, []).append(coupon.id)
    found = {one: Things() for scope, ids in by_scope.items() if scope is not CouponScope.ALL for one in ids}
    if ids := by_scope.get(CouponScope.PRODUCTS):
        published = [Product.status == ProductStatus.PUBLISHED] if only_published else []
        statement = _numbered(CouponProduct.coupon_id, Product, Product.sort_title).join(
            CouponProduct, CouponProduct.product_id == Product.id
        )
        found |= _read(session, statement, [CouponProduct.coupon_id.in_(sorted(ids)), *published])
    if ids := by_scope.get(CouponScope.COLLECTIONS):
        statement = _numbered(CouponCollection.coupon_id, Collection, Collection.position).join(
            CouponCollection, CouponCollection.collection_id == Collection.id
        )
        found |= _read(session, statement, [CouponCollection.coupon_id.in_(sorted(ids))])
    return found


def list_titles(session: Session, coupon: Coupon) -> list[str]:
    """Return the titles of what a coupon counts for, by title; none of one that counts for all."""
    if coupon.scope is CouponScope.ALL:
        return []
    products = select(Product.title).join(CouponProduct, CouponProduct.product_id == Product.id)
    collections = select(Collection.title).join(
        CouponCollection, CouponCollection.collection_id == Collection.id
    )
    statement = (
        products.where(CouponProduct.coupon_id == coupon.id)
        if coupon.scope is CouponScope.PRODUCTS
        else collections.where(CouponCollection.coupon_id == coupon.id)
    )
    return sorted(session.scalars(statement))


def _numbered(
    coupon_id: InstrumentedAttribute[int],
    kind: type[Product | Collection],
    order: InstrumentedAttribute[Any],
) -> Select[Any]:
    return select(
        coupon_id.label("coupon_id"),
        kind.id.label("id"),
        func.row_number().over(partition_by=coupon_id, order_by=(order, kind.id)).label("place"),
        func.count().over(partition_by=coupon_id).label("in_all"),
        kind.title,
        kind.translations,
        kind.slug,
    )


def _read(session: Session, statement: Select[Any], where: list[ColumnElement[bool]]) -> dict[int, Things]:
    numbered = statement.where(*where).subquery()
    few = select(numbered).where(numbered.c.place <= NAMED).order_by(numbered.c.coupon_id, numbered.c.place)
    first: dict[int, list[Thing]] = {}
    counts: dict[int, int] = {}
    for row in session.execute(few):
        first.setdefault(row.coupon_id, []).append(Thing(row.id, row.title, row.translations, row.slug))
        counts[row.coupon_id] = row.in_all
    return {coupon_id: Things(things, counts[coupon_id]) for coupon_id, things in first.items()}
