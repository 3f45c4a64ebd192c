"""Today and the search in a real browser: charts draw, the table opens, keys work, visits are written at the end."""

import datetime as dt
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from shop.core.db import Database
from shop.page.days import raise_day
from shop.page.models import PageDay
from shop.page.queries import get_page
from tests.flows.conftest import DESK, PHONE, Visitor, visit
from tests.flows.shopping import read_one, sign_in, stock_shop
from tests.support.stack import Stack, running_stack

__all__ = ["visit"]

pytestmark = pytest.mark.browser

Visit = Callable[..., AbstractContextManager[Visitor]]
TODAY = "/en/manage/lumen"
COLOURS = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const found = new Set();
  for (let at = 0; at < data.length; at += 4) if (data[at + 3] > 200) found.add(data.slice(at, at + 3).join());
  return found.size;
}"""
VISITS = select(func.sum(PageDay.visits))
FIRST_CANVAS = "document.querySelector('[data-chart] canvas').toDataURL()"


@pytest.fixture(scope="module")
def stack(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A shop, the same for all of these, whose page had a fortnight of visits and orders."""
    folder = tmp_path_factory.mktemp("today")
    shutil.copy(sqlite_template, folder / "vitrine.db")
    with running_stack(f"sqlite:///{folder / 'vitrine.db'}", folder) as running:
        stock_shop(running)
        _fill_days(running)
        yield running


def _fill_days(stack: Stack) -> None:
    database = Database(stack.database_url)
    now = dt.datetime.now(dt.UTC)
    with database.transaction() as session:
        page_id = get_page(session, "lumen").id
        for days_ago in range(14):
            at = now - dt.timedelta(days=days_ago)
            raise_day(session, page_id=page_id, at=at, visits=30 + days_ago, new_followers=days_ago % 3)
            raise_day(
                session, page_id=page_id, at=at, currency="EUR", orders_paid=1 + days_ago % 2,
                sales_amount=1500 * (1 + days_ago % 4),
            )  # fmt: skip
    database.dispose()


def wait_until(happens: Callable[[], object]) -> None:
    """Look until something has happened; the policy of our pages keeps Playwright's own way from looking."""
    deadline = time.monotonic() + 20
    while not happens():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def open_today(visitor: Visitor, stack: Stack) -> Page:
    sign_in(visitor.page, stack, "camille@lumen.example", then=TODAY)
    return visitor.page


class TestToday:
    @pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
    def test_draws_its_charts_and_opens_its_table(
        self, stack: Stack, visit: Visit, size: dict[str, int]
    ) -> None:
        with visit(**size) as visitor:
            page = open_today(visitor, stack)
            charts = page.locator("[data-chart] canvas")
            expect(charts).to_have_count(5)
            for chart in charts.all():
                assert chart.evaluate(COLOURS) > 3
                box = chart.bounding_box()
                assert box is not None
                assert box["width"] > 250
                assert box["height"] > 100
            table = page.get_by_role("table")
            expect(table).not_to_be_visible()
            page.locator(".today-table summary").press("Enter")
            expect(table).to_be_visible()
            visitor.check_accessibility()
            visitor.check_console()

    def test_reads_its_days_by_arrow_keys(self, stack: Stack, visit: Visit) -> None:
        with visit() as visitor:
            page = open_today(visitor, stack)
            page.locator("[data-chart]").first.focus()
            page.keyboard.press("ArrowLeft")
            expect(page.locator("#readout-sales")).to_contain_text("€15.00")
            page.keyboard.press("ArrowLeft")
            expect(page.locator("#readout-sales")).to_contain_text("€30.00")

    def test_draws_anew_in_the_dark_and_in_another_size(self, stack: Stack, visit: Visit) -> None:
        with visit() as visitor:
            page = open_today(visitor, stack)
            light = page.evaluate(FIRST_CANVAS)
            page.emulate_media(color_scheme="dark")
            wait_until(lambda: page.evaluate(FIRST_CANVAS) != light)
            page.set_viewport_size(PHONE)
            wait_until(
                lambda: page.evaluate("document.querySelector('[data-chart] canvas').clientWidth") < 390
            )
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
            visitor.check_console()

    def test_shows_its_table_without_a_script(self, stack: Stack, visit: Visit) -> None:
        with visit(javascript=False) as visitor:
            page = open_today(visitor, stack)
            expect(page.get_by_role("table")).to_be_visible()
            expect(page.locator("[data-chart]").first).not_to_be_visible()


class TestSearch:
    def test_is_reached_and_used_by_keys(self, stack: Stack, visit: Visit) -> None:
        with visit() as visitor:
            page = open_today(visitor, stack)
            page.keyboard.press("/")
            page.keyboard.type("plate")
            page.keyboard.press("Enter")
            page.wait_for_url("**/search?q=plate")
            page.locator("#page-search").focus()
            page.keyboard.press("ArrowDown")
            visitor.check_accessibility()
            page.keyboard.press("Enter")
            page.wait_for_url("**/products/*")
            visitor.check_console()


class TestVisits:
    def test_are_those_of_a_real_browser_and_written_within_seconds(self, stack: Stack, visit: Visit) -> None:
        before = read_one(stack, VISITS)
        with visit() as visitor:
            visitor.page.goto(f"{stack.shop}/en/p/lumen")  # as if typed: the first is a visit
            visitor.page.get_by_role("link", name="Plate").first.click()  # the second comes from the first
            visitor.page.wait_for_url("**/plate*")
        wait_until(lambda: read_one(stack, VISITS) != before)
        time.sleep(5)  # so long that a second one would be written too
        assert read_one(stack, VISITS) == before + 1  # type: ignore[operator]
