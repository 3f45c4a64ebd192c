"""Who the people of a world are, held against what the literature says of them."""

from statistics import mean, median

from shop.simulation.farms import hire_burst, hire_stealth
from shop.simulation.parameters import DEFAULT
from shop.simulation.people import DAY_MINUTES, Kind, draw_fans

FANS = draw_fans(3, DEFAULT)


class TestDrawFans:
    def test_gives_people_as_many_liked_pages_as_people_have(self) -> None:
        pages = [fan.page_likes for fan in FANS]

        assert 32 <= median(pages) <= 36
        assert 37 <= mean(pages) <= 44

    def test_lets_friends_like_the_page_on_one_evening(self) -> None:
        grouped = [fan for fan in FANS if fan.kind is Kind.GROUP]
        by_id = {fan.id: fan for fan in FANS}
        close = [
            any(abs(by_id[friend].liked - fan.liked) < DAY_MINUTES / 3 for friend in fan.friends) for fan in grouped
        ]  # fmt: skip

        assert 0.28 < len(grouped) / len(FANS) < 0.33
        assert mean(close) > 0.7

    def test_makes_every_friendship_mutual(self) -> None:
        by_id = {fan.id: fan for fan in FANS}

        assert all(fan.id in by_id[friend].friends for fan in FANS for friend in fan.friends)


class TestHireBurst:
    def test_sends_accounts_within_hours_that_like_over_a_thousand_pages(self) -> None:
        accounts = hire_burst(3, DEFAULT, first_id=500_000)

        assert len(accounts) == 4000
        assert max(one.liked for one in accounts) - min(one.liked for one in accounts) <= 6 * 60
        assert 1200 <= median(one.page_likes for one in accounts) <= 1800
        assert not any(one.active or one.loyalty for one in accounts)


class TestHireStealth:
    def test_sends_befriended_accounts_over_weeks_that_like_few_pages(self) -> None:
        accounts = hire_stealth(3, DEFAULT, first_id=600_000, fans=FANS)
        days = {int(one.liked // DAY_MINUTES) for one in accounts}

        assert len(accounts) == 1000
        assert len(days) > 25
        assert 50 <= median(one.page_likes for one in accounts) <= 75
        assert median(len(one.friends) for one in accounts) >= 8
