"""An order's mails in its room, and the one that an order leaves behind whose payment was declined."""

import pytest
from flask import Flask
from sqlalchemy import select

from shop.checkout.buying import CheckoutStarted
from shop.checkout.desk import Buyer
from shop.core.mail import Mail
from shop.core.outbox import ClaimedJob, Job
from shop.orders.mails import PREVIEWS
from shop.orders.models import Fulfilment
from shop.worker import send_mail
from tests.checkout.conftest import Shop
from tests.checkout.rooms import Room, acts, mail_kinds


class TestMails:
    def test_are_shown_as_they_would_be_sent(self, room: Room) -> None:
        for kind, words in (("order_shipped", "est en route"), ("order_refunded", "remboursé")):
            text = room.text(f"/mail-previews/{kind}?language=fr")
            assert words in text
            body = room.get(f"/mail-previews/{kind}/body?language=fr")
            assert "frame-ancestors 'self'" in body.headers["Content-Security-Policy"]
            assert "Mug" in body.get_data(as_text=True)
        assert room.get("/mail-previews/nothing").status_code == 404

    @pytest.mark.parametrize("language", ["en", "fr"])
    def test_every_kind_can_be_looked_at(self, room: Room, language: str) -> None:
        for kind in PREVIEWS:
            assert room.get(f"/mail-previews/{kind}?language={language}").status_code == 200

    def test_are_sent_again_but_not_at_once(self, room: Room, shop: Shop) -> None:
        with shop.database.reading() as session:
            mail = session.scalars(select(Mail).where(Mail.kind == "order_confirmed")).one()
        part = f"/mails/{mail.id}/sendings"
        assert room.text(f"/mails/{mail.id}")
        assert room.get(f"/mails/{mail.id}/body").status_code == 200
        room.post(part)
        assert mail_kinds(shop).count("order_confirmed") == 1
        assert "sent already a moment ago" in room.text()
        for _ in range(7):
            shop.clock.advance(minutes=2)
            room.post(part)
        assert mail_kinds(shop).count("order_confirmed") == 6
        assert acts(shop) == ["order.mail_resent"] * 5

    def test_of_a_parcel_that_was_taken_back_are_not_sent(self, app: Flask, room: Room, shop: Shop) -> None:
        room.post("/fulfilments", notify=1, expected_left=4)
        with shop.database.reading() as session:
            parcel_id = session.scalars(select(Fulfilment.id)).one()
            job = session.scalars(select(Job).where(Job.subject == f"order_shipped:{parcel_id}")).one()
        room.post(f"/fulfilments/{parcel_id}/cancellation")
        send_mail(app, ClaimedJob(job.id, job.kind, job.subject, job.payload, 1))
        with shop.database.reading() as session:
            mail = session.scalars(select(Mail).where(Mail.kind == "order_shipped")).one()
        assert mail.sent_at is None
        text = room.text()
        assert "Not sent: the parcel was taken back" in text
        assert "Mail not sent, since the parcel was taken back: Parcel on its way" in text
        assert "Not sent: the parcel was taken back" in room.text(f"/mails/{mail.id}")

    @pytest.mark.parametrize("part", ["sendings", "attempts"])
    def test_of_a_parcel_that_was_taken_back_are_not_sent_again(
        self, app: Flask, room: Room, shop: Shop, part: str
    ) -> None:
        room.post("/fulfilments", notify=1, expected_left=4)
        with shop.database.reading() as session:
            mail = session.scalars(select(Mail).where(Mail.kind == "order_shipped")).one()
            job = session.scalars(select(Job).where(Job.subject == f"order_shipped:{mail.subject_key}")).one()
        send_mail(app, ClaimedJob(job.id, job.kind, job.subject, job.payload, 1))
        shop.clock.advance(minutes=2)
        assert f"/mails/{mail.id}/sendings" in room.text()
        room.post(f"/fulfilments/{mail.context['fulfilment_id']}/cancellation")
        assert f"/mails/{mail.id}/sendings" not in room.text()
        assert room.post(f"/mails/{mail.id}/{part}").status_code == 303
        assert "This parcel was taken back already." in room.text()
        assert mail_kinds(shop).count("order_shipped") == 1

    def test_of_another_order_are_not_here(self, room: Room, shop: Shop, guest: Buyer) -> None:
        other = shop.buy(guest)
        shop.gateway.pay(shop.session_id(other))
        shop.tell_session("checkout.session.completed", shop.session_id(other))
        with shop.database.reading() as session:
            mail = session.scalars(select(Mail).where(Mail.about == f"order:{other.order_id}")).first()
        assert mail is not None
        assert room.get(f"/mails/{mail.id}").status_code == 404
        assert room.get(f"/mails/{mail.id}/body").status_code == 404
        assert room.post(f"/mails/{mail.id}/sendings").status_code == 404


class TestPaymentFailedMail:
    def decline(self, shop: Shop, started: CheckoutStarted) -> None:
        info = shop.gateway.sessions[shop.session_id(started)]
        intent = {
            "id": "pi_declined",
            "metadata": {"vitrine_payment": info.payment_key},
            "last_payment_error": {"code": "card_declined", "message": "Your card was declined."},
        }
        assert shop.tell("payment_intent.payment_failed", intent).startswith("applied")

    def expire(self, shop: Shop, started: CheckoutStarted) -> None:
        shop.gateway.expire(shop.session_id(started))
        shop.tell_session("checkout.session.expired", shop.session_id(started))

    def test_goes_out_once_after_a_decline(self, shop: Shop, guest: Buyer) -> None:
        started = shop.buy(guest)
        self.decline(shop, started)
        self.expire(shop, started)
        self.expire(shop, started)
        assert mail_kinds(shop) == ["order_payment_failed"]

    def test_stays_away_when_nothing_was_declined(self, shop: Shop, guest: Buyer) -> None:
        self.expire(shop, shop.buy(guest))
        assert mail_kinds(shop) == []

    def test_stays_away_when_the_buyer_ordered_again(self, shop: Shop, guest: Buyer) -> None:
        started = shop.buy(guest)
        self.decline(shop, started)
        shop.buy(guest, place=1)
        self.expire(shop, started)
        assert mail_kinds(shop) == []
