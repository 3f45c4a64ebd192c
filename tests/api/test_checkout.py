"""The checkout and the order as JSON."""

from types import MappingProxyType

import pytest
from sqlalchemy import select

from shop.catalog.models import Product, ProductStatus, Variant
from shop.core.db import Database
from shop.orders.models import Order
from shop.page.queries import get_page
from tests.api.support import ApiClient, Shelf
from tests.coupons.house import add_coupon
from tests.support.fake_gateway import FakeGateway
from tests.support.statements import count_statements

BUYER = {"email": "alix@example.com"}


def stock_of(database: Database, variant_id: int) -> int | None:
    """Return a variant's stock."""
    with database.reading() as session:
        return session.get_one(Variant, variant_id).stock


class TestCheckOut:
    def test_places_the_order_and_tells_where_to_pay(
        self, database: Database, api: ApiClient, shelf: Shelf, gateway: FakeGateway
    ) -> None:
        cart, token = api.filled_cart("lumen", shelf.small)
        answer = api("POST", f"{cart}/checkout", token=token, json=BUYER)
        body = answer.get_json()
        assert answer.status_code == 201
        assert body["checkout_url"].startswith("https://pay.example/")
        assert (body["order"]["status"], body["order"]["total"], body["order"]["currency"]) == (
            "awaiting_payment", 8900 + 490, "EUR",
        )  # fmt: skip
        assert answer.headers["Location"] == f"/api/v1/orders/{body['order']['number']}"
        assert gateway.bodies[0]["customer_email"] == "alix@example.com"
        assert stock_of(database, shelf.small) == 2

    def test_finds_the_same_order_again(self, database: Database, api: ApiClient, shelf: Shelf) -> None:
        cart, token = api.filled_cart("lumen", shelf.small)
        first = api("POST", f"{cart}/checkout", token=token, json=BUYER).get_json()
        again = api("POST", f"{cart}/checkout", token=token, json=BUYER).get_json()
        assert again["order"]["number"] == first["order"]["number"]
        assert again["checkout_url"] == first["checkout_url"]
        assert stock_of(database, shelf.small) == 2

    def test_counts_what_the_own_order_holds_as_the_buyers(
        self, database: Database, api: ApiClient, shelf: Shelf
    ) -> None:
        cart, token = api.filled_cart("lumen", *[shelf.small] * 3)
        api("POST", f"{cart}/checkout", token=token, json=BUYER)
        assert stock_of(database, shelf.small) == 0
        body = api("GET", cart, token=token).get_json()
        assert (body["problems"], body["lines"][0]["stock"]) == ([], 3)

    def test_names_the_variant_when_another_was_quicker(self, api: ApiClient, shelf: Shelf) -> None:
        carts = [api.filled_cart("lumen", shelf.large, *[shelf.small] * 2) for _ in range(2)]
        answers = [api("POST", f"{cart}/checkout", token=token, json=BUYER) for cart, token in carts]
        assert [answer.status_code for answer in answers] == [201, 409]
        problem = answers[1].get_json()
        assert (problem["code"], problem["variant_id"], problem["left"]) == ("out_of_stock", shelf.small, 1)
        assert "Lamp" in problem["title"]

    def test_refuses_what_is_not_sold_any_more(
        self, database: Database, api: ApiClient, shelf: Shelf
    ) -> None:
        cart, token = api.filled_cart("lumen", shelf.large)
        with database.transaction() as session:
            session.get_one(Product, shelf.lamp).status = ProductStatus.ARCHIVED
        answer = api("POST", f"{cart}/checkout", token=token, json=BUYER)
        assert (answer.status_code, answer.get_json()["code"]) == (409, "out_of_stock")
        assert answer.get_json()["left"] == 0

    def test_refuses_an_empty_cart(self, api: ApiClient, shelf: Shelf) -> None:
        cart, token = api.new_cart("lumen")
        answer = api("POST", f"{cart}/checkout", token=token, json=BUYER)
        assert (answer.status_code, answer.get_json()["code"]) == (409, "empty_cart")

    def test_stops_at_another_total_than_the_buyer_saw(
        self, database: Database, api: ApiClient, shelf: Shelf
    ) -> None:
        cart, token = api.filled_cart("lumen", shelf.small)
        seen = api("GET", cart, token=token).get_json()["totals"]["total"]
        with database.transaction() as session:
            session.get_one(Variant, shelf.small).price_amount = 9900
        answer = api("POST", f"{cart}/checkout", token=token, json={**BUYER, "expected_total": seen})
        assert (answer.status_code, answer.get_json()["code"]) == (409, "total_changed")
        assert answer.get_json()["total"] == seen + 1000
        assert stock_of(database, shelf.small) == 3

    def test_can_be_sent_again_when_the_payment_service_was_down(
        self, database: Database, api: ApiClient, shelf: Shelf, gateway: FakeGateway
    ) -> None:
        cart, token = api.filled_cart("lumen", shelf.small)
        key = {"Idempotency-Key": "one"}
        gateway.is_down = True
        answer = api("POST", f"{cart}/checkout", token=token, headers=key, json=BUYER)
        assert (answer.status_code, answer.get_json()["code"]) == (503, "payment_unavailable")
        gateway.is_down = False
        answer = api("POST", f"{cart}/checkout", token=token, headers=key, json=BUYER)
        assert answer.status_code == 201
        assert stock_of(database, shelf.small) == 2

    def test_leads_back_to_where_it_was_told(
        self, api: ApiClient, shelf: Shelf, gateway: FakeGateway
    ) -> None:
        cart, token = api.filled_cart("lumen", shelf.small)
        urls = {
            "success_url": "https://store.example/ok?n={ORDER_NUMBER}",
            "cancel_url": "http://localhost:3000/c",
        }
        number = api("POST", f"{cart}/checkout", token=token, json={**BUYER, **urls}).get_json()["order"][
            "number"
        ]
        assert gateway.bodies[0]["success_url"] == f"https://store.example/ok?n={number}"
        assert gateway.bodies[0]["cancel_url"] == "http://localhost:3000/c"

    def test_leads_back_to_our_own_pages_otherwise(
        self, api: ApiClient, shelf: Shelf, gateway: FakeGateway
    ) -> None:
        cart, token = api.filled_cart("lumen", shelf.small)
        french = {"Accept-Language": "fr"}
        api("POST", f"{cart}/checkout", token=token, headers=french, json=BUYER)
        assert gateway.bodies[0]["success_url"].startswith("http://localhost/fr/checkout/return?")
        assert gateway.bodies[0]["cancel_url"] == "http://localhost/fr/p/lumen/shop"

    @pytest.mark.parametrize(
        "url",
        [
            "http://store.example/",
            "javascript:alert(1)",
            "//store.example/",
            "/thanks",
            "ftp://localhost/",
            "https://",
            "https://[",
            "https://store.example:x/",
            "https://user@store.example/",
            "https://store.example/a b",
            "https://store.example\\@other.example/",
            "http://localhost.other.example/",
            "https://store.example/\n",
            7,
        ],
    )
    def test_leads_nowhere_else(self, api: ApiClient, shelf: Shelf, url: object) -> None:
        cart, token = api.filled_cart("lumen", shelf.small)
        answer = api("POST", f"{cart}/checkout", token=token, json={**BUYER, "success_url": url})
        assert answer.status_code == 422
        assert answer.get_json()["errors"][0]["pointer"] == "#/success_url"

    @pytest.mark.parametrize("email", ["", "nobody", "a@b", "a@b.example\n", "é" * 300, None, 5])
    def test_wants_an_email_address(self, api: ApiClient, shelf: Shelf, email: object) -> None:
        cart, token = api.filled_cart("lumen", shelf.small)
        answer = api("POST", f"{cart}/checkout", token=token, json={"email": email})
        assert answer.status_code == 422
        assert {error["pointer"] for error in answer.get_json()["errors"]} == {"#/email"}


