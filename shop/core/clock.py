"""The time, as something that is handed in rather than read."""

import datetime as dt
from typing import Protocol


class Clock(Protocol):
    """Tells the current instant, aware and in UTC."""

    def now(self) -> dt.datetime:
        """Return the current instant."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> dt.datetime:
        """Return the current instant, aware and in UTC."""
        return dt.datetime.now(dt.UTC)


class SteppedClock:
    """A clock for tests and drills that stands still until it is moved forwards."""

    def __init__(self, start: dt.datetime) -> None:
        self._now = start

    def now(self) -> dt.datetime:
        """Return the instant that was last set."""
        return self._now

    def advance(self, **delta: float) -> None:
        """Move forwards by a ``timedelta`` given as keywords; going back is a ValueError."""
        step = dt.timedelta(**delta)
        if step < dt.timedelta(0):
            raise ValueError("a clock only goes forwards")
        self._now += step
