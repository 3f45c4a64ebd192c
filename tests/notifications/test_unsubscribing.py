"""Mails stopped without signing in, and brought back."""

import datetime as dt
import re
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shop.accounts.models import Account
from shop.core.db import Database
from shop.core.signing import Signer
from shop.notifications.models import MailPace, NotificationKind
from shop.notifications.preferring import Stopping, change_settings, stopping_token
from shop.notifications.queries import load_settings
from shop.notifications.settings import DEFAULTS, Setting
from tests.factories import make_account

REPLY = NotificationKind.COMMENT_REPLY


def paces(database: Database, account: Account) -> dict[NotificationKind, MailPace]:
    with database.reading() as session:
        return {kind: setting.mail for kind, setting in load_settings(session, account.id).items()}


@pytest.fixture
def signer(app: Flask) -> Signer:
    signer: Signer = app.extensions["vitrine"].signer
    return signer


@pytest.fixture
def stop_replies(signer: Signer, lea: Account) -> str:
    return f"/unsubscribe/{stopping_token(signer, Stopping(lea.id, REPLY))}"


@pytest.fixture
def stop_all(signer: Signer, lea: Account) -> str:
    return f"/unsubscribe/{stopping_token(signer, Stopping(lea.id))}"


DEFAULT_PACES = {kind: setting.mail for kind, setting in DEFAULTS.items()}


class TestStoppingByALink:
    def test_looking_stops_nothing(
        self, client: FlaskClient, database: Database, lea: Account, stop_replies: str
    ) -> None:
        answer = client.get(f"/en{stop_replies}")
        assert "Replies to my comments" in answer.text
        assert "l…@example.com" in answer.text
        assert "lea@example.com" not in answer.text
        assert (answer.headers["Referrer-Policy"], answer.headers["Cache-Control"]) == (
            "same-origin",
            "no-store",
        )
        assert paces(database, lea) == DEFAULT_PACES

    def test_stops_one_kind_without_signing_in(
        self, client: FlaskClient, database: Database, lea: Account, stop_replies: str
    ) -> None:
        answer = client.post(f"/fr{stop_replies}")
        assert answer.status_code == 303
        assert paces(database, lea) == {**DEFAULT_PACES, REPLY: MailPace.NEVER}
        page = client.get(answer.headers["Location"]).text
        assert "Vous ne recevez plus ces e-mails" in page

    def test_leaves_what_shows_in_the_app(
        self, client: FlaskClient, database: Database, lea: Account, stop_all: str
    ) -> None:
        client.post(f"/en{stop_all}")
        assert set(paces(database, lea).values()) == {MailPace.NEVER}
        with database.reading() as session:
            assert all(setting.in_app for setting in load_settings(session, lea.id).values())

    def test_is_undone_as_it_was(
        self, client: FlaskClient, database: Database, lea: Account, stop_all: str, now: dt.datetime
    ) -> None:
        with database.transaction() as session:
            change_settings(
                session,
                account_id=lea.id,
                chosen={REPLY: Setting(in_app=False, mail=MailPace.WEEKLY)},
                now=now,
            )
        before = paces(database, lea)
        page = client.get(client.post(f"/en{stop_all}").headers["Location"]).text
        form = re.search(
            r'action="([^"]+/removal)">\s*<input type="hidden" name="before" value="([^"]+)"', page
        )
        assert form is not None
        assert client.post(form[1], data={"before": form[2]}).status_code == 303
        assert paces(database, lea) == before

    def test_twice_is_once(
        self, client: FlaskClient, database: Database, lea: Account, stop_replies: str
    ) -> None:
        assert [client.post(f"/en{stop_replies}").status_code for _ in range(2)] == [303, 303]
        assert paces(database, lea)[REPLY] is MailPace.NEVER

    def test_another_site_cannot_press_the_button(
        self, app: Flask, database: Database, lea: Account, stop_replies: str
    ) -> None:
        answer = app.test_client().post(f"/en{stop_replies}", headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 403
        assert paces(database, lea) == DEFAULT_PACES

    @pytest.mark.parametrize("change", ["x", "tail"])
    def test_takes_no_other_token(
        self, client: FlaskClient, database: Database, signer: Signer, lea: Account, change: str
    ) -> None:
        token = signer.sign("order", {"account": lea.id, "kind": None}) if change == "x" else "nonsense"
        for path in (f"/en/unsubscribe/{token}", f"/unsubscribe/{token}"):
            assert client.post(path).status_code == 404
        assert client.get(f"/en/unsubscribe/{token}").status_code == 404
        assert paces(database, lea) == DEFAULT_PACES

    def test_brings_back_nobody_elses(
        self, client: FlaskClient, database: Database, signer: Signer, stop_replies: str
    ) -> None:
        with database.transaction() as session:
            other = make_account(session)
        theirs = f"/en/unsubscribe/{stopping_token(signer, Stopping(other.id))}"
        stopped = client.post(theirs).headers["Location"]
        data = {"before": unquote(stopped.partition("before=")[2])}
        assert client.post(f"/en{stop_replies}/removal", data=data).status_code == 404
        assert set(paces(database, other).values()) == {MailPace.NEVER}
        assert client.post(f"{theirs}/removal", data=data).status_code == 303

    def test_of_an_account_that_is_gone_finds_nothing(
        self, client: FlaskClient, database: Database, signer: Signer, lea: Account, stop_all: str
    ) -> None:
        with database.transaction() as session:
            session.delete(session.get_one(Account, lea.id))
        assert client.get(f"/en{stop_all}").status_code == 404
        assert client.post(stop_all).status_code == 404


class TestOneClick:
    def test_stops_at_once_without_cookies_from_anywhere(
        self, app: Flask, database: Database, lea: Account, stop_all: str
    ) -> None:
        answer = app.test_client().post(
            stop_all, data={"List-Unsubscribe": "One-Click"},
            headers={"Sec-Fetch-Site": "cross-site", "Origin": "https://mail.example"},
        )  # fmt: skip
        assert (answer.status_code, answer.headers.get("Location")) == (200, None)
        assert set(paces(database, lea).values()) == {MailPace.NEVER}

    def test_opened_in_a_browser_leads_to_the_button(
        self, client: FlaskClient, database: Database, lea: Account, stop_all: str
    ) -> None:
        answer = client.get(stop_all, headers={"Accept-Language": "fr"})
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/fr{stop_all}")
        assert paces(database, lea) == DEFAULT_PACES
