"""What the worker does for imports of followers: reads a file for its preview, writes it into the page, forgets it."""

import datetime as dt
from collections.abc import Callable, Mapping

import structlog

from shop.catalog.import_files import import_path, import_store
from shop.catalog.importing.messages import FileFault
from shop.core.outbox import ClaimedJob, Handler, RetryLater
from shop.page.models import Page
from shop.page.queries import get_page_by_id
from shop.quality.follower_file import FollowerFile, NotFollowers
from shop.quality.follower_importing import (
    Outcome,
    batches,
    import_followers,
    sort_out,
    write_followers,
)
from shop.quality.follower_imports import FORGET, READ, WRITE, note_batch, note_reading, refuse_file
from shop.quality.follower_queries import find_import
from shop.quality.looking import ask_for_look
from shop.quality.models import FollowerImport, ImportStatus
from shop.web.context import Runtime

TRIES = 3
"""After so many failures whoever waits is told that it is over, though it is tried on."""

log = structlog.get_logger(__name__)


def handlers(runtime: Runtime, is_stopping: Callable[[], bool]) -> Mapping[str, Handler]:
    """Return the handler of each kind of job that imports of followers queue."""
    return {
        READ: lambda job: _telling(runtime, job, lambda: read(runtime, job)),
        WRITE: lambda job: _telling(runtime, job, lambda: write(runtime, job, is_stopping)),
        FORGET: lambda job: forget(runtime, job),
    }


def _telling(runtime: Runtime, job: ClaimedJob, act: Callable[[], None]) -> None:
    """Do it, and tell whoever waits when an error that nobody foresaw came back a third time."""
    try:
        act()
    except RetryLater:
        raise
    except Exception:
        if job.attempts >= TRIES:
            with runtime.database.transaction() as session:
                refuse_file(
                    session, import_id=int(job.payload["import_id"]), why="broke_off", params={},
                    now=runtime.clock.now(),
                )  # fmt: skip
        raise


def read(runtime: Runtime, job: ClaimedJob) -> None:
    """Read a brought file to its end and keep what it would bring; nothing else is changed."""
    found = _find(runtime, job, ImportStatus.WAITING)
    if found is None:
        return
    run, page = found
    file = _open(runtime, run, page)
    if file is not None:
        outcome = import_followers(
            runtime.database, file, page=page, now=runtime.clock.now(), is_dry_run=True
        )
        with runtime.database.transaction() as session:
            note_reading(
                session,
                import_id=run.id,
                total=file.total,
                is_day_first=file.is_day_first,
                found=outcome,
            )


def write(runtime: Runtime, job: ClaimedJob, is_stopping: Callable[[], bool] = lambda: False) -> None:
    """Write a brought file into its page from wherever the import stands, a batch in a transaction."""
    found = _find(runtime, job, ImportStatus.RUNNING)
    if found is None:
        return
    run, page = found
    file = _open(runtime, run, page)
    if file is None:
        return
    now, done = runtime.clock.now(), run.done
    for some in batches(file.rows(after=done, now=now)):
        outcome = Outcome(done=len(some))
        people = sort_out(some, outcome)
        with runtime.database.transaction() as session:
            kept = find_import(session, run.id)
            # Another worker may have taken it up meanwhile: stopped and let go on, or after a lease ran out.
            if kept is None or kept.status is not ImportStatus.RUNNING or kept.done != done:
                return
            outcome.added = write_followers(
                session, page_id=page.id, country=page.country, people=people, now=now
            )
            outcome.known = len(people) - outcome.added
            note_batch(kept, outcome)
            done = kept.done
        if is_stopping():
            raise RetryLater(dt.timedelta(0))
    _finish(runtime, run)


def _finish(runtime: Runtime, run: FollowerImport) -> None:
    now = runtime.clock.now()
    with runtime.database.transaction() as session:
        kept = find_import(session, run.id)
        if kept is None or kept.status is not ImportStatus.RUNNING:
            return
        kept.status, kept.finished_at = ImportStatus.DONE, now
        ask_for_look(session, page_id=run.page_id, now=now)
    import_store(runtime.settings).delete(run.file_key)
    log.info("followers_imported", import_id=run.id, page_id=run.page_id)


def forget(runtime: Runtime, job: ClaimedJob) -> None:
    """Delete a brought file that was kept long enough; an import that was not finished cannot go on then."""
    with runtime.database.transaction() as session:
        run = find_import(session, int(job.payload["import_id"]))
        if run is None:
            return
        if run.status is ImportStatus.WAITING:
            run.status, run.finished_at = ImportStatus.CANCELLED, runtime.clock.now()
        key, is_running = run.file_key, run.status is ImportStatus.RUNNING
    if is_running:
        raise RetryLater(dt.timedelta(days=1))
    import_store(runtime.settings).delete(key)


def _find(runtime: Runtime, job: ClaimedJob, status: ImportStatus) -> tuple[FollowerImport, Page] | None:
    with runtime.database.transaction() as session:
        run = find_import(session, int(job.payload["import_id"]))
        if run is None or run.status is not status:
            return None
        page = get_page_by_id(session, run.page_id)
        session.expunge_all()
    return run, page


def _open(runtime: Runtime, run: FollowerImport, page: Page) -> FollowerFile | None:
    """Return the file of an import, or keep why it cannot be read and return None."""
    try:
        return FollowerFile(
            import_path(runtime.settings, run.file_key),
            country=page.country,
            secret=runtime.settings.secret_key,
        )
    except NotFollowers as fault:
        why, params = fault.code, {}
    except FileFault as fault:
        why, params = fault.code, dict(fault.params)
    with runtime.database.transaction() as session:
        refuse_file(session, import_id=run.id, why=why, params=params, now=runtime.clock.now())
    return None
