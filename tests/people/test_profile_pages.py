"""What a profile shows, to each kind of viewer and under each setting."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shop.accounts.models import Account
from shop.accounts.profile_models import Audience
from shop.core.db import Database
from shop.feed.models import ShareAudience
from shop.feed.sharing import Shared, create_share
from shop.page.models import Page
from shop.page.service import follow
from shop.people.service import block, unfriend
from tests.factories import START, make_account, make_page, make_product
from tests.people.conftest import Circle
from tests.people.ties import befriend, handle_of, set_profile
from tests.support.statements import count_statements
from tests.support.visitors import sign_in

VIEWERS = ("guest", "stranger", "friend", "self")
SEES = {
    Audience.EVERYBODY: {"guest", "stranger", "friend", "self"},
    Audience.FRIENDS: {"friend", "self"},
    Audience.NOBODY: {"self"},
}
LIKED, BIO, SHARE_TEXT = "Liked Lamps", "Paints on Sundays", "Look at this lamp"
NOINDEX = '<meta name="robots" content="noindex'


@pytest.fixture
def page(database: Database, circle: Circle) -> Page:
    """A page that Ben likes and a product of which he shared with his followers."""
    with database.transaction() as session:
        page = make_page(session, slug="lumen")
        page.name = LIKED
        lamp = make_product(session, page, title="Opal lamp", slug="lamp")
        follow(session, page_id=page.id, account_id=circle.ben.id, now=START)
        create_share(
            session, account_id=circle.ben.id, shared=Shared(page.id, "Opal lamp", product_id=lamp.id),
            audience=ShareAudience.FOLLOWERS, recipient_id=None, text=SHARE_TEXT, now=START,
        )  # fmt: skip
    set_profile(database, circle.ben, bio=BIO)
    return page


def browser(app: Flask, account: Account | None) -> FlaskClient:
    """Return a browser of somebody, or of a guest."""
    client = app.test_client()
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    if account is not None:
        sign_in(client, account)
    return client


def viewer_of(circle: Circle, kind: str) -> Account | None:
    """Return who looks at Ben's profile."""
    return {"guest": None, "stranger": circle.dan, "friend": circle.ada, "self": circle.ben}[kind]


def see(app: Flask, circle: Circle, kind: str, query: str = "") -> str:
    """Return Ben's profile as a kind of viewer gets it."""
    answer = browser(app, viewer_of(circle, kind)).get(f"/en/people/{handle_of(circle.ben)}{query}")
    assert answer.status_code == 200
    return answer.text


def _lists(text: str) -> tuple[bool, bool]:
    """Tell whether a profile shows liked pages, and whether it shows friends."""
    return 'class="liked-pages"' in text, 'class="friend-faces"' in text


