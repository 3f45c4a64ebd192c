"""Reads a merchant's product file of any known format into neutral records.

with open_catalog(path, currency="EUR") as catalog:      # raises FileFault, nothing changed yet
    for product in catalog.products():                   # faulty ones are told in catalog.report
        …
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from shop.catalog.importing.messages import FileFault
from shop.catalog.importing.records import ProductRecord
from shop.catalog.importing.report import ImportReport
from shop.catalog.importing.shopify import SHOPIFY
from shop.catalog.importing.source import MAX_BYTES, Source, open_source
from shop.catalog.importing.spool import Spool
from shop.catalog.importing.table import Table, find_table


class CatalogFormat(Protocol):
    """What a reader of one format offers; a new format is a new module and a line in ``FORMATS``."""

    name: str
    """What a person types for ``--format``."""

    def recognise(self, header: Sequence[str]) -> bool:
        """Tell whether a table with this header is of this format."""
        ...

    def label(self, header: Sequence[str]) -> str:
        """Return the name of the format and its edition, for the report."""
        ...

    def why_not(self, header: Sequence[str]) -> FileFault:
        """Return what keeps a table with this header from being of this format."""
        ...

    def spool(self, table: Table, spool: Spool, report: ImportReport) -> None:
        """Read the whole table into ``spool``; raises FileFault."""
        ...

    def products(
        self, table: Table, spool: Spool, report: ImportReport, currency: str
    ) -> Iterator[ProductRecord]:
        """Yield the products without a fault and count everything into ``report``."""
        ...


FORMATS: tuple[CatalogFormat, ...] = (SHOPIFY,)


class OpenCatalog:
    """A file read to its end once and found to be whole."""

    def __init__(
        self, table: Table, kind: CatalogFormat, spool: Spool, report: ImportReport, currency: str
    ) -> None:
        self.report = report
        self._table = table
        self._kind = kind
        self._spool = spool
        self._currency = currency

    @property
    def delimiter(self) -> str:
        """What stands between the file's cells."""
        return self._table.delimiter

    @property
    def encoding_is_guess(self) -> bool:
        """Whether the encoding was told from the bytes alone."""
        return self._table.source.encoding.is_guess

    @property
    def notes(self) -> dict[str, str]:
        """What was found out about the file as a whole: "decimal mark", "price column"."""
        return dict(self._spool.notes)

    @property
    def groups(self) -> int:
        """How many products the file holds, faulty ones too; for a progress bar."""
        return self._spool.groups

    def products(self) -> Iterator[ProductRecord]:
        """Yield the products without a fault, once; the report is complete when they are used up."""
        return self._kind.products(self._table, self._spool, self.report, self._currency)


@contextmanager
def open_catalog(
    path: Path,
    *,
    currency: str,
    format: str = "auto",  # noqa: A002 - the option's name
    encoding: str = "auto",
    max_bytes: int = MAX_BYTES,
) -> Iterator[OpenCatalog]:
    """Open the product file at ``path``; prices without a currency are in ``currency`` (ISO 4217).

    Raises FileFault when the file as a whole cannot be read: see ``messages.FAULTS`` for the codes.
    """
    table, kind = open_table(path, format=format, encoding=encoding, max_bytes=max_bytes)
    source = table.source
    report = ImportReport(format=kind.label(table.header), encoding=source.encoding.name)
    _warn_of_guess(source, table, report)
    with Spool() as spool:
        kind.spool(table, spool, report)
        yield OpenCatalog(table, kind, spool, report, currency)


def open_table(
    path: Path,
    *,
    format: str = "auto",  # noqa: A002 - the option's name
    encoding: str = "auto",
    max_bytes: int = MAX_BYTES,
) -> tuple[Table, CatalogFormat]:
    """Return the product table in the file at ``path`` and its format, no row of it read yet; FileFault."""
    formats = _choose(format)
    source = open_source(path, encoding=encoding, max_bytes=max_bytes)
    table = find_table(source, lambda header: any(kind.recognise(header) for kind in formats))
    kind = next((kind for kind in formats if kind.recognise(table.header)), None)
    if kind is None:
        raise formats[0].why_not(table.header)
    return table, kind


def _choose(name: str) -> tuple[CatalogFormat, ...]:
    chosen = FORMATS if name == "auto" else tuple(kind for kind in FORMATS if kind.name == name)
    if not chosen:
        raise FileFault("unknown_format", format=name)
    return chosen


def _warn_of_guess(source: Source, table: Table, report: ImportReport) -> None:
    if source.encoding.is_guess:
        report.warnings.add(table.header_row, "", "", "encoding_guessed", encoding=source.encoding.name)
