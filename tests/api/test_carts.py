"""Carts as JSON."""

import datetime as dt

import pytest
from flask import Flask

from shop.cart.models import Cart
from shop.catalog.models import Product, ProductStatus, Variant
from shop.core.db import Database
from shop.page.queries import get_page
from tests.api.support import ApiClient, Shelf
from tests.conftest import START
from tests.coupons.house import add_coupon
from tests.support.statements import count_statements


class TestCreateCart:
    def test_tells_the_token_once_and_keeps_its_hash(
        self, database: Database, api: ApiClient, shelf: Shelf
    ) -> None:
        answer = api("POST", "/pages/lumen/carts")
        made = answer.get_json()
        assert answer.status_code == 201
        assert answer.headers["Location"] == f"/api/v1/carts/{made['id']}"
        assert answer.headers["Cache-Control"] == "no-store"
        with database.reading() as session:
            assert session.get_one(Cart, made["id"]).token_hash != made["token"]

    def test_takes_an_empty_object_and_nothing_more(self, api: ApiClient, shelf: Shelf) -> None:
        assert api("POST", "/pages/lumen/carts", json={}).status_code == 201
        answer = api("POST", "/pages/lumen/carts", json={"country": "FR"})
        assert answer.status_code == 422
        assert answer.get_json()["errors"][0]["pointer"] == "#/country"

    def test_has_none_on_an_unknown_page(self, api: ApiClient) -> None:
        assert api("POST", "/pages/nobody/carts").status_code == 404


class TestTokens:
    METHODS = (
        ("GET", "", None),
        ("DELETE", "", None),
        ("POST", "/lines", {"variant_id": 1}),
        ("PATCH", "/lines/1", {"quantity": 1}),
        ("DELETE", "/lines/1", None),
        ("PUT", "/destination", {"country": "FR"}),
        ("PUT", "/coupon", {"code": "X"}),
        ("DELETE", "/coupon", None),
    )

    @pytest.mark.parametrize(("method", "path", "body"), METHODS)
    def test_without_one_it_is_401_before_anything_else(
        self, api: ApiClient, shelf: Shelf, method: str, path: str, body: object
    ) -> None:
        cart, _token = api.new_cart("lumen")
        for headers in ({}, {"Authorization": "Basic YTpi"}, {"Authorization": "Bearer "}):
            answer = api(method, f"{cart}{path}", headers=headers, data="{" if body else None)
            assert (answer.status_code, answer.get_json()["code"]) == (401, "missing_token")
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")

    @pytest.mark.parametrize(("method", "path", "body"), METHODS)
    def test_another_carts_token_opens_nothing(
        self, api: ApiClient, shelf: Shelf, method: str, path: str, body: object
    ) -> None:
        mine, my_token = api.filled_cart("lumen", shelf.small)
        _other, other_token = api.new_cart("lumen")
        options = {"json": body} if body else {}
        for token in (other_token, "x", "x" * 400):
            answer = api(method, f"{mine}{path}", token=token, **options)
            assert (answer.status_code, answer.get_json()["code"]) == (404, "not_found")
        assert len(api("GET", mine, token=my_token).get_json()["lines"]) == 1

    def test_a_cookie_opens_nothing_and_chooses_no_language(self, api: ApiClient, shelf: Shelf) -> None:
        cart, token = api.new_cart("lumen")
        cookies = {"Cookie": f"vitrine_visitor={token}; vitrine_session=x; vitrine_language=fr"}
        answer = api("GET", cart, headers=cookies)
        assert answer.status_code == 401
        assert answer.get_json()["title"].startswith("Send the token")
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")


