"""``shop followers import``: a page's followers from elsewhere, with their dates."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from shop.catalog.importing.messages import FileFault
from shop.core.clock import SystemClock
from shop.core.command_line import command_database
from shop.core.config import load_settings
from shop.core.db import Database
from shop.page.queries import find_page
from shop.quality.follower_file import PROBLEMS, FollowerFile, NotFollowers
from shop.quality.follower_importing import Outcome, import_followers
from shop.quality.looking import ask_for_look

SHOWN_PROBLEMS = 20
FAULT_EXIT_CODE = 2
INTERRUPTED = 130


@click.group("followers")
def followers_group() -> None:
    """Followers of pages."""


@followers_group.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--page", "page_slug", required=True, metavar="PAGE", help="The page's name in its address.")
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Tell what would happen and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole report as JSON.")
def import_command(file: Path, page_slug: str, *, is_dry_run: bool, as_json: bool) -> None:
    """Add the followers of FILE (who, and since when) to a page, with the source "import".

    Columns are known by their names in several languages: name, handle, e-mail or id, and since. Each becomes an
    account that nobody can sign in to; addresses are not kept. Repeating it adds nobody, so a run that was broken
    off is finished by running it again. Rows that cannot be read are told and left out; a file that cannot be read
    as a whole changes nothing (exit status 2).
    """
    try:
        with command_database() as database:
            opened, outcome = _run(database, file, page_slug, is_dry_run=is_dry_run, is_quiet=as_json)
    except (FileFault, NotFollowers) as fault:
        # What is said of files of products comes last.
        plain = fault.reason if isinstance(fault, FileFault) else str(fault.message)
        reason = PROBLEMS.get(fault.code, plain)
        click.echo(f"{file.name}: {reason}", err=True)
        sys.exit(FAULT_EXIT_CODE)
    except KeyboardInterrupt:
        kept = "" if is_dry_run else " What was written stays; run it again to go on."
        click.echo(f"Stopped.{kept}", err=True)
        sys.exit(INTERRUPTED)
    if as_json:
        report = {
            "rows": outcome.done, "added": outcome.added, "known": outcome.known, "rejected": outcome.rejected,
            "columns": opened.columns, "unused_columns": opened.unused, "is_day_first": opened.is_day_first,
            "problems": [asdict(one) for one in outcome.problems],
        }  # fmt: skip
        click.echo(json.dumps(report, ensure_ascii=False))
    else:
        _print(opened, outcome, is_dry_run=is_dry_run)


def _run(
    database: Database, path: Path, page_slug: str, *, is_dry_run: bool, is_quiet: bool
) -> tuple[FollowerFile, Outcome]:
    with database.reading() as session:
        page = find_page(session, page_slug)
    if page is None:
        raise click.ClickException(f"There is no page “{page_slug}”.")
    file = FollowerFile(path, country=page.country, secret=load_settings().secret_key)
    now = SystemClock().now()
    shows_bar = not is_quiet and sys.stderr.isatty()
    bar: AbstractContextManager[Callable[[int], None]] = (
        _progress_bar(path.name, file.total) if shows_bar else nullcontext(lambda _done: None)
    )
    with bar as on_progress:
        outcome = import_followers(
            database, file, page=page, now=now, is_dry_run=is_dry_run, on_progress=on_progress
        )
    if outcome.added and not is_dry_run:
        with database.transaction() as session:
            ask_for_look(session, page_id=page.id, now=now)
    return file, outcome


@contextmanager
def _progress_bar(name: str, total: int) -> Iterator[Callable[[int], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(name, total=total)
        yield lambda done: progress.update(task, completed=done)


def _print(file: FollowerFile, outcome: Outcome, *, is_dry_run: bool) -> None:
    verb = "would be" if is_dry_run else "were"
    click.echo(
        f"{outcome.done} rows: {outcome.added} followers {verb} added, {outcome.known} were there already."
    )
    if file.is_day_first is not None:
        order = "day/month/year" if file.is_day_first else "month/day/year"
        click.echo(f"Dates were read as {order}.")
    if file.unused:
        click.echo(f"Columns that are not kept: {', '.join(file.unused)}.")
    if outcome.rejected:
        click.echo(f"{outcome.rejected} rows were left out:", err=True)
        for one in outcome.problems[:SHOWN_PROBLEMS]:
            told = f"“{one.value}”: " if one.value else ""
            click.echo(f"  row {one.row}: {told}{PROBLEMS[one.why]}", err=True)
        if outcome.rejected > SHOWN_PROBLEMS:
            click.echo(f"  … and {outcome.rejected - SHOWN_PROBLEMS} more", err=True)
