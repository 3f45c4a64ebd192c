"""The bell, the list, opening one, the settings: as somebody in a browser meets them."""

import datetime as dt
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from shop.accounts.models import Account
from shop.core.clock import SteppedClock
from shop.core.db import Database
from shop.core.outbox import Job, Worker
from shop.notifications.models import MailPace, Notification, NotificationKind
from shop.notifications.queries import load_settings
from shop.notifications.reading import PURGE_NOTIFICATIONS
from shop.notifications.settings import DEFAULTS, Setting
from shop.worker import job_handlers
from tests.factories import make_account, make_page
from tests.notifications.telling import tell, unread_count
from tests.support.statements import count_statements


def only_id(database: Database) -> int:
    with database.reading() as session:
        return session.scalars(select(Notification.id)).one()


def tell_many(database: Database, account: Account, number: int, now: dt.datetime) -> None:
    for one in range(number):
        tell(
            database,
            account,
            now=now + dt.timedelta(minutes=one),
            subject=f"comment:{one}",
            actors=[f"P{one}"],
        )


class TestBell:
    @pytest.mark.parametrize(("unread", "shown"), [(0, None), (7, "7"), (99, "99"), (100, "99+")])
    def test_shows_how_many_are_unread(
        self, database: Database, her_browser: FlaskClient, unread: int, shown: str | None
    ) -> None:
        with database.transaction() as session:
            session.execute(update(Account).values(unread_count=unread))
        bell = re.search(r'<a class="[^"]*bell".*?</a>', her_browser.get("/en/account").text, re.DOTALL)
        assert bell is not None
        found = re.search(r"bell__count[^>]*>([^<]+)<", bell[0])
        assert (found[1] if found else None) == shown
        assert f"{unread} unread" in bell[0] or unread == 0

    def test_is_not_there_for_a_guest(self, client: FlaskClient) -> None:
        assert "bell" not in client.get("/en/sign-in").text

    @pytest.mark.parametrize("path", ["/en/", "/en/account", "/en/p/lumen", "/en/orders"])
    def test_costs_no_statement(
        self,
        database: Database,
        her_browser: FlaskClient,
        lea: Account,
        now: dt.datetime,
        path: str,
    ) -> None:
        with database.transaction() as session:
            make_page(session, slug="lumen")
        her_browser.get(path)
        tell_many(database, lea, 3, now)
        with count_statements(database.engine) as sent:
            assert ", 3 unread" in her_browser.get(path).text
        assert not [statement for statement in sent if "notifications" in statement]
        assert len([statement for statement in sent if "unread_count" in statement]) == 1


class TestShowBell:
    def test_is_one_statement_and_nothing_new_is_304(
        self, database: Database, her_browser: FlaskClient, lea: Account, now: dt.datetime
    ) -> None:
        tell(database, lea, now=now)
        with count_statements(database.engine) as sent:
            first = her_browser.get("/en/notifications/bell")
        assert len(sent) == 1
        assert "Notifications, 1 unread" in first.text
        known = {"If-None-Match": first.headers["ETag"]}
        assert her_browser.get("/en/notifications/bell", headers=known).status_code == 304
        tell(database, lea, now=now, subject="comment:8")
        assert "2 unread" in her_browser.get("/en/notifications/bell", headers=known).text

    def test_is_empty_for_who_is_signed_out(self, client: FlaskClient) -> None:
        answer = client.get("/en/notifications/bell", headers={"HX-Request": "true"})
        assert (answer.status_code, answer.data) == (204, b"")


