"""A post's score: what each factor does, and that it is the product of what can be shown."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as some

from shop.feed.models import PostKind
from shop.feed.ranking import (
    DEFAULTS,
    RANGES,
    SEEN_FLOOR,
    EdgeKind,
    Sliders,
    decay,
    page_tie,
    person_tie,
    read_sliders,
    rounded,
    weigh,
)

HOUR = dt.timedelta(hours=1)


def page(affinity: float = 0.0, weight: float = 1.0, age: dt.timedelta = dt.timedelta(0)):
    return page_tie(affinity=affinity, kind=PostKind.TEXT, weights={PostKind.TEXT: weight}, age=age)


class TestWeigh:
    def test_halves_each_half_life_and_each_time_seen_down_to_a_floor(self) -> None:
        assert weigh([page()], 0).value == 1.0
        assert weigh([page(age=24 * HOUR)], 0).value == 0.5
        assert weigh([page()], 2).value == 0.25
        assert weigh([page()], 99).value == SEEN_FLOOR

    def test_adds_what_people_did(self) -> None:
        comment = person_tie(EdgeKind.COMMENT, account_id=1, affinity=1.0, age=24 * HOUR)
        assert weigh([page(), comment], 0).value == 1.0 + 2.0 * 4.0 * 0.5

    def test_follows_the_sliders(self) -> None:
        comment = person_tie(EdgeKind.COMMENT, account_id=1, affinity=0.0, age=dt.timedelta(0))
        close = page(affinity=3.0, weight=2.0, age=12 * HOUR)
        assert weigh([close], 0, Sliders(affinity=0.0, half_life_h=12)).value == 1.0
        assert weigh([close], 0, Sliders(kind=2.0, half_life_h=12)).value == 4.0 * 4.0 * 0.5
        assert weigh([comment], 0, Sliders(friends=0.0)).value == 0.0
        assert weigh([page()], 5, Sliders(seen=0.0)).value == 1.0

    def test_has_nothing_left_of_what_is_very_old(self) -> None:
        assert weigh([page(age=dt.timedelta(days=9000))], 0).value == 0.0

    def test_takes_what_lies_ahead_as_now(self) -> None:
        assert decay(-HOUR, 24.0) == 1.0

    @given(
        some.floats(0, 1e6), some.floats(0.05, 20), some.integers(0, 10**6), some.integers(0, 20),
        some.builds(Sliders, *(some.floats(low, high) for low, high, _ in RANGES.values())),
    )  # fmt: skip
    def test_is_the_product_of_factors_with_four_digits(
        self, affinity: float, weight: float, minutes: int, times: int, sliders: Sliders
    ) -> None:
        score = weigh([page(affinity, weight, dt.timedelta(minutes=minutes))], times, sliders)
        edge = score.edges[0]
        for factor in (edge.affinity, edge.weight, edge.decay, score.seen):
            assert factor == rounded(factor)
        assert score.value == edge.affinity * edge.weight * edge.decay * score.seen
        assert score.value >= 0.0


class TestReadSliders:
    def test_takes_what_is_in_range_and_the_default_for_the_rest(self) -> None:
        kept = {"affinity": 1.5, "kind": 9, "half_life_h": "24", "friends": None, "strange": 1}
        assert read_sliders(kept) == Sliders(affinity=1.5)
        assert read_sliders(None) == read_sliders({}) == DEFAULTS
