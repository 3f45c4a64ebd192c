"""The look at a page's fans: what it writes, that repeating changes nothing, and how many statements it takes."""

import datetime as dt
from random import Random

import pytest
from sqlalchemy import JSON, delete, insert, null, select, text, update
from sqlalchemy.exc import SQLAlchemyError

from shop.accounts.profile_models import Profile
from shop.core.clock import SteppedClock
from shop.core.db import Database
from shop.core.outbox import ClaimedJob, Job, Worker
from shop.feed.models import Post, PostCounts, PostKind, PostStatus
from shop.feed.ranking_models import PostView
from shop.page.models import Affinity, Follower, LikeSource, Page
from shop.quality.jobs import DAILY, begin, handlers
from shop.quality.looking import LOOK, LookStopped, ask_for_look, look_at_page
from shop.quality.models import FanLook, FanReport, FanScore
from shop.quality.queries import read_fans
from shop.web.context import Runtime
from tests.factories import START
from tests.quality.house import DAY, OPENED, add_bought, add_real, like, make_old_page, make_people
from tests.support.statements import count_statements


@pytest.fixture
def page(database: Database) -> Page:
    with database.transaction() as session:
        return make_old_page(session)


def flagged(database: Database) -> set[int]:
    with database.reading() as session:
        return set(session.scalars(select(FanScore.account_id).where(FanScore.is_flagged)))


class TestReadFans:
    def test_says_who_has_a_picture(self, database: Database, page: Page) -> None:
        with database.transaction() as session:
            ids = make_people(session, 3, stem="fan")
            like(session, page, dict.fromkeys(ids, START - DAY))
            # The second took theirs away: what the form leaves is JSON's null, which a database takes for a value.
            for account_id, avatar in zip(ids, ({"key": "people/a"}, JSON.NULL, null()), strict=True):
                session.execute(update(Profile).where(Profile.account_id == account_id).values(avatar=avatar))
        with database.reading() as session:
            found = read_fans(session, page.id, after=None, limit=10).likes
        assert [one.has_picture for one in found] == [True, False, False]


