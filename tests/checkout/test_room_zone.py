"""Days and times are those of the page's country, in every room, in its mails and for its buyers."""

import datetime as dt

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from shop.checkout.buying import CheckoutStarted
from shop.core.mail import Mail
from shop.core.outbox import Job
from shop.orders.models import Fulfilment, Order, OrderEvent
from shop.page.models import AuditEntry, Page
from shop.payments.gateway import DisputeInfo
from shop.payments.models import Dispute
from shop.worker import send_mail
from tests.checkout.conftest import Shop
from tests.checkout.rooms import Room, line_ids
from tests.support.events import dispute_object

LATE = dt.datetime(2026, 11, 23, 23, 30, tzinfo=dt.UTC)


@pytest.fixture
def late(room: Room, shop: Shop, paid: CheckoutStarted) -> Room:
    """The room of an order to which everything happened half an hour before midnight of UTC."""
    room.post("/fulfilments", **{f"units-{line_ids(shop, paid)[0]}": 1})
    room.post("/notes", text="hello")
    with shop.database.transaction() as session:
        session.execute(update(Page).values(contact_email="shop@example.test"))
    intent = next(iter(shop.gateway.sessions.values())).payment_intent_id
    info = DisputeInfo("dp_1", "needs_response", 5590, "EUR", "fraudulent", intent, LATE)
    shop.gateway.disputes[info.id] = info
    shop.tell("charge.dispute.created", dispute_object(info))
    with shop.database.transaction() as session:
        session.execute(update(Order).values(placed_at=LATE, paid_at=LATE))
        session.execute(update(OrderEvent).values(at=LATE))
        session.execute(update(Fulfilment).values(shipped_at=LATE))
        session.execute(update(AuditEntry).values(at=LATE))
        session.execute(update(Dispute).values(evidence_due_at=LATE))
        session.execute(update(Mail).values(created_at=LATE))
    return room


def manage(room: Room, shop: Shop, part: str) -> str:
    return room.client.get(f"/en/manage/{shop.page.slug}{part}").get_data(as_text=True)


def test_every_room_tells_the_pages_day(late: Room, shop: Shop) -> None:
    pages = {
        "list": manage(late, shop, "/orders"),
        "room": late.text(),
        "slip": late.text("/packing-slip"),
        "audit": manage(late, shop, "/audit"),
    }
    for name, text in pages.items():
        assert "November 24, 2026" in text or "Nov 24, 2026" in text, name
        assert "November 23, 2026" not in text, name
        assert "Nov 23, 2026" not in text, name
    today = manage(late, shop, "")
    assert "Answer by Nov 24, 2026" in today
    assert "Waiting since Nov 24, 2026" in today
    assert 'datetime="2026-11-23T23:30:00+00:00"' in pages["room"]
    assert "12:30:00\N{NARROW NO-BREAK SPACE}AM" in pages["room"]


def test_the_evidence_names_the_pages_day(late: Room) -> None:
    assert 'value="2026-11-24"' in late.text()


def test_the_buyer_reads_the_shops_day(
    late: Room, client: FlaskClient, shop: Shop, paid: CheckoutStarted
) -> None:
    text = client.get(f"/en/orders/{paid.order_number}?token={paid.order_token}").get_data(as_text=True)
    assert "Nov 24, 2026" in text
    assert "Nov 23, 2026" not in text


def test_a_mail_tells_the_pages_day_and_leaves_no_zone_behind(app: Flask, late: Room, shop: Shop) -> None:
    with shop.database.reading() as session:
        job = session.scalars(select(Job).where(Job.subject.like("dispute_notice:%"))).first()
    assert job is not None
    with app.app_context():
        send_mail(app, job)
        assert app.jinja_env.filters["date"](LATE) == "November 23, 2026"
    with shop.database.reading() as session:
        mail = session.scalars(select(Mail).where(Mail.kind == "dispute_notice")).first()
    assert mail is not None
    assert "November 24, 2026" in (mail.text_body or "")
    assert "November 24, 2026" in (mail.html_body or "")
