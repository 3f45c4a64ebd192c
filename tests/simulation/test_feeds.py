"""What stands out in a feed, and what a page's tests are worth."""

import datetime as dt
import random

import pytest

from shop.core.fading import affinity_at
from shop.feed.ranking import EdgeKind, page_tie, person_tie, weigh
from shop.simulation.feeds import FRIEND_AFFINITY, KIND, Trials, how_deep, stands_out
from shop.simulation.people import instant


class TestStandsOut:
    def test_agrees_with_the_houses_formula_for_any_post_and_fan(self) -> None:
        source = random.Random(1)

        for _ in range(2000):
            level = None if source.random() < 0.1 else 290 + source.gauss(0, 3)
            minute, age, weight = source.uniform(0, 100_000), source.uniform(0, 4320), source.uniform(0.2, 2)
            answers = [
                (source.choice([EdgeKind.REACTION, EdgeKind.SHARE]), minute - source.uniform(0, 4000))
                for _ in range(source.choice([0, 0, 1, 3]))
            ]
            ties = [
                page_tie(
                    affinity=affinity_at(level, instant(minute)), kind=KIND, weights={KIND: weight},
                    age=dt.timedelta(minutes=age),
                ),
                *(
                    person_tie(
                        kind, account_id=1, affinity=FRIEND_AFFINITY, age=dt.timedelta(minutes=minute - at)
                    )
                    for kind, at in answers
                ),
            ]  # fmt: skip
            value = weigh(ties, 0).value
            for bar in (value * 0.999, value, value * 1.02, source.uniform(0, 4)):
                found = stands_out(bar, level, weight=weight, age_minutes=age, minute=minute, answers=answers)
                assert found is (value > bar)


class TestTestsWeight:
    def test_is_one_for_a_page_that_does_as_usual(self) -> None:
        assert Trials(0.01, [0.01] * 30).weight() == pytest.approx(1.0)

    def test_is_less_the_less_the_tests_bring_and_the_more_there_were(self) -> None:
        a_few, many = Trials(0.01, [0.003] * 5).weight(), Trials(0.01, [0.003] * 30).weight()

        assert many < a_few < 1.0

    def test_is_one_before_anything_is_known(self) -> None:
        assert Trials(None, [0.003]).weight() == 1.0


class TestHowDeep:
    def test_is_one_post_at_least_and_about_the_mean_in_the_mean(self) -> None:
        source = random.Random(1)
        depths = [how_deep(source.random(), 7) for _ in range(20_000)]

        assert min(depths) == 1
        assert 7.0 < sum(depths) / len(depths) < 8.0
