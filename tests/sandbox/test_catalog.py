"""Products, prices, tax rates and shipping rates, by the official SDK."""

import pytest
import stripe

from tests.sandbox.conftest import refusal


class TestProducts:
    def test_are_made_with_a_price_of_their_own(self, v1, mug):
        price = v1.prices.retrieve(mug.default_price)
        again = v1.products.retrieve(mug.id, {"expand": ["default_price"]})

        assert (price.product, price.unit_amount, price.active, price.type) == (
            mug.id,
            1234,
            True,
            "one_time",
        )
        assert again.default_price.id == price.id

    def test_tell_their_default_price_once_it_is_there(self, v1, mug, stand_in):
        event = v1.events.list().data[0]

        assert stand_in.types() == ["product.created", "price.created", "product.updated"]
        assert event.data.object.default_price == mug.default_price
        assert event.data.previous_attributes.default_price is None

    def test_take_an_id_of_the_callers_once(self, v1):
        v1.products.create({"id": "SKU-7", "name": "Lamp"})

        error = refusal(v1.products.create, {"id": "SKU-7", "name": "Lamp"})

        assert (error.code, error.param) == ("resource_already_exists", "id")

    def test_change_and_say_what_changed(self, v1, mug, stand_in):
        v1.products.update(mug.id, {"name": "Cup", "description": "Stoneware", "metadata": {"a": "b"}})
        changed = v1.products.update(mug.id, {"description": "", "images": ""})

        event = v1.events.list({"type": "product.updated"}).data[1]
        assert (changed.name, changed.description, changed.images) == ("Cup", None, [])
        assert event.data.previous_attributes["name"] == "Mug"

    def test_are_listed_by_what_they_are(self, v1, mug):
        lamp = v1.products.create(
            {"name": "Lamp", "active": False, "shippable": True, "url": "http://a.example/lamp"}
        )

        def ids(**given) -> list[str]:
            return [one.id for one in v1.products.list(given).data]

        assert ids() == [lamp.id, mug.id]
        assert ids(active=True) == [mug.id]
        assert ids(active=False) == ids(shippable=True) == ids(url="http://a.example/lamp") == [lamp.id]
        assert ids(ids=[mug.id]) == [mug.id]

    def test_that_are_deleted_are_gone(self, v1):
        gone = v1.products.create({"name": "Lamp"})
        assert v1.products.delete(gone.id).deleted

        with pytest.raises(stripe.InvalidRequestError, match="No such product"):
            v1.products.retrieve(gone.id)

    def test_are_deleted_only_without_prices(self, v1, mug):
        bare = v1.products.create({"name": "Bare"})

        assert "prices" in refusal(v1.products.delete, mug.id).user_message
        assert v1.products.delete(bare.id).deleted
        assert refusal(v1.products.update, bare.id, {"name": "x"}).code == "resource_missing"

    @pytest.mark.parametrize(
        ("wrong", "param"),
        [
            ({"images": ["no address"]}, "images[0]"),
            ({"images": ["http://a.example/x.png"] * 9}, "images"),
            ({"statement_descriptor": "<b>"}, "statement_descriptor"),
            ({"unit_label": "x" * 13}, "unit_label"),
            (
                {"package_dimensions": {"height": 1, "length": 0, "weight": 1, "width": 1}},
                "package_dimensions[length]",
            ),
            ({"default_price_data": {"currency": "eur"}}, "default_price_data"),
            ({"id": "a b"}, "id"),
        ],
    )
    def test_refuse_what_stripe_refuses(self, v1, wrong, param):
        assert refusal(v1.products.create, {"name": "Mug"} | wrong).param == param
        assert v1.products.list().data == []


class TestPrices:
    def test_have_one_owner_of_a_lookup_key(self, v1, mug):
        first = v1.prices.create(
            {"product": mug.id, "currency": "eur", "unit_amount": 900, "lookup_key": "std"}
        )
        taken = {"product": mug.id, "currency": "eur", "unit_amount": 950, "lookup_key": "std"}

        assert refusal(v1.prices.create, taken).param == "lookup_key"
        second = v1.prices.create(taken | {"transfer_lookup_key": True})
        assert [one.id for one in v1.prices.list({"lookup_keys": ["std"]}).data] == [second.id]
        assert v1.prices.retrieve(first.id).lookup_key is None

    def test_speak_other_currencies_on_demand(self, v1, mug):
        price = v1.prices.create({"product": mug.id, "currency": "eur", "unit_amount": 900,
                                  "currency_options": {"usd": {"unit_amount": 1000}}})  # fmt: skip

        plain = v1.prices.retrieve(price.id).to_dict()
        shown = v1.prices.retrieve(price.id, {"expand": ["currency_options"]})

        assert "currency_options" not in plain
        assert shown.currency_options["usd"].unit_amount == 1000

    def test_never_change_their_amount(self, v1, mug):
        error = refusal(v1.prices.update, mug.default_price, {"unit_amount": 1})

        assert (error.code, error.param) == ("parameter_unknown", "unit_amount")

    def test_keep_fractions_of_a_cent(self, v1, mug, stand_in):
        price = v1.prices.create({"product": mug.id, "currency": "eur", "unit_amount_decimal": "33.3"})

        session = stand_in.session(line_items=[{"price": price.id, "quantity": 10}])

        assert price.unit_amount is None
        assert session.amount_total == 333

    def test_count_packages(self, v1, mug, stand_in):
        price = v1.prices.create({"product": mug.id, "currency": "eur", "unit_amount": 500,
                                  "transform_quantity": {"divide_by": 6, "round": "up"}})  # fmt: skip

        assert stand_in.session(line_items=[{"price": price.id, "quantity": 7}]).amount_total == 1000

    @pytest.mark.parametrize(
        ("wrong", "param"),
        [
            ({"unit_amount": -1}, "unit_amount"),
            ({"currency": "xyz"}, "currency"),
            ({"product": "prod_none"}, "product"),
            ({"product_data": {"name": "x"}}, "product"),
            ({"recurring": {"interval": "year", "interval_count": 4}}, "recurring[interval_count]"),
            ({"currency_options": {"eur": {"unit_amount": 1}}}, "currency_options[eur]"),
            ({"custom_unit_amount": {"enabled": True}}, "custom_unit_amount[enabled]"),
            ({"transform_quantity": {"divide_by": 0, "round": "up"}}, "transform_quantity[divide_by]"),
        ],
    )
    def test_refuse_what_stripe_refuses(self, v1, mug, wrong, param):
        given = {"product": mug.id, "currency": "eur", "unit_amount": 900} | wrong

        assert refusal(v1.prices.create, given).param == param


