"""From a post to an order and back: seen in a feed, shared to a friend, bought, counted for the post."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from shop.accounts.models import Account
from shop.accounts.profile_models import Profile
from shop.feed.models import Post, PostTag, Share
from shop.orders.models import Order, OrderStatus
from tests.flows.conftest import DESK, PHONE, Visitor
from tests.flows.shopping import GOOD, HOME, fill_payment, pay, read_one, sign_in, sign_up, stock_shop
from tests.support.stack import Stack

pytestmark = pytest.mark.browser

Visit = Callable[..., AbstractContextManager[Visitor]]
OWNER = "camille@lumen.example"
SAID = "The plates are back from the kiln"


@pytest.fixture(autouse=True)
def _shop(stack: Stack) -> None:
    stock_shop(stack)


def write_post(page: Page, stack: Stack, tmp_path: Path) -> None:
    """Publish a post with a photo on which the plate is tagged, as the page's owner would."""
    photo = tmp_path / "kiln.jpg"
    Image.new("RGB", (900, 600), "#a87").save(photo)
    sign_in(page, stack, OWNER, then="/en/manage/lumen/posts/new")
    page.get_by_label("What you want to say").fill(f"**{SAID}**")
    page.get_by_label("Add photos").set_input_files(photo)
    expect(page.locator("[data-photo]")).to_have_count(1)
    page.wait_for_load_state("networkidle")  # the script brings the list of photos up to date
    page.get_by_label("What it shows").fill("Twelve plates on a board beside the kiln")
    page.get_by_label("Find a product to tag").fill("plate")
    page.locator("[data-photo]").first.click(position={"x": 60, "y": 60})
    page.get_by_role("button", name=re.compile("Plate")).first.click()
    expect(page.locator("[data-tag]")).to_have_count(1)
    page.wait_for_load_state("networkidle")
    page.get_by_role("button", name="Publish now").click()
    expect(page.get_by_text(SAID).first).to_be_visible()


class TestPost:
    @pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
    def test_is_seen_in_a_feed_bought_from_and_counts_the_order(
        self, stack: Stack, visit: Visit, tmp_path: Path, size: dict[str, int]
    ) -> None:
        with visit(**DESK) as camille:
            write_post(camille.page, stack, tmp_path)
            camille.check_console()
        post = read_one(stack, select(Post))
        assert isinstance(post, Post)
        tag = read_one(stack, select(PostTag))
        assert isinstance(tag, PostTag)
        assert tag.photo_id is not None
        with visit(**size) as alix:
            page = alix.page
            sign_up(page, stack, "alix@example.com")
            page.get_by_role("button", name="Like", exact=True).first.click()
            expect(page.get_by_role("button", name="Liked")).to_be_visible()
            page.goto(f"{stack.shop}/en/")
            article = page.locator(f"[data-post='{post.id}']")
            expect(article.get_by_text(SAID)).to_be_visible()
            alix.check_accessibility()
            article.get_by_role("button", name="Show Plate").click()
            page.get_by_role("button", name="Buy Plate").first.click()
            fill_payment(page, GOOD)
            pay(page)
            page.wait_for_url("**/orders/**")
            expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")
            alix.check_console()
        order = read_one(stack, select(Order))
        assert isinstance(order, Order)
        assert (order.status, order.touch_kind, order.touch_post_id) == (OrderStatus.PAID, "post", post.id)
        with visit(**size) as camille:
            sign_in(camille.page, stack, OWNER, then=f"/en/manage/lumen/insights/posts/{post.id}")
            expect(figure(camille.page, "Paid orders")).to_have_text("1")
            expect(figure(camille.page, "Revenue")).to_have_text("€19.90")
            camille.check_accessibility()
            camille.check_console()


class TestShare:
    @pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
    def test_to_a_friend_who_buys_as_a_guest_is_kept_on_the_order(
        self, stack: Stack, visit: Visit, tmp_path: Path, *, javascript: bool
    ) -> None:
        with visit() as camille:
            write_post(camille.page, stack, tmp_path)
        with visit(javascript=javascript) as noa, visit(javascript=javascript) as alix:
            sign_up(noa.page, stack, "noa@example.com")
            sign_up(alix.page, stack, "alix@example.com")
            befriend(alix.page, noa.page, stack, "noa@example.com")
            page = alix.page
            page.goto(f"{stack.shop}{HOME}")
            page.locator("article").first.get_by_role("link", name=re.compile("^Share")).click()
            page.get_by_label("Say something about it").fill("For your kitchen?")
            page.get_by_label("One friend").check()
            page.locator(".friend-choice").first.click()
            alix.check_accessibility()
            page.get_by_role("button", name="Share", exact=True).click()
            noa.page.goto(f"{stack.shop}/en/notifications")
            expect(noa.page.get_by_text(re.compile("Alix Durand shared"))).to_be_visible()
            noa.page.goto(f"{stack.shop}/en/")
            expect(noa.page.get_by_text("For your kitchen?").first).to_be_visible()
            noa.check_accessibility()
            alix.check_console()
            noa.check_console()
        share = read_one(stack, select(Share))
        assert isinstance(share, Share)
        with visit(javascript=javascript, **PHONE) as guest:
            guest.page.goto(f"{stack.shop}/s/{share.token}")
            guest.page.get_by_role("button", name="Buy Plate").first.click()
            fill_payment(guest.page, GOOD, email="noa@example.com")
            pay(guest.page)
            guest.page.wait_for_url("**/orders/**")
            guest.check_console()
        order = read_one(stack, select(Order))
        assert isinstance(order, Order)
        assert (order.status, order.account_id) == (OrderStatus.PAID, None)
        assert (order.touch_kind, order.touch_share_id, order.touch_post_id) == (
            "share",
            share.id,
            share.post_id,
        )
        with visit() as camille:
            sign_in(camille.page, stack, OWNER, then=f"/en/manage/lumen/orders/{order.number}")
            expect(camille.page.get_by_text(re.compile(SAID)).first).to_be_visible()
            camille.page.goto(f"{stack.shop}/en/manage/lumen/insights/posts/{share.post_id}")
            expect(figure(camille.page, "Paid orders")).to_have_text("1")


def figure(page: Page, name: str) -> Locator:
    """Return what a page of figures says of ``name``."""
    return (
        page.locator("dl > div, dl").filter(has=page.get_by_text(name, exact=True)).last.locator("dd").first
    )


def befriend(asker: Page, asked: Page, stack: Stack, email: str) -> None:
    """Let two people become friends as they would."""
    handle = read_one(
        stack,
        select(Profile.handle).join(Account, Account.id == Profile.account_id).where(Account.email == email),
    )
    asker.goto(f"{stack.shop}/en/people/{handle}")
    asker.get_by_role("button", name=re.compile("Add")).first.click()
    asked.goto(f"{stack.shop}/en/friends")
    asked.get_by_role("button", name=re.compile("Accept")).click()
    expect(asked.get_by_role("heading", name="1 friend")).to_be_visible()
