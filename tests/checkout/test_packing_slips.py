"""Packing slips: what the packer reads goes into the parcel, and nothing that does not."""

import re

from shop.checkout.buying import CheckoutStarted
from tests.checkout.conftest import Shop
from tests.checkout.rooms import Room, line_ids


def units(text: str) -> list[int]:
    return [int(number) for number in re.findall(r'slip__units">(\d+)', text)]


def test_ask_for_nothing_of_an_order_that_was_refunded(room: Room) -> None:
    assert room.post("/refunds", scope="all", expected_amount=5590).status_code == 303
    text = room.text("/packing-slip")
    assert units(text) == []
    assert "<table" not in text
    assert "Refunded: nothing is to be shipped." in text


def test_tell_afterwards_what_left_without_what_was_refunded(
    room: Room, shop: Shop, paid: CheckoutStarted
) -> None:
    first, second = line_ids(shop, paid)
    room.post("/refunds", scope="lines", **{f"units-{first}": 1, f"units-{second}": 1}, expected_amount=2700)
    room.post("/fulfilments")
    assert units(room.text("/packing-slip")) == [2]


def test_speak_of_an_earlier_parcel_only_when_all_the_rest_is_in_it(
    room: Room, shop: Shop, paid: CheckoutStarted
) -> None:
    first, second = line_ids(shop, paid)
    earlier = "The other items of this order left in an earlier parcel."
    assert earlier not in room.text("/packing-slip")
    room.post("/fulfilments", **{f"units-{first}": 2})
    assert units(room.text("/packing-slip")) == [1, 1]
    assert earlier in room.text("/packing-slip")
    room.post("/refunds", scope="lines", **{f"units-{second}": 1}, expected_amount=1500)
    assert units(room.text("/packing-slip")) == [1]
    assert earlier not in room.text("/packing-slip")


class TestPackingSlips:
    def test_tell_what_to_pack_without_prices(self, room: Room, shop: Shop, paid: CheckoutStarted) -> None:
        first, _ = line_ids(shop, paid)
        room.post("/fulfilments", **{f"units-{first}": 2})
        text = room.text("/packing-slip")
        assert "€" not in text.split('class="slip"', 1)[1]
        assert '<td class="slip__units">1</td>' in text

    def test_come_in_the_order_that_was_asked_for(
        self, room: Room, shop: Shop, paid: CheckoutStarted
    ) -> None:
        path = f"/en/manage/{shop.page.slug}/packing-slips"
        text = room.client.get(f"{path}?number={paid.order_number}&number=NONE-1").get_data(as_text=True)
        assert text.count('class="slip"') == 1
        assert "No order was chosen" in room.client.get(path).get_data(as_text=True)
