"""Nobody follows more than 5,000 pages, also when they like two at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, literal, select

from shop.accounts.models import Account
from shop.core.db import Database
from shop.core.errors import Conflict
from shop.page.follow_queries import count_followed_pages
from shop.page.models import Follower, LikeEvent, LikeSource, Page, PageVersion
from shop.page.service import MAX_FOLLOWED, FollowsTooMany, follow
from tests.factories import START, make_account, make_page
from tests.support.visitors import sign_in


@pytest.fixture
def eager(database: Database) -> Account:
    """Somebody who follows one page less than anybody can."""
    with database.transaction() as session:
        person = make_account(session)
        numbers = select(literal(0).label("i")).cte("numbers", recursive=True)
        numbers = numbers.union_all(select(numbers.c.i + 1).where(numbers.c.i + 2 < MAX_FOLLOWED))
        name = literal("many-") + numbers.c.i.cast(Page.slug.type)
        at = literal(START, Page.created_at.type)
        facts = [literal("en"), literal("FR"), literal("EUR"), literal("#000000"), at]
        columns = [
            "slug",
            "name",
            "order_prefix",
            "language",
            "country",
            "currency",
            "accent_color",
            "created_at",
        ]
        session.execute(insert(Page).from_select(columns, select(name, name, name, *facts)))
        session.execute(insert(PageVersion).from_select(["page_id"], select(Page.id)))
        likes = select(Page.id, literal(person.id), literal(LikeSource.ORGANIC.value), at)
        session.execute(
            insert(Follower).from_select(["page_id", "account_id", "source", "followed_at"], likes)
        )
    return person


class TestFollow:
    def test_refuses_one_more_than_anybody_can_and_writes_nothing(
        self, database: Database, client: FlaskClient, eager: Account
    ) -> None:
        with database.transaction() as session:
            last, too_many = make_page(session), make_page(session)
            assert follow(session, page_id=last.id, account_id=eager.id, now=START)
            with pytest.raises(FollowsTooMany):
                follow(session, page_id=too_many.id, account_id=eager.id, now=START)
            assert not follow(session, page_id=last.id, account_id=eager.id, now=START)
        with database.reading() as session:
            assert session.scalars(select(LikeEvent.page_id)).all() == [last.id]
            assert session.get_one(Page, too_many.id).follower_count == 0
            assert count_followed_pages(session, eager.id, most=9999) == MAX_FOLLOWED
        sign_in(client, eager)
        answer = client.post(f"/en/p/{too_many.slug}/like", follow_redirects=True)
        assert "You follow 5000 pages, and nobody can follow more." in answer.text
        by_script = client.post(f"/en/p/{too_many.slug}/like", headers={"HX-Request": "true"})
        assert (by_script.status_code, by_script.headers["HX-Redirect"]) == (204, f"/en/p/{too_many.slug}")

    def test_lets_one_of_two_at_once_be_the_last(self, database: Database, eager: Account) -> None:
        with database.transaction() as session:
            pages = [make_page(session) for _ in range(4)]

        def like(page: Page) -> bool:
            try:
                with database.transaction() as session:
                    return follow(session, page_id=page.id, account_id=eager.id, now=START)
            except Conflict:
                return False

        with ThreadPoolExecutor(4) as pool:
            assert sorted(pool.map(like, pages)) == [False, False, False, True]
