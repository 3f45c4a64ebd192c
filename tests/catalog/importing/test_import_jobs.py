"""Imports that are remembered: read, written batch by batch, stopped, overtaken, gone on, forgotten."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from shop.accounts.models import Account
from shop.catalog import import_runs as runs
from shop.catalog.import_files import import_path, import_store, new_key
from shop.catalog.import_jobs import handlers
from shop.catalog.import_models import ImportIssue, ImportRun, ImportState, Planned, PlannedProduct
from shop.catalog.import_queries import count_pictures, get_left_out
from shop.catalog.import_run import BATCH_PRODUCTS
from shop.catalog.import_service import BatchOutcome
from shop.catalog.import_work import RunMoved, Ticket, begin_writing, record_batch
from shop.catalog.models import FetchState, PictureFetch, Product
from shop.core.db import Database
from shop.core.outbox import LEASE, Job, JobState, Worker
from shop.page.models import AuditEntry, Page
from shop.web.context import Runtime
from tests.catalog.importing.support import row, text_of
from tests.factories import make_account, make_page

MANY = 2 * BATCH_PRODUCTS + 50


@dataclass
class House:
    """A page whose owner imports, and the worker that does it."""

    runtime: Runtime
    page: Page
    owner: Account

    @property
    def database(self) -> Database:
        return self.runtime.database

    def now(self) -> dt.datetime:
        return self.runtime.clock.now()

    def bring(self, *rows: dict[str, str], content: bytes | None = None, **choices: Any) -> int:
        """Bring rows, or bytes, as a file; return the run's id."""
        body = text_of(*rows).encode() if content is None else content
        key = new_key()
        import_store(self.runtime.settings).put(key, body)
        with self.database.transaction() as session:
            run = runs.create_run(
                session, page_id=self.page.id, currency="EUR", account_id=self.owner.id, filename="products.csv",
                file_key=key, file_bytes=len(body), now=self.now(), **choices,
            )  # fmt: skip
        return run.id

    def work(self, *, stop_after: int | None = None) -> None:
        """Do what is due; stop after so many looks at whether to stop."""
        looks = 0

        def is_stopping() -> bool:
            nonlocal looks
            looks += 1
            return stop_after is not None and looks >= stop_after

        jobs = handlers(self.runtime, is_stopping)
        Worker(self.database, self.runtime.clock, jobs).run_due(limit=1 if stop_after else 100)

    def start(self, run_id: int) -> None:
        with self.database.transaction() as session:
            runs.start_run(
                session, page_id=self.page.id, run_id=run_id, account_id=self.owner.id, now=self.now()
            )

    def cancel(self, run_id: int) -> None:
        with self.database.transaction() as session:
            runs.cancel_run(
                session, page_id=self.page.id, run_id=run_id, account_id=self.owner.id, now=self.now()
            )

    def repeat(self, run_id: int, *, later: dt.timedelta = dt.timedelta(0)) -> int:
        with self.database.transaction() as session:
            run = runs.repeat_run(
                session, page_id=self.page.id, currency="EUR", account_id=self.owner.id, run_id=run_id,
                now=self.now() + later,
            )  # fmt: skip
        return run.id


@pytest.fixture
def house(runtime: Runtime) -> House:
    with runtime.database.transaction() as session:
        owner = make_account(session)
        return House(runtime, make_page(session, owner=owner), owner)


def run_of(database: Database, run_id: int) -> ImportRun:
    with database.reading() as session:
        return session.get_one(ImportRun, run_id)


def count(database: Database, table: type) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def acts(database: Database) -> list[tuple[str, dict[str, object]]]:
    with database.reading() as session:
        found = session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        return [(entry.act, entry.after) for entry in found]


