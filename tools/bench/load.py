"""A small load: keep-alive connections that follow scripts, read whole answers and keep the times.

A script is a generator that yields the bytes of a request and is sent the answer; its end is one
operation. A listing's script has one request, an order's has three.
"""

import json
import selectors
import socket
import statistics
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

CONNECTIONS = 8
HEADER_END = b"\r\n\r\n"
TIMEOUT_S = 30


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, the bytes of the headers and those of the body."""

    status: int
    head: bytes
    body: bytes

    def json(self) -> Any:
        """Return the body as JSON says it."""
        return json.loads(self.body)

    def header(self, name: str) -> str | None:
        """Return the value of the first header of this name (in lower case), or None."""
        at = self.head.lower().find(f"\r\n{name}: ".encode())
        if at < 0:
            return None
        at += len(name) + 4
        end = self.head.find(b"\r\n", at)
        return self.head[at : end if end > 0 else len(self.head)].decode()


Script = Generator[bytes, Answer, None]


@dataclass
class Result:
    """What came of a load: operations a second, their times in milliseconds, how many answers had which status."""

    seconds: float
    times_ms: list[float]
    statuses: dict[int, int] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Operations a second."""
        return len(self.times_ms) / self.seconds

    @property
    def median_ms(self) -> float:
        """The time that half of the operations took at most."""
        return statistics.median(self.times_ms) if self.times_ms else float("nan")

    @property
    def p99_ms(self) -> float:
        """The time that 99 of 100 operations took at most."""
        if not self.times_ms:
            return float("nan")
        return sorted(self.times_ms)[max(0, int(len(self.times_ms) * 0.99) - 1)]


class Connection:
    """One keep-alive socket to a server on this machine."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = bytearray()

    def send(self, request: bytes) -> None:
        """Ask."""
        self._buffer.clear()
        self.socket.sendall(request)

    def receive(self) -> Answer | None:
        """Take what is there; return the answer when it is whole."""
        part = self.socket.recv(262_144)
        if not part:
            raise ConnectionError("the server hung up")
        self._buffer += part
        end = self._buffer.find(HEADER_END)
        if end < 0:
            return None
        head = bytes(self._buffer[:end])
        answer = Answer(int(head[9:12]), head, bytes(self._buffer[end + len(HEADER_END) :]))
        if answer.status in (204, 304):
            return answer
        length = answer.header("content-length")
        if length is None:
            return answer if self._buffer.endswith(b"0\r\n\r\n") else None
        return answer if len(answer.body) >= int(length) else None

    def ask(self, request: bytes) -> Answer:
        """Ask and wait for the answer."""
        self.send(request)
        while (answer := self.receive()) is None:
            pass
        return answer

    def close(self) -> None:
        """Hang up."""
        self.socket.close()


def get(path: str, headers: Mapping[str, str] | None = None) -> bytes:
    """Return the bytes of a GET."""
    return _request("GET", path, headers or {})


def post(path: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> bytes:
    """Return the bytes of a POST of JSON."""
    content = json.dumps(body).encode()
    given = {"Content-Type": "application/json", "Content-Length": str(len(content)), **(headers or {})}
    return _request("POST", path, given) + content


def post_form(path: str, body: str, headers: Mapping[str, str]) -> bytes:
    """Return the bytes of a POST of an encoded form."""
    given = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": str(len(body.encode())),
        **headers,
    }
    return _request("POST", path, given) + body.encode()


def _request(method: str, path: str, headers: Mapping[str, str]) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def singles(requests: Iterator[bytes]) -> Callable[[], Script]:
    """Return a maker of scripts of one request each, taken in turn from ``requests``."""

    def script() -> Script:
        yield next(requests)

    return script


def run_load(
    port: int, script: Callable[[], Script], *, seconds: float, connections: int = CONNECTIONS
) -> Result:
    """Let ``connections`` follow one script after another for ``seconds``."""
    selector = selectors.DefaultSelector()
    result = Result(seconds, [])
    running: dict[Connection, tuple[Script, float]] = {}

    def begin(connection: Connection) -> None:
        steps = script()
        running[connection] = (steps, time.perf_counter())
        connection.send(next(steps))

    for _ in range(connections):
        connection = Connection(port)
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        begin(connection)
    started = time.perf_counter()
    while (at := time.perf_counter()) - started < seconds:
        for key, _events in selector.select(timeout=0.1):
            answer = key.data.receive()
            if answer is None:
                continue
            result.statuses[answer.status] = result.statuses.get(answer.status, 0) + 1
            steps, asked_at = running[key.data]
            try:
                key.data.send(steps.send(answer))
            except StopIteration:
                result.times_ms.append((time.perf_counter() - asked_at) * 1000)
                begin(key.data)
    for connection in running:
        connection.close()
    selector.close()
    result.seconds = at - started
    return result
