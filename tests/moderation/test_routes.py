"""Reporting and the rooms of moderation through the browser's requests."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from shop.accounts.models import Account
from shop.accounts.profile_models import Audience, Profile
from shop.core.db import Database
from shop.feed.models import Comment, CommentStatus, Post
from shop.feed.talking import Writer, write_comment
from shop.moderation.models import Ban, BlockedWord, Case, Decision, Report
from shop.page.models import Page, Role
from tests.factories import START, make_account, make_page, make_staff
from tests.support.feeds import make_post
from tests.support.statements import count_statements
from tests.support.visitors import sign_in

SPAM = "https://a.example https://b.example https://c.example"
ROOM = "/en/manage/lumen/moderation"


class Scene:
    """A page with a post, an owner who moderates, and Arthur who writes."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.transaction() as session:
            self.owner, self.author = make_account(session, name="Olga"), make_account(session, name="Arthur")
            self.person = make_account(session, name="Petra")
            self.page: Page = make_page(session, slug="lumen", owner=self.owner)
            self.post: Post = make_post(session, self.page, START)

    def say(self, text: str = SPAM, *, by: Account | None = None) -> int:
        """Write a comment and return its id."""
        who = by or self.author
        with self.database.transaction() as session:
            return write_comment(
                session, post=self.post, writer=Writer(who.id, who.name), text=text, now=START
            ).id

    def status(self, comment_id: int) -> CommentStatus:
        """Return who sees a comment."""
        with self.database.reading() as session:
            return session.get_one(Comment, comment_id).status

    def cases(self) -> list[Case]:
        """Return all cases."""
        with self.database.reading() as session:
            return list(session.scalars(select(Case).order_by(Case.id)))


@pytest.fixture
def scene(database: Database) -> Scene:
    """A page with a post."""
    return Scene(database)


@pytest.fixture
def moderator(client: FlaskClient, scene: Scene) -> FlaskClient:
    """The owner's browser."""
    sign_in(client, scene.owner)
    return client


@pytest.fixture
def petra(client: FlaskClient, scene: Scene) -> FlaskClient:
    """The browser of somebody who reads."""
    sign_in(client, scene.person)
    return client


def text_of(client: FlaskClient, path: str) -> str:
    """Return a page's HTML."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def undo_of(html: str) -> str:
    """Return where the page's Undo leads."""
    found = re.search(r'class="notice__undo" method="post" action="([^"]+)"', html)
    assert found is not None
    return found[1].replace("&amp;", "&")


