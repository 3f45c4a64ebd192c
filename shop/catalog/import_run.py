"""Imports a merchant's product file: reads it whole first, then writes batches in transactions of their own.

A run that is broken off is simply run again: what was written is found and left as it is.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import structlog
from sqlalchemy.exc import IntegrityError, OperationalError

from shop.catalog.import_service import BatchOutcome, write_batch
from shop.catalog.importing.reading import open_catalog
from shop.catalog.importing.records import ProductRecord
from shop.catalog.importing.report import ImportReport
from shop.core.db import Database

BATCH_PRODUCTS = 100
BATCH_VARIANTS = 400
TRIES = 3

log = structlog.get_logger(__name__)


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

    A dry run does all the same work and takes it back. ``on_progress`` hears (products done, products).
    """
    with open_catalog(path, currency=currency, format=format, encoding=encoding) as catalog:
        report = catalog.report
        for records in _batches(catalog.products()):
            outcome = _write(
                database,
                records,
                page_id=page_id,
                currency=currency,
                now=now(),
                sets_stock=sets_stock,
                is_dry_run=is_dry_run,
            )
            _add_outcome(report, outcome)
            on_progress(report.products, catalog.groups)
        on_progress(catalog.groups, catalog.groups)
    return report


def _batches(records: Iterable[ProductRecord]) -> Iterator[list[ProductRecord]]:
    batch: list[ProductRecord] = []
    variants = 0
    for record in records:
        batch.append(record)
        variants += len(record.variants)
        if len(batch) >= BATCH_PRODUCTS or variants >= BATCH_VARIANTS:
            yield batch
            batch, variants = [], 0
    if batch:
        yield batch


def _write(
    database: Database,
    records: list[ProductRecord],
    *,
    page_id: int,
    currency: str,
    now: dt.datetime,
    sets_stock: bool,
    is_dry_run: bool,
) -> BatchOutcome:
    def attempt() -> BatchOutcome:
        with database.transaction() as session:
            outcome = write_batch(
                session, page_id=page_id, currency=currency, records=records, sets_stock=sets_stock, now=now
            )
            if is_dry_run:
                session.rollback()
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
    for record, name, reason in outcome.refused:
        report.rejected.add(record.rows[0], name, record.handle, "not_accepted", reason=reason)
    for row, url, reason in outcome.failed_pictures:
        report.warnings.add(row, "", url, "picture_failed", reason=reason)
