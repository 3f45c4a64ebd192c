"""An order with a coupon at the stand-in, with the official SDK: a line that costs nothing, and shipping that is free."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from shop.cart.models import Cart
from shop.cart.service import add_line, find_or_create_cart
from shop.checkout.buying import check_out_cart
from shop.checkout.desk import guest_buyer
from shop.core.db import Database
from shop.orders.models import OrderStatus
from tests.checkout.test_over_the_wire import URLS, Market
from tests.coupons.house import add_coupon
from tests.support.wire import Wire, make_gateway, running_wire


@pytest.fixture
def wire() -> Iterator[Wire]:
    with running_wire() as running:
        yield running


class TestCheckOutCart:
    def test_is_paid_with_one_line_for_nothing(self, database: Database, wire: Wire, tmp_path: Path) -> None:
        market = Market(database, wire, make_gateway(wire, tmp_path))
        now = market.now()
        with database.transaction() as session:
            coupon = add_coupon(
                session, market.page, "PRIZE", percent_bp=10_000, unit_limit=1, has_free_shipping=True
            )
            cart, _ = find_or_create_cart(
                session, page_id=market.page.id, account_id=None, visitor_id="v1", country="FR", now=now
            )
            for variant in market.variants:
                add_line(session, cart_id=cart.id, variant_id=variant.id, quantity=1, now=now)
            session.execute(update(Cart).values(coupon_id=coupon.id))
        started = check_out_cart(
            market.desk, page=market.page, cart_id=cart.id, buyer=guest_buyer("v1", "guest@example.com"),
            language="en", urls=URLS, now=now,
        )  # fmt: skip
        assert wire.pay(str(started.url))[0] == 200
        market.hear("checkout.session.completed")

        order = market.order(started)
        assert [(line.discount_amount, line.total_amount) for line in order.lines] == [(0, 4900), (5900, 0)]
        assert (order.status, order.captured_amount, order.waived_shipping_amount) == (
            OrderStatus.PAID,
            4900,
            490,
        )
