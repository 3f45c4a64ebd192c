"""Comments over HTTP: written, refused with what was typed kept, held, edited, deleted, liked, hidden by staff."""

import html
import re
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from shop.accounts.models import Account
from shop.core.db import Database
from shop.feed.models import Comment, CommentStatus
from shop.moderation.models import Ban, BlockedWord, Case, Reason
from tests.factories import START
from tests.feed.talk_house import (
    TalkHouse,
    assert_counts_are_true,
    befriend,
    block,
    make_post,
    say,
    talk_house,
)
from tests.support.statements import count_statements
from tests.support.visitors import sign_in

__all__ = ["talk_house"]
SCRIPT = {"HX-Request": "true"}


def browser(app: Flask, account: Account | None) -> FlaskClient:
    client = app.test_client()
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    if account is not None:
        sign_in(client, account)
    return client


@pytest.fixture
def here(talk_house: TalkHouse) -> str:
    return f"/en/p/lumen/posts/{talk_house.post.id}"


@pytest.fixture
def lea(app: Flask, talk_house: TalkHouse) -> FlaskClient:
    return browser(app, talk_house.lea)


def comments(database: Database) -> list[Comment]:
    with database.reading() as session:
        return list(session.scalars(select(Comment).order_by(Comment.id)))


class TestWriting:
    def test_by_a_plain_form_leads_to_the_comment(
        self, lea: FlaskClient, database: Database, here: str
    ) -> None:
        answer = lea.post(f"{here}/comments", data={"body": "Lovely."})
        mine = comments(database)[0]
        assert answer.status_code == 303
        assert answer.headers["Location"] == f"{here}?comment={mine.id}#comment-{mine.id}"
        assert "Lovely." in lea.get(answer.headers["Location"]).text

    def test_by_a_script_gets_the_comment(self, lea: FlaskClient, here: str) -> None:
        answer = lea.post(f"{here}/comments", data={"body": "See www.example.com/a."}, headers=SCRIPT)
        assert answer.status_code == 201
        assert (
            '<a href="https://www.example.com/a" rel="nofollow ugc noopener">www.example.com/a</a>.'
            in answer.text
        )

    @pytest.mark.parametrize("headers", [{}, SCRIPT], ids=["page", "piece"])
    @pytest.mark.parametrize(
        ("text", "said"), [("  ", "Write something first."), ("x<" * 1001, "2002 characters")]
    )
    def test_is_refused_at_its_field_with_the_text_kept(
        self,
        lea: FlaskClient,
        database: Database,
        here: str,
        *,
        headers: dict[str, str],
        text: str,
        said: str,
    ) -> None:
        answer = lea.post(f"{here}/comments", data={"body": text}, headers=headers)
        assert answer.status_code == 422
        assert said in answer.text
        assert 'aria-invalid="true"' in answer.text
        kept = re.findall(r"<textarea[^>]*>\n(.*?)</textarea>", answer.text, re.DOTALL)[0]
        assert html.unescape(kept) == text
        assert comments(database) == []

    def test_keeps_a_guests_text_for_after_the_sign_in(self, client: FlaskClient, here: str) -> None:
        answer = client.post(f"{here}/comments", data={"body": "Does it come in green & red?"})
        assert answer.status_code == 303
        back = answer.headers["Location"].partition("next=")[2]
        assert "Does it come in green &amp; red?" in client.get(unquote(back)).text

    def test_is_held_and_its_author_told(
        self, lea: FlaskClient, app: Flask, database: Database, talk_house: TalkHouse, here: str
    ) -> None:
        with database.transaction() as session:
            session.add(BlockedWord(page_id=talk_house.page.id, word="casino", at=START))
        answer = lea.post(f"{here}/comments", data={"body": "My casino"}, follow_redirects=True)
        assert "Your comment waits until somebody of" in answer.text
        assert "Only you and the page see this" in answer.text
        assert "My casino" not in browser(app, None).get(here).text
        assert "My casino" not in browser(app, talk_house.tom).get(here).text
        assert "Held: only its author" in browser(app, talk_house.editor).get(here).text

    def test_by_somebody_banned_is_refused_in_words(
        self, lea: FlaskClient, database: Database, talk_house: TalkHouse, here: str
    ) -> None:
        with database.transaction() as session:
            session.add(
                Ban(page_id=talk_house.page.id, account_id=talk_house.lea.id, reason=Reason.SPAM, at=START)
            )
        answer = lea.post(f"{here}/comments", data={"body": "Hello again"})
        assert answer.status_code == 403
        assert "does not let you comment" in answer.text
        assert "Hello again" in answer.text

    def test_in_the_pages_name_is_for_its_staff(
        self, lea: FlaskClient, app: Flask, database: Database, talk_house: TalkHouse, here: str
    ) -> None:
        assert lea.post(f"{here}/comments", data={"body": "As you", "as_page": "1"}).status_code == 403
        editor = browser(app, talk_house.editor)
        editor.post(f"{here}/comments", data={"body": "From us", "as_page": "1"})
        editor.post(f"{here}/comments", data={"body": "From me", "as_page": "0"})
        assert [(one.body, one.is_page) for one in comments(database)] == [
            ("From us", True),
            ("From me", False),
        ]

    def test_too_often_keeps_the_text(self, limited_app: Flask, talk_house: TalkHouse, here: str) -> None:
        client = browser(limited_app, talk_house.lea)
        for number in range(20):
            client.post(f"{here}/comments", data={"body": f"Thought number {number} about it"})
        answer = client.post(f"{here}/comments", data={"body": "One more thought"})
        assert answer.status_code == 429
        assert "One more thought" in answer.text
        assert "Please send this in a few minutes." in answer.text

    def test_answers_a_comment(
        self, lea: FlaskClient, database: Database, talk_house: TalkHouse, here: str
    ) -> None:
        with database.transaction() as session:
            top = say(session, talk_house.post, talk_house.tom, "Any questions?").id
        form = lea.get(f"/en/p/lumen/comments/{top}/reply")
        assert "Any questions?" in form.text
        lea.post(f"{here}/comments", data={"body": "One.", "parent_id": str(top)})
        assert comments(database)[1].parent_id == top


