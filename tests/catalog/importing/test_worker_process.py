"""An import in a real ``shop worker``: killed, asked to stop, gone on, and nothing kept waiting behind it."""

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import pytest
from sqlalchemy import func, select, update

from shop.catalog import import_runs as runs
from shop.catalog.import_files import import_store, new_key
from shop.catalog.import_jobs import handlers
from shop.catalog.import_models import ImportRun, ImportState
from shop.catalog.models import Product, Variant
from shop.core.clock import SystemClock
from shop.core.db import Database
from shop.core.outbox import Job, JobState, Worker, enqueue
from shop.page.models import AuditEntry
from shop.web.context import Runtime
from tests.catalog.importing.support import row, text_of
from tests.factories import make_account, make_page

PRODUCTS = 1500
KILLS = 5 if os.environ.get("VITRINE_PROOF") else 1
PATIENCE_S = 120


@dataclass
class Import:
    """A run that waits for a worker, and the workers that this test starts."""

    runtime: Runtime
    run_id: int
    started: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    @property
    def database(self) -> Database:
        return self.runtime.database

    def run(self) -> ImportRun:
        with self.database.reading() as session:
            return session.get_one(ImportRun, self.run_id)

    def job(self) -> Job:
        with self.database.reading() as session:
            return session.scalars(select(Job).where(Job.kind == runs.WRITE_IMPORT)).one()

    def spawn(self) -> "subprocess.Popen[bytes]":
        """Start ``shop worker``; a job whose worker was killed counts as abandoned, as after its lease."""
        with self.database.transaction() as session:
            session.execute(
                update(Job).where(Job.state == JobState.WAITING).values(run_at=dt.datetime.now(dt.UTC))
                .where(Job.kind == runs.WRITE_IMPORT)
            )  # fmt: skip
        environ = {
            **os.environ,
            "DATABASE_URL": self.database.url.render_as_string(hide_password=False),
            "DATA_DIR": str(self.runtime.settings.data_dir),
            "LOG_LEVEL": "ERROR",
        }
        process = subprocess.Popen([sys.executable, "-m", "shop.cli", "worker"], env=environ)
        self.started.append(process)
        return process

    def wait_until(self, is_so: Callable[[ImportRun], bool]) -> ImportRun:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            run = self.run()
            if is_so(run):
                return run
            time.sleep(0.02)
        pytest.fail(f"the import stands at {self.run().state}, {self.run().place} of {self.run().total}")


@pytest.fixture
def waiting(runtime: Runtime) -> Iterator[Import]:
    """An import of many products that somebody has said yes to; its workers are ended afterwards."""
    now = dt.datetime.now(dt.UTC)
    body = text_of(
        *(row(f"mug-{n}", Variant_SKU=f"M{n}") for n in range(PRODUCTS)), row("bad", Variant_Price="x")
    )
    key = new_key()
    import_store(runtime.settings).put(key, body.encode())
    with runtime.database.transaction() as session:
        owner = make_account(session)
        page = make_page(session, owner=owner)
        run = runs.create_run(
            session, page_id=page.id, currency="EUR", account_id=owner.id, filename="many.csv", file_key=key,
            file_bytes=len(body), now=now,
        )  # fmt: skip
    Worker(runtime.database, SystemClock(), handlers(replace(runtime, clock=SystemClock()))).run_due()
    with runtime.database.transaction() as session:
        runs.start_run(session, page_id=page.id, run_id=run.id, account_id=owner.id, now=now)
    made = Import(runtime, run.id)
    yield made
    for process in made.started:
        if process.poll() is None:
            process.kill()
            process.wait()


def assert_undisturbed(database: Database, run: ImportRun) -> None:
    """The figures and the shop are those of an import that nobody disturbed."""
    assert (run.state, run.created, run.updated, run.rejected) == (ImportState.DONE, PRODUCTS, 0, 1)
    assert run.place == run.total == PRODUCTS + 1
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Product)) == PRODUCTS
        assert session.scalar(select(func.count()).select_from(Variant)) == PRODUCTS
        acts = session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)).all()
    assert acts == ["import.started", "import.finished"]


@pytest.mark.drill
class TestWorker:
    def test_killed_again_and_again_loses_and_doubles_nothing(self, waiting: Import) -> None:
        for _ in range(KILLS):
            before = waiting.run().place
            worker = waiting.spawn()
            waiting.wait_until(lambda run, before=before: run.place > before)
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            assert waiting.run().state is ImportState.RUNNING
            with waiting.database.reading() as session:
                assert session.scalar(select(func.count()).select_from(Product)) == waiting.run().created
        waiting.spawn()
        assert_undisturbed(waiting.database, waiting.wait_until(lambda run: run.state is ImportState.DONE))

    def test_asked_to_stop_gives_the_import_back_between_two_batches(self, waiting: Import) -> None:
        worker = waiting.spawn()
        waiting.wait_until(lambda run: run.place > 0)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(15) == 0
        job = waiting.job()
        assert (job.state, job.attempts) == (JobState.WAITING, 0)
        assert job.run_at <= dt.datetime.now(dt.UTC)
        assert waiting.run().place < waiting.run().total
        waiting.spawn()
        assert_undisturbed(waiting.database, waiting.wait_until(lambda run: run.state is ImportState.DONE))

    def test_does_other_jobs_while_an_import_runs(self, waiting: Import) -> None:
        with waiting.database.transaction() as session:
            now = dt.datetime.now(dt.UTC)
            # After the import's job in the queue, so that a worker with one lane would come to it last.
            enqueue(session, kind=runs.FORGET_IMPORT, subject="none", payload={"run_id": 0}, now=now)
        waiting.spawn()

        def is_done() -> bool:
            with waiting.database.reading() as session:
                state = session.scalar(select(Job.state).where(Job.subject == "none"))
            return state is JobState.DONE

        run = waiting.wait_until(lambda _run: is_done())
        assert run.state in (ImportState.QUEUED, ImportState.RUNNING)
