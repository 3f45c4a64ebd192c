"""Where a product stands: published, a draft, archived and brought back as what it was."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalog.models import Product, ProductStatus
from shop.core.errors import NotFound
from shop.page.audit import record_act
from shop.page.service import raise_version

ACTS = {
    ProductStatus.PUBLISHED: "product.published",
    ProductStatus.DRAFT: "product.withdrawn",
    ProductStatus.ARCHIVED: "product.archived",
}


def set_status(
    session: Session,
    *,
    page_id: int,
    product_id: int,
    status: ProductStatus,
    now: dt.datetime,
    account_id: int | None = None,
) -> ProductStatus:
    """Publish, withdraw to draft, or archive a product and return what it was before; the first publishing dates it."""
    product = _lock_head(session, page_id, product_id)
    return _set_status(session, product, status, now=now, account_id=account_id, act=ACTS[status])


def restore_product(
    session: Session, *, page_id: int, product_id: int, now: dt.datetime, account_id: int | None = None
) -> ProductStatus:
    """Bring a product out of the archive as what it was before; return what it is now."""
    product = _lock_head(session, page_id, product_id)
    if product.status is ProductStatus.ARCHIVED:
        status = product.archived_from or ProductStatus.DRAFT
        _set_status(session, product, status, now=now, account_id=account_id, act="product.restored")
    return product.status


def _lock_head(session: Session, page_id: int, product_id: int) -> Product:
    product = session.scalars(
        select(Product).where(Product.page_id == page_id, Product.id == product_id).with_for_update()
    ).one_or_none()
    if product is None:
        raise NotFound
    return product


def _set_status(
    session: Session, product: Product, status: ProductStatus, *, now: dt.datetime, account_id: int | None,
    act: str,
) -> ProductStatus:  # fmt: skip
    before = product.status
    if before is not status:
        write_status(product, status, now)
        product.version += 1
        product.updated_at = now
        session.flush()
        record_act(
            session, page_id=product.page_id, account_id=account_id, act=act, subject=subject_of(product), now=now,
            before={"status": before.value}, after={"status": status.value},
        )  # fmt: skip
        raise_version(session, product.page_id)
    return before


def write_status(product: Product, status: ProductStatus, now: dt.datetime) -> None:
    """Give a product a status; the archive remembers what it was, the first publishing dates it."""
    product.archived_from = product.status if status is ProductStatus.ARCHIVED else None
    product.status = status
    if status is ProductStatus.PUBLISHED and product.published_at is None:
        product.published_at = now


def subject_of(product: Product) -> tuple[str, str, str]:
    """Return a product as the audit log names it."""
    return "product", str(product.id), product.title
