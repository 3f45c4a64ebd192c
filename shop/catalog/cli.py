"""``shop import``: a merchant's product file into a page."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from itertools import islice
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from shop.catalog.import_command import import_remembered
from shop.catalog.import_run import import_file
from shop.catalog.import_work import RunMoved
from shop.catalog.importing.messages import FileFault
from shop.catalog.importing.reading import FORMATS
from shop.catalog.importing.records import Rejection, RowWarning
from shop.catalog.importing.report import ImportReport, IssueLog
from shop.core.clock import SystemClock
from shop.core.command_line import command_database
from shop.core.db import Database
from shop.page.queries import find_page

SHOWN_ISSUES = 20
FAULT_EXIT_CODE = 2

OnProgress = Callable[[int, int], None]


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--page", "page_slug", required=True, metavar="PAGE", help="The page's name in its address.")
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["auto", *(kind.name for kind in FORMATS)]),
    default="auto",
    show_default=True,
)
@click.option("--encoding", default="auto", show_default=True, help="Name it when it cannot be told.")
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Tell what would happen and change nothing.")
@click.option("--stock", "sets_stock", is_flag=True, help="Write the file's stock over what is there.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole report as JSON.")
def import_command(
    file: Path,
    page_slug: str,
    *,
    format_name: str,
    encoding: str,
    is_dry_run: bool,
    sets_stock: bool,
    as_json: bool,
) -> None:
    """Import the products of FILE into a page; repeating it changes nothing.

    Products are found again by their handle; the page's list of imports shows it. Faulty rows are told and keep their product out, the
    others are imported. A file that cannot be read as a whole changes nothing (exit status 2).
    """
    try:
        with command_database() as database:
            report = _run(
                database, file, page_slug, format_name=format_name, encoding=encoding, sets_stock=sets_stock,
                is_dry_run=is_dry_run, is_quiet=as_json,
            )  # fmt: skip
    except FileFault as fault:
        click.echo(f"{file.name}: {fault.reason}", err=True)
        sys.exit(FAULT_EXIT_CODE)
    except RunMoved:
        raise click.ClickException("The import was stopped in the browser; what is imported stays.") from None
    if as_json:
        report.write_json(sys.stdout)
    else:
        _print_report(report, is_dry_run=is_dry_run)


def _run(
    database: Database,
    file: Path,
    page_slug: str,
    *,
    format_name: str,
    encoding: str,
    sets_stock: bool,
    is_dry_run: bool,
    is_quiet: bool,
) -> ImportReport:
    with database.reading() as session:
        page = find_page(session, page_slug)
    if page is None:
        raise click.ClickException(f"There is no page “{page_slug}”.")
    shows_bar = not is_quiet and sys.stderr.isatty()
    bar: AbstractContextManager[OnProgress] = (
        _progress_bar(file.name) if shows_bar else nullcontext(_say_nothing)
    )
    run_it = partial(import_file, is_dry_run=True) if is_dry_run else import_remembered
    with bar as on_progress:
        return run_it(
            database,
            file,
            page_id=page.id,
            currency=page.currency,
            now=SystemClock().now,
            format=format_name,
            encoding=encoding,
            sets_stock=sets_stock,
            on_progress=on_progress,
        )


def _say_nothing(_done: int, _total: int) -> None:
    return


@contextmanager
def _progress_bar(title: str) -> Iterator[OnProgress]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(title, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def _print_report(report: ImportReport, *, is_dry_run: bool) -> None:
    console = Console()
    console.print(
        f"{report.format}, {report.encoding}: {report.products} products, "
        f"{report.variants} variants, {report.images} pictures."
    )
    verb = "would be" if is_dry_run else "were"
    console.print(f"{report.created} {verb} created, {report.updated} {verb} changed.")
    _print_issues(console, "Rejected", report.rejected)
    _print_issues(console, "Warnings", report.warnings)
    if report.images and not is_dry_run:
        console.print("The worker (shop worker) fetches the pictures.")


def _print_issues(console: Console, title: str, issues: IssueLog[Rejection] | IssueLog[RowWarning]) -> None:
    if not len(issues):
        return
    table = Table(title=f"{title}: {len(issues)}", title_justify="left", box=None)
    for name in ("row", "column", "value", "why"):
        table.add_column(name, justify="right" if name == "row" else "left", overflow="fold")
    for issue in islice(issues, SHOWN_ISSUES):
        table.add_row(str(issue.row), issue.field, issue.value[:40], issue.reason)
    console.print(table)
    if len(issues) > SHOWN_ISSUES:
        console.print(f"… and {len(issues) - SHOWN_ISSUES} more; --json prints them all.")
