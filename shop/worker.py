"""``shop worker``: runs the outbox's due jobs until it is told to stop.

Jobs run in lanes, a thread each: an import of an hour or a hundred slow pictures must not keep a mail or
an unpaid order's expiry waiting. What is not named in a lane runs in the main one.
"""

import datetime as dt
import signal
import threading
from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from shop.accounts.mails import RENDERERS as ACCOUNT_MAILS
from shop.catalog.import_jobs import IsStopping, never_stopping
from shop.catalog.import_pictures import FETCH_PICTURE
from shop.catalog.import_runs import READ_IMPORT, WRITE_IMPORT
from shop.catalog.jobs import handlers as catalog_handlers
from shop.checkout.jobs import handlers as checkout_handlers
from shop.core.kill_points import reach
from shop.core.mail import SEND_MAIL, Mail, deliver, mark_sent
from shop.core.outbox import ClaimedJob, Handler, Worker
from shop.orders.mails import RENDERERS as ORDER_MAILS
from shop.web.mailing import mail_language, render_content

IDLE_S = 0.5
PAUSE_S = 5.0
STOP_S = 10.0
"""How long a lane may take to finish what it is at; ``shop run`` ends its children after 15 seconds."""
LONG_LEASE = dt.timedelta(minutes=1)
"""Renewed while the job runs, so that one whose worker was killed goes on a minute later and not five."""
LANES: Mapping[str, tuple[str, ...]] = {
    "previews": (READ_IMPORT,),
    "imports": (WRITE_IMPORT,),
    "pictures": (FETCH_PICTURE,),
}
"""Kinds of jobs that may take long, by the lane that they run in."""
RENDERERS = {**ACCOUNT_MAILS, **ORDER_MAILS}

log = structlog.get_logger(__name__)


def job_handlers(app: Flask, is_stopping: IsStopping = never_stopping) -> Mapping[str, Handler]:
    """Return the handler of every kind of job; a long one gives its job back when ``is_stopping`` says so."""
    runtime = app.extensions["vitrine"]
    gateway = app.extensions["vitrine.gateway"]
    return {
        SEND_MAIL: lambda job: send_mail(app, job),
        **catalog_handlers(runtime, is_stopping=is_stopping),
        **checkout_handlers(runtime, gateway),
    }


def send_mail(app: Flask, job: ClaimedJob) -> None:
    """Render and send the mail that ``job`` names; the same Message-ID on every try."""
    runtime = app.extensions["vitrine"]
    kind, subject_key = job.subject.split(":", 1)
    with runtime.database.reading() as session:
        mail = session.query(Mail).filter_by(kind=kind, subject_key=subject_key).one()
        if mail.sent_at is not None:
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
    lanes = [
        threading.Thread(
            target=_run_lane,
            args=(_worker(app, {kind: handlers[kind] for kind in kinds}, is_long=True), stopping),
            name=name,
            daemon=True,
        )
        for name, kinds in LANES.items()
    ]
    for lane in lanes:
        lane.start()
    log.info("worker_started")
    long_kinds = {kind for kinds in LANES.values() for kind in kinds}
    short = {kind: handler for kind, handler in handlers.items() if kind not in long_kinds}
    _run_lane(_worker(app, short, is_long=False), stopping)
    for lane in lanes:
        # A picture that hangs is left to the lease: it would be fetched again anyway.
        lane.join(STOP_S)
    log.info("worker_stopped")


def _worker(app: Flask, handlers: Mapping[str, Handler], *, is_long: bool) -> Worker:
    runtime = app.extensions["vitrine"]
    if is_long:
        return Worker(runtime.database, runtime.clock, handlers, lease=LONG_LEASE, renews=True)
    return Worker(runtime.database, runtime.clock, handlers)


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