class TestShowCart:
    def test_prices_it_anew_and_says_what_changed(
        self, database: Database, api: ApiClient, shelf: Shelf
    ) -> None:
        cart, token = api.filled_cart("lumen", shelf.small, shelf.large)
        with database.transaction() as session:
            session.get_one(Variant, shelf.small).price_amount = 7900
            session.get_one(Variant, shelf.small).stock = 0
        body = api("GET", cart, token=token).get_json()
        small, large = body["lines"]
        assert small["unit_price"] == 7900
        assert [note["kind"] for note in small["notes"]] == ["price_changed", "sold_out"]
        assert (small["notes"][0]["was"], small["notes"][0]["now"]) == (8900, 7900)
        assert large["notes"] == []
        assert [problem["code"] for problem in body["problems"]] == ["out_of_stock"]

    def test_says_that_a_thing_is_no_longer_sold(
        self, database: Database, api: ApiClient, shelf: Shelf
    ) -> None:
        cart, token = api.filled_cart("lumen", shelf.small)
        with database.transaction() as session:
            session.get_one(Product, shelf.lamp).status = ProductStatus.ARCHIVED
        (line,) = api("GET", cart, token=token).get_json()["lines"]
        assert (line["product"], line["notes"][0]["kind"]) == (None, "gone")

    def test_adds_up(self, api: ApiClient, shelf: Shelf) -> None:
        cart, token = api.filled_cart("lumen", shelf.small, shelf.large)
        totals = api("GET", cart, token=token).get_json()["totals"]
        assert totals["subtotal"] == 8900 + 12900
        assert totals["total"] == totals["subtotal"] - totals["discount"] + totals["shipping"]

    def test_costs_eight_statements_however_much_is_in_it(
        self, database: Database, api: ApiClient, shelf: Shelf
    ) -> None:
        cart, token = api.filled_cart("lumen", shelf.small)
        with count_statements(database.engine) as for_one:
            api("GET", cart, token=token)
        api("POST", f"{cart}/lines", token=token, json={"variant_id": shelf.large})
        with count_statements(database.engine) as for_two:
            api("GET", cart, token=token)
        assert len(for_one) == len(for_two) == 8


class TestDeleteCart:
    def test_forgets_it(self, api: ApiClient, shelf: Shelf) -> None:
        cart, token = api.filled_cart("lumen", shelf.small)
        assert api("DELETE", cart, token=token).status_code == 204
        assert api("GET", cart, token=token).status_code == 404


class TestAddLine:
    def test_adds_to_what_is_there(self, api: ApiClient, shelf: Shelf) -> None:
        cart, token = api.filled_cart("lumen", shelf.small)
        answer = api("POST", f"{cart}/lines", token=token, json={"variant_id": shelf.small, "quantity": 2})
        assert answer.status_code == 201
        assert [(line["variant_id"], line["quantity"]) for line in answer.get_json()["lines"]] == [
            (shelf.small, 3)
        ]

    def test_names_the_variant_and_what_is_left_when_there_is_too_little(
        self, api: ApiClient, shelf: Shelf
    ) -> None:
        cart, token = api.new_cart("lumen")
        answer = api("POST", f"{cart}/lines", token=token, json={"variant_id": shelf.small, "quantity": 4})
        problem = answer.get_json()
        assert (answer.status_code, problem["code"]) == (409, "out_of_stock")
        assert (problem["variant_id"], problem["left"]) == (shelf.small, 3)

    def test_takes_nothing_of_another_page(self, api: ApiClient, shelf: Shelf) -> None:
        cart, token = api.new_cart("lumen")
        answer = api("POST", f"{cart}/lines", token=token, json={"variant_id": shelf.foreign})
        assert answer.status_code == 404

    @pytest.mark.parametrize(
        ("body", "pointers"),
        [
            ({}, {"#/variant_id"}),
            ({"variant_id": "3"}, {"#/variant_id"}),
            ({"variant_id": 3.5}, {"#/variant_id"}),
            ({"variant_id": True}, {"#/variant_id"}),
            ({"variant_id": None}, {"#/variant_id"}),
            ({"variant_id": 2**63}, {"#/variant_id"}),
            ({"variant_id": 1, "quantity": 0}, {"#/quantity"}),
            ({"variant_id": 1, "quantity": 100}, {"#/quantity"}),
            ({"variant_id": 1, "quantity": "2", "price": 1}, {"#/quantity", "#/price"}),
            ([], {"#"}),
            ("text", {"#"}),
        ],
    )
    def test_points_at_what_is_wrong(
        self, api: ApiClient, shelf: Shelf, body: object, pointers: set[str]
    ) -> None:
        cart, token = api.new_cart("lumen")
        answer = api("POST", f"{cart}/lines", token=token, json=body)
        assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid")
        assert {error["pointer"] for error in answer.get_json()["errors"]} == pointers


