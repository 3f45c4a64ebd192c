"""Every change to products; pictures are in ``gallery``, variants in ``variants``, collections in ``shelving``.

A verb without ``write_`` raises the page's version last, as every visible write must; the ``write_``
ones leave that to a caller that writes many in one transaction.
"""

import datetime as dt

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.catalog.addresses import free_product_slug, is_product_slug_taken, leave_address, take_address
from shop.catalog.derived import clean_translations, keep_derived
from shop.catalog.descriptions import clean_description
from shop.catalog.drafts import PictureDraft, ProductDraft, StockRule, VariantDraft
from shop.catalog.facts import Facts, audit_values, differences, read_facts
from shop.catalog.gallery import add_picture, describe_picture, order_pictures, remove_picture, write_pictures
from shop.catalog.history_models import AddressKind, StockReason
from shop.catalog.locking import lock_product
from shop.catalog.models import Product, ProductStatus
from shop.catalog.movements import Cause, moves_since, record_movements, stocks_of
from shop.catalog.rules import MAX_SLUG, check_draft
from shop.catalog.shelving import (
    create_collection,
    delete_collection,
    edit_collection,
    order_collections,
    write_collections_of_product,
)
from shop.catalog.standing import ACTS, restore_product, set_status, subject_of, write_status
from shop.catalog.variants import write_variants
from shop.core.errors import Conflict, Invalid
from shop.core.i18n import N_
from shop.core.ids import slugify
from shop.page.audit import record_act
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
    "restore_product",
    "set_status",
    "subject_of",
    "write_new_product",
    "write_product",
    "write_status",
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


def create_product(
    session: Session,
    *,
    page_id: int,
    draft: ProductDraft,
    now: dt.datetime,
    account_id: int | None = None,
    act: str = "product.created",
) -> Product:
    """Add a product (a draft unless the draft says otherwise) and return it; Invalid tells by field.

    Without a slug it gets the first free one made of its title. ``act`` is what the audit log calls it.
    """
    for attempt in range(SLUG_TRIES):
        try:
            with session.begin_nested():
                product = write_new_product(
                    session, page_id=page_id, draft=draft, now=now, account_id=account_id
                )
        except IntegrityError:
            # Two people named two products alike at the same moment; the next free address differs.
            if draft.slug is not None:
                raise _slug_taken() from None
            if attempt == SLUG_TRIES - 1:
                raise
        else:
            break
    facts = {"title": product.title, "slug": product.slug, "status": product.status.value}
    record_act(
        session, page_id=page_id, account_id=account_id, act=act, subject=subject_of(product), now=now, after=facts
    )  # fmt: skip
    raise_version(session, page_id)
    return product


def write_new_product(
    session: Session, *, page_id: int, draft: ProductDraft, now: dt.datetime, account_id: int | None = None
) -> Product:
    """Add a product without raising the page's version."""
    _refuse_invalid(draft)
    product = blank_product(page_id=page_id, slug=_new_slug(session, page_id=page_id, draft=draft), now=now)
    apply_draft(session, product, draft, now)
    session.add(product)
    session.flush()
    _write_neighbours(session, product, draft, now)
    take_address(session, AddressKind.PRODUCT, page_id=page_id, slug=product.slug)
    record_movements(session, moves_since(product, {}), Cause(StockReason.CREATED, now, account_id))
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
    account_id: int | None = None,
) -> bool:
    """Make a product what ``draft`` says; return whether anything changed.

    ``version`` is the one that the form was opened with: ProductChanged is raised when somebody saved
    since (None skips the check). StockChanged is raised when a sale came between a typed stock and the
    one that was shown; Invalid tells by field; NotFound for another page's product.
    """
    changed = write_product(
        session, page_id=page_id, product_id=product_id, draft=draft, version=version, now=now,
        account_id=account_id,
    )  # fmt: skip
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
    account_id: int | None = None,
) -> bool:
    """Do what ``edit_product`` does without raising the page's version."""
    _refuse_invalid(draft)
    product = lock_product(session, page_id=page_id, product_id=product_id)
    if version is not None and product.version != version:
        raise ProductChanged(product.version)
    before, stocks, status = read_facts(session, product), stocks_of(product), product.status
    _move(session, product, draft, now)
    changed = apply_draft(session, product, draft, now)
    session.flush()
    changed = _write_neighbours(session, product, draft, now) or changed
    record_movements(session, moves_since(product, stocks), Cause(StockReason.EDITED, now, account_id))
    if changed:
        product.version += 1
        product.updated_at = now
        session.flush()
        act = "product.edited" if product.status is status else ACTS[product.status]
        _record(session, product, act, before=before, account_id=account_id, now=now)
    return changed


def _refuse_invalid(draft: ProductDraft) -> None:
    errors = check_draft(draft)
    if errors:
        raise Invalid(errors)


def _slug_taken() -> Invalid:
    return Invalid({"slug": [N_("Another product has this address.")]})


def _new_slug(session: Session, *, page_id: int, draft: ProductDraft) -> str:
    if draft.slug is None:
        base = slugify(draft.title, max_length=MAX_SLUG - 8) or "product"
        return free_product_slug(session, page_id, base)
    if is_product_slug_taken(session, page_id, draft.slug):
        raise _slug_taken()
    return draft.slug


def _move(session: Session, product: Product, draft: ProductDraft, now: dt.datetime) -> None:
    """Give a product another address; the old one leads to it unless the draft says otherwise."""
    slug = draft.slug
    if slug is None or slug == product.slug:
        return
    if is_product_slug_taken(session, product.page_id, slug):
        raise _slug_taken()
    take_address(session, AddressKind.PRODUCT, page_id=product.page_id, slug=slug)
    if draft.keeps_old_slug:
        leave_address(
            session, AddressKind.PRODUCT, page_id=product.page_id, slug=product.slug, target_id=product.id,
            now=now,
        )  # fmt: skip
    product.slug = slug


def _record(
    session: Session, product: Product, act: str, *, before: Facts, account_id: int | None, now: dt.datetime
) -> None:
    old, new = audit_values(differences(before, read_facts(session, product)))
    record_act(
        session, page_id=product.page_id, account_id=account_id, act=act, subject=subject_of(product), now=now,
        before=old, after=new,
    )  # fmt: skip


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
        write_status(product, draft.status, now)


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
