"""Imports a merchant's product file: reads it whole first, then writes batches in transactions of their own.

What the command line, the worker and the preview have in common. Whatever must be true together with a
batch (how far the run has come, its counts) is written by ``keep`` in the batch's own transaction.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import structlog
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from shop.catalog.import_service import BatchOutcome, write_batch
from shop.catalog.importing.reading import OpenCatalog, open_catalog
from shop.catalog.importing.records import ProductRecord
from shop.catalog.importing.report import ImportReport
from shop.core.db import Database

BATCH_PRODUCTS = 100
BATCH_VARIANTS = 400
TRIES = 3

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a file goes: a page and its currency, whose import it is, and what holds for existing stock."""

    page_id: int
    currency: str
    sets_stock: bool = False
    account_id: int | None = None
    run_id: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A batch that is done: how many of the file's products are behind it, and what it did."""

    place: int
    total: int
    outcome: BatchOutcome


Keep = Callable[[Session, int, BatchOutcome], None]
"""Called in a batch's transaction with the place behind it; what it raises takes the batch back."""


def keep_nothing(_session: Session, _place: int, _outcome: BatchOutcome) -> None:
    """Remember nothing of a batch."""


def run_batches(
    database: Database,
    catalog: OpenCatalog,
    target: Target,
    *,
    now: Callable[[], dt.datetime],
    after: int = 0,
    is_dry_run: bool = False,
    keep: Keep = keep_nothing,
) -> Iterator[Step]:
    """Write the products behind place ``after``, a batch at a time, and yield each batch when it is committed.

    A dry run does all the same work and takes it back, without ``keep``. Whoever stops taking steps stops
    the import between two batches.
    """
    for records, place in _batches(catalog, after):
        outcome = _write(database, records, place, target, now=now(), is_dry_run=is_dry_run, keep=keep)
        _add_outcome(catalog.report, outcome)
        yield Step(place, catalog.groups, outcome)


def import_file(
    database: Database,
    path: Path,
    *,
    page_id: int,
    currency: str,
    now: Callable[[], dt.datetime],
    format: str = "auto",  # noqa: A002 - the option's name
    encoding: str = "auto",
    sets_stock: bool = False,
    is_dry_run: bool = False,
    on_progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> ImportReport:
    """Import the file at ``path`` into a page and report; FileFault when it cannot be read as a whole.

    ``on_progress`` hears (products done, products). A run that is broken off is simply run again: what was
    written is found and left as it is.
    """
    target = Target(page_id, currency, sets_stock)
    with open_catalog(path, currency=currency, format=format, encoding=encoding) as catalog:
        for step in run_batches(database, catalog, target, now=now, is_dry_run=is_dry_run):
            on_progress(step.place, step.total)
        on_progress(catalog.groups, catalog.groups)
    return catalog.report


def _batches(catalog: OpenCatalog, after: int) -> Iterator[tuple[list[ProductRecord], int]]:
    """Yield records with the place behind the last of them; a product's place is its number in the file."""
    batch: list[ProductRecord] = []
    variants = place = 0
    for record in catalog.products():
        place = catalog.report.products
        if place <= after:
            continue
        batch.append(record)
        variants += len(record.variants)
        if len(batch) >= BATCH_PRODUCTS or variants >= BATCH_VARIANTS:
            yield batch, place
            batch, variants = [], 0
    if batch:
        yield batch, place


def _write(
    database: Database,
    records: list[ProductRecord],
    place: int,
    target: Target,
    *,
    now: dt.datetime,
    is_dry_run: bool,
    keep: Keep,
) -> BatchOutcome:
    def attempt() -> BatchOutcome:
        with database.transaction() as session:
            outcome = write_batch(
                session,
                page_id=target.page_id,
                currency=target.currency,
                records=records,
                sets_stock=target.sets_stock,
                now=now,
                account_id=target.account_id,
                run_id=target.run_id,
            )
            if is_dry_run:
                session.rollback()
            else:
                keep(session, place, outcome)
        return outcome

    for _ in range(TRIES - 1):
        try:
            return attempt()
        except (IntegrityError, OperationalError) as error:
            # Somebody made one of these products at the same moment: now it is found and changed instead.
            log.info("import_batch_retried", error=repr(error.orig))
    return attempt()


def _add_outcome(report: ImportReport, outcome: BatchOutcome) -> None:
    report.created += outcome.created
    report.updated += outcome.updated
    report.accepted -= len(outcome.refused)
    for record, name, reason in outcome.refused:
        report.rejected.add(record.rows[0], name, record.handle, "not_accepted", reason=reason)
        report.left_out.add(record.rows)
    for row, url, reason in outcome.failed_pictures:
        report.warnings.add(row, "", url, "picture_failed", reason=reason)
