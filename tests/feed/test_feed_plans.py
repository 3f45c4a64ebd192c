"""Both databases go about a feed's statements by their indexes: no table that grows is read from end to end."""

import datetime as dt
import re

import pytest
from sqlalchemy import text

from shop.core.db import Database
from shop.feed.feed_queries import count_news
from shop.feed.opening import cut_page, find_feed, go_on
from shop.feed.ranking_models import FeedOrder, FeedSettings
from shop.feed.rounds import Limits
from tests.factories import START, make_account, make_page
from tests.support.feeds import (
    comment_on,
    follow_person,
    like_page,
    make_post,
    open_feed,
    react_to,
    share_post,
)
from tests.support.plans import record_selects

HOUR = dt.timedelta(hours=1)
# SQLite names the alias, and a list inside the statement (json_each, a common table) is no table.
WHOLE = {
    "sqlite": re.compile(r"SCAN (?!e\b|w\b|theirs|to_me|mine|news|json_each|newest|\(|\d|CONSTANT)\w+"),
    "postgresql": re.compile(r"Seq Scan on \w+"),
}
LIMITS = Limits(newest_pages=2, closest_pages=1, candidates=6)


@pytest.mark.parametrize("order", list(FeedOrder))
class TestPlans:
    def test_read_no_table_whole(self, database: Database, order: FeedOrder) -> None:
        with database.transaction() as session:
            viewer = make_account(session)
            session.add(FeedSettings(account_id=viewer.id, sorting=order, sliders={}))
            for _ in range(5):
                page, person = make_page(session), make_account(session)
                like_page(session, viewer, page, START)
                follow_person(session, viewer, person, START)
                for hours in range(6):
                    post = make_post(session, page, START - HOUR * hours)
                    react_to(session, post, person, START - HOUR)
                    comment_on(session, post, person, START - HOUR)
                share_post(session, post, person, START - HOUR)
        with record_selects(database) as sent:
            with database.transaction() as session:
                feed = open_feed(session, viewer.id, START, limits=LIMITS)
                cut_page(session, feed, 0)
            with database.transaction() as session:
                go_on(session, viewer.id, feed.token, offset=len(feed.items), limits=LIMITS)
                find_feed(session, viewer.id, feed.token)
            with database.glancing() as connection:
                count_news(connection, viewer.id, since=START - 2 * HOUR, most=100)
        assert len(sent) >= 12
        assert self._whole(database, sent) == []

    def _whole(self, database: Database, sent: list[tuple[str, object]]) -> list[str]:
        found = []
        with database.engine.connect() as connection:
            if not database.is_sqlite:
                # So few rows are cheapest read whole; with this it is done only where no index helps.
                connection.execute(text("SET enable_seqscan = off"))
            how = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
            for statement, parameters in sent:
                plan = "\n".join(
                    str(row) for row in connection.exec_driver_sql(f"{how} {statement}", parameters)
                )  # type: ignore[arg-type]
                found += [f"{hit} in {statement}" for hit in WHOLE[connection.dialect.name].findall(plan)]
        return found
