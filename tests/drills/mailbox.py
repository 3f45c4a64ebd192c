"""A real SMTP server that keeps what it took."""

import collections
import email
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.support.stack import free_port


class Mailbox:
    """Counts the mails that were taken, by Message-ID."""

    def __init__(self) -> None:
        self.taken: collections.Counter[str] = collections.Counter()
        self._lock = threading.Lock()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        content = envelope.content
        assert isinstance(content, bytes)
        with self._lock:
            self.taken[str(email.message_from_bytes(content)["Message-ID"])] += 1
        return "250 OK"


@contextmanager
def running_mailbox() -> Iterator[tuple[Mailbox, str]]:
    """Run a server on a free port; yield it and its address for ``SMTP_URL``."""
    box, port = Mailbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield box, f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()
