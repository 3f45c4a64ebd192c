"""The follower list: who, since when, from where; filters, parts, roles, the file, and few statements however many."""

import csv
import datetime as dt
import io
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, insert, text

from shop.accounts.models import Account
from shop.accounts.profile_models import Profile
from shop.core.db import Database
from shop.feed.models import Post, PostKind, PostStatus, Share, ShareAudience
from shop.insights.follower_queries import FollowerFilter, list_followers
from shop.orders.models import Order, OrderStatus
from shop.page.models import Follower, LikeSource, Page, Role
from shop.page.service import follow, unfollow
from tests.factories import START, make_account, make_page, make_staff
from tests.support.plans import plan_of, record_selects
from tests.support.statements import count_statements
from tests.support.visitors import sign_in

PATH = "/en/manage/lumen/followers"
DAY = dt.timedelta(days=1)
BrowserOf = Callable[[Role], FlaskClient]


@pytest.fixture
def lumen(database: Database) -> Page:
    with database.transaction() as session:
        return make_page(session, slug="lumen")


@pytest.fixture
def staff_browser(app: Flask, database: Database, lumen: Page) -> BrowserOf:
    def make(role: Role) -> FlaskClient:
        with database.transaction() as session:
            account = make_account(session, name=role.value.title())
            make_staff(session, lumen, account, role)
        client = app.test_client()
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        sign_in(client, account)
        return client

    return make


@pytest.fixture
def people(database: Database, lumen: Page) -> dict[str, Account]:
    """Camille came by herself, Léa from a post, Hugo over Camille's share, Inès from a card; Inès bought for 42 €."""
    with database.transaction() as session:
        post = Post(
            page_id=lumen.id, kind=PostKind.TEXT, status=PostStatus.PUBLISHED, body="A **new** lamp", created_at=START,
            published_at=START,
        )  # fmt: skip
        session.add(post)
        session.flush()
        found = {
            name: make_account(session, name=name)
            for name in ("Camille Roux", "Léa Blanc", "Hugo Roy", "Inès Mer")
        }
        camille, lea, hugo, ines = found.values()
        share = Share(
            account_id=camille.id,
            page_id=lumen.id,
            post_id=post.id,
            audience=ShareAudience.FOLLOWERS,
            token="t",
            at=START,
        )
        session.add(share)
        session.flush()
        ways = (
            (camille, LikeSource.ORGANIC, None),
            (lea, LikeSource.POST, str(post.id)),
            (hugo, LikeSource.FRIEND, f"share-{share.id}"),
            (ines, LikeSource.EMBED, None),
        )
        for days, (account, source, ref) in enumerate(ways):
            follow(
                session,
                page_id=lumen.id,
                account_id=account.id,
                now=START - (4 - days) * DAY,
                source=source,
                source_ref=ref,
            )
        session.add(
            Order(
                page_id=lumen.id, number="LUM-1", visitor_key="account:1", content_key="x", language="en", currency="EUR",
                account_id=ines.id, email="ines@secret.example", status=OrderStatus.PAID, subtotal_amount=4200,
                shipping_amount=0, tax_amount=0, total_amount=4200, captured_amount=4200, country="FR",
                shipping_method="standard", placed_at=START, paid_at=START, expires_at=START,
            )
        )  # fmt: skip
    return found


def names_on(text: str) -> list[str]:
    return re.findall(r'<th scope="row" data-label="Name">\s*<a href="[^"]+">([^<]+)</a>', text)


