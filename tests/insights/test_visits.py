"""What is a visit, and how visits get into the page's days."""

import datetime as dt
import multiprocessing
import threading

import pytest
from flask import Flask
from sqlalchemy import text

from shop.core.db import Database
from shop.insights.queries import list_all_days
from shop.insights.visits import VisitCounter
from shop.page.models import Page, Role
from tests.factories import make_account, make_page, make_product, make_staff
from tests.support.statements import count_statements
from tests.support.visitors import sign_in

FROM_OUTSIDE = {"Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
STRIPE = "http://127.0.0.1:12111/"


@pytest.fixture
def lumen(database: Database) -> Page:
    with database.transaction() as session:
        page = make_page(session, slug="lumen")
        make_product(session, page, slug="mug")
        return page


def counted(app: Flask, database: Database) -> int:
    app.extensions["vitrine.visits"].flush()
    with database.reading() as session:
        return sum(row.visits for row in list_all_days(session, 1))


class TestVisits:
    @pytest.mark.parametrize("path", ["", "/shop", "/shop/mug", "/about"])
    @pytest.mark.parametrize("site", ["cross-site", "none", "same-site"])
    def test_are_pages_that_one_comes_to_from_outside(
        self, app: Flask, database: Database, lumen: Page, path: str, site: str
    ) -> None:
        answer = app.test_client().get(f"/en/p/lumen{path}", headers={**FROM_OUTSIDE, "Sec-Fetch-Site": site})
        assert answer.status_code == 200
        assert counted(app, database) == 1

    @pytest.mark.parametrize(
        ("path", "headers"),
        [
            ("/en/p/lumen", {"Sec-Fetch-Site": "same-origin"}),
            ("/en/p/lumen", {"Sec-Fetch-Dest": "empty"}),
            ("/en/p/lumen", {"Sec-Purpose": "prefetch;prerender"}),
            ("/en/p/lumen", {"Purpose": "prefetch"}),
            ("/en/p/lumen", {"Referer": STRIPE}),
            ("/en/p/lumen/cart", {}),
            ("/en/", {}),
            ("/p/lumen", {}),
            ("/en/p/lumen/shop/missing", {}),
        ],
    )
    def test_are_nothing_else(
        self, app: Flask, database: Database, lumen: Page, path: str, headers: dict[str, str]
    ) -> None:
        app.test_client().get(path, headers={**FROM_OUTSIDE, **headers})
        assert counted(app, database) == 0

    def test_are_not_what_says_nothing_of_itself(self, app: Flask, database: Database, lumen: Page) -> None:
        app.test_client().get("/en/p/lumen")
        app.test_client().head("/en/p/lumen", headers=FROM_OUTSIDE)
        assert counted(app, database) == 0

    def test_are_also_pages_that_the_browser_still_has(
        self, app: Flask, database: Database, lumen: Page
    ) -> None:
        first = app.test_client().get("/en/p/lumen", headers=FROM_OUTSIDE)
        again = app.test_client().get(
            "/en/p/lumen", headers={**FROM_OUTSIDE, "If-None-Match": first.headers["ETag"]}
        )
        assert again.status_code == 304
        assert counted(app, database) == 2

    def test_are_not_the_staffs_own(self, app: Flask, database: Database, lumen: Page) -> None:
        with database.transaction() as session:
            worker, reader = make_account(session), make_account(session)
            make_staff(session, lumen, worker, Role.FULFILMENT)
        for account in (worker, reader):
            browser = app.test_client()
            sign_in(browser, account)
            browser.get("/en/p/lumen", headers=FROM_OUTSIDE)
        assert counted(app, database) == 1

    def test_cost_no_statement(self, app: Flask, database: Database, lumen: Page) -> None:
        browser = app.test_client()
        browser.get("/en/p/lumen")
        with count_statements(database.engine) as statements:
            browser.get("/en/p/lumen", headers=FROM_OUTSIDE)
        assert len(statements) == 1
        assert counted(app, database) == 1


class TestVisitCounter:
    def test_writes_by_the_pages_day_and_once(self, database: Database, lumen: Page) -> None:
        counter = VisitCounter(database)
        for minute in (44, 59, 61, 75):  # Paris is an hour ahead
            counter.count(
                lumen.id, dt.datetime(2026, 11, 24, 22, tzinfo=dt.UTC) + dt.timedelta(minutes=minute)
            )
        assert (counter.flush(), counter.flush()) == (4, 0)
        with database.reading() as session:
            found = [(row.day.day, row.visits) for row in list_all_days(session, lumen.id)]
        assert found == [(24, 2), (25, 2)]

    def test_writes_by_itself_after_a_while(self, database: Database, lumen: Page, now: dt.datetime) -> None:
        counter = VisitCounter(database, flush_s=0.05)
        counter.count(lumen.id, now)
        for thread in threading.enumerate():
            if isinstance(thread, threading.Timer):
                thread.join(10)
        with database.reading() as session:
            assert [row.visits for row in list_all_days(session, lumen.id)] == [1]

    def test_keeps_what_could_not_be_written(self, database: Database, lumen: Page, now: dt.datetime) -> None:
        counter = VisitCounter(database)
        counter.count(lumen.id, now)
        with database.transaction() as session:
            session.execute(text("ALTER TABLE page_days RENAME TO page_days_away"))
        assert counter.flush() == 0
        with database.transaction() as session:
            session.execute(text("ALTER TABLE page_days_away RENAME TO page_days"))
        assert counter.flush() == 1

    def test_forgets_a_page_that_is_gone(self, database: Database, lumen: Page, now: dt.datetime) -> None:
        counter = VisitCounter(database)
        counter.count(999, now)
        counter.count(lumen.id, now)
        assert counter.flush() == 2
        with database.reading() as session:
            assert [row.visits for row in list_all_days(session, lumen.id)] == [1]

    def test_writes_what_waits_when_its_process_ends(
        self, database: Database, lumen: Page, now: dt.datetime
    ) -> None:
        url = database.url.render_as_string(hide_password=False)
        process = multiprocessing.get_context("spawn").Process(
            target=count_and_end, args=(url, lumen.id, now)
        )
        process.start()
        process.join(60)
        assert process.exitcode == 0
        with database.reading() as session:
            assert [row.visits for row in list_all_days(session, lumen.id)] == [1]


def count_and_end(url: str, page_id: int, now: dt.datetime) -> None:
    """Be a server's process that is told to end right after a visit."""
    VisitCounter(Database(url), flush_s=3600).count(page_id, now)
