"""Mails: rendered once, kept in the database, sent by the worker at least once.

The row is written with the change that causes it; ``(kind, subject)`` is unique, and the
Message-ID is the row's own, so a mail sent twice is recognised as one by the receiver.
"""

import datetime as dt
import enum
import smtplib
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy import JSON, Index, Select, Text, UniqueConstraint, and_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from shop.core.db import Base, Database, Id
from shop.core.ids import new_token
from shop.core.kill_points import reach
from shop.core.outbox import Job, JobState, enqueue

SEND_MAIL = "send_mail"
SMTP_TIMEOUT_S = 20
ANSWER_TIMEOUT_S = 60
"""Servers look for spam before they take a mail. Giving up too soon sends it twice, so there is more time for that
(RFC 5321, 4.5.3.2.6, recommends ten minutes)."""
DELIVERY_S = 240
"""For a whole delivery, since the times above are for each answer, and a server can be slow with all of them. It stays
below a job's lease: no other worker sends the same mail meanwhile. The rest of the lease is for looking up the
server's name and for connecting, which cannot be broken off."""
FAREWELL_S = 2


class Mail(Base):
    """One mail to one address; ``sent_at`` is set when a server took it (or when none is set up)."""

    __tablename__ = "mails"
    __table_args__ = (UniqueConstraint("kind", "subject_key"), Index("ix_mails_about", "about", "id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    subject_key: Mapped[str] = mapped_column(Text)
    recipient: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    about: Mapped[str | None] = mapped_column(Text)
    """What it belongs to, such as ``order:12``, so that its mails are found with it."""
    context: Mapped[dict[str, Any]] = mapped_column(JSON)
    message_id: Mapped[str] = mapped_column(Text)
    title: Mapped[str | None] = mapped_column(Text)
    text_body: Mapped[str | None] = mapped_column(Text)
    html_body: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[dt.datetime]
    sent_at: Mapped[dt.datetime | None]


class SendingState(enum.StrEnum):
    """How far a mail came."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    """No server took it, and it is not tried any more."""
    DROPPED = "dropped"
    """It is not sent, since what it tells of is no longer so."""


@dataclass(frozen=True, slots=True)
class Sending:
    """A mail with the job that sends it; ``is_void`` when what it tells of is no longer so."""

    mail: Mail
    job: Job | None
    is_void: bool = False

    @property
    def state(self) -> SendingState:
        """How far it came."""
        if self.mail.sent_at is not None:
            return SendingState.SENT
        if self.is_void or self.job is None or self.job.state is JobState.DONE:
            return SendingState.DROPPED
        return SendingState.FAILED if self.job.state is JobState.DEAD else SendingState.WAITING

    @property
    def error(self) -> str | None:
        """What the server, or the attempt, said last, when it has failed."""
        return self.job.last_error if self.job and self.state is SendingState.FAILED else None


@dataclass(frozen=True)
class RenderedMail:
    """What a mail says: its subject line, its two bodies, and headers besides those that every mail has."""

    title: str
    text: str
    html: str
    headers: Mapping[str, str] = field(default_factory=dict)


def queue_mail(
    session: Session,
    *,
    kind: str,
    subject_key: str,
    recipient: str,
    language: str,
    context: Mapping[str, Any],
    now: dt.datetime,
    about: str | None = None,
    page_id: int | None = None,
) -> None:
    """Write a mail of ``kind`` about ``subject_key`` once; a second call with the same pair does nothing.

    ``context`` is JSON: ids and plain values that the renderer of this kind needs, never a secret
    that outlives its use. ``page_id`` is the page whose staff is to see it when it cannot be sent.
    """
    subject = f"{kind}:{subject_key}"
    if not enqueue(session, kind=SEND_MAIL, subject=subject, payload={}, now=now, page_id=page_id):
        return
    session.add(
        Mail(
            kind=kind,
            subject_key=subject_key,
            recipient=recipient,
            language=language,
            about=about,
            context=dict(context),
            message_id=f"<{new_token()[:24]}@vitrine>",
            created_at=now,
        )
    )
    session.flush()


def list_mails_about(session: Session, about: str) -> list[Mail]:
    """Return the mails that belong to one thing, oldest first."""
    return list(session.scalars(select(Mail).where(Mail.about == about).order_by(Mail.id)))


def list_sendings(session: Session, about: str) -> list[Sending]:
    """Return the mails that belong to one thing, oldest first, and how far each came."""
    rows = session.execute(_with_jobs().where(Mail.about == about).order_by(Mail.id))
    return [Sending(mail, job) for mail, job in rows]


def list_newest_sendings(session: Session, *, limit: int) -> list[Sending]:
    """Return the newest mails, the last written first, and how far each came."""
    rows = session.execute(_with_jobs().order_by(Mail.id.desc()).limit(limit))
    return [Sending(mail, job) for mail, job in rows]


def _with_jobs() -> Select[Mail, Job]:
    job = and_(Job.kind == SEND_MAIL, Job.subject == Mail.kind + ":" + Mail.subject_key)
    return select(Mail, Job).outerjoin(Job, job)


def mark_sent(database: Database, mail_id: int, rendered: RenderedMail, now: dt.datetime) -> None:
    """Keep what was sent and when."""
    with database.transaction() as session:
        session.execute(
            update(Mail)
            .where(Mail.id == mail_id)
            .values(title=rendered.title, text_body=rendered.text, html_body=rendered.html, sent_at=now)
        )


class _Timed(smtplib.SMTP):
    """A conversation that is broken off when ``DELIVERY_S`` are over, however its server spends them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._is_over = threading.Event()
        threading.Thread(target=self._watch, name="delivery", daemon=True).start()
        try:
            super().__init__(*args, **kwargs)
        except BaseException:
            self._is_over.set()
            raise

    def close(self) -> None:
        """Close the connection."""
        self._is_over.set()
        super().close()

    def _watch(self) -> None:
        is_over = self._is_over.wait(DELIVERY_S)
        while not is_over:
            if self.sock is not None:
                with suppress(OSError):
                    # Not the method of an encrypted socket: it would take the encryption from under the reader.
                    socket.socket.shutdown(self.sock, socket.SHUT_RDWR)
            is_over = self._is_over.wait(1)


class _TimedSsl(_Timed, smtplib.SMTP_SSL):
    pass


def deliver(smtp_url: str, mail: Mail, rendered: RenderedMail, *, mail_from: str) -> None:
    """Hand a mail to the server at ``smtp://[user:password@]host:port`` (``smtps://`` for TLS).

    Raises SMTPException and OSError, at the latest after about ``DELIVERY_S``.
    """
    parts = urlsplit(smtp_url)
    message = EmailMessage()
    message["From"] = mail_from
    message["To"] = mail.recipient
    # A header takes no line break, and a name that holds one must not keep the mail from its reader.
    message["Subject"] = " ".join(rendered.title.split())
    message["Message-ID"] = mail.message_id
    message["Date"] = format_datetime(mail.created_at)
    for name, value in rendered.headers.items():
        message[name] = value
    message.set_content(rendered.text)
    message.add_alternative(rendered.html, subtype="html")
    kind = _TimedSsl if parts.scheme == "smtps" else _Timed
    server = kind(parts.hostname or "localhost", parts.port or 0, timeout=SMTP_TIMEOUT_S)
    try:
        if parts.username:
            if parts.scheme == "smtp":
                server.starttls()
            server.login(unquote(parts.username), unquote(parts.password or ""))
        reach("mail.connected")
        _set_timeout(server, ANSWER_TIMEOUT_S)
        server.send_message(message)
        reach("mail.accepted")
        # The mail is the server's by now: whatever it says to the farewell must not have it sent again.
        with suppress(smtplib.SMTPException, OSError):
            _set_timeout(server, FAREWELL_S)
            server.quit()
    finally:
        server.close()


def _set_timeout(server: smtplib.SMTP, seconds: float) -> None:
    if server.sock is not None:
        server.sock.settimeout(seconds)
