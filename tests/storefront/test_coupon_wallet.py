"""A visitor's coupons: the wallet, and the one in their cart."""

import datetime as dt
import re

import pytest
from flask.testing import FlaskClient

from shop.core.clock import SteppedClock
from shop.core.db import Database
from shop.coupons.models import HoldingWay
from tests.factories import START
from tests.storefront.conftest import Brand
from tests.storefront.coupon_house import CART, TAB, Offered, fill, give, held
from tests.support.statements import count_statements
from tests.support.visitors import sign_in


class TestWallet:
    def test_of_nobody_known_says_where_coupons_are(self, client: FlaskClient, brand: Brand) -> None:
        assert "No coupon yet" in client.get("/en/account/coupons").text

    def test_of_a_guest_comes_along_at_sign_in(
        self, client: FlaskClient, database: Database, offered: Offered
    ) -> None:
        client.post(f"{TAB}/WELCOME/holdings")
        assert "Title of WELCOME" in client.get("/en/account/coupons").text
        client.post(
            "/en/sign-up",
            data={"name": "Alix", "email": "alix@example.com", "password": "a lamp on the stairs"},
        )
        assert held(database) == [(offered.everybody.id, "account", HoldingWay.PAGE)]
        assert "Title of WELCOME" in client.get("/en/account/coupons").text

    def test_gives_up_a_coupon_and_has_it_back(
        self, client: FlaskClient, database: Database, offered: Offered
    ) -> None:
        client.post(f"{TAB}/WELCOME/holdings")
        client.post(f"/en/account/coupons/{offered.everybody.id}/removal")
        assert held(database) == []
        undo = re.search(r'action="([^"]+restorations[^"]+)"', client.get("/en/account/coupons").text)
        assert undo is not None
        client.post(undo[1])
        assert held(database) == [(offered.everybody.id, "guest", HoldingWay.PAGE)]

    def test_puts_what_is_taken_into_a_cart_in_which_none_counts_by_itself(
        self, client: FlaskClient, database: Database, brand: Brand, offered: Offered
    ) -> None:
        give(database, brand, "FIFTH", percent_bp=2000)
        client.post(f"{TAB}/WELCOME/holdings")
        assert "It counts by itself in your cart here." in client.get(TAB).text
        fill(client, brand)
        client.post(f"{CART}/coupon/removal", data={"coupon_id": offered.everybody.id})
        client.post(f"{TAB}/FIFTH/holdings")
        assert "“Title of FIFTH” is in your wallet, and in your cart here." in client.get(TAB).text
        text = client.get(CART).text
        assert "−€25.80" in text
        assert "Bring back" not in text

    def test_costs_as_many_statements_with_more_in_it(
        self, client: FlaskClient, database: Database, brand: Brand, offered: Offered
    ) -> None:
        sign_in(client, brand.follower)
        client.post(f"{TAB}/WELCOME/holdings")
        with count_statements(database.engine) as few:
            client.get("/en/account/coupons")
        for number in range(30):
            give(database, brand, f"CODE-{number}")
            client.post(f"{TAB}/CODE-{number}/holdings")
        with count_statements(database.engine) as many:
            first = client.get("/en/account/coupons").text
        assert len(few) == len(many) <= 6
        more = re.search(r'rel="next" href="([^"]+)"', first)
        assert more is not None
        assert "Title of WELCOME" in client.get(more[1]).text


class TestCartCoupon:
    def test_that_was_taken_counts_by_itself_can_be_taken_off_and_brought_back(
        self, client: FlaskClient, brand: Brand, offered: Offered
    ) -> None:
        client.post(f"{TAB}/WELCOME/holdings")
        fill(client, brand)
        text = client.get(CART).text
        assert "It counts by itself" in text
        assert "−€12.90" in text
        client.post(f"{CART}/coupon/removal", data={"coupon_id": offered.everybody.id})
        text = client.get(CART).text
        assert "−€12.90" not in text
        assert "Bring back" in text
        client.post(f"{CART}/coupon/restoration")
        assert "−€12.90" in client.get(CART).text

    def test_that_is_typed_counts(self, client: FlaskClient, brand: Brand, offered: Offered) -> None:
        fill(client, brand)
        assert client.post(f"{CART}/coupon", data={"code": " welcome "}).status_code == 303
        assert "−€12.90" in client.get(CART).text

    @pytest.mark.parametrize(
        ("code", "says"),
        [("NONE", "There is no such coupon"), ("", "Type the code"), ("PRIZE", "There is no such")],
    )
    def test_that_is_none_is_told_where_it_was_typed(
        self, client: FlaskClient, brand: Brand, offered: Offered, code: str, says: str
    ) -> None:
        fill(client, brand)
        answer = client.post(f"{CART}/coupon", data={"code": code})
        assert answer.status_code == 422
        assert says in answer.text
        assert f'name="code" value="{code}"' in answer.text

    def test_that_needs_more_says_what_is_missing_and_takes_nothing_off(
        self, client: FlaskClient, database: Database, brand: Brand
    ) -> None:
        give(database, brand, "BIG", minimum_amount=20_000)
        fill(client, brand)
        client.post(f"{CART}/coupon", data={"code": "BIG"})
        text = client.get(CART).text
        assert "Add €71.00 more" in text
        assert "€133.90" in text

    def test_that_ended_meanwhile_stays_as_a_line_that_says_so(
        self, client: FlaskClient, database: Database, brand: Brand, clock: SteppedClock
    ) -> None:
        give(database, brand, ends_at=START + dt.timedelta(minutes=5))
        fill(client, brand)
        client.post(f"{CART}/coupon", data={"code": "WELCOME"})
        clock.advance(minutes=6)
        text = client.get(CART).text
        assert "It has ended" in text
        assert "€133.90" in text

    def test_of_members_leads_to_both_ways(self, client: FlaskClient, brand: Brand, offered: Offered) -> None:
        fill(client, brand)
        client.post(f"{CART}/coupon", data={"code": "FANS"})
        assert f'href="{TAB}/FANS?take=1"' in client.get(CART).text

    def test_for_once_asks_a_guest_for_their_address(
        self, client: FlaskClient, database: Database, brand: Brand
    ) -> None:
        give(database, brand, is_once=True)
        fill(client, brand)
        assert 'id="email"' not in client.get(CART).text
        client.post(f"{CART}/coupon", data={"code": "WELCOME"})
        assert 'id="email"' in client.get(CART).text

    @pytest.mark.parametrize(
        ("typed", "says"),
        [("alix@gmail", "Enter an e-mail address such as"), (" ", "Please enter your e-mail address.")],
    )
    def test_for_once_keeps_an_address_that_is_none_and_says_so_beside_it(
        self, client: FlaskClient, database: Database, brand: Brand, typed: str, says: str
    ) -> None:
        give(database, brand, is_once=True)
        fill(client, brand)
        client.post(f"{CART}/coupon", data={"code": "WELCOME"})
        answer = client.post(f"{CART}/checkout", data={"email": typed, "total": "12100"})
        assert answer.status_code == 422
        field = answer.text.partition('id="email"')[2].partition("</div>")[0]
        assert f'value="{typed}"' in field
        assert says in field
