"""A crash drill: days in the shop, with processes killed at armed points, and the books compared after each."""

import collections
import copy
import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from sqlalchemy import func, select

from shop.accounts.passwords import hash_password
from shop.core.db import Database
from shop.core.kill_points import POINTS
from shop.core.outbox import Job, JobState
from shop.orders.models import Order
from shop.page.models import Role
from tests.drills.books import STANDING, OurBooks, StandInBooks, audit
from tests.drills.mailbox import Mailbox, running_mailbox
from tests.drills.people import PAGE, Day, GaveUp, Person
from tests.drills.processes import PATIENCE_S, Crew, running_crew
from tests.drills.staff import Admin, Intents, check_intents
from tests.drills.tampering import Tampering
from tests.factories import make_account, make_page, make_product, make_staff

PASSWORD = "a lamp on the stairs"
STOCK = 5000
CALM_S = 0.4
LATEST = {"job": 8, "mail": 6, "webhook": 6, "session": 4, "placement": 4, "paid": 4}
"""At the latest passing of a day a point of these groups is armed for; the others are passed once or twice."""


@dataclass
class Outcome:
    """What became of the points armed on one day."""

    hits: list[str]
    violations: list[str]


@dataclass
class Drill:
    """A shop under the drill."""

    crew: Crew
    database: Database
    box: Mailbox
    chance: random.Random
    without: str | None = None
    patience: float = 0.6
    """How probably a buyer comes back whose connection broke."""
    stocked: dict[int, int] = field(default_factory=dict)
    emails: Iterator[str] = field(default_factory=lambda: iter(()))
    days: list[Outcome] = field(default_factory=list)
    theirs: StandInBooks | None = None
    intents: Intents = field(default_factory=Intents)

    # A day

    def run_day(self, armed: Iterable[str] = ()) -> Outcome:
        """Live through a day with ``armed`` points, then compare the books."""
        before, paid = len(self.crew.kills), self._count_paid()
        for point in armed:
            latest = LATEST.get(point.split(".")[0], 1)
            self.crew.arm(point, self.chance.randint(1, latest))
        self._live()
        self.crew.disarm()
        hits = [kill.point for kill in self.crew.kills[before:]]
        violations = self.settle()
        if self._count_paid() == paid:
            self.crew.problems.append(f"nobody could pay:\n{self.crew.log_tail()}")
        outcome = Outcome(hits, violations + self.crew.problems)
        self.crew.problems.clear()
        self.days.append(outcome)
        return outcome

    def _live(self) -> None:
        day = Day(self.crew, sorted(self.stocked), self.chance, self.patience)
        people = [
            day.is_signed_in(next(self.emails), PASSWORD), day.buys_at_once(), day.buys_at_once(),
            day.is_declined_first(), day.buys_by_program(), day.never_pays(), day.cancels(),
        ]  # fmt: skip
        _all_at_once(people)
        self.wait_until_quiet()
        self.crew.hold_webhooks(is_held=True)
        _all_at_once([day.pays_unheard(), day.never_pays()])
        self._turn(11)  # the sweeper looks at what has not been heard of
        _all_at_once(day.later)
        self.wait_until_quiet()
        self.crew.hold_webhooks(is_held=False)
        self.wait_until_quiet()
        Admin(Person(self.crew), self.database, self.chance, self.intents).work(PASSWORD)
        self.wait_until_quiet()
        self.crew.advance_ours(40)  # the sweeper comes before Stripe's own expiry
        self.wait_until_quiet()
        self.crew.advance_theirs(40)
        self.wait_until_quiet()

    def bring_back(self) -> None:
        """Start a worker that does all kinds of jobs in the place of the one that left some alone."""
        self.without = None
        self.crew.environ.pop("DRILL_WITHOUT")
        self.crew.restart("worker")

    def _turn(self, minutes: float) -> None:
        self.crew.advance_ours(minutes)
        self.crew.advance_theirs(minutes)

    def settle(self) -> list[str]:
        """Let time pass until nothing is left to do, then return what is wrong."""
        for _ in range(8):
            self.wait_until_quiet()
            if not self._count_jobs(is_due=False) and not self._count_deliveries(is_due=False):
                break
            self._turn(max(21, self._minutes_to_next_job()))
        return self.compare()

    def compare(self, tamper: Tampering | None = None) -> list[str]:
        """Compare the books as they are, or tampered with as read last, and return what is wrong."""
        ours = OurBooks.read(self.database)
        if tamper is None or self.theirs is None:
            self.theirs = StandInBooks(self.crew.sandbox)
        theirs = copy.deepcopy(self.theirs)
        if tamper is not None:
            tamper(ours, theirs)
        orders = {order.number: order for order in ours.orders}
        return [
            *audit(ours, theirs, stocked=self.stocked, sent=self.box.taken),
            *check_intents(self.intents, orders),
        ]

    def wait_until_quiet(self) -> None:
        """Wait until nobody is being killed and neither the worker nor the stand-in has anything due."""
        deadline, calm_since = time.monotonic() + PATIENCE_S, None
        while time.monotonic() < deadline:
            is_busy = (
                self.crew.is_someone_stopped()
                or self._count_jobs(is_due=True)
                or self._count_deliveries(is_due=True)
            )
            now = time.monotonic()
            calm_since = None if is_busy else calm_since or now
            if calm_since is not None and now - calm_since > CALM_S:
                return
            time.sleep(0.05)
        self.crew.problems.append("it did not become quiet")

    def _count_paid(self) -> int:
        with self.database.reading() as session:
            return session.scalar(select(func.count(Order.id)).where(Order.paid_at.is_not(None))) or 0

    def _count_jobs(self, *, is_due: bool) -> int:
        statement = select(func.count(Job.id)).where(Job.state == JobState.WAITING)
        if is_due:
            statement = statement.where(Job.run_at <= self.crew.clock.now())
        else:
            statement = statement.where(Job.kind != STANDING)
        if self.without:
            statement = statement.where(Job.kind != self.without)
        with self.database.reading() as session:
            return session.scalar(statement) or 0

    def _minutes_to_next_job(self) -> float:
        """Return how long it is to the next job, such as the digest of tomorrow morning; 0 while Stripe has news."""
        if self._count_deliveries(is_due=False):
            return 0
        with self.database.reading() as session:
            waiting = select(func.min(Job.run_at)).where(Job.state == JobState.WAITING)
            at = session.scalar(waiting.where(Job.kind != STANDING))
        return 0 if at is None else (at - self.crew.clock.now()).total_seconds() / 60 + 1

    def _count_deliveries(self, *, is_due: bool) -> int:
        shown = httpx.get(f"{self.crew.sandbox}/_sandbox/health", timeout=60).json()
        if is_due and self.crew.are_webhooks_held:
            return 0
        pending = httpx.get(
            f"{self.crew.sandbox}/_sandbox/deliveries", params={"status": "pending"}, timeout=60
        ).json()["data"]
        return sum(not is_due or (one["next_at"] or 0) <= shown["now"] for one in pending)


