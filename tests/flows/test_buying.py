"""From a brand's page to the mail, in a real browser, shop and stand-in on two origins."""

import re
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from io import BytesIO

import httpx
import pytest
from PIL import Image
from playwright.sync_api import expect
from sqlalchemy import select

from shop.catalog.models import Variant
from shop.orders.models import Order, OrderStatus
from shop.payments.models import StripeCustomer
from tests.flows.conftest import DESK, PHONE, Visitor
from tests.flows.shopping import (
    DECLINED,
    GOOD,
    HOME,
    fill_card,
    fill_payment,
    follower_count,
    pay,
    read_one,
    sign_in,
    sign_up,
    stock_shop,
)
from tests.support.stack import Stack

pytestmark = pytest.mark.browser

Visit = Callable[..., AbstractContextManager[Visitor]]


@pytest.fixture(autouse=True)
def _shop(stack: Stack) -> None:
    stock_shop(stack)


class TestFollower:
    @pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
    def test_likes_buys_is_declined_pays_and_gets_a_mail(
        self, stack: Stack, visit: Visit, size: dict[str, int]
    ) -> None:
        with visit(**size) as visitor:
            page = visitor.page
            sign_up(page, stack, "alix@example.com")
            page.get_by_role("button", name="Like", exact=True).click()
            expect(page.get_by_role("button", name="Liked")).to_be_visible()
            assert follower_count(stack) == 1
            page.get_by_role("link", name="Shop", exact=True).click()
            page.locator(".product-card__link", has_text="Lamp").click()
            page.wait_for_url("**/shop/lamp")
            expect(page.get_by_role("radio", name=re.compile("Size 1"))).to_be_disabled()
            page.locator(".choice", has_text="Size 2").first.click()
            page.get_by_role("button", name="Buy now").click()
            expect(page.locator("#email")).to_have_value("alix@example.com")
            fill_payment(page, DECLINED)
            pay(page)
            expect(page.get_by_text("Your card was declined").first).to_be_visible()
            visitor.check_accessibility()
            fill_card(page, GOOD)
            pay(page)
            page.wait_for_url("**/orders/**")
            expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")
            expect(page.get_by_text("A payment was declined")).to_be_visible()
            visitor.check_accessibility()
            order = read_one(stack, select(Order))
            assert isinstance(order, Order)
            assert (order.status, order.was_follower, order.total_amount) == (
                OrderStatus.PAID,
                True,
                5900 + 490,
            )
            number = order.number
            page.goto(f"{stack.shop}/en/orders")
            page.get_by_text(number).click()
            page.goto(f"{stack.shop}/en/test-mode/mail")
            expect(page.get_by_role("link", name=re.compile(f"Your order {number}"))).to_be_visible(
                timeout=30_000
            )
            visitor.check_console()

    def test_finds_the_same_customer_and_address_the_second_time(self, stack: Stack, visit: Visit) -> None:
        with visit() as visitor:
            page = visitor.page
            sign_up(page, stack, "alix@example.com")
            customers = []
            for _ in range(2):
                page.goto(f"{stack.shop}{HOME}/shop/plate")
                page.get_by_role("button", name="Buy now").click()
                expect(page.locator("#email")).to_have_value("alix@example.com")
                session_id = page.url.rsplit("/", 1)[-1].split("?")[0].split("#")[0]
                customers.append(_session(stack, session_id)["customer"])
                fill_payment(page, GOOD)
                pay(page)
                page.wait_for_url("**/orders/**")
        assert customers[0] is not None
        assert customers[0] == customers[1]

    def test_two_first_checkouts_at_once_make_one_customer(self, stack: Stack, visit: Visit) -> None:
        with visit() as visitor:
            sign_up(visitor.page, stack, "alix@example.com")
            cookies = {cookie["name"]: cookie["value"] for cookie in visitor.context.cookies(stack.shop)}
        answers: list[httpx.Response] = []

        def buy(slug: str) -> None:
            variant_id = read_one(
                stack,
                select(Variant.id).where(Variant.sku.is_not(None), Variant.price_amount == PRICES[slug]),
            )
            with httpx.Client(
                cookies=cookies, headers={"Sec-Fetch-Site": "same-origin"}, timeout=60
            ) as client:
                answers.append(
                    client.post(
                        f"{stack.shop}{HOME}/purchases", data={"variant_id": variant_id, "quantity": 1}
                    )
                )

        threads = [threading.Thread(target=buy, args=(slug,)) for slug in ("plate", "last-one")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [answer.status_code for answer in answers] == [303, 303]
        made = [row for row in _api(stack, "/v1/customers")["data"] if row["email"] == "alix@example.com"]
        assert len(made) == 1
        assert read_one(stack, select(StripeCustomer.stripe_customer_id)) == made[0]["id"]


PRICES = {"plate": 1500, "last-one": 2500}


def _api(stack: Stack, path: str) -> dict[str, list[dict[str, str]]]:
    answer = httpx.get(f"{stack.sandbox}{path}", auth=("sk_test_vitrine_stand_in", ""), timeout=30)
    assert answer.is_success, answer.text
    found: dict[str, list[dict[str, str]]] = answer.json()
    return found


def _session(stack: Stack, session_id: str) -> dict[str, str | None]:
    found: dict[str, str | None] = _api(stack, f"/v1/checkout/sessions/{session_id}")  # type: ignore[assignment]
    return found


class TestGuest:
    @pytest.mark.parametrize("javascript", [True, False], ids=["with-script", "without-script"])
    def test_buys_what_the_admin_has_just_listed(self, stack: Stack, visit: Visit, javascript: bool) -> None:
        with visit(javascript=javascript) as admin:
            page = admin.page
            sign_in(page, stack, "camille@lumen.example", then="/en/manage/lumen/products")
            page.get_by_role("link", name="New product").first.click()
            page.locator("[name='title']").fill("Bowl")
            page.locator("[name='description']").fill("Thrown by hand.")
            page.locator("#variant-0-price").fill("24.50")
            page.locator("#variant-0-stock").fill("3")
            page.locator("[name='uploads']").set_input_files(
                {"name": "bowl.jpg", "mimeType": "image/jpeg", "buffer": _picture()}
            )
            page.get_by_role("button", name="Save and publish").click()
            expect(page.get_by_text("“Bowl” is in the shop.")).to_be_visible()
            admin.check_console()
        with visit(javascript=javascript, **PHONE) as guest:
            page = guest.page
            page.goto(f"{stack.shop}{HOME}/shop?q=bowl")
            expect(page.locator(".product-card", has_text="Bowl")).to_have_count(1)
            page.goto(f"{stack.shop}{HOME}/shop/bowl")
            page.get_by_role("button", name="Add to cart").click()
            expect(page.get_by_text("Added to your cart")).to_be_visible()
            page.goto(f"{stack.shop}{HOME}/cart")
            guest.check_accessibility() if javascript else None
            page.get_by_role("button", name=re.compile("Check out")).click()
            fill_payment(page, GOOD, email="guest@example.com")
            pay(page)
            page.wait_for_url("**/orders/**")
            expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")
            page.goto(f"{stack.shop}{HOME}/cart")
            expect(page.get_by_role("heading", name="Your cart is empty")).to_be_visible()
            guest.check_console()

    def test_meets_the_cart_again_after_signing_in(self, stack: Stack, visit: Visit) -> None:
        with visit() as visitor:
            page = visitor.page
            page.goto(f"{stack.shop}{HOME}/shop/plate")
            page.get_by_role("button", name="Add to cart").click()
            sign_up(page, stack, "late@example.com", then=f"{HOME}/cart")
            expect(page.locator(".cart-line", has_text="Plate")).to_have_count(1)

    def test_goes_back_and_buys_the_last_one_in_the_same_session(self, stack: Stack, visit: Visit) -> None:
        with visit() as visitor:
            page = visitor.page
            page.goto(f"{stack.shop}{HOME}/shop/last-one")
            page.get_by_role("button", name="Buy now").click()
            page.wait_for_url("**/c/pay/**")
            first = page.url
            page.go_back()
            page.get_by_role("button", name="Buy now").click()
            page.wait_for_url("**/c/pay/**")
            assert page.url == first
        with visit() as other:
            other.page.goto(f"{stack.shop}{HOME}/shop/last-one")
            expect(other.page.get_by_role("button", name="Sold out")).to_be_disabled()


def _picture() -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (900, 700), "#7a9a6a").save(buffer, "JPEG")
    return buffer.getvalue()
