"""An import from the command line, remembered in the page's list as those from the browser are."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.orm import Session

from shop.catalog.import_models import ImportState
from shop.catalog.import_run import Target, run_batches
from shop.catalog.import_service import BatchOutcome
from shop.catalog.import_work import RunMoved, Ticket, begin_command, break_off, finish_run, record_batch
from shop.catalog.importing.reading import OpenCatalog, open_catalog
from shop.catalog.importing.report import ImportReport
from shop.core.db import Database


def import_remembered(
    database: Database,
    path: Path,
    *,
    page_id: int,
    currency: str,
    now: Callable[[], dt.datetime],
    format: str,  # noqa: A002 - the option's name
    encoding: str,
    sets_stock: bool,
    on_progress: Callable[[int, int], None],
) -> ImportReport:
    """Import the file at ``path`` and remember the run; FileFault when it cannot be read as a whole.

    RunMoved when somebody stops it in the browser.

    What breaks it off, such as Ctrl-C, is remembered too. One that was killed shows as broken off when it
    has not been heard of for a while; running the command again finishes it.
    """
    with open_catalog(path, currency=currency, format=format, encoding=encoding) as catalog:
        with database.transaction() as session:
            ticket = begin_command(
                session,
                page_id=page_id,
                currency=currency,
                filename=path.name,
                file_bytes=path.stat().st_size,
                sets_stock=sets_stock,
                total=catalog.groups,
                now=now(),
            )
        target = Target(page_id, currency, sets_stock, run_id=ticket.run_id)
        try:
            _write(database, catalog, target, ticket, now=now, on_progress=on_progress)
        except RunMoved:
            raise  # somebody stopped it in the browser, and said so there
        except BaseException as error:
            is_stopped = isinstance(error, KeyboardInterrupt)
            with database.transaction() as session:
                break_off(
                    session,
                    ticket,
                    state=ImportState.CANCELLED if is_stopped else ImportState.FAILED,
                    code="" if is_stopped else "broke_off",
                    now=now(),
                )
            raise
        with database.transaction() as session:
            finish_run(session, ticket, now=now(), figures=_figures(catalog.report))
    return catalog.report


def _write(
    database: Database,
    catalog: OpenCatalog,
    target: Target,
    ticket: Ticket,
    *,
    now: Callable[[], dt.datetime],
    on_progress: Callable[[int, int], None],
) -> None:
    place = 0

    def keep(session: Session, reached: int, outcome: BatchOutcome) -> None:
        record_batch(session, ticket, before=place, place=reached, outcome=outcome, now=now())

    for step in run_batches(database, catalog, target, now=now, keep=keep):
        place = step.place
        on_progress(step.place, step.total)
    on_progress(catalog.groups, catalog.groups)


def _figures(report: ImportReport) -> dict[str, int]:
    return {
        "products": report.products,
        "variants": report.variants,
        "pictures": report.images,
        "rejected": report.products - report.accepted,
        "rejections": len(report.rejected),
        "warnings": len(report.warnings),
    }
