"""What the worker does for imports: reads a brought file for its preview, writes it into the shop, forgets it."""

import datetime as dt
import time
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from sqlalchemy.orm import Session

from shop.catalog.import_files import import_path, import_store
from shop.catalog.import_models import ImportRun, ImportState
from shop.catalog.import_preview import issue_row, planned_row, sample_of
from shop.catalog.import_run import Step, Target, run_batches
from shop.catalog.import_runs import FORGET_IMPORT, READ_IMPORT, WRITE_IMPORT, NotNow, forget_file
from shop.catalog.import_service import BatchOutcome
from shop.catalog.import_work import (
    PageBusy,
    Reading,
    RunMoved,
    Ticket,
    begin_reading,
    begin_writing,
    break_off,
    finish_reading,
    finish_run,
    note_reading,
    record_batch,
    refuse_file,
)
from shop.catalog.importing.messages import FileFault
from shop.catalog.importing.reading import OpenCatalog, open_catalog
from shop.core.outbox import MAX_ATTEMPTS, ClaimedJob, Handler, RetryLater
from shop.page.queries import get_page_by_id
from shop.web.context import Runtime

TRIES = 3
"""An error that nobody foresaw is tried again in seconds; then it is told, since somebody is waiting."""
BUSY_PAUSE = dt.timedelta(seconds=2)
SAMPLES = 5
NOTE_ROWS = 500
NOTE_EVERY_S = 0.5

log = structlog.get_logger(__name__)

IsStopping = Callable[[], bool]


def never_stopping() -> bool:
    """Tell that nobody wants the worker to stop."""
    return False


def handlers(runtime: Runtime, is_stopping: IsStopping = never_stopping) -> Mapping[str, Handler]:
    """Return the handler of each kind of job about imports.

    When ``is_stopping`` says so, a long one stops between two batches and gives its job back at once.
    """
    return {
        READ_IMPORT: lambda job: read_import(runtime, is_stopping, job),
        WRITE_IMPORT: lambda job: write_import(runtime, is_stopping, job),
        FORGET_IMPORT: lambda job: forget_import(runtime, job),
    }


def read_import(runtime: Runtime, is_stopping: IsStopping, job: ClaimedJob) -> None:
    """Read a run's file to its end, write it and take it back, and keep what was found for the preview."""
    ticket, now = _ticket(job), runtime.clock.now
    with runtime.database.transaction() as session:
        run = begin_reading(session, ticket, now=now())
    if run is None or run.file_key is None:
        return
    try:
        try:
            _give_up_when_hopeless(job)
            _read(runtime, run, ticket, is_stopping)
        except FileFault as fault:
            _refuse(runtime, ticket, fault)
        except (RunMoved, RetryLater):
            raise
        except Exception:
            if job.attempts >= TRIES:
                _refuse(runtime, ticket, FileFault("unreadable"))
            raise
    except RunMoved:
        log.info("import_overtaken", run_id=ticket.run_id)


def write_import(runtime: Runtime, is_stopping: IsStopping, job: ClaimedJob) -> None:
    """Write a run's file into the shop from wherever the run stands."""
    ticket, now = _ticket(job), runtime.clock.now
    try:
        with runtime.database.transaction() as session:
            run = begin_writing(session, ticket, now=now())
            currency = "" if run is None else get_page_by_id(session, run.page_id).currency
    except PageBusy:
        raise RetryLater(BUSY_PAUSE) from None
    if run is None or run.file_key is None:
        return
    try:
        try:
            _refuse_other_currency(run, currency)
            _give_up_when_hopeless(job)
            _write(runtime, run, ticket, is_stopping)
        except FileFault as fault:
            _break_off(runtime, ticket, fault)
        except (RunMoved, RetryLater):
            raise
        except Exception:
            if job.attempts >= TRIES:
                _break_off(runtime, ticket, FileFault("broke_off"))
            raise
    except RunMoved:
        log.info("import_overtaken", run_id=ticket.run_id)


def forget_import(runtime: Runtime, job: ClaimedJob) -> None:
    """Delete a brought file and the list of its rows, once they have been kept long enough."""
    try:
        with runtime.database.transaction() as session:
            key = forget_file(session, run_id=int(job.payload["run_id"]))
    except NotNow:
        raise RetryLater(dt.timedelta(days=1)) from None
    if key is not None:
        import_store(runtime.settings).delete(key)


def _ticket(job: ClaimedJob) -> Ticket:
    return Ticket(int(job.payload["run_id"]), int(job.payload["round"]))


def _give_up_when_hopeless(job: ClaimedJob) -> None:
    """Refuse a job that has ended its worker again and again, so that it ends no further one."""
    if job.attempts > MAX_ATTEMPTS:
        raise FileFault("broke_off")


