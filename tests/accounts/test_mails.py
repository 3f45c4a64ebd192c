import re

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from shop.accounts.mails import RENDERERS
from shop.accounts.models import Account
from shop.accounts.service import change_password, request_password_reset
from shop.core.db import Database
from shop.core.mail import Mail, RenderedMail
from shop.web.mailing import mail_language, render_content
from tests.accounts.conftest import PASSWORD


def _render(app: Flask, database: Database) -> RenderedMail:
    with database.reading() as session:
        mail = session.scalars(select(Mail)).one()
        with mail_language(app, mail.language):
            return render_content(RENDERERS[mail.kind](session, mail))


class TestPasswordResetMail:
    def test_holds_a_link_that_works_in_its_readers_language(
        self, app: Flask, client: FlaskClient, database: Database, alix: Account
    ) -> None:
        with database.transaction() as session:
            request_password_reset(session, email=alix.email, language="fr", now=alix.created_at)
        rendered = _render(app, database)
        assert "Bonjour Alix Durand" in rendered.text
        assert "Bonjour Alix Durand" in rendered.html
        links = set(
            re.findall(r"http://localhost(/fr/password-reset/[^\s\"<]+)", rendered.text + rendered.html)
        )
        assert len(links) == 1
        assert client.get(links.pop()).status_code == 200


class TestPasswordChangedMail:
    def test_says_what_to_do_when_it_was_somebody_else(
        self, app: Flask, client: FlaskClient, database: Database, alix: Account
    ) -> None:
        with database.transaction() as session:
            change_password(
                session, account_id=alix.id, old=PASSWORD, new="une autre phrase", now=alix.created_at
            )
        rendered = _render(app, database)
        assert "http://localhost/fr/password-reset" in rendered.text
        assert client.get("/fr/password-reset").status_code == 200
