"""The rooms in a real browser: a conversation with everything in it, by keyboard, without JavaScript, on a phone."""

import itertools
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.flows.conftest import DESK, PHONE, Visitor, visit
from tests.flows.shopping import stock_shop
from tests.support.stack import Stack, running_stack

__all__ = ["visit"]

pytestmark = pytest.mark.browser

Visit = Callable[..., AbstractContextManager[Visitor]]
OURS = {"Sec-Fetch-Site": "same-origin"}
ROOMS = (
    "",
    "/orders",
    "/orders?number=nothing-like-it",
    "/orders/{paid}",
    "/orders/{open}",
    "/webhooks",
    "/clock",
    "/mail",
)


@pytest.fixture(scope="module")
def stack(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A shop, the same for all of these, at which somebody has tried everything."""
    folder = tmp_path_factory.mktemp("rooms")
    shutil.copy(sqlite_template, folder / "vitrine.db")
    with running_stack(f"sqlite:///{folder / 'vitrine.db'}", folder) as running:
        stock_shop(running)
        yield running


@pytest.fixture(scope="module")
def numbers(stack: Stack) -> dict[str, str]:
    """An order with a fault, a decline, a failed refund and a dispute; and one that waits to be paid."""
    act(stack, "/faults", kind="server_error", about="/v1/checkout/sessions", count="1", percent="100")
    paid = buy(stack)
    act(stack, f"/orders/{paid}/payment", card="4000000000009995")
    act(stack, f"/orders/{paid}/payment", card="4242424242424242")
    wait_for(stack, paid, "checkout.session.completed")
    act(stack, f"/orders/{paid}/refund-failure")
    act(stack, f"/orders/{paid}/dispute", reason="product_not_received")
    wait_for(stack, paid, "charge.dispute.created")
    act(stack, "/faults", kind="webhook_delay", about="nothing.*", percent="50", seconds="3")
    httpx.post(f"{stack.shop}/stripe/webhook", content=b'{"id": "evt_forged", "type": "charge.forged"}')
    return {"paid": paid, "open": buy(stack)}


def act(stack: Stack, path: str, **fields: str) -> None:
    answer = httpx.post(f"{stack.shop}/en/test-mode{path}", data=fields, headers=OURS, timeout=30)
    assert answer.status_code == 303, answer.text


def buy(stack: Stack) -> str:
    """Buy a plate by the API; return the order's number."""
    with httpx.Client(base_url=f"{stack.shop}/api/v1", timeout=30) as api:
        cart = api.post("/pages/lumen/carts", json={}).json()
        owned = {"Authorization": f"Bearer {cart['token']}"}
        [variant] = api.get("/pages/lumen/products/plate").json()["variants"]
        api.post(
            f"/carts/{cart['id']}/lines", json={"variant_id": variant["id"], "quantity": 1}, headers=owned
        )
        placed = api.post(f"/carts/{cart['id']}/checkout", json={"email": "guest@example.com"}, headers=owned)
        return str(placed.json()["order"]["number"])


def wait_for(stack: Stack, number: str, kind: str) -> None:
    deadline = time.monotonic() + 20
    while kind not in httpx.get(f"{stack.shop}/en/test-mode/orders/{number}").text:
        assert time.monotonic() < deadline
        time.sleep(0.2)


def open_all(page: Page) -> None:
    page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")


class TestRooms:
    @pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_are_sound_in_both_languages(
        self, stack: Stack, numbers: dict[str, str], visit: Visit, size: dict[str, int], scheme: str
    ) -> None:
        with visit(**size) as visitor:
            page = visitor.page
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            for language, room in itertools.product(("en", "fr"), ROOMS):
                page.goto(f"{stack.shop}/{language}/test-mode{room.format(**numbers)}")
                open_all(page)
                assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], (
                    language,
                    room,
                )
                visitor.check_accessibility()
            visitor.check_console()


