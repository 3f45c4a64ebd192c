import datetime as dt
import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from shop.accounts.models import Account
from shop.core.db import Database
from shop.core.errors import Invalid, NotFound
from shop.page.directory_queries import list_most_followed
from shop.page.models import Follower, LikeSource, Page, Role
from shop.page.queries import (
    find_page,
    find_role,
    get_page,
    get_page_by_id,
    get_version,
    is_follower,
    list_workplaces,
)
from shop.page.service import create_page, edit_page, follow, raise_version, unfollow
from tests.factories import make_account, make_page


@pytest.fixture
def owner(database: Database) -> Account:
    with database.transaction() as session:
        return make_account(session)


@pytest.fixture
def lumen(database: Database, owner: Account) -> Page:
    with database.transaction() as session:
        return make_page(session, slug="lumen", owner=owner)


def _create(
    database: Database, owner: Account, now: dt.datetime, slug: str = "brume", prefix: str = "BRU"
) -> Page:
    with database.transaction() as session:
        return create_page(
            session,
            account_id=owner.id,
            name="Maison Brume",
            slug=slug,
            order_prefix=prefix,
            country="FR",
            currency="EUR",
            language="fr",
            now=now,
            tagline="Des bougies",
        )


def _counts(database: Database, page: Page) -> tuple[int, int]:
    with database.reading() as session:
        rows = session.scalar(select(func.count(Follower.id)).where(Follower.page_id == page.id)) or 0
        return get_page_by_id(session, page.id).follower_count, rows


class TestCreatePage:
    def test_makes_its_creator_the_owner(self, database: Database, owner: Account, now: dt.datetime) -> None:
        page = _create(database, owner, now)
        with database.reading() as session:
            assert find_role(session, page.id, owner.id) is Role.OWNER
            assert get_version(session, page.id) == 1
            assert get_page(session, "brume").ships_to == ["FR"]
            assert [row[0].slug for row in list_workplaces(session, owner.id)] == ["brume"]

    def test_tells_a_taken_address(self, database: Database, owner: Account, now: dt.datetime) -> None:
        _create(database, owner, now)
        with pytest.raises(Invalid) as caught:
            _create(database, owner, now, prefix="AAA")
        assert list(caught.value.errors) == ["slug"]

    def test_tells_a_taken_prefix(self, database: Database, owner: Account, now: dt.datetime) -> None:
        _create(database, owner, now)
        with pytest.raises(Invalid) as caught:
            _create(database, owner, now, slug="other")
        assert list(caught.value.errors) == ["order_prefix"]

    def test_of_several_at_once_makes_one(self, database: Database, owner: Account, now: dt.datetime) -> None:
        def attempt(_: int) -> bool:
            try:
                _create(database, owner, now)
            except Invalid:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(attempt, range(16))) == 1


class TestEditPage:
    def test_writes_settings_and_raises_the_version(self, database: Database, lumen: Page) -> None:
        with database.transaction() as session:
            edit_page(session, page=lumen, changes={"name": "Lumen & Co", "shipping_amount": 0})
        with database.reading() as session:
            page = get_page(session, "lumen")
            assert (page.name, page.shipping_amount) == ("Lumen & Co", 0)
            assert get_version(session, page.id) == 2

    def test_keeps_its_country_among_those_it_ships_to(self, database: Database, lumen: Page) -> None:
        with database.transaction() as session:
            edit_page(session, page=lumen, changes={"country": "CH", "ships_to": ["FR"]})
        with database.reading() as session:
            assert get_page(session, "lumen").ships_to == ["CH", "FR"]

    def test_keeps_likes_won_since_the_page_was_read(
        self, database: Database, lumen: Page, owner: Account, now: dt.datetime
    ) -> None:
        with database.transaction() as session:
            follow(session, page_id=lumen.id, account_id=owner.id, now=now)
        with database.transaction() as session:
            edit_page(session, page=lumen, changes={"name": "Lumen & Co"})
        assert _counts(database, lumen) == (1, 1)

    def test_refuses_what_is_no_setting(self, database: Database, lumen: Page) -> None:
        with database.transaction() as session, pytest.raises(ValueError, match="follower_count"):
            edit_page(session, page=lumen, changes={"follower_count": 1_000_000})


