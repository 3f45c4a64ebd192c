"""The import of followers: what it writes, that repeating adds nobody, stopping, going on, the room and the command."""

import io
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from shop.accounts.models import Account
from shop.accounts.service import WrongCredentials, authenticate
from shop.catalog.import_files import import_store
from shop.cli import main
from shop.core.clock import SteppedClock
from shop.core.db import Database
from shop.core.outbox import ClaimedJob, RetryLater, Worker
from shop.insights.truth import check_days
from shop.page.models import Follower, LikeEvent, LikeSource, Page, Role
from shop.quality.follower_file import FollowerFile
from shop.quality.follower_importing import BATCH, import_followers
from shop.quality.follower_imports import READ, WRITE
from shop.quality.follower_jobs import write
from shop.quality.jobs import handlers
from shop.quality.models import FanReport, FollowerImport, ImportStatus
from shop.web.context import Runtime
from shop.worker import LANES
from tests.factories import START, make_account, make_staff
from tests.quality.house import make_old_page
from tests.support.statements import count_statements
from tests.support.visitors import sign_in

PATH = "/en/manage/lumen/followers/imports"
THREE = "name,since\nLéa Fontaine,2026-09-01\nHugo Roy,2026-09-02\nInès Mer,2026-09-02 10:00\n"


@pytest.fixture
def page(database: Database) -> Page:
    with database.transaction() as session:
        return make_old_page(session)


@pytest.fixture
def client(app: Flask, database: Database, page: Page) -> FlaskClient:
    with database.transaction() as session:
        account = make_account(session, name="Camille")
        make_staff(session, page, account, Role.MANAGER)
    browser = app.test_client()
    browser.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    sign_in(browser, account)
    return browser


def file_of(tmp_path: Path, text: str) -> FollowerFile:
    path = tmp_path / "followers.csv"
    path.write_text(text, encoding="utf-8")
    return FollowerFile(path, country="FR", secret="s")


def many(number: int) -> str:
    rows = [f"{n},Person {n},2026-{9 + n % 2:02}-{1 + n % 28:02}" for n in range(number)]
    return "\n".join(["id,name,since", *rows, ""])


class TestImportFollowers:
    def test_writes_them_with_their_dates_and_the_source_import(
        self, database: Database, page: Page, tmp_path: Path
    ) -> None:
        outcome = import_followers(database, file_of(tmp_path, THREE), page=page, now=START)

        assert (outcome.added, outcome.known, outcome.rejected) == (3, 0, 0)
        with database.reading() as session:
            found = session.execute(
                select(Account.name, Follower.source, Follower.followed_at)
                .join(Follower, Follower.account_id == Account.id)
                .order_by(Follower.followed_at)
            ).all()
            events = session.scalars(select(LikeEvent.source)).all()
            assert session.get_one(Page, page.id).follower_count == 3
        assert [row.name for row in found] == ["Léa Fontaine", "Hugo Roy", "Inès Mer"]
        assert {row.source for row in found} == set(events) == {LikeSource.IMPORT}
        assert found[2].followed_at.isoformat() == "2026-09-02T08:00:00+00:00"

    def test_leaves_the_figures_of_days_right(self, database: Database, page: Page, tmp_path: Path) -> None:
        import_followers(database, file_of(tmp_path, many(60)), page=page, now=START)

        with database.reading() as session:
            assert check_days(session, page) == []

    def test_adds_nobody_when_it_is_repeated(self, database: Database, page: Page, tmp_path: Path) -> None:
        file = file_of(tmp_path, THREE + "Léa Fontaine,2026-09-01\n")
        first = import_followers(database, file, page=page, now=START)

        again = import_followers(database, file, page=page, now=START)

        assert (first.added, first.known) == (3, 1)
        assert (again.added, again.known) == (0, 4)

    def test_adds_each_once_when_two_bring_the_same_file_at_once(
        self, database: Database, page: Page, tmp_path: Path
    ) -> None:
        file = file_of(tmp_path, many(2 * BATCH))

        with ThreadPoolExecutor(2) as pool:
            both = list(pool.map(lambda _n: import_followers(database, file, page=page, now=START), range(2)))

        assert sum(one.added for one in both) == 2 * BATCH
        with database.reading() as session:
            assert session.get_one(Page, page.id).follower_count == 2 * BATCH
            assert session.scalar(select(func.count()).select_from(Follower)) == 2 * BATCH

    def test_changes_nothing_in_a_dry_run_and_foresees_the_figures(
        self, database: Database, page: Page, tmp_path: Path
    ) -> None:
        file = file_of(tmp_path, many(BATCH + 20) + "3,Person 3,2026-10-04\n,,\n9,X,never\n")

        foreseen = import_followers(database, file, page=page, now=START, is_dry_run=True)

        with database.reading() as session:
            assert session.scalar(select(func.count()).select_from(Follower)) == 0
        done = import_followers(database, file, page=page, now=START)
        assert foreseen == done
        assert (done.added, done.known, done.rejected) == (BATCH + 20, 1, 1)

    def test_makes_no_real_account_like_the_page(
        self, database: Database, page: Page, tmp_path: Path
    ) -> None:
        with database.transaction() as session:
            lea = make_account(session, name="Léa", email="lea@example.com")

        import_followers(
            database,
            file_of(tmp_path, "email,name,since\nlea@example.com,Léa,2026-09-01\n"),
            page=page,
            now=START,
        )

        with database.reading() as session:
            follower = session.scalars(select(Follower)).one()
            email = session.get_one(Account, follower.account_id).email
        assert follower.account_id != lea.id
        assert email.endswith("@example.invalid")
        assert "lea" not in email

    def test_makes_accounts_that_nobody_can_sign_in_to(
        self, database: Database, page: Page, tmp_path: Path
    ) -> None:
        import_followers(database, file_of(tmp_path, THREE), page=page, now=START)

        with database.reading() as session:
            email = session.scalars(select(Account.email).limit(1)).one()
            for password in ("", "!", "password"):
                with pytest.raises(WrongCredentials):
                    authenticate(session, email=email, password=password)

    def test_takes_as_many_statements_for_a_batch_however_many_are_in_it(
        self, database: Database, page: Page, tmp_path: Path
    ) -> None:
        with count_statements(database.engine) as few:
            import_followers(database, file_of(tmp_path, many(100)), page=page, now=START)
        with database.transaction() as session:
            other = make_old_page(session, "other")
        with count_statements(database.engine) as more:
            import_followers(database, file_of(tmp_path, many(BATCH)), page=other, now=START)

        # A row of a page's day each (56 days at most), and what insertmanyvalues splits.
        assert len(more) <= len(few) + 20


