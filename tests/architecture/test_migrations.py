"""The migrated schema is the declared one, CHECKs included, on both databases."""

from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, inspect

from shop.cli import migrate_database
from shop.core.db import Database
from shop.metadata import METADATA
from shop.web.health import alembic_config, is_current
from tests.conftest import make_settings

SEARCH_INDEX = ("product_search", "ix_products_search")


def _is_ours(_thing: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
    # The search index is made by its own statements: tables on SQLite, an index over an expression on PostgreSQL.
    return not (kind in {"table", "index"} and name is not None and name.startswith(SEARCH_INDEX))


@pytest.fixture
def migrated(bare_database: Database, tmp_path: Path) -> Database:
    """A database that only the migrations have written to."""
    migrate_database(make_settings(bare_database.url.render_as_string(hide_password=False), tmp_path))
    return bare_database


class TestMigrations:
    def test_are_one_line(self) -> None:
        assert len(ScriptDirectory.from_config(alembic_config()).get_heads()) == 1

    def test_leave_the_declared_tables_columns_and_indexes(self, migrated: Database) -> None:
        with migrated.engine.connect() as connection:
            options = {"include_object": _is_ours, "compare_type": True}
            context = MigrationContext.configure(connection, opts=options)
            assert compare_metadata(context, METADATA) == []

    def test_leave_the_declared_checks(self, migrated: Database) -> None:
        inspector = inspect(migrated.engine)
        for name, table in METADATA.tables.items():
            declared = {str(rule.name) for rule in table.constraints if isinstance(rule, CheckConstraint)}
            assert {rule["name"] for rule in inspector.get_check_constraints(name)} == declared, name

    def test_count_as_current(self, migrated: Database) -> None:
        assert is_current(migrated)
