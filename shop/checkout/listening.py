"""Listen: fetch from the events API what would have come as webhooks, oldest first, and apply it by the inbox."""

import datetime as dt
import random
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shop.checkout.inbox import HANDLERS, keep_event
from shop.checkout.listening_place import Place, PlaceFile
from shop.core.clock import Clock
from shop.core.db import Database
from shop.core.errors import Unavailable
from shop.core.tracing import flow
from shop.orders.queries import find_oldest_unsettled_at, list_numbers
from shop.payments.gateway import EventInfo, GatewayMissing, GatewayRefused, GatewayUnauthorized
from shop.payments.queries import find_oldest_unsettled_refund_at, list_known_event_ids
from shop.payments.recording import CallRecorder
from shop.payments.stripe_account import EventPage

RETENTION = dt.timedelta(days=30)
"""How long Stripe keeps events: https://docs.stripe.com/api/events/list"""
OVERLAP = dt.timedelta(minutes=2)
"""An event may be listed a little after others that are newer, so what was listed last is asked for once more."""
MAX_SKEW = dt.timedelta(minutes=5)
"""How far our clock may be off, and an event of that long ago is still not taken for an old one too early."""
LOOK_BACK_EVERY_S = 30
MAX_PAUSE_S = 60
TRIES_OF_ONCE = 5
TRIES_OF_EVENT = 3

log = structlog.get_logger(__name__)


