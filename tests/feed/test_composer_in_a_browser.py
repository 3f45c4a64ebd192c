"""The composer in a real browser: by keyboard alone, by a press on the photo, and without JavaScript."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from shop.core.db import Database
from shop.feed.models import Post, PostPhoto, PostStatus, PostTag
from tests.flows.conftest import DESK, PHONE, Visitor, visit
from tests.flows.shopping import sign_in, stock_shop
from tests.support.hand import take_photographs
from tests.support.stack import Stack, running_stack

__all__ = ["visit"]

pytestmark = pytest.mark.browser

Visit = Callable[..., AbstractContextManager[Visitor]]
POSTS = "/en/manage/lumen/posts"


@pytest.fixture
def stack(sqlite_template: Path, tmp_path: Path) -> Iterator[Stack]:
    """A shop whose owner may sign in."""
    shutil.copy(sqlite_template, tmp_path / "vitrine.db")
    with running_stack(f"sqlite:///{tmp_path / 'vitrine.db'}", tmp_path) as running:
        stock_shop(running)
        yield running


@pytest.fixture
def photographs(tmp_path: Path) -> list[Path]:
    """Three small pictures that differ."""
    return take_photographs(tmp_path)


def open_composer(page: Page, stack: Stack) -> None:
    """Sign in and begin a post."""
    sign_in(page, stack, "camille@lumen.example", then=POSTS)
    page.goto(f"{stack.shop}{POSTS}/new")


def only_post(stack: Stack) -> tuple[Post, list[PostPhoto], list[PostTag]]:
    """Return the one post with its photos and tags."""
    database = Database(stack.database_url)
    with database.reading() as session:
        post = session.scalars(select(Post)).one()
        photos = list(session.scalars(select(PostPhoto).order_by(PostPhoto.position)))
        tags = list(session.scalars(select(PostTag).order_by(PostTag.id)))
    database.dispose()
    return post, photos, tags


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until what ``selector`` names has the focus."""
    for _ in range(80):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"nothing that {selector} names is reached with Tab")


