"""Empty databases for the benches: files of SQLite, or databases of a PostgreSQL that runs meanwhile."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url


class Databases:
    """Hands out addresses of empty databases."""

    def __init__(self, folder: Path, server_url: str | None) -> None:
        self._folder = folder
        self._server_url = server_url

    def create(self, name: str) -> str:
        """Return the address of a new database."""
        if self._server_url is None:
            return f"sqlite:///{self._folder / name}.db"
        server = make_url(self._server_url).set(drivername="postgresql+psycopg")
        with create_engine(server, isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        return server.set(drivername="postgresql", database=name).render_as_string(hide_password=False)


@contextmanager
def postgres() -> Iterator[str]:
    """Run a real PostgreSQL for the time of a ``with``; yield its address."""
    try:
        from tests.support.postgres import start_postgres  # noqa: PLC0415 - a development dependency
    except ImportError:
        raise click.ClickException(
            "PostgreSQL needs the development dependencies (make test installs them)."
        ) from None
    folder = Path(tempfile.mkdtemp(prefix="vitrine-pg-"))
    server, url = start_postgres(folder)
    try:
        yield url
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
