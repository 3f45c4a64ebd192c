"""An order's room in the admin: what staff see and do there, as a browser without JavaScript does it."""

import pytest
from flask.testing import FlaskClient

from shop.checkout.buying import CheckoutStarted
from shop.core.db import Database
from shop.orders.models import FulfilmentStatus
from shop.orders.queries import list_fulfilments
from shop.page.models import Role
from tests.checkout.conftest import Shop
from tests.checkout.rooms import Room, acts, line_ids, open_dispute, staff
from tests.factories import make_account, make_page
from tests.support.statements import count_statements
from tests.support.visitors import sign_in


class TestShowOrder:
    def test_costs_as_many_statements_with_more_in_it(
        self, database: Database, room: Room, shop: Shop, paid: CheckoutStarted
    ) -> None:
        first, second = line_ids(shop, paid)
        room.post("/fulfilments", **{f"units-{first}": 1})
        room.post("/refunds", scope="amount", amount="1", expected_amount=100)
        room.post("/notes", text="one")
        with count_statements(database.engine) as few:
            room.text()
        room.post("/fulfilments", **{f"units-{first}": 1, f"units-{second}": 1})
        room.post("/refunds", scope="amount", amount="1", expected_amount=100)
        for number in range(5):
            room.post("/notes", text=f"note {number}")
        with count_statements(database.engine) as many:
            room.text()
        assert len(many) == len(few) <= 17

    def test_is_for_the_staff_of_its_page(
        self, client: FlaskClient, shop: Shop, paid: CheckoutStarted
    ) -> None:
        with shop.database.transaction() as session:
            stranger = make_account(session)
            make_page(session, slug="elsewhere", owner=stranger)
        sign_in(client, stranger)
        assert Room(client, shop, paid.order_number).get().status_code == 404
        assert client.get(f"/en/manage/elsewhere/orders/{paid.order_number}").status_code == 404
        assert client.post(f"/en/manage/elsewhere/orders/{paid.order_number}/fulfilments").status_code == 404
        assert client.get(f"/en/manage/elsewhere/orders/{paid.order_number}/packing-slip").status_code == 404
        assert shop.order(paid.order_id).fulfilment_status is FulfilmentStatus.UNFULFILLED

    def test_shows_an_analyst_no_act(self, client: FlaskClient, shop: Shop, paid: CheckoutStarted) -> None:
        sign_in(client, staff(shop, Role.ANALYST))
        room = Room(client, shop, paid.order_number)
        text = room.text()
        assert 'method="post"' not in text.split('class="stack order-room"', 1)[1]
        for part in ("/fulfilments", "/notes", "/refunds", "/cancellation"):
            assert room.post(part).status_code == 403

    def test_lets_fulfilment_ship_and_not_refund(
        self, client: FlaskClient, shop: Shop, paid: CheckoutStarted
    ) -> None:
        sign_in(client, staff(shop, Role.FULFILMENT))
        room = Room(client, shop, paid.order_number)
        assert "/refunds/new" not in room.text()
        assert room.get("/refunds/new").status_code == 403
        assert room.post("/fulfilments").status_code == 303


