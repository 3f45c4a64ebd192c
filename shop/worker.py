"""``shop worker``: runs the outbox's due jobs until it is told to stop.

Jobs run in lanes with threads of their own: an import of an hour, a hundred slow pictures or a mail server
that does not answer must not keep an unpaid order's expiry waiting. What is not named in a lane runs in
the main one.
"""

import datetime as dt
import signal
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from shop.accounts.mails import RENDERERS as ACCOUNT_MAILS
from shop.catalog.import_jobs import IsStopping, never_stopping
from shop.catalog.import_pictures import FETCH_PICTURE
from shop.catalog.import_runs import READ_IMPORT, WRITE_IMPORT
from shop.catalog.jobs import handlers as catalog_handlers
from shop.checkout.jobs import handlers as checkout_handlers
from shop.contests.jobs import handlers as contest_handlers
from shop.contests.mails import RENDERERS as CONTEST_MAILS
from shop.contests.mails import is_void as is_entry_gone
from shop.core.kill_points import reach
from shop.core.mail import SEND_MAIL, Mail, deliver, mark_sent
from shop.core.outbox import ClaimedJob, Handler, Worker
from shop.coupons.jobs import handlers as coupon_handlers
from shop.coupons.mails import RENDERERS as COUPON_MAILS
from shop.coupons.mails import is_gone as is_coupon_gone
from shop.feed.jobs import handlers as feed_handlers
from shop.like_invitations.jobs import handlers as invitation_handlers
from shop.notifications.digests import is_old_news
from shop.notifications.jobs import handlers as notification_handlers
from shop.notifications.mails import RENDERERS as NOTIFICATION_MAILS
from shop.orders.mails import RENDERERS as ORDER_MAILS
from shop.orders.queries import is_taken_back
from shop.page.mails import RENDERERS as PAGE_MAILS
from shop.quality import jobs as quality_jobs
from shop.quality.follower_imports import READ as READ_FOLLOWERS
from shop.quality.follower_imports import WRITE as WRITE_FOLLOWERS
from shop.quality.looking import LOOK
from shop.web.mailing import mail_language, render_content

IDLE_S = 0.5
PAUSE_S = 5.0
STOP_S = 10.0
"""How long the lanes may take to finish what they are at; ``shop run`` ends its children after 15 seconds."""
LONG_LEASE = dt.timedelta(minutes=1)
"""Renewed while the job runs, so that one whose worker was killed goes on a minute later and not five."""


@dataclass(frozen=True)
class Lane:
    """Kinds of jobs that run beside the others, in so many threads; long ones renew a short lease."""

    name: str
    kinds: tuple[str, ...]
    threads: int = 1
    is_long: bool = True


LANES = (
    Lane("previews", (READ_IMPORT, READ_FOLLOWERS)),
    Lane("imports", (WRITE_IMPORT, WRITE_FOLLOWERS)),
    Lane("pictures", (FETCH_PICTURE,)),
    Lane("looks", (LOOK,)),
    Lane("mails", (SEND_MAIL,), threads=2, is_long=False),
)
RENDERERS = {
    **ACCOUNT_MAILS,
    **ORDER_MAILS,
    **PAGE_MAILS,
    **NOTIFICATION_MAILS,
    **COUPON_MAILS,
    **CONTEST_MAILS,
}

VOID = (
    (is_taken_back, "the parcel was taken back"),
    (is_old_news, "everything in it was read"),
    (is_entry_gone, "the entry is not there any more"),
    (is_coupon_gone, "the coupon is not there any more"),
)
"""When a mail that was queued is not sent after all, and why."""

log = structlog.get_logger(__name__)


def job_handlers(app: Flask, is_stopping: IsStopping = never_stopping) -> Mapping[str, Handler]:
    """Return the handler of every kind of job; a long one gives its job back when ``is_stopping`` says so."""
    runtime = app.extensions["vitrine"]
    gateway = app.extensions["vitrine.gateway"]
    return {
        SEND_MAIL: lambda job: send_mail(app, job),
        **catalog_handlers(runtime, is_stopping=is_stopping),
        **checkout_handlers(runtime, gateway),
        **contest_handlers(runtime),
        **coupon_handlers(runtime),
        **feed_handlers(runtime),
        **invitation_handlers(runtime),
        **notification_handlers(runtime),
        **quality_jobs.handlers(runtime, is_stopping),
    }


def send_mail(app: Flask, job: ClaimedJob) -> None:
    """Render and send the mail that ``job`` names; the same Message-ID on every try.

    One about something that is not there any more (``VOID``) is done without being sent.
    """
    runtime = app.extensions["vitrine"]
    kind, subject_key = job.subject.split(":", 1)
    with runtime.database.reading() as session:
        mail = session.query(Mail).filter_by(kind=kind, subject_key=subject_key).one()
        if mail.sent_at is not None:
            return
        for is_void, reason in VOID:
            if is_void(session, mail):
                log.info("mail_not_sent", kind=kind, subject=subject_key, reason=reason)
                return
        with mail_language(app, mail.language):
            rendered = render_content(RENDERERS[kind](session, mail))
    reach("mail.rendered")
    if runtime.settings.smtp_url:
        deliver(runtime.settings.smtp_url, mail, rendered, mail_from=runtime.settings.mail_from)
    mark_sent(runtime.database, mail.id, rendered, runtime.clock.now())
    reach("mail.marked")


def run_forever(app: Flask) -> None:
    """Run jobs until SIGTERM or SIGINT; the jobs at hand are finished first, an import up to its next batch."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    handlers = job_handlers(app, stopping.is_set)
    quality_jobs.begin(app.extensions["vitrine"])
    threads = [
        threading.Thread(target=_run_beside, args=(worker, stopping), name=lane.name, daemon=True)
        for lane in LANES
        for worker in [_worker(app, {kind: handlers[kind] for kind in lane.kinds}, is_long=lane.is_long)]
        for _ in range(lane.threads)
    ]
    for thread in threads:
        thread.start()
    log.info("worker_started")
    laned = {kind for lane in LANES for kind in lane.kinds}
    main = {kind: handler for kind, handler in handlers.items() if kind not in laned}
    _run_lane(_worker(app, main, is_long=False), stopping)
    deadline = time.monotonic() + STOP_S
    for thread in threads:
        # What hangs, such as a picture, is left to its lease: it is done again then.
        thread.join(max(0.0, deadline - time.monotonic()))
    log.info("worker_stopped")


def _worker(app: Flask, handlers: Mapping[str, Handler], *, is_long: bool) -> Worker:
    runtime = app.extensions["vitrine"]
    if is_long:
        return Worker(runtime.database, runtime.clock, handlers, lease=LONG_LEASE, renews=True)
    return Worker(runtime.database, runtime.clock, handlers)


def _run_beside(worker: Worker, stopping: threading.Event) -> None:
    try:
        _run_lane(worker, stopping)
    finally:
        # A lane that breaks must not leave a worker that looks alive.
        stopping.set()


def _run_lane(worker: Worker, stopping: threading.Event) -> None:
    while not stopping.is_set():
        try:
            done = worker.run_due(limit=1)
        except SQLAlchemyError:
            # The database is away or overrun: it comes back, and what was claimed is due again by its lease.
            log.exception("worker_database_error")
            stopping.wait(PAUSE_S)
            continue
        if not done:
            stopping.wait(IDLE_S)
