"""Refunds from an order's room: whole, by line, by amount, refused and failed."""

import dataclasses

import pytest
from sqlalchemy import select

from shop.checkout.buying import CheckoutStarted
from shop.checkout.refunds import sync_refunds
from shop.core.mail import Mail
from shop.core.outbox import Job
from shop.orders.models import FulfilmentStatus
from shop.payments.gateway import RefundInfo
from tests.checkout.conftest import Shop
from tests.checkout.rooms import Room, acts, give_address, line_ids, open_dispute
from tests.support.events import refund_object


class TestCreateRefund:
    def test_is_one_press_for_all_of_it(self, room: Room, shop: Shop, paid: CheckoutStarted) -> None:
        assert "Refund €55.90" in room.text("/refunds/new")
        answer = room.post("/refunds", scope="all", restock=1, expected_amount=5590, expected_refunded=0)
        assert answer.status_code == 303
        order = shop.order(paid.order_id)
        assert (order.refunded_amount, order.fulfilment_status) == (5590, FulfilmentStatus.NOT_NEEDED)
        assert shop.stocks() == [10, 1]
        assert "€55.90 is refunded." in room.text()
        assert acts(shop) == ["order.refunded"]

    def test_shows_the_sum_before_it_is_sent(self, room: Room, shop: Shop, paid: CheckoutStarted) -> None:
        first, _ = line_ids(shop, paid)
        sent: dict[str, object] = {"scope": "lines", f"units-{first}": 2, "reason": "Broken"}
        shown = room.post("/refunds", **sent, expected_amount="")
        text = shown.get_data(as_text=True)
        assert shown.status_code == 422
        assert "€24.00 will go back to the buyer." in text
        assert 'name="expected_amount" value="2400"' in text
        assert shop.order(paid.order_id).refunded_amount == 0
        assert room.post("/refunds", **sent, expected_amount=2400, expected_refunded=0).status_code == 303
        assert [one.amount for one in shop.gateway.refunds.values()] == [2400]

    def test_refunds_once_when_two_do_it(self, room: Room, shop: Shop, paid: CheckoutStarted) -> None:
        sent = {"scope": "amount", "amount": "10", "expected_amount": 1000, "expected_refunded": 0}
        answers = [room.post("/refunds", **sent) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [303, 409]
        assert "Somebody refunded a part of this order meanwhile." in answers[1].get_data(as_text=True)
        assert shop.order(paid.order_id).refunded_amount == 1000

    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            ({"scope": "amount", "amount": "1000"}, "You cannot refund more"),
            ({"scope": "amount", "amount": "ten"}, "price"),
            ({"scope": "amount", "amount": ""}, "Enter the amount to refund."),
            ({"scope": "lines"}, "Choose what to refund."),
            ({"scope": "everything"}, "Must be one of"),
        ],
    )
    def test_says_what_is_wrong(self, room: Room, shop: Shop, fields: dict[str, str], said: str) -> None:
        answer = room.post("/refunds", **fields, reason="Because")
        text = answer.get_data(as_text=True)
        assert answer.status_code in (409, 422)
        assert said in text
        assert 'value="Because"' in text
        assert not shop.gateway.refunds

    def test_of_an_amount_that_is_all_is_of_everything(
        self, room: Room, shop: Shop, paid: CheckoutStarted
    ) -> None:
        assert "At most €55.90, which is the same as everything." in room.text("/refunds/new")
        sent = {"scope": "amount", "amount": "55.90", "restock": 1}
        shown = room.post("/refunds", **sent)
        assert shown.status_code == 422
        assert "€55.90 will go back to the buyer." in shown.get_data(as_text=True)
        assert room.post("/refunds", **sent, expected_amount=5590, expected_refunded=0).status_code == 303
        order = shop.order(paid.order_id)
        assert order.fulfilment_status is FulfilmentStatus.NOT_NEEDED
        assert [line.refunded_quantity for line in order.lines] == [3, 1]
        assert shop.stocks() == [10, 1]

    def test_of_less_than_all_changes_nothing_to_ship(
        self, room: Room, shop: Shop, paid: CheckoutStarted
    ) -> None:
        sent = {"scope": "amount", "amount": "55.89", "restock": 1, "expected_amount": 5589}
        assert room.post("/refunds", **sent).status_code == 303
        order = shop.order(paid.order_id)
        assert order.fulfilment_status is FulfilmentStatus.UNFULFILLED
        assert [line.to_ship_quantity for line in order.lines] == [3, 1]
        assert shop.stocks() == [7, 0]

    @pytest.mark.parametrize("number", ["99999999999", "9" * 19])
    def test_refuses_more_units_than_a_column_holds(
        self, room: Room, shop: Shop, paid: CheckoutStarted, number: str
    ) -> None:
        first, _ = line_ids(shop, paid)
        answers = [
            room.post("/fulfilments", **{f"units-{first}": number}),
            room.post("/refunds", scope="lines", **{f"units-{first}": number}, expected_amount=1),
            room.post("/refunds", scope="amount", amount=number, expected_amount=number),
            room.post("/refunds", scope="all", expected_amount=number, expected_refunded=number),
        ]
        assert {answer.status_code for answer in answers} <= {409, 422}
        order = shop.order(paid.order_id)
        assert (order.refunded_amount, order.fulfilment_status) == (0, FulfilmentStatus.UNFULFILLED)

    def test_is_refused_under_a_dispute(self, room: Room, shop: Shop, paid: CheckoutStarted) -> None:
        open_dispute(shop, paid)
        assert "/refunds/new" not in room.text()
        answer = room.post("/refunds", scope="all", expected_amount=5590)
        assert answer.status_code == 409
        assert "has taken this payment back for a dispute" in answer.get_data(as_text=True)
        assert not shop.gateway.refunds

    @pytest.mark.parametrize(
        ("reason", "is_returned"), [("lost_or_stolen_card", True), ("insufficient_funds", False)]
    )
    def test_tells_the_page_what_to_do_when_one_fails(
        self, room: Room, shop: Shop, reason: str, is_returned: bool
    ) -> None:
        give_address(shop)
        room.post("/refunds", scope="all", expected_amount=5590)
        (info,) = shop.gateway.refunds.values()
        failed = dataclasses.replace(info, status="failed", failure_reason=reason)
        shop.tell("refund.failed", refund_object(failed))
        text = failure_notice(room, shop)
        assert ("Find another way to pay the buyer back." in text) is is_returned
        assert ("Look at the payment in Stripe’s dashboard" in text) is not is_returned

    def test_does_not_ask_to_pay_twice_when_all_went_back_before(
        self, room: Room, shop: Shop, paid: CheckoutStarted
    ) -> None:
        give_address(shop)
        intent = f"pi_{shop.session_id(paid)}"
        shop.gateway.refunds["re_dash"] = RefundInfo("re_dash", "succeeded", 5590, "EUR", intent)
        room.post("/refunds", scope="all", expected_amount=5590)
        text = failure_notice(room, shop)
        assert "Its reason: Charge has already been refunded." in text
        assert "the money may have gone back already" in text
        assert "Find another way" not in text
        with shop.database.reading() as session:
            payload = session.scalars(select(Job.payload).where(Job.kind == "sync_refunds")).one()
        assert payload == {"order_id": paid.order_id}
        sync_refunds(shop.desk, paid.order_id, now=shop.clock.now())
        assert shop.order(paid.order_id).refunded_amount == 5590

    def test_leaves_it_to_its_job_when_stripe_is_away(
        self, room: Room, shop: Shop, paid: CheckoutStarted
    ) -> None:
        shop.gateway.is_down = True
        assert room.post("/refunds", scope="all", expected_amount=5590).status_code == 303
        assert "The refund of €55.90 is on its way." in room.text()


def failure_notice(room: Room, shop: Shop) -> str:
    with shop.database.reading() as session:
        mail = session.scalars(select(Mail).where(Mail.kind == "refund_failed_notice")).one()
    return room.text(f"/mails/{mail.id}")
