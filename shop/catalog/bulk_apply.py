"""Carries out what was proposed, and takes it back, in short transactions that buyers need not wait for.

A row is changed only if it still is what the preview showed: whatever a sale or a colleague changed since is
left alone and told. Adding to a stock is the exception, since what is added is right whatever was sold. How
far a run has come is written in the transaction of each step, so a run that was broken off goes on from there.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from shop.catalog.derived import keep_derived
from shop.catalog.history_models import BulkEdit, BulkKind, BulkState, StockReason
from shop.catalog.locking import lock_products
from shop.catalog.models import Collection, CollectionProduct, Product, ProductStatus, Variant
from shop.catalog.movements import Cause, moves_since, record_movements, stocks_of
from shop.catalog.rules import MAX_STOCK
from shop.catalog.standing import write_status
from shop.core.errors import NotFound
from shop.page.audit import record_act
from shop.page.service import raise_version

STEP_ROWS = 200

CHANGED, GONE = "changed", "gone"


@dataclass(slots=True)
class _Step:
    """One transaction's part of a bulk edit."""

    session: Session
    edit: BulkEdit
    products: Mapping[int, Product]
    now: dt.datetime
    is_undo: bool
    members: set[int] = field(default_factory=set)
    has_shelf: bool = True
    last_place: int = 0


def apply_next(
    session: Session, *, page_id: int, edit_id: int, account_id: int, now: dt.datetime, is_undo: bool = False
) -> bool:
    """Carry out the next rows of a bulk edit, or take them back; return whether any are left.

    To be called in transactions of its own until it returns False. Does nothing, and returns False, when
    the edit does not wait for this.
    """
    edit = session.scalars(
        select(BulkEdit).where(BulkEdit.page_id == page_id, BulkEdit.id == edit_id).with_for_update()
    ).one_or_none()
    if edit is None:
        raise NotFound
    waits = (BulkState.APPLIED, BulkState.UNDOING) if is_undo else (BulkState.PROPOSED, BulkState.APPLYING)
    if edit.state not in waits:
        return False
    places = range(edit.progress, min(edit.progress + STEP_ROWS, len(edit.rows)))
    _take_step(session, edit, places, account_id, now, is_undo=is_undo)
    edit.progress = places.stop
    edit.state = BulkState.UNDOING if is_undo else BulkState.APPLYING
    is_left = places.stop < len(edit.rows)
    if not is_left:
        _finish(session, edit, account_id, now, is_undo=is_undo)
    session.flush()
    raise_version(session, page_id)
    return is_left


def _take_step(
    session: Session, edit: BulkEdit, places: range, account_id: int, now: dt.datetime, *, is_undo: bool
) -> None:
    todo = [
        place for place in places if not edit.rows[place][4] and not (is_undo and str(place) in edit.skipped)
    ]
    ids = sorted({edit.rows[place][0] for place in todo})
    products = lock_products(session, page_id=edit.page_id, product_ids=ids) if ids else {}
    step = _Step(session, edit, products, now, is_undo)
    if edit.kind is BulkKind.COLLECTION:
        _load_shelf(step, ids)
    stocks = {product.id: stocks_of(product) for product in products.values()}
    refused: dict[str, str] = {}
    changed: set[int] = set()
    for place in todo:
        problem = _change_row(step, edit.rows[place])
        if problem:
            refused[str(place)] = problem
        else:
            changed.add(edit.rows[place][0])
    _settle(step, changed)
    cause = Cause(StockReason.BULK_EDITED, now, account_id, str(edit.id))
    moves = [move for product in products.values() for move in moves_since(product, stocks[product.id])]
    record_movements(session, moves, cause)
    if is_undo:
        edit.not_undone = {**edit.not_undone, **refused}
    else:
        edit.skipped = {**edit.skipped, **refused}


def _change_row(step: _Step, row: Sequence[Any]) -> str:
    product_id, variant_id, shown, wanted, _ = row
    if step.is_undo:
        shown, wanted = wanted, shown
    product = step.products.get(product_id)
    if product is None:
        return GONE
    if variant_id is None:
        return _change_product(step, product, shown, wanted)
    variant = next((one for one in product.variants if one.id == variant_id), None)
    if variant is None:
        return GONE
    if step.edit.kind is BulkKind.PRICE:
        return _change_price(variant, shown, wanted)
    return _change_stock(variant, step, shown, wanted)


def _change_price(variant: Variant, shown: Sequence[int | None], wanted: Sequence[int | None]) -> str:
    if [variant.price_amount, variant.compare_at_amount] != list(shown):
        return CHANGED
    variant.price_amount, variant.compare_at_amount = wanted[0] or 0, wanted[1]
    return ""