def _all_at_once(acts: Iterable[Callable[[], None]]) -> None:
    """Let everybody act at the same time; who gives up is gone."""
    problems: list[BaseException] = []

    def run(act: Callable[[], None]) -> None:
        try:
            act()
        except GaveUp:
            pass
        except BaseException as problem:
            problems.append(problem)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]


def stock_shop(database: Database, people: int) -> tuple[dict[int, int], list[str]]:
    """Open a page with two products; return the units by variant id, and the followers' addresses."""
    password = hash_password(PASSWORD).value
    with database.transaction() as session:
        owner = make_account(session, name="Camille Moreau", email="camille@lumen.example")
        page = make_page(session, slug=PAGE, owner=None)
        page.contact_email = "shop@lumen.example"
        make_staff(session, page, owner, Role.OWNER)
        followers = [make_account(session, email=f"follower{number}@example.com") for number in range(people)]
        for account in (owner, *followers):
            account.password_hash = password
        lamp = make_product(session, page, title="Lamp", slug="lamp", variants=[(4900, STOCK), (5900, STOCK)])
        plate = make_product(session, page, title="Plate", slug="plate", variants=[(1505, STOCK)])
        ids = [variant.id for variant in (*lamp.variants, *plate.variants)]
        emails = [account.email for account in followers]
    return dict.fromkeys(ids, STOCK), emails


@contextmanager
def running_drill(
    database_url: str, folder: Path, *, seed: str, without: str | None = None, people: int = 200
) -> Iterator[Drill]:
    """Run everything for a drill; ``without`` is a kind of job that the worker leaves alone."""
    database = Database(database_url, pool_size=4)
    stocked, emails = stock_shop(database, people)
    environ = {"DRILL_WITHOUT": without} if without else {}
    with (
        running_mailbox() as (box, smtp_url),
        running_crew(database_url, folder, SMTP_URL=smtp_url, **environ) as crew,
    ):
        yield Drill(
            crew, database, box, random.Random(seed), without=without, stocked=stocked, emails=iter(emails)
        )
    database.dispose()


def table(engine: str, drill: Drill) -> list[str]:
    """Return the lines of a drill's table: point, database, hits, outcome."""
    hits = collections.Counter(kill.point for kill in drill.crew.kills)
    wrong = collections.defaultdict(list)
    for day in drill.days:
        for point in day.hits:
            wrong[point] += day.violations
    lines = [f"{'kill point':<24} {'database':<11} {'hits':>4}  outcome"]
    for point in POINTS:
        if hits[point]:
            outcome = f"{len(wrong[point])} violations" if wrong[point] else "books agree"
            lines.append(f"{point:<24} {engine:<11} {hits[point]:>4}  {outcome}")
    return lines


def totals(books: OurBooks) -> Mapping[str, object]:
    """Return how much went through the shop, for the line under a table."""
    return {
        "orders": dict(collections.Counter(order.status.value for order in books.orders)),
        "captured": sum(order.captured_amount for order in books.orders),
        "refunded": sum(order.refunded_amount for order in books.orders),
        "refunds": sum(map(len, books.refunds.values())),
        "parcels": sum(map(len, books.fulfilments.values())),
        "mails": len(books.mails),
        "jobs": len(books.jobs),
    }
