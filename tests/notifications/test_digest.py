"""The digest: one mail a day, of what is unread and was in no mail, with a way to stop it."""

import datetime as dt
import re
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select, update

from shop.accounts.models import Account
from shop.app import create_app
from shop.core.clock import SteppedClock
from shop.core.db import Database
from shop.core.mail import SEND_MAIL, Mail
from shop.core.outbox import Job, JobState, Worker
from shop.notifications.digests import write_digest
from shop.notifications.models import MailPace, Notification, NotificationKind, NotificationSetting
from shop.notifications.preferring import change_settings
from shop.notifications.reading import mark_all_read
from shop.notifications.settings import Setting
from shop.web.context import Runtime
from shop.worker import job_handlers
from tests.notifications.mail_server import TakingServer
from tests.notifications.telling import tell

REPLY, LIKE = NotificationKind.COMMENT_REPLY, NotificationKind.COMMENT_LIKE
DAILY, WEEKLY, NEVER = MailPace.DAILY, MailPace.WEEKLY, MailPace.NEVER


def want(
    database: Database, account: Account, kind: NotificationKind, mail: MailPace, *, in_app: bool = True
) -> None:
    with database.transaction() as session:
        session.merge(NotificationSetting(account_id=account.id, kind=kind, in_app=in_app, mail=mail))


def work(app: Flask, database: Database, clock: SteppedClock) -> None:
    Worker(database, clock, job_handlers(app)).run_due()


def mails(database: Database) -> list[Mail]:
    with database.reading() as session:
        return list(session.scalars(select(Mail).order_by(Mail.id)))


class TestDigest:
    def test_is_one_mail_of_what_is_unread_at_seven(
        self, app: Flask, database: Database, clock: SteppedClock, lea: Account
    ) -> None:
        tell(database, lea, now=clock.now())
        tell(database, lea, now=clock.now(), actors=["Zoé"], subject="comment:9", kind=NotificationKind.SHARE)
        clock.advance(hours=20)
        work(app, database, clock)
        assert mails(database) == []
        clock.advance(hours=1)
        work(app, database, clock)
        (mail,) = mails(database)
        assert (mail.recipient, mail.sent_at is not None) == ("lea@example.com", True)
        assert mail.title == "2 things are new for you"
        for body in (mail.text_body or "", mail.html_body or ""):
            assert "Marc answered your comment on Atelier Lumen" in body
            assert "Zoé shared something with you" in body

    def test_tells_nothing_twice(
        self, app: Flask, database: Database, clock: SteppedClock, lea: Account
    ) -> None:
        for subject in ("comment:7", "comment:8"):
            tell(database, lea, now=clock.now(), subject=subject, actors=[subject])
            clock.advance(days=1)
            work(app, database, clock)
        first, second = mails(database)
        assert "comment:8" not in (first.text_body or "")
        assert "comment:7" not in (second.text_body or "")

    def test_tells_again_of_what_went_on(
        self, app: Flask, database: Database, clock: SteppedClock, lea: Account
    ) -> None:
        for actor in ("Marc", "Zoé"):
            tell(database, lea, now=clock.now(), actors=[actor])
            clock.advance(days=1)
            work(app, database, clock)
        assert [mail.title for mail in mails(database)] == [
            "Marc answered your comment on Atelier Lumen", "Zoé and Marc answered your comment on Atelier Lumen",
        ]  # fmt: skip

    def test_is_not_written_when_everything_was_read(
        self, app: Flask, database: Database, clock: SteppedClock, lea: Account
    ) -> None:
        tell(database, lea, now=clock.now())
        with database.transaction() as session:
            mark_all_read(session, account_id=lea.id, until=None, now=clock.now())
        clock.advance(days=1)
        work(app, database, clock)
        assert mails(database) == []

    def test_is_not_sent_when_everything_was_read_before_its_turn(
        self, app: Flask, database: Database, clock: SteppedClock, lea: Account
    ) -> None:
        tell(database, lea, now=clock.now())
        with database.transaction() as session:
            assert write_digest(session, account_id=lea.id, day=clock.now().date(), now=clock.now())
        with database.transaction() as session:
            mark_all_read(session, account_id=lea.id, until=None, now=clock.now())
        work(app, database, clock)
        (mail,) = mails(database)
        assert mail.sent_at is None
        with database.reading() as session:
            assert session.scalars(select(Job.state).where(Job.kind == SEND_MAIL)).all() == [JobState.DONE]

    def test_comes_once_a_week_on_mondays(
        self, app: Flask, database: Database, clock: SteppedClock, lea: Account
    ) -> None:
        want(database, lea, REPLY, WEEKLY)
        tell(database, lea, now=clock.now())  # a Tuesday
        days: list[dt.date] = []
        for _ in range(14):
            clock.advance(days=1)
            work(app, database, clock)
            days += [mail.created_at.date() for mail in mails(database)[len(days) :]]
        assert days == [dt.date(2026, 11, 30)]

    def test_moves_to_monday_with_the_setting(
        self, app: Flask, database: Database, clock: SteppedClock, lea: Account
    ) -> None:
        tell(database, lea, now=clock.now())
        with database.transaction() as session:
            change_settings(
                session, account_id=lea.id, chosen={REPLY: Setting(True, WEEKLY)}, now=clock.now()
            )
        clock.advance(days=1)
        work(app, database, clock)
        assert mails(database) == []
        clock.advance(days=5)
        work(app, database, clock)
        assert len(mails(database)) == 1

    def test_does_not_come_for_what_is_never_mailed(
        self, app: Flask, database: Database, clock: SteppedClock, lea: Account
    ) -> None:
        tell(database, lea, now=clock.now(), kind=LIKE)
        tell(database, lea, now=clock.now(), kind=NotificationKind.MODERATION)
        clock.advance(days=7)
        work(app, database, clock)
        assert mails(database) == []

    def test_tells_what_is_not_shown_in_the_app_once(
        self, app: Flask, database: Database, clock: SteppedClock, lea: Account
    ) -> None:
        want(database, lea, REPLY, DAILY, in_app=False)
        for subject in ("first", "second"):
            tell(database, lea, now=clock.now(), actors=[subject])
            clock.advance(days=1)
            work(app, database, clock)
        first, second = mails(database)
        assert "first answered your comment" in (first.text_body or "")
        assert "second answered your comment" in (second.text_body or "")

    def test_comes_in_its_readers_language(
        self, app: Flask, database: Database, clock: SteppedClock, lea: Account
    ) -> None:
        with database.transaction() as session:
            session.execute(update(Account).values(language="fr"))
        tell(database, lea, now=clock.now())
        clock.advance(hours=20)
        work(app, database, clock)  # six in the morning by UTC is seven in Paris
        (mail,) = mails(database)
        assert mail.title == "Marc a répondu à votre commentaire sur Atelier Lumen"
        assert "http://localhost/fr/notifications" in (mail.html_body or "")

    def test_says_how_many_more_there_are(
        self, app: Flask, database: Database, clock: SteppedClock, lea: Account
    ) -> None:
        for number in range(65):
            tell(database, lea, now=clock.now(), subject=f"comment:{number}")
        clock.advance(days=1)
        work(app, database, clock)
        (mail,) = mails(database)
        assert (mail.text_body or "").count("answered your comment") == 60
        assert "And 5 more things." in (mail.html_body or "")

    def test_escapes_what_others_wrote(
        self, app: Flask, database: Database, clock: SteppedClock, lea: Account
    ) -> None:
        tell(database, lea, now=clock.now(), actors=["<b>Marc</b>\r\nBcc: all@example.com"])
        clock.advance(days=1)
        work(app, database, clock)
        (mail,) = mails(database)
        assert "<b>Marc" not in (mail.html_body or "")

    def test_is_nothing_to_an_account_that_is_gone(
        self, app: Flask, database: Database, clock: SteppedClock, lea: Account
    ) -> None:
        tell(database, lea, now=clock.now())
        with database.transaction() as session:
            session.delete(session.get_one(Account, lea.id))
        clock.advance(days=1)
        work(app, database, clock)
        assert mails(database) == []
        with database.reading() as session:
            assert set(session.scalars(select(Job.state))) == {JobState.DONE}


