"""What the worker does for fan quality: a look at each page once a day, and when somebody asks."""

import datetime as dt
from collections.abc import Callable, Mapping

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from shop.core.outbox import ClaimedJob, Handler, RetryLater, enqueue
from shop.quality import follower_jobs
from shop.quality.looking import LOOK, LookStopped, ask_for_look, give_up_look, look_at_page
from shop.quality.queries import list_pages_with_fans
from shop.web.context import Runtime

DAILY = "quality.daily"
HOUR = 3
"""When the looks of a day begin, in UTC: at night where most pages are."""
PAGES_AT_ONCE = 200

log = structlog.get_logger(__name__)


def handlers(runtime: Runtime, is_stopping: Callable[[], bool] = lambda: False) -> Mapping[str, Handler]:
    """Return the handler of each kind of job that fan quality queues."""
    return {
        LOOK: lambda job: look(runtime, job, is_stopping),
        DAILY: lambda _job: ask_for_all(runtime),
        **follower_jobs.handlers(runtime, is_stopping),
    }


def begin(runtime: Runtime) -> None:
    """Have today's looks done unless they were; called when a worker starts, so that the chain never ends."""
    now = runtime.clock.now()
    try:
        with runtime.database.transaction() as session:
            _ask_for_day(session, now.date(), at=now)
    except SQLAlchemyError:
        # A worker starts also while the database is away.
        log.exception("looks_not_asked_for")


def ask_for_all(runtime: Runtime) -> None:
    """Ask for a look at each page that somebody likes, and for the same tomorrow; done again it adds nothing."""
    now, after = runtime.clock.now(), 0
    tomorrow = now.date() + dt.timedelta(days=1)
    with runtime.database.transaction() as session:
        _ask_for_day(session, tomorrow, at=dt.datetime.combine(tomorrow, dt.time(HOUR), dt.UTC), now=now)
    while True:
        with runtime.database.transaction() as session:
            pages = list_pages_with_fans(session, after=after, limit=PAGES_AT_ONCE)
            for page_id in pages:
                ask_for_look(session, page_id=page_id, now=now, is_daily=True)
        if len(pages) < PAGES_AT_ONCE:
            return
        after = pages[-1]


def _ask_for_day(session: Session, day: dt.date, *, at: dt.datetime, now: dt.datetime | None = None) -> None:
    enqueue(session, kind=DAILY, subject=day.isoformat(), payload={}, now=now or at, run_at=at)


def look(runtime: Runtime, job: ClaimedJob, is_stopping: Callable[[], bool] = lambda: False) -> None:
    """Look at the fans of the page that ``job`` names."""
    page_id = int(job.payload["page_id"])
    try:
        report = look_at_page(
            runtime.database, page_id=page_id, now=runtime.clock.now(), is_stopping=is_stopping
        )
    except LookStopped:
        raise RetryLater(dt.timedelta(0)) from None
    except Exception:
        # It is tried again, but nobody should wait before a bar that stands still; the last report stays.
        if job.attempts >= follower_jobs.TRIES:
            give_up_look(runtime.database, page_id=page_id, now=runtime.clock.now())
        raise
    if report is not None:
        log.info("fans_looked_at", page_id=page_id, fans=report.fans, real=report.real)
