"""Processes are killed at every point between placement and mail; afterwards nothing is lost and nothing doubled."""

import collections
import random
import time
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from shop.checkout.placement import SETTLE_ORDER
from shop.core.kill_points import POINTS
from tests.drills.books import OurBooks
from tests.drills.crash_drill import Drill, running_drill, table, totals
from tests.drills.tampering import TAMPERINGS
from tests.support.drill_house import IN_FULL, SEED, report

HITS = 3 if IN_FULL else 1
SAMPLE = len(POINTS) if IN_FULL else 8
AT_ONCE = 5 if IN_FULL else 4
MOST_DAYS = 60 if IN_FULL else 4


def kill_until_hit(drill: Drill, points: list[str]) -> None:
    """Live through days until each of ``points`` was hit HITS times, or the days are over."""
    for _ in range(MOST_DAYS):
        hits = collections.Counter(kill.point for kill in drill.crew.kills)
        missing = [point for point in points if hits[point] < HITS]
        if not missing:
            return
        drill.chance.shuffle(missing)
        outcome = drill.run_day(sorted(missing, key=lambda point: hits[point])[:AT_ONCE])
        if outcome.violations:
            return


@pytest.mark.drill
class TestCrash:
    def test_loses_nothing_and_doubles_nothing(self, database_url: str, tmp_path: Path) -> None:
        engine, began = database_url.split(":", maxsplit=1)[0], time.monotonic()
        seed = f"{SEED} {engine}"
        points = sorted(random.Random(seed).sample(sorted(POINTS), SAMPLE), key=list(POINTS).index)
        with running_drill(database_url, tmp_path, seed=seed) as drill:
            kill_until_hit(drill, points)
            if drill.crew.passed() != set(POINTS):
                # Whoever alone passes a point may have given up on each day so far; on a calm one nobody does.
                drill.run_day()
            books = OurBooks.read(drill.database)
            passed = drill.crew.passed()
            hits = collections.Counter(kill.point for kill in drill.crew.kills)
            violations = [line for day in drill.days for line in day.violations]
            report("crash", [
                *table(engine, drill),
                f"seed {seed}; {len(drill.days)} days, {time.monotonic() - began:.0f} s; {totals(books)}",
                *violations,
            ])  # fmt: skip
            assert violations == []
            unnoticed = [name for name, tamper in TAMPERINGS.items() if not drill.compare(tamper)]
        assert {point: hits[point] for point in points if hits[point] < HITS} == {}
        assert passed == set(POINTS)
        assert unnoticed == []


@pytest.mark.drill
class TestCrashWithoutTheSweeper:
    def test_is_found_out_and_is_mended_when_the_sweeper_is_back(
        self, database_url: str, tmp_path: Path
    ) -> None:
        engine = make_url(database_url).get_backend_name()
        with running_drill(database_url, tmp_path, seed=f"{SEED} {engine}", without=SETTLE_ORDER) as drill:
            drill.patience = 0.0  # nobody presses Buy again, which would heal it as well
            outcome = drill.run_day(["placement.committed", "session.before_call"])
            drill.bring_back()
            mended = drill.settle()
        lines = [f"without the sweeper on {engine}: killed at {', '.join(outcome.hits)}", *outcome.violations]
        report("crash", [*lines, f"with the sweeper again: {mended or 'books agree'}"])
        assert len(outcome.hits) == 2
        found = "\n".join(outcome.violations)
        assert "is still awaiting_payment" in found
        assert "on the shelf" in found
        assert mended == []
