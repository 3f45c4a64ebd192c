"""``shop worker``: runs the outbox's due jobs until it is told to stop."""

import signal
import threading
from collections.abc import Mapping

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from shop.accounts.mails import RENDERERS as ACCOUNT_MAILS
from shop.catalog.jobs import handlers as catalog_handlers
from shop.checkout.jobs import handlers as checkout_handlers
from shop.core.kill_points import reach
from shop.core.mail import SEND_MAIL, Mail, deliver, mark_sent
from shop.core.outbox import ClaimedJob, Handler, Worker
from shop.orders.mails import RENDERERS as ORDER_MAILS
from shop.web.mailing import mail_language, render_content

IDLE_S = 0.5
PAUSE_S = 5.0
RENDERERS = {**ACCOUNT_MAILS, **ORDER_MAILS}

log = structlog.get_logger(__name__)


def job_handlers(app: Flask) -> Mapping[str, Handler]:
    """Return the handler of every kind of job."""
    runtime = app.extensions["vitrine"]
    gateway = app.extensions["vitrine.gateway"]
    return {
        SEND_MAIL: lambda job: send_mail(app, job),
        **catalog_handlers(runtime),
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
    """Run jobs until SIGTERM or SIGINT; the job at hand is finished first."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    runtime = app.extensions["vitrine"]
    worker = Worker(runtime.database, runtime.clock, job_handlers(app))
    log.info("worker_started")
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
    log.info("worker_stopped")
