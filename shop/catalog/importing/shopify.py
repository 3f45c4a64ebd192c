"""Shopify's product CSV, old headers ("Handle", "Variant Price") and 2024's ("URL handle", "Price").

A product is a handle; its rows need not stand together. A row with any of an option value, a price
or a SKU is a variant, every other row only adds a picture. A faulty row keeps its whole product out,
the others go on.
"""

from collections.abc import Iterator, Sequence
from itertools import islice

from shop.catalog.importing.cells import slug_of, strip_apostrophe
from shop.catalog.importing.foreign import name_foreign_shop
from shop.catalog.importing.left_out import noted_mark
from shop.catalog.importing.messages import FileFault
from shop.catalog.importing.prices import DecimalMark, MarkTally
from shop.catalog.importing.records import ProductRecord
from shop.catalog.importing.report import ImportReport
from shop.catalog.importing.shopify_columns import Columns
from shop.catalog.importing.shopify_product import MAX_ROWS, ProductBuilder, is_variant
from shop.catalog.importing.shopify_reading import Reading
from shop.catalog.importing.spool import SourceRow, Spool
from shop.catalog.importing.table import Record, Table


class ShopifyFormat:
    """Reads Shopify's product CSV; a ``CatalogFormat``."""

    name = "shopify"

    def recognise(self, header: Sequence[str]) -> bool:
        """Tell whether there are a handle, a title and a price to read."""
        columns = Columns(header)
        return all(field in columns for field in ("handle", "title", "price"))

    def label(self, header: Sequence[str]) -> str:
        """Return "shopify", or "shopify (2024+ headers)" for the edition with "URL handle"."""
        return "shopify (2024+ headers)" if Columns(header).is_new_edition else "shopify"

    def why_not(self, header: Sequence[str]) -> FileFault:
        """Name the shop system whose export it is, else the first column that is missing."""
        shop = name_foreign_shop(header)
        if shop is not None:
            return FileFault("foreign_shop", shop=shop)
        columns = Columns(header)
        if "handle" not in columns:
            return FileFault("no_handle_column")
        missing = [columns.title(field) for field in ("title", "price") if field not in columns]
        return FileFault("missing_columns", columns=", ".join(missing))

    def spool(self, table: Table, spool: Spool, report: ImportReport) -> None:
        """Read the whole table into ``spool``, refusing rows that belong to no product."""
        columns = Columns(table.header)
        for title in columns.repeated:
            report.warnings.add(table.header_row, title, title, "column_repeated")
        tally = MarkTally()
        found_any = False
        with table.records() as records:
            for record in records:
                found_any = True
                self._spool_row(record, columns, spool, report, tally)
        if not found_any:
            raise FileFault("no_rows")
        # Shopify documents a decimal point; what a spreadsheet saved with semicolons is not Shopify's own.
        documented = DecimalMark.UNSURE if table.delimiter == ";" else DecimalMark.DOT
        # Rows that were left out of another file are read as that file was: they alone could tell another mark.
        noted = noted_mark(table.header)
        spool.notes["decimal mark"] = tally.mark(documented) if noted is None else noted
        spool.notes["price column"] = columns.title("price")

    def products(
        self, table: Table, spool: Spool, report: ImportReport, currency: str
    ) -> Iterator[ProductRecord]:
        """Yield the products without a fault and count all into ``report``."""
        mark = DecimalMark(spool.notes["decimal mark"])
        reading = Reading(Columns(table.header), currency, mark, spool, report)
        for handle, rows in spool.grouped():
            kept = list(islice(rows, MAX_ROWS))
            beyond = list(map(_figures_of, rows))
            figures = [*map(_figures_of, kept), *beyond]
            report.products += 1
            report.variants += sum(counts for _, counts, _ in figures)
            report.images += len({picture for *_, picture in figures if picture})
            product = ProductBuilder(reading, handle, kept, is_too_long=bool(beyond)).build()
            if product is not None:
                report.accepted += 1
                yield product
                continue
            report.left_out.add(row for row, *_ in figures)
            # A product whose address is taken can be mended only beside the one that has it.
            taken = spool.first_row("slug", slug_of(handle))
            if taken != kept[0].row:
                report.left_out.add(row.row for row in spool.rows_of(taken))

    def _spool_row(
        self, record: Record, columns: Columns, spool: Spool, report: ImportReport, tally: MarkTally
    ) -> None:
        cells, width = record.cells, len(record.cells)
        named = {field: cells[place] for place, field in columns.places if place < width and cells[place]}
        overflow = next((cell for cell in cells[columns.width :] if cell), "")
        row = SourceRow(record.row, named, overflow, width < columns.width)
        handle, had_apostrophe = strip_apostrophe(row["handle"])
        if not handle:
            report.rejected.add(row.row, columns.title("handle"), "", "no_handle")
            report.left_out.add([row.row])
            return
        if had_apostrophe:
            report.warnings.add(row.row, columns.title("handle"), row["handle"], "leading_quote")
        for field in ("price", "compare_at"):
            tally.add(row[field])
        if row["sku"] and is_variant(row):
            spool.note_first("sku", strip_apostrophe(row["sku"])[0], row.row)
        if spool.add(handle, row):
            spool.note_first("slug", slug_of(handle), row.row)


def _figures_of(row: SourceRow) -> tuple[int, bool, str]:
    return row.row, is_variant(row), row["picture"]


SHOPIFY = ShopifyFormat()
