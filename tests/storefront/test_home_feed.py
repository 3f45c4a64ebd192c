"""The feed at ``/``: what it shows, how it goes on, its sliders, its news, and that its numbers are honest."""

import datetime as dt
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shop.accounts.models import Account
from shop.catalog.models import Product, ProductStatus
from shop.core.db import Database
from shop.feed.models import PostKind
from shop.feed.ranking_models import FeedOrder, FeedSettings, KindWeight, OpenFeed, PostView
from shop.people.models import Block
from tests.factories import START, make_account, make_page, make_product
from tests.support.feeds import comment_on, follow_person, like_page, make_post, react_to, share_post
from tests.support.statements import count_statements
from tests.support.visitors import sign_in

HOUR = dt.timedelta(hours=1)
OPENING = 22
"""Statements of a feed's first page: who asks, eleven that sort, what is shown, three that keep it."""
NEXT_ROUND = 6
"""So many more where a page needs the next round: it is looked for, locked, sorted and kept on the way."""


def posts_in(html: str) -> list[int]:
    return [int(found) for found in re.findall(r'data-post="(\d+)"', html)]


def next_path(html: str) -> str | None:
    found = re.search(r'rel="next" href="([^"]+)"', html)
    return found and found[1].replace("&amp;", "&")


@pytest.fixture
def viewer(database: Database) -> Account:
    with database.transaction() as session:
        return make_account(session, name="Noor Said")


@pytest.fixture
def browser(client: FlaskClient, viewer: Account) -> FlaskClient:
    sign_in(client, viewer)
    return client


class TestFeed:
    def test_shows_posts_of_followed_pages_page_by_page(
        self, database: Database, browser: FlaskClient, viewer: Account
    ) -> None:
        with database.transaction() as session:
            page, other = make_page(session), make_page(session)
            like_page(session, viewer, page, START)
            ids = [make_post(session, page, START - HOUR * number).id for number in range(25)]
            make_post(session, other, START)
        shown: list[int] = []
        path: str | None = "/en/"
        while path:
            answer = browser.get(path)
            assert answer.status_code == 200
            assert answer.headers["Cache-Control"] == "private, no-cache"
            shown += posts_in(answer.text)
            path = next_path(answer.text)
        assert shown == ids

    def test_tells_who_shared(self, database: Database, browser: FlaskClient, viewer: Account) -> None:
        with database.transaction() as session:
            page, lea, ana = make_page(session), make_account(session, name="Léa"), make_account(session)
            for person in (lea, ana):
                follow_person(session, viewer, person, START)
            post = make_post(session, page, START - HOUR)
            share_post(session, post, ana, START - HOUR)
            share_post(session, post, lea, START)
        html = browser.get("/en/").text
        assert posts_in(html) == [post.id]
        assert "Léa and 1 other shared this" in html

    def test_that_is_gone_is_sorted_anew(self, browser: FlaskClient) -> None:
        answer = browser.get("/en/?cursor=gone.10")
        assert (answer.status_code, answer.headers["Location"]) == (302, "/en/")
        answer = browser.get("/en/?cursor=gone.10", headers={"HX-Request": "true"})
        assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/en/")

    def test_of_who_follows_nobody_suggests(
        self, database: Database, browser: FlaskClient, viewer: Account
    ) -> None:
        assert "Your feed is still empty" in browser.get("/en/").text
        with database.transaction() as session:
            page, fan = make_page(session), make_account(session)
            like_page(session, fan, page, START)
            post = make_post(session, page, START - HOUR)
        html = browser.get("/en/").text
        assert "Popular now" in html
        assert "Suggested: you do not follow these pages." in html
        assert posts_in(html) == [post.id]
        assert page.name in html

    def test_of_things_that_all_went_is_as_an_empty_one(
        self, database: Database, browser: FlaskClient, viewer: Account
    ) -> None:
        with database.transaction() as session:
            page, friend = make_page(session), make_account(session)
            follow_person(session, viewer, friend, START)
            product = make_product(session, page)
            make_post(session, page, START - HOUR)
            share = share_post(session, make_post(session, page, START), friend, START - HOUR)
            share.post_id, share.product_id = None, product.id
        assert f'id="share-{share.id}"' in browser.get("/en/").text
        with database.transaction() as session:
            session.get_one(Product, product.id).status = ProductStatus.ARCHIVED
        html = browser.get("/en/").text
        assert "Your feed is still empty" in html
        assert "Popular now" in html

    def test_before_anybody_did_anything_is_by_freshness_and_kind(
        self, database: Database, browser: FlaskClient, viewer: Account
    ) -> None:
        with database.transaction() as session:
            page = make_page(session)
            like_page(session, viewer, page, START)
            session.add(
                KindWeight(
                    page_id=page.id, kind=PostKind.VIDEO, weight=4.0, posts=9, mean=9.0, learned_at=START
                )
            )
            text = make_post(session, page, START - HOUR)
            older_video = make_post(session, page, START - 12 * HOUR, kind=PostKind.VIDEO)
            old_text = make_post(session, page, START - 13 * HOUR)
        assert posts_in(browser.get("/en/").text) == [older_video.id, text.id, old_text.id]