class TestChangeLine:
    def test_sets_the_quantity(self, api: ApiClient, shelf: Shelf) -> None:
        cart, token = api.filled_cart("lumen", shelf.small)
        line = api("GET", cart, token=token).get_json()["lines"][0]["id"]
        answer = api("PATCH", f"{cart}/lines/{line}", token=token, json={"quantity": 3})
        assert (answer.status_code, answer.get_json()["item_count"]) == (200, 3)
        answer = api("PATCH", f"{cart}/lines/{line}", token=token, json={"quantity": 4})
        assert (answer.status_code, answer.get_json()["code"]) == (409, "out_of_stock")
        answer = api("PATCH", f"{cart}/lines/{line}", token=token, json={"quantity": 0})
        assert answer.get_json()["lines"] == []

    def test_reaches_no_line_of_another_cart(self, api: ApiClient, shelf: Shelf) -> None:
        theirs, their_token = api.filled_cart("lumen", shelf.small)
        line = api("GET", theirs, token=their_token).get_json()["lines"][0]["id"]
        mine, my_token = api.new_cart("lumen")
        assert api("PATCH", f"{mine}/lines/{line}", token=my_token, json={"quantity": 1}).status_code == 404
        assert api("DELETE", f"{mine}/lines/{line}", token=my_token).status_code == 404
        assert api("GET", theirs, token=their_token).get_json()["item_count"] == 1


class TestRemoveLine:
    def test_takes_it_out_once(self, api: ApiClient, shelf: Shelf) -> None:
        cart, token = api.filled_cart("lumen", shelf.small)
        line = api("GET", cart, token=token).get_json()["lines"][0]["id"]
        answer = api("DELETE", f"{cart}/lines/{line}", token=token)
        assert (answer.status_code, answer.get_json()["lines"]) == (200, [])
        assert api("DELETE", f"{cart}/lines/{line}", token=token).status_code == 404


class TestSetDestination:
    def test_changes_where_it_goes(self, api: ApiClient, shelf: Shelf) -> None:
        cart, token = api.filled_cart("lumen", shelf.small)
        body = {"country": "BE", "postal_code": "1000"}
        answer = api("PUT", f"{cart}/destination", token=token, json=body)
        assert answer.get_json()["destination"] == body

    def test_refuses_where_the_page_does_not_ship(self, api: ApiClient, shelf: Shelf) -> None:
        cart, token = api.new_cart("lumen")
        answer = api("PUT", f"{cart}/destination", token=token, json={"country": "US"})
        assert (answer.status_code, answer.get_json()["code"]) == (422, "cannot_ship")
        for country in ("fr", "FRA", "F\n", "", 33):
            answer = api("PUT", f"{cart}/destination", token=token, json={"country": country})
            assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid")

    def test_refuses_what_no_database_keeps(self, api: ApiClient, shelf: Shelf) -> None:
        cart, token = api.new_cart("lumen")
        for code in ("\0", "\ud800", "1" * 13):
            answer = api(
                "PUT", f"{cart}/destination", token=token, json={"country": "FR", "postal_code": code}
            )
            assert answer.get_json()["errors"][0]["pointer"] == "#/postal_code"


