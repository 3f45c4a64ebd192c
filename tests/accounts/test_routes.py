"""The pages of signing up, in and out, of the account and of passwords, as a browser meets them."""

from collections.abc import Callable
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from shop.accounts.models import Account
from shop.accounts.queries import find_account, find_account_by_email
from shop.accounts.service import reset_token
from shop.core.db import Database
from shop.core.mail import Mail
from shop.web.context import Runtime
from shop.web.limits import limiter
from tests.accounts.conftest import PASSWORD

NEW = "une autre phrase"


def sign_in(
    client: FlaskClient, email: str = "alix@example.com", password: str = PASSWORD, **more: str
) -> int:
    return client.post("/en/sign-in", data={"email": email, "password": password, **more}).status_code


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/en/account").status_code == 200


class TestSignUp:
    def test_makes_an_account_and_signs_in(self, client: FlaskClient, database: Database) -> None:
        answer = client.post(
            "/fr/sign-up",
            data={"name": "Marin", "email": "Marin@example.com", "password": PASSWORD, "next": "/fr/p/lumen"},
        )
        assert (answer.status_code, answer.location) == (303, "/fr/p/lumen")
        assert is_signed_in(client)
        with database.reading() as session:
            account = find_account_by_email(session, "marin@example.com")
        assert account is not None
        assert account.language == "fr"

    def test_keeps_what_was_typed_and_says_what_to_do(self, client: FlaskClient, alix: Account) -> None:
        answer = client.post("/en/sign-up", data={"name": "Al", "email": alix.email, "password": PASSWORD})
        assert answer.status_code == 422
        assert 'value="alix@example.com"' in answer.text
        assert "There is an account with this address" in answer.text
        assert PASSWORD not in answer.text

    @pytest.mark.parametrize(
        ("change", "told"),
        [
            ({"name": " "}, "Enter your name."),
            ({"email": "marin"}, "Enter an e-mail address such as name@example.com."),
            ({"email": "marin@example"}, "Enter an e-mail address such as name@example.com."),
            ({"password": "kurz"}, "Use at least 10 characters"),
            ({"password": "password12"}, "among the first that anyone would try"),
            ({"password": ""}, "Choose a password."),
            ({"password": "marin@example.com"}, "easy to guess"),
        ],
    )
    def test_tells_each_fault_at_its_field(
        self, client: FlaskClient, database: Database, change: dict[str, str], told: str
    ) -> None:
        data = {"name": "Marin", "email": "marin@example.com", "password": PASSWORD, **change}
        answer = client.post("/en/sign-up", data=data)
        assert answer.status_code == 422
        assert told in answer.text
        with database.reading() as session:
            assert session.scalars(select(Account)).all() == []


