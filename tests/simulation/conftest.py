"""Worlds that several tests look at; each is run once a process."""

from dataclasses import replace
from typing import Any

import pytest

from shop.simulation.measures import Measure
from shop.simulation.parameters import SMALL, World
from shop.simulation.running import Task, run_small, run_world

TINY: World = replace(
    SMALL, fans=150, days=28, burn_in_days=14, network_pages=200, readers=8, stealth_days=15
)
BOUGHT = (Measure.NOTHING, Measure.BURST)


@pytest.fixture(scope="session")
def small() -> dict[str, Any]:
    """The small world of docs/simulation.md, run now."""
    return run_small()


@pytest.fixture(scope="session")
def tiny() -> dict[str, Any]:
    """A page that does nothing and its twin that buys a burst, by seed 7."""
    return run_world(Task(7, TINY, BOUGHT))
