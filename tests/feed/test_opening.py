"""A feed neither repeats nor skips while everything moves, and shows nothing that may not be seen."""

import datetime as dt
import random

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from shop.accounts.models import Account
from shop.accounts.profile_models import Audience, Profile
from shop.core.clock import SteppedClock
from shop.core.db import Database
from shop.core.outbox import Job, Worker
from shop.feed.jobs import handlers
from shop.feed.models import CommentStatus, Post, PostCounts, PostStatus
from shop.feed.opening import KEPT, TIDY_FEEDS, FeedGone, next_page
from shop.feed.ranking import EdgeKind
from shop.feed.ranking_models import FeedOrder, FeedSettings, HiddenPost, OpenFeed, PostView
from shop.feed.rounds import Limits
from shop.page.models import Page, PageVersion
from shop.page.service import follow, unfollow
from shop.people.models import Block, Friend
from shop.web.context import Runtime
from tests.factories import START, make_account, make_page
from tests.support.feeds import (
    comment_on,
    first_page,
    follow_person,
    like_page,
    make_post,
    open_feed,
    react_to,
    share_post,
    whole_feed,
)

SMALL = Limits(newest_pages=4, closest_pages=2, candidates=20, shares=5)
"""Small rounds, so that a feed of a test has many of them."""
HOUR = dt.timedelta(hours=1)
ORDERS = (FeedOrder.RANKED, FeedOrder.CHRONOLOGICAL)


def choose_order(session: Session, account: Account, order: FeedOrder) -> None:
    session.add(FeedSettings(account_id=account.id, sorting=order, sliders={}))
    session.flush()


def ids_of(page: object) -> list[int]:
    return [entry.item.post_id for entry in page.entries]  # type: ignore[attr-defined]


class Town:
    """Pages that a viewer follows, and one who changes everything while they scroll."""

    def __init__(self, session: Session, seed: int, pages: int, posts: int) -> None:
        self.session, self.dice = session, random.Random(seed)
        self.viewer = make_account(session)
        self.friend = make_account(session)
        follow_person(session, self.viewer, self.friend, START)
        self.pages = [make_page(session) for _ in range(pages)]
        self.stranger = make_page(session)
        for page in [*self.pages, self.stranger]:
            for _ in range(self.dice.randrange(posts * 2)):
                # Few different instants, so that many posts share one.
                make_post(session, page, START - HOUR * self.dice.randrange(400))
            self._touch(page)
        for page in self.pages:
            like_page(session, self.viewer, page, START)
        session.flush()
        self.gone: set[int] = set()

    def _touch(self, page: Page) -> None:
        newest = select(func.max(Post.published_at)).where(
            Post.page_id == page.id, Post.deleted_at.is_(None), Post.status == PostStatus.PUBLISHED
        )
        self.session.execute(
            update(PageVersion)
            .where(PageVersion.page_id == page.id)
            .values(last_post_at=newest.scalar_subquery())
        )

    def expected(self) -> set[int]:
        rows = self.session.scalars(select(Post.id).where(Post.page_id.in_([page.id for page in self.pages])))
        return set(rows)

    def disturb(self, now: dt.datetime) -> None:
        """Publish, delete, hide, react, share and unfollow at random; note what may be missing by now."""
        post = self.dice.choice(self.session.scalars(select(Post).order_by(Post.id)).all())
        page = self.session.get_one(Page, post.page_id)
        match self.dice.randrange(7):
            case 0 | 1:
                make_post(self.session, self.dice.choice(self.pages), now)
            case 2:
                post.deleted_at = now
                self.session.flush()
                self._touch(page)
                self.gone.add(post.id)
            case 3:
                self.session.merge(HiddenPost(account_id=self.viewer.id, post_id=post.id, at=now))
                self.gone.add(post.id)
            case 4:
                if not self.session.scalar(select(func.count()).where(PostView.post_id == post.id)):
                    self.session.add(
                        PostView(
                            reader_key=f"a:{self.viewer.id}",
                            post_id=post.id,
                            times=3,
                            first_at=now,
                            last_at=now,
                        )
                    )
            case 5:
                share_post(self.session, post, self.friend, now)
            case 6 if self.dice.random() < 0.3:
                gone = self.dice.choice(self.pages)
                unfollow(self.session, page_id=gone.id, account_id=self.viewer.id, now=now)
                self.gone |= set(self.session.scalars(select(Post.id).where(Post.page_id == gone.id)))
        self.session.flush()


