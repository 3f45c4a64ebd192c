"""Sharing posts and products: what is written, counted and told, who sees it, and where its link leads."""

import datetime as dt
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from shop.accounts.models import Account
from shop.accounts.profile_models import Audience
from shop.core.db import Database
from shop.core.errors import Invalid, NotFound
from shop.feed.drafts import PostDraft
from shop.feed.feed_people_queries import list_shares_below
from shop.feed.feed_queries import Floor
from shop.feed.models import PostCounts, PostDay, Share, ShareAudience
from shop.feed.posting import create_post, delete_post, publish_post
from shop.feed.sharing import Shared, create_share, delete_share, restore_share
from shop.feed.sharing_queries import load_shares
from shop.notifications.models import Notification, NotificationKind
from shop.page.models import Affinity, Page
from shop.people.service import block, follow_person, unfollow_person
from tests.factories import START, make_account, make_page, make_product
from tests.people.ties import befriend, set_profile
from tests.support.visitors import sign_in

HOUR = dt.timedelta(hours=1)
FOLLOWERS, FRIEND = ShareAudience.FOLLOWERS, ShareAudience.FRIEND


@dataclass(frozen=True)
class Town:
    """Ada and Ben are friends, Dan is a stranger; the page has a post and a lamp."""

    database: Database
    ada: Account
    ben: Account
    dan: Account
    page: Page
    post_id: int
    lamp_id: int

    @property
    def post(self) -> Shared:
        """The post, to be shared."""
        return Shared(self.page.id, "Hello", post_id=self.post_id)

    @property
    def lamp(self) -> Shared:
        """The lamp, to be shared."""
        return Shared(self.page.id, "Lamp", product_id=self.lamp_id)

    def share(
        self, shared: Shared, *, by: Account | None = None, to: Account | None = None, text: str = "Look",
        now: dt.datetime = START,
    ) -> Share:  # fmt: skip
        """Share something, by Ada unless said."""
        with self.database.transaction() as session:
            return create_share(
                session, account_id=(by or self.ada).id, shared=shared, audience=FRIEND if to else FOLLOWERS,
                recipient_id=to.id if to else None, text=text, now=now,
            )  # fmt: skip

    def counted(self) -> tuple[int, int]:
        """Return the shares of the post, in all and on its day."""
        with self.database.reading() as session:
            day = session.scalar(select(PostDay.shares).where(PostDay.post_id == self.post_id))
            return session.get_one(PostCounts, self.post_id).shares, day or 0

    def feed(self, account: Account) -> list[int]:
        """Return the ids of the shares for somebody's feed."""
        with self.database.reading() as session:
            return [
                share.id for share in list_shares_below(session, account.id, Floor(START + HOUR), limit=50)
            ]


@pytest.fixture
def town(database: Database) -> Town:
    """Two friends, a stranger, a page with a post and a lamp."""
    with database.transaction() as session:
        ada, ben, dan = (make_account(session, name=name) for name in ("Ada Roy", "Ben Sorel", "Dan Weber"))
        befriend(session, ada, ben)
        page = make_page(session, slug="lumen", owner=make_account(session))
        lamp = make_product(session, page, title="Opal lamp", slug="lamp")
        draft = PostDraft("A **new** lamp")
        post = create_post(session, page_id=page.id, account_id=dan.id, draft=draft, now=START)
        publish_post(session, page_id=page.id, post_id=post.id, now=START)
    return Town(database, ada, ben, dan, page, post.id, lamp.id)


def browser(app: Flask, account: Account | None = None) -> FlaskClient:
    """Return a browser of somebody, or of a guest."""
    client = app.test_client()
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    if account is not None:
        sign_in(client, account)
    return client


