"""docs/simulation.md says what its own figures hold, and these follow from seed and code."""

import json
from pathlib import Path
from typing import Any

import pytest

from shop.simulation.cli import files_of
from shop.simulation.parameters import DEFAULT, SMALL, WORLD_VERSION, digest

DOCS = Path(__file__).parents[2] / "docs"
ANEW = "run `shop simulate --write` anew"


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DOCS / "images" / "simulation.json").read_text(encoding="utf-8"))
    return found


class TestTheWrittenPage:
    def test_is_what_its_figures_give_word_for_word(self, kept: dict[str, Any]) -> None:
        for name, text in files_of(kept).items():
            assert (DOCS / name).read_text(encoding="utf-8") == text, f"{name}: {ANEW}, or with --redraw"

    def test_names_its_version_its_numbers_and_its_seeds(self, kept: dict[str, Any]) -> None:
        text = (DOCS / "simulation.md").read_text(encoding="utf-8")
        first, last = kept["seeds"][0], kept["seeds"][-1]

        assert (
            f"World version {kept['version']}, numbers `{kept['digest']}`, seeds {first} to {last}." in text
        )

    def test_comes_from_the_world_as_it_is_now(self, kept: dict[str, Any]) -> None:
        assert kept["version"] == WORLD_VERSION, ANEW
        assert kept["digest"] == digest(DEFAULT, SMALL), ANEW

    def test_has_a_small_world_that_comes_out_again(
        self, kept: dict[str, Any], small: dict[str, Any]
    ) -> None:
        assert kept["small"] == small, ANEW
