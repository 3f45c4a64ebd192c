"""Scheduled posts are published at their time, once, and only by the job of that time."""

import datetime as dt

import pytest

from shop.core.clock import SteppedClock
from shop.core.outbox import LEASE, ClaimedJob, Worker
from shop.feed import posting
from shop.feed.jobs import handlers
from shop.feed.models import PostStatus
from shop.feed.post_times import BadTime, read_time, typed_time
from shop.web.context import Runtime
from tests.factories import START
from tests.feed.posts_house import HOUR, PostsHouse


class Scheduled:
    """A page with a post that is meant for an hour from now, and a worker."""

    def __init__(self, runtime: Runtime, clock: SteppedClock) -> None:
        self.runtime, self.clock = runtime, clock
        self.house = PostsHouse(runtime.database)
        self.post_id = self.house.add(is_published=False)
        self.schedule(START + HOUR)

    def schedule(self, at: dt.datetime) -> None:
        with self.runtime.database.transaction() as session:
            posting.schedule_post(
                session, page_id=self.house.page.id, post_id=self.post_id, at=at, now=self.clock.now()
            )

    def work(self, at: dt.datetime) -> PostStatus:
        self.clock.advance(seconds=(at - self.clock.now()).total_seconds())
        Worker(self.runtime.database, self.clock, handlers(self.runtime)).run_due()
        return self.house.post(self.post_id).status


@pytest.fixture
def scheduled(runtime: Runtime, clock: SteppedClock) -> Scheduled:
    return Scheduled(runtime, clock)


class TestPublishScheduled:
    def test_waits_for_its_time(self, scheduled: Scheduled) -> None:
        assert scheduled.work(START + HOUR / 2) is PostStatus.SCHEDULED
        assert scheduled.work(START + HOUR) is PostStatus.PUBLISHED
        assert scheduled.house.post(scheduled.post_id).published_at == START + HOUR
        assert scheduled.house.version().last_post_at == START + HOUR
        assert scheduled.house.acts()[-1] == "post.published"

    def test_leaves_a_later_time_alone(self, scheduled: Scheduled) -> None:
        scheduled.schedule(START + 3 * HOUR)
        assert scheduled.work(START + 2 * HOUR) is PostStatus.SCHEDULED
        assert scheduled.work(START + 3 * HOUR) is PostStatus.PUBLISHED

    def test_comes_sooner_when_asked(self, scheduled: Scheduled) -> None:
        scheduled.schedule(START + HOUR / 2)
        assert scheduled.work(START + HOUR / 2) is PostStatus.PUBLISHED
        assert scheduled.work(START + HOUR) is PostStatus.PUBLISHED
        assert scheduled.house.acts().count("post.published") == 1

    def test_leaves_drafts_and_deleted_posts_alone(self, scheduled: Scheduled) -> None:
        where = {"page_id": scheduled.house.page.id, "post_id": scheduled.post_id, "now": START}
        with scheduled.runtime.database.transaction() as session:
            assert posting.unschedule_post(session, **where) == START + HOUR  # type: ignore[arg-type]
        assert scheduled.work(START + HOUR) is PostStatus.DRAFT
        scheduled.schedule(START + 2 * HOUR)
        with scheduled.runtime.database.transaction() as session:
            posting.delete_post(session, **where)  # type: ignore[arg-type]
        assert scheduled.work(START + 2 * HOUR) is PostStatus.SCHEDULED

    def test_takes_a_time_again_that_was_given_up(self, scheduled: Scheduled) -> None:
        scheduled.schedule(START + 2 * HOUR)
        scheduled.schedule(START + HOUR)
        assert scheduled.work(START + HOUR) is PostStatus.PUBLISHED

    def test_is_made_up_for_when_the_worker_was_killed(self, scheduled: Scheduled) -> None:
        def die(_job: ClaimedJob) -> None:
            raise SystemExit

        scheduled.clock.advance(hours=1)
        with pytest.raises(SystemExit):
            Worker(scheduled.runtime.database, scheduled.clock, {posting.PUBLISH_POST: die}).run_due()
        assert scheduled.work(START + HOUR) is PostStatus.SCHEDULED  # its lease still runs
        assert scheduled.work(START + HOUR + LEASE) is PostStatus.PUBLISHED

    def test_is_done_once_by_two_who_have_the_same_job(self, scheduled: Scheduled) -> None:
        with scheduled.runtime.database.transaction() as session:
            assert posting.publish_due_post(
                session, post_id=scheduled.post_id, at=START + HOUR, now=START + HOUR
            )
        with scheduled.runtime.database.transaction() as session:
            assert not posting.publish_due_post(
                session, post_id=scheduled.post_id, at=START + HOUR, now=START + 2 * HOUR
            )
        assert scheduled.house.post(scheduled.post_id).published_at == START + HOUR


class TestReadTime:
    def test_reads_the_clock_of_the_page(self) -> None:
        at = read_time("2026-07-14", "08:30", "Europe/Paris")
        assert at == dt.datetime(2026, 7, 14, 6, 30, tzinfo=dt.UTC)
        assert typed_time(at, "Europe/Paris") == ("2026-07-14", "08:30")

    def test_tells_of_a_time_that_the_clocks_leave_out(self) -> None:
        with pytest.raises(BadTime) as refused:
            read_time("2027-03-28", "02:30", "Europe/Paris")
        assert refused.value.field == "scheduled_time"

    def test_means_the_first_of_a_time_that_comes_twice(self) -> None:
        assert read_time("2026-10-25", "02:30", "Europe/Paris") == dt.datetime(
            2026, 10, 25, 0, 30, tzinfo=dt.UTC
        )

    @pytest.mark.parametrize(
        ("day", "time", "field"),
        [("", "08:00", "scheduled_on"), ("2026-02-30", "08:00", "scheduled_on"), ("2026-02-03", "", "scheduled_time"),
         ("2026-02-03", "25:00", "scheduled_time"), ("0001-01-01", "00:00", "scheduled_on")],
    )  # fmt: skip
    def test_tells_what_cannot_be_read(self, day: str, time: str, field: str) -> None:
        with pytest.raises(BadTime) as refused:
            read_time(day, time, "Europe/Paris")
        assert refused.value.field == field
