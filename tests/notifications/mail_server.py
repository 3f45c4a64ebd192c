"""A mail server that takes everything, for as long as its test runs."""

import socket
import threading
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default


class TakingServer:
    """Keeps the messages that were handed to it."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"smtp://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            with connection, connection.makefile("rb") as lines:
                connection.sendall(b"220 here\r\n")
                for line in lines:
                    word = line.split()[0].decode().lower() if line.split() else ""
                    if word == "data":
                        connection.sendall(b"354 go on\r\n")
                        body = b"".join(iter(lines.readline, b".\r\n"))
                        message = message_from_bytes(body, policy=default)
                        self.messages.append(message)
                    connection.sendall(b"250 fine\r\n")
                    if word == "quit":
                        break
