"""The directory: search without accents, parts that neither repeat nor skip, friends and suggestions, few statements."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shop.accounts.models import Account
from shop.core.db import Database
from shop.page.models import Page
from shop.page.service import follow, write_page_words
from shop.people.models import Friend
from tests.factories import START, make_account, make_page
from tests.support.statements import count_statements
from tests.support.visitors import sign_in

MANY = 60


def names_on(text: str) -> list[str]:
    return re.findall(r'<h[23]><a href="/en/p/([^"]+)"', text)


def walk(client: FlaskClient, path: str) -> list[str]:
    """Return the pages of all parts, in order."""
    found: list[str] = []
    while path:
        text = client.get(path).text
        found += names_on(text)
        following = re.search(r'rel="next" href="([^"]+)"', text)
        path = following[1].replace("&amp;", "&") if following else ""
    return found


@pytest.fixture
def town(database: Database) -> list[Page]:
    """Sixty pages; each third is called Éclat something, and twelve have followers."""
    with database.transaction() as session:
        people = [make_account(session) for _ in range(3)]
        pages = []
        for number in range(MANY):
            page = make_page(session, slug=f"page-{number:02}")
            page.name = f"Éclat {number}" if number % 3 == 0 else f"Maison {number}"
            page.tagline = "Bougies d’été et éclats" if number % 5 == 0 else ""
            write_page_words(session, page)
            pages.append(page)
        for number, page in enumerate(pages[:12]):
            for person in people[: number % 4]:
                follow(session, page_id=page.id, account_id=person.id, now=START)
    return pages


@pytest.mark.usefixtures("town")
class TestDirectory:
    def test_shows_each_page_once_most_followed_first(self, client: FlaskClient) -> None:
        found = walk(client, "/en/pages")
        assert len(found) == len(set(found)) == MANY
        assert found[:3] == ["page-03", "page-07", "page-11"]

    @pytest.mark.parametrize("query", ["eclat", "ÉCLAT", "écl"])
    def test_finds_names_before_taglines_whatever_the_accents(self, client: FlaskClient, query: str) -> None:
        found = walk(client, f"/en/pages?q={query}")
        named = [f"page-{number:02}" for number in range(0, MANY, 3)]
        described = [f"page-{number:02}" for number in range(0, MANY, 5) if number % 3]
        assert set(found[: len(named)]) == set(named)
        assert set(found[len(named) :]) == set(described)
        assert len(found) == len(set(found))

    def test_wants_all_words(self, client: FlaskClient) -> None:
        assert walk(client, "/en/pages?q=maison+bougies") == [
            f"page-{number:02}" for number in range(0, MANY, 5) if number % 3
        ] or set(walk(client, "/en/pages?q=maison+bougies")) == {
            f"page-{number:02}" for number in range(0, MANY, 5) if number % 3
        }

    @pytest.mark.parametrize("query", ["", "%00", "<script>alert(1)</script>", "C++", "🪔", "a" * 500])
    @pytest.mark.parametrize("cursor", ["", "nonsense", "9999999999-1", "0-0-0", "-1"])
    def test_takes_anything(self, client: FlaskClient, query: str, cursor: str) -> None:
        answer = client.get("/en/pages", query_string={"q": query, "cursor": cursor})
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text

    def test_that_finds_nothing_leads_on(self, client: FlaskClient) -> None:
        text = client.get("/en/pages?q=zzz").text
        assert "Nothing found for “zzz”" in text
        assert 'href="/en/pages"' in text

    def test_is_public_and_costs_two_statements(self, app: Flask, database: Database) -> None:
        for path in ("/en/pages", "/en/pages?q=eclat"):
            with count_statements(database.engine) as sent:
                answer = app.test_client().get(path)
            assert len(sent) <= 3
            assert answer.headers["Cache-Control"].startswith("public")

    def test_tells_who_is_signed_in_what_friends_like(
        self, app: Flask, database: Database, town: list[Page]
    ) -> None:
        lea = self._lea_with_friends(database, town)
        browser = app.test_client()
        sign_in(browser, lea)
        text = browser.get("/en/pages").text
        assert "You may like" in text
        assert re.search(r"(Camille|Hugo|Inès) and 2 friends like this", text)
        assert "page-30" in names_on(text)[0]
        assert 'action="/en/p/page-30/like"' in text

    def test_costs_who_is_signed_in_no_more_for_more_friends(
        self, app: Flask, database: Database, town: list[Page]
    ) -> None:
        lea = self._lea_with_friends(database, town)
        browser = app.test_client()
        sign_in(browser, lea)
        with count_statements(database.engine) as sent:
            browser.get("/en/pages")
        assert len(sent) <= 13

    def _lea_with_friends(self, database: Database, town: list[Page]) -> Account:
        with database.transaction() as session:
            lea = make_account(session, name="Léa")
            for name in ("Camille", "Hugo", "Inès"):
                friend = make_account(session, name=name)
                session.add(Friend(account_id=lea.id, friend_id=friend.id, since=START))
                session.add(Friend(account_id=friend.id, friend_id=lea.id, since=START))
                session.flush()
                follow(session, page_id=town[30].id, account_id=friend.id, now=START)
        return lea
