"""Servers on free ports for the time of a ``with``: the shop as ``shop run`` starts it, bare Flask, the stand-in."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from shop.supervisor import server_command
from tools.bench.load import Connection, get

ROOT = Path(__file__).resolve().parents[2]
SECRET_KEY = "bench-secret-key-that-is-long-enough-for-it"
START_TIMEOUT_S = 120
STOP_TIMEOUT_S = 30
WORKERS = os.cpu_count() or 1
TICKS = os.sysconf("SC_CLK_TCK")


class DidNotStart(Exception):
    """A server did not answer in time; the text is the end of its log."""


@dataclass(frozen=True)
class Served:
    """A running server: its port, and its processes (the one that listens and its workers)."""

    port: int
    pids: tuple[int, ...]

    def cpu_seconds(self) -> float:
        """Return the processor time that its processes have used up to now."""
        return sum(_cpu_seconds(pid) for pid in self.pids)

    def memory_mb(self) -> float:
        """Return the memory of its processes: the sum of their PSS, which counts shared pages once."""
        return sum(_pss_kb(pid) for pid in self.pids) / 1024


@contextmanager
def running_shop(database_url: str, data_dir: Path) -> Iterator[Served]:
    """Run the whole shop (server, worker, stand-in) over a migrated database."""
    port, sandbox_port = free_port(), free_port()
    environ = {
        **shop_environ(database_url, data_dir),
        "SANDBOX_PORT": str(sandbox_port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
    }
    command = [sys.executable, "-m", "shop.cli", "run", "--port", str(port), "--workers", str(WORKERS)]
    with _running(command, environ, port, "/readyz", data_dir / "shop.log") as process:
        # Granian's own process and the workers that it started; the supervisor started granian.
        [listener] = [pid for pid in _children(process.pid) if "granian" in _command_line(pid)]
        yield Served(port, (listener, *_children(listener)))


@contextmanager
def running_yardstick(folder: Path) -> Iterator[Served]:
    """Run bare Flask on the same server with the same options."""
    port = free_port()
    command = [*server_command("127.0.0.1", port, WORKERS)[:-1], "tools.bench.yardstick:app"]
    environ = {**os.environ, "BENCH_YARDSTICK_DB": str(folder / "yardstick.db")}
    with _running(command, environ, port, "/cards", folder / "yardstick.log") as process:
        yield Served(port, (process.pid, *_children(process.pid)))


@contextmanager
def running_sandbox(folder: Path) -> Iterator[int]:
    """Run the Stripe stand-in alone, with its books on disk; yield its port."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "shop.sandbox",
        "--port",
        str(port),
        "--database",
        str(folder / "books.db"),
    ]
    with _running(command, dict(os.environ), port, "/healthz", folder / "stand-in.log"):
        yield port


def shop_environ(database_url: str, data_dir: Path) -> dict[str, str]:
    """Return the environment of a shop with production's settings, except for limits on one address."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("STRIPE_")}
    return {
        **kept,
        "DATA_DIR": str(data_dir),
        "DATABASE_URL": database_url,
        "SECRET_KEY": SECRET_KEY,
        "RATE_LIMITS": "0",  # all the load comes from one address
        "LOG_LEVEL": "WARNING",
    }


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
def _running(
    command: list[str], environ: Mapping[str, str], port: int, path: str, log_path: Path
) -> Iterator[subprocess.Popen[bytes]]:
    with log_path.open("wb") as log:
        process = subprocess.Popen(  # its own session: Ctrl-C reaches it only through us
            command, env=dict(environ), cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            _wait_until_answering(process, port, path, log_path)
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _wait_until_answering(process: subprocess.Popen[bytes], port: int, path: str, log_path: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            connection = Connection(port)
            status = connection.ask(get(path)).status
            connection.close()
        except OSError:
            status = 0
        if status == 200:  # noqa: PLR2004 - HTTP's own number
            return
        time.sleep(0.2)
    raise DidNotStart(log_path.read_text(errors="replace")[-3000:])


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task")
    return [int(child) for task in tasks.iterdir() for child in (task / "children").read_text().split()]


def _command_line(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _pss_kb(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