class TestReadImport:
    def test_tells_what_the_file_would_do_and_changes_nothing(self, house: House):
        run_id = house.bring(
            row("mug"), row("cup"), row("bad", Variant_Price="x"), row("bad", Option1_Value="L")
        )
        house.work()
        run = run_of(house.database, run_id)
        assert (run.state, run.products, run.variants, run.rejected, run.rejections) == (
            ImportState.READ,
            3,
            4,
            1,
            2,
        )
        assert (run.planned_created, run.planned_updated, run.created, run.place) == (2, 0, 0, 0)
        assert run.recognised["format"] == "shopify"
        assert (run.recognised["delimiter"], run.recognised["price_column"]) == (",", "Variant Price")
        assert [one["title"] for one in run.recognised["sample"]] == ["Mug", "Mug"]
        assert count(house.database, Product) == 0
        with house.database.reading() as session:
            assert get_left_out(session, run_id) == [[4, 5]]

    def test_tells_new_changed_and_unchanged_products_apart(self, house: House):
        first = house.bring(row("mug"), row("cup"))
        house.work()
        house.start(first)
        house.work()
        run_id = house.bring(row("mug", Variant_Price="14", Title="Big mug"), row("cup"), row("pot"))
        house.work()
        with house.database.reading() as session:
            found = session.scalars(select(PlannedProduct).where(PlannedProduct.run_id == run_id))
            plan = {one.slug: (one.outcome, one.changes, one.price_from_amount) for one in found}
        assert plan == {
            "mug": (Planned.CHANGED, ["title", "price"], 1400),
            "cup": (Planned.UNCHANGED, [], 1250),
            "pot": (Planned.CREATED, [], 1250),
        }

    def test_keeps_each_fault_with_its_place(self, house: House):
        run_id = house.bring(row("bad", Variant_Price="1-2"))
        house.work()
        with house.database.reading() as session:
            [fault] = session.scalars(select(ImportIssue).where(ImportIssue.is_rejection))
        assert (fault.run_id, fault.row, fault.field, fault.value, fault.code) == (
            run_id, 2, "Variant Price", "1-2", "price_range",
        )  # fmt: skip

    def test_keeps_why_a_file_cannot_be_read(self, house: House):
        run_id = house.bring(content=b'Handle,Title,Variant Price\nmug,"never closed')
        house.work()
        run = run_of(house.database, run_id)
        assert run.state is ImportState.FAULTY
        assert run.fault == {"code": "unclosed_quote", "params": {"row": 2}}

    def test_a_file_that_is_gone_cannot_be_read(self, house: House):
        run_id = house.bring(row())
        key = run_of(house.database, run_id).file_key
        import_store(house.runtime.settings).delete(key or "")
        house.work()
        assert run_of(house.database, run_id).fault == {"code": "unreadable", "params": {}}

    def test_broken_off_begins_anew_and_finds_the_same(self, house: House):
        rows = [row(f"mug-{n}") for n in range(MANY)] + [row("bad", Variant_Price="x")]
        run_id = house.bring(*rows)
        house.work(stop_after=2)
        assert run_of(house.database, run_id).state is ImportState.READING
        house.work()
        run = run_of(house.database, run_id)
        assert (run.state, run.products, run.rejections) == (ImportState.READ, MANY + 1, 1)
        assert count(house.database, PlannedProduct) == MANY

    def test_reads_again_with_other_choices(self, house: House):
        run_id = house.bring(content=text_of(row(Title="Thé à la menthe")).encode("cp850"), encoding="cp1252")
        house.work()
        with house.database.transaction() as session:
            runs.read_again(
                session, page_id=house.page.id, run_id=run_id, currency="EUR", format_name="auto", encoding="cp850",
                sets_stock=True, now=house.now(),
            )  # fmt: skip
        house.work()
        run = run_of(house.database, run_id)
        assert [one["title"] for one in run.recognised["sample"]] == ["Thé à la menthe"]
        assert (run.state, run.sets_stock, run.recognised["encoding"]) == (ImportState.READ, True, "cp850")
        assert count(house.database, PlannedProduct) == 1

    def test_cancelled_leaves_nothing_to_write(self, house: House):
        run_id = house.bring(row())
        house.cancel(run_id)
        house.work()
        assert run_of(house.database, run_id).state is ImportState.CANCELLED
        with pytest.raises(runs.NotNow):
            house.start(run_id)


