"""Coupons in a real browser: from a card on another site to the shop, the cart and a paid order; both free ways."""

import datetime as dt
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from shop.accounts.models import Account
from shop.core.db import Database
from shop.core.mail import Mail
from shop.coupons.models import (
    Coupon,
    CouponAudience,
    CouponHolding,
    CouponKind,
    CouponRedemption,
    HoldingWay,
    OtherWay,
)
from shop.coupons.service import CouponDraft, create_coupon
from shop.orders.models import Order, OrderStatus
from shop.page.models import Follower, LikeEvent, LikeSource
from shop.page.models import Page as BrandPage
from tests.flows.conftest import DESK, PHONE, Visitor, visit
from tests.flows.foreign import foreign_site
from tests.flows.shopping import GOOD, HOME, fill_payment, pay, read_one, sign_up, stock_shop
from tests.support.stack import Stack, running_stack

__all__ = ["visit"]

pytestmark = pytest.mark.browser

Visit = Callable[..., AbstractContextManager[Visitor]]
BODY = """<!doctype html><html lang="en"><title>Another site</title><h1>My blog</h1>
<iframe data-vitrine src="{shop}/{path}" title="Coupon" width="600" height="420" style="border:0"></iframe>
<script async src="{shop}/embed.js"></script>
<form method="post" action="{shop}/en/p/lumen/coupons/WELCOME/holdings"><button>Forge</button></form>"""


