"""Searching customers, charges, payment intents, prices and products."""

import pytest
import stripe

from shop.sandbox.errors import ApiError
from shop.sandbox.search import parse


@pytest.fixture
def people(stand_in):
    create = stand_in.stripe.v1.customers.create
    return [
        create(
            {"email": "lea@example.com", "name": 'Léa "L" Fontaine', "metadata": {"order": "7", "vip": "yes"}}
        ).id,
        create({"email": "LEA@example.com", "name": "Lea Two", "metadata": {"order": "8"}}).id,
        create({"email": "max@example.com", "phone": "+33 1"}).id,
    ]


class TestSearch:
    @pytest.mark.parametrize(
        ("query", "places"),
        [
            ('email:"lea@example.com"', [1, 0]),
            ('name~"FONT"', [0]),
            ('name:"Léa \\"L\\" Fontaine"', [0]),
            ('metadata["order"]:"7"', [0]),
            ('metadata["order"]:"7" OR metadata["order"]:"8"', [1, 0]),
            ('email:"lea@example.com" AND -metadata["vip"]:"yes"', [1]),
            ('metadata["order"]:null', [2]),
            ("-phone:null", [2]),
            ("created>0 and created<4000000000", [2, 1, 0]),
            ("created>4000000000", []),
        ],
    )
    def test_finds_what_fits(self, stand_in, people, query, places):
        found = stand_in.stripe.v1.customers.search({"query": query})

        assert [one.id for one in found.data] == [people[place] for place in places]

    def test_goes_on_by_pages(self, stand_in, people):
        query = {"query": "created>0", "limit": 1, "expand": ["total_count"]}
        first = stand_in.stripe.v1.customers.search(query)

        assert (first.has_more, first.total_count) == (True, 3)
        assert [one.id for one in first.auto_paging_iter()] == people[::-1]

    def test_finds_payments_by_card_and_amount(self, stand_in):
        paid = stand_in.paid()
        stand_in.paid("5555555555554444")
        v1 = stand_in.stripe.v1

        charges = v1.charges.search({"query": "payment_method_details.card.last4:4242 AND amount>=1234"})
        intents = v1.payment_intents.search({"query": 'status:"succeeded" AND currency:"eur"'})

        assert [one.payment_intent for one in charges.data] == [paid.payment_intent]
        assert len(intents.data) == 2

    def test_finds_prices_and_products(self, stand_in):
        v1 = stand_in.stripe.v1
        mug = v1.products.create({"name": "Blue mug", "metadata": {"sku": "M-1"}})
        v1.products.create({"name": "Lamp", "active": False})
        price = v1.prices.create(
            {"product": mug.id, "currency": "eur", "unit_amount": 900, "lookup_key": "mug"}
        )

        assert [one.id for one in v1.products.search({"query": "active:'true'".replace("'", '"')}).data] == [
            mug.id
        ]
        assert [one.id for one in v1.products.search({"query": 'metadata["sku"]:"M-1"'}).data] == [mug.id]
        assert [one.id for one in v1.prices.search({"query": 'lookup_key:"mug"'}).data] == [price.id]

    @pytest.mark.parametrize(
        "query",
        [
            "",
            "lea",
            'email:"a" email:"b"',
            'email:"a" AND',
            'email:"a" AND name:"b" OR name:"c"',
            'shoe_size:"44"',
            'name>"a"',
            'created~"123"',
            'name~"ab"',
            'created:"soon"',
            "name:lea",
            " AND ".join(['email:"a"'] * 11),
        ],
    )
    def test_refuses_what_it_does_not_understand(self, query):
        with pytest.raises(ApiError) as caught:
            parse(query, "customer")

        assert (caught.value.status, caught.value.param) == (400, "query")

    @pytest.mark.parametrize("page", ["x", "after_", "after_-1", "after_99999"])
    def test_refuses_a_page_that_is_none(self, stand_in, page):
        with pytest.raises(stripe.InvalidRequestError, match="Invalid page"):
            stand_in.stripe.v1.customers.search({"query": "created>0", "page": page})
