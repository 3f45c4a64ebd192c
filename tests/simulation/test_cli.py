"""``shop simulate`` writes all of its files or none."""

import json
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from shop.simulation.cli import INTERRUPTED, simulate_command, write_docs
from shop.simulation.running import Task, gather
from tests.simulation.conftest import TINY


@pytest.fixture(scope="module")
def data(small: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(gather([Task(2026, TINY)], [small], small)))
    return found


def interrupt_the_run() -> None:
    """Press Ctrl-C once the run's processes are at work, again and again until it is heard: while they start it is not."""
    processes = os.cpu_count() or 1
    deadline = time.monotonic() + 120
    while len(multiprocessing.active_children()) < processes and time.monotonic() < deadline:
        time.sleep(0.05)
    while multiprocessing.active_children():
        signal.raise_signal(signal.SIGINT)
        time.sleep(1.0)


@pytest.fixture
def hears_interrupts() -> Iterator[None]:
    """Hear Ctrl-C as a terminal's foreground does: what a shell starts behind itself is deaf to it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


class TestSimulateCommand:
    @pytest.mark.usefixtures("hears_interrupts")
    def test_writes_nothing_when_it_is_stopped(self, tmp_path: Path) -> None:
        stop = threading.Thread(target=interrupt_the_run)
        stop.start()

        result = CliRunner().invoke(simulate_command, ["--seeds", "1", "--write", str(tmp_path)])
        stop.join()

        assert result.exit_code == INTERRUPTED
        assert "nothing was written" in result.output
        assert list(tmp_path.rglob("*")) == []

    def test_redraws_page_and_charts_from_kept_figures(self, tmp_path: Path, data: dict[str, Any]) -> None:
        write_docs(tmp_path, data)
        before = (tmp_path / "simulation.md").read_text()
        (tmp_path / "simulation.md").write_text("lost")

        result = CliRunner().invoke(simulate_command, ["--redraw", "--write", str(tmp_path)])

        assert result.exit_code == 0, result.output
        assert (tmp_path / "simulation.md").read_text() == before

    def test_says_when_there_is_nothing_to_redraw(self, tmp_path: Path) -> None:
        result = CliRunner().invoke(simulate_command, ["--redraw", "--write", str(tmp_path)])

        assert result.exit_code == 1
        assert "No run was written" in result.output

    @pytest.mark.parametrize("text", ["", "[]", "{", '{"version": 0}'])
    def test_says_when_what_was_kept_is_of_no_run_of_this_version(self, tmp_path: Path, text: str) -> None:
        (tmp_path / "images").mkdir()
        (tmp_path / "images" / "simulation.json").write_text(text)

        result = CliRunner().invoke(simulate_command, ["--redraw", "--write", str(tmp_path)])

        assert result.exit_code == 1
        assert "not of a run of this version" in result.output

    @pytest.mark.parametrize("folder", ["/proc/none", "/dev/null/docs"])
    def test_says_before_the_run_that_a_folder_cannot_be_written_to(self, folder: str) -> None:
        result = CliRunner().invoke(simulate_command, ["--write", folder])

        assert result.exit_code == 1
        assert f"{folder} cannot be written to" in result.output

    def test_says_that_the_files_cannot_be_put_in_place(self, tmp_path: Path, data: dict[str, Any]) -> None:
        write_docs(tmp_path, data)
        (tmp_path / "simulation.md.new").mkdir()

        result = CliRunner().invoke(simulate_command, ["--redraw", "--write", str(tmp_path)])

        assert result.exit_code == 1
        assert "cannot be written to" in result.output


class TestWriteDocs:
    def test_leaves_the_old_files_when_one_cannot_be_written(
        self, tmp_path: Path, data: dict[str, Any]
    ) -> None:
        write_docs(tmp_path, data)
        (tmp_path / "simulation.md.new").mkdir()
        changed = {**data, "seeds": [1, 2]}

        with pytest.raises(OSError, match="simulation"):
            write_docs(tmp_path, changed)

        assert json.loads((tmp_path / "images" / "simulation.json").read_text())["seeds"] == data["seeds"]
