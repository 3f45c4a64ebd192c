import datetime as dt
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from click.testing import CliRunner, Result
from sqlalchemy import select

from shop.catalog.cli import import_command
from shop.catalog.import_command import import_remembered
from shop.catalog.import_models import ImportOrigin, ImportRun, ImportState
from shop.core.db import Database
from shop.page.models import AuditEntry
from tests.catalog.importing.support import Write, row, text_of
from tests.factories import make_page


@pytest.fixture
def kept_logging() -> Iterator[None]:
    """The command sends all logs to its standard error; afterwards they go where they went."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def run(
    kept_logging: None, database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Run ``shop import … --page lumen``."""
    with database.transaction() as session:
        make_page(session, slug="lumen")
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))

    def run_it(path: Path, *options: str, page: str = "lumen") -> Result:
        return CliRunner().invoke(import_command, [str(path), "--page", page, *options])

    return run_it


class TestImportCommand:
    def test_prints_the_report_as_json(self, run, write: Write):
        path = write(text_of(row(), row("bad", Variant_Price="x")))
        result = run(path, "--json")
        report = json.loads(result.stdout)
        assert result.exit_code == 0
        assert list(report) == [
            "format", "encoding", "products", "variants", "images", "created", "updated", "rejected", "warnings",
        ]  # fmt: skip
        assert (report["products"], report["created"]) == (2, 1)
        assert report["rejected"] == [
            {"row": 3, "field": "Variant Price", "value": "x", "reason": "This is not a price."}
        ]
        assert json.loads(run(path, "--json").stdout)["created"] == 0

    def test_is_remembered_in_the_pages_list_of_imports(self, run, database: Database, write: Write):
        run(write(text_of(row(), row("bad", Variant_Price="x"))))
        with database.reading() as session:
            [one] = session.scalars(select(ImportRun))
            acts = session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)).all()
        assert (one.origin, one.state, one.account_id) == (ImportOrigin.COMMAND, ImportState.DONE, None)
        assert (one.products, one.created, one.rejected, one.place) == (2, 1, 1, 2)
        assert acts == ["import.started", "import.finished"]

    def test_a_dry_run_is_not_remembered(self, run, database: Database, write: Write):
        run(write(text_of(row())), "--dry-run")
        with database.reading() as session:
            assert session.scalars(select(ImportRun)).all() == []

    def test_broken_off_by_its_user_stands_as_stopped(
        self, database: Database, write: Write, now: dt.datetime
    ):
        with database.transaction() as session:
            page = make_page(session)

        def interrupt(_done: int, _total: int) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            import_remembered(
                database, write(text_of(*(row(f"m-{n}") for n in range(150)))), page_id=page.id, currency="EUR",
                now=lambda: now, format="auto", encoding="auto", sets_stock=False, on_progress=interrupt,
            )  # fmt: skip
        with database.reading() as session:
            [one] = session.scalars(select(ImportRun))
        assert (one.state, one.place, one.created) == (ImportState.CANCELLED, 100, 100)

    def test_prints_for_a_person(self, run, write: Write):
        result = run(write(text_of(row(), row("bad", Variant_Price="x"))))
        assert "1 were created" in result.stdout
        assert "This is not a price." in result.stdout

    def test_a_dry_run_says_so(self, run, write: Write):
        path = write(text_of(row()))
        assert "1 would be created" in run(path, "--dry-run").stdout
        assert "1 were created" in run(path).stdout

    def test_a_faulty_file_is_told_in_a_sentence(self, run, write: Write):
        result = run(write(b""), "--json")
        assert (result.exit_code, result.stdout) == (2, "")
        assert "The file is empty." in result.stderr

    def test_knows_no_page_of_that_name(self, run, write: Write):
        result = run(write(text_of(row())), page="nobody")
        assert result.exit_code == 1
        assert "nobody" in result.stderr

    def test_says_what_to_do_when_there_are_no_tables(
        self, run, write: Write, monkeypatch: pytest.MonkeyPatch, tmp_path
    ):
        monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'empty.db'}")
        result = run(write(text_of(row())))
        assert result.exit_code == 1
        assert "shop migrate" in result.stderr