@pytest.fixture(scope="module")
def stack(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A shop with a coupon for everybody and two for members, the same for all of these."""
    folder = tmp_path_factory.mktemp("coupons")
    shutil.copy(sqlite_template, folder / "vitrine.db")
    with running_stack(f"sqlite:///{folder / 'vitrine.db'}", folder) as running:
        stock_shop(running)
        give(running, "WELCOME", is_once=False)
        give(running, "FANS", audience=CouponAudience.MEMBERS, other_way=OtherWay.EMAIL)
        give(running, "CLUB", audience=CouponAudience.MEMBERS, other_way=OtherWay.ACCOUNT)
        yield running


@pytest.fixture
def blog(stack: Stack) -> Iterator[str]:
    """Another site; its path is the address of the card that it shows."""
    with foreign_site(lambda path: BODY.format(shop=stack.shop, path=path.strip("/"))) as address:
        yield address


def give(stack: Stack, code: str, **values: Any) -> None:
    """Make a listed coupon of 20 % that other sites may show."""
    database = Database(stack.database_url)
    with database.transaction() as session:
        page = session.scalars(select(BrandPage).where(BrandPage.slug == "lumen")).one()
        draft = CouponDraft(
            code=code, title=f"Twenty off with {code}", kind=CouponKind.PERCENT, percent_bp=2000,
            is_listed=True, is_embeddable=True, **values,
        )  # fmt: skip
        create_coupon(session, page=page, draft=draft, account_id=None, now=dt.datetime.now(dt.UTC))
    database.dispose()


def coupon_id(stack: Stack, code: str) -> object:
    return read_one(stack, select(Coupon.id).where(Coupon.code_key == code))


def newest_order(stack: Stack) -> Order:
    order = read_one(stack, select(Order).order_by(Order.id.desc()))
    assert isinstance(order, Order)
    return order


def buy_a_plate(page: Page, stack: Stack, language: str) -> None:
    """From the shop, put a plate (15 €) into the cart and look at it."""
    page.goto(f"{stack.shop}/{language}/p/lumen/shop/plate")
    page.locator("button[formaction$='/cart/lines']").first.click()
    page.goto(f"{stack.shop}/{language}/p/lumen/cart")


class TestACardOnAnotherSite:
    @pytest.mark.parametrize(
        ("language", "size", "javascript"),
        [("en", DESK, True), ("fr", PHONE, True), ("en", PHONE, False), ("fr", DESK, False)],
    )
    def test_leads_by_keyboard_to_the_shop_the_cart_and_a_paid_order(  # noqa: PLR0917
        self, stack: Stack, blog: str, visit: Visit, language: str, size: dict[str, int], javascript: bool
    ) -> None:
        with visit(language=language, javascript=javascript, **size) as visitor:
            visitor.page.goto(f"{blog}/{language}/embed/p/lumen/coupons/WELCOME")
            frame = visitor.page.frame_locator("iframe")
            assert visitor.context.cookies() == []
            frame.locator("form button").focus()
            with visitor.context.expect_page() as opened:
                visitor.page.keyboard.press("Enter")
            window = visitor.page = opened.value
            expect(window).to_have_url(re.compile(f"{stack.shop}/{language}/p/lumen/shop$"))
            expect(window.locator("#flashes")).to_contain_text("Twenty off with WELCOME")
            buy_a_plate(window, stack, language)
            expect(window.locator("#coupon")).to_contain_text("WELCOME")
            visitor.check_accessibility()
            window.locator("form[action$='/cart/checkout'] button").click()
            fill_payment(window, GOOD, email=f"{language}-{javascript}-{size['width']}@example.com")
            pay(window)
            expect(window.get_by_role("heading", level=1)).to_be_visible()
            expect(window).to_have_url(re.compile(f"{stack.shop}/{language}/orders/"))
            visitor.check_console()
        order = newest_order(stack)
        assert order.status is OrderStatus.PAID
        assert (order.discount_amount, order.total_amount) == (300, 1500 - 300 + 490)
        assert (order.touch_kind, order.touch_coupon_id) == ("embed", coupon_id(stack, "WELCOME"))
        assert order.coupon_id == coupon_id(stack, "WELCOME")
        assert read_one(
            stack, select(CouponRedemption.amount).where(CouponRedemption.order_id == order.id)
        ) == 300  # fmt: skip

    def test_leads_to_both_ways_alike_and_liking_is_one_of_them(
        self, stack: Stack, blog: str, visit: Visit
    ) -> None:
        with visit() as visitor:
            sign_up(visitor.page, stack, "liker@example.com")
            visitor.page.goto(f"{blog}/en/embed/p/lumen/coupons/CLUB")
            frame = visitor.page.frame_locator("iframe")
            with visitor.context.expect_page() as opened:
                frame.get_by_role("link", name="Two free ways to get it").click()
            like, other = (
                opened.value.get_by_role("button", name=name)
                for name in ("Like the page and take it", "Take it without liking")
            )
            boxes = like.bounding_box(), other.bounding_box()
            assert boxes[0] is not None
            assert boxes[1] is not None
            assert boxes[0]["height"] == pytest.approx(boxes[1]["height"], abs=1)
            assert boxes[0]["width"] == pytest.approx(boxes[1]["width"], abs=1)
            like.click()
            expect(opened.value.get_by_text("is in your wallet")).to_be_visible()
        account = read_one(stack, select(Account.id).where(Account.email == "liker@example.com"))
        event = read_one(stack, select(LikeEvent).where(LikeEvent.account_id == account))
        assert isinstance(event, LikeEvent)
        assert (event.source, event.source_ref) == (LikeSource.COUPON, str(coupon_id(stack, "CLUB")))

    def test_that_the_other_site_posts_itself_is_refused(self, stack: Stack, blog: str, visit: Visit) -> None:
        with visit() as visitor:
            visitor.page.goto(f"{blog}/en/embed/p/lumen/coupons/WELCOME")
            visitor.page.get_by_role("button", name="Forge").click()
            expect(visitor.page.locator("body")).to_contain_text("sent from another site")

    @pytest.mark.parametrize("code", ["WELCOME", "FANS", "CLUB"])
    @pytest.mark.parametrize(("language", "theme", "width"), [("en", "light", 280), ("fr", "dark", 600)])
    def test_is_accessible(  # noqa: PLR0917
        self, stack: Stack, visit: Visit, code: str, language: str, theme: str, width: int
    ) -> None:
        with visit(width=width, height=700) as visitor:
            visitor.page.goto(f"{stack.shop}/{language}/embed/p/lumen/coupons/{code}?theme={theme}")
            visitor.check_accessibility()
            assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


class TestTheOtherWay:
    @pytest.mark.parametrize("javascript", [True, False])
    def test_by_mail_gives_it_in_another_browser_and_follows_nobody(
        self, stack: Stack, visit: Visit, javascript: bool
    ) -> None:
        email = f"mailed-{javascript}@example.com"
        with visit(javascript=javascript, **PHONE) as visitor:
            visitor.page.goto(f"{stack.shop}{HOME}/coupons")
            visitor.page.get_by_role("link", name="Two free ways to get it Twenty off with FANS").click()
            visitor.page.get_by_label("E-mail address").fill(email)
            visitor.page.keyboard.press("Enter")
            expect(visitor.page.locator("#flashes")).to_contain_text(email)
        link = self._link(stack, email)
        with visit(javascript=javascript) as visitor:
            visitor.page.goto(link)
            visitor.check_accessibility()
            visitor.page.get_by_role("button", name="Take it and look at the shop").click()
            expect(visitor.page).to_have_url(re.compile("/en/p/lumen/shop$"))
            visitor.page.goto(f"{stack.shop}/en/account/coupons")
            expect(visitor.page.get_by_role("heading", name="Twenty off with FANS")).to_be_visible()
            visitor.check_accessibility()
        way = read_one(stack, select(CouponHolding.way).order_by(CouponHolding.id.desc()))
        assert way is HoldingWay.EMAIL

    def _link(self, stack: Stack, email: str) -> str:
        deadline = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=30)
        while dt.datetime.now(dt.UTC) < deadline:
            text = read_one(stack, select(Mail.text_body).where(Mail.recipient == email))
            found = re.search(r"https?://\S+/coupons/claims/\S+", str(text or ""))
            if found:
                return re.sub(r"https?://[^/]+", stack.shop, found[0])
        pytest.fail("no mail came")

    def test_with_an_account_comes_back_to_the_coupon(self, stack: Stack, visit: Visit) -> None:
        with visit() as visitor:
            page = visitor.page
            page.goto(f"{stack.shop}{HOME}/coupons/CLUB")
            page.get_by_role("button", name="Take it without liking").click()
            expect(page).to_have_url(re.compile("/en/sign-in"))
            page.get_by_role("link", name="Create").first.click()
            page.get_by_label("Your name").fill("Noa Petit")
            page.get_by_label("E-mail address").fill("noa@example.com")
            page.get_by_label("Password").fill("a lamp on the stairs")
            page.get_by_role("button", name="Create the account").click()
            expect(page).to_have_url(re.compile("coupons/CLUB"))
            page.get_by_role("button", name="Take it without liking").click()
            expect(page.locator("#flashes")).to_contain_text("wallet")
        account = read_one(stack, select(Account.id).where(Account.email == "noa@example.com"))
        assert read_one(stack, select(Follower.id).where(Follower.account_id == account)) is None


class TestPages:
    @pytest.mark.parametrize(
        "path", ["/coupons", "/coupons/WELCOME", "/coupons/FANS?take=1", "/coupons/CLUB"]
    )
    @pytest.mark.parametrize(("language", "size"), [("en", DESK), ("fr", PHONE)])
    def test_are_accessible_and_fit(
        self, stack: Stack, visit: Visit, path: str, language: str, size: dict[str, int]
    ) -> None:
        with visit(language=language, **size) as visitor:
            visitor.page.goto(f"{stack.shop}/{language}/p/lumen{path}")
            visitor.check_accessibility()
            assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            visitor.check_console()
