"""What a kind of post is worth: learned with shrinkage, kept by a job, and whether it tells more than constants."""

import datetime as dt
import re
from pathlib import Path

import pytest
from sqlalchemy import select, update

from shop.core.clock import SteppedClock
from shop.core.db import Database
from shop.core.outbox import Job, Worker
from shop.feed.drafts import PostDraft
from shop.feed.evaluation import (
    ALL_ONE,
    LEARNED,
    LEARNED_PLAIN,
    PUBLISHED,
    evaluate,
    is_learned_better,
    rank_deviations,
)
from shop.feed.importing import ImportedPost, read_posts
from shop.feed.jobs import handlers
from shop.feed.learning import LEARN_KINDS, LOWEST, Learned, learn, refresh_kind_weights, worth
from shop.feed.models import Post, PostCounts, PostKind
from shop.feed.posting import create_post, publish_post
from shop.feed.ranking_models import KindWeight
from shop.feed.sorting import KIND_WEIGHTS
from shop.feed.sorting import LEARNED as USES_LEARNED
from shop.page.models import Page
from shop.web.context import Runtime
from tests.conftest import corpus
from tests.factories import START, make_account, make_page
from tests.support.feeds import make_post

DAY = dt.timedelta(days=1)
DOC = Path(__file__).resolve().parents[2] / "docs" / "algorithms" / "feed.md"
FILES = ("facebook_metrics_moro2016.csv", "thai_live_sellers_7050.csv")


class TestLearn:
    def test_shrinks_towards_one_by_the_number_of_posts(self) -> None:
        learned = learn([(PostKind.PHOTO, 20, 300.0), (PostKind.TEXT, 60, 100.0)])
        assert learned[PostKind.PHOTO] == Learned(1 + 20 / 40 * (300 / 150 - 1), 20, 300.0)
        assert learned[PostKind.TEXT].weight == pytest.approx(1 + 60 / 80 * (100 / 150 - 1))

    def test_says_nothing_where_nothing_was_brought(self) -> None:
        assert learn([(PostKind.TEXT, 9, 0.0)])[PostKind.TEXT].weight == 1.0
        assert learn([]) == {}

    def test_is_never_zero(self) -> None:
        assert (
            learn([(PostKind.TEXT, 10**6, 0.0), (PostKind.PHOTO, 10**6, 9.0)])[PostKind.TEXT].weight == LOWEST
        )

    def test_weighs_acts_as_the_feed_does(self) -> None:
        assert worth(reactions=3, comments=2, shares=1) == 3 + 8 + 8


class TestRefreshKindWeights:
    def test_learns_from_ripe_visible_posts_and_again_the_same(self, database: Database) -> None:
        with database.transaction() as session:
            page = make_page(session)
            for kind, likes in ((PostKind.PHOTO, 30), (PostKind.TEXT, 10)):
                for number in range(5):
                    post = make_post(session, page, START - DAY * (2 + number), kind=kind)
                    counts = update(PostCounts).where(PostCounts.post_id == post.id)
                    session.execute(counts.values(reactions=likes, likes=likes))
            make_post(session, page, START - DAY / 2, kind=PostKind.LINK)
            make_post(session, page, START - DAY * 3, kind=PostKind.VIDEO).deleted_at = START
            session.flush()
            for _ in range(2):
                refresh_kind_weights(session, page_id=page.id, now=START)
            kept = {row.kind: row for row in session.scalars(select(KindWeight))}
            assert set(kept) == {PostKind.PHOTO, PostKind.TEXT}
            assert kept[PostKind.PHOTO].weight == pytest.approx(1 + 5 / 25 * (30 / 20 - 1))
            assert (kept[PostKind.TEXT].posts, kept[PostKind.TEXT].mean) == (5, 10.0)


class TestJob:
    def test_runs_once_a_day_for_a_page_that_publishes(
        self, database: Database, runtime: Runtime, clock: SteppedClock
    ) -> None:
        with database.transaction() as session:
            page, author = make_page(session), make_account(session)
            make_post(session, page, START - DAY * 5)
            for _ in range(3):
                self._publish(session, page, author.id)
        with database.reading() as session:
            jobs = session.scalars(select(Job).where(Job.kind == LEARN_KINDS)).all()
            assert [job.payload for job in jobs] == [{"page_id": page.id}]
        Worker(database, clock, handlers(runtime)).run_due()
        with database.reading() as session:
            assert [row.posts for row in session.scalars(select(KindWeight))] == [1]

    def _publish(self, session: object, page: Page, author_id: int) -> Post:
        post = create_post(
            session, page_id=page.id, account_id=author_id, draft=PostDraft(body="Hello"), now=START
        )  # type: ignore[arg-type]
        publish_post(session, page_id=page.id, post_id=post.id, account_id=author_id, now=START)  # type: ignore[arg-type]
        return post


def imported(number: int, kind: PostKind, likes: int) -> ImportedPost:
    counts = {"reactions": likes, "comments": 0, "shares": 0}
    return ImportedPost(number, str(number), kind, START + DAY * number, None, counts)


class TestEvaluate:
    def test_asks_the_newer_half_what_the_older_taught(self) -> None:
        old = [
            imported(n, PostKind.PHOTO if n % 2 else PostKind.TEXT, 90 + n % 3 if n % 2 else n % 3)
            for n in range(40)
        ]
        new = [
            imported(40 + n, PostKind.PHOTO if n % 2 else PostKind.TEXT, 50 if n % 2 else 2)
            for n in range(40)
        ]
        found = evaluate(old + new, resamples=50)
        by_method = {result.method: result for result in found.results}
        assert (found.taught, found.asked) == (40, 40)
        assert by_method[LEARNED].correlation == pytest.approx(1.0)
        assert by_method[ALL_ONE].correlation == 0.0
        assert evaluate(list(reversed(new + old)), resamples=50) == found

    def test_lets_constants_win_where_the_page_turned(self) -> None:
        old = [imported(n, PostKind.TEXT if n % 2 else PostKind.VIDEO, 90 if n % 2 else 1) for n in range(40)]
        new = [
            imported(40 + n, PostKind.TEXT if n % 2 else PostKind.VIDEO, 1 if n % 2 else 90)
            for n in range(40)
        ]
        found = evaluate(old + new, resamples=50)
        assert found.gain[0] < 0
        assert not is_learned_better([found])

    def test_ranks_share_their_mean_when_tied(self) -> None:
        assert rank_deviations({5: 2, 1: 1, 9: 1}) == {1: -1.5, 5: 0.0, 9: 1.5}


@pytest.mark.corpus
class TestCorpus:
    def test_gives_the_table_of_the_docs_and_the_default_follows_it(self) -> None:
        found = {name: evaluate(list(read_posts(corpus("data", "behaviour", name)))) for name in FILES}
        shown = re.findall(
            r"^\| `([\w.]+)` \| ([^|]+?) \| ([-+][\d.]+) \| ([-+][\d.]+) to ([-+][\d.]+) \|$",
            DOC.read_text(),
            re.MULTILINE,
        )
        methods = (LEARNED, LEARNED_PLAIN, PUBLISHED, ALL_ONE)
        assert [(name, method) for name, method, *_ in shown] == [
            (name, method) for name in FILES for method in methods
        ]
        for name, method, *numbers in shown:
            result = next(one for one in found[name].results if one.method == method)
            assert numbers == [f"{number:+.3f}" for number in (result.correlation, result.low, result.high)]
        assert is_learned_better(list(found.values())) == (KIND_WEIGHTS == USES_LEARNED)
