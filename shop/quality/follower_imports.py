"""What staff do with an import of followers: bring a file, begin it, stop it; and what the worker writes of it."""

import datetime as dt
from dataclasses import asdict

from sqlalchemy.orm import Session

from shop.core.errors import Conflict
from shop.core.i18n import N_
from shop.core.outbox import enqueue
from shop.page.audit import record_act
from shop.quality.follower_importing import MOST_PROBLEMS, Outcome
from shop.quality.follower_queries import find_import, get_import
from shop.quality.models import FollowerImport, ImportStatus

READ = "quality.read_followers"
WRITE = "quality.write_followers"
FORGET = "quality.forget_followers"
KEPT_FOR = dt.timedelta(days=14)
"""How long a brought file is kept at most; it is deleted as soon as all of it was written."""


class NotNow(Conflict):
    """The import does not stand where this could be done."""

    code = "import_moved_on"
    message = N_("This import has moved on in the meantime. Here is how it stands now.")


def create_import(
    session: Session, *, page_id: int, account_id: int, name: str, file_key: str, now: dt.datetime
) -> FollowerImport:
    """Remember a file that was brought, and have it read without changing anything."""
    run = FollowerImport(
        page_id=page_id, account_id=account_id, name=name, file_key=file_key, created_at=now, status=ImportStatus.WAITING
    )  # fmt: skip
    session.add(run)
    session.flush()
    payload, subject = {"import_id": run.id}, str(run.id)
    enqueue(session, kind=READ, subject=subject, payload=payload, now=now, page_id=page_id)
    enqueue(
        session, kind=FORGET, subject=subject, payload=payload, now=now, run_at=now + KEPT_FOR, page_id=page_id
    )  # fmt: skip
    return run


def start_import(
    session: Session, *, page_id: int, import_id: int, account_id: int, now: dt.datetime
) -> FollowerImport:
    """Have a file that was read written into the page, or go on where it stopped; twice is once. NotNow."""
    run = get_import(session, page_id, import_id, for_update=True)
    if run.status is ImportStatus.RUNNING:
        return run
    is_whole = run.total > 0 and run.status is not ImportStatus.DONE
    if not is_whole:
        raise NotNow
    if run.done == 0:
        # What the reading foresaw is counted again by the writing.
        run.added = run.known = run.rejected = 0
        run.problems = []
    run.status, run.finished_at = ImportStatus.RUNNING, None
    session.flush()
    enqueue(
        session, kind=WRITE, subject=f"{run.id}:{now.isoformat()}", payload={"import_id": run.id}, now=now,
        page_id=page_id,
    )  # fmt: skip
    _record(session, run, "followers.import_started", account_id, now)
    return run


def cancel_import(
    session: Session, *, page_id: int, import_id: int, account_id: int, now: dt.datetime
) -> FollowerImport:
    """Stop an import between two batches; what was written stays. NotNow when it is over."""
    run = get_import(session, page_id, import_id, for_update=True)
    if run.status is ImportStatus.CANCELLED:
        return run
    if run.status not in (ImportStatus.WAITING, ImportStatus.RUNNING):
        raise NotNow
    run.status, run.finished_at = ImportStatus.CANCELLED, now
    session.flush()
    _record(session, run, "followers.import_cancelled", account_id, now)
    return run


def _record(session: Session, run: FollowerImport, act: str, account_id: int, now: dt.datetime) -> None:
    record_act(
        session, page_id=run.page_id, account_id=account_id, act=act, now=now,
        subject=("follower_import", str(run.id), run.name), after={"rows": run.total},
    )  # fmt: skip


def note_reading(
    session: Session, *, import_id: int, total: int, is_day_first: bool | None, found: Outcome
) -> None:
    """Keep what a file would bring, while nobody has begun or stopped it."""
    run = find_import(session, import_id)
    if run is not None and run.status is ImportStatus.WAITING:
        run.total, run.is_day_first = total, is_day_first
        run.added, run.known, run.rejected = found.added, found.known, found.rejected
        run.problems = [asdict(one) for one in found.problems]


def refuse_file(
    session: Session, *, import_id: int, why: str, params: dict[str, str | int], now: dt.datetime
) -> None:
    """Keep that a file cannot be read as a whole, and why."""
    run = find_import(session, import_id)
    if run is not None and run.status in (ImportStatus.WAITING, ImportStatus.RUNNING):
        run.status, run.finished_at = ImportStatus.FAILED, now
        run.problems = [{"row": 0, "why": why, "params": params}]


def note_batch(run: FollowerImport, found: Outcome) -> None:
    """Count a batch, in the transaction that writes it."""
    run.done = min(run.done + found.done, run.total)
    run.added += found.added
    run.known += found.known
    run.rejected += found.rejected
    run.problems = [*run.problems, *(asdict(one) for one in found.problems)][:MOST_PROBLEMS]
