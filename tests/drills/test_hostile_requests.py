"""Odd paths and headers, bodies that are too large, clients that are too slow: against the real server.

Sent over plain sockets, since no HTTP library would write such things.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from shop.core.db import Database
from shop.core.mail import Mail
from tests.flows.shopping import PASSWORD, stock_shop
from tests.support.drill_house import IN_FULL, report
from tests.support.stack import Stack, running_stack

pytestmark = [pytest.mark.drill, pytest.mark.xdist_group("hostile requests")]
SLOW_CLIENTS = 200 if IN_FULL else 60
MOST_S = 3.0
"""How long others may wait while slow clients hold their connections."""


@pytest.fixture(scope="module")
def stack(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One shop for all of them: none may leave it broken for the next."""
    folder = tmp_path_factory.mktemp("hostile")
    path = folder / "vitrine.db"
    path.write_bytes(sqlite_template.read_bytes())
    with running_stack(f"sqlite:///{path}", folder, workers=2) as running:
        stock_shop(running)
        yield running


@pytest.fixture(autouse=True)
def _still_well(stack: Stack) -> Iterator[None]:
    yield
    assert httpx.get(f"{stack.shop}/en/p/lumen/shop", timeout=30).status_code == 200
    log = (stack.data_dir / "stack.log").read_text(errors="replace")
    assert "Traceback" not in log, log[-3000:]


def port_of(stack: Stack) -> int:
    return int(stack.shop.rsplit(":", 1)[1])


def raw(stack: Stack, request: bytes, *, timeout: float = 8) -> bytes:
    """Send bytes and return all that comes back until the server hangs up or falls silent."""
    with socket.create_connection(("127.0.0.1", port_of(stack)), timeout=timeout) as connection:
        received = b""
        with contextlib.suppress(TimeoutError, ConnectionError):
            connection.sendall(request)
            while part := connection.recv(65_536):
                received += part
        return received


def status_of(answer: bytes) -> int:
    """Return the status of a raw answer; 0 when there was none (the server hung up)."""
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0


