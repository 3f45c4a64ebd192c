"""``python -m tools.bench``: the speeds of the shop as ratios to bare Flask, taken in one run."""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import click

from shop.cli import migrate_database
from shop.core.config import load_settings
from shop.core.db import Database
from tools.bench.databases import Databases, postgres
from tools.bench.figures import LINES, Effort, measure_line, measure_medians
from tools.bench.importing import ImportSpeed, write_file
from tools.bench.report import (
    Single,
    console,
    p99_figure,
    print_machine,
    print_medians,
    print_ratios,
    print_singles,
)
from tools.bench.seeding import seed
from tools.bench.stack import ROOT, SECRET_KEY, Served, running_shop, running_yardstick, shop_environ
from tools.bench.stand_in import measure_stand_in
from tools.bench.visits import SHOP, Shop
from tools.bench.weight import weigh

MAX_MEMORY_MB = 250
MIN_IMPORT_RATE = 2000
MAX_MEMORY_GROWTH = 1.3
MAX_WEIGHT_KB = 60
MAX_STAND_IN_MS = 10
FULL = Effort(rounds=5, seconds=1.5)
QUICK = Effort(rounds=2, seconds=0.7)
IMPORT_ROWS = (6000, 24_000)
QUICK_IMPORT_ROWS = (1500, 6000)


@click.command()
@click.option("--products", "sizes", default="1000,100000", show_default=True, help="Sizes of the shop.")
@click.option(
    "--database", "kind", type=click.Choice(["sqlite", "postgresql"]), default="sqlite", show_default=True
)
@click.option("--quick", is_flag=True, help="Shorter loads, coarser figures.")
def main(sizes: str, kind: str, *, quick: bool) -> None:
    """Print the speeds of the shop beside bare Flask's, with the goal of each.

    The exit status is 0 whatever they are: a figure depends on the machine and on what else runs on it.
    """
    numbers = [int(size) for size in sizes.split(",")]
    effort = QUICK if quick else FULL
    print_machine(kind)
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="vitrine-bench-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        databases = Databases(folder, stack.enter_context(postgres()) if kind == "postgresql" else None)
        yardstick = stack.enter_context(running_yardstick(folder))
        base = stack.enter_context(_shop(databases, folder, numbers[0]))
        singles = _measure(base, yardstick, effort)
        for number in numbers[1:]:
            with _shop(databases, folder, number) as shop:
                singles += _measure(shop, yardstick, effort)
                print_medians((numbers[0], number), measure_medians(base, shop, effort))
        singles += [
            _weight_figure(base),
            *_import_figures(databases, folder, QUICK_IMPORT_ROWS if quick else IMPORT_ROWS),
        ]
        singles.append(_stand_in_figure(folder, effort))
    print_singles(singles)


@contextmanager
def _shop(databases: Databases, folder: Path, products: int) -> Iterator[Shop]:
    """Fill a new database with so many products and run the shop over it."""
    data_dir = folder / f"shop_{products}"
    data_dir.mkdir()
    url = databases.create(f"shop_{products}")
    migrate_database(replace(load_settings(), database_url=url, data_dir=data_dir))
    database = Database(url, pool_size=2)
    started = time.perf_counter()
    seeded = seed(database, products, secret_key=SECRET_KEY)
    console.print(f"{products:,} products put in within {time.perf_counter() - started:.0f} s")
    try:
        with running_shop(url, data_dir) as served:
            yield Shop(seeded, served, database)
    finally:
        database.dispose()


def _measure(shop: Shop, yardstick: Served, effort: Effort) -> list[Single]:
    found = [(line, measure_line(line, shop, yardstick, effort)) for line in LINES]
    products = shop.seeded.products
    print_ratios(products, found)
    memory = shop.served.memory_mb()
    name = f"memory of {len(shop.served.pids) - 1} workers and their parent (PSS), {products:,} products"
    return [
        p99_figure(products, found[0][1]),
        Single(name, f"{memory:.0f} MB", f"≤ {MAX_MEMORY_MB} MB", memory <= MAX_MEMORY_MB),
    ]


def _weight_figure(shop: Shop) -> Single:
    weight = weigh(shop.served.port, SHOP)
    parts = sorted(weight.parts.items(), key=lambda part: -part[1])
    told = ", ".join(f"{path.rpartition('/')[2]} {size / 1000:.1f}" for path, size in parts)
    value = f"{weight.total_kb:.1f} kB: {told}"
    return Single(
        "first load of the listing without pictures",
        value,
        f"≤ {MAX_WEIGHT_KB} kB",
        weight.total_kb <= MAX_WEIGHT_KB,
    )


def _import_figures(databases: Databases, folder: Path, sizes: tuple[int, int]) -> list[Single]:
    small, large = (_import_speed(databases, folder, rows) for rows in sizes)
    growth = large.peak_mb / small.peak_mb
    return [
        Single(
            f"import of {large.rows:,} variant rows", f"{large.rate:,.0f} a second", f"≥ {MIN_IMPORT_RATE:,} a second",
            large.rate >= MIN_IMPORT_RATE,
        ),
        Single(
            f"its greatest memory beside that of {small.rows:,} rows", f"{large.peak_mb:.0f} to {small.peak_mb:.0f} MB",
            "constant", growth <= MAX_MEMORY_GROWTH,
        ),
    ]  # fmt: skip


def _import_speed(databases: Databases, folder: Path, rows: int) -> ImportSpeed:
    path = folder / f"products-{rows}.csv"
    write_file(path, rows)
    data_dir = folder / f"import_{rows}"
    data_dir.mkdir()
    environ = shop_environ(databases.create(f"import_{rows}"), data_dir)
    command = [sys.executable, "-m", "tools.bench.importing", str(path)]
    told = subprocess.run(command, env=environ, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return ImportSpeed(**json.loads(told))


def _stand_in_figure(folder: Path, effort: Effort) -> Single:
    median = measure_stand_in(folder, effort.seconds * 2)
    return Single(
        "a session created and paid in the stand-in",
        f"{median:.1f} ms",
        f"≤ {MAX_STAND_IN_MS} ms",
        median <= MAX_STAND_IN_MS,
    )


if __name__ == "__main__":
    main()
