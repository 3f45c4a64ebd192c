"""What an import did, as the command prints it and the admin reads it."""

import json
import tempfile
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TextIO, TypeVar

from shop.catalog.importing.records import MAX_SHOWN, Issue, Rejection, RowWarning

IN_MEMORY_BYTES = 2_000_000

T = TypeVar("T", bound=Issue)


class IssueLog(Generic[T]):
    """A list of issues that moves to a temporary file when it grows, so that none is ever left out."""

    def __init__(self, kind: type[T]) -> None:
        self._kind = kind
        self._file = tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES, mode="w+", encoding="utf-8")  # noqa: SIM115
        self._count = 0
        self._taken = 0

    def add(self, row: int, field: str, value: str, code: str, /, **params: str | int) -> None:
        """Add an issue at the end; long values are cut for showing."""
        shown = value if len(value) <= MAX_SHOWN else value[: MAX_SHOWN - 1] + "…"
        self._file.write(json.dumps([row, field, shown, code, list(params.items())]) + "\n")
        self._count += 1

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[T]:
        self._file.flush()
        self._file.seek(0)
        try:
            for line in self._file:
                yield self._read(line)
        finally:
            self._file.seek(0, 2)

    def take_new(self) -> list[T]:
        """Return what was added since this was last called; it stays in the log."""
        self._file.flush()
        self._file.seek(self._taken)
        lines = self._file.read().splitlines()
        self._taken = self._file.tell()
        self._file.seek(0, 2)
        return [self._read(line) for line in lines]

    def _read(self, line: str) -> T:
        row, name, value, code, params = json.loads(line)
        return self._kind(row, name, value, code, tuple((key, given) for key, given in params))


class RowSet:
    """Rows of a file by their numbers; eight bytes each, so that all the rows of a large file fit."""

    def __init__(self) -> None:
        self._rows = array("q")

    def add(self, rows: Iterable[int]) -> None:
        """Put rows in."""
        self._rows.extend(rows)

    def stretches(self) -> list[list[int]]:
        """Return the rows as [first, last] of each unbroken stretch, in their order."""
        found: list[list[int]] = []
        for row in sorted(set(self._rows)):
            if found and found[-1][1] == row - 1:
                found[-1][1] = row
            else:
                found.append([row, row])
        return found


def _rejections() -> IssueLog[Rejection]:
    return IssueLog(Rejection)


def _warnings() -> IssueLog[RowWarning]:
    return IssueLog(RowWarning)


@dataclass(slots=True)
class ImportReport:
    """The figures of one import. ``products``, ``variants`` and ``images`` count what the file holds.

    A variant is a row with a handle and any of option value, price or SKU; images are the different
    pairs of product and picture address; rejected ones are counted too. ``created`` and ``updated``
    count products that the import really made or changed. ``accepted`` are the products without a
    fault, ``left_out`` the rows to mend: all those of the others, and of whom they collide with.
    """

    format: str = ""
    encoding: str = ""
    products: int = 0
    variants: int = 0
    images: int = 0
    accepted: int = 0
    created: int = 0
    updated: int = 0
    rejected: IssueLog[Rejection] = field(default_factory=_rejections)
    warnings: IssueLog[RowWarning] = field(default_factory=_warnings)
    left_out: RowSet = field(default_factory=RowSet)

    def to_json(self) -> dict[str, Any]:
        """Return the report as JSON values, issues in the order of their rows."""
        return {
            "format": self.format,
            "encoding": self.encoding,
            "products": self.products,
            "variants": self.variants,
            "images": self.images,
            "created": self.created,
            "updated": self.updated,
            "rejected": _sorted_json(self.rejected),
            "warnings": _sorted_json(self.warnings),
        }

    def write_json(self, out: TextIO) -> None:
        """Write ``to_json`` to ``out``, on one line, with a line end."""
        json.dump(self.to_json(), out, ensure_ascii=False)
        out.write("\n")


def _sorted_json(issues: Iterator[Issue] | IssueLog[Any]) -> list[dict[str, str | int]]:
    found = sorted(issues, key=lambda issue: (issue.row, issue.field))
    return [{"row": one.row, "field": one.field, "value": one.value, "reason": one.reason} for one in found]
