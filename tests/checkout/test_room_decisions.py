"""What staff decide about an order's payment: cancelling, and accepting or sending back what does not match."""

import dataclasses
from contextlib import nullcontext

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from shop.checkout.buying import CheckoutStarted
from shop.checkout.cancelling import FundsOnTheirWay, NothingToAccept, accept_payment, cancel_as_staff
from shop.checkout.desk import Buyer
from shop.checkout.sessions import TotalMismatch
from shop.core.mail import Mail
from shop.orders.models import Order, OrderStatus
from shop.page.models import Role
from shop.payments.gateway import GatewayRefused, GatewayUnavailable, RefundInfo, SessionInfo
from tests.checkout.conftest import Shop
from tests.checkout.rooms import Room, acts, mail_kinds, staff
from tests.support.events import refund_object, session_object
from tests.support.visitors import sign_in


class TestCancelOrder:
    def test_closes_the_payment_page_and_tells_the_buyer(
        self, client: FlaskClient, shop: Shop, guest: Buyer
    ) -> None:
        started = shop.buy(guest)
        owner = staff(shop, Role.OWNER)
        sign_in(client, owner)
        room = Room(client, shop, started.order_number)
        assert room.post("/cancellation").status_code == 303
        order = shop.order(started.order_id)
        assert (order.status, order.history[-1].account_id) == (OrderStatus.CANCELLED, owner.id)
        assert shop.gateway.sessions[shop.session_id(started)].status == "expired"
        assert shop.stocks() == [10, 1]
        assert mail_kinds(shop) == ["order_cancelled"]
        assert acts(shop) == ["order.cancelled"]

    def test_says_when_the_buyer_was_quicker(self, client: FlaskClient, shop: Shop, guest: Buyer) -> None:
        started = shop.buy(guest)
        shop.gateway.pay(shop.session_id(started))
        sign_in(client, staff(shop, Role.OWNER))
        room = Room(client, shop, started.order_number)
        room.post("/cancellation")
        assert shop.order(started.order_id).status is OrderStatus.PAID
        assert "The buyer has paid order" in room.text()
        assert acts(shop) == []

    @pytest.mark.parametrize("is_heard", [True, False])
    def test_is_by_staff_when_stripes_word_is_quicker_than_its_answer(
        self, shop: Shop, guest: Buyer, is_heard: bool
    ) -> None:
        started, owner = shop.buy(guest), staff(shop, Role.OWNER)
        expire = shop.gateway.expire_session

        def expire_and_tell(session_id: str) -> SessionInfo:
            info = expire(session_id)
            shop.tell_session("checkout.session.expired", session_id)
            if not is_heard:
                raise GatewayUnavailable
            return info

        shop.gateway.expire_session = expire_and_tell
        with nullcontext() if is_heard else pytest.raises(GatewayUnavailable):
            cancel_as_staff(shop.desk, order_id=started.order_id, account_id=owner.id, now=shop.clock.now())
        order = shop.order(started.order_id)
        assert (order.status, order.history[-1].account_id) == (OrderStatus.CANCELLED, owner.id)
        assert [event.kind for event in order.history][-2:] == ["cancel_asked", "cancelled"]
        assert shop.stocks() == [10, 1]
        assert mail_kinds(shop) == ["order_cancelled"]
        assert acts(shop) == ["order.cancelled"]

    @pytest.mark.parametrize(
        ("meanwhile", "said"),
        [
            ("funds", "the bank is still processing it"),
            ("flagged", "decide about its payment first"),
            ("open", "did not close the payment page"),
        ],
    )
    def test_says_what_is_true(
        self, client: FlaskClient, shop: Shop, guest: Buyer, meanwhile: str, said: str
    ) -> None:
        started = shop.buy(guest)
        session_id = shop.session_id(started)
        sign_in(client, staff(shop, Role.OWNER))
        if meanwhile == "funds":
            shop.gateway.pay(session_id, is_delayed=True)
        elif meanwhile == "flagged":
            info = dataclasses.replace(shop.gateway.pay(session_id), amount_total=99)
            shop.gateway.sessions[session_id] = info
        else:

            def refuse(_session_id: str) -> SessionInfo:
                raise GatewayRefused("not now")

            shop.gateway.expire_session = refuse
        room = Room(client, shop, started.order_number)
        room.post("/cancellation")
        text = room.text()
        assert said in text
        assert f"The buyer has paid order {started.order_number} meanwhile" not in text
        assert acts(shop) == []

    def test_is_forgotten_once_the_buyer_has_paid(self, shop: Shop, guest: Buyer) -> None:
        started, owner = shop.buy(guest), staff(shop, Role.OWNER)
        session_id = shop.session_id(started)
        shop.gateway.pay(session_id, is_delayed=True)
        with pytest.raises(FundsOnTheirWay):
            cancel_as_staff(shop.desk, order_id=started.order_id, account_id=owner.id, now=shop.clock.now())
        shop.gateway.settle(session_id, is_paid=False)
        shop.tell_session("checkout.session.async_payment_failed", session_id)
        assert shop.order(started.order_id).status is OrderStatus.CANCELLED
        assert mail_kinds(shop) == ["order_funds_failed"]
        assert acts(shop) == []

    def test_changes_nothing_when_stripe_is_away(self, client: FlaskClient, shop: Shop, guest: Buyer) -> None:
        started = shop.buy(guest)
        sign_in(client, staff(shop, Role.OWNER))
        shop.gateway.is_down = True
        assert Room(client, shop, started.order_number).post("/cancellation").status_code == 303
        assert shop.order(started.order_id).status is OrderStatus.AWAITING_PAYMENT


