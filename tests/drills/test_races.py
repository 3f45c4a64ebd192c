"""Two at once on the same thing, by the forms and with real threads: the sum is right and the second is told.

Each race is run over and over with seeded starts a few milliseconds apart, on both databases. What is raced for
at the till (the last units, payment against expiry) is in ``tests/concurrency`` and ``tests/flows``.
"""

import collections
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from shop.accounts.models import Account
from shop.catalog.history_models import StockMovement
from shop.catalog.import_run import import_file
from shop.catalog.models import Product, Variant
from shop.checkout.desk import guest_buyer
from shop.checkout.inbox import receive_event
from shop.core.errors import DomainError
from shop.orders.models import Fulfilment, Order, OrderEvent, OrderLine, OrderStatus
from shop.page.models import Role, StaffMember
from shop.payments.gateway import DisputeInfo
from shop.payments.models import Payment, Refund
from tests.catalog.importing.support import row, text_of
from tests.factories import make_account, make_staff
from tests.support.drill_house import IN_FULL, SEED, House, build_house, order_something, quiet_log, report
from tests.support.events import dispute_object, event_body, session_object
from tests.support.fake_gateway import SIGNATURE, FakeGateway
from tests.support.html import Document, HtmlForm
from tests.support.visitors import sign_in

pytestmark = pytest.mark.drill
ROUNDS = 20 if IN_FULL else 4
SPREADS_S = (0.02, 0.1, 0.4)
"""How far apart, at most, two begin; machines differ in how long each takes."""
SAVED = 303


@pytest.fixture
def house(app: Flask, gateway: FakeGateway) -> Iterator[House]:
    with quiet_log():
        yield build_house(app, gateway)


class Race:
    """Lets several begin within a moment of each other; what they return is kept in their order."""

    def __init__(self, name: str) -> None:
        self.chance = random.Random(f"{SEED} {name}")

    def run(self, *runners: Callable[[], Any]) -> list[Any]:
        gate = threading.Barrier(len(runners))
        spread = self.chance.choice(SPREADS_S)
        delays = [self.chance.uniform(0, spread) for _ in runners]

        def start(runner: Callable[[], Any], delay: float) -> Any:
            gate.wait()
            time.sleep(delay)
            return runner()

        with ThreadPoolExecutor(len(runners)) as pool:
            return [
                one.result()
                for one in [pool.submit(start, *pair) for pair in zip(runners, delays, strict=True)]
            ]


def browser_of(house: House, account: Account) -> FlaskClient:
    """Return a browser of its own, signed in."""
    client = house.app.test_client()
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    with house.database.reading() as session:
        sign_in(client, session.get_one(Account, account.id))
    return client


def form_on(client: FlaskClient, path: str, ending: str) -> HtmlForm:
    """Return the form on a page whose address ends with ``ending``."""
    page = client.get(path)
    assert page.status_code == 200, (path, page.status_code)
    found = [one for one in Document(path, page.get_data(as_text=True)).forms if one.action.endswith(ending)]
    assert found, f"no form to …{ending} on {path}"
    return found[0]


def sender(client: FlaskClient, form: HtmlForm, **changes: str) -> Callable[[], TestResponse]:
    """Return what sends a form with some of its fields changed."""
    radios = {name for name in changes if any(one.name == name for one in form.fields)}
    pairs = [(name, value) for name, value in form.sent() if name not in radios] + list(changes.items())

    def send() -> TestResponse:
        fields: dict[str, list[str]] = collections.defaultdict(list)
        for name, value in pairs:
            fields[name].append(value)
        return client.post(form.action, data=fields)

    return send


def is_told(client: FlaskClient, answer: TestResponse) -> bool:
    """Tell whether an answer, or the page that it leads to, says that something was not done."""
    if answer.status_code == SAVED:
        answer = client.get(answer.headers["Location"])
    elements = Document("/", answer.get_data(as_text=True)).elements
    return any(
        "error" in one.attributes.get("class", "") or one.attributes.get("role") == "alert"
        for one in elements
    )


