"""Shoppers and staff at work on the whole shop, on both databases: no error, no growing memory, right books.

In full a thousand shoppers for ten minutes; the sample has few who think a tenth as long. ``python -m tools.load``
runs it alone, with other figures.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.drill_house import IN_FULL, SEED, report
from tools.load.running import Load, run

SHOPPERS = int(os.environ.get("VITRINE_LOAD_SHOPPERS", "1000" if IN_FULL else "30"))
SECONDS = float(os.environ.get("VITRINE_LOAD_SECONDS", "600" if IN_FULL else "12"))
THINK = (5.0, 15.0) if IN_FULL else (0.5, 1.5)
GROWTH, GROWTH_MB = (1.1, 5) if IN_FULL else (1.4, 30)
"""A process may weigh so many times what it weighed after the warm-up, and so many MB more: the caches of
pages fill for a while, and a sample is hardly more than a warm-up."""


@pytest.mark.drill
@pytest.mark.xdist_group("load")
class TestLoad:
    def test_ends_without_an_error_and_with_the_books_in_order(
        self, database_url: str, tmp_path: Path
    ) -> None:
        load = Load(
            shoppers=SHOPPERS, seconds=SECONDS, think=THINK, products=1000 if IN_FULL else 200, seed=SEED
        )
        # In a thread of its own, since Playwright's loop may run in this one.
        with ThreadPoolExecutor(1) as pool:
            outcome = pool.submit(run, load, database_url, tmp_path).result()
        report("load", outcome.lines)
        assert outcome.figures.failures == []
        assert outcome.wrong == []
        assert outcome.figures.counts["orders paid"] > 0
        growth = outcome.figures.growth_mb()
        assert len(growth) >= 4, growth  # stand-in, worker, and the server's own
        assert {
            name: (early, late) for name, (early, late) in growth.items() if late > early * GROWTH + GROWTH_MB
        } == {}
