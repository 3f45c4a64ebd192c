"""The page that asks where an order of nothing goes, from the cart and from Buy."""

import datetime as dt
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser
from sqlalchemy import update
from werkzeug.test import TestResponse

from shop.cart.models import Cart
from shop.catalog.models import Variant
from shop.contests.models import Contest, ContestEntry, ContestKind, ContestWinner
from shop.coupons.models import Coupon
from shop.orders.models import OrderStatus
from tests.checkout.conftest import Shop
from tests.checkout.gifts import HOME, Gifts
from tests.factories import make_account
from tests.support.fields import Fields
from tests.support.statements import count_statements
from tests.support.visitors import sign_in

BUYING_CSS = Path(__file__).parents[2] / "shop" / "static" / "css" / "buying.css"
TYPED = {"email": "alix@example.com", **asdict(HOME)}


class Till:
    """A guest's browser on the page of ``gifts``, with something in its cart."""

    def __init__(self, gifts: Gifts, client: FlaskClient) -> None:
        self.gifts, self.client = gifts, client
        self.home = f"/en/p/{gifts.shop.page.slug}"
        self.path = f"{self.home}/checkout/free"

    def fill(self, place: int = 0, *, quantity: int = 1) -> None:
        """Put something into the browser's cart, with the coupon that makes it free."""
        data = {"variant_id": self.gifts.shop.variants[place].id, "quantity": quantity}
        self.client.post(f"{self.home}/cart/lines", data=data)
        with self.gifts.shop.database.transaction() as session:
            session.execute(update(Cart).values(coupon_id=self.gifts.coupon_id))

    def check_out(self) -> TestResponse:
        return self.client.post(f"{self.home}/cart/checkout", data={"total": "0"})

    def form(self, query: str = "") -> Fields:
        answer = self.client.get(self.path + query)
        assert answer.status_code == 200
        return Fields(answer.text)

    def send(self, form: Fields, **typed: Any) -> TestResponse:
        return self.client.post(self.path, data=form.send(TYPED | typed))


@pytest.fixture
def till(shop: Shop, client: FlaskClient) -> Till:
    return Till(Gifts(shop), client)