class TestSavedPrices:
    def test_are_sold_in_a_session(self, v1, mug, stand_in):
        session = stand_in.session(line_items=[{"price": mug.default_price, "quantity": 2}])
        line = v1.checkout.sessions.line_items.list(session.id).data[0]

        assert session.amount_total == 2468
        assert (line.description, line.price.id) == ("Mug", mug.default_price)

    def test_are_sold_in_another_of_their_currencies(self, v1, mug, stand_in):
        price = v1.prices.create({"product": mug.id, "currency": "eur", "unit_amount": 900,
                                  "currency_options": {"usd": {"unit_amount": 1000}}})  # fmt: skip

        session = stand_in.session(line_items=[{"price": price.id, "quantity": 1}], currency="usd")

        assert (session.currency, session.amount_total) == ("usd", 1000)

    def test_that_are_off_or_recurring_are_not(self, v1, mug, stand_in):
        off = v1.prices.create({"product": mug.id, "currency": "eur", "unit_amount": 900, "active": False})
        monthly = v1.prices.create(
            {"product": mug.id, "currency": "eur", "unit_amount": 900, "recurring": {"interval": "month"}}
        )
        inline = v1.checkout.sessions.line_items.list(stand_in.session().id).data[0].price

        for price, words in ((off, "inactive"), (inline, "inactive"), (monthly, "recurring")):
            line = {"price": price.id, "quantity": 1}
            error = refusal(lambda line=line: stand_in.session(line_items=[line]))
            assert (error.param, words in error.user_message) == ("line_items[0][price]", True)


class TestShippingRates:
    def test_are_made_changed_and_chosen(self, v1, stand_in):
        rate = v1.shipping_rates.create({
            "display_name": "Post", "type": "fixed_amount",
            "fixed_amount": {"amount": 500, "currency": "eur", "currency_options": {"usd": {"amount": 600}}},
            "delivery_estimate": {"maximum": {"unit": "business_day", "value": 3}},
        })  # fmt: skip
        off = v1.shipping_rates.create(
            {"display_name": "Old", "fixed_amount": {"amount": 1, "currency": "gbp"}}
        )
        v1.shipping_rates.update(off.id, {"active": False, "metadata": {"a": "b"}})

        session = stand_in.session(shipping_options=[{"shipping_rate": rate.id}])
        shown = v1.shipping_rates.retrieve(rate.id, {"expand": ["fixed_amount.currency_options"]})

        assert (session.amount_total, session.shipping_cost.shipping_rate) == (1734, rate.id)
        assert shown.fixed_amount.currency_options["usd"].amount == 600
        assert [one.id for one in v1.shipping_rates.list({"active": True}).data] == [rate.id]
        assert [one.id for one in v1.shipping_rates.list({"currency": "gbp"}).data] == [off.id]
        error = refusal(lambda: stand_in.session(shipping_options=[{"shipping_rate": off.id}]))
        assert error.param == "shipping_options[0][shipping_rate]"


class TestTaxRates:
    def test_inside_and_on_top(self, v1, stand_in):
        inside = v1.tax_rates.create(
            {"display_name": "TVA", "percentage": 20, "inclusive": True, "country": "FR"}
        )
        on_top = v1.tax_rates.create({"display_name": "Sales tax", "percentage": 8.25, "inclusive": False})

        def total(rate: str) -> tuple[int, int, int]:
            line = {"price_data": {"currency": "eur", "unit_amount": 1200, "product_data": {"name": "Mug"}},
                    "quantity": 1, "tax_rates": [rate]}  # fmt: skip
            session = stand_in.session(line_items=[line])
            return session.amount_subtotal, session.total_details.amount_tax, session.amount_total

        assert total(inside.id) == (1200, 200, 1200)
        assert total(on_top.id) == (1200, 99, 1299)

    def test_keep_their_percentage(self, v1):
        rate = v1.tax_rates.create({"display_name": "TVA", "percentage": 20, "inclusive": True})

        changed = v1.tax_rates.update(rate.id, {"active": False, "display_name": "VAT"})

        assert (changed.active, changed.display_name, changed.percentage) == (False, "VAT", 20)
        assert v1.tax_rates.list({"active": True}).data == []
        assert (
            refusal(v1.tax_rates.create, {"display_name": "x", "percentage": 101, "inclusive": True}).param
            == "percentage"
        )
