"""Reads files of post metrics, each row a post with what it brought; kinds of files are told by their headers.

Known are the Facebook metrics of Moro, Rita and Vala (2016), the Facebook Live sellers (Dehouche 2018) and
their like: another order of the columns, other delimiters, encodings and line ends, further columns. Which
names are understood is in ``import_columns.py``, how a post gets its instant in ``import_dates.py``.
"""

import datetime as dt
import hashlib
import re
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from shop.catalog.importing.source import open_source
from shop.catalog.importing.table import Record, Table, find_table
from shop.core.errors import DomainError
from shop.core.i18n import N_
from shop.feed.import_columns import COUNTS, KINDS, MAX_COUNT, PARTS, is_metrics, plain_name, read_header
from shop.feed.import_dates import Calendar, NoInstant, days_come_first, read_instant
from shop.feed.models import PostKind

MAX_BODY = 10_000
MOST_FAULTS = 10_000
_UNDATED = ("month", "weekday", "hour")
_YES, _NO = frozenset({"1", "true", "yes", "y"}), frozenset({"0", "false", "no", "n"})


class NotMetrics(DomainError):
    """A file whose header is not that of post metrics."""

    code = "not_metrics"
    status = 422
    message = N_(
        "The file has no columns of post metrics: it needs when each post was published"
        " (a date, or month, weekday and hour) and a count such as likes, comments or shares."
    )


@dataclass(frozen=True, slots=True)
class ImportedPost:
    """A post as a file gives it; counts that the file does not have are 0."""

    row: int
    """Its row in the file as a spreadsheet numbers it, the header's being 1."""
    ref: str
    """Names it in its file: by its id and instant there, or else by all that the row says."""
    kind: PostKind
    published_at: dt.datetime
    is_promoted: bool | None
    counts: Mapping[str, int]
    """By the names of ``PostCounts``' columns; all of ``import_columns.COUNTS``."""
    body: str = ""
    link_url: str | None = None
    link_title: str = ""

    @property
    def interactions(self) -> int:
        """Reactions, comments and shares together."""
        return self.counts["reactions"] + self.counts["comments"] + self.counts["shares"]


@dataclass(frozen=True, slots=True)
class RowFault:
    """Why a row was left out, or what is odd about it."""

    row: int
    column: str
    value: str
    reason: str