@pytest.mark.usefixtures("people")
class TestShowFollowers:
    def test_names_them_newest_first_with_what_led_them_here(self, staff_browser: BrowserOf) -> None:
        text = staff_browser(Role.OWNER).get(PATH).text
        assert names_on(text) == ["Inès Mer", "Hugo Roy", "Léa Blanc", "Camille Roux"]
        assert re.search(r'Post · <a href="/en/p/lumen/posts/\d+">A new lamp</a>', text)
        assert "Friend · Camille Roux" in text
        assert "Card on another site" in text
        assert "€42.00" in text

    def test_never_tells_an_address(self, staff_browser: BrowserOf, people: dict[str, Account]) -> None:
        client = staff_browser(Role.OWNER)
        text = client.get(PATH).text + client.post(f"{PATH}/export").text
        assert not [account.email for account in people.values() if account.email in text]
        assert "ines@secret.example" not in text

    def test_hides_money_from_who_sees_no_orders(self, staff_browser: BrowserOf) -> None:
        client = staff_browser(Role.EDITOR)
        text = client.get(PATH).text
        assert names_on(text)[0] == "Inès Mer"
        assert "Spent" not in text
        assert "€42.00" not in text
        assert "spent" not in client.post(f"{PATH}/export").text
        assert "/manage/lumen/people/" not in text

    def test_is_closed_to_who_sees_no_insights(self, staff_browser: BrowserOf) -> None:
        client = staff_browser(Role.FULFILMENT)
        assert client.get(PATH).status_code == 403
        assert client.post(f"{PATH}/export").status_code == 403
        assert f'href="{PATH}"' not in client.get("/en/manage/lumen").text

    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("source=post", ["Léa Blanc"]),
            ("q=ro", ["Hugo Roy", "Camille Roux"]),
            ("q=ines", ["Inès Mer"]),
            ("q=example", []),
            ("q=!!!", []),
            ("from=2026-11-22&to=2026-11-22", ["Hugo Roy"]),
            ("source=friend&q=camille", []),
            (
                "source=nonsense&from=x&to=9999-99-99&after=nonsense",
                ["Inès Mer", "Hugo Roy", "Léa Blanc", "Camille Roux"],
            ),
        ],
    )
    def test_filters(self, staff_browser: BrowserOf, query: str, names: list[str]) -> None:
        assert names_on(staff_browser(Role.ANALYST).get(f"{PATH}?{query}").text) == names

    def test_tells_what_each_source_gave_and_lost(
        self, staff_browser: BrowserOf, database: Database, lumen: Page, people: dict[str, Account]
    ) -> None:
        with database.transaction() as session:
            unfollow(
                session,
                page_id=lumen.id,
                account_id=people["Léa Blanc"].id,
                now=START,
                source=LikeSource.POST,
            )
        text = staff_browser(Role.OWNER).get(PATH).text
        row = re.search(r'data-label="Source">Post</th>.*?</tr>', text, re.DOTALL)
        assert row is not None
        assert re.findall(r'data-label="[^"]+">([^<]+)</td>', row[0]) == ["0", "+1", "−1"]

    def test_of_a_page_without_followers_says_what_to_do(
        self, staff_browser: BrowserOf, database: Database, lumen: Page, people: dict[str, Account]
    ) -> None:
        client = staff_browser(Role.OWNER)
        with database.transaction() as session:
            session.execute(delete(Follower))
        page = client.get(PATH).text
        assert "Nobody follows the page yet" in page


class TestMany:
    def _fill(self, database: Database, lumen: Page, count: int, first: int = 100_000) -> None:
        with database.transaction() as session:
            ids = range(first, first + count)  # far from the sequence, which does not see them
            session.execute(
                insert(Account),
                [
                    {"id": one, "email": f"{one}@m.example", "name": f"Many {one}", "password_hash": "!", "language": "en",
                     "created_at": START}
                    for one in ids
                ],
            )  # fmt: skip
            session.execute(
                insert(Profile),
                [{"account_id": one, "handle": f"many-{one}", "created_at": START} for one in ids],
            )
            # Many at one instant: the id decides.
            session.execute(
                insert(Follower),
                [
                    {"page_id": lumen.id, "account_id": one, "source": list(LikeSource)[one % 3],
                     "followed_at": START - dt.timedelta(minutes=one % 7)}
                    for one in ids
                ],
            )  # fmt: skip

    def test_page_without_repeating_or_skipping(
        self, staff_browser: BrowserOf, database: Database, lumen: Page
    ) -> None:
        self._fill(database, lumen, 300)
        client, path, found = staff_browser(Role.ANALYST), PATH, []
        while path:
            page = client.get(path).text
            found += names_on(page)
            following = re.search(r'rel="next" href="([^"]+)"', page)
            path = following[1].replace("&amp;", "&") if following else ""
        assert len(found) == len(set(found)) == 300

    def test_cost_no_more_statements(self, staff_browser: BrowserOf, database: Database, lumen: Page) -> None:
        client = staff_browser(Role.OWNER)
        self._fill(database, lumen, 2)
        with count_statements(database.engine) as few:
            client.get(PATH)
        self._fill(database, lumen, 300, first=200_000)
        with count_statements(database.engine) as many:
            client.get(PATH)
        assert len(few) == len(many) <= 12

    @pytest.mark.parametrize("source", [None, LikeSource.EMBED])
    def test_are_read_along_an_index(
        self, database: Database, lumen: Page, source: LikeSource | None
    ) -> None:
        self._fill(database, lumen, 3000)
        with record_selects(database) as sent, database.reading() as session:
            list_followers(session, lumen.id, FollowerFilter(source=source), after=(START, 10**9), limit=40)
        with database.transaction() as session:
            session.execute(text("ANALYZE"))
        plan = plan_of(database, *sent[0])
        assert "ix_page_followers_" in plan
        assert "TEMP B-TREE" not in plan

    def test_are_all_in_the_file(self, staff_browser: BrowserOf, database: Database, lumen: Page) -> None:
        self._fill(database, lumen, 1203)
        answer = staff_browser(Role.OWNER).post(f"{PATH}/export", data={"source": "organic"})
        rows = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
        assert len(rows) in (400, 401)
        assert list(rows[0]) == [
            "name",
            "profile",
            "since",
            "source",
            "source_detail",
            "paid_orders",
            "spent",
            "currency",
        ]
        assert rows[0]["profile"].startswith("http://localhost/people/many-")
