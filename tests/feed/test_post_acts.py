"""Reacting and hiding over HTTP: plain forms and pieces for a script, each refusal, who is asked to sign in."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shop.core.db import Database
from shop.feed.models import Reaction, ReactionKind
from shop.feed.views import load_marks
from shop.moderation.models import Ban, Reason
from tests.factories import START, make_page
from tests.feed.talk_house import TalkHouse, block, make_post, talk_house
from tests.support.feeds import follow_person, share_post
from tests.support.visitors import sign_in

__all__ = ["talk_house"]
SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def here(talk_house: TalkHouse) -> str:
    return f"/en/p/lumen/posts/{talk_house.post.id}"


@pytest.fixture
def lea(client: FlaskClient, talk_house: TalkHouse) -> FlaskClient:
    sign_in(client, talk_house.lea)
    return client


def reaction_of(database: Database, house: TalkHouse) -> ReactionKind | None:
    with database.reading() as session:
        found = session.get(Reaction, (house.post.id, house.lea.id))
        return None if found is None else found.kind


class TestReaction:
    def test_of_a_plain_form_goes_back_to_where_it_was(
        self, lea: FlaskClient, database: Database, talk_house: TalkHouse, here: str
    ) -> None:
        answer = lea.post(
            f"{here}/reaction", data={"kind": "wow"}, headers={"Referer": "http://localhost/en/p/lumen"}
        )
        assert (answer.status_code, answer.headers["Location"]) == (303, "/en/p/lumen")
        assert reaction_of(database, talk_house) is ReactionKind.WOW

    def test_of_a_script_gets_the_foot(self, lea: FlaskClient, here: str) -> None:
        answer = lea.post(f"{here}/reaction", data={"kind": "love"}, headers=SCRIPT)
        assert answer.status_code == 200
        assert 'aria-pressed="true"' in answer.text
        assert f'formaction="{here}/reaction/removal"' in answer.text

    def test_inside_a_share_keeps_the_touch(
        self, lea: FlaskClient, database: Database, talk_house: TalkHouse, here: str
    ) -> None:
        with database.transaction() as session:
            follow_person(session, talk_house.lea, talk_house.tom, START)
            share = share_post(session, talk_house.post, talk_house.tom, START)
        form = re.search(rf'action="{here}/reaction".*?</form>', lea.get("/en/").text, re.DOTALL)
        assert form
        sent = dict(re.findall(r'name="(share)" value="(\d+)"', form[0]))
        answer = lea.post(f"{here}/reaction", data={"kind": "love", **sent}, headers=SCRIPT)
        assert f'href="{here}?from=share-{share.id}#comments"' in answer.text

    def test_is_taken_back(
        self, lea: FlaskClient, database: Database, talk_house: TalkHouse, here: str
    ) -> None:
        lea.post(f"{here}/reaction", data={"kind": "love"})
        answer = lea.post(f"{here}/reaction/removal", headers=SCRIPT)
        assert 'aria-pressed="true"' not in answer.text
        assert reaction_of(database, talk_house) is None

    @pytest.mark.parametrize("kind", ["", "hate", "LOVE"])
    def test_of_no_known_kind_is_refused(self, lea: FlaskClient, here: str, kind: str) -> None:
        answer = lea.post(f"{here}/reaction", data={"kind": kind})
        assert answer.status_code == 422
        assert "Choose one of the reactions." in answer.text

    def test_sends_a_guest_to_sign_in_and_back(self, client: FlaskClient, here: str) -> None:
        answer = client.post(
            f"{here}/reaction", data={"kind": "love"}, headers={"Referer": f"http://localhost{here}"}
        )
        assert answer.headers["Location"] == f"/en/sign-in?next={here}"

    def test_of_somebody_banned_is_refused(
        self, lea: FlaskClient, database: Database, talk_house: TalkHouse, here: str
    ) -> None:
        with database.transaction() as session:
            session.add(
                Ban(page_id=talk_house.page.id, account_id=talk_house.lea.id, reason=Reason.SPAM, at=START)
            )
        answer = lea.post(f"{here}/reaction", data={"kind": "love"}, headers=SCRIPT)
        assert answer.status_code == 403
        assert "does not let you comment or react" in answer.text
        assert reaction_of(database, talk_house) is None

    @pytest.mark.parametrize(
        "columns",
        [{"status": "draft", "published_at": None}, {"deleted_at": START}],
        ids=["draft", "deleted"],
    )
    def test_to_what_nobody_sees_is_404(
        self, lea: FlaskClient, database: Database, talk_house: TalkHouse, columns: dict[str, object]
    ) -> None:
        with database.transaction() as session:
            unseen = make_post(session, talk_house.page, **columns)
        answer = lea.post(f"/en/p/lumen/posts/{unseen.id}/reaction", data={"kind": "love"})
        assert answer.status_code == 404

    def test_to_another_pages_post_is_404(
        self, lea: FlaskClient, database: Database, talk_house: TalkHouse
    ) -> None:
        with database.transaction() as session:
            make_page(session, slug="brume")
        answer = lea.post(f"/en/p/brume/posts/{talk_house.post.id}/reaction", data={"kind": "love"})
        assert answer.status_code == 404

    def test_from_another_site_is_refused(
        self, lea: FlaskClient, database: Database, talk_house: TalkHouse, here: str
    ) -> None:
        answer = lea.post(f"{here}/reaction", data={"kind": "love"}, headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 403
        assert reaction_of(database, talk_house) is None

    def test_is_slowed_down_with_a_sentence(
        self, limited_app: Flask, talk_house: TalkHouse, here: str
    ) -> None:
        client = limited_app.test_client()
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        sign_in(client, talk_house.lea)
        answers = [client.post(f"{here}/reaction", data={"kind": "love"}, headers=SCRIPT) for _ in range(61)]
        assert {answer.status_code for answer in answers[:60]} == {200}
        assert answers[60].status_code == 429
        assert "Please wait a minute" in answers[60].text
        assert "data-refusal" in answers[60].text


class TestReactionList:
    def test_shows_who_reacted_but_nobody_blocked(
        self, lea: FlaskClient, app: Flask, database: Database, talk_house: TalkHouse, here: str
    ) -> None:
        other = app.test_client()
        other.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        sign_in(other, talk_house.tom)
        other.post(f"{here}/reaction", data={"kind": "sad"})
        assert "Tom Miller" in lea.get(f"{here}/reactions").text
        assert "Tom Miller" in lea.get(f"{here}/reactions?kind=sad").text
        assert "Tom Miller" not in lea.get(f"{here}/reactions?kind=love").text
        with database.transaction() as session:
            block(session, talk_house.tom, talk_house.lea)
        assert "Tom Miller" not in lea.get(f"{here}/reactions").text

    @pytest.mark.parametrize("query", ["part=0", "part=999999999999", "part=x", "kind=x"])
    def test_takes_any_query(self, client: FlaskClient, here: str, query: str) -> None:
        assert client.get(f"{here}/reactions?{query}").status_code == 200


class TestHiding:
    def test_is_undone_from_its_message(
        self, lea: FlaskClient, database: Database, talk_house: TalkHouse, here: str
    ) -> None:
        answer = lea.post(f"{here}/hiding", follow_redirects=True)
        assert "This post is hidden from your feed." in answer.text
        assert f'action="{here}/hiding/removal"' in answer.text
        with database.reading() as session:
            assert load_marks(session, talk_house.lea.id, [talk_house.post.id])[talk_house.post.id].is_hidden
        lea.post(f"{here}/hiding/removal")
        with database.reading() as session:
            marks = load_marks(session, talk_house.lea.id, [talk_house.post.id])
        assert not marks[talk_house.post.id].is_hidden

    def test_answers_a_script_with_a_way_back(self, lea: FlaskClient, here: str) -> None:
        answer = lea.post(f"{here}/hiding", headers=SCRIPT)
        assert f'action="{here}/hiding/removal"' in answer.text

    def test_is_for_people_who_are_signed_in(self, client: FlaskClient, here: str) -> None:
        answer = client.post(f"{here}/hiding", headers=SCRIPT)
        assert answer.status_code == 204
        assert answer.headers["HX-Redirect"].startswith("/en/sign-in")
