"""One search over orders, products and people; a person's card."""

import datetime as dt
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from shop.accounts.models import Account
from shop.accounts.service import edit_account
from shop.core.clock import SteppedClock
from shop.core.db import Database
from shop.orders.models import OrderStatus
from shop.page.models import Page, Role
from shop.page.service import follow
from tests.factories import make_account, make_page, make_product
from tests.insights.conftest import make_order
from tests.support.statements import count_statements

StaffBrowser = Callable[[Role], FlaskClient]
SEARCH = "/en/manage/lumen/search"
STATEMENTS = 10
"""Account, page and role; an exact number, unless there are letters only; orders: matches, ids, rows, lines; people;
products: how many and which."""


@pytest.fixture
def lea(database: Database, lumen: Page, clock: SteppedClock) -> Account:
    """A follower who bought, beside one who only shares her name and neither likes nor bought."""
    with database.transaction() as session:
        lea = make_account(session, name="Léa Fontaine", email="lea.f@example.com")
        make_account(session, name="Léa Elsewhere", email="stranger@example.com")
        follow(session, page_id=lumen.id, account_id=lea.id, now=clock.now())
        make_order(session, lumen, f"{lumen.order_prefix}-1001", clock, account_id=lea.id, email=lea.email)
        make_order(session, lumen, f"{lumen.order_prefix}-1002", clock, email="guest.moreau@example.com")
        make_product(session, lumen, title="Lamp of Fontaine")
        return lea


