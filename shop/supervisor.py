"""``shop run``: the server, the worker and the stand-in as children that live and die together."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from urllib.error import URLError

from shop.core.config import SANDBOX_WEBHOOK_SECRET, Settings

ROOT = Path(__file__).resolve().parent.parent
THREADS = 32
START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 15
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StartFailed(Exception):
    """A child did not come up; the text says which and what to look at."""


@dataclass
class Supervisor:
    """Starts children, waits for any to end, and ends the others."""

    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, command: Sequence[str], environ: dict[str, str]) -> None:
        """Start a child in its own session, so that Ctrl-C reaches it only through us."""
        with _stop_held_back():
            self.children[name] = subprocess.Popen(command, env=environ, cwd=ROOT, start_new_session=True)  # noqa: S603

    def wait_until_answering(self, name: str, url: str) -> None:
        """Wait until ``url`` answers; StartFailed when the child ends or the time is up."""
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            if self.children[name].poll() is not None:
                raise StartFailed(f"{name} ended with status {self.children[name].returncode} while starting")
            try:
                with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own http address
                    return
            except (URLError, OSError):
                time.sleep(0.1)
        raise StartFailed(f"{name} did not answer at {url} within {START_TIMEOUT_S} s")

    def wait_until_one_ends(self) -> int:
        """Return the status, never 0, of the first child that ends by itself."""
        while True:
            for name, child in self.children.items():
                if (status := child.poll()) is not None:
                    print(f"{name} ended with status {status}; stopping the others", file=sys.stderr)
                    return status or 1
            time.sleep(0.2)

    def stop(self) -> None:
        """End every child and what it started, politely first."""
        _set_signals(signal.SIG_IGN)
        for child in self.children.values():
            # Only the child: a server process that ends before the server has heard of it is replaced by a new one.
            child.terminate()
        deadline = time.monotonic() + STOP_TIMEOUT_S
        for child in self.children.values():
            with suppress(subprocess.TimeoutExpired):
                child.wait(max(0.1, deadline - time.monotonic()))
            # Also when the child itself has ended: it may have left processes of its own.
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()


class Stopped(BaseException):
    """Raised by a signal to stop, so that whatever waits ends at once."""


def _set_signals(action: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
    for number in STOP_SIGNALS:
        signal.signal(number, action)


def _stop(_number: int, _frame: FrameType | None) -> None:
    _set_signals(signal.SIG_IGN)  # an impatient second Ctrl-C must not break the stopping off
    raise Stopped


@contextmanager
def _stop_held_back() -> Iterator[None]:
    """Let a signal to stop wait for the end of the body: nobody could end a child that is not noted yet."""
    came: list[int] = []
    _set_signals(lambda number, _frame: came.append(number))
    try:
        yield
    finally:
        _set_signals(_stop)
    if came:
        _stop(came[0], None)


def server_command(host: str, port: int, workers: int) -> list[str]:
    """Return the command of the HTTP server: a worker process a core, each with 32 threads."""
    options = ["--interface", "wsgi", "--host", host, "--port", str(port), "--workers", str(workers)]
    tuning = ["--blocking-threads", str(THREADS), "--backlog", "2048", "--log-level", "error", "--no-ws"]
    # A process that dies (the system was short of memory) is replaced while the others go on.
    tuning.append("--respawn-failed-workers")
    # One that is told to stop while it is still starting does not hear it.
    tuning += ["--workers-kill-timeout", str(STOP_TIMEOUT_S // 3)]
    return [sys.executable, "-m", "granian", *options, *tuning, "wsgi:app"]


@contextmanager
def running(
    settings: Settings, *, host: str, port: int, workers: int, sandbox_port: int
) -> Iterator[Supervisor]:
    """Run everything that the main job needs; the body starts when it answers, nothing is left at its end.

    StartFailed says what did not come up. Ctrl-C, SIGTERM and a closed terminal raise Stopped.
    """
    environ = {**os.environ, "DATA_DIR": str(settings.data_dir.resolve())}
    supervisor = Supervisor()
    _set_signals(_stop)
    try:
        if settings.uses_sandbox:
            hook = f"http://{reachable(host)}:{port}/stripe/webhook={SANDBOX_WEBHOOK_SECRET}"
            base = [sys.executable, "-m", "shop.sandbox", "--host", host, "--port", str(sandbox_port)]
            books = [
                "--database",
                str(settings.data_dir.resolve() / "sandbox.db"),
                "--webhook",
                hook,
                "--quiet",
            ]
            supervisor.start("stand-in", [*base, *books], environ)
        supervisor.start("server", server_command(host, port, workers), environ)
        supervisor.start("worker", [sys.executable, "-m", "shop.cli", "worker"], environ)
        supervisor.wait_until_answering("server", f"http://{reachable(host)}:{port}/healthz")
        if settings.uses_sandbox:
            supervisor.wait_until_answering("stand-in", f"http://{reachable(host)}:{sandbox_port}/healthz")
        yield supervisor
    finally:
        supervisor.stop()


def reachable(host: str) -> str:
    """Return an address at which a server bound to ``host`` answers on this machine."""
    return "127.0.0.1" if host in ("0.0.0.0", "") else host  # noqa: S104 - compared, not bound
