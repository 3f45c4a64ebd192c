"""Writes what a merchant's file says into the catalogue, a batch of products at a time.

Products are found again by the address made of their handle, which they have or had, so importing twice
changes nothing. The file's word is whole for a product that it names: variants that it no longer has go
(orders keep their own copies). Stock is the exception: it is written when a variant is new, later only when
asked for, since units sold meanwhile must not come back.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Table, column, func, insert, select, table
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from shop.catalog.addresses import map_moved_products, take_addresses
from shop.catalog.drafts import ProductDraft, StockRule, VariantDraft
from shop.catalog.history_models import AddressKind, StockReason
from shop.catalog.import_changes import Facts, changes_between, facts_of
from shop.catalog.import_models import Planned
from shop.catalog.import_pictures import ask_for_pictures
from shop.catalog.importing.records import ProductRecord
from shop.catalog.models import Collection, CollectionProduct, Product, ProductStatus, Variant
from shop.catalog.movements import Before, Cause, moves_since, record_movements, stocks_of
from shop.catalog.rules import check_draft
from shop.catalog.service import apply_draft, blank_product
from shop.core.ids import slugify
from shop.core.money import from_decimal
from shop.page.service import raise_version

MAX_COLLECTION_SLUG = 80
_EVER = table("sqlite_sequence", column("name"), column("seq"))
"""What SQLite remembers of tables that never give a number out twice."""

# What the database gives by itself is left out.
_PRODUCT_COLUMNS = tuple(column.name for column in Product.__table__.columns if column.name != "sold_count")
_VARIANT_COLUMNS = tuple(column.name for column in Variant.__table__.columns)


@dataclass(slots=True)
class Written:
    """What became of one product; ``changes`` name what an older one was before (see ``import_changes``)."""

    record: ProductRecord
    product: Product
    outcome: Planned
    changes: list[str] = field(default_factory=list)

    def mark(self, *changes: str) -> None:
        """Tell that an older product changed in this too."""
        if self.outcome is not Planned.CREATED:
            self.outcome = Planned.CHANGED
            self.changes += [name for name in changes if name not in self.changes]


@dataclass(slots=True)
class BatchOutcome:
    """What one batch did.

    ``refused`` are (record, field, English reason); ``failed_pictures`` are (row, address, English
    reason) of earlier attempts.
    """

    created: int = 0
    updated: int = 0
    written: list[Written] = field(default_factory=list)
    refused: list[tuple[ProductRecord, str, str]] = field(default_factory=list)
    failed_pictures: list[tuple[int, str, str]] = field(default_factory=list)


def write_batch(
    session: Session,
    *,
    page_id: int,
    currency: str,
    records: Sequence[ProductRecord],
    sets_stock: bool,
    now: dt.datetime,
    account_id: int | None = None,
    run_id: int | None = None,
) -> BatchOutcome:
    """Create or change the products of ``records`` and ask for their pictures.

    One statement reads all of them, one flush writes them. ``sets_stock`` writes the file's stock over
    that of variants that exist already. Raises the page's version when anything visible changed.
    ``account_id`` and ``run_id`` tell whose import it is, if it is remembered.
    """
    outcome = BatchOutcome()
    queue_behind_other_imports(session, page_id)
    existing = _lock_existing(session, page_id, [record.slug for record in records])
    stocks: dict[int, Before] = {product.id: stocks_of(product) for product in existing.values()}
    written = outcome.written
    created: list[Product] = []
    with session.no_autoflush:
        for record in records:
            draft = _draft_of(record, currency, sets_stock=sets_stock)
            problems = check_draft(draft)
            if problems:
                name, texts = next(iter(problems.items()))
                outcome.refused.append((record, name, texts[0]))
                continue
            product = existing.get(record.slug)
            if product is None:
                product = blank_product(page_id=page_id, slug=record.slug, now=now)
                apply_draft(session, product, draft, now)
                created.append(product)
                written.append(Written(record, product, Planned.CREATED))
            else:
                written.append(_change(session, record, product, draft, now))
    session.flush()
    _insert(session, created)
    outcome.created = len(created)
    cause = Cause(StockReason.IMPORTED, now, account_id, None if run_id is None else str(run_id))
    _record_stocks(session, [one.product for one in written], stocks, cause)
    pairs = [(one.record, one.product) for one in written]
    shelved = _put_on_shelves(session, page_id, pairs, now)
    pictures = ask_for_pictures(session, pairs, page_id=page_id, run_id=run_id, now=now)
    outcome.failed_pictures = pictures.failed
    for one in written:
        if one.product.id in shelved:
            one.mark("collections")
        if one.product.id in pictures.changed:
            one.mark("pictures")
        if one.outcome is Planned.CHANGED:
            one.product.version += 1
            one.product.updated_at = now
            outcome.updated += 1
    session.flush()
    if outcome.created or outcome.updated:
        raise_version(session, page_id)
    return outcome


def _record_stocks(
    session: Session, products: Sequence[Product], before: Mapping[int, Before], cause: Cause
) -> None:
    movements = [
        movement
        for product in products
        for movement in moves_since(product, before.get(product.id, {}), new=cause.reason)
    ]
    record_movements(session, movements, cause)


def _change(
    session: Session, record: ProductRecord, product: Product, draft: ProductDraft, now: dt.datetime
) -> Written:
    before: Facts = facts_of(product)
    written = Written(record, product, Planned.UNCHANGED)
    if apply_draft(session, product, draft, now):
        written.mark(*changes_between(before, facts_of(product)))
    return written


def queue_behind_other_imports(session: Session, page_id: int) -> None:
    """Wait until no other transaction writes an import into the page, and keep others waiting until this one ends."""
    # Two imports into one page would lock the same new addresses in different orders. SQLite has one
    # writer anyway.
    if session.get_bind().dialect.name == "postgresql":
        key = func.hashtextextended(f"catalog import {page_id}", 0)
        session.execute(select(func.pg_advisory_xact_lock(key)))


def _lock_existing(session: Session, page_id: int, slugs: Sequence[str]) -> dict[str, Product]:
    """Return the products that exist, with their variants, by the slug that the file has for them.

    Locked as buyers lock them: the variants first, in ascending order.
    """
    known = _find_known(session, page_id, slugs)
    ids = list(known.values())
    if not ids:
        return {}
    variants = session.scalars(
        select(Variant).where(Variant.product_id.in_(ids)).order_by(Variant.id).with_for_update()
    ).all()
    products = session.scalars(
        select(Product).where(Product.id.in_(ids)).order_by(Product.id).with_for_update()
    ).all()
    by_product: dict[int, list[Variant]] = {product_id: [] for product_id in ids}
    for variant in sorted(variants, key=lambda one: (one.position, one.id)):
        by_product[variant.product_id].append(variant)
    for product in products:
        set_committed_value(product, "variants", by_product[product.id])
    by_id = {product.id: product for product in products}
    return {slug: by_id[product_id] for slug, product_id in known.items() if product_id in by_id}


def _find_known(session: Session, page_id: int, slugs: Sequence[str]) -> dict[str, int]:
    """Return the ids of the products that have one of ``slugs`` or had it before, each product once."""
    statement = select(Product.slug, Product.id).where(Product.page_id == page_id, Product.slug.in_(slugs))
    known: dict[str, int] = dict(session.execute(statement).all())
    missing = [slug for slug in slugs if slug not in known]
    if missing:
        for slug, product_id in map_moved_products(session, page_id=page_id, slugs=missing).items():
            if product_id not in known.values():
                known[slug] = product_id
    return known


def _insert(session: Session, products: Sequence[Product]) -> None:
    """Insert new products and their variants, and give the objects their ids.

    The ids are taken beforehand, so that each table is one statement with many rows and nothing to
    return, past the unit of work: it is what a large import spends its time on.
    """
    if not products:
        return
    variants = [variant for product in products for variant in product.variants]
    for product, product_id in zip(products, _take_ids(session, Product, len(products)), strict=True):
        set_committed_value(product, "id", product_id)
        for variant in product.variants:
            set_committed_value(variant, "product_id", product_id)
    for variant, variant_id in zip(variants, _take_ids(session, Variant, len(variants)), strict=True):
        set_committed_value(variant, "id", variant_id)
    session.execute(
        insert(cast(Table, Product.__table__)),
        [_columns_of(one, _PRODUCT_COLUMNS) for one in products],
    )
    session.execute(
        insert(cast(Table, Variant.__table__)),
        [_columns_of(one, _VARIANT_COLUMNS) for one in variants],
    )
    slugs = [product.slug for product in products]
    take_addresses(session, AddressKind.PRODUCT, page_id=products[0].page_id, slugs=slugs)


def _columns_of(row: Product | Variant, names: Sequence[str]) -> dict[str, Any]:
    # Through the dictionary: asked one by one, SQLAlchemy's attributes take longer than the INSERT.
    values = row.__dict__
    return {name: values.get(name) for name in names}


def _take_ids(session: Session, model: type[Product | Variant], count: int) -> Sequence[int]:
    """Return ids that no other row has or will get."""
    if session.get_bind().dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(model.__tablename__, "id")
        return session.scalars(
            select(func.nextval(sequence)).select_from(func.generate_series(1, count))
        ).all()
    # SQLite numbers on from the highest id, or from the highest there ever was where a table keeps that; and
    # this transaction has had the only write lock from its beginning.
    highest = session.scalar(select(func.max(model.id))) or 0
    ever = session.scalar(select(_EVER.c.seq).where(_EVER.c.name == model.__tablename__)) or 0
    first = max(highest, ever) + 1
    return range(first, first + count)


def _draft_of(record: ProductRecord, currency: str, *, sets_stock: bool) -> ProductDraft:
    return ProductDraft(
        title=record.title,
        variants=tuple(
            VariantDraft(
                option_values=variant.option_values,
                price_amount=from_decimal(variant.price, currency),
                compare_at_amount=(
                    None if variant.compare_at is None else from_decimal(variant.compare_at, currency)
                ),
                sku=variant.sku or None,
                barcode=variant.barcode or None,
                stock=variant.stock,
                stock_seen=StockRule.SET if sets_stock else StockRule.KEEP,
                weight_grams=variant.weight_grams or 0,
            )
            for variant in record.variants
        ),
        option_names=record.options,
        description_html=record.description_html,
        slug=record.slug,
        vendor=record.vendor,
        product_type=record.product_type,
        tags=record.tags,
        status=ProductStatus(record.status.value),
    )


def _put_on_shelves(
    session: Session, page_id: int, written: Sequence[tuple[ProductRecord, Product]], now: dt.datetime
) -> set[int]:
    """Put products into the collections that the file names; return the products that were not there yet."""
    wanted = [
        (product.id, slugify(title, max_length=MAX_COLLECTION_SLUG), title)
        for record, product in written
        for title in record.collections
    ]
    wanted = [one for one in wanted if one[1]]
    if not wanted:
        return set()
    shelves = _find_or_make_shelves(session, page_id, {slug: title for _, slug, title in wanted}, now)
    places = dict.fromkeys((shelves[slug], product_id) for product_id, slug, _ in wanted)
    taken, last = _places_taken(session, list(shelves.values()), [product_id for product_id, _, _ in wanted])
    changed = set()
    for collection_id, product_id in places:
        if (collection_id, product_id) in taken:
            continue
        last[collection_id] = last.get(collection_id, 0) + 1
        session.add(
            CollectionProduct(
                collection_id=collection_id, product_id=product_id, position=last[collection_id]
            )
        )
        changed.add(product_id)
    session.flush()
    return changed


def _places_taken(
    session: Session, collection_ids: Sequence[int], product_ids: Sequence[int]
) -> tuple[set[tuple[int, int]], dict[int, int]]:
    """Return which of the products are in which of the collections, and each collection's last position."""
    taken = session.execute(
        select(CollectionProduct.collection_id, CollectionProduct.product_id).where(
            CollectionProduct.collection_id.in_(collection_ids), CollectionProduct.product_id.in_(product_ids)
        )
    )
    last = session.execute(
        select(CollectionProduct.collection_id, func.max(CollectionProduct.position))
        .where(CollectionProduct.collection_id.in_(collection_ids))
        .group_by(CollectionProduct.collection_id)
    )
    return {(one, other) for one, other in taken}, dict(last.all())


def _find_or_make_shelves(
    session: Session, page_id: int, titles: Mapping[str, str], now: dt.datetime
) -> dict[str, int]:
    shelves = _shelf_ids(session, page_id, titles)
    missing = [slug for slug in titles if slug not in shelves]
    if missing:
        known = session.scalars(select(Collection.position).where(Collection.page_id == page_id)).all()
        for place, slug in enumerate(missing, start=max(known, default=0) + 1):
            session.add(
                Collection(page_id=page_id, slug=slug, title=titles[slug], position=place, created_at=now)
            )
        session.flush()
        shelves = _shelf_ids(session, page_id, titles)
    return shelves


def _shelf_ids(session: Session, page_id: int, slugs: Iterable[str]) -> dict[str, int]:
    found = session.execute(
        select(Collection.slug, Collection.id).where(
            Collection.page_id == page_id, Collection.slug.in_(list(slugs))
        )
    )
    return dict(found.all())
