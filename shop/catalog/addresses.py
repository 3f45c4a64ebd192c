"""Addresses of products and collections: free ones, taken ones, and old ones that lead to the new."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from shop.catalog.history_models import AddressKind, SlugRedirect
from shop.catalog.models import Product


def is_product_slug_taken(session: Session, page_id: int, slug: str) -> bool:
    """Tell whether a product of the page has this address now."""
    statement = select(Product.id).where(Product.page_id == page_id, Product.slug == slug)
    return session.scalar(statement) is not None


def free_product_slug(session: Session, page_id: int, base: str) -> str:
    """Return ``base``, or the first of ``base-2``, ``base-3`` … that no product of the page has."""
    if not is_product_slug_taken(session, page_id, base):
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


def take_address(session: Session, kind: AddressKind, *, page_id: int, slug: str) -> None:
    """End the redirect from ``slug``: something has that address for itself now."""
    take_addresses(session, kind, page_id=page_id, slugs=[slug])


def take_addresses(session: Session, kind: AddressKind, *, page_id: int, slugs: Sequence[str]) -> None:
    """End the redirects from ``slugs``, in one statement."""
    session.execute(
        delete(SlugRedirect).where(
            SlugRedirect.page_id == page_id, SlugRedirect.kind == kind, SlugRedirect.slug.in_(slugs)
        )
    )


def map_moved_products(session: Session, *, page_id: int, slugs: Sequence[str]) -> dict[str, int]:
    """Return the ids of the products that had these addresses before, by address."""
    statement = select(SlugRedirect.slug, SlugRedirect.product_id).where(
        SlugRedirect.page_id == page_id,
        SlugRedirect.kind == AddressKind.PRODUCT,
        SlugRedirect.slug.in_(slugs),
        SlugRedirect.product_id.is_not(None),
    )
    return {slug: product_id for slug, product_id in session.execute(statement) if product_id is not None}


def leave_address(
    session: Session, kind: AddressKind, *, page_id: int, slug: str, target_id: int, now: dt.datetime
) -> None:
    """Let the old address ``slug`` lead to the product or collection ``target_id``."""
    insert = pg_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    target = {"product_id": None, "collection_id": None, f"{kind.value}_id": target_id}
    statement = insert(SlugRedirect).values(page_id=page_id, kind=kind, slug=slug, created_at=now, **target)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["page_id", "kind", "slug"], set_={**target, "created_at": now}
        )
    )
