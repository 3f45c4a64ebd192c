"""What staff do with an import: bring a file, have it read and written, stop it, bring it again.

What the worker does with it is in ``import_work``.
"""

import datetime as dt

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from shop.catalog.import_models import (
    ImportIssue,
    ImportOrigin,
    ImportRun,
    ImportState,
    PlannedProduct,
)
from shop.catalog.import_pictures import ask_for_failed_pictures
from shop.catalog.import_queries import ACTIVE, count_runs_with_file
from shop.core.errors import Conflict, NotFound
from shop.core.i18n import N_
from shop.core.outbox import enqueue
from shop.page.audit import record_act

READ_IMPORT = "catalog.read_import"
WRITE_IMPORT = "catalog.write_import"
FORGET_IMPORT = "catalog.forget_import"
FIGURES = (
    "place", "total", "products", "variants", "pictures", "rejected", "rejections", "warnings", "planned_created",
    "planned_updated", "created", "updated",
)  # fmt: skip
"""What a reading or a writing counts."""
KEPT_FOR = dt.timedelta(days=14)
"""How long a file and the list of its rows are kept."""


class NotNow(Conflict):
    """The import does not stand where this could be done."""

    code = "import_moved_on"
    message = N_("This import has moved on in the meantime. Here is how it stands now.")


class FileGone(Conflict):
    """The file is kept no longer."""

    code = "import_file_gone"
    message = N_("This file is no longer kept here. Please bring it again.")


def create_run(
    session: Session, *, page_id: int, currency: str, account_id: int, filename: str, file_key: str,
    file_bytes: int, now: dt.datetime, format_name: str = "auto", encoding: str = "auto", sets_stock: bool = False,
) -> ImportRun:  # fmt: skip
    """Remember a file that was brought and have it read."""
    run = ImportRun(
        page_id=page_id, currency=currency, account_id=account_id, origin=ImportOrigin.BROWSER, filename=filename,
        file_key=file_key, file_bytes=file_bytes, state=ImportState.READING, format_name=format_name,
        encoding=encoding, sets_stock=sets_stock, created_at=now,
    )  # fmt: skip
    session.add(run)
    session.flush()
    _queue(session, READ_IMPORT, run, now)
    enqueue(
        session, kind=FORGET_IMPORT, subject=str(run.id), payload={"run_id": run.id}, now=now,
        run_at=now + KEPT_FOR, page_id=page_id,
    )  # fmt: skip
    return run


def repeat_run(
    session: Session, *, page_id: int, currency: str, account_id: int, run_id: int, now: dt.datetime
) -> ImportRun:
    """Bring the same file once more, with the same choices; FileGone when it is kept no longer."""
    old = _lock_run(session, page_id, run_id)
    if old.file_key is None:
        raise FileGone
    return create_run(
        session, page_id=page_id, currency=currency, account_id=account_id, filename=old.filename,
        file_key=old.file_key, file_bytes=old.file_bytes, format_name=old.format_name, encoding=old.encoding,
        sets_stock=old.sets_stock, now=now,
    )  # fmt: skip


def read_again(
    session: Session, *, page_id: int, run_id: int, currency: str, format_name: str, encoding: str,
    sets_stock: bool, now: dt.datetime,
) -> ImportRun:  # fmt: skip
    """Have a file that is not being written read with other choices; NotNow, FileGone."""
    run = _lock_run(session, page_id, run_id)
    if run.file_key is None:
        raise FileGone
    if run.state in (ImportState.QUEUED, ImportState.RUNNING, ImportState.DONE):
        raise NotNow
    run.format_name, run.encoding, run.sets_stock, run.currency = format_name, encoding, sets_stock, currency
    run.state, run.fault, run.recognised, run.left_out = ImportState.READING, None, {}, []
    for figure in FIGURES:
        setattr(run, figure, 0)
    run.round += 1
    run.started_at = run.finished_at = run.heartbeat_at = None
    session.flush()
    _queue(session, READ_IMPORT, run, now)
    return run


