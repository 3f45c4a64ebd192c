"""What a difference between the groups says: simulated pages whose true effect is known."""

import random
from dataclasses import dataclass

import pytest

from shop.core.intervals import wilson
from shop.like_invitations.judging import Uplift, Verdict, always_valid_half_width, judge

SEEDS = 400


@dataclass(frozen=True)
class Course:
    """A page's course: the last figures, and every verdict that a daily reader saw."""

    last: Uplift
    verdicts: frozenset[Verdict]


def simulate(
    seed: int, *, invited: float, held_out: float, share: float = 0.1, days: int = 40, visitors: int = 100
) -> Course:
    """Let so many visitors a day come to a page and like it with the given chances, and read it every evening."""
    chance = random.Random(seed)
    counts = {True: [0, 0], False: [0, 0]}
    verdicts = set()
    for _ in range(days):
        for _ in range(visitors):
            is_invited = chance.random() >= share
            counts[is_invited][0] += chance.random() < (invited if is_invited else held_out)
            counts[is_invited][1] += 1
        last = judge((counts[True][0], counts[True][1]), (counts[False][0], counts[False][1]))
        verdicts.add(last.verdict)
    return Course(last, frozenset(verdicts))


@pytest.fixture(scope="module", params=[(0.06, 0.03), (0.04, 0.04), (0.12, 0.1)], ids=str)
def courses(request: pytest.FixtureRequest) -> tuple[float, list[Course]]:
    """A true difference, and the courses of many pages that have it."""
    invited, held_out = request.param
    return invited - held_out, [simulate(seed, invited=invited, held_out=held_out) for seed in range(SEEDS)]


class TestTheInterval:
    def test_holds_the_true_difference_on_about_95_of_100_pages(
        self, courses: tuple[float, list[Course]]
    ) -> None:
        true, pages = courses
        covered = sum(page.last.difference.low <= true <= page.last.difference.high for page in pages)
        found = wilson(covered, SEEDS, z=3.3)
        assert found.low <= 0.95 <= found.high, covered / SEEDS


class TestTheSentence:
    def test_claims_a_difference_on_few_pages_that_have_none_though_it_is_read_every_day(self) -> None:
        pages = [simulate(seed, invited=0.05, held_out=0.05) for seed in range(SEEDS)]
        wrong = sum(bool(page.verdicts & {Verdict.MORE, Verdict.FEWER}) for page in pages)
        assert wilson(wrong, SEEDS, z=1.64).low <= 0.05
        assert wrong / SEEDS <= 0.06

    def test_waits_longer_than_who_stops_at_the_first_good_interval(self) -> None:
        """A daily reader of the plain interval would be wrong on far more pages: why the sentence waits."""
        stopped = 0
        for seed in range(100):
            chance, likes, seen = random.Random(seed), [0, 0], [0, 0]
            is_fooled = False
            for visitor in range(4000):
                arm = int(chance.random() < 0.1)
                likes[arm] += chance.random() < 0.05
                seen[arm] += 1
                if visitor >= 400 and visitor % 100 == 99:
                    found = judge((likes[0], seen[0]), (likes[1], seen[1]))
                    is_fooled = is_fooled or found.difference.excludes_zero
            stopped += is_fooled
        assert stopped > 12

    def test_tells_a_strong_effect(self) -> None:
        pages = [simulate(seed, invited=0.12, held_out=0.03) for seed in range(50)]
        assert sum(page.last.verdict is Verdict.MORE for page in pages) > 45
        assert not any(Verdict.FEWER in page.verdicts for page in pages)

    def test_tells_a_harmful_one(self) -> None:
        pages = [simulate(seed, invited=0.03, held_out=0.12) for seed in range(50)]
        assert sum(page.last.verdict is Verdict.FEWER for page in pages) > 45

    def test_of_a_page_without_an_effect_is_mostly_that_it_is_too_early(self) -> None:
        pages = [simulate(seed, invited=0.05, held_out=0.05) for seed in range(100)]
        assert sum(page.last.verdict is Verdict.TOO_EARLY for page in pages) > 90


class TestJudge:
    def test_says_nothing_where_nobody_was_held_out(self) -> None:
        assert judge((50, 1000), (0, 0)).verdict is Verdict.NO_GROUP

    def test_is_too_early_before_anybody_came(self) -> None:
        assert judge((0, 0), (0, 0)).verdict is Verdict.TOO_EARLY

    def test_is_too_early_for_few_who_all_differ(self) -> None:
        assert judge((30, 30), (0, 3)).verdict is Verdict.TOO_EARLY

    def test_is_too_early_while_chance_alone_explains_it(self) -> None:
        assert judge((55, 1000), (5, 100)).verdict is Verdict.TOO_EARLY

    def test_tells_that_it_changes_little_once_many_came(self) -> None:
        assert judge((50_000, 1_000_000), (5_010, 100_000)).verdict is Verdict.LITTLE

    def test_counts_what_was_gained_among_all_invited(self) -> None:
        found = judge((60, 1000), (30, 1000))
        assert found.gained.estimate == pytest.approx(30)
        assert found.gained.low == pytest.approx(1000 * found.difference.low)

    def test_refuses_more_likes_than_visitors(self) -> None:
        with pytest.raises(ValueError, match="2 of 1"):
            judge((2, 1), (0, 5))


class TestAlwaysValidHalfWidth:
    def test_is_wider_than_the_interval_and_shrinks(self) -> None:
        early, late = ((50, 1000), (5, 100)), ((5000, 100_000), (500, 10_000))
        for counts in (early, late):
            assert always_valid_half_width(*counts) > judge(*counts).difference.high
        assert always_valid_half_width(*late) < always_valid_half_width(*early)