def rooms(house: House) -> str:
    return f"/en/manage/{house.ours.page.slug}"


def cents(amount: str) -> str:
    """Return an amount as it is typed in minor units."""
    return str(round(float(amount) * 100))


def buy(house: House, number: int, *, is_paid: bool = True) -> tuple[str, int]:
    """Order two lamps as a new guest; return the order's number and id."""
    page, product = house.ours.page, house.ours.product
    name = order_something(
        house.app, house.gateway, page, product, buyer=guest_buyer(f"racer {number}"), is_paid=is_paid
    )
    with house.database.reading() as session:
        return name, session.scalars(select(Order.id).where(Order.number == name)).one()


def kinds_of(house: House, order_id: int) -> list[str]:
    """Return an order's history in the order in which it was written."""
    with house.database.reading() as session:
        return list(
            session.scalars(
                select(OrderEvent.kind).where(OrderEvent.order_id == order_id).order_by(OrderEvent.id)
            )
        )


def told(house: House, name: str, outcomes: "collections.Counter[str]") -> None:
    dialect = house.database.engine.dialect.name
    report("races", [f"{name} on {dialect}, seed {SEED}, {ROUNDS} rounds: {dict(sorted(outcomes.items()))}"])


class TestTwoRefundsOfOneOrder:
    def test_never_give_back_more_than_was_paid_and_tell_the_second(self, house: House) -> None:
        race, outcomes = Race("refunds"), collections.Counter[str]()
        for number in range(ROUNDS):
            name, order_id = buy(house, number)
            amounts = ["", "60", "100.00", "150"]
            clients = [browser_of(house, one) for one in (house.ours.owner, house.manager)]
            senders = []
            for client in clients:
                form = form_on(client, f"{rooms(house)}/orders/{name}/refunds/new", f"/{name}/refunds")
                amount = race.chance.choice(amounts)
                wanted = (
                    {"scope": "amount", "amount": amount, "expected_amount": cents(amount)}
                    if amount
                    else {"scope": "all"}
                )
                senders.append(sender(client, form, **wanted))
            answers = race.run(*senders)
            house.run_jobs()
            with house.database.reading() as session:
                order = session.get_one(Order, order_id)
                refunds = session.scalars(select(Refund).where(Refund.order_id == order_id)).all()
                payment = session.scalars(select(Payment).where(Payment.order_id == order_id)).one()
            at_stripe = [
                one.amount for one in house.gateway.refunds.values()
                if one.payment_intent_id == payment.stripe_payment_intent_id
            ]  # fmt: skip
            assert sum(at_stripe) == order.refunded_amount <= order.captured_amount
            assert len(refunds) == len(at_stripe) == 1, f"seed {SEED}, round {number}"
            tellings = [is_told(*pair) for pair in zip(clients, answers, strict=True)]
            assert tellings.count(True) == 1, (
                f"seed {SEED}, round {number}",
                [one.status_code for one in answers],
            )
            outcomes["one refunded, the other told"] += 1
        told(house, "two refunds of one order", outcomes)


