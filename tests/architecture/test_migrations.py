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

SEARCH_INDEX = ("product_search", "ix_products_search", "order_search", "ix_orders_search")


SPINE_ROWS = (
    (
        "INSERT INTO accounts (id, email, name, password_hash, language, session_epoch, created_at)"
        " VALUES (1, 'a@b.example', 'A', '', 'en', 1, NOW)"
    ),
    (
        "INSERT INTO pages (id, slug, name, tagline, about, language, translations, country, currency, order_prefix,"
        " accent_color, shipping_amount, ships_to, tax_rate_bp, contact_email, follower_count, created_at)"
        " VALUES (1, 'p', 'P', '', '', 'en', '{}', 'FR', 'EUR', 'P', '#000000', 0, '[]', 2000, '', 0, NOW)"
    ),
    "INSERT INTO page_staff (id, page_id, account_id, role, created_at) VALUES (1, 1, 1, 'owner', NOW)",
    (
        "INSERT INTO orders (id, page_id, number, visitor_key, content_key, language, currency, status,"
        " fulfilment_status, return_status, holds_stock, subtotal_amount, discount_amount, shipping_amount,"
        " tax_amount, total_amount, captured_amount, refunded_amount, country, postal_code, shipping_method,"
        " shipping_tax_rate_bp, was_follower, placed_at, expires_at)"
        " VALUES (1, 1, 'P-1001', 'v', 'c', 'en', 'EUR', 'paid', 'unfulfilled', 'none', true, 100, 0, 0, 0, 100,"
        " 100, 0, 'FR', '', 'Post', 0, false, NOW, NOW)"
    ),
    (
        "INSERT INTO order_lines (id, order_id, position, product_slug, title, variant_title, quantity, unit_amount,"
        " discount_amount, tax_rate_bp, tax_amount, total_amount, refunded_quantity)"
        " VALUES (1, 1, 0, 'mug', 'Mug', '', 1, 100, 0, 0, 0, 100, 0)"
    ),
    "INSERT INTO order_events (id, order_id, at, actor, kind, detail) VALUES (1, 1, NOW, 'buyer', 'placed', '{}')",
)
"""What hangs together in a database of the first version."""
MAIL_ROWS = tuple(
    "INSERT INTO mails (id, kind, subject_key, recipient, language, context, message_id, created_at)"
    f" VALUES ({number}, '{kind}', '1', 'a@b.example', 'en', '{context}', 'm{number}', NOW)"
    for number, kind, context in (
        (1, "order_confirmed", '{"order_id": 1}'),
        (2, "refund_failed_notice", '{"order_id": 1, "refund_id": 2}'),
        (3, "dispute_notice", '{"order_id": 1, "dispute_id": 3}'),
        (4, "account_password_reset", '{"account_id": 1}'),
    )
)


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

    def test_keep_every_row_of_the_spine(self, bare_database: Database, tmp_path: Path) -> None:
        settings = make_settings(bare_database.url.render_as_string(hide_password=False), tmp_path)
        migrate_database(settings, to="0001")
        at = "2026-01-02 03:04:05.000000"
        with bare_database.engine.begin() as connection:
            for statement in SPINE_ROWS:
                connection.exec_driver_sql(statement.replace("NOW", f"'{at}'"))
        migrate_database(settings)
        with bare_database.engine.connect() as connection:
            for table in ("accounts", "pages", "orders", "order_lines", "order_events", "page_staff"):
                assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() == 1, table

    def test_tell_of_each_mail_which_order_it_is_about(self, bare_database: Database, tmp_path: Path) -> None:
        settings = make_settings(bare_database.url.render_as_string(hide_password=False), tmp_path)
        migrate_database(settings, to="0001")
        with bare_database.engine.begin() as connection:
            for statement in (*SPINE_ROWS, *MAIL_ROWS):
                connection.exec_driver_sql(statement.replace("NOW", "'2026-01-02 03:04:05.000000'"))
        migrate_database(settings)
        with bare_database.engine.connect() as connection:
            rows = connection.exec_driver_sql("SELECT about FROM mails ORDER BY id").scalars()
            assert list(rows) == ["order:1", "order:1", "order:1", None]

    def test_count_as_current(self, migrated: Database) -> None:
        assert is_current(migrated)