class TestCreateFulfilment:
    def test_ships_what_the_form_says(self, room: Room, shop: Shop, paid: CheckoutStarted) -> None:
        first, second = line_ids(shop, paid)
        answer = room.post(
            "/fulfilments",
            **{
                f"units-{first}": 2,
                f"units-{second}": 0,
                "carrier": "ups",
                "tracking_number": "1Z9",
                "notify": 1,
            },
            expected_left=4,
        )
        assert answer.status_code == 303
        with shop.database.reading() as session:
            (parcel,) = list_fulfilments(session, paid.order_id)
        assert [(line.order_line_id, line.quantity) for line in parcel.lines] == [(first, 2)]
        assert parcel.tracking_url == "https://www.ups.com/track?tracknum=1Z9"
        text = room.text()
        assert "1Z9" in text
        assert "2 units are shipped." in text
        assert f"/fulfilments/{parcel.id}/cancellation" in text
        assert acts(shop) == ["order.fulfilled"]

    def test_keeps_what_was_typed_when_it_refuses(
        self, room: Room, shop: Shop, paid: CheckoutStarted
    ) -> None:
        first, _ = line_ids(shop, paid)
        answer = room.post(
            "/fulfilments",
            **{f"units-{first}": "many"},
            carrier="dhl",
            tracking_number="AB 12",
            tracking_url="http://x",
        )
        text = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert "Enter a whole number." in text
        assert 'value="many"' in text
        assert 'value="AB 12"' in text
        assert shop.order(paid.order_id).fulfilment_status is FulfilmentStatus.UNFULFILLED

    @pytest.mark.parametrize(
        "fields",
        [
            {"units-1": "-1"},
            {"units-999999": "1"},
            {"units-x": "1"},
            {"expected_left": "9" * 30},
            {"tracking_number": "\x00<b>"},
            {"tracking_url": "javascript:alert(1)"},
            {"carrier": "x" * 400},
        ],
    )
    def test_refuses_nonsense(
        self, room: Room, shop: Shop, paid: CheckoutStarted, fields: dict[str, str]
    ) -> None:
        assert room.post("/fulfilments", **fields).status_code in (409, 422)
        assert shop.order(paid.order_id).fulfilment_status is FulfilmentStatus.UNFULFILLED

    def test_ships_once_when_it_is_sent_twice(self, room: Room, shop: Shop, paid: CheckoutStarted) -> None:
        first, _ = line_ids(shop, paid)
        sent = {f"units-{first}": 1, "expected_left": 4}
        answers = [room.post("/fulfilments", **sent) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [303, 409]
        assert "Somebody shipped or refunded a part" in answers[1].get_data(as_text=True)
        assert shop.order(paid.order_id).lines[0].fulfilled_quantity == 1


class TestParcels:
    def test_are_changed_and_taken_back(self, room: Room, shop: Shop, paid: CheckoutStarted) -> None:
        room.post("/fulfilments")
        with shop.database.reading() as session:
            (parcel,) = list_fulfilments(session, paid.order_id)
        path = f"/fulfilments/{parcel.id}"
        assert room.post(f"{path}/tracking", tracking_url="ftp://x").status_code == 422
        assert room.post(f"{path}/tracking", carrier_name="Bob", tracking_number="5").status_code == 303
        assert "Bob" in room.text()
        assert room.post(f"{path}/cancellation").status_code == 303
        assert shop.order(paid.order_id).fulfilment_status is FulfilmentStatus.UNFULFILLED
        assert "was taken back already" in room.client.post(
            f"{room.path}{path}/cancellation", follow_redirects=True
        ).get_data(as_text=True)
        assert acts(shop) == ["order.fulfilled", "order.tracking_changed", "order.parcel_taken_back"]

    def test_are_shown_to_the_buyer(
        self, room: Room, app_token: str, shop: Shop, paid: CheckoutStarted
    ) -> None:
        room.post("/fulfilments", carrier="ups", tracking_number="1Z9")
        page = room.client.get(f"/en/orders/{paid.order_number}?token={app_token}").get_data(as_text=True)
        assert 'href="https://www.ups.com/track?tracknum=1Z9"' in page
        body = room.client.get(
            f"/api/v1/orders/{paid.order_number}", headers={"Authorization": f"Bearer {app_token}"}
        ).get_json()
        (parcel,) = body["fulfilments"]
        assert (parcel["carrier"], parcel["tracking_number"]) == ("UPS", "1Z9")
        assert parcel["tracking_url"] == "https://www.ups.com/track?tracknum=1Z9"
        assert parcel["lines"] == [
            {"line_id": line.id, "quantity": line.quantity} for line in shop.order(paid.order_id).lines
        ]
        assert [line["fulfilled_quantity"] for line in body["lines"]] == [3, 1]


@pytest.fixture
def app_token(paid: CheckoutStarted) -> str:
    """The token of the paid order's signed link."""
    return paid.order_token


class TestNotes:
    def test_are_never_shown_to_the_buyer(
        self, room: Room, app_token: str, shop: Shop, paid: CheckoutStarted
    ) -> None:
        secret = "A difficult customer"
        assert room.post("/notes", text=secret).status_code == 303
        text = room.text()
        assert secret in text
        assert "Camille" in text
        page = room.client.get(f"/en/orders/{paid.order_number}?token={app_token}").get_data(as_text=True)
        answer = room.client.get(
            f"/api/v1/orders/{paid.order_number}", headers={"Authorization": f"Bearer {app_token}"}
        )
        assert secret not in page
        assert "Note" not in page
        assert secret not in answer.get_data(as_text=True)
        assert "note" not in [event["kind"] for event in answer.get_json()["history"]]

    @pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
    def test_say_something_short(self, room: Room, text: str) -> None:
        assert room.post("/notes", text=text).status_code == 422


class TestCreateEvidence:
    def test_answers_the_bank_once(self, room: Room, shop: Shop, paid: CheckoutStarted) -> None:
        part = f"/disputes/{open_dispute(shop, paid)}/evidence"
        assert room.post(part).status_code == 422
        assert room.post(part, uncategorized_text="It arrived.").status_code == 303
        assert shop.gateway.evidence == {"dp_1": {"uncategorized_text": "It arrived."}}
        late = room.post(part, uncategorized_text="Again")
        assert late.status_code == 409
        assert "was sent already" in late.get_data(as_text=True)
        assert acts(shop) == ["order.evidence_sent"]
