"""Visits: page views of a brand's public pages that come from outside of the site, by what browsers say themselves.

They are counted in the process's memory and written every few seconds by a thread beside the requests,
so that a page costs no statement more. docs/algorithms/figures.md says what is counted and what is not.
"""

import datetime as dt
import threading
import weakref
from collections import Counter
from multiprocessing.util import Finalize
from typing import cast

import structlog
from flask import Flask, Response, current_app, g, request
from sqlalchemy.exc import SQLAlchemyError

from shop.core.db import Database
from shop.core.errors import NotFound
from shop.core.places import EPOCH
from shop.page.days import raise_day
from shop.web.context import now, settings

ENDPOINTS = frozenset(
    {
        *(f"storefront.{view}" for view in ("timeline", "shop", "collection", "product", "about")),
        "coupons.list_coupons",
        "coupons.show_coupon",
    }
)
FLUSH_S = 4.0
GRAIN = dt.timedelta(minutes=15)
"""Time zones differ by whole quarters of an hour: those of one quarter fall on one day everywhere."""
_EXTENSION = "vitrine.visits"

log = structlog.get_logger(__name__)


class VisitCounter:
    """Counts in memory and writes what it has ``flush_s`` after the first visit that was not written yet.

    A timer runs only while something waits. What cannot be written waits for the next visit; what was
    counted since the last write is lost when the process is killed.
    """

    def __init__(self, database: Database, flush_s: float = FLUSH_S) -> None:
        self._database, self._flush_s = database, flush_s
        self._lock = threading.Lock()
        self._waiting: Counter[tuple[int, dt.datetime]] = Counter()
        self._timer: threading.Timer | None = None
        self._is_ending_seen = False

    def count(self, page_id: int, at: dt.datetime) -> None:
        """Count a visit of a page."""
        quarter = at - (at - EPOCH) % GRAIN
        with self._lock:
            self._waiting[page_id, quarter] += 1
            self._see_the_end()
            if self._timer is None:
                self._timer = threading.Timer(self._flush_s, self.flush)
                self._timer.daemon = True
                self._timer.start()

    def _see_the_end(self) -> None:
        """Have what waits written when the process ends in good order.

        Server processes are forked by multiprocessing, which leaves out ``atexit`` and runs its own
        finalizers, those that were made after the fork. They know the counter weakly, so as not to keep it.
        """
        if not self._is_ending_seen:
            self._is_ending_seen = True
            Finalize(None, _flush_kept, args=(weakref.ref(self),), exitpriority=10)

    def flush(self) -> int:
        """Write what was counted in one transaction; return how many visits were written."""
        with self._lock:
            taken, self._waiting = self._waiting, Counter()
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
        if not taken:
            return 0
        try:
            self._write(taken)
        except SQLAlchemyError as error:
            log.warning("visits_not_written", visits=taken.total(), error=repr(error)[:300])
            with self._lock:
                self._waiting.update(taken)
            return 0
        return taken.total()

    def _write(self, taken: Counter[tuple[int, dt.datetime]]) -> None:
        with self._database.transaction() as session:
            # In one order everywhere, so that two processes cannot wait for each other.
            for (page_id, quarter), visits in sorted(taken.items()):
                try:
                    raise_day(session, page_id=page_id, at=quarter, visits=visits)
                except NotFound:
                    log.info("visits_of_no_page", page=page_id)


def init_app(app: Flask) -> None:
    """Count the visits that ``app`` answers."""
    counter = VisitCounter(app.extensions["vitrine"].database)
    app.extensions[_EXTENSION] = counter
    app.after_request(_note)


def _flush_kept(kept: "weakref.ReferenceType[VisitCounter]") -> None:
    counter = kept()
    if counter is not None:
        counter.flush()


def visit_counter() -> VisitCounter:
    """Return the current application's counter."""
    return cast(VisitCounter, current_app.extensions[_EXTENSION])


def _note(response: Response) -> Response:
    if request.endpoint in ENDPOINTS and response.status_code in (200, 304) and _comes_from_outside():
        kept = g.get("page_version")
        if kept is not None and g.get("page_role") is None:
            visit_counter().count(kept[1][0], now())
    return response


def _comes_from_outside() -> bool:
    """Tell whether a browser says that somebody came here to look: from elsewhere, a bookmark or by typing.

    Fetch Metadata (https://www.w3.org/TR/fetch-metadata/) is sent by browsers since 2023 and by few robots.
    """
    headers = request.headers
    return (
        request.method == "GET"
        and headers.get("Sec-Fetch-Dest") == "document"
        and headers.get("Sec-Fetch-Site", "same-origin") != "same-origin"
        and "prefetch" not in headers.get("Sec-Purpose", headers.get("Purpose", ""))
        # Whoever comes back from the payment page was here before.
        and not headers.get("Referer", "").startswith(
            tuple(f"{origin}/" for origin in settings().checkout_origins)
        )
    )
