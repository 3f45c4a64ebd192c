"""Finds the table in a text: its delimiter, its header, and its numbered records.

A row's number is the one that a spreadsheet shows: every CSV record counts, blank ones too, and a
record with quoted line ends counts once. An Excel ``sep=;`` line is not shown, so not counted.
"""

import csv
import io
import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from shop.catalog.importing.messages import FileFault
from shop.catalog.importing.source import Source

DELIMITERS = (",", ";", "\t", "|")
MAX_CELL = 1_000_000
MAX_COLUMNS = 2_000
MAX_LINE = 8_000_000
HEADER_WITHIN = 10
"""The header is one of the first non-blank records; some exports put comments above it."""

_NOT_TABULAR = re.compile(r"\s*[<{\[]")
_SEPARATOR_LINE = re.compile(r'\ufeff?"?sep=(.)"?\s*$', re.IGNORECASE)
# C0 controls have no place in a shop's texts, and PostgreSQL refuses NUL.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff]")


@dataclass(frozen=True, slots=True)
class Record:
    """One row: its number and its cells, without outer blanks."""

    row: int
    cells: list[str]

    @property
    def is_blank(self) -> bool:
        """Whether no cell holds anything."""
        return not any(self.cells)


@dataclass(frozen=True, slots=True)
class Table:
    """Where the table is in its source, and the names of its columns as they stand in the file."""

    source: Source
    delimiter: str
    skipped_lines: int
    header_row: int
    header: tuple[str, ...]

    @contextmanager
    def records(self) -> Iterator[Iterator[Record]]:
        """Yield the records under the header, blank ones left out; they may raise FileFault."""
        with self.source.open() as text:
            for _ in range(self.skipped_lines):
                text.readline()
            everything = _read(text, self.delimiter)
            yield (record for record in everything if record.row > self.header_row and not record.is_blank)

    @contextmanager
    def raw_records(self) -> Iterator[Iterator[Record]]:
        """Yield the header and the records under it, blank ones too, their cells as they stand in the file."""
        with self.source.open() as text:
            for _ in range(self.skipped_lines):
                text.readline()
            everything = _read(text, self.delimiter, is_raw=True)
            yield (record for record in everything if record.row >= self.header_row)


def normalise_name(name: str) -> str:
    """Return a column's name for comparison: no case, no outer or doubled blanks, no quotes."""
    return " ".join(name.replace("\ufeff", "").replace("\u00a0", " ").strip().strip("\"'").split()).casefold()


def find_table(source: Source, recognise: Callable[[Sequence[str]], bool]) -> Table:
    """Return the table whose header ``recognise`` accepts, else the likeliest one.

    Raises FileFault ``no_table`` when no delimiter gives two columns, or when the text is plainly
    something else (JSON, HTML).
    """
    with source.open() as text:
        head = text.read(MAX_CELL)
    separator = _SEPARATOR_LINE.match(head.partition("\n")[0])
    skipped = 1 if separator else 0
    body = head.partition("\n")[2] if separator else head
    delimiters = (separator[1],) if separator else DELIMITERS
    fallback: Table | None = None
    for delimiter in delimiters:
        first = list(_first_records(body, delimiter))
        tables = [Table(source, delimiter, skipped, one.row, tuple(one.cells)) for one in first]
        for table in tables:
            if recognise(table.header):
                return table
        if tables and (fallback is None or len(tables[0].header) > len(fallback.header)):
            fallback = tables[0]
    if fallback is None or len(fallback.header) < 2 or _NOT_TABULAR.match(body):  # noqa: PLR2004
        raise FileFault("no_table")
    return fallback


def _first_records(body: str, delimiter: str) -> Iterator[Record]:
    filled = (record for record in _read(io.StringIO(body, newline=""), delimiter) if not record.is_blank)
    try:
        yield from itertools.islice(filled, HEADER_WITHIN)
    except FileFault:
        # With a wrong delimiter quotation marks stand in wrong places; what came before still counts.
        return


def _read(text: io.TextIOBase, delimiter: str, *, is_raw: bool = False) -> Iterator[Record]:
    csv.field_size_limit(MAX_CELL)
    # Strict, so that a quotation mark which is never closed is an error and not one giant cell.
    reader = csv.reader(_lines(text), delimiter=delimiter, strict=True)
    row = 0
    while True:
        row += 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise _fault_of(error, row) from error
        if cells is None:
            return
        if len(cells) > MAX_COLUMNS:
            raise FileFault("too_many_columns", row=row, limit=MAX_COLUMNS)
        if is_raw:
            yield Record(row, cells)
            continue
        yield Record(row, [_CONTROLS.sub("", cell).strip() if cell else "" for cell in cells])


def _fault_of(error: csv.Error, row: int) -> FileFault:
    if "field limit" in str(error):
        return FileFault("cell_too_long", row=row, limit=MAX_CELL)
    return FileFault("unclosed_quote", row=row)


def _lines(text: io.TextIOBase) -> Iterator[str]:
    while line := text.readline(MAX_LINE):
        if len(line) == MAX_LINE:
            raise csv.Error("line larger than field limit")
        yield line
