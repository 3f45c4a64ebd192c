"""Finds a Chromium for the browser tests, installing Debian's where that is possible.

``python -m tools.browser`` ends with status 1 and one clear line when there is none. The tests take
the path from ``find_chromium()``; ``VITRINE_CHROMIUM`` names another one.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
FAILURE = "The browser tests need Chromium: install it (Debian: apt-get install chromium) or name one in VITRINE_CHROMIUM."


def find_chromium() -> str | None:
    """Return the path of a Chromium: the named one, the system's, or Playwright's own."""
    named = os.environ.get("VITRINE_CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    for name in NAMES:
        if path := shutil.which(name):
            return path
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    found = sorted(cache.glob("chromium-*/chrome-*/chrome"))
    return str(found[-1]) if found else None


def starting_problem(path: str) -> str | None:
    """Return in one line why the browser at ``path`` does not start (a missing library, say), or None."""
    command = [path, *ARGUMENTS, "--headless", "--dump-dom", "about:blank"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    lines = done.stderr.strip().splitlines()
    return None if done.returncode == 0 else (lines[-1] if lines else f"status {done.returncode}")


def install_chromium() -> None:
    """Try the system's packages (as root), then Playwright's download; failures show in their output."""
    if shutil.which("apt-get") and os.geteuid() == 0:
        environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], env=environ, check=False)
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "chromium"], env=environ, check=False, stdout=sys.stderr
        )
    if find_chromium() is None:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def main() -> int:
    """Make sure that a browser is there; say in one line when it is not."""
    if find_chromium() is None:
        print("No Chromium found; fetching one …", file=sys.stderr)
        install_chromium()
    path = find_chromium()
    if path is None:
        print(FAILURE, file=sys.stderr)
        return 1
    problem = starting_problem(path)
    print(f"Chromium: {path}" if problem is None else f"{path} does not start: {problem}", file=sys.stderr)
    return 0 if problem is None else 1


if __name__ == "__main__":
    raise SystemExit(main())