def _refuse_other_currency(run: ImportRun, currency: str) -> None:
    """Refuse to write prices that were read in another currency than the page's."""
    if currency != run.currency:
        raise FileFault("currency_changed", currency=currency)


def _open(runtime: Runtime, run: ImportRun) -> Any:
    return open_catalog(
        import_path(runtime.settings, run.file_key or ""),
        currency=run.currency,
        format=run.format_name,
        encoding=run.encoding,
    )


def _target(run: ImportRun) -> Target:
    return Target(run.page_id, run.currency, run.sets_stock, run.account_id, run.id)


def _read(runtime: Runtime, run: ImportRun, ticket: Ticket, is_stopping: IsStopping) -> None:
    with _open(runtime, run) as catalog:
        notes = _Notes(runtime, run, ticket, catalog)
        for step in run_batches(
            runtime.database, catalog, _target(run), now=runtime.clock.now, is_dry_run=True
        ):
            notes.take(step)
            if is_stopping():
                raise RetryLater(dt.timedelta(0))
        notes.finish()


def _write(runtime: Runtime, run: ImportRun, ticket: Ticket, is_stopping: IsStopping) -> None:
    place = run.place

    def keep(session: Session, reached: int, outcome: BatchOutcome) -> None:
        record_batch(session, ticket, before=place, place=reached, outcome=outcome, now=runtime.clock.now())

    with _open(runtime, run) as catalog:
        for step in run_batches(
            runtime.database, catalog, _target(run), now=runtime.clock.now, after=place, keep=keep
        ):
            place = step.place
            if is_stopping():
                raise RetryLater(dt.timedelta(0))
    with runtime.database.transaction() as session:
        finish_run(session, ticket, now=runtime.clock.now())


def _refuse(runtime: Runtime, ticket: Ticket, fault: FileFault) -> None:
    with runtime.database.transaction() as session:
        refuse_file(session, ticket, code=fault.code, params=fault.params, now=runtime.clock.now())


def _break_off(runtime: Runtime, ticket: Ticket, fault: FileFault) -> None:
    with runtime.database.transaction() as session:
        break_off(
            session, ticket, state=ImportState.FAILED, code=fault.code, params=fault.params, now=runtime.clock.now()
        )  # fmt: skip


class _Notes:
    """Collects what a reading finds and keeps it now and then, so that memory does not grow with the file."""

    def __init__(self, runtime: Runtime, run: ImportRun, ticket: Ticket, catalog: OpenCatalog) -> None:
        self._runtime = runtime
        self._run = run
        self._ticket = ticket
        self._catalog = catalog
        self._planned: list[dict[str, Any]] = []
        self._samples: list[dict[str, Any]] = []
        self._kept_at = time.monotonic()

    def take(self, step: Step) -> None:
        """Take in one batch; keep what has gathered when it is much or some time has passed."""
        for one in step.outcome.written:
            self._planned.append(planned_row(self._run, one))
            if len(self._samples) < SAMPLES:
                self._samples.append(sample_of(one.record, self._run.currency))
        if len(self._planned) >= NOTE_ROWS or time.monotonic() - self._kept_at >= NOTE_EVERY_S:
            self._keep(step.place)

    def finish(self) -> None:
        """Keep the rest, and what the whole file holds."""
        report = self._catalog.report
        self._keep(report.products)
        found = Reading(
            products=report.products,
            variants=report.variants,
            pictures=report.images,
            rejected=report.products - report.accepted,
            rejections=len(report.rejected),
            warnings=len(report.warnings),
            created=report.created,
            updated=report.updated,
            recognised={
                "format": report.format,
                "encoding": report.encoding,
                "is_guess": self._catalog.encoding_is_guess,
                "delimiter": self._catalog.delimiter,
                "decimal_mark": self._catalog.notes.get("decimal mark", ""),
                "price_column": self._catalog.notes.get("price column", ""),
                "sample": self._samples,
            },
            left_out=report.left_out.stretches(),
        )
        with self._runtime.database.transaction() as session:
            finish_reading(session, self._ticket, reading=found, now=self._runtime.clock.now())

    def _keep(self, place: int) -> None:
        report = self._catalog.report
        issues = [issue_row(self._run, one, is_rejection=True) for one in report.rejected.take_new()]
        issues += [issue_row(self._run, one, is_rejection=False) for one in report.warnings.take_new()]
        with self._runtime.database.transaction() as session:
            note_reading(
                session,
                self._ticket,
                place=place,
                total=self._catalog.groups,
                issues=issues,
                planned=self._planned,
                now=self._runtime.clock.now(),
            )
        self._planned = []
        self._kept_at = time.monotonic()
