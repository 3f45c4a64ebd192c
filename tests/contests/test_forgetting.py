"""What becomes of entrants' data after a contest, as its rules promise."""

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from shop.contests import service
from shop.contests.closing import NamesErased, draw_contest, replace_winner
from shop.contests.drawing import check_record
from shop.contests.forgetting import FORGET_ENTRANTS, KEPT, forget_entrants
from shop.contests.models import ContestEntry, ContestKind, PhotoStatus
from shop.contests.records import load_published
from shop.core.db import Database
from shop.core.mail import Mail
from shop.core.outbox import Job
from tests.contests.contests_house import END, HOUR, QUIZ, SIGNER, ContestsHouse, all_entries, photo_named


@pytest.fixture
def house(database: Database) -> ContestsHouse:
    return ContestsHouse(database)


def draw(house: ContestsHouse, contest_id: int) -> None:
    with house.database.transaction() as session:
        draw_contest(session, contest_id=contest_id, signer=SIGNER, now=END)


def cancel(house: ContestsHouse, contest_id: int) -> None:
    with house.database.transaction() as session:
        service.cancel_contest(
            session, page_id=house.page.id, contest_id=contest_id, account_id=None, reason="Fire", now=END
        )


def forget(house: ContestsHouse, contest_id: int, at: dt.datetime = END + KEPT) -> bool:
    with house.database.transaction() as session:
        return forget_entrants(session, contest_id=contest_id, now=at)


class TestEndEntries:
    @pytest.mark.parametrize("end", [draw, cancel])
    def test_deletes_what_was_never_confirmed(
        self, house: ContestsHouse, end: Callable[[ContestsHouse, int], None]
    ) -> None:
        contest_id, other = house.add(), house.add(title="Another")
        counted = house.enter(contest_id, house.person())
        house.enter(contest_id, email="never@example.com")
        elsewhere = house.enter(other, email="never@example.com")
        end(house, contest_id)
        with house.database.reading() as session:
            assert [entry.id for entry in all_entries(session, contest_id)] == [counted.id]
        assert house.entry(elsewhere.id).email == "never@example.com"

    @pytest.mark.parametrize("end", [draw, cancel])
    def test_has_the_others_forgotten_in_time(
        self, house: ContestsHouse, end: Callable[[ContestsHouse, int], None]
    ) -> None:
        contest_id = house.add()
        end(house, contest_id)
        with house.database.reading() as session:
            job = session.scalars(select(Job).where(Job.kind == FORGET_ENTRANTS)).one()
        assert (job.run_at, job.payload) == (END + KEPT, {"contest_id": contest_id})


class TestForgetEntrants:
    def test_erases_names_and_addresses_and_leaves_a_draw_that_can_be_checked(
        self, house: ContestsHouse
    ) -> None:
        contest_id = house.add(**QUIZ)
        house.enter_many(contest_id, 3, answer=1)
        house.enter(contest_id, house.person("Wrong"), answer=0)
        draw(house, contest_id)
        with house.database.reading() as session:
            before = load_published(session, house.contest(contest_id))
        assert forget(house, contest_id)
        with house.database.reading() as session:
            entries = all_entries(session, contest_id)
            after = load_published(session, house.contest(contest_id))
            mails = session.scalar(select(func.count(Mail.id)))
        assert {(one.name, one.email, one.account_id, one.salt) for one in entries} == {("", "", None, "")}
        assert len({one.person_key for one in entries}) == 4
        assert mails == 0
        assert after == before
        check_record(after.record)

    def test_keeps_of_photos_only_those_that_everybody_sees(self, house: ContestsHouse) -> None:
        contest_id = house.add(kind=ContestKind.PHOTO)
        shown = house.enter(contest_id, house.person("A"), photo=photo_named("a"), caption="By the sea")
        refused = house.enter(contest_id, house.person("B"), photo=photo_named("b"), caption="Léa at home")
        with house.database.transaction() as session:
            session.get_one(ContestEntry, shown.id).photo_status = PhotoStatus.APPROVED
            session.get_one(ContestEntry, refused.id).photo_status = PhotoStatus.REFUSED
        draw(house, contest_id)
        forget(house, contest_id)
        kept, gone = house.entry(shown.id), house.entry(refused.id)
        assert (kept.photo, kept.caption) == (photo_named("a"), "By the sea")
        assert (gone.photo, gone.caption, gone.photo_status) == (None, "", PhotoStatus.REFUSED)

    def test_waits_until_the_day(self, house: ContestsHouse) -> None:
        contest_id = house.add()
        entry = house.enter(contest_id, house.person())
        assert not forget(house, contest_id)
        draw(house, contest_id)
        assert not forget(house, contest_id, END + KEPT - HOUR)
        assert house.entry(entry.id).name

    def test_ends_the_handing_on_of_prizes(self, house: ContestsHouse) -> None:
        contest_id = house.add()
        house.enter_many(contest_id, 2)
        draw(house, contest_id)
        forget(house, contest_id)
        with house.database.transaction() as session, pytest.raises(NamesErased):
            replace_winner(
                session, page_id=house.page.id, contest_id=contest_id, rank=1, account_id=None,
                reason="Never answered", signer=SIGNER, now=END + KEPT,
            )  # fmt: skip
