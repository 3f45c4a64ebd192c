"""A light HTTP/1.1 client: one keep-alive connection a visitor, cookies kept, every request's time noted."""

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from tools.load.figures import STATEMENTS_HEADER, Figures

TIMEOUT_S = 30
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    """A status, the headers by their name in small letters (``set-cookie`` apart), and the body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")

    @property
    def location(self) -> str:
        """Where a redirect leads: path and query on the same origin, else the whole address."""
        parts = urlsplit(self.headers.get("location", ""))
        return f"{parts.path}?{parts.query}" if parts.query else parts.path


@dataclass
class Browser:
    """Somebody's browser on one origin of this machine."""

    port: int
    figures: Figures
    cookies: dict[str, str] = field(default_factory=dict)
    page: str = ""
    """Path of the page in front of the visitor, sent as the referrer of what follows."""
    _reader: asyncio.StreamReader | None = None
    _writer: asyncio.StreamWriter | None = None

    async def get(self, kind: str, path: str) -> Answer:
        """Open a page; its time is noted under ``kind``."""
        answer = await self._ask(kind, "GET", path, b"", {})
        if answer.status == 200:  # noqa: PLR2004 - HTTP's own number
            self.page = path
        return answer

    async def post(self, kind: str, path: str, fields: Mapping[str, Any] | list[tuple[str, str]]) -> Answer:
        """Send a form, as a browser on our page does."""
        body = urlencode(list(fields.items()) if isinstance(fields, Mapping) else fields).encode()
        return await self._ask(
            kind, "POST", path, body, {"Content-Type": FORM, "Sec-Fetch-Site": "same-origin"}
        )

    async def post_json(self, kind: str, path: str, body: Mapping[str, Any]) -> Answer:
        """Send JSON."""
        return await self._ask(
            kind, "POST", path, json.dumps(body).encode(), {"Content-Type": "application/json"}
        )

    async def _ask(self, kind: str, method: str, path: str, body: bytes, more: Mapping[str, str]) -> Answer:
        headers = {
            "Host": f"127.0.0.1:{self.port}",
            "Accept-Encoding": "identity",
            "Accept-Language": "en",
            **more,
        }
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if self.page:
            headers["Referer"] = f"http://127.0.0.1:{self.port}{self.page}"
        if method == "POST":
            headers["Content-Length"] = str(len(body))
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        request = f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body
        started = time.perf_counter()
        try:
            answer = await asyncio.wait_for(self._exchange(request), TIMEOUT_S)
        except (OSError, asyncio.IncompleteReadError, TimeoutError, ValueError) as problem:
            self.figures.fail(f"{kind}: {method} {path.partition('?')[0]}: {problem!r}")
            self.close()
            raise Broken from problem
        elapsed = (time.perf_counter() - started) * 1000
        self.figures.note(kind, elapsed, int(answer.headers.get(STATEMENTS_HEADER.lower(), -1)))
        if answer.status >= 500:  # noqa: PLR2004 - HTTP's own number
            self.figures.fail(f"{kind}: {method} {path.partition('?')[0]} answered {answer.status}")
            raise Broken
        return answer

    async def _exchange(self, request: bytes) -> Answer:
        is_new = self._writer is None
        try:
            return await self._send(request)
        except (ConnectionError, asyncio.IncompleteReadError):
            # The server may have closed a connection that was idle, as every browser knows.
            if is_new:
                raise
            self.close()
            return await self._send(request)

    async def _send(self, request: bytes) -> Answer:
        if self._reader is None or self._writer is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port)
        self._writer.write(request)
        await self._writer.drain()
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers: dict[str, str] = {}
        for line in head[1:]:
            name, _, value = line.partition(": ")
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
            else:
                headers[name.lower()] = value
        body = await self._body(self._reader, headers)
        return Answer(int(head[0].split(" ")[1]), headers, body)

    async def _body(self, reader: asyncio.StreamReader, headers: Mapping[str, str]) -> bytes:
        if "content-length" in headers:
            return await reader.readexactly(int(headers["content-length"]))
        if headers.get("transfer-encoding") != "chunked":
            return b""
        parts = []
        while size := int(await reader.readline(), 16):
            parts.append((await reader.readexactly(size + 2))[:-2])
        await reader.readline()
        return b"".join(parts)

    def close(self) -> None:
        """Hang up."""
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None


class Broken(Exception):
    """A request had no answer, or a 5xx; it is in the figures already."""