class TestARefundAgainstADispute:
    def test_is_never_made_once_the_dispute_is_known(self, house: House) -> None:
        race, outcomes = Race("dispute"), collections.Counter[str]()
        for number in range(ROUNDS):
            name, order_id = buy(house, number)
            client = browser_of(house, house.ours.owner)
            form = form_on(client, f"{rooms(house)}/orders/{name}/refunds/new", f"/{name}/refunds")
            with house.database.reading() as session:
                payment = session.scalars(select(Payment).where(Payment.order_id == order_id)).one()
                amount = session.get_one(Order, order_id).captured_amount
            info = DisputeInfo(
                id=f"dp_{number}", status="needs_response", amount=amount, currency="EUR", reason="fraudulent",
                payment_intent_id=payment.stripe_payment_intent_id or "", evidence_due_at=None,
            )  # fmt: skip

            def dispute() -> None:
                now = house.runtime.clock.now()
                body = event_body("charge.dispute.created", dispute_object(info), at=now)  # noqa: B023 - within the round
                receive_event(house.database, house.gateway, body=body, signature=SIGNATURE, now=now)

            answer, _ = race.run(sender(client, form, scope="all"), dispute)
            kinds = kinds_of(house, order_id)
            assert kinds.count("disputed") == 1
            if "refund_requested" in kinds:
                assert kinds.index("refund_requested") < kinds.index("disputed"), (
                    f"seed {SEED}, round {number}"
                )
                outcomes["refunded, then disputed"] += 1
            else:
                assert is_told(client, answer), f"seed {SEED}, round {number}"
                outcomes["disputed, the refund refused and told"] += 1
        told(house, "refund against dispute", outcomes)


class TestAParcelAgainstARefund:
    def test_never_has_a_unit_both_sent_and_struck_off(self, house: House) -> None:
        race, outcomes = Race("parcel and refund"), collections.Counter[str]()
        with house.database.reading() as session:
            start = session.get_one(Variant, house.ours.product.variants[0].id).stock or 0
        sold = 0
        for number in range(ROUNDS):
            name, order_id = buy(house, number)
            sold += 2
            packer, clerk = browser_of(house, house.manager), browser_of(house, house.ours.owner)
            path = f"{rooms(house)}/orders/{name}"
            parcel = sender(packer, form_on(packer, path, f"/{name}/fulfilments"))
            refund = sender(
                clerk, form_on(clerk, f"{path}/refunds/new", f"/{name}/refunds"), scope="all", restock="1"
            )
            answers = race.run(parcel, refund)
            with house.database.reading() as session:
                line = session.scalars(select(OrderLine).where(OrderLine.order_id == order_id)).one()
                order = session.get_one(Order, order_id)
                parcels = session.scalar(select(func.count()).where(Fulfilment.order_id == order_id))
                stock = session.get_one(Variant, house.ours.product.variants[0].id).stock
            assert line.fulfilled_quantity + line.removed_quantity <= line.quantity
            assert order.refunded_amount <= order.captured_amount
            assert parcels == (line.fulfilled_quantity > 0)
            if order.refunded_amount:
                sold -= 2
            assert stock == start - sold, f"seed {SEED}, round {number}"
            if parcels and order.refunded_amount:
                outcomes["sent, then refunded"] += 1
            else:
                assert any(is_told(*pair) for pair in zip((packer, clerk), answers, strict=True))
                outcomes[
                    "refunded, the parcel refused" if order.refunded_amount else "sent, the refund refused"
                ] += 1
        told(house, "parcel against refund of the same units", outcomes)


