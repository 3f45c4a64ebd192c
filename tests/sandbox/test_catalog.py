"""Products, prices, coupons, promotion codes, tax rates and shipping rates, by the official SDK."""

import pytest
import stripe

from tests.sandbox.conftest import StandIn


def refusal(call, *given) -> stripe.InvalidRequestError:
    """Return the error that a call must raise."""
    with pytest.raises(stripe.InvalidRequestError) as caught:
        call(*given)
    return caught.value


@pytest.fixture
def v1(stand_in: StandIn):
    return stand_in.stripe.v1


@pytest.fixture
def mug(v1):
    """A product with a default price of 12.34 €."""
    return v1.products.create(
        {
            "name": "Mug",
            "default_price_data": {"currency": "eur", "unit_amount": 1234},
            "images": ["http://a.example/m.png"],
        }
    )


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

    def test_take_an_id_of_the_callers_once(self, v1):
        v1.products.create({"id": "SKU-7", "name": "Lamp"})

        error = refusal(v1.products.create, {"id": "SKU-7", "name": "Lamp"})

        assert (error.code, error.param) == ("resource_already_exists", "id")

    def test_change_and_say_what_changed(self, v1, mug, stand_in):
        v1.products.update(mug.id, {"name": "Cup", "description": "Stoneware", "metadata": {"a": "b"}})
        changed = v1.products.update(mug.id, {"description": "", "images": ""})

        event = v1.events.list({"type": "product.updated"}).data[-1]
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


class TestCoupons:
    def test_take_a_share_off_every_line(self, v1, stand_in):
        coupon = v1.coupons.create({"percent_off": 12.5, "id": "SPRING", "name": "Spring"})

        session = stand_in.session(discounts=[{"coupon": coupon.id}])
        shown = v1.checkout.sessions.retrieve(
            session.id,
            {"expand": ["total_details.breakdown", "line_items.data.discounts", "discounts.coupon"]},
        )

        assert (session.amount_subtotal, session.total_details.amount_discount, session.amount_total) == (
            1234,
            154,
            1080,
        )
        assert shown.total_details.breakdown.discounts[0].amount == 154
        assert shown.line_items.data[0].discounts[0].discount.source.coupon == "SPRING"
        assert shown.discounts[0].coupon.name == "Spring"

    def test_spread_an_amount_without_losing_a_cent(self, v1, stand_in):
        coupon = v1.coupons.create({"amount_off": 100, "currency": "eur"})
        line = {
            "price_data": {"currency": "eur", "unit_amount": 333, "product_data": {"name": "Mug"}},
            "quantity": 1,
        }

        session = stand_in.session(line_items=[line] * 3, discounts=[{"coupon": coupon.id}])
        lines = v1.checkout.sessions.line_items.list(session.id).data

        assert [one.amount_discount for one in lines] == [34, 33, 33]
        assert session.amount_total == 999 - 100

    def test_reach_only_their_products(self, v1, mug, stand_in):
        lamp = v1.products.create(
            {"name": "Lamp", "default_price_data": {"currency": "eur", "unit_amount": 2000}}
        )
        coupon = v1.coupons.create({"percent_off": 50, "applies_to": {"products": [lamp.id]}})
        both = [{"price": one.default_price, "quantity": 1} for one in (mug, lamp)]

        assert stand_in.session(line_items=both, discounts=[{"coupon": coupon.id}]).amount_total == 2234
        error = refusal(lambda: stand_in.session(line_items=both[:1], discounts=[{"coupon": coupon.id}]))
        assert error.param == "discounts[0][coupon]"
        assert v1.coupons.retrieve(coupon.id, {"expand": ["applies_to"]}).applies_to.products == [lamp.id]

    def test_can_make_it_free(self, v1, stand_in):
        coupon = v1.coupons.create({"percent_off": 100})
        session = stand_in.session(discounts=[{"coupon": coupon.id}])

        status, answer = stand_in.pay(session.id)

        assert (status, answer["session"]["payment_status"]) == (200, "no_payment_required")

    def test_are_used_up_and_run_out(self, v1, stand_in):
        once = v1.coupons.create({"percent_off": 10, "max_redemptions": 1})
        soon = v1.coupons.create({"percent_off": 10, "redeem_by": v1.coupons.retrieve(once.id).created + 60})
        first, second = (stand_in.session(discounts=[{"coupon": once.id}]) for _ in range(2))

        assert stand_in.pay(first.id)[0] == 200
        status, answer = stand_in.pay(second.id)
        stand_in.advance(61)

        assert (status, answer["error"]["code"]) == (400, "coupon_expired")
        assert v1.coupons.retrieve(once.id).times_redeemed == 1
        assert [one.valid for one in v1.coupons.list().data] == [False, False]
        for coupon in (once, soon):
            assert (
                refusal(lambda one=coupon: stand_in.session(discounts=[{"coupon": one.id}])).code
                == "coupon_expired"
            )

    def test_that_are_deleted_are_gone(self, v1, stand_in):
        coupon = v1.coupons.create({"percent_off": 10})

        assert v1.coupons.delete(coupon.id).deleted
        assert refusal(v1.coupons.retrieve, coupon.id).code == "resource_missing"
        assert v1.coupons.list().data == []

    @pytest.mark.parametrize(
        ("wrong", "param"),
        [
            ({}, "percent_off"),
            ({"percent_off": 0}, "percent_off"),
            ({"percent_off": 101}, "percent_off"),
            ({"percent_off": 10, "amount_off": 10}, "percent_off"),
            ({"amount_off": 10}, "currency"),
            ({"percent_off": 10, "duration": "repeating"}, "duration_in_months"),
            ({"percent_off": 10, "max_redemptions": 0}, "max_redemptions"),
            ({"percent_off": 10, "redeem_by": 1}, "redeem_by"),
            ({"percent_off": 10, "applies_to": {"products": ["prod_none"]}}, "applies_to[products][0]"),
            ({"percent_off": 10, "name": "x" * 41}, "name"),
        ],
    )
    def test_refuse_what_stripe_refuses(self, v1, wrong, param):
        assert refusal(v1.coupons.create, wrong).param == param


