"""The rows of the products that an import kept out, as a file to mend and to bring again.

Cells are the merchant's own and stay as they are, those that a spreadsheet would take for a formula
too: changed ones could not be imported again. One column is added at the end: the reason. Its heading
also notes the decimal mark of the whole file, since the few rows alone might tell another, and "1,234"
would come back as a thousandfold price. The importer knows no such column and passes it over.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TextIO

from shop.catalog.importing.prices import DecimalMark
from shop.catalog.importing.table import Record, Table, normalise_name

EXAMPLES = {DecimalMark.DOT: "1.5", DecimalMark.COMMA: "1,5", DecimalMark.UNSURE: "?"}
_OURS = re.compile(r"vitrine ?:.*\[(1\.5|1,5|\?)\]")
_MARKS = {example: mark for mark, example in EXAMPLES.items()}


def noted_mark(header: Sequence[str]) -> DecimalMark | None:
    """Return the decimal mark that a file of left-out rows notes, None for any other file."""
    for title in header:
        found = _OURS.fullmatch(normalise_name(title))
        if found:
            return _MARKS[found[1]]
    return None


def reason_title(words: str, mark: DecimalMark) -> str:
    """Return the added column's heading; ``words`` are "reason" in some language."""
    return f"Vitrine: {words} [{EXAMPLES[mark]}]"


def write_left_out(
    table: Table, stretches: Sequence[Sequence[int]], reasons: Mapping[int, str], title: str, out: TextIO
) -> None:
    """Write the header and the rows in ``stretches`` ([first, last] each, in order) with their reasons.

    ``reasons`` are sentences by row. The delimiter is the file's own.
    """
    writer = csv.writer(out, delimiter=table.delimiter, lineterminator="\r\n")
    if table.skipped_lines:
        out.write(f"sep={table.delimiter}\r\n")
    with table.raw_records() as records:
        header = next(records).cells
        kept = [place for place, name in enumerate(header) if not _OURS.fullmatch(normalise_name(name))]
        writer.writerow([*(header[place] for place in kept), title])
        for record in _chosen(records, stretches):
            cells = record.cells
            known = [cells[place] if place < len(cells) else "" for place in kept]
            writer.writerow([*known, *cells[len(header) :], reasons.get(record.row, "")])


def _chosen(records: Iterator[Record], stretches: Sequence[Sequence[int]]) -> Iterator[Record]:
    waiting = iter(stretches)
    stretch = next(waiting, None)
    for record in records:
        while stretch is not None and record.row > stretch[1]:
            stretch = next(waiting, None)
        if stretch is None:
            return
        if record.row >= stretch[0]:
            yield record