class TestShowForm:
    @pytest.mark.browser
    def test_breaks_a_long_code_rather_than_the_page(self, till: Till, chromium: Browser) -> None:
        till.gifts.coupon_id = till.gifts.coupon("GESCHENKGUTSCHEINKARTENWEIHNACHTEN2026")
        till.fill()
        found = re.search(r'<dl class="totals">.*?</dl>', till.client.get(till.path).text, re.DOTALL)
        assert found is not None
        assert "GESCHENKGUTSCHEINKARTE" in found[0]
        with chromium.new_page(viewport={"width": 320, "height": 800}) as page:
            page.set_content(found[0])
            page.add_style_tag(path=BUYING_CSS)
            assert page.evaluate("document.documentElement.scrollWidth") == 320

    def test_is_where_the_cart_and_buy_lead_to(self, till: Till) -> None:
        till.fill()
        text = till.client.get(f"{till.home}/cart").text
        assert "Nothing to pay: you give your address next." in text
        assert "on the payment page" not in text
        assert till.check_out().headers["Location"] == till.path
        bought = till.client.post(
            f"{till.home}/purchases", data={"variant_id": till.gifts.shop.variants[1].id, "quantity": 1}
        )
        assert bought.headers["Location"].startswith(f"{till.path}?")
        shown = till.client.get(bought.headers["Location"]).text
        assert "1 × €15.00" in shown
        assert till.gifts.orders() == []

    def test_asks_the_browser_to_fill_it_in(self, till: Till) -> None:
        till.fill()
        answer = till.client.get(till.path)
        for word in (
            "email", "shipping name", "shipping country", "shipping address-line1", "shipping address-line2",
            "shipping postal-code", "shipping address-level2", "tel",
        ):  # fmt: skip
            assert f'autocomplete="{word}"' in answer.text
        assert "shipping address-level1" not in answer.text
        assert answer.headers["Cache-Control"] == "private, no-store"

    def test_asks_for_a_state_where_a_reached_country_has_it(self, till: Till) -> None:
        with till.gifts.shop.database.transaction() as session:
            session.merge(till.gifts.shop.page).ships_to = ["US"]
        till.fill()
        refused = till.send(till.form(), country="US")
        assert refused.status_code == 422
        assert "Please enter the state or province." in refused.text

    def test_knows_an_accounts_address_and_last_delivery(self, till: Till) -> None:
        shop = till.gifts.shop
        with shop.database.transaction() as session:
            account = make_account(session, name="Alix", email="account@example.com")
        sign_in(till.client, account)
        till.fill()
        first = till.send(till.form(), email="other@example.com")
        assert first.status_code == 303
        till.fill()
        form = till.form()
        assert (form.get("email"), form.get("name"), form.get("line1"), form.get("city")) == (
            "account@example.com", "Alix Martin", "12 rue du Four", "Paris",
        )  # fmt: skip
        assert till.gifts.orders()[0].email == "account@example.com"

    def test_leads_to_the_cart_when_there_is_nothing_in_it(self, till: Till) -> None:
        answer = till.client.get(till.path)
        assert answer.headers["Location"] == f"{till.home}/cart"

    def test_leads_back_when_it_costs_something(self, till: Till) -> None:
        till.fill()
        with till.gifts.shop.database.transaction() as session:
            session.execute(update(Cart).values(coupon_id=None))
        answer = till.client.get(till.path)
        assert answer.headers["Location"] == f"{till.home}/cart"
        assert "There is something to pay now." in till.client.get(f"{till.home}/cart").text
        bought = till.client.get(f"{till.path}?variant_id={till.gifts.shop.variants[0].id}&quantity=1")
        assert bought.headers["Location"] == f"{till.home}/shop/{till.gifts.shop.product.slug}"

    @pytest.mark.parametrize("query", ["?variant_id=x", "?variant_id=999999", "?variant_id=1&quantity=0"])
    def test_leads_back_from_nonsense(self, till: Till, query: str) -> None:
        assert till.client.get(till.path + query).status_code in (200, 303)

    def test_takes_as_many_statements_for_one_thing_as_for_two(self, till: Till) -> None:
        till.fill(0)
        with count_statements(till.gifts.shop.database.engine) as one:
            till.client.get(till.path)
        till.fill(1)
        with count_statements(till.gifts.shop.database.engine) as two:
            till.client.get(till.path)
        assert len(one) == len(two) <= 14


