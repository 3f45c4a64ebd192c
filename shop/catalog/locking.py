"""Products loaded to be changed: variants locked in ascending order first, as buyers lock them, then products."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from shop.catalog.models import Product, ProductPicture, Variant
from shop.core.errors import NotFound


def lock_product(session: Session, *, page_id: int, product_id: int) -> Product:
    """Load a page's product with its variants and pictures to be changed, or raise NotFound."""
    variants = session.scalars(
        select(Variant)
        .where(Variant.product_id == product_id)
        .order_by(Variant.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    product = session.scalars(
        select(Product)
        .where(Product.page_id == page_id, Product.id == product_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if product is None:
        raise NotFound
    pictures = session.scalars(
        select(ProductPicture)
        .where(ProductPicture.product_id == product_id)
        .execution_options(populate_existing=True)
    ).all()
    _set_variants(product, variants)
    in_order = sorted(pictures, key=lambda picture: (picture.position, picture.id))
    set_committed_value(product, "pictures", in_order)
    return product


def lock_products(session: Session, *, page_id: int, product_ids: Sequence[int]) -> dict[int, Product]:
    """Load a page's products among ``product_ids`` with their variants, without pictures, to be changed."""
    variants = session.scalars(
        select(Variant)
        .where(Variant.product_id.in_(product_ids), Variant.page_id == page_id)
        .order_by(Variant.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    products = session.scalars(
        select(Product)
        .where(Product.id.in_(product_ids), Product.page_id == page_id)
        .order_by(Product.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    by_product: dict[int, list[Variant]] = {product.id: [] for product in products}
    for variant in variants:
        by_product[variant.product_id].append(variant)
    for product in products:
        _set_variants(product, by_product[product.id])
    return {product.id: product for product in products}


def _set_variants(product: Product, variants: Sequence[Variant]) -> None:
    in_order = sorted(variants, key=lambda variant: (variant.position, variant.id))
    set_committed_value(product, "variants", in_order)