class TestListMine:
    def test_groups_by_day_the_latest_first(
        self, database: Database, clock: SteppedClock, her_browser: FlaskClient, lea: Account
    ) -> None:
        for hours, actor in ((0, "Ines"), (30, "Zoé"), (24, "Marc")):
            clock.advance(hours=hours)
            tell(database, lea, now=clock.now(), subject=actor, actors=[actor])
        text = her_browser.get("/en/notifications").text
        places = [
            text.index(one)
            for one in ("Today", "Marc answered", "Yesterday", "Zoé answered", "Tuesday, November 24, 2026", "Ines answered")
        ]  # fmt: skip
        assert places == sorted(places)
        assert text.count("told__row--unread") == 3

    def test_pages_without_losing_or_repeating_any(
        self, database: Database, her_browser: FlaskClient, lea: Account, now: dt.datetime
    ) -> None:
        tell_many(database, lea, 65, now)
        path, seen = "/en/notifications", []
        while path:
            text = her_browser.get(path).text
            seen += re.findall(r'href="/en/notifications/(\d+)"', text)
            following = re.search(r'rel="next" href="([^"]+)"', text)
            path = following[1] if following else ""
        assert len(seen) == len(set(seen)) == 65

    @pytest.mark.parametrize(
        "cursor", ["x", "1", "1-", "-1", "9" * 18 + "-1", "1-1-1", "²-1", "1-" + "9" * 30]
    )
    def test_refuses_a_place_of_no_list(self, her_browser: FlaskClient, cursor: str) -> None:
        assert her_browser.get("/en/notifications", query_string={"cursor": cursor}).status_code == 400

    def test_says_what_will_be_there(self, her_browser: FlaskClient) -> None:
        text = her_browser.get("/fr/notifications").text
        assert "Rien de nouveau" in text
        assert 'href="/fr/account/notifications"' in text

    def test_shows_nobody_elses(
        self, app: Flask, database: Database, her_browser: FlaskClient, now: dt.datetime
    ) -> None:
        with database.transaction() as session:
            other = make_account(session)
        tell(database, other, now=now)
        assert "answered your comment" not in her_browser.get("/en/notifications").text

    def test_asks_as_little_for_many_as_for_one(
        self, database: Database, her_browser: FlaskClient, lea: Account, now: dt.datetime
    ) -> None:
        counts = []
        for number in (1, 40):
            tell_many(database, lea, number, now)
            with count_statements(database.engine) as sent:
                her_browser.get("/en/notifications")
            counts.append(len(sent))
        assert counts == [2, 2]

    def test_escapes_what_others_wrote(
        self, database: Database, her_browser: FlaskClient, lea: Account, now: dt.datetime
    ) -> None:
        tell(database, lea, now=now, actors=["<script>alert(1)</script>"])
        assert "<script>alert" not in her_browser.get("/en/notifications").text


class TestOpenOne:
    def test_marks_it_read_and_leads_on_in_the_readers_language(
        self, database: Database, her_browser: FlaskClient, lea: Account, now: dt.datetime
    ) -> None:
        tell(database, lea, now=now)
        answer = her_browser.get(f"/fr/notifications/{only_id(database)}")
        assert answer.status_code == 303
        assert answer.headers["Location"] == "/fr/p/lumen/posts/12#comment-7"
        assert unread_count(database, lea) == 0
        assert her_browser.get(f"/en/notifications/{only_id(database)}").status_code == 303

    @pytest.mark.parametrize(
        "path",
        ["//evil.example/x", "https://evil.example", "/\\evil.example", "evil", "", "/a b", "/a\r\nX: y"],
    )
    def test_leads_nowhere_else(
        self, database: Database, her_browser: FlaskClient, lea: Account, now: dt.datetime, path: str
    ) -> None:
        tell(database, lea, now=now, path=path)
        target = her_browser.get(f"/en/notifications/{only_id(database)}").headers["Location"]
        assert target.startswith("/en/")
        assert "\\" not in target
        assert "\n" not in target

    def test_leads_to_the_list_when_it_is_gone_or_anothers(
        self, database: Database, her_browser: FlaskClient, now: dt.datetime
    ) -> None:
        with database.transaction() as session:
            other = make_account(session)
        tell(database, other, now=now)
        for one in (only_id(database), 4711):
            assert her_browser.get(f"/en/notifications/{one}").headers["Location"] == "/en/notifications"
        assert unread_count(database, other) == 1

    def test_marks_nothing_that_is_fetched_ahead(
        self, database: Database, her_browser: FlaskClient, lea: Account, now: dt.datetime
    ) -> None:
        tell(database, lea, now=now)
        path = f"/en/notifications/{only_id(database)}"
        her_browser.head(path)
        her_browser.get(path, headers={"Sec-Purpose": "prefetch;prerender"})
        assert unread_count(database, lea) == 1

    def test_asks_a_guest_to_sign_in_and_comes_back(self, client: FlaskClient) -> None:
        answer = client.get("/en/notifications/7")
        assert answer.headers["Location"].endswith("next=/en/notifications/7")


