"""How fast a Shopify file is read into a shop, in a process of its own: ``python -m tools.bench.importing``."""

import csv
import json
import resource
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import click

from shop.catalog.import_run import import_file
from shop.cli import migrate_database
from shop.core.clock import SystemClock
from shop.core.config import load_settings
from shop.core.db import Database
from shop.page.models import Page, PageVersion
from tools.bench.seeding import CURRENCY, SENTENCE, SIZES, START, title_of

HEADER = """Handle|Title|Body (HTML)|Vendor|Type|Tags|Published|Option1 Name|Option1 Value|Variant SKU|Variant Grams
Variant Inventory Tracker|Variant Inventory Qty|Variant Inventory Policy|Variant Price|Variant Compare At Price
Status""".replace("\n", "|").split("|")


@dataclass(frozen=True)
class ImportSpeed:
    """Variant rows read in, the seconds that it took, and the process's greatest memory in MB (RSS)."""

    rows: int
    seconds: float
    peak_mb: float

    @property
    def rate(self) -> float:
        """Rows a second."""
        return self.rows / self.seconds


def write_file(path: Path, rows: int) -> None:
    """Write a Shopify product file of ``rows`` variant rows, three to a product."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number in range(1, rows // len(SIZES) + 1):
            title = title_of(number)
            first = [
                title,
                f"<p>{title}. {SENTENCE * 3}</p>",
                "Bench",
                "Goods",
                "made by hand",
                "TRUE",
                "Size",
            ]
            for place, size in enumerate(SIZES):
                told = first if place == 0 else [""] * len(first)
                facts = [size, f"S-{number}-{place}", 400, "shopify", 10, "deny", f"{19 + place}.90", ""]
                status = "active" if place == 0 else ""
                writer.writerow([title.lower().replace(" ", "-"), *told, *facts, status])


@click.command()
@click.argument("path", type=click.Path(path_type=Path, exists=True))
def main(path: Path) -> None:
    """Import the file at PATH into a new page of the database that the settings name; print the figures."""
    settings = load_settings()
    migrate_database(settings)
    database = Database(settings.database_url)
    with database.transaction() as session:
        page = Page(
            slug="imported", name="Imported", language="en", country="FR", currency=CURRENCY, order_prefix="IM",
            accent_color="#7a4b2a", created_at=START,
        )  # fmt: skip
        session.add(page)
        session.flush()
        session.add(PageVersion(page_id=page.id, version=1))
    started = time.perf_counter()
    report = import_file(database, path, page_id=page.id, currency=CURRENCY, now=SystemClock().now)
    seconds = time.perf_counter() - started
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    database.dispose()
    rows = report.created * len(SIZES)
    json.dump({"rows": rows, "seconds": seconds, "peak_mb": peak_mb}, sys.stdout)


if __name__ == "__main__":
    main()
