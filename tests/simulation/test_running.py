"""Whole worlds: what follows from the seed, and what bought likes do by the world's own workings."""

import multiprocessing
from dataclasses import replace
from typing import Any

import pytest

from shop.simulation.figures import judged_of
from shop.simulation.measures import Measure
from shop.simulation.people import Kind
from shop.simulation.running import Task, days_of, run_all, run_world
from tests.simulation.conftest import BOUGHT, TINY


class TestRunWorld:
    def test_gives_the_same_figures_for_the_same_seed(self, tiny: dict[str, Any]) -> None:
        again = run_world(Task(7, TINY, BOUGHT))

        assert again == tiny

    def test_gives_other_figures_for_another_seed(self, tiny: dict[str, Any]) -> None:
        other = run_world(Task(8, TINY, (Measure.NOTHING,)))

        assert other["pages"]["nothing"]["weeks"] != tiny["pages"]["nothing"]["weeks"]

    def test_lets_twins_live_alike_until_one_does_something(self, small: dict[str, Any]) -> None:
        first_weeks = {page["weeks"]["engagement"][0] for page in small["pages"].values()}

        assert len(first_weeks) == 1

    def test_lowers_engagement_and_reach_where_likes_were_bought(self, small: dict[str, Any]) -> None:
        pages = small["pages"]

        for name in ("engagement", "reach"):
            assert pages["burst"][name] < pages["stealth"][name] < pages["nothing"][name]
        assert pages["burst"]["weight"] < pages["nothing"]["weight"]
        assert pages["burst"]["active_bought"] < 0.01

    def test_lowers_no_reach_where_the_feed_tests_nothing(self) -> None:
        untested = run_world(Task(7, replace(TINY, has_test=False), BOUGHT, "untested"))["pages"]

        assert untested["burst"]["reach"] == untested["nothing"]["reach"]
        assert untested["burst"]["engagement"] < untested["nothing"]["engagement"]

    def test_lowers_no_reach_where_farms_are_not_in_the_test(self) -> None:
        unserved = run_world(Task(7, replace(TINY, bots_are_served=False), BOUGHT, "unserved"))["pages"]

        assert unserved["burst"]["reach"] == unserved["nothing"]["reach"]

    def test_finds_a_burst_and_leaves_friends_alone(self, small: dict[str, Any]) -> None:
        flags = small["pages"]["burst"]["flags"]

        assert (judged_of(flags)["recall"] or 0.0) > 0.95
        for kind in (Kind.ALONE, Kind.GROUP, Kind.CIRCLE):
            number, flagged = flags[kind.name]
            assert number > 20
            assert flagged <= 0.01 * number

    def test_holds_a_contest_and_a_coupon_by_the_shops_own_code(self, small: dict[str, Any]) -> None:
        contest, coupon = small["pages"]["contest"], small["pages"]["coupon"]

        assert contest["entries"] > 10
        assert contest["cost"] == 18000 + 490
        assert coupon["with_coupon"] > 0
        assert 0 < coupon["cost"] < coupon["revenue"]

    def test_is_seen_alike_by_the_house_itself(self, small: dict[str, Any]) -> None:
        checked = small["checked"]

        assert checked["same_scores"] == checked["feeds"] > 20
        assert checked["same_flags"] >= 0.99 * checked["likes"] > 100


class TestRunAll:
    def test_stops_all_processes_when_it_is_interrupted(self) -> None:
        def interrupt(_days: int) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            run_all([Task(7, TINY, BOUGHT)], processes=1, report=interrupt)

        assert multiprocessing.active_children() == []


class TestDaysOf:
    def test_counts_the_days_of_all_pages_and_of_the_small_world(self) -> None:
        assert days_of([Task(7, TINY, BOUGHT)]) == 14 + 2 * 28 + (21 + 5 * 45)
