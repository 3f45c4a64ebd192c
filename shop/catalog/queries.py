"""Every SELECT of the catalogue; the cards of a listing are in ``listing``, the words in ``search``."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session, contains_eager, selectinload

from shop.catalog.admin_queries import (
    AdminProductPage,
    AdminProductRow,
    count_products_by_status,
    list_matching_product_ids,
    list_products_for_admin,
)
from shop.catalog.history_queries import (
    LowStockRow,
    count_low_stock,
    find_moved_collection,
    find_moved_product,
    list_acts_on_product,
    list_low_stock,
    list_movements,
    list_old_slugs,
)
from shop.catalog.listing import CardPage, ProductCard, Sort, alt_text, list_cards
from shop.catalog.models import Collection, CollectionProduct, Product, ProductStatus, Variant
from shop.catalog.search import suggest_query
from shop.core.errors import NotFound

__all__ = [
    "AdminProductPage",
    "AdminProductRow",
    "CardPage",
    "CollectionSummary",
    "LowStockRow",
    "ProductCard",
    "Sort",
    "alt_text",
    "count_low_stock",
    "count_products_by_status",
    "find_collection",
    "find_moved_collection",
    "find_moved_product",
    "find_product",
    "get_collection",
    "get_product",
    "get_product_by_id",
    "get_variant_for_sale",
    "list_acts_on_product",
    "list_cards",
    "list_collection_ids_of_product",
    "list_collection_products",
    "list_collections",
    "list_low_stock",
    "list_matching_product_ids",
    "list_movements",
    "list_old_slugs",
    "list_product_choices",
    "list_products_for_admin",
    "list_variants",
    "suggest_query",
    "summarise_collections",
]


def find_product(session: Session, *, page_id: int, slug: str, published_only: bool = True) -> Product | None:
    """Return a product with its variants and pictures, or None."""
    statement = _whole_product().where(Product.page_id == page_id, Product.slug == slug)
    if published_only:
        statement = statement.where(Product.status == ProductStatus.PUBLISHED)
    return session.scalars(statement).one_or_none()


def get_product(session: Session, *, page_id: int, slug: str, published_only: bool = True) -> Product:
    """Return a product with its variants and pictures in three statements, or raise NotFound."""
    product = find_product(session, page_id=page_id, slug=slug, published_only=published_only)
    if product is None:
        raise NotFound
    return product


def get_product_by_id(session: Session, *, page_id: int, product_id: int) -> Product:
    """Return a page's product in any status with its variants and pictures, or raise NotFound."""
    statement = _whole_product().where(Product.page_id == page_id, Product.id == product_id)
    product = session.scalars(statement).one_or_none()
    if product is None:
        raise NotFound
    return product


def _whole_product() -> Select[Product]:
    return select(Product).options(selectinload(Product.variants), selectinload(Product.pictures))


def get_variant_for_sale(session: Session, *, page_id: int, variant_id: int) -> Variant:
    """Return a variant of a published product, with its product and pictures, or raise NotFound.

    It may be sold out.
    """
    variant = list_variants(session, page_id=page_id, variant_ids=[variant_id]).get(variant_id)
    if variant is None or variant.product.status is not ProductStatus.PUBLISHED:
        raise NotFound
    return variant


def list_variants(session: Session, *, page_id: int, variant_ids: Iterable[int]) -> dict[int, Variant]:
    """Return the page's variants among ``variant_ids`` by id, each with its product and pictures.

    Products in any status are among them, so that a cart can say what is no longer sold.
    """
    statement = (
        select(Variant)
        .join(Variant.product)
        .options(contains_eager(Variant.product).selectinload(Product.pictures))
        .where(Variant.id.in_(list(variant_ids)), Product.page_id == page_id)
    )
    return {variant.id: variant for variant in session.scalars(statement)}


# Collections


def list_collections(session: Session, page_id: int) -> list[Collection]:
    """Return a page's collections in their order."""
    statement = select(Collection).where(Collection.page_id == page_id)
    return list(session.scalars(statement.order_by(Collection.position, Collection.id)))


def find_collection(session: Session, *, page_id: int, slug: str) -> Collection | None:
    """Return a collection by its address, or None."""
    statement = select(Collection).where(Collection.page_id == page_id, Collection.slug == slug)
    return session.scalars(statement).one_or_none()


def get_collection(session: Session, *, page_id: int, slug: str) -> Collection:
    """Return a collection by its address, or raise NotFound."""
    collection = find_collection(session, page_id=page_id, slug=slug)
    if collection is None:
        raise NotFound
    return collection


@dataclass(frozen=True, slots=True)
class CollectionSummary:
    """A collection with the number of its products, published ones apart."""

    id: int
    slug: str
    title: str
    translations: dict[str, Any]
    products: int
    published: int


def summarise_collections(session: Session, *, page_id: int) -> list[CollectionSummary]:
    """Return a page's collections in their order with what is in them."""
    is_published = case((Product.status == ProductStatus.PUBLISHED, 1), else_=0)
    statement = (
        select(
            Collection.id,
            Collection.slug,
            Collection.title,
            Collection.translations,
            func.count(Product.id),
            func.coalesce(func.sum(is_published), 0),
        )
        .outerjoin(CollectionProduct, CollectionProduct.collection_id == Collection.id)
        .outerjoin(Product, Product.id == CollectionProduct.product_id)
        .where(Collection.page_id == page_id)
        .group_by(Collection.id)
        .order_by(Collection.position, Collection.id)
    )
    # Grouped by the key alone, which both databases take; JSON cannot be grouped by on PostgreSQL.
    return [CollectionSummary(*row) for row in session.execute(statement)]


def list_collection_products(session: Session, *, collection_id: int) -> list[int]:
    """Return the ids of a collection's products in their order."""
    statement = select(CollectionProduct.product_id).where(CollectionProduct.collection_id == collection_id)
    return list(session.scalars(statement.order_by(CollectionProduct.position, CollectionProduct.product_id)))


def list_collection_ids_of_product(session: Session, *, product_id: int) -> list[int]:
    """Return the ids of the collections that hold a product."""
    return list(
        session.scalars(
            select(CollectionProduct.collection_id).where(CollectionProduct.product_id == product_id)
        )
    )


# The admin's choice


def list_product_choices(
    session: Session, *, page_id: int, limit: int = 1000
) -> list[tuple[int, str, ProductStatus]]:
    """Return (id, title, status) of a page's products that are not archived, by title, for a choice."""
    statement = (
        select(Product.id, Product.title, Product.status)
        .where(Product.page_id == page_id, Product.status != ProductStatus.ARCHIVED)
        .order_by(Product.sort_title, Product.id)
        .limit(limit)
    )
    return [(row.id, row.title, row.status) for row in session.execute(statement)]
