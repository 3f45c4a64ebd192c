"""Words of texts, the same on every database, and the statements that build an index over them.

Accents and case are taken off in Python, so that SQLite and PostgreSQL (whose ``unaccent`` is an
extension that a host may not offer) agree on what matches.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import DDL, event
from sqlalchemy.sql.ddl import ExecutableDDLElement
from sqlalchemy.sql.expression import FromClause

MAX_WORD = 64
MAX_TERMS = 8

_LETTERS = str.maketrans(
    {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "þ": "th", "\N{LATIN SMALL LETTER DOTLESS I}": "i"}
)
_WORDS = re.compile(r"[^\W_]+")
_ELISION = re.compile(r"\b(?:[cdjlmnst]|qu)['’](?=\w)", re.IGNORECASE)


def words_of(text: str) -> list[str]:
    """Return the words of ``text`` in lower case without accents: "L'Été-à-2" gives l, ete, a, 2."""
    plain = text.casefold()
    if not plain.isascii():  # most text is, and looking at each letter is what an import spends its time on
        plain = unicodedata.normalize("NFKD", plain.translate(_LETTERS))
        plain = "".join(char for char in plain if not unicodedata.combining(char))
    return [word[:MAX_WORD] for word in _WORDS.findall(plain)]


def terms_of(query: str) -> list[str]:
    """Return at most eight words of what a visitor typed; [] when nothing in it can be searched.

    French elisions fall off, so that "l'été" finds "Un été".
    """
    return list(dict.fromkeys(words_of(_ELISION.sub(" ", query))))[:MAX_TERMS]


def join_words(words: Iterable[str], *, limit: int) -> str:
    """Return words each once, in their order, as one text of at most ``limit`` characters, cut at a word."""
    joined = " ".join(dict.fromkeys(words))
    return joined if len(joined) <= limit else joined[:limit].rpartition(" ")[0]


def attach_statements(
    table: FromClause, after_create: Mapping[str, Sequence[str]], after_drop: Mapping[str, Sequence[str]]
) -> None:
    """Let ``create_all`` run statements (by dialect) after ``table``; migrations run the same ones."""
    for moment, found in (("after_create", after_create), ("after_drop", after_drop)):
        for dialect, statements in found.items():
            for statement in statements:
                event.listen(table, moment, _ddl(statement, dialect))


def _ddl(statement: str, dialect: str) -> ExecutableDDLElement:
    ddl: ExecutableDDLElement = DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
    return ddl.execute_if(dialect=dialect)
