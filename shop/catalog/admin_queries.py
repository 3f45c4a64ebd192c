"""The admin's list of products: searched, by status, the last changed first, paged by place and not by number."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from shop.catalog.models import Product, ProductPicture, ProductStatus, Variant
from shop.catalog.search import MAX_MATCHES, match_parameter, matching_ids
from shop.core.places import Place
from shop.core.text_search import terms_of


@dataclass(frozen=True, slots=True)
class AdminProductRow:
    """A product as the admin's list shows it; ``stock`` None means that some variant is unlimited."""

    id: int
    slug: str
    title: str
    translations: dict[str, Any]
    status: ProductStatus
    price_from_amount: int
    price_to_amount: int
    updated_at: dt.datetime
    picture: dict[str, Any] | None
    variants: int
    stock: int | None


@dataclass(frozen=True, slots=True)
class AdminProductPage:
    """One part of the admin's list; ``total`` is exact up to 1,000. ``previous`` and ``next`` are where others start."""

    rows: list[AdminProductRow]
    total: int
    is_total_exact: bool
    previous: Place | None = None
    next: Place | None = None


def list_products_for_admin(
    session: Session,
    *,
    page_id: int,
    status: ProductStatus | None = None,
    query: str = "",
    after: Place | None = None,
    before: Place | None = None,
    limit: int = 50,
) -> AdminProductPage:
    """Return a page's products in any status (or one), the last changed first, in two statements.

    Those behind ``after``, or the ones just above ``before``.
    """
    found = _conditions(session, page_id, status, query)
    if found is None:
        return AdminProductPage([], 0, is_total_exact=True)
    conditions, parameters = found
    counted = select(Product.id).where(*conditions).limit(MAX_MATCHES + 1).subquery()
    total = session.scalar(select(func.count()).select_from(counted), parameters) or 0
    is_backwards = after is None and before is not None
    statement = _from_place(
        _listed().where(*conditions), before if is_backwards else after, is_backwards=is_backwards
    )
    rows = [_admin_row(row._asdict()) for row in session.execute(statement.limit(limit + 1), parameters)]
    is_more = len(rows) > limit
    rows = rows[:limit]
    if is_backwards:
        rows.reverse()
    first, last = (Place(row.updated_at, row.id) for row in (rows[0], rows[-1])) if rows else (None, None)
    return AdminProductPage(
        rows,
        min(total, MAX_MATCHES),
        is_total_exact=total <= MAX_MATCHES,
        previous=first if (is_more if is_backwards else after is not None) else None,
        next=last if (is_backwards or is_more) else None,
    )


def list_matching_product_ids(
    session: Session, *, page_id: int, status: ProductStatus | None, query: str, limit: int
) -> list[int]:
    """Return the ids of all products that the list would show, the oldest first, at most ``limit``."""
    found = _conditions(session, page_id, status, query)
    if found is None:
        return []
    conditions, parameters = found
    statement = select(Product.id).where(*conditions).order_by(Product.id).limit(limit)
    return list(session.scalars(statement, parameters))


def _conditions(
    session: Session, page_id: int, status: ProductStatus | None, query: str
) -> tuple[list[ColumnElement[bool]], dict[str, Any]] | None:
    terms = terms_of(query)
    if query.strip() and not terms:
        return None
    parameters: dict[str, Any] = {"page_id": page_id}
    conditions: list[ColumnElement[bool]] = [Product.page_id == page_id]
    if status is not None:
        conditions.append(Product.status == status)
    if terms:
        dialect = session.get_bind().dialect.name
        parameters["match"] = match_parameter(dialect, page_id=page_id, status=status, terms=terms)
        parameters["status"] = status
        matches = matching_ids(dialect, has_status=status is not None)
        conditions.append(Product.id.in_(select(matches.c.id)))
    return conditions, parameters


def _from_place(statement: Select[Any], place: Place | None, *, is_backwards: bool) -> Select[Any]:
    moment, row_id = Product.updated_at, Product.id
    if place is not None and is_backwards:
        past = or_(moment > place.at, and_(moment == place.at, row_id > place.id))
        # Said once more as a plain range: with the OR alone SQLite walks the index from its start.
        statement = statement.where(moment >= place.at, past)
    elif place is not None:
        past = or_(moment < place.at, and_(moment == place.at, row_id < place.id))
        statement = statement.where(moment <= place.at, past)
    return statement.order_by(*((moment, row_id) if is_backwards else (moment.desc(), row_id.desc())))


def _listed() -> Select[Any]:
    stock, unlimited, variants = (
        select(figure).where(Variant.product_id == Product.id).correlate(Product).scalar_subquery()
        for figure in (
            func.coalesce(func.sum(Variant.stock), 0),
            func.count().filter(Variant.stock.is_(None)),
            func.count(),
        )
    )
    first_picture = (
        select(ProductPicture.picture)
        .where(ProductPicture.product_id == Product.id)
        .order_by(ProductPicture.position, ProductPicture.id)
        .limit(1)
        .correlate(Product)
        .scalar_subquery()
    )
    return select(
        Product.id,
        Product.slug,
        Product.title,
        Product.translations,
        Product.status,
        Product.price_from_amount,
        Product.price_to_amount,
        Product.updated_at,
        first_picture.label("picture"),
        variants.label("variants"),
        stock.label("stock"),
        unlimited.label("unlimited"),
    )


def _admin_row(facts: dict[str, Any]) -> AdminProductRow:
    is_unlimited = facts.pop("unlimited") > 0
    return AdminProductRow(**{**facts, "stock": None if is_unlimited else int(facts["stock"])})


def count_products_by_status(session: Session, *, page_id: int) -> dict[ProductStatus, int]:
    """Return how many products stand in each status; above 1,000 the count stops at 1,001."""
    counts = {}
    for status in ProductStatus:
        counted = (
            select(Product.id)
            .where(Product.page_id == page_id, Product.status == status)
            .limit(MAX_MATCHES + 1)
            .subquery()
        )
        counts[status] = select(func.count()).select_from(counted).scalar_subquery()
    row = session.execute(select(*counts.values())).one()
    return dict(zip(counts, row, strict=True))