class TestSorting:
    def test_is_chosen_and_stays(self, database: Database, browser: FlaskClient, viewer: Account) -> None:
        with database.transaction() as session:
            page = make_page(session)
            like_page(session, viewer, page, START)
            friend = make_account(session)
            follow_person(session, viewer, friend, START)
            loved, newest = make_post(session, page, START - 2 * HOUR), make_post(session, page, START - HOUR)
            comment_on(session, loved, friend, START - HOUR)
        assert posts_in(browser.get("/en/").text) == [loved.id, newest.id]
        answer = browser.post("/en/feed/sorting", data={"sorting": "chronological"})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/en/")
        html = browser.get("/en/").text
        assert posts_in(html) == [newest.id, loved.id]
        place = re.search(r"/en/feed/why/([\w.-]+)", html)
        assert place
        assert "sorted by time" in browser.get(f"/en/feed/why/{place[1]}").text
        assert browser.post("/en/feed/sorting", data={"sorting": "random"}).status_code == 404


ALL = {"affinity": "1.5", "kind": "0", "half_life_h": "48", "friends": "3", "seen": "0"}


class TestSettings:
    def test_are_kept_and_put_back(self, database: Database, browser: FlaskClient, viewer: Account) -> None:
        assert browser.post("/en/feed/settings", data=ALL).status_code == 303
        with database.reading() as session:
            kept = session.get_one(FeedSettings, viewer.id)
            assert kept.sliders == {
                "affinity": 1.5,
                "kind": 0.0,
                "half_life_h": 48.0,
                "friends": 3.0,
                "seen": 0.0,
            }
        html = browser.get("/en/feed/settings").text
        assert 'name="affinity" min="0.0" max="2.0" step="0.1" value="1.5"' in html
        assert "2 days" in html
        browser.post("/en/feed/sorting", data={"sorting": "chronological"})
        assert browser.post("/en/feed/settings/removal").status_code == 303
        with database.reading() as session:
            kept = session.get_one(FeedSettings, viewer.id)
            assert (kept.sliders, kept.sorting) == ({}, FeedOrder.CHRONOLOGICAL)

    @pytest.mark.parametrize("typed", ["3", "-1", "nan", "inf", "many", "", "1e99", "0" * 99])
    def test_outside_the_range_are_refused_at_their_slider(
        self, database: Database, browser: FlaskClient, viewer: Account, typed: str
    ) -> None:
        answer = browser.post("/en/feed/settings", data=ALL | {"affinity": typed})
        assert answer.status_code == 422
        assert 'id="field-affinity-errors"' in answer.text
        assert 'name="half_life_h" min="6.0" max="168.0" step="6.0" value="48.0"' in answer.text
        with database.reading() as session:
            assert session.get(FeedSettings, viewer.id) is None