class DatabaseAway(Unavailable):
    """Our own database did not answer; no event is to blame. ``reason`` is the driver's."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__()


class EventFeed(Protocol):
    """Where events come from; ``StripeAccount`` says what each method raises."""

    source: str

    def list_newer_events(self, event_id: str, kinds: Collection[str]) -> EventPage:
        """Return up to a page of the events that came next after one, oldest first."""
        ...

    def find_first_event(
        self, since: dt.datetime, kinds: Collection[str], *, on_page: Callable[[int], None]
    ) -> EventInfo | None:
        """Return the oldest event since an instant, or None."""
        ...

    def get_event(self, event_id: str) -> EventInfo:
        """Return one event, or raise GatewayMissing."""
        ...


class Audience(Protocol):
    """Who is told what happens."""

    def hear(self, event: EventInfo, outcome: str, order_number: str) -> None:
        """Hear that an event was applied."""
        ...

    def hear_refusal(self, event: EventInfo, error: Exception, *, is_final: bool) -> None:
        """Hear that an event could not be applied; it is tried again soon unless ``is_final``."""
        ...

    def hear_progress(self, passed: int) -> None:
        """Hear how many events were walked through on the way to the first."""
        ...

    def say(self, text: str) -> None:
        """Hear one sentence on how things stand."""
        ...


@dataclass
class Tally:
    """How many events were fetched, which were new, and which could not be applied."""

    fetched: set[str] = field(default_factory=set)
    applied: int = 0
    refused: set[str] = field(default_factory=set)

    def __str__(self) -> str:
        told = f"{len(self.fetched)} events fetched, {self.applied} of them new"
        return told + (f", {len(self.refused)} could not be applied" if self.refused else "")


class Listener:
    """Polls a feed from where it was last time: at least once, since the inbox takes each event once."""

    def __init__(
        self, database: Database, feed: EventFeed, places: PlaceFile, audience: Audience, clock: Clock,
        *, seconds: Callable[[], float] = time.monotonic, recorder: CallRecorder | None = None,
    ) -> None:  # fmt: skip
        self._database, self._feed, self._places = database, feed, places
        self._audience, self._clock, self._seconds = audience, clock, seconds
        self._recorder = recorder
        self._kinds = sorted(HANDLERS)
        self._place = Place(clock.now())
        self._tip: EventInfo | None = None
        """The last event that was listed. The place lags behind it by the overlap."""
        self._recent: deque[EventInfo] = deque()
        """Those from the place to the tip."""
        self._still_id, self._still_since = "", seconds()
        self._looked_back_at = seconds()
        self.tally = Tally()

    def begin(self, since: dt.datetime | None = None) -> None:
        """Find where to begin: at ``since``, where the last run ended, or at the oldest order that still waits."""
        kept = self._places.find() if since is None else None
        if kept:
            self._place = kept
            self._audience.say(f"Going on where the last run ended ({shown(kept.since)}).")
        elif since:
            self._place = Place(since)
            self._audience.say(f"Beginning with the events since {shown(since)}.")
        else:
            self._place = self._first_place()
        oldest = self._clock.now() - RETENTION
        if self._place.since < oldest:
            self._place = Place(oldest, refused=self._place.refused)
            self._audience.say(
                "That is more than 30 days ago, and Stripe keeps events no longer: beginning with the oldest there "
                "are. What came before is asked for by `shop stripe reconcile`."
            )

    def _first_place(self) -> Place:
        with self._guarded(), self._database.reading() as session:
            waiting = [find_oldest_unsettled_at(session), find_oldest_unsettled_refund_at(session)]
        times = [at for at in waiting if at]
        if not times:
            self._audience.say("First run, and no order waits: beginning with the events from now on.")
            return Place(self._clock.now() - OVERLAP)
        self._audience.say(
            f"First run: beginning with the events since {shown(min(times))}, when the oldest order or refund that "
            "still waits was made."
        )
        return Place(min(times) - OVERLAP)

    def run(self, *, is_once: bool, interval_s: float, wait: Callable[[float], object] = time.sleep) -> None:
        """Poll until interrupted or, with ``is_once``, until caught up.

        What does not answer is asked again with growing delay; with ``is_once`` Unavailable after five tries.
        GatewayUnauthorized when the key is not taken.
        """
        failures, is_caught_up = 0, False
        while True:
            try:
                self.poll()
            except GatewayUnauthorized:
                raise
            except Unavailable as error:
                failures += 1
                if is_once and failures == TRIES_OF_ONCE:
                    raise
                pause = min(MAX_PAUSE_S, 2**failures) * random.uniform(0.75, 1.25)  # noqa: S311 - no secret
                self._audience.say(f"{name_silent(error)}; trying again in {pause:.0f} s.")
                wait(pause)
                continue
            failures = 0
            if is_once:
                return
            if not is_caught_up:
                is_caught_up = True
                self._audience.say(f"Caught up: {self.tally}. Waiting for more; Ctrl-C ends.")
            wait(interval_s)

    def poll(self) -> None:
        """Fetch and apply what is new; Unavailable when something does not answer, and nothing is lost by it."""
        if not self._walk():
            # The place is not known any more; the new one is a time, which always is.
            self._walk()

    def _walk(self) -> bool:
        cursor = self._start()
        if cursor is None:
            cursor = self._find_anchor()
        while cursor is not None:
            try:
                page = self._feed.list_newer_events(cursor, self._kinds)
            except GatewayRefused as error:
                self._lose_place(cursor, error)
                return False
            self._take(page.events)
            cursor = page.events[-1].id if page.has_more and page.events else None
        self._rest()
        return True

    def _start(self) -> str | None:
        """Return the event to ask from: the last listed one or, every 30 s, the one before the overlap."""
        if self._tip is not None and self._seconds() - self._looked_back_at < LOOK_BACK_EVERY_S:
            return self._tip.id
        self._looked_back_at = self._seconds()
        self._retry_refused()
        self._recent.clear()
        return self._place.anchor

    def _find_anchor(self) -> str | None:
        first = self._feed.find_first_event(
            self._place.since, self._kinds, on_page=self._audience.hear_progress
        )
        if first is None:
            self._places.keep(self._place)
            return None
        self._take([first])
        return first.id

    def _lose_place(self, cursor: str, error: GatewayRefused) -> None:
        if not isinstance(error, GatewayMissing) and error.stripe_code != "resource_missing":
            raise error
        since = self._place.since - OVERLAP
        self._audience.say(
            f"The last seen event ({cursor}) is not known there any more: beginning again with the events since "
            f"{shown(since)}."
        )
        self._place = Place(since, refused=self._place.refused)
        self._tip = None
        self._recent.clear()

    def _take(self, events: list[EventInfo]) -> None:
        """Apply the events that the inbox does not have, then let the place follow."""
        if not events:
            return
        with self._guarded(), self._database.reading() as session:
            known = list_known_event_ids(session, source=self._feed.source, ids=[one.id for one in events])
        for event in events:
            self.tally.fetched.add(event.id)
            if event.id not in known and event.id not in self._place.refused:
                self._apply(event)
        self._recent.extend(events)
        self._tip = events[-1]
        settled = max(self._tip.created_at - OVERLAP, self._clock.now() - OVERLAP - MAX_SKEW)
        while self._recent and self._recent[0].created_at <= settled:
            self._set_anchor(self._recent.popleft())
        self._places.keep(self._place)

    def _rest(self) -> None:
        """Let the place come up to the tip, once nothing has followed that for as long as the overlap."""
        if self._tip is None or self._place.anchor == self._tip.id:
            return
        if self._still_id != self._tip.id:
            self._still_id, self._still_since = self._tip.id, self._seconds()
        elif self._seconds() - self._still_since > OVERLAP.total_seconds():
            self._set_anchor(self._tip)
            self._recent.clear()
            self._places.keep(self._place)

    def _set_anchor(self, event: EventInfo) -> None:
        self._place.anchor, self._place.since = event.id, event.created_at

    def _retry_refused(self) -> None:
        for event_id, tries in list(self._place.refused.items()):
            if tries >= TRIES_OF_EVENT:
                continue
            try:
                event = self._feed.get_event(event_id)
            except GatewayMissing:
                del self._place.refused[event_id]
                self._audience.say(
                    f"{event_id}, which could not be applied, is not known there any more; given up."
                )
            else:
                self._apply(event)

    def _apply(self, event: EventInfo) -> None:
        try:
            with self._guarded(), flow() as followed:
                received_at, began = self._clock.now(), time.monotonic()
                outcome, order_id = keep_event(
                    self._database, event, source=self._feed.source, now=received_at
                )
                if self._recorder is not None:
                    self._recorder.record_event(event, followed, outcome, received_at, began)
        except Unavailable:
            raise
        except Exception as error:
            # One event that our code cannot take must not keep back those behind it.
            log.exception("event_not_applied", event_id=event.id, kind=event.kind)
            tries = self._place.refused[event.id] = self._place.refused.get(event.id, 0) + 1
            self.tally.refused.add(event.id)
            self._audience.hear_refusal(event, error, is_final=tries >= TRIES_OF_EVENT)
            return
        self._place.refused.pop(event.id, None)
        self.tally.refused.discard(event.id)
        self.tally.applied += 1
        self._audience.hear(event, outcome, self._number(order_id))

    def _number(self, order_id: int | None) -> str:
        if order_id is None:
            return ""
        with self._database.reading() as session:
            return list_numbers(session, [order_id]).get(order_id, "")

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except (OperationalError, InterfaceError, PoolTimeout) as error:
            log.warning("database_away", error=str(error))
            raise DatabaseAway(database_reason(error)) from error


def database_reason(error: SQLAlchemyError) -> str:
    """Return the driver's own words, in one line."""
    return str(getattr(error, "orig", error)).splitlines()[0]


def name_silent(error: Unavailable) -> str:
    """Return who does not answer, as a sentence without its full stop."""
    if isinstance(error, DatabaseAway):
        return f"The database does not answer ({error.reason})"
    return "Stripe does not answer"


def shown(at: dt.datetime) -> str:
    """Return an instant in the machine's own time."""
    return at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
