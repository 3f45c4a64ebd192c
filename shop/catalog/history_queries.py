"""SELECTs over what runs low and what was: stock, its movements, old addresses, acts on a product."""

import datetime as dt
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, func, literal_column, or_, select
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.catalog.history_models import AddressKind, SlugRedirect, StockMovement, StockReason
from shop.catalog.models import (
    LOW_STOCK,
    MAX_LOW_STOCK,
    Collection,
    Product,
    ProductPicture,
    ProductStatus,
    Variant,
)
from shop.page.models import AuditEntry

COUNTED = 1000
"""So far something is counted; above, the count is one more."""
RECENT_ACTS = 500
"""So many of a page's newest acts are looked through for those on one product."""


# What runs low


@dataclass(frozen=True, slots=True)
class LowStockRow:
    """A variant of a published product of which few are left."""

    variant_id: int
    product_id: int
    title: str
    translations: dict[str, Any]
    option_values: list[str]
    sku: str | None
    stock: int
    picture: dict[str, Any] | None


def count_low_stock(session: Session, page_id: int, *, at_most: int = LOW_STOCK) -> tuple[int, int]:
    """Return how many of a page's variants on sale have at most ``at_most`` left, and how many of them none.

    Both stop at 1,001. One statement over an index that holds only what runs low.
    """
    low = _running_low(select(Variant.stock), page_id, at_most).order_by(Variant.stock, Variant.id)
    counted = low.limit(COUNTED + 1).subquery()
    row = session.execute(select(func.count(), func.count().filter(counted.c.stock == 0))).one()
    return int(row[0]), int(row[1])


def list_low_stock(
    session: Session,
    page_id: int,
    *,
    at_most: int = LOW_STOCK,
    after: tuple[int, int] | None = None,
    limit: int = 50,
) -> list[LowStockRow]:
    """Return the variants on sale of which at most ``at_most`` (up to 20) are left, sold-out ones first.

    ``after`` is the (stock, variant id) of the last row seen. One statement.
    """
    picture = (
        select(ProductPicture.picture)
        .where(ProductPicture.product_id == Product.id)
        .order_by(ProductPicture.position, ProductPicture.id)
        .limit(1)
        .correlate(Product)
        .scalar_subquery()
    )
    columns = (
        Variant.id, Variant.product_id, Product.title, Product.translations, Variant.option1, Variant.option2,
        Variant.option3, Variant.sku, Variant.stock, picture.label("picture"),
    )  # fmt: skip
    statement = _running_low(select(*columns), page_id, at_most)
    if after is not None:
        stock, variant_id = after
        statement = statement.where(
            Variant.stock >= stock,
            or_(Variant.stock > stock, and_(Variant.stock == stock, Variant.id > variant_id)),
        )
    rows = session.execute(statement.order_by(Variant.stock, Variant.id).limit(limit))
    return [
        LowStockRow(
            row.id, row.product_id, row.title, row.translations,
            [value for value in (row.option1, row.option2, row.option3) if value],
            row.sku, row.stock, row.picture,
        )
        for row in rows
    ]  # fmt: skip


def _running_low(statement: Select[Any], page_id: int, at_most: int) -> Select[Any]:
    return statement.join(Product, Product.id == Variant.product_id).where(
        Variant.page_id == page_id,
        # Word for word what the index says: neither database takes it for a bound number.
        Variant.stock <= literal_column(str(MAX_LOW_STOCK)),
        Variant.stock <= min(at_most, MAX_LOW_STOCK),
        Product.status == ProductStatus.PUBLISHED,
    )


# How stock moved


@dataclass(frozen=True, slots=True)
class MovementRow:
    """A line of the stock history; ``who`` is the name of the member of staff, or None."""

    id: int
    at: dt.datetime
    variant_id: int
    change: int | None
    stock_after: int | None
    reason: StockReason
    ref: str | None
    who: str | None


