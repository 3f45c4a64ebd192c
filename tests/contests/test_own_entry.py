"""An entry's own page, behind the link that its mails carry."""

import datetime as dt
import hashlib
import html
import json
import re

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from shop.contests.access import entry_token
from shop.contests.models import ContestEntry, ContestKind, PhotoStatus
from shop.contests.photo_judging import decide_photo
from shop.core.clock import SteppedClock
from shop.core.db import Database
from shop.coupons.models import Coupon
from tests.contests.contests_house import END, QUIZ, SIGNER, ContestsHouse, photo_named
from tests.contests.public_house import address, draw, entries
from tests.factories import START
from tests.support.visitors import sign_in


@pytest.fixture
def house(database: Database, app: Flask) -> ContestsHouse:
    return ContestsHouse(database, app)


class TestShowEntry:
    def link(self, entry: ContestEntry, end: str = "") -> str:
        return f"/en/contest-entries/{entry_token(SIGNER, entry)}{end}"

    def test_confirms_by_a_button_and_not_by_being_opened(
        self, house: ContestsHouse, client: FlaskClient
    ) -> None:
        entry = house.enter(house.add())
        page = client.get(self.link(entry))
        assert "Confirm my entry" in page.text
        assert house.entry(entry.id).number is None
        assert page.headers["Cache-Control"] == "no-store"
        answer = client.post(self.link(entry, "/confirmation"), follow_redirects=True)
        assert "You are in" in answer.text
        assert house.entry(entry.id).number == 1
        client.post(self.link(entry, "/confirmation"))
        assert house.contest(entry.contest_id).entry_count == 1

    def test_shows_what_is_to_be_confirmed_since_somebody_else_may_have_typed_it(
        self, house: ContestsHouse, client: FlaskClient
    ) -> None:
        contest_id = house.add(**QUIZ)
        house.enter(contest_id, email="lea@example.com", name="Léa", answer=1)
        stranger = house.person("A stranger", email="lea+x@example.com", is_confirmed=False)
        entry = house.enter(contest_id, stranger, answer=2)
        page = client.get(self.link(entry)).text
        for text in ("A stranger", "lea+x@example.com", "France", "Glass", "If you have no account here"):
            assert text in page
        assert "Your proof" not in page
        guest = house.enter(contest_id, email="lea@example.com", name="Léa", answer=1)
        page = client.get(self.link(guest)).text
        assert "Brass" not in page
        assert "Oak" in page
        assert "If you have no account here" not in page

    def test_does_not_say_that_a_refused_photo_takes_part(
        self, house: ContestsHouse, client: FlaskClient
    ) -> None:
        contest_id, person = house.add(kind=ContestKind.PHOTO), house.person()
        entry = house.enter(contest_id, person, photo=photo_named("a"))
        sign_in(client, person)
        for path in (self.link(entry), address(house, contest_id)):
            assert "You take part" in client.get(path).text
        with house.database.transaction() as session:
            decide_photo(
                session, page_id=house.page.id, contest_id=contest_id, entry_id=entry.id,
                status=PhotoStatus.REFUSED, account_id=house.camille.id, reason="It is blurred.", now=START,
            )  # fmt: skip
        for path in (self.link(entry), address(house, contest_id)):
            page = client.get(path).text
            assert "Your photo was not accepted" in page
            assert "You take part" not in page
        assert "So it takes no part in the draw: It is blurred." in client.get(self.link(entry)).text

    def test_opens_until_the_end_of_a_contest_of_a_year(
        self, house: ContestsHouse, client: FlaskClient, clock: SteppedClock
    ) -> None:
        contest_id = house.add(ends_at=START + dt.timedelta(days=366))
        entry = house.enter(contest_id, house.person())
        with time_machine.travel(START, tick=False):
            link = self.link(entry)
        with time_machine.travel(START + dt.timedelta(days=366, hours=-1), tick=False):
            answer = client.get(link)
        assert "Take my entry back" in answer.text

    def test_says_that_it_is_too_late(
        self, house: ContestsHouse, client: FlaskClient, clock: SteppedClock
    ) -> None:
        entry = house.enter(house.add())
        clock.advance(seconds=(END - clock.now()).total_seconds())
        answer = client.post(self.link(entry, "/confirmation"), follow_redirects=True)
        assert "never confirmed" in answer.text
        assert house.entry(entry.id).number is None

    def test_takes_an_entry_back_and_in_again(self, house: ContestsHouse, client: FlaskClient) -> None:
        entry = house.enter(house.add(), house.person())
        answer = client.post(self.link(entry, "/withdrawal"), follow_redirects=True)
        assert "You took your entry back" in answer.text
        flashes = answer.text.partition('id="flashes"')[2].partition("<main")[0]
        assert re.search(r'action="/en/contest-entries/[^"/]+/return"', flashes)
        assert house.entry(entry.id).withdrawn_at is not None
        answer = client.post(self.link(entry, "/return"), follow_redirects=True)
        assert "You are in again" in answer.text
        assert house.entry(entry.id).withdrawn_at is None

    def test_keeps_the_undo_alive_between_the_end_and_the_draw(
        self, house: ContestsHouse, client: FlaskClient, clock: SteppedClock
    ) -> None:
        entry = house.enter(house.add(), house.person())
        clock.advance(seconds=(END - clock.now()).total_seconds())
        client.post(self.link(entry, "/withdrawal"))
        answer = client.post(self.link(entry, "/return"), follow_redirects=True)
        assert "You are in again" in answer.text
        draw(house, entry.contest_id, clock)
        answer = client.post(self.link(entry, "/return"), follow_redirects=True)
        assert "You are in again" not in answer.text

    def test_forgets_an_entry_that_was_not_its_readers(
        self, house: ContestsHouse, client: FlaskClient
    ) -> None:
        entry = house.enter(house.add())
        answer = client.post(self.link(entry, "/withdrawal"), follow_redirects=True)
        assert "Your entry is deleted" in answer.text
        assert entries(house) == []
        assert client.get(self.link(entry)).status_code == 404
        assert client.post(self.link(entry, "/confirmation"), follow_redirects=True).status_code == 404

    def test_is_not_opened_by_the_link_of_an_entry_that_another_was_put_in_place_of(
        self, house: ContestsHouse, client: FlaskClient
    ) -> None:
        contest_id = house.add()
        before = house.enter(contest_id, email="lea@example.com", name="Léa")
        after = house.enter(contest_id, email="lea+again@example.com", name="Léa again")
        assert before.id == after.id
        assert client.get(self.link(before)).status_code == 404
        for end in ("/confirmation", "/withdrawal", "/return"):
            assert client.post(self.link(before, end)).status_code == 404
        assert "Confirm my entry" in client.get(self.link(after)).text
        assert house.entry(after.id).number is None

    def test_is_not_opened_by_the_link_of_a_deleted_entry_whose_id_was_given_again(
        self, house: ContestsHouse, client: FlaskClient
    ) -> None:
        contest_id = house.add()
        deleted = house.enter(contest_id, email="lea@example.com")
        client.post(self.link(deleted, "/withdrawal"))
        house.enter(contest_id, house.person("Somebody else"))
        assert client.get(self.link(deleted)).status_code == 404

    def test_shows_its_owner_what_the_receipt_is_the_hash_of(
        self, house: ContestsHouse, client: FlaskClient
    ) -> None:
        entry = house.enter(house.add(**QUIZ), house.person(), answer=2)
        page = html.unescape(client.get(self.link(entry)).text)
        found = re.search(r'<code class="hash">(\[.+\])</code>', page)
        assert found is not None
        assert hashlib.sha256(found[1].encode()).hexdigest() == entry.receipt
        assert json.loads(found[1])[2] == 2

    def test_says_how_it_came_out(
        self, house: ContestsHouse, client: FlaskClient, clock: SteppedClock
    ) -> None:
        contest_id = house.add(**QUIZ)
        right = house.enter(contest_id, house.person("Right"), answer=1)
        wrong = house.enter(contest_id, house.person("Wrong"), answer=0)
        draw(house, contest_id, clock)
        assert "You have won!" in client.get(self.link(right)).text
        assert "Wrong answer" in client.get(self.link(wrong)).text

    def test_offers_no_prize_that_was_ordered(
        self, house: ContestsHouse, client: FlaskClient, clock: SteppedClock
    ) -> None:
        entry = house.enter(house.add(), house.person())
        draw(house, entry.contest_id, clock)
        assert "/coupons/claims/" in client.get(self.link(entry)).text
        with house.database.transaction() as session:
            session.scalars(select(Coupon)).one().uses = 1
        page = client.get(self.link(entry)).text
        assert "You have ordered your prize" in page
        assert "/coupons/claims/" not in page

    @pytest.mark.parametrize(
        "token",
        [
            "nonsense",
            SIGNER.sign("order", 1),
            SIGNER.sign("contest-entry", 1),
            SIGNER.sign("contest-entry", [1, "0"]),
        ],
        ids=["nonsense", "of-an-order", "without-a-mark", "with-another-mark"],
    )
    def test_lets_nobody_in_without_the_link(
        self, house: ContestsHouse, client: FlaskClient, token: str
    ) -> None:
        house.enter(house.add(), house.person())
        assert client.get(f"/en/contest-entries/{token}").status_code == 404
        for end in ("confirmation", "withdrawal", "return"):
            assert client.post(f"/en/contest-entries/{token}/{end}").status_code == 404
