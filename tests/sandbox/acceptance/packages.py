"""Other people's Stripe clients, from npm, at versions that are known here: Stripe's SDK for Node, and its CLI."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

# Bumped by hand: the acceptance is of these, not of whatever is newest today.
PACKAGES = {"stripe": "23.1.0", "@stripe/cli": "1.52.0"}
FOLDER = Path(__file__).resolve().parents[3] / ".cache" / "npm"
FAILURE = "The acceptance tests need node and npm (Debian: apt-get install nodejs npm) and, once, a package registry: {why}"


class PackagesMissing(Exception):
    """Node, npm or a package cannot be had here; the text says which and what to do."""


def node_packages() -> Path:
    """Return the node_modules folder with the packages, fetched when they are not there yet.

    Raises:
        PackagesMissing: when they cannot be had.
    """
    found = FOLDER / "node_modules"
    stamp = FOLDER / "installed"
    wanted = " ".join(f"{name}@{version}" for name, version in PACKAGES.items())
    if stamp.is_file() and stamp.read_text() == wanted:
        return found
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise PackagesMissing(FAILURE.format(why=f"there is no {program}"))
    FOLDER.mkdir(parents=True, exist_ok=True)
    command = ["npm", "install", "--prefix", str(FOLDER), "--no-save", "--no-package-lock", "--no-audit", "--no-fund",
               *wanted.split()]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode:
        raise PackagesMissing(FAILURE.format(why=done.stderr.strip()[-500:]))
    stamp.write_text(wanted)
    return found


def cli_program() -> Path:
    """Return Stripe's CLI; PackagesMissing when it cannot be had."""
    found = sorted((node_packages() / "@stripe").glob("cli-*/bin/stripe*"))
    if not found:
        raise PackagesMissing(FAILURE.format(why="npm has no program of @stripe/cli for this machine"))
    return found[0]
