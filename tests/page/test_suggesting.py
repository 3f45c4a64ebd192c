"""Pages that somebody may like: of friends, of people like them, and where nothing is known."""

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.accounts.profile_models import Audience, Profile
from shop.core.db import Database
from shop.page.models import Page, Role
from shop.page.service import follow
from shop.page.suggesting import LIKES_OF_EACH, Suggestion, suggest
from shop.people.models import Friend
from tests.factories import START, make_account, make_page, make_staff
from tests.support.statements import count_statements


def like(session: Session, account: Account, *pages: Page, at: dt.datetime = START) -> None:
    for page in pages:
        follow(session, page_id=page.id, account_id=account.id, now=at)


def befriend(session: Session, one: Account, other: Account, *, since: dt.datetime = START) -> None:
    session.add(Friend(account_id=one.id, friend_id=other.id, since=since))
    session.add(Friend(account_id=other.id, friend_id=one.id, since=since))
    session.flush()


def ask(database: Database, account: Account, limit: int = 6) -> list[Suggestion]:
    with database.reading() as session:
        return suggest(session, account_id=account.id, limit=limit)


def slugs(found: list[Suggestion]) -> list[str]:
    return [one.page.slug for one in found]


@pytest.fixture
def town(database: Database) -> dict[str, Page]:
    """Pages by name; nobody likes any."""
    names = ("lamps", "candles", "shades", "famous", "knives")
    with database.transaction() as session:
        return {name: make_page(session, slug=name) for name in names}


@pytest.fixture
def lea(database: Database, town: dict[str, Page]) -> Account:
    """Likes lamps and candles, as do two people who like shades and famous too; thirty others like famous."""
    with database.transaction() as session:
        lea = make_account(session, name="Léa")
        like(session, lea, town["lamps"], town["candles"])
        for number in range(2):
            alike = make_account(session, name=f"Alike {number}")
            like(session, alike, town["lamps"], town["candles"], town["shades"], town["famous"])
        for number in range(30):
            like(session, make_account(session, name=f"Many {number}"), town["famous"])
    return lea


class TestSuggest:
    def test_puts_what_the_like_minded_like_before_what_all_like(
        self, database: Database, town: dict[str, Page], lea: Account
    ) -> None:
        found = ask(database, lea)
        assert slugs(found)[:2] == ["shades", "famous"]
        assert found[0].because in {town["lamps"].name, town["candles"].name}

    def test_leaves_out_what_is_liked_already_and_where_one_works(
        self, database: Database, town: dict[str, Page], lea: Account
    ) -> None:
        with database.transaction() as session:
            make_staff(session, town["shades"], lea, Role.ANALYST)
        assert set(slugs(ask(database, lea))) == {"famous", "knives"}

    def test_says_nothing_of_one_person_alone(
        self, database: Database, town: dict[str, Page], lea: Account
    ) -> None:
        with database.transaction() as session:
            like(session, make_account(session, name="Solo"), town["lamps"], town["knives"])
        knives = next(one for one in ask(database, lea) if one.page.slug == "knives")
        assert (knives.because, knives.friends) == (None, ())

    def test_names_friends_who_let_it_be_seen(
        self, database: Database, town: dict[str, Page], lea: Account
    ) -> None:
        with database.transaction() as session:
            camille, hugo, secret = (
                make_account(session, name=name) for name in ("Camille", "Hugo", "Secret")
            )
            for days, friend in enumerate((hugo, camille, secret)):
                befriend(session, lea, friend, since=START + dt.timedelta(days=days))
                like(session, friend, town["knives"])
            session.get_one(Profile, secret.id).likes_visibility = Audience.NOBODY
        first = ask(database, lea)[0]
        assert first.page.slug == "knives"
        assert sorted(first.friends) == ["Camille", "Hugo"]
        assert first.friend_count == 2

    def test_starts_somebody_new_with_liked_and_new_pages(
        self, database: Database, town: dict[str, Page], lea: Account
    ) -> None:
        with database.transaction() as session:
            make_page(session, slug="brand-new", now=START + dt.timedelta(days=9))
            newcomer = make_account(session, name="New")
        found = ask(database, newcomer, limit=4)
        assert slugs(found)[:2] == ["famous", "brand-new"]
        assert [one.is_new for one in found][:2] == [False, True]
        assert len(found) == 4

    def test_is_empty_where_all_are_liked(
        self, database: Database, town: dict[str, Page], lea: Account
    ) -> None:
        with database.transaction() as session:
            like(session, lea, *town.values())
        assert ask(database, lea) == []

    def test_sends_no_more_statements_for_more_people(
        self, database: Database, town: dict[str, Page], lea: Account
    ) -> None:
        def count() -> int:
            with count_statements(database.engine) as sent:
                ask(database, lea)
            return len(sent)

        with database.transaction() as session:
            befriend(session, lea, make_account(session, name="Friend"))
        few = count()
        with database.transaction() as session:
            others = [make_page(session) for _ in range(LIKES_OF_EACH)]
            for number in range(40):
                person = make_account(session, name=f"Person {number}")
                like(session, person, town["lamps"], *others[number % 7 :: 7])
                if number % 2:
                    befriend(session, lea, person)
        assert few <= 9
        assert count() <= 9
