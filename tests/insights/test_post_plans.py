"""How the databases go about the insights of posts: along their indexes, though a page has thousands of posts."""

import datetime as dt

from sqlalchemy import insert, text

from shop.core.db import Database
from shop.feed.models import Post, PostCounts, PostDay, PostKind, PostStatus
from shop.insights.post_figures import Span
from shop.insights.post_queries import (
    Scope,
    iterate_post_figures,
    list_days_of_post,
    list_kinds,
    list_like_events,
    list_times,
    map_likes,
    map_sales,
)
from shop.insights.post_table_queries import Listing, find_part
from tests.factories import START, make_page
from tests.support.plans import plan_of, record_selects

PAGES, POSTS = 20, 500


def fill(database: Database) -> int:
    """Add pages with many posts over many days; return the first page's id."""
    with database.transaction() as session:
        pages = [make_page(session).id for _ in range(PAGES)]
        posts = [
            {
                "page_id": page_id, "kind": PostKind.TEXT, "status": PostStatus.PUBLISHED, "body": "", "search_text": "",
                "link_title": "", "link_description": "", "version": 1, "created_at": START,
                "published_at": START - dt.timedelta(hours=7 * number),
            }
            for page_id in pages
            for number in range(POSTS)
        ]  # fmt: skip
        made = session.execute(insert(Post).returning(Post.id, Post.page_id, Post.published_at), posts).all()
        session.execute(insert(PostCounts), [{"post_id": row.id} for row in made])
        days = [{"post_id": row.id, "page_id": row.page_id, "day": row.published_at.date()} for row in made]
        session.execute(insert(PostDay), days)
        session.execute(text("ANALYZE"))
    return pages[0]


class TestInsightsOfThousandsOfPosts:
    def test_are_read_along_indexes(self, database: Database) -> None:
        scope = Scope(fill(database), "FR", "EUR")
        span = Span(START.date() - dt.timedelta(days=6), START.date())
        with record_selects(database) as sent, database.reading() as session:
            list(iterate_post_figures(session, scope, span))
            list_like_events(session, scope, span)
            list_kinds(session, scope, span)
            list_times(session, scope, span)
            part = find_part(session, scope, Listing(span=span))
            ids = [row.post.id for row in part.rows]
            map_likes(session, scope.page_id, ids)
            map_sales(session, scope, ids)
            list_days_of_post(session, ids[0])
        for statement, parameters in sent:
            plan = plan_of(database, statement, parameters)
            for table in ("posts", "post_counts", "post_days"):
                assert f"SCAN {table}'" not in plan, plan
                assert f"Seq Scan on {table} " not in plan, plan