class TestScrolling:
    @pytest.mark.parametrize("order", ORDERS)
    @pytest.mark.parametrize("seed", range(3))
    def test_shows_each_post_once_while_everything_moves(
        self, database: Database, order: FeedOrder, seed: int
    ) -> None:
        with database.transaction() as session:
            town = Town(session, seed, pages=14, posts=9)
            choose_order(session, town.viewer, order)
            for post in session.scalars(select(Post).order_by(Post.id).limit(8)):
                share_post(session, post, town.friend, START - HOUR * town.dice.randrange(50))
            expected, now = town.expected(), START
            page = first_page(session, town.viewer, now, SMALL)
            shown = ids_of(page)
            while page.next_cursor is not None:
                now += dt.timedelta(minutes=1)
                for _ in range(3):
                    town.disturb(now)
                page = next_page(session, town.viewer.id, page.next_cursor, limits=SMALL)
                shown += ids_of(page)
            own = [post_id for post_id in shown if post_id in expected]
            assert len(shown) == len(set(shown))
            assert expected - town.gone <= set(shown)
            assert len(own) > 30

    def test_by_time_is_in_the_order_of_time_over_all_rounds(self, database: Database) -> None:
        with database.transaction() as session:
            town = Town(session, 7, pages=12, posts=8)
            choose_order(session, town.viewer, FeedOrder.CHRONOLOGICAL)
            shown = whole_feed(session, town.viewer, START, SMALL)
            times = {post.id: post.published_at for post in session.scalars(select(Post))}
            assert set(shown) == town.expected()
            assert [times[one] for one in shown] == sorted((times[one] for one in shown), reverse=True)

    def test_goes_on_below_what_every_page_was_asked_for(self, database: Database) -> None:
        with database.transaction() as session:
            viewer, page = make_account(session), make_page(session)
            like_page(session, viewer, page, START)
            posts = [make_post(session, page, START - HOUR * (90 - number)) for number in range(90)]
            assert whole_feed(session, viewer, START) == [post.id for post in reversed(posts)]


class TestOpenFeed:
    @pytest.mark.parametrize("order", ORDERS)
    def test_leaves_out_what_may_not_be_seen(self, database: Database, order: FeedOrder) -> None:
        with database.transaction() as session:
            viewer, page, other = make_account(session), make_page(session), make_page(session)
            choose_order(session, viewer, order)
            like_page(session, viewer, page, START)
            seen = make_post(session, page, START - HOUR)
            make_post(session, other, START - HOUR)
            make_post(session, page, START + HOUR)
            draft = make_post(session, page, START - HOUR)
            draft.status = PostStatus.DRAFT
            deleted = make_post(session, page, START - HOUR)
            deleted.deleted_at = START
            hidden = make_post(session, page, START - HOUR)
            session.add(HiddenPost(account_id=viewer.id, post_id=hidden.id, at=START))
            session.flush()
            assert whole_feed(session, viewer, START) == [seen.id]

    def test_keeps_few_feeds_of_each_account(self, database: Database) -> None:
        with database.transaction() as session:
            viewer, other = make_account(session), make_account(session)
            theirs = open_feed(session, other.id, START)
            feeds = [open_feed(session, viewer.id, START + HOUR * hours) for hours in range(KEPT + 3)]
            kept = set(session.scalars(select(OpenFeed.token)))
            assert kept == {theirs.token, *(feed.token for feed in feeds[-KEPT:])}
            open_feed(session, viewer.id, START + dt.timedelta(days=3))
            mine = session.scalars(select(OpenFeed.token).where(OpenFeed.account_id == viewer.id)).all()
            assert len(mine) == 1

    def test_is_put_away_after_days_by_the_worker(
        self, database: Database, runtime: Runtime, clock: SteppedClock
    ) -> None:
        with database.transaction() as session:
            viewer = make_account(session)
            for days in (0, 0, 3):
                open_feed(session, viewer.id, START + dt.timedelta(days=days))
                viewer = make_account(session)
        with database.reading() as session:
            jobs = session.scalars(select(Job).where(Job.kind == TIDY_FEEDS)).all()
            assert len(jobs) == 2
        clock.advance(days=3)
        Worker(database, clock, handlers(runtime)).run_due()
        with database.reading() as session:
            assert session.scalars(select(OpenFeed.opened_at)).all() == [START + dt.timedelta(days=3)]

    def test_of_somebody_else_cannot_be_read(self, database: Database) -> None:
        with database.transaction() as session:
            viewer, other = make_account(session), make_account(session)
            feed = open_feed(session, other.id, START)
            for cursor in (f"{feed.token}.0", "nothing.0", f"{feed.token}.x", f"{feed.token}.{'9' * 20}", ""):
                with pytest.raises(FeedGone):
                    next_page(session, viewer.id, cursor)


