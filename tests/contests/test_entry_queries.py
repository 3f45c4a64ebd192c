"""Somebody's own entry is found along indexes, however many have entered."""

import datetime as dt
import re
from typing import Any

import pytest
from sqlalchemy import insert, text

from shop.contests.entering import confirm_entry
from shop.contests.mailboxes import person_key_of
from shop.contests.models import ContestEntry
from shop.contests.public_queries import find_entry_of_account
from shop.contests.queries import find_entry_of
from shop.core.db import Database
from tests.contests.contests_house import HOUR, SIGNER, ContestsHouse
from tests.factories import START
from tests.support.plans import plan_of, record_selects

MANY = 3000


@pytest.fixture
def house(database: Database) -> ContestsHouse:
    return ContestsHouse(database)


def fill(house: ContestsHouse, contest_id: int) -> None:
    """Let a crowd take part."""
    model = house.entry(house.enter(contest_id, email="first@example.com").id)
    kept = {column.name: getattr(model, column.name) for column in ContestEntry.__table__.columns}
    with house.database.transaction() as session:
        session.execute(
            insert(ContestEntry),
            [
                {
                    **kept, "id": 10_000 + place, "number": 10_000 + place, "person_key": f"person-{place}",
                    "email": f"p{place}@example.com",
                    "entered_at": START + dt.timedelta(seconds=place),
                }
                for place in range(MANY)
            ],
        )  # fmt: skip
        session.execute(text("ANALYZE"))


def check_plan(house: ContestsHouse, sent: list[tuple[str, Any]]) -> None:
    """Fail when the last statement reads more than the entries of one person."""
    plan = plan_of(house.database, *sent[-1])
    along = (
        "contest_id=? AND person_key=?"
        if house.database.is_sqlite
        else "uq_contest_entries_contest_id_person_key"
    )
    assert along in plan, plan
    assert not re.search(r"SCAN contest_entries|Seq Scan on contest_entries", plan), plan


class TestFindEntryOfAccount:
    def test_finds_what_a_guest_entered_under_another_spelling_of_the_confirmed_address(
        self, house: ContestsHouse
    ) -> None:
        contest_id, person = house.add(), house.person(email="lea@example.com")
        guest = house.enter(contest_id, email="Lea+shop@example.com")
        with house.database.transaction() as session:
            confirm_entry(session, entry_id=guest.id, now=START + HOUR)
        with house.database.reading() as session:
            found = find_entry_of_account(
                session, contest_id=contest_id, account_id=person.id, person_key=person_key_of(SIGNER, person.email)
            )  # fmt: skip
        assert found is not None
        assert found.id == guest.id

    def test_reads_no_crowd_of_others(self, house: ContestsHouse) -> None:
        contest_id, person = house.add(), house.person()
        fill(house, contest_id)
        with record_selects(house.database) as sent, house.database.reading() as session:
            find_entry_of_account(
                session, contest_id=contest_id, account_id=person.id, person_key=person_key_of(SIGNER, person.email)
            )  # fmt: skip
        check_plan(house, sent)


class TestFindEntryOf:
    def test_reads_no_crowd_of_others(self, house: ContestsHouse) -> None:
        contest_id, person = house.add(), house.person()
        fill(house, contest_id)
        key = person_key_of(SIGNER, person.email)
        with record_selects(house.database) as sent, house.database.reading() as session:
            assert find_entry_of(session, contest_id=contest_id, person_key=key, account_id=person.id) is None
        check_plan(house, sent)
