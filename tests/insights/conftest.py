"""A page with staff and orders; the checkout's shop; browsers."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from shop.core.clock import SteppedClock
from shop.core.db import Database
from shop.orders.models import FulfilmentStatus, Order, OrderStatus
from shop.page.models import Page, Role
from tests.checkout.conftest import Shop, guest, make_shop, shop
from tests.page.conftest import browser_of, employ, lumen, owner

__all__ = ["Shop", "browser_of", "employ", "guest", "lumen", "make_shop", "owner", "shop"]


def make_order(session: Session, page: Page, number: str, clock: SteppedClock, **changes: object) -> Order:
    """Add a paid order of 10.00 that waits to be shipped, past the services."""
    values: dict[str, object] = {
        "page_id": page.id, "number": number, "visitor_key": f"guest:{number}", "content_key": number, "language": "en",
        "email": "buyer@example.com", "currency": page.currency, "status": OrderStatus.PAID,
        "fulfilment_status": FulfilmentStatus.UNFULFILLED, "subtotal_amount": 1000, "shipping_amount": 0,
        "tax_amount": 0, "total_amount": 1000, "captured_amount": 1000, "country": "FR", "shipping_method": "standard",
        "ship_to": {"name": "Lou Vidal"}, "placed_at": clock.now(), "expires_at": clock.now(), "paid_at": clock.now(),
    }  # fmt: skip
    order = Order(**{**values, **changes})
    session.add(order)
    session.flush()
    return order


@pytest.fixture
def staff_browser(
    browser_of: Callable[..., FlaskClient], employ: Callable[..., object], database: Database
) -> Callable[[Role], FlaskClient]:
    """Make the browser of somebody with a role on ``lumen``."""
    return lambda role: browser_of(employ(role))
