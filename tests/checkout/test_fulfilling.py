"""Parcels."""

import pytest
from sqlalchemy import select

from shop.checkout.buying import CheckoutStarted
from shop.checkout.desk import Buyer
from shop.checkout.fulfilling import (
    AlreadyTakenBack,
    NothingToShip,
    OrderFlagged,
    OrderNotPaid,
    ShippedMeanwhile,
    cancel_fulfilment,
    change_tracking,
    fulfil_order,
)
from shop.checkout.refunds import ask_refund, refund_order
from shop.core.errors import Invalid, NotFound
from shop.core.mail import Mail
from shop.orders.models import Fulfilment, FulfilmentStatus, OrderStatus
from shop.orders.parcels import MoreThanIsLeft
from shop.orders.service import transition
from shop.page.models import AuditEntry
from shop.payments.gateway import RefundInfo
from shop.payments.models import Refund
from tests.checkout.conftest import Shop
from tests.factories import make_account


@pytest.fixture
def paid(shop: Shop, guest: Buyer) -> CheckoutStarted:
    """A paid order of 3 mugs of one size and 1 of another: 3 × 12 + 15 + 4.90."""
    started = shop.check_out(shop.fill_cart("visitor-1", {0: 3, 1: 1}), guest)
    shop.gateway.pay(shop.session_id(started))
    shop.tell_session("checkout.session.completed", shop.session_id(started))
    return started


@pytest.fixture
def clerk(shop: Shop) -> int:
    """The account of somebody who works on the page."""
    with shop.database.transaction() as session:
        return make_account(session).id


def fulfil(shop: Shop, paid: CheckoutStarted, clerk: int, **what: object) -> Fulfilment:
    with shop.database.transaction() as session:
        return fulfil_order(session, order_id=paid.order_id, now=shop.clock.now(), account_id=clerk, **what)


def take_back(shop: Shop, paid: CheckoutStarted, clerk: int, fulfilment: Fulfilment) -> None:
    with shop.database.transaction() as session:
        cancel_fulfilment(
            session,
            order_id=paid.order_id,
            fulfilment_id=fulfilment.id,
            now=shop.clock.now(),
            account_id=clerk,
        )


def refund(shop: Shop, paid: CheckoutStarted, **what: object) -> Refund:
    with shop.database.transaction() as session:
        return refund_order(session, order_id=paid.order_id, now=shop.clock.now(), account_id=None, **what)


def units(shop: Shop, paid: CheckoutStarted) -> list[tuple[int, int, int]]:
    """Return what was shipped, need not be shipped and is left to ship of each line."""
    return [
        (line.fulfilled_quantity, line.removed_quantity, line.to_ship_quantity)
        for line in shop.order(paid.order_id).lines
    ]


def shipped_mails(shop: Shop) -> list[str]:
    with shop.database.reading() as session:
        return list(session.scalars(select(Mail.subject_key).where(Mail.kind == "order_shipped")))


class TestFulfilOrder:
    def test_ships_all_that_is_left_and_tells_the_buyer(
        self, shop: Shop, paid: CheckoutStarted, clerk: int
    ) -> None:
        parcel = fulfil(shop, paid, clerk, carrier="ups", tracking_number="1Z 999")
        assert parcel.tracking_url == "https://www.ups.com/track?tracknum=1Z999"
        assert shop.order(paid.order_id).fulfilment_status is FulfilmentStatus.FULFILLED
        assert units(shop, paid) == [(3, 0, 0), (1, 0, 0)]
        assert shop.history(paid.order_id)[-1] == "fulfilled"
        assert shipped_mails(shop) == [str(parcel.id)]
        with shop.database.reading() as session:
            entry = session.scalars(select(AuditEntry)).one()
        assert (entry.act, entry.account_id, entry.subject_ref) == (
            "order.fulfilled",
            clerk,
            paid.order_number,
        )
        assert (entry.before, entry.after["units"]) == ({"fulfilment_status": "unfulfilled"}, 4)
        with pytest.raises(NothingToShip):
            fulfil(shop, paid, clerk)

    def test_ships_in_several_parcels(self, shop: Shop, paid: CheckoutStarted, clerk: int) -> None:
        first, second = (line.id for line in shop.order(paid.order_id).lines)
        fulfil(shop, paid, clerk, quantities={first: 2, second: 0}, notify=False)
        assert shop.order(paid.order_id).fulfilment_status is FulfilmentStatus.PARTIAL
        with pytest.raises(MoreThanIsLeft):
            fulfil(shop, paid, clerk, quantities={first: 2, second: 1})
        assert units(shop, paid) == [(2, 0, 1), (0, 0, 1)]
        fulfil(shop, paid, clerk)
        assert shop.order(paid.order_id).fulfilment_status is FulfilmentStatus.FULFILLED
        assert len(shipped_mails(shop)) == 1

    def test_ships_once_when_the_form_is_sent_twice(
        self, shop: Shop, paid: CheckoutStarted, clerk: int
    ) -> None:
        first, _ = (line.id for line in shop.order(paid.order_id).lines)
        fulfil(shop, paid, clerk, quantities={first: 1}, expected_left=4)
        with pytest.raises(ShippedMeanwhile):
            fulfil(shop, paid, clerk, quantities={first: 1}, expected_left=4)
        assert units(shop, paid)[0] == (1, 0, 2)

    def test_ships_nothing_that_is_not_paid(self, shop: Shop, guest: Buyer, clerk: int) -> None:
        started = shop.buy(guest)
        with pytest.raises(OrderNotPaid):
            fulfil(shop, started, clerk)
        with shop.database.transaction() as session:
            transition(session, order_id=started.order_id, to=OrderStatus.FLAGGED)
        with pytest.raises(OrderFlagged):
            fulfil(shop, started, clerk)

    @pytest.mark.parametrize("quantities", [{}, {0: 0}, {0: -1}])
    def test_refuses_an_empty_parcel(
        self, shop: Shop, paid: CheckoutStarted, clerk: int, quantities: dict[int, int]
    ) -> None:
        lines = shop.order(paid.order_id).lines
        with pytest.raises(Invalid):
            fulfil(shop, paid, clerk, quantities={lines[place].id: n for place, n in quantities.items()})

    def test_refuses_a_line_of_another_order(self, shop: Shop, paid: CheckoutStarted, clerk: int) -> None:
        with pytest.raises(NotFound):
            fulfil(shop, paid, clerk, quantities={987654: 1})

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("tracking_url", "http://parcels.example/1"),
            ("tracking_url", "javascript:alert(1)"),
            ("tracking_url", "https://user@parcels.example/"),
            ("tracking_url", "https://parcels.example/\nx"),
            ("tracking_number", "<script>"),
            ("tracking_number", "1" * 61),
            ("carrier", "x" * 61),
        ],
    )
    def test_refuses_what_no_buyer_should_follow(
        self, shop: Shop, paid: CheckoutStarted, clerk: int, field: str, value: str
    ) -> None:
        with pytest.raises(Invalid) as refusal:
            fulfil(shop, paid, clerk, **{field: value})
        assert set(refusal.value.errors) == {field}