class TestReport:
    def send(self, client: FlaskClient, **fields: object) -> int:
        return client.post("/en/reports", data=fields).status_code

    def test_leads_from_the_form_back_to_where_it_was_made(self, petra: FlaskClient, scene: Scene) -> None:
        comment = scene.say("Hello there")
        html = text_of(petra, f"/en/reports/new?kind=comment&id={comment}&next=/en/p/lumen")
        assert "Hello there" in html
        assert "Arthur" in html
        answer = petra.post(
            "/en/reports",
            data={"kind": "comment", "id": comment, "reason": "hate", "note": "Bad", "next": "/en/p/lumen"},
        )
        assert (answer.status_code, answer.headers["Location"]) == (303, "/en/p/lumen")
        with scene.database.reading() as session:
            [report] = session.scalars(select(Report)).all()
        assert (report.reporter_id, report.reason.value, report.note) == (scene.person.id, "hate", "Bad")

    def test_says_so_the_second_time(self, petra: FlaskClient, scene: Scene) -> None:
        comment = scene.say("Hello")
        for _ in range(2):
            assert self.send(petra, kind="comment", id=comment, reason="spam") == 303
        assert scene.cases()[0].report_count == 1
        assert "You have reported this already" in text_of(
            petra, f"/en/reports/new?kind=comment&id={comment}"
        )

    def test_keeps_what_was_typed_when_something_is_wrong(self, petra: FlaskClient, scene: Scene) -> None:
        comment = scene.say("Hello")
        answer = petra.post("/en/reports", data={"kind": "comment", "id": comment, "note": "Because of this"})
        html = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert "Choose a reason." in html
        assert "Because of this" in html
        assert self.send(petra, kind="comment", id=comment, reason="blocked_word") == 422
        assert self.send(petra, kind="comment", id=comment, reason="spam", note="x" * 501) == 422
        assert scene.cases() == []

    @pytest.mark.parametrize("kind", ["post", "person", "page"])
    def test_of_posts_pages_and_people_goes_to_the_house(
        self, petra: FlaskClient, scene: Scene, kind: str
    ) -> None:
        subject_id = {"post": scene.post.id, "person": scene.author.id, "page": scene.page.id}[kind]
        text_of(petra, f"/fr/reports/new?kind={kind}&id={subject_id}")
        assert self.send(petra, kind=kind, id=subject_id, reason="fraud") == 303
        [case] = scene.cases()
        assert (case.page_id, case.subject_kind.value, case.subject_id) == (None, kind, subject_id)

    @pytest.mark.parametrize(
        ("visibility", "is_shown"), [(Audience.EVERYBODY, True), (Audience.FRIENDS, False)]
    )
    def test_of_a_person_shows_no_more_than_their_profile_does(
        self, petra: FlaskClient, scene: Scene, visibility: Audience, *, is_shown: bool
    ) -> None:
        with scene.database.transaction() as session:
            profile = session.get_one(Profile, scene.author.id)
            profile.bio, profile.visibility = "Paints on Sundays", visibility
        html = text_of(petra, f"/en/reports/new?kind=person&id={scene.author.id}")
        assert "Arthur" in html
        assert ("Paints on Sundays" in html) == is_shown

    def test_finds_nothing_that_is_not_there(self, petra: FlaskClient) -> None:
        for number in ("99999", "9" * 18, "0"):
            assert self.send(petra, kind="comment", id=number, reason="spam") in (404, 422)
        assert petra.get("/en/reports/new?kind=comment&id=99999").status_code == 404
        for query in ("", "?kind=order&id=1", "?kind=post&id=x", f"?kind=post&id={'9' * 30}"):
            assert petra.get(f"/en/reports/new{query}").status_code == 400

    def test_never_leaves_this_site(self, petra: FlaskClient, scene: Scene) -> None:
        comment = scene.say("Hello")
        data = {"kind": "comment", "id": comment, "reason": "spam", "next": "https://evil.example/"}
        answer = petra.post("/en/reports", data=data)
        assert answer.headers["Location"].startswith("/en/p/lumen/posts/")

    def test_is_limited(self, limited_app: Flask, scene: Scene) -> None:
        client = limited_app.test_client()
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        sign_in(client, scene.person)
        answers = [self.send(client, kind="page", id=scene.page.id, reason="spam") for _ in range(21)]
        assert answers == [303] * 20 + [429]
        data = {"kind": "post", "id": scene.post.id, "reason": "spam", "note": "Typed at length"}
        refused = client.post("/en/reports", data=data).text
        assert "You wrote a lot in a short time." in refused
        assert "Typed at length" in refused


