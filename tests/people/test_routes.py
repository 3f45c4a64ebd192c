"""Friends, requests, search, blocks and one's own profile, as a browser without scripts sees them."""

import io
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from shop.accounts.models import Account
from shop.accounts.profile_models import AskedBy, Audience, Profile
from shop.core.db import Database
from shop.people.models import Block
from shop.people.service import ask, block, decline
from tests.factories import START, make_account
from tests.people.conftest import Circle
from tests.people.ties import befriend, blocks, both, follows, friendships, handle_of, requests, set_profile
from tests.support.statements import count_statements
from tests.support.visitors import sign_in

FORM = {
    "handle": "ada", "bio": "Hello", "visibility": "friends", "likes_visibility": "nobody",
    "friends_visibility": "everybody", "asked_by": "friends_of_friends", "is_findable": "1",
}  # fmt: skip


def browser(app: Flask, account: Account | None) -> FlaskClient:
    """Return a browser of somebody, or of a guest."""
    client = app.test_client()
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    if account is not None:
        sign_in(client, account)
    return client


def act(app: Flask, who: Account, whom: Account, path: str) -> Any:
    """Press a button on somebody's profile and follow it."""
    client = browser(app, who)
    profile = f"/en/people/{handle_of(whom)}"
    return client.post(
        f"{profile}/{path}", headers={"Referer": f"http://localhost{profile}"}, follow_redirects=True
    )


def names(text: str) -> list[str]:
    """Return the people in a page's lists."""
    return re.findall(r'class="person__name"[^>]*>([^<]+)<', text)


def profile_of(database: Database, account: Account) -> Profile:
    """Return an account's profile as it is kept."""
    with database.reading() as session:
        return session.get_one(Profile, account.id)


class TestActs:
    def test_lead_from_asking_to_friends(self, app: Flask, database: Database, circle: Circle) -> None:
        asked = act(app, circle.dan, circle.ada, "request")
        assert "Ada Roy gets your friend request." in asked.text
        assert "Take the request back" in asked.text
        assert names(browser(app, circle.ada).get("/en/friends").text)[0] == "Dan Weber"
        accepted = act(app, circle.ada, circle.dan, "acceptance")

        assert "You and Dan Weber are friends." in accepted.text
        assert both(circle.ada, circle.dan) <= friendships(database)

    def test_tell_when_one_may_ask_again(self, app: Flask, database: Database, circle: Circle) -> None:
        with database.transaction() as session:
            ask(session, asker_id=circle.dan.id, asked_id=circle.ada.id, now=START)
            decline(session, account_id=circle.ada.id, asker_id=circle.dan.id, now=START)
        again = act(app, circle.dan, circle.ada, "request")

        assert "You asked not long ago. You can ask again from December 24, 2026." in again.text
        assert "Add as a friend" not in again.text

    def test_tell_of_a_request_that_was_taken_back(
        self, app: Flask, database: Database, circle: Circle
    ) -> None:
        assert "There is no such request any more." in act(app, circle.ada, circle.dan, "acceptance").text
        assert both(circle.ada, circle.dan).isdisjoint(friendships(database))

    def test_undo_a_refusal(self, app: Flask, database: Database, circle: Circle) -> None:
        act(app, circle.dan, circle.ada, "request")
        declined = act(app, circle.ada, circle.dan, "refusal")
        assert "is not told" in declined.text
        act(app, circle.ada, circle.dan, "refusal/removal")
        act(app, circle.ada, circle.dan, "acceptance")

        assert both(circle.ada, circle.dan) <= friendships(database)

    def test_undo_the_end_of_a_friendship_by_who_ended_it_alone(
        self, app: Flask, database: Database, circle: Circle
    ) -> None:
        before = friendships(database), follows(database)
        ended = act(app, circle.ada, circle.ben, "friendship/removal")
        undo = re.search(r'action="([^"]+/friendship/restoration/[^"]+)"', ended.text)
        assert undo is not None
        assert both(circle.ada, circle.ben).isdisjoint(friendships(database))

        assert browser(app, circle.ben).post(undo[1]).status_code == 404
        assert browser(app, circle.ada).post(undo[1]).status_code == 303
        assert (friendships(database), follows(database)) == before

    def test_follow_and_unfollow_without_ending_a_friendship(
        self, app: Flask, database: Database, circle: Circle
    ) -> None:
        assert "You no longer follow Ben Sorel." in act(app, circle.ada, circle.ben, "follow/removal").text
        assert (circle.ada.id, circle.ben.id) not in follows(database)
        assert "You follow Ben Sorel." in act(app, circle.ada, circle.ben, "follow").text
        assert both(circle.ada, circle.ben) <= friendships(database)

    def test_block_and_unblock_in_the_settings(self, app: Flask, database: Database, circle: Circle) -> None:
        page = act(app, circle.ada, circle.ben, "block")
        assert page.request.path == "/en/account/blocked"
        assert names(page.text) == ["Ben Sorel"]
        assert act(app, circle.ben, circle.ada, "request").status_code == 404
        act(app, circle.ada, circle.ben, "block/removal")

        assert blocks(database) == set()

    def test_list_whom_one_has_blocked_in_parts(self, app: Flask, database: Database, circle: Circle) -> None:
        with database.transaction() as session:
            for number in range(50):
                other = make_account(session, name=f"Pest {number:02}")
                session.add(Block(account_id=circle.ada.id, blocked_id=other.id, at=START))
        client, next_url, seen = browser(app, circle.ada), "/en/account/blocked", []
        while next_url:
            text = client.get(next_url).text
            seen.append(len(names(text)))
            found = re.search(r'rel="next" href="([^"]+)"', text)
            next_url = found[1] if found else ""

        assert seen == [48, 2]

    def test_ask_not_more_than_ten_people_a_minute(
        self, limited_app: Flask, database: Database, circle: Circle
    ) -> None:
        with database.transaction() as session:
            crowd = [make_account(session, name="Crowd") for _ in range(11)]
        client = browser(limited_app, circle.dan)
        answers = [client.post(f"/en/people/{handle_of(one)}/request").status_code for one in crowd]

        assert answers == [303] * 10 + [429]
        assert len(requests(database)) == 10


