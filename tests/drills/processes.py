"""The processes of a crash drill: server, worker and stand-in, killed from here and started again.

The drill arms kill points in a directory (``shop/core/kill_points.py``); a process that stops at one is
found here by its marker, gets SIGKILL, and what it belonged to is started again.
"""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from shop.core.config import SANDBOX_WEBHOOK_SECRET
from shop.core.kill_points import ARMED, PASSED, STOPPED
from shop.supervisor import server_command
from tests.drills.turned_clock import DrillClock
from tests.support.stack import ROOT, free_port

PATIENCE_S = 90
LOOK_S = 0.02


@dataclass(frozen=True)
class Kill:
    """One process that was killed, and where it stood."""

    point: str
    service: str
    pid: int


@dataclass
class Crew:
    """The running processes. ``problems`` collects what went wrong with themselves."""

    environ: dict[str, str]
    folder: Path
    port: int
    sandbox_port: int
    clock: DrillClock
    services: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    kills: list[Kill] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    are_webhooks_held: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)
    is_over: threading.Event = field(default_factory=threading.Event)

    @property
    def shop(self) -> str:
        """The shop's origin."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def sandbox(self) -> str:
        """The stand-in's origin."""
        return f"http://127.0.0.1:{self.sandbox_port}"

    @property
    def points(self) -> Path:
        """Where kill points are armed."""
        return self.folder / "points"

    # Starting

    def start(self, name: str) -> None:
        """Start a service, in a session of its own so that all of it can be ended."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.services[name] = subprocess.Popen(
                self._command(name), env=self.environ, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT,
                start_new_session=True,
            )  # fmt: skip

    def _command(self, name: str) -> list[str]:
        if name == "server":
            return [*server_command("127.0.0.1", self.port, 2)[:-1], "tests.drills.entry:app"]
        if name == "worker":
            return [sys.executable, "-m", "tests.drills.entry"]
        hook = f"{self.shop}/stripe/webhook={SANDBOX_WEBHOOK_SECRET}"
        base = [sys.executable, "-m", "shop.sandbox", "--port", str(self.sandbox_port)]
        return [*base, "--database", str(self.folder / "sandbox.db"), "--webhook", hook]

    def wait_until_answering(self) -> None:
        """Wait until the shop and the stand-in answer."""
        for url in (f"{self.shop}/readyz", f"{self.sandbox}/healthz"):
            deadline = time.monotonic() + PATIENCE_S
            while time.monotonic() < deadline:
                with suppress(httpx.HTTPError):
                    if httpx.get(url, timeout=5).status_code == 200:
                        break
                time.sleep(0.1)
            else:
                raise RuntimeError(f"no answer from {url}:\n{self.log_tail()}")

    def log_tail(self) -> str:
        """Return the end of every service's log."""
        return "\n".join(
            f"--- {path.name}\n{path.read_text(errors='replace')[-3000:]}"
            for path in sorted(self.folder.glob("*.log"))
        )

    # Killing

    def arm(self, point: str, passing: int = 1) -> None:
        """Have the process killed that passes ``point`` for the ``passing``-th time from now."""
        (self.points / ARMED / f"{point}@{passing}").touch()

    def disarm(self) -> list[str]:
        """Take back what is still armed; return those points."""
        left = list((self.points / ARMED).iterdir())
        for path in left:
            path.unlink(missing_ok=True)
        return [path.name.rpartition("@")[0] for path in left]

    def passed(self) -> set[str]:
        """Return the points that any process has passed since the start."""
        return {path.name for path in (self.points / PASSED).iterdir()}

    def is_someone_stopped(self) -> bool:
        """Tell whether a process waits at a kill point at this moment."""
        return any((self.points / STOPPED).iterdir())

    def reap(self) -> None:
        """Kill whoever has stopped at a kill point and start it again, until the drill is over."""
        while not self.is_over.wait(LOOK_S):
            for marker in list((self.points / STOPPED).iterdir()):
                point, _, pid = marker.name.rpartition("@")
                self._kill(point, int(pid))
                marker.unlink()
            with self.lock:
                for name, process in list(self.services.items()):
                    if process.poll() is not None and not self.is_over.is_set():
                        if not any(kill.service == name for kill in self.kills):
                            self.problems.append(f"the {name} ended by itself with {process.returncode}")
                        _end_group(process)
                        self.start(name)

    def restart(self, name: str) -> None:
        """Kill a service and start it anew, as it is set up now."""
        with self.lock:
            _end_group(self.services[name])
            self.start(name)

    def _kill(self, point: str, pid: int) -> None:
        service = next((name for name, one in self.services.items() if _is_of(pid, one.pid)), None)
        if service is None:
            # Two threads of one process had stopped: it died at both points.
            died = next((kill for kill in reversed(self.kills) if kill.pid == pid), None)
            if died is not None:
                self.kills.append(Kill(point, died.service, pid))
            else:
                self.problems.append(f"{point}: process {pid} is none of ours")
            return
        os.kill(pid, signal.SIGKILL)
        self.kills.append(Kill(point, service, pid))
        if pid == self.services[service].pid:
            self.services[service].wait()

    # Time

    def advance_ours(self, minutes: float) -> None:
        """Turn the shop's clock forwards."""
        self.clock.advance(minutes * 60)

    def advance_theirs(self, minutes: float) -> None:
        """Turn the stand-in's clock forwards."""
        httpx.post(
            f"{self.sandbox}/_sandbox/clock", json={"advance": minutes * 60}, timeout=60
        ).raise_for_status()

    def hold_webhooks(self, *, is_held: bool) -> None:
        """Let the stand-in keep its webhooks back, or send them again."""
        self.are_webhooks_held = is_held
        word = "pause" if is_held else "resume"
        httpx.post(f"{self.sandbox}/_sandbox/webhooks/{word}", json={}, timeout=60).raise_for_status()

    def stop(self) -> None:
        """End all processes."""
        self.is_over.set()
        for process in self.services.values():
            _end_group(process)