class TestCreateReading:
    def test_marks_what_was_on_the_page(
        self, database: Database, clock: SteppedClock, her_browser: FlaskClient, lea: Account
    ) -> None:
        tell_many(database, lea, 40, clock.now())
        until = re.search(r'name="until" value="([^"]+)"', her_browser.get("/en/notifications").text)
        assert until is not None
        clock.advance(hours=1)
        tell(database, lea, now=clock.now(), subject="meanwhile")
        answer = her_browser.post("/en/notifications/reading", data={"until": until[1]})
        assert answer.status_code == 303
        assert unread_count(database, lea) == 1
        assert "40 notifications are marked as read." in her_browser.get("/en/notifications").text
        her_browser.post("/en/notifications/reading")
        assert unread_count(database, lea) == 0

    def test_leaves_others_alone(
        self, app: Flask, database: Database, her_browser: FlaskClient, now: dt.datetime
    ) -> None:
        with database.transaction() as session:
            other = make_account(session)
        tell(database, other, now=now)
        her_browser.post("/en/notifications/reading")
        assert unread_count(database, other) == 1


class TestPurge:
    def test_removes_what_was_read_ninety_days_ago(
        self, app: Flask, database: Database, clock: SteppedClock, her_browser: FlaskClient, lea: Account
    ) -> None:
        tell(database, lea, now=clock.now(), subject="read")
        her_browser.post("/en/notifications/reading")
        tell(database, lea, now=clock.now(), subject="unread", kind=NotificationKind.COMMENT_LIKE)
        worker = Worker(database, clock, job_handlers(app))
        clock.advance(days=89)
        worker.run_due()
        with database.reading() as session:
            assert len(session.scalars(select(Notification)).all()) == 2
        clock.advance(days=3)
        worker.run_due()
        with database.reading() as session:
            assert session.scalars(select(Notification.subject)).all() == ["unread"]
            assert len(session.scalars(select(Job).where(Job.kind == PURGE_NOTIFICATIONS)).all()) == 1


class TestSettings:
    def test_begin_with_the_defaults(self, her_browser: FlaskClient) -> None:
        text = her_browser.get("/en/account/notifications").text
        for kind, setting in DEFAULTS.items():
            checked = re.search(rf'name="mail_{kind}" value="([a-z]+)" checked', text)
            assert checked is not None
            assert checked[1] == setting.mail

    def test_are_kept(self, database: Database, her_browser: FlaskClient, lea: Account) -> None:
        typed = {f"mail_{kind}": "weekly" for kind in DEFAULTS} | {"in_app_order": "1"}
        assert her_browser.post("/en/account/notifications", data=typed).status_code == 303
        with database.reading() as session:
            settings = load_settings(session, lea.id)
        assert settings == {
            kind: Setting(kind is NotificationKind.ORDER, MailPace.WEEKLY) for kind in DEFAULTS
        }

    def test_tell_what_is_wrong_where_it_is_and_lose_nothing(
        self, database: Database, her_browser: FlaskClient, lea: Account
    ) -> None:
        typed = {f"mail_{kind}": "weekly" for kind in DEFAULTS} | {"mail_order": "hourly"}
        answer = her_browser.post("/en/account/notifications", data=typed)
        assert answer.status_code == 422
        assert 'id="field-mail_order-errors"' in answer.text
        assert answer.text.count('value="weekly" checked') == len(DEFAULTS) - 1
        with database.reading() as session:
            assert load_settings(session, lea.id) == dict(DEFAULTS)

    def test_are_reached_from_the_account_and_the_list(self, her_browser: FlaskClient) -> None:
        for path in ("/en/account", "/en/notifications"):
            assert 'href="/en/account/notifications"' in her_browser.get(path).text


class TestSignedOut:
    @pytest.mark.parametrize("path", ["/en/notifications", "/en/account/notifications"])
    def test_a_guest_is_asked_to_sign_in(self, client: FlaskClient, path: str) -> None:
        assert client.get(path).headers["Location"].startswith("/en/sign-in")
