"""What the rooms of the insights of posts tell, to whom, and what it costs."""

import csv
import datetime as dt
import io
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from shop.core.db import Database
from shop.feed.models import Post, PostKind, PostStatus
from shop.feed.seen import Seen, write_all
from shop.insights.best_time import ENOUGH, find_best_time
from shop.insights.labels import change_of
from shop.insights.post_figures import PostFigures, Span, by_month, make_report, span_before, span_of
from shop.insights.post_queries import Scope
from shop.insights.post_table_queries import SORTS, Listing, find_part
from shop.orders.models import FulfilmentStatus, Order, OrderStatus
from shop.page.models import LikeEvent, LikeSource, Page, Role
from tests.factories import START, make_account, make_page, make_staff
from tests.support.posted import make_post
from tests.support.statements import count_statements
from tests.support.visitors import sign_in

ROOM = "/en/manage/lumen/insights"
DAY = dt.timedelta(days=1)


def make_sale(
    session: object, page: Page, number: str, *, post: Post | None, paid_at: dt.datetime | None,
    captured: int = 5000, refunded: int = 0, currency: str = "EUR",
) -> None:  # fmt: skip
    session.add(
        Order(
            page_id=page.id, number=number, visitor_key=f"guest:{number}", content_key=number, language="en",
            currency=currency, status=OrderStatus.PAID if paid_at else OrderStatus.CANCELLED, holds_stock=False,
            fulfilment_status=FulfilmentStatus.UNFULFILLED, subtotal_amount=5000, shipping_amount=0, tax_amount=0,
            total_amount=5000, captured_amount=captured if paid_at else 0, refunded_amount=refunded, country="FR",
            shipping_method="", placed_at=paid_at or START, expires_at=START, paid_at=paid_at,
            touch_kind="post" if post else None, touch_post_id=post.id if post else None,
            touch_at=START if post else None,
        )
    )  # fmt: skip


@dataclass
class Lumen:
    """A page with three posts: one of two days ago that sold, one of today, one of forty days ago."""

    page: Page
    sold: Post
    fresh: Post
    old: Post

    @property
    def scope(self) -> Scope:
        return Scope(self.page.id, "FR", "EUR")


@pytest.fixture
def lumen(database: Database) -> Lumen:
    with database.transaction() as session:
        page = make_page(session, slug="lumen")
        counts = {"reactions": 8, "likes": 8, "comments": 3, "shares": 1}
        sold = make_post(session, page, body="The lamp that **sold**", at=START - 2 * DAY, **counts)
        fresh = make_post(session, page, kind=PostKind.PHOTO, body="=Fresh()", at=START, is_promoted=True)
        old = make_post(
            session, page, kind=PostKind.PHOTO, body="An old one", at=START - 40 * DAY, reactions=2, likes=2
        )
        make_post(session, page, body="Nobody may see it", status=PostStatus.DRAFT)
        for source, ref, is_gain, ago in (
            (LikeSource.POST, str(sold.id), True, 1), (LikeSource.POST, str(sold.id), True, 1),
            (LikeSource.POST, str(sold.id), False, 0), (LikeSource.ORGANIC, None, True, 0),
            (LikeSource.POST, "x'; --", True, 1), (LikeSource.POST, str(old.id), True, 39),
        ):  # fmt: skip
            at = START - ago * DAY
            session.add(LikeEvent(page_id=page.id, is_gain=is_gain, source=source, source_ref=ref, at=at))
        make_sale(session, page, "L-1", post=sold, paid_at=START - DAY, captured=5000, refunded=1500)
        make_sale(session, page, "L-2", post=sold, paid_at=START)
        make_sale(session, page, "L-3", post=sold, paid_at=None)
        make_sale(session, page, "L-4", post=None, paid_at=START)
        make_sale(session, page, "L-5", post=old, paid_at=START - 30 * DAY, captured=9900)
        make_sale(session, page, "L-6", post=sold, paid_at=START, captured=7700, currency="USD")
    at = START - DAY
    write_all(database, {(sold.id, f"v:{number}"): Seen(at, at, 2, int(number < 5)) for number in range(20)})
    write_all(database, {(fresh.id, "v:1"): Seen(START, START, 1)})
    return Lumen(page, sold, fresh, old)


@pytest.fixture
def editor(client: FlaskClient, database: Database, lumen: Lumen) -> FlaskClient:
    with database.transaction() as session:
        account = make_account(session, name="Camille")
        make_staff(session, lumen.page, account, Role.MANAGER)
    sign_in(client, account)
    return client


