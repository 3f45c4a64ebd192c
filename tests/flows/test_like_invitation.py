"""The invitation to like a page in a real browser: skipped by key and by press, taken up, without scripts, counted."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from shop.core.db import Database
from shop.like_invitations.models import Arm, InvitationStyle, InvitedVisitor, LikeInvitation
from shop.page.models import Page as BrandPage
from tests.factories import START
from tests.flows.conftest import DESK, PHONE, Visitor
from tests.flows.shopping import (
    GOOD,
    PASSWORD,
    fill_payment,
    follower_count,
    pay,
    read_one,
    sign_up,
    stock_shop,
)
from tests.support.stack import Stack

pytestmark = pytest.mark.browser

Visit = Callable[..., AbstractContextManager[Visitor]]
SHOP = "/en/p/lumen/shop"
QUIET_MS = 4000
"""Longer than the script waits before it asks."""
NO_COOKIES = "Object.defineProperty(Navigator.prototype, 'cookieEnabled', { get: () => false })"
ON_TOP = """element => {
  const box = element.getBoundingClientRect();
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return element.contains(top) || top.contains(element) && top.closest(".invitation") !== null;
}"""
LONG = "Lamps that last. " * 11
LOOKS = [(PHONE, "en"), (PHONE, "fr"), (DESK, "en"), (DESK, "fr")]


def invite(
    stack: Stack, *, style: InvitationStyle = InvitationStyle.BANNER, held_out_bp: int = 0, text: str = ""
) -> None:
    """Open the shop and turn the page's invitation on."""
    stock_shop(stack)
    database = Database(stack.database_url)
    with database.transaction() as session:
        page_id = session.scalars(select(BrandPage.id)).one()
        session.add(
            LikeInvitation(
                page_id=page_id, style=style, held_out_bp=held_out_bp, started_at=START, text=text, translations={}
            )
        )  # fmt: skip
    database.dispose()


def the_row(stack: Stack) -> InvitedVisitor:
    """Return the one visitor who was counted."""
    row = read_one(stack, select(InvitedVisitor))
    assert isinstance(row, InvitedVisitor)
    return row


def expect_nothing(page: Page) -> None:
    """Wait as long as the script would, and find no invitation."""
    page.wait_for_timeout(QUIET_MS)
    expect(page.locator(".invitation")).to_have_count(0)


