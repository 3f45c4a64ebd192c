"""``python -m tools.bench.orders``: the order list of a page with 1,000 orders beside one with 100,000.

For each way to ask the list it prints how many statements it takes and its median time, both in one process and
in turn, so that what else the machine does falls on both. Whole requests are timed: routing, SQL and template. The
processor's time is that of this process, SQLite included and PostgreSQL's server not; other load does not change it.
"""

import datetime as dt
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import click
from flask.testing import FlaskClient
from rich.table import Table
from sqlalchemy import event

from shop.accounts.service import sign_up
from shop.app import build_runtime, create_app
from shop.cli import migrate_database
from shop.core.config import load_settings
from shop.core.db import Database
from shop.orders.exporting import Shape, export_orders
from shop.orders.filters import OrderFilter
from shop.orders.listing import ListScope
from shop.orders.models import SavedFilter
from shop.page.models import Page, PageVersion, Role, StaffMember
from tools.bench.databases import Databases, postgres
from tools.bench.order_seeding import SeededOrders, seed_orders
from tools.bench.report import console, mark

SLUG = "bench"
MAX_RATIO = 2.0
MAX_EXPORT_GROWTH_MB = 10
SILENT = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")


@dataclass
class Room:
    """A page with so many orders, its staff's browser, and what is looked for."""

    seeded: SeededOrders
    database: Database
    client: FlaskClient
    scope: ListScope
    saved_id: int

    def addresses(self, now: dt.datetime) -> dict[str, str]:
        """Return the ways to ask the list, by name; the page after the first one is the one that it leads to."""
        month = (now - dt.timedelta(days=30)).date().isoformat()
        asked = {
            "plain": "",
            "status: expired": "status=expired",
            "status: paid": "status=paid",
            "status: none is flagged": "status=flagged",
            "to ship": "shipping=to_ship",
            "shipped": "shipping=shipped",
            "refunded": "refunded=any",
            "refunded whole": "refunded=whole",
            "followers": "follower=yes",
            "not followers": "follower=no",
            "country: a rare one": "country=LU",
            "country: none": "country=CH",
            "last 30 days": f"from={month}",
            "amount: a band": "min=100.00&max=120.00",
            "amount: none so high": "min=5000.00",
            "paid, followers, country, amount": "status=paid&follower=yes&country=BE&min=50.00",
            "search: an e-mail": f"q={self.seeded.email}",
            "search: a number": f"q={self.seeded.number}",
            "search: a product of one in six": "q=lamp",
            "search: that and a rare filter": "q=lamp&refunded=whole",
            "search: miss": "q=xyzzy",
            "saved filter": f"view={self.saved_id}",
        }
        found = {name: f"/en/manage/{SLUG}/orders?{query}" for name, query in asked.items()}
        return found | {"page 2 by cursor": self._next(found["plain"])}

    def _next(self, address: str) -> str:
        link = (
            self.client.get(address).text.partition('rel="next"')[2].partition('href="')[2].partition('"')[0]
        )
        return link.replace("&amp;", "&")

    def time_ms(self, address: str) -> tuple[float, float]:
        """Return how long one request takes, and how much of the processor it takes in this process."""
        started, busy = time.perf_counter(), time.process_time()
        answer = self.client.get(address)
        taken = (time.perf_counter() - started) * 1000, (time.process_time() - busy) * 1000
        if answer.status_code != 200:  # noqa: PLR2004 - HTTP's own number
            raise click.ClickException(f"{address} answered {answer.status_code}")
        return taken

    def count_statements(self, address: str) -> int:
        """Return how many statements one request sends."""
        sent: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            if not statement.startswith(SILENT):
                sent.append(statement)

        event.listen(self.database.engine, "before_cursor_execute", note)
        try:
            self.client.get(address)
        finally:
            event.remove(self.database.engine, "before_cursor_execute", note)
        return len(sent)

    def export(self) -> tuple[float, float]:
        """Write all orders as CSV; return orders a second and by how many MB the process grew meanwhile at most."""
        before, most, started = _memory_mb(), 0.0, time.perf_counter()
        for _chunk in export_orders(self.database, self.scope, OrderFilter(), Shape.ORDERS):
            most = max(most, _memory_mb())
        return self.seeded.count / (time.perf_counter() - started), max(0.0, most - before)