def rows_of(client: FlaskClient, path: str) -> list[dict[str, str]]:
    answer = client.get(path)
    assert (answer.status_code, answer.content_type) == (200, "text/csv; charset=utf-8")
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


class TestShowInsights:
    def test_tells_the_period_and_the_one_before(self, editor: FlaskClient) -> None:
        text = " ".join(editor.get(f"{ROOM}?period=28").text.split())
        assert 'People reached</h3> <p class="figure__value">21</p>' in text
        assert 'Impressions</h3> <p class="figure__value">41</p>' in text
        assert 'Engagement rate</h3> <p class="figure__value">23.8%</p>' in text  # 5 of 21
        assert 'Clicks</h3> <p class="figure__value">5</p>' in text
        assert 'Likes gained from posts</h3> <p class="figure__value">3</p>' in text
        assert 'Orders from posts</h3> <p class="figure__value">2</p>' in text
        assert 'Revenue from posts</h3> <p class="figure__value">€85.00</p>' in text  # 50 - 15 + 50
        assert "14% less than the 28 days before" in text  # € 99 then

    def test_tells_kinds_and_sources(self, editor: FlaskClient) -> None:
        text = editor.get(f"{ROOM}?period=28").text
        assert '<th scope="row">Text</th>' in text
        assert "<strong>12.0</strong>" in text
        assert '<th scope="row">Paid reach</th>' in text
        assert "From the page itself" in text

    def test_tells_likes_of_all_time_that_came_before_the_first_post(
        self, editor: FlaskClient, database: Database, lumen: Lumen
    ) -> None:
        with database.transaction() as session:
            at = START - 400 * DAY
            session.add(LikeEvent(page_id=lumen.page.id, is_gain=True, source=LikeSource.AD, at=at))
        assert "From ads" not in editor.get(f"{ROOM}?period=90").text
        assert "From ads" in editor.get(f"{ROOM}?period=all").text

    def test_takes_a_period_that_is_none_for_the_usual_one(self, editor: FlaskClient) -> None:
        assert 'insights?period=28" aria-current="true"' in editor.get(f"{ROOM}?period=x").text

    def test_says_what_to_do_where_there_is_nothing(self, client: FlaskClient, database: Database) -> None:
        with database.transaction() as session:
            owner = make_account(session)
            make_page(session, slug="empty", owner=owner)
        sign_in(client, owner)
        for path in ("", "/posts", "/times"):
            assert "Write a post" in client.get(f"/en/manage/empty/insights{path}?period=all").text

    @pytest.mark.parametrize(
        ("role", "status"),
        [(Role.OWNER, 200), (Role.EDITOR, 200), (Role.ANALYST, 200), (Role.FULFILMENT, 403), (None, 404)],
    )
    def test_is_for_who_may_see_insights(
        self, client: FlaskClient, database: Database, lumen: Lumen, role: Role | None, status: int
    ) -> None:
        with database.transaction() as session:
            account = make_account(session)
            if role is not None:
                make_staff(session, lumen.page, account, role)
        sign_in(client, account)
        for path in ("", "/posts", "/times", f"/posts/{lumen.sold.id}", "/posts.csv", "/days.csv"):
            assert client.get(ROOM + path).status_code == status

    @pytest.mark.parametrize("path", ["", "/posts", "/times", "/posts.csv", "/days.csv"])
    def test_costs_as_much_for_many_posts(
        self, editor: FlaskClient, database: Database, lumen: Lumen, path: str
    ) -> None:
        def sent() -> int:
            with count_statements(database.engine) as statements:
                answer = editor.get(f"{ROOM}{path}?period=all")
                assert answer.status_code == 200
                assert answer.data
            return len(statements)

        few = sent()
        with database.transaction() as session:
            for number in range(60):
                make_post(session, lumen.page, at=START - number * DAY, reactions=number)
        assert sent() == few <= 10


