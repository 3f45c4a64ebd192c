"""The form of a refund with JavaScript: what its button says is what is sent."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from shop.checkout.buying import CheckoutStarted
from shop.orders.models import Order, OrderLine
from tests.checkout.conftest import Shop
from tests.checkout.rooms import Room, line_ids

SCRIPT = Path(__file__).parents[2] / "shop" / "static" / "js" / "order-room.js"

pytestmark = pytest.mark.browser


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    with chromium.new_page() as page:
        yield page


def open_form(page: Page, room: Room) -> None:
    """Show the form as the shop answers it, with its script alone."""
    page.set_content(room.text("/refunds/new"))
    page.add_script_tag(path=SCRIPT)


class TestSum:
    def test_of_what_costs_nothing_is_nothing(
        self, page: Page, room: Room, shop: Shop, paid: CheckoutStarted
    ) -> None:
        first, _ = line_ids(shop, paid)
        with shop.database.transaction() as session:
            session.execute(
                update(OrderLine).where(OrderLine.id == first).values(discount_amount=3600, total_amount=0)
            )
        open_form(page, room)
        button = page.locator("[data-sum-label]")
        expect(button).to_have_text("Refund €55.90")
        page.locator(f"[name=units-{first}]").fill("1")
        expect(button).to_have_text("Refund €0.00")
        expect(page.locator("[data-expected]")).to_have_value("0")

    def test_that_cannot_be_read_is_not_promised(self, page: Page, room: Room, paid: CheckoutStarted) -> None:
        open_form(page, room)
        for typed in ("ten", "1000"):
            page.locator("[name=amount]").fill(typed)
            expect(page.locator("[data-sum-label]")).to_have_text("See the sum")

    def test_goes_in_steps_that_can_be_charged(
        self, page: Page, room: Room, shop: Shop, paid: CheckoutStarted
    ) -> None:
        first, _ = line_ids(shop, paid)
        with shop.database.transaction() as session:
            session.execute(update(Order).values(currency="TND"))
        open_form(page, room)
        page.locator(f"[name=units-{first}]").fill("1")
        expect(page.locator("[data-expected]")).to_have_value("1200")
        page.locator(f"[name=units-{first}]").evaluate("input => { input.dataset.total = 3590; }")
        page.locator(f"[name=units-{first}]").fill("2")
        expect(page.locator("[data-expected]")).to_have_value("2390")