def ask(stack: Stack, path: str, *headers: str, method: str = "GET", body: bytes = b"") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Connection: close", *headers]
    if not any(line.lower().startswith("host:") for line in headers):
        lines.append(f"Host: 127.0.0.1:{port_of(stack)}")
    return raw(stack, "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + body)


PATHS = (
    "/../../etc/passwd", "/media/../../etc/passwd", "/media/%2e%2e/%2e%2e/vitrine.db", "/media/..%2f..%2fsecret_key",
    "/media/%252e%252e/secret_key", "/static/../secret_key", "/static/x/%2e%2e/%2e%2e/secret_key", "//evil.example/",
    "//en//p//lumen", "/en/p/lumen/../../../secret_key", "/en/p/lumen/%2e%2e/brume", "/en/p/lumen;x=1", "/en/p/lumen%00",
    "/en/p/lumen%0d%0aSet-Cookie:%20x=1", "/en/p/%ff%fe", "/en/p/%ed%a0%80", "/%", "/%zz", "/en/p/lumen?%", "/en/p/lumen?q=%ff",
    "/en/p/" + "a" * 5_000, "/" + "a/" * 2_000, "/en/p/lumen/shop?" + "q=x&" * 2_000, "/\\evil.example", "/en/\\..\\..\\x",
    "/.git/config", "/.env", "/vitrine.db", "/media/", "/static/", "/en/p/lumen/shop?cursor=" + "A" * 3_000, "*",
    "/language/en?next=//evil.example", "/language/en?next=/\\evil.example", "/language/en?next=https://evil.example",
    "/language/en?next=%2f%2fevil.example", "/language/en?next=/%09/evil.example", "/language/fr?next=javascript:alert(1)",
)  # fmt: skip


class TestPaths:
    def test_lead_nowhere_that_they_should_not(self, stack: Stack) -> None:
        secret = (
            (stack.data_dir / "secret_key").read_bytes() if (stack.data_dir / "secret_key").exists() else None
        )
        counts: dict[int, int] = {}
        for path in PATHS:
            answer = ask(stack, path)
            status = status_of(answer)
            counts[status] = counts.get(status, 0) + 1
            assert status < 500, path
            assert b"root:x:" not in answer, path
            assert b"SQLite format 3" not in answer, path
            assert secret is None or secret not in answer, path
            head = answer.partition(b"\r\n\r\n")[0].lower()
            assert b"set-cookie: x=1" not in head, path
            location = [line for line in head.split(b"\r\n") if line.startswith(b"location:")]
            assert not location or b"evil.example" not in location[0].partition(b"?")[0], (path, location)
            for line in location:
                assert line.split(b": ", 1)[1].startswith((b"/en", b"/fr", b"http://127.0.0.1")), (path, line)
        report(
            "hostile",
            [f"odd paths on a running server: {len(PATHS)}, answers {dict(sorted(counts.items()))}"],
        )


HEADERS = (
    ("Host: evil.example",), ("Host: evil.example", "X-Forwarded-Host: evil.example"), ("X-Forwarded-Host: evil.example",),
    ("X-Forwarded-Proto: https", "X-Forwarded-For: 1.2.3.4"), ("Forwarded: host=evil.example",), ("X-Original-URL: /en/manage/lumen",),
    ("X-Rewrite-URL: /en/manage/lumen",), ("X-HTTP-Method-Override: DELETE",), ("Range: bytes=0-10",), ("Range: bytes=-1",),
    ("Range: bytes=5-1,0-0,-9999999",), ("Range: bytes=" + "0-1," * 500,), ("If-None-Match: *",), ("If-None-Match: " + '"x",' * 500,),
    ("If-Modified-Since: yesterday",), ("Accept-Language: " + "xx;q=0.1," * 500,), ("Accept-Language: \udcff\udcfe",), ("Accept: nonsense",),
    ("Accept-Encoding: br;q=x, *;q=0",), ("Cookie: " + "a=b; " * 1_000,), ("Cookie: vitrine_session=nonsense",),
    ("Cookie: vitrine_session=eyJhIjoxfQ.x.y; vitrine_visitor=1.2.3",), ("Cookie: vitrine_visitor=\udcff; vitrine_language=xx",),
    ("Cookie: =; ;;=;",), ("Content-Type: \x01",), ("X-Long: " + "x" * 50_000,), ("Referer: http://[",), ("Origin: null",),
    ("Authorization: Basic !!!",), ("Authorization: Bearer \udcff",), ("Expect: 100-continue",), ("Upgrade: websocket", "Connection: upgrade"),
    ("Content-Length: -1",), ("Content-Length: 5", "Transfer-Encoding: chunked"), ("Host: a", "Host: b"), ("X: a\x00b",), ("Bad Header: x",),
    ("HX-Request: true", "HX-Current-URL: javascript:alert(1)"), ("Sec-Fetch-Site: nonsense",), ("Save-Data: on" * 10,),
)  # fmt: skip


class TestHeaders:
    @pytest.mark.parametrize("path", ["/en/p/lumen/shop", "/api/v1/pages", "/en/manage/lumen"])
    def test_change_nothing_that_they_should_not(self, stack: Stack, path: str) -> None:
        counts: dict[int, int] = {}
        for headers in HEADERS:
            answer = ask(stack, path, *headers)
            status = status_of(answer)
            counts[status] = counts.get(status, 0) + 1
            assert status < 500, headers
            if status == 200:
                assert b"evil.example" not in answer, headers
        report(
            "hostile",
            [
                f"odd headers at {path}: {len(HEADERS)}, answers {dict(sorted(counts.items()))} (0: hung up on)"
            ],
        )

    @pytest.mark.parametrize(
        "method", ["TRACE", "CONNECT", "PROPFIND", "BREW", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"]
    )
    def test_odd_methods_are_refused(self, stack: Stack, method: str) -> None:
        for path in ("/en/p/lumen", "/en/p/lumen/cart/lines", "/en/manage/lumen/products", "/stripe/webhook"):
            assert status_of(ask(stack, path, method=method)) < 500

    def test_a_mail_never_names_the_host_that_was_asked(self, stack: Stack) -> None:
        body = b"email=camille%40lumen.example"
        answer = ask(
            stack, "/en/password-reset", "Host: evil.example", "X-Forwarded-Host: evil.example", "Sec-Fetch-Site: same-origin",
            "Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}", method="POST", body=body,
        )  # fmt: skip
        assert status_of(answer) in (200, 303)
        database = Database(stack.database_url)
        deadline = time.monotonic() + 60
        mail = None
        while time.monotonic() < deadline and (mail is None or mail.sent_at is None):
            time.sleep(0.3)
            with database.reading() as session:
                mail = session.scalars(select(Mail).where(Mail.recipient == "camille@lumen.example")).first()
        database.dispose()
        assert mail is not None
        assert "evil.example" not in f"{mail.text_body}{mail.html_body}"
        assert "http" in (mail.text_body or "")

    @pytest.mark.parametrize(
        "then", ["//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example", "http:evil"]
    )
    def test_signing_in_leads_to_no_other_site(self, stack: Stack, then: str) -> None:
        with httpx.Client(
            base_url=stack.shop, headers={"Sec-Fetch-Site": "same-origin"}, timeout=30
        ) as client:
            fields = {"email": "camille@lumen.example", "password": PASSWORD, "next": then}
            answer = client.post("/en/sign-in", data=fields, params={"next": then})
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/en"), answer.headers["location"]

    def test_another_site_cannot_post(self, stack: Stack) -> None:
        for headers in (
            {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"},
            {"Host": "evil.example", "Origin": "https://evil.example"}, {},
        ):  # fmt: skip
            answer = httpx.post(f"{stack.shop}/en/sign-out", headers=headers, timeout=30)
            assert answer.status_code == 403, headers


class TestLargeBodies:
    @pytest.mark.parametrize(
        ("path", "limit"),
        [
            ("/en/sign-in", 30_000_000),
            ("/api/v1/pages/lumen/carts", 1_000_000),
            ("/stripe/webhook", 30_000_000),
        ],
    )
    def test_are_refused_before_they_are_read(self, stack: Stack, path: str, limit: int) -> None:
        """What is announced as too large is answered although not a byte of it has come."""
        lines = (
            f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{port_of(stack)}", "Content-Type: application/x-www-form-urlencoded",
            "Sec-Fetch-Site: same-origin", f"Content-Length: {limit}", "Connection: close",
        )  # fmt: skip
        with socket.create_connection(("127.0.0.1", port_of(stack)), timeout=20) as connection:
            connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\nemail=")
            started = time.monotonic()
            answer = connection.recv(65_536)
        assert status_of(answer) in (400, 413, 422), answer[:200]
        assert time.monotonic() - started < 15

    def test_fill_no_memory(self, stack: Stack) -> None:
        """300 MB without a length, in chunks: refused at the limit, and the rest is not kept."""
        head = (
            f"POST /en/sign-in HTTP/1.1\r\nHost: 127.0.0.1:{port_of(stack)}\r\nSec-Fetch-Site: same-origin\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        chunk = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
        sent = 0
        with socket.create_connection(("127.0.0.1", port_of(stack)), timeout=20) as connection:
            connection.sendall(head.encode())
            with contextlib.suppress(OSError):
                for _ in range(300):
                    connection.sendall(chunk)
                    sent += 1
        report("hostile", [f"a body without end: hung up on after {sent} of 300 MB"])


class TestSlowClients:
    def test_do_not_keep_the_others_waiting(self, stack: Stack) -> None:
        """Each sends a header a second, or a body a byte a second, and never ends; the others are served."""
        over = threading.Event()
        connections: list[socket.socket] = []
        head = f"GET /en/p/lumen HTTP/1.1\r\nHost: 127.0.0.1:{port_of(stack)}\r\n".encode()
        post = (
            f"POST /en/sign-in HTTP/1.1\r\nHost: 127.0.0.1:{port_of(stack)}\r\nSec-Fetch-Site: same-origin\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100000\r\n\r\n"
        ).encode()
        for number in range(SLOW_CLIENTS):
            connection = socket.create_connection(("127.0.0.1", port_of(stack)), timeout=5)
            connection.sendall(post if number % 2 else head)
            connections.append(connection)

        def drip() -> None:
            while not over.wait(1):
                for number, connection in enumerate(connections):
                    with contextlib.suppress(OSError):
                        connection.sendall(b"a" if number % 2 else b"X-Slow: 1\r\n")

        thread = threading.Thread(target=drip)
        thread.start()
        times = []
        try:
            for _ in range(20):
                started = time.monotonic()
                assert httpx.get(f"{stack.shop}/en/p/lumen/shop", timeout=30).status_code == 200
                times.append(time.monotonic() - started)
                # Past the time when the slow are given up on: the others are served then, too.
                time.sleep(0.8)
        finally:
            over.set()
            thread.join()
            for connection in connections:
                connection.close()
        worst = max(times)
        report("hostile", [f"{SLOW_CLIENTS} slow clients: 20 others waited {worst * 1000:.0f} ms at most"])
        assert worst < MOST_S * (1 if IN_FULL else 3), f"others waited {worst:.1f} s"