class TestCreateShare:
    def test_counts_on_the_post_and_its_day_and_brings_the_sharer_closer(
        self, database: Database, town: Town
    ) -> None:
        town.share(town.post)

        assert town.counted() == (1, 1)
        with database.reading() as session:
            assert session.get_one(PostCounts, town.post_id).engaged == 1
            assert session.get_one(Affinity, (town.ada.id, town.page.id)).interactions == 1

    def test_tells_the_friend(self, database: Database, town: Town) -> None:
        share = town.share(town.lamp, to=town.ben, text="For you")

        with database.reading() as session:
            told = session.scalars(
                select(Notification).where(
                    Notification.account_id == town.ben.id, Notification.kind == NotificationKind.SHARE
                )
            ).one()
        assert told.path == f"/s/{share.token}"
        said = {key: told.data[key] for key in ("actors", "title", "text")}
        assert said == {"actors": ["Ada Roy"], "title": "Lamp", "text": "For you"}

    def test_refuses_who_is_no_friend_and_too_long_a_text(self, town: Town) -> None:
        with pytest.raises(Invalid) as refused:
            town.share(town.post, to=town.dan, text="x" * 501)

        assert set(refused.value.errors) == {"recipient", "text"}
        assert town.counted() == (0, 0)

    def test_loses_no_count_when_many_share_at_once(self, database: Database, town: Town) -> None:
        with database.transaction() as session:
            crowd = [make_account(session) for _ in range(12)]
        with ThreadPoolExecutor(6) as pool:
            for done in [pool.submit(town.share, town.post, by=one) for one in crowd]:
                done.result()

        assert town.counted() == (12, 12)


class TestDeleteShare:
    def test_takes_the_count_back_once_and_its_undo_gives_it_again(
        self, database: Database, town: Town
    ) -> None:
        share = town.share(town.post)
        with database.transaction() as session:
            delete_share(session, account_id=town.ada.id, share_id=share.id, now=START)
            delete_share(session, account_id=town.ada.id, share_id=share.id, now=START)
        deleted = town.counted()
        with database.transaction() as session:
            restore_share(session, account_id=town.ada.id, share_id=share.id, now=START)
            restore_share(session, account_id=town.ada.id, share_id=share.id, now=START)

        assert (deleted, town.counted()) == ((0, 0), (1, 1))

    def test_takes_back_what_the_friend_was_told_until_it_is_undone(
        self, database: Database, town: Town
    ) -> None:
        share = town.share(town.lamp, to=town.ben, text="For you")
        told = select(Notification).where(
            Notification.account_id == town.ben.id, Notification.kind == NotificationKind.SHARE
        )
        with database.transaction() as session:
            delete_share(session, account_id=town.ada.id, share_id=share.id, now=START)
        with database.reading() as session:
            assert session.scalars(told).all() == []
        with database.transaction() as session:
            restore_share(session, account_id=town.ada.id, share_id=share.id, now=START)
            restore_share(session, account_id=town.ada.id, share_id=share.id, now=START)
        with database.reading() as session:
            again = session.scalars(told).one()
        assert (again.count, again.data["text"], again.path) == (1, "For you", f"/s/{share.token}")

    def test_finds_nothing_of_others(self, database: Database, town: Town) -> None:
        share = town.share(town.post)
        with database.transaction() as session, pytest.raises(NotFound):
            delete_share(session, account_id=town.ben.id, share_id=share.id, now=START)
        assert town.counted() == (1, 1)


