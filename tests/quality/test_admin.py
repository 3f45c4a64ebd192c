"""The room of fan quality: figures, reasons, the list, a person's word, roles, and few statements however many likes."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from shop.core.db import Database
from shop.page.models import AuditEntry, LikeSource, Page, Role
from shop.quality.fan_queries import ScorePlace, list_doubted
from shop.quality.looking import look_at_page
from shop.quality.models import FanLook, FanReport, FanVerdict
from tests.factories import START, make_account, make_staff
from tests.quality.house import add_bought, add_real, like, make_old_page, make_people
from tests.support.plans import plan_of, record_selects
from tests.support.statements import count_statements
from tests.support.visitors import sign_in

PATH = "/en/manage/lumen/fan-quality"
BrowserOf = Callable[[Role], FlaskClient]


@pytest.fixture
def page(database: Database) -> Page:
    with database.transaction() as session:
        return make_old_page(session)


@pytest.fixture
def staff_browser(app: Flask, database: Database, page: Page) -> BrowserOf:
    def make(role: Role) -> FlaskClient:
        with database.transaction() as session:
            account = make_account(session, name=role.value.title())
            make_staff(session, page, account, role)
        client = app.test_client()
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        sign_in(client, account)
        return client

    return make


@pytest.fixture
def bought(database: Database, page: Page) -> list[int]:
    """A page with 60 real fans and 100 bought likes that was looked at."""
    with database.transaction() as session:
        add_real(session, page, 60)
        found = add_bought(session, page, 100)
    look_at_page(database, page_id=page.id, now=START)
    return found


def fans_on(text: str) -> list[int]:
    return [int(one) for one in re.findall(r'id="fan-(\d+)"', text)]


class TestShowQuality:
    @pytest.mark.usefixtures("bought")
    def test_tells_share_counts_interval_and_reasons(self, staff_browser: BrowserOf) -> None:
        text = staff_browser(Role.ANALYST).get(PATH).text

        assert "37.5%" in text
        assert "60 of 160 likes" in text
        assert "between 30.4% and 45.2%" in text
        assert "Came in a burst" in text

    def test_says_how_many_came_from_a_file(
        self, staff_browser: BrowserOf, database: Database, page: Page
    ) -> None:
        with database.transaction() as session:
            some = make_people(session, 5, stem="file")
            like(session, page, dict.fromkeys(some, START), LikeSource.IMPORT)
        look_at_page(database, page_id=page.id, now=START)
        browser = staff_browser(Role.OWNER)

        assert "5 of these likes came from a file." in browser.get(PATH).text
        assert "5 de ces J’aime viennent d’un fichier." in browser.get(PATH.replace("/en/", "/fr/")).text

    def test_offers_the_first_look_when_nobody_has_looked(
        self, staff_browser: BrowserOf, database: Database, page: Page
    ) -> None:
        with database.transaction() as session:
            add_real(session, page, 3)

        assert "Nobody has looked yet" in staff_browser(Role.OWNER).get(PATH).text

    @pytest.mark.usefixtures("page")
    def test_tells_what_to_do_without_any_fan(self, staff_browser: BrowserOf) -> None:
        assert "Nobody follows the page yet" in staff_browser(Role.OWNER).get(PATH).text

    @pytest.mark.usefixtures("bought")
    def test_draws_the_past_from_two_days_on(
        self, staff_browser: BrowserOf, database: Database, page: Page
    ) -> None:
        with database.transaction() as session:
            session.add(
                FanReport(
                    page_id=page.id,
                    day=dt.date(2026, 11, 23),
                    fans=60,
                    real=60,
                    figures={},
                    computed_at=START,
                )
            )

        text = staff_browser(Role.OWNER).get(PATH).text

        assert '<polyline points="0.0,0.0 640.0,100.0" />' in text
        assert "from 100% on Nov 23, 2026 to 37.5% on Nov 24, 2026" in text

    def test_is_answered_by_as_many_statements_however_many_likes(
        self, staff_browser: BrowserOf, database: Database, page: Page
    ) -> None:
        with database.transaction() as session:
            add_real(session, page, 5)
        look_at_page(database, page_id=page.id, now=START)
        client = staff_browser(Role.OWNER)
        client.get(PATH)
        with count_statements(database.engine) as few:
            client.get(PATH)
        with database.transaction() as session:
            add_real(session, page, 300, seed=2)
        look_at_page(database, page_id=page.id, now=START)
        with count_statements(database.engine) as many:
            client.get(PATH)

        assert len(many) == len(few)
        assert len(many) <= 7


class TestCreateLook:
    def test_has_the_page_looked_at_and_shows_how_far_it_is(
        self, staff_browser: BrowserOf, database: Database, page: Page
    ) -> None:
        client = staff_browser(Role.ANALYST)

        response = client.post(f"{PATH}/looks")

        assert response.status_code == 303
        assert "The look is about to begin" in client.get(PATH).text
        with database.reading() as session:
            assert session.get_one(FanLook, page.id).finished_at is None

    @pytest.mark.usefixtures("page")
    def test_says_so_when_one_is_at_work(self, staff_browser: BrowserOf) -> None:
        client = staff_browser(Role.OWNER)
        client.post(f"{PATH}/looks")

        response = client.post(f"{PATH}/looks", follow_redirects=True)

        assert "being looked at already" in response.text


class TestListFans:
    def test_shows_them_in_parts_without_losing_or_doubling_any(
        self, staff_browser: BrowserOf, bought: list[int]
    ) -> None:
        client, seen, address = staff_browser(Role.OWNER), [], f"{PATH}/fans"
        while address:
            text = client.get(address).text
            seen += fans_on(text)
            following = re.search(r'rel="next" href="([^"]+)"', text)
            address = following[1].replace("&amp;", "&") if following else ""

        assert sorted(seen) == sorted(bought)
        assert len(seen) == 100

    def test_tells_a_page_that_nobody_looked_at_from_one_without_doubtful_likes(
        self, staff_browser: BrowserOf, database: Database, page: Page
    ) -> None:
        with database.transaction() as session:
            add_real(session, page, 3)
        browser = staff_browser(Role.OWNER)

        before = browser.get(f"{PATH}/fans").text
        look_at_page(database, page_id=page.id, now=START)
        after = browser.get(f"{PATH}/fans").text

        assert "Nobody has looked yet" in before
        assert "No like here looks doubtful" in after

    def test_keeps_to_one_sign(self, staff_browser: BrowserOf, bought: list[int]) -> None:
        client = staff_browser(Role.OWNER)

        assert set(fans_on(client.get(f"{PATH}/fans?sign=burst").text)) <= set(bought)
        assert fans_on(client.get(f"{PATH}/fans?sign=lockstep").text) == []

    @pytest.mark.usefixtures("bought")
    def test_tells_the_reasons_in_words(self, staff_browser: BrowserOf) -> None:
        text = staff_browser(Role.OWNER).get(f"{PATH}/fans").text

        assert re.search(
            r"One of \d+ likes within \d+ hours from September \d+, 2026 on that nothing explains", text
        )
        assert "Had seen no post of the page before the like." in text

    @pytest.mark.usefixtures("bought")
    def test_reads_any_address(self, staff_browser: BrowserOf) -> None:
        client = staff_browser(Role.OWNER)

        for query in ("sign=x", "after=x", "after=99999999999999~1", "show=real&after=~", "after=-1~5"):
            assert client.get(f"{PATH}/fans?{query}").status_code == 200


class TestListDoubted:
    def test_reads_a_part_along_the_index(self, database: Database, page: Page) -> None:
        with record_selects(database) as sent, database.reading() as session:
            list_doubted(session, page.id, sign=None, after=ScorePlace(2.0, 5), limit=30)
        if database.is_sqlite:
            assert "ix_fan_scores_flagged" in plan_of(database, *sent[0])
            assert "USE TEMP B-TREE" not in plan_of(database, *sent[0])


class TestCreateVerdict:
    def test_takes_the_like_off_the_list_and_keeps_the_word(
        self, staff_browser: BrowserOf, database: Database, bought: list[int]
    ) -> None:
        client = staff_browser(Role.MANAGER)

        response = client.post(f"{PATH}/fans/{bought[0]}/verdict", follow_redirects=True)

        assert "counts as a real fan from now on" in response.text
        assert bought[0] not in fans_on(response.text)
        assert fans_on(client.get(f"{PATH}/fans?show=real").text) == [bought[0]]
        assert "61 of 160 likes" in client.get(PATH).text
        with database.reading() as session:
            assert session.scalar(select(AuditEntry.act)) == "fan.called_real"

    def test_is_undone_by_the_button_beside_what_it_says(
        self, staff_browser: BrowserOf, database: Database, bought: list[int]
    ) -> None:
        client = staff_browser(Role.MANAGER)
        text = client.post(f"{PATH}/fans/{bought[0]}/verdict", follow_redirects=True).text
        undo = re.search(r'action="([^"]+/verdict/deletion)"', text)
        assert undo is not None

        client.post(undo[1])

        with database.reading() as session:
            assert session.scalar(select(FanVerdict.account_id)) is None

    def test_is_not_for_analysts(self, staff_browser: BrowserOf, bought: list[int]) -> None:
        client = staff_browser(Role.ANALYST)

        assert client.post(f"{PATH}/fans/{bought[0]}/verdict").status_code == 403
        assert "This is a real fan" not in client.get(f"{PATH}/fans").text

    @pytest.mark.usefixtures("page")
    def test_finds_nobody_who_does_not_like_the_page(self, staff_browser: BrowserOf) -> None:
        assert staff_browser(Role.OWNER).post(f"{PATH}/fans/999/verdict").status_code == 404
