"""What the page's staff does to contests, at the same time as others."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from shop.core.db import Database
from tests.contests.contests_house import ContestsHouse


@pytest.fixture
def house(database: Database) -> ContestsHouse:
    return ContestsHouse(database)


class TestCreateContest:
    def test_gives_each_of_several_at_once_an_address_of_its_own(self, house: ContestsHouse) -> None:
        with ThreadPoolExecutor(6) as pool:
            made = list(pool.map(lambda _: house.add(is_published=False), range(6)))
        slugs = sorted(house.contest(contest_id).slug for contest_id in made)
        assert slugs == ["win-a-lamp", *(f"win-a-lamp-{number}" for number in range(2, 7))]