class TestPeople:
    def test_bring_posts_in_by_sharing_and_lift_them_by_what_they_do(self, database: Database) -> None:
        with database.transaction() as session:
            viewer, lea, max_ = make_account(session), make_account(session), make_account(session)
            followed, other = make_page(session), make_page(session)
            like_page(session, viewer, followed, START)
            follow_person(session, viewer, lea, START)
            newest = make_post(session, followed, START - HOUR)
            liked = make_post(session, followed, START - 2 * HOUR)
            shared = make_post(session, other, START - 90 * HOUR)
            react_to(session, liked, lea, START - HOUR)
            comment_on(session, liked, lea, START - HOUR)
            comment_on(session, newest, lea, START - HOUR).status = CommentStatus.HELD
            react_to(session, newest, max_, START)
            share = share_post(session, shared, lea, START - HOUR)
            page = first_page(session, viewer, START)
            kinds = {
                entry.item.post_id: [edge.kind for edge in entry.item.score.edges]  # type: ignore[union-attr]
                for entry in page.entries
            }
            assert ids_of(page) == [shared.id, liked.id, newest.id]
            assert kinds[shared.id] == [EdgeKind.SHARE]
            assert kinds[liked.id] == [EdgeKind.PAGE, EdgeKind.REACTION, EdgeKind.COMMENT]
            assert kinds[newest.id] == [EdgeKind.PAGE]
            assert [entry.share.id if entry.share else None for entry in page.entries] == [
                share.id,
                None,
                None,
            ]

    def test_do_not_bring_the_same_post_twice(self, database: Database) -> None:
        with database.transaction() as session:
            viewer, lea, ana, page = (
                make_account(session),
                make_account(session),
                make_account(session),
                make_page(session),
            )
            like_page(session, viewer, page, START)
            for person in (lea, ana):
                follow_person(session, viewer, person, START)
            post = make_post(session, page, START - HOUR)
            share_post(session, post, lea, START - HOUR)
            last = share_post(session, post, ana, START)
            shown = first_page(session, viewer, START).entries
            assert [(entry.item.post_id, entry.share.id) for entry in shown if entry.share] == [
                (post.id, last.id)
            ]
            assert len(shown[0].item.score.edges) == 3  # type: ignore[union-attr]

    @pytest.mark.parametrize("order", ORDERS)
    def test_are_not_there_when_blocked_or_closed_or_taken_back(
        self, database: Database, order: FeedOrder
    ) -> None:
        with database.transaction() as session:
            viewer, page = make_account(session), make_page(session)
            choose_order(session, viewer, order)
            people = [make_account(session) for _ in range(6)]
            blocked, blocking, closed, friend, taker, stranger = people
            for person in people[:5]:
                follow_person(session, viewer, person, START)
            session.add(Block(account_id=viewer.id, blocked_id=blocked.id, at=START))
            session.add(Block(account_id=blocking.id, blocked_id=viewer.id, at=START))
            session.get_one(Profile, closed.id).visibility = Audience.NOBODY
            session.get_one(Profile, friend.id).visibility = Audience.FRIENDS
            session.add(Friend(account_id=viewer.id, friend_id=friend.id, since=START))
            posts = {person.id: make_post(session, page, START - HOUR) for person in people}
            shares = {
                person.id: share_post(session, posts[person.id], person, START - HOUR) for person in people
            }
            shares[taker.id].deleted_at = START
            to_me = share_post(session, make_post(session, page, START - HOUR), stranger, START, to=viewer)
            session.flush()
            assert set(whole_feed(session, viewer, START)) == {posts[friend.id].id, to_me.post_id}

    def test_are_asked_for_in_bounded_work_when_there_are_many(self, database: Database) -> None:
        with database.transaction() as session:
            viewer, page = make_account(session), make_page(session)
            like_page(session, viewer, page, START)
            posts = [make_post(session, page, START - HOUR * number) for number in range(30)]
            for number in range(205):
                person = make_account(session)
                follow_person(session, viewer, person, START, level=300.0 + number)
                for post in posts[:25]:
                    react_to(session, post, person, START - HOUR)
            session.flush()
            page_of_feed = first_page(session, viewer, START)
            edges = sum(len(entry.item.score.edges) for entry in page_of_feed.entries)  # type: ignore[union-attr]
            assert 10 < edges <= 10 + 200 * 20


class TestSeen:
    def test_posts_sink(self, database: Database) -> None:
        with database.transaction() as session:
            viewer, page = make_account(session), make_page(session)
            like_page(session, viewer, page, START)
            older, newer = make_post(session, page, START - 3 * HOUR), make_post(session, page, START - HOUR)
            session.add(
                PostView(
                    reader_key=f"a:{viewer.id}", post_id=newer.id, times=2, first_at=START, last_at=START
                )
            )
            session.flush()
            assert whole_feed(session, viewer, START) == [older.id, newer.id]
            session.add(FeedSettings(account_id=viewer.id, sorting=FeedOrder.RANKED, sliders={"seen": 0}))
            session.flush()
            assert whole_feed(session, viewer, START) == [newer.id, older.id]


class TestAffinity:
    def test_puts_the_page_above_that_one_is_close_to(self, database: Database) -> None:
        with database.transaction() as session:
            viewer, near, far = make_account(session), make_page(session), make_page(session)
            like_page(session, viewer, far, START)
            follow(session, page_id=near.id, account_id=viewer.id, now=START - HOUR)
            first, second = make_post(session, near, START - 12 * HOUR), make_post(session, far, START - HOUR)
            session.flush()
            assert whole_feed(session, viewer, START) == [first.id, second.id]
            assert session.get(PostCounts, first.id) is not None
