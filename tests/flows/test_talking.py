"""Two people at their browsers under one post: reacting by keyboard, talking without reloading, and without scripts."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select, update

from shop.accounts.models import Account
from shop.accounts.passwords import hash_password
from shop.core.db import Database
from shop.feed.models import Comment, PostKind, Reaction, ReactionKind
from shop.page.models import Page as BrandPage
from tests.factories import make_account
from tests.feed.talk_house import LONG_AGO, make_post, say
from tests.flows.conftest import DESK, PHONE, Visitor
from tests.flows.shopping import PASSWORD, read_one, stock_shop
from tests.support.stack import Stack, running_stack

pytestmark = pytest.mark.browser
Visit = Callable[..., AbstractContextManager[Visitor]]
POST = "/en/p/lumen/posts/1"


@pytest.fixture
def stack(sqlite_template: Path, tmp_path: Path) -> Iterator[Stack]:
    """A shop with a post of six photos, two products in it, and two people who can sign in."""
    path = tmp_path / "vitrine.db"
    shutil.copy(sqlite_template, path)
    with running_stack(f"sqlite:///{path}", tmp_path) as running:
        stock_shop(running)
        database = Database(running.database_url)
        with database.transaction() as session:
            page = session.query(BrandPage).filter_by(slug="lumen").one()
            post = make_post(
                session, page, body="A new lamp. " * 60, kind=PostKind.PHOTO, photos=6, products=2
            )
            for name in ("lea", "tom"):
                one = make_account(session, name=name.title(), email=f"{name}@example.com", now=LONG_AGO)
                session.execute(
                    update(Account)
                    .where(Account.id == one.id)
                    .values(password_hash=hash_password(PASSWORD).value)
                )
            owner = session.query(Account).filter_by(email="camille@lumen.example").one()
            say(session, post, owner, "Ask us anything.", as_page=True)
        database.dispose()
        yield running


def sign_in(page: Page, stack: Stack, name: str, *, then: str = POST) -> None:
    page.goto(f"{stack.shop}/en/sign-in?next={then}")
    page.get_by_label("E-mail address").fill(f"{name}@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{stack.shop}{then}")


class TestReacting:
    def test_works_by_keyboard(self, visit: Visit, stack: Stack) -> None:
        with visit(**DESK) as lea:
            sign_in(lea.page, stack, "lea")
            lea.page.locator(".react summary").focus()
            lea.page.keyboard.press("Enter")
            lea.page.keyboard.press("Tab")
            lea.page.keyboard.press("ArrowRight")
            lea.page.keyboard.press("Enter")
            expect(lea.page.locator(".react summary")).to_have_text("Your reaction: Love")
            expect(lea.page.locator(".react summary")).to_be_focused()
            expect(lea.page.locator(".post__counts")).to_contain_text("You")
            assert read_one(stack, select(Reaction.kind)) == ReactionKind.LOVE
            lea.page.keyboard.press("Enter")
            lea.page.locator(".react__kind[aria-pressed=true]").click()
            expect(lea.page.locator(".react summary")).to_have_text("React")
            lea.check_console()

    def test_works_without_scripts(self, visit: Visit, stack: Stack) -> None:
        with visit(javascript=False, **PHONE) as lea:
            sign_in(lea.page, stack, "lea")
            lea.page.locator(".react summary").click()
            lea.page.get_by_role("button", name="Wow").click()
            expect(lea.page.locator(".react summary")).to_have_text("Your reaction: Wow")


class TestNoAnswer:
    def test_is_told_and_nothing_is_sent_again_by_itself(self, visit: Visit, stack: Stack) -> None:
        with visit(**PHONE) as lea:
            sign_in(lea.page, stack, "lea")
            page, asked = lea.page, []
            for acts in ("**/comments", "**/reaction", "**/hiding", "**/likes"):
                page.route(acts, lambda route: (asked.append(route.request.url), route.abort()))
            page.locator(".react summary").click()
            page.get_by_role("button", name="Wow").click()
            expect(page.locator(".post__foot > [data-refusal]")).to_contain_text("No answer came")
            expect(page.locator(".react summary")).to_be_focused()
            page.get_by_label("More about this post").click()
            page.get_by_role("button", name="Hide from my feed").click()
            page.get_by_role("button", name="Like", exact=True).last.click()
            expect(page.get_by_text("No answer came")).to_have_count(3)
            for told in page.get_by_text("No answer came").all():
                expect(told).to_be_visible()
                assert (told.bounding_box() or {})["width"] > PHONE["width"] / 2
            page.get_by_label("Write a comment").fill("Is anybody there?")
            write = page.locator("[data-write^=post]")
            write.get_by_role("button", name="Comment").click()
            expect(write.locator("xpath=following-sibling::*[@data-refusal]")).to_contain_text(
                "No answer came"
            )
            expect(page.get_by_label("Write a comment")).to_have_value("Is anybody there?")
            lea.check_accessibility()
            assert len([url for url in asked if url.endswith("/reaction")]) == 1
            page.unroute_all()
            write.get_by_role("button", name="Comment").click()
            expect(page.locator("#comments-list > li").first).to_contain_text("Is anybody there?")
            expect(page.get_by_text("No answer came")).to_have_count(3)
            said = select(func.count()).where(Comment.body == "Is anybody there?")
            assert read_one(stack, said) == 1


class TestTalking:
    def test_appears_in_another_browser_without_reloading(self, visit: Visit, stack: Stack) -> None:
        with visit(**DESK) as lea, visit(**PHONE) as tom:
            for visitor, name in ((lea, "lea"), (tom, "tom")):
                sign_in(visitor.page, stack, name)
            tom.page.evaluate("window.isStillHere = true")
            lea.page.get_by_label("Write a comment").fill("Does it come in green?")
            lea.page.locator("[data-write^=post]").get_by_role("button", name="Comment").click()
            expect(lea.page.locator("#comments-list > li").first).to_contain_text("Does it come in green?")
            expect(lea.page.get_by_label("Write a comment")).to_have_value("")
            there = tom.page.locator("#comments-list > li").first
            expect(there).to_contain_text("Does it come in green?", timeout=30_000)
            expect(tom.page.locator("[data-talk-news]")).to_have_text("1 new comment")
            expect(tom.page.locator("[data-comment-number]")).to_have_text("2")
            there.get_by_role("link", name="Reply").click()
            tom.page.get_by_label("Your reply").fill("From December on.")
            tom.page.get_by_label("Your reply").locator("xpath=ancestor::form").get_by_role("button").click()
            expect(there.locator(".comment__replies")).to_contain_text("From December on.")
            expect(lea.page.locator(".comment__replies").first).to_contain_text(
                "From December on.", timeout=30_000
            )
            assert tom.page.evaluate("window.isStillHere")
            for visitor in (lea, tom):
                visitor.check_accessibility()
                visitor.check_console()

    def test_is_edited_liked_deleted_and_brought_back_in_place(self, visit: Visit, stack: Stack) -> None:
        with visit(**PHONE) as lea:
            sign_in(lea.page, stack, "lea")
            page = lea.page
            page.get_by_label("Write a comment").fill("Lovley")
            page.locator("[data-write^=post]").get_by_role("button", name="Comment").click()
            mine = page.locator("#comments-list > li").first
            mine.get_by_role("link", name="Edit").click()
            page.get_by_label("Your comment").fill("Lovely")
            page.get_by_role("button", name="Save").click()
            expect(mine).to_contain_text("edited")
            mine.get_by_role("button", name="Like").click()
            expect(mine.get_by_role("button", name="Like")).to_have_attribute("aria-pressed", "true")
            mine.get_by_role("button", name="Delete").click()
            expect(mine).to_contain_text("Your comment is deleted.")
            mine.get_by_role("button", name="Undo").click()
            expect(mine).to_contain_text("Lovely")
            lea.check_console()

    def test_tells_what_is_wrong_at_the_field(self, visit: Visit, stack: Stack) -> None:
        with visit(**DESK) as lea:
            sign_in(lea.page, stack, "lea")
            lea.page.get_by_label("Write a comment").fill("x" * 2001)
            lea.page.locator("[data-write^=post]").get_by_role("button", name="Comment").click()
            expect(lea.page.locator("[data-errors]").first).to_contain_text("2001 characters")
            expect(lea.page.get_by_label("Write a comment")).to_have_value("x" * 2001)
            lea.check_accessibility()

    def test_of_a_guest_is_kept_over_the_sign_in(self, visit: Visit, stack: Stack) -> None:
        with visit(**PHONE) as guest:
            page = guest.page
            page.goto(f"{stack.shop}{POST}")
            page.get_by_label("Write a comment").fill("I waited for this one.")
            page.locator("[data-write^=post]").get_by_role("button", name="Comment").click()
            page.get_by_label("E-mail address").fill("lea@example.com")
            page.get_by_label("Password").fill(PASSWORD)
            page.locator("main").get_by_role("button", name="Sign in").click()
            expect(page.get_by_label("Write a comment")).to_have_value("I waited for this one.")

    def test_works_without_scripts(self, visit: Visit, stack: Stack) -> None:
        with visit(javascript=False, **PHONE) as lea:
            sign_in(lea.page, stack, "lea")
            page = lea.page
            page.get_by_label("Write a comment").fill("Plain and simple")
            page.locator("[data-write^=post]").get_by_role("button", name="Comment").click()
            mine = page.locator("#comments-list > li").first
            expect(mine).to_contain_text("Plain and simple")
            mine.get_by_role("link", name="Reply").click()
            page.get_by_label("Your reply").fill("To myself")
            page.get_by_role("button", name="Reply").click()
            expect(page.locator(".comment__replies").first).to_contain_text("To myself")


class TestPhotos:
    def test_open_large_and_turn_by_keyboard(self, visit: Visit, stack: Stack) -> None:
        with visit(**DESK) as guest:
            page = guest.page
            page.goto(f"{stack.shop}/en/p/lumen")
            expect(page.locator(".album__more")).to_contain_text("+1")
            page.wait_for_function("document.querySelector('script[src*=photos]')")
            page.locator("[data-photo]").first.focus()
            page.keyboard.press("Enter")
            expect(page.locator("dialog.viewer .viewer__place")).to_have_text("Photo 1 of 5")
            page.keyboard.press("ArrowLeft")
            expect(page.locator("dialog.viewer .viewer__place")).to_have_text("Photo 5 of 5")
            page.keyboard.press("Escape")
            expect(page.locator("[data-photo]").first).to_be_focused()

    def test_open_the_product_at_a_point(self, visit: Visit, stack: Stack) -> None:
        with visit(**PHONE) as guest:
            page = guest.page
            page.goto(f"{stack.shop}{POST}")
            page.locator(".dot").nth(1).click()
            expect(page.locator(".good-pop").get_by_role("button", name="Buy")).to_be_visible()
            guest.check_accessibility()
            page.keyboard.press("Escape")
            expect(page.locator(".good-pop")).to_be_hidden()
