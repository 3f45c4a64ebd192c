"""The words that an order is found by, and the index over them in each database.

An order is found by its number, the buyer's e-mail and name, what was bought (title, variant, SKU) and its
parcels' tracking numbers. Every word carries its page ("7xlamp"), so that a search looks at one page's orders
only, however many other pages know the same word. Triggers keep SQLite's index right under every write;
PostgreSQL keeps its own. A migration that builds the table ``orders`` anew on SQLite loses the triggers and has
to run ``SQLITE_SEARCH_DDL`` again.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy.engine.interfaces import ExecutionContext
from sqlalchemy.sql.expression import FromClause

from shop.core.text_search import attach_statements, join_words, words_of

MAX_SEARCH_TEXT = 4000

# An index with "external content": it reads the words of a hit from the table itself and keeps no copy of them.
SQLITE_SEARCH_DDL: tuple[str, ...] = (
    """CREATE VIRTUAL TABLE IF NOT EXISTS order_search
    USING fts5 (search_text, content = 'orders', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2')""",
    """CREATE TRIGGER IF NOT EXISTS order_search_insert AFTER INSERT ON orders BEGIN
    INSERT INTO order_search (rowid, search_text) VALUES (new.id, new.search_text); END""",
    """CREATE TRIGGER IF NOT EXISTS order_search_update AFTER UPDATE OF search_text ON orders BEGIN
    INSERT INTO order_search (order_search, rowid, search_text) VALUES ('delete', old.id, old.search_text);
    INSERT INTO order_search (rowid, search_text) VALUES (new.id, new.search_text); END""",
    """CREATE TRIGGER IF NOT EXISTS order_search_delete AFTER DELETE ON orders BEGIN
    INSERT INTO order_search (order_search, rowid, search_text) VALUES ('delete', old.id, old.search_text); END""",
)
POSTGRESQL_SEARCH_DDL: tuple[str, ...] = (
    "CREATE INDEX IF NOT EXISTS ix_orders_search ON orders USING gin (to_tsvector('simple', search_text))",
)
DROP_SQLITE_SEARCH_DDL: tuple[str, ...] = ("DROP TABLE IF EXISTS order_search",)


def scoped(page_id: int, word: str) -> str:
    """Return a word as it is kept for a page's orders."""
    return f"{page_id}x{word}"


def order_search_text(page_id: int, parts: Iterable[str | None]) -> str:
    """Return the searchable words of ``parts``, each once and with its page."""
    words = (scoped(page_id, word) for part in parts if part for word in words_of(part))
    return join_words(words, limit=MAX_SEARCH_TEXT)


def default_search_text(context: ExecutionContext) -> str:
    """Column default: an order inserted without its words is found by what its own row says."""
    values: dict[str, Any] = context.get_current_parameters()  # type: ignore[attr-defined]
    # A number that is provisional (``new-…``) is written again, with all the words, before anybody reads it.
    name = (values.get("ship_to") or {}).get("name")
    return order_search_text(values["page_id"], [values["number"], values.get("email"), name])


def attach_search_index(orders: FromClause) -> None:
    """Let ``create_all`` build the index after the table; migrations run the same statements."""
    made = {"sqlite": SQLITE_SEARCH_DDL, "postgresql": POSTGRESQL_SEARCH_DDL}
    attach_statements(orders, made, {"sqlite": DROP_SQLITE_SEARCH_DDL})