class TestLookAtPage:
    def test_flags_what_was_bought_and_reports_the_share_of_the_others(
        self, database: Database, page: Page
    ) -> None:
        with database.transaction() as session:
            real = add_real(session, page, 200)
            bought = add_bought(session, page, 300)

        report = look_at_page(database, page_id=page.id, now=START)

        assert report is not None
        assert flagged(database) == set(bought)
        assert (report.fans, report.real) == (500, 200)
        assert report.figures["signs"]["burst"] == 300
        assert not flagged(database) & set(real)

    def test_gives_the_same_when_it_is_done_again(self, database: Database, page: Page) -> None:
        with database.transaction() as session:
            add_real(session, page, 60)
            add_bought(session, page, 100)

        first = look_at_page(database, page_id=page.id, now=START)
        second = look_at_page(database, page_id=page.id, now=START + DAY / 24)

        assert first is not None
        assert second is not None
        assert (first.fans, first.real, first.figures) == (second.fans, second.real, second.figures)

    def test_forgets_the_judgement_of_who_left_and_of_who_looks_real_now(
        self, database: Database, page: Page
    ) -> None:
        with database.transaction() as session:
            add_real(session, page, 60)
            bought = add_bought(session, page, 100)
        look_at_page(database, page_id=page.id, now=START)
        with database.transaction() as session:
            session.execute(delete(Follower).where(Follower.account_id == bought[0]))

        report = look_at_page(database, page_id=page.id, now=START + DAY)

        assert flagged(database) == set(bought[1:])
        assert report is not None
        assert (report.fans, report.real) == (159, 60)

    def test_deletes_no_like(self, database: Database, page: Page) -> None:
        with database.transaction() as session:
            add_real(session, page, 60)
            add_bought(session, page, 100)

        look_at_page(database, page_id=page.id, now=START)

        with database.reading() as session:
            assert len(list(session.scalars(select(Follower.id)))) == 160

    @pytest.mark.parametrize("posted_at", [None, START - 10 * DAY])
    def test_holds_no_missing_look_against_likes_of_before_the_first_post(
        self, database: Database, page: Page, posted_at: dt.datetime | None
    ) -> None:
        with database.transaction() as session:
            session.execute(delete(Post))
            if posted_at is not None:
                session.add(
                    Post(
                        page_id=page.id, kind=PostKind.TEXT, status=PostStatus.PUBLISHED, body="Hello",
                        created_at=posted_at, published_at=posted_at,
                    )
                )  # fmt: skip
            add_bought(session, page, 100)

        report = look_at_page(database, page_id=page.id, now=START)

        assert report is not None
        assert report.figures["signs"] == {"burst": 100, "bare_profile": 100}

    def test_counts_likes_that_came_from_a_file(self, database: Database, page: Page) -> None:
        with database.transaction() as session:
            add_real(session, page, 20)
            some = make_people(session, 5, stem="file")
            like(session, page, dict.fromkeys(some, START - DAY), LikeSource.IMPORT)

        report = look_at_page(database, page_id=page.id, now=START)

        assert report is not None
        assert report.figures["imported"] == 5

    def test_flags_nobody_of_a_contest(self, database: Database, page: Page) -> None:
        with database.transaction() as session:
            add_real(session, page, 60)
            entrants = make_people(session, 200, stem="entrant")
            like(session, page, dict.fromkeys(entrants, START - 40 * DAY), LikeSource.CONTEST)

        look_at_page(database, page_id=page.id, now=START)

        assert not flagged(database)

    @pytest.mark.parametrize("seen_again", ["last_view_at", "last_interaction_at"])
    def test_flags_nobody_of_a_crowd_that_came_back(
        self, database: Database, page: Page, seen_again: str
    ) -> None:
        at = START - 40 * DAY
        with database.transaction() as session:
            add_real(session, page, 60)
            crowd = make_people(session, 100, stem="reader")
            like(session, page, {one: at + n * DAY / 1000 for n, one in enumerate(crowd)})
            session.execute(
                insert(Affinity),
                [
                    {"account_id": one, "page_id": page.id, "level": 0.0, seen_again: at + 5 * DAY}
                    for one in crowd[::2]
                ],
            )

        look_at_page(database, page_id=page.id, now=START)

        assert not flagged(database)

    def test_counts_reach_and_engagement_with_the_flagged_apart(self, database: Database, page: Page) -> None:
        with database.transaction() as session:
            real = add_real(session, page, 60)
            bought = add_bought(session, page, 100)
            post = Post(
                page_id=page.id, kind=PostKind.TEXT, status=PostStatus.PUBLISHED, body="New", created_at=START - DAY,
                published_at=START - DAY,
            )  # fmt: skip
            session.add(post)
            session.flush()
            session.add(PostCounts(post_id=post.id))
            readers = [*(f"a:{one}" for one in [*real[:20], *bought[:10]]), "v:guest"]
            session.execute(
                insert(PostView),
                [
                    {"reader_key": reader, "post_id": post.id, "times": 1, "first_at": START - DAY,
                     "last_at": START - DAY, "engaged_at": START - DAY if place < 6 else None}
                    for place, reader in enumerate(readers)
                ],
            )  # fmt: skip

        report = look_at_page(database, page_id=page.id, now=START)

        assert report is not None
        told = {name: report.figures[name] for name in ("posts", "reach", "engaged", "flagged_reach")}
        assert told == {"posts": 1, "reach": 30, "engaged": 6, "flagged_reach": 10}

    def test_takes_a_bounded_number_of_statements_for_each_thousand_likes(
        self, database: Database, page: Page
    ) -> None:
        with database.transaction() as session:
            add_real(session, page, 99)
        with count_statements(database.engine) as few:
            look_at_page(database, page_id=page.id, now=START, slice_size=100, part_size=50)
        with database.transaction() as session:
            add_real(session, page, 300, seed=2)
        with count_statements(database.engine) as many:
            look_at_page(database, page_id=page.id, now=START + DAY, slice_size=100, part_size=50)

        # Three reads for each part of 50 and a note of progress for each slice of 100.
        assert len(many) - len(few) <= 6 * 3 + 3

    def test_reads_less_at_once_of_people_who_like_much_else(self, database: Database, page: Page) -> None:
        with database.transaction() as session:
            fans = add_real(session, page, 60)
            for number in range(5):
                like(session, make_old_page(session, f"other-{number}"), dict.fromkeys(fans, START - DAY))
        seen = []

        with pytest.raises(LookStopped):
            look_at_page(
                database, page_id=page.id, now=START, part_size=10, most_compared=100,
                is_stopping=lambda: seen.append(1) or len(seen) == 2,
            )  # fmt: skip

        with database.reading() as session:
            assert session.get_one(FanLook, page.id).done == 40

    def test_finds_a_drip_of_which_each_slice_holds_a_part(self, database: Database, page: Page) -> None:
        dice = Random(2)
        with database.transaction() as session:
            add_real(session, page, 300)
            farm = make_people(session, 60, stem="farm")
            like(session, page, {one: OPENED + dice.random() * 110 * DAY for one in farm})
            for number in range(20):
                begun = OPENED + dice.random() * 90 * DAY
                customer = make_old_page(session, f"customer-{number}")
                like(session, customer, {one: begun + dice.random() * 20 * DAY for one in farm})

        # Some ten of them to each slice.
        look_at_page(database, page_id=page.id, now=START, slice_size=60, part_size=60)

        assert flagged(database) == set(farm)

    def test_stops_between_two_slices(self, database: Database, page: Page) -> None:
        with database.transaction() as session:
            add_real(session, page, 60)

        with pytest.raises(LookStopped):
            look_at_page(
                database, page_id=page.id, now=START, is_stopping=lambda: True, slice_size=20, part_size=20
            )

        with database.reading() as session:
            look = session.get_one(FanLook, page.id)
        assert (look.done, look.total, look.finished_at) == (20, 60, None)


