"""The migrated schema is the declared one, CHECKs included, on both databases."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, inspect

from shop.core.db import Database
from shop.metadata import METADATA
from shop.web.health import alembic_config, is_current


def _is_ours(_thing: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
    # SQLite keeps its search index in tables that no model declares.
    return not (kind == "table" and name is not None and name.startswith("product_search"))


class TestMigrations:
    def test_are_one_line(self) -> None:
        assert len(ScriptDirectory.from_config(alembic_config()).get_heads()) == 1

    def test_leave_the_declared_tables_columns_and_indexes(self, database: Database) -> None:
        with database.engine.connect() as connection:
            options = {"include_object": _is_ours, "compare_type": True}
            context = MigrationContext.configure(connection, opts=options)
            assert compare_metadata(context, METADATA) == []

    def test_leave_the_declared_checks(self, database: Database) -> None:
        inspector = inspect(database.engine)
        for name, table in METADATA.tables.items():
            declared = {str(rule.name) for rule in table.constraints if isinstance(rule, CheckConstraint)}
            assert {rule["name"] for rule in inspector.get_check_constraints(name)} == declared, name

    def test_count_as_current(self, database: Database) -> None:
        assert is_current(database)
