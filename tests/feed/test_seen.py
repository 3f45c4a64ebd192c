"""Posts that were seen and clicked on are counted once, of those who are not the page's own, in every process alike."""

import datetime as dt
import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from shop.catalog.models import Variant
from shop.core.clock import SteppedClock
from shop.core.db import Database
from shop.feed.counting import count_on_post, is_first_engagement
from shop.feed.models import Post, PostCounts, PostDay, PostStatus
from shop.feed.ranking_models import PostView
from shop.feed.seen import Seen, write_all
from shop.feed.seen_counter import SeenCounter
from shop.feed.seen_routes import MAX_IDS
from shop.page.models import Affinity, Page, Role
from tests.factories import START, make_account, make_page, make_product, make_staff
from tests.support.posted import make_post
from tests.support.statements import count_statements
from tests.support.visitors import sign_in


@pytest.fixture
def page(database: Database) -> Page:
    with database.transaction() as session:
        page = make_page(session, slug="lumen")
        make_product(session, page, slug="mug")
        return page


@pytest.fixture
def posts(database: Database, page: Page) -> list[Post]:
    with database.transaction() as session:
        return [make_post(session, page) for _ in range(3)]


def counts(database: Database, post: Post) -> tuple[int, int, int, int]:
    """Return impressions, reach, engaged and clicks."""
    with database.reading() as session:
        row = session.get_one(PostCounts, post.id)
        return row.impressions, row.reach, row.engaged, row.clicks


def flush(app: Flask) -> int:
    return int(app.extensions["vitrine.seen"].flush())


