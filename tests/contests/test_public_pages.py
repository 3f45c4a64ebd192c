"""The public pages of contests: the tab, a contest, entering it, its check and its record, the card for other sites."""

import datetime as dt
import io
import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from shop.contests.access import entry_token
from shop.contests.checking import read_record, take_steps
from shop.contests.closing import draw_contest
from shop.contests.models import ContestEntry, ContestKind, EntrySource
from shop.contests.service import cancel_contest
from shop.core.clock import SteppedClock
from shop.core.db import Database
from shop.page.models import Follower, LikeSource
from tests.contests.contests_house import DAY, END, QUIZ, SIGNER, ContestsHouse
from tests.factories import START
from tests.support.statements import count_statements
from tests.support.visitors import sign_in

TYPED = {
    "name": "Léa Fontaine",
    "email": "lea@example.com",
    "country": "FR",
    "is_old_enough": "1",
    "accepts_rules": "1",
}


@pytest.fixture
def house(database: Database, app: Flask) -> ContestsHouse:
    return ContestsHouse(database, app)


def address(house: ContestsHouse, contest_id: int, end: str = "", *, language: str = "en") -> str:
    return f"/{language}/p/{house.page.slug}/contests/{house.contest(contest_id).slug}{end}"


def entries(house: ContestsHouse) -> list[ContestEntry]:
    with house.database.reading() as session:
        return list(session.scalars(select(ContestEntry).order_by(ContestEntry.id)))


def photo(width: int = 300) -> io.BytesIO:
    content = io.BytesIO()
    Image.new("RGB", (width, 200), "#b06030").save(content, "JPEG")
    content.seek(0)
    return content


def draw(house: ContestsHouse, contest_id: int, clock: SteppedClock) -> None:
    clock.advance(seconds=(END + dt.timedelta(minutes=2) - clock.now()).total_seconds())
    with house.database.transaction() as session:
        draw_contest(session, contest_id=contest_id, signer=SIGNER, now=clock.now())


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
            session.get_one(ContestEntry, accepted.id).photo_status = "approved"
        body = client.get(address(house, contest_id)).text
        assert "By the sea" in body
        assert "In the attic" not in body
        assert "Anna" not in body


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
        assert entry.receipt in page.text

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


class TestShowEntry:
    def link(self, entry: ContestEntry, end: str = "") -> str:
        return f"/en/contest-entries/{entry_token(SIGNER, entry.id)}{end}"

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

    def test_forgets_an_entry_that_was_not_its_readers(
        self, house: ContestsHouse, client: FlaskClient
    ) -> None:
        entry = house.enter(house.add())
        answer = client.post(self.link(entry, "/withdrawal"), follow_redirects=True)
        assert "Your entry is deleted" in answer.text
        assert entries(house) == []
        assert client.get(self.link(entry)).status_code == 404
        assert client.post(self.link(entry, "/confirmation"), follow_redirects=True).status_code == 404

    def test_says_how_it_came_out(
        self, house: ContestsHouse, client: FlaskClient, clock: SteppedClock
    ) -> None:
        contest_id = house.add(**QUIZ)
        right = house.enter(contest_id, house.person("Right"), answer=1)
        wrong = house.enter(contest_id, house.person("Wrong"), answer=0)
        draw(house, contest_id, clock)
        assert "You have won!" in client.get(self.link(right)).text
        assert "Wrong answer" in client.get(self.link(wrong)).text

    @pytest.mark.parametrize(
        "token", ["nonsense", SIGNER.sign("order", 1), SIGNER.sign("contest-entry", "1")]
    )
    def test_lets_nobody_in_without_the_link(
        self, house: ContestsHouse, client: FlaskClient, token: str
    ) -> None:
        house.enter(house.add(), house.person())
        assert client.get(f"/en/contest-entries/{token}").status_code == 404
        for end in ("confirmation", "withdrawal", "return"):
            assert client.post(f"/en/contest-entries/{token}/{end}").status_code == 404


class TestShowCheck:
    def test_shows_the_commitment_and_no_seed_before_the_draw(
        self, house: ContestsHouse, client: FlaskClient
    ) -> None:
        contest_id = house.add()
        entry = house.enter(contest_id, house.person())
        contest = house.contest(contest_id)
        for end in ("/check", "/check.json", ""):
            body = client.get(address(house, contest_id, end)).text
            assert contest.seed not in body
        body = client.get(address(house, contest_id, "/check")).text
        assert contest.commitment in body
        assert entry.receipt in body
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
        assert house.contest(contest_id).seed in body
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
        for changes in ({"is_embeddable": False}, {"is_published": False}):
            contest_id = house.add(**changes)
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