class TestAskForLook:
    def test_queues_one_while_one_is_waiting(self, database: Database, page: Page) -> None:
        with database.transaction() as session:
            assert ask_for_look(session, page_id=page.id, now=START)
            assert not ask_for_look(session, page_id=page.id, now=START + DAY / 1440)

        with database.reading() as session:
            assert len(list(session.scalars(select(Job).where(Job.kind == LOOK)))) == 1


class TestHandlers:
    def test_look_at_every_page_with_fans_once_a_day(
        self, runtime: Runtime, clock: SteppedClock, database: Database, page: Page
    ) -> None:
        with database.transaction() as session:
            add_real(session, page, 30)
            make_old_page(session, "empty")
        begin(runtime)
        begin(runtime)

        Worker(database, clock, handlers(runtime)).run_due()

        with database.reading() as session:
            reports = session.scalars(select(FanReport)).all()
            tomorrow = session.scalars(select(Job).where(Job.kind == DAILY, Job.finished_at.is_(None))).all()
        assert [(one.page_id, one.fans, one.real) for one in reports] == [(page.id, 30, 30)]
        assert [one.subject for one in tomorrow] == ["2026-11-25"]

    @pytest.mark.parametrize(("attempts", "is_over"), [(1, False), (3, True)])
    def test_let_a_look_that_fails_again_and_again_count_as_over(
        self, runtime: Runtime, database: Database, page: Page, attempts: int, *, is_over: bool
    ) -> None:
        with database.transaction() as session:
            ask_for_look(session, page_id=page.id, now=START)
        with database.engine.begin() as connection:
            connection.execute(text("DROP TABLE fan_verdicts"))
        job = ClaimedJob(1, LOOK, str(page.id), {"page_id": page.id}, attempts)

        with pytest.raises(SQLAlchemyError):
            handlers(runtime)[LOOK](job)

        with database.reading() as session:
            assert (session.get_one(FanLook, page.id).finished_at is not None) is is_over
