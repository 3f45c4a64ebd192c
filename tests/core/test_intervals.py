"""Intervals of proportions: published examples, and how often they hold."""

from itertools import product
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.core.intervals import newcombe_difference, wilson


class TestWilson:
    @pytest.mark.parametrize(
        ("successes", "trials", "low", "high"),
        # Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3.
        [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
    )
    def test_gives_the_published_intervals(
        self, successes: int, trials: int, low: float, high: float
    ) -> None:
        found = wilson(successes, trials)
        assert (round(found.low, 4), round(found.high, 4)) == (low, high)

    def test_says_nothing_of_nothing(self) -> None:
        assert wilson(0, 0) == (0.0, 0.0, 1.0)

    @pytest.mark.parametrize(("successes", "trials"), [(-1, 3), (4, 3), (1, 0)])
    def test_refuses_what_cannot_be(self, successes: int, trials: int) -> None:
        with pytest.raises(ValueError, match="of"):
            wilson(successes, trials)

    @given(st.integers(0, 10_000), st.integers(0, 10_000))
    def test_holds_the_share_and_stays_inside(self, one: int, more: int) -> None:
        found = wilson(one, one + more)
        assert 0 <= found.low <= found.estimate <= found.high <= 1

    @pytest.mark.parametrize("share", [0.05, 0.3, 0.5, 0.9])
    def test_holds_about_95_times_of_100(self, share: float) -> None:
        trials = 60
        covered = 0.0
        for successes in range(trials + 1):
            found = wilson(successes, trials)
            if found.low <= share <= found.high:
                covered += comb(trials, successes) * share**successes * (1 - share) ** (trials - successes)
        assert 0.92 < covered < 0.99


class TestNewcombeDifference:
    @pytest.mark.parametrize(
        ("one", "other", "low", "high"),
        # Newcombe, Statistics in Medicine 17 (1998) 873-890, table II, method 10.
        [
            ((56, 70), (48, 80), 0.0524, 0.3339),
            ((9, 10), (3, 10), 0.1705, 0.8090),
            ((10, 10), (0, 20), 0.6791, 1.0),
            ((0, 10), (0, 20), -0.1611, 0.2775),
        ],
    )
    def test_gives_the_published_intervals(
        self, one: tuple[int, int], other: tuple[int, int], low: float, high: float
    ) -> None:
        found = newcombe_difference(one, other)
        assert (round(found.low, 4), round(found.high, 4)) == (low, high)

    def test_tells_nothing_while_a_group_is_empty(self) -> None:
        found = newcombe_difference((3, 5), (0, 0))
        assert (found.low, found.high) == (-1.0, 1.0)
        assert not found.excludes_zero

    def test_turns_round_with_its_groups(self) -> None:
        for a, b in product([(3, 20), (9, 10)], repeat=2):
            there, back = newcombe_difference(a, b), newcombe_difference(b, a)
            assert there.low == pytest.approx(-back.high)
            assert there.estimate == pytest.approx(-back.estimate)