class TestWrite:
    @pytest.fixture
    def run(self, runtime: Runtime, database: Database, page: Page) -> FollowerImport:
        import_store(runtime.settings).put("k.csv", many(3 * BATCH).encode())
        with database.transaction() as session:
            run = FollowerImport(
                page_id=page.id, name="f.csv", file_key="k.csv", status=ImportStatus.RUNNING, total=3 * BATCH,
                created_at=START,
            )  # fmt: skip
            session.add(run)
        return run

    def job(self, run: FollowerImport) -> ClaimedJob:
        return ClaimedJob(1, WRITE, f"{run.id}", {"import_id": run.id}, 1)

    def test_goes_on_where_a_stopped_worker_left_it(
        self, runtime: Runtime, database: Database, run: FollowerImport
    ) -> None:
        with pytest.raises(RetryLater):
            write(runtime, self.job(run), lambda: True)
        with database.reading() as session:
            assert session.get_one(FollowerImport, run.id).done == BATCH

        write(runtime, self.job(run))

        with database.reading() as session:
            kept = session.get_one(FollowerImport, run.id)
        assert (kept.status, kept.done, kept.added, kept.known) == (
            ImportStatus.DONE,
            3 * BATCH,
            3 * BATCH,
            0,
        )

    def test_writes_nothing_more_once_it_is_cancelled(
        self, runtime: Runtime, database: Database, run: FollowerImport
    ) -> None:
        with pytest.raises(RetryLater):
            write(runtime, self.job(run), lambda: True)
        with database.transaction() as session:
            session.get_one(FollowerImport, run.id).status = ImportStatus.CANCELLED

        write(runtime, self.job(run))

        with database.reading() as session:
            assert session.scalar(select(func.count()).select_from(Follower)) == BATCH

    def test_leaves_it_to_another_worker_that_has_taken_it_up_meanwhile(
        self, runtime: Runtime, database: Database, run: FollowerImport
    ) -> None:
        others: list[str] = []

        def let_another_go_on() -> bool:
            if not others:
                others.append("at work")
                with pytest.raises(RetryLater):
                    write(runtime, self.job(run), lambda: True)
            return False

        write(runtime, self.job(run), let_another_go_on)
        with database.reading() as session:
            assert session.get_one(FollowerImport, run.id).done == 2 * BATCH
        write(runtime, self.job(run))

        with database.reading() as session:
            kept = session.get_one(FollowerImport, run.id)
        assert (kept.status, kept.done, kept.added, kept.known) == (
            ImportStatus.DONE,
            3 * BATCH,
            3 * BATCH,
            0,
        )

    def test_deletes_the_file_once_all_of_it_is_written(self, runtime: Runtime, run: FollowerImport) -> None:
        write(runtime, self.job(run))

        assert not (runtime.settings.data_dir / "imports" / "k.csv").exists()

    def test_says_so_when_the_file_is_gone(
        self, runtime: Runtime, database: Database, run: FollowerImport
    ) -> None:
        import_store(runtime.settings).delete("k.csv")

        write(runtime, self.job(run))

        with database.reading() as session:
            kept = session.get_one(FollowerImport, run.id)
        assert (kept.status, kept.problems[0]["why"]) == (ImportStatus.FAILED, "unreadable")


class TestLanes:
    @pytest.mark.parametrize("kind", [READ, WRITE])
    def test_let_long_files_run_beside_what_orders_wait_for(self, kind: str) -> None:
        assert any(kind in lane.kinds and lane.is_long for lane in LANES)