class TestCreateViews:
    def test_counts_each_post_once_for_a_guest(
        self, app: Flask, client: FlaskClient, database: Database, posts: list[Post]
    ) -> None:
        ids = ".".join(str(post.id) for post in posts[:2])
        assert client.post("/seen", data={"seen": ids}).status_code == 204
        client.post("/seen", data={"seen": ids})  # the beacon was sent twice
        assert flush(app) == 2
        assert [counts(database, post) for post in posts] == [(1, 1, 0, 0), (1, 1, 0, 0), (0, 0, 0, 0)]
        with database.reading() as session:
            [reader] = set(session.scalars(select(PostView.reader_key)))
        assert reader.startswith("v:")
        assert "127.0.0.1" not in reader

    def test_counts_another_look_later_but_no_more_people(
        self, app: Flask, client: FlaskClient, database: Database, posts: list[Post], clock: SteppedClock
    ) -> None:
        client.post("/seen", data={"seen": posts[0].id})
        flush(app)
        clock.advance(minutes=1)
        client.post("/seen", data={"seen": posts[0].id})
        flush(app)
        assert counts(database, posts[0]) == (2, 1, 0, 0)

    def test_knows_guests_apart_by_browser_and_day(
        self, app: Flask, client: FlaskClient, database: Database, posts: list[Post], clock: SteppedClock
    ) -> None:
        client.post("/seen", data={"seen": posts[0].id}, headers={"User-Agent": "one"})
        client.post("/seen", data={"seen": posts[0].id}, headers={"User-Agent": "other"})
        clock.advance(days=1)
        client.post("/seen", data={"seen": posts[0].id}, headers={"User-Agent": "one"})
        flush(app)
        assert counts(database, posts[0]) == (3, 3, 0, 0)

    def test_counts_clicks_and_who_engaged(
        self, app: Flask, client: FlaskClient, database: Database, posts: list[Post], clock: SteppedClock
    ) -> None:
        client.post("/seen", data={"seen": posts[0].id, "clicked": posts[0].id})
        flush(app)
        clock.advance(minutes=1)
        client.post("/seen", data={"clicked": posts[0].id})
        flush(app)
        assert counts(database, posts[0]) == (1, 1, 1, 2)

    def test_reaches_who_clicked_before_a_second_was_over(
        self, app: Flask, client: FlaskClient, database: Database, posts: list[Post], clock: SteppedClock
    ) -> None:
        client.post("/seen", data={"clicked": posts[0].id})
        flush(app)
        clock.advance(seconds=3)
        client.post("/seen", data={"seen": posts[0].id})
        flush(app)
        assert counts(database, posts[0]) == (1, 1, 1, 1)

    def test_leaves_the_pages_own_staff_out(
        self, app: Flask, client: FlaskClient, database: Database, page: Page, posts: list[Post]
    ) -> None:
        with database.transaction() as session:
            worker = make_account(session)
            make_staff(session, page, worker, Role.EDITOR)
        sign_in(client, worker)
        client.post("/seen", data={"seen": posts[0].id, "clicked": posts[0].id})
        flush(app)
        assert counts(database, posts[0]) == (0, 0, 0, 0)

    def test_leaves_out_what_nobody_may_see(
        self, app: Flask, client: FlaskClient, database: Database, page: Page
    ) -> None:
        with database.transaction() as session:
            draft = make_post(session, page, status=PostStatus.DRAFT)
            gone = make_post(session, page)
            gone.deleted_at = START
        client.post("/seen", data={"seen": f"{draft.id}.{gone.id}.999999"})
        flush(app)
        assert [counts(database, post) for post in (draft, gone)] == [(0, 0, 0, 0)] * 2

    @pytest.mark.parametrize("ids", ["x", "1,2", "1.", "0", "-1", "1e3", "٣", "9" * 30])
    def test_refuses_what_are_no_ids(self, client: FlaskClient, posts: list[Post], ids: str) -> None:
        assert client.post("/seen", data={"seen": ids}).status_code == 422

    def test_refuses_too_many(self, client: FlaskClient) -> None:
        ids = ".".join(str(number) for number in range(1, MAX_IDS + 2))
        assert client.post("/seen", data={"seen": ids}).status_code == 422

    def test_refuses_another_site(self, client: FlaskClient, posts: list[Post]) -> None:
        answer = client.post("/seen", data={"seen": posts[0].id}, headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 403

    def test_costs_no_statement(self, client: FlaskClient, database: Database, posts: list[Post]) -> None:
        with count_statements(database.engine) as statements:
            client.post("/seen", data={"seen": posts[0].id})
        assert statements == []

    def test_is_limited(self, limited_app: Flask) -> None:
        client = limited_app.test_client()
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        answers = {client.post("/seen").status_code for _ in range(1201)}
        assert answers == {204, 429}


class TestShowPixel:
    def test_counts_a_list_without_scripts(
        self, app: Flask, client: FlaskClient, database: Database, posts: list[Post]
    ) -> None:
        answer = client.get(f"/seen.gif?ids={posts[0].id}.{posts[1].id}")
        assert (answer.mimetype, answer.headers["Cache-Control"]) == ("image/gif", "no-store")
        flush(app)
        assert [counts(database, post)[:2] for post in posts] == [(1, 1), (1, 1), (0, 0)]

    def test_counts_nothing_on_another_site(
        self, app: Flask, client: FlaskClient, database: Database, posts: list[Post]
    ) -> None:
        client.get(f"/seen.gif?ids={posts[0].id}", headers={"Sec-Fetch-Site": "cross-site"})
        assert flush(app) == 0


class TestLinksOutOfAPost:
    def test_are_clicks(self, app: Flask, client: FlaskClient, database: Database, posts: list[Post]) -> None:
        client.get(f"/en/p/lumen/shop/mug?from=post-{posts[0].id}")
        client.get(f"/en/p/lumen/shop/mug?from=post-{posts[0].id}")  # pressed twice
        flush(app)
        assert counts(database, posts[0]) == (1, 1, 1, 1)

    def test_are_clicks_as_buying_in_it_is(
        self, app: Flask, client: FlaskClient, database: Database, posts: list[Post]
    ) -> None:
        with database.reading() as session:
            variant_id = session.scalars(select(Variant.id)).first()
        bought = {"variant_id": variant_id, "quantity": 1, "touch": f"post-{posts[0].id}"}
        assert client.post("/en/p/lumen/cart/lines", data=bought).status_code == 303
        client.post("/en/p/lumen/like", data={"touch": f"post-{posts[1].id}"})  # no form that buys
        flush(app)
        assert [counts(database, post) for post in posts[:2]] == [(1, 1, 1, 1), (0, 0, 0, 0)]

    @pytest.mark.parametrize(
        "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "none"}, {"Sec-Purpose": "prefetch"}]
    )
    def test_from_elsewhere_or_fetched_ahead_are_none(
        self, app: Flask, client: FlaskClient, posts: list[Post], headers: dict[str, str]
    ) -> None:
        client.get(f"/en/p/lumen/shop/mug?from=post-{posts[0].id}", headers=headers)
        assert flush(app) == 0


class TestWriteAll:
    def test_keeps_the_pages_days(self, database: Database, posts: list[Post]) -> None:
        late = dt.datetime(2026, 11, 24, 23, 30, tzinfo=dt.UTC)  # the 25th in Paris
        write_all(database, {(posts[0].id, "v:a"): Seen(START, START, 2, 1)})
        write_all(
            database, {(posts[0].id, "v:a"): Seen(late, late, 1), (posts[0].id, "v:b"): Seen(late, late, 1)}
        )
        with database.reading() as session:
            rows = session.scalars(select(PostDay).order_by(PostDay.day)).all()
        assert [(row.day.day, row.impressions, row.reach, row.engaged, row.clicks) for row in rows] == [
            (24, 2, 1, 1, 1),
            (25, 2, 1, 0, 0),
        ]

    def test_counts_what_two_processes_were_told_at_once_only_once(
        self, database: Database, posts: list[Post]
    ) -> None:
        soon = START + dt.timedelta(seconds=3)
        write_all(database, {(posts[0].id, "v:a"): Seen(START, START, 1)})
        write_all(database, {(posts[0].id, "v:a"): Seen(soon, soon, 1)})
        assert counts(database, posts[0])[:2] == (1, 1)

    def test_reaches_who_engaged_before_they_were_counted(
        self, database: Database, page: Page, posts: list[Post]
    ) -> None:
        with database.transaction() as session:
            account = make_account(session)
            first = is_first_engagement(session, post_id=posts[0].id, account_id=account.id, now=START)
            count_on_post(session, post_id=posts[0].id, page_id=page.id, at=START, engaged=int(first))
        later = START + dt.timedelta(minutes=1)
        write_all(database, {(posts[0].id, f"a:{account.id}"): Seen(later, later, 1, 1)})
        assert counts(database, posts[0]) == (1, 1, 1, 1)

    def test_takes_none_of_the_pages_own_for_engaged(
        self, database: Database, page: Page, posts: list[Post]
    ) -> None:
        with database.transaction() as session:
            worker, reader = make_account(session), make_account(session)
            make_staff(session, page, worker, Role.EDITOR)
            make_staff(session, make_page(session, slug="other"), reader, Role.OWNER)
            post_id = posts[0].id
            assert not is_first_engagement(session, post_id=post_id, account_id=worker.id, now=START)
            assert is_first_engagement(session, post_id=post_id, account_id=reader.id, now=START)
            assert not is_first_engagement(session, post_id=post_id, account_id=reader.id, now=START)

    def test_brings_an_account_closer_once_a_day(self, database: Database, posts: list[Post]) -> None:
        with database.transaction() as session:
            account = make_account(session)

        def level_after(at: dt.datetime) -> float:
            write_all(database, {(post.id, f"a:{account.id}"): Seen(at, at, 1) for post in posts})
            with database.reading() as session:
                row = session.scalars(select(Affinity)).one()
                assert row.interactions == 0
                return row.level

        first = level_after(START)
        assert level_after(START + dt.timedelta(hours=1)) == first
        assert level_after(START + dt.timedelta(days=1)) > first

    def test_costs_as_many_statements_for_many_posts(
        self, database: Database, page: Page, posts: list[Post]
    ) -> None:
        with database.transaction() as session:
            more = [make_post(session, page) for _ in range(40)]

        def sent(batch: list[Post], reader: str) -> int:
            with count_statements(database.engine) as statements:
                write_all(database, {(post.id, reader): Seen(START, START, 1) for post in batch})
            return len(statements)

        assert sent(posts, "v:a") == sent(more, "v:b") <= 7


class TestSeenCounter:
    def test_keeps_what_could_not_be_written(
        self, database: Database, posts: list[Post], now: dt.datetime, tmp_path: Path
    ) -> None:
        away = Database(f"sqlite:///{tmp_path / 'without-tables.db'}")
        counter = SeenCounter(away, flush_s=60)
        counter.see("v:a", posts[0].id, now)
        assert counter.flush() == 0
        counter.click("v:a", posts[0].id, now)
        counter._database = database  # it is back
        assert counter.flush() == 1
        assert counts(database, posts[0]) == (1, 1, 1, 1)


def _read_much(url: str, post_ids: list[int], first: int) -> None:
    database = Database(url)
    counter = SeenCounter(database, flush_s=60)
    for number in range(first, first + 60):
        for post_id in post_ids:
            counter.see(f"v:{number}", post_id, START)
            if number % 3 == 0:
                counter.click(f"v:{number}", post_id, START)
        if number % 10 == 0:
            counter.flush()
    counter.flush()
    database.dispose()


@pytest.mark.drill
class TestManyReaders:
    def test_in_threads_and_processes_are_all_counted_once(
        self, database: Database, page: Page, posts: list[Post]
    ) -> None:
        """Two processes of overlapping readers (0-59 and 30-89), threads beside them, and who reacts meanwhile."""
        ids = [post.id for post in posts]
        url = database.url.render_as_string(hide_password=False)
        with database.transaction() as session:
            accounts = [make_account(session).id for _ in range(20)]
        spawn = multiprocessing.get_context("spawn")
        children = [spawn.Process(target=_read_much, args=(url, ids, first)) for first in (0, 30)]
        for child in children:
            child.start()

        def engage(account_id: int) -> None:
            for post_id in ids:
                with database.transaction() as session:
                    first = is_first_engagement(session, post_id=post_id, account_id=account_id, now=START)
                    count_on_post(
                        session, post_id=post_id, page_id=page.id, at=START, reactions=1, engaged=int(first)
                    )
            write_all(database, {(post_id, f"a:{account_id}"): Seen(START, START, 1, 1) for post_id in ids})

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(engage, accounts))
        for child in children:
            child.join(120)
            assert child.exitcode == 0
        for post in posts:
            impressions, reach, engaged, clicks = counts(database, post)
            assert (impressions, reach) == (90 + 20, 90 + 20)
            assert engaged == 30 + 20  # every third of 0-89, and the accounts
            assert clicks == 20 + 20 + 20  # the readers 30-59 clicked in both processes
        with database.reading() as session:
            assert session.scalar(select(func.count()).select_from(PostView)) == 3 * 110
            summed = session.execute(
                select(func.sum(PostDay.impressions), func.sum(PostDay.reach), func.sum(PostDay.engaged))
            ).one()
        assert tuple(summed) == (330, 330, 150)
