"""A page's orders, newest first: found by words and filters, counted, taken part by part.

All of it stays bounded however many orders a page has (docs/algorithms/order-list.md): filters are answered from
an index that holds what they ask for, a search by its matches while they are few, and by stepping from the newest
order on when they are many.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    bindparam,
    column,
    func,
    literal,
    literal_column,
    select,
    table,
    tuple_,
)
from sqlalchemy.orm import Session, defer, selectinload

from shop.core.places import Place, read_place
from shop.core.text_search import terms_of
from shop.orders.filters import Follower, OrderFilter, Refunded, Shipping, day_bounds
from shop.orders.models import (
    RETURNED_SQL,
    TO_SHIP_SQL,
    FulfilmentStatus,
    Order,
    OrderStatus,
    ReturnStatus,
)
from shop.orders.search_index import scoped

MAX_MATCHES = 1000
"""A search with more matches is answered by stepping through the newest orders instead of looking at all of them."""
COUNTED = 1000
"""Exact counts go so far, then "1,000+"."""

_order_search = table("order_search", column("rowid", Integer))
_RETURNS = {Refunded.PARTIAL: ReturnStatus.PARTIAL, Refunded.WHOLE: ReturnStatus.REFUNDED}


@dataclass(frozen=True, slots=True)
class ListScope:
    """Whose orders are listed: the page, and the currency and country that amounts and days are meant in."""

    page_id: int
    currency: str
    country: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a list: ids of orders, newest first, and the cursor of the part after, None at the end."""

    ids: list[int]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Selection:
    """A filter made ready to be asked: its conditions on ``orders``, and whether nothing can pass."""

    conditions: tuple[ColumnElement[bool], ...]
    is_nothing: bool = False
    is_walk: bool = False
    """Whether rows have to be read to tell who passes: the search has too many matches to look at them all."""


def select_orders(
    session: Session, scope: ListScope, wanted: OrderFilter, *, max_matches: int = MAX_MATCHES
) -> Selection:
    """Make a filter ready; a search among its conditions asks the index once, for so many matches."""
    conditions = _conditions(scope, wanted)
    if not wanted.q:
        return Selection((Order.page_id == scope.page_id, *conditions))
    terms = [scoped(scope.page_id, term) for term in terms_of(wanted.q)]
    matches = _matching_ids(session, scope.page_id, terms, max_matches + 1) if terms else []
    if not matches:
        return Selection((), is_nothing=True)
    if len(matches) <= max_matches:
        # Not by page as well: SQLite would rather step through all of the page's orders than look the few up.
        return Selection((Order.id.in_(matches), *conditions))
    walk = [_has_word(session, term, is_last=term == terms[-1]) for term in terms]
    return Selection((Order.page_id == scope.page_id, *conditions, *walk), is_walk=True)


def _matching_ids(session: Session, page_id: int, terms: Sequence[str], limit: int) -> list[int]:
    """Return ids of at most ``limit`` orders that have all terms, the last one as a beginning."""
    if session.get_bind().dialect.name == "sqlite":
        match = " ".join(f'"{term}"' for term in terms) + "*"
        found = select(_order_search.c.rowid).where(
            literal_column("order_search").op("MATCH")(bindparam("match"))
        )
    else:
        match = " & ".join(f"'{term}'" for term in terms) + ":*"
        simple: ColumnElement[str] = literal_column("'simple'")
        found = select(Order.id).where(
            Order.page_id == page_id,
            func.to_tsvector(simple, Order.search_text).op("@@")(func.to_tsquery(simple, bindparam("match"))),
        )
    return list(session.scalars(found.limit(limit), {"match": match}))


def _has_word(session: Session, term: str, *, is_last: bool) -> ColumnElement[bool]:
    position = func.instr if session.get_bind().dialect.name == "sqlite" else func.strpos
    words = literal(" ").concat(Order.search_text).concat(" ")
    return position(words, f" {term}" if is_last else f" {term} ") > 0