class TestTheBanner:
    @pytest.mark.parametrize(("size", "language"), LOOKS)
    def test_is_skipped_with_escape_and_does_not_come_again(
        self, sqlite_stack: Stack, visit: Visit, size: dict[str, int], language: str
    ) -> None:
        invite(sqlite_stack)
        with visit(language=language, **size) as visitor:
            page = visitor.page
            page.goto(f"{sqlite_stack.shop}/{language}/p/lumen/shop")
            expect(page.locator(".invitation--banner")).to_be_visible()
            visitor.check_accessibility()
            assert page.evaluate("document.documentElement.scrollWidth") == size["width"]
            with page.expect_response("**/like-invitation/skips"):
                page.keyboard.press("Escape")
            expect(page.locator(".invitation")).to_have_count(0)
            page.goto(f"{sqlite_stack.shop}/{language}/p/lumen/shop/plate")
            expect_nothing(page)
            visitor.check_console()
        assert the_row(sqlite_stack).skipped_at is not None

    def test_leaves_the_phones_buy_bar_free(self, sqlite_stack: Stack, visit: Visit) -> None:
        invite(sqlite_stack)
        with visit(**PHONE) as visitor:
            visitor.page.goto(f"{sqlite_stack.shop}{SHOP}/plate")
            banner = visitor.page.locator(".invitation--banner")
            expect(banner).to_be_visible()
            visitor.page.wait_for_timeout(500)  # it slides in
            bar = visitor.page.locator(".buy-bar--sticky").bounding_box()
            box = banner.bounding_box()
            assert bar is not None
            assert box is not None
            assert box["y"] + box["height"] <= bar["y"]

    @pytest.mark.parametrize("style", InvitationStyle)
    def test_is_whole_in_a_small_window_with_a_long_text(
        self, sqlite_stack: Stack, visit: Visit, style: InvitationStyle
    ) -> None:
        invite(sqlite_stack, style=style, text=LONG)
        with visit(width=320, height=256) as visitor:  # 1280 pixels at 400 %
            page = visitor.page
            page.goto(f"{sqlite_stack.shop}{SHOP}")
            shown = page.locator(".invitation")
            expect(shown).to_be_visible()
            page.wait_for_timeout(500)  # it slides in
            box = shown.bounding_box()
            assert box is not None
            assert box["y"] >= 0
            for part in ("[data-invitation-skip] button", ".invitation__title"):
                one = shown.locator(part)
                one.scroll_into_view_if_needed()
                assert one.evaluate(ON_TOP), part

    def test_leaves_alone_who_keeps_no_cookies(self, sqlite_stack: Stack, visit: Visit) -> None:
        invite(sqlite_stack)
        with visit() as visitor:
            visitor.page.add_init_script(NO_COOKIES)
            visitor.page.goto(f"{sqlite_stack.shop}{SHOP}")
            expect_nothing(visitor.page)
        assert read_one(sqlite_stack, select(InvitedVisitor.visitor_key)) is None

    def test_waits_while_somebody_types_or_looks_at_a_product(
        self, sqlite_stack: Stack, visit: Visit
    ) -> None:
        invite(sqlite_stack)
        with visit() as visitor:
            page = visitor.page
            page.goto(f"{sqlite_stack.shop}{SHOP}")
            page.get_by_role("searchbox").focus()
            expect_nothing(page)
            assert read_one(sqlite_stack, select(InvitedVisitor.visitor_key)) is None
            page.keyboard.press("Tab")
            expect(page.locator(".invitation")).to_be_visible()


class TestTheDialog:
    @pytest.mark.parametrize(("size", "language"), LOOKS)
    def test_takes_the_focus_and_gives_it_back(
        self, sqlite_stack: Stack, visit: Visit, size: dict[str, int], language: str
    ) -> None:
        invite(sqlite_stack, style=InvitationStyle.DIALOG)
        with visit(language=language, **size) as visitor:
            page = visitor.page
            page.goto(f"{sqlite_stack.shop}/{language}/p/lumen/shop")
            link = page.locator("a.pill, .product-grid a").first
            link.focus()
            dialog = page.locator(".invitation--dialog")
            expect(dialog).to_be_visible()
            visitor.check_accessibility()
            expect(dialog.locator("[data-invitation-skip] button")).to_be_focused()
            page.keyboard.press("Tab")
            expect(dialog.locator(".button--primary")).to_be_focused()
            with page.expect_response("**/like-invitation/skips"):
                page.keyboard.press("Escape")
            expect(dialog).to_have_count(0)
            expect(link).to_be_focused()
            page.reload()
            expect_nothing(page)
            visitor.check_console()

    def test_is_skipped_by_its_button_with_the_keyboard(self, sqlite_stack: Stack, visit: Visit) -> None:
        invite(sqlite_stack, style=InvitationStyle.DIALOG)
        with visit() as visitor:
            page = visitor.page
            page.goto(f"{sqlite_stack.shop}{SHOP}")
            expect(page.locator(".invitation--dialog")).to_be_visible()
            with page.expect_response("**/like-invitation/skips"):
                page.keyboard.press("Enter")
            expect(page.locator(".invitation")).to_have_count(0)
            expect(page).to_have_url(f"{sqlite_stack.shop}{SHOP}")
        assert the_row(sqlite_stack).skipped_at is not None