class TestConversation:
    def test_opens_by_keyboard_and_shows_what_was_said(
        self, stack: Stack, numbers: dict[str, str], visit: Visit
    ) -> None:
        with visit(**PHONE) as visitor:
            page = visitor.page
            page.goto(f"{stack.shop}/en/test-mode/orders/{numbers['paid']}")
            failed = page.locator("summary", has_text="POST /v1/checkout/sessions").first
            expect(failed).to_contain_text("500")
            failed.focus()
            page.keyboard.press("Enter")
            box = page.get_by_role("group", name="Request").first
            expect(box).to_contain_text('"client_reference_id"')
            again = page.locator("summary", has_text="POST /v1/checkout/sessions").nth(1)
            expect(again).to_contain_text("attempt 2")
            assert box.evaluate("one => one.scrollWidth >= one.clientWidth && one.clientWidth < 390")

    def test_goes_on_by_itself_and_keeps_what_is_open(
        self, stack: Stack, numbers: dict[str, str], visit: Visit
    ) -> None:
        number = buy(stack)
        with visit() as visitor:
            page = visitor.page
            page.goto(f"{stack.shop}/en/test-mode/orders/{number}")
            page.locator("summary", has_text="POST /v1/checkout/sessions").click()
            act(stack, f"/orders/{number}/payment", card="4242424242424242")
            expect(page.locator("#talk")).to_contain_text("checkout.session.completed")
            expect(page.locator("#order-state")).to_contain_text("Paid")
            expect(page.get_by_role("button", name="Dispute the payment")).to_be_visible()
            expect(page.get_by_role("group", name="Response").first).to_be_visible()
            expect(page.locator("#rooms-said")).to_have_text("The conversation went on.")
            visitor.check_console()

    def test_is_moved_by_one_click_without_javascript(
        self, stack: Stack, numbers: dict[str, str], visit: Visit
    ) -> None:
        number = buy(stack)
        with visit(javascript=False) as visitor:
            page = visitor.page
            page.goto(f"{stack.shop}/en/test-mode/orders/{number}")
            page.get_by_role("button", name="Decline", exact=True).click()
            expect(page.get_by_role("status").first).to_contain_text("The card was declined, as it should be")
            page.get_by_role("button", name="Pay", exact=True).click()
            expect(page.get_by_role("status").first).to_contain_text("Paid.")
            wait_for(stack, number, "checkout.session.completed")
            page.get_by_role("link", name="Look again").click()
            page.locator("summary", has_text="checkout.session.completed").click()
            form = page.locator("li", has_text="checkout.session.completed").locator("form").first
            form.get_by_role("button", name="Send twice").click()
            expect(page.get_by_role("status").first).to_contain_text("twice")


class TestCards:
    def test_are_copied_and_said_so(self, stack: Stack, visit: Visit) -> None:
        with visit() as visitor:
            page = visitor.page
            visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])
            page.goto(f"{stack.shop}/en/test-mode")
            page.get_by_role("button", name="Copy 4242 4242 4242 4242").click()
            expect(page.locator("#rooms-said")).to_have_text("Copied: 4242 4242 4242 4242")
            assert page.evaluate("navigator.clipboard.readText()") == "4242 4242 4242 4242"
            visitor.check_console()

    def test_can_be_read_without_javascript(self, stack: Stack, visit: Visit) -> None:
        with visit(javascript=False) as visitor:
            visitor.page.goto(f"{stack.shop}/en/test-mode")
            expect(visitor.page.get_by_text("4242 4242 4242 4242")).to_be_visible()
            expect(visitor.page.get_by_role("button", name="Copy 4242 4242 4242 4242")).to_be_hidden()


class TestClock:
    def test_is_turned_by_a_button(self, stack: Stack, visit: Visit) -> None:
        with visit() as visitor:
            page = visitor.page
            page.goto(f"{stack.shop}/en/test-mode/clock")
            page.get_by_role("button", name="+1 minute").click()
            expect(page.get_by_role("status").first).to_contain_text("The clock went forwards by 1 minute.")
            expect(page.get_by_text("1 minute ahead")).to_be_visible()
