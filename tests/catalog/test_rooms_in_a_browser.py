"""The catalogue's rooms in a real browser: few steps to a product, pictures moved, bulk edits, on phone and desk."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from shop.catalog.models import ProductPicture
from shop.core.db import Database
from tests.flows.conftest import DESK, PHONE, Visitor, visit
from tests.flows.shopping import sign_in, stock_shop
from tests.support.hand import Hand, list_shirt, take_photographs
from tests.support.stack import Stack, running_stack

__all__ = ["visit"]

pytestmark = pytest.mark.browser

Visit = Callable[..., AbstractContextManager[Visitor]]
PRODUCTS = "/en/manage/lumen/products"


@contextmanager
def open_shop(template: Path, folder: Path) -> Iterator[Stack]:
    """Run a shop whose owner may sign in."""
    shutil.copy(template, folder / "vitrine.db")
    with running_stack(f"sqlite:///{folder / 'vitrine.db'}", folder) as running:
        stock_shop(running)
        yield running


@pytest.fixture
def stack(sqlite_template: Path, tmp_path: Path) -> Iterator[Stack]:
    """A shop of this test's own."""
    with open_shop(sqlite_template, tmp_path) as running:
        yield running


@pytest.fixture(scope="module")
def looked_at(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A shop for those who only look."""
    with open_shop(sqlite_template, tmp_path_factory.mktemp("rooms")) as running:
        yield running


@pytest.fixture
def photographs(tmp_path: Path) -> list[Path]:
    """Three small pictures that differ."""
    return take_photographs(tmp_path)


def enter(page: Page, stack: Stack, path: str = PRODUCTS) -> None:
    """Sign in and go to a room."""
    sign_in(page, stack, "camille@lumen.example", then=path)


def keys(page: Page) -> list[str]:
    """Return the pictures' keys in the order in which they are shown."""
    return [card.get_attribute("data-picture") or "" for card in page.locator("[data-picture]").all()]


def save(page: Page) -> None:
    """Save the product's form."""
    with page.expect_navigation():
        page.get_by_role("button", name="Save", exact=True).last.click()


class TestPictures:
    def test_are_dragged_to_another_place(self, stack: Stack, visit: Visit, photographs: list[Path]) -> None:
        with visit(**DESK) as visitor:
            page = visitor.page
            enter(page, stack)
            list_shirt(Hand(page), photographs)
            red, green, blue = keys(page)
            handle = page.locator(f'[data-picture="{blue}"] [data-drag]')
            handle.scroll_into_view_if_needed()
            start, goal = handle.bounding_box(), page.locator(f'[data-picture="{red}"]').bounding_box()
            assert start is not None
            assert goal is not None
            page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
            page.mouse.down()
            page.mouse.move(goal["x"] + goal["width"] / 2, goal["y"] + 20, steps=8)
            page.mouse.up()
            assert keys(page) == [blue, red, green]
            save(page)
            assert keys(page) == [blue, red, green]
            visitor.check_console()

    def test_are_moved_by_keyboard_and_described(
        self, stack: Stack, visit: Visit, photographs: list[Path]
    ) -> None:
        with visit(**PHONE) as visitor:
            page = visitor.page
            enter(page, stack)
            list_shirt(Hand(page), photographs)
            red, green, blue = keys(page)
            later = page.locator(f'[data-picture="{red}"]').get_by_role("button", name="one place later")
            later.focus()
            page.keyboard.press("Enter")
            expect(later).to_be_focused()
            expect(page.locator("[data-pictures-said]")).to_have_text("Now picture 2 of 3.")
            page.keyboard.press("Enter")
            assert keys(page) == [green, blue, red]
            card = page.locator(f'[data-picture="{red}"]')
            card.get_by_label("What it shows (in English)").fill("A red shirt")
            card.get_by_label("What it shows (in French)").fill("Une chemise rouge")
            visitor.check_accessibility()
            save(page)
            assert keys(page) == [green, blue, red]
            with Database(stack.database_url).reading() as session:
                last = session.scalars(
                    select(ProductPicture).order_by(ProductPicture.position.desc())
                ).first()
            assert last is not None
            assert (last.alt, last.translations) == ("A red shirt", {"fr": {"alt": "Une chemise rouge"}})
            visitor.check_console()

    def test_are_moved_by_their_numbers_without_a_script(
        self, stack: Stack, visit: Visit, photographs: list[Path]
    ) -> None:
        with visit(**DESK) as visitor:
            enter(visitor.page, stack)
            list_shirt(Hand(visitor.page), photographs)
            where = visitor.page.url.removeprefix(stack.shop)
            red, green, blue = keys(visitor.page)
        with visit(javascript=False, **DESK) as visitor:
            enter(visitor.page, stack, where)
            visitor.page.locator(f'[data-picture="{blue}"] [data-place]').fill("0")
            save(visitor.page)
            assert keys(visitor.page) == [blue, red, green]


class TestBulkEdit:
    @pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
    @pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
    def test_is_ticked_previewed_applied_and_undone(
        self, stack: Stack, visit: Visit, viewport: dict[str, int], *, javascript: bool
    ) -> None:
        with visit(javascript=javascript, **viewport) as visitor:
            page = visitor.page
            enter(page, stack)
            if javascript:
                page.get_by_label("All on this page").check()
                expect(page.locator("[data-count]")).to_have_text("3 ticked")
            else:
                page.get_by_role("link", name="Tick all on this page").click()
            page.get_by_label("What to do with them").select_option("price")
            page.get_by_role("button", name="Continue").click()
            page.get_by_label("By how much").fill("10")
            page.get_by_label("Round the new price").select_option("ninety")
            if javascript:
                visitor.check_accessibility()
            page.get_by_role("button", name="Show what would change").click()
            expect(page.get_by_role("heading", name="Nothing is changed yet")).to_be_visible()
            expect(page.get_by_text("€43.90")).to_be_visible()
            if javascript:
                visitor.check_accessibility()
            assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
            page.get_by_role("button", name="Change 4 variants").click()
            expect(page.get_by_text("4 variants are changed.")).to_be_visible()
            page.get_by_role("button", name="Undo").first.click()
            expect(page.get_by_text("4 variants are as they were.")).to_be_visible()
            visitor.check_console()


class TestRooms:
    @pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
    @pytest.mark.parametrize("path", ["", "/low-stock?at_most=20", "/1/stock-history", "/1"])
    def test_are_accessible_and_stick_out_nowhere(
        self, looked_at: Stack, visit: Visit, viewport: dict[str, int], path: str
    ) -> None:
        with visit(**viewport) as visitor:
            enter(visitor.page, looked_at, f"{PRODUCTS}{path}")
            visitor.check_accessibility()
            visitor.check_console()
            assert visitor.page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