class TestSignIn:
    def test_starts_a_session_that_scripts_and_other_sites_cannot_use(
        self, client: FlaskClient, alix: Account
    ) -> None:
        answer = client.post("/en/sign-in", data={"email": " ALIX@example.com", "password": PASSWORD})
        assert answer.status_code == 303
        cookie = next(text for text in answer.headers.getlist("Set-Cookie") if "vitrine_session" in text)
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert is_signed_in(client)

    @pytest.mark.parametrize(
        ("email", "password"), [("alix@example.com", "wrong"), ("nobody@example.com", PASSWORD)]
    )
    def test_tells_the_same_of_a_wrong_password_and_an_unknown_address(
        self, client: FlaskClient, alix: Account, email: str, password: str
    ) -> None:
        answer = client.post("/en/sign-in", data={"email": email, "password": password})
        assert answer.status_code == 401
        assert "This e-mail address and password do not go together." in answer.text
        assert not is_signed_in(client)

    def test_keeps_nothing_of_the_session_before(self, client: FlaskClient, alix: Account) -> None:
        with client.session_transaction() as planted:
            planted["planted"] = "by somebody else"
        sign_in(client)
        with client.session_transaction() as session:
            assert "planted" not in session

    @pytest.mark.parametrize("path", ["/fr/p/lumen", "/en/orders?status=paid", "/en/p/lumen/shop?q=a%20b"])
    def test_goes_back_to_where_one_was(self, client: FlaskClient, alix: Account, path: str) -> None:
        assert 'name="next"' in client.get(f"/en/sign-in?next={quote(path)}").text
        answer = client.post("/en/sign-in", data={"email": alix.email, "password": PASSWORD, "next": path})
        assert answer.location == path

    @pytest.mark.parametrize(
        "path",
        [
            "https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "/\n/evil.example",
            "javascript:alert(1)", "evil.example", "http:evil.example", "///evil.example", "/%0a/evil.example\n", "",
            " //evil.example", "/ /evil.example",
        ],
    )  # fmt: skip
    def test_never_leaves_the_site(self, client: FlaskClient, alix: Account, path: str) -> None:
        data = {"email": alix.email, "password": PASSWORD, "next": path}
        assert client.post("/en/sign-in", data=data).location == "/en/"
        assert client.get("/en/sign-in", query_string={"next": path}).location == "/en/"

    def test_lets_other_domains_welcome_the_person(
        self, app: Flask, client: FlaskClient, alix: Account
    ) -> None:
        welcomed: list[int] = []
        app.extensions["vitrine.after_sign_in"] = [welcomed.append]
        sign_in(client, password="wrong")
        sign_in(client)
        assert welcomed == [alix.id]

    def test_from_another_site_is_refused(self, app: Flask, alix: Account) -> None:
        answer = app.test_client().post(
            "/en/sign-in",
            data={"email": alix.email, "password": PASSWORD},
            headers={"Sec-Fetch-Site": "cross-site"},
        )
        assert answer.status_code == 403


class TestSignOut:
    def test_ends_the_session(self, client: FlaskClient, alix: Account) -> None:
        sign_in(client)
        assert client.post("/en/sign-out").status_code == 303
        assert not is_signed_in(client)

    def test_is_no_link(self, client: FlaskClient) -> None:
        assert client.get("/en/sign-out").status_code == 405


class TestAccount:
    def test_asks_a_guest_to_sign_in_and_come_back(self, client: FlaskClient) -> None:
        answer = client.get("/fr/account")
        assert (answer.status_code, answer.location) == (302, "/fr/sign-in?next=/fr/account")

    def test_shows_the_address_and_changes_name_and_language(
        self, client: FlaskClient, alix: Account, database: Database
    ) -> None:
        sign_in(client)
        assert alix.email in client.get("/en/account").text
        answer = client.post("/en/account", data={"name": "Alix D.", "language": "en"})
        assert (answer.status_code, answer.location) == (303, "/en/account")
        with database.reading() as session:
            account = find_account(session, alix.id)
        assert account is not None
        assert (account.name, account.language) == ("Alix D.", "en")

    def test_refuses_an_unknown_language(self, client: FlaskClient, alix: Account) -> None:
        sign_in(client)
        assert client.post("/en/account", data={"name": "Alix", "language": "xx"}).status_code == 422


class TestChangePassword:
    def test_ends_every_other_session_and_keeps_this_one(
        self, browser: Callable[[], FlaskClient], alix: Account
    ) -> None:
        here, elsewhere = browser(), browser()
        sign_in(here)
        sign_in(elsewhere)
        answer = here.post("/en/account/password", data={"password_old": PASSWORD, "password": NEW})
        assert answer.status_code == 303
        assert is_signed_in(here)
        assert not is_signed_in(elsewhere)
        assert sign_in(elsewhere) == 401
        assert sign_in(elsewhere, password=NEW) == 303

    @pytest.mark.parametrize(
        ("old", "new", "told"),
        [
            ("wrong", NEW, "This is not your present password."),
            (PASSWORD, "kurz", "Use at least 10 characters"),
            (PASSWORD, "alix@example.com", "easy to guess"),
            ("", NEW, "Enter your present password."),
        ],
    )
    def test_tells_each_fault_and_changes_nothing(
        self, client: FlaskClient, alix: Account, old: str, new: str, told: str
    ) -> None:
        sign_in(client)
        answer = client.post("/en/account/password", data={"password_old": old, "password": new})
        assert answer.status_code == 422
        assert told in answer.text
        client.post("/en/sign-out")
        assert sign_in(client) == 303


