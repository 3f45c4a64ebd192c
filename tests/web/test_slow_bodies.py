"""Bodies that come, that come too slowly, and that are too many at a time."""

import io
import threading
import time
from collections.abc import Iterable
from typing import Any

import pytest

from shop.web import slow_bodies
from shop.web.slow_bodies import SlowBodies

LIMITS = {"/api/": 100, "/": 200_000}


class Silence:
    """A sender who says nothing until they are let go."""

    def __init__(self) -> None:
        self.over = threading.Event()
        self.asked = threading.Event()

    def read(self, _size: int) -> bytes:
        self.asked.set()
        self.over.wait(10)
        return b""


def echo(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [])
    return [environ["wsgi.input"].read()]


def call(app: SlowBodies, source: Any, *, path: str = "/x", **environ: str) -> tuple[str, bytes]:
    """Return status and body of an answer."""
    statuses: list[str] = []
    given = {"PATH_INFO": path, "wsgi.input": source, **environ}
    content = b"".join(app(given, lambda status, _headers: statuses.append(status)))
    return statuses[0], content


class TestSlowBodies:
    @pytest.mark.parametrize("size", [1, 65_536, 65_537, 200_000])
    def test_hands_on_what_came(self, size: int) -> None:
        body = bytes(range(256)) * 800
        answer = call(SlowBodies(echo, limits=LIMITS), io.BytesIO(body), CONTENT_LENGTH=str(size))
        assert answer == ("200 OK", body[:size])

    def test_hands_on_a_body_without_a_length_and_one_byte_more_than_is_allowed(self) -> None:
        app = SlowBodies(echo, limits=LIMITS)
        chunked = {"path": "/api/y", "HTTP_TRANSFER_ENCODING": "chunked"}
        assert call(app, io.BytesIO(b"x" * 90), **chunked)[1] == b"x" * 90
        assert len(call(app, io.BytesIO(b"x" * 900), **chunked)[1]) == 101

    def test_does_not_read_what_is_announced_as_too_large(self) -> None:
        silence = Silence()

        def refuse(_environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            start_response("413 Content Too Large", [])
            return [b""]

        status, _ = call(SlowBodies(refuse, limits=LIMITS), silence, path="/api/y", CONTENT_LENGTH="101")
        assert status.startswith("413")
        assert not silence.asked.is_set()

    def test_hangs_up_on_a_byte_now_and_then(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(slow_bodies, "PART_WITHIN_S", 0.05)

        class Drip:
            def read(self, _size: int) -> bytes:
                time.sleep(0.02)
                return b"a"

        status, told = call(SlowBodies(echo, limits=LIMITS), Drip(), CONTENT_LENGTH="1000")
        assert status.startswith("408")
        assert b"did not reach us in time" in told

    def test_gives_up_when_only_silent_senders_are_left(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(slow_bodies, "SLOT_WITHIN_S", 0.05)
        ended: list[bool] = []
        app = SlowBodies(echo, limits=LIMITS, slots=1, give_up=lambda: ended.append(True))
        silence = Silence()
        waiting = threading.Thread(target=call, args=(app, silence), kwargs={"CONTENT_LENGTH": "10"})
        waiting.start()
        assert silence.asked.wait(5)
        assert call(app, io.BytesIO(b"x"), CONTENT_LENGTH="1")[0].startswith("503")
        assert not ended, "somebody may still send"
        monkeypatch.setattr(slow_bodies, "SILENT_S", 0.01)
        assert call(app, io.BytesIO(b"x"), CONTENT_LENGTH="1")[0].startswith("503")
        assert ended
        silence.over.set()
        waiting.join(5)

    def test_reads_only_so_many_at_a_time_and_serves_pages_meanwhile(self) -> None:
        app = SlowBodies(echo, limits=LIMITS, slots=1)
        silence = Silence()
        waiting = threading.Thread(target=call, args=(app, silence), kwargs={"CONTENT_LENGTH": "10"})
        waiting.start()
        assert silence.asked.wait(5)
        assert call(app, io.BytesIO(b"x"), CONTENT_LENGTH="1")[0].startswith("503")
        assert call(app, io.BytesIO(b""))[0] == "200 OK"
        silence.over.set()
        waiting.join(5)
        assert call(app, io.BytesIO(b"x"), CONTENT_LENGTH="1") == ("200 OK", b"x")

    def test_ends_where_the_sender_broke_off(self) -> None:
        class Broken:
            def read(self, _size: int) -> bytes:
                raise OSError("reset")

        assert call(SlowBodies(echo, limits=LIMITS), Broken(), CONTENT_LENGTH="10") == ("200 OK", b"")
