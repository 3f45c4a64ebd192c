"""A small load: a few keep-alive connections that ask, read whole answers and keep the times."""

import selectors
import socket
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

CONNECTIONS = 8
HEADER_END = b"\r\n\r\n"


@dataclass(frozen=True)
class Result:
    """What came of a load: requests a second, times in milliseconds, the statuses seen."""

    rate: float
    median_ms: float
    p99_ms: float
    statuses: dict[int, int]


class _Connection:
    """One socket that asks again as soon as its answer is whole."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = bytearray()
        self.asked_at = 0.0

    def ask(self, request: bytes) -> None:
        self.buffer.clear()
        self.asked_at = time.perf_counter()
        self.socket.sendall(request)

    def read(self) -> int | None:
        """Take what is there; return the status when the answer is whole."""
        part = self.socket.recv(262_144)
        if not part:
            raise ConnectionError("the server hung up")
        self.buffer += part
        end = self.buffer.find(HEADER_END)
        if end < 0:
            return None
        head = bytes(self.buffer[:end]).lower()
        status = int(head[9:12])
        if status == 304:  # noqa: PLR2004 - HTTP's own number: no body follows
            return status
        at = head.find(b"content-length:")
        if at < 0:
            return status if self.buffer.endswith(b"0\r\n\r\n") else None
        length = int(head[at + 15 : head.find(b"\r\n", at) if head.find(b"\r\n", at) > 0 else len(head)])
        return status if len(self.buffer) >= end + len(HEADER_END) + length else None


def get(path: str, headers: dict[str, str] | None = None) -> bytes:
    """Return the bytes of a GET."""
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Accept-Encoding: identity"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def post_json(path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """Return the bytes of a POST of JSON."""
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def run_load(port: int, request: Callable[[int], bytes], *, seconds: float, connections: int = CONNECTIONS) -> Result:
    """Send ``request(0)``, ``request(1)`` … over ``connections`` for ``seconds``."""
    selector = selectors.DefaultSelector()
    times: list[float] = []
    statuses: dict[int, int] = {}
    asked = 0
    for _ in range(connections):
        connection = _Connection(port)
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.ask(request(asked))
        asked += 1
    started = time.perf_counter()
    while (at := time.perf_counter()) - started < seconds:
        for key, _events in selector.select(timeout=1):
            connection = key.data
            status = connection.read()
            if status is None:
                continue
            times.append(time.perf_counter() - connection.asked_at)
            statuses[status] = statuses.get(status, 0) + 1
            connection.ask(request(asked))
            asked += 1
    for key in list(selector.get_map().values()):
        key.data.socket.close()
    elapsed = at - started
    ordered = sorted(times) or [0.0]
    return Result(
        rate=len(times) / elapsed,
        median_ms=statistics.median(ordered) * 1000,
        p99_ms=ordered[int(len(ordered) * 0.99) - 1] * 1000,
        statuses=statuses,
    )