class TestQueue:
    def test_shows_what_waits_and_why(self, moderator: FlaskClient, scene: Scene) -> None:
        scene.say()
        html = text_of(moderator, ROOM)
        for text in (SPAM, "Arthur", "Links: 3", "Held back", "Spam or advertising"):
            assert text in html

    def test_decides_on_one_and_takes_it_back_in_a_press_each(
        self, moderator: FlaskClient, scene: Scene
    ) -> None:
        comment = scene.say()
        [case] = scene.cases()
        moderator.post(
            f"{ROOM}/decisions", data={f"decision-{case.id}": "removed", f"reason-{case.id}": "fraud"}
        )
        assert scene.status(comment) is CommentStatus.REMOVED
        assert scene.cases()[0].decision_reason == "fraud"
        html = text_of(moderator, ROOM)
        assert "Nothing waits for you" in html
        moderator.post(undo_of(html))
        assert scene.status(comment) is CommentStatus.HELD
        assert SPAM in text_of(moderator, ROOM)

    def test_decides_on_all_that_are_ticked(self, moderator: FlaskClient, scene: Scene) -> None:
        comments = [
            scene.say(f"{SPAM} {number}", by=who) for number, who in enumerate((scene.author, scene.person))
        ]
        ids = [case.id for case in scene.cases()]
        moderator.post(f"{ROOM}/decisions", data={"decision": "kept", "case": ids})
        assert {scene.status(comment) for comment in comments} == {CommentStatus.VISIBLE}
        html = text_of(moderator, f"{ROOM}/decided")
        assert "2 kept" in html
        moderator.post(undo_of(html))
        assert {scene.status(comment) for comment in comments} == {CommentStatus.HELD}

    def test_does_the_rest_when_one_is_decided_already_and_tells_by_whom(
        self, moderator: FlaskClient, scene: Scene
    ) -> None:
        comments = [scene.say(f"{SPAM} {number}") for number in range(2)]
        first, second = (case.id for case in scene.cases())
        moderator.post(f"{ROOM}/decisions", data={f"decision-{first}": "hidden"})
        text_of(moderator, ROOM)
        moderator.post(f"{ROOM}/decisions", data={"decision": "removed", "case": [first, second]})
        html = text_of(moderator, ROOM)
        assert "Olga has already decided on this." in html
        assert [scene.status(one) for one in comments] == [CommentStatus.HIDDEN, CommentStatus.REMOVED]

    def test_asks_to_tick_something_first(self, moderator: FlaskClient, scene: Scene) -> None:
        scene.say()
        moderator.post(f"{ROOM}/decisions", data={"decision": "removed"})
        assert "Tick what you want to decide on first." in text_of(moderator, ROOM)

    @pytest.mark.parametrize(
        "data",
        [
            {"decision-9999": "removed"},
            {"decision-x": "removed"},
            {"decision": "burned", "case": "1"},
            {"decision": "removed", "case": "9" * 40},
            {},
        ],
    )
    def test_changes_nothing_for_odd_requests(
        self, moderator: FlaskClient, scene: Scene, data: dict[str, str]
    ) -> None:
        comment = scene.say()
        assert moderator.post(f"{ROOM}/decisions", data=data).status_code == 303
        assert scene.status(comment) is CommentStatus.HELD

    def test_keeps_its_filter(self, moderator: FlaskClient, scene: Scene) -> None:
        scene.say()
        assert SPAM in text_of(moderator, f"{ROOM}?reason=spam")
        assert "Nothing waits for this reason" in text_of(moderator, f"{ROOM}?reason=hate")
        answer = moderator.post(f"{ROOM}/decisions", data={"decision": "kept", "filter": "spam"})
        assert answer.headers["Location"] == f"{ROOM}?reason=spam"

    def test_goes_on_where_it_ended(self, moderator: FlaskClient, scene: Scene) -> None:
        with scene.database.transaction() as session:
            people = [make_account(session) for _ in range(22)]
        for number, who in enumerate(people):
            scene.say(f"{SPAM} number{number}.", by=who)
        html = text_of(moderator, ROOM)
        assert "number19." in html
        assert "number20." not in html
        found = re.search(r'rel="next" href="([^"]+)"', html)
        assert found is not None
        rest = text_of(moderator, found[1].replace("&amp;", "&"))
        assert "number20." in rest
        assert "number21." in rest

    def test_costs_as_many_statements_for_many_as_for_one(self, moderator: FlaskClient, scene: Scene) -> None:
        scene.say()
        few = self.statements(moderator, scene)
        for number in range(9):
            scene.say(f"{SPAM} {number}", by=scene.person)
        assert self.statements(moderator, scene) == few
        assert few <= 10

    def statements(self, client: FlaskClient, scene: Scene) -> int:
        with count_statements(scene.database.engine) as sent:
            text_of(client, ROOM)
        return len(sent)

    def test_is_kept_from_who_may_not_moderate(self, client: FlaskClient, scene: Scene) -> None:
        with scene.database.transaction() as session:
            analyst = make_account(session)
            make_staff(session, scene.page, analyst, Role.ANALYST)
        sign_in(client, analyst)
        assert client.get(ROOM).status_code == 403
        assert client.post(f"{ROOM}/decisions", data={"decision": "removed", "case": "1"}).status_code == 403


class TestDecided:
    def test_shows_who_when_and_why_and_takes_back(self, moderator: FlaskClient, scene: Scene) -> None:
        comment = scene.say()
        [case] = scene.cases()
        moderator.post(
            f"{ROOM}/decisions", data={f"decision-{case.id}": "hidden", f"reason-{case.id}": "fraud"}
        )
        html = text_of(moderator, f"{ROOM}/decided")
        for text in ("Hidden", "A fraud or a trap", "Olga", "Take back"):
            assert text in html
        mark = re.search(r'name="at" value="([^"]+)"', html)
        assert mark is not None
        moderator.post(f"{ROOM}/decisions/removal", data={"case": case.id, "at": mark[1], "from": "decided"})
        assert scene.status(comment) is CommentStatus.HELD
        assert scene.cases()[0].decision is None

    def test_takes_nothing_back_by_an_old_mark(self, moderator: FlaskClient, scene: Scene) -> None:
        comment = scene.say()
        [case] = scene.cases()
        moderator.post(f"{ROOM}/decisions", data={f"decision-{case.id}": "hidden"})
        for mark in ("1-0", "x", ""):
            moderator.post(f"{ROOM}/decisions/removal", data={"case": case.id, "at": mark})
        assert scene.status(comment) is CommentStatus.HIDDEN


