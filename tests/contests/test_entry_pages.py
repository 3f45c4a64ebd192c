"""Entering a contest by its form."""

import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from shop.accounts.models import Account
from shop.contests.access import entry_token
from shop.contests.models import ContestKind, EntrySource
from shop.core.clock import SteppedClock
from shop.core.db import Database
from shop.page.models import Follower, LikeSource
from tests.contests.contests_house import END, QUIZ, SIGNER, ContestsHouse
from tests.contests.public_house import TYPED, address, entries, photo
from tests.support.visitors import sign_in


@pytest.fixture
def house(database: Database, app: Flask) -> ContestsHouse:
    return ContestsHouse(database, app)


class TestCreateEntry:
    def test_asks_a_guest_to_confirm_by_mail(self, house: ContestsHouse, client: FlaskClient) -> None:
        contest_id = house.add()
        answer = client.post(address(house, contest_id, "/entries"), data=TYPED)
        assert answer.status_code == 303
        assert answer.headers["Location"].endswith("/entries/sent")
        [entry] = entries(house)
        assert (entry.number, entry.email, entry.language) == (None, "lea@example.com", "en")
        assert [mail.recipient for mail in house.mails("contest_confirm")] == ["lea@example.com"]

    def test_counts_at_once_with_an_account_and_its_address(
        self, house: ContestsHouse, client: FlaskClient
    ) -> None:
        person = house.person()
        sign_in(client, person)
        answer = client.post(
            address(house, house.add(), "/entries"), data={**TYPED, "email": "another@example.com"}
        )
        [entry] = entries(house)
        assert (entry.number, entry.email, entry.account_id) == (1, person.email, person.id)
        page = client.get(answer.headers["Location"])
        assert "You take part" in page.text
        assert str(entry.receipt) in page.text

    def test_asks_an_account_to_confirm_its_address_once(
        self, house: ContestsHouse, client: FlaskClient
    ) -> None:
        contest_id, person = house.add(), house.person(is_confirmed=False)
        sign_in(client, person)
        assert "This address is not confirmed yet" in client.get(address(house, contest_id)).text
        sent = client.post(address(house, contest_id, "/entries"), data=TYPED)
        assert sent.headers["Location"].endswith("/entries/sent")
        page = client.get(sent.headers["Location"]).text
        assert f"We have sent a mail to {person.email}" in page
        assert "confirms the address of your account" in page
        [entry] = entries(house)
        assert entry.number is None
        waiting = client.get(address(house, contest_id)).text
        assert "One more step" in waiting
        assert "/contest-entries/" not in waiting, "the link is for the mailbox alone"
        client.post(f"/en/contest-entries/{entry_token(SIGNER, entry)}/confirmation")
        assert house.entry(entry.id).number == 1
        assert "Your entry has the number 1" in client.get(address(house, contest_id)).text
        another = house.add(title="Another one")
        assert "This address is not confirmed yet" not in client.get(address(house, another)).text
        client.post(address(house, another, "/entries"), data=TYPED)
        assert [entry.number for entry in entries(house)] == [1, 1]

    def test_confirms_the_account_that_reads_the_mail_of_a_guest(
        self, house: ContestsHouse, client: FlaskClient
    ) -> None:
        person = house.person(email=TYPED["email"], is_confirmed=False)
        entry = house.enter(house.add(), email=TYPED["email"])
        sign_in(client, person)
        client.post(f"/en/contest-entries/{entry_token(SIGNER, entry)}/confirmation")
        with house.database.reading() as session:
            assert session.get_one(Account, person.id).email_confirmed_at is not None

    def test_shows_somebody_the_entry_that_they_made_without_their_account(
        self, house: ContestsHouse, client: FlaskClient
    ) -> None:
        contest_id = house.add()
        entry = house.enter(contest_id, email=TYPED["email"])
        client.post(f"/en/contest-entries/{entry_token(SIGNER, entry)}/confirmation")
        sign_in(client, house.person(email=TYPED["email"]))
        assert "Your entry has the number 1" in client.get(address(house, contest_id)).text

    def test_does_not_tell_an_account_what_others_did_with_an_address_that_it_has_not_proved(
        self, house: ContestsHouse, app: Flask
    ) -> None:
        contest_id = house.add()
        house.enter(contest_id, house.person(email="lea+own@example.com"))
        squatters = [
            house.person(email=TYPED["email"], is_confirmed=False),
            house.person(email=house.noor.email.replace("@", "+x@"), is_confirmed=False),
        ]
        for squatter in squatters:
            browser = app.test_client()
            browser.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
            sign_in(browser, squatter)
            answer = browser.post(address(house, contest_id, "/entries"), data={**TYPED, "likes_page": "1"})
            assert answer.headers["Location"].endswith("/entries/sent")
            assert "Your entry has" not in browser.get(address(house, contest_id)).text
        with house.database.reading() as session:
            likes = session.scalars(select(Follower.account_id).order_by(Follower.account_id)).all()
        assert likes == [squatter.id for squatter in squatters]
        assert len(entries(house)) == 1

    def test_takes_no_second_spelling_of_a_mailbox(self, house: ContestsHouse, client: FlaskClient) -> None:
        contest_id = house.add()
        answer = client.post(
            address(house, contest_id, "/entries"), data={**TYPED, "email": '"lea"@example.com'}
        )
        assert answer.status_code == 422
        assert "Enter an e-mail address" in answer.text
        assert entries(house) == []

    def test_likes_the_page_only_where_the_box_was_ticked(
        self, house: ContestsHouse, client: FlaskClient, app: Flask
    ) -> None:
        contest_id = house.add()
        for name, ticked in (("Who likes", {"likes_page": "1"}), ("Who does not", {})):
            browser = app.test_client()
            browser.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
            sign_in(browser, house.person(name))
            browser.post(address(house, contest_id, "/entries"), data={**TYPED, **ticked})
        with house.database.reading() as session:
            likes = session.scalars(select(Follower)).all()
        assert [(like.source, like.source_ref) for like in likes] == [(LikeSource.CONTEST, str(contest_id))]
        assert [entry.is_new_follower for entry in entries(house)] == [True, False]

    def test_keeps_what_was_typed_and_says_what_is_missing(
        self, house: ContestsHouse, client: FlaskClient
    ) -> None:
        answer = client.post(
            address(house, house.add(**QUIZ), "/entries"),
            data={"name": "Léa F.", "email": "not an address", "country": "JP"},
        )
        assert answer.status_code == 422
        for text in (
            "Léa F.", "not an address", "Enter an e-mail address", "in one of these countries",
            "Choose an answer", "of this age", "read and accept",
        ):  # fmt: skip
            assert text in answer.text
        assert entries(house) == []

    def test_takes_one_entry_a_person(self, house: ContestsHouse, client: FlaskClient) -> None:
        contest_id = house.add()
        sign_in(client, house.person())
        client.post(address(house, contest_id, "/entries"), data=TYPED)
        second = client.post(address(house, contest_id, "/entries"), data=TYPED)
        assert second.status_code == 409
        assert "You take part" in second.text
        assert len(entries(house)) == 1

    def test_does_not_tell_a_guest_who_has_entered(
        self, house: ContestsHouse, client: FlaskClient, app: Flask
    ) -> None:
        contest_id, person = house.add(), house.person()
        house.enter(contest_id, person)
        answer = client.post(address(house, contest_id, "/entries"), data={**TYPED, "email": person.email})
        assert answer.status_code == 303
        assert answer.headers["Location"].endswith("/entries/sent")
        assert len(entries(house)) == 1

    def test_reencodes_a_photo_and_keeps_it_while_something_else_is_wrong(
        self, house: ContestsHouse, client: FlaskClient
    ) -> None:
        contest_id = house.add(kind=ContestKind.PHOTO)
        path = address(house, contest_id, "/entries")
        first = client.post(
            path,
            data={**TYPED, "country": "", "photo": (photo(), "sea.jpg")},
            content_type="multipart/form-data",
        )
        assert first.status_code == 422
        assert "Your photo is kept" in first.text
        found = re.search(r'name="photo_ref" value="([^"]+)"', first.text)
        assert found is not None
        client.post(path, data={**TYPED, "photo_ref": found[1], "caption": "By the sea"})
        [entry] = entries(house)
        assert entry.photo is not None
        assert entry.photo["formats"][-1] == "jpg"
        assert entry.caption == "By the sea"

    @pytest.mark.parametrize(
        ("content", "text"),
        [(b"", "empty"), (b"<svg></svg>", "SVG"), (b"\xff\xd8\xff\xe0 broken", "damaged")],
    )
    def test_says_what_is_wrong_with_a_photo(
        self, house: ContestsHouse, client: FlaskClient, content: bytes, text: str
    ) -> None:
        answer = client.post(
            address(house, house.add(kind=ContestKind.PHOTO), "/entries"),
            data={**TYPED, "photo": (io.BytesIO(content), "sea.jpg")},
            content_type="multipart/form-data",
        )
        assert answer.status_code == 422
        assert text in answer.text
        assert entries(house) == []

    def test_passes_over_a_photo_that_we_did_not_sign(
        self, house: ContestsHouse, client: FlaskClient
    ) -> None:
        path = address(house, house.add(kind=ContestKind.PHOTO), "/entries")
        answer = client.post(path, data={**TYPED, "photo_ref": SIGNER.sign("other", {"key": "x"})})
        assert answer.status_code == 422
        assert "Choose a photo" in answer.text

    def test_keeps_what_led_there(self, house: ContestsHouse, client: FlaskClient) -> None:
        contest_id = house.add()
        client.get(address(house, contest_id, "?from=embed"))
        client.post(address(house, contest_id, "/entries"), data=TYPED)
        assert [entry.source for entry in entries(house)] == [EntrySource.EMBED]

    def test_leads_back_to_the_contest_when_it_is_over(
        self, house: ContestsHouse, client: FlaskClient, clock: SteppedClock
    ) -> None:
        contest_id = house.add()
        clock.advance(seconds=(END - clock.now()).total_seconds())
        answer = client.post(address(house, contest_id, "/entries"), data=TYPED, follow_redirects=True)
        assert "This contest is over" in answer.text
        assert entries(house) == []

    def test_does_not_tell_a_guest_who_works_on_the_page(
        self, house: ContestsHouse, client: FlaskClient
    ) -> None:
        answer = client.post(
            address(house, house.add(), "/entries"), data={**TYPED, "email": house.noor.email}
        )
        assert answer.status_code == 303
        assert answer.headers["Location"].endswith("/entries/sent")
        assert entries(house) == []

    def test_takes_no_character_that_a_database_refuses(
        self, house: ContestsHouse, client: FlaskClient
    ) -> None:
        typed = {**TYPED, "name": "Léa\x00 F.", "email": "lea\x00@example.com"}
        assert client.post(address(house, house.add(), "/entries"), data=typed).status_code == 303
        assert [(entry.name, entry.email) for entry in entries(house)] == [("Léa F.", "lea@example.com")]

    def test_sends_one_mailbox_few_mails_however_its_address_is_written(
        self, house: ContestsHouse, limited_app: Flask
    ) -> None:
        path = address(house, house.add(), "/entries")
        browser = limited_app.test_client()
        browser.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        answers = [
            browser.post(path, data={**TYPED, "email": f"lea+{number}@example.com"}) for number in range(11)
        ]
        assert [answer.status_code for answer in answers] == [303] * 10 + [429]

    def test_is_not_for_who_works_on_the_page(self, house: ContestsHouse, client: FlaskClient) -> None:
        contest_id = house.add()
        sign_in(client, house.noor)
        answer = client.post(address(house, contest_id, "/entries"), data=TYPED)
        assert answer.status_code == 409
        assert entries(house) == []

    def test_that_comes_too_often_keeps_what_was_typed(
        self, house: ContestsHouse, limited_app: Flask
    ) -> None:
        path = address(house, house.add(), "/entries")
        browser = limited_app.test_client()
        browser.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        answers = [
            browser.post(path, data={**TYPED, "email": f"many{number}@example.com"}) for number in range(31)
        ]
        assert [answer.status_code for answer in answers] == [303] * 30 + [429]
        assert "many30@example.com" in answers[-1].text
        assert "You tried often" in answers[-1].text
