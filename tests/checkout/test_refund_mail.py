"""What the buyer reads of a refund: how much, and the reason that staff gave."""

import dataclasses

import pytest
from flask import Flask
from sqlalchemy import select, update

from shop.core.mail import Mail
from shop.core.outbox import Job
from shop.worker import send_mail
from tests.checkout.conftest import Shop
from tests.checkout.rooms import Room
from tests.support.events import refund_object


def sent(app: Flask, shop: Shop, language: str) -> Mail:
    """Have the only mail about a refund sent in a language, and return it."""
    for info in shop.gateway.refunds.values():
        shop.tell("refund.updated", refund_object(dataclasses.replace(info, status="succeeded")))
    with shop.database.transaction() as session:
        session.execute(update(Mail).values(language=language))
        job = session.scalars(select(Job).where(Job.subject.like("order_refunded:%"))).one()
    send_mail(app, job)
    with shop.database.reading() as session:
        return session.scalars(select(Mail).where(Mail.kind == "order_refunded")).one()


@pytest.mark.parametrize(("language", "words"), [("en", "The reason: "), ("fr", "La raison\u00a0: ")])
def test_tells_the_reason_that_staff_typed(
    app: Flask, room: Room, shop: Shop, language: str, words: str
) -> None:
    room.post("/refunds", scope="amount", amount="1", expected_amount=100, reason="a <b>chip</b> & more")
    mail = sent(app, shop, language)
    assert f"{words}a <b>chip</b> & more" in (mail.text_body or "")
    assert "a &lt;b&gt;chip&lt;/b&gt; &amp; more" in (mail.html_body or "")


def test_says_nothing_of_a_reason_that_nobody_gave(app: Flask, room: Room, shop: Shop) -> None:
    room.post("/refunds", scope="amount", amount="1", expected_amount=100)
    assert "The reason" not in (sent(app, shop, "en").text_body or "")
