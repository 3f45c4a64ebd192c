"""Nobody loses what they typed into a form of the admin by leaving it."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.flows.conftest import DESK, PHONE, Visitor
from tests.flows.shopping import sign_in, stock_shop
from tests.support.stack import Stack, running_stack

pytestmark = pytest.mark.browser

Visit = Callable[..., AbstractContextManager[Visitor]]
SETTINGS = "/en/manage/lumen/settings"


@pytest.fixture(scope="module")
def stack(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One for all: what a test saves does not stand in another's way."""
    folder = tmp_path_factory.mktemp("unsaved")
    shutil.copy(sqlite_template, folder / "vitrine.db")
    with running_stack(f"sqlite:///{folder / 'vitrine.db'}", folder) as running:
        stock_shop(running)
        yield running


def listen(page: Page) -> list[str]:
    """Stay whenever the browser asks; return the list of what it asked."""
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    return asked


class TestUnsavedChanges:
    @pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
    def test_are_asked_about_until_they_are_saved(
        self, stack: Stack, visit: Visit, size: dict[str, int]
    ) -> None:
        with visit(**size) as visitor:
            page = visitor.page
            sign_in(page, stack, "camille@lumen.example", then=SETTINGS)
            asked = listen(page)
            bar = page.locator("[data-save-bar]")
            expect(bar).to_be_hidden()
            text = f"Lamps that last, {size['width']}"
            page.get_by_label("In one sentence").first.fill(text)
            expect(bar).to_be_visible()
            expect(bar.get_by_role("status")).to_have_text("Unsaved changes")
            visitor.check_accessibility()
            page.locator("[href='/en/manage/lumen/orders']:visible").first.click()
            page.wait_for_timeout(500)
            assert asked == ["beforeunload"]
            assert page.get_by_label("In one sentence").first.input_value() == text
            bar.get_by_role("button", name="Save").click()
            expect(page.get_by_text("Saved.")).to_be_visible()
            expect(bar).to_be_hidden()
            page.locator("[href='/en/manage/lumen/orders']:visible").first.click()
            page.wait_for_url("**/orders")
            assert asked == ["beforeunload"]

    def test_that_were_taken_back_are_none(self, stack: Stack, visit: Visit) -> None:
        with visit() as visitor:
            page = visitor.page
            sign_in(page, stack, "camille@lumen.example", then=SETTINGS)
            asked = listen(page)
            field = page.get_by_label("In one sentence").first
            before = field.input_value()
            field.fill("Something")
            field.fill(before)
            expect(page.locator("[data-save-bar]")).to_be_hidden()
            page.goto(f"{stack.shop}/en/manage/lumen/orders")
            assert asked == []

    def test_are_discarded_without_a_question(self, stack: Stack, visit: Visit) -> None:
        with visit() as visitor:
            page = visitor.page
            sign_in(page, stack, "camille@lumen.example", then=SETTINGS)
            asked = listen(page)
            field = page.get_by_label("In one sentence").first
            before = field.input_value()
            field.fill("Something")
            page.get_by_role("link", name="Discard").click()
            expect(page.locator("[data-save-bar]")).to_be_hidden()
            assert (field.input_value(), asked) == (before, [])

    def test_of_a_form_that_came_back_with_an_error_are_still_there(self, stack: Stack, visit: Visit) -> None:
        with visit() as visitor:
            page = visitor.page
            sign_in(page, stack, "camille@lumen.example", then=SETTINGS)
            asked = listen(page)
            page.get_by_label("Tax that prices include").fill("ninety")
            page.keyboard.press("Control+s")
            expect(page.get_by_text("Enter a rate such as")).to_be_visible()
            expect(page.locator("[data-save-bar]")).to_be_visible()
            page.locator(".brand").click()
            page.wait_for_timeout(500)
            assert asked == ["beforeunload"]

    def test_of_a_product_are_guarded_and_saved(self, stack: Stack, visit: Visit) -> None:
        with visit(**PHONE) as visitor:
            page = visitor.page
            sign_in(page, stack, "camille@lumen.example", then="/en/manage/lumen/products/2")
            asked = listen(page)
            expect(page.locator("[data-save-bar]")).to_be_hidden()
            page.get_by_label("Name", exact=True).fill("Plate in blue")
            page.get_by_role("link", name="All products").click()
            page.wait_for_timeout(500)
            assert page.url.endswith("/products/2")
            page.locator("[data-save-bar]").get_by_role("button", name="Save").click()
            expect(page.get_by_role("heading", level=1)).to_have_text("Plate in blue")
            page.goto(f"{stack.shop}/en/manage/lumen/orders")
            assert set(asked) <= {"beforeunload"}

    def test_are_saved_without_a_script_too(self, stack: Stack, visit: Visit) -> None:
        with visit(javascript=False, **PHONE) as visitor:
            page = visitor.page
            sign_in(page, stack, "camille@lumen.example", then=SETTINGS)
            page.get_by_label("In one sentence").first.fill("Without a script")
            page.get_by_role("button", name="Save").click()
            expect(page.get_by_text("Saved.")).to_be_visible()


class TestShell:
    def test_opens_its_further_sections_on_a_phone_without_a_script(self, stack: Stack, visit: Visit) -> None:
        with visit(javascript=False, **PHONE) as visitor:
            page = visitor.page
            sign_in(page, stack, "camille@lumen.example", then=SETTINGS)
            bar = page.get_by_role("navigation", name="Manage")
            assert bar.locator(":scope > ul > li:visible").count() <= 5
            page.locator(".manage-rail summary").click()
            bar.get_by_role("link", name="Staff").click()
            expect(page.get_by_role("heading", level=1)).to_have_text("Staff")

    def test_goes_to_the_search_with_a_slash(self, stack: Stack, visit: Visit) -> None:
        with visit() as visitor:
            page = visitor.page
            sign_in(page, stack, "camille@lumen.example", then=SETTINGS)
            page.keyboard.press("/")
            expect(page.locator("#manage-search")).to_be_focused()
            page.keyboard.type("a/b")
            expect(page.locator("#manage-search")).to_have_value("a/b")

    def test_puts_the_test_mode_notice_away(self, stack: Stack, visit: Visit) -> None:
        with visit(javascript=False) as visitor:
            page = visitor.page
            sign_in(page, stack, "camille@lumen.example", then=SETTINGS)
            page.get_by_role("button", name="Hide this notice").click()
            page.wait_for_url(f"**{SETTINGS}")
            expect(page.locator(".test-notice")).to_have_count(0)
            page.goto(f"{stack.shop}/en/manage/lumen/orders")
            expect(page.locator(".test-notice")).to_have_count(0)
