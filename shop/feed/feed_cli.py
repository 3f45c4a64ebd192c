"""``shop feed``: are learned weights of kinds better than constants?"""

from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from shop.core.errors import DomainError
from shop.feed.evaluation import Evaluation, evaluate, is_learned_better
from shop.feed.importing import read_posts
from shop.feed.sorting import KIND_WEIGHTS

FEWEST = 20


@click.group("feed")
def feed_group() -> None:
    """How the feed ranks posts."""


@feed_group.command("evaluate")
@click.argument(
    "files",
    metavar="FILE...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
def evaluate_files(files: tuple[Path, ...]) -> None:
    """Compare learned weights of kinds with constants on the newer half of each FILE of post metrics."""
    found = []
    for path in files:
        try:
            posts = list(read_posts(path))
        except DomainError as error:
            raise click.ClickException(f"{path.name}: {error}") from error
        if len(posts) < FEWEST:
            raise click.ClickException(
                f"{path.name}: has {len(posts)} posts; {FEWEST} are the fewest that tell anything."
            )
        found.append(evaluate(posts))
        Console().print(table_of(path.name, found[-1]))
    better = "learned weights" if is_learned_better(found) else "constants"
    click.echo(f"Better over all files: {better}. The feed uses: {KIND_WEIGHTS} weights.")


def table_of(name: str, evaluation: Evaluation) -> Table:
    """Return a file's results as a table for the terminal."""
    lead, low, high = evaluation.gain
    table = Table(
        "weights", "correlation", "95 % interval",
        title=f"{name}: learned from the older {evaluation.taught}, asked about the newer {evaluation.asked}",
        caption=f"learned minus the best constants: {lead:+.3f} ({low:+.3f} to {high:+.3f})",
    )  # fmt: skip
    for result in evaluation.results:
        table.add_row(result.method, f"{result.correlation:+.3f}", f"{result.low:+.3f} to {result.high:+.3f}")
    return table