class TestComposer:
    def test_tags_a_product_on_a_photo_by_keyboard_alone(
        self, stack: Stack, visit: Visit, photographs: list[Path]
    ) -> None:
        with visit(**DESK) as visitor:
            page = visitor.page
            open_composer(page, stack)
            tab_to(page, "#field-body")
            page.keyboard.type("Look at **this**")
            page.get_by_label("Add photos").set_input_files(photographs[:2])  # a dialog of the system's
            expect(page.locator("[data-photo]")).to_have_count(2)
            tab_to(page, "#photo-0-alt")
            page.keyboard.type("A red wall")
            tab_to(page, "[name='photo-1-decorative']")
            page.keyboard.press("Space")
            tab_to(page, "#field-product_q")
            page.keyboard.type("plate")
            page.keyboard.press("Enter")
            expect(page.locator(".post-result button")).to_be_focused()
            page.keyboard.press("Enter")
            expect(page.locator("#tag-0-photo")).to_be_focused()
            page.keyboard.press("ArrowDown")
            expect(page.locator(".post-point")).to_have_count(1)
            page.keyboard.press("Shift+Tab")
            tab_back = page.locator(".post-point")
            tab_back.focus()
            for key in ("ArrowRight", "ArrowRight", "Shift+ArrowDown"):
                page.keyboard.press(key)
            expect(tab_back).to_have_attribute("aria-label", "Plate: 52 %, 55 %")
            visitor.check_accessibility()
            tab_to(page, "button[value='publish']")
            with page.expect_navigation():
                page.keyboard.press("Enter")
            expect(page.get_by_text("The post is published.")).to_be_visible()
            visitor.check_accessibility()
            visitor.check_console()
        post, photos, (tag,) = only_post(stack)
        assert post.status is PostStatus.PUBLISHED
        assert [(photo.alt, photo.is_decorative) for photo in photos] == [("A red wall", False), ("", True)]
        assert (tag.photo_id, tag.x, tag.y) == (photos[0].id, 520, 550)

    def test_puts_a_product_where_the_photo_is_pressed(
        self, stack: Stack, visit: Visit, photographs: list[Path]
    ) -> None:
        with visit(**PHONE) as visitor:
            page = visitor.page
            open_composer(page, stack)
            page.get_by_label("Add photos").set_input_files(photographs[:1])
            image = page.locator("[data-photo] img")
            image.scroll_into_view_if_needed()
            box = image.bounding_box()
            assert box is not None
            image.click(position={"x": box["width"] * 0.25, "y": box["height"] * 0.75})
            expect(page.get_by_text("A point on Photo 1 is chosen")).to_be_visible()
            page.get_by_role("button", name="Tag Lamp").click()
            expect(page.locator(".post-point")).to_have_count(1)
            expect(page.locator("#tag-0-x")).to_have_value(re.compile("^2[45]"))  # whole pixels
            point = page.locator(".post-point")
            point.scroll_into_view_if_needed()
            start = point.bounding_box()
            assert start is not None
            page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
            page.mouse.down()
            page.mouse.move(
                start["x"] + start["width"] / 2 + box["width"] / 4, start["y"] + start["height"] / 2
            )
            page.mouse.up()
            expect(page.locator("#tag-0-x")).to_have_value(re.compile("^(49|50)"))
            page.get_by_role("button", name="Publish now").click()
            expect(page.get_by_text("Say what this photo shows").first).to_be_visible()
            expect(page.locator("#photo-0-alt")).to_have_attribute("aria-invalid", "true")
            visitor.check_accessibility()
            page.get_by_label("What it shows").fill("A red wall")
            page.get_by_role("button", name="Publish now").click()
            expect(page.get_by_text("The post is published.")).to_be_visible()
            visitor.check_console()
        _post, (photo,), (tag,) = only_post(stack)
        assert tag.photo_id == photo.id
        assert (tag.x, tag.y) == (pytest.approx(500, abs=15), pytest.approx(750, abs=15))

    def test_does_it_all_without_javascript(
        self, stack: Stack, visit: Visit, photographs: list[Path]
    ) -> None:
        with visit(javascript=False, **DESK) as visitor:
            page = visitor.page
            open_composer(page, stack)
            page.get_by_label("What you want to say").fill("Look at **this**")
            page.get_by_label("Add photos").set_input_files(photographs[:2])
            page.get_by_role("button", name="Upload the chosen photos").click()
            page.locator("#photo-0-alt").fill("Red")
            page.locator("#photo-1-alt").fill("Green")
            page.locator("#photo-1-position").fill("1")
            page.locator("#photo-0-position").fill("2")
            page.locator("#field-product_q").fill("plate")
            page.get_by_role("button", name="Find", exact=True).click()
            page.get_by_role("button", name="Tag Plate").click()
            page.locator("#tag-0-photo").select_option(label="photo 2")
            page.get_by_label("Percent from the left").fill("10")
            page.get_by_label("Percent from the top").fill("90,5")
            page.get_by_role("button", name="Preview").last.click()
            expect(page.locator("#preview strong", has_text="this")).to_be_visible()
            expect(page.locator("#preview circle")).to_have_count(1)
            page.get_by_role("button", name="Publish now").click()
            expect(page.get_by_text("The post is published.")).to_be_visible()
        post, photos, (tag,) = only_post(stack)
        assert post.body == "Look at **this**"
        assert [photo.alt for photo in photos] == ["Green", "Red"]
        assert (tag.photo_id, tag.x, tag.y) == (photos[1].id, 100, 905)

    def test_asks_before_what_was_typed_is_left(self, stack: Stack, visit: Visit) -> None:
        with visit(**DESK) as visitor:
            page = visitor.page
            open_composer(page, stack)
            page.get_by_label("What you want to say").fill("Not yet")
            asked: list[str] = []
            page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
            page.get_by_role("link", name="All posts").click(no_wait_after=True)
            page.wait_for_timeout(300)
            assert asked == ["beforeunload"]
            with page.expect_navigation():
                page.keyboard.press("Control+s")
            expect(page.get_by_text("Saved.")).to_be_visible()
        assert only_post(stack)[0].status is PostStatus.DRAFT