class TestPlace:
    def test_orders_and_shows_the_order(self, till: Till) -> None:
        till.fill(quantity=2)
        answer = till.send(till.form())
        (order,) = till.gifts.orders()
        assert answer.status_code == 303
        assert (order.status, order.email, order.total_amount) == (OrderStatus.PAID, "alix@example.com", 0)
        shown = till.client.get(answer.headers["Location"]).text
        assert "Thank you, your order is placed" in shown
        assert "12 rue du Four" in shown
        assert till.gifts.shop.stocks() == [8, 1]

    def test_sent_twice_orders_once(self, till: Till) -> None:
        till.fill()
        form = till.form()
        first = till.send(form)
        till.gifts.shop.clock.advance(minutes=1)
        again = till.send(form)
        number = first.headers["Location"].partition("?")[0]
        assert again.headers["Location"].partition("?")[0] == number
        assert len(till.gifts.orders()) == 1

    def test_of_one_thing_sent_twice_orders_once(self, till: Till) -> None:
        till.fill()
        form = till.form(f"?variant_id={till.gifts.shop.variants[1].id}&quantity=1")
        assert [till.send(form).status_code for _ in range(2)] == [303, 303]
        (order,) = till.gifts.orders()
        assert (order.cart_id, till.gifts.shop.stocks()) == (None, [10, 0])

    def test_says_all_that_lacks_at_its_field_and_keeps_the_rest(self, till: Till) -> None:
        till.fill()
        for email in ("", "nonsense"):
            refused = till.send(till.form(), email=email, line1="", city=" ", name="Éloïse <b>")
            assert refused.status_code == 422
            fields = Fields(refused.text)
            assert (fields.get("name"), fields.get("postal_code"), fields.get("email")) == (
                "Éloïse <b>", "75006", email,
            )  # fmt: skip
            assert refused.text.count('aria-invalid="true"') == 3
            for sentence in ("Please enter the street and number.", "Please enter the town or city."):
                assert sentence in refused.text
        assert till.gifts.orders() == []

    def test_refuses_a_country_that_is_not_reached_at_its_field(self, till: Till) -> None:
        till.fill()
        refused = till.send(till.form(), country="AQ")
        assert (refused.status_code, till.gifts.orders()) == (422, [])
        assert "This shop does not ship to the country you chose." in refused.text

    def test_goes_back_to_the_cart_when_the_coupon_is_gone(self, till: Till) -> None:
        till.fill()
        form = till.form()
        with till.gifts.shop.database.transaction() as session:
            session.execute(update(Coupon).values(max_uses=1, uses=1))
        assert till.send(form).headers["Location"] == f"{till.home}/cart"
        assert "There is something to pay now." in till.client.get(f"{till.home}/cart").text
        assert till.gifts.orders() == []

    def test_shows_a_cart_that_was_changed_in_another_tab(self, till: Till) -> None:
        till.fill()
        form = till.form()
        till.gifts.shop.clock.advance(minutes=1)
        till.fill(1)
        answer = till.send(form)
        assert answer.status_code == 409
        assert "Something in your cart has changed." in answer.text
        assert "1 × €15.00" in answer.text
        assert Fields(answer.text).get("line1") == "12 rue du Four"
        assert till.send(Fields(answer.text)).status_code == 303

    def test_goes_back_to_the_cart_when_it_is_sold_out(self, till: Till) -> None:
        till.fill()
        form = till.form()
        with till.gifts.shop.database.transaction() as session:
            session.execute(update(Variant).values(stock=0))
        assert till.send(form).headers["Location"] == f"{till.home}/cart"
        assert "is sold out" in till.client.get(f"{till.home}/cart").text

    def test_tells_an_address_that_used_a_coupon_for_once(self, till: Till) -> None:
        with till.gifts.shop.database.transaction() as session:
            session.execute(update(Coupon).values(is_once=True))
        till.fill()
        till.send(till.form())
        other = till.client.application.test_client()
        other.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        second = Till(till.gifts, other)
        second.fill()
        assert second.send(second.form()).headers["Location"] == f"{till.home}/cart"
        assert len(till.gifts.orders()) == 1


class TestKnownCountry:
    def test_of_a_prize_is_where_its_winner_lives(self, till: Till) -> None:
        shop = till.gifts.shop
        with shop.database.transaction() as session:
            session.merge(shop.page).ships_to = ["BE"]
            now = shop.clock.now()
            contest = Contest(
                page_id=shop.page.id, slug="win", kind=ContestKind.DRAW, title="Win", prize="A mug", organiser="Lumen",
                currency="EUR", starts_at=now, ends_at=now + dt.timedelta(days=1), created_at=now,
            )  # fmt: skip
            session.add(contest)
            session.flush()
            entry = ContestEntry(
                contest_id=contest.id, person_key="someone", name="Bo", email="bo@example.com", language="en",
                country="BE", salt="00", entered_at=now,
            )  # fmt: skip
            session.add(entry)
            session.flush()
            winner = ContestWinner(
                contest_id=contest.id, rank=1, entry_id=entry.id, coupon_id=till.gifts.coupon_id, drawn_at=now
            )
            session.add(winner)
            session.execute(update(Coupon).values(contest_id=contest.id))
        till.fill()
        assert '<option value="BE" selected>' in till.client.get(till.path).text
