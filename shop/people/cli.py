"""``shop friends import``: a graph of friendships from a file."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from shop.core.clock import SystemClock
from shop.core.command_line import command_database
from shop.people.importing import FriendsReport, import_friends

FAULT_EXIT_CODE = 2


@click.group("friends")
def friends_group() -> None:
    """Friendships between people."""


@friends_group.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def import_command(file: Path) -> None:
    """Import the friendships of FILE, a pair of numbers a line ("17 42"); repeating it changes nothing.

    Lines that begin with # are passed over. Who is not there yet becomes an account "Person 17" that nobody can
    sign in to. An import that was stopped goes on when it is started again.
    """
    bar = _progress_bar(file) if sys.stderr.isatty() else nullcontext(_say_nothing)
    try:
        with command_database() as database, bar as on_progress:
            report = import_friends(database, file, now=SystemClock().now(), on_progress=on_progress)
    except UnicodeDecodeError:
        click.echo(f"{file.name}: this is no text file.", err=True)
        sys.exit(FAULT_EXIT_CODE)
    _print(report)


def _say_nothing(_done: int) -> None:
    return


@contextmanager
def _progress_bar(file: Path) -> Iterator[Callable[[int], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(file.name, total=file.stat().st_size)
        yield lambda done: progress.update(task, completed=done)


def _print(report: FriendsReport) -> None:
    click.echo(f"{report.people} people, {report.new_people} of them new.")
    click.echo(f"{report.ties} friendships, {report.new_ties} of them new.")
    if report.fault_count:
        click.echo(f"{report.fault_count} lines name no two different people and were left out:", err=True)
        for line, text in report.faults:
            click.echo(f"  line {line}: {text}", err=True)
