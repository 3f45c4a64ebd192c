"""Small merchant files, written by hand in the shapes that exports have."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from shop.catalog.importing.reading import open_catalog
from shop.catalog.importing.records import ProductRecord
from shop.catalog.importing.report import ImportReport

OLD_HEADER = (
    "Handle", "Title", "Body (HTML)", "Vendor", "Type", "Tags", "Published", "Option1 Name", "Option1 Value",
    "Option2 Name", "Option2 Value", "Option3 Name", "Option3 Value", "Variant SKU", "Variant Grams",
    "Variant Inventory Tracker", "Variant Inventory Qty", "Variant Inventory Policy", "Variant Price",
    "Variant Compare At Price", "Variant Barcode", "Image Src", "Image Position", "Image Alt Text",
    "Variant Image", "Status",
)  # fmt: skip


@dataclass
class ReadFile:
    """What came out of a file."""

    products: list[ProductRecord]
    report: ImportReport

    @property
    def product(self) -> ProductRecord:
        [only] = self.products
        return only

    @property
    def rejected(self) -> list[tuple[int, str, str, str]]:
        return [(one.row, one.field, one.value, one.code) for one in self.report.rejected]

    @property
    def warned(self) -> list[tuple[int, str]]:
        return [
            (one.row, one.code) for one in self.report.warnings if one.code not in ("sku_blank", "row_short")
        ]


def read(path: Path, currency: str = "EUR", **options: str) -> ReadFile:
    """Read the file to its end."""
    with open_catalog(path, currency=currency, **options) as catalog:
        return ReadFile(list(catalog.products()), catalog.report)


def row(handle: str = "mug", **cells: str) -> dict[str, str]:
    """A row with a price; keys are header names with underscores for what is no letter or digit."""
    return {"Handle": handle, "Title": "Mug", "Variant_Price": "12.50", **cells}


def text_of(*rows: dict[str, str], header: tuple[str, ...] = OLD_HEADER, delimiter: str = ",") -> str:
    """The rows as CSV; absent cells are empty."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(header)
    keys = ["".join(c if c.isalnum() else "_" for c in name).strip("_") for name in header]
    for one in rows:
        unknown = set(one) - set(keys)
        if unknown:
            raise AssertionError(f"no such columns: {unknown}")
        writer.writerow([one.get(key, "") for key in keys])
    return out.getvalue()


Write = Callable[..., Path]
