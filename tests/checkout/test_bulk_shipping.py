"""Several orders shipped at once: each for itself, told one by one, nothing twice."""

import datetime as dt

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from shop.core.db import Database
from shop.core.mail import Mail
from shop.orders.models import Fulfilment, FulfilmentStatus, Order, OrderStatus
from shop.page.models import AuditEntry, Page, Role
from tests.factories import make_account, make_page, make_staff
from tests.orders.list_orders import make_order
from tests.support.visitors import sign_in

STEP = "/en/manage/lumen/shipments"


@pytest.fixture
def page(database: Database, client: FlaskClient, now: dt.datetime) -> Page:
    """A page with two orders to ship, one that is not paid and one that is refunded whole; its owner is signed in."""
    with database.transaction() as session:
        owner = make_account(session)
        page = make_page(session, slug="lumen", owner=owner)
        make_order(session, page, "LUM-1", now=now, quantity=2, name="Zoë", email="zoe@example.com")
        make_order(session, page, "LUM-2", now=now, email="ann@example.com")
        make_order(session, page, "LUM-3", now=now, status=OrderStatus.AWAITING_PAYMENT, captured_amount=0)
        make_order(session, page, "LUM-4", now=now, refunded_amount=1690, return_status="refunded")
    sign_in(client, owner)
    return page


def form(**changed: str) -> dict[str, str | list[str]]:
    """Return what a browser sends of the step for the two orders."""
    return {
        "number": ["LUM-1", "LUM-2"], "left-LUM-1": "2", "left-LUM-2": "1", "carrier": "laposte", "notify": "1",
        "tracking-LUM-1": "6A 111", "tracking-LUM-2": "", **changed,
    }  # fmt: skip


def parcels(database: Database) -> list[tuple[str | None, ...]]:
    with database.reading() as session:
        statement = select(
            Order.number, Fulfilment.carrier, Fulfilment.tracking_number, Fulfilment.tracking_url
        ).join(Order, Order.id == Fulfilment.order_id)
        return [tuple(row) for row in session.execute(statement.order_by(Fulfilment.id))]


class TestNewShipments:
    def test_shows_what_leaves_and_says_what_cannot(self, client: FlaskClient, page: Page) -> None:
        text = client.get(f"{STEP}/new?number=LUM-1&number=LUM-3&number=LUM-4&number=OTHER-1").text
        assert text.count('name="number"') == 1
        assert 'name="left-LUM-1" value="2"' in text
        assert "Order LUM-3 is not paid, so it cannot be shipped." in text
        assert "Order LUM-4 has nothing left to ship." in text
        assert "left-OTHER-1" not in text

    def test_leads_back_when_nothing_was_ticked(self, client: FlaskClient, page: Page) -> None:
        assert client.get(f"{STEP}/new").status_code == 303

    def test_is_closed_to_who_only_looks(self, database: Database, client: FlaskClient, page: Page) -> None:
        with database.transaction() as session:
            analyst = make_account(session)
            make_staff(session, page, analyst, Role.ANALYST)
        sign_in(client, analyst)
        assert client.get(f"{STEP}/new?number=LUM-1").status_code == 403
        assert client.post(STEP, data=form()).status_code == 403


class TestCreateShipments:
    def test_ships_all_and_writes_to_the_buyers(
        self, database: Database, client: FlaskClient, page: Page
    ) -> None:
        answer = client.post(STEP, data=form(), follow_redirects=True)
        assert "2 orders are marked as shipped." in answer.text
        link = "https://www.laposte.fr/outils/suivre-vos-envois?code=6A111"
        assert parcels(database) == [("LUM-1", "laposte", "6A 111", link), ("LUM-2", "laposte", "", None)]
        with database.reading() as session:
            assert sorted(session.scalars(select(Mail.recipient))) == ["ann@example.com", "zoe@example.com"]
            assert session.scalar(select(func.count()).select_from(AuditEntry)) == 2

    def test_writes_to_nobody_unless_told(self, database: Database, client: FlaskClient, page: Page) -> None:
        client.post(STEP, data=form(notify=""))
        with database.reading() as session:
            assert session.scalars(select(Mail)).all() == []

    def test_ships_nothing_twice_when_it_is_sent_again(
        self, database: Database, client: FlaskClient, page: Page
    ) -> None:
        client.post(STEP, data=form())
        answer = client.post(STEP, data=form(), follow_redirects=True)
        assert "Shipped before, so left alone: LUM-1, LUM-2" in answer.text
        assert len(parcels(database)) == 2

    def test_tells_which_could_not_leave_and_keeps_what_was_typed(
        self, database: Database, client: FlaskClient, page: Page
    ) -> None:
        data = form(**{"tracking-LUM-1": "<bad>", "left-LUM-3": "1"}) | {
            "number": ["LUM-1", "LUM-2", "LUM-3"]
        }
        answer = client.post(STEP, data=data)
        assert answer.status_code == 409
        assert "Shipped: LUM-2" in answer.text
        assert "A tracking number has letters and digits, at most 60." in answer.text
        assert 'value="&lt;bad&gt;"' in answer.text
        assert "Order LUM-3 is not paid" in answer.text
        assert [number for number, *_ in parcels(database)] == ["LUM-2"]

    def test_leaves_alone_what_somebody_worked_on_meanwhile(
        self, database: Database, client: FlaskClient, page: Page
    ) -> None:
        answer = client.post(STEP, data=form(**{"left-LUM-1": "3"}))
        assert answer.status_code == 409
        assert "Somebody shipped or refunded a part of this order meanwhile." in answer.text
        assert 'name="left-LUM-1" value="2"' in answer.text
        assert [number for number, *_ in parcels(database)] == ["LUM-2"]

    def test_knows_no_order_of_another_page(
        self, database: Database, client: FlaskClient, page: Page, now: dt.datetime
    ) -> None:
        with database.transaction() as session:
            make_order(session, make_page(session), "OTH-1", now=now)
        assert client.post(STEP, data={"number": "OTH-1", "left-OTH-1": "1"}).status_code == 409
        with database.reading() as session:
            status = session.scalar(select(Order.fulfilment_status).where(Order.number == "OTH-1"))
        assert status is FulfilmentStatus.UNFULFILLED

    @pytest.mark.parametrize(
        "changed",
        [{"carrier": "x" * 200}, {"left-LUM-1": "many"}, {"next": "//evil.example"}, {"number": "\x00"}],
    )
    def test_survives_odd_fields(self, client: FlaskClient, page: Page, changed: dict[str, str]) -> None:
        answer = client.post(STEP, data=form(**changed))
        assert answer.status_code in {303, 400, 409}
        assert "evil" not in (answer.location or "")
