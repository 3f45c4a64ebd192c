"""What the first steps of a page ask of the database."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from shop.catalog.models import Product, ProductStatus


def has_published_product(session: Session, page_id: int) -> bool:
    """Tell whether the page's shop sells anything."""
    published = exists().where(Product.page_id == page_id, Product.status == ProductStatus.PUBLISHED)
    return bool(session.scalar(select(published)))