class TestFollow:
    def test_counts_a_person_once(
        self, database: Database, lumen: Page, owner: Account, now: dt.datetime
    ) -> None:
        for expected in (True, False):
            with database.transaction() as session:
                assert follow(session, page_id=lumen.id, account_id=owner.id, now=now) is expected
        assert _counts(database, lumen) == (1, 1)

    def test_keeps_where_it_came_from(
        self, database: Database, lumen: Page, owner: Account, now: dt.datetime
    ) -> None:
        with database.transaction() as session:
            follow(
                session,
                page_id=lumen.id,
                account_id=owner.id,
                now=now,
                source=LikeSource.AD,
                source_ref="ad-7",
            )
        with database.reading() as session:
            row = session.scalars(select(Follower)).one()
        assert (row.source, row.source_ref, row.followed_at) == (LikeSource.AD, "ad-7", now)

    def test_raises_the_version_only_when_something_changed(
        self, database: Database, lumen: Page, owner: Account, now: dt.datetime
    ) -> None:
        for _ in range(2):
            with database.transaction() as session:
                follow(session, page_id=lumen.id, account_id=owner.id, now=now)
        with database.reading() as session:
            assert get_version(session, lumen.id) == 2

    @pytest.mark.drill
    def test_counts_right_while_many_like_and_unlike(
        self, database: Database, lumen: Page, now: dt.datetime
    ) -> None:
        with database.transaction() as session:
            people = [make_account(session).id for _ in range(8)]
        dice = random.Random(20261124)
        turns = [(dice.choice(people), dice.random() < 0.6) for _ in range(160)]

        def take(turn: tuple[int, bool]) -> None:
            account_id, likes = turn
            with database.transaction() as session:
                if likes:
                    follow(session, page_id=lumen.id, account_id=account_id, now=now)
                else:
                    unfollow(session, page_id=lumen.id, account_id=account_id, now=now)

        with ThreadPoolExecutor(16) as pool:
            list(pool.map(take, turns))
        count, rows = _counts(database, lumen)
        assert count == rows
        assert 0 < rows <= len(people)

    def test_of_one_person_on_sixteen_devices_counts_once(
        self, database: Database, lumen: Page, owner: Account, now: dt.datetime
    ) -> None:
        def like(_: int) -> bool:
            with database.transaction() as session:
                return follow(session, page_id=lumen.id, account_id=owner.id, now=now)

        with ThreadPoolExecutor(16) as pool:
            assert sum(pool.map(like, range(16))) == 1
        assert _counts(database, lumen) == (1, 1)


class TestUnfollow:
    def test_takes_a_like_back_once(
        self, database: Database, lumen: Page, owner: Account, now: dt.datetime
    ) -> None:
        with database.transaction() as session:
            follow(session, page_id=lumen.id, account_id=owner.id, now=now)
        for expected in (True, False):
            with database.transaction() as session:
                assert unfollow(session, page_id=lumen.id, account_id=owner.id, now=now) is expected
        assert _counts(database, lumen) == (0, 0)


class TestRaiseVersion:
    def test_raises_one_page_alone(self, database: Database, lumen: Page, owner: Account) -> None:
        with database.transaction() as session:
            other = make_page(session)
            raise_version(session, lumen.id)
        with database.reading() as session:
            assert get_version(session, lumen.id) == 2
            assert get_version(session, other.id) == 1


class TestQueries:
    def test_list_pages_most_followed_first(
        self, database: Database, lumen: Page, owner: Account, now: dt.datetime
    ) -> None:
        with database.transaction() as session:
            liked = make_page(session)
            follow(session, page_id=liked.id, account_id=owner.id, now=now)
        with database.reading() as session:
            assert [page.slug for page in list_most_followed(session, limit=48)] == [liked.slug, "lumen"]

    def test_a_guest_follows_nothing_and_works_nowhere(self, database: Database, lumen: Page) -> None:
        with database.reading() as session:
            assert not is_follower(session, lumen.id, None)
            assert find_role(session, lumen.id, None) is None

    def test_a_page_that_is_not_there_is_not_found(self, database: Database) -> None:
        with database.reading() as session:
            assert find_page(session, "nowhere") is None
            with pytest.raises(NotFound):
                get_page(session, "nowhere")
            with pytest.raises(NotFound):
                get_page_by_id(session, 1)