class TestFlaggedOrders:
    @pytest.fixture
    def flagged(self, client: FlaskClient, shop: Shop, guest: Buyer) -> CheckoutStarted:
        started = shop.buy(guest, quantity=2)
        info = dataclasses.replace(shop.gateway.pay(shop.session_id(started)), amount_total=99)
        shop.tell("checkout.session.completed", session_object(info))
        assert shop.order(started.order_id).status is OrderStatus.FLAGGED
        sign_in(client, staff(shop, Role.MANAGER))
        return started

    def test_can_be_accepted_as_they_are(
        self, client: FlaskClient, shop: Shop, flagged: CheckoutStarted
    ) -> None:
        room = Room(client, shop, flagged.order_number)
        assert room.post("/fulfilments").status_code == 409
        assert room.post("/acceptance").status_code == 303
        assert shop.order(flagged.order_id).status is OrderStatus.PAID
        assert "order_confirmed" in mail_kinds(shop)
        room.post("/acceptance")
        assert "is not held back any more" in room.text()
        assert room.post("/fulfilments").status_code == 303
        assert acts(shop) == ["order.payment_accepted", "order.fulfilled"]

    def test_can_be_sent_back(self, client: FlaskClient, shop: Shop, flagged: CheckoutStarted) -> None:
        room = Room(client, shop, flagged.order_number)
        assert room.get("/refunds/new").status_code == 404
        assert room.post("/rejection").status_code == 303
        order = shop.order(flagged.order_id)
        assert (order.status, order.refunded_amount) == (OrderStatus.CANCELLED, 99)
        assert shop.stocks() == [10, 1]
        assert [one.amount for one in shop.gateway.refunds.values()] == [99]
        assert mail_kinds(shop) == ["order_payment_rejected"]

    def test_that_were_never_paid_can_only_be_cancelled(
        self, client: FlaskClient, shop: Shop, guest: Buyer
    ) -> None:
        shop.gateway.amount_off = 100
        with pytest.raises(TotalMismatch):
            shop.buy(guest)
        with shop.database.reading() as session:
            number, order_id = session.execute(select(Order.number, Order.id)).one()
        account = staff(shop, Role.OWNER)
        sign_in(client, account)
        room = Room(client, shop, number)
        text = room.text()
        assert "Nothing was charged, so there is nothing to accept" in text
        assert "asked for another total" in text
        assert "/acceptance" not in text
        with pytest.raises(NothingToAccept), shop.database.transaction() as session:
            accept_payment(session, order_id=order_id, account_id=account.id, now=shop.clock.now())
        room.post("/acceptance")
        assert "there is nothing to accept" in room.text()
        assert shop.order(order_id).status is OrderStatus.FLAGGED
        assert room.post("/rejection").status_code == 303
        assert "The order is cancelled." in room.text()
        order = shop.order(order_id)
        assert (order.status, order.holds_stock, order.history[-1].kind) == (
            OrderStatus.CANCELLED, False, "cancelled",
        )  # fmt: skip
        assert shop.stocks() == [10, 1]
        assert not shop.gateway.refunds
        assert mail_kinds(shop) == ["order_cancelled"]
        assert acts(shop) == ["order.cancelled"]

    def test_that_are_paid_all_the_same_say_what_came(
        self, client: FlaskClient, shop: Shop, guest: Buyer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(_session_id: str) -> SessionInfo:
            raise GatewayRefused("not now")

        shop.gateway.amount_off = 100
        monkeypatch.setattr(shop.gateway, "expire_session", refuse)
        with pytest.raises(TotalMismatch):
            shop.buy(guest)
        ((session_id, _),) = shop.gateway.sessions.items()
        info = shop.gateway.pay(session_id)
        for _ in range(2):
            shop.tell("checkout.session.completed", session_object(info))
        with shop.database.reading() as session:
            order = session.scalars(select(Order)).one()
        assert (order.status, order.captured_amount) == (OrderStatus.FLAGGED, info.amount_total)
        sign_in(client, staff(shop, Role.OWNER))
        room = Room(client, shop, order.number)
        assert "/acceptance" in room.text()
        room.post("/rejection")
        assert [one.amount for one in shop.gateway.refunds.values()] == [info.amount_total]

    def test_whose_money_went_back_can_only_be_cancelled(
        self, client: FlaskClient, shop: Shop, flagged: CheckoutStarted
    ) -> None:
        intent = f"pi_{shop.session_id(flagged)}"
        shop.tell("refund.created", refund_object(RefundInfo("re_dash", "succeeded", 99, "EUR", intent)))
        room = Room(client, shop, flagged.order_number)
        text = room.text()
        assert "Its money went back already" in text
        assert "/acceptance" not in text
        room.post("/acceptance")
        assert shop.order(flagged.order_id).status is OrderStatus.FLAGGED
        room.post("/rejection")
        order = shop.order(flagged.order_id)
        assert (order.status, order.refunded_amount) == (OrderStatus.CANCELLED, 99)
        assert shop.stocks() == [10, 1]
        assert mail_kinds(shop) == ["order_refunded", "order_payment_rejected"]
        assert acts(shop) == ["order.cancelled"]
        with shop.database.reading() as session:
            mail = session.scalars(select(Mail).where(Mail.kind == "order_payment_rejected")).one()
        body = room.text(f"/mails/{mail.id}")
        assert "€0.99 went back to the card that you paid with." in body
        assert "cancelled and refunded" not in body

    def test_that_were_paid_in_another_currency_can_be_cancelled(
        self, client: FlaskClient, shop: Shop, guest: Buyer
    ) -> None:
        started = shop.buy(guest)
        info = dataclasses.replace(shop.gateway.pay(shop.session_id(started)), currency="CHF")
        shop.tell("checkout.session.completed", session_object(info))
        sign_in(client, staff(shop, Role.OWNER))
        room = Room(client, shop, started.order_number)
        text = room.text()
        assert "send it back in Stripe’s dashboard" in text
        assert "/acceptance" in text
        room.post("/rejection")
        assert shop.order(started.order_id).status is OrderStatus.CANCELLED
        assert shop.stocks() == [10, 1]
        shop.tell("checkout.session.async_payment_succeeded", session_object(info))
        assert shop.order(started.order_id).status is OrderStatus.CANCELLED
        with shop.database.reading() as session:
            mail = session.scalars(select(Mail).where(Mail.kind == "order_payment_rejected")).one()
        assert "What you paid is sent back apart." in room.text(f"/mails/{mail.id}")
