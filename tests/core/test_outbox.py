"""The outbox: once queued, run at least once, retried with growing delay."""

import contextlib
import datetime as dt
import threading

import pytest
from sqlalchemy import select

from shop.core.clock import Clock, SteppedClock, SystemClock
from shop.core.db import Database
from shop.core.errors import NotFound
from shop.core.outbox import (
    LEASE,
    MAX_ATTEMPTS,
    ClaimedJob,
    Job,
    JobState,
    RetryLater,
    Worker,
    count_dead_jobs,
    enqueue,
    list_dead_jobs,
    retry_job,
)


def queue(database: Database, clock: Clock, subject: str = "1", delay_s: int = 0) -> bool:
    with database.transaction() as session:
        now = clock.now()
        run_at = now + dt.timedelta(seconds=delay_s)
        return enqueue(session, kind="greet", subject=subject, payload={"n": 1}, now=now, run_at=run_at)


def only_job(database: Database) -> Job:
    with database.reading() as session:
        return session.scalars(select(Job)).one()


class TestEnqueue:
    def test_queues_a_subject_once(self, database: Database, clock: SteppedClock) -> None:
        assert queue(database, clock)
        assert not queue(database, clock)
        assert only_job(database).payload == {"n": 1}


class TestWorker:
    def test_runs_what_is_due_and_nothing_else(self, database: Database, clock: SteppedClock) -> None:
        queue(database, clock, "now")
        queue(database, clock, "later", delay_s=60)
        seen: list[str] = []
        worker = Worker(database, clock, {"greet": lambda job: seen.append(job.subject)})
        assert worker.run_due() == 1
        clock.advance(seconds=61)
        assert worker.run_due() == 1
        assert seen == ["now", "later"]
        assert worker.run_due() == 0

    def test_leaves_kinds_it_does_not_know(self, database: Database, clock: SteppedClock) -> None:
        queue(database, clock)
        assert Worker(database, clock, {"other": lambda _job: None}).run_due() == 0

    def test_retries_with_growing_delay_then_gives_up(self, database: Database, clock: SteppedClock) -> None:
        queue(database, clock)

        def fail(_job: ClaimedJob) -> None:
            raise ConnectionError("no answer")

        worker = Worker(database, clock, {"greet": fail})
        delays = []
        for _ in range(MAX_ATTEMPTS):
            assert worker.run_due() == 1
            job = only_job(database)
            delays.append(job.run_at - clock.now())
            clock.advance(seconds=delays[-1].total_seconds())
        assert delays == sorted(delays)
        assert delays[0] < delays[-1]
        assert job.state is JobState.DEAD
        assert "no answer" in (job.last_error or "")
        assert worker.run_due() == 0

    def test_a_job_that_is_too_early_is_not_a_failure(self, database: Database, clock: SteppedClock) -> None:
        queue(database, clock)

        def too_early(_job: ClaimedJob) -> None:
            raise RetryLater(dt.timedelta(minutes=1))

        worker = Worker(database, clock, {"greet": too_early})
        worker.run_due()
        assert only_job(database).attempts == 0
        assert only_job(database).state is JobState.WAITING

    def test_a_dead_workers_job_is_due_again_after_its_lease(
        self, database: Database, clock: SteppedClock
    ) -> None:
        queue(database, clock)

        class Killed(BaseException):
            pass

        def die(_job: ClaimedJob) -> None:
            raise Killed

        with contextlib.suppress(Killed):
            Worker(database, clock, {"greet": die}).run_due()
        seen: list[str] = []
        other = Worker(database, clock, {"greet": lambda job: seen.append(job.subject)})
        assert other.run_due() == 0
        clock.advance(seconds=LEASE.total_seconds() + 1)
        assert other.run_due() == 1
        assert seen == ["1"]

    def test_two_workers_never_share_a_job(self, database: Database, clock: SteppedClock) -> None:
        for number in range(40):
            queue(database, clock, str(number))
        seen: list[str] = []
        handlers = {"greet": lambda job: seen.append(job.subject)}
        threads = [threading.Thread(target=Worker(database, clock, handlers).run_due) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(seen) == sorted(str(number) for number in range(40))

    def test_keeps_a_job_that_takes_longer_than_its_lease(self, database: Database) -> None:
        queue(database, SystemClock())
        lease = dt.timedelta(seconds=0.4)
        claimed_by_another: list[int] = []
        other = Worker(database, SystemClock(), {"greet": lambda _job: None}, lease=lease)

        def take_long(_job: ClaimedJob) -> None:
            for _ in range(4):
                threading.Event().wait(0.25)
                claimed_by_another.append(other.run_due())

        Worker(database, SystemClock(), {"greet": take_long}, lease=lease, renews=True).run_due()
        assert claimed_by_another == [0, 0, 0, 0]
        assert only_job(database).state is JobState.DONE

    def test_a_worker_that_lost_its_lease_does_not_settle_the_job(
        self, database: Database, clock: SteppedClock
    ) -> None:
        queue(database, clock)

        def outlive_the_lease(_job: ClaimedJob) -> None:
            clock.advance(seconds=LEASE.total_seconds() + 1)
            with contextlib.suppress(KeyboardInterrupt):
                Worker(database, clock, {"greet": die}).run_due()
            raise ConnectionError

        def die(_job: ClaimedJob) -> None:
            raise KeyboardInterrupt

        Worker(database, clock, {"greet": outlive_the_lease}).run_due()
        assert only_job(database).attempts == 2
        assert only_job(database).last_error is None


class TestDeadJobs:
    def bury(self, database: Database, clock: SteppedClock, subject: str, page_id: int | None) -> None:
        with database.transaction() as session:
            enqueue(session, kind="greet", subject=subject, payload={}, now=clock.now(), page_id=page_id)
            job = session.scalars(select(Job).where(Job.subject == subject)).one()
            job.state, job.attempts, job.last_error = JobState.DEAD, MAX_ATTEMPTS, "no answer"

    def test_are_listed_and_counted_by_page(self, database: Database, clock: SteppedClock) -> None:
        self.bury(database, clock, "ours", 1)
        self.bury(database, clock, "theirs", 2)
        self.bury(database, clock, "nobody's", None)
        queue(database, clock, "alive")
        with database.reading() as session:
            assert count_dead_jobs(session) == 3
            assert count_dead_jobs(session, page_id=1) == 1
            assert [job.subject for job in list_dead_jobs(session, page_id=2)] == ["theirs"]
            assert len(list_dead_jobs(session, limit=2)) == 2

    def test_run_again_when_they_are_asked_to(self, database: Database, clock: SteppedClock) -> None:
        self.bury(database, clock, "1", 1)
        job_id = only_job(database).id
        with database.transaction() as session:
            retry_job(session, job_id, clock.now(), page_id=1)
        seen: list[int] = []
        Worker(database, clock, {"greet": lambda job: seen.append(job.attempts)}).run_due()
        assert seen == [1]
        assert only_job(database).state is JobState.DONE

    def test_of_another_page_are_not_found(self, database: Database, clock: SteppedClock) -> None:
        self.bury(database, clock, "1", 1)
        job_id = only_job(database).id
        with database.transaction() as session, pytest.raises(NotFound):
            retry_job(session, job_id, clock.now(), page_id=2)
        assert only_job(database).state is JobState.DEAD