class TestShowProfile:
    @pytest.mark.parametrize("audience", Audience)
    def test_shows_more_than_a_name_to_whom_it_is_for(
        self, app: Flask, database: Database, circle: Circle, page: Page, audience: Audience
    ) -> None:
        set_profile(
            database, circle.ben, visibility=audience,
            likes_visibility=Audience.EVERYBODY, friends_visibility=Audience.EVERYBODY,
        )  # fmt: skip
        for viewer in VIEWERS:
            text = see(app, circle, viewer)
            assert "Ben Sorel" in text
            shown = {SHARE_TEXT in text, BIO in text, f"/en/p/{page.slug}" in text, "Cléo Vidal" in text}
            assert shown == {viewer in SEES[audience]}, viewer

    @pytest.mark.parametrize("audience", Audience)
    def test_shows_likes_and_friends_each_to_whom_they_are_for(
        self, app: Flask, database: Database, circle: Circle, page: Page, audience: Audience
    ) -> None:
        set_profile(database, circle.ben, likes_visibility=audience, friends_visibility=Audience.NOBODY)
        likes = {viewer: see(app, circle, viewer) for viewer in VIEWERS}
        set_profile(database, circle.ben, likes_visibility=Audience.NOBODY, friends_visibility=audience)
        friends = {viewer: see(app, circle, viewer) for viewer in VIEWERS}

        for viewer in VIEWERS:
            is_let_in, is_self = viewer in SEES[audience], viewer == "self"
            assert _lists(likes[viewer]) == (is_let_in, is_self), viewer
            assert _lists(friends[viewer]) == (is_self, is_let_in), viewer

    @pytest.mark.parametrize("audience", Audience)
    def test_is_kept_by_search_engines_only_when_everybody_sees_it(
        self, app: Flask, database: Database, circle: Circle, audience: Audience
    ) -> None:
        set_profile(database, circle.ben, visibility=audience)

        assert (NOINDEX not in see(app, circle, "guest")) == (audience is Audience.EVERYBODY)

    def test_is_nowhere_for_both_once_one_has_blocked_the_other(
        self, app: Flask, database: Database, circle: Circle
    ) -> None:
        with database.transaction() as session:
            block(session, account_id=circle.ben.id, blocked_id=circle.dan.id, now=START)

        assert browser(app, circle.dan).get(f"/en/people/{handle_of(circle.ben)}").status_code == 404
        assert browser(app, circle.dan).get(f"/en/people/{handle_of(circle.ben)}/friends").status_code == 404
        assert browser(app, circle.ben).get(f"/en/people/{handle_of(circle.dan)}").status_code == 404

    def test_leaves_out_of_the_friends_whom_the_viewer_blocked(
        self, app: Flask, database: Database, circle: Circle
    ) -> None:
        with database.transaction() as session:
            block(session, account_id=circle.cleo.id, blocked_id=circle.ada.id, now=START)

        assert "Cléo Vidal" not in see(app, circle, "friend")
        assert "Cléo Vidal" in see(app, circle, "self")

    def test_counts_nobody_whom_the_viewer_may_not_see(
        self, app: Flask, database: Database, circle: Circle
    ) -> None:
        with database.transaction() as session:
            block(session, account_id=circle.cleo.id, blocked_id=circle.ada.id, now=START)
        friends = browser(app, circle.ada).get(f"/en/people/{handle_of(circle.ben)}/friends").text

        assert "1 friend<" in see(app, circle, "friend")
        assert "2 friends<" in see(app, circle, "self")
        assert "1 friend of Ben Sorel" in friends

    def test_names_friends_in_common(self, app: Flask, database: Database, circle: Circle) -> None:
        with database.transaction() as session:
            befriend(session, circle.ada, circle.cleo)

        assert "Friend in common: Cléo Vidal" in see(app, circle, "friend")

    @pytest.mark.parametrize("kind", ["guest", "friend"])
    def test_shows_its_owner_what_others_see(
        self, app: Flask, database: Database, circle: Circle, page: Page, kind: str
    ) -> None:
        set_profile(database, circle.ben, visibility=Audience.FRIENDS)
        preview = see(app, circle, "self", f"?as={kind}")

        assert (SHARE_TEXT in preview) == (kind == "friend")
        assert "Delete this share" not in preview

    def test_previews_nothing_to_others(
        self, app: Flask, database: Database, circle: Circle, page: Page
    ) -> None:
        set_profile(database, circle.ben, visibility=Audience.FRIENDS)

        assert SHARE_TEXT not in see(app, circle, "stranger", "?as=friend")

    def test_shows_what_is_shared_with_one_friend_to_the_two_only(
        self, app: Flask, database: Database, circle: Circle, page: Page
    ) -> None:
        with database.transaction() as session:
            lamp = make_product(session, page, title="Secret gift", slug="gift")
            create_share(
                session, account_id=circle.ben.id, shared=Shared(page.id, "Gift", product_id=lamp.id),
                audience=ShareAudience.FRIEND, recipient_id=circle.ada.id, text="For you alone", now=START,
            )  # fmt: skip

        assert "For you alone" in see(app, circle, "friend")
        assert "For you alone" in see(app, circle, "self")
        assert "For you alone" not in see(app, circle, "stranger")
        assert "For you alone" not in see(app, circle, "guest")

    def test_offers_what_the_viewer_can_do(self, app: Flask, database: Database, circle: Circle) -> None:
        acts = {
            kind: set(re.findall(r'action="/en/people/[^"/]+/([^"]+)"', see(app, circle, kind)))
            for kind in VIEWERS
        }

        assert acts == {
            "guest": set(),
            "self": set(),
            "stranger": {"request", "follow", "block"},
            "friend": {"follow/removal", "friendship/removal", "block"},
        }

    @pytest.mark.parametrize("viewer", VIEWERS)
    def test_takes_as_many_statements_however_much_it_shows(
        self, app: Flask, database: Database, circle: Circle, page: Page, viewer: str
    ) -> None:
        set_profile(
            database, circle.ben, likes_visibility=Audience.EVERYBODY, friends_visibility=Audience.EVERYBODY
        )
        with database.transaction() as session:
            befriend(session, circle.ada, circle.cleo)
        with count_statements(database.engine) as few:
            see(app, circle, viewer)
        with database.transaction() as session:
            for number in range(8):
                befriend(session, make_account(session, name=f"N {number}"), circle.ben)
                other = make_page(session)
                follow(session, page_id=other.id, account_id=circle.ben.id, now=START)
                mug = make_product(session, other)
                create_share(
                    session, account_id=circle.ben.id, shared=Shared(other.id, "Mug", product_id=mug.id),
                    audience=ShareAudience.FOLLOWERS, recipient_id=None, text="", now=START,
                )  # fmt: skip
        with count_statements(database.engine) as many:
            see(app, circle, viewer)

        assert len(few) == len(many) <= 20


