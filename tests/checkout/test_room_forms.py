"""The forms of an order's room, sent back as a browser sends them: with everything that they were filled in with."""

import re

from sqlalchemy import select

from shop.checkout.buying import CheckoutStarted
from shop.orders.models import Fulfilment, Order
from tests.checkout.conftest import Shop
from tests.checkout.rooms import Room


def link_field(room: Room) -> tuple[int, str]:
    """Return the only parcel's id and what its form's field for the link holds."""
    found = re.search(r"fulfilments/(\d+)/tracking.*?name=\"tracking_url\"([^>]*)", room.text(), re.DOTALL)
    assert found is not None
    value = re.search(r'value="([^"]*)"', found[2])
    return int(found[1]), value[1] if value else ""


def parcel(shop: Shop) -> Fulfilment:
    with shop.database.reading() as session:
        return session.scalars(select(Fulfilment)).one()


class TestTracking:
    def test_a_link_made_from_the_number_changes_with_it(self, room: Room, shop: Shop) -> None:
        room.post("/fulfilments", carrier="ups", tracking_number="1Z9", expected_left=4)
        parcel_id, link = link_field(room)
        assert link == ""
        room.post(
            f"/fulfilments/{parcel_id}/tracking",
            carrier="usps", carrier_name="", tracking_number="JD0042", tracking_url=link,
        )  # fmt: skip
        assert "usps.com" in (parcel(shop).tracking_url or "")
        assert "JD0042" in (parcel(shop).tracking_url or "")

    def test_a_link_that_tells_the_postal_code_is_made_too(
        self, room: Room, shop: Shop, paid: CheckoutStarted
    ) -> None:
        with shop.database.transaction() as session:
            session.get_one(Order, paid.order_id).ship_to = {"postal_code": "75011"}
        room.post("/fulfilments", carrier="mondial-relay", tracking_number="12345678", expected_left=4)
        assert (parcel(shop).tracking_url or "").endswith("=12345678&codePostal=75011")
        assert link_field(room)[1] == ""

    def test_a_typed_link_stays(self, room: Room, shop: Shop) -> None:
        typed = "https://parcels.example/1Z9"
        room.post("/fulfilments", carrier="ups", tracking_number="1Z9", tracking_url=typed, expected_left=4)
        parcel_id, link = link_field(room)
        assert link == typed
        room.post(
            f"/fulfilments/{parcel_id}/tracking", carrier="ups", tracking_number="1Z8", tracking_url=link
        )
        assert parcel(shop).tracking_url == typed