class TestPromotionCodes:
    def test_are_spelt_in_any_case_and_once(self, v1, stand_in):
        coupon = v1.coupons.create({"percent_off": 10})
        promotion = {"type": "coupon", "coupon": coupon.id}
        code = v1.promotion_codes.create({"promotion": promotion, "code": "Hello10"})

        assert [one.id for one in v1.promotion_codes.list({"code": "HELLO10"}).data] == [code.id]
        assert refusal(v1.promotion_codes.create, {"promotion": promotion, "code": "HELLO10"}).param == "code"
        v1.promotion_codes.update(code.id, {"active": False})
        assert v1.promotion_codes.create({"promotion": promotion, "code": "HELLO10"}).active

    def test_discount_a_session(self, v1, stand_in):
        coupon = v1.coupons.create({"percent_off": 10})
        code = v1.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon.id}})
        session = stand_in.session(discounts=[{"promotion_code": code.id}])
        stand_in.pay(session.id)

        assert (session.amount_total, session.discounts[0].promotion_code) == (1111, code.id)
        assert v1.promotion_codes.retrieve(code.id).times_redeemed == 1

    def test_hold_to_their_restrictions(self, v1, stand_in):
        coupon = v1.coupons.create({"percent_off": 10})
        promotion = {"type": "coupon", "coupon": coupon.id}
        big = v1.promotion_codes.create({"promotion": promotion, "restrictions": {
            "minimum_amount": 5000, "minimum_amount_currency": "eur"}})  # fmt: skip
        first = v1.promotion_codes.create(
            {"promotion": promotion, "restrictions": {"first_time_transaction": True}}
        )
        buyer = v1.customers.create({"email": "a@example.com"})
        own = v1.promotion_codes.create({"promotion": promotion, "customer": buyer.id})
        stand_in.paid(customer=buyer.id)

        for code, more in ((big, {}), (first, {"customer": buyer.id}), (own, {})):
            with pytest.raises(stripe.InvalidRequestError) as caught:
                stand_in.session(discounts=[{"promotion_code": code.id}], **more)
            assert caught.value.param == "discounts[0][promotion_code]"
        assert (
            stand_in.session(discounts=[{"promotion_code": own.id}], customer=buyer.id).amount_total == 1111
        )

    def test_ids_are_free_again_once_deleted(self, v1):
        v1.coupons.create({"id": "SUMMER", "percent_off": 20})
        v1.coupons.delete("SUMMER")
        again = v1.coupons.create({"id": "SUMMER", "percent_off": 30})

        assert v1.coupons.retrieve("SUMMER").percent_off == again.percent_off
        with pytest.raises(stripe.InvalidRequestError, match="Coupon already exists"):
            v1.coupons.create({"id": "SUMMER", "percent_off": 30})
        with pytest.raises(stripe.InvalidRequestError, match="one id for a coupon and a product"):
            v1.products.create({"id": "SUMMER", "name": "x"})

    def test_that_are_used_up_are_listed_as_inactive(self, v1, stand_in):
        coupon = v1.coupons.create({"percent_off": 20})
        code = {"promotion": {"type": "coupon", "coupon": coupon.id}, "max_redemptions": 1}
        spent = v1.promotion_codes.create(code)
        stand_in.paid(discounts=[{"promotion_code": spent.id}])
        fresh = v1.promotion_codes.create(code)

        assert [one.id for one in v1.promotion_codes.list({"active": True}).data] == [fresh.id]
        assert [one.id for one in v1.promotion_codes.list({"active": False}).data] == [spent.id]