class TestListSharesBelow:
    def test_brings_those_of_followed_people_and_those_to_me(self, database: Database, town: Town) -> None:
        for_all = town.share(town.post)
        to_ben = town.share(town.lamp, to=town.ben, now=START + dt.timedelta(minutes=1))
        with database.transaction() as session:
            follow_person(session, follower_id=town.dan.id, person_id=town.ada.id, now=START)

        assert town.feed(town.ben) == [to_ben.id, for_all.id]
        assert town.feed(town.dan) == [for_all.id]
        assert town.feed(town.ada) == []

    @pytest.mark.parametrize(
        ("audience", "sees"),
        [
            (Audience.EVERYBODY, (True, True)),
            (Audience.FRIENDS, (True, False)),
            (Audience.NOBODY, (False, False)),
        ],
    )
    def test_honours_whom_the_sharers_profile_is_for(
        self, database: Database, town: Town, audience: Audience, sees: tuple[bool, bool]
    ) -> None:
        town.share(town.post)
        with database.transaction() as session:
            follow_person(session, follower_id=town.dan.id, person_id=town.ada.id, now=START)
        set_profile(database, town.ada, visibility=audience)

        assert (bool(town.feed(town.ben)), bool(town.feed(town.dan))) == sees

    def test_leaves_out_what_is_blocked_unfollowed_or_gone(self, database: Database, town: Town) -> None:
        town.share(town.lamp, to=town.ben)
        town.share(town.post)
        with database.transaction() as session:
            unfollow_person(session, follower_id=town.ben.id, person_id=town.ada.id)
        assert len(town.feed(town.ben)) == 1
        with database.transaction() as session:
            block(session, account_id=town.ada.id, blocked_id=town.ben.id, now=START)
        assert town.feed(town.ben) == []

    def test_leaves_out_shares_of_a_deleted_post(self, database: Database, town: Town) -> None:
        share = town.share(town.post)
        with database.transaction() as session:
            delete_post(
                session, page_id=town.page.id, post_id=town.post_id, account_id=town.dan.id, now=START
            )

        assert town.feed(town.ben) == []
        with database.reading() as session:
            assert load_shares(session, [share.id]) == {}


class TestFollowLink:
    def test_leads_a_guest_to_what_was_shared_in_their_language(self, app: Flask, town: Town) -> None:
        post, lamp = town.share(town.post), town.share(town.lamp, to=town.ben)
        guest = browser(app)
        french = guest.get(f"/s/{post.token}", headers={"Accept-Language": "fr"})
        english = guest.get(f"/en/s/{lamp.token}")

        assert (french.status_code, english.status_code) == (302, 302)
        assert french.headers["Location"] == f"/fr/p/lumen/posts/{town.post_id}?from=share-{post.id}"
        assert english.headers["Location"] == f"/en/p/lumen/shop/lamp?from=share-{lamp.id}"
        assert french.headers["Cache-Control"] == "no-store"

    def test_finds_nothing_once_the_share_is_deleted(
        self, app: Flask, database: Database, town: Town
    ) -> None:
        share = town.share(town.lamp)
        with database.transaction() as session:
            delete_share(session, account_id=town.ada.id, share_id=share.id, now=START)

        assert browser(app).get(f"/s/{share.token}").status_code == 404
        assert browser(app).get("/s/nonsense").status_code == 404


