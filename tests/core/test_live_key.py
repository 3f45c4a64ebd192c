"""A live key is refused by every command and by the web server, in one sentence, unless it is meant."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from shop.cli import main
from tests.support.stack import ROOT, free_port

KEY = "sk_live_of_nobody"
# Named here so that they are taken back: `shop run` sets them for its children.
SET_BY_RUN = {"PUBLIC_URL": "http://127.0.0.1:8000", "SANDBOX_PORT": str(free_port())}
ARGUMENTS = {
    ("run",): ["--port", "{port}"],
    ("create-admin",): ["--email", "a@example.com", "--name", "Ada", "--password", "long-enough-for-it"],
    ("import",): [str(Path(__file__)), "--page", "lamps"],
    ("friends", "import"): [str(Path(__file__))],
    ("followers", "import"): [str(Path(__file__)), "--page", "lamps"],
    ("posts", "import"): [str(Path(__file__)), "--page", "lamps"],
    ("moderation", "show"): ["1"],
    ("moderation", "decide"): ["1", "keep"],
    ("moderation", "reopen"): ["1"],
}
# The stand-in has no key of its own (it refuses live ones itself); parity refuses even those that are allowed;
# the evaluation of the feed and the check of a draw read the files that they are given and nothing else, and the
# simulation lives in a folder of its own.
WITHOUT_SETTINGS = {("sandbox",), ("feed", "evaluate"), ("contest", "check"), ("simulate",)}


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        elif (*path, name) not in WITHOUT_SETTINGS:
            yield (*path, name)


class TestCommand:
    @pytest.mark.parametrize("path", list(commands(main)), ids=" ".join)
    def test_refuses_a_live_key(self, path: tuple[str, ...], tmp_path: Path) -> None:
        arguments = [one.format(port=free_port()) for one in ARGUMENTS.get(path, [])]
        environ = {
            "STRIPE_SECRET_KEY": KEY,
            "STRIPE_ALLOW_LIVE_KEY": None,
            "DATA_DIR": str(tmp_path),
            **SET_BY_RUN,
        }
        told = CliRunner().invoke(main, [*path, *arguments], env=environ)
        assert told.exit_code == 1
        assert "live key" in told.output
        assert KEY not in told.output
        assert list(tmp_path.iterdir()) == []

    def test_refuses_the_rooms_of_test_mode_with_a_live_key_that_is_meant(self, tmp_path: Path) -> None:
        environ = {
            **SET_BY_RUN, "STRIPE_SECRET_KEY": KEY, "STRIPE_ALLOW_LIVE_KEY": "1", "TEST_MODE_ROOMS": "1", "DATA_DIR": str(tmp_path),
        }  # fmt: skip
        told = CliRunner().invoke(main, ["run", "--port", str(free_port())], env=environ)
        assert told.exit_code == 1
        assert "TEST_MODE_ROOMS" in told.output
        assert "never with a live key" in told.output


class TestWebServer:
    def test_ends_with_the_sentence_alone(self, tmp_path: Path) -> None:
        environ = {**os.environ, "STRIPE_SECRET_KEY": KEY, "DATA_DIR": str(tmp_path)}
        told = subprocess.run(
            [sys.executable, "-c", "import wsgi"], env=environ, cwd=ROOT, capture_output=True, text=True,
            check=False, timeout=60,
        )  # fmt: skip
        assert told.returncode == 1
        assert "a live key moves real money and is refused" in told.stderr
        assert "Traceback" not in told.stderr
