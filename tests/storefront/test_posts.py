"""Posts in public: timeline, post page, history; the same bytes for everybody, a reader's marks on top."""

import datetime as dt
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shop.catalog.models import Product, ProductStatus
from shop.core.clock import SteppedClock
from shop.core.db import Database
from shop.feed.models import PostKind, PostRevision, ReactionKind
from shop.feed.reacting import react
from shop.feed.views import load_posts
from shop.page.models import Follower
from shop.page.service import raise_version
from tests.factories import START, make_page, make_product
from tests.feed.talk_house import TalkHouse, befriend, block, make_post, say, talk_house
from tests.support.statements import count_statements
from tests.support.visitors import sign_in

__all__ = ["talk_house"]
TIMELINE = "/en/p/lumen"


@pytest.fixture
def here(talk_house: TalkHouse) -> str:
    return f"/en/p/lumen/posts/{talk_house.post.id}"


class TestTimeline:
    def test_shows_the_pinned_post_first_and_the_newest_after_it(
        self, client: FlaskClient, database: Database, talk_house: TalkHouse
    ) -> None:
        with database.transaction() as session:
            make_post(session, talk_house.page, body="Old and pinned", at=START - dt.timedelta(days=9), pinned_at=START)  # fmt: skip
            make_post(session, talk_house.page, body="From tomorrow on", at=START + dt.timedelta(hours=1))
        shown = client.get(TIMELINE).text
        places = [shown.index(text) for text in ("Old and pinned", "From tomorrow on", "New lamps are here.")]
        assert places == sorted(places)
        assert "Pinned" in shown

    def test_pages_through_all_posts_once(
        self, client: FlaskClient, database: Database, talk_house: TalkHouse
    ) -> None:
        with database.transaction() as session:
            for number in range(20):
                make_post(session, talk_house.page, body=f"Number {number:02}!")
            make_post(session, talk_house.page, body="Number 99!", pinned_at=START)
        seen: list[str] = []
        path: str | None = TIMELINE
        while path:
            shown = client.get(path).text
            seen += re.findall(r"Number (\d\d)!", shown)
            more = re.findall(r'rel="next" href="([^"]+)"', shown)
            path = more[0].replace("&amp;", "&") if more else None
        assert seen == ["99", *(f"{number:02}" for number in reversed(range(20)))]

    def test_of_a_page_without_posts_shows_its_products(
        self, client: FlaskClient, database: Database
    ) -> None:
        with database.transaction() as session:
            page = make_page(session, slug="seller")
            make_product(session, page, title="Opal lamp")
        shown = client.get("/en/p/seller").text
        assert "New in the shop" in shown
        assert "Opal lamp" in shown

    @pytest.mark.parametrize("cursor", ["x", "WyJuZXdlc3QiXQ", "W10"])
    def test_refuses_a_strange_cursor(self, client: FlaskClient, talk_house: TalkHouse, cursor: str) -> None:
        assert client.get(f"{TIMELINE}?cursor={cursor}").status_code == 400

    @pytest.mark.parametrize(
        ("kind", "face"),
        [
            (PostKind.PHOTO, "A post with photos, of which only the figures"),
            (PostKind.VIDEO, "A post with a video, of which only the figures"),
            (PostKind.LINK, "A post with a link, of which only the figures"),
            (PostKind.TEXT, "A post of which only the figures"),
            (PostKind.PRODUCT, "The product of this post is not in the shop"),
        ],
    )
    def test_says_what_a_post_is_of_which_nothing_can_be_shown(
        self, client: FlaskClient, database: Database, talk_house: TalkHouse, kind: PostKind, face: str
    ) -> None:
        with database.transaction() as session:
            bare = make_post(session, talk_house.page, body="", kind=kind)
        assert client.get(TIMELINE).text.count(face) == 1
        assert face in client.get(f"/en/embed/p/lumen/posts/{bare.id}").text

    def test_leaves_out_what_nobody_sees(
        self, client: FlaskClient, database: Database, talk_house: TalkHouse
    ) -> None:
        with database.transaction() as session:
            make_post(session, talk_house.page, body="A draft", status="draft", published_at=None)
            make_post(session, talk_house.page, body="For later", status="scheduled", published_at=None, scheduled_at=START)  # fmt: skip
            make_post(session, talk_house.page, body="Thrown away", deleted_at=START)
        shown = client.get(TIMELINE).text
        assert "New lamps are here." in shown
        assert not any(text in shown for text in ("A draft", "For later", "Thrown away"))

    def test_costs_as_many_statements_however_much_it_shows(
        self, app: Flask, database: Database, talk_house: TalkHouse
    ) -> None:
        with database.transaction() as session:
            make_post(session, talk_house.page, photos=1, products=1)
        with count_statements(database.engine) as few:
            app.test_client().get(TIMELINE)
        with database.transaction() as session:
            for _ in range(12):
                post = make_post(session, talk_house.page, photos=6, products=4)
                say(session, post, talk_house.lea, f"About {post.id}, I like it")
            raise_version(session, talk_house.page.id)
        with count_statements(database.engine) as many:
            assert app.test_client().get(TIMELINE).status_code == 200
        assert (len(few), len(many)) == (11, 11)

    def test_costs_a_reader_two_statements_for_their_marks(
        self, app: Flask, database: Database, talk_house: TalkHouse
    ) -> None:
        with database.transaction() as session:
            for _ in range(8):
                make_post(session, talk_house.page, photos=2)
        lea = app.test_client()
        sign_in(lea, talk_house.lea)
        lea.get(TIMELINE)
        with count_statements(database.engine) as kept:
            lea.get(TIMELINE)
        assert len(kept) == 8

    def test_stays_small_with_posts(
        self, client: FlaskClient, database: Database, talk_house: TalkHouse
    ) -> None:
        with database.transaction() as session:
            for number in range(8):
                make_post(session, talk_house.page, body=f"Lamp number {number} is here. " * 12, photos=4, products=2)  # fmt: skip
        page = client.get("/fr/p/lumen")
        needed = {"/fr/p/lumen", *re.findall(r'(?:href|src)="(/(?:static|theme)/[^"]+)"', page.text)}
        kept = {path for path in needed if "/img/" not in path}
        sizes = {path: len(client.get(path, headers={"Accept-Encoding": "gzip"}).data) for path in kept}
        assert sum(sizes.values()) <= 60_000, sizes