class TestLiking:
    def test_as_somebody_signed_in_is_one_press(self, sqlite_stack: Stack, visit: Visit) -> None:
        invite(sqlite_stack)
        with visit() as visitor:
            page = visitor.page
            sign_up(page, sqlite_stack, "alix@example.com", then=SHOP)
            page.locator(".invitation .button--primary").click()
            expect(page.get_by_text("You like Page")).to_be_visible()
            expect(page).to_have_url(f"{sqlite_stack.shop}{SHOP}")
            expect_nothing(page)
            visitor.check_console()
        assert follower_count(sqlite_stack) == 1

    def test_as_a_guest_comes_after_the_account(self, sqlite_stack: Stack, visit: Visit) -> None:
        invite(sqlite_stack)
        with visit(**PHONE) as visitor:
            page = visitor.page
            page.goto(f"{sqlite_stack.shop}{SHOP}/plate")
            page.locator(".invitation .button--primary").click()
            page.get_by_role("main").get_by_role("link", name="Create an account").click()
            page.get_by_label("Your name").fill("Alix Durand")
            page.get_by_label("E-mail address").fill("alix@example.com")
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Create the account").click()
            expect(page.get_by_role("heading", level=1)).to_contain_text("Like Page")
            visitor.check_accessibility()
            page.get_by_role("main").get_by_role("button", name="Like").click()
            expect(page).to_have_url(f"{sqlite_stack.shop}{SHOP}/plate")
            visitor.check_console()
        assert follower_count(sqlite_stack) == 1
        assert the_row(sqlite_stack).account_id is not None


class TestWithoutScripts:
    @pytest.mark.parametrize(("size", "language"), LOOKS)
    def test_stands_at_the_pages_end_and_is_skipped(
        self, sqlite_stack: Stack, visit: Visit, size: dict[str, int], language: str
    ) -> None:
        invite(sqlite_stack, text=LONG)
        with visit(language=language, javascript=False, **size) as visitor:
            page = visitor.page
            page.goto(f"{sqlite_stack.shop}/{language}/p/lumen/shop")
            frame = page.frame_locator(".invitation-frame")
            expect(frame.locator("h1")).to_be_visible()
            fits = "document.documentElement.scrollHeight <= window.innerHeight"
            assert page.frames[-1].evaluate(fits)
            visitor.check_accessibility()
            frame.locator("[data-invitation-skip] button").click()
            expect(page).to_have_url(f"{sqlite_stack.shop}/{language}/p/lumen/shop")
            page.reload()
            expect(frame.locator("button")).to_have_count(0)
            visitor.check_console()
        assert the_row(sqlite_stack).skipped_at is not None


class TestCounting:
    def test_finds_the_order_of_a_guest_who_was_only_counted_before(self, stack: Stack, visit: Visit) -> None:
        invite(stack)
        with visit() as visitor:
            page = visitor.page
            page.goto(f"{stack.shop}{SHOP}/plate")
            expect(page.locator(".invitation")).to_be_visible()
            assert [cookie["name"] for cookie in visitor.context.cookies()] == ["vitrine_counted"]
            page.locator("main").get_by_role("button", name="Buy now").first.click()
            fill_payment(page, GOOD, email="guest@example.com")
            pay(page)
            page.wait_for_url("**/orders/**")
        row = the_row(stack)
        assert (row.arm, row.order_count, row.paid_amount) == (Arm.INVITED, 1, 1500 + 490)
        assert row.ordered_at is not None

    def test_holds_the_held_out_to_the_same_moment(self, sqlite_stack: Stack, visit: Visit) -> None:
        invite(sqlite_stack, held_out_bp=5000)
        seen: list[bool] = []
        for _ in range(8):
            with visit() as visitor:
                with visitor.page.expect_response("**/like-invitation?**") as answer:
                    visitor.page.goto(f"{sqlite_stack.shop}{SHOP}")
                seen.append(len(answer.value.body()) > 0)
        database = Database(sqlite_stack.database_url)
        with database.reading() as session:
            rows = session.scalars(select(InvitedVisitor).order_by(InvitedVisitor.first_at)).all()
        database.dispose()
        assert [row.arm is Arm.INVITED for row in rows] == seen
