import ipaddress
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from shop.catalog import picture_fetch
from shop.catalog.picture_fetch import FetchFailed, PictureFetcher, is_public

LOOPBACK = ipaddress.ip_address("127.0.0.1")
PIXELS = b"\x89PNG not really, but the fetcher does not decode"


class PictureServer(BaseHTTPRequestHandler):
    """Answers as the path says."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        name = self.path.partition("?")[0].strip("/").replace("-", "_")
        getattr(self, f"answer_{name}")()

    def log_message(self, *_: object) -> None:
        """Stay quiet."""

    def _send(self, status: int, headers: dict[str, str], body: bytes = b"") -> None:
        self.send_response(status)
        for key, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(body)

    def answer_picture(self) -> None:
        self._send(200, {"Content-Type": "image/png", "X-Host": self.headers["Host"]}, PIXELS)

    def answer_page(self) -> None:
        self._send(200, {"Content-Type": "text/html"}, b"<html>")

    def answer_absent(self) -> None:
        self._send(404, {})

    def answer_busy(self) -> None:
        self._send(503, {})

    def answer_moved(self) -> None:
        self._send(302, {"Location": "/picture"})

    def answer_loop(self) -> None:
        self._send(302, {"Location": "/loop"})

    def answer_to_inside(self) -> None:
        self._send(301, {"Location": "http://inside.example/picture"})

    def answer_to_file(self) -> None:
        self._send(301, {"Location": "file:///etc/passwd"})

    def answer_huge(self) -> None:
        self._send(200, {"Content-Type": "image/png", "Content-Length": "999999999"})
        self.close_connection = True

    def answer_endless(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            while True:
                self.wfile.write(b"1000\r\n" + b"x" * 4096 + b"\r\n")
        except OSError:
            self.close_connection = True

    def answer_trickle(self) -> None:
        self._send(200, {"Content-Type": "image/png", "Content-Length": "1000"})
        try:
            for _ in range(40):
                self.wfile.write(b"x")
                self.wfile.flush()
                time.sleep(0.1)
        except OSError:
            pass
        self.close_connection = True

    def answer_packed(self) -> None:
        self._send(200, {"Content-Type": "image/png", "Content-Encoding": "gzip"}, b"\x1f\x8b")


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), PictureServer)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def resolve_names(host: str, port: int) -> list[picture_fetch.IpAddress]:
    """The only names of this world; "inside" stands for a machine of our own network."""
    names = {"pictures.example": LOOPBACK, "inside.example": ipaddress.ip_address("10.0.0.7")}
    if host not in names:
        raise OSError("no such name")
    return [names[host]]


@pytest.fixture
def fetcher() -> PictureFetcher:
    return PictureFetcher(
        resolve=resolve_names, allows=lambda address: address == LOOPBACK, ports=None, max_bytes=100_000,
        read_timeout_s=2, deadline_s=2,
    )  # fmt: skip


def failure(fetch: Callable[[], bytes]) -> FetchFailed:
    with pytest.raises(FetchFailed) as caught:
        fetch()
    assert str(caught.value)
    return caught.value


class TestIsPublic:
    @pytest.mark.parametrize(
        "text", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1"]
    )
    def test_lets_the_internet_pass(self, text: str):
        assert is_public(ipaddress.ip_address(text))

    @pytest.mark.parametrize(
        "text",
        ["127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
         "255.255.255.255", "224.0.0.1", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1", "fc00::1", "fd00::1", "ff02::1",
         "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "2002:7f00:1::", "2002:a00:1::",
         "64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2001:0:7f00:1::", "2001:db8::1", "fec0::1"],
    )  # fmt: skip
    def test_refuses_everything_else_however_it_is_wrapped(self, text: str):
        assert not is_public(ipaddress.ip_address(text))


class TestFetch:
    def test_returns_the_bytes(self, fetcher: PictureFetcher, port: int):
        assert fetcher.fetch(f"http://pictures.example:{port}/picture?v=1#top") == PIXELS

    def test_follows_a_redirect(self, fetcher: PictureFetcher, port: int):
        assert fetcher.fetch(f"http://pictures.example:{port}/moved") == PIXELS

    @pytest.mark.parametrize(
        ("path", "msgid", "is_final"),
        [
            ("page", picture_fetch.NOT_A_PICTURE, True),
            ("packed", picture_fetch.NOT_A_PICTURE, True),
            ("absent", picture_fetch.NOT_FOUND, True),
            ("busy", picture_fetch.NOT_FOUND, False),
            ("loop", picture_fetch.TOO_MANY_REDIRECTS, True),
            ("to-inside", picture_fetch.NOT_PUBLIC, True),
            ("to-file", picture_fetch.BAD_ADDRESS, True),
            ("huge", picture_fetch.TOO_LARGE, True),
            ("endless", picture_fetch.TOO_LARGE, True),
            ("trickle", picture_fetch.TOO_SLOW, False),
        ],
    )
    def test_says_why_not(self, fetcher: PictureFetcher, port: int, path: str, msgid: str, is_final: bool):
        failed = failure(lambda: fetcher.fetch(f"http://pictures.example:{port}/{path}"))
        assert (failed.msgid, failed.is_final) == (msgid, is_final)

    def test_a_name_that_is_not_known_may_be_known_later(self, fetcher: PictureFetcher):
        failed = failure(lambda: fetcher.fetch("http://nowhere.example/a.png"))
        assert (failed.msgid, failed.is_final) == (picture_fetch.UNREACHABLE, False)

    def test_looks_a_name_up_once_so_that_a_second_answer_cannot_lead_inside(self, port: int):
        answers = iter([[LOOPBACK], [ipaddress.ip_address("10.0.0.7")]])
        fetcher = PictureFetcher(
            resolve=lambda *_: next(answers), allows=lambda one: one == LOOPBACK, ports=None
        )
        assert fetcher.fetch(f"http://pictures.example:{port}/picture") == PIXELS
        assert len(list(answers)) == 1

    def test_one_private_address_among_public_ones_is_enough_to_refuse(self, port: int):
        both = [ipaddress.ip_address("1.1.1.1"), ipaddress.ip_address("10.0.0.7")]
        failed = failure(
            lambda: PictureFetcher(resolve=lambda *_: both).fetch("http://pictures.example/picture")
        )
        assert failed.msgid == picture_fetch.NOT_PUBLIC

    @pytest.mark.parametrize(
        "url",
        ["http://127.0.0.1/a.png", "http://localhost/a.png", "http://2130706433/a.png", "http://0x7f.1/a.png",
         "http://[::1]/a.png", "http://[::ffff:127.0.0.1]/a.png", "http://169.254.169.254/latest/meta-data/"],
    )  # fmt: skip
    def test_with_its_own_resolver_reaches_nothing_local(self, url: str):
        failed = failure(lambda: PictureFetcher().fetch(url))
        assert failed.msgid in (picture_fetch.NOT_PUBLIC, picture_fetch.UNREACHABLE)

    @pytest.mark.parametrize(
        ("url", "msgid"),
        [
            ("ftp://pictures.example/a.png", picture_fetch.BAD_ADDRESS),
            ("http://user:word@pictures.example/a.png", picture_fetch.BAD_ADDRESS),
            ("http:///a.png", picture_fetch.BAD_ADDRESS),
            ("http://[bad/a.png", picture_fetch.BAD_ADDRESS),
            ("http://pictures.example:22/a.png", picture_fetch.NOT_PUBLIC),
            ("http://pictures.example:5432/a.png", picture_fetch.NOT_PUBLIC),
        ],
    )
    def test_refuses_odd_addresses_unseen(self, url: str, msgid: str):
        assert failure(lambda: PictureFetcher(resolve=resolve_names).fetch(url)).msgid == msgid