class TestOwnComments:
    def test_are_edited(self, lea: FlaskClient, database: Database, talk_house: TalkHouse) -> None:
        with database.transaction() as session:
            mine = say(session, talk_house.post, talk_house.lea, "Lovley").id
        assert "Lovley" in lea.get(f"/en/p/lumen/comments/{mine}/edit").text
        answer = lea.post(f"/en/p/lumen/comments/{mine}/edit", data={"body": "Lovely"}, headers=SCRIPT)
        assert "Lovely" in answer.text
        assert "edited" in answer.text

    def test_are_refused_empty_with_a_field_error(
        self, lea: FlaskClient, database: Database, talk_house: TalkHouse
    ) -> None:
        with database.transaction() as session:
            mine = say(session, talk_house.post, talk_house.lea).id
        answer = lea.post(f"/en/p/lumen/comments/{mine}/edit", data={"body": ""})
        assert answer.status_code == 422
        assert "Write something first." in answer.text

    def test_are_deleted_and_brought_back(
        self, lea: FlaskClient, database: Database, talk_house: TalkHouse, here: str
    ) -> None:
        with database.transaction() as session:
            mine = say(session, talk_house.post, talk_house.lea, "Never mind").id
        gone = lea.post(f"/en/p/lumen/comments/{mine}/removal", follow_redirects=True)
        assert "Never mind" not in gone.text
        assert f'action="/en/p/lumen/comments/{mine}/restoration"' in gone.text
        lea.post(f"/en/p/lumen/comments/{mine}/restoration")
        assert "Never mind" in lea.get(here).text

    @pytest.mark.parametrize(
        ("path", "data"), [("edit", {"body": "Ha"}), ("removal", {}), ("restoration", {})]
    )
    def test_are_nobody_elses(
        self, app: Flask, database: Database, talk_house: TalkHouse, path: str, data: dict[str, str]
    ) -> None:
        with database.transaction() as session:
            mine = say(session, talk_house.post, talk_house.lea).id
        for somebody in (talk_house.tom, talk_house.owner):
            answer = browser(app, somebody).post(f"/en/p/lumen/comments/{mine}/{path}", data=data)
            assert answer.status_code == 404

    def test_stay_a_place_for_their_replies(
        self, lea: FlaskClient, database: Database, talk_house: TalkHouse, here: str
    ) -> None:
        with database.transaction() as session:
            mine = say(session, talk_house.post, talk_house.lea, "My question").id
            say(session, talk_house.post, talk_house.tom, "My answer", under=mine)
        lea.post(f"/en/p/lumen/comments/{mine}/removal")
        shown = lea.get(here).text
        assert "This comment was deleted." in shown
        assert "My answer" in shown

    def test_that_were_removed_meanwhile_lose_no_words(
        self, lea: FlaskClient, database: Database, talk_house: TalkHouse
    ) -> None:
        with database.transaction() as session:
            mine = say(session, talk_house.post, talk_house.lea).id
            session.get_one(Comment, mine).status = CommentStatus.REMOVED
        answer = lea.post(f"/en/p/lumen/comments/{mine}/edit", data={"body": "Typed at length"})
        assert answer.status_code == 404
        assert "Typed at length" in answer.text


