"""The words that a product is found by, and the index over them in each database.

Words are cut and stripped in ``core/text_search.py``. Triggers keep SQLite's index right under every write,
bulk imports and cascades included; PostgreSQL keeps its own.
"""

import re
from collections.abc import Iterable
from typing import Any

from sqlalchemy.engine.interfaces import ExecutionContext
from sqlalchemy.sql.expression import FromClause

from shop.core.text_search import attach_statements, join_words, words_of

MAX_SEARCH_TEXT = 4000

_TAGS = re.compile(r"<[^>]*>")

# On SQLite every word carries its page and its status ("published7xlamp"), so that a search looks at one
# page's products only: with a word for the scope beside the others, FTS5 walks through all of the scope.
SQLITE_SEARCH_DDL: tuple[str, ...] = (
    """CREATE VIRTUAL TABLE IF NOT EXISTS product_search
    USING fts5 (words, tokenize = 'unicode61 remove_diacritics 2')""",
    """CREATE TRIGGER IF NOT EXISTS product_search_insert AFTER INSERT ON products BEGIN
    INSERT INTO product_search (rowid, words) VALUES (new.id, new.status || new.page_id || 'x'
    || replace(new.search_text, ' ', ' ' || new.status || new.page_id || 'x')); END""",
    """CREATE TRIGGER IF NOT EXISTS product_search_update
    AFTER UPDATE OF page_id, status, search_text ON products BEGIN
    UPDATE product_search SET words = new.status || new.page_id || 'x'
    || replace(new.search_text, ' ', ' ' || new.status || new.page_id || 'x') WHERE rowid = new.id; END""",
    """CREATE TRIGGER IF NOT EXISTS product_search_delete AFTER DELETE ON products BEGIN
    DELETE FROM product_search WHERE rowid = old.id; END""",
)
POSTGRESQL_SEARCH_DDL: tuple[str, ...] = (
    "CREATE INDEX IF NOT EXISTS ix_products_search ON products USING gin (to_tsvector('simple', search_text))",
)
DROP_SQLITE_SEARCH_DDL: tuple[str, ...] = ("DROP TABLE IF EXISTS product_search",)


def sort_key(title: str) -> str:
    """Return what a title sorts by, the same on every database."""
    return " ".join(words_of(title))


def search_text(parts: Iterable[str], *, html: Iterable[str] = ()) -> str:
    """Return the searchable words of ``parts`` and then of ``html``, each once, in their order.

    A word's place decides its rank, so the titles come first.
    """
    texts = [*parts, *(_TAGS.sub(" ", text) for text in html)]
    return join_words((word for text in texts for word in words_of(text)), limit=MAX_SEARCH_TEXT)


def default_sort_title(context: ExecutionContext) -> str:
    """Column default: whatever inserts a product without a sort key gets the right one."""
    return sort_key(_inserted(context).get("title", ""))


def default_search_text(context: ExecutionContext) -> str:
    """Column default: a product inserted without the service is found by its title at least."""
    return search_text([_inserted(context).get("title", "")])


def _inserted(context: ExecutionContext) -> dict[str, Any]:
    values: dict[str, Any] = context.get_current_parameters()  # type: ignore[attr-defined]
    return values


def attach_search_index(products: FromClause) -> None:
    """Let ``create_all`` build the index after the table; migrations run the same statements."""
    made = {"sqlite": SQLITE_SEARCH_DDL, "postgresql": POSTGRESQL_SEARCH_DDL}
    attach_statements(products, made, {"sqlite": DROP_SQLITE_SEARCH_DDL})
