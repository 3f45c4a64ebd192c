"""Where listening to the events API was, kept over a restart in DATA_DIR."""

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

from shop.core.private_files import change_private, read_private

FILE = "stripe_listen.json"
MAX_REFUSED = 100


@dataclass
class Place:
    """All events up to ``anchor`` are in the inbox, but for those in ``refused`` (their ids, and tries of this run).

    Without an anchor everything since ``since`` is to be fetched; with one that is its time.
    """

    since: dt.datetime
    anchor: str | None = None
    refused: dict[str, int] = field(default_factory=dict)


class PlaceFile:
    """Keeps the place of one account's events and one database in a file for all."""

    def __init__(self, data_dir: Path, mark: str) -> None:
        self._path, self._mark = data_dir / FILE, mark
        self._told: dict[str, object] = {}

    def find(self) -> Place | None:
        """Return the place kept, or None on a first run."""
        kept = read_private(self._path).get(self._mark) or {}
        try:
            return Place(
                dt.datetime.fromtimestamp(kept["since"], dt.UTC),
                kept["anchor"],
                dict.fromkeys(kept["refused"], 0),
            )
        except (TypeError, KeyError, ValueError):
            return None

    def keep(self, place: Place) -> None:
        """Keep a place over the one before."""
        told: dict[str, object] = {
            "anchor": place.anchor,
            "since": place.since.timestamp(),
            "refused": list(place.refused)[-MAX_REFUSED:],
        }
        if told != self._told:
            change_private(self._path, self._mark, told)
            self._told = told