class TestCheckOutOfNothing:
    HOME = MappingProxyType({
        "name": "Alix Martin", "line1": "12 rue du Four", "postal_code": "75006", "city": "Paris", "country": "FR",
    })  # fmt: skip

    @pytest.fixture
    def free_cart(self, database: Database, api: ApiClient, shelf: Shelf) -> tuple[str, str]:
        """A cart with a lamp and a coupon that makes it free."""
        with database.transaction() as session:
            page = get_page(session, shelf.page)
            add_coupon(session, page, "PRIZE", percent_bp=10_000, has_free_shipping=True, is_once=False)
        cart, token = api.filled_cart(shelf.page, shelf.small)
        api("PUT", f"{cart}/coupon", token=token, json={"code": "PRIZE"})
        return cart, token

    def test_is_paid_at_once_and_goes_where_it_is_told(
        self, database: Database, api: ApiClient, free_cart: tuple[str, str], gateway: FakeGateway
    ) -> None:
        cart, token = free_cart
        answer = api("POST", f"{cart}/checkout", token=token, json={**BUYER, "delivery": dict(self.HOME)})
        body = answer.get_json()
        assert (answer.status_code, body["checkout_url"], body["order"]["status"]) == (201, None, "paid")
        with database.reading() as session:
            order = session.scalars(select(Order)).one()
        assert order.ship_to["line1"] == "12 rue du Four"
        assert (order.email, gateway.bodies) == ("alix@example.com", [])

    @pytest.mark.parametrize(
        ("delivery", "lacking"),
        [
            (None, {"name", "line1", "postal_code", "city", "country"}),
            ({"city": " ", "postal_code": ""}, {"city", "postal_code"}),
            ({"country": "AQ"}, {"country"}),
        ],
    )
    def test_says_by_field_what_lacks(
        self, api: ApiClient, free_cart: tuple[str, str], delivery: dict[str, str] | None, lacking: set[str]
    ) -> None:
        cart, token = free_cart
        given = {} if delivery is None else {"delivery": {**self.HOME, **delivery}}
        answer = api("POST", f"{cart}/checkout", token=token, json={**BUYER, **given})
        body = answer.get_json()
        assert (answer.status_code, body["code"]) == (422, "address_needed")
        assert {error["pointer"] for error in body["errors"]} == {f"#/delivery/{name}" for name in lacking}
        assert len(api("GET", cart, token=token).get_json()["lines"]) == 1

    def test_with_one_key_answers_twice_with_one_order(
        self, api: ApiClient, free_cart: tuple[str, str]
    ) -> None:
        cart, token = free_cart
        sent = {"json": {**BUYER, "delivery": dict(self.HOME)}, "headers": {"Idempotency-Key": "one"}}
        answers = [api("POST", f"{cart}/checkout", token=token, **sent) for _ in range(2)]
        assert answers[0].get_json() == answers[1].get_json()

    def test_asks_for_no_address_where_a_payment_page_does(self, api: ApiClient, shelf: Shelf) -> None:
        cart, token = api.filled_cart("lumen", shelf.small)
        answer = api("POST", f"{cart}/checkout", token=token, json={**BUYER, "delivery": {"country": "AQ"}})
        assert (answer.status_code, answer.get_json()["order"]["status"]) == (201, "awaiting_payment")