def start_run(session: Session, *, page_id: int, run_id: int, account_id: int, now: dt.datetime) -> ImportRun:
    """Have a file that was read written into the shop, or let a run that stopped go on; twice is once."""
    run = _lock_run(session, page_id, run_id)
    if run.state in (ImportState.QUEUED, ImportState.RUNNING):
        return run
    may_start = run.state in (ImportState.READ, ImportState.CANCELLED, ImportState.FAILED)
    if not may_start or not run.recognised or not run.accepted:
        raise NotNow
    if run.file_key is None:
        raise FileGone
    run.state, run.fault, run.finished_at = ImportState.QUEUED, None, None
    run.round += 1
    session.flush()
    _queue(session, WRITE_IMPORT, run, now)
    plan = {"products": run.accepted, "rejected": run.rejected, "stock": run.sets_stock, "after": run.place}
    record_act(
        session, page_id=page_id, account_id=account_id, act="import.started", subject=subject_of(run), now=now,
        after=plan,
    )  # fmt: skip
    return run


def cancel_run(
    session: Session, *, page_id: int, run_id: int, account_id: int, now: dt.datetime
) -> ImportRun:
    """Stop a run between two batches; what was written stays. NotNow when it is over already."""
    run = _lock_run(session, page_id, run_id)
    if run.state is ImportState.CANCELLED:
        return run
    if run.state not in ACTIVE:
        raise NotNow
    was_reading = run.state is ImportState.READING
    if was_reading:
        run.place = run.total = 0
    run.state, run.finished_at = ImportState.CANCELLED, now
    session.flush()
    if not was_reading:
        record_act(
            session, page_id=page_id, account_id=account_id, act="import.cancelled", subject=subject_of(run),
            now=now, after=counts_of(run),
        )  # fmt: skip
    return run


def try_pictures_again(session: Session, *, page_id: int, run_id: int, now: dt.datetime) -> int:
    """Ask again for the pictures of a run that did not come; return how many they are."""
    _lock_run(session, page_id, run_id)
    return ask_for_failed_pictures(session, page_id=page_id, run_id=run_id, now=now)


def forget_file(session: Session, *, run_id: int) -> str | None:
    """Forget a run's file and the list of its rows; return the key of the file if nobody needs it any more.

    NotNow while the run is at work.
    """
    run = session.get(ImportRun, run_id, with_for_update=True)
    if run is None or run.file_key is None:
        return None
    if run.state in ACTIVE:
        raise NotNow
    key, run.file_key, run.left_out = run.file_key, None, []
    forget_findings(session, run_id)
    session.flush()
    return None if count_runs_with_file(session, key) else key


def subject_of(run: ImportRun) -> tuple[str, str, str]:
    """Return a run as the audit log names it."""
    return "import", str(run.id), run.filename


def _lock_run(session: Session, page_id: int, run_id: int) -> ImportRun:
    run = session.scalars(
        select(ImportRun).where(ImportRun.page_id == page_id, ImportRun.id == run_id).with_for_update()
    ).one_or_none()
    if run is None:
        raise NotFound
    return run


def _queue(session: Session, kind: str, run: ImportRun, now: dt.datetime) -> None:
    enqueue(
        session, kind=kind, subject=f"{run.id}:{run.round}", payload={"run_id": run.id, "round": run.round},
        now=now, page_id=run.page_id,
    )  # fmt: skip


def counts_of(run: ImportRun) -> dict[str, int]:
    """Return a run's figures as the audit log keeps them."""
    return {
        "created": run.created,
        "updated": run.updated,
        "rejected": run.rejected,
        "place": run.place,
        "total": run.total,
    }


def forget_findings(session: Session, run_id: int) -> None:
    """Forget what a reading of a run's file found."""
    session.execute(delete(ImportIssue).where(ImportIssue.run_id == run_id))
    session.execute(delete(PlannedProduct).where(PlannedProduct.run_id == run_id))