class TestLikes:
    def test_are_given_and_taken_back(
        self, lea: FlaskClient, database: Database, talk_house: TalkHouse
    ) -> None:
        with database.transaction() as session:
            theirs = say(session, talk_house.post, talk_house.tom).id
        answer = lea.post(f"/en/p/lumen/comments/{theirs}/likes", headers=SCRIPT)
        assert f'action="/en/p/lumen/comments/{theirs}/likes/removal"' in answer.text
        assert comments(database)[0].like_count == 1
        lea.post(f"/en/p/lumen/comments/{theirs}/likes/removal")
        assert comments(database)[0].like_count == 0


class TestHidingByStaff:
    def test_leaves_it_to_its_author_and_their_friends(
        self, lea: FlaskClient, app: Flask, database: Database, talk_house: TalkHouse, here: str
    ) -> None:
        with database.transaction() as session:
            befriend(session, talk_house.lea, talk_house.tom)
            mine = say(session, talk_house.post, talk_house.lea, "Not so nice").id
        editor = browser(app, talk_house.editor)
        assert editor.post(f"/en/p/lumen/comments/{mine}/hiding").status_code == 303
        assert "Not so nice" not in browser(app, None).get(here).text
        for reader in (talk_house.lea, talk_house.tom, talk_house.editor):
            assert "Not so nice" in browser(app, reader).get(here).text
        with database.reading() as session:
            assert_counts_are_true(session, talk_house.post.id)
        editor.post(f"/en/p/lumen/comments/{mine}/hiding/removal")
        assert "Not so nice" in browser(app, None).get(here).text
        with database.reading() as session:
            assert_counts_are_true(session, talk_house.post.id)

    def test_offers_nothing_on_it_that_would_be_refused(
        self, app: Flask, database: Database, talk_house: TalkHouse, here: str
    ) -> None:
        with database.transaction() as session:
            befriend(session, talk_house.lea, talk_house.tom)
            mine = say(session, talk_house.post, talk_house.lea, "Not so nice").id
        browser(app, talk_house.editor).post(f"/en/p/lumen/comments/{mine}/hiding")
        friend = browser(app, talk_house.tom)
        page = friend.get(here).text
        own = f"/en/p/lumen/comments/{mine}"
        assert "Not so nice" in page
        assert f"{own}/likes" not in page
        assert f"{own}/reply" not in page
        refused = friend.post(f"{here}/comments", data={"body": "I agree with her", "parent_id": mine})
        assert refused.status_code == 404
        assert "I agree with her" in refused.text

    def test_shows_a_held_one_and_ends_its_case(
        self, lea: FlaskClient, app: Flask, database: Database, talk_house: TalkHouse, here: str
    ) -> None:
        with database.transaction() as session:
            session.add(BlockedWord(page_id=talk_house.page.id, word="casino", at=START))
        lea.post(f"{here}/comments", data={"body": "My casino"})
        mine = comments(database)[0]
        browser(app, talk_house.editor).post(f"/en/p/lumen/comments/{mine.id}/hiding/removal")
        assert comments(database)[0].status is CommentStatus.VISIBLE
        with database.reading() as session:
            assert session.scalars(select(Case)).one().decided_at is not None

    def test_is_for_moderators(
        self, app: Flask, lea: FlaskClient, database: Database, talk_house: TalkHouse
    ) -> None:
        with database.transaction() as session:
            theirs = say(session, talk_house.post, talk_house.tom).id
        assert lea.post(f"/en/p/lumen/comments/{theirs}/hiding").status_code == 403
        assert comments(database)[0].status is CommentStatus.VISIBLE