class TestMarksOnKeptPages:
    def test_are_the_readers_own_and_leave_the_public_bytes(
        self, app: Flask, database: Database, talk_house: TalkHouse, here: str
    ) -> None:
        with database.transaction() as session:
            befriend(session, talk_house.lea, talk_house.tom)
            for person, kind in ((talk_house.lea, ReactionKind.LOVE), (talk_house.tom, ReactionKind.WOW)):
                react(session, post_id=talk_house.post.id, page_id=talk_house.page.id, account_id=person.id, kind=kind, now=START)  # fmt: skip
        for path in (TIMELINE, here):
            public = app.test_client().get(path)
            assert 'aria-pressed="true"' not in public.text
            assert "Tom Miller" not in public.text
            lea = app.test_client()
            sign_in(lea, talk_house.lea)
            mine = lea.get(path)
            assert "You and Tom Miller" in mine.text
            assert mine.text.count('aria-pressed="true"') == 1
            assert mine.headers["Cache-Control"] == "private, no-cache"
            again = app.test_client().get(path)
            assert again.data == public.data
            assert again.headers["Cache-Control"].startswith("public")

    def test_show_at_once(self, app: Flask, database: Database, talk_house: TalkHouse, here: str) -> None:
        tags = {path: app.test_client().get(path).headers["ETag"] for path in (TIMELINE, here)}
        with database.transaction() as session:
            react(
                session, post_id=talk_house.post.id, page_id=talk_house.page.id, account_id=talk_house.lea.id,
                kind=ReactionKind.HAHA, now=START,
            )  # fmt: skip
        for path, tag in tags.items():
            answer = app.test_client().get(path, headers={"If-None-Match": tag})
            assert answer.status_code == 200
            assert "reactions.svg#haha" in answer.text