class TestChangeTracking:
    def test_changes_the_link_and_writes_again(self, shop: Shop, paid: CheckoutStarted, clerk: int) -> None:
        parcel = fulfil(shop, paid, clerk)
        for notify in (False, True, True):
            with shop.database.transaction() as session:
                changed = change_tracking(
                    session,
                    order_id=paid.order_id,
                    fulfilment_id=parcel.id,
                    now=shop.clock.now(),
                    account_id=clerk,
                    carrier="Courier Bob",
                    tracking_number="7",
                    tracking_url="https://bob.example/7",
                    notify=notify,
                )
        assert (changed.carrier, changed.tracking_url) == ("Courier Bob", "https://bob.example/7")
        assert shipped_mails(shop) == [f"{parcel.id}", f"{parcel.id}:1", f"{parcel.id}:2"]
        assert shop.history(paid.order_id)[-2:] == ["fulfilled", "tracking_changed"]


class TestCancelFulfilment:
    def test_makes_its_units_shippable_again(self, shop: Shop, paid: CheckoutStarted, clerk: int) -> None:
        parcel = fulfil(shop, paid, clerk)
        take_back(shop, paid, clerk, parcel)
        assert units(shop, paid) == [(0, 0, 3), (0, 0, 1)]
        assert shop.order(paid.order_id).fulfilment_status is FulfilmentStatus.UNFULFILLED
        with pytest.raises(AlreadyTakenBack):
            take_back(shop, paid, clerk, parcel)
        with pytest.raises(NotFound):
            take_back(shop, paid, clerk, Fulfilment(id=987654))

    def test_ships_no_unit_again_that_was_refunded_since(
        self, shop: Shop, paid: CheckoutStarted, clerk: int
    ) -> None:
        first, _ = (line.id for line in shop.order(paid.order_id).lines)
        parcel = fulfil(shop, paid, clerk)
        refund(shop, paid, quantities={first: 1})
        assert units(shop, paid) == [(3, 0, 0), (1, 0, 0)]
        take_back(shop, paid, clerk, parcel)
        assert units(shop, paid) == [(0, 1, 2), (0, 0, 1)]


class TestRefundedUnits:
    def test_need_not_be_shipped(self, shop: Shop, paid: CheckoutStarted, clerk: int) -> None:
        first, second = (line.id for line in shop.order(paid.order_id).lines)
        fulfil(shop, paid, clerk, quantities={first: 2})
        refund(shop, paid, quantities={first: 2})
        assert units(shop, paid) == [(2, 1, 0), (0, 0, 1)]
        refund(shop, paid, quantities={second: 1})
        assert shop.order(paid.order_id).fulfilment_status is FulfilmentStatus.FULFILLED
        with pytest.raises(NothingToShip):
            fulfil(shop, paid, clerk)

    def test_leave_nothing_to_do_when_nothing_was_shipped(self, shop: Shop, paid: CheckoutStarted) -> None:
        refund(shop, paid)
        assert shop.order(paid.order_id).fulfilment_status is FulfilmentStatus.NOT_NEEDED

    def test_are_to_be_shipped_after_all_when_the_refund_fails(
        self, shop: Shop, paid: CheckoutStarted
    ) -> None:
        asked = refund(shop, paid)
        shop.gateway.refunds["re_x"] = RefundInfo(
            "re_x", "succeeded", 5590, "EUR", f"pi_{shop.session_id(paid)}"
        )
        ask_refund(shop.desk, asked.id, now=shop.clock.now())
        assert units(shop, paid) == [(0, 0, 3), (0, 0, 1)]
        assert shop.order(paid.order_id).fulfilment_status is FulfilmentStatus.UNFULFILLED

    def test_stay_when_only_an_amount_goes_back(self, shop: Shop, paid: CheckoutStarted) -> None:
        refund(shop, paid, amount=5000)
        assert units(shop, paid) == [(0, 0, 3), (0, 0, 1)]
