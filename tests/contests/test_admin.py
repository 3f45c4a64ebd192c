"""The admin's rooms of contests, through the browser's door: forms, what is refused, photos, winners, results."""

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from shop.contests.closing import draw_contest
from shop.contests.forgetting import KEPT, forget_entrants
from shop.contests.models import Contest, ContestEntry, ContestKind, ContestStatus, PhotoStatus
from shop.contests.service import DRAW_CONTEST
from shop.contests.telling import TELL_OF_PHOTO, UNDO
from shop.core.clock import SteppedClock
from shop.core.db import Database
from shop.core.outbox import Job
from tests.contests.contests_house import END, QUIZ, SIGNER, ContestsHouse, photo_named
from tests.support.statements import count_statements

FORM = {
    "action": "save", "kind": "draw", "title": "Win a lamp", "body": "Enter, and win.", "prize": "A lamp",
    "organiser": "Atelier SARL, Paris", "prize_value_amount": "129.00", "winner_count": "2", "prize_days": "60",
    "minimum_age": "18", "countries": ["FR"], "starts_on": "2026-11-25", "starts_time": "09:00",
    "ends_on": "2026-12-03", "ends_time": "20:00", "is_embeddable": "1",
}  # fmt: skip
SAME = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def house(app: Flask, database: Database, clock: SteppedClock) -> ContestsHouse:
    return ContestsHouse(database, app)


def send(house: ContestsHouse, path: str, **fields: object) -> tuple[int, str]:
    answer = house.client().post(f"{house.root}{path}", data={**fields}, headers=SAME)
    return answer.status_code, answer.get_data(as_text=True)


