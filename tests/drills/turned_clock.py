"""A clock that several processes share and a drill turns forwards."""

import datetime as dt
from pathlib import Path


class DrillClock:
    """The machine's clock plus the seconds that a file holds."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def offset_s(self) -> float:
        """Seconds that the drill is ahead of the machine."""
        try:
            return float(self.path.read_text() or 0)
        except FileNotFoundError:
            return 0.0

    def now(self) -> dt.datetime:
        """Return the drill's instant, aware and in UTC."""
        return dt.datetime.now(dt.UTC) + dt.timedelta(seconds=self.offset_s)

    def advance(self, seconds: float) -> None:
        """Turn the clock forwards, for all processes that share the file."""
        target = self.path.with_suffix(".new")
        target.write_text(str(self.offset_s + seconds))
        target.replace(self.path)  # never half written