def _is_of(pid: int, leader: int) -> bool:
    """Tell whether ``pid`` is ``leader`` or was started by it: services are sessions of their own."""
    try:
        return os.getsid(pid) == leader
    except ProcessLookupError:
        return False


def _end_group(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def running_crew(database_url: str, folder: Path, **environ: str) -> Iterator[Crew]:
    """Run server, worker and stand-in over ``database_url``, ready to be killed; none is left at the end."""
    port, sandbox_port = free_port(), free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("STRIPE_", "SMTP_"))}
    crew = Crew(
        environ={
            **kept,
            "DATA_DIR": str(folder / "data"),
            "DATABASE_URL": database_url,
            "DATABASE_POOL_SIZE": "12",
            "SANDBOX_PORT": str(sandbox_port),
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "SECRET_KEY": "test-secret-key-that-is-long-enough-for-it",
            "RATE_LIMITS": "0",
            "LOG_LEVEL": "WARNING",
            "KILL_POINTS_DIR": str(folder / "points"),
            "DRILL_CLOCK": str(folder / "clock"),
            **environ,
        },
        folder=folder,
        port=port,
        sandbox_port=sandbox_port,
        clock=DrillClock(folder / "clock"),
    )
    for name in (ARMED, STOPPED, PASSED):
        (crew.points / name).mkdir(parents=True)
    reaper = threading.Thread(target=crew.reap, name="reaper", daemon=True)
    try:
        for name in ("stand-in", "server", "worker"):
            crew.start(name)
        crew.wait_until_answering()
        reaper.start()
        yield crew
    finally:
        crew.is_over.set()
        if reaper.ident is not None:
            reaper.join(PATIENCE_S)
        crew.stop()
        shutil.rmtree(folder / "data", ignore_errors=True)