def _conditions(scope: ListScope, wanted: OrderFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.status is not None:
        found.append(Order.status == wanted.status)
    if wanted.shipping is not None:
        found += _shipping_conditions(wanted.shipping)
    if wanted.refunded is not None:
        found += _refund_conditions(wanted.refunded)
    if wanted.follower is not None:
        found.append(Order.was_follower == (wanted.follower is Follower.YES))
    if wanted.country is not None:
        found.append(Order.country == wanted.country)
    first, end = day_bounds(wanted, scope.country)
    found += _between(Order.placed_at, first, None) + _amount_conditions(scope, wanted)
    return found if end is None else [*found, Order.placed_at < end]


def _amount_conditions(scope: ListScope, wanted: OrderFilter) -> list[ColumnElement[bool]]:
    found = _between(Order.total_amount, wanted.min_amount, wanted.max_amount)
    return [*found, Order.currency == scope.currency] if found else []


def _between(value: Any, lowest: Any, highest: Any) -> list[ColumnElement[bool]]:
    found = [] if lowest is None else [value >= lowest]
    return found if highest is None else [*found, value <= highest]


def _shipping_conditions(shipping: Shipping) -> list[ColumnElement[bool]]:
    if shipping is Shipping.SHIPPED:
        return [Order.fulfilment_status == FulfilmentStatus.FULFILLED]
    partial = [Order.fulfilment_status == FulfilmentStatus.PARTIAL] if shipping is Shipping.PARTIAL else []
    return [_literally(TO_SHIP_SQL), *partial]


def _refund_conditions(refunded: Refunded) -> list[ColumnElement[bool]]:
    if refunded is Refunded.NONE:
        return [Order.return_status == ReturnStatus.NONE]
    kind = _RETURNS.get(refunded)
    return [_literally(RETURNED_SQL), *([Order.return_status == kind] if kind else [])]


def _literally(condition: str) -> ColumnElement[bool]:
    found: ColumnElement[bool] = literal_column(f"({condition})")
    return found


def find_part(session: Session, selection: Selection, *, cursor: str | None, limit: int) -> Part:
    """Return the ids of the ``limit`` newest orders after ``cursor``; a cursor that cannot be read starts anew."""
    if selection.is_nothing:
        return Part([], None)
    statement = select(Order.id, Order.placed_at).where(*selection.conditions)
    if cursor and (place := read_place(cursor)):
        statement = statement.where(tuple_(Order.placed_at, Order.id) < place)
    rows = session.execute(statement.order_by(Order.placed_at.desc(), Order.id.desc()).limit(limit + 1)).all()
    last = rows[limit - 1] if len(rows) > limit else None
    return Part([row.id for row in rows[:limit]], str(Place(last.placed_at, last.id)) if last else None)


def load_orders(session: Session, ids: Sequence[int]) -> list[Order]:
    """Return orders with their lines, in the order of ``ids``."""
    if not ids:
        return []
    statement = select(Order).where(Order.id.in_(ids)).options(
        selectinload(Order.lines), defer(Order.search_text)
    )  # fmt: skip
    found = {order.id: order for order in session.scalars(statement)}
    return [found[order_id] for order_id in ids if order_id in found]


def list_orders_by_number(session: Session, *, page_id: int, numbers: Sequence[str]) -> list[Order]:
    """Return a page's orders with their lines, in the order of ``numbers``; other pages' are left out."""
    statement = select(Order).where(Order.page_id == page_id, Order.number.in_(numbers))
    statement = statement.options(selectinload(Order.lines))
    found = {order.number: order for order in session.scalars(statement)}
    return [found[number] for number in numbers if number in found]


def count_selected(session: Session, selection: Selection, *, at_most: int = COUNTED) -> int | None:
    """Return how many orders pass, at most one more than ``at_most``; None when telling would cost too much."""
    if selection.is_nothing:
        return 0
    if selection.is_walk:
        return None
    counted = select(Order.id).where(*selection.conditions).limit(at_most + 1).subquery()
    return session.scalar(select(func.count()).select_from(counted)) or 0


def count_by_status(session: Session, page_id: int, *, at_most: int = COUNTED) -> dict[str, int]:
    """Return how many orders stand in each status and how many are ``to_ship``, at most one more than ``at_most``."""
    groups = {status.value: Order.status == status for status in OrderStatus}
    groups[Shipping.TO_SHIP.value] = _literally(TO_SHIP_SQL)
    counts = [
        select(func.count())
        .select_from(
            select(literal(1)).select_from(Order).where(Order.page_id == page_id, condition).limit(at_most + 1).subquery()
        )
        .scalar_subquery()
        .label(name)
        for name, condition in groups.items()
    ]  # fmt: skip
    found = session.execute(select(*counts)).mappings().one()
    return {name: int(found[name]) for name in groups}