class TestCoupon:
    @pytest.fixture
    def tenth(self, database: Database, shelf: Shelf) -> str:
        with database.transaction() as session:
            add_coupon(session, get_page(session, "lumen"), "Tenth", is_once=False)
        return "ten th"

    def test_is_unknown_unless_the_page_has_it(self, api: ApiClient, shelf: Shelf) -> None:
        cart, token = api.new_cart("lumen")
        answer = api("PUT", f"{cart}/coupon", token=token, json={"code": "WELCOME"})
        assert (answer.status_code, answer.get_json()["code"]) == (422, "coupon_unknown")
        assert answer.get_json()["errors"][0]["pointer"] == "#/code"
        answer = api("DELETE", f"{cart}/coupon", token=token)
        assert (answer.status_code, answer.get_json()["coupon"]) == (200, None)

    def test_is_not_to_be_guessed(self, limited_app: Flask, shelf: Shelf) -> None:
        guesser = ApiClient(limited_app)
        cart, token = guesser.new_cart("lumen")
        answers = [
            guesser("PUT", f"{cart}/coupon", token=token, json={"code": f"GUESS{number}"}).status_code
            for number in range(31)
        ]
        assert answers == [422] * 30 + [429]

    def test_is_taken_off_the_lines_and_the_order(self, api: ApiClient, shelf: Shelf, tenth: str) -> None:
        cart, token = api.filled_cart("lumen", shelf.small)
        before = api("GET", cart, token=token).get_json()["totals"]
        body = api("PUT", f"{cart}/coupon", token=token, json={"code": tenth}).get_json()

        off = body["totals"]["discount"]
        assert off == (2 * before["subtotal"] + 10) // 20
        assert body["coupon"] == {
            "code": "Tenth", "title": "A tenth off", "is_chosen": True, "discount": off, "waived_shipping": 0,
            "refusal": None, "missing": None,
        }  # fmt: skip
        assert sum(line["discount"] for line in body["lines"]) == off
        assert body["totals"]["total"] == before["total"] - off
        placed = api("POST", f"{cart}/checkout", token=token, json={"email": "a@example.com"}).get_json()
        order = placed["order"]
        told = api("GET", f"/orders/{order['number']}", token=order["token"]).get_json()
        assert (told["coupon"], told["totals"]["discount"]) == ("Tenth", off)
        assert told["totals"]["total"] == order["total"] == body["totals"]["total"]

    def test_goes_with_its_removal(self, api: ApiClient, shelf: Shelf, tenth: str) -> None:
        cart, token = api.filled_cart("lumen", shelf.small)
        api("PUT", f"{cart}/coupon", token=token, json={"code": tenth})
        body = api("DELETE", f"{cart}/coupon", token=token).get_json()

        assert (body["coupon"], body["totals"]["discount"]) == (None, 0)

    def test_that_was_typed_leaves_none_either(
        self, api: ApiClient, shelf: Shelf, database: Database, tenth: str
    ) -> None:
        with database.transaction() as session:
            add_coupon(session, get_page(session, "lumen"), "SELF", is_automatic=True)
        cart, token = api.filled_cart("lumen", shelf.small)
        api("PUT", f"{cart}/coupon", token=token, json={"code": tenth})

        assert api("DELETE", f"{cart}/coupon", token=token).get_json()["coupon"] is None
        assert api("GET", cart, token=token).get_json()["coupon"] is None

    def test_that_counts_by_itself_goes_with_its_removal_too(
        self, api: ApiClient, shelf: Shelf, database: Database
    ) -> None:
        with database.transaction() as session:
            for code in ("ONE", "TWO"):
                add_coupon(session, get_page(session, "lumen"), code, is_automatic=True)
        cart, token = api.filled_cart("lumen", shelf.small)

        assert api("GET", cart, token=token).get_json()["coupon"]["is_chosen"] is False
        assert api("DELETE", f"{cart}/coupon", token=token).get_json()["coupon"] is None
        assert api("GET", cart, token=token).get_json()["coupon"] is None

    def test_says_what_is_missing_to_it(self, api: ApiClient, shelf: Shelf, database: Database) -> None:
        with database.transaction() as session:
            add_coupon(session, get_page(session, "lumen"), "BIG", minimum_amount=1_000_000)
        cart, token = api.filled_cart("lumen", shelf.small)
        body = api("PUT", f"{cart}/coupon", token=token, json={"code": "BIG"}).get_json()

        assert body["coupon"]["refusal"] == "below_minimum"
        assert body["coupon"]["missing"] == 1_000_000 - body["totals"]["subtotal"]
        assert (body["totals"]["discount"], body["problems"]) == (0, [])
        assert body["idle_coupon"] is None
        with database.transaction() as session:
            add_coupon(session, get_page(session, "lumen"), "SELF", is_automatic=True)
        body = api("GET", cart, token=token).get_json()
        assert (body["coupon"]["code"], body["coupon"]["is_chosen"]) == ("SELF", False)
        assert (body["idle_coupon"]["code"], body["idle_coupon"]["refusal"]) == ("BIG", "below_minimum")

    def test_that_has_ended_is_refused(self, api: ApiClient, shelf: Shelf, database: Database) -> None:
        with database.transaction() as session:
            add_coupon(session, get_page(session, "lumen"), "OLD", ends_at=START - dt.timedelta(days=1))
        cart, token = api.filled_cart("lumen", shelf.small)
        answer = api("PUT", f"{cart}/coupon", token=token, json={"code": "OLD"})

        assert (answer.status_code, answer.get_json()["code"]) == (422, "coupon_refused")
        assert answer.get_json()["errors"][0]["pointer"] == "#/code"

    def test_of_one_time_is_refused_to_an_address_that_used_it(
        self, api: ApiClient, shelf: Shelf, database: Database
    ) -> None:
        with database.transaction() as session:
            add_coupon(session, get_page(session, "lumen"), "ONCE")
        answers = []
        for email in ("a@example.com", "A@example.com"):
            cart, token = api.filled_cart("lumen", shelf.small)
            api("PUT", f"{cart}/coupon", token=token, json={"code": "ONCE"})
            answers.append(api("POST", f"{cart}/checkout", token=token, json={"email": email}))

        assert [answer.status_code for answer in answers] == [201, 409]
        assert answers[1].get_json()["code"] == "coupon_used"
        assert api("GET", cart, token=token).get_json()["coupon"] is None
