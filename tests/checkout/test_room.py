"""An order's room in the admin: what staff see and do there, as a browser without JavaScript does it."""

import dataclasses
from contextlib import nullcontext

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from shop.accounts.models import Account
from shop.checkout.buying import CheckoutStarted
from shop.checkout.cancelling import FundsOnTheirWay, NothingToAccept, accept_payment, cancel_as_staff
from shop.checkout.desk import Buyer
from shop.checkout.refunds import sync_refunds
from shop.checkout.sessions import TotalMismatch
from shop.core.db import Database
from shop.core.mail import Mail
from shop.core.outbox import ClaimedJob, Job
from shop.orders.mails import PREVIEWS
from shop.orders.models import Fulfilment, FulfilmentStatus, Order, OrderStatus
from shop.orders.queries import list_fulfilments
from shop.page.models import AuditEntry, Page, Role
from shop.payments.gateway import DisputeInfo, GatewayRefused, GatewayUnavailable, RefundInfo, SessionInfo
from shop.payments.models import Dispute
from shop.worker import send_mail
from tests.checkout.conftest import Shop
from tests.factories import make_account, make_page, make_staff
from tests.support.events import dispute_object, refund_object, session_object
from tests.support.statements import count_statements
from tests.support.visitors import sign_in


@pytest.fixture
def paid(shop: Shop, guest: Buyer) -> CheckoutStarted:
    """A paid order of 3 mugs of one size and 1 of another: 3 × 12 + 15 + 4.90."""
    started = shop.check_out(shop.fill_cart("visitor-1", {0: 3, 1: 1}), guest)
    shop.gateway.pay(shop.session_id(started))
    shop.tell_session("checkout.session.completed", shop.session_id(started))
    return started


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


@pytest.fixture
def room(client: FlaskClient, shop: Shop, paid: CheckoutStarted) -> Room:
    """The paid order's room with its owner in it."""
    sign_in(client, staff(shop, Role.OWNER))
    return Room(client, shop, paid.order_number)


def acts(shop: Shop) -> list[str]:
    with shop.database.reading() as session:
        return list(session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)))


def line_ids(shop: Shop, started: CheckoutStarted) -> list[int]:
    return [line.id for line in shop.order(started.order_id).lines]


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


def give_address(shop: Shop) -> None:
    with shop.database.transaction() as session:
        session.execute(update(Page).values(contact_email="shop@example.com"))


def failure_notice(room: Room, shop: Shop) -> str:
    with shop.database.reading() as session:
        mail = session.scalars(select(Mail).where(Mail.kind == "refund_failed_notice")).one()
    return room.text(f"/mails/{mail.id}")


def open_dispute(shop: Shop, paid: CheckoutStarted) -> int:
    intent = f"pi_{shop.session_id(paid)}"
    info = DisputeInfo("dp_1", "needs_response", 5590, "EUR", "fraudulent", intent, shop.clock.now())
    shop.gateway.disputes[info.id] = info
    shop.tell("charge.dispute.created", dispute_object(info))
    with shop.database.reading() as session:
        return session.scalars(select(Dispute.id)).one()


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


def mail_kinds(shop: Shop) -> list[str]:
    with shop.database.reading() as session:
        return list(session.scalars(select(Mail.kind).order_by(Mail.id)))


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