class TestRoom:
    def bring(self, client: FlaskClient, text: str, name: str = "followers.csv") -> str:
        response = client.post(PATH, data={"file": (io.BytesIO(text.encode()), name)})
        assert response.status_code == 303
        return str(response.headers["Location"])

    def test_shows_what_a_file_would_bring_then_brings_it_and_looks_at_them(
        self, client: FlaskClient, runtime: Runtime, clock: SteppedClock, database: Database
    ) -> None:
        worker = Worker(database, clock, handlers(runtime))
        place = self.bring(client, THREE + "Nobody,soon\n")
        assert "Reading the file" in client.get(place).text
        worker.run_due()

        preview = client.get(place).text
        assert "Import 3 followers" in preview
        assert "This is not a date that can be read." in preview
        assert client.post(f"{place}/start").status_code == 303
        worker.run_due()

        text = client.get(place).text
        assert "See fan quality" in text
        assert "soon" in text
        with database.reading() as session:
            assert session.scalar(select(func.count()).select_from(Follower)) == 3
            assert session.scalars(select(FanReport.fans)).all() == [3]

    def test_tells_why_a_file_cannot_be_read(
        self, client: FlaskClient, runtime: Runtime, clock: SteppedClock, database: Database
    ) -> None:
        place = self.bring(client, "Handle,Title\nmug,Mug\n")

        Worker(database, clock, handlers(runtime)).run_due()

        assert "The file needs a column that says who" in client.get(place).text

    def test_says_that_a_file_has_no_rows_under_its_header(
        self, client: FlaskClient, runtime: Runtime, clock: SteppedClock, database: Database
    ) -> None:
        place = self.bring(client, "name,since\n")

        Worker(database, clock, handlers(runtime)).run_due()

        assert "The file has a header but no rows under it." in client.get(place).text

    def test_tells_how_dates_are_read_that_could_be_two(
        self, client: FlaskClient, runtime: Runtime, clock: SteppedClock, database: Database
    ) -> None:
        worker = Worker(database, clock, handlers(runtime))
        by_days, by_months, by_iso = (
            self.bring(client, f"name,since\nLéa,{date}\nHugo,{date}\n")
            for date in ("03/04/2024", "03/31/2024", "2024-04-03")
        )
        worker.run_due()

        assert "with the day first: 3 April" in client.get(by_days).text
        assert "with the month first: March 4" in client.get(by_months).text
        assert "3/4/2024" not in client.get(by_iso).text

    def test_asks_for_a_file_where_none_was_chosen(self, client: FlaskClient) -> None:
        response = client.post(PATH)

        assert response.status_code == 422
        assert "Choose the file with your followers." in response.text

    def test_is_cancelled_before_it_begins(
        self, client: FlaskClient, runtime: Runtime, clock: SteppedClock, database: Database
    ) -> None:
        place = self.bring(client, THREE)
        Worker(database, clock, handlers(runtime)).run_due()

        client.post(f"{place}/cancellation")

        assert "Cancelled before it began" in client.get(place).text
        assert "followers.csv" in client.get(PATH).text

    def test_starts_nothing_that_was_not_read(self, client: FlaskClient) -> None:
        place = self.bring(client, THREE)

        assert "moved on" in client.post(f"{place}/start", follow_redirects=True).text


class TestImportCommand:
    @pytest.fixture
    def command(self, database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CliRunner:
        monkeypatch.setenv("DATABASE_URL", database.url.render_as_string(hide_password=False))
        monkeypatch.setenv("DATA_DIR", str(tmp_path))
        monkeypatch.setenv("LOG_LEVEL", "WARNING")
        return CliRunner()

    @pytest.mark.usefixtures("page")
    def test_adds_them_and_names_wrong_rows(self, command: CliRunner, tmp_path: Path) -> None:
        path = tmp_path / "f.csv"
        path.write_text(THREE + "Nobody,soon\n")

        result = command.invoke(main, ["followers", "import", str(path), "--page", "lumen"])

        assert "4 rows: 3 followers were added, 0 were there already." in result.output
        assert "row 5: “soon”: This is not a date that can be read." in result.output
        assert result.exit_code == 0

    @pytest.mark.usefixtures("page")
    def test_prints_a_report_of_a_dry_run_as_json(
        self, command: CliRunner, tmp_path: Path, database: Database
    ) -> None:
        path = tmp_path / "f.csv"
        path.write_text(THREE)

        result = command.invoke(
            main, ["followers", "import", str(path), "--page", "lumen", "--dry-run", "--json"]
        )

        report = json.loads(result.output)
        assert (report["rows"], report["added"], report["columns"]) == (
            3,
            3,
            {"name": "name", "since": "since"},
        )
        with database.reading() as session:
            assert session.scalar(select(func.count()).select_from(Follower)) == 0

    @pytest.mark.usefixtures("page")
    def test_ends_with_2_for_a_file_of_something_else(self, command: CliRunner, tmp_path: Path) -> None:
        path = tmp_path / "f.csv"
        path.write_text("Handle,Title\nmug,Mug\n")

        result = command.invoke(main, ["followers", "import", str(path), "--page", "lumen"])

        assert result.exit_code == 2
        assert "needs a column that says who" in result.output
