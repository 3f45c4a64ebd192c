"""``shop simulate``: what bought likes do to a page, and what real ones do."""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from shop.simulation.charts import charts_of
from shop.simulation.parameters import MOTHER_SEED, WORLD_VERSION
from shop.simulation.reporting import JSON_NAME, kind_rows, page_rows, report_of
from shop.simulation.running import Task, days_of, deaf_to_interrupts, plan, run_all
from shop.simulation.wording import NAMES, percent, ranged

INTERRUPTED = 130


@click.command("simulate")
@click.option("--seed", default=MOTHER_SEED, show_default=True, help="The first seed; the others follow it.")
@click.option("--seeds", default=5, show_default=True, type=click.IntRange(1, 50), help="So many worlds.")
@click.option(
    "--variants/--no-variants", default=True, show_default=True, help="Also change one assumption at a time."
)
@click.option("--processes", type=click.IntRange(1, 64), help="Worlds at once; as many as there are cores.")
@click.option(
    "--write",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    is_flag=False,
    flag_value=Path("docs"),
    help="Write simulation.md, its charts and its figures into this folder (docs).",
)
@click.option(
    "--redraw",
    is_flag=True,
    help="Run nothing: write the page and its charts anew from the figures in --write's folder.",
)
def simulate_command(
    *, seed: int, seeds: int, variants: bool, processes: int | None, folder: Path | None, redraw: bool
) -> None:
    """Simulate five twin pages over 90 days: one buys likes at once, one from a careful farm, one runs a contest, one gives a coupon.

    Nothing outside a temporary folder is touched without --write. Ctrl-C stops it and writes nothing.
    """
    console = Console()
    if folder is not None:
        _check_folder(folder)
    data = (
        _kept(folder or Path("docs"))
        if redraw
        else _run(console, plan(seed=seed, seeds=seeds, with_variants=variants), processes)
    )
    print_tables(console, data)
    if folder is not None or redraw:
        folder = folder or Path("docs")
        try:
            write_docs(folder, data)
        except OSError as error:
            raise _not_written(folder, error) from None
        console.print(
            f"Written: {folder / 'simulation.md'} with its charts and figures in {folder / 'images'}."
        )


def _check_folder(folder: Path) -> None:
    """Say before a run of minutes that its files could not be written; nothing is left there."""
    there = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        raise _not_written(folder, error) from None


def _not_written(folder: Path, error: OSError) -> click.ClickException:
    return click.ClickException(f"{folder} cannot be written to: {error.strerror}.")


def _kept(folder: Path) -> dict[str, Any]:
    path = folder / "images" / JSON_NAME
    try:
        found: Any = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise click.ClickException(f"No run was written to {folder} yet.") from None
    except OSError as error:
        raise click.ClickException(f"{path} cannot be read: {error.strerror}.") from None
    except ValueError:
        found = None
    if not isinstance(found, dict) or found.get("version") != WORLD_VERSION:
        raise click.ClickException(f"{path} is not of a run of this version. Run without --redraw.")
    return found


def _run(console: Console, tasks: list[Task], processes: int | None) -> dict[str, Any]:
    columns = (TextColumn("Days lived through"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=console, transient=True) as progress:
            bar = progress.add_task("", total=days_of(tasks))
            return run_all(
                tasks, processes=processes, report=lambda days: progress.update(bar, completed=days)
            )
    except KeyboardInterrupt:
        console.print("Stopped; nothing was written.")
        raise SystemExit(INTERRUPTED) from None


def print_tables(console: Console, data: Mapping[str, Any]) -> None:
    """Print what became of each page, and what the flags found."""
    pages = data["pages"]
    table = Table(
        "", *(NAMES[measure] for measure in pages), title=f"Seeds {data['seeds'][0]} to {data['seeds'][-1]}"
    )
    for name, show in page_rows():
        table.add_row(name, *(show(page) for page in pages.values()))
    for name, key in (
        ("Precision of the flags", "precision"),
        ("Recall", "recall"),
        ("Real fans flagged", "false_positives"),
    ):
        table.add_row(name, *(ranged(page[key], percent) for page in pages.values()))
    console.print(table)
    kinds = Table("In truth", "Likes", "Flagged", "Share", title="What the flags find")
    for row in kind_rows(data):
        kinds.add_row(*row)
    console.print(kinds)


def files_of(data: Mapping[str, Any]) -> dict[str, str]:
    """Return all files that a run writes, by their paths below the folder; the page itself comes last."""
    files = {f"images/{name}": svg for name, svg in charts_of(data).items()}
    files[f"images/{JSON_NAME}"] = json.dumps(data, indent=1) + "\n"
    files["simulation.md"] = report_of(data)
    return files


def write_docs(folder: Path, data: Mapping[str, Any]) -> None:
    """Write a run's files, all of them or none: beside each other first, then put in place at once."""
    files = files_of(data)
    (folder / "images").mkdir(parents=True, exist_ok=True)
    waiting = {folder / name: folder / f"{name}.new" for name in files}
    try:
        for new, text in zip(waiting.values(), files.values(), strict=True):
            new.write_text(text, encoding="utf-8")
        # Renaming takes a blink; a Ctrl-C within it must not leave half of them.
        with deaf_to_interrupts():
            for path, new in waiting.items():
                new.replace(path)
    finally:
        for new in waiting.values():
            new.unlink(missing_ok=True)
