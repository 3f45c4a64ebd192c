"""What each sign says, and what they say together of invented pages."""

import datetime as dt
from random import Random

from shop.page.models import LikeSource
from shop.quality.signs import FLAG_AT, LikeFacts, judge, pages_weight

NOW = dt.datetime(2025, 12, 1, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
OPENED = NOW - 120 * DAY


def real_fans(number: int, *, seed: int = 1, first_id: int = 1) -> list[LikeFacts]:
    """Return fans who came one by one over 110 days: most looked before, some take part, some keep quiet."""
    dice = Random(seed)
    fans = []
    for account_id in range(first_id, first_id + number):
        at = OPENED + dice.random() * 110 * DAY
        looked = dice.random() < 0.8
        takes_part = dice.random() < 0.4
        fans.append(
            LikeFacts(
                account_id, at, followed_pages=1 + int(dice.lognormvariate(3.0, 1.2)),
                first_view_at=at - DAY / 24 if looked else None,
                last_interaction_at=at + 3 * DAY if takes_part else at,
                has_picture=dice.random() < 0.4, has_bio=dice.random() < 0.3, handle="lea-fontaine",
            )
        )  # fmt: skip
    return fans


def bought(number: int, *, at: dt.datetime, over: dt.timedelta, first_id: int = 100_000) -> list[LikeFacts]:
    """Return likes of accounts that never looked and never came back."""
    dice = Random(7)
    return [
        LikeFacts(account_id, at + dice.random() * over, followed_pages=60)
        for account_id in range(first_id, first_id + number)
    ]


def flagged(found: dict) -> set[int]:
    """Return the accounts whose likes are flagged."""
    return {account for account, one in found.items() if one.is_flagged}


class TestJudge:
    def test_flags_a_burst_and_hardly_any_real_fan(self) -> None:
        real = real_fans(2000)
        fakes = bought(4000, at=NOW - 60 * DAY, over=DAY)

        found = flagged(judge([*real, *fakes], {}, NOW))

        assert len(found & {one.account_id for one in fakes}) > 0.97 * 4000
        assert len(found & {one.account_id for one in real}) < 0.01 * 2000

    def test_flags_nobody_of_a_contest_that_brings_many_in_an_hour(self) -> None:
        entrants = [
            LikeFacts(5000 + n, NOW - 40 * DAY, source=LikeSource.CONTEST, followed_pages=30)
            for n in range(800)
        ]

        found = judge([*real_fans(500), *entrants], {}, NOW)

        assert not flagged(found) & set(range(5000, 5800))

    def test_flags_nobody_of_a_crowd_from_outside_once_half_of_it_has_come_back(self) -> None:
        at = NOW - 50 * DAY
        crowd = [
            LikeFacts(
                5000 + n, at + n * DAY / 2000, followed_pages=30, last_view_at=at + 9 * DAY if n % 5 < 3 else None
            )
            for n in range(150)
        ]  # fmt: skip

        assert not flagged(judge([*real_fans(500), *crowd], {}, NOW)) & set(range(5000, 5150))

    def test_flags_a_burst_on_the_evening_of_a_crowd_that_came_back(self) -> None:
        at = NOW - 50 * DAY
        crowd = [
            LikeFacts(5000 + n, at + n * DAY / 2000, followed_pages=30, last_view_at=at + 9 * DAY)
            for n in range(150)
        ]
        fakes = bought(2000, at=at, over=DAY / 8)

        found = flagged(judge([*real_fans(500), *crowd, *fakes], {}, NOW))

        assert len(found & {one.account_id for one in fakes}) > 0.97 * 2000
        assert len(found & {one.account_id for one in crowd}) <= 5

    def test_flags_a_drip_of_accounts_that_like_the_same_pages_together(self) -> None:
        dice = Random(3)
        real = real_fans(800)
        co_likes = {
            one.account_id: {dice.randrange(10, 3000): OPENED + dice.random() * 110 * DAY for _ in range(25)}
            for one in real
        }
        campaigns = {page: OPENED + dice.random() * 80 * DAY for page in range(5000, 5025)}
        farm = []
        for account_id in range(100_000, 100_600):
            farm.append(LikeFacts(account_id, OPENED + dice.random() * 80 * DAY, followed_pages=60))
            co_likes[account_id] = {page: at + dice.random() * 20 * DAY for page, at in campaigns.items()}
            co_likes[account_id] |= {
                dice.randrange(10, 3000): OPENED + dice.random() * 110 * DAY for _ in range(34)
            }

        found = flagged(judge([*real, *farm], co_likes, NOW))

        assert len({one.account_id for one in farm} & found) > 0.9 * len(farm)
        assert len({one.account_id for one in real} & found) < 0.01 * len(real)

    def test_says_of_the_same_days_only_what_was_liked_on_the_same_days(self) -> None:
        dice = Random(4)
        shop_days = {page: OPENED + dice.randrange(110) * DAY for page in range(200, 203)}
        weeks = {page: OPENED + (10 + 28 * (page % 3)) * DAY for page in range(300, 315)}
        farm = {
            n: shop_days | {page: at + dice.random() * 26 * DAY for page, at in weeks.items()}
            for n in range(1, 40)
        }
        others = {n: {dice.randrange(500, 900): OPENED + dice.random() * 110 * DAY} for n in range(100, 900)}
        fans = [LikeFacts(n, OPENED + dice.random() * 110 * DAY) for n in [*farm, *others]]

        found = judge(fans, farm | others, NOW)

        told = [sign for n in farm for sign in found[n].reasons if sign["sign"] == "lockstep"]
        assert len(told) == len(farm)
        assert {sign["days"] for sign in told if sign["pages"] > 4} == {28.0}

    def test_lets_friends_be_who_like_the_same_pages_on_the_same_evenings(self) -> None:
        dice = Random(5)
        fans, co_likes, friendships = [], {}, []
        for group in range(100):
            ids = range(group * 15 + 1, group * 15 + 16)
            evenings = {dice.randrange(10, 400): OPENED + dice.random() * 110 * DAY for _ in range(8)}
            at = OPENED + dice.random() * 110 * DAY
            for account_id in ids:
                takes_part = dice.random() < 0.4
                fans.append(
                    LikeFacts(
                        account_id, at + dice.random() * DAY / 8, followed_pages=9,
                        first_view_at=at - DAY if dice.random() < 0.7 else None,
                        last_interaction_at=at + 2 * DAY if takes_part else None,
                    )
                )  # fmt: skip
                co_likes[account_id] = {p: t + dice.random() * DAY / 8 for p, t in evenings.items()}
            friendships += [(ids[0] + n, ids[0] + n + 1) for n in range(14)]

        found = judge(fans, co_likes, NOW, friendships=friendships)

        assert any(sign["sign"] == "lockstep" for one in found.values() for sign in one.reasons)
        assert len(flagged(found)) < 0.01 * len(fans)

    def test_takes_joining_with_ten_proposed_pages_for_one_coincidence(self) -> None:
        joined = {n: dict.fromkeys(range(10), NOW - 50 * DAY) for n in range(1, 60)}
        fans = [LikeFacts(n, NOW - 50 * DAY, source=LikeSource.FRIEND, followed_pages=11) for n in joined]

        found = judge(fans, joined, NOW)

        assert not any(sign["sign"] == "lockstep" for one in found.values() for sign in one.reasons)

    def test_says_nothing_of_views_that_a_file_cannot_know(self) -> None:
        like = LikeFacts(1, NOW - 90 * DAY, source=LikeSource.IMPORT, knows_views=False)

        assert judge([like], {}, NOW)[1].reasons == []

    def test_flags_the_day_of_an_import_on_which_far_too_many_came(self) -> None:
        steady = [
            LikeFacts(n, OPENED + n * DAY / 10, source=LikeSource.IMPORT, knows_views=False)
            for n in range(1000)
        ]
        rush = [
            LikeFacts(5000 + n, OPENED + 60 * DAY, source=LikeSource.IMPORT, knows_views=False)
            for n in range(2000)
        ]

        found = flagged(judge([*steady, *rush], {}, NOW))

        assert found >= set(range(5000, 7000))
        assert len(found & set(range(1000))) <= 20

    def test_lists_the_heaviest_reason_first(self) -> None:
        like = LikeFacts(1, NOW - 90 * DAY, followed_pages=1500)

        judged = judge([like], {}, NOW)[1]

        assert [sign["sign"] for sign in judged.reasons] == ["many_pages", "no_view", "silent"]
        assert judged.is_flagged
        assert judged.score >= FLAG_AT

    def test_flags_no_quiet_fan_for_being_quiet(self) -> None:
        quiet = LikeFacts(
            1, NOW - 90 * DAY, followed_pages=20, has_picture=False, has_bio=False, handle="lea-12"
        )

        assert not judge([quiet], {}, NOW)[1].is_flagged


class TestPagesWeight:
    def test_says_little_of_the_usual_and_of_a_stealthy_account(self) -> None:
        assert -0.5 <= pages_weight(40) <= pages_weight(60) <= 0.0

    def test_says_much_of_an_account_that_likes_over_a_thousand(self) -> None:
        assert pages_weight(1400) == 2.5
