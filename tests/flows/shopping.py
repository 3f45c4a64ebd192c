"""Steps that the browser tests share, as a person would take them."""

import re

from playwright.sync_api import Page, expect
from sqlalchemy import select

from shop.accounts.models import Account
from shop.accounts.passwords import hash_password
from shop.core.db import Database
from shop.page.models import Page as BrandPage
from shop.page.models import Role
from tests.factories import make_account, make_page, make_product, make_staff
from tests.support.stack import Stack

PASSWORD = "a lamp on the stairs"
GOOD, DECLINED = "4242 4242 4242 4242", "4000 0000 0000 0002"
HOME = "/en/p/lumen"


def stock_shop(stack: Stack) -> None:
    """Open a page that sells a lamp in two sizes, a plate and the last of something; with an owner."""
    database = Database(stack.database_url)
    with database.transaction() as session:
        owner = make_account(session, name="Camille Moreau", email="camille@lumen.example")
        owner.password_hash = hash_password(PASSWORD).value
        page = make_page(session, slug="lumen")
        page.contact_email = "shop@lumen.example"
        make_staff(session, page, owner, Role.OWNER)
        make_product(session, page, title="Lamp", slug="lamp", variants=[(4900, 0), (5900, 5)])
        make_product(session, page, title="Plate", slug="plate", variants=[(1500, 9)])
        make_product(session, page, title="Last one", slug="last-one", variants=[(2500, 1)])
    database.dispose()


def read_one(stack: Stack, statement: object) -> object:
    """Return the first column of the first row of ``statement``."""
    database = Database(stack.database_url)
    with database.reading() as session:
        value = session.scalars(statement).first()  # type: ignore[call-overload]
    database.dispose()
    return value


def follower_count(stack: Stack) -> int:
    """Return how many follow the page."""
    count = read_one(stack, select(BrandPage.follower_count).where(BrandPage.slug == "lumen"))
    assert isinstance(count, int)
    return count


def account_exists(stack: Stack, email: str) -> bool:
    """Tell whether somebody signed up with ``email``."""
    return read_one(stack, select(Account.id).where(Account.email == email)) is not None


def sign_up(page: Page, stack: Stack, email: str, *, then: str = HOME) -> None:
    """Make an account and come back to ``then``."""
    page.goto(f"{stack.shop}/en/sign-up?next={then}")
    page.get_by_label("Your name").fill("Alix Durand")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create the account").click()
    page.wait_for_url(f"{stack.shop}{then}")  # whole: the sign-in page has it in its query


def sign_in(page: Page, stack: Stack, email: str, *, then: str) -> None:
    """Sign in and go on to ``then``."""
    page.goto(f"{stack.shop}/en/sign-in?next={then}")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{stack.shop}{then}")  # whole: the sign-in page has it in its query


def fill_payment(page: Page, card: str, *, email: str | None = None) -> None:
    """Type all that the payment page asks for; ``email`` only where it is not known yet."""
    expect(page).to_have_url(re.compile("/c/pay/cs_test_"))
    if email is not None:
        page.locator("#email").fill(email)
    page.locator("#shipping_name").fill("Alix Durand")
    page.locator("#shipping_line1").fill("12 rue des Lilas")
    page.locator("#shipping_postal").fill("75011")
    page.locator("#shipping_city").fill("Paris")
    fill_card(page, card)


def fill_card(page: Page, card: str) -> None:
    """Type a card."""
    page.locator("#number").fill(card)
    page.locator("#expiry").fill("12 / 34")
    page.locator("#cvc").fill("123")
    if page.locator("#holder").count():
        page.locator("#holder").fill("Alix Durand")
    if page.locator("#postal").count():
        page.locator("#postal").fill("75011")


def pay(page: Page) -> None:
    """Press the payment page's button."""
    page.locator("button.submit").click()
