"""A proxy before a Stripe-like server that can break calls off, answer them itself, or change what comes back."""

import http.server
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Answered = tuple[int, dict[str, str], Any]


class Proxy:
    """Passes calls on to ``target``.

    ``meddle(method, path)`` may answer in its stead (status, headers, JSON) or break the call off (``"drop"``);
    ``tamper(method, path, answer)`` returns what is told in place of the answer.
    """

    def __init__(self, target: str) -> None:
        self.target = target
        self.meddle: Callable[[str, str], Answered | str | None] = lambda _method, _path: None
        self.tamper: Callable[[str, str, Any], Any] = lambda _method, _path, answer: answer
        self.headers: dict[str, str] = {}
        self.asked: list[str] = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _pass(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length) if length else None
                outer.asked.append(f"{self.command} {self.path}")
                meddled = outer.meddle(self.command, self.path)
                if meddled == "drop":
                    self.close_connection = True
                    return
                if isinstance(meddled, tuple):
                    status, headers, answer = meddled
                else:
                    status, headers, answer = outer.forward(self.command, self.path, dict(self.headers), body)
                    answer = outer.tamper(self.command, self.path, answer)
                content = json.dumps(answer).encode()
                self.send_response_only(status)
                for name, value in {**headers, **outer.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_DELETE = _pass  # noqa: N815

            def log_message(self, *_args: object) -> None:
                """Say nothing."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def forward(self, method: str, path: str, headers: dict[str, str], body: bytes | None) -> Answered:
        sent = {
            name: value for name, value in headers.items() if name.lower() not in ("host", "content-length")
        }
        request = urllib.request.Request(self.target + path, body, sent, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, _kept(answer.headers), json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, _kept(error.headers), json.load(error)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def _kept(headers: Any) -> dict[str, str]:
    names = ("Date", "Stripe-Version", "Request-Id", "Content-Type", "Idempotent-Replayed")
    return {name: headers[name] for name in names if headers[name]}


@contextmanager
def running_proxy(target: str) -> Iterator[Proxy]:
    """Run a proxy on a free port."""
    proxy = Proxy(target)
    yield proxy
    proxy.close()