class TestMails:
    def test_are_shown_as_they_would_be_sent(self, room: Room) -> None:
        for kind, words in (("order_shipped", "est en route"), ("order_refunded", "remboursé")):
            text = room.text(f"/mail-previews/{kind}?language=fr")
            assert words in text
            body = room.get(f"/mail-previews/{kind}/body?language=fr")
            assert "frame-ancestors 'self'" in body.headers["Content-Security-Policy"]
            assert "Mug" in body.get_data(as_text=True)
        assert room.get("/mail-previews/nothing").status_code == 404

    @pytest.mark.parametrize("language", ["en", "fr"])
    def test_every_kind_can_be_looked_at(self, room: Room, language: str) -> None:
        for kind in PREVIEWS:
            assert room.get(f"/mail-previews/{kind}?language={language}").status_code == 200

    def test_are_sent_again_but_not_at_once(self, room: Room, shop: Shop) -> None:
        with shop.database.reading() as session:
            mail = session.scalars(select(Mail).where(Mail.kind == "order_confirmed")).one()
        part = f"/mails/{mail.id}/sendings"
        assert room.text(f"/mails/{mail.id}")
        assert room.get(f"/mails/{mail.id}/body").status_code == 200
        room.post(part)
        assert mail_kinds(shop).count("order_confirmed") == 1
        assert "sent already a moment ago" in room.text()
        for _ in range(7):
            shop.clock.advance(minutes=2)
            room.post(part)
        assert mail_kinds(shop).count("order_confirmed") == 6
        assert acts(shop) == ["order.mail_resent"] * 5

    def test_of_a_parcel_that_was_taken_back_are_not_sent(self, app: Flask, room: Room, shop: Shop) -> None:
        room.post("/fulfilments", notify=1, expected_left=4)
        with shop.database.reading() as session:
            parcel_id = session.scalars(select(Fulfilment.id)).one()
            job = session.scalars(select(Job).where(Job.subject == f"order_shipped:{parcel_id}")).one()
        room.post(f"/fulfilments/{parcel_id}/cancellation")
        send_mail(app, ClaimedJob(job.id, job.kind, job.subject, job.payload, 1))
        with shop.database.reading() as session:
            mail = session.scalars(select(Mail).where(Mail.kind == "order_shipped")).one()
        assert mail.sent_at is None
        text = room.text()
        assert "Not sent: the parcel was taken back" in text
        assert "Mail not sent, since the parcel was taken back: Parcel on its way" in text
        assert "Not sent: the parcel was taken back" in room.text(f"/mails/{mail.id}")

    @pytest.mark.parametrize("part", ["sendings", "attempts"])
    def test_of_a_parcel_that_was_taken_back_are_not_sent_again(
        self, app: Flask, room: Room, shop: Shop, part: str
    ) -> None:
        room.post("/fulfilments", notify=1, expected_left=4)
        with shop.database.reading() as session:
            mail = session.scalars(select(Mail).where(Mail.kind == "order_shipped")).one()
            job = session.scalars(select(Job).where(Job.subject == f"order_shipped:{mail.subject_key}")).one()
        send_mail(app, ClaimedJob(job.id, job.kind, job.subject, job.payload, 1))
        shop.clock.advance(minutes=2)
        assert f"/mails/{mail.id}/sendings" in room.text()
        room.post(f"/fulfilments/{mail.context['fulfilment_id']}/cancellation")
        assert f"/mails/{mail.id}/sendings" not in room.text()
        assert room.post(f"/mails/{mail.id}/{part}").status_code == 303
        assert "This parcel was taken back already." in room.text()
        assert mail_kinds(shop).count("order_shipped") == 1

    def test_of_another_order_are_not_here(self, room: Room, shop: Shop, guest: Buyer) -> None:
        other = shop.buy(guest)
        shop.gateway.pay(shop.session_id(other))
        shop.tell_session("checkout.session.completed", shop.session_id(other))
        with shop.database.reading() as session:
            mail = session.scalars(select(Mail).where(Mail.about == f"order:{other.order_id}")).first()
        assert mail is not None
        assert room.get(f"/mails/{mail.id}").status_code == 404
        assert room.get(f"/mails/{mail.id}/body").status_code == 404
        assert room.post(f"/mails/{mail.id}/sendings").status_code == 404


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


class TestPaymentFailedMail:
    def decline(self, shop: Shop, started: CheckoutStarted) -> None:
        info = shop.gateway.sessions[shop.session_id(started)]
        intent = {
            "id": "pi_declined",
            "metadata": {"vitrine_payment": info.payment_key},
            "last_payment_error": {"code": "card_declined", "message": "Your card was declined."},
        }
        assert shop.tell("payment_intent.payment_failed", intent).startswith("applied")

    def expire(self, shop: Shop, started: CheckoutStarted) -> None:
        shop.gateway.expire(shop.session_id(started))
        shop.tell_session("checkout.session.expired", shop.session_id(started))

    def test_goes_out_once_after_a_decline(self, shop: Shop, guest: Buyer) -> None:
        started = shop.buy(guest)
        self.decline(shop, started)
        self.expire(shop, started)
        self.expire(shop, started)
        assert mail_kinds(shop) == ["order_payment_failed"]

    def test_stays_away_when_nothing_was_declined(self, shop: Shop, guest: Buyer) -> None:
        self.expire(shop, shop.buy(guest))
        assert mail_kinds(shop) == []

    def test_stays_away_when_the_buyer_ordered_again(self, shop: Shop, guest: Buyer) -> None:
        started = shop.buy(guest)
        self.decline(shop, started)
        shop.buy(guest, place=1)
        self.expire(shop, started)
        assert mail_kinds(shop) == []
