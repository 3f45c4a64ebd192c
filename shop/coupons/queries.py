"""Coupons as they are read: by id, by code, what they count for."""

import datetime as dt
from collections.abc import Collection as Several
from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Row, and_, exists, func, or_, select, text
from sqlalchemy.orm import Session

from shop.catalog.models import Collection, CollectionProduct, Product
from shop.core.db import Reader
from shop.core.errors import NotFound
from shop.core.money import charge_step
from shop.coupons.discounting import CouponTerms
from shop.coupons.models import (
    LISTED_SQL,
    Coupon,
    CouponCollection,
    CouponHolding,
    CouponProduct,
    CouponRedemption,
    CouponScope,
)


def may_hold(now: dt.datetime) -> ColumnElement[bool]:
    """Return whether a coupon holds at ``now`` but for its uses; ``standing.standing_of`` says the same of a row."""
    return and_(
        Coupon.deleted_at.is_(None),
        Coupon.is_paused.is_(False),
        or_(Coupon.starts_at.is_(None), Coupon.starts_at <= now),
        is_to_come_or_on(now),
    )


def find_coupon(session: Session, *, page_id: int, coupon_id: int) -> Coupon | None:
    """Return a coupon of a page, or None; also one that was deleted."""
    return session.scalars(
        select(Coupon).where(Coupon.id == coupon_id, Coupon.page_id == page_id)
    ).one_or_none()


def get_coupon(session: Session, *, page_id: int, coupon_id: int) -> Coupon:
    """Return a coupon of a page, or raise NotFound; also one that was deleted."""
    coupon = find_coupon(session, page_id=page_id, coupon_id=coupon_id)
    if coupon is None:
        raise NotFound
    return coupon


def find_by_key(session: Session, *, page_id: int, code_key: str) -> Coupon | None:
    """Return the coupon of a page with this compared code (``codes.normalise_code``), also a deleted one."""
    return session.scalars(
        select(Coupon).where(Coupon.page_id == page_id, Coupon.code_key == code_key)
    ).one_or_none()


def has_listed(session: Session, page_id: int, now: dt.datetime) -> bool:
    """Tell whether something stands on a page's Coupons tab at ``now``: what begins later is there, what ended is not."""
    is_there = exists().where(Coupon.page_id == page_id, text(LISTED_SQL), is_to_come_or_on(now))
    return bool(session.scalar(select(is_there)))


def is_to_come_or_on(now: dt.datetime) -> ColumnElement[bool]:
    """Return whether a coupon has not ended at ``now``."""
    return or_(Coupon.ends_at.is_(None), Coupon.ends_at > now)


def list_product_ids(session: Session, coupon_ids: Several[int]) -> dict[int, frozenset[int]]:
    """Return the products that each coupon counts for."""
    rows = session.execute(
        select(CouponProduct.coupon_id, CouponProduct.product_id).where(
            CouponProduct.coupon_id.in_(sorted(coupon_ids))
        )
    )
    return _gather(rows.all())


def list_collection_ids(session: Session, coupon_ids: Several[int]) -> dict[int, frozenset[int]]:
    """Return the collections that each coupon counts for."""
    rows = session.execute(
        select(CouponCollection.coupon_id, CouponCollection.collection_id).where(
            CouponCollection.coupon_id.in_(sorted(coupon_ids))
        )
    )
    return _gather(rows.all())


def list_collections_of(session: Session, product_ids: Several[int]) -> dict[int, frozenset[int]]:
    """Return the collections that each product stands in."""
    rows = session.execute(
        select(CollectionProduct.product_id, CollectionProduct.collection_id).where(
            CollectionProduct.product_id.in_(sorted(product_ids))
        )
    )
    return _gather(rows.all())


def _gather(pairs: Sequence[Row[int, int]]) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = {}
    for owner, thing in pairs:
        found.setdefault(owner, set()).add(thing)
    return {owner: frozenset(things) for owner, things in found.items()}


def terms_of(session: Session, coupon: Coupon) -> CouponTerms:
    """Return what a coupon takes off and where, as the pure arithmetic takes it."""
    return list_terms(session, [coupon])[coupon.id]


def list_terms(session: Session, coupons: Sequence[Coupon]) -> dict[int, CouponTerms]:
    """Return the terms of several coupons by their ids, in at most two statements."""
    by_products = [coupon.id for coupon in coupons if coupon.scope is CouponScope.PRODUCTS]
    by_collections = [coupon.id for coupon in coupons if coupon.scope is CouponScope.COLLECTIONS]
    products = list_product_ids(session, by_products) if by_products else {}
    collections = list_collection_ids(session, by_collections) if by_collections else {}
    return {coupon.id: _terms(coupon, products, collections) for coupon in coupons}


def _terms(
    coupon: Coupon, products: Mapping[int, frozenset[int]], collections: Mapping[int, frozenset[int]]
) -> CouponTerms:
    return CouponTerms(
        kind=coupon.kind,
        percent_bp=coupon.percent_bp,
        amount=coupon.amount,
        has_free_shipping=coupon.has_free_shipping,
        minimum_amount=coupon.minimum_amount,
        scope=coupon.scope,
        product_ids=products.get(coupon.id, frozenset()),
        collection_ids=collections.get(coupon.id, frozenset()),
        unit_limit=coupon.unit_limit,
        step=charge_step(coupon.currency),
    )


def count_products(session: Session, *, page_id: int, product_ids: Several[int]) -> int:
    """Return how many of these products are the page's."""
    return session.execute(
        select(func.count(Product.id)).where(Product.page_id == page_id, Product.id.in_(sorted(product_ids)))
    ).scalar_one()


def count_collections(session: Session, *, page_id: int, collection_ids: Several[int]) -> int:
    """Return how many of these collections are the page's."""
    return session.execute(
        select(func.count(Collection.id)).where(
            Collection.page_id == page_id, Collection.id.in_(sorted(collection_ids))
        )
    ).scalar_one()


def has_holding(session: Reader, *, coupon_id: int, keys: Several[str]) -> bool:
    """Tell whether the coupon is in the wallet of one of ``keys``."""
    if not keys:
        return False
    found = session.scalar(
        select(
            exists().where(CouponHolding.coupon_id == coupon_id, CouponHolding.holder_key.in_(sorted(keys)))
        )
    )
    return bool(found)


def find_redemption(session: Session, order_id: int) -> CouponRedemption | None:
    """Return the use that an order holds now, or None."""
    return session.scalars(
        select(CouponRedemption).where(
            CouponRedemption.order_id == order_id, CouponRedemption.returned_at.is_(None)
        )
    ).one_or_none()


def find_last_redemption(session: Session, order_id: int) -> CouponRedemption | None:
    """Return the use that an order took last, given back or not, or None."""
    return session.scalars(
        select(CouponRedemption)
        .where(CouponRedemption.order_id == order_id)
        .order_by(CouponRedemption.id.desc())
        .limit(1)
    ).one_or_none()