class TestWriteImport:
    @pytest.fixture
    def read_run(self, house: House) -> int:
        """A file of many products and a faulty one, read and waiting for a yes."""
        run_id = house.bring(*(row(f"mug-{n}") for n in range(MANY)), row("bad", Variant_Price="x"))
        house.work()
        return run_id

    def test_writes_the_products_and_tells_the_figures(self, house: House, read_run: int):
        house.start(read_run)
        house.work()
        run = run_of(house.database, read_run)
        assert (run.state, run.created, run.updated, run.rejected, run.unchanged) == (
            ImportState.DONE,
            MANY,
            0,
            1,
            0,
        )
        assert (run.place, run.total) == (MANY + 1, MANY + 1)
        assert count(house.database, Product) == MANY
        assert acts(house.database) == [
            ("import.started", {"products": MANY, "rejected": 1, "stock": False, "after": 0}),
            (
                "import.finished",
                {"created": MANY, "updated": 0, "rejected": 1, "place": MANY + 1, "total": MANY + 1},
            ),
        ]

    def test_asking_twice_writes_once(self, house: House, read_run: int):
        house.start(read_run)
        house.start(read_run)
        house.work()
        assert run_of(house.database, read_run).created == count(house.database, Product) == MANY
        with pytest.raises(runs.NotNow):
            house.start(read_run)

    def test_gives_its_job_back_at_once_when_the_worker_stops(self, house: House, read_run: int):
        house.start(read_run)
        house.work(stop_after=1)
        run = run_of(house.database, read_run)
        assert (run.state, run.place, run.created) == (ImportState.RUNNING, BATCH_PRODUCTS, BATCH_PRODUCTS)
        with house.database.reading() as session:
            [job] = session.scalars(select(Job).where(Job.kind == runs.WRITE_IMPORT))
        assert (job.state, job.attempts, job.run_at <= house.now()) == (JobState.WAITING, 0, True)
        house.work()
        run = run_of(house.database, read_run)
        assert (run.state, run.created, count(house.database, Product)) == (ImportState.DONE, MANY, MANY)

    def test_cancelled_between_two_batches_keeps_what_is_written_and_can_go_on(
        self, house: House, read_run: int
    ):
        house.start(read_run)
        house.work(stop_after=1)
        house.cancel(read_run)
        house.work()
        run = run_of(house.database, read_run)
        assert (run.state, run.created, count(house.database, Product)) == (
            ImportState.CANCELLED, BATCH_PRODUCTS, BATCH_PRODUCTS,
        )  # fmt: skip
        house.start(read_run)
        house.work()
        run = run_of(house.database, read_run)
        assert (run.state, run.created, count(house.database, Product)) == (ImportState.DONE, MANY, MANY)
        assert [act for act, _ in acts(house.database)] == [
            "import.started", "import.cancelled", "import.started", "import.finished",
        ]  # fmt: skip

    def test_cancelled_while_a_batch_is_written_takes_that_batch_back(self, house: House, read_run: int):
        house.start(read_run)
        ticket = Ticket(read_run, run_of(house.database, read_run).round)
        with house.database.transaction() as session:
            begin_writing(session, ticket, now=house.now())
        house.cancel(read_run)
        with pytest.raises(RunMoved), house.database.transaction() as session:
            record_batch(
                session,
                ticket,
                before=0,
                place=100,
                outcome=BatchOutcome(created=100),
                now=house.now(),
            )
        assert run_of(house.database, read_run).created == 0

    def test_a_worker_that_was_overtaken_counts_nothing(self, house: House, read_run: int):
        house.start(read_run)
        ticket = Ticket(read_run, run_of(house.database, read_run).round)
        house.work(stop_after=1)
        with pytest.raises(RunMoved), house.database.transaction() as session:
            record_batch(
                session,
                ticket,
                before=0,
                place=100,
                outcome=BatchOutcome(created=100),
                now=house.now(),
            )
        assert run_of(house.database, read_run).created == BATCH_PRODUCTS

    def test_two_imports_into_one_page_queue(self, house: House, read_run: int):
        second = house.bring(row("cup"))
        house.work()
        house.start(read_run)
        house.work(stop_after=1)
        house.start(second)
        with house.database.transaction() as session:
            # The first one's worker is lost: its job is not due for the time of its lease.
            job = session.scalars(select(Job).where(Job.subject == f"{read_run}:2")).one()
            job.run_at = house.now() + LEASE
        house.work()
        assert run_of(house.database, second).state is ImportState.QUEUED
        house.runtime.clock.advance(seconds=LEASE.total_seconds() + 1)  # type: ignore[attr-defined]
        house.work()
        house.runtime.clock.advance(seconds=3)  # type: ignore[attr-defined]
        house.work()
        assert (
            run_of(house.database, read_run).state is run_of(house.database, second).state is ImportState.DONE
        )

    def test_a_page_that_changed_its_currency_has_the_file_read_again(self, house: House, read_run: int):
        house.start(read_run)
        with house.database.transaction() as session:
            session.get_one(Page, house.page.id).currency = "USD"
        house.work()
        run = run_of(house.database, read_run)
        assert (run.state, run.fault) == (
            ImportState.FAILED, {"code": "currency_changed", "params": {"currency": "USD"}},
        )  # fmt: skip
        assert count(house.database, Product) == 0

    def test_a_job_that_ends_its_worker_again_and_again_is_given_up(self, house: House, read_run: int):
        house.start(read_run)
        with house.database.transaction() as session:
            session.scalars(select(Job).where(Job.kind == runs.WRITE_IMPORT)).one().attempts = 20
        house.work()
        assert run_of(house.database, read_run).fault == {"code": "broke_off", "params": {}}
        house.start(read_run)
        house.work()
        assert run_of(house.database, read_run).state is ImportState.DONE

    def test_repeated_changes_nothing(self, house: House, read_run: int):
        house.start(read_run)
        house.work()
        again = house.repeat(read_run)
        house.work()
        house.start(again)
        house.work()
        run = run_of(house.database, again)
        assert (run.state, run.created, run.updated, run.unchanged) == (ImportState.DONE, 0, 0, MANY)


