"""The feed of somebody with 1,045 friends, in the friend graph of 4,039 people."""

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import func, insert, select

from shop.accounts.models import Account
from shop.core.db import Database
from shop.feed.models import Comment, CommentStatus, Reaction, ReactionKind
from shop.feed.opening import ROUNDS_A_VIEW
from shop.people.importing import import_friends
from shop.people.models import Friend
from tests.conftest import corpus
from tests.factories import START, make_page
from tests.storefront.test_home_feed import OPENING, next_path, posts_in
from tests.support.feeds import like_page, make_post, share_post
from tests.support.statements import count_statements
from tests.support.visitors import sign_in

HOUR = dt.timedelta(hours=1)
MOST = OPENING + ROUNDS_A_VIEW * 9
"""A page further down may go through several rounds of shares of posts that stood above."""


@pytest.mark.corpus
class TestFeed:
    def test_takes_as_many_statements_for_1045_friends_who_all_do_something(
        self, app: Flask, database: Database
    ) -> None:
        import_friends(database, corpus("data", "behaviour", "ego_facebook_combined.txt"), now=START)
        with database.transaction() as session:
            viewer_id, degree = session.execute(
                select(Friend.account_id, func.count())
                .group_by(Friend.account_id)
                .order_by(func.count().desc())
            ).first() or (0, 0)
            assert degree == 1045
            viewer = session.get_one(Account, viewer_id)
            friends = session.scalars(select(Friend.friend_id).where(Friend.account_id == viewer_id)).all()
            pages = [make_page(session) for _ in range(4)]
            for page in pages[:3]:
                like_page(session, viewer, page, START)
            posts = [
                make_post(session, page, START - HOUR * number) for page in pages for number in range(12)
            ]
            session.execute(
                insert(Reaction),
                [
                    {"post_id": post.id, "account_id": friend, "kind": ReactionKind.LOVE, "at": START - HOUR}
                    for friend in friends
                    for post in posts[::3]
                ],
            )
            session.execute(
                insert(Comment),
                [
                    {
                        "post_id": posts[number % 48].id,
                        "account_id": friend,
                        "body": "Nice",
                        "at": START - HOUR,
                    }
                    | {"status": CommentStatus.VISIBLE, "is_page": False, "like_count": 0, "reply_count": 0}
                    for number, friend in enumerate(friends)
                ],
            )
            for number, friend in enumerate(friends[:300]):
                share_post(session, posts[36 + number % 12], session.get_one(Account, friend), START - HOUR)
        browser = app.test_client()
        sign_in(browser, viewer)
        shown: list[int] = []
        path: str | None = "/en/"
        while path:
            with count_statements(database.engine) as sent:
                html = browser.get(path).text
            assert len(sent) <= (MOST if shown else OPENING)
            shown += posts_in(html)
            path = next_path(html)
        assert sorted(shown) == [post.id for post in posts]
        assert "others shared this" in html or "others shared this" in browser.get("/en/").text
