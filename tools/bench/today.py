"""``python -m tools.bench.today``: Today and the search of a page with many orders, beside one with few.

Each request is made as a member of staff makes it, through the application in this process, on SQLite and
on a real PostgreSQL: how many statements, and the median of its times.
"""

import datetime as dt
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import click
from flask.testing import FlaskClient
from rich.table import Table
from sqlalchemy import event, insert

from shop.accounts.models import Account, AccountWord
from shop.app import build_runtime, create_app
from shop.cli import migrate_database
from shop.core.config import load_settings
from shop.core.db import Database
from shop.core.log import configure_logging
from shop.core.text_search import words_of
from shop.insights.truth import rebuild_days
from shop.page.models import Follower, LikeSource, Page, Role, StaffMember
from tools.bench.databases import Databases, postgres
from tools.bench.order_seeding import FIRST_NAMES, LAST_NAMES, SeededOrders, seed_orders
from tools.bench.report import console, mark, print_machine
from tools.bench.seeding import EMAIL, SLUG, seed

MAX_GROWTH = 2
PRODUCTS = 1000
ROUNDS = 25
CHUNK = 5000


@dataclass
class Figure:
    """One request: its statements and its times in ms."""

    statements: int
    times_ms: list[float] = field(default_factory=list)

    @property
    def median_ms(self) -> float:
        """The time that half of the requests took at most."""
        return statistics.median(self.times_ms)


@dataclass(frozen=True)
class House:
    """A page with so many orders, and the browser of its owner."""

    client: FlaskClient
    database: Database
    seeded: SeededOrders


@click.command()
@click.option("--orders", "sizes", default="1000,100000", show_default=True, help="Two sizes of the page.")
@click.option(
    "--database", "kinds", default="sqlite,postgresql", show_default=True, help="On which databases."
)
def main(sizes: str, kinds: str) -> None:
    """Print statements and medians at both sizes, with the goal of each ratio."""
    counts = [int(size) for size in sizes.split(",")]
    configure_logging(level="WARNING", style="console")
    for kind in kinds.split(","):
        print_machine(kind)
        with ExitStack() as stack:
            folder = Path(tempfile.mkdtemp(prefix="vitrine-bench-"))
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            server = stack.enter_context(postgres()) if kind == "postgresql" else None
            houses = [
                stack.enter_context(_house(folder, Databases(folder, server), count)) for count in counts
            ]
            _print(kind, counts, [_measure(houses, name) for name in _visits(houses[0].seeded)])


def _visits(seeded: SeededOrders) -> dict[str, str]:
    room = f"/en/manage/{SLUG}"
    return {
        "Today, 7 days": room,
        "Today, 90 days": f"{room}?period=90",
        "search: an order's number": f"{room}/search?q={seeded.number}",
        "search: a buyer's e-mail": f"{room}/search?q={seeded.email}",
        "search: a name that many share": f"{room}/search?q=durand",
        "search: a product's word": f"{room}/search?q=lamp",
        "search: two words and a beginning": f"{room}/search?q=maes+fe",
        "search: nothing": f"{room}/search?q=xyzzy",
    }


@contextmanager
def _house(folder: Path, databases: Databases, orders: int) -> Iterator[House]:
    data_dir = folder / f"today_{orders}"
    data_dir.mkdir()
    chosen = replace(load_settings(), database_url=databases.create(f"today_{orders}"), data_dir=data_dir)
    migrate_database(chosen)
    runtime = build_runtime(chosen)
    try:
        started = time.perf_counter()
        seeded = _fill(runtime.database, orders, secret_key=chosen.secret_key)
        console.print(f"{orders:,} orders put in within {time.perf_counter() - started:.0f} s")
        client = create_app(runtime).test_client()
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        _sign_in(client, runtime.database)
        yield House(client, runtime.database, seeded)
    finally:
        runtime.database.dispose()


def _fill(database: Database, orders: int, *, secret_key: str) -> SeededOrders:
    page_id = seed(database, PRODUCTS, secret_key=secret_key).page_id
    now = dt.datetime.now(dt.UTC)
    with database.transaction() as session:
        account = session.query(Account).filter_by(email=EMAIL).one()
        session.add(StaffMember(page_id=page_id, account_id=account.id, role=Role.OWNER, created_at=now))
    _add_followers(database, page_id, orders // 10, now)
    seeded = seed_orders(database, page_id=page_id, count=orders, now=now)
    with database.transaction() as session:
        rebuild_days(session, session.get_one(Page, page_id))
    return seeded


def _add_followers(database: Database, page_id: int, count: int, now: dt.datetime) -> None:
    for first in range(0, count, CHUNK):
        numbers = range(first + 1000, min(first + CHUNK, count) + 1000)
        people = [
            {
                "id": number, "email": f"fan{number}@example.org", "password_hash": "!", "language": "en", "created_at": now,
                "name": f"{FIRST_NAMES[number % len(FIRST_NAMES)]} {LAST_NAMES[number // 7 % len(LAST_NAMES)]}",
            }
            for number in numbers
        ]  # fmt: skip
        words = [
            {"word": word, "account_id": one["id"]}
            for one in people
            for word in dict.fromkeys(words_of(f"{one['name']} {one['email']}"))
        ]
        likes = [
            {"page_id": page_id, "account_id": number, "source": LikeSource.ORGANIC, "followed_at": now}
            for number in numbers
        ]
        with database.transaction() as session:
            session.execute(insert(Account), people)
            session.execute(insert(AccountWord), words)
            session.execute(insert(Follower), likes)


def _sign_in(client: FlaskClient, database: Database) -> None:
    with database.reading() as session:
        account = session.query(Account).filter_by(email=EMAIL).one()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = f"{account.id}:{account.session_epoch}"
        cookie["_fresh"] = True


def _measure(houses: Sequence[House], name: str) -> tuple[str, list[Figure]]:
    """Make the same request in both houses in turn, so that other load on the machine meets both alike."""
    paths = [_visits(house.seeded)[name] for house in houses]
    found = [Figure(_count(house, path)) for house, path in zip(houses, paths, strict=True)]
    for _ in range(ROUNDS):
        for house, path, figure in zip(houses, paths, found, strict=True):
            started = time.perf_counter()
            house.client.get(path)
            figure.times_ms.append((time.perf_counter() - started) * 1000)
    return name, found


def _count(house: House, path: str) -> int:
    counted: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        counted.append(statement)

    house.client.get(path)
    event.listen(house.database.engine, "before_cursor_execute", note)
    answer = house.client.get(path)
    event.remove(house.database.engine, "before_cursor_execute", note)
    if answer.status_code >= 400:  # noqa: PLR2004 - HTTP's own number
        raise click.ClickException(f"{path} answered {answer.status_code}")
    return len(counted)


def _print(kind: str, sizes: Sequence[int], found: Sequence[tuple[str, list[Figure]]]) -> None:
    table = Table(title=f"Today and search, {kind}: statements and median ms by orders", title_justify="left")
    table.add_column("what")
    titles = [f"{what} {size:,}" for what in ("st.", "ms") for size in sizes]
    for title in (*titles, "ratio", "goal", ""):
        table.add_column(title, justify="right")
    for name, (small, large) in found:
        ratio = large.median_ms / small.median_ms
        met = mark(ratio <= MAX_GROWTH and large.statements <= small.statements)
        figures = [
            str(small.statements),
            str(large.statements),
            f"{small.median_ms:.1f}",
            f"{large.median_ms:.1f}",
        ]
        table.add_row(name, *figures, f"{ratio:.2f}", f"≤ {MAX_GROWTH}", met)
    console.print(table)


if __name__ == "__main__":
    main()
