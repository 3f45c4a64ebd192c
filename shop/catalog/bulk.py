"""A change of many products is first proposed: each row with what it is now and what it is to be.

The proposal is kept, so that the preview has an address, what is applied is what was shown, and undoing
knows both. ``bulk_apply`` carries it out.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from shop.catalog.history_models import BulkEdit, BulkKind, BulkState
from shop.catalog.models import Collection, CollectionProduct, Product, ProductStatus, Variant
from shop.catalog.repricing import CompareAt, PriceChange, Repricing, Rounding, price_problem, reprice
from shop.catalog.rules import MAX_STOCK
from shop.catalog.search import MAX_MATCHES
from shop.core.errors import Conflict, NotFound
from shop.core.i18n import N_

MAX_ROWS = 5000
"""So much is shown, applied and undone within one request, in short transactions."""
KEPT = dt.timedelta(days=7)
"""How long a proposal waits to be applied."""
AT_ONCE = 500

RowValues = list[Any]
"""[product id, variant id or None, value shown, value wanted, problem or ""].

Of a collection a value is whether the product is in it; the place, from 1, that it is taken from counts as yes.
"""


class TooManyRows(Conflict):
    """More would be changed than one bulk edit takes."""

    code = "too_many_rows"
    message = N_(
        "That is more than %(limit)s variants at once. Narrow your choice with the search or the status, and take"
        " them in parts."
    )

    def __init__(self) -> None:
        super().__init__(limit=MAX_ROWS)


class NothingTicked(Conflict):
    """No product was chosen."""

    code = "nothing_ticked"
    message = N_("Tick the products first.")


class TooManyMatches(Conflict):
    """A search finds more than it counts, so not all of them can be meant."""

    code = "too_many_matches"
    message = N_(
        "More than %(limit)s products match. Narrow your choice with another word or the status, and take them in"
        " parts."
    )

    def __init__(self) -> None:
        super().__init__(limit=MAX_MATCHES)


@dataclass(frozen=True, slots=True)
class BulkAct:
    """What is to be done to many products; ``what`` is JSON, by kind.

    price {change, value, rounding, compare_at} · stock {adds, value} · status {status} · collection
    {collection_id, title, adds} · tags {tags, adds}.
    """

    kind: BulkKind
    what: Mapping[str, Any] = field(default_factory=dict)


def propose_bulk_edit(
    session: Session, *, page_id: int, account_id: int, product_ids: Sequence[int], act: BulkAct, currency: str,
    now: dt.datetime,
) -> BulkEdit:  # fmt: skip
    """Keep what ``act`` would change of a page's products, and return it; TooManyRows above 5,000 rows.

    What would stay as it is has no row; what cannot be changed has one with its problem.
    """
    session.execute(
        delete(BulkEdit).where(
            BulkEdit.page_id == page_id,
            BulkEdit.state == BulkState.PROPOSED,
            BulkEdit.created_at < now - KEPT,
        )
    )
    rows: list[RowValues] = []
    for start in range(0, len(product_ids), AT_ONCE):
        ids = list(product_ids[start : start + AT_ONCE])
        rows += _rows(session, page_id, ids, act, currency)
        if len(rows) > MAX_ROWS:
            raise TooManyRows
    edit = BulkEdit(
        page_id=page_id, account_id=account_id, kind=act.kind, what=dict(act.what), rows=rows,
        state=BulkState.PROPOSED, progress=0, skipped={}, not_undone={}, created_at=now,
    )  # fmt: skip
    session.add(edit)
    session.flush()
    return edit


def _rows(session: Session, page_id: int, ids: Sequence[int], act: BulkAct, currency: str) -> list[RowValues]:
    what = act.what
    found: Iterable[RowValues]
    if act.kind is BulkKind.PRICE:
        change = Repricing(
            PriceChange(what["change"]),
            what["value"],
            Rounding(what["rounding"]),
            CompareAt(what["compare_at"]),
        )
        found = (_price_row(one, change, currency) for one in _variants(session, page_id, ids))
    elif act.kind is BulkKind.STOCK:
        found = (_stock_row(one, what) for one in _variants(session, page_id, ids))
    elif act.kind is BulkKind.COLLECTION:
        found = _collection_rows(session, page_id, ids, what)
    else:
        found = (_head_row(one, act) for one in _heads(session, page_id, ids))
    return [row for row in found if row[2] != row[3]]


def _variants(session: Session, page_id: int, ids: Sequence[int]) -> Sequence[Any]:
    statement = (
        select(Variant.product_id, Variant.id, Variant.price_amount, Variant.compare_at_amount, Variant.stock)
        .where(Variant.page_id == page_id, Variant.product_id.in_(ids))
        .order_by(Variant.product_id, Variant.position, Variant.id)
    )
    return session.execute(statement).all()


def _heads(session: Session, page_id: int, ids: Sequence[int]) -> Sequence[Any]:
    statement = select(Product.id, Product.status, Product.tags).where(
        Product.page_id == page_id, Product.id.in_(ids)
    )
    return session.execute(statement.order_by(Product.id)).all()


def _price_row(variant: Any, change: Repricing, currency: str) -> RowValues:
    shown = [variant.price_amount, variant.compare_at_amount]
    price, compare_at = reprice(variant.price_amount, variant.compare_at_amount, change, currency)
    return [variant.product_id, variant.id, shown, [price, compare_at], price_problem(price, compare_at)]


def _stock_row(variant: Any, what: Mapping[str, Any]) -> RowValues:
    problem = ""
    wanted = what["value"]
    if what["adds"]:
        problem = "unlimited" if variant.stock is None else ""
        wanted = (variant.stock or 0) + what["value"]
    if not problem and wanted < 0:
        problem = "below_zero"
    elif not problem and wanted > MAX_STOCK:
        problem = "too_many"
    return [variant.product_id, variant.id, variant.stock, wanted, problem]


def _head_row(product: Any, act: BulkAct) -> RowValues:
    if act.kind is BulkKind.STATUS:
        return [product.id, None, product.status.value, ProductStatus(act.what["status"]).value, ""]
    tags = list(act.what["tags"])
    shown = list(product.tags)
    left = [tag for tag in shown if tag not in tags]
    wanted = [*shown, *(tag for tag in tags if tag not in shown)] if act.what["adds"] else left
    return [product.id, None, shown, wanted, ""]


def _collection_rows(
    session: Session, page_id: int, ids: Sequence[int], what: Mapping[str, Any]
) -> Iterator[RowValues]:
    statement = select(Collection.id).where(
        Collection.id == what["collection_id"], Collection.page_id == page_id
    )
    if session.scalar(statement) is None:
        raise NotFound
    places = dict(
        session.execute(
            select(CollectionProduct.product_id, CollectionProduct.position).where(
                CollectionProduct.collection_id == what["collection_id"],
                CollectionProduct.product_id.in_(ids),
            )
        ).all()
    )
    for product in _heads(session, page_id, ids):
        if (product.id in places) is not bool(what["adds"]):
            yield [product.id, None, places.get(product.id, False), bool(what["adds"]), ""]


def get_bulk_edit(session: Session, *, page_id: int, edit_id: int) -> BulkEdit:
    """Return a page's bulk edit, or raise NotFound."""
    statement = select(BulkEdit).where(BulkEdit.page_id == page_id, BulkEdit.id == edit_id)
    edit = session.scalars(statement).one_or_none()
    if edit is None:
        raise NotFound
    return edit


def map_names(
    session: Session, *, page_id: int, product_ids: Sequence[int]
) -> tuple[dict[int, Any], dict[int, str]]:
    """Return products (``title``, ``translations``) and the names of their variants by id, in two statements."""
    products = session.execute(
        select(Product.id, Product.title, Product.translations).where(
            Product.page_id == page_id, Product.id.in_(product_ids)
        )
    )
    variants = session.execute(
        select(Variant.id, Variant.option1, Variant.option2, Variant.option3).where(
            Variant.page_id == page_id, Variant.product_id.in_(product_ids)
        )
    )
    return (
        {row.id: row for row in products},
        {row.id: " / ".join(value for value in row[1:] if value) for row in variants},
    )