class TestListPosts:
    @pytest.mark.parametrize("sort", SORTS)
    @pytest.mark.parametrize("is_rising", [False, True])
    def test_goes_on_from_its_last_place_by_every_figure(
        self, database: Database, lumen: Lumen, sort: str, is_rising: bool
    ) -> None:
        with database.transaction() as session:
            for number in range(17):
                counts = {
                    "reach": number % 4 * 10,
                    "engaged": number % 3,
                    "reactions": number % 5,
                    "clicks": number % 2,
                }
                make_post(session, lumen.page, at=START - number // 2 * DAY, **counts)
        listing = Listing(sort=sort, is_rising=is_rising)
        found, cursor = [], ""
        with database.reading() as session:
            whole = [row.post.id for row in find_part(session, lumen.scope, listing, limit=50).rows]
            while True:
                part = find_part(session, lumen.scope, listing, cursor=cursor, limit=3)
                found += [row.post.id for row in part.rows]
                if part.next_cursor is None:
                    break
                cursor = part.next_cursor
        assert found == whole
        assert len(set(found)) == 20

    def test_sorts_by_what_was_sold(self, database: Database, lumen: Lumen) -> None:
        with database.reading() as session:
            rows = find_part(session, lumen.scope, Listing(sort="revenue")).rows
        assert [(row.post.id, row.sales.orders, row.sales.revenue_amount) for row in rows] == [
            (lumen.old.id, 1, 9900),
            (lumen.sold.id, 2, 8500),
            (lumen.fresh.id, 0, 0),
        ]

    def test_shows_a_kind_of_a_period(self, editor: FlaskClient) -> None:
        text = editor.get(f"{ROOM}/posts?period=28&kind=photo").text
        assert "=Fresh()" in text
        assert "An old one" not in text
        assert "The lamp that sold" not in text

    @pytest.mark.parametrize(
        "cursor", ["x", "1_x", "2026-11-24_1", "9" * 40 + "_1", "2026-11-24T00:00:00+00:00_"]
    )
    def test_knows_no_place_that_it_did_not_name(self, editor: FlaskClient, cursor: str) -> None:
        for sort in ("date", "reach"):
            answer = editor.get(f"{ROOM}/posts", query_string={"cursor": cursor, "sort": sort})
            assert answer.status_code == 404

    @pytest.mark.parametrize("cursor", ["0001-01-01T00:00:00+23:00_1", "9999-12-31T23:00:00-23:00_1"])
    def test_knows_no_instant_that_no_calendar_has(self, editor: FlaskClient, cursor: str) -> None:
        assert editor.get(f"{ROOM}/posts", query_string={"cursor": cursor}).status_code == 404

    @pytest.mark.parametrize("sort", sorted(set(SORTS) - {"date"}))
    def test_finds_its_place_by_a_figure_that_is_larger_than_any(
        self, editor: FlaskClient, sort: str
    ) -> None:
        cursor = f"{'9' * 18}_{'9' * 18}"
        answer = editor.get(f"{ROOM}/posts", query_string={"cursor": cursor, "sort": sort, "period": "all"})
        assert "The lamp that sold" in answer.text


class TestShowPost:
    def test_tells_everything_of_it(self, editor: FlaskClient, lumen: Lumen) -> None:
        text = editor.get(f"{ROOM}/posts/{lumen.sold.id}").text
        assert "The lamp that sold" in text
        assert "25.0%" in text  # 5 of 20
        assert "€85.00" in text
        assert [number in text for number in ("L-1", "L-2", "L-3", "L-4")] == [True, True, True, False]

    def test_tells_orders_only_to_who_sees_orders(
        self, client: FlaskClient, database: Database, lumen: Lumen
    ) -> None:
        with database.transaction() as session:
            account = make_account(session)
            make_staff(session, lumen.page, account, Role.EDITOR)
        sign_in(client, account)
        assert "L-1" not in client.get(f"{ROOM}/posts/{lumen.sold.id}").text

    def test_is_not_another_pages(self, editor: FlaskClient, database: Database) -> None:
        with database.transaction() as session:
            post = make_post(session, make_page(session))
        assert editor.get(f"{ROOM}/posts/{post.id}").status_code == 404


class TestCsv:
    def test_of_posts_has_a_row_a_post_and_runs_no_formula(self, editor: FlaskClient, lumen: Lumen) -> None:
        rows = rows_of(editor, f"{ROOM}/posts.csv?period=28")
        assert [row["text"] for row in rows] == ["'=Fresh()", "The lamp that sold"]
        sold = rows[1]
        assert (sold["reach"], sold["engagement_rate"], sold["interactions"]) == ("20", "0.250000", "12")
        assert (sold["likes_gained"], sold["likes_lost"], sold["orders"], sold["revenue"]) == (
            "2",
            "1",
            "2",
            "85.00",
        )
        assert (rows[0]["promoted"], sold["promoted"], sold["currency"]) == ("yes", "", "EUR")

    def test_of_posts_says_which_came_from_a_file(
        self, editor: FlaskClient, database: Database, lumen: Lumen
    ) -> None:
        with database.transaction() as session:
            make_post(session, lumen.page, at=START - DAY, body="From a file").import_ref = "1024"
            demo = make_post(session, lumen.page, at=START - DAY, body="Of the demo")
            demo.import_ref = "demo:lamp"
        rows = rows_of(editor, f"{ROOM}/posts.csv?period=28")
        assert [row["text"] for row in rows if row["imported"] == "yes"] == ["From a file"]
        assert "Imported" not in editor.get(f"{ROOM}/posts/{demo.id}").text

    def test_of_posts_reads_batch_after_batch(
        self, editor: FlaskClient, database: Database, lumen: Lumen
    ) -> None:
        with database.transaction() as session:
            for number in range(510):
                make_post(session, lumen.page, at=START - number // 7 * DAY)
        found = [row["post"] for row in rows_of(editor, f"{ROOM}/posts.csv?period=all")]
        assert len(found) == len(set(found)) == 513

    def test_of_days_has_a_row_a_day(self, editor: FlaskClient) -> None:
        rows = rows_of(editor, f"{ROOM}/days.csv?period=7")
        assert [row["day"] for row in rows] == [f"2026-11-{day}" for day in range(18, 25)]
        assert (rows[-2]["reach"], rows[-2]["orders"], rows[-2]["revenue"]) == ("20", "1", "35.00")
        assert (rows[-1]["likes_lost"], rows[-1]["revenue"]) == ("1", "50.00")


class TestMakeReport:
    def test_adds_up_what_falls_into_the_period(self) -> None:
        today = dt.date(2026, 11, 24)
        span = span_of("7", today, None)
        rows = [(today - DAY * ago, PostFigures(reach=10 ** (ago // 4))) for ago in (0, 6, 7, 13, 14)]
        rows.append((today, PostFigures(engaged=1)))
        report = make_report(rows, period="7", span=span, currency="EUR")
        assert (report.now.reach, report.now.engaged) == (11, 1)
        assert report.before is not None
        assert report.before.reach == 10 + 1000
        assert len(report.days) == len(report.days_before) == 7

    @pytest.mark.parametrize("before", [None, 0, -2])
    def test_compares_with_no_figure_that_is_not_above_nothing(self, app: Flask, before: int | None) -> None:
        with app.test_request_context("/en/"):
            change = change_of(10, before, "7")
        assert (change.direction, change.text) == ("same", "No figure for the 7 days before to compare with")

    def test_compares_all_there_is_with_nothing(self) -> None:
        span = span_of("all", dt.date(2026, 11, 24), dt.date(2026, 1, 1))
        assert span == Span(dt.date(2026, 1, 1), dt.date(2026, 11, 24))
        assert span_before("all", span) is None
        report = make_report([], period="all", span=span, currency="EUR")
        assert (report.before, report.is_by_month, len(report.steps)) == (None, True, 11)

    def test_adds_months_up(self) -> None:
        days = {dt.date(2026, 1, day): PostFigures(clicks=1) for day in (1, 31)}
        assert by_month(days) == {dt.date(2026, 1, 1): PostFigures(clicks=2)}


class TestFindBestTime:
    def test_finds_the_hours_of_the_zone(self) -> None:
        noon_in_paris = dt.datetime(
            2026, 11, 23, 12, tzinfo=ZoneInfo("Europe/Paris")
        )  # a Monday; DST ends before
        posts = [(noon_in_paris - DAY * 7 * week, 100) for week in range(20)]
        posts += [(noon_in_paris + DAY, 10) for _ in range(20)]
        best = find_best_time(posts, ZoneInfo("Europe/Paris"))
        assert [(slot.weekday, slot.hour, slot.posts, slot.mean) for slot in best.best] == [(0, 12, 20, 100)]
        assert best.slots[1, 12].shade < best.slots[0, 12].shade

    def test_draws_a_lucky_post_to_the_mean(self) -> None:
        usual = [(START, 10) for _ in range(40)]
        best = find_best_time([*usual, (START + dt.timedelta(hours=1), 1000)], dt.UTC)
        lucky = best.slots[1, 11]
        assert lucky.mean == 1000
        assert lucky.drawn == pytest.approx((1000 + 5 * best.mean) / 6)

    def test_says_nothing_of_too_few(self) -> None:
        best = find_best_time([(START, number) for number in range(ENOUGH - 1)], dt.UTC)
        assert (best.is_enough, best.best) == (False, [])

    def test_knows_none(self) -> None:
        assert (find_best_time([], dt.UTC).mean, list(find_best_time([], dt.UTC).hours)) == (0.0, [])


def test_all_sorts_are_shown(editor: FlaskClient, database: Database) -> None:
    with database.reading() as session:
        assert session.scalars(select(Post.id)).all()
    text = editor.get(f"{ROOM}/posts?period=all").text
    assert all(f"sort={sort}" in text for sort in SORTS if sort != "date")
