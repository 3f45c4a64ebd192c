"""Cards in a page of another site, in a real browser: Buy reaches the payment page in a window of its own."""

import http.server
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlalchemy import select

from shop.accounts.models import Account
from shop.catalog.models import Product, Variant
from shop.core.db import Database
from shop.orders.models import Order
from tests.flows.conftest import Visitor, visit
from tests.flows.shopping import GOOD, fill_payment, pay, read_one, sign_up, stock_shop
from tests.support.stack import Stack, running_stack

__all__ = ["visit"]

pytestmark = pytest.mark.browser

Visit = Callable[..., AbstractContextManager[Visitor]]
BODY = """<!doctype html><html lang="en"><title>Another site</title><h1>My blog</h1>
<iframe data-vitrine src="{shop}/en/embed/p/lumen/shop/{slug}" title="Card" width="{width}" height="50" style="border:0"></iframe>
<script async src="{shop}/embed.js"></script>
<form method="post" action="{shop}/en/p/lumen/purchases"><input name="variant_id" value="1"><button>Forge</button></form>
<script>addEventListener("load", () => postMessage({{type: "vitrine:height", height: 1999}}, "*"));</script>"""


@pytest.fixture(scope="module")
def stack(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A shop, the same for all of these."""
    folder = tmp_path_factory.mktemp("embed")
    shutil.copy(sqlite_template, folder / "vitrine.db")
    with running_stack(f"sqlite:///{folder / 'vitrine.db'}", folder) as running:
        stock_shop(running)
        yield running


@pytest.fixture
def blog(stack: Stack) -> Iterator[str]:
    """Another site (localhost beside our 127.0.0.1), whose path chooses the product and the frame's width."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            _, slug, width = (*self.path.split("/"), "600")[:3]
            body = BODY.format(shop=stack.shop, slug=slug, width=width or "600").encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


def newest(stack: Stack, column: object) -> object:
    return read_one(stack, select(column).order_by(Order.id.desc()))  # type: ignore[call-overload]


class TestBuy:
    def test_from_a_frame_pays_as_a_guest_in_a_window_of_its_own(
        self, stack: Stack, blog: str, visit: Visit
    ) -> None:
        with visit() as visitor:
            visitor.page.goto(f"{blog}/plate")
            frame = visitor.page.frame_locator("iframe")
            with visitor.context.expect_page() as opened:
                frame.get_by_role("button", name="Buy Plate").click()
            fill_payment(opened.value, GOOD, email="guest@example.com")
            pay(opened.value)
            expect(opened.value.get_by_role("heading", level=1)).to_be_visible()
            expect(opened.value).to_have_url(re.compile(f"{stack.shop}/en/"))
            assert visitor.page.url.startswith(blog)
            visitor.check_console()
        assert newest(stack, Order.touch_kind) == "embed"
        assert newest(stack, Order.account_id) is None

    def test_by_keyboard_and_without_script_comes_as_far(self, stack: Stack, blog: str, visit: Visit) -> None:
        with visit(javascript=False) as visitor:
            visitor.page.goto(f"{blog}/lamp")
            frame = visitor.page.frame_locator("iframe")
            frame.locator("input[type=radio]:checked").focus()
            with visitor.context.expect_page() as opened:
                visitor.page.keyboard.press("Enter")
            expect(opened.value).to_have_url(re.compile("/c/pay/cs_test_"))

    def test_of_somebody_signed_in_is_theirs(self, stack: Stack, blog: str, visit: Visit) -> None:
        with visit() as visitor:
            sign_up(visitor.page, stack, "framed@example.com")
            visitor.page.goto(f"{blog}/plate")
            with visitor.context.expect_page() as opened:
                visitor.page.frame_locator("iframe").get_by_role("button", name="Buy Plate").click()
            expect(opened.value).to_have_url(re.compile("/c/pay/cs_test_"))
        account = read_one(stack, select(Account.id).where(Account.email == "framed@example.com"))
        assert newest(stack, Order.account_id) == account

    def test_that_the_other_site_posts_itself_is_refused(self, stack: Stack, blog: str, visit: Visit) -> None:
        with visit() as visitor:
            visitor.page.goto(f"{blog}/plate")
            visitor.page.get_by_role("button", name="Forge").click()
            expect(visitor.page.locator("body")).to_contain_text("sent from another site")

    def test_of_what_is_gone_meanwhile_tells_so_on_its_page(
        self, stack: Stack, blog: str, visit: Visit
    ) -> None:
        with visit() as visitor:
            visitor.page.goto(f"{blog}/last-one")
            button = visitor.page.frame_locator("iframe").get_by_role("button", name="Buy Last one")
            expect(button).to_be_visible()
            database = Database(stack.database_url)
            with database.transaction() as session:
                product = session.scalars(select(Product).where(Product.slug == "last-one")).one()
                session.scalars(select(Variant).where(Variant.product_id == product.id)).one().stock = 0
            database.dispose()
            with visitor.context.expect_page() as opened:
                button.click()
            expect(opened.value).to_have_url(re.compile("/en/p/lumen/shop/last-one$"))
            expect(opened.value.locator("#flashes")).to_contain_text("Last one")


class TestFrame:
    def test_is_as_tall_as_its_card_and_heeds_nobody_else(
        self, stack: Stack, blog: str, visit: Visit
    ) -> None:
        with visit() as visitor:
            visitor.page.goto(f"{blog}/plate/300")
            iframe = visitor.page.locator("iframe")
            expect(iframe).to_have_attribute("style", re.compile(r"height: \d{3}px"))
            expect(iframe).not_to_have_attribute("style", re.compile("1999"))
            assert not self._sticks_out(visitor.page)

    def _sticks_out(self, page: Page) -> bool:
        frame = page.frames[1]
        wide, tall = frame.evaluate(
            "[document.documentElement.scrollWidth - innerWidth, document.body.scrollHeight - innerHeight]"
        )
        return bool(wide > 0 or tall > 1)

    def test_keeps_no_cookie(self, stack: Stack, blog: str, visit: Visit) -> None:
        with visit() as visitor:
            visitor.page.goto(f"{blog}/plate")
            expect(visitor.page.frame_locator("iframe").get_by_role("button", name="Buy")).to_be_visible()
            assert visitor.context.cookies() == []

    @pytest.mark.parametrize("path", ["", "/shop/plate", "/shop/lamp"])
    @pytest.mark.parametrize(("language", "theme", "width"), [("en", "light", 280), ("fr", "dark", 600)])
    def test_is_accessible(  # noqa: PLR0917
        self, stack: Stack, visit: Visit, path: str, language: str, theme: str, width: int
    ) -> None:
        with visit(width=width, height=700) as visitor:
            visitor.page.goto(f"{stack.shop}/{language}/embed/p/lumen{path}?theme={theme}")
            results = Axe().run(visitor.page)
            assert results.violations_count == 0, results.generate_report()
            assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            visitor.check_console()