def look(house: ContestsHouse, path: str = "") -> str:
    answer = house.client().get(f"{house.root}{path}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def newest(house: ContestsHouse) -> Contest:
    with house.database.reading() as session:
        return session.scalars(select(Contest).order_by(Contest.id.desc()).limit(1)).one()


class TestListContests:
    def test_says_what_to_do_when_there_is_none(self, house: ContestsHouse) -> None:
        assert "Plan a contest" in look(house)

    def test_shows_each_with_its_standing(self, house: ContestsHouse) -> None:
        house.add(title="A lamp to win")
        house.add(title="A mug to win", is_published=False)
        text = look(house)
        assert "A lamp to win" in text
        assert ">Open now<" in text
        assert ">Draft<" in text

    def test_asks_no_more_for_more_contests(self, house: ContestsHouse) -> None:
        client = house.client()
        house.add()
        client.get(house.root)
        with count_statements(house.database.engine) as one:
            client.get(house.root)
        for number in range(8):
            house.add(title=f"Number {number}")
        with count_statements(house.database.engine) as many:
            client.get(house.root)
        assert len(many) == len(one)


class TestCreateContest:
    def test_makes_a_draft_of_what_was_typed(self, house: ContestsHouse) -> None:
        status, _ = send(house, "", **FORM, prize_product_id=str(house.lamp))
        contest = newest(house)
        assert status == 303
        assert (contest.status, contest.title, contest.slug) == (
            ContestStatus.DRAFT,
            "Win a lamp",
            "win-a-lamp",
        )
        assert (contest.prize_value_amount, contest.winner_count, contest.countries) == (12_900, 2, ["FR"])
        # Nine in the morning and eight in the evening on the clocks of Paris.
        assert (contest.starts_at.isoformat(), contest.ends_at.isoformat()) == (
            "2026-11-25T08:00:00+00:00",
            "2026-12-03T19:00:00+00:00",
        )

    def test_keeps_a_quiz_with_its_right_answer_and_the_other_language(self, house: ContestsHouse) -> None:
        send(
            house, "", **{**FORM, "kind": "quiz"}, question="Of what?", **{"answer-0": "Oak", "answer-2": "Brass"},
            right_answer="2", other_title="Gagnez une lampe", **{"other_answer-0": "Chêne", "other_answer-2": "Laiton"},
        )  # fmt: skip
        contest = newest(house)
        assert (contest.answers, contest.right_answer) == (["Oak", "Brass"], 1)
        assert contest.translations == {"fr": {"title": "Gagnez une lampe", "answers": ["Chêne", "Laiton"]}}

    @pytest.mark.parametrize(
        ("changes", "words"),
        [({"title": ""}, "A contest needs a name."), ({"ends_on": "2026-11-20"}, "It has to end after it begins."),
         ({"winner_count": "0"}, "Enter a number from 1 to 100."), ({"starts_time": "25:00"}, "Enter a time"),
         ({"minimum_age": "twelve"}, "Enter a whole number.")],
    )  # fmt: skip
    def test_says_what_is_wrong_and_loses_nothing(
        self, house: ContestsHouse, changes: dict[str, str], words: str
    ) -> None:
        status, text = send(house, "", **{**FORM, "body": "Words that took long", **changes})
        assert status == 422
        assert words in text
        assert "Words that took long" in text

    def test_keeps_a_picture_that_was_sent_with_a_mistake(self, house: ContestsHouse) -> None:
        from PIL import Image

        file = io.BytesIO()
        Image.new("RGB", (40, 30), "red").save(file, "PNG")
        file.seek(0)
        data = {**FORM, "title": "", "picture": (file, "lamp.png")}
        answer = house.client().post(house.root, data=data, headers=SAME, content_type="multipart/form-data")
        assert answer.status_code == 422
        assert 'name="picture_ref"' in answer.get_data(as_text=True)

    def test_finds_and_chooses_the_prize_without_saving(self, house: ContestsHouse) -> None:
        status, text = send(house, "", **{**FORM, "action": "search"}, product_q="lamp")
        assert status == 200
        assert f'value="prize:{house.lamp}"' in text
        status, text = send(house, "", **{**FORM, "action": f"prize:{house.lamp}"})
        assert f'name="prize_product_id" value="{house.lamp}"' in text
        with house.database.reading() as session:
            assert session.scalars(select(Contest)).all() == []


class TestUpdateContest:
    def test_changes_a_draft(self, house: ContestsHouse) -> None:
        contest_id = house.add(is_published=False)
        status, _ = send(house, f"/{contest_id}/form", **FORM, version="1")
        assert status == 303
        assert house.contest(contest_id).body == "Enter, and win."

    def test_tells_who_was_overtaken_and_saves_the_second_time(self, house: ContestsHouse) -> None:
        contest_id = house.add(is_published=False)
        send(house, f"/{contest_id}/form", **FORM, version="1")
        status, text = send(house, f"/{contest_id}/form", **{**FORM, "title": "Mine"}, version="1")
        assert status == 422
        assert "Somebody else has changed this contest" in text
        assert 'name="version" value="2"' in text
        assert send(house, f"/{contest_id}/form", **{**FORM, "title": "Mine"}, version="2")[0] == 303

    def test_leaves_alone_what_people_enter_for(self, house: ContestsHouse) -> None:
        contest_id = house.add(translations={"fr": {"title": "Gagnez", "prize": "Une lampe"}})
        version = str(house.contest(contest_id).version)
        status, _ = send(
            house, f"/{contest_id}/form", **{**FORM, "title": "Better words", "prize": "A cheaper lamp"},
            other_title="De meilleurs mots", version=version,
        )  # fmt: skip
        contest = house.contest(contest_id)
        assert status == 303
        assert (contest.title, contest.prize) == ("Better words", "A lamp of our workshop")
        assert contest.translations["fr"] == {"title": "De meilleurs mots", "prize": "Une lampe"}
        assert contest.winner_count == 1


class TestPublishContest:
    def test_commits_to_a_seed_that_nobody_is_shown(self, house: ContestsHouse) -> None:
        contest_id = house.add(is_published=False)
        assert send(house, f"/{contest_id}/publication")[0] == 303
        contest = house.contest(contest_id)
        assert contest.status is ContestStatus.PUBLISHED
        assert contest.seed
        text = look(house, f"/{contest_id}")
        assert str(contest.commitment) in text
        assert contest.seed not in text

    def test_says_what_is_missing(self, house: ContestsHouse) -> None:
        contest_id = house.add(is_published=False, prize="", organiser="")
        status, text = send(house, f"/{contest_id}/publication")
        assert status == 422
        assert "Say what can be won." in text
        assert "The rules have to name who runs it" in text

    def test_asks_a_question_of_skill_where_canada_may_enter(self, house: ContestsHouse) -> None:
        contest_id = house.add(is_published=False, countries=("FR", "CA"))
        status, text = send(house, f"/{contest_id}/publication")
        assert status == 422
        assert "In Canada chance alone may not decide" in text
        quiz = house.add(is_published=False, countries=("FR", "CA"), **QUIZ)
        assert send(house, f"/{quiz}/publication")[0] == 303

    def test_warns_before_of_what_a_lawyer_knows_better(self, house: ContestsHouse) -> None:
        contest_id = house.add(is_published=False, countries=("BE",))
        text = look(house, f"/{contest_id}")
        assert "Belgium: a law of 1851" in text
        assert "no legal advice" in text

    def test_can_be_undone_until_somebody_enters(self, house: ContestsHouse) -> None:
        contest_id = house.add()
        assert send(house, f"/{contest_id}/publication/removal")[0] == 303
        assert house.contest(contest_id).status is ContestStatus.DRAFT
        entered = house.add()
        house.enter(entered, house.person())
        status, text = send(house, f"/{entered}/publication/removal")
        assert status == 409
        assert "Somebody has entered already" in text


class TestCancelContest:
    def test_wants_a_reason(self, house: ContestsHouse) -> None:
        contest_id = house.add()
        status, text = send(house, f"/{contest_id}/cancellation", reason=" ")
        assert status == 422
        assert "everybody who entered reads it" in text
        assert send(house, f"/{contest_id}/cancellation", reason="The lamp broke.")[0] == 303
        assert "The lamp broke." in look(house, f"/{contest_id}")


class TestDeleteContest:
    def test_puts_a_draft_away_and_brings_it_back(self, house: ContestsHouse) -> None:
        contest_id = house.add(is_published=False, title="To be put away")
        assert send(house, f"/{contest_id}/deletion")[0] == 303
        assert "Plan a contest" in look(house)
        assert send(house, f"/{contest_id}/restoration")[0] == 303
        assert "To be put away" in look(house)

    def test_leaves_what_is_public(self, house: ContestsHouse) -> None:
        contest_id = house.add()
        assert send(house, f"/{contest_id}/deletion")[0] == 409


class TestPhotos:
    @pytest.fixture
    def contest_id(self, house: ContestsHouse) -> int:
        return house.add(kind=ContestKind.PHOTO)

    def enter(self, house: ContestsHouse, contest_id: int, name: str, language: str = "en") -> ContestEntry:
        return house.enter(
            contest_id, house.person(), photo=photo_named(name), caption=f"About {name}", language=language
        )

    def jobs(self, house: ContestsHouse, status: str) -> int:
        with house.database.reading() as session:
            rows = session.scalars(select(Job).where(Job.kind == TELL_OF_PHOTO)).all()
        return sum(row.payload["status"] == status for row in rows)

    def test_wait_until_somebody_lets_them_through(self, house: ContestsHouse, contest_id: int) -> None:
        entry = self.enter(house, contest_id, "a")
        assert "About a" in look(house, f"/{contest_id}/photos")
        assert send(house, f"/{contest_id}/photos/decisions", decision=f"approved:{entry.id}")[0] == 303
        assert house.entry(entry.id).photo_status is PhotoStatus.APPROVED
        assert "No photo waits for you" in look(house, f"/{contest_id}/photos")
        assert "contest.photo_approved" in house.acts()

    def test_are_refused_with_a_reason_in_the_senders_language(
        self, house: ContestsHouse, contest_id: int
    ) -> None:
        entry = self.enter(house, contest_id, "a", language="fr")
        status, text = send(house, f"/{contest_id}/photos/decisions", decision=f"refused:{entry.id}")
        assert status == 422
        assert "Say why" in text
        fields = {"decision": f"refused:{entry.id}", f"reason-{entry.id}": "4"}
        assert send(house, f"/{contest_id}/photos/decisions", **fields)[0] == 303
        after = house.entry(entry.id)
        assert after.photo_status is PhotoStatus.REFUSED
        assert after.refused_reason not in ("", "It cannot be made out well enough.")
        assert self.jobs(house, "refused") == 1

    def test_are_refused_in_ones_own_words(self, house: ContestsHouse, contest_id: int) -> None:
        entry = self.enter(house, contest_id, "a")
        fields = {
            "decision": f"refused:{entry.id}",
            f"reason-{entry.id}": "own",
            f"words-{entry.id}": "A chair.",
        }
        assert send(house, f"/{contest_id}/photos/decisions", **fields)[0] == 303
        assert house.entry(entry.id).refused_reason == "A chair."

    def test_wait_again_when_a_decision_is_taken_back(self, house: ContestsHouse, contest_id: int) -> None:
        entry = self.enter(house, contest_id, "a")
        send(house, f"/{contest_id}/photos/decisions", decision=f"approved:{entry.id}")
        assert send(house, f"/{contest_id}/photos/decisions/removal?entry={entry.id}")[0] == 303
        assert house.entry(entry.id).photo_status is PhotoStatus.WAITING

    def test_are_drawn_from_after_the_last_one_could_be_taken_back(
        self, house: ContestsHouse, contest_id: int, clock: SteppedClock
    ) -> None:
        entry = self.enter(house, contest_id, "a")
        clock.advance(seconds=(END - clock.now()).total_seconds())
        send(house, f"/{contest_id}/photos/decisions", decision=f"approved:{entry.id}")
        with house.database.reading() as session:
            due = session.scalars(select(Job.run_at).where(Job.kind == DRAW_CONTEST)).all()
        assert sorted(due) == [END, END + UNDO]

    def test_are_decided_for_good_by_the_draw(self, house: ContestsHouse, contest_id: int) -> None:
        entry = self.enter(house, contest_id, "a")
        send(house, f"/{contest_id}/photos/decisions", decision=f"approved:{entry.id}")
        with house.database.transaction() as session:
            draw_contest(session, contest_id=contest_id, signer=SIGNER, now=END)
        status, _ = send(
            house, f"/{contest_id}/photos/decisions", decision=f"refused:{entry.id}",
            **{f"reason-{entry.id}": "0"},
        )  # fmt: skip
        assert status == 409
        assert house.entry(entry.id).photo_status is PhotoStatus.APPROVED

    def test_can_be_taken_off_the_page_after_the_draw_and_keep_their_part_in_it(
        self, house: ContestsHouse, client: FlaskClient, contest_id: int
    ) -> None:
        entry = self.enter(house, contest_id, "a")
        other = self.enter(house, contest_id, "b")
        path, act = f"/{contest_id}/photos/decisions", f"hidden:{entry.id}"
        for one in (entry, other):
            send(house, path, decision=f"approved:{one.id}")
        assert send(house, path, decision=act)[0] == 404
        with house.database.transaction() as session:
            draw_contest(session, contest_id=contest_id, signer=SIGNER, now=END)
            slug = session.get_one(Contest, contest_id).slug
        public = f"/en/p/{house.page.slug}/contests/{slug}"
        record = client.get(f"{public}/check.json").json
        assert record["receipts"]
        for _press in range(2):
            assert send(house, path, decision=act, part="approved")[0] == 303
        seen = client.get(public).text
        assert "About b" in seen
        assert "About a" not in seen
        assert client.get(f"{public}/check.json").json == record
        assert house.entry(entry.id).photo_status is PhotoStatus.APPROVED
        assert "Off the page" in look(house, f"/{contest_id}/photos?part=approved")
        send(house, path, decision=f"shown:{entry.id}")
        assert "About a" in client.get(public).text
        assert [act for act in house.acts() if "photo_hidden" in act or "photo_shown" in act] == [
            "contest.photo_hidden", "contest.photo_shown",
        ]  # fmt: skip

    def test_that_are_off_the_page_are_forgotten_with_their_entrants(
        self, house: ContestsHouse, contest_id: int
    ) -> None:
        entry, other = (self.enter(house, contest_id, name) for name in "ab")
        path = f"/{contest_id}/photos/decisions"
        for one in (entry, other):
            send(house, path, decision=f"approved:{one.id}")
        with house.database.transaction() as session:
            draw_contest(session, contest_id=contest_id, signer=SIGNER, now=END)
        send(house, path, decision=f"hidden:{entry.id}")
        with house.database.transaction() as session:
            assert forget_entrants(session, contest_id=contest_id, now=END + 2 * KEPT)
        assert house.entry(entry.id).photo is None
        assert house.entry(other.id).photo is not None

    def test_are_for_moderators_too(self, house: ContestsHouse, contest_id: int) -> None:
        noor = house.client(house.noor)
        assert noor.get(f"{house.root}/{contest_id}/photos").status_code == 200
        assert noor.get(f"{house.root}/{contest_id}").status_code == 403

    def test_of_another_contest_are_not_touched(self, house: ContestsHouse, contest_id: int) -> None:
        entry = self.enter(house, contest_id, "a")
        other = house.add(kind=ContestKind.PHOTO)
        assert send(house, f"/{other}/photos/decisions", decision=f"approved:{entry.id}")[0] == 404


class TestReplaceWinner:
    def test_gives_the_prize_to_the_next_one(self, house: ContestsHouse) -> None:
        contest_id = house.add()
        house.enter_many(contest_id, 3)
        with house.database.transaction() as session:
            draw_contest(session, contest_id=contest_id, signer=SIGNER, now=END)
        status, text = send(house, f"/{contest_id}/winners/1/replacement", reason="")
        assert status == 422
        assert "the winner reads it" in text
        assert send(house, f"/{contest_id}/winners/1/replacement", reason="Never answered")[0] == 303
        text = look(house, f"/{contest_id}")
        assert "Never answered" in text
        assert [winner.rank for winner in house.winners(contest_id) if not winner.replaced_at] == [2]


class TestShowContest:
    def test_asks_no_more_for_more_entries(self, house: ContestsHouse) -> None:
        contest_id, client = house.add(), house.client()
        house.enter_many(contest_id, 1)
        client.get(f"{house.root}/{contest_id}")
        with count_statements(house.database.engine) as few:
            client.get(f"{house.root}/{contest_id}")
        house.enter_many(contest_id, 10)
        with count_statements(house.database.engine) as many:
            client.get(f"{house.root}/{contest_id}")
        assert len(many) == len(few)

    def test_says_that_it_is_too_early_until_likes_are_old_enough(self, house: ContestsHouse) -> None:
        contest_id = house.add()
        house.enter(contest_id, house.person())
        assert "Too early to tell" in look(house, f"/{contest_id}")

    def test_says_that_names_are_erased_once_they_are(
        self, house: ContestsHouse, clock: SteppedClock
    ) -> None:
        contest_id = house.add()
        house.enter_many(contest_id, 2)
        clock.advance(seconds=(END + KEPT - clock.now()).total_seconds())
        with house.database.transaction() as session:
            draw_contest(session, contest_id=contest_id, signer=SIGNER, now=END)
            forget_entrants(session, contest_id=contest_id, now=clock.now())
        text = look(house, f"/{contest_id}")
        assert "Name erased" in text
        assert "Not known any more" in text
        assert "mailto:" not in text.partition("<main")[2]
        assert "Give the prize to the next one" not in text

    def test_is_nobody_elses(self, house: ContestsHouse) -> None:
        contest_id = house.add()
        assert house.client(house.person()).get(f"{house.root}/{contest_id}").status_code == 404