class TestShowFriends:
    def test_says_what_to_do_first_to_who_has_none(self, app: Flask, circle: Circle) -> None:
        assert "You have no friends here yet." in browser(app, circle.dan).get("/en/friends").text

    def test_searches_names_without_accents(self, app: Flask, circle: Circle) -> None:
        client = browser(app, circle.ben)

        assert names(client.get("/en/friends?q=vid+cleo").text) == ["Cléo Vidal"]
        assert "called “zoe”" in client.get("/en/friends?q=zoe").text

    def test_suggests_friends_of_friends_who_let_themselves_be_found(
        self, app: Flask, database: Database, circle: Circle
    ) -> None:
        with database.transaction() as session:
            hidden = make_account(session, name="Hidden")
            befriend(session, hidden, circle.ben)
        set_profile(database, hidden, is_findable=False)
        text = browser(app, circle.ada).get("/en/friends").text

        assert names(text) == ["Ben Sorel", "Cléo Vidal"]
        assert "1 friend in common" in text

    @pytest.mark.parametrize("state", ["blocked", "asked", "declined"])
    def test_suggests_nobody_with_whom_something_was(
        self, app: Flask, database: Database, circle: Circle, state: str
    ) -> None:
        with database.transaction() as session:
            if state == "blocked":
                block(session, account_id=circle.cleo.id, blocked_id=circle.ada.id, now=START)
            else:
                ask(session, asker_id=circle.cleo.id, asked_id=circle.ada.id, now=START)
            if state == "declined":
                decline(session, account_id=circle.ada.id, asker_id=circle.cleo.id, now=START)

        assert "People you may know" not in browser(app, circle.ada).get("/en/friends").text

    def test_takes_as_many_statements_however_many_there_are(
        self, app: Flask, database: Database, circle: Circle
    ) -> None:
        client = browser(app, circle.ben)
        with database.transaction() as session:
            ask(session, asker_id=circle.dan.id, asked_id=circle.ben.id, now=START)
            ask(session, asker_id=circle.ben.id, asked_id=make_account(session).id, now=START)
        with count_statements(database.engine) as few:
            client.get("/en/friends")
        with database.transaction() as session:
            for _ in range(12):
                befriend(session, make_account(session), circle.ben)
                ask(session, asker_id=make_account(session).id, asked_id=circle.ben.id, now=START)
                ask(session, asker_id=circle.ben.id, asked_id=make_account(session).id, now=START)
        with count_statements(database.engine) as many:
            client.get("/en/friends")

        assert len(few) == len(many) <= 10