class TestWhy:
    def test_shows_numbers_that_make_the_score(
        self, database: Database, browser: FlaskClient, viewer: Account
    ) -> None:
        with database.transaction() as session:
            page, lea = make_page(session), make_account(session, name="Léa Fontaine")
            like_page(session, viewer, page, START)
            follow_person(session, viewer, lea, START - 9 * HOUR, level=311.7)
            posts = [make_post(session, page, START - HOUR * 7 * number) for number in range(8)]
            for number, post in enumerate(posts):
                react_to(session, post, lea, START - HOUR * number)
                session.add(
                    PostView(
                        reader_key=f"a:{viewer.id}",
                        post_id=post.id,
                        times=number,
                        first_at=START,
                        last_at=START,
                    )
                )
            comment_on(session, posts[3], lea, START - 2 * HOUR)
            session.add(
                KindWeight(
                    page_id=page.id, kind=PostKind.TEXT, weight=1.37, posts=9, mean=9.0, learned_at=START
                )
            )
            session.add(
                FeedSettings(
                    account_id=viewer.id,
                    sorting=FeedOrder.RANKED,
                    sliders={"affinity": 1.3, "kind": 0.7, "friends": 1.9, "half_life_h": 36, "seen": 0.7},
                )
            )
        places = re.findall(r"/en/feed/why/([\w.-]+)", browser.get("/en/").text)
        scores = [self._check(browser.get(f"/en/feed/why/{place}").text) for place in places]
        assert len(scores) == 8
        assert scores == sorted(scores, reverse=True)

    def _check(self, html: str) -> float:
        """Recompute the score from the numbers that are shown, and return it."""
        edges = re.findall(r"<tr data-edge>(.*?)</tr>", html, re.DOTALL)
        parts = []
        for edge in edges:
            affinity, weight, decay, part = (
                number(cell) for cell in re.findall(r"<td[^>]*>([^<]+)</td>", edge)
            )
            assert_shown(affinity * weight * decay, part)
            parts.append(affinity * weight * decay)
        total, seen, score = (
            number(re.search(rf"<td {name}>([^<]+)<", html)[1])  # type: ignore[index]
            for name in ("data-total", "data-seen-factor", "data-score")
        )
        assert_shown(sum(parts), total)
        assert_shown(sum(parts) * seen, score)
        for changed in (
            "Closeness stands at 1.3",
            "Kind of post stands at 0.7",
            "People stand at 1.9",
            "36 hours",
        ):
            assert changed in html
        return score

    def test_is_said_to_the_feeds_owner_alone(
        self, database: Database, app: Flask, browser: FlaskClient, viewer: Account
    ) -> None:
        with database.transaction() as session:
            page, other = make_page(session), make_account(session)
            like_page(session, viewer, page, START)
            make_post(session, page, START - HOUR)
        place = re.findall(r"/en/feed/why/([\w.-]+)", browser.get("/en/").text)[0]
        assert browser.get(f"/en/feed/why/{place}").status_code == 200
        stranger = app.test_client()
        sign_in(stranger, other)
        assert stranger.get(f"/en/feed/why/{place}").status_code == 302
        assert browser.get(f"/en/feed/why/{place}9").status_code == 404

    def test_names_nobody_who_is_blocked_by_now(
        self, database: Database, browser: FlaskClient, viewer: Account
    ) -> None:
        with database.transaction() as session:
            page, tom = make_page(session), make_account(session, name="Tom Miller")
            like_page(session, viewer, page, START)
            follow_person(session, viewer, tom, START)
            share_post(session, make_post(session, page, START - HOUR), tom, START - HOUR)
        place = re.findall(r"/en/feed/why/([\w.-]+)", browser.get("/en/").text)[0]
        assert "Tom Miller shared it" in browser.get(f"/en/feed/why/{place}").text
        with database.transaction() as session:
            session.add(Block(account_id=tom.id, blocked_id=viewer.id, at=START))
        html = browser.get(f"/en/feed/why/{place}").text
        assert "Somebody shared it" in html
        assert "Tom Miller" not in html


