"""What staff are shown of an order never lets them act as its buyer."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from shop.checkout.buying import CheckoutStarted
from shop.core.mail import Mail
from shop.orders.mails import PREVIEWS
from shop.page.authorization import Permission, allows
from shop.page.models import Role
from tests.checkout.conftest import Shop
from tests.checkout.rooms import Room, staff
from tests.support.visitors import sign_in


@pytest.mark.parametrize("role", [role for role in Role if allows(role, Permission.VIEW_ORDERS)])
def test_no_mail_in_the_room_holds_the_buyers_token(
    client: FlaskClient, shop: Shop, paid: CheckoutStarted, role: Role
) -> None:
    sign_in(client, staff(shop, role))
    room = Room(client, shop, paid.order_number)
    with shop.database.reading() as session:
        mail_id = session.scalars(select(Mail.id).where(Mail.kind == "order_confirmed")).one()
    for page in [f"/mails/{mail_id}", *(f"/mail-previews/{kind}" for kind in PREVIEWS)]:
        assert "token=" not in room.text(page)
        assert "token=" not in room.text(f"{page}/body")
    assert f"/orders/{paid.order_number}" in room.text(f"/mails/{mail_id}/body")


def test_a_mail_that_was_sent_is_shown_without_it_too(room: Room, shop: Shop, paid: CheckoutStarted) -> None:
    link = f"http://localhost/en/orders/{paid.order_number}"
    with shop.database.transaction() as session:
        mail = session.scalars(select(Mail).where(Mail.kind == "order_confirmed")).one()
        mail.title, mail.sent_at = "Sent", shop.clock.now()
        mail.text_body = f"See the order: {link}?token={paid.order_token}\nBye"
        mail.html_body = f'<a href="{link}?thanks=1&amp;token={paid.order_token}">See</a>'
    page, body = room.text(f"/mails/{mail.id}"), room.text(f"/mails/{mail.id}/body")
    assert paid.order_token not in page + body
    assert f"{link}\nBye" in page
    assert body == f'<a href="{link}?thanks=1">See</a>'