class TestShowOrder:
    def test_shows_what_was_bought_and_where_it_stands(self, api: ApiClient, shelf: Shelf) -> None:
        cart, token = api.filled_cart("lumen", shelf.small, shelf.large)
        placed = api("POST", f"{cart}/checkout", token=token, json=BUYER).get_json()
        order = api("GET", f"/orders/{placed['order']['number']}", token=placed["order"]["token"]).get_json()
        assert (order["status"], order["fulfilment_status"], order["return_status"]) == (
            "awaiting_payment", "unfulfilled", "none",
        )  # fmt: skip
        assert [line["variant_id"] for line in order["lines"]] == [shelf.small, shelf.large]
        assert order["totals"]["total"] == placed["order"]["total"]
        assert order["payments"][0]["checkout_url"] == placed["checkout_url"]
        assert (order["refunds"], order["fulfilments"]) == ([], [])
        assert [event["kind"] for event in order["history"]] == ["placed"]

    def test_is_paid_once_the_payment_is_known(
        self, app: object, api: ApiClient, shelf: Shelf, gateway: FakeGateway
    ) -> None:
        cart, token = api.filled_cart("lumen", shelf.small)
        placed = api("POST", f"{cart}/checkout", token=token, json=BUYER).get_json()["order"]
        session_id = next(iter(gateway.sessions))
        gateway.pay(session_id)
        come_back = f"/en/checkout/return?token={placed['token']}&session_id={session_id}"
        assert app.test_client().get(come_back).status_code == 303
        order = api("GET", f"/orders/{placed['number']}", token=placed["token"]).get_json()
        assert (order["status"], order["captured"]) == ("paid", placed["total"])
        assert order["payments"][0]["status"] == "paid"
        assert order["payments"][0]["checkout_url"] is None
        assert "paid" in {event["kind"] for event in order["history"]}
        assert api("GET", cart, token=token).get_json()["lines"] == []

    def test_opens_to_its_own_token_only(self, api: ApiClient, shelf: Shelf) -> None:
        orders = []
        for _ in range(2):
            cart, token = api.filled_cart("lumen", shelf.small)
            orders.append(api("POST", f"{cart}/checkout", token=token, json=BUYER).get_json()["order"])
        mine, theirs = orders
        assert api("GET", f"/orders/{mine['number']}", token=mine["token"]).status_code == 200
        for wrong in (theirs["token"], token, mine["token"][:-2], "x"):
            answer = api("GET", f"/orders/{mine['number']}", token=wrong)
            assert (answer.status_code, answer.get_json()["code"]) == (404, "not_found")
        assert api("GET", f"/orders/{mine['number']}").status_code == 401
        assert api("GET", "/orders/NONE-1", token=mine["token"]).status_code == 404

    def test_costs_seven_statements(self, database: Database, api: ApiClient, shelf: Shelf) -> None:
        cart, token = api.filled_cart("lumen", shelf.small, shelf.large)
        placed = api("POST", f"{cart}/checkout", token=token, json=BUYER).get_json()["order"]
        with count_statements(database.engine) as sent:
            api("GET", f"/orders/{placed['number']}", token=placed["token"])
        assert len(sent) == 7
