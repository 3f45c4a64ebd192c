"""The room where a developer reads the mails that a buyer would get."""

import datetime as dt

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from shop.core.db import Database
from shop.core.mail import Mail, RenderedMail, mark_sent, queue_mail
from shop.core.outbox import Job, JobState

ROOM = "/en/test-mode/mail"


@pytest.fixture
def mail_id(database: Database, now: dt.datetime) -> int:
    """A mail that was written and waits for the worker."""
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
        return session.scalars(select(Mail.id)).one()


class TestMails:
    def test_are_looked_for_again_until_every_one_is_written_out(
        self, client: FlaskClient, database: Database, mail_id: int, now: dt.datetime
    ) -> None:
        waiting = client.get(ROOM).text
        assert f'hx-get="{ROOM}"' in waiting
        assert "Waiting for the worker" in waiting
        assert "Order confirmed" in waiting
        assert "Commande confirmée" in client.get("/fr/test-mode/mail").text
        mark_sent(database, mail_id, RenderedMail("Your order L-1001", "text", "<p>text</p>"), now)
        written = client.get(ROOM).text
        assert "hx-get" not in written
        assert f'<a href="{ROOM}/{mail_id}">Your order L-1001</a>' in written

    @pytest.mark.usefixtures("mail_id")
    @pytest.mark.parametrize(
        ("state", "said"), [(JobState.DEAD, "Could not be sent"), (JobState.DONE, "Not sent")]
    )
    def test_that_will_not_be_sent_are_not_waited_for(
        self, client: FlaskClient, database: Database, state: JobState, said: str
    ) -> None:
        with database.transaction() as session:
            session.execute(update(Job).values(state=state))
        text = client.get(ROOM).text
        assert "hx-get" not in text
        assert said in text
        assert "Waiting for the worker" not in text
