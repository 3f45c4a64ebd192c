"""Who saw which post, kept in the process's memory and written every few seconds by a thread beside the requests."""

import datetime as dt
import threading
import weakref
from multiprocessing.util import Finalize

import structlog
from sqlalchemy.exc import SQLAlchemyError

from shop.core.db import Database
from shop.feed.seen import GAP, Seen, write_all
from shop.feed.seen_queries import Pair

FLUSH_S = 4.0
MOST_WAITING = 50_000
"""Readers and posts that wait to be written; what comes beyond is not counted, and said so in the log."""

log = structlog.get_logger(__name__)


class SeenCounter:
    """Counts in memory and writes what it has ``flush_s`` after the first that was not written yet.

    A timer runs only while something waits. What cannot be written waits for the next; what was counted
    since the last write is lost when the process is killed.
    """

    def __init__(self, database: Database, flush_s: float = FLUSH_S) -> None:
        self._database, self._flush_s = database, flush_s
        self._lock = threading.Lock()
        self._waiting: dict[Pair, Seen] = {}
        self._recent: dict[tuple[str, Pair], dt.datetime] = {}
        self._timer: threading.Timer | None = None
        self._is_ending_seen = False

    def see(self, reader: str, post_id: int, at: dt.datetime) -> None:
        """Count that a reader saw a post, once in ``GAP``."""
        self._count("seen", reader, post_id, at)

    def click(self, reader: str, post_id: int, at: dt.datetime) -> None:
        """Count that a reader clicked on something in a post, once in ``GAP``."""
        self._count("click", reader, post_id, at)

    def _count(self, what: str, reader: str, post_id: int, at: dt.datetime) -> None:
        pair = (post_id, reader)
        with self._lock:
            last = self._recent.get((what, pair))
            if last is not None and abs(at - last) < GAP:
                return
            if pair not in self._waiting and len(self._waiting) >= MOST_WAITING:
                log.warning("views_not_counted", waiting=len(self._waiting))
                return
            self._recent[what, pair] = at
            seen = self._waiting.setdefault(pair, Seen(at, at))
            seen.last_at = at
            if what == "seen":
                seen.times += 1
            else:
                seen.clicks += 1
            self._start()

    def _start(self) -> None:
        if not self._is_ending_seen:
            self._is_ending_seen = True
            # As in insights/visits.py: forked server processes run these and no ``atexit``.
            Finalize(None, _flush_kept, args=(weakref.ref(self),), exitpriority=10)
        if self._timer is None:
            self._timer = threading.Timer(self._flush_s, self.flush)
            self._timer.daemon = True
            self._timer.start()

    def flush(self) -> int:
        """Write what was counted; return how many readers and posts were written."""
        with self._lock:
            taken, self._waiting = self._waiting, {}
            newest = max((seen.last_at for seen in taken.values()), default=None)
            if newest is not None:
                self._recent = {key: at for key, at in self._recent.items() if newest - at < GAP}
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
        wanted = len(taken)
        if not taken:
            return 0
        try:
            write_all(self._database, taken)
        except SQLAlchemyError as error:
            log.warning("views_not_written", waiting=len(taken), error=repr(error)[:300])
            self._keep(taken)
        return wanted - len(taken)

    def _keep(self, left: dict[Pair, Seen]) -> None:
        """Put back what could not be written, before what came meanwhile."""
        with self._lock:
            for pair, later in self._waiting.items():
                before = left.get(pair)
                if before is not None:
                    later.first_at = before.first_at
                    later.times, later.clicks = later.times + before.times, later.clicks + before.clicks
            self._waiting = left | self._waiting


def _flush_kept(kept: "weakref.ReferenceType[SeenCounter]") -> None:
    counter = kept()
    if counter is not None:
        counter.flush()
