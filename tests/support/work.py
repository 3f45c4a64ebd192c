"""How much a database does for statements that were sent: a measure that no busy machine disturbs."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection

from shop.core.db import Database

STEPS = 100
"""SQLite tells of its work in so many steps of its virtual machine."""


def work_of(database: Database, sent: Iterable[tuple[str, Any]]) -> int:
    """Return what recorded SELECTs cost: SQLite's machine's steps, or the rows that PostgreSQL's scans read."""
    with database.engine.connect() as connection:
        if database.is_sqlite:
            return sum(_steps(connection, statement, parameters) for statement, parameters in sent)
        # On tables as small as a test's, reading all of one can be cheapest; on large ones it never is.
        connection.exec_driver_sql("SET enable_seqscan = off")
        return sum(_rows(connection, statement, parameters) for statement, parameters in sent)


def _steps(connection: Connection, statement: str, parameters: Any) -> int:
    taken = 0

    def count() -> int:
        nonlocal taken
        taken += STEPS
        return 0

    driver = connection.connection.driver_connection
    driver.set_progress_handler(count, STEPS)  # type: ignore[union-attr]
    try:
        connection.exec_driver_sql(statement, parameters).fetchall()
    finally:
        driver.set_progress_handler(None, 0)  # type: ignore[union-attr]
    return taken


def _rows(connection: Connection, statement: str, parameters: Any) -> int:
    found = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters).scalar_one()
    plans = json.loads(found) if isinstance(found, str) else found
    return sum(_scanned(plan["Plan"]) for plan in plans)


def _scanned(node: dict[str, Any]) -> int:
    below = sum(_scanned(child) for child in node.get("Plans", []))
    if "Relation Name" not in node:
        return below
    read = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    return below + round(read * node["Actual Loops"])
