"""The shop under load: server, worker and stand-in as processes of their own, and what they weigh."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from shop.core.config import SANDBOX_WEBHOOK_SECRET
from shop.supervisor import server_command
from tools.bench.stack import free_port, shop_environ

ROOT = Path(__file__).resolve().parents[2]
START_TIMEOUT_S = 120
STOP_TIMEOUT_S = 20
WORKERS = os.cpu_count() or 1


@dataclass(frozen=True)
class Serving:
    """A running shop: its ports and its processes by name (``server 1`` is a worker of the server)."""

    port: int
    sandbox_port: int
    pids: dict[str, int]
    folder: Path

    def memory_mb(self) -> dict[str, float]:
        """Return each process's own memory: what it shares with no other, pages swapped out included."""
        return {name: _private_kb(pid) / 1024 for name, pid in self.pids.items()}


@contextmanager
def serving(database_url: str, folder: Path) -> Iterator[Serving]:
    """Run the whole shop over a migrated database; nothing of it is left at the end."""
    port, sandbox_port = free_port(), free_port()
    environ = {
        **shop_environ(database_url, folder),
        "SANDBOX_PORT": str(sandbox_port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
    }
    hook = f"http://127.0.0.1:{port}/stripe/webhook={SANDBOX_WEBHOOK_SECRET}"
    books = ["--database", str(folder / "sandbox.db"), "--webhook", hook]
    commands = {
        "stand-in": [sys.executable, "-m", "shop.sandbox", "--port", str(sandbox_port), *books],
        "server": [*server_command("127.0.0.1", port, WORKERS)[:-1], "tools.load.counted:app"],
        "worker": [sys.executable, "-m", "shop.cli", "worker"],
    }
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in commands.items():
            with (folder / f"{name}.log").open("wb") as log:
                running[name] = subprocess.Popen(
                    command, env=environ, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
                )  # fmt: skip
        for url in (f"http://127.0.0.1:{port}/readyz", f"http://127.0.0.1:{sandbox_port}/healthz"):
            _wait_until_answering(url, folder)
        pids = {name: process.pid for name, process in running.items() if name != "server"}
        workers = _children(running["server"].pid)
        pids |= {f"server {number}": pid for number, pid in enumerate(workers, start=1)}
        yield Serving(port, sandbox_port, pids, folder)
    finally:
        for process in running.values():
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(STOP_TIMEOUT_S)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _wait_until_answering(url: str, folder: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        with suppress(OSError), urllib.request.urlopen(url, timeout=2):
            return
        time.sleep(0.2)
    told = "\n".join(path.read_text(errors="replace")[-2000:] for path in folder.glob("*.log"))
    raise RuntimeError(f"no answer from {url}:\n{told}")


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task")
    return [int(child) for task in tasks.iterdir() for child in (task / "children").read_text().split()]


def _private_kb(pid: int) -> int:
    kinds = ("Private_Clean:", "Private_Dirty:", "Swap:")
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith(kinds))