class TestSharePage:
    def test_offers_a_guest_the_link_alone(self, app: Flask, town: Town) -> None:
        text = browser(app).get(f"/en/p/lumen/posts/{town.post_id}/shares/new").text

        assert f'value="http://localhost/en/p/lumen/posts/{town.post_id}"' in text
        assert "Sign in to share with friends" in text
        assert 'name="audience"' not in text

    @pytest.mark.parametrize("thing", ["posts/{post}", "shop/lamp"])
    def test_keeps_what_was_typed_by_who_shares_too_often(
        self, limited_app: Flask, town: Town, thing: str
    ) -> None:
        client, path = browser(limited_app, town.ada), f"/en/p/lumen/{thing.format(post=town.post_id)}/shares"
        codes = [client.post(path, data={"text": "x" * 501}).status_code for _ in range(20)]
        answer = client.post(path, data={"audience": "followers", "text": "Typed at length"})

        assert codes == [422] * 20
        assert answer.status_code == 429
        assert "Typed at length" in answer.text
        assert "You wrote a lot in a short time." in answer.text

    def test_sends_a_guest_who_posts_to_sign_in_and_back(self, app: Flask, town: Town) -> None:
        answer = browser(app).post("/en/p/lumen/shop/lamp/shares", data={"audience": "followers"})

        assert answer.status_code == 303
        assert answer.headers["Location"].endswith("next=/en/p/lumen/shop/lamp/shares/new")

    def test_shares_with_followers_and_undoes_it(self, app: Flask, town: Town) -> None:
        client = browser(app, town.ada)
        path = f"/en/p/lumen/posts/{town.post_id}"
        client.post(f"{path}/shares", data={"audience": "followers", "text": "See"})
        assert town.counted() == (1, 1)
        undo = re.search(r'action="(/en/shares/[0-9]+/removal)"', client.get("/en/friends").text)
        assert undo is not None
        client.post(undo[1])

        assert town.counted() == (0, 0)

    def test_brings_back_what_its_owner_deleted_but_not_what_was_taken_down(
        self, app: Flask, database: Database, town: Town
    ) -> None:
        share, client = town.share(town.post), browser(app, town.ada)
        client.post(f"/en/shares/{share.id}/removal")
        undo = re.search(r'action="(/en/shares/restoration/[^"]+)"', client.get("/en/friends").text)
        assert undo is not None

        assert browser(app, town.ben).post(undo[1]).status_code == 404
        assert client.post("/en/shares/restoration/nonsense").status_code == 404
        assert town.counted() == (0, 0)
        client.post(undo[1])
        assert town.counted() == (1, 1)

    def test_takes_a_friend_by_the_name_that_was_typed(
        self, app: Flask, database: Database, town: Town
    ) -> None:
        data = {"audience": "friend", "friend": "sorel", "text": ""}
        browser(app, town.ada).post("/en/p/lumen/shop/lamp/shares", data=data)

        with database.reading() as session:
            assert session.scalars(select(Share.recipient_id)).one() == town.ben.id

    def test_asks_which_when_several_are_called_so_and_keeps_the_text(
        self, app: Flask, database: Database, town: Town
    ) -> None:
        with database.transaction() as session:
            befriend(session, town.ada, make_account(session, name="Ben Autre"))
        data = {"audience": "friend", "friend": "ben", "text": "Typed at length"}
        answer = browser(app, town.ada).post("/en/p/lumen/shop/lamp/shares", data=data)

        assert answer.status_code == 422
        assert "Several friends are called so. Choose one below." in answer.text
        assert "Typed at length" in answer.text
        assert {"Ben Sorel", "Ben Autre"} <= set(re.findall(r"<span>([^<]+)</span>", answer.text))

    @pytest.mark.parametrize(
        ("data", "error"),
        [
            ({"audience": "friend", "friend": "zoe"}, "None of your friends is called so."),
            ({"audience": "friend"}, "Choose one of your friends."),
            ({"audience": "followers", "text": "x" * 501}, "Write at most 500 characters."),
            ({}, "Choose for whom it is."),
        ],
    )
    def test_tells_what_is_missing(self, app: Flask, town: Town, data: dict[str, str], error: str) -> None:
        answer = browser(app, town.ada).post("/en/p/lumen/shop/lamp/shares", data=data)

        assert answer.status_code == 422
        assert error in answer.text

    def test_finds_friends_without_scripts_and_keeps_what_was_typed(self, app: Flask, town: Town) -> None:
        query = {"audience": "friend", "friend": "ben", "text": "Typed"}
        text = browser(app, town.ada).get("/en/p/lumen/shop/lamp/shares/new", query_string=query).text

        assert f'name="recipient" value="{town.ben.id}"' in text
        assert "Typed" in text
        assert 'value="friend" checked' in text

    @pytest.mark.parametrize(
        ("came_from", "leads_to"),
        [
            ("/en/friends", "/en/friends"),
            ("/en/sign-in?next=/x", "/en/p/lumen/shop/lamp"),
            ("", "/en/p/lumen/shop/lamp"),
        ],
    )
    def test_leads_back_to_where_one_was(self, app: Flask, town: Town, came_from: str, leads_to: str) -> None:
        headers = {"Referer": f"http://localhost{came_from}"} if came_from else {}
        text = browser(app, town.ada).get("/en/p/lumen/shop/lamp/shares/new", headers=headers).text

        assert f'name="next" value="{leads_to}"' in text

    def test_is_nowhere_for_what_is_not_shown(self, app: Flask, database: Database, town: Town) -> None:
        client = browser(app, town.ada)

        assert client.get("/en/p/lumen/posts/99999/shares/new").status_code == 404
        assert client.get("/en/p/lumen/shop/nothing/shares/new").status_code == 404
        with database.transaction() as session:
            make_page(session, slug="elsewhere")
        assert client.get(f"/en/p/elsewhere/posts/{town.post_id}/shares/new").status_code == 404