class TestNews:
    def test_are_counted_with_an_etag(
        self, database: Database, browser: FlaskClient, viewer: Account, clock: object
    ) -> None:
        with database.transaction() as session:
            page = make_page(session)
            like_page(session, viewer, page, START)
            make_post(session, page, START)
        path = re.search(r'data-news="([^"]+)"', browser.get("/en/").text)
        assert path
        nothing = browser.get(path[1])
        assert (nothing.status_code, nothing.text.strip()) == (200, "")
        with database.transaction() as session:
            for minutes in range(3):
                make_post(session, page, START + dt.timedelta(minutes=minutes + 1))
        news = browser.get(path[1])
        assert "3 new posts" in news.text
        again = browser.get(path[1], headers={"If-None-Match": news.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        for wrong in ("", "x", "9" * 40, "99999999999999999"):
            assert browser.get(f"/en/feed/news?since={wrong}").status_code == 404

    def test_are_more_than_a_hundred_only_above_it(
        self, database: Database, browser: FlaskClient, viewer: Account
    ) -> None:
        with database.transaction() as session:
            page = make_page(session)
            like_page(session, viewer, page, START)
            make_post(session, page, START)
        path = re.search(r'data-news="([^"]+)"', browser.get("/en/").text)
        assert path
        for texts in (["100 new posts"], ["More than 100 new posts"]):
            with database.transaction() as session:
                for minutes in range(100 if texts == ["100 new posts"] else 1):
                    make_post(session, page, START + dt.timedelta(minutes=minutes + 1))
            assert re.findall(r"(?:More than )?\d+ new posts", browser.get(path[1]).text) == texts


class TestKeeping:
    def test_writes_nothing_for_an_empty_feed(self, database: Database, browser: FlaskClient) -> None:
        browser.get("/en/")
        with database.reading() as session:
            assert session.query(OpenFeed).count() == 0


def number(text: str) -> float:
    """Read a number as the panel writes it in English."""
    mantissa, _, exponent = text.replace(",", "").partition(" × 10")
    tens = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    return float(mantissa) * 10.0 ** int(exponent.translate(tens) or "0")


def assert_shown(true: float, shown: float) -> None:
    """The number shown is the true one with four significant digits."""
    assert shown == pytest.approx(true, rel=0.5e-3 + 1e-9)
    assert f"{true:.4g}" == f"{shown:.4g}"


class TestStatements:
    def test_do_not_grow_with_pages_posts_or_people(
        self, database: Database, browser: FlaskClient, viewer: Account
    ) -> None:
        with database.transaction() as session:
            friend, page = make_account(session), make_page(session)
            like_page(session, viewer, page, START)
            follow_person(session, viewer, friend, START)
            post = make_post(session, page, START - HOUR)
            share_post(session, post, friend, START - HOUR)
        few = self._count(database, browser, "/en/")
        with database.transaction() as session:
            for number in range(40):
                page, friend = make_page(session), make_account(session)
                like_page(session, viewer, page, START)
                follow_person(session, viewer, friend, START)
                for hours in range(4):
                    post = make_post(session, page, START - HOUR * hours)
                    react_to(session, post, friend, START - HOUR)
                    comment_on(session, post, friend, START - HOUR)
                if number % 2:
                    share_post(session, post, friend, START - HOUR)
        many = self._count(database, browser, "/en/")
        assert (few, many) == (OPENING, OPENING)
        path = next_path(browser.get("/en/").text)
        assert path
        assert self._count(database, browser, path) <= OPENING

    def test_of_the_next_round_are_bounded(
        self, database: Database, browser: FlaskClient, viewer: Account
    ) -> None:
        with database.transaction() as session:
            page = make_page(session)
            like_page(session, viewer, page, START)
            for hours in range(35):
                make_post(session, page, START - HOUR * hours)
        path: str | None = "/en/"
        counts = []
        while path:
            counts.append(self._count(database, browser, path))
            path = next_path(browser.get(path).text)
        assert len(counts) >= 4
        assert max(counts) <= OPENING + NEXT_ROUND

    def _count(self, database: Database, browser: FlaskClient, path: str) -> int:
        with count_statements(database.engine) as sent:
            assert browser.get(path).status_code == 200
        return len(sent)
