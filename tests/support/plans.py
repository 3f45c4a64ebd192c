"""Asks a database how it goes about statements that were sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from shop.core.db import Database


@contextmanager
def record_selects(database: Database) -> Iterator[list[tuple[str, Any]]]:
    """Yield a list that receives each SELECT with its parameters, as the driver gets them."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            sent.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def plan_of(database: Database, statement: str, parameters: Any) -> str:
    """Return the database's plan for a recorded statement."""
    how = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
    with database.engine.connect() as connection:
        return "\n".join(str(row) for row in connection.exec_driver_sql(f"{how} {statement}", parameters))
