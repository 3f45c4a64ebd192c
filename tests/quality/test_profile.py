"""The weight of a profile: what the labelled accounts teach, how well it holds on accounts it has not seen."""

import pytest

from shop.quality.profile import BOUND, CONSTANT, WEIGHTS, digit_share, fitted, profile_weight
from tests.conftest import corpus
from tests.quality.fitting import area, fit, read_labelled

FOLDS = 5


class TestProfileWeight:
    def test_says_nothing_of_what_is_not_known(self) -> None:
        assert profile_weight(has_picture=None, has_bio=True, handle="lea") == 0.0

    def test_is_bounded_both_ways(self) -> None:
        barest = profile_weight(has_picture=False, has_bio=False, handle="9" * 20)
        best = profile_weight(has_picture=True, has_bio=True, handle="lea-fontaine")

        assert barest == BOUND
        assert -BOUND <= best < 0

    def test_counts_a_bare_profile_alone_for_little(self) -> None:
        assert 0 < profile_weight(has_picture=False, has_bio=False, handle="lea-fontaine") < BOUND


class TestDigitShare:
    def test_is_that_of_all_characters(self) -> None:
        assert digit_share("lea-1234") == 0.5
        assert digit_share("") == 0.0


@pytest.mark.corpus
class TestFitted:
    """Held to ``behaviour/instagram_fake_train.csv``: 576 accounts, half of them fake."""

    def test_has_the_weights_that_the_labelled_accounts_give(self) -> None:
        constant, no_picture, digits, no_bio = fit(
            read_labelled(corpus("data", "behaviour", "instagram_fake_train.csv"))
        )

        assert constant == pytest.approx(CONSTANT, abs=0.005)
        assert no_picture == pytest.approx(WEIGHTS["no_picture"], abs=0.005)
        assert digits == pytest.approx(WEIGHTS["digits"], abs=0.005)
        assert no_bio == pytest.approx(WEIGHTS["no_bio"], abs=0.005)

    def test_holds_on_accounts_that_it_was_not_fitted_to(self) -> None:
        rows = read_labelled(corpus("data", "behaviour", "instagram_fake_train.csv"))
        scored = []
        for fold in range(FOLDS):
            weights = fit([row for place, row in enumerate(rows) if place % FOLDS != fold])
            for place, (signs, is_fake) in enumerate(rows):
                if place % FOLDS == fold:
                    score = weights[0] + sum(a * b for a, b in zip(weights[1:], signs, strict=True))
                    scored.append((score, is_fake))

        found = [is_fake for score, is_fake in scored if score > 0]
        precision, recall = sum(found) / len(found), sum(found) / sum(is_fake for _, is_fake in scored)
        assert len(scored) == 576
        # As docs/algorithms/fan-quality.md has them.
        assert round(precision, 3) == 0.930
        assert round(recall, 3) == 0.826
        assert round(area(scored), 3) == 0.942

    def test_flags_no_like_by_itself(self) -> None:
        rows = read_labelled(corpus("data", "behaviour", "instagram_fake_train.csv"))

        weights = [
            profile_weight(
                has_picture=not no_picture, has_bio=not no_bio,
                handle="9" * round(100 * digits) + "a" * round(100 * (1 - digits)),
            )
            for (no_picture, digits, no_bio), _ in rows
        ]  # fmt: skip

        assert max(weights) <= BOUND
        assert fitted(has_picture=False, has_bio=False, handle="9" * 9) > 5 * BOUND