class TestWords:
    def words(self, scene: Scene) -> list[str]:
        with scene.database.reading() as session:
            return list(session.scalars(select(BlockedWord.word).order_by(BlockedWord.word)))

    def test_are_saved_and_taken_back(self, moderator: FlaskClient, scene: Scene) -> None:
        moderator.post(f"{ROOM}/words", data={"words": "Arnaque\nfaux pas"})
        text_of(moderator, f"{ROOM}/words")
        moderator.post(f"{ROOM}/words", data={"words": "zut"})
        assert self.words(scene) == ["zut"]
        html = text_of(moderator, f"{ROOM}/words")
        moderator.post(undo_of(html))
        assert self.words(scene) == ["arnaque", "faux pas"]

    def test_keep_what_was_typed_when_a_line_is_wrong(self, moderator: FlaskClient, scene: Scene) -> None:
        answer = moderator.post(f"{ROOM}/words", data={"words": "Arnaque\n!!!\nzut"})
        html = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert "Line 2" in html
        assert "Arnaque\n!!!\nzut" in html
        assert self.words(scene) == []

    def test_offer_a_suggestion_that_is_not_saved(self, moderator: FlaskClient, scene: Scene) -> None:
        html = moderator.post(f"{ROOM}/words", data={"words": "zut", "suggestion": "1"}).get_data(
            as_text=True
        )
        assert "zut\nconnard*" in html
        assert self.words(scene) == []

    def test_hold_what_is_written_from_then_on(self, moderator: FlaskClient, scene: Scene) -> None:
        moderator.post(f"{ROOM}/words", data={"words": "arnaqu*"})
        assert scene.status(scene.say("Une 4rnaque !")) is CommentStatus.HELD
        assert "Blocked word: arnaqu*" in text_of(moderator, ROOM)


class TestBans:
    def ban(self, moderator: FlaskClient, scene: Scene) -> None:
        scene.say()
        [case] = scene.cases()
        moderator.post(
            f"{ROOM}/decisions", data={f"decision-{case.id}": "banned", f"reason-{case.id}": "hate"}
        )

    def test_are_listed_lifted_and_given_again(self, moderator: FlaskClient, scene: Scene) -> None:
        assert "Nobody is banned" in text_of(moderator, f"{ROOM}/bans")
        self.ban(moderator, scene)
        html = text_of(moderator, f"{ROOM}/bans")
        for text in ("Arthur", "Olga", "Hate against a group of people"):
            assert text in html
        moderator.post(f"{ROOM}/bans/{scene.author.id}/removal")
        html = text_of(moderator, f"{ROOM}/bans")
        assert "Nobody is banned" in html
        moderator.post(undo_of(html))
        with scene.database.reading() as session:
            assert session.scalars(select(Ban.account_id)).all() == [scene.author.id]

    def test_are_given_again_only_by_a_signed_undo_of_the_page(
        self, moderator: FlaskClient, scene: Scene
    ) -> None:
        for token in ("", "nonsense"):
            path = f"{ROOM}/bans/{scene.person.id}/restoration?undo={token}"
            assert moderator.post(path).status_code == 404

    def test_refuse_staff(self, moderator: FlaskClient, scene: Scene) -> None:
        comment = scene.say(by=scene.owner)
        [case] = scene.cases()
        assert "Remove and ban<" not in text_of(moderator, ROOM).split("case__acts", 2)[1]
        moderator.post(f"{ROOM}/decisions", data={f"decision-{case.id}": "banned"})
        assert "Olga works on this page" in text_of(moderator, ROOM)
        assert scene.status(comment) is CommentStatus.HELD

    def test_refuse_what_has_no_author(self, moderator: FlaskClient, scene: Scene) -> None:
        scene.say()
        with scene.database.transaction() as session:
            session.execute(update(Case).values(author_id=None))
        [case] = scene.cases()
        moderator.post(f"{ROOM}/decisions", data={f"decision-{case.id}": "banned"})
        assert "Its author has no account any more" in text_of(moderator, ROOM)
        assert scene.cases()[0].decision is not Decision.BANNED
