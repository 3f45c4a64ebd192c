"""Fixtures of all tests: each test that touches data runs on SQLite and on a real PostgreSQL."""

import datetime as dt
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path

import pytest
from flask import Flask, Response
from flask import request as flask_request
from flask.testing import FlaskClient
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from shop.app import create_app
from shop.core.clock import SteppedClock
from shop.core.config import Settings
from shop.core.db import Database
from shop.core.files import FileStore
from shop.core.signing import Signer
from shop.metadata import METADATA
from shop.web.context import Runtime
from tests.support.fake_gateway import FakeGateway
from tests.support.postgres import start_postgres
from tests.support.quick_apps import remember_what_applications_share, share_static_files
from tools.browser import ARGUMENTS, FAILURE, find_chromium

remember_what_applications_share()

START = dt.datetime(2026, 11, 24, 10, 0, tzinfo=dt.UTC)
ENGINES = ("sqlite", "postgresql")
ROOM_IN_MEMORY = 6_000_000_000
"""Bytes: what the servers of a few test processes keep at most, their logs of writes included."""


def make_settings(database_url: str, data_dir: Path) -> Settings:
    """Return settings for a test: the embedded defaults without rate limits."""
    return Settings(
        database_url=database_url,
        database_pool_size=None,
        data_dir=data_dir,
        secret_key="test-secret-key-that-is-long-enough-for-it",
        public_url="http://localhost",
        stripe_secret_key="sk_test_vitrine_stand_in",
        stripe_webhook_secret="whsec_vitrine_stand_in",
        stripe_api_base="http://127.0.0.1:12111",
        allow_live_key=False,
        test_mode_rooms=True,
        smtp_url=None,
        mail_from="Vitrine <shop@vitrine.example>",
        log_format="json",
        log_level="WARNING",
        max_upload_bytes=20_000_000,
        trusted_proxies=0,
        rate_limits=False,
    )


def stamp_database(url: str) -> None:
    """Mark a database as current."""
    from alembic import command

    from shop.web.health import alembic_config

    db = Database(url)
    config = alembic_config()
    with db.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.stamp(config, "head")
    db.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy for each test."""
    folder = tmp_path_factory.mktemp("sqlite-template")
    path = folder / "template.db"
    METADATA.create_all(Database(f"sqlite:///{path}").engine)
    stamp_database(f"sqlite:///{path}")
    with create_engine(f"sqlite:///{path}").connect() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    return path


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of a real PostgreSQL server of this test process, with a migrated template."""
    folder = Path(tempfile.mkdtemp(prefix="vitrine-pg-", dir=memory_folder()))
    server, url = start_postgres(folder, is_durable=False)
    admin = create_engine(_with_driver(url), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("CREATE DATABASE vitrine_template"))
    template = Database(_named(url, "vitrine_template"))
    METADATA.create_all(template.engine)
    template.dispose()
    stamp_database(_named(url, "vitrine_template"))
    yield url
    admin.dispose()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def memory_folder() -> Path | None:
    """Return the machine's file system in memory if it has room for a server: a database is copied in a third of the time."""
    folder = Path("/dev/shm")
    is_usable = folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)
    return folder if is_usable and shutil.disk_usage(folder).free > ROOM_IN_MEMORY else None


def _with_driver(url: str) -> str:
    return make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def _named(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty, migrated database, once on each engine."""
    if request.param == "sqlite":
        path = tmp_path / "vitrine.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    base = request.getfixturevalue("postgres_url")
    name = f"t_{uuid.uuid4().hex[:16]}"
    admin = create_engine(_with_driver(base), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE vitrine_template STRATEGY FILE_COPY"))
    yield _named(base, name)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty, migrated database, once on each engine."""
    db = Database(database_url, pool_size=20)
    yield db
    db.dispose()


@pytest.fixture(params=ENGINES)
def bare_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without a schema, once on each engine."""
    if request.param == "sqlite":
        db = Database(f"sqlite:///{tmp_path / 'bare.db'}")
        yield db
        db.dispose()
        return
    base = request.getfixturevalue("postgres_url")
    name = f"b_{uuid.uuid4().hex[:16]}"
    admin = create_engine(_with_driver(base), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    db = Database(_named(base, name))
    yield db
    db.dispose()
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def clock() -> SteppedClock:
    """A clock that stands at 2026-11-24 10:00 UTC until it is moved."""
    return SteppedClock(START)


@pytest.fixture
def now(clock: SteppedClock) -> dt.datetime:
    """The clock's instant."""
    return clock.now()


@pytest.fixture(scope="session")
def packed_static(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where this test process keeps the static files as they are served."""
    return tmp_path_factory.mktemp("packed-static")


@pytest.fixture
def runtime(database: Database, clock: SteppedClock, tmp_path: Path, packed_static: Path) -> Runtime:
    """What an application stands on, over the test's database."""
    settings = make_settings(database.url.render_as_string(hide_password=False), tmp_path / "data")
    share_static_files(settings.data_dir, packed_static)
    return Runtime(settings, database, clock, Signer(settings.secret_key), FileStore(settings.media_dir))


@pytest.fixture
def gateway(clock: SteppedClock) -> FakeGateway:
    """A payment gateway that keeps its books in memory."""
    return FakeGateway(clock)


@pytest.fixture
def app(runtime: Runtime, gateway: FakeGateway, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The application over the test's database and the fake gateway.

    A test in which it fails unexpectedly fails, whatever else it looked at, unless it is marked ``failing``.
    """
    app = create_app(runtime, gateway=gateway)
    app.config["TESTING"] = False  # errors become pages, as they do for visitors
    failed: list[str] = []

    @app.after_request
    def note_failure(response: Response) -> Response:
        if response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR:
            failed.append(f"{flask_request.method} {flask_request.path}")
        return response

    yield app
    if request.node.get_closest_marker("failing") is None:
        assert not failed, "answered with an unexpected error; the log says which"


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser on our own site: it says so, as browsers do."""
    client = app.test_client()
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    return client


@pytest.fixture
def limited_app(runtime: Runtime, gateway: FakeGateway) -> Flask:
    """The application with its rate limits on."""
    return create_app(replace(runtime, settings=replace(runtime.settings, rate_limits=True)), gateway=gateway)


def corpus(*parts: str) -> Path:
    """Return a path in the shared corpus, or skip the test saying that it is absent."""
    root = Path(os.environ.get("VITRINE_CORPUS", Path(__file__).resolve().parents[2] / "shared"))
    path = root.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"the corpus is absent: no {'/'.join(parts)} (set VITRINE_CORPUS)")
    return path


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A headless Chromium, one a test process: Playwright's loop can be started only once. Its absence fails the tests in one line, never skips them."""
    path = find_chromium()
    if path is None:
        pytest.fail(FAILURE, pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()
