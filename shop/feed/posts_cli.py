"""``shop posts import``: what a brand's posts did elsewhere, from a file of metrics into a page."""

import json
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from shop.catalog.importing.messages import FileFault
from shop.core.clock import SystemClock
from shop.core.command_line import command_database
from shop.core.db import Database
from shop.feed.import_run import OnProgress, Outcome, import_posts
from shop.feed.importing import MOST_FAULTS, Faults, NotMetrics, count_rows
from shop.page.queries import find_page

SHOWN_FAULTS = 20
FAULT_EXIT_CODE = 2


@click.group("posts")
def posts_group() -> None:
    """Posts of pages."""


@posts_group.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--page", "page_slug", required=True, metavar="PAGE", help="The page's name in its address.")
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Tell what would happen and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole report as JSON.")
def import_command(file: Path, page_slug: str, *, is_dry_run: bool, as_json: bool) -> None:
    """Add the posts of FILE, with the reactions, comments and shares that it tells, to a page.

    Columns are known by their names. Repeating it adds nothing, so a run that was broken off is finished by
    running it again. Rows that cannot be read are told and left out; a file that cannot be read as a whole
    changes nothing (exit status 2).
    """
    try:
        with command_database() as database:
            outcome = _run(database, file, page_slug, is_dry_run=is_dry_run, is_quiet=as_json)
    except (FileFault, NotMetrics) as fault:
        reason = fault.reason if isinstance(fault, FileFault) else str(fault)
        click.echo(f"{file.name}: {reason}", err=True)
        sys.exit(FAULT_EXIT_CODE)
    if as_json:
        click.echo(json.dumps(to_json(outcome), ensure_ascii=False))
    else:
        _print(outcome, is_dry_run=is_dry_run)


def _run(database: Database, file: Path, page_slug: str, *, is_dry_run: bool, is_quiet: bool) -> Outcome:
    with database.reading() as session:
        page = find_page(session, page_slug)
    if page is None:
        raise click.ClickException(f"There is no page “{page_slug}”.")
    shows_bar = not is_quiet and sys.stderr.isatty()
    bar: AbstractContextManager[OnProgress] = (
        _progress_bar(file) if shows_bar else nullcontext(lambda _: None)
    )
    with bar as on_progress:
        return import_posts(
            database, file, page=page, now=SystemClock().now(), is_dry_run=is_dry_run, on_progress=on_progress
        )


@contextmanager
def _progress_bar(file: Path) -> Iterator[OnProgress]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    total = count_rows(file)
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(file.name, total=total)
        yield lambda done: progress.update(task, completed=done)


def to_json(outcome: Outcome) -> dict[str, Any]:
    """Return what an import did as JSON values."""
    report = outcome.report
    return {
        "posts": report.posts,
        "added": outcome.added,
        "known": outcome.known,
        "kinds": {kind: number for kind, number in sorted(report.kinds.items()) if number},
        "totals": dict(report.totals),
        "blank_cells": dict(report.blanks),
        "columns": report.columns,
        "is_day_first": report.is_day_first,
        "unused_columns": report.unused,
        "rejected_rows": report.rejected.total,
        "rejected": [asdict(fault) for fault in report.rejected],
        "uneven_rows": report.uneven.total,
        "uneven": [asdict(fault) for fault in report.uneven],
    }


def _print(outcome: Outcome, *, is_dry_run: bool) -> None:
    # What stands in a file is no markup: “[/b]” in a cell is printed as it is.
    console, report = Console(markup=False, emoji=False, highlight=False), outcome.report
    kinds = ", ".join(f"{number} {kind}" for kind, number in report.kinds.most_common() if number)
    totals = ", ".join(f"{report.totals[name]} {name}" for name in ("reactions", "comments", "shares"))
    console.print(f"{report.posts} posts ({kinds}): {totals}.")
    verb = "would be" if is_dry_run else "were"
    console.print(f"{outcome.added} {verb} added, {outcome.known} were there already.")
    if report.is_day_first is not None:
        order = "day/month/year" if report.is_day_first else "month/day/year"
        console.print(f"Dates were read as {order}.")
    if report.unused:
        console.print(f"Columns that are not kept: {', '.join(report.unused)}.")
    if report.blanks:
        blanks = ", ".join(f"{column} {number}" for column, number in report.blanks.items())
        console.print(f"Empty cells: {blanks}.")
    _print_faults(console, "Left out", report.rejected)
    _print_faults(console, "Kept, though the parts do not sum", report.uneven)


def _print_faults(console: Console, title: str, faults: Faults) -> None:
    if not faults:
        return
    table = Table(title=f"{title}: {faults.total}", title_justify="left", box=None)
    for name in ("row", "column", "value", "why"):
        table.add_column(name, justify="right" if name == "row" else "left", overflow="fold")
    for fault in islice(faults, SHOWN_FAULTS):
        table.add_row(str(fault.row), fault.column, fault.value[:40], fault.reason)
    console.print(table)
    if faults.total > SHOWN_FAULTS:
        told = "them all" if faults.total <= MOST_FAULTS else f"the first {MOST_FAULTS}"
        console.print(f"… and {faults.total - SHOWN_FAULTS} more; --json prints {told}.")
