"""The stock history: who moved which stock, when and why, written in the same transaction."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from shop.catalog.history_models import StockMovement, StockReason
from shop.catalog.models import Product, Variant

_TABLE = cast(Table, StockMovement.__table__)


@dataclass(frozen=True, slots=True)
class Cause:
    """Why stock moves: ``account_id`` is the member of staff who did it, ``ref`` what it belongs to.

    ``ref`` is the order's number for what buyers and refunds move, an import's or a bulk edit's id.
    """

    reason: StockReason
    at: dt.datetime
    account_id: int | None = None
    ref: str | None = None


@dataclass(frozen=True, slots=True)
class Movement:
    """A counted stock that has moved; ``change`` None where counting starts or ends."""

    page_id: int
    product_id: int
    variant_id: int
    change: int | None
    stock_after: int | None
    reason: StockReason | None = None
    """Another reason than the cause's."""
    ref: str | None = None
    """Something else that it belongs to."""


def record_movements(session: Session, movements: Sequence[Movement], cause: Cause) -> None:
    """Write movements into the history, in one statement."""
    if movements:
        # The bare table: past the unit of work it costs a large import a third as much.
        session.execute(insert(_TABLE), [_row(movement, cause) for movement in movements])


def _row(movement: Movement, cause: Cause) -> dict[str, Any]:
    return {
        "page_id": movement.page_id,
        "product_id": movement.product_id,
        "variant_id": movement.variant_id,
        "at": cause.at,
        "change": movement.change,
        "stock_after": movement.stock_after,
        "reason": movement.reason or cause.reason,
        "account_id": cause.account_id,
        "ref": movement.ref or cause.ref,
    }


Before = Mapping[int, tuple[int | None, str]]
"""A product's variants as they were: id to stock and title."""


def stocks_of(product: Product) -> dict[int, tuple[int | None, str]]:
    """Return the stocks of a product whose variants are loaded and locked, before they are changed."""
    return {
        variant.id: (variant.stock, title_of(variant))
        for variant in product.variants
        if variant.id is not None
    }


def title_of(variant: Variant) -> str:
    """Return a variant's option values as one text, "" without options."""
    return " / ".join(variant.option_values)


def moves_since(
    product: Product, before: Before, *, new: StockReason = StockReason.CREATED
) -> list[Movement]:
    """Return how the stocks of ``product`` (flushed) differ from ``before``; ``new`` is the reason of new variants."""
    return [*_removed(product, before), *_changed(product, before, new)]


def _removed(product: Product, before: Before) -> Iterable[Movement]:
    kept = {variant.id for variant in product.variants}
    for variant_id, (stock, title) in before.items():
        if variant_id not in kept and stock is not None:
            yield Movement(
                product.page_id, product.id, variant_id, -stock, 0, StockReason.REMOVED, title or None
            )


def _changed(product: Product, before: Before, new: StockReason) -> Iterable[Movement]:
    for variant in product.variants:
        is_new = variant.id not in before
        stock = None if is_new else before[variant.id][0]
        if stock == variant.stock:
            continue
        counted_from = 0 if is_new else stock
        change = None if variant.stock is None or counted_from is None else variant.stock - counted_from
        yield Movement(
            product.page_id, product.id, variant.id, change, variant.stock, new if is_new else None
        )