def list_movements(
    session: Session,
    *,
    page_id: int,
    product_id: int,
    variant_id: int | None = None,
    before_id: int | None = None,
    limit: int = 50,
) -> list[MovementRow]:
    """Return how a product's stock moved, or one variant's, the newest first; ``before_id`` pages on."""
    statement = (
        select(
            StockMovement.id,
            StockMovement.at,
            StockMovement.variant_id,
            StockMovement.change,
            StockMovement.stock_after,
            StockMovement.reason,
            StockMovement.ref,
            Account.name,
        )
        .outerjoin(Account, Account.id == StockMovement.account_id)
        .where(StockMovement.page_id == page_id, StockMovement.product_id == product_id)
    )
    if variant_id is not None:
        statement = statement.where(StockMovement.variant_id == variant_id)
    if before_id is not None:
        statement = statement.where(StockMovement.id < before_id)
    rows = session.execute(statement.order_by(StockMovement.id.desc()).limit(limit))
    return [MovementRow(*row) for row in rows]


def map_removed_variants(
    session: Session, *, product_id: int, variant_ids: AbstractSet[int]
) -> dict[int, str]:
    """Return what those of a product's ``variant_ids`` that were removed were called, by id."""
    if not variant_ids:
        return {}
    # Its removal is the last that is heard of a variant: an index tells it, however long the history is.
    last = (
        select(func.max(StockMovement.id))
        .where(StockMovement.variant_id.in_(variant_ids))
        .group_by(StockMovement.variant_id)
    )
    statement = select(StockMovement.variant_id, StockMovement.ref).where(
        StockMovement.id.in_(last),
        StockMovement.product_id == product_id,
        StockMovement.reason == StockReason.REMOVED,
    )
    return {variant_id: ref or "" for variant_id, ref in session.execute(statement)}


# Where addresses led


def find_moved_product(session: Session, *, page_id: int, slug: str) -> str | None:
    """Return the address now of the published product that had ``slug`` before, or None."""
    statement = (
        select(Product.slug)
        .join(SlugRedirect, SlugRedirect.product_id == Product.id)
        .where(
            SlugRedirect.page_id == page_id,
            SlugRedirect.kind == AddressKind.PRODUCT,
            SlugRedirect.slug == slug,
            Product.status == ProductStatus.PUBLISHED,
        )
    )
    return session.scalar(statement)


def find_moved_collection(session: Session, *, page_id: int, slug: str) -> str | None:
    """Return the address now of the collection that had ``slug`` before, or None."""
    statement = (
        select(Collection.slug)
        .join(SlugRedirect, SlugRedirect.collection_id == Collection.id)
        .where(
            SlugRedirect.page_id == page_id,
            SlugRedirect.kind == AddressKind.COLLECTION,
            SlugRedirect.slug == slug,
        )
    )
    return session.scalar(statement)


def list_old_slugs(session: Session, kind: AddressKind, *, target_id: int, limit: int = 20) -> list[str]:
    """Return the old addresses that lead to a product or collection, the last one left first."""
    column = SlugRedirect.product_id if kind is AddressKind.PRODUCT else SlugRedirect.collection_id
    statement = select(SlugRedirect.slug).where(column == target_id)
    return list(
        session.scalars(
            statement.order_by(SlugRedirect.created_at.desc(), SlugRedirect.id.desc()).limit(limit)
        )
    )


# Who did what


@dataclass(frozen=True, slots=True)
class Act:
    """An act of staff on a product: which fields it changed, by whom and when."""

    at: dt.datetime
    who: str | None
    fields: frozenset[str]


def list_acts_on_product(
    session: Session, *, page_id: int, product_id: int, since: dt.datetime
) -> Sequence[Act]:
    """Return what staff did to a product since an instant, the newest first, among the page's last 500 acts."""
    newest = (
        select(AuditEntry.id)
        .where(AuditEntry.page_id == page_id)
        .order_by(AuditEntry.id.desc())
        .limit(RECENT_ACTS)
        .subquery()
    )
    statement = (
        select(AuditEntry.at, Account.name, AuditEntry.before, AuditEntry.after)
        .join(newest, newest.c.id == AuditEntry.id)
        .outerjoin(Account, Account.id == AuditEntry.account_id)
        .where(
            AuditEntry.subject_kind == "product",
            AuditEntry.subject_ref == str(product_id),
            AuditEntry.at >= since,
        )
        .order_by(AuditEntry.id.desc())
    )
    return [
        Act(at, name, frozenset({*before, *after})) for at, name, before, after in session.execute(statement)
    ]
