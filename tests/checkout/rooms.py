"""An order's room in the admin and what its tests need to get there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from shop.accounts.models import Account
from shop.checkout.buying import CheckoutStarted
from shop.core.mail import Mail
from shop.page.models import AuditEntry, Page, Role
from shop.payments.gateway import DisputeInfo
from shop.payments.models import Dispute
from tests.factories import make_account, make_staff
from tests.support.events import dispute_object

if TYPE_CHECKING:
    from tests.checkout.conftest import Shop


def staff(shop: Shop, role: Role) -> Account:
    with shop.database.transaction() as session:
        account = make_account(session, name="Camille")
        make_staff(session, shop.page, account, role)
        return account


class Room:
    """An order's room, with somebody in it."""

    def __init__(self, client: FlaskClient, shop: Shop, number: str) -> None:
        self.client = client
        self.path = f"/en/manage/{shop.page.slug}/orders/{number}"

    def get(self, part: str = "") -> TestResponse:
        return self.client.get(self.path + part)

    def post(self, part: str, **fields: object) -> TestResponse:
        return self.client.post(self.path + part, data=fields)

    def text(self, part: str = "") -> str:
        answer = self.get(part)
        assert answer.status_code == 200
        return answer.get_data(as_text=True)


def acts(shop: Shop) -> list[str]:
    with shop.database.reading() as session:
        return list(session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)))


def line_ids(shop: Shop, started: CheckoutStarted) -> list[int]:
    return [line.id for line in shop.order(started.order_id).lines]


def mail_kinds(shop: Shop) -> list[str]:
    with shop.database.reading() as session:
        return list(session.scalars(select(Mail.kind).order_by(Mail.id)))


def give_address(shop: Shop) -> None:
    with shop.database.transaction() as session:
        session.execute(update(Page).values(contact_email="shop@example.com"))


def open_dispute(shop: Shop, paid: CheckoutStarted) -> int:
    intent = f"pi_{shop.session_id(paid)}"
    info = DisputeInfo("dp_1", "needs_response", 5590, "EUR", "fraudulent", intent, shop.clock.now())
    shop.gateway.disputes[info.id] = info
    shop.tell("charge.dispute.created", dispute_object(info))
    with shop.database.reading() as session:
        return session.scalars(select(Dispute.id)).one()