class Faults(list[RowFault]):
    """The first ``MOST_FAULTS`` rows that have a fault, and how many there are: a large file may have nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.total = 0

    def append(self, fault: RowFault) -> None:
        """Count a fault, and keep it while there are few."""
        self.total += 1
        if len(self) < MOST_FAULTS:
            super().append(fault)


@dataclass(slots=True)
class PostReport:
    """What was found in a file; filled while its posts are read."""

    columns: dict[str, str] = field(default_factory=dict)
    """Which column was read as what."""
    unused: list[str] = field(default_factory=list)
    """Columns that were not understood or are not kept."""
    is_day_first: bool | None = None
    """How dates such as 4/12/2018 were read, which a file need not tell; None when there were none."""
    posts: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    totals: Counter[str] = field(default_factory=Counter)
    blanks: Counter[str] = field(default_factory=Counter)
    """Empty cells by column; an empty count is 0."""
    rejected: Faults = field(default_factory=Faults)
    uneven: Faults = field(default_factory=Faults)
    """Rows whose reactions are not the sum of their parts; they are kept as they are."""


class _BadRow(Exception):
    def __init__(self, column: str, value: str, reason: str) -> None:
        self.column, self.value, self.reason = column, value, reason
        super().__init__(reason)


def read_posts(
    path: Path, *, zone: dt.tzinfo = dt.UTC, report: PostReport | None = None
) -> Iterator[ImportedPost]:
    """Yield the posts of the file at ``path`` in its order, in constant memory; bad rows go to ``report``.

    Times without an offset are those of ``zone``. Raises NotMetrics, or FileFault for a file that is no table.
    """
    report = report if report is not None else PostReport()
    table = find_table(open_source(path), is_metrics)
    if not is_metrics(table.header):
        raise NotMetrics
    reader = _Reader(table, zone, report)
    with table.records() as records:
        for record in records:
            try:
                post = reader.read(record)
            except _BadRow as bad:
                report.rejected.append(RowFault(record.row, bad.column, bad.value[:80], bad.reason))
                continue
            report.posts += 1
            report.kinds[post.kind.value] += 1
            report.totals.update(post.counts)
            yield post


def count_rows(path: Path) -> int:
    """Return how many rows the table in the file at ``path`` has; FileFault when there is none."""
    with find_table(open_source(path), is_metrics).records() as records:
        return sum(1 for _ in records)


class _Reader:
    """Turns the records of one table into posts."""

    def __init__(self, table: Table, zone: dt.tzinfo, report: PostReport) -> None:
        self._header, self._places = table.header, read_header(table.header)
        self._zone, self._report = zone, report
        self._seen: Counter[str] = Counter()
        used = set(self._places.values())
        report.columns = {table.header[place]: name for name, place in self._places.items()}
        report.unused = [name for place, name in enumerate(table.header) if place not in used and name]
        self._day_first: bool | None = None
        self._calendar = Calendar([], zone)
        with table.records() as records:
            if "published" in self._places:
                order = days_come_first(self._cell(record, "published") for record in records)
                self._day_first = report.is_day_first = order
            else:
                ends = _ends(cell for record in records if (cell := self._cell(record, "month")).isdecimal())
                self._calendar = Calendar(ends, zone)

    def read(self, record: Record) -> ImportedPost:
        """Return the post of a record; raises _BadRow."""
        if len(record.cells) < max(self._places.values()) + 1:
            raise _BadRow("", "", f"The row has {len(record.cells)} cells of {len(self._header)}.")
        kind = self._kind(record)
        counts = self._counts(record)
        published_at = self._published_at(record)
        self._note_blanks(record)
        self._check_sums(record, counts)
        link = self._cell(record, "link_url")
        return ImportedPost(
            row=record.row,
            ref=self._ref(record, published_at),
            kind=kind,
            published_at=published_at,
            is_promoted=self._promoted(record),
            counts=counts,
            body=self._cell(record, "body")[:MAX_BODY],
            link_url=link if link.startswith(("https://", "http://")) else None,
            link_title=self._cell(record, "link_title")[:300],
        )

    def _cell(self, record: Record, name: str) -> str:
        place = self._places.get(name)
        return record.cells[place] if place is not None and place < len(record.cells) else ""

    def _column(self, name: str) -> str:
        return self._header[self._places[name]]

    def _kind(self, record: Record) -> PostKind:
        if "kind" not in self._places:
            return PostKind.TEXT
        text = self._cell(record, "kind")
        kind = KINDS.get(plain_name(text))
        if kind is None:
            raise _BadRow(self._column("kind"), text, "This kind of post is not known.")
        return kind

    def _counts(self, record: Record) -> dict[str, int]:
        counts = {name: self._number(record, name) if name in self._places else 0 for name in COUNTS}
        if "reactions" not in self._places:
            counts["reactions"] = sum(counts[part] for part in PARTS)
        return counts

    def _number(self, record: Record, name: str) -> int:
        text = self._cell(record, name)
        if not text:
            return 0
        digits = text.removesuffix(".0")
        if not (digits.isascii() and digits.isdecimal()):
            raise _BadRow(self._column(name), text, "This is not a whole number from 0.")
        if len(digits) > len(str(MAX_COUNT)) or int(digits) > MAX_COUNT:
            raise _BadRow(self._column(name), text, "This is more than two thousand million.")
        return int(digits)

    def _published_at(self, record: Record) -> dt.datetime:
        name = "published" if "published" in self._places else "month"
        try:
            if name == "published":
                date, time = self._cell(record, "published"), self._cell(record, "time")
                return read_instant(date, time, day_first=self._day_first is True, zone=self._zone)
            return self._calendar.place(**{one: self._small(record, one) for one in _UNDATED})
        except NoInstant as error:
            raise _BadRow(self._column(name), self._cell(record, name), str(error)) from None

    def _small(self, record: Record, name: str) -> int:
        text = self._cell(record, name).removesuffix(".0")
        if not re.fullmatch(r"[0-9]{1,2}", text):
            raise _BadRow(self._column(name), text, "This is not a whole number from 0 to 99.")
        return int(text)

    def _promoted(self, record: Record) -> bool | None:
        text = self._cell(record, "promoted").casefold().removesuffix(".0")
        if text and text not in _YES | _NO:
            raise _BadRow(self._column("promoted"), text, "This is neither yes (1) nor no (0).")
        return text in _YES if text else None

    def _note_blanks(self, record: Record) -> None:
        for name, place in self._places.items():
            if not record.cells[place] and (name in COUNTS or name == "promoted"):
                self._report.blanks[self._header[place]] += 1

    def _check_sums(self, record: Record, counts: Mapping[str, int]) -> None:
        if "reactions" in self._places and any(part in self._places for part in PARTS):
            parts = sum(counts[part] for part in PARTS)
            if parts != counts["reactions"]:
                self._odd(record, "reactions", f"The kinds of reactions sum to {parts}.")
        if "interactions" in self._places:
            parts = counts["reactions"] + counts["comments"] + counts["shares"]
            if self._cell(record, "interactions").removesuffix(".0") != str(parts):
                self._odd(record, "interactions", f"Reactions, comments and shares sum to {parts}.")

    def _odd(self, record: Record, name: str, reason: str) -> None:
        self._report.uneven.append(
            RowFault(record.row, self._column(name), self._cell(record, name)[:80], reason)
        )

    def _ref(self, record: Record, published_at: dt.datetime) -> str:
        given = self._cell(record, "ref")
        if given:
            # Many files only number their rows: with its instant an id names the post, whatever the file.
            return f"{given[:200]}@{published_at.astimezone(self._zone):%Y-%m-%dT%H:%M}"
        said = "\x1f".join(f"{name}={record.cells[place]}" for name, place in sorted(self._places.items()))
        key = hashlib.blake2b(said.encode(), digest_size=12).hexdigest()
        self._seen[key] += 1
        return f"{key}-{self._seen[key]}"


def _ends(months: Iterator[str]) -> list[int]:
    first = next(months, None)
    last = deque(months, maxlen=1)
    return [int(month) for month in (first, *last) if month is not None]
