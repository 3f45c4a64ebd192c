"""Every change to products; pictures are in ``gallery``, variants in ``variants``, collections in ``shelving``.

A verb without ``write_`` raises the page's version last, as every visible write must; the ``write_``
ones leave that to a caller that writes many in one transaction.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from shop.catalog.derived import clean_translations, keep_derived
from shop.catalog.descriptions import clean_description
from shop.catalog.drafts import PictureDraft, ProductDraft, StockRule, VariantDraft
from shop.catalog.gallery import add_picture, describe_picture, order_pictures, remove_picture, write_pictures
from shop.catalog.models import Product, ProductPicture, ProductStatus, Variant
from shop.catalog.rules import MAX_SLUG, check_draft
from shop.catalog.shelving import (
    create_collection,
    delete_collection,
    edit_collection,
    order_collections,
    write_collections_of_product,
)
from shop.catalog.variants import write_variants
from shop.core.errors import Conflict, Invalid, NotFound
from shop.core.i18n import N_
from shop.core.ids import slugify
from shop.page.service import raise_version

__all__ = [
    "PictureDraft",
    "ProductChanged",
    "ProductDraft",
    "StockRule",
    "VariantDraft",
    "add_picture",
    "apply_draft",
    "blank_product",
    "create_collection",
    "create_product",
    "delete_collection",
    "describe_picture",
    "edit_collection",
    "edit_product",
    "order_collections",
    "order_pictures",
    "remove_picture",
    "set_status",
    "write_new_product",
    "write_product",
]

SLUG_TRIES = 3


class ProductChanged(Conflict):
    """Somebody else saved the product after this form was opened."""

    code = "product_changed"
    message = N_(
        "Somebody else has changed this product since you opened it. Save again to put yours in its place."
    )

    def __init__(self, version: int) -> None:
        self.version = version
        super().__init__()


def create_product(session: Session, *, page_id: int, draft: ProductDraft, now: dt.datetime) -> Product:
    """Add a product (a draft unless the draft says otherwise) and return it; Invalid tells by field.

    Without a slug it gets the first free one made of its title.
    """
    for attempt in range(SLUG_TRIES):
        try:
            with session.begin_nested():
                product = write_new_product(session, page_id=page_id, draft=draft, now=now)
        except IntegrityError:
            # Two people named two products alike at the same moment; the next free address differs.
            if draft.slug is not None:
                raise _slug_taken() from None
            if attempt == SLUG_TRIES - 1:
                raise
        else:
            break
    raise_version(session, page_id)
    return product


def write_new_product(session: Session, *, page_id: int, draft: ProductDraft, now: dt.datetime) -> Product:
    """Add a product without raising the page's version."""
    _refuse_invalid(draft)
    product = blank_product(page_id=page_id, slug=_new_slug(session, page_id=page_id, draft=draft), now=now)
    apply_draft(session, product, draft, now)
    session.add(product)
    session.flush()
    _write_neighbours(session, product, draft, now)
    return product


def blank_product(*, page_id: int, slug: str, now: dt.datetime) -> Product:
    """Return a product that is not yet anything nor in any session, for ``apply_draft`` to fill."""
    product = Product(
        page_id=page_id,
        slug=slug,
        status=ProductStatus.DRAFT,
        vendor="",
        product_type="",
        tags=[],
        translations={},
        swatches={},
        price_from_amount=0,
        price_to_amount=0,
        version=1,
        created_at=now,
        updated_at=now,
    )
    product.variants = []
    product.pictures = []
    return product


def apply_draft(session: Session, product: Product, draft: ProductDraft, now: dt.datetime) -> bool:
    """Give a product with its variants loaded (and locked) what ``draft``, checked before, says of them.

    Returns whether anything changed. It writes neither pictures nor collections, raises no version and
    as a rule does not flush, so that an import can apply many drafts and flush once.
    """
    _write_head(product, draft, now)
    changed = write_variants(session, product, draft.variants)
    keep_derived(product)
    return session.is_modified(product, include_collections=False) or changed


def edit_product(
    session: Session,
    *,
    page_id: int,
    product_id: int,
    draft: ProductDraft,
    version: int | None,
    now: dt.datetime,
) -> bool:
    """Make a product what ``draft`` says; return whether anything changed.

    ``version`` is the one that the form was opened with: ProductChanged is raised when somebody saved
    since (None skips the check). StockChanged is raised when a sale came between a typed stock and the
    one that was shown; Invalid tells by field; NotFound for another page's product.
    """
    changed = write_product(
        session, page_id=page_id, product_id=product_id, draft=draft, version=version, now=now
    )
    if changed:
        raise_version(session, page_id)
    return changed


