"""Friendships, follows and blocks, whoever does what first."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.accounts.profile_models import AskedBy, Audience
from shop.core.db import Database
from shop.core.errors import NotFound
from shop.notifications.models import Notification, NotificationKind
from shop.notifications.service import notify
from shop.people import service
from shop.people.models import Friend, PersonFollow
from shop.people.queries import MAX_FRIENDS, blocked_ids, find_follow
from shop.people.ties import MAX_FOLLOWED, TooManyFollowed
from tests.factories import START, make_account
from tests.people.conftest import Circle
from tests.people.ties import blocks, both, follows, friendships, requests, set_profile

LATER = START + dt.timedelta(days=29, hours=23)
MONTH_LATER = START + dt.timedelta(days=30)


def _ask(database: Database, asker: Account, asked: Account, *, now: dt.datetime = START) -> bool:
    with database.transaction() as session:
        return service.ask(session, asker_id=asker.id, asked_id=asked.id, now=now)


def _told(session: Session, account: Account) -> list[tuple[NotificationKind, list[str]]]:
    rows = session.scalars(select(Notification).where(Notification.account_id == account.id))
    return [(row.kind, row.data["actors"]) for row in rows]


class TestAsk:
    def test_waits_for_the_other_who_is_told(self, database: Database, circle: Circle) -> None:
        are_friends = _ask(database, circle.dan, circle.ada)

        assert not are_friends
        assert requests(database) == {(circle.dan.id, circle.ada.id)}
        with database.reading() as session:
            assert (NotificationKind.FRIEND_REQUEST, ["Dan Weber"]) in _told(session, circle.ada)
            assert session.get_one(Account, circle.ada.id).unread_count > 0

    def test_twice_is_one_request(self, database: Database, circle: Circle) -> None:
        _ask(database, circle.dan, circle.ada)
        _ask(database, circle.dan, circle.ada)

        assert requests(database) == {(circle.dan.id, circle.ada.id)}

    def test_makes_friends_when_the_other_has_asked(self, database: Database, circle: Circle) -> None:
        _ask(database, circle.dan, circle.ada)

        assert _ask(database, circle.ada, circle.dan)
        assert both(circle.ada, circle.dan) <= friendships(database)
        assert requests(database) == set()

    def test_of_oneself_finds_nobody(self, database: Database, circle: Circle) -> None:
        with pytest.raises(NotFound):
            _ask(database, circle.ada, circle.ada)

    def test_of_who_takes_none_is_refused(self, database: Database, circle: Circle) -> None:
        set_profile(database, circle.ada, asked_by=AskedBy.NOBODY)

        with pytest.raises(service.MayNotAsk):
            _ask(database, circle.cleo, circle.ada)

    def test_by_a_friend_of_a_friend_is_taken_where_a_strangers_is_not(
        self, database: Database, circle: Circle
    ) -> None:
        set_profile(database, circle.ada, asked_by=AskedBy.FRIENDS_OF_FRIENDS)

        _ask(database, circle.cleo, circle.ada)
        with pytest.raises(service.MayNotAsk):
            _ask(database, circle.dan, circle.ada)
        assert requests(database) == {(circle.cleo.id, circle.ada.id)}

    def test_answers_even_who_takes_no_requests_when_they_asked(
        self, database: Database, circle: Circle
    ) -> None:
        set_profile(database, circle.ada, asked_by=AskedBy.NOBODY)
        _ask(database, circle.ada, circle.dan)

        assert _ask(database, circle.dan, circle.ada)

    def test_again_waits_thirty_days_after_a_refusal(self, database: Database, circle: Circle) -> None:
        _ask(database, circle.dan, circle.ada)
        with database.transaction() as session:
            service.decline(session, account_id=circle.ada.id, asker_id=circle.dan.id, now=START)

        with pytest.raises(service.AskedTooSoon) as refused:
            _ask(database, circle.dan, circle.ada, now=LATER)
        assert refused.value.until == MONTH_LATER
        assert not _ask(database, circle.dan, circle.ada, now=MONTH_LATER)

    def test_by_who_declined_makes_a_request_of_their_own(self, database: Database, circle: Circle) -> None:
        _ask(database, circle.dan, circle.ada)
        with database.transaction() as session:
            service.decline(session, account_id=circle.ada.id, asker_id=circle.dan.id, now=START)

        assert not _ask(database, circle.ada, circle.dan)
        assert (circle.ada.id, circle.dan.id) in requests(database)

    def test_ends_at_the_most_friends_that_anybody_has(self, database: Database, circle: Circle) -> None:
        with database.transaction() as session:
            rows = [
                {"email": f"n{n}@x.example", "name": "N", "password_hash": "!", "language": "en", "created_at": START}
                for n in range(MAX_FRIENDS)
            ]  # fmt: skip
            ids = session.scalars(insert(Account).returning(Account.id), rows).all()
            pairs = [{"account_id": circle.dan.id, "friend_id": other, "since": START} for other in ids]
            session.execute(insert(Friend), pairs)

        with pytest.raises(service.TooManyFriends):
            _ask(database, circle.dan, circle.ada)
        _ask_back = _ask(database, circle.ada, circle.dan)
        assert not _ask_back
        with database.transaction() as session, pytest.raises(service.TooManyFriends):
            service.accept(session, account_id=circle.dan.id, asker_id=circle.ada.id, now=START)


class TestTakeBack:
    def test_withdraws_an_open_request(self, database: Database, circle: Circle) -> None:
        _ask(database, circle.dan, circle.ada)
        with database.transaction() as session:
            service.take_back(session, asker_id=circle.dan.id, asked_id=circle.ada.id)

        assert requests(database) == set()

    @pytest.mark.parametrize("answer", ["taken back", "accepted", "declined", "blocked"])
    def test_or_an_answer_ends_what_was_told_of_the_request(
        self, database: Database, circle: Circle, answer: str
    ) -> None:
        ada, dan = circle.ada.id, circle.dan.id
        with database.reading() as session:
            before = session.get_one(Account, ada).unread_count
        _ask(database, circle.dan, circle.ada)
        with database.transaction() as session:
            if answer == "taken back":
                service.take_back(session, asker_id=dan, asked_id=ada)
            elif answer == "accepted":
                service.accept(session, account_id=ada, asker_id=dan, now=START)
            elif answer == "declined":
                service.decline(session, account_id=ada, asker_id=dan, now=START)
            else:
                service.block(session, account_id=ada, blocked_id=dan, now=START)

        with database.reading() as session:
            assert (NotificationKind.FRIEND_REQUEST, ["Dan Weber"]) not in _told(session, circle.ada)
            assert session.get_one(Account, ada).unread_count == before

    def test_leaves_a_declined_one_so_that_it_is_no_way_to_ask_anew(
        self, database: Database, circle: Circle
    ) -> None:
        _ask(database, circle.dan, circle.ada)
        with database.transaction() as session:
            service.decline(session, account_id=circle.ada.id, asker_id=circle.dan.id, now=START)
        with database.transaction() as session:
            service.take_back(session, asker_id=circle.dan.id, asked_id=circle.ada.id)

        with pytest.raises(service.AskedTooSoon):
            _ask(database, circle.dan, circle.ada)


class TestAccept:
    def test_makes_both_follow_each_other_and_tells_the_asker(
        self, database: Database, circle: Circle
    ) -> None:
        _ask(database, circle.dan, circle.ada)
        with database.transaction() as session:
            service.accept(session, account_id=circle.ada.id, asker_id=circle.dan.id, now=START)

        assert both(circle.ada, circle.dan) <= friendships(database)
        assert both(circle.ada, circle.dan) <= follows(database)
        with database.reading() as session:
            assert (NotificationKind.FRIEND_ACCEPTED, ["Ada Roy"]) in _told(session, circle.dan)
            assert (find_follow(session, circle.dan.id, circle.ada.id) or 0) > 0

    def test_of_a_request_that_is_gone_is_refused(self, database: Database, circle: Circle) -> None:
        with database.transaction() as session, pytest.raises(service.NoRequest):
            service.accept(session, account_id=circle.ada.id, asker_id=circle.dan.id, now=START)
        assert both(circle.ada, circle.dan).isdisjoint(friendships(database))


class TestUnfriend:
    def test_ends_both_sides_and_both_follows(self, database: Database, circle: Circle) -> None:
        with database.transaction() as session:
            service.unfriend(session, account_id=circle.ben.id, friend_id=circle.ada.id)

        assert friendships(database) == both(circle.ben, circle.cleo)
        assert follows(database) == both(circle.ben, circle.cleo)

    def test_is_undone_as_it_was(self, database: Database, circle: Circle) -> None:
        with database.transaction() as session:
            service.unfollow_person(session, follower_id=circle.ada.id, person_id=circle.ben.id)
        before = friendships(database), follows(database)
        with database.transaction() as session:
            ended = service.unfriend(session, account_id=circle.ben.id, friend_id=circle.ada.id)
        assert ended is not None
        with database.transaction() as session:
            service.restore_friendship(session, ended=ended)

        assert (friendships(database), follows(database)) == before

    def test_is_not_undone_once_one_has_blocked_the_other(self, database: Database, circle: Circle) -> None:
        with database.transaction() as session:
            ended = service.unfriend(session, account_id=circle.ben.id, friend_id=circle.ada.id)
        assert ended is not None
        with database.transaction() as session:
            service.block(session, account_id=circle.ada.id, blocked_id=circle.ben.id, now=START)
        with database.transaction() as session, pytest.raises(NotFound):
            service.restore_friendship(session, ended=ended)


class TestFollowPerson:
    def test_takes_who_shows_their_profile_to_everybody(self, database: Database, circle: Circle) -> None:
        with database.transaction() as session:
            service.follow_person(session, follower_id=circle.dan.id, person_id=circle.ada.id, now=START)

        assert (circle.dan.id, circle.ada.id) in follows(database)

    def test_ends_at_the_most_people_that_anybody_follows(self, database: Database, circle: Circle) -> None:
        with database.transaction() as session:
            crowd = [
                {"email": f"n{n}@x.example", "name": "N", "password_hash": "!", "language": "en", "created_at": START}
                for n in range(MAX_FOLLOWED)
            ]  # fmt: skip
            ids = session.scalars(insert(Account).returning(Account.id), crowd).all()
            follows = [
                {"follower_id": circle.dan.id, "person_id": one, "since": START, "level": 0.0} for one in ids
            ]
            session.execute(insert(PersonFollow), follows)
        with database.transaction() as session, pytest.raises(TooManyFollowed):
            service.follow_person(session, follower_id=circle.dan.id, person_id=circle.ada.id, now=START)

    def test_refuses_strangers_of_who_shows_it_to_friends(self, database: Database, circle: Circle) -> None:
        set_profile(database, circle.ada, visibility=Audience.FRIENDS)

        with database.transaction() as session, pytest.raises(service.MayNotFollow):
            service.follow_person(session, follower_id=circle.dan.id, person_id=circle.ada.id, now=START)

    def test_comes_back_to_a_friend_after_unfollowing(self, database: Database, circle: Circle) -> None:
        set_profile(database, circle.ben, visibility=Audience.FRIENDS)
        with database.transaction() as session:
            service.unfollow_person(session, follower_id=circle.ada.id, person_id=circle.ben.id)
        assert (circle.ada.id, circle.ben.id) in friendships(database)
        assert (circle.ada.id, circle.ben.id) not in follows(database)
        with database.transaction() as session:
            service.follow_person(session, follower_id=circle.ada.id, person_id=circle.ben.id, now=START)

        assert (circle.ada.id, circle.ben.id) in follows(database)


class TestBlock:
    def test_ends_all_that_was_between_the_two(self, database: Database, circle: Circle) -> None:
        _ask(database, circle.dan, circle.ada)
        with database.transaction() as session:
            service.block(session, account_id=circle.ada.id, blocked_id=circle.ben.id, now=START)
            service.block(session, account_id=circle.ada.id, blocked_id=circle.dan.id, now=START)

        assert friendships(database) == both(circle.ben, circle.cleo)
        assert follows(database) == both(circle.ben, circle.cleo)
        assert requests(database) == set()

    def test_ends_what_was_told_of_the_friendship(self, database: Database, circle: Circle) -> None:
        with database.reading() as session:
            assert _told(session, circle.ada) == [(NotificationKind.FRIEND_ACCEPTED, ["Ben Sorel"])]
        with database.transaction() as session:
            service.block(session, account_id=circle.ada.id, blocked_id=circle.ben.id, now=START)

        with database.reading() as session:
            assert _told(session, circle.ada) == []

    def test_takes_the_name_out_of_what_both_were_told(self, database: Database, circle: Circle) -> None:
        ada, ben = circle.ada.id, circle.ben.id
        with database.transaction() as session:
            for subject, names in (
                ("a", ["Ben Sorel"]),
                ("b", ["Dan Weber", "Ben Sorel"]),
                ("c", ["Cléo Vidal"]),
            ):
                for name in names:
                    notify(
                        session, account_id=ada, kind=NotificationKind.COMMENT_REPLY, subject=subject, path="/",
                        data={"actors": [name], "page": "Lumen", "excerpt": f"By {name}"}, now=START,
                    )  # fmt: skip
        with database.transaction() as session:
            service.block(session, account_id=ben, blocked_id=ada, now=START)

        with database.reading() as session:
            assert _told(session, circle.ada) == [
                (NotificationKind.COMMENT_REPLY, ["Dan Weber"]), (NotificationKind.COMMENT_REPLY, ["Cléo Vidal"])
            ]  # fmt: skip
            told = session.scalars(select(Notification).where(Notification.account_id == ada)).all()
            assert [(one.data["people"], one.data["excerpt"]) for one in told] == [
                (1, ""),
                (1, "By Cléo Vidal"),
            ]
            assert session.get_one(Account, ada).unread_count == 2

    def test_is_found_from_both_sides_and_only_among_whom_is_asked(
        self, database: Database, circle: Circle
    ) -> None:
        ada, ben, dan = circle.ada.id, circle.ben.id, circle.dan.id
        with database.transaction() as session:
            service.block(session, account_id=ada, blocked_id=ben, now=START)
            service.block(session, account_id=dan, blocked_id=ada, now=START)
        with database.reading() as session:
            assert blocked_ids(session, ada) == {ben, dan}
            assert blocked_ids(session, ada, among=[dan, circle.cleo.id]) == {dan}
            assert blocked_ids(session, ada, among=[]) == set()

    def test_lets_neither_ask_or_follow_the_other(self, database: Database, circle: Circle) -> None:
        with database.transaction() as session:
            service.block(session, account_id=circle.ada.id, blocked_id=circle.dan.id, now=START)

        for one, other in ((circle.ada, circle.dan), (circle.dan, circle.ada)):
            with pytest.raises(NotFound):
                _ask(database, one, other)
            with database.transaction() as session, pytest.raises(NotFound):
                service.follow_person(session, follower_id=one.id, person_id=other.id, now=START)

    def test_is_taken_back_without_what_it_ended(self, database: Database, circle: Circle) -> None:
        with database.transaction() as session:
            service.block(session, account_id=circle.ada.id, blocked_id=circle.ben.id, now=START)
            service.unblock(session, account_id=circle.ada.id, blocked_id=circle.ben.id)

        assert blocks(database) == set()
        assert both(circle.ada, circle.ben).isdisjoint(friendships(database))
        assert not _ask(database, circle.ben, circle.ada)


class TestTwoAtOnce:
    def test_who_ask_each_other_become_friends(self, database: Database) -> None:
        with database.transaction() as session:
            pairs = [(make_account(session), make_account(session)) for _ in range(20)]
        barrier = Barrier(2)

        def ask_all(side: int) -> None:
            for pair in pairs:
                barrier.wait()
                _ask(database, pair[side], pair[1 - side])

        with ThreadPoolExecutor(2) as pool:
            for done in [pool.submit(ask_all, side) for side in (0, 1)]:
                done.result()

        assert friendships(database) == set().union(*(both(*pair) for pair in pairs))
        assert follows(database) == friendships(database)
        assert requests(database) == set()

    def test_never_leave_half_a_friendship(self, database: Database) -> None:
        with database.transaction() as session:
            people = [make_account(session) for _ in range(4)]

        def mingle(seed: int) -> None:
            for step in range(24):
                one = people[(seed + step) % 4]
                other = people[(seed + step * 3 + 1) % 4]
                if one is other:
                    continue
                act = (seed + step) % 5
                with database.transaction() as session:
                    try:
                        if act < 2:
                            service.ask(session, asker_id=one.id, asked_id=other.id, now=START)
                        elif act == 2:
                            service.accept(session, account_id=one.id, asker_id=other.id, now=START)
                        elif act == 3:
                            service.unfriend(session, account_id=one.id, friend_id=other.id)
                        else:
                            service.block(session, account_id=one.id, blocked_id=other.id, now=START)
                            service.unblock(session, account_id=one.id, blocked_id=other.id)
                    except (service.NoRequest, NotFound):
                        pass

        with ThreadPoolExecutor(6) as pool:
            for done in [pool.submit(mingle, seed) for seed in range(6)]:
                done.result()

        made = friendships(database)
        assert {(other, one) for one, other in made} == made
        open_requests = requests(database)
        assert not any((other, one) in open_requests for one, other in open_requests)
        assert open_requests.isdisjoint(made)
