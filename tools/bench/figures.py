"""Takes the figures: pairs of loads on bare Flask and on the shop, one after the other."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass, field

from tools.bench.load import Result, run_load, singles
from tools.bench.load import get as get_request
from tools.bench.stack import Served
from tools.bench.visits import ScriptMaker, Shop

WARM_UP_S = 1.5
"""So long is not measured: each worker compiles its templates and statements on its first requests."""

MAX_MEDIAN_GROWTH = 1.3
MAX_P99_RATIO = 3


@dataclass(frozen=True)
class Effort:
    """How long is measured: so many rounds of so many seconds on each side."""

    rounds: int
    seconds: float


@dataclass(frozen=True)
class Line:
    """One line of the first table: what visitors do, against which page of bare Flask, and the goal."""

    name: str
    script: Callable[[Shop], ScriptMaker]
    yardstick: str
    goal: float


LINES = (
    Line("listing, nothing kept", Shop.uncached_listing, "/cards", 0.7),
    Line("listing, signed in", Shop.session_listing, "/hello", 0.35),
    Line("listing, anonymous, kept", Shop.cached_listing, "/hello", 0.45),
    Line("listing, 304", Shop.unchanged_listing, "/hello", 0.45),
    Line("product page, nothing kept", Shop.uncached_product, "/cards", 0.6),
    Line("add to cart (API)", Shop.add_to_cart, "/cards", 0.25),
    Line("placed order, stand-in (API)", Shop.place_order, "/cards", 0.08),
)

MEDIANS: tuple[tuple[str, Callable[[Shop], ScriptMaker]], ...] = (
    ("listing, nothing kept", Shop.uncached_listing),
    ("product page, nothing kept", Shop.uncached_product),
    ("search for a product by its name", lambda shop: shop.search(is_broad=False)),
    ("search for a word that 1 in 25 has", lambda shop: shop.search(is_broad=True)),
    ("cart of three lines", Shop.show_cart),
)


@dataclass
class Side:
    """What one server did over all rounds."""

    rates: list[float] = field(default_factory=list)
    times_ms: list[float] = field(default_factory=list)
    cpu_s: float = 0.0
    faults: int = 0

    def add(self, result: Result, cpu_s: float) -> None:
        """Take in a round."""
        self.rates.append(result.rate)
        self.times_ms += result.times_ms
        self.cpu_s += cpu_s
        self.faults += sum(count for status, count in result.statuses.items() if status >= 400)  # noqa: PLR2004

    @property
    def whole(self) -> Result:
        """All rounds as one."""
        return Result(1.0, self.times_ms)

    @property
    def per_cpu_s(self) -> float:
        """Operations for each second of the server's processor time."""
        return len(self.times_ms) / self.cpu_s if self.cpu_s else float("nan")


@dataclass(frozen=True)
class Ratio:
    """How the shop did beside bare Flask."""

    ours: Side
    bare: Side

    @property
    def value(self) -> float:
        """The median over the rounds of our rate to bare Flask's, just before it."""
        pairs = zip(self.ours.rates, self.bare.rates, strict=True)
        return statistics.median(ours / bare for ours, bare in pairs)

    @property
    def by_cpu(self) -> float:
        """The same for each second of the servers' processor time, which other load does not change."""
        return self.ours.per_cpu_s / self.bare.per_cpu_s


def measure_line(line: Line, shop: Shop, yardstick: Served, effort: Effort) -> Ratio:
    """Run bare Flask and the shop in turn."""
    ours, bare = Side(), Side()
    script = line.script(shop)
    plain = singles(iter(lambda: get_request(line.yardstick), b""))
    run_load(shop.served.port, script, seconds=WARM_UP_S)
    for _ in range(effort.rounds):
        _load(yardstick, plain, bare, effort.seconds)
        _load(shop.served, script, ours, effort.seconds)
    return Ratio(ours, bare)


def measure_medians(base: Shop, shop: Shop, effort: Effort) -> list[tuple[str, float, float]]:
    """Return each kind of visit with its median in ms, one visitor at a time, in ``base`` and in ``shop``."""
    found = []
    for name, script_of in MEDIANS:
        sides = [(base.served, script_of(base), Side()), (shop.served, script_of(shop), Side())]
        for _ in range(effort.rounds):
            for served, script, side in sides:
                _load(served, script, side, effort.seconds, connections=1)
        found.append((name, sides[0][2].whole.median_ms, sides[1][2].whole.median_ms))
    return found


def _load(served: Served, script: ScriptMaker, side: Side, seconds: float, *, connections: int = 8) -> None:
    before = served.cpu_seconds()
    result = run_load(served.port, script, seconds=seconds, connections=connections)
    side.add(result, served.cpu_seconds() - before)