def _memory_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@click.command()
@click.option("--orders", "sizes", default="1000,100000", show_default=True, help="The two sizes to compare.")
@click.option(
    "--database",
    "kind",
    type=click.Choice(["sqlite", "postgresql", "both"]),
    default="both",
    show_default=True,
)
@click.option("--rounds", default=15, show_default=True, help="Requests of each kind on each side.")
def main(sizes: str, kind: str, rounds: int) -> None:
    """Print the times of the order list at two sizes, with the goal of their ratio."""
    small, large = (int(size) for size in sizes.split(","))
    for one in ("sqlite", "postgresql") if kind == "both" else (kind,):
        with ExitStack() as stack:
            folder = Path(tempfile.mkdtemp(prefix="vitrine-bench-"))
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            databases = Databases(folder, stack.enter_context(postgres()) if one == "postgresql" else None)
            rooms = [stack.enter_context(_room(databases, folder, size)) for size in (small, large)]
            _print_times(one, rooms, rounds)
            _print_exports(rooms)


@contextmanager
def _room(databases: Databases, folder: Path, count: int) -> Iterator[Room]:
    """Fill a new database with a page of so many orders and sign its owner in."""
    data_dir = folder / f"orders_{count}"
    data_dir.mkdir()
    settings = replace(
        load_settings(),
        database_url=databases.create(f"orders_{count}"),
        data_dir=data_dir,
        rate_limits=False,
        log_level="WARNING",
    )
    migrate_database(settings)
    runtime = build_runtime(settings)
    database, now = runtime.database, dt.datetime.now(dt.UTC)
    with database.transaction() as session:
        account = sign_up(
            session, email="owner@example.com", name="Alix", password="a long pass phrase", language="en", now=now
        )  # fmt: skip
        page = Page(
            slug=SLUG, name="Bench", language="en", country="FR", currency="EUR", order_prefix="BE",
            accent_color="#7a4b2a", shipping_amount=490, ships_to=["FR", "BE"], tax_rate_bp=2000, created_at=now,
        )  # fmt: skip
        session.add(page)
        session.flush()
        saved = SavedFilter(
            page_id=page.id, name="Belgium", query="shipping=shipped&country=BE", created_at=now
        )
        session.add_all([
            PageVersion(page_id=page.id, version=1), saved,
            StaffMember(page_id=page.id, account_id=account.id, role=Role.OWNER, created_at=now),
        ])  # fmt: skip
        session.flush()
    started = time.perf_counter()
    seeded = seed_orders(database, page_id=page.id, count=count, now=now)
    console.print(f"{count:,} orders put in within {time.perf_counter() - started:.0f} s")
    client = create_app(runtime).test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = f"{account.id}:{account.session_epoch}", True
    try:
        yield Room(seeded, database, client, ListScope(page.id, "EUR", "FR"), saved.id)
    finally:
        database.dispose()


def _print_times(kind: str, rooms: list[Room], rounds: int) -> None:
    now = dt.datetime.now(dt.UTC)
    addresses = [room.addresses(now) for room in rooms]
    title = f"The order list on {kind}: medians of {rounds} whole requests in ms"
    table = Table(title=title, title_justify="left")
    table.add_column("what")
    sizes = [f"{room.seeded.count:,}" for room in rooms]
    for name in ("statements", *sizes, "ratio", "goal", "", "processor", "ratio"):
        table.add_column(name, justify="right")
    for name in addresses[0]:
        times: list[list[tuple[float, float]]] = [[], []]
        counts = [room.count_statements(found[name]) for room, found in zip(rooms, addresses, strict=True)]
        for _ in range(rounds):
            for room, found, taken in zip(rooms, addresses, times, strict=True):
                taken.append(room.time_ms(found[name]))
        (small, small_busy), (large, large_busy) = (_medians(taken) for taken in times)
        ratio = large / small
        statements = str(counts[0]) if counts[0] == counts[1] else f"{counts[0]} / {counts[1]}"
        table.add_row(
            name, statements, f"{small:.1f}", f"{large:.1f}", f"{ratio:.2f}", f"≤ {MAX_RATIO:.0f}",
            mark(ratio <= MAX_RATIO), f"{small_busy:.1f} to {large_busy:.1f}", f"{large_busy / small_busy:.2f}",
        )  # fmt: skip
    console.print(table)


def _medians(taken: list[tuple[float, float]]) -> tuple[float, float]:
    return statistics.median(one for one, _ in taken), statistics.median(other for _, other in taken)


def _print_exports(rooms: list[Room]) -> None:
    rooms[0].export()  # the first one loads what all share
    for room in rooms:
        rate, growth = room.export()
        is_met = growth <= MAX_EXPORT_GROWTH_MB
        console.print(
            f"CSV of {room.seeded.count:,} orders: {rate:,.0f} a second, the process grew by {growth:.1f} MB at most "
            f"(≤ {MAX_EXPORT_GROWTH_MB} MB) {mark(is_met)}"
        )


if __name__ == "__main__":
    main()
