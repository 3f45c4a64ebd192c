"""Posts and days as rows of CSV files, read in batches so that memory stays flat. The format is in docs/csv.md."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from shop.core.db import Database
from shop.core.money import to_decimal
from shop.feed.marking import plain
from shop.insights.post_figures import PostFigures, PostReport
from shop.insights.post_queries import Scope
from shop.insights.post_table_queries import Listing, PostRow, iterate_rows
from shop.orders.exporting import BOM, safe_cell

EXCERPT = 200
_COUNTS = (
    "impressions", "reach", "engaged", "clicks", "reactions", "likes", "loves", "hahas", "wows", "sads", "angries",
    "comments", "shares",
)  # fmt: skip
_FIGURES = ("impressions", "reach", "engaged", "clicks", "reactions", "comments", "shares")

Cell = Callable[[PostRow, str], Any]


def _count(name: str) -> Cell:
    return lambda row, _currency: getattr(row.counts, name)


POST_COLUMNS: Mapping[str, Cell] = {
    "post": lambda row, _currency: row.post.id,
    "published_at": lambda row, _currency: f"{row.post.published_at:%Y-%m-%dT%H:%M:%SZ}",
    "kind": lambda row, _currency: row.post.kind.value,
    "promoted": lambda row, _currency: {True: "yes", False: "no", None: ""}[row.post.is_promoted],
    "imported": lambda row, _currency: "yes" if row.post.is_imported else "no",
    "text": lambda row, _currency: plain(row.post.body, EXCERPT) or row.post.link_title,
    **{name: _count(name) for name in _COUNTS},
    "interactions": lambda row, _currency: row.interactions,
    "engagement_rate": lambda row, _currency: _rate(row.engagement_rate),
    "likes_gained": lambda row, _currency: row.likes.gained,
    "likes_lost": lambda row, _currency: row.likes.lost,
    "orders": lambda row, _currency: row.sales.orders,
    "revenue": lambda row, currency: to_decimal(row.sales.revenue_amount, currency),
    "currency": lambda _row, currency: currency,
}
"""The columns of the file of posts, in their order; new ones are added at the end."""
DAY_COLUMNS = (
    "day", *_FIGURES, "interactions", "engagement_rate", "likes_gained", "likes_lost", "orders", "revenue", "currency",
)  # fmt: skip


def export_posts(database: Database, scope: Scope, listing: Listing) -> Iterator[bytes]:
    """Yield the file of the posts of ``listing``, a batch at a time."""
    yield _lines([list(POST_COLUMNS)], beginning=BOM)
    for rows in iterate_rows(database, scope, listing):
        if rows:
            yield _lines([cell(row, scope.currency) for cell in POST_COLUMNS.values()] for row in rows)


def export_days(report: PostReport) -> Iterator[bytes]:
    """Yield the file of the days of ``report``, oldest first."""
    yield _lines([list(DAY_COLUMNS)], beginning=BOM)
    yield _lines(
        [day.isoformat(), *_day_cells(figures, report.currency)] for day, figures in report.days.items()
    )


def _day_cells(figures: PostFigures, currency: str) -> list[Any]:
    return [
        *[getattr(figures, name) for name in _FIGURES],
        figures.interactions,
        _rate(figures.engagement_rate),
        figures.likes_gained,
        figures.likes_lost,
        figures.orders,
        to_decimal(figures.revenue_amount, currency),
        currency,
    ]


def _rate(rate: float | None) -> str:
    return "" if rate is None else f"{rate:.6f}"


def _lines(rows: Any, *, beginning: str = "") -> bytes:
    buffer = io.StringIO()
    buffer.write(beginning)
    safe: Iterator[Sequence[str]] = ([safe_cell(cell) for cell in row] for row in rows)
    csv.writer(buffer).writerows(safe)
    return buffer.getvalue().encode()
