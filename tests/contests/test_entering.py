"""Entering, confirming, going out again: one entry a person, numbers without gaps, a chain that holds them all."""

import datetime as dt
import threading
from typing import Any

import pytest

from shop.accounts.models import Account
from shop.contests import service
from shop.contests.drawing import EntryFacts, chain_of, receipt_of
from shop.contests.entering import CONFIRM_MAIL, ENTERED_MAIL
from shop.contests.mailboxes import person_key_of
from shop.contests.models import ContestKind, ContestStatus, PhotoStatus
from shop.contests.queries import get_entry
from shop.core.db import Database
from shop.core.errors import Invalid, NotFound
from tests.contests.contests_house import END, HOUR, QUIZ, SIGNER, ContestsHouse, all_entries, photo_named
from tests.factories import START


@pytest.fixture
def house(database: Database) -> ContestsHouse:
    return ContestsHouse(database)


class TestPersonKeyOf:
    @pytest.mark.parametrize("email", ["Lea@example.com", " lea@EXAMPLE.com ", "lea+contest@example.com"])
    def test_is_the_same_for_all_spellings_of_an_address(self, email: str) -> None:
        assert person_key_of(SIGNER, email) == person_key_of(SIGNER, "lea@example.com")

    def test_passes_over_dots_where_the_mailbox_does(self) -> None:
        assert person_key_of(SIGNER, "le.a@googlemail.com") == person_key_of(SIGNER, "lea@gmail.com")
        assert person_key_of(SIGNER, "le.a@example.com") != person_key_of(SIGNER, "lea@example.com")

    @pytest.mark.parametrize(
        "email", ["lea@xn--bcher-kva.example", "lea@B\u00dcCHER.example", "lea@bu\u0308cher.example"]
    )
    def test_is_the_same_however_a_domain_is_written(self, email: str) -> None:
        assert person_key_of(SIGNER, email) == person_key_of(SIGNER, "lea@b\u00fccher.example")

    def test_tells_nobody_the_address(self) -> None:
        assert "lea" not in person_key_of(SIGNER, "lea@example.com")


