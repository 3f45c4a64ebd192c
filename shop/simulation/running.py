"""Runs whole worlds, several at once, each from its seed alone."""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any

from shop.quality.signs import Judged
from shop.simulation.checking import check_house
from shop.simulation.figures import Figures, figures_of, over_seeds
from shop.simulation.judging import count_flags, judge_page
from shop.simulation.measures import Measure, begin, run_strangers
from shop.simulation.parameters import DEFAULT, MOTHER_SEED, SMALL, VARIANTS, WORLD_VERSION, World, digest
from shop.simulation.people import DAY_MINUTES, Kind, Person, draw_fans
from shop.simulation.world import WEEK, Network, PageWorld, article_day, network_of, settle

BOUGHT = (Measure.NOTHING, Measure.BURST, Measure.STEALTH)
Tick = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Task:
    """One world to run: its seed, its numbers, the pages in it; ``name`` is "" for the world as it is."""

    seed: int
    world: World
    measures: tuple[Measure, ...] = tuple(Measure)
    name: str = ""
    is_checked: bool = False
    """Whether one page is written into the house's tables and looked at there."""

    @property
    def days(self) -> int:
        """The days to live through, over all pages."""
        return self.world.burn_in_days + self.world.days * len(self.measures)


def run_world(task: Task, tick: Tick = lambda: None) -> dict[str, Any]:
    """Return the figures of each page of a world, and of the check when there is one."""
    world, seed = task.world, task.seed
    fans = draw_fans(seed, world)
    base = settle(seed, world, fans, tick)
    networks: dict[int, Network] = {}
    pages: dict[str, Figures] = {}
    checked = evening = None
    for measure in task.measures:
        page = base.twin()
        done = begin(page, measure, fans)
        for day in range(world.days):
            if day % WEEK == 0:
                # The page that does nothing runs first: all others of the network are like it.
                if measure is Measure.NOTHING:
                    networks[day] = network_of(page, day)
                page.join(networks[day])
            run_strangers(page, measure, done, day)
            page.run_day(day)
            if day == article_day(world) and measure is Measure.NOTHING and not task.name:
                evening = _readers(page, day)
            tick()
        judged = _judge(page, is_asked=not task.name)
        pages[measure.value] = figures_of(page, measure, done, judged)
        if task.is_checked and measure is Measure.STEALTH:
            checked = asdict(check_house(page, world.days - 1, judged[1]))
    return {"pages": pages, "checked": checked, "evening": evening}


def _readers(page: PageWorld, day: int) -> list[int]:
    """Return how many readers of the article like a page on its evening and how many of these are flagged then."""
    return count_flags(*judge_page(page.people.values(), day))[Kind.READER.name]


def _judge(page: PageWorld, *, is_asked: bool) -> tuple[list[Person], dict[int, Judged]]:
    """Return who likes the page at the end, and what the house says of each; a variant asks for reach alone."""
    last = page.world.days - 1
    if is_asked:
        return judge_page(page.people.values(), last)
    return [one for one in page.people.values() if one.is_there((last + 1) * DAY_MINUTES - 1.0)], {}


def plan(*, seed: int, seeds: int, world: World = DEFAULT, with_variants: bool = True) -> list[Task]:
    """Return the worlds of a run: one a seed, then the variants of the first seed, with the pages that bought."""
    tasks = [
        Task(seed + number, world, is_checked=number == 0) for number in range(seeds)
    ]  # fmt: skip
    if with_variants:
        tasks += [
            Task(seed, replace(world, **change), BOUGHT, name)  # type: ignore[arg-type]
            for name, change in VARIANTS.items()
        ]
    return tasks


def run_small(tick: Tick = lambda: None) -> dict[str, Any]:
    """Return the figures of the small world that the tests run again."""
    return run_world(Task(MOTHER_SEED, SMALL, is_checked=True), tick)


def gather(tasks: Sequence[Task], found: Sequence[dict[str, Any]], small: dict[str, Any]) -> dict[str, Any]:
    """Return all that docs/simulation.md tells, as JSON: the seeds' figures together, the variants, the small run."""
    main = [one for task, one in zip(tasks, found, strict=True) if not task.name]
    variants = {
        task.name: over_seeds([one["pages"]]) for task, one in zip(tasks, found, strict=True) if task.name
    }
    return {
        "version": WORLD_VERSION,
        "digest": digest(tasks[0].world, SMALL),
        "seeds": [task.seed for task in tasks if not task.name],
        "world": asdict(tasks[0].world),
        "pages": over_seeds([one["pages"] for one in main]),
        "by_seed": [one["pages"] for one in main],
        "variants": variants,
        "checked": main[0]["checked"],
        "evening": [sum(one["evening"][place] for one in main) for place in (0, 1)],
        "small": small,
    }


_counter: Any = None


def _start(counter: Any) -> None:
    global _counter  # noqa: PLW0603 - what a pool's process is given stays for its tasks
    _counter = counter


def _run(task: Task | None) -> dict[str, Any]:
    return run_small(_tick) if task is None else run_world(task, _tick)


def _tick() -> None:
    with _counter.get_lock():
        _counter.value += 1


@contextmanager
def deaf_to_interrupts() -> Iterator[None]:
    """Let Ctrl-C pass unheard for a moment; processes started in it never hear it."""
    heard = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, heard)


@contextmanager
def _pool(counter: Any, context: Any, processes: int) -> Iterator[Any]:
    # Ctrl-C reaches all processes of a terminal: only the first one decides what to do.
    with deaf_to_interrupts():
        pool = context.Pool(processes, _start, (counter,))
    try:
        yield pool
    finally:
        # Who presses it again while all are being stopped gets what the first one asked for.
        with deaf_to_interrupts():
            pool.terminate()
            pool.join()


def run_all(
    tasks: Sequence[Task], *, processes: int | None = None, report: Callable[[int], None] = lambda _days: None
) -> dict[str, Any]:
    """Run all worlds in processes of their own and return what ``gather`` makes of them.

    ``report`` is told now and then how many days were lived through, of ``days_of(tasks)``. KeyboardInterrupt ends
    all of them at once.
    """
    context = multiprocessing.get_context("spawn")
    counter = context.Value("q", 0)
    wanted: list[Task | None] = [*tasks, None]
    with _pool(counter, context, processes or os.cpu_count() or 1) as pool:
        running = pool.map_async(_run, wanted, chunksize=1)
        while not running.ready():
            report(counter.value)
            time.sleep(0.1)
        *found, small = running.get()
    report(counter.value)
    return gather(tasks, found, small)


def days_of(tasks: Sequence[Task]) -> int:
    """Return the days that a run lives through in all."""
    return sum(task.days for task in tasks) + Task(MOTHER_SEED, SMALL).days
