"""The stand-in of our own side, in memory and on a free port, for as long as the conversation takes."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

START_TIMEOUT_S, STOP_TIMEOUT_S = 60, 15


class StartFailed(Exception):
    """The stand-in did not come up."""


@contextmanager
def running_stand_in() -> Iterator[str]:
    """Run a stand-in and yield its origin; it is gone at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "shop.sandbox", "--port", str(port), "--database", ":memory:", "--quiet"]
    # A session of its own: Ctrl-C reaches it only through us.
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)  # noqa: S603
    origin = f"http://127.0.0.1:{port}"
    try:
        _wait(process, origin)
        yield origin
    finally:
        process.terminate()
        try:
            process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], origin: str) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise StartFailed(f"the stand-in ended with status {process.returncode} while starting")
        try:
            if httpx.get(f"{origin}/healthz", timeout=2).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise StartFailed(f"the stand-in did not answer within {START_TIMEOUT_S} s")
