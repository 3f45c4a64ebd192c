"""The mail server of a drill: started, told how to behave, killed."""

import collections
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.support.stack import ROOT, free_port

PATIENCE_S = 30


class PostOffice:
    """A mail server as a process. Its address stays the same over restarts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        (folder / "got").touch()

    @property
    def url(self) -> str:
        """What ``SMTP_URL`` is set to."""
        return f"smtp://127.0.0.1:{self.port}"

    def open(self, manner: str) -> None:
        """Start the server, or start it anew, to behave in ``manner``."""
        self.kill()
        (self.folder / "manner").write_text(manner)
        command = [sys.executable, "-m", "tests.drills.smtp_server", str(self.port), str(self.folder)]
        self._process = subprocess.Popen(command, cwd=ROOT)
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise RuntimeError("the mail server did not start")

    def kill(self) -> None:
        """Kill the server with SIGKILL, whatever it is doing."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def got(self) -> list[tuple[str, str]]:
        """Return (Message-ID, what was done) of every mail whose data arrived, in order."""
        lines = (self.folder / "got").read_text().splitlines()
        return [(line.split(" ")[0], line.split(" ")[1]) for line in lines]

    def counts(self) -> collections.Counter[str]:
        """Return how often each thing was done."""
        return collections.Counter(what for _, what in self.got())

    def wait_for(self, what: str, times: int) -> None:
        """Wait until ``what`` was done that often."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            if self.counts()[what] >= times:
                return
            time.sleep(0.01)
        raise RuntimeError(f"{what} {times} times: {self.got()}")