class TestDigestOnItsWay:
    @pytest.fixture
    def server(self) -> TakingServer:
        return TakingServer()

    @pytest.fixture
    def mailing_app(self, runtime: Runtime, server: TakingServer) -> Flask:
        settings = replace(runtime.settings, smtp_url=server.url, public_url="https://vitrine.example")
        return create_app(replace(runtime, settings=settings), gateway=object())

    def test_has_one_message_id_on_every_try_and_is_written_once(
        self, mailing_app: Flask, database: Database, clock: SteppedClock, lea: Account, server: TakingServer
    ) -> None:
        """A worker that is killed after the server took the mail sends it again, recognisably the same."""
        tell(database, lea, now=clock.now())
        clock.advance(days=1)
        work(mailing_app, database, clock)
        with database.transaction() as session:
            # As a worker leaves it that died before it could write down that the mail is sent.
            session.execute(update(Mail).values(sent_at=None))
            session.execute(update(Job).values(state=JobState.WAITING, run_at=clock.now()))
        work(mailing_app, database, clock)
        work(mailing_app, database, clock)
        first, again = server.messages
        assert (first["Message-ID"], first["Subject"]) == (again["Message-ID"], again["Subject"])
        assert len(mails(database)) == 1
        with database.reading() as session:
            assert session.scalars(select(Notification.mailed_at)).one() is not None

    def test_is_not_lost_with_a_worker_that_died_before_it_wrote_it(
        self, mailing_app: Flask, database: Database, clock: SteppedClock, lea: Account, server: TakingServer
    ) -> None:
        tell(database, lea, now=clock.now())
        clock.advance(days=1)
        with pytest.raises(ZeroDivisionError), database.transaction() as session:
            write_digest(session, account_id=lea.id, day=clock.now().date(), now=clock.now())
            _ = 1 / 0
        work(mailing_app, database, clock)
        assert len(server.messages) == len(mails(database)) == 1

    def test_lets_mail_programs_unsubscribe_with_one_click(
        self, mailing_app: Flask, database: Database, clock: SteppedClock, lea: Account, server: TakingServer
    ) -> None:
        tell(database, lea, now=clock.now())
        clock.advance(days=1)
        work(mailing_app, database, clock)
        (message,) = server.messages
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        (path,) = re.findall(r"^<https://vitrine\.example(/unsubscribe/[^>]+)>$", message["List-Unsubscribe"])
        # No cookies, no origin, another site's program: the token is the authority.
        answer = mailing_app.test_client().post(
            path, data={"List-Unsubscribe": "One-Click"}, headers={"Sec-Fetch-Site": "cross-site"}
        )
        assert (answer.status_code, answer.headers.get("Set-Cookie")) == (200, None)
        tell(database, lea, now=clock.now(), subject="comment:9")
        clock.advance(days=1)
        work(mailing_app, database, clock)
        assert len(server.messages) == 1