class TestFindPeople:
    def test_shows_friends_first(self, app: Flask, database: Database, circle: Circle) -> None:
        with database.transaction() as session:
            make_account(session, name="Aben Arnaud")
            make_account(session, name="Ben Aaron")
        text = browser(app, circle.ada).get("/en/people?q=ben").text

        assert names(text) == ["Ben Sorel", "Ben Aaron"]

    def test_finds_nobody_by_words_of_an_address(
        self, app: Flask, database: Database, circle: Circle
    ) -> None:
        with database.transaction() as session:
            make_account(session, name="Eve", email="secretword@example.com")

        assert names(browser(app, circle.dan).get("/en/people?q=secretword").text) == []
        assert names(browser(app, None).get("/en/people?q=eve").text) == ["Eve"]

    def test_leaves_out_blocked_people_and_who_hides(
        self, app: Flask, database: Database, circle: Circle
    ) -> None:
        set_profile(database, circle.cleo, is_findable=False)
        with database.transaction() as session:
            block(session, account_id=circle.ben.id, blocked_id=circle.dan.id, now=START)
        client = browser(app, circle.dan)

        assert names(client.get("/en/people?q=ben").text) == []
        assert names(client.get("/en/people?q=cleo").text) == []
        assert names(client.get("/en/people?q=ada").text) == ["Ada Roy"]
        assert names(browser(app, circle.ben).get("/en/people?q=dan").text) == []
        assert names(browser(app, circle.ben).get("/en/people?q=cleo").text) == ["Cléo Vidal"]


class TestUpdateProfile:
    def test_keeps_what_was_typed(self, app: Flask, database: Database, circle: Circle) -> None:
        answer = browser(app, circle.ada).post("/en/account/profile", data=FORM)
        profile = profile_of(database, circle.ada)

        assert answer.status_code == 303
        assert (profile.handle, profile.bio, profile.is_findable) == ("ada", "Hello", True)
        assert (profile.visibility, profile.likes_visibility) == (Audience.FRIENDS, Audience.NOBODY)
        assert (profile.friends_visibility, profile.asked_by) == (
            Audience.EVERYBODY,
            AskedBy.FRIENDS_OF_FRIENDS,
        )

    def test_saves_the_address_that_a_long_name_got(self, app: Flask, database: Database) -> None:
        with database.transaction() as session:
            account = make_account(session, name="Marie Antoinette Josephine Bernadette de la Fontaine")
        handle = profile_of(database, account).handle
        answer = browser(app, account).post("/en/account/profile", data=FORM | {"handle": handle})

        assert answer.status_code == 303
        assert handle.endswith(f"-{account.id}")

    def test_tells_a_taken_address_with_free_ones_and_loses_nothing(
        self, app: Flask, database: Database, circle: Circle
    ) -> None:
        set_profile(database, circle.ben, handle="ada")
        answer = browser(app, circle.ada).post("/en/account/profile", data=FORM | {"bio": "Typed at length"})

        assert answer.status_code == 422
        assert "Somebody else has this address." in answer.text
        assert "ada-2 is free." in answer.text
        assert "Typed at length" in answer.text
        assert profile_of(database, circle.ada).handle == handle_of(circle.ada)

    @pytest.mark.parametrize("handle", ["ab", "Ada Roy", "-ada", "ada--roy", "é", "a" * 41, "a/b"])
    def test_refuses_what_is_no_address(
        self, app: Flask, database: Database, circle: Circle, handle: str
    ) -> None:
        answer = browser(app, circle.ada).post("/en/account/profile", data=FORM | {"handle": handle})

        assert answer.status_code == 422
        assert 'aria-invalid="true"' in answer.text

    def test_refuses_an_unknown_audience(self, app: Flask, circle: Circle) -> None:
        answer = browser(app, circle.ada).post("/en/account/profile", data=FORM | {"visibility": "aliens"})

        assert answer.status_code == 422
        assert "Choose one of these." in answer.text

    def test_encodes_a_picture_anew_and_removes_it(
        self, app: Flask, database: Database, circle: Circle
    ) -> None:
        picture = io.BytesIO()
        Image.new("RGB", (500, 400), "#336699").save(picture, "PNG")
        picture.seek(0)
        client = browser(app, circle.ada)
        client.post("/en/account/profile", data=FORM | {"avatar": (picture, "me.png")})
        kept = profile_of(database, circle.ada).avatar
        assert kept is not None
        assert client.get(f"/media/{kept['key']}-160.webp").status_code == 200
        client.post("/en/account/profile", data=FORM | {"remove_avatar": "1"})

        assert profile_of(database, circle.ada).avatar is None

    def test_tells_at_the_field_what_is_no_picture(
        self, app: Flask, database: Database, circle: Circle
    ) -> None:
        data = FORM | {"avatar": (io.BytesIO(b"<svg/>"), "me.svg")}
        answer = browser(app, circle.ada).post("/en/account/profile", data=data)

        assert answer.status_code == 422
        assert 'id="field-avatar-errors"' in answer.text
        assert profile_of(database, circle.ada).handle == handle_of(circle.ada)
