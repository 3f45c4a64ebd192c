"""What opening a feed costs somebody who follows very much, and what posting costs who is followed by very many.

In full one viewer follows 5,000 pages with 1,000,000 posts beside one who follows 10 with 1,000, and a page with
1,000,000 followers posts. The sample holds the same shape with hundreds and measures work instead of time.
"""

import statistics
import time

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, insert, literal, select

from shop.accounts.models import Account
from shop.core.db import Database
from shop.feed.drafts import PostDraft
from shop.feed.posting import create_post, publish_post
from shop.metadata import METADATA
from shop.page.models import Follower, LikeSource, Page
from tests.factories import START, make_account, make_page
from tests.support.drill_house import IN_FULL, report
from tests.support.feed_house import FEW_PAGES, FeedHouse, build_house
from tests.support.plans import record_selects
from tests.support.statements import count_statements
from tests.support.visitors import sign_in
from tests.support.work import work_of

PAGES, EACH, FEW_EACH = (5000, 200, 100) if IN_FULL else (300, 4, 100)
FOLLOWERS = (10, 10_000, 1_000_000) if IN_FULL else (10, 10_000)
RUNS = 60
MOST_TIMES = 1.5
A_PAGE = {"sqlite": 40, "postgresql": 4}
"""What a followed page may cost when a feed is opened: its newest instant is looked at, and sorted in."""


@pytest.fixture
def house(database: Database) -> FeedHouse:
    return build_house(database, pages=PAGES, each=EACH, few_each=FEW_EACH)


def browser_of(app: Flask, account: Account) -> FlaskClient:
    browser = app.test_client()
    sign_in(browser, account)
    return browser


@pytest.mark.drill
class TestOpeningAFeed:
    def test_costs_hardly_more_however_much_is_followed(
        self, app: Flask, database: Database, house: FeedHouse
    ) -> None:
        few, many = browser_of(app, house.few), browser_of(app, house.many)
        for browser in (few, many):
            assert browser.get("/en/").text.count("data-post=") == 10
        sent, work = {}, {}
        for name, browser in (("few", few), ("many", many)):
            with count_statements(database.engine) as statements:
                browser.get("/en/")
            with record_selects(database) as selects:
                browser.get("/en/")
            sent[name], work[name] = len(statements), work_of(database, selects)
        lines = [
            f"{database.engine.dialect.name}: {sent['few']} statements, work {work['few']:,} and {work['many']:,}"
        ]
        if IN_FULL:
            ratio, line = _ratio(few, many)
            lines.append(line)
        report("feed cost", lines)
        assert sent["few"] == sent["many"]
        assert work["many"] <= work["few"] + A_PAGE[database.engine.dialect.name] * house.pages
        if IN_FULL:
            assert ratio <= MOST_TIMES


def _ratio(few: FlaskClient, many: FlaskClient) -> tuple[float, str]:
    """Return how many times longer the second takes, by medians of runs in turn, and a line that tells it."""
    taken: dict[str, list[float]] = {"few": [], "many": []}
    for _ in range(RUNS):
        for name, browser in (("few", few), ("many", many)):
            start = time.perf_counter()
            browser.get("/en/")
            taken[name].append(time.perf_counter() - start)
    first, second = (statistics.median(times) for times in taken.values())
    line = (
        f"{FEW_PAGES} pages with {FEW_PAGES * FEW_EACH:,} posts {first * 1000:.1f} ms,"
        f" {PAGES:,} pages with {PAGES * EACH:,} posts {second * 1000:.1f} ms: {second / first:.2f} times"
    )
    return second / first, line


@pytest.mark.drill
class TestPosting:
    def test_costs_nothing_that_grows_with_the_followers(self, database: Database) -> None:
        written = {}
        for followers in FOLLOWERS:
            with database.transaction() as session:
                page = make_page(session)
                author = make_account(session)
            _follow(database, page, followers)
            before = _rows_everywhere(database)
            with count_statements(database.engine) as statements, database.transaction() as session:
                draft = PostDraft(body="The kiln was full again.")
                post = create_post(session, page_id=page.id, account_id=author.id, draft=draft, now=START)
                publish_post(session, page_id=page.id, post_id=post.id, account_id=author.id, now=START)
            written[followers] = (len(statements), _rows_everywhere(database) - before)
        report("posting", [f"{number:,} followers: {cost}" for number, cost in written.items()])
        assert len(set(written.values())) == 1


def _follow(database: Database, page: Page, count: int) -> None:
    """Give a page so many followers, as fast as it goes."""
    numbers = select(literal(0).label("i")).cte("numbers", recursive=True)
    numbers = numbers.union_all(select(numbers.c.i + 1).where(numbers.c.i + 1 < count))
    name = literal("f") + numbers.c.i.cast(Account.email.type) + f"@{page.slug}.example"
    with database.transaction() as session:
        people = select(
            name, literal("F"), literal("!"), literal("en"), literal(START, Account.created_at.type)
        )
        columns = ["email", "name", "password_hash", "language", "created_at"]
        session.execute(insert(Account).from_select(columns, people.select_from(numbers)))
        rows = select(
            literal(page.id),
            Account.id,
            literal(LikeSource.ORGANIC.value),
            literal(START, Account.created_at.type),
        ).where(Account.email.like(f"f%@{page.slug}.example"))
        session.execute(
            insert(Follower).from_select(["page_id", "account_id", "source", "followed_at"], rows)
        )


def _rows_everywhere(database: Database) -> int:
    with database.reading() as session:
        return sum(
            session.scalar(select(func.count()).select_from(table)) or 0 for table in METADATA.sorted_tables
        )