def write_product(
    session: Session,
    *,
    page_id: int,
    product_id: int,
    draft: ProductDraft,
    version: int | None,
    now: dt.datetime,
) -> bool:
    """Do what ``edit_product`` does without raising the page's version."""
    _refuse_invalid(draft)
    product = _lock_product(session, page_id=page_id, product_id=product_id)
    if version is not None and product.version != version:
        raise ProductChanged(product.version)
    if draft.slug is not None and draft.slug != product.slug and _is_slug_taken(session, page_id, draft.slug):
        raise _slug_taken()
    if draft.slug is not None:
        product.slug = draft.slug
    changed = apply_draft(session, product, draft, now)
    session.flush()
    changed = _write_neighbours(session, product, draft, now) or changed
    if changed:
        product.version += 1
        product.updated_at = now
        session.flush()
    return changed


def set_status(
    session: Session, *, page_id: int, product_id: int, status: ProductStatus, now: dt.datetime
) -> Product:
    """Publish, withdraw to draft, or archive a product; the first publishing dates it."""
    product = session.scalars(
        select(Product).where(Product.page_id == page_id, Product.id == product_id).with_for_update()
    ).one_or_none()
    if product is None:
        raise NotFound
    if product.status is not status:
        _write_status(product, status, now)
        product.version += 1
        product.updated_at = now
        session.flush()
        raise_version(session, page_id)
    return product


def _refuse_invalid(draft: ProductDraft) -> None:
    errors = check_draft(draft)
    if errors:
        raise Invalid(errors)


def _slug_taken() -> Invalid:
    return Invalid({"slug": [N_("Another product has this address.")]})


def _is_slug_taken(session: Session, page_id: int, slug: str) -> bool:
    return (
        session.scalar(select(Product.id).where(Product.page_id == page_id, Product.slug == slug)) is not None
    )


def _new_slug(session: Session, *, page_id: int, draft: ProductDraft) -> str:
    if draft.slug is not None:
        if _is_slug_taken(session, page_id, draft.slug):
            raise _slug_taken()
        return draft.slug
    base = slugify(draft.title, max_length=MAX_SLUG - 8) or "product"
    if not _is_slug_taken(session, page_id, base):
        return base
    taken = set(
        session.scalars(
            select(Product.slug).where(Product.page_id == page_id, Product.slug.like(f"{base}-%"))
        )
    )
    number = 2
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"


def _lock_product(session: Session, *, page_id: int, product_id: int) -> Product:
    """Load a product to be changed, its variants locked in ascending order first, as buyers lock them."""
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
    _set_loaded(product, "variants", sorted(variants, key=lambda variant: (variant.position, variant.id)))
    _set_loaded(product, "pictures", sorted(pictures, key=lambda picture: (picture.position, picture.id)))
    return product


def _set_loaded(product: Product, name: str, rows: Sequence[Any]) -> None:
    set_committed_value(product, name, list(rows))


def _write_head(product: Product, draft: ProductDraft, now: dt.datetime) -> None:
    product.title = draft.title.strip()
    product.description_html = clean_description(draft.description_html)
    product.option_names = [name.strip() for name in draft.option_names]
    if draft.vendor is not None:
        product.vendor = draft.vendor.strip()
    if draft.product_type is not None:
        product.product_type = draft.product_type.strip()
    if draft.tags is not None:
        product.tags = list(dict.fromkeys(tag.strip() for tag in draft.tags if tag.strip()))
    if draft.translations is not None:
        product.translations = clean_translations(draft.translations)
    if draft.swatches is not None:
        product.swatches = dict(draft.swatches)
    if draft.status is not None and draft.status is not product.status:
        _write_status(product, draft.status, now)


def _write_status(product: Product, status: ProductStatus, now: dt.datetime) -> None:
    product.status = status
    if status is ProductStatus.PUBLISHED and product.published_at is None:
        product.published_at = now


def _write_neighbours(session: Session, product: Product, draft: ProductDraft, now: dt.datetime) -> bool:
    """Write what needs the product's id: pictures, which variant each shows, collections."""
    changed = False
    if draft.pictures is not None:
        changed = write_pictures(session, product, draft.pictures, now)
    by_key = {picture.picture.get("key"): picture.id for picture in product.pictures}
    for variant, wanted in zip(product.variants, draft.variants, strict=True):
        if draft.pictures is None and wanted.picture_key is None:
            continue
        picture_id = by_key.get(wanted.picture_key) if wanted.picture_key else None
        if variant.picture_id != picture_id:
            variant.picture_id = picture_id
            changed = True
    session.flush()
    if draft.collection_ids is not None:
        changed = write_collections_of_product(session, product, draft.collection_ids) or changed
    return changed
