"""Mails of an order that no server would take: told in its room, and tried again from there."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from shop.checkout.buying import CheckoutStarted
from shop.checkout.desk import Buyer
from shop.core.mail import Mail
from shop.core.outbox import Job, JobState
from shop.page.models import Role
from tests.checkout.conftest import Shop
from tests.checkout.rooms import Room, acts, staff
from tests.support.visitors import sign_in


class TestMailsThatCouldNotBeSent:
    @pytest.fixture
    def mail(self, shop: Shop, paid: CheckoutStarted) -> Mail:
        """The buyer's mail after the server has refused it for the last time."""
        with shop.database.transaction() as session:
            mail = session.scalars(select(Mail).where(Mail.kind == "order_confirmed")).one()
            session.execute(
                update(Job)
                .where(Job.subject == f"{mail.kind}:{mail.subject_key}")
                .values(state=JobState.DEAD, attempts=8, last_error="<b>550 no such user</b>")
            )
        return mail

    def test_are_told_with_the_servers_words(self, room: Room, mail: Mail) -> None:
        for text in (room.text(), room.text(f"/mails/{mail.id}")):
            assert "Could not be sent" in text
            assert "&lt;b&gt;550 no such user" in text
            assert "Waits to be sent" not in text
        assert "Mail could not be sent: Order confirmed" in room.text()

    def test_can_be_tried_again(self, room: Room, shop: Shop, mail: Mail) -> None:
        part = f"/mails/{mail.id}/attempts"
        assert part in room.text()
        assert room.post(part).status_code == 303
        with shop.database.reading() as session:
            job = session.scalars(
                select(Job).where(Job.subject == f"order_confirmed:{mail.subject_key}")
            ).one()
            assert (job.state, job.attempts) == (JobState.WAITING, 0)
        assert "Waits to be sent" in room.text()
        assert part not in room.text()
        assert room.post(part).status_code == 303  # somebody was quicker
        assert acts(shop) == ["order.mail_resent"]

    def test_of_another_order_are_not_here(self, room: Room, shop: Shop, guest: Buyer, mail: Mail) -> None:
        other = shop.buy(guest)
        assert (
            Room(room.client, shop, other.order_number).post(f"/mails/{mail.id}/attempts").status_code == 404
        )

    def test_are_not_for_an_analyst_to_try(
        self, client: FlaskClient, shop: Shop, paid: CheckoutStarted, mail: Mail
    ) -> None:
        sign_in(client, staff(shop, Role.ANALYST))
        room = Room(client, shop, paid.order_number)
        assert "attempts" not in room.text()
        assert room.post(f"/mails/{mail.id}/attempts").status_code == 403