def _change_stock(variant: Variant, step: _Step, shown: int | None, wanted: int | None) -> str:
    if not step.edit.what["adds"]:
        if variant.stock != shown:
            return CHANGED
        variant.stock = wanted
        return ""
    added = int(step.edit.what["value"])
    if variant.stock is None:
        return "unlimited"
    after = variant.stock + (-added if step.is_undo else added)
    if after < 0:
        return "below_zero"
    if after > MAX_STOCK:
        return "too_many"
    variant.stock = after
    return ""


def _change_product(step: _Step, product: Product, shown: Any, wanted: Any) -> str:
    if step.edit.kind is BulkKind.STATUS:
        if product.status.value != shown:
            return CHANGED
        write_status(product, ProductStatus(wanted), step.now)
    elif step.edit.kind is BulkKind.TAGS:
        if list(product.tags) != list(shown):
            return CHANGED
        product.tags = list(wanted)
    else:
        return _change_shelf(step, product, wanted)
    return ""


def _load_shelf(step: _Step, ids: Sequence[int]) -> None:
    collection_id = step.edit.what["collection_id"]
    # Held, so that nobody deletes it before the products stand in it.
    held = select(Collection.id).where(
        Collection.id == collection_id, Collection.page_id == step.edit.page_id
    )
    step.has_shelf = step.session.scalar(held.with_for_update(read=True, key_share=True)) is not None
    inside = CollectionProduct.collection_id == collection_id
    step.members = set(
        step.session.scalars(
            select(CollectionProduct.product_id).where(inside, CollectionProduct.product_id.in_(ids))
        )
    )
    step.last_place = step.session.scalar(select(func.max(CollectionProduct.position)).where(inside)) or 0


def _change_shelf(step: _Step, product: Product, wanted: bool | int) -> str:
    """Put a product into the collection, last or at the place ``wanted`` that it had, or take it out."""
    if not step.has_shelf:
        return GONE
    if (product.id in step.members) is bool(wanted):
        return CHANGED
    collection_id = step.edit.what["collection_id"]
    if not wanted:
        step.session.execute(
            delete(CollectionProduct).where(
                CollectionProduct.collection_id == collection_id, CollectionProduct.product_id == product.id
            )
        )
        return ""
    place = step.last_place + 1 if wanted is True else wanted
    if place <= step.last_place:
        _make_room(step.session, collection_id, place)
    step.last_place = max(step.last_place + 1, place)
    step.session.add(CollectionProduct(collection_id=collection_id, product_id=product.id, position=place))
    return ""


def _make_room(session: Session, collection_id: int, place: int) -> None:
    """Move what stands at ``place`` or behind it one on, if anything stands there."""
    inside = CollectionProduct.collection_id == collection_id
    is_taken = select(CollectionProduct.product_id).where(inside, CollectionProduct.position == place)
    if session.scalar(is_taken.limit(1)) is not None:
        session.execute(
            update(CollectionProduct)
            .where(inside, CollectionProduct.position >= place)
            .values(position=CollectionProduct.position + 1)
            .execution_options(synchronize_session=False)
        )


def _settle(step: _Step, changed: set[int]) -> None:
    for product_id in sorted(changed):
        product = step.products[product_id]
        if step.edit.kind is BulkKind.STOCK:
            continue  # as a sale: it says nothing about the product
        if step.edit.kind is not BulkKind.STATUS:
            keep_derived(product)
        product.version += 1
        product.updated_at = step.now
    step.session.flush()


def _finish(session: Session, edit: BulkEdit, account_id: int, now: dt.datetime, *, is_undo: bool) -> None:
    edit.progress = 0
    edit.state = BulkState.UNDONE if is_undo else BulkState.APPLIED
    if is_undo:
        edit.undone_at = now
    else:
        edit.applied_at = now
    left_alone = edit.not_undone if is_undo else edit.skipped
    rows = [row for place, row in enumerate(edit.rows) if not row[4] and str(place) not in edit.skipped]
    record_act(
        session, page_id=edit.page_id, account_id=account_id, now=now,
        act="product.bulk_undone" if is_undo else "product.bulk_edited",
        subject=("bulk_edit", str(edit.id), edit.kind.value),
        after={
            "kind": edit.kind.value, **edit.what, "products": len({row[0] for row in rows}), "rows": len(rows),
            "left_alone": len(left_alone),
        },
    )  # fmt: skip
