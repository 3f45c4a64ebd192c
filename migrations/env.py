"""Alembic's environment: runs on the connection that the caller opened."""

from typing import Any

from alembic import context
from alembic.autogenerate.api import AutogenContext

from shop.core.db import EnumText, UtcDateTime
from shop.metadata import METADATA


def render_item(kind: str, item: Any, _autogen: AutogenContext) -> str | bool:
    """Write our own column types as the plain ones that the database sees: a migration outlives our code."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, EnumText):
        return "sa.String(length=40)"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
