"""Telling people: what adds up, what is counted, what nobody wants to hear."""

import datetime as dt
import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from shop.accounts.models import Account
from shop.core.db import Database
from shop.core.outbox import Job
from shop.notifications.models import MailPace, Notification, NotificationKind, NotificationSetting
from shop.notifications.reading import mark_all_read
from shop.notifications.service import WRITE_DIGEST, notify
from tests.factories import make_account
from tests.notifications.telling import tell, unread_count

REPLY, LIKE = NotificationKind.COMMENT_REPLY, NotificationKind.COMMENT_LIKE


def rows(database: Database, account: Account) -> list[Notification]:
    with database.reading() as session:
        mine = select(Notification).where(Notification.account_id == account.id).order_by(Notification.id)
        return list(session.scalars(mine))


class TestNotify:
    def test_adds_the_same_subject_to_what_is_unread(
        self, database: Database, lea: Account, now: dt.datetime
    ) -> None:
        for minute, actor in enumerate(["Marc", "Zoé", "Marc", "Ines", "Tom"]):
            tell(database, lea, actors=[actor], now=now + dt.timedelta(minutes=minute))
        (row,) = rows(database, lea)
        assert (row.count, row.data["people"]) == (5, 4)
        assert row.data["actors"] == ["Tom", "Ines", "Marc"]
        assert (row.created_at, row.updated_at) == (now, now + dt.timedelta(minutes=4))
        assert unread_count(database, lea) == 1

    def test_begins_anew_once_that_was_read(self, database: Database, lea: Account, now: dt.datetime) -> None:
        tell(database, lea, now=now)
        with database.transaction() as session:
            session.scalars(select(Notification)).one().read_at = now
        tell(database, lea, now=now)
        assert [row.count for row in rows(database, lea)] == [1, 1]
        assert unread_count(database, lea) == 1

    def test_keeps_kinds_and_subjects_apart(self, database: Database, lea: Account, now: dt.datetime) -> None:
        tell(database, lea, now=now)
        tell(database, lea, now=now, kind=LIKE)
        tell(database, lea, now=now, subject="comment:8")
        assert unread_count(database, lea) == 3

    @pytest.mark.parametrize(("mail", "told"), [(MailPace.NEVER, 0), (MailPace.DAILY, 1)])
    def test_counts_nothing_of_a_kind_that_is_switched_off_in_the_app(
        self, database: Database, lea: Account, now: dt.datetime, mail: MailPace, told: int
    ) -> None:
        with database.transaction() as session:
            session.add(NotificationSetting(account_id=lea.id, kind=REPLY, in_app=False, mail=mail))
        tell(database, lea, now=now)
        assert [row.in_app for row in rows(database, lea)] == [False] * told
        assert unread_count(database, lea) == 0

    def test_tells_nobody_when_the_transaction_fails(
        self, database: Database, lea: Account, now: dt.datetime
    ) -> None:
        with pytest.raises(ZeroDivisionError), database.transaction() as session:
            notify(session, account_id=lea.id, kind=REPLY, subject="a", path="/", data={}, now=now)
            _ = 1 / 0
        assert rows(database, lea) == []

    def test_is_taken_back_with_its_savepoint(
        self, database: Database, lea: Account, now: dt.datetime
    ) -> None:
        with database.transaction() as session:
            with pytest.raises(ZeroDivisionError), session.begin_nested():
                notify(session, account_id=lea.id, kind=REPLY, subject="a", path="/", data={}, now=now)
                _ = 1 / 0
            notify(session, account_id=lea.id, kind=LIKE, subject="a", path="/", data={}, now=now)
        assert [row.kind for row in rows(database, lea)] == [LIKE]

    def test_passes_over_an_account_that_is_gone(
        self, database: Database, lea: Account, now: dt.datetime
    ) -> None:
        with database.transaction() as session:
            for account_id in (lea.id + 1000, lea.id):
                notify(session, account_id=account_id, kind=REPLY, subject="a", path="/", data={}, now=now)
        assert unread_count(database, lea) == 1

    def test_queues_one_digest_a_day_of_what_comes_by_mail(
        self, database: Database, lea: Account, now: dt.datetime
    ) -> None:
        tell(database, lea, now=now, kind=LIKE)  # never by mail, unless somebody wants it
        assert digests(database) == []
        tell(database, lea, now=now)
        tell(database, lea, now=now, subject="comment:9")
        assert digests(database) == [(f"{lea.id}:2026-11-25", dt.datetime(2026, 11, 25, 7, tzinfo=dt.UTC))]


def digests(database: Database) -> list[tuple[str, dt.datetime]]:
    with database.reading() as session:
        jobs = session.scalars(select(Job).where(Job.kind == WRITE_DIGEST).order_by(Job.id))
        return [(job.subject, job.run_at) for job in jobs]


class TestNotifyAtOnce:
    def test_two_replies_are_one_notification_of_two(
        self, database: Database, lea: Account, now: dt.datetime
    ) -> None:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda name: tell(database, lea, actors=[name], now=now), ["Marc", "Zoé"]))
        (row,) = rows(database, lea)
        assert (row.count, sorted(row.data["actors"])) == (2, ["Marc", "Zoé"])
        assert unread_count(database, lea) == 1

    def test_many_who_tell_several_in_any_order_neither_deadlock_nor_miscount(
        self, database: Database, now: dt.datetime
    ) -> None:
        rounds, people = 48, 5
        with database.transaction() as session:
            accounts = [make_account(session, name=f"Person {number}") for number in range(people)]

        def tell_all(number: int) -> None:
            mixed = random.Random(number).sample(accounts, people)
            with database.transaction() as session:
                for account in mixed:
                    notify(
                        session, account_id=account.id, kind=REPLY, subject=f"post:{number % 3}", path="/en/",
                        data={"actors": [f"Actor {number}"], "page": "Lumen"}, now=now,
                    )  # fmt: skip

        with ThreadPoolExecutor(12) as pool:
            list(pool.map(tell_all, range(rounds)))
        for account in accounts:
            found = rows(database, account)
            assert sorted(row.count for row in found) == [rounds // 3] * 3
            assert {row.data["people"] for row in found} == {rounds // 3}
            assert unread_count(database, account) == 3

    def test_reading_and_telling_at_once_leave_an_exact_count(
        self, database: Database, lea: Account, now: dt.datetime
    ) -> None:
        def act(number: int) -> None:
            if number % 3:
                tell(database, lea, now=now + dt.timedelta(seconds=number), subject=f"post:{number % 4}")
            else:
                with database.transaction() as session:
                    mark_all_read(session, account_id=lea.id, until=None, now=now)

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(act, range(60)))
        assert unread_count(database, lea) == sum(row.read_at is None for row in rows(database, lea))
