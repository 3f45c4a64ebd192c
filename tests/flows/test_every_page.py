"""Every page, on a phone, also a very narrow one, and a desk, light and dark, in both languages: axe, the console, nothing sticks out."""

import itertools
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.flows.conftest import DESK, PHONE, Visitor
from tests.flows.shopping import sign_in, stock_shop
from tests.support.stack import Stack, running_stack

pytestmark = pytest.mark.browser

Visit = Callable[..., AbstractContextManager[Visitor]]

NARROWEST = 320
"""Pixels: what is left of 1280 at 400 % (WCAG 2.2, 1.4.10)."""
GUEST_PAGES = (
    "/",
    "/p/lumen",
    "/p/lumen/shop",
    "/p/lumen/shop?q=nothing-like-it",
    "/p/lumen/shop/lamp",
    "/p/lumen/shop/plate",
    "/p/lumen/about",
    "/p/lumen/cart",
    "/p/lumen/coupons",
    "/account/coupons",
    "/sign-in",
    "/sign-up",
    "/password-reset",
    "/no-such-page",
    "/test-mode",
    "/test-mode/orders",
    "/test-mode/webhooks",
    "/test-mode/clock",
    "/test-mode/mail",
    "/api/docs",
)
OWNER_PAGES = (
    "/",
    "/account",
    "/orders",
    "/manage",
    "/manage/lumen",
    "/manage/lumen?period=90",
    "/manage/lumen/search",
    "/manage/lumen/search?q=lamp",
    "/manage/lumen/search?q=nothing-like-it",
    "/pages/new",
    "/manage/lumen/orders",
    "/manage/lumen/products",
    "/manage/lumen/products?q=nothing-like-it",
    "/manage/lumen/products/new",
    "/manage/lumen/products/1",
    "/manage/lumen/posts",
    "/manage/lumen/posts?part=deleted",
    "/manage/lumen/posts/new",
    "/manage/lumen/coupons",
    "/manage/lumen/coupons/new",
    "/manage/lumen/insights/coupons",
    "/manage/lumen/collections",
    "/manage/lumen/collections/new",
    "/manage/lumen/settings",
    "/manage/lumen/staff",
    "/manage/lumen/audit",
    "/manage/lumen/payments",
)
FORMS = (
    "/sign-in",
    "/sign-up",
    "/pages/new",
    "/manage/lumen/products",
    "/manage/lumen/settings",
    "/manage/lumen/staff",
)


@pytest.fixture(scope="module")
def stack(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A shop that is only looked at; one engine is enough for how pages look."""
    folder = tmp_path_factory.mktemp("every-page")
    shutil.copy(sqlite_template, folder / "vitrine.db")
    with running_stack(f"sqlite:///{folder / 'vitrine.db'}", folder) as running:
        stock_shop(running)
        yield running


def look(page: Page, address: str, width: int) -> list[str]:
    """Return what is wrong with the page at ``address``."""
    page.goto(address)
    found = [
        f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in Axe().run(page).response["violations"]
    ]
    found += stick_out(page, width)
    if width == PHONE["width"]:
        page.set_viewport_size({**PHONE, "width": NARROWEST})
        found += stick_out(page, NARROWEST)
        page.set_viewport_size({**PHONE})
    return [f"{address} ({width} px): {text}" for text in found]


def stick_out(page: Page, width: int) -> list[str]:
    """Return by how much the page is wider than its window."""
    wide = page.evaluate("document.documentElement.scrollWidth")
    return [f"{wide - width} px stick out at {width}"] if wide > width else []


class TestEveryPage:
    @pytest.mark.parametrize(
        ("size", "scheme", "language"),
        [(PHONE, "light", "en"), (PHONE, "dark", "fr"), (DESK, "light", "fr"), (DESK, "dark", "en")],
        ids=["phone-light-en", "phone-dark-fr", "desk-light-fr", "desk-dark-en"],
    )
    def test_is_accessible_and_fits(
        self, stack: Stack, visit: Visit, size: dict[str, int], scheme: str, language: str
    ) -> None:
        wrong: list[str] = []
        with visit(language=language, **size) as visitor:
            visitor.page.emulate_media(color_scheme=scheme)
            for path in GUEST_PAGES:
                wrong += look(visitor.page, f"{stack.shop}/{language}{path}", size["width"])
            sign_in(visitor.page, stack, "camille@lumen.example", then="/en/manage/lumen/products")
            for path in OWNER_PAGES:
                wrong += look(visitor.page, f"{stack.shop}/{language}{path}", size["width"])
            wrong += visitor.complaints
        assert wrong == []

    def test_holds_nothing_inline(self, stack: Stack) -> None:
        for language, path in itertools.product(("en", "fr"), GUEST_PAGES):
            text = httpx.get(f"{stack.shop}/{language}{path}").text
            assert " style=" not in text, path
            assert "<style" not in text, path
            assert " onclick=" not in text, path


class TestForms:
    def test_say_at_their_fields_what_is_wrong(self, stack: Stack, visit: Visit) -> None:
        wrong: list[str] = []
        with visit(**PHONE) as visitor:
            sign_in(visitor.page, stack, "camille@lumen.example", then="/en/manage/lumen/products")
            for path in FORMS[2:]:
                address = f"{stack.shop}/en{path}"
                visitor.page.goto(address.replace("/products", "/products/new"))
                visitor.page.evaluate(
                    "document.querySelectorAll('main form').forEach(f => { f.noValidate = true })"
                )
                visitor.page.evaluate(
                    "document.querySelectorAll('main form input[required]').forEach(e => { if (e.type != 'color') { e.value = ''; e.dispatchEvent(new Event('input', { bubbles: true })) } })"
                )
                visitor.page.locator("main .button--primary[type=submit]").last.click()
                visitor.page.wait_for_load_state("networkidle")
                if visitor.page.locator("[aria-invalid=true]").count() == 0:
                    wrong.append(f"{path}: no field says that it is wrong")
                wrong += [f"{path}: {one['id']}" for one in Axe().run(visitor.page).response["violations"]]
        assert wrong == []