class TestShowSearch:
    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("lea", "Léa Fontaine"),
            ("FONT", "Léa Fontaine"),
            ("fontaine léa", "Léa Fontaine"),
            ("lea.f@exa", "Léa Fontaine"),
            ("lamp", "Lamp of Fontaine"),
            ("moreau", "guest.moreau@example.com"),
            ("vidal", "Lou Vidal"),
        ],
    )
    def test_finds_by_beginnings_of_words(
        self, staff_browser: StaffBrowser, lea: Account, query: str, found: str
    ) -> None:
        text = staff_browser(Role.FULFILMENT).get(SEARCH, query_string={"q": query}).text
        assert found in text[text.index("<main") :]

    def test_finds_nobody_who_has_nothing_to_do_with_the_page(
        self, staff_browser: StaffBrowser, lea: Account
    ) -> None:
        owner = staff_browser(Role.OWNER)
        assert "Elsewhere" not in owner.get(SEARCH, query_string={"q": "léa"}).text
        assert "Nothing found" in owner.get(SEARCH, query_string={"q": "stranger"}).text

    def test_keeps_the_address_of_who_only_likes_the_page(
        self, staff_browser: StaffBrowser, database: Database, lumen: Page, clock: SteppedClock, lea: Account
    ) -> None:
        with database.transaction() as session:
            noe = make_account(session, name="Noé Lambert", email="n.secret@example.com")
            follow(session, page_id=lumen.id, account_id=noe.id, now=clock.now())
        owner = staff_browser(Role.OWNER)
        by_name = owner.get(SEARCH, query_string={"q": "lambert"}).text
        assert "Noé Lambert" in by_name
        assert "Noé Lambert" not in owner.get(SEARCH, query_string={"q": "n.secret"}).text
        card = owner.get(f"/en/manage/lumen/people/{noe.id}").text
        assert "Noé Lambert" in card
        assert "n.secret" not in by_name + card

    def test_finds_a_person_by_their_new_name(
        self, staff_browser: StaffBrowser, database: Database, lea: Account
    ) -> None:
        with database.transaction() as session:
            edit_account(session, account_id=lea.id, name="Léa Brunet", language="fr")
        owner = staff_browser(Role.OWNER)
        assert "Léa Brunet" in owner.get(SEARCH, query_string={"q": "brunet"}).text
        assert "Léa Brunet" not in owner.get(SEARCH, query_string={"q": "fontaine"}).text

    @pytest.mark.parametrize("form", ["{prefix}-1001", "#1001", "1001", " {lower}-1001 "])
    def test_goes_straight_to_an_order_by_its_number(
        self, staff_browser: StaffBrowser, lumen: Page, lea: Account, form: str
    ) -> None:
        prefix = lumen.order_prefix
        query = form.format(prefix=prefix, lower=prefix.lower())
        answer = staff_browser(Role.ANALYST).get(SEARCH, query_string={"q": query})
        assert answer.status_code == 303
        assert answer.headers["Location"].endswith(f"/orders/{prefix}-1001")

    def test_goes_to_no_order_of_another_page(
        self, staff_browser: StaffBrowser, database: Database, lumen: Page, clock: SteppedClock
    ) -> None:
        with database.transaction() as session:
            make_order(session, make_page(session, slug="other"), "OTH-1", clock)
        answer = staff_browser(Role.OWNER).get(SEARCH, query_string={"q": "OTH-1"})
        assert answer.status_code == 200
        assert "Nothing found" in answer.text

    def test_shows_five_of_each_and_where_the_others_are(
        self, staff_browser: StaffBrowser, database: Database, lumen: Page, clock: SteppedClock
    ) -> None:
        with database.transaction() as session:
            for number in range(7):
                make_order(session, lumen, f"LUM-20{number}", clock, ship_to={"name": "Zoé Petit"})
                make_product(session, lumen, title=f"Zoé {number}")
                person = make_account(session, name=f"Zoé {number}")
                follow(session, page_id=lumen.id, account_id=person.id, now=clock.now())
        text = staff_browser(Role.OWNER).get(SEARCH, query_string={"q": "zoe"}).text
        assert text.count('class="hit"') == 15
        assert "All orders found" in text
        assert "All products found" in text
        assert "There are more" in text

    @pytest.mark.parametrize(
        "query", ["", "   ", "%", "'", '"; DROP', "C++", "a" * 500, "l'été", "0" * 99, "-", "\ud7ff"]
    )
    def test_takes_whatever_is_typed(self, staff_browser: StaffBrowser, lea: Account, query: str) -> None:
        assert staff_browser(Role.OWNER).get(SEARCH, query_string={"q": query}).status_code == 200

    def test_takes_as_many_statements_however_much_is_found(
        self, staff_browser: StaffBrowser, database: Database, lumen: Page, lea: Account, clock: SteppedClock
    ) -> None:
        browser = staff_browser(Role.OWNER)
        browser.get(SEARCH, query_string={"q": "fontaine"})
        with database.transaction() as session:
            make_order(session, lumen, "LUM-3000", clock, ship_to={"name": "Fontaine"})
        with count_statements(database.engine) as few:
            browser.get(SEARCH, query_string={"q": "fontaine"})
        with database.transaction() as session:
            for number in range(30):
                make_order(session, lumen, f"LUM-30{number:02}x", clock, ship_to={"name": "Fontaine"})
                make_product(session, lumen, title=f"Fontaine {number}")
        with count_statements(database.engine) as many:
            browser.get(SEARCH, query_string={"q": "fontaine"})
        assert len(few) == len(many) == STATEMENTS


class TestShowPerson:
    def test_shows_since_when_they_follow_and_what_they_bought_here(
        self, staff_browser: StaffBrowser, database: Database, lumen: Page, lea: Account, clock: SteppedClock
    ) -> None:
        with database.transaction() as session:
            other = make_page(session, slug="other")
            make_order(session, other, "OTH-1", clock, account_id=lea.id)
            make_order(
                session, lumen, "LUM-9", clock, account_id=lea.id, captured_amount=1000, refunded_amount=300,
                placed_at=clock.now() - dt.timedelta(days=2),
            )  # fmt: skip
            make_order(
                session, lumen, "LUM-8", clock, account_id=lea.id, status=OrderStatus.EXPIRED, captured_amount=0,
                paid_at=None,
            )  # fmt: skip
        text = staff_browser(Role.FULFILMENT).get(f"/en/manage/lumen/people/{lea.id}").text
        assert "since November 24, 2026" in text
        assert "€17.00 in 2 paid orders" in text
        assert "LUM-9" in text
        assert "OTH-1" not in text

    def test_knows_nobody_else(self, staff_browser: StaffBrowser, database: Database, lumen: Page) -> None:
        with database.transaction() as session:
            stranger = make_account(session)
        owner = staff_browser(Role.OWNER)
        for account_id in (stranger.id, 9999):
            assert owner.get(f"/en/manage/lumen/people/{account_id}").status_code == 404
