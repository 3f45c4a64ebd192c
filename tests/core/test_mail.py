"""Handing a mail to a server: however it spends the time, a delivery ends before its job's lease."""

import datetime as dt
import smtplib
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from shop.core import mail as mail_module
from shop.core.mail import ANSWER_TIMEOUT_S, DELIVERY_S, SMTP_TIMEOUT_S, Mail, RenderedMail, deliver
from shop.core.outbox import LEASE

RENDERED = RenderedMail("Hello", "text", "<p>text</p>")


class Server:
    """A mail server that says ``greeting`` and from the command ``dribbles_at`` on speaks without an end."""

    def __init__(self, dribbles_at: str) -> None:
        self.dribbles_at = dribbles_at
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        connection, _ = self.listener.accept()
        with connection, connection.makefile("rb") as lines:
            try:
                if self.dribbles_at != "connect":
                    connection.sendall(b"220 here\r\n")
                    self.answer(connection, lines)
                while True:
                    connection.sendall(b"250-still looking\r\n")
                    time.sleep(0.05)
            except OSError:
                return

    def answer(self, connection: socket.socket, lines: Iterator[bytes]) -> None:
        """Answer the commands before the one that it dribbles at."""
        for line in lines:
            word = line.split()[0].decode().lower() if line.split() else ""
            if word == self.dribbles_at:
                return
            if word == "data":
                connection.sendall(b"354 go on\r\n")
                while next(lines).strip() != b".":
                    pass
                if self.dribbles_at == ".":
                    return
            connection.sendall(b"250 fine\r\n")


@pytest.mark.parametrize("dribbles_at", ["connect", "ehlo", "rcpt", "."])
def test_a_delivery_is_broken_off_when_its_time_is_over(
    monkeypatch: pytest.MonkeyPatch, dribbles_at: str
) -> None:
    monkeypatch.setattr(mail_module, "DELIVERY_S", 0.5)
    server = Server(dribbles_at)
    mail = Mail(
        kind="k", recipient="a@example.com", message_id="<1@vitrine>", created_at=dt.datetime.now(dt.UTC)
    )
    began = time.monotonic()
    with pytest.raises((smtplib.SMTPException, OSError)):
        deliver(f"smtp://127.0.0.1:{server.port}", mail, RENDERED, mail_from="shop@example.com")
    assert time.monotonic() - began < SMTP_TIMEOUT_S / 2


def test_a_delivery_is_shorter_than_the_lease_of_its_job() -> None:
    assert ANSWER_TIMEOUT_S < DELIVERY_S
    assert LEASE.total_seconds() > DELIVERY_S + SMTP_TIMEOUT_S
