"""The public pages of contests: the tab, a contest, the card for other sites."""

import datetime as dt
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shop.contests.models import ContestEntry, ContestKind, PhotoStatus
from shop.contests.service import cancel_contest
from shop.core.clock import SteppedClock
from shop.core.db import Database
from tests.contests.contests_house import DAY, END, QUIZ, ContestsHouse
from tests.contests.public_house import address, draw
from tests.factories import START
from tests.support.statements import count_statements
from tests.support.visitors import sign_in


@pytest.fixture
def house(database: Database, app: Flask) -> ContestsHouse:
    return ContestsHouse(database, app)


class TestListContests:
    def test_shows_what_can_be_entered_before_what_is_over(
        self, house: ContestsHouse, client: FlaskClient, clock: SteppedClock
    ) -> None:
        house.add(title="Ended one", ends_at=START + DAY)
        house.add(title="Late one", ends_at=START + 20 * DAY)
        house.add(title="Soon one", ends_at=START + 3 * DAY)
        house.add(title="Nobody's business", is_published=False)
        clock.advance(days=2)
        body = client.get(f"/en/p/{house.page.slug}/contests").text
        places = [body.index(title) for title in ("Soon one", "Late one", "Ended one")]
        assert places == sorted(places)
        assert "Nobody" not in body

    def test_says_that_there_is_none_yet(self, house: ContestsHouse, client: FlaskClient) -> None:
        answer = client.get(f"/en/p/{house.page.slug}/contests")
        assert answer.status_code == 200
        assert "No contest yet" in answer.text

    def test_costs_the_same_however_many_there_are(
        self, house: ContestsHouse, client: FlaskClient, clock: SteppedClock
    ) -> None:
        costs = []
        for count in (1, 5):
            for _ in range(count):
                house.add()
            with count_statements(house.database.engine) as sent:
                client.get(f"/en/p/{house.page.slug}/contests")
            costs.append(len(sent))
            clock.advance(minutes=2)
        assert costs[1] <= costs[0] <= 3


class TestShowContest:
    def test_tells_what_is_won_until_when_and_that_it_is_free(
        self, house: ContestsHouse, client: FlaskClient
    ) -> None:
        body = client.get(address(house, house.add())).text
        for text in ("A lamp of our workshop", "€129.00", "December 1, 2026", "(Paris)", "nor like the page"):
            assert text in body

    def test_speaks_french(self, house: ContestsHouse, client: FlaskClient) -> None:
        contest_id = house.add(translations={"fr": {"title": "Gagnez une lampe", "prize": "Une lampe"}})
        body = client.get(address(house, contest_id, language="fr")).text
        assert "Gagnez une lampe" in body
        assert "1 décembre 2026" in body

    def test_is_not_there_before_it_is_published(self, house: ContestsHouse, client: FlaskClient) -> None:
        for end in ("", "/check", "/check.json", "/rules", "/entries/sent"):
            assert client.get(address(house, house.add(is_published=False), end)).status_code == 404

    def test_is_the_same_bytes_for_every_guest_and_quick(
        self, house: ContestsHouse, client: FlaskClient
    ) -> None:
        path = address(house, house.add())
        first = client.get(path)
        with count_statements(house.database.engine) as sent:
            second = client.get(path)
        assert first.data == second.data
        assert "public" in second.headers["Cache-Control"]
        assert len(sent) == 1

    def test_asks_for_no_like_and_ticks_nothing(self, house: ContestsHouse, client: FlaskClient) -> None:
        contest_id = house.add()
        assert "likes_page" not in client.get(address(house, contest_id)).text
        sign_in(client, house.person())
        form = client.get(address(house, contest_id)).text
        box = re.search(r'<input type="checkbox"[^>]*name="likes_page"[^>]*>', form)
        assert box is not None
        assert "checked" not in box[0]
        assert "required" not in box[0]
        assert not re.search(r"<input[^>]*checked", form.partition('id="enter"')[2])

    def test_never_tells_the_right_answer_before_the_draw(
        self, house: ContestsHouse, client: FlaskClient, clock: SteppedClock
    ) -> None:
        contest_id = house.add(**QUIZ)
        house.enter(contest_id, house.person(), answer=1)
        assert "The right answer" not in client.get(address(house, contest_id)).text
        draw(house, contest_id, clock)
        assert "The right answer: Oak" in client.get(address(house, contest_id)).text

    def test_has_no_form_outside_its_time(
        self, house: ContestsHouse, client: FlaskClient, clock: SteppedClock
    ) -> None:
        contest_id = house.add(starts_at=START + DAY)
        early = client.get(address(house, contest_id)).text
        clock.advance(days=7)
        late = client.get(address(house, contest_id)).text
        assert "It begins on" in early
        assert "The winners are about to be drawn" in late
        assert "accepts_rules" not in early + late

    def test_says_why_it_was_cancelled(self, house: ContestsHouse, client: FlaskClient) -> None:
        contest_id = house.add()
        with house.database.transaction() as session:
            cancel_contest(
                session, page_id=house.page.id, contest_id=contest_id, account_id=house.camille.id,
                reason="The kiln broke.", now=START,
            )  # fmt: skip
        body = client.get(address(house, contest_id)).text
        assert "The kiln broke." in body
        assert "accepts_rules" not in body

    def test_shows_accepted_photos_without_names(self, house: ContestsHouse, client: FlaskClient) -> None:
        contest_id = house.add(kind=ContestKind.PHOTO)
        picture = {"key": "pictures/x", "width": 160, "height": 160, "widths": [160], "formats": ["webp"]}
        accepted = house.enter(contest_id, house.person("Accepted Anna"), photo=picture, caption="By the sea")
        house.enter(contest_id, house.person("Waiting Wim"), photo=picture, caption="In the attic")
        with house.database.transaction() as session:
            session.get_one(ContestEntry, accepted.id).photo_status = PhotoStatus.APPROVED
        body = client.get(address(house, contest_id)).text
        assert "By the sea" in body
        assert "In the attic" not in body
        assert "Anna" not in body


class TestEmbeddedContest:
    def test_is_a_card_that_knows_nobody_and_leads_to_the_form(
        self, house: ContestsHouse, client: FlaskClient
    ) -> None:
        contest_id = house.add()
        answer = client.get(f"/en/embed{address(house, contest_id)[3:]}")
        assert answer.status_code == 200
        assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]
        assert "Set-Cookie" not in answer.headers
        assert "?from=embed#enter" in answer.text
        assert "nor like the page" in answer.text

    def test_is_gone_where_the_page_does_not_want_it(self, house: ContestsHouse, client: FlaskClient) -> None:
        for contest_id in (house.add(is_embeddable=False), house.add(is_published=False)):
            assert client.get(f"/en/embed{address(house, contest_id)[3:]}").status_code == 404

    def test_tells_within_a_minute_that_it_is_over(
        self, house: ContestsHouse, client: FlaskClient, clock: SteppedClock
    ) -> None:
        path = f"/en/embed{address(house, house.add())[3:]}"
        assert "Enter the contest" in client.get(path).text
        clock.advance(seconds=(END + dt.timedelta(minutes=1) - clock.now()).total_seconds())
        assert "Enter the contest" not in client.get(path).text

    def test_is_what_oembed_gives(self, house: ContestsHouse, client: FlaskClient) -> None:
        contest_id = house.add()
        path = address(house, contest_id)
        answer = client.get(f"/oembed?url=http://localhost{path}&format=json").get_json()
        assert answer["title"] == "Win a lamp"
        assert f"/en/embed{path[3:]}" in answer["html"]
        assert "/oembed?" in client.get(path).text