class TestListFriends:
    def test_pages_through_all_by_name_and_searches_them(
        self, app: Flask, database: Database, circle: Circle
    ) -> None:
        with database.transaction() as session:
            for number in range(60):
                befriend(session, make_account(session, name=f"Friend {number:02}"), circle.ben)
        client, path = browser(app, circle.ada), f"/en/people/{handle_of(circle.ben)}/friends"

        seen: list[str] = []
        next_url: str | None = path
        while next_url:
            text = client.get(next_url).text
            seen += re.findall(r'class="person__name"[^>]*>([^<]+)<', text)
            found = re.search(r'rel="next" href="([^"]+)"', text)
            next_url = found[1].replace("&amp;", "&") if found else None
        assert seen == ["Ada Roy", "Cléo Vidal", *(f"Friend {number:02}" for number in range(60))]
        assert re.findall(r'class="person__name"[^>]*>([^<]+)<', client.get(f"{path}?q=cleo").text) == [
            "Cléo Vidal"
        ]

    def test_finds_nobody_by_words_of_an_address(
        self, app: Flask, database: Database, circle: Circle
    ) -> None:
        with database.transaction() as session:
            befriend(
                session, make_account(session, name="Eve Hart", email="secretword@example.com"), circle.ben
            )
        client, path = browser(app, circle.ada), f"/en/people/{handle_of(circle.ben)}/friends"

        assert "Eve Hart" not in client.get(f"{path}?q=secretw").text
        assert "Eve Hart" in client.get(f"{path}?q=hart").text
        assert "Eve Hart" not in browser(app, circle.ben).get("/en/friends?q=secretw").text

    def test_is_closed_to_whom_they_are_not_shown(
        self, app: Flask, database: Database, circle: Circle
    ) -> None:
        path = f"/en/people/{handle_of(circle.ben)}/friends"

        assert browser(app, circle.dan).get(path).status_code == 404
        assert browser(app, circle.ada).get(path).status_code == 200
        with database.transaction() as session:
            unfriend(session, account_id=circle.ada.id, friend_id=circle.ben.id)
        assert browser(app, circle.ada).get(path).status_code == 404
