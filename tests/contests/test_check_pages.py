"""The page that does a draw again, and the record to download."""

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shop.contests.checking import read_record, take_steps
from shop.contests.closing import replace_winner
from shop.contests.models import ContestEntry
from shop.core.clock import SteppedClock
from shop.core.db import Database
from shop.storefront.caching import shelves
from tests.contests.contests_house import QUIZ, SIGNER, ContestsHouse
from tests.contests.public_house import address, draw
from tests.factories import START
from tests.support.statements import count_statements


@pytest.fixture
def house(database: Database, app: Flask) -> ContestsHouse:
    return ContestsHouse(database, app)


class TestShowCheck:
    def test_shows_the_commitment_and_no_seed_before_the_draw(
        self, house: ContestsHouse, client: FlaskClient
    ) -> None:
        contest_id = house.add()
        entry = house.enter(contest_id, house.person())
        contest = house.contest(contest_id)
        for end in ("/check", "/check.json", ""):
            body = client.get(address(house, contest_id, end)).text
            assert str(contest.seed) not in body
        body = client.get(address(house, contest_id, "/check")).text
        assert str(contest.commitment) in body
        assert str(entry.receipt) in body
        assert "Secret until the draw" in body

    def test_does_the_draw_again(
        self, house: ContestsHouse, client: FlaskClient, clock: SteppedClock
    ) -> None:
        contest_id = house.add(**QUIZ, winner_count=2)
        house.enter(contest_id, house.person("Wrong"), answer=0)
        house.enter_many(contest_id, 6, answer=1)
        draw(house, contest_id, clock)
        body = client.get(address(house, contest_id, "/check")).text
        assert body.count('data-state="right"') == 4
        assert 'data-state="wrong"' not in body
        assert str(house.contest(contest_id).seed) in body
        assert "1: Wrong answer" in body

    def test_sees_that_an_entry_was_changed(
        self, house: ContestsHouse, client: FlaskClient, clock: SteppedClock
    ) -> None:
        contest_id = house.add()
        changed = house.enter_many(contest_id, 5)[2]
        draw(house, contest_id, clock)
        with house.database.transaction() as session:
            session.get_one(ContestEntry, changed.id).receipt = "ab" * 32
        body = client.get(address(house, contest_id, "/check")).text
        assert 'data-state="wrong"' in body
        assert "This draw is not what it says" in body

    @pytest.mark.parametrize("fact", ["number", "receipt", "chain"])
    def test_finds_an_entry(self, house: ContestsHouse, client: FlaskClient, fact: str) -> None:
        contest_id = house.add()
        entry = house.enter_many(contest_id, 3)[1]
        body = client.get(address(house, contest_id, f"/check?entry={getattr(entry, fact)}")).text
        assert "Entry 2 is in the draw" in body

    @pytest.mark.parametrize("text", ["9", "ff" * 32, "99999999999999999999", "<b>", "-1", "٣"])
    def test_says_that_an_entry_is_not_there(
        self, house: ContestsHouse, client: FlaskClient, text: str
    ) -> None:
        contest_id = house.add()
        house.enter(contest_id)
        answer = client.get(address(house, contest_id, f"/check?entry={text}"))
        assert answer.status_code == 200
        assert "There is no such entry" in answer.text

    def test_says_which_prizes_were_handed_on(
        self, house: ContestsHouse, client: FlaskClient, clock: SteppedClock
    ) -> None:
        contest_id = house.add()
        house.enter_many(contest_id, 4)
        draw(house, contest_id, clock)
        with house.database.transaction() as session:
            replace_winner(
                session, page_id=house.page.id, contest_id=contest_id, rank=1, account_id=None,
                reason="Never answered", signer=SIGNER, now=clock.now(),
            )  # fmt: skip
        record = json.loads(client.get(address(house, contest_id, "/check.json")).text)
        first, second = record["winners"]
        assert record["replaced"] == [first]
        body = client.get(address(house, contest_id, "/check")).text
        assert f"on to the next one: {first}." in body
        assert (
            "its prize was handed on" in client.get(address(house, contest_id, f"/check?entry={first}")).text
        )
        assert "It was drawn.<" in client.get(address(house, contest_id, f"/check?entry={second}")).text

    def test_keeps_nothing_of_what_anybody_may_look_for(
        self, house: ContestsHouse, client: FlaskClient, app: Flask
    ) -> None:
        contest_id = house.add()
        client.get(address(house, contest_id, "/check"))
        with app.app_context():
            kept = len(shelves().parts)
            for number in range(5):
                client.get(address(house, contest_id, f"/check?entry={number}"))
            assert len(shelves().parts) == kept

    def test_turns_the_pages_of_many_receipts(self, house: ContestsHouse, client: FlaskClient) -> None:
        contest_id = house.add()
        with house.database.transaction() as session:
            for number in range(1, 152):
                session.add(
                    ContestEntry(
                        contest_id=contest_id,
                        person_key=str(number),
                        name="x",
                        email="x",
                        language="en",
                        country="FR",
                        number=number,
                        receipt=f"{number:064x}",
                        chain="",
                        salt="",
                        entered_at=START,
                    )
                )
        body = client.get(address(house, contest_id, "/check")).text
        assert f"{100:064x}" in body
        assert f"{101:064x}" not in body
        assert f"{151:064x}" in client.get(address(house, contest_id, "/check?after=100")).text

    def test_costs_the_same_however_many_entered(
        self, house: ContestsHouse, client: FlaskClient, clock: SteppedClock
    ) -> None:
        contest_id, costs = house.add(), []
        client.get(address(house, contest_id, "/check"))
        for _ in range(2):
            house.enter_many(contest_id, 4)
            clock.advance(minutes=2)
            with count_statements(house.database.engine) as sent:
                client.get(address(house, contest_id, "/check"))
            costs.append(len(sent))
        assert costs[0] == costs[1] <= 5


class TestShowRecord:
    def test_is_a_record_that_is_right(
        self, house: ContestsHouse, client: FlaskClient, clock: SteppedClock
    ) -> None:
        contest_id = house.add(winner_count=2)
        house.enter_many(contest_id, 5)
        draw(house, contest_id, clock)
        answer = client.get(address(house, contest_id, "/check.json"))
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        published = read_record(json.loads(answer.text))
        assert [step.is_right for step in take_steps(published)] == [True] * 4
        assert len(published.record.winners or ()) == 2

    def test_names_nobody(self, house: ContestsHouse, client: FlaskClient) -> None:
        contest_id = house.add()
        entry = house.enter(contest_id, house.person("Léa Fontaine"))
        body = client.get(address(house, contest_id, "/check.json")).text
        for secret in ("Fontaine", entry.email, entry.salt, entry.person_key):
            assert secret not in body
