"""The outbox is the queue: work that a change causes, written in the change's own transaction.

A worker claims due jobs, runs each at least once and retries with growing delay. Handlers must be
idempotent. A job whose attempts are used up is ``dead`` and shown to the admin.
"""

import datetime as dt
import enum
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import JSON, Index, Text, UniqueConstraint, func, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, mapped_column

from shop.core.clock import Clock
from shop.core.db import Base, Database, EnumText, Id, enum_check
from shop.core.errors import NotFound
from shop.core.kill_points import reach

LEASE = dt.timedelta(minutes=5)
BEATS_A_LEASE = 4
"""How often a long job's lease is renewed before it would run out."""
MAX_ATTEMPTS = 8
FIRST_DELAY_S = 5
DELAY_FACTOR = 4

log = structlog.get_logger(__name__)


class JobState(enum.StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    DONE = "done"
    DEAD = "dead"


class Job(Base):
    """One piece of work; ``(kind, subject)`` is unique, so asking twice queues once."""

    __tablename__ = "outbox_jobs"
    __table_args__ = (
        UniqueConstraint("kind", "subject"),
        Index("ix_outbox_jobs_due", "state", "run_at"),
        Index("ix_outbox_jobs_page_id", "page_id", "state"),
        enum_check("state", JobState),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    page_id: Mapped[int | None] = mapped_column(Id)
    """The page that it is done for, if any: a plain number, since the queue knows no pages."""
    state: Mapped[JobState] = mapped_column(EnumText(JobState), default=JobState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(Text)
    run_at: Mapped[dt.datetime]
    created_at: Mapped[dt.datetime]
    finished_at: Mapped[dt.datetime | None]


class RetryLater(Exception):
    """Raised by a handler that found it too early: run again after ``delay``, not an error."""

    def __init__(self, delay: dt.timedelta) -> None:
        self.delay = delay
        super().__init__(f"again in {delay}")


def enqueue(
    session: Session,
    *,
    kind: str,
    subject: str,
    payload: Mapping[str, Any],
    now: dt.datetime,
    run_at: dt.datetime | None = None,
    page_id: int | None = None,
) -> bool:
    """Add a job unless ``(kind, subject)`` is there already; return whether it was added."""
    bind = session.get_bind()
    insert = pg_insert if bind.dialect.name == "postgresql" else sqlite_insert
    statement = (
        insert(Job)
        .values(
            kind=kind,
            subject=subject,
            payload=dict(payload),
            page_id=page_id,
            state=JobState.WAITING,
            attempts=0,
            run_at=run_at or now,
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["kind", "subject"])
        .returning(Job.id)
    )
    return session.execute(statement).scalar_one_or_none() is not None


def enqueue_many(
    session: Session,
    *,
    kind: str,
    jobs: Iterable[tuple[str, Mapping[str, Any]]],
    now: dt.datetime,
    page_id: int | None = None,
) -> None:
    """Add a job for each (subject, payload), passing over subjects that are there already."""
    rows = [
        {
            "kind": kind,
            "subject": subject,
            "payload": dict(payload),
            "page_id": page_id,
            "state": JobState.WAITING,
            "attempts": 0,
            "run_at": now,
            "created_at": now,
        }
        for subject, payload in jobs
    ]
    if rows:
        insert = pg_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
        session.execute(insert(Job).on_conflict_do_nothing(index_elements=["kind", "subject"]), rows)


def list_dead_jobs(session: Session, *, page_id: int | None = None, limit: int = 100) -> list[Job]:
    """Return the jobs whose attempts are used up, the last to give up first; of one page or of all."""
    dead = select(Job).where(Job.state == JobState.DEAD)
    if page_id is not None:
        dead = dead.where(Job.page_id == page_id)
    return list(session.scalars(dead.order_by(Job.run_at.desc(), Job.id.desc()).limit(limit)))


def count_dead_jobs(session: Session, *, page_id: int | None = None) -> int:
    """Return how many jobs have used up their attempts; of one page or of all."""
    dead = select(func.count()).select_from(Job).where(Job.state == JobState.DEAD)
    if page_id is not None:
        dead = dead.where(Job.page_id == page_id)
    return session.scalar(dead) or 0


def retry_job(session: Session, job_id: int, now: dt.datetime, *, page_id: int | None = None) -> Job:
    """Make a dead job due again with all its attempts; NotFound when there is no such dead job (of the page)."""
    dead = update(Job).where(Job.id == job_id, Job.state == JobState.DEAD)
    if page_id is not None:
        dead = dead.where(Job.page_id == page_id)
    job = session.scalars(
        dead.values(state=JobState.WAITING, attempts=0, run_at=now).returning(Job)
    ).one_or_none()
    if job is None:
        raise NotFound
    return job


@dataclass(frozen=True)
class ClaimedJob:
    """What a handler receives."""

    id: int
    kind: str
    subject: str
    payload: dict[str, Any]
    attempts: int


Handler = Callable[[ClaimedJob], None]


class Worker:
    """Claims due jobs and hands each to the handler of its kind.

    The lease is how long a job that was claimed stays with this worker, should it die. One that
    ``renews`` prolongs it while a job runs, so that a job may take longer than its lease.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        handlers: Mapping[str, Handler],
        *,
        lease: dt.timedelta = LEASE,
        renews: bool = False,
    ) -> None:
        self._database = database
        self._clock = clock
        self._handlers = handlers
        self._lease = lease
        self._renews = renews

    def run_due(self, *, limit: int = 100) -> int:
        """Run up to ``limit`` due jobs, oldest first; return how many were run."""
        done = 0
        while done < limit and (job := self._claim()) is not None:
            reach("job.claimed")
            self._run(job)
            reach("job.settled")
            done += 1
        return done

    def _claim(self) -> ClaimedJob | None:
        now = self._clock.now()
        due = (
            select(Job.id)
            .where(Job.state == JobState.WAITING, Job.run_at <= now, Job.kind.in_(list(self._handlers)))
            .order_by(Job.run_at, Job.id)
            .limit(1)
        )
        if not self._database.is_sqlite:
            due = due.with_for_update(skip_locked=True)
        else:
            # A look without the write lock first: an idle worker must not stand in the writers' way.
            with self._database.reading() as session:
                if session.execute(due).first() is None:
                    return None
        with self._database.transaction() as session:
            # The lease is the claim: a worker that dies leaves the job due again when it runs out.
            row = session.execute(
                update(Job)
                .where(Job.id == due.scalar_subquery())
                .values(run_at=now + self._lease, attempts=Job.attempts + 1)
                .returning(Job.id, Job.kind, Job.subject, Job.payload, Job.attempts)
            ).one_or_none()
        return None if row is None else ClaimedJob(*row)

    def _run(self, job: ClaimedJob) -> None:
        try:
            with self._renewed(job):
                self._handlers[job.kind](job)
            reach("job.handled")
        except RetryLater as later:
            self._settle(job, run_at=self._clock.now() + later.delay, attempts=job.attempts - 1)
        except Exception as error:  # noqa: BLE001 - any failure of one job must not stop the others
            log.warning(
                "job_failed", kind=job.kind, subject=job.subject, attempts=job.attempts, error=repr(error)
            )
            delay = dt.timedelta(seconds=FIRST_DELAY_S * DELAY_FACTOR ** (job.attempts - 1))
            state = JobState.DEAD if job.attempts >= MAX_ATTEMPTS else JobState.WAITING
            self._settle(job, state=state, run_at=self._clock.now() + delay, last_error=repr(error)[:2000])
        else:
            self._settle(job, state=JobState.DONE, finished_at=self._clock.now(), last_error=None)

    @contextmanager
    def _renewed(self, job: ClaimedJob) -> Iterator[None]:
        """Keep the lease of ``job`` from running out while it runs, if this worker renews."""
        if not self._renews:
            yield
            return
        is_over = threading.Event()
        beat = threading.Thread(target=self._beat, args=(job, is_over), name="lease", daemon=True)
        beat.start()
        try:
            yield
        finally:
            is_over.set()
            beat.join()

    def _beat(self, job: ClaimedJob, is_over: threading.Event) -> None:
        while not is_over.wait(self._lease.total_seconds() / BEATS_A_LEASE):
            try:
                with self._database.transaction() as session:
                    # Another claim has raised the attempts: then the job is no longer ours to keep.
                    session.execute(
                        update(Job)
                        .where(Job.id == job.id, Job.state == JobState.WAITING, Job.attempts == job.attempts)
                        .values(run_at=self._clock.now() + self._lease)
                    )
            except SQLAlchemyError:
                log.exception("lease_not_renewed", kind=job.kind, subject=job.subject)

    def _settle(self, job: ClaimedJob, **values: object) -> None:
        with self._database.transaction() as session:
            # One whose lease ran out meanwhile may be with another worker, which settles it.
            session.execute(
                update(Job).where(Job.id == job.id, Job.attempts == job.attempts).values(**values)
            )
