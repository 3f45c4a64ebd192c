"""What the parts of the Shopify reader share: the facts of the file, and a product's issues."""

from dataclasses import dataclass

from shop.catalog.importing.prices import DecimalMark
from shop.catalog.importing.report import ImportReport
from shop.catalog.importing.shopify_columns import Columns
from shop.catalog.importing.spool import Spool


@dataclass(frozen=True, slots=True)
class Reading:
    """What is the same for all products of one file."""

    columns: Columns
    currency: str
    mark: DecimalMark
    spool: Spool
    report: ImportReport


class RowIssues:
    """Tells the report what is wrong, and remembers whether any of it keeps the product out."""

    def __init__(self, columns: Columns, report: ImportReport) -> None:
        self._columns = columns
        self._report = report
        self.has_rejected = False

    def reject(self, row: int, field: str, code: str, value: str, /, **params: str | int) -> None:
        """Keep the product out because of this cell."""
        self.has_rejected = True
        self._report.rejected.add(row, self._columns.title(field), value, code, **params)

    def warn(self, row: int, field: str, code: str, value: str, /, **params: str | int) -> None:
        """Tell what was dropped or changed."""
        self._report.warnings.add(row, self._columns.title(field), value, code, **params)