class TestPictures:
    def test_belong_to_the_run_that_asked_for_them(self, house: House):
        run_id = house.bring(
            row(Image_Src="https://e.example/1.jpg"), row("cup", Image_Src="https://e.example/2.jpg")
        )
        house.work()
        house.start(run_id)
        house.work()
        with house.database.transaction() as session:
            first = session.scalars(select(PictureFetch).order_by(PictureFetch.id)).first()
            first.state, first.problem = FetchState.FAILED, "The server of this picture did not answer."
        with house.database.transaction() as session:
            progress = count_pictures(session, run_id)
            assert (progress.waiting, progress.done, progress.failed, progress.total) == (1, 0, 1, 2)
            assert (
                runs.try_pictures_again(session, page_id=house.page.id, run_id=run_id, now=house.now()) == 1
            )
            assert count_pictures(session, run_id).waiting == 2
        with house.database.reading() as session:
            jobs = session.scalars(select(Job.page_id).where(Job.kind == "catalog.fetch_picture")).all()
        assert jobs == [house.page.id] * 3


class TestForgetImport:
    def test_deletes_the_file_and_the_list_of_its_rows_in_time(self, house: House):
        run_id = house.bring(row("mug"), row("bad", Variant_Price="x"))
        house.work()
        again = house.repeat(run_id, later=dt.timedelta(days=1))
        house.work()
        path = import_path(house.runtime.settings, run_of(house.database, run_id).file_key or "")
        house.runtime.clock.advance(seconds=runs.KEPT_FOR.total_seconds() + 1)
        house.work()
        assert (run_of(house.database, run_id).file_key, path.exists()) == (None, True)
        house.runtime.clock.advance(days=1)
        house.work()
        assert (run_of(house.database, again).file_key, path.exists()) == (None, False)
        assert count(house.database, ImportIssue) == count(house.database, PlannedProduct) == 0

    def test_keeps_files_where_nobody_else_may_look(self, house: House):
        house.bring(row())
        folder = import_store(house.runtime.settings).root
        assert folder.stat().st_mode & 0o077 == 0
        assert not folder.is_relative_to(house.runtime.settings.media_dir)
        assert len(list(Path(folder).iterdir())) == 1