class TestAParcelAgainstACancellation:
    def test_leaves_either_a_cancelled_order_or_a_paid_one_that_was_sent(self, house: House) -> None:
        race, outcomes = Race("cancellation"), collections.Counter[str]()
        variant_id = house.ours.product.variants[0].id
        for number in range(ROUNDS):
            with house.database.reading() as session:
                before = session.get_one(Variant, variant_id).stock or 0
            name, order_id = buy(house, number, is_paid=False)
            with house.database.reading() as session:
                payment = session.scalars(select(Payment).where(Payment.order_id == order_id)).one()
            session_id = str(payment.stripe_session_id)
            packer, clerk = browser_of(house, house.manager), browser_of(house, house.ours.owner)
            cancel = sender(clerk, form_on(clerk, f"{rooms(house)}/orders/{name}", f"/{name}/cancellation"))

            def pay_and_pack() -> int:
                now = house.runtime.clock.now()
                try:
                    info = house.gateway.pay(session_id)  # noqa: B023 - within the round
                except AssertionError:
                    info = house.gateway.sessions[session_id]  # noqa: B023
                kind = "completed" if info.status == "complete" else "expired"
                body = event_body(f"checkout.session.{kind}", session_object(info), at=now)
                receive_event(house.database, house.gateway, body=body, signature=SIGNATURE, now=now)
                # All that is left, as soon as there is something: the form came with the payment's own speed.
                path = f"{rooms(house)}/orders/{name}/fulfilments"  # noqa: B023
                return packer.post(path, data={"notify": "1"}).status_code  # noqa: B023

            race.run(pay_and_pack, cancel)
            house.run_jobs()
            with house.database.reading() as session:
                order = session.get_one(Order, order_id)
                stock = session.get_one(Variant, variant_id).stock
                parcels = session.scalar(select(func.count()).where(Fulfilment.order_id == order_id))
            where = f"seed {SEED}, round {number}"
            if order.status is OrderStatus.PAID:
                assert stock == before - 2, where
                outcomes["paid and sent" if parcels else "paid, not sent"] += 1
            else:
                assert order.status in (OrderStatus.CANCELLED, OrderStatus.EXPIRED), where
                assert (stock, parcels) == (before, 0), where
                assert order.captured_amount == order.refunded_amount, where
                outcomes["cancelled, nothing sent"] += 1
        told(house, "payment and parcel against cancellation", outcomes)


class TestABulkThatIsSentTwice:
    def test_ships_each_order_once(self, house: House) -> None:
        race, outcomes = Race("bulk"), collections.Counter[str]()
        for number in range(ROUNDS):
            orders = [buy(house, number * 10 + place) for place in range(4)]
            query = "&".join(f"number={name}" for name, _ in orders)
            clients = [browser_of(house, one) for one in (house.ours.owner, house.manager)]
            forms = [form_on(one, f"{rooms(house)}/shipments/new?{query}", "/shipments") for one in clients]
            answers = race.run(*(sender(*pair) for pair in zip(clients, forms, strict=True)))
            assert all(answer.status_code in (200, SAVED, 409, 422) for answer in answers)
            for _, order_id in orders:
                with house.database.reading() as session:
                    count = session.scalar(select(func.count()).where(Fulfilment.order_id == order_id))
                    line = session.scalars(select(OrderLine).where(OrderLine.order_id == order_id)).one()
                assert (count, line.fulfilled_quantity) == (1, 2), f"seed {SEED}, round {number}"
                assert kinds_of(house, order_id).count("fulfilled") == 1
            outcomes["four orders, four parcels"] += 1
        told(house, "bulk shipping by two", outcomes)


class TestTwoWhoEditOneProduct:
    def test_one_is_saved_and_the_other_is_told_what_changed(self, house: House) -> None:
        race, outcomes = Race("edit"), collections.Counter[str]()
        product_id = house.ours.product.id
        path = f"{rooms(house)}/products/{product_id}"
        for number in range(ROUNDS):
            titles = [f"Lamp by the owner {number}", f"Lamp by the manager {number}"]
            clients = [browser_of(house, one) for one in (house.ours.owner, house.manager)]
            forms = [form_on(one, path, f"/products/{product_id}") for one in clients]
            answers = race.run(
                *(sender(*parts[:2], title=parts[2]) for parts in zip(clients, forms, titles, strict=True))
            )
            statuses = [answer.status_code for answer in answers]
            assert statuses.count(SAVED) == 1, f"seed {SEED}, round {number}: {statuses}"
            loser = statuses.index(next(status for status in statuses if status != SAVED))
            shown = answers[loser].get_data(as_text=True)
            assert is_told(clients[loser], answers[loser])
            assert titles[loser] in shown, "what was typed is lost"
            with house.database.reading() as session:
                assert session.get_one(Product, product_id).title == titles[1 - loser]
            outcomes["one saved, the other told, nothing typed lost"] += 1
        told(house, "two edits of one product", outcomes)


