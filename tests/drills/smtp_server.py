"""A real SMTP server as a process of its own, which behaves as a file tells it to.

``python -m tests.drills.smtp_server PORT FOLDER``. Whatever it gets is a line of ``FOLDER/got``: the
Message-ID and what was done. ``FOLDER/manner`` says how it behaves: ``well`` (250), ``mute`` (it has the mail
and never answers: it is killed there), ``silent`` (it never greets), ``busy`` (451 to the data), ``refuse``
(550 to the recipient), ``slow`` (250 after a second), ``rude`` (250, then 421 to QUIT).
"""

import asyncio
import email
import os
import sys
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

FOREVER_S = 3600


class Server(SMTP):
    """Answers QUIT with 421 when it is rude."""

    async def smtp_QUIT(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        if self.event_handler.manner() == "rude":
            await self.push("421 Too many connections")
            return
        await super().smtp_QUIT(arg)


class Handler:
    """Does what ``manner`` says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def manner(self) -> str:
        return (self.folder / "manner").read_text()

    def note(self, message_id: str, what: str) -> None:
        with (self.folder / "got").open("a") as file:
            file.write(f"{message_id} {what}\n")
            file.flush()
            os.fsync(file.fileno())

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[Any]
    ) -> str:
        if self.manner() == "refuse":
            return "550 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        message_id = str(email.message_from_bytes(envelope.content)["Message-ID"])
        manner = self.manner()
        if manner == "busy":
            self.note(message_id, "refused")
            return "451 Try again later"
        if manner == "mute":
            self.note(message_id, "unanswered")
            await asyncio.sleep(FOREVER_S)
        if manner == "slow":
            await asyncio.sleep(1)
        self.note(message_id, "taken")
        return "250 OK"


async def serve(port: int, folder: Path) -> None:
    handler = Handler(folder)
    if handler.manner() == "silent":

        async def keep_silent(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
            await asyncio.sleep(FOREVER_S)

        server = await asyncio.start_server(keep_silent, "127.0.0.1", port)
    else:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Server(handler), "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