class TestEnter:
    def test_counts_at_once_with_an_account_whose_address_is_confirmed(self, house: ContestsHouse) -> None:
        contest_id = house.add()
        entry = house.enter(contest_id, house.person())
        contest = house.contest(contest_id)
        assert (entry.number, contest.entry_count) == (1, 1)
        assert entry.receipt == receipt_of(EntryFacts(contest_id, entry.person_key), entry.salt)
        assert entry.chain == contest.chain
        assert [mail.context["entry_id"] for mail in house.mails(ENTERED_MAIL)] == [entry.id]

    def test_waits_for_the_mail_with_an_account_under_an_address_that_may_be_anybodys(
        self, house: ContestsHouse
    ) -> None:
        contest_id, person = house.add(), house.person(is_confirmed=False)
        entry = house.enter(contest_id, person)
        assert (entry.number, entry.account_id, house.contest(contest_id).entry_count) == (None, person.id, 0)
        assert [mail.recipient for mail in house.mails(CONFIRM_MAIL)] == [person.email]
        assert house.mails(ENTERED_MAIL) == []

    def test_proves_nothing_by_another_address_than_the_accounts(self, house: ContestsHouse) -> None:
        contest_id, person = house.add(), house.person()
        assert house.enter(contest_id, person, email="another@example.com").number is None

    def test_is_one_person_with_and_without_an_account(self, house: ContestsHouse) -> None:
        contest_id = house.add()
        guest = house.enter(contest_id, email="lea+shop@example.com")
        asked = house.enter(contest_id, house.person(email="lea@example.com", is_confirmed=False))
        assert (asked.id, asked.number) == (guest.id, None)
        counted = house.enter(contest_id, house.person(email="lea+other@example.com"))
        assert (counted.id, counted.number) == (guest.id, 1)
        with pytest.raises(service.AlreadyEntered):
            house.enter(contest_id, email="lea@example.com")
        with house.database.reading() as session:
            assert len(all_entries(session, contest_id)) == 1

    def test_waits_for_a_guests_confirmation(self, house: ContestsHouse) -> None:
        contest_id = house.add()
        entry = house.enter(contest_id, email="marc@example.com")
        assert (entry.number, house.contest(contest_id).entry_count) == (None, 0)
        assert [mail.recipient for mail in house.mails(CONFIRM_MAIL)] == ["marc@example.com"]

    def test_takes_one_entry_a_person(self, house: ContestsHouse) -> None:
        contest_id, lea = house.add(), house.person()
        first = house.enter(contest_id, lea)
        with pytest.raises(service.AlreadyEntered) as refused:
            house.enter(contest_id, lea)
        assert refused.value.entry_id == first.id
        with pytest.raises(service.AlreadyEntered):
            house.enter(contest_id, email=lea.email.replace("@", "+again@"))
        assert house.contest(contest_id).entry_count == 1

    def test_puts_a_new_one_in_place_of_what_was_never_confirmed(self, house: ContestsHouse) -> None:
        contest_id = house.add(**QUIZ)
        first = house.enter(contest_id, email="marc@example.com", answer=0)
        second = house.enter(contest_id, email="marc@example.com", answer=1)
        assert (second.id, second.answer) == (first.id, 1)
        assert len(house.mails(CONFIRM_MAIL)) == 2

    def test_chains_every_receipt_in_the_order_of_the_numbers(self, house: ContestsHouse) -> None:
        contest_id = house.add()
        house.enter_many(contest_id, 4)
        contest = house.contest(contest_id)
        with house.database.reading() as session:
            entries = all_entries(session, contest_id)
        assert [entry.number for entry in entries] == [1, 2, 3, 4]
        receipts = [entry.receipt or "" for entry in entries]
        assert contest.chain == chain_of(contest_id, contest.commitment or "", receipts)

    def test_leaves_no_gap_and_no_receipt_out_when_many_enter_at_once(self, house: ContestsHouse) -> None:
        contest_id = house.add()
        people = [house.person(f"Person {place}") for place in range(8)]
        threads = [threading.Thread(target=house.enter, args=(contest_id, one)) for one in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        contest = house.contest(contest_id)
        with house.database.reading() as session:
            entries = all_entries(session, contest_id)
        assert [entry.number for entry in entries] == list(range(1, 9))
        receipts = [entry.receipt or "" for entry in entries]
        assert contest.chain == chain_of(contest_id, contest.commitment or "", receipts)

    @pytest.mark.parametrize(
        ("changes", "field"),
        [({"name": " "}, "name"), ({"country": "US"}, "country"), ({"is_old_enough": False}, "is_old_enough"),
         ({"accepts_rules": False}, "accepts_rules"), ({"name": "x" * 101}, "name")],
    )  # fmt: skip
    def test_says_at_its_field_what_is_wrong(
        self, house: ContestsHouse, changes: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(Invalid) as refused:
            house.enter(house.add(), house.person(), **changes)
        assert set(refused.value.errors) == {field}

    def test_wants_an_answer_to_a_question(self, house: ContestsHouse) -> None:
        contest_id = house.add(**QUIZ)
        for answer in (None, 3, -1):
            with pytest.raises(Invalid):
                house.enter(contest_id, house.person(), answer=answer)
        assert house.enter(contest_id, house.person(), answer=2).answer == 2

    def test_wants_a_photo_where_photos_are_entered_and_has_it_looked_at(self, house: ContestsHouse) -> None:
        contest_id = house.add(kind=ContestKind.PHOTO)
        with pytest.raises(Invalid):
            house.enter(contest_id, house.person())
        entry = house.enter(contest_id, house.person(), photo=photo_named("a"), caption=" At home ")
        assert (entry.photo_status, entry.caption) == (PhotoStatus.WAITING, "At home")

    def test_keeps_out_who_works_on_the_page(self, house: ContestsHouse) -> None:
        contest_id = house.add()
        with pytest.raises(service.StaffCannotEnter):
            house.enter(contest_id, house.noor)
        for email in (house.noor.email.upper(), house.noor.email.replace("@", "+prize@")):
            with pytest.raises(service.StaffCannotEnter) as refused:
                house.enter(contest_id, email=email)
            assert not refused.value.is_known

    @pytest.mark.parametrize("at", [START - HOUR, END, END + HOUR])
    def test_keeps_to_the_dates(self, house: ContestsHouse, at: dt.datetime) -> None:
        contest_id = house.add(at=START - 2 * HOUR)
        with pytest.raises(service.NotOpen):
            house.enter(contest_id, house.person(), at=at)

    def test_refuses_a_draft(self, house: ContestsHouse) -> None:
        with pytest.raises(service.NotOpen):
            house.enter(house.add(is_published=False), house.person())


class TestConfirmEntry:
    def confirm(self, house: ContestsHouse, entry_id: int, at: dt.datetime = START + HOUR) -> int | None:
        with house.database.transaction() as session:
            return service.confirm_entry(session, entry_id=entry_id, now=at).number

    def test_lets_it_count_once(self, house: ContestsHouse) -> None:
        contest_id = house.add()
        entry = house.enter(contest_id)
        assert self.confirm(house, entry.id) == 1
        assert self.confirm(house, entry.id) == 1
        assert (house.contest(contest_id).entry_count, len(house.mails(ENTERED_MAIL))) == (1, 1)

    def test_proves_the_address_of_the_account_that_entered(self, house: ContestsHouse) -> None:
        person = house.person(is_confirmed=False)
        entry = house.enter(house.add(), person)
        assert self.confirm(house, entry.id) == 1
        with house.database.reading() as session:
            assert session.get_one(Account, person.id).email_confirmed_at == START + HOUR
        assert house.enter(house.add(title="Another one"), person).number == 1

    def test_proves_no_account_by_the_mail_of_a_guest_who_is_somebody_else(
        self, house: ContestsHouse
    ) -> None:
        squatter = house.person(email="lea@example.com", is_confirmed=False)
        entry = house.enter(house.add(), email="lea@example.com")
        self.confirm(house, entry.id)
        with house.database.reading() as session:
            assert session.get_one(Account, squatter.id).email_confirmed_at is None

    def test_comes_too_late_after_the_end(self, house: ContestsHouse) -> None:
        entry = house.enter(house.add())
        with pytest.raises(service.NotOpen):
            self.confirm(house, entry.id, END)


class TestWithdrawEntry:
    def withdraw(self, house: ContestsHouse, entry_id: int) -> bool:
        with house.database.transaction() as session:
            return service.withdraw_entry(session, entry_id=entry_id, now=START + HOUR)

    def test_keeps_the_receipt_in_the_chain(self, house: ContestsHouse) -> None:
        contest_id = house.add()
        entry = house.enter(contest_id, house.person())
        assert self.withdraw(house, entry.id)
        assert not self.withdraw(house, entry.id)
        after = house.entry(entry.id)
        assert (after.withdrawn_at, after.receipt) == (START + HOUR, entry.receipt)
        assert house.contest(contest_id).chain == entry.chain

    def test_forgets_what_never_counted(self, house: ContestsHouse) -> None:
        entry = house.enter(house.add())
        assert self.withdraw(house, entry.id)
        with house.database.reading() as session, pytest.raises(NotFound):
            get_entry(session, entry.id)

    def test_can_be_taken_back_until_the_draw(self, house: ContestsHouse) -> None:
        entry = house.enter(house.add(), house.person())
        self.withdraw(house, entry.id)
        with house.database.transaction() as session:
            assert service.restore_entry(session, entry_id=entry.id)
            assert not service.restore_entry(session, entry_id=entry.id)
        assert house.entry(entry.id).withdrawn_at is None
        assert house.contest(entry.contest_id).status is ContestStatus.PUBLISHED