class TestPasswordReset:
    def test_answers_the_same_whether_or_not_there_is_an_account(
        self, client: FlaskClient, alix: Account, database: Database
    ) -> None:
        known = client.post("/en/password-reset", data={"email": alix.email})
        unknown = client.post("/en/password-reset", data={"email": "nobody@example.com"})
        assert known.status_code == unknown.status_code == 200
        assert known.text.replace(alix.email, "…") == unknown.text.replace("nobody@example.com", "…")
        with database.reading() as session:
            assert [mail.recipient for mail in session.scalars(select(Mail))] == [alix.email]

    def test_sets_a_password_signs_in_and_ends_other_sessions(
        self, browser: Callable[[], FlaskClient], runtime: Runtime, alix: Account
    ) -> None:
        here, elsewhere = browser(), browser()
        sign_in(elsewhere)
        address = f"/en/password-reset/{reset_token(runtime.signer, alix)}"
        page = here.get(address)
        assert page.status_code == 200
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "same-origin"
        assert here.post(address, data={"password": "kurz"}).status_code == 422
        assert here.post(address, data={"password": NEW}).status_code == 303
        assert is_signed_in(here)
        assert not is_signed_in(elsewhere)
        assert here.get(address).status_code == 404
        assert here.post(address, data={"password": "encore une autre"}).status_code == 404

    @pytest.mark.parametrize("token", ["x", "a.b.c", "%00", "é"])
    def test_of_a_broken_link_is_not_found(self, client: FlaskClient, token: str) -> None:
        assert client.get(f"/en/password-reset/{token}").status_code == 404


class TestSessionOfAnAccountThatIsGone:
    def test_is_a_guests(self, client: FlaskClient, alix: Account, database: Database) -> None:
        sign_in(client)
        with database.transaction() as session:
            session.delete(session.get_one(Account, alix.id))
        assert not is_signed_in(client)


class TestLimits:
    @pytest.fixture(autouse=True)
    def _fresh(self, limited_app: Flask) -> None:
        limiter.reset()

    def _browser(self, app: Flask, address: str = "203.0.113.7") -> FlaskClient:
        client = app.test_client()
        client.environ_base.update({"HTTP_SEC_FETCH_SITE": "same-origin", "REMOTE_ADDR": address})
        return client

    def test_stop_guessing_one_persons_password_from_many_addresses(
        self, limited_app: Flask, alix: Account
    ) -> None:
        tries = [
            sign_in(self._browser(limited_app, f"203.0.113.{number}"), password="wrong")
            for number in range(12)
        ]
        assert tries == [401] * 10 + [429] * 2
        assert sign_in(self._browser(limited_app, "203.0.113.99"), email=" ALIX@example.com ") == 429

    def test_let_somebody_in_who_knows_their_password_however_often(
        self, limited_app: Flask, alix: Account
    ) -> None:
        tries = [sign_in(self._browser(limited_app, f"203.0.113.{number}")) for number in range(15)]
        assert set(tries) == {303}

    def test_stop_one_address_that_tries_many_people(self, limited_app: Flask, alix: Account) -> None:
        client = self._browser(limited_app)
        tries = [sign_in(client, email=f"person{number}@example.com") for number in range(31)]
        assert tries == [401] * 30 + [429]
        assert sign_in(self._browser(limited_app, "203.0.113.8")) == 303

    def test_stop_flooding_a_mailbox(self, limited_app: Flask, alix: Account) -> None:
        tries = [
            self._browser(limited_app, f"203.0.113.{number}")
            .post("/en/password-reset", data={"email": alix.email})
            .status_code
            for number in range(4)
        ]
        assert tries == [200, 200, 200, 429]
