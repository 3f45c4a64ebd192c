"""Liking, making a page and finding one's rooms, as a browser meets them."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from shop.accounts.models import Account
from shop.core.db import Database
from shop.page.models import Page, Role
from shop.page.queries import find_page, find_role, get_page, is_follower
from tests.factories import make_account, make_page

BrowserOf = Callable[[Account | None], FlaskClient]
NEW = {
    "name": "Maison Brume",
    "country": "FR",
    "currency": "EUR",
    "language": "fr",
    "slug": "",
    "order_prefix": "",
}


@pytest.fixture
def fan(database: Database) -> Account:
    with database.transaction() as session:
        return make_account(session, name="Fanny", email="fan@example.com")


def _state(database: Database, page: Page, account: Account) -> tuple[bool, int]:
    with database.reading() as session:
        return is_follower(session, page.id, account.id), get_page(session, page.slug).follower_count


class TestLike:
    def test_is_kept_and_taken_back_without_script(
        self, browser_of: BrowserOf, database: Database, lumen: Page, fan: Account
    ) -> None:
        client = browser_of(fan)
        answer = client.post("/fr/p/lumen/like", data={"next": "/fr/p/lumen/shop"})
        assert (answer.status_code, answer.location) == (303, "/fr/p/lumen/shop")
        assert _state(database, lumen, fan) == (True, 1)
        answer = client.post("/fr/p/lumen/like/removal")
        assert (answer.status_code, answer.location) == (303, "/fr/p/lumen")
        assert _state(database, lumen, fan) == (False, 0)

    def test_answers_a_script_with_the_button_and_the_count(
        self, browser_of: BrowserOf, lumen: Page, fan: Account
    ) -> None:
        client = browser_of(fan)
        liked = client.post("/en/p/lumen/like", headers={"HX-Request": "true"})
        assert liked.status_code == 200
        assert 'action="/en/p/lumen/like/removal"' in liked.text
        assert "1 follower" in liked.text
        assert "<html" not in liked.text
        undone = client.post("/en/p/lumen/like/removal", headers={"HX-Request": "true"})
        assert 'action="/en/p/lumen/like"' in undone.text
        assert "0 followers" in undone.text

    def test_twice_counts_once(
        self, browser_of: BrowserOf, database: Database, lumen: Page, fan: Account
    ) -> None:
        client = browser_of(fan)
        for _ in range(2):
            client.post("/en/p/lumen/like")
        assert _state(database, lumen, fan) == (True, 1)

    def test_sends_a_guest_to_sign_in_says_why_and_comes_back(
        self, browser_of: BrowserOf, lumen: Page
    ) -> None:
        client = browser_of(None)
        answer = client.post("/en/p/lumen/like")
        assert (answer.status_code, answer.location) == (303, "/en/sign-in?next=/en/p/lumen")
        page = client.get(answer.location)
        assert f"Sign in to like {lumen.name}; you come back here afterwards." in page.text
        assert 'name="next" value="/en/p/lumen"' in page.text

    def test_sends_a_guests_script_there_too(self, browser_of: BrowserOf, lumen: Page) -> None:
        answer = browser_of(None).post("/en/p/lumen/like", headers={"HX-Request": "true"})
        assert answer.status_code == 204
        assert answer.headers["HX-Redirect"] == "/en/sign-in?next=/en/p/lumen"

    @pytest.mark.parametrize("there", ["https://evil.example", "//evil.example"])
    def test_never_leaves_the_site(
        self, browser_of: BrowserOf, lumen: Page, fan: Account, there: str
    ) -> None:
        assert browser_of(fan).post("/en/p/lumen/like", data={"next": there}).location == "/en/p/lumen"

    def test_comes_back_to_the_page_it_was_pressed_on(
        self, browser_of: BrowserOf, lumen: Page, fan: Account
    ) -> None:
        here = {"Referer": "http://localhost/fr/p/lumen/shop?sort=price"}
        there = "/fr/p/lumen/shop?sort=price"
        assert browser_of(fan).post("/fr/p/lumen/like", headers=here).location == there
        away = {"Referer": "https://evil.example/fr/p/lumen/shop"}
        assert browser_of(fan).post("/fr/p/lumen/like", headers=away).location == "/fr/p/lumen"

    def test_of_no_page_is_not_found(self, browser_of: BrowserOf, database: Database, fan: Account) -> None:
        assert browser_of(fan).post("/en/p/nowhere/like").status_code == 404
        assert browser_of(None).post("/en/p/nowhere/like").status_code == 404

    def test_is_no_link(self, browser_of: BrowserOf, lumen: Page, fan: Account) -> None:
        assert browser_of(fan).get("/en/p/lumen/like").status_code == 405


class TestNewPage:
    def test_makes_address_and_prefix_from_the_name(
        self, browser_of: BrowserOf, database: Database, fan: Account
    ) -> None:
        client = browser_of(fan)
        answer = client.post("/fr/pages/new", data=NEW)
        assert (answer.status_code, answer.location) == (303, "/fr/manage/maison-brume")
        with database.reading() as session:
            page = get_page(session, "maison-brume")
            assert (page.order_prefix, page.language) == ("BRU", "fr")
            assert find_role(session, page.id, fan.id) is Role.OWNER
        again = client.post("/fr/pages/new", data=NEW)
        assert again.location == "/fr/manage/maison-brume-2"

    def test_tells_a_taken_address_at_its_field_and_a_free_one(
        self, browser_of: BrowserOf, lumen: Page, fan: Account
    ) -> None:
        answer = browser_of(fan).post("/en/pages/new", data={**NEW, "slug": "Lumen"})
        assert answer.status_code == 422
        assert "Another page uses this." in answer.text
        assert "maison-brume is free." in answer.text
        assert 'value="Maison Brume"' in answer.text

    @pytest.mark.parametrize(
        ("change", "told"),
        [
            ({"slug": "admin"}, "This address is reserved"),
            ({"slug": "été"}, "Use small letters, digits and single hyphens"),
            ({"name": ""}, "Give the page a name."),
            ({"name": "灯"}, "Choose one; none could be made from the name."),
            ({"order_prefix": "1"}, "Use 2 to 6 capital letters"),
            ({"country": "ZZ"}, "Choose a country."),
            ({"currency": "XXX"}, "Choose a currency."),
        ],
    )
    def test_tells_each_fault(
        self, browser_of: BrowserOf, fan: Account, change: dict[str, str], told: str
    ) -> None:
        answer = browser_of(fan).post("/en/pages/new", data={**NEW, **change})
        assert answer.status_code == 422
        assert told in answer.text

    def test_suggests_while_one_types(self, browser_of: BrowserOf, lumen: Page, fan: Account) -> None:
        client = browser_of(fan)
        assert (
            "/p/lumen-2, and orders from LUM-1001" in client.get("/en/pages/new/suggestion?name=Lumen").text
        )
        assert "none could be made" in client.get("/en/pages/new/suggestion?name=灯").text

    def test_asks_a_guest_to_sign_in(self, browser_of: BrowserOf, database: Database) -> None:
        guest = browser_of(None)
        assert guest.get("/en/pages/new").location == "/en/sign-in?next=/en/pages/new"
        assert guest.post("/en/pages/new", data=NEW).status_code == 303
        with database.reading() as session:
            assert find_page(session, "maison-brume") is None


class TestMyPages:
    def test_leads_to_the_only_one(self, browser_of: BrowserOf, lumen: Page, owner: Account) -> None:
        client = browser_of(owner)
        answer = client.get("/en/manage")
        assert (answer.status_code, answer.location) == (303, "/en/manage/lumen")
        assert client.get("/en/manage/lumen").status_code == 200

    def test_lists_several(
        self, browser_of: BrowserOf, database: Database, lumen: Page, owner: Account
    ) -> None:
        with database.transaction() as session:
            other = make_page(session, owner=owner)
            make_page(session, slug="not-mine")
        text = browser_of(owner).get("/en/manage").text
        assert lumen.name in text
        assert other.name in text
        assert "not-mine" not in text

    def test_invites_whoever_has_none(self, browser_of: BrowserOf, fan: Account) -> None:
        assert "You have no page yet" in browser_of(fan).get("/en/manage").text
