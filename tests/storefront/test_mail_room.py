"""The room where a developer reads the mails that a buyer would get."""

import datetime as dt

from flask.testing import FlaskClient
from sqlalchemy import select

from shop.core.db import Database
from shop.core.mail import Mail, RenderedMail, mark_sent, queue_mail

ROOM = "/en/test-mode/mail"


class TestMails:
    def test_looks_again_by_itself_until_every_mail_is_written_out(
        self, client: FlaskClient, database: Database, now: dt.datetime
    ) -> None:
        with database.transaction() as session:
            queue_mail(
                session,
                kind="order_confirmed",
                subject_key="order:1",
                recipient="alix@example.com",
                language="en",
                context={},
                now=now,
            )
            mail_id = session.scalars(select(Mail.id)).one()
        waiting = client.get(ROOM).text
        assert f'hx-get="{ROOM}"' in waiting
        assert "Order confirmed" in waiting
        assert "Commande confirmée" in client.get("/fr/test-mode/mail").text
        mark_sent(database, mail_id, RenderedMail("Your order L-1001", "text", "<p>text</p>"), now)
        written = client.get(ROOM).text
        assert "hx-get" not in written
        assert f'<a href="{ROOM}/{mail_id}">Your order L-1001</a>' in written
