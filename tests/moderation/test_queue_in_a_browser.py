"""The moderators' queue in a real browser: by keyboard, without JavaScript, on phone and desk."""

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from shop.core.db import Database
from shop.feed.models import Comment
from shop.feed.talking import Writer, write_comment
from shop.page.queries import get_page
from tests.factories import make_account
from tests.flows.conftest import DESK, PHONE, Visitor, visit
from tests.flows.shopping import read_one, sign_in, sign_up, stock_shop
from tests.support.feeds import make_post
from tests.support.stack import Stack, running_stack

__all__ = ["visit"]

pytestmark = pytest.mark.browser

Visit = Callable[..., AbstractContextManager[Visitor]]
ROOM = "/en/manage/lumen/moderation"
SPAM = "https://a.example https://b.example https://c.example"


@pytest.fixture
def stack(sqlite_template: Path, tmp_path: Path) -> Iterator[Stack]:
    """A shop with a post under which two people left spam and one something ordinary."""
    shutil.copy(sqlite_template, tmp_path / "vitrine.db")
    with running_stack(f"sqlite:///{tmp_path / 'vitrine.db'}", tmp_path) as running:
        stock_shop(running)
        database = Database(running.database_url)
        now = dt.datetime.now(dt.UTC)
        with database.transaction() as session:
            post = make_post(session, get_page(session, "lumen"), now)
            for number, text in enumerate((f"{SPAM} one", f"{SPAM} two", "Very nice lamp")):
                who = make_account(session, name=f"Person {number}")
                write_comment(session, post=post, writer=Writer(who.id, who.name), text=text, now=now)
        database.dispose()
        yield running


def status_of(stack: Stack, text: str) -> str:
    """Return who sees the comment that says ``text``."""
    return str(read_one(stack, select(Comment.status).where(Comment.body == text)))


def enter(page: Page, stack: Stack, path: str = ROOM) -> None:
    """Sign in as the owner and go to a room."""
    sign_in(page, stack, "camille@lumen.example", then=path)


class TestQueue:
    def test_is_worked_through_by_keyboard(self, stack: Stack, visit: Visit) -> None:
        with visit(**DESK) as visitor:
            page = visitor.page
            enter(page, stack)
            button = page.get_by_role("button", name="Remove https").first
            button.focus()
            expect(button).to_be_focused()
            with page.expect_navigation():
                page.keyboard.press("Enter")
            assert status_of(stack, f"{SPAM} one") == "removed"
            visitor.check_accessibility()
            undo = page.get_by_role("button", name="Undo")
            undo.focus()
            with page.expect_navigation():
                page.keyboard.press("Enter")
            assert status_of(stack, f"{SPAM} one") == "held"
            page.get_by_role("checkbox", name="All on this page").focus()
            page.keyboard.press("Space")
            expect(page.get_by_text("2 ticked")).to_be_visible()
            with page.expect_navigation():
                page.get_by_role("button", name="Keep", exact=True).press("Enter")
            assert {status_of(stack, f"{SPAM} {word}") for word in ("one", "two")} == {"visible"}
            expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
            visitor.check_accessibility()
            visitor.check_console()

    def test_works_without_javascript(self, stack: Stack, visit: Visit) -> None:
        with visit(**PHONE, javascript=False) as visitor:
            page = visitor.page
            enter(page, stack)
            for box in page.get_by_role("checkbox", name="Tick").all():
                box.check()
            page.get_by_role("button", name="Hide", exact=True).click()
            assert {status_of(stack, f"{SPAM} {word}") for word in ("one", "two")} == {"hidden"}
            page.get_by_role("link", name="Decided").click()
            page.get_by_role("button", name="Take back").first.click()
            found = [status_of(stack, f"{SPAM} {word}") for word in ("one", "two")]
            assert sorted(found) == ["held", "hidden"]


class TestRooms:
    @pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
    def test_are_accessible_and_fit(self, stack: Stack, visit: Visit, size: dict[str, int]) -> None:
        with visit(**size, language="fr") as visitor:
            page = visitor.page
            enter(page, stack)
            for path in ("", "/decided", "/words", "/bans", "?reason=hate"):
                page.goto(f"{stack.shop}{ROOM.replace('/en/', '/fr/')}{path}")
                visitor.check_accessibility()
                overflow = (
                    "() => document.querySelector('main').scrollWidth > document.documentElement.clientWidth"
                )
                assert not page.evaluate(overflow), path
            visitor.check_console()


class TestReporting:
    def test_leads_to_the_queue_with_the_reason(self, stack: Stack, visit: Visit) -> None:
        comment_id = read_one(stack, select(Comment.id).where(Comment.body == "Very nice lamp"))
        with visit(**PHONE) as visitor:
            page = visitor.page
            sign_up(page, stack, "petra@example.com")
            page.goto(f"{stack.shop}/en/reports/new?kind=comment&id={comment_id}")
            page.get_by_role("button", name="Report", exact=True).click()
            expect(page.get_by_text("Choose a reason.")).to_be_visible()
            visitor.check_accessibility()
            page.get_by_label("It insults or harasses somebody").check()
            page.get_by_label("Anything that helps to decide").fill("They know why")
            page.get_by_role("button", name="Report", exact=True).click()
            expect(page.get_by_text("Thank you. The page’s moderators will look at it.")).to_be_visible()
        with visit(**DESK) as visitor:
            enter(visitor.page, stack, f"{ROOM}?reason=harassment")
            expect(visitor.page.get_by_text("They know why")).to_be_visible()
            expect(visitor.page.locator(".case")).to_have_count(1)