class TestReading:
    def test_hides_blocked_people_from_each_other(
        self, app: Flask, database: Database, talk_house: TalkHouse, here: str
    ) -> None:
        with database.transaction() as session:
            say(session, talk_house.post, talk_house.tom, "Tom was here")
            say(session, talk_house.post, talk_house.lea, "Léa was here")
            block(session, talk_house.lea, talk_house.tom)
        assert "Tom was here" not in browser(app, talk_house.lea).get(here).text
        assert "Léa was here" not in browser(app, talk_house.tom).get(here).text
        assert "Tom was here" in browser(app, None).get(here).text

    def test_is_paged_in_both_orders(
        self, client: FlaskClient, database: Database, talk_house: TalkHouse, here: str
    ) -> None:
        with database.transaction() as session:
            for number in range(25):
                say(session, talk_house.post, talk_house.owner, f"Thought {number:02}.", as_page=True)
        for order in ("newest", "oldest"):
            first = client.get(f"{here}?order={order}").text
            more = html.unescape(re.findall(r'rel="next" href="([^"]+)"', first)[0])
            second = client.get(more).text
            numbers = [re.findall(r"Thought (\d\d)\.", part) for part in (first, second)]
            assert [len(set(part)) for part in numbers] == [20, 5]
            found = list(dict.fromkeys([*numbers[0], *numbers[1]]))
            assert found == sorted(found, reverse=order == "newest")

    def test_folds_replies_and_opens_them(
        self, client: FlaskClient, database: Database, talk_house: TalkHouse, here: str
    ) -> None:
        with database.transaction() as session:
            top = say(session, talk_house.post, talk_house.lea, "Question").id
            for number in range(7):
                say(session, talk_house.post, talk_house.owner, f"Reply {number}.", under=top, as_page=True)
        folded = client.get(here).text
        assert "Show 5 replies" in folded
        assert "Reply 2." not in folded
        opened = client.get(f"{here}?thread={top}").text
        assert "Reply 6." in opened
        assert "Show 5 replies" not in opened

    def test_begins_with_the_comment_that_is_asked_for(
        self, client: FlaskClient, database: Database, talk_house: TalkHouse, here: str
    ) -> None:
        with database.transaction() as session:
            ids = [
                say(session, talk_house.post, talk_house.owner, f"Thought {n:02}.", as_page=True).id
                for n in range(30)
            ]
        shown = client.get(f"{here}?comment={ids[4]}").text
        assert "Thought 04." in shown
        assert "Thought 05." not in shown

    @pytest.mark.parametrize(
        "query",
        ["after=x", "after=99999999999999999999", "order=x", "thread=-1", "comment=0", "comment=7777"],
    )
    def test_takes_any_query(self, client: FlaskClient, here: str, query: str) -> None:
        assert client.get(f"{here}?{query}").status_code == 200


class TestFragment:
    def test_costs_one_statement_when_nothing_is_new(
        self, client: FlaskClient, lea: FlaskClient, database: Database, here: str
    ) -> None:
        for reader, most in ((client, 1), (lea, 2)):
            tag = reader.get(f"{here}/comments").headers["ETag"]
            with count_statements(database.engine) as sent:
                again = reader.get(f"{here}/comments", headers={"If-None-Match": tag})
            assert (again.status_code, again.data) == (304, b"")
            assert len(sent) == most

    def test_is_new_at_once(
        self, client: FlaskClient, lea: FlaskClient, database: Database, talk_house: TalkHouse, here: str
    ) -> None:
        tags = {reader: reader.get(f"{here}/comments").headers["ETag"] for reader in (client, lea)}
        with database.transaction() as session:
            say(session, talk_house.post, talk_house.tom, "Breaking")
        for reader, tag in tags.items():
            answer = reader.get(f"{here}/comments", headers={"If-None-Match": tag})
            assert answer.status_code == 200
            assert "Breaking" in answer.text

    def test_is_never_another_readers(self, app: Flask, talk_house: TalkHouse, here: str) -> None:
        tag = browser(app, talk_house.lea).get(f"{here}/comments").headers["ETag"]
        other = browser(app, talk_house.tom).get(f"{here}/comments", headers={"If-None-Match": tag})
        assert other.status_code == 200
        assert other.headers["Cache-Control"] == "private, no-cache"

    def test_of_a_post_that_is_gone_is_404(
        self, client: FlaskClient, database: Database, talk_house: TalkHouse
    ) -> None:
        with database.transaction() as session:
            gone = make_post(session, talk_house.page, deleted_at=START)
        assert client.get(f"/en/p/lumen/posts/{gone.id}/comments").status_code == 404
