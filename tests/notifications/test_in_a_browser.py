"""Notifications in a real browser: the bell, the list, settings and unsubscribing, on a phone and a desk."""

import datetime as dt
import itertools
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete

from shop.accounts.models import Account
from shop.accounts.queries import find_account_by_email
from shop.core.db import Database
from shop.core.signing import Signer
from shop.notifications.models import Notification, NotificationKind, NotificationSetting
from shop.notifications.preferring import Stopping, stopping_token
from shop.notifications.reading import mark_all_read
from tests.flows.conftest import DESK, PHONE, Visitor, visit
from tests.flows.shopping import sign_in, stock_shop
from tests.notifications.telling import tell
from tests.support.stack import Stack, running_stack

__all__ = ["visit"]

pytestmark = pytest.mark.browser

Visit = Callable[..., AbstractContextManager[Visitor]]
OWNER = "camille@lumen.example"
SECRET_KEY = "test-secret-key-that-is-long-enough-for-it"
"""Of ``running_stack``."""
LONG = "Inès-Alexandrine de la Rochefoucauld-Montbazon"


@pytest.fixture(scope="module")
def stack(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A shop, the same for all of these."""
    folder = tmp_path_factory.mktemp("notifications")
    shutil.copy(sqlite_template, folder / "vitrine.db")
    with running_stack(f"sqlite:///{folder / 'vitrine.db'}", folder) as running:
        stock_shop(running)
        yield running


class Told:
    """The shop's owner, and what they are told; nothing is left of what other tests told and chose."""

    def __init__(self, stack: Stack, email: str) -> None:
        self.database = Database(stack.database_url)
        with self.database.transaction() as session:
            account = find_account_by_email(session, email)
            assert account is not None
            session.execute(delete(Notification))
            session.execute(delete(NotificationSetting))
            mark_all_read(session, account_id=account.id, until=None, now=dt.datetime.now(dt.UTC))
            account.unread_count = 0
            self.account: Account = account

    def tell(self, subject: str, *, kind: NotificationKind = NotificationKind.COMMENT_REPLY) -> None:
        """Tell the owner something that leads to the page's shop."""
        tell(
            self.database, self.account, now=dt.datetime.now(dt.UTC), subject=subject, kind=kind,
            actors=[LONG, "Marc"], path="/p/lumen/shop",
        )  # fmt: skip


@pytest.fixture
def told(stack: Stack) -> Told:
    return Told(stack, OWNER)


class TestNotificationsInABrowser:
    @pytest.mark.parametrize("javascript", [True, False])
    def test_lead_where_they_say_and_are_read_then(
        self, stack: Stack, visit: Visit, told: Told, javascript: bool
    ) -> None:
        told.tell("comment:1")
        told.tell("comment:2", kind=NotificationKind.PAGE_COMMENT)
        with visit(javascript=javascript) as owner:
            page = owner.page
            sign_in(page, stack, OWNER, then="/en/account")
            page.get_by_role("link", name="Notifications, 2 unread").click()
            page.get_by_role("link", name="answered your comment").click()
            expect(page).to_have_url(f"{stack.shop}/en/p/lumen/shop")
            page.get_by_role("link", name="Notifications, 1 unread").click()
            page.get_by_role("button", name="Mark all as read").press("Enter")
            expect(page.get_by_text("1 notification is marked as read.")).to_be_visible()
            expect(page.locator(".bell__count")).to_have_count(0)
            owner.check_console()

    def test_arrive_at_the_bell_without_a_reload(self, stack: Stack, visit: Visit, told: Told) -> None:
        with visit() as owner:
            page = owner.page
            page.clock.install()
            sign_in(page, stack, OWNER, then="/en/account")
            expect(page.locator(".bell__count")).to_have_count(0)
            told.tell("comment:1")
            page.clock.fast_forward(61_000)
            expect(page.locator(".bell__count")).to_have_text("1")
            owner.check_console()

    def test_settings_are_chosen_by_keyboard_and_kept(self, stack: Stack, visit: Visit, told: Told) -> None:
        with visit(javascript=False) as owner:
            page = owner.page
            sign_in(page, stack, OWNER, then="/en/account")
            page.goto(f"{stack.shop}/en/account/notifications")
            replies = page.get_by_role("group", name="Replies to my comments")
            replies.get_by_role("switch", name="In the app").press("Space")
            replies.get_by_role("radio", name="Once a day").press("ArrowRight")
            page.get_by_role("button", name="Save").press("Enter")
            expect(page.get_by_text("Saved.")).to_be_visible()
            expect(replies.get_by_role("switch", name="In the app")).not_to_be_checked()
            expect(replies.get_by_role("radio", name="Once a week")).to_be_checked()

    def test_mails_are_stopped_and_brought_back_without_signing_in(
        self, stack: Stack, visit: Visit, told: Told
    ) -> None:
        with visit(javascript=False) as reader:
            page = reader.page
            page.goto(stack.shop + stopping_path(stack, told))
            page.get_by_role("button", name="Stop these mails").click()
            expect(page.get_by_role("heading", name="You get no more of these mails")).to_be_visible()
            page.get_by_role("button", name="Undo").click()
            expect(page.get_by_role("heading", name="Stop these mails?")).to_be_visible()


def stopping_path(stack: Stack, told: Told, language: str = "en") -> str:
    token = stopping_token(Signer(SECRET_KEY), Stopping(told.account.id))
    return f"/{language}/unsubscribe/{token}"


@pytest.mark.parametrize(
    ("viewport", "scheme", "language"),
    list(itertools.product((PHONE, DESK), ("light", "dark"), ("en", "fr"))),
)
def test_every_page_is_sound(  # noqa: PLR0917
    stack: Stack, visit: Visit, told: Told, viewport: dict[str, int], scheme: str, language: str
) -> None:
    with visit(language=language, **viewport) as owner:
        page = owner.page
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        _check(owner, page, stack.shop + stopping_path(stack, told, language))
        sign_in(page, stack, OWNER, then="/en/account")
        _check(owner, page, f"{stack.shop}/{language}/notifications")
        for kind in NotificationKind:
            told.tell("thing:1", kind=kind)
        _check(owner, page, f"{stack.shop}/{language}/notifications")
        _check(owner, page, f"{stack.shop}/{language}/account/notifications")
        owner.check_console()


def _check(owner: Visitor, page: Page, address: str) -> None:
    page.goto(address)
    owner.check_accessibility()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