class TestPostPage:
    def test_tells_times_anew_after_a_while(
        self, client: FlaskClient, clock: SteppedClock, talk_house: TalkHouse, here: str
    ) -> None:
        clock.advance(minutes=2)
        assert "2 minutes ago" in client.get(here).text
        clock.advance(minutes=28)
        assert "30 minutes ago" in client.get(here).text

    @pytest.mark.parametrize("tail", ["", "/history", "/comments", "/reactions"])
    @pytest.mark.parametrize(
        "columns",
        [{"status": "draft", "published_at": None}, {"deleted_at": START}],
        ids=["draft", "deleted"],
    )
    def test_of_what_nobody_sees_is_404(
        self, client: FlaskClient, database: Database, talk_house: TalkHouse, tail: str, columns: dict[str, object]
    ) -> None:  # fmt: skip
        with database.transaction() as session:
            unseen = make_post(session, talk_house.page, **columns)
        assert client.get(f"/en/p/lumen/posts/{unseen.id}{tail}").status_code == 404

    @pytest.mark.parametrize("number", ["0", "99999", "99999999999999999999"])
    def test_of_no_post_is_404(self, client: FlaskClient, talk_house: TalkHouse, number: str) -> None:
        assert client.get(f"/en/p/lumen/posts/{number}").status_code == 404

    def test_costs_as_many_statements_however_many_talk(
        self, app: Flask, database: Database, talk_house: TalkHouse, here: str
    ) -> None:
        lea = app.test_client()
        sign_in(lea, talk_house.lea)
        with database.transaction() as session:
            top = say(session, talk_house.post, talk_house.tom, "First of all").id
            say(session, talk_house.post, talk_house.tom, "And second", under=top)
        counted = []
        for _ in range(2):
            with count_statements(database.engine) as page:
                lea.get(here)
            with count_statements(database.engine) as fragment:
                lea.get(f"{here}/comments")
            counted.append((len(page), len(fragment)))
            with database.transaction() as session:
                for number in range(15):
                    one = say(session, talk_house.post, talk_house.owner, f"Thought {number}", as_page=True).id  # fmt: skip
                    say(session, talk_house.post, talk_house.owner, "Reply", under=one, as_page=True)
        assert counted[0] == counted[1]

    def test_lists_tagged_products_to_buy_with_the_touch(
        self, client: FlaskClient, database: Database, talk_house: TalkHouse
    ) -> None:
        with database.transaction() as session:
            post = make_post(session, talk_house.page, kind=PostKind.PHOTO, photos=1, products=2)
            make_product(session, talk_house.page, title="Not tagged")
        shown = client.get(f"/en/p/lumen/posts/{post.id}").text
        assert shown.count(f'name="touch" value="post-{post.id}"') == 2
        assert f"?from=post-{post.id}" in shown
        assert shown.count('class="dot') == 2

    def test_names_the_host_of_a_link(
        self, client: FlaskClient, database: Database, talk_house: TalkHouse
    ) -> None:
        with database.transaction() as session:
            post = make_post(
                session, talk_house.page, kind=PostKind.LINK, link_url="https://www.example.org/a?b=1", link_title="Read"
            )  # fmt: skip
        shown = client.get(f"/en/p/lumen/posts/{post.id}").text
        assert "example.org" in shown
        assert 'rel="nofollow ugc noopener"' in shown


class TestHistory:
    def test_shows_what_was_said_before(
        self, client: FlaskClient, database: Database, talk_house: TalkHouse, here: str
    ) -> None:
        with database.transaction() as session:
            session.add(PostRevision(post_id=talk_house.post.id, body="Old **lamps**", at=START))
        shown = client.get(f"{here}/history").text
        assert "/oembed?" not in shown  # the post has a card, its history has none
        assert "Old <strong>lamps</strong>" in shown
        assert 'content="noindex' in shown


class TestLoadPosts:
    def test_takes_five_statements_however_many(self, database: Database, talk_house: TalkHouse) -> None:
        with database.transaction() as session:
            ids = [make_post(session, talk_house.page, photos=2, products=2).id for _ in range(20)]
        with database.reading() as session, count_statements(database.engine) as sent:
            views = load_posts(session, ids, "en")
        assert list(views) == ids or set(views) == set(ids)
        assert len(sent) == 5

    def test_leaves_out_products_that_are_not_sold(self, database: Database, talk_house: TalkHouse) -> None:
        with database.transaction() as session:
            post = make_post(session, talk_house.page, photos=1, products=2)
            views = load_posts(session, [post.id], "en")
            session.get_one(Product, views[post.id].cards[0].id).status = ProductStatus.DRAFT
            session.flush()
            again = load_posts(session, [post.id], "en")[post.id]
        assert len(again.cards) == len(again.photos[0].points) == 1


class TestLikeInsideAPost:
    @pytest.mark.parametrize(("is_ours", "source"), [(True, "post"), (False, "organic")])
    def test_keeps_the_post_that_won_it_only_if_it_is_the_pages(
        self, app: Flask, database: Database, talk_house: TalkHouse, *, is_ours: bool, source: str
    ) -> None:
        with database.transaction() as session:
            post = talk_house.post if is_ours else make_post(session, make_page(session))
        client = app.test_client()
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        sign_in(client, talk_house.lea)
        client.post("/en/p/lumen/like", data={"source": "post", "ref": str(post.id)})
        with database.reading() as session:
            follower = session.query(Follower).filter_by(account_id=talk_house.lea.id).one()
        assert follower.source == source
        assert follower.source_ref == (str(post.id) if is_ours else None)


class TestAModerator:
    def test_sees_what_somebody_writes_who_blocked_them(
        self, app: Flask, database: Database, talk_house: TalkHouse, here: str
    ) -> None:
        with database.transaction() as session:
            say(session, talk_house.post, talk_house.tom, "Behind your back.")
            for reader in (talk_house.editor, talk_house.lea):
                block(session, talk_house.tom, reader)
        shown = {}
        for reader in (talk_house.editor, talk_house.lea):
            browser = app.test_client()
            sign_in(browser, reader)
            shown[reader.name] = "Behind your back." in browser.get(here).text
        assert shown == {"Emil Editor": True, "Léa Fontaine": False}