class TestTwoOwnersWhoRemoveEachOther:
    def test_leave_one_of_them(self, house: House) -> None:
        race, outcomes = Race("owners"), collections.Counter[str]()
        page = house.ours.page
        for number in range(ROUNDS):
            with house.database.transaction() as session:
                owners = session.scalars(
                    select(StaffMember).where(StaffMember.page_id == page.id, StaffMember.role == Role.OWNER)
                ).all()
                other = make_account(session, name=f"Owner {number}")
                make_staff(session, page, other, Role.OWNER)
                first = session.get_one(Account, owners[0].account_id)
            pair = [(first, other), (other, first)]
            clients = [browser_of(house, one) for one, _ in pair]
            answers = race.run(
                *(
                    lambda client=client, target=target: client.post(
                        f"{rooms(house)}/staff/{target.id}/removal"
                    )
                    for client, (_, target) in zip(clients, pair, strict=True)
                )
            )
            with house.database.reading() as session:
                left = session.scalar(
                    select(func.count()).where(StaffMember.page_id == page.id, StaffMember.role == Role.OWNER)
                )
            assert left == 1, f"seed {SEED}, round {number}"
            assert all(answer.status_code < 500 for answer in answers)
            outcomes["one owner left"] += 1
        told(house, "two owners remove each other", outcomes)


class TestAnImportAgainstPurchases:
    def test_neither_loses_nor_makes_a_unit(self, house: House, tmp_path: Path) -> None:
        race, outcomes = Race("import"), collections.Counter[str]()
        page, product = house.ours.page, house.ours.product
        file = tmp_path / "products.csv"
        names = [f"mug-{number}" for number in range(30)]
        now = house.runtime.clock.now()
        file.write_text(
            text_of(
                *(
                    row(name, Variant_Inventory_Tracker="shopify", Variant_Inventory_Qty="40")
                    for name in names
                )
            )
        )
        import_file(house.database, file, page_id=page.id, currency="EUR", now=lambda: now)
        with house.database.reading() as session:
            variants = list(
                session.scalars(
                    select(Variant).join(Product).where(Product.slug.in_(names)).order_by(Variant.id)
                )
            )
        bought: collections.Counter[int] = collections.Counter()
        for number in range(ROUNDS):
            price = str(10 + number)
            file.write_text(
                text_of(
                    *(
                        row(
                            name,
                            Variant_Price=price,
                            Variant_Inventory_Tracker="shopify",
                            Variant_Inventory_Qty="40",
                        )
                        for name in names
                    )
                )
            )

            def bring() -> int:
                done = import_file(house.database, file, page_id=page.id, currency="EUR", now=lambda: now)
                return done.updated

            def buyer(place: int, variant: Variant) -> Callable[[], int | None]:
                def run() -> int | None:
                    client = house.app.test_client()
                    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
                    try:
                        answer = client.post(
                            f"/en/p/{page.slug}/purchases", data={"variant_id": variant.id, "quantity": 1}
                        )
                    except DomainError:
                        return None
                    assert answer.status_code == SAVED, answer.status_code
                    return variant.id if "pay.example" in answer.headers["Location"] else None

                return run

            chosen = [race.chance.choice(variants) for _ in range(8)]
            updated, *ids = race.run(bring, *(buyer(place, one) for place, one in enumerate(chosen)))
            bought.update(one for one in ids if one is not None)
            outcomes["products written"] += updated
            outcomes["bought meanwhile"] += sum(one is not None for one in ids)
        with house.database.reading() as session:
            for variant in variants:
                found = session.get_one(Variant, variant.id)
                assert found.stock == 40 - bought[variant.id], f"seed {SEED}: {variant.sku}"
                moved = session.scalar(
                    select(func.sum(StockMovement.change)).where(StockMovement.variant_id == variant.id)
                )
                assert moved in (None, found.stock, found.stock - 40), "the history does not add up"
        assert outcomes["bought meanwhile"] > 0
        assert product.id
        told(house, "import against purchases", outcomes)
