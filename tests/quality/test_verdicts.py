"""What a person says of a like: what it changes, at once and in later looks, and that it can be taken back."""

import pytest
from sqlalchemy import insert, select

from shop.core.db import Database
from shop.feed.models import Post, PostCounts, PostKind, PostStatus
from shop.feed.ranking_models import PostView
from shop.page.models import Page
from shop.quality.looking import look_at_page
from shop.quality.models import FanReport, FanVerdict
from shop.quality.verdicts import mark_real, unmark
from tests.factories import START, make_account
from tests.quality.house import DAY, add_bought, add_real, make_old_page


@pytest.fixture
def page(database: Database) -> Page:
    with database.transaction() as session:
        return make_old_page(session)


def add_post(database: Database, page: Page, readers: list[int]) -> None:
    """Add a post of yesterday that those fans saw; the first of them took part, too."""
    with database.transaction() as session:
        post = Post(
            page_id=page.id, kind=PostKind.TEXT, status=PostStatus.PUBLISHED, body="New", created_at=START - DAY,
            published_at=START - DAY,
        )  # fmt: skip
        session.add(post)
        session.flush()
        session.add(PostCounts(post_id=post.id))
        session.execute(
            insert(PostView),
            [
                {"reader_key": f"a:{one}", "post_id": post.id, "times": 1, "first_at": START - DAY,
                 "last_at": START - DAY, "engaged_at": None if place else START - DAY}
                for place, one in enumerate(readers)
            ],
        )  # fmt: skip


def figures(database: Database) -> dict:
    with database.reading() as session:
        return session.scalars(select(FanReport.figures)).one()


class TestMarkReal:
    def test_counts_a_like_as_real_at_once_and_in_every_later_look(
        self, database: Database, page: Page
    ) -> None:
        with database.transaction() as session:
            add_real(session, page, 60)
            bought = add_bought(session, page, 100)
            staff = make_account(session)
        look_at_page(database, page_id=page.id, now=START)

        with database.transaction() as session:
            assert mark_real(session, page_id=page.id, account_id=bought[0], by=staff.id, now=START)
            assert not mark_real(session, page_id=page.id, account_id=bought[0], by=staff.id, now=START)

        with database.reading() as session:
            assert session.scalar(select(FanReport.real)) == 61
        report = look_at_page(database, page_id=page.id, now=START + DAY / 24)
        assert report is not None
        assert report.real == 61

    def test_raises_no_figure_for_a_like_that_looks_real_anyway(self, database: Database, page: Page) -> None:
        with database.transaction() as session:
            real = add_real(session, page, 60)
            add_bought(session, page, 100)
            staff = make_account(session)
        look_at_page(database, page_id=page.id, now=START)

        with database.transaction() as session:
            mark_real(session, page_id=page.id, account_id=real[0], by=staff.id, now=START)

        with database.reading() as session:
            assert session.scalar(select(FanReport.real)) == 60

    def test_moves_reasons_and_reach_as_the_next_look_does(self, database: Database, page: Page) -> None:
        with database.transaction() as session:
            real = add_real(session, page, 60)
            bought = add_bought(session, page, 100)
            staff = make_account(session)
        add_post(database, page, [bought[0], bought[1], real[0]])
        look_at_page(database, page_id=page.id, now=START)
        before = figures(database)

        with database.transaction() as session:
            mark_real(session, page_id=page.id, account_id=bought[0], by=staff.id, now=START)

        at_once = figures(database)
        look_at_page(database, page_id=page.id, now=START + DAY / 24)
        assert figures(database) == at_once
        told = ("flagged_reach", "flagged_engaged", "reach")
        assert [before[name] for name in told] == [2, 1, 3]
        assert [at_once[name] for name in told] == [1, 0, 3]
        assert (before["signs"]["burst"], at_once["signs"]["burst"]) == (100, 99)


class TestUnmark:
    def test_gives_back_all_that_the_word_had_moved(self, database: Database, page: Page) -> None:
        with database.transaction() as session:
            add_real(session, page, 60)
            bought = add_bought(session, page, 100)
            staff = make_account(session)
        add_post(database, page, bought[:2])
        look_at_page(database, page_id=page.id, now=START)
        before = figures(database)

        with database.transaction() as session:
            mark_real(session, page_id=page.id, account_id=bought[0], by=staff.id, now=START)
        with database.transaction() as session:
            unmark(session, page_id=page.id, account_id=bought[0])

        assert figures(database) == before

    def test_lowers_no_figure_for_a_like_that_looks_real_by_now(self, database: Database, page: Page) -> None:
        with database.transaction() as session:
            real = add_real(session, page, 60)
            add_bought(session, page, 100)
            staff = make_account(session)
            mark_real(session, page_id=page.id, account_id=real[0], by=staff.id, now=START)
        look_at_page(database, page_id=page.id, now=START)

        with database.transaction() as session:
            assert unmark(session, page_id=page.id, account_id=real[0])

        with database.reading() as session:
            assert session.scalar(select(FanReport.real)) == 60

    def test_takes_it_back_once(self, database: Database, page: Page) -> None:
        with database.transaction() as session:
            add_real(session, page, 60)
            bought = add_bought(session, page, 100)
            staff = make_account(session)
        look_at_page(database, page_id=page.id, now=START)
        with database.transaction() as session:
            mark_real(session, page_id=page.id, account_id=bought[0], by=staff.id, now=START)

        with database.transaction() as session:
            assert unmark(session, page_id=page.id, account_id=bought[0])
            assert not unmark(session, page_id=page.id, account_id=bought[0])

        with database.reading() as session:
            assert session.scalar(select(FanReport.real)) == 60
            assert session.scalars(select(FanVerdict)).all() == []
