"""The outbox: once queued, run at least once, retried with growing delay."""

import contextlib
import datetime as dt
import threading

from sqlalchemy import select

from shop.core.clock import SteppedClock
from shop.core.db import Database
from shop.core.outbox import LEASE, MAX_ATTEMPTS, ClaimedJob, Job, JobState, RetryLater, Worker, enqueue


def queue(database: Database, clock: SteppedClock, subject: str = "1", delay_s: int = 0) -> bool:
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
