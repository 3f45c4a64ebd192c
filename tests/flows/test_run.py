"""``shop run``: everything up together, everything gone together, and a taken port told in one line."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from shop import supervisor
from tests.conftest import make_settings
from tests.support.stack import ROOT, free_port

TIMEOUT_S = 90


class RunningShop:
    """A ``shop run`` in a process group of its own, as a terminal would start it."""

    def __init__(self, data_dir: Path, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self._log = data_dir / "run.log"
        environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("STRIPE_")},
            "DATA_DIR": str(data_dir),
            "DATABASE_URL": f"sqlite:///{data_dir / 'vitrine.db'}",
            "SANDBOX_PORT": str(free_port()),
            "LOG_LEVEL": "WARNING",
        }
        command = [sys.executable, "-m", "shop.cli", "run", "--port", str(port), "--workers", "2"]
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                command,
                env=environ,
                cwd=ROOT,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def said(self) -> str:
        """Return what it wrote so far."""
        return self._log.read_text(errors="replace")

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Wait until ``condition`` holds; fail with the log when the shop ends first."""
        deadline = time.monotonic() + TIMEOUT_S
        while not condition():
            if self.process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"it did not come to that:\n{self.said()[-3000:]}", pytrace=False)
            time.sleep(0.05)

    def answers(self) -> bool:
        """Tell whether the shop is ready to serve."""
        try:
            return httpx.get(f"{self.address}/readyz", timeout=5).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False


@contextmanager
def running_shop(data_dir: Path) -> Iterator[RunningShop]:
    """Start a shop on a free port; whatever the test did, none of its processes stays."""
    shop = RunningShop(data_dir, free_port())
    family: dict[int, str] = {}
    try:
        yield shop
    finally:
        if shop.process.poll() is None:
            family = descendants(shop.process.pid)
            shop.process.kill()
            shop.process.wait()
        for pid, started in family.items():
            if _started(pid) == started:
                os.kill(pid, signal.SIGKILL)


def descendants(root: int) -> dict[int, str]:
    """Return the processes below ``root``, each with the tick at which it started (pids come again)."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and (fields := _stat(int(entry.name))):
            parents[int(entry.name)] = int(fields[1])
    found, grown = {root}, True
    while grown:
        grown = False
        for pid, parent in parents.items():
            if parent in found and pid not in found:
                found.add(pid)
                grown = True
    return {pid: started for pid in found - {root} if (started := _started(pid))}


def _stat(pid: int) -> list[str]:
    """Return the fields of a process from its state on, [] when it is gone or only waits to be reaped."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [] if fields[0] in ("Z", "X") else fields


def _started(pid: int) -> str:
    fields = _stat(pid)
    return fields[19] if fields else ""


def _alive(family: dict[int, str]) -> list[int]:
    return [pid for pid, started in family.items() if _started(pid) == started]


class TestRun:
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_a_signal_ends_every_process_that_it_started(
        self, tmp_path: Path, number: signal.Signals
    ) -> None:
        with running_shop(tmp_path) as shop:
            shop.wait_until(shop.answers)
            shop.wait_until(lambda: "Vitrine is running" in shop.said())
            family = descendants(shop.process.pid)
            assert len(family) >= 5  # the stand-in, the server and its two workers, the worker

            os.killpg(shop.process.pid, number)

            assert shop.process.wait(30) == 0, shop.said()
            assert _alive(family) == []
            assert "Traceback" not in shop.said()

    def test_a_signal_during_the_start_ends_what_was_started_so_far(self, tmp_path: Path) -> None:
        with running_shop(tmp_path) as shop:
            shop.wait_until(lambda: len(descendants(shop.process.pid)) > 0)
            family = descendants(shop.process.pid)

            os.killpg(shop.process.pid, signal.SIGINT)

            assert shop.process.wait(30) == 0, shop.said()
            assert _alive(family) == []

    def test_a_signal_between_a_childs_birth_and_its_entry_in_the_list_is_no_escape(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        born: list[subprocess.Popen[bytes]] = []

        class Interrupted(subprocess.Popen[bytes]):
            def __init__(self, *args: Any, **options: Any) -> None:
                super().__init__(*args, **options)
                born.append(self)
                os.kill(os.getpid(), signal.SIGTERM)

        before = {number: signal.getsignal(number) for number in supervisor.STOP_SIGNALS}
        monkeypatch.setattr(supervisor.subprocess, "Popen", Interrupted)
        settings = make_settings(f"sqlite:///{tmp_path / 'none.db'}", tmp_path)
        try:
            with (
                pytest.raises(supervisor.Stopped),
                supervisor.running(
                    settings, host="127.0.0.1", port=free_port(), workers=1, sandbox_port=free_port()
                ),
            ):
                pytest.fail("it went on")
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

        assert [child.poll() is None for child in born] == [False]

    def test_when_one_ends_the_others_are_stopped(self, tmp_path: Path) -> None:
        with running_shop(tmp_path) as shop:
            shop.wait_until(shop.answers)
            shop.wait_until(lambda: "Vitrine is running" in shop.said())
            family = descendants(shop.process.pid)
            worker = next(pid for pid in family if b"worker\0" in Path(f"/proc/{pid}/cmdline").read_bytes())

            os.kill(worker, signal.SIGKILL)

            assert shop.process.wait(30) != 0
            assert "worker ended with status -9; stopping the others" in shop.said()
            assert _alive(family) == []

    def test_tells_a_taken_port_in_one_line(self, tmp_path: Path) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]

            shop = RunningShop(tmp_path, port)

            assert shop.process.wait(60) == 1
            assert shop.said() == f"Error: Port {port} is taken; choose another with PORT=… or --port.\n"
            assert not (tmp_path / "vitrine.db").exists()
