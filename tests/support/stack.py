"""The whole of it as a visitor meets it: server processes, worker and stand-in on free ports."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]
START_TIMEOUT_S = 90


@dataclass(frozen=True)
class Stack:
    """Where a running Vitrine answers and keeps its data."""

    shop: str
    sandbox: str
    database_url: str
    data_dir: Path

    def pay(self, checkout_url: str, card: str = "4242424242424242") -> httpx.Response:
        """Pay the session behind ``checkout_url`` without a browser."""
        session_id = checkout_url.rstrip("/").rsplit("/", 1)[-1].split("#")[0].split("?")[0]
        return httpx.post(
            f"{self.sandbox}/_sandbox/sessions/{session_id}/payment", json={"card": card}, timeout=30
        )


_given: set[int] = set()


def free_port() -> int:
    """Return a port that nobody listens on just now, another one each time: the system may offer one twice."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if port not in _given:
            _given.add(port)
            return port


@contextmanager
def running_stack(database_url: str, data_dir: Path, *, workers: int = 1, **environ: str) -> Iterator[Stack]:
    """Run ``shop run`` over ``database_url``; all its processes are gone at the end."""
    port, sandbox_port = free_port(), free_port()
    stack = Stack(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{sandbox_port}", database_url, data_dir)
    env = {
        **{name: value for name, value in os.environ.items() if not name.startswith("STRIPE_")},
        "DATA_DIR": str(data_dir),
        "DATABASE_URL": database_url,
        "SANDBOX_PORT": str(sandbox_port),
        "SECRET_KEY": "test-secret-key-that-is-long-enough-for-it",
        "TEST_MODE_ROOMS": "1",
        "RATE_LIMITS": "0",
        "LOG_LEVEL": "WARNING",
        **environ,
    }
    log = (data_dir / "stack.log").open("wb")
    command = [sys.executable, "-m", "shop.cli", "run", "--port", str(port), "--workers", str(workers)]
    process = subprocess.Popen(command, env=env, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
    try:
        _wait_until_ready(process, stack)
        yield stack
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        log.close()


def _wait_until_ready(process: subprocess.Popen[bytes], stack: Stack) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            if httpx.get(f"{stack.shop}/readyz", timeout=2).status_code == httpx.codes.OK:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    raise RuntimeError(
        f"the stack did not start:\n{(stack.data_dir / 'stack.log').read_text(errors='replace')[-4000:]}"
    )
