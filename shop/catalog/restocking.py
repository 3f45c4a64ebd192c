"""A stock typed in a list: written if it still is the one that was shown, and told in the audit log."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalog.models import Product, Variant
from shop.catalog.movements import Cause, title_of
from shop.catalog.standing import subject_of
from shop.catalog.stock import set_stock
from shop.core.errors import NotFound
from shop.page.audit import record_act
from shop.page.service import raise_version


def restock_variant(
    session: Session, *, page_id: int, variant_id: int, shown: int | None, stock: int | None, cause: Cause
) -> tuple[str, bool]:
    """Set the stock of a page's variant; return what it is called and whether that changed anything.

    StockChanged when it is not the ``shown`` one any more, NotFound for another page's variant.
    """
    found = session.execute(
        select(Product, Variant)
        .join(Variant, Variant.product_id == Product.id)
        .where(Variant.id == variant_id, Variant.page_id == page_id)
    ).one_or_none()
    if found is None:
        raise NotFound
    product, variant = found
    title = title_of(variant)
    is_changed = set_stock(session, variant_id=variant_id, shown=shown, stock=stock, cause=cause)
    if is_changed:
        field = f"stock: {title}" if title else "stock"
        record_act(
            session, page_id=page_id, account_id=cause.account_id, act="product.edited", subject=subject_of(product),
            now=cause.at, before={field: shown}, after={field: stock},
        )  # fmt: skip
        raise_version(session, page_id)
    return " · ".join(part for part in (product.title, title) if part), is_changed
