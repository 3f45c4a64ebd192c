"""Puts a file's rows together by product, in constant memory, however they are scattered.

The rows go to a private temporary SQLite file and come back product by product. That was chosen
over row offsets because a handle may be in several runs (other tools do not group as Shopify does),
because offsets into UTF-16 or GB18030 text cannot be sought cheaply, and because reading the file to
its end first means that a fault in its last line is told before a single product has been written.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from types import TracebackType
from typing import Self

CACHE_KIB = 8_192
BUFFERED = 200
"""Rows that wait in memory; few, since each may hold long cells."""

_encode = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A row of the file: its cells by the reader's own field names, only those that hold something.

    ``overflow`` is the first cell beyond the header, "" as a rule; ``is_short`` tells of missing cells.
    """

    row: int
    cells: dict[str, str]
    overflow: str = ""
    is_short: bool = False

    def __getitem__(self, field: str) -> str:
        return self.cells.get(field, "")


class Spool:
    """Rows by group key, and the first row of each value that should be unique in the file."""

    def __init__(self) -> None:
        # An empty name is SQLite's private on-disk database, removed when it is closed.
        self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        self._db.execute("CREATE TABLE groups (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE)")
        self._db.execute(
            "CREATE TABLE rows (group_id INTEGER NOT NULL, row INTEGER NOT NULL, content TEXT NOT NULL, "
            "PRIMARY KEY (group_id, row)) WITHOUT ROWID"
        )
        self._db.execute(
            "CREATE TABLE firsts (kind TEXT NOT NULL, value TEXT NOT NULL, row INTEGER NOT NULL, "
            "PRIMARY KEY (kind, value)) WITHOUT ROWID"
        )
        self._db.execute("BEGIN")
        self._last: tuple[str, int] | None = None
        self._rows: list[tuple[int, int, str]] = []
        self._firsts: list[tuple[str, str, int]] = []
        self.groups = 0
        self.notes: dict[str, str] = {}
        """What a format's first reading found out about the file as a whole."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Forget everything; the temporary file is gone afterwards."""
        self._db.close()

    def add(self, key: str, row: SourceRow) -> bool:
        """Keep ``row`` with the others of ``key``; return whether it is the first of them."""
        content = _encode([row.cells, row.overflow, row.is_short])
        group_id = self._group_id(key, row.row)
        self._rows.append((group_id, row.row, content))
        if len(self._rows) >= BUFFERED:
            self._flush()
        return group_id == row.row

    def note_first(self, kind: str, value: str, row: int) -> None:
        """Remember ``row`` as the first with ``value`` unless there was one before."""
        self._firsts.append((kind, value, row))

    def first_row(self, kind: str, value: str) -> int:
        """Return the first row noted with ``value``; 0 when none was."""
        self._flush()
        found = self._db.execute(
            "SELECT row FROM firsts WHERE kind = ? AND value = ?", (kind, value)
        ).fetchone()
        return int(found[0]) if found else 0

    def rows_of(self, first_row: int) -> Iterator[SourceRow]:
        """Yield the rows of the group that begins at ``first_row``."""
        self._flush()
        return self._rows_of(first_row)

    def grouped(self) -> Iterator[tuple[str, Iterator[SourceRow]]]:
        """Yield each key with its rows, keys by their first row; take a group's rows before the next key."""
        self._flush()
        with closing(self._db.execute("SELECT id, key FROM groups ORDER BY id")) as groups:
            for group_id, key in groups:
                yield str(key), self._rows_of(int(group_id))

    def _rows_of(self, group_id: int) -> Iterator[SourceRow]:
        found = self._db.execute("SELECT row, content FROM rows WHERE group_id = ? ORDER BY row", (group_id,))
        with closing(found) as rows:
            for row, content in rows:
                cells, overflow, is_short = json.loads(content)
                yield SourceRow(int(row), cells, overflow, is_short)

    def _flush(self) -> None:
        """Write what was added, many rows with one statement."""
        if self._rows:
            self._db.executemany("INSERT INTO rows VALUES (?, ?, ?)", self._rows)
            self._rows = []
        if self._firsts:
            self._db.executemany("INSERT OR IGNORE INTO firsts VALUES (?, ?, ?)", self._firsts)
            self._firsts = []

    def _group_id(self, key: str, row: int) -> int:
        if self._last is not None and self._last[0] == key:
            return self._last[1]
        self._db.execute("INSERT OR IGNORE INTO groups VALUES (?, ?)", (row, key))
        found = self._db.execute("SELECT id FROM groups WHERE key = ?", (key,)).fetchone()
        self._last = (key, int(found[0]))
        self.groups += int(self._last[1] == row)
        return self._last[1]
