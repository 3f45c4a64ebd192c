"""Kill points: free when off, and each name in the registry stands in the code."""

import multiprocessing
import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from shop.core import kill_points
from shop.core.config import ConfigurationError, load_settings
from shop.core.kill_points import POINTS, arm, disarm, reach

SHOP = Path(kill_points.__file__).parents[1]
CALL = re.compile(r"\breach\(\"([a-z_.]+)\"\)")


@pytest.fixture
def points(tmp_path: Path) -> Iterator[Path]:
    arm(tmp_path)
    yield tmp_path
    disarm()


def pass_by(directory: Path, times: int) -> None:
    """What a process of a drill does: it passes a point so often, then writes that it got through."""
    arm(directory)
    for _ in range(times):
        reach("job.claimed")
    (directory / "got_through").touch()


class TestRegistry:
    def test_is_what_the_code_names(self) -> None:
        named = {
            name
            for path in SHOP.rglob("*.py")
            for name in CALL.findall(path.read_text())
            if path.name != "kill_points.py"
        }
        assert named == set(POINTS)


class TestReach:
    def test_does_nothing_when_no_drill_is_on(self) -> None:
        reach("job.claimed")
        reach("no such point")

    def test_notes_what_was_passed(self, points: Path) -> None:
        reach("job.claimed")
        assert [path.name for path in (points / "passed").iterdir()] == ["job.claimed"]

    def test_knows_its_names(self, points: Path) -> None:
        with pytest.raises(KeyError):
            reach("no such point")

    def test_counts_passings_down(self, points: Path) -> None:
        (points / "armed" / "job.claimed@3").touch()
        reach("job.claimed")
        reach("job.handled")
        reach("job.claimed")
        assert [path.name for path in (points / "armed").iterdir()] == ["job.claimed@1"]

    def test_stops_at_the_last_passing_until_it_is_killed(self, points: Path) -> None:
        (points / "armed" / "job.claimed@2").touch()
        process = multiprocessing.get_context("spawn").Process(target=pass_by, args=(points, 5))
        process.start()
        deadline = time.monotonic() + 30
        while not list((points / "stopped").iterdir()) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert [path.name for path in (points / "stopped").iterdir()] == [f"job.claimed@{process.pid}"]
        os.kill(process.pid or 0, signal.SIGKILL)
        process.join()
        assert process.exitcode == -signal.SIGKILL
        assert not (points / "got_through").exists()


class TestSetting:
    @pytest.mark.parametrize(
        ("name", "value"),
        [("STRIPE_SECRET_KEY", "sk_test_x"), ("PUBLIC_URL", "https://shop.example")],
    )
    def test_is_refused_where_anybody_real_could_be(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str
    ) -> None:
        monkeypatch.setenv("DATA_DIR", str(tmp_path))
        monkeypatch.setenv("KILL_POINTS_DIR", str(tmp_path / "points"))
        monkeypatch.setenv(name, value)
        with pytest.raises(ConfigurationError, match="KILL_POINTS_DIR"):
            load_settings()

    def test_is_off_by_itself(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("DATA_DIR", str(tmp_path))
        monkeypatch.delenv("KILL_POINTS_DIR", raising=False)
        assert load_settings().kill_points_dir is None
