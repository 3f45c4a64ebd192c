"""What a load gives: times and statements of each kind of request, what failed, what was bought."""

import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field

STATEMENTS_HEADER = "X-Statements"


@dataclass
class Figures:
    """Kept while the load runs. Times are milliseconds, seen by the visitor's browser."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    statements: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    failures: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    """Of what happened: orders placed, paid, declined, left unpaid, parcels, edits …"""
    memory: list[tuple[float, dict[str, float]]] = field(default_factory=list)
    """(seconds since the start, MB by process)."""
    started: float = field(default_factory=time.perf_counter)
    seconds: float = 0.0

    def note(self, kind: str, elapsed_ms: float, statements: int) -> None:
        """Keep one answered request; ``statements`` is -1 where the server does not say."""
        self.times[kind].append(elapsed_ms)
        if statements >= 0:
            self.statements[kind].append(statements)

    def fail(self, text: str) -> None:
        """Keep what went wrong."""
        self.failures.append(f"{time.perf_counter() - self.started:.1f} s: {text}")

    @property
    def requests(self) -> int:
        """How many requests were answered."""
        return sum(len(times) for times in self.times.values())

    def growth_mb(self, *, warm_from: float = 0.3) -> dict[str, tuple[float, float]]:
        """Return each process's mean memory after the warm-up and at the end.

        That is the fifth of the load from ``warm_from`` on, and the last fifth.
        """
        early = [found for at, found in self.memory if warm_from <= at / self.seconds < warm_from + 0.2]
        late = [found for at, found in self.memory if at / self.seconds >= 0.8]  # noqa: PLR2004 - the last fifth
        if not early or not late:
            return {}
        return {
            name: (
                sum(found[name] for found in early) / len(early),
                sum(found[name] for found in late) / len(late),
            )
            for name in late[-1]
        }

    def table(self) -> list[str]:
        """Return the lines of the printed table."""
        lines = [
            f"{self.requests:,} requests in {self.seconds:.0f} s: {self.requests / self.seconds:.0f} a second",
            f"{'kind of request':28} {'count':>7} {'p50 ms':>8} {'p95 ms':>8} {'p99 ms':>8} {'max ms':>8} {'statements':>14}",
        ]
        for kind in sorted(self.times):
            times = sorted(self.times[kind])
            at = {share: times[min(len(times) - 1, int(len(times) * share))] for share in (0.5, 0.95, 0.99)}
            sent = self.statements.get(kind)
            told = f"{sum(sent) / len(sent):.1f} (≤ {max(sent)})" if sent else "–"
            lines.append(
                f"{kind:28} {len(times):>7,} {at[0.5]:>8.1f} {at[0.95]:>8.1f} {at[0.99]:>8.1f} {times[-1]:>8.0f} {told:>14}"
            )
        whole = sorted(one for times in self.times.values() for one in times)
        if whole:
            at = {share: whole[min(len(whole) - 1, int(len(whole) * share))] for share in (0.5, 0.95, 0.99)}
            lines.append(
                f"{'all':28} {len(whole):>7,} {at[0.5]:>8.1f} {at[0.95]:>8.1f} {at[0.99]:>8.1f} {whole[-1]:>8.0f}"
            )
        lines.append(
            "what happened: " + ", ".join(f"{name} {count:,}" for name, count in sorted(self.counts.items()))
        )
        lines.append(
            "memory after the warm-up → at the end: "
            + ", ".join(
                f"{name} {early:.0f} → {late:.0f} MB"
                for name, (early, late) in sorted(self.growth_mb().items())
            )
        )
        return lines
