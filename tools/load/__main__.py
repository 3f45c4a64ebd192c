"""``python -m tools.load``: a thousand shoppers for ten minutes, on one database or on both."""

import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from tools.load.running import Load, run


@click.command()
@click.option("--database", "kind", type=click.Choice(["sqlite", "postgresql", "both"]), default="both")
@click.option("--shoppers", default=1000, show_default=True)
@click.option("--seconds", default=600.0, show_default=True)
@click.option("--think", default="5,15", show_default=True, help="Least and most seconds between two pages.")
@click.option("--products", default=1000, show_default=True)
@click.option("--seed", default=20261124, show_default=True)
def main(*, kind: str, shoppers: int, seconds: float, think: str, products: int, seed: int) -> None:
    """Let shoppers loose on the whole shop, run as in production on this machine, and print what happened.

    Times depend on the machine and on what else runs on it. Ends with 1 when something failed.
    """
    low, high = (float(part) for part in think.split(","))
    load = Load(shoppers, seconds, (low, high), products, seed)
    has_failed = False
    for engine in ("sqlite", "postgresql") if kind == "both" else (kind,):
        folder = Path(tempfile.mkdtemp(prefix="vitrine-load-"))
        with _empty_database(engine, folder) as url:
            outcome = run(load, url, folder)
        shutil.rmtree(folder, ignore_errors=True)
        click.echo("\n".join(outcome.lines))
        for problem in [*outcome.figures.failures[:50], *outcome.wrong[:50]]:
            click.echo(f"FAILED: {problem}")
        click.echo("")
        has_failed = has_failed or bool(outcome.figures.failures or outcome.wrong)
    if has_failed:
        raise SystemExit(1)


@contextmanager
def _empty_database(engine: str, folder: Path) -> Iterator[str]:
    if engine == "sqlite":
        yield f"sqlite:///{folder / 'vitrine.db'}"
        return
    try:
        from tests.support.postgres import start_postgres  # noqa: PLC0415 - a development dependency
    except ImportError:
        raise click.ClickException(
            "PostgreSQL needs the development dependencies (make test installs them)."
        ) from None
    data = Path(tempfile.mkdtemp(prefix="vitrine-pg-"))
    server, url = start_postgres(data)
    name = f"load_{uuid.uuid4().hex[:12]}"
    admin = create_engine(make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    try:
        yield make_url(url).set(database=name).render_as_string(hide_password=False)
    finally:
        server.cleanup()
        shutil.rmtree(data, ignore_errors=True)


if __name__ == "__main__":
    main()
