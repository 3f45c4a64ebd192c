"""Reacting to a post: one reaction each, counted by what its row did, also when many react at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from shop.core.db import Database
from shop.feed.models import PostDay, ReactionKind
from shop.feed.reacting import hide_post, react, show_post_again, take_back
from shop.feed.views import load_marks
from shop.page.models import Affinity
from shop.page.queries import get_version
from tests.factories import START, make_account
from tests.feed.talk_house import TalkHouse, assert_counts_are_true, befriend, make_post, talk_house

__all__ = ["talk_house"]


def give(database: Database, house: TalkHouse, account_id: int, kind: ReactionKind) -> bool:
    with database.transaction() as session:
        return react(
            session, post_id=house.post.id, page_id=house.page.id, account_id=account_id, kind=kind, now=START
        )


def take(database: Database, house: TalkHouse, account_id: int) -> bool:
    with database.transaction() as session:
        return take_back(
            session, post_id=house.post.id, page_id=house.page.id, account_id=account_id, now=START
        )


class TestReact:
    def test_counts_the_first_one(self, database: Database, talk_house: TalkHouse) -> None:
        assert give(database, talk_house, talk_house.lea.id, ReactionKind.LOVE)
        counts = talk_house.counts(database)
        assert (counts.reactions, counts.loves, counts.likes, counts.engaged) == (1, 1, 0, 1)

    def test_changes_one_into_another(self, database: Database, talk_house: TalkHouse) -> None:
        give(database, talk_house, talk_house.lea.id, ReactionKind.LOVE)
        assert give(database, talk_house, talk_house.lea.id, ReactionKind.SAD)
        counts = talk_house.counts(database)
        assert (counts.reactions, counts.loves, counts.sads, counts.engaged) == (1, 0, 1, 1)

    def test_does_nothing_the_second_time(self, database: Database, talk_house: TalkHouse) -> None:
        give(database, talk_house, talk_house.lea.id, ReactionKind.WOW)
        with database.reading() as session:
            before = get_version(session, talk_house.page.id)
        assert not give(database, talk_house, talk_house.lea.id, ReactionKind.WOW)
        with database.reading() as session:
            assert get_version(session, talk_house.page.id) == before
            assert_counts_are_true(session, talk_house.post.id)

    def test_brings_the_page_closer_and_makes_it_anew(
        self, database: Database, talk_house: TalkHouse
    ) -> None:
        with database.reading() as session:
            before = get_version(session, talk_house.page.id)
        give(database, talk_house, talk_house.lea.id, ReactionKind.LIKE)
        with database.reading() as session:
            assert get_version(session, talk_house.page.id) == before + 1
            affinity = session.get_one(Affinity, (talk_house.lea.id, talk_house.page.id))
            assert affinity.interactions == 1

    def test_counts_on_the_day_of_the_page(self, database: Database, talk_house: TalkHouse) -> None:
        give(database, talk_house, talk_house.lea.id, ReactionKind.LIKE)
        give(database, talk_house, talk_house.tom.id, ReactionKind.LIKE)
        take(database, talk_house, talk_house.tom.id)
        with database.reading() as session:
            day = session.scalars(select(PostDay)).one()
        assert (str(day.day), day.reactions) == ("2026-11-24", 1)


class TestTakeBack:
    def test_leaves_nothing(self, database: Database, talk_house: TalkHouse) -> None:
        give(database, talk_house, talk_house.lea.id, ReactionKind.ANGRY)
        assert take(database, talk_house, talk_house.lea.id)
        counts = talk_house.counts(database)
        assert (counts.reactions, counts.angries) == (0, 0)

    def test_of_none_does_nothing(self, database: Database, talk_house: TalkHouse) -> None:
        assert not take(database, talk_house, talk_house.lea.id)


class TestManyAtOnce:
    def test_lose_no_count(self, database: Database, talk_house: TalkHouse) -> None:
        with database.transaction() as session:
            people = [make_account(session).id for _ in range(6)]
        kinds = list(ReactionKind)

        def toggle(number: int) -> None:
            account_id = people[number % len(people)]
            if number % 4 == 3:
                take(database, talk_house, account_id)
            else:
                give(database, talk_house, account_id, kinds[number % len(kinds)])

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(toggle, range(120)))
        with database.reading() as session:
            assert_counts_are_true(session, talk_house.post.id)


class TestMarks:
    def test_tell_what_one_did_and_which_friends_reacted(
        self, database: Database, talk_house: TalkHouse
    ) -> None:
        lea, tom, post = talk_house.lea, talk_house.tom, talk_house.post
        with database.transaction() as session:
            befriend(session, lea, tom)
            hide_post(session, post_id=post.id, account_id=lea.id, now=START)
        give(database, talk_house, lea.id, ReactionKind.LOVE)
        give(database, talk_house, tom.id, ReactionKind.LIKE)
        with database.reading() as session:
            marks = load_marks(session, lea.id, [post.id])[post.id]
        assert (marks.reaction, marks.is_hidden, marks.friends) == (ReactionKind.LOVE, True, ("Tom Miller",))

    def test_name_no_strangers(self, database: Database, talk_house: TalkHouse) -> None:
        give(database, talk_house, talk_house.tom.id, ReactionKind.LIKE)
        with database.reading() as session:
            marks = load_marks(session, talk_house.lea.id, [talk_house.post.id])[talk_house.post.id]
        assert marks.friends == ()


class TestHiding:
    @pytest.mark.parametrize("times", [1, 2])
    def test_is_undone(self, database: Database, talk_house: TalkHouse, times: int) -> None:
        lea, post = talk_house.lea, talk_house.post
        with database.transaction() as session:
            for _ in range(times):
                hide_post(session, post_id=post.id, account_id=lea.id, now=START)
            show_post_again(session, post_id=post.id, account_id=lea.id)
        with database.reading() as session:
            assert not load_marks(session, lea.id, [post.id])[post.id].is_hidden

    def test_touches_no_other_post(self, database: Database, talk_house: TalkHouse) -> None:
        with database.transaction() as session:
            other = make_post(session, talk_house.page)
            hide_post(session, post_id=talk_house.post.id, account_id=talk_house.lea.id, now=START)
        with database.reading() as session:
            assert not load_marks(session, talk_house.lea.id, [other.id])[other.id].is_hidden
