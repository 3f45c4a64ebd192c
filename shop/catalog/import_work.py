"""What the worker and the command line do with an import: read its file, write it, say how far they are.

A run's place and counts move in the transaction that writes the products, and only for the round and
from the place that the worker believes in. So a worker that was killed repeats nothing, one that was
cut off for a while and comes back finds itself overtaken, and cancelling is one UPDATE: the next batch
does not fit any more and is taken back whole.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from shop.catalog.import_models import ImportIssue, ImportOrigin, ImportRun, ImportState, PlannedProduct
from shop.catalog.import_queries import find_run_ahead
from shop.catalog.import_runs import counts_of, forget_findings, subject_of
from shop.catalog.import_service import BatchOutcome, queue_behind_other_imports
from shop.page.audit import record_act

ALIVE_FOR = dt.timedelta(minutes=2)
"""A command that has written nothing for so long is taken for broken off."""


class RunMoved(Exception):
    """Somebody else has the run now: it was cancelled, asked for anew, or taken over by another worker."""


class PageBusy(Exception):
    """Another import is being written into the page."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What entitles a worker to a run: the round that it was asked for in."""

    run_id: int
    round: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reading of a run's file found, ready to be kept."""

    products: int
    variants: int
    pictures: int
    rejected: int
    rejections: int
    warnings: int
    created: int
    updated: int
    recognised: Mapping[str, Any]
    left_out: Sequence[Sequence[int]]


def begin_reading(session: Session, ticket: Ticket, *, now: dt.datetime) -> ImportRun | None:
    """Return the run to read, its earlier findings forgotten; None when the ticket is out of date."""
    run = session.get(ImportRun, ticket.run_id, with_for_update=True)
    if run is None or run.round != ticket.round or run.state is not ImportState.READING:
        return None
    forget_findings(session, run.id)
    run.place = run.total = 0
    run.heartbeat_at = now
    session.flush()
    return run


def note_reading(
    session: Session,
    ticket: Ticket,
    *,
    place: int,
    total: int,
    issues: Sequence[Mapping[str, Any]],
    planned: Sequence[Mapping[str, Any]],
    now: dt.datetime,
) -> None:
    """Keep what a reading found so far; RunMoved when it is not wanted any more."""
    _move(session, ticket, ImportState.READING, place=place, total=total, heartbeat_at=now)
    if issues:
        session.execute(insert(ImportIssue), list(issues))
    if planned:
        session.execute(insert(PlannedProduct), list(planned))


def finish_reading(session: Session, ticket: Ticket, *, reading: Reading, now: dt.datetime) -> None:
    """Keep what the whole file holds; the run waits for somebody to say yes. RunMoved."""
    _move(
        session,
        ticket,
        ImportState.READING,
        state=ImportState.READ,
        place=0,
        total=reading.products,
        products=reading.products,
        variants=reading.variants,
        pictures=reading.pictures,
        rejected=reading.rejected,
        rejections=reading.rejections,
        warnings=reading.warnings,
        planned_created=reading.created,
        planned_updated=reading.updated,
        recognised=dict(reading.recognised),
        left_out=[list(one) for one in reading.left_out],
        heartbeat_at=now,
    )


def refuse_file(
    session: Session, ticket: Ticket, *, code: str, params: Mapping[str, Any], now: dt.datetime
) -> None:
    """Keep why a file cannot be read as a whole. RunMoved."""
    fault = {"code": code, "params": dict(params)}
    _move(
        session, ticket, ImportState.READING, state=ImportState.FAULTY, place=0, total=0, fault=fault, heartbeat_at=now
    )  # fmt: skip


def begin_writing(session: Session, ticket: Ticket, *, now: dt.datetime) -> ImportRun | None:
    """Return the run to write, from wherever it stands; None when the ticket is out of date, PageBusy."""
    run = session.get(ImportRun, ticket.run_id)
    if run is None:
        return None
    queue_behind_other_imports(session, run.page_id)
    session.refresh(run, with_for_update=True)
    if run.round != ticket.round or run.state not in (ImportState.QUEUED, ImportState.RUNNING):
        return None
    if find_run_ahead(session, run=run, alive_since=now - ALIVE_FOR) is not None:
        raise PageBusy
    run.state = ImportState.RUNNING
    run.started_at = run.started_at or now
    run.heartbeat_at = now
    session.flush()
    return run


def begin_command(
    session: Session,
    *,
    page_id: int,
    currency: str,
    filename: str,
    file_bytes: int,
    sets_stock: bool,
    total: int,
    now: dt.datetime,
) -> Ticket:
    """Remember an import that the command line begins; its file is not kept."""
    run = ImportRun(
        page_id=page_id, currency=currency, origin=ImportOrigin.COMMAND, filename=filename, file_bytes=file_bytes,
        state=ImportState.RUNNING, sets_stock=sets_stock, total=total, created_at=now, started_at=now, heartbeat_at=now,
    )  # fmt: skip
    session.add(run)
    session.flush()
    record_act(
        session, page_id=page_id, account_id=None, act="import.started", subject=subject_of(run), now=now,
        after={"products": total, "stock": sets_stock},
    )  # fmt: skip
    return Ticket(run.id, run.round)


def record_batch(
    session: Session, ticket: Ticket, *, before: int, place: int, outcome: BatchOutcome, now: dt.datetime
) -> None:
    """Move a run from place ``before`` to ``place``, in the transaction that wrote what lies between; RunMoved."""
    _move(
        session,
        ticket,
        ImportState.RUNNING,
        from_place=before,
        place=place,
        created=ImportRun.created + outcome.created,
        updated=ImportRun.updated + outcome.updated,
        heartbeat_at=now,
    )


def finish_run(
    session: Session, ticket: Ticket, *, now: dt.datetime, figures: Mapping[str, int] | None = None
) -> None:
    """Mark a run as done, with figures that were not known when it began; RunMoved."""
    _move(
        session,
        ticket,
        ImportState.RUNNING,
        state=ImportState.DONE,
        place=ImportRun.total,
        heartbeat_at=now,
        finished_at=now,
        **(figures or {}),
    )
    _record_end(session, ticket, "import.finished", now)


def break_off(
    session: Session,
    ticket: Ticket,
    *,
    state: ImportState,
    now: dt.datetime,
    code: str = "",
    params: Mapping[str, Any] | None = None,
) -> None:
    """Leave a run as failed or cancelled where it stands, and say why; RunMoved."""
    fault = {"code": code, "params": dict(params or {})} if code else None
    _move(session, ticket, ImportState.RUNNING, state=state, fault=fault, finished_at=now)
    _record_end(session, ticket, f"import.{state.value}", now)


def _record_end(session: Session, ticket: Ticket, act: str, now: dt.datetime) -> None:
    run = session.get_one(ImportRun, ticket.run_id, populate_existing=True)
    record_act(
        session, page_id=run.page_id, account_id=run.account_id, act=act, subject=subject_of(run), now=now,
        after=counts_of(run),
    )  # fmt: skip


def _move(
    session: Session, ticket: Ticket, expected: ImportState, *, from_place: int | None = None, **values: Any
) -> None:
    statement = update(ImportRun).where(
        ImportRun.id == ticket.run_id, ImportRun.round == ticket.round, ImportRun.state == expected
    )
    if from_place is not None:
        statement = statement.where(ImportRun.place == from_place)
    moved = session.execute(
        statement.values(**values).returning(ImportRun.id).execution_options(synchronize_session=False)
    )
    if moved.scalar_one_or_none() is None:
        raise RunMoved
