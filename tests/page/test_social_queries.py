"""Which friends like which pages, and what a page's head says of it."""

import datetime as dt
from dataclasses import dataclass

import pytest
from flask import Flask

from shop.accounts.models import Account
from shop.accounts.profile_models import Audience
from shop.core.db import Database
from shop.page.models import Page
from shop.page.service import follow
from shop.page.social_queries import friends_who_like
from shop.people.service import block
from tests.factories import START, make_account, make_page
from tests.people.ties import befriend, set_profile
from tests.support.plans import plan_of, record_selects
from tests.support.statements import count_statements
from tests.support.visitors import sign_in


@dataclass(frozen=True)
class Fans:
    """Ada's three friends like the page, the latest first: Camille, Noé, Zoé. A stranger does, too."""

    ada: Account
    camille: Account
    noe: Account
    zoe: Account
    page: Page
    other: Page

    def of(self, database: Database) -> dict[int, tuple[list[str], int]]:
        """Return what Ada is told of the two pages."""
        with database.reading() as session:
            return friends_who_like(session, self.ada.id, [self.page.id, self.other.id])


@pytest.fixture
def fans(database: Database) -> Fans:
    """A page with friends among its followers, and one that nobody likes."""
    with database.transaction() as session:
        ada, camille, noe, zoe, stranger = (
            make_account(session, name=name) for name in ("Ada", "Camille", "Noé", "Zoé", "Stranger")
        )
        page, other = make_page(session, slug="lumen"), make_page(session)
        for minutes, friend in enumerate((zoe, noe, camille)):
            befriend(session, ada, friend)
            at = START + dt.timedelta(minutes=minutes)
            follow(session, page_id=page.id, account_id=friend.id, now=at)
        follow(session, page_id=page.id, account_id=stranger.id, now=START)
    return Fans(ada, camille, noe, zoe, page, other)


class TestFriendsWhoLike:
    def test_names_the_latest_two_and_counts_all(self, database: Database, fans: Fans) -> None:
        assert fans.of(database) == {fans.page.id: (["Camille", "Noé"], 3)}

    @pytest.mark.parametrize(
        ("setting", "is_named"),
        [
            ({"likes_visibility": Audience.EVERYBODY}, True),
            ({"likes_visibility": Audience.FRIENDS}, True),
            ({"likes_visibility": Audience.NOBODY}, False),
            ({"visibility": Audience.NOBODY}, False),
        ],
    )
    def test_honours_what_a_friend_shows(
        self, database: Database, fans: Fans, setting: dict[str, Audience], is_named: bool
    ) -> None:
        set_profile(database, fans.camille, **setting)
        names, count = fans.of(database)[fans.page.id]

        assert ("Camille" in names, count) == (is_named, 3 if is_named else 2)

    def test_leaves_out_who_is_blocked(self, database: Database, fans: Fans) -> None:
        with database.transaction() as session:
            block(session, account_id=fans.camille.id, blocked_id=fans.ada.id, now=START)

        assert fans.of(database) == {fans.page.id: (["Noé", "Zoé"], 2)}

    def test_asks_nothing_for_a_guest(self, database: Database, fans: Fans) -> None:
        with database.reading() as session, count_statements(database.engine) as sent:
            assert friends_who_like(session, None, [fans.page.id]) == {}
        assert sent == []

    def test_starts_from_the_friends_not_from_a_pages_followers(self, database: Database, fans: Fans) -> None:
        with record_selects(database) as selects:
            fans.of(database)

        assert len(selects) == 1
        if database.is_sqlite:
            plan = plan_of(database, *selects[0])
            assert "page_id=? AND account_id=?" in plan or "ix_page_followers_account_id" in plan


class TestHead:
    @pytest.mark.parametrize(
        ("path", "said"),
        [
            ("/en/p/lumen", "Camille and 2 friends like this"),
            ("/fr/p/lumen", "Camille et 2 amis aiment cette page"),
        ],
    )
    def test_says_which_friends_like_the_page_to_a_friend_only(
        self, app: Flask, database: Database, fans: Fans, path: str, said: str
    ) -> None:
        friend, guest = app.test_client(), app.test_client()
        sign_in(friend, fans.ada)

        assert said in friend.get(path).text
        assert "Camille" not in guest.get(path).text
