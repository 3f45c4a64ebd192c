"""A product is shared with a friend, by keyboard alone or without scripts; the friend buys as a guest."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from shop.accounts.passwords import hash_password
from shop.core.db import Database
from shop.feed.models import Share
from shop.orders.models import Order, OrderStatus
from tests.factories import make_account
from tests.flows.conftest import PHONE, Visitor
from tests.flows.shopping import GOOD, PASSWORD, fill_payment, pay, read_one, sign_in, stock_shop
from tests.people.ties import befriend
from tests.support.stack import Stack

pytestmark = pytest.mark.browser

Visit = Callable[..., AbstractContextManager[Visitor]]
SHARE_PAGE = "/en/p/lumen/shop/plate/shares/new"


@pytest.fixture(autouse=True)
def _friends(stack: Stack) -> None:
    """Ada can sign in and has twelve friends, Ben and Zoé among them."""
    stock_shop(stack)
    database = Database(stack.database_url)
    with database.transaction() as session:
        ada = make_account(session, name="Ada Roy", email="ada@example.com")
        ada.password_hash = hash_password(PASSWORD).value
        for name in ("Ben Sorel", "Zoé Marchand", *(f"Friend {number}" for number in range(10))):
            befriend(session, ada, make_account(session, name=name))
    database.dispose()


def _press_until(page: Page, key: str, focused: str) -> None:
    """Press a key until what ``focused`` selects has the focus, as somebody without a mouse does."""
    for _ in range(60):
        if page.locator(focused).first.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{focused} is not reached by {key}")


class TestSharing:
    def test_reaches_a_friend_by_keyboard_who_buys_as_a_guest(self, stack: Stack, visit: Visit) -> None:
        with visit() as visitor:
            page = visitor.page
            sign_in(page, stack, "ada@example.com", then=SHARE_PAGE)
            visitor.check_accessibility()
            _press_until(page, "Tab", "textarea[name=text]")
            page.keyboard.type("You need this plate")
            _press_until(page, "Tab", "input[name=audience][value=followers]")
            page.keyboard.press("ArrowDown")
            _press_until(page, "Tab", "#friend")
            page.keyboard.type("zoe")
            expect(page.locator("#friend-choices li")).to_have_count(1)
            expect(page.locator("#friend-choices")).to_contain_text("Zoé Marchand")
            _press_until(page, "Tab", "input[name=recipient]")
            page.keyboard.press("Space")
            visitor.check_accessibility()
            page.keyboard.press("Enter")
            expect(page.get_by_text("Shared with Zoé Marchand.")).to_be_visible()
            visitor.check_console()
        token = read_one(stack, select(Share.token))
        with visit(**PHONE) as friend:
            page = friend.page
            page.goto(f"{stack.shop}/s/{token}")
            page.get_by_role("button", name="Buy now").click()
            fill_payment(page, GOOD, email="zoe@example.com")
            pay(page)
            page.wait_for_url("**/orders/**")
            friend.check_console()
        order = read_one(stack, select(Order))
        assert isinstance(order, Order)
        assert order.status is OrderStatus.PAID
        assert (order.touch_kind, order.touch_share_id) == ("share", read_one(stack, select(Share.id)))

    def test_works_without_scripts(self, stack: Stack, visit: Visit) -> None:
        with visit(javascript=False, **PHONE) as visitor:
            page = visitor.page
            sign_in(page, stack, "ada@example.com", then=SHARE_PAGE)
            page.get_by_label("One friend").check()
            page.get_by_label("Say something about it").fill("Look")
            page.get_by_label("Which friend?").fill("ben")
            page.get_by_role("button", name="Search").click()
            expect(page.get_by_label("Say something about it")).to_have_value("Look")
            page.get_by_label("Ben Sorel").check()
            page.get_by_role("button", name="Share", exact=True).click()
            expect(page.get_by_text("Shared with Ben Sorel.")).to_be_visible()
            page.get_by_role("button", name="Undo").click()
            expect(page.get_by_text("Your share is deleted.")).to_be_visible()
