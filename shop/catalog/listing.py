"""The hot query: a page's products as cards, sorted, filtered, searched, in at most two statements.

Statements are built once for each shape of question and reused with other values.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Row,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session

from shop.catalog.models import LOW_STOCK, CollectionProduct, Product, ProductPicture, ProductStatus, Variant
from shop.catalog.search import MAX_MATCHES, match_parameter, matching_ids, rank
from shop.catalog.sorting import Sort, read_cursor, write_cursor
from shop.core.money import MAX_AMOUNT
from shop.core.text_search import terms_of

__all__ = [
    "CardPage",
    "ProductCard",
    "Sort",
    "alt_text",
    "list_cards",
    "list_cards_by_id",
]

MAX_LIMIT = 100


@dataclass(frozen=True, slots=True)
class ProductCard:
    """A product as a grid shows it. Amounts are minor units of the page's currency.

    ``stock_left`` is a number only when few are left in all; ``single_variant_id`` is what a Buy
    button on the card buys, None where a choice must be made first.
    """

    id: int
    slug: str
    title: str
    translations: dict[str, Any]
    price_from_amount: int
    price_to_amount: int
    compare_at_amount: int | None
    picture: dict[str, Any] | None
    alt: str
    is_available: bool
    stock_left: int | None
    single_variant_id: int | None


@dataclass(frozen=True, slots=True)
class CardPage:
    """Some cards, where the next ones start (None at the end), and how many there are in all.

    ``total`` is exact up to 1,000; beyond, ``is_total_exact`` is False and it is 1,000.
    """

    cards: list[ProductCard]
    next_cursor: str | None
    total: int
    is_total_exact: bool = True


@dataclass(frozen=True)
class _Shape:
    """What a statement is made for; its values come as parameters."""

    dialect: str
    sort: Sort
    after: bool
    collection: bool
    terms: int
    min_price: bool
    max_price: bool
    in_stock: bool | None


def list_cards(
    session: Session,
    *,
    page_id: int,
    language: str,
    sort: str | None = None,
    limit: int = 24,
    cursor: str | None = None,
    collection_id: int | None = None,
    query: str | None = None,
    min_price: int | None = None,
    max_price: int | None = None,
    in_stock: bool | None = None,
) -> CardPage:
    """Return published products; BadCursor for a cursor of another list.

    A price filter keeps products of which some price lies in the range. ``sort`` None means by
    relevance in a search, by hand in a collection, else the newest first. A query without a single
    letter or digit finds nothing.
    """
    terms = terms_of(query) if query else []
    if query and query.strip() and not terms:
        return CardPage([], None, 0)
    order = _order(sort, searches=bool(terms), in_collection=collection_id is not None)
    dialect = session.get_bind().dialect.name
    shape = _Shape(
        dialect,
        order,
        cursor is not None,
        collection_id is not None,
        len(terms),
        min_price is not None,
        max_price is not None,
        in_stock,
    )
    limit = max(1, min(limit, MAX_LIMIT))
    parameters: dict[str, Any] = {
        "page_id": page_id,
        "collection_id": collection_id,
        "min_price": _within_range(min_price),
        "max_price": _within_range(max_price),
        "limit": limit + 1,
    }
    if terms:
        parameters["status"] = ProductStatus.PUBLISHED
        parameters["match"] = match_parameter(
            dialect, page_id=page_id, status=ProductStatus.PUBLISHED, terms=terms
        )
        parameters |= {f"term{index}": term for index, term in enumerate(terms)}
    if cursor is not None:
        parameters["after_value"], parameters["after_id"] = read_cursor(cursor, order)
    rows = session.execute(_cards_statement(shape), parameters).all()
    if not rows:
        total = session.scalar(_total_statement(shape), parameters) if cursor is not None else 0
    else:
        total = rows[0].total
    shown = rows[:limit]
    next_cursor = write_cursor(order, shown[-1].sort_value, shown[-1].id) if len(rows) > limit else None
    cards = _cards(session, shown, language)
    return CardPage(cards, next_cursor, min(total or 0, MAX_MATCHES), (total or 0) <= MAX_MATCHES)


def _within_range(amount: int | None) -> int | None:
    """Return a price that every database can compare with, whatever number was asked for."""
    return None if amount is None else max(0, min(amount, MAX_AMOUNT))


def _order(sort: str | None, *, searches: bool, in_collection: bool) -> Sort:
    fallback = Sort.RELEVANCE if searches else Sort.FEATURED if in_collection else Sort.NEWEST
    try:
        order = Sort(sort) if sort else fallback
    except ValueError:
        return fallback
    if (order is Sort.RELEVANCE and not searches) or (order is Sort.FEATURED and not in_collection):
        return fallback
    return order


_SORT_KEYS: dict[Sort, tuple[ColumnElement[Any], bool]] = {
    Sort.NEWEST: (Product.published_at.expression, True),
    Sort.PRICE: (Product.price_from_amount.expression, False),
    Sort.PRICE_DOWN: (Product.price_from_amount.expression, True),
    Sort.POPULAR: (Product.sold_count.expression, True),
    Sort.TITLE: (Product.sort_title.expression, False),
    Sort.FEATURED: (CollectionProduct.position.expression, False),
}


def _sort_key(shape: _Shape) -> tuple[ColumnElement[Any], bool]:
    """Return what is sorted by and whether downwards; ids break ties in the same direction."""
    if shape.sort is Sort.RELEVANCE:
        return rank(shape.dialect, shape.terms), False
    return _SORT_KEYS[shape.sort]


def _filtered(shape: _Shape, *columns: Any) -> Select[Any]:
    # In a search the few matches are looked up; "+ 0" keeps SQLite from walking the page's index instead.
    page_id = Product.page_id + 0 if shape.terms else Product.page_id
    statement = select(*columns).where(
        page_id == bindparam("page_id"), Product.status == ProductStatus.PUBLISHED
    )
    if shape.collection:
        statement = statement.join(CollectionProduct, CollectionProduct.product_id == Product.id).where(
            CollectionProduct.collection_id == bindparam("collection_id")
        )
    if shape.terms:
        matches = matching_ids(shape.dialect, has_status=True)
        statement = statement.where(Product.id.in_(select(matches.c.id)))
    if shape.min_price:
        statement = statement.where(Product.price_to_amount >= bindparam("min_price"))
    if shape.max_price:
        statement = statement.where(Product.price_from_amount <= bindparam("max_price"))
    if shape.in_stock is not None:
        available = exists().where(
            Variant.product_id == Product.id, or_(Variant.stock.is_(None), Variant.stock > 0)
        )
        statement = statement.where(available if shape.in_stock else ~available)
    return statement


@lru_cache(maxsize=512)
def _total_statement(shape: _Shape) -> Select[Any]:
    counted = _filtered(shape, Product.id).limit(MAX_MATCHES + 1).subquery()
    return select(func.count().label("total")).select_from(counted)


def _first_picture() -> ScalarSelect[int]:
    return (
        select(ProductPicture.id)
        .where(ProductPicture.product_id == Product.id)
        .order_by(ProductPicture.position, ProductPicture.id)
        .limit(1)
        .correlate(Product)
        .scalar_subquery()
    )


_CARD_COLUMNS = (
    Product.id,
    Product.slug,
    Product.title,
    Product.translations,
    Product.price_from_amount,
    Product.price_to_amount,
    Product.compare_at_amount,
    ProductPicture.picture,
    ProductPicture.alt,
    ProductPicture.translations.label("alt_translations"),
)


@lru_cache(maxsize=512)
def _cards_statement(shape: _Shape) -> Select[Any]:
    key, downwards = _sort_key(shape)
    first_picture = _first_picture()
    statement = _filtered(
        shape,
        *_CARD_COLUMNS,
        key.label("sort_value"),
        _total_statement(shape).scalar_subquery().label("total"),
    ).outerjoin(ProductPicture, ProductPicture.id == first_picture)
    if shape.after:
        value: BindParameter[Any] = bindparam("after_value", type_=key.type)
        row_id: BindParameter[int] = bindparam("after_id")
        past = key < value if downwards else key > value
        past_tie = Product.id < row_id if downwards else Product.id > row_id
        statement = statement.where(or_(past, and_(key == value, past_tie)))
        if shape.sort is not Sort.RELEVANCE:
            # Said once more as a plain range: with the OR alone SQLite walks the index from its start.
            statement = statement.where(key <= value if downwards else key >= value)
    order = (key.desc(), Product.id.desc()) if downwards else (key.asc(), Product.id.asc())
    return statement.order_by(*order).limit(bindparam("limit"))


_STOCK_FACTS = (
    select(
        Variant.product_id,
        func.count().label("variants"),
        func.min(Variant.id).label("first_id"),
        func.sum(case((Variant.stock.is_(None), 1), else_=0)).label("unlimited"),
        func.sum(func.coalesce(Variant.stock, 0)).label("stock"),
    )
    .where(Variant.product_id.in_(bindparam("product_ids", expanding=True)))
    .group_by(Variant.product_id)
)


def _cards(session: Session, rows: Sequence[Row[Any]], language: str) -> list[ProductCard]:
    if not rows:
        return []
    facts = {
        fact.product_id: fact
        for fact in session.execute(_STOCK_FACTS, {"product_ids": [row.id for row in rows]})
    }
    return [_card(row, facts.get(row.id), language) for row in rows]


def _card(row: Row[Any], fact: Row[Any] | None, language: str) -> ProductCard:
    stock = 0 if fact is None else int(fact.stock)
    is_unlimited = fact is not None and fact.unlimited > 0
    return ProductCard(
        id=row.id,
        slug=row.slug,
        title=row.title,
        translations=row.translations,
        price_from_amount=row.price_from_amount,
        price_to_amount=row.price_to_amount,
        compare_at_amount=row.compare_at_amount,
        picture=row.picture,
        alt=alt_text(row.alt, row.alt_translations, language),
        is_available=is_unlimited or stock > 0,
        stock_left=stock if not is_unlimited and 0 < stock <= LOW_STOCK else None,
        single_variant_id=fact.first_id if fact is not None and fact.variants == 1 else None,
    )


def list_cards_by_id(
    session: Session, *, product_ids: Collection[int], language: str
) -> dict[int, ProductCard]:
    """Return the published ones among the products as cards by id, of any pages, in two statements."""
    if not product_ids:
        return {}
    statement = (
        select(*_CARD_COLUMNS)
        .outerjoin(ProductPicture, ProductPicture.id == _first_picture())
        .where(Product.id.in_(product_ids), Product.status == ProductStatus.PUBLISHED)
    )
    return {card.id: card for card in _cards(session, session.execute(statement).all(), language)}


def alt_text(alt: str | None, translations: dict[str, Any] | None, language: str) -> str:
    """Return a picture's alternative text in ``language``, else in the page's own."""
    return str(((translations or {}).get(language) or {}).get("alt") or alt or "")
