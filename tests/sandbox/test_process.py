"""The stand-in as a process of its own: started, stopped, killed and started again."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import stripe

from shop.sandbox.__main__ import webhook
from tests.sandbox.conftest import SECRET, call, eventually, sdk, session_params


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextmanager
def process(database: Path, *more: str) -> Iterator[tuple[subprocess.Popen, str]]:
    port = free_port()
    command = [sys.executable, "-m", "shop.sandbox", "--port", str(port), "--database", str(database), *more]
    running = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    url = f"http://127.0.0.1:{port}"

    def is_up() -> bool:
        assert running.poll() is None, running.stdout.read()
        try:
            return call(f"{url}/_sandbox/health")[0] == 200
        except OSError:
            return False

    try:
        eventually(is_up, 20)
        yield running, url
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
        running.stdout.close()
        running.wait()


class TestServe:
    @pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
    def test_ends_cleanly_and_says_one_line(self, tmp_path, sign):
        with process(tmp_path / "stripe.db", "--quiet") as (running, url):
            running.send_signal(sign)
            assert running.wait(10) == 0
            assert running.stdout.read().splitlines() == [
                f"Stripe stand-in on {url} (state in {tmp_path / 'stripe.db'})"
            ]

    def test_loses_nothing_when_it_is_killed(self, tmp_path, receiver):
        receiver.status = 503
        flag = f"--webhook={receiver.url}={SECRET}"
        with process(tmp_path / "stripe.db", flag) as (running, url):
            client = sdk(url)
            session = client.v1.checkout.sessions.create(session_params(), {"idempotency_key": "order-1"})
            call(f"{url}/_sandbox/sessions/{session.id}/payment", {})
            call(f"{url}/_sandbox/clock", {"advance": 3600})
            os.killpg(running.pid, signal.SIGKILL)
        receiver.got.clear()
        receiver.status = 200

        with process(tmp_path / "stripe.db", flag) as (_running, url):
            client = sdk(url)
            found = client.v1.checkout.sessions.retrieve(session.id)
            again = client.v1.checkout.sessions.create(session_params(), {"idempotency_key": "order-1"})
            call(f"{url}/_sandbox/clock", {"advance": 60})
            eventually(lambda: len({event["id"] for event in receiver.events()}) == 4)
            offset = call(f"{url}/_sandbox/health")[1]["clock_offset"]

        assert found.status == "complete"
        assert again.id == session.id
        assert offset == 3660

    def test_repeats_its_ids_with_a_seed(self, tmp_path):
        ids = []
        for name in ("one", "two"):
            with process(tmp_path / name, "--seed", "7") as (_running, url):
                ids.append([sdk(url).v1.customers.create({}).id for _ in range(2)])

        assert ids[0] == ids[1]
        assert ids[0][0] != ids[0][1]

    def test_serves_many_at_once(self, tmp_path):
        from concurrent.futures import ThreadPoolExecutor

        with process(tmp_path / "stripe.db") as (_running, url):

            def buy(_place: int) -> str:
                client = stripe.StripeClient("sk_test_1", base_addresses={"api": url})
                session = client.v1.checkout.sessions.create(session_params())
                call(f"{url}/_sandbox/sessions/{session.id}/payment", {})
                return client.v1.checkout.sessions.retrieve(session.id).status

            with ThreadPoolExecutor(16) as pool:
                assert set(pool.map(buy, range(48))) == {"complete"}


class TestWebhookOption:
    def test_splits_at_the_secret(self):
        assert webhook("http://x.example/hook?a=b=whsec_1") == ("http://x.example/hook?a=b", "whsec_1")

    @pytest.mark.parametrize("text", ["http://x.example/hook", "x=whsec_1", "http://x.example/hook=secret"])
    def test_refuses_anything_else(self, text):
        with pytest.raises(Exception, match="URL="):
            webhook(text)
